package slack

import (
	"bytes"
	"crypto/sha256"
	_ "embed" // the sign-in pages and their style
	"encoding/hex"
	"html/template"
	"net/http"
)

// signedInCookie remembers who a browser is signed in to Slack as.
const signedInCookie = "simulated_slack_user"

//go:embed openid.html
var pagesHTML string

//go:embed openid.css
var pageStyle []byte

// The pages need no script; the form's address keeps the request's parameters.
var pages = template.Must(template.New("pages").Parse(pagesHTML))

// styleVersion stands in the style's address, so that browsers may keep it.
var styleVersion = versionOf(pageStyle)

func versionOf(content []byte) string {
	sum := sha256.Sum256(content)
	return hex.EncodeToString(sum[:6])
}

// page is what the sign-in pages show.
type page struct {
	App, Current, Action, Fault, Version string
	Scopes                               []string
	People                               []person
}

type person struct {
	ID, Name, Team string
	Here           bool
}

// writePage writes a page. The policy has no form-action: browsers apply it to
// the redirect after a form too, and that one goes to the application.
func writePage(w http.ResponseWriter, status int, name string, p page) {
	p.Version = styleVersion
	var text bytes.Buffer
	if err := pages.ExecuteTemplate(&text, name, p); err != nil {
		panic("slack: render " + name + ": " + err.Error())
	}
	h := w.Header()
	h.Set("Content-Type", "text/html; charset=utf-8")
	h.Set("Cache-Control", "no-store")
	h.Set("Referrer-Policy", "no-referrer")
	h.Set("X-Content-Type-Options", "nosniff")
	h.Set("Content-Security-Policy", "default-src 'none'; style-src 'self'; base-uri 'none'; frame-ancestors 'none'")
	w.WriteHeader(status)
	_, _ = w.Write(text.Bytes())
}

// serveStyle answers with the pages' stylesheet. They name it relative to
// themselves, because they do not know below which path this Slack is mounted.
func (s *Slack) serveStyle(w http.ResponseWriter, _ *http.Request) {
	h := w.Header()
	h.Set("Content-Type", "text/css; charset=utf-8")
	h.Set("X-Content-Type-Options", "nosniff")
	h.Set("Cache-Control", "public, max-age=31536000, immutable")
	_, _ = w.Write(pageStyle)
}
