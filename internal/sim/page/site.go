package page

import (
	"bytes"
	"embed"
	"fmt"
	"html/template"
	"io/fs"
	"net/http"
	"net/url"
	"path"
	"slices"
	"strings"
	"sync"
	"unicode"
)

//go:embed frame.html
var frameHTML string

//go:embed assets
var ownAssets embed.FS

var frame = template.Must(template.New("frame").Parse(frameHTML))

// Link is a place to go.
type Link struct{ Label, URL string }

// Strip is the present step of a guided tour; it stands at the foot of every
// page. Its buttons post to /tour: "next", "back", "hide".
type Strip struct {
	Number, Of  int
	Title, Text string
	// Go leads to where the step takes place; an empty URL leaves it out. More are
	// further places.
	Go   Link
	More []Link
	// Next is the label of the button that goes on, whatever was done.
	Next string
	// Done marks a step that has been carried out.
	Done bool
	// Last leaves the button that goes on out.
	Last bool
}

// Config says what surrounds the pages.
type Config struct {
	// Name stands at the top of every page, Notice beside it: that nothing here
	// is real.
	Name, Notice string
	// Home is where the name leads.
	Home string
	// Nav are the areas of the site. A page names its own by the link's label.
	Nav []Link
	// FormOrigins are the other origins that a form may end at, by a redirect:
	// browsers apply form-action to those too.
	FormOrigins []string
	// Strip returns the tour's step for a request; nil, or a nil step, shows
	// none.
	Strip func(*http.Request) *Strip
}

// Site is a set of pages with one frame and one stream.
type Site struct {
	cfg  Config
	csp  string
	live *stream

	mu     sync.Mutex
	assets []fs.FS
}

// New returns a site without pages.
func New(cfg Config) *Site {
	s := &Site{cfg: cfg, live: newStream()}
	s.csp = "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; connect-src 'self'; form-action " +
		strings.Join(append([]string{"'self'"}, cfg.FormOrigins...), " ") + "; base-uri 'none'; frame-ancestors 'none'"
	own, err := fs.Sub(ownAssets, "assets")
	if err != nil {
		panic("page: own assets: " + err.Error())
	}
	s.AddAssets(own)
	return s
}

// AddAssets serves further files under /assets/. The first file of a name wins.
func (s *Site) AddAssets(files fs.FS) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.assets = append(s.assets, files)
}

// Page is one page of a site.
type Page struct {
	// Title is the document's, without the site's name.
	Title string
	// Area is the label of the nav link that the page belongs to.
	Area string
	// Class is set on the body, for styles.
	Class string
	// Styles and Scripts are names of assets beside the frame's own.
	Styles, Scripts []string
	// Topics are those of [Site.Changed] that concern the page. On a change,
	// every element with an id and the attribute data-live is fetched anew.
	Topics []string
	// Status is zero for 200.
	Status int
	// Template renders what stands inside the frame, from Data.
	Template *template.Template
	Data     any
}

// view is what the frame's template sees.
type view struct {
	Config

	Page  Page
	Body  template.HTML
	Strip *Strip
	Path  string
}

// Render writes a page. A template that fails is a mistake of the program and
// answers 500.
func (s *Site) Render(w http.ResponseWriter, r *http.Request, p Page) {
	var body, whole bytes.Buffer
	if err := p.Template.Execute(&body, p.Data); err != nil {
		http.Error(w, fmt.Sprintf("render %s: %v", p.Title, err), http.StatusInternalServerError)
		return
	}
	v := view{Config: s.cfg, Page: p, Body: template.HTML(body.String()), Path: r.URL.RequestURI()} //nolint:gosec // G203: a template made it
	if s.cfg.Strip != nil {
		v.Strip = s.cfg.Strip(r)
	}
	if err := frame.Execute(&whole, v); err != nil {
		http.Error(w, fmt.Sprintf("render %s: %v", p.Title, err), http.StatusInternalServerError)
		return
	}
	h := w.Header()
	h.Set("Content-Type", "text/html; charset=utf-8")
	h.Set("Content-Security-Policy", s.csp)
	h.Set("Referrer-Policy", "same-origin")
	h.Set("X-Content-Type-Options", "nosniff")
	h.Set("Cache-Control", "no-store")
	w.WriteHeader(max(p.Status, http.StatusOK))
	_, _ = w.Write(whole.Bytes())
}

// MayLeadTo reports whether a form may end at an address of another origin.
func (s *Site) MayLeadTo(u *url.URL) bool {
	return slices.Contains(s.cfg.FormOrigins, u.Scheme+"://"+u.Host)
}

// Protect refuses forms that another site's page sends: a page that somebody
// visits by chance must not act in the simulated tenant.
func Protect(next http.Handler) http.Handler { return http.NewCrossOriginProtection().Handler(next) }

// Back answers a form: on to a path of this site.
func Back(w http.ResponseWriter, r *http.Request, to string) {
	if !strings.HasPrefix(to, "/") || strings.HasPrefix(to, "//") || strings.ContainsFunc(to, astray) {
		to = "/"
	}
	http.Redirect(w, r, to, http.StatusSeeOther)
}

// astray is what browsers turn into a slash, or drop, before they read an
// address: with it a path can name another site.
func astray(r rune) bool { return r == '\\' || unicode.IsControl(r) }

// Register mounts what the frame needs: /assets/ and /live.
func (s *Site) Register(mount func(pattern string, h http.Handler)) {
	mount("GET /assets/{name}", http.HandlerFunc(s.serveAsset))
	mount("GET /live", s.live)
}

func (s *Site) serveAsset(w http.ResponseWriter, r *http.Request) {
	name := r.PathValue("name")
	types := map[string]string{".css": "text/css; charset=utf-8", ".js": "text/javascript; charset=utf-8", ".svg": "image/svg+xml"}
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, files := range s.assets {
		content, err := fs.ReadFile(files, name)
		if err != nil {
			continue
		}
		w.Header().Set("Content-Type", types[path.Ext(name)])
		w.Header().Set("X-Content-Type-Options", "nosniff")
		w.Header().Set("Cache-Control", "no-cache")
		_, _ = w.Write(content) //nolint:gosec // G705: an embedded file
		return
	}
	http.NotFound(w, r)
}

// Changed tells every open tab that a topic has changed.
func (s *Site) Changed(topic string) { s.live.changed(topic) }

// Close ends the stream.
func (s *Site) Close() { s.live.close() }
