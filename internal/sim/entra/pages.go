package entra

import (
	"crypto/sha256"
	_ "embed" // the pages and their style
	"encoding/hex"
	"html/template"
	"net/http"
	"net/url"
	"strings"

	"hoist/internal/sim/tenant"
)

//go:embed pages.html
var pagesHTML string

//go:embed style.css
var style []byte

// styleVersion stands in the style's address, so that browsers may keep it.
var styleVersion = versionOf(style)

func versionOf(content []byte) string {
	sum := sha256.Sum256(content)
	return hex.EncodeToString(sum[:6])
}

var pages = template.Must(template.New("pages").Parse(pagesHTML))

// page is what the templates show.
type page struct {
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

func (s *Server) pageFor(f *flow) page {
	return page{App: f.ask.app.Name, Flow: f.id}
}

// errorPage shows an error. With a flow it offers the way back.
func (s *Server) errorPage(w http.ResponseWriter, f *flow, p *problem) {
	pg := page{Title: "Sign-in stopped", Code: p.code, Message: p.description()}
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
func (s *Server) render(w http.ResponseWriter, name string, pg page) {
	pg.Tenant, pg.Base = s.tenant.Name(), "/"+s.tenant.ID()
	pg.Style = pg.Base + "/login/style.css?v=" + styleVersion
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

// serveStyle answers with the stylesheet of all pages.
func (s *Server) serveStyle(w http.ResponseWriter) {
	h := w.Header()
	h.Set("Content-Type", "text/css; charset=utf-8")
	h.Set("X-Content-Type-Options", "nosniff")
	h.Set("Cache-Control", "public, max-age=31536000, immutable")
	_, _ = w.Write(style)
}
