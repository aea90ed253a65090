package entra

import (
	_ "embed" // the pages
	"html/template"
	"net/http"
	"net/url"
	"strings"

	"hoist/internal/sim/page"
	"hoist/internal/sim/tenant"
)

//go:embed pages.html
var pagesHTML string

var pages = template.Must(template.New("pages").Parse(pagesHTML))

// signInPage is what the templates show.
type signInPage struct {
	Title  string
	Tenant string
	App    string
	// Base is the path of the tenant, Style the address of the stylesheet, Flow
	// the hidden field of every form.
	Base, Style string
	Flow        string

	Person   tenant.Person
	SignedIn []tenant.Person
	Others   []tenant.Person
	Hint     string

	Number    string
	Complaint string

	Code    int
	Message string
	Details string

	Action string
	Fields url.Values
}

func (s *Server) pageFor(f *flow) signInPage {
	return signInPage{App: f.ask.app.Name, Flow: f.id}
}

// errorPage shows an error. With a flow it offers the way back.
func (s *Server) errorPage(w http.ResponseWriter, f *flow, p *problem) {
	pg := signInPage{Title: "Sign-in stopped", Code: p.code, Message: p.description()}
	if p.code == 65001 {
		pg.Title = "Need admin approval"
	}
	if f != nil {
		f.stopped = p
		pg.App, pg.Flow = f.ask.app.Name, f.id
		pg.Person, _ = s.tenant.Person(f.oid)
	}
	pg.Details = "Request Id: " + w.Header().Get("x-ms-request-id") + " Timestamp: " + s.tenant.Now().Format("2006-01-02T15:04:05Z")
	s.render(w, "error", pg)
}

// render writes a page. The policy has no form-action: browsers apply it to
// redirects after a form too, and the last one goes to the application.
func (s *Server) render(w http.ResponseWriter, name string, pg signInPage) {
	pg.Tenant, pg.Base = s.tenant.Name(), "/"+s.tenant.ID()
	pg.Style = pg.Base + "/login/style.css?v=" + page.SignInStyle.Version
	var text strings.Builder
	if err := pages.ExecuteTemplate(&text, name, pg); err != nil {
		panic("entra: render " + name + ": " + err.Error())
	}
	h := w.Header()
	h.Set("Content-Type", "text/html; charset=utf-8")
	h.Set("Content-Security-Policy", "default-src 'none'; style-src 'self'; base-uri 'none'; frame-ancestors 'none'")
	h.Set("Referrer-Policy", "no-referrer")
	h.Set("X-Content-Type-Options", "nosniff")
	w.WriteHeader(http.StatusOK)
	_, _ = w.Write([]byte(text.String()))
}
