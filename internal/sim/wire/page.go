package wire

import (
	"embed"
	"fmt"
	"html/template"
	"io/fs"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"time"

	"hoist/internal/sim/page"
)

//go:embed page.html
var pageHTML string

//go:embed assets
var ownAssets embed.FS

var templates = template.Must(template.New("wire").Funcs(template.FuncMap{"took": took}).Parse(pageHTML))

// topic is what the site's stream calls a change here, area the label in its
// navigation.
const (
	topic = "wire"
	area  = "Wire"
)

// perPage is how many rows a list has: it is fetched anew at every change.
const perPage = 100

func assets() fs.FS {
	own, err := fs.Sub(ownAssets, "assets")
	if err != nil {
		panic("wire: own assets: " + err.Error())
	}
	return own
}

// Register mounts the pages.
func (r *Recorder) Register(mount func(pattern string, h http.Handler)) {
	mount("GET /wire", http.HandlerFunc(r.serveList))
	mount("GET /wire/{id}", http.HandlerFunc(r.serveExchange))
	mount("GET /wire/{id}/curl", http.HandlerFunc(r.serveCurl))
	mount("POST /wire/clear", page.Protect(http.HandlerFunc(r.serveClear)))
}

// list is what the list's template sees.
type list struct {
	Filter                     filter
	Services, Steps, Elevation []string
	Rows                       []Exchange
	Kept, Chosen               int
	// Newest and Older are queries of other pages of the list, "" without one.
	Newest, Older string
}

func (r *Recorder) serveList(w http.ResponseWriter, req *http.Request) {
	all, f := r.Exchanges(), readFilter(req.URL.Query())
	l := list{Filter: f, Services: []string{slack, entra, graph}, Steps: steps, Elevation: elevations(all), Kept: len(all)}
	if f.Elevation != "" && !slices.Contains(l.Elevation, f.Elevation) {
		l.Elevation = append(l.Elevation, f.Elevation)
	}
	l.Rows = f.choose(all)
	l.Chosen = len(l.Rows)
	if f.Before > 0 {
		l.Newest = "/wire" + f.from(0).Query()
		l.Rows = slices.DeleteFunc(l.Rows, func(e Exchange) bool { return e.Seq >= f.Before })
	}
	if len(l.Rows) > perPage {
		l.Rows = l.Rows[:perPage]
		l.Older = "/wire" + f.from(l.Rows[perPage-1].Seq).Query()
	}
	r.render(w, req, page.Page{Title: area, Template: templates.Lookup("list"), Data: l})
}

// detail is what the template of one exchange sees.
type detail struct {
	Exchange

	// Back is the query of the list that it was chosen from; Newer and Older
	// are its neighbours there, zero without one.
	Back         string
	Newer, Older int
}

func (r *Recorder) serveExchange(w http.ResponseWriter, req *http.Request) {
	f := readFilter(req.URL.Query())
	all := r.Exchanges()
	e, ok := find(all, req.PathValue("id"))
	if !ok {
		r.render(w, req, page.Page{Title: "Not kept", Status: http.StatusNotFound, Template: templates.Lookup("gone"), Data: f})
		return
	}
	d := detail{Exchange: e, Back: f.Query()}
	for _, other := range f.choose(all) {
		switch {
		case other.Seq > e.Seq:
			d.Newer = other.Seq
		case other.Seq < e.Seq && d.Older == 0:
			d.Older = other.Seq
		}
	}
	title := fmt.Sprintf("Exchange %d: %s to %s", e.Seq, e.From, e.To)
	r.render(w, req, page.Page{Title: title, Template: templates.Lookup("exchange"), Data: d})
}

func (r *Recorder) render(w http.ResponseWriter, req *http.Request, p page.Page) {
	p.Area, p.Class, p.Topics = area, "wire", []string{topic}
	p.Styles, p.Scripts = []string{"wire.css"}, []string{"wire.js"}
	r.cfg.Site.Render(w, req, p)
}

func (r *Recorder) serveCurl(w http.ResponseWriter, req *http.Request) {
	e, ok := find(r.Exchanges(), req.PathValue("id"))
	if !ok {
		http.NotFound(w, req)
		return
	}
	w.Header().Set("Content-Type", "text/plain; charset=utf-8")
	w.Header().Set("X-Content-Type-Options", "nosniff")
	w.Header().Set("Cache-Control", "no-store")
	_, _ = fmt.Fprintln(w, e.Curl)
}

func (r *Recorder) serveClear(w http.ResponseWriter, req *http.Request) {
	r.Clear()
	page.Back(w, req, "/wire")
}

func find(all []Exchange, id string) (Exchange, bool) {
	seq, err := strconv.Atoi(id)
	if err != nil {
		return Exchange{}, false
	}
	at, ok := slices.BinarySearchFunc(all, seq, func(e Exchange, seq int) int { return e.Seq - seq })
	if !ok {
		return Exchange{}, false
	}
	return all[at], true
}

func took(d time.Duration) string {
	if d < time.Millisecond {
		return "<1 ms"
	}
	return fmt.Sprintf("%d ms", d.Milliseconds())
}

// Short is the query for a row.
func (e Exchange) Short() string {
	if len(e.Query) == 0 {
		return ""
	}
	pairs := make([]string, len(e.Query))
	for i, q := range e.Query {
		pairs[i] = q.Name + "=" + q.Value
	}
	text := []rune("?" + strings.Join(pairs, "&"))
	const longest = 90
	if len(text) > longest {
		return string(text[:longest]) + "…"
	}
	return string(text)
}
