package slackweb

import (
	"context"
	"embed"
	"html/template"
	"io/fs"
	"net/http"
	"net/url"

	"hoist/internal/clock"
	"hoist/internal/sim/page"
	"hoist/internal/sim/slack"
)

//go:embed room.html block.html
var templateFiles embed.FS

//go:embed assets
var assetFiles embed.FS

var templates = template.Must(template.New("").Funcs(template.FuncMap{"href": href}).ParseFS(templateFiles, "*.html"))

// topic is what the pages listen to.
const topic = "chat"

// Hint is a line that can be typed, and what it does; without Says it is one
// more way of doing what the line before it does.
type Hint struct{ Line, Says string }

// Config says whose Slack is shown, and in which site.
type Config struct {
	Slack *slack.Slack
	Site  *page.Site
	// Clock tells today from yesterday. Nil means the machine's clock.
	Clock clock.Clock
	// Hints, if set, are offered to a person while they type a command: the line
	// as it would be typed, and what it does.
	Hints func(slack.User) []Hint
	// Wire, if set, returns where the wire panel shows what happened around a
	// message; "" for nothing.
	Wire func(slack.Message) string
}

// Pages are the client's pages. They are safe for concurrent use.
type Pages struct {
	cfg    Config
	slack  *slack.Slack
	memory *memory
}

// New returns the pages and adds their assets to the site.
func New(cfg Config) *Pages {
	if cfg.Clock == nil {
		cfg.Clock = clock.System()
	}
	own, err := fs.Sub(assetFiles, "assets")
	if err != nil {
		panic("slackweb: own assets: " + err.Error())
	}
	cfg.Site.AddAssets(own)
	return &Pages{cfg: cfg, slack: cfg.Slack, memory: newMemory()}
}

// Register mounts the pages.
func (p *Pages) Register(mount func(pattern string, h http.Handler)) {
	mount("GET /as/{who}", http.HandlerFunc(p.serveWho))
	mount("GET /as/{who}/{$}", http.HandlerFunc(p.serveWho))
	mount("GET /as/{who}/dm", http.HandlerFunc(p.serveRoom))
	mount("GET /as/{who}/c/{channel}", http.HandlerFunc(p.serveRoom))
	mount("GET /as/{who}/home", http.HandlerFunc(p.serveHome))
	for path, serve := range map[string]func(http.ResponseWriter, *http.Request, slack.User){
		"press": p.servePress, "modal": p.serveModal, "say": p.serveSay,
	} {
		mount("POST /as/{who}/"+path, page.Protect(p.playing(serve)))
	}
}

// Run tells the open tabs of everything that happens in Slack, until ctx ends.
func (p *Pages) Run(ctx context.Context) {
	seen := p.slack.Mark()
	for {
		e, err := p.slack.Wait(ctx, seen, func(slack.Entry) bool { return true })
		if err != nil {
			return
		}
		seen = e.Seq
		p.cfg.Site.Changed(topic)
	}
}

// URL is a person's view of a channel, named without "#", or of their direct
// message with the app.
func URL(user slack.User, room string) string {
	at := "/as/" + url.PathEscape(user.Name)
	if room == "" {
		return at + "/dm"
	}
	return at + "/c/" + url.PathEscape(room)
}

// playing finds who plays by the address, and answers when nobody does.
func (p *Pages) playing(serve func(http.ResponseWriter, *http.Request, slack.User)) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		who, ok := p.person(r.PathValue("who"))
		if !ok {
			p.serveNobody(w, r)
			return
		}
		serve(w, r, who)
	})
}

func (p *Pages) serveWho(w http.ResponseWriter, r *http.Request) {
	p.playing(func(w http.ResponseWriter, r *http.Request, who slack.User) {
		page.Back(w, r, URL(who, ""))
	}).ServeHTTP(w, r)
}

// serveNobody says that nobody plays there, and who can be played.
func (p *Pages) serveNobody(w http.ResponseWriter, r *http.Request) {
	p.cfg.Site.Render(w, r, page.Page{
		Title: "Nobody here", Area: "Chat", Styles: []string{"slackweb.css"}, Status: http.StatusNotFound,
		Template: templates.Lookup("nobody"), Data: p.peopleFor(""),
	})
}
