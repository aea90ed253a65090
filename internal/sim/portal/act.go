package portal

import (
	"errors"
	"net/http"
	"net/url"
	"unicode"
	"unicode/utf8"

	"hoist/internal/sim/page"
	"hoist/internal/sim/tenant"
)

// maxForm bounds a form: the largest, a policy with every approver, has a few
// kilobytes.
const maxForm = 64 << 10

// act is something a visitor does.
type act struct {
	do func(*http.Request) (outcome, error)
	// back is the page that shows how it went.
	back func(*http.Request) *url.URL
}

// outcome is what an act did, as a sentence, and where to look next.
type outcome struct {
	text string
	next page.Link
}

// mistake is a badly filled form, worded for who filled it in.
type mistake string

func (m mistake) Error() string { return string(m) }

// on leads back to a page.
func on(path string) func(*http.Request) *url.URL {
	return func(*http.Request) *url.URL { return &url.URL{Path: path} }
}

// perform does an act and redirects to the page that says how it went.
func (p *Panel) perform(a act) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		r.Body = http.MaxBytesReader(w, r.Body, maxForm)
		var m message
		if err := r.ParseForm(); err != nil {
			m = message{Text: "The form could not be read: it is too large or not a form.", Refused: true}
		} else if done, err := a.do(r); err != nil {
			m = message{Text: explain(err), Refused: true}
		} else {
			m = message{Text: done.text, Next: done.next}
		}
		p.changed()
		back := a.back(r)
		q := back.Query()
		q.Set("said", p.said.keep(m))
		back.RawQuery = q.Encode()
		page.Back(w, r, back.String())
	})
}

// explain words an error for the page. PIM's own words stay as they are.
func explain(err error) string {
	if refusal, ok := errors.AsType[*tenant.Refusal](err); ok {
		return "PIM refuses: " + refusal.Message + " (" + refusal.Code + ")"
	}
	text := err.Error()
	first, size := utf8.DecodeRuneInString(text)
	return string(unicode.ToUpper(first)) + text[size:]
}
