package slack

import (
	"bytes"
	_ "embed" // the sign-in pages
	"html/template"
	"net/http"

	"hoist/internal/sim/page"
)

// signedInCookie remembers who a browser is signed in to Slack as.
const signedInCookie = "simulated_slack_user"

//go:embed openid.html
var pagesHTML string

// The pages need no script; the form's address keeps the request's parameters.
var pages = template.Must(template.New("pages").Parse(pagesHTML))

// signInPage is what the sign-in pages show.
type signInPage struct {
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
func writePage(w http.ResponseWriter, status int, name string, p signInPage) {
	p.Version = page.SignInStyle.Version
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
