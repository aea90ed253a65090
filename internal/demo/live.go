package demo

import (
	"cmp"
	"context"
	"embed"
	"fmt"
	"html/template"
	"log/slog"
	"net/http"
	"sync"
	"time"

	"hoist/internal/sim"
	"hoist/internal/sim/page"
	"hoist/internal/sim/slackweb"
)

// LiveOptions say how the demo in a browser runs.
type LiveOptions struct {
	// Listen is the one port, such as localhost:8080.
	Listen string
	// Log takes Hoist's own log; nil drops it.
	Log *slog.Logger
}

// Live is the demo in a browser: the stage, with people in the chairs of the
// scenarios.
type Live struct {
	stage *Stage
	tour  *tour
	books *books
	// opened is closed when everything stands.
	opened chan struct{}

	stop    context.CancelFunc
	running sync.WaitGroup
}

//go:embed pages
var pagesFS embed.FS

func pageTemplate(name string) *template.Template {
	return template.Must(template.New(name).ParseFS(pagesFS, "pages/"+name))
}

// Start starts it on the machine's present time. The error of a port that is
// taken says so.
func Start(ctx context.Context, o LiveOptions) (*Live, error) {
	l := &Live{books: &books{}, opened: make(chan struct{})}
	stage, err := NewStage(ctx, StageOptions{
		Listen: o.Listen, Log: o.Log, Audit: l.books, Begin: time.Now().UTC().Truncate(time.Second), dress: l.dress,
	})
	if err != nil {
		return nil, err
	}
	l.stage = stage
	run, stop := context.WithCancel(context.WithoutCancel(ctx))
	l.stop = stop
	l.tour.start(stage)
	l.running.Go(func() { l.age(run) })
	l.running.Go(func() { l.tour.watch(run) })
	l.books.watched(func() { stage.Site.Changed("audit") })
	close(l.opened)
	return l, nil
}

// dress adds the start page, the tour and the audit log to the services' pages.
func (l *Live) dress(s *Stage, o *servicesOptions) {
	l.tour = newTour()
	l.books.account = func(oid string) string {
		p, _ := s.Sim.Tenant.Person(oid)
		return p.UPN
	}
	l.books.member = func(id string) string {
		u, _ := s.Slack.User(id)
		return cmp.Or(u.RealName, id)
	}
	o.opened = l.opened
	o.strip = l.tour.strip
	o.nav = []page.Link{{Label: "Audit", URL: auditPath}}
	o.hints = s.hints
	o.mount = map[string]http.Handler{
		"POST /tour":       page.Protect(http.HandlerFunc(l.tour.turn)),
		"GET " + auditPath: http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) { l.books.page(s.Site, w, r) }),
	}
	o.home = http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) { l.home(s, w, r) })
}

// age lets keys expire: Redis in memory does not watch the clock by itself.
func (l *Live) age(ctx context.Context) {
	const step = time.Second
	tick := time.NewTicker(step)
	defer tick.Stop()
	for {
		select {
		case <-tick.C:
			l.stage.Redis.FastForward(step)
		case <-ctx.Done():
			return
		}
	}
}

// URL is the start page.
func (l *Live) URL() string { return l.stage.port.ServicesURL() + "/" }

// Greeting is what a terminal shows once the demo runs.
func (l *Live) Greeting() string {
	return fmt.Sprintf(`Hoist demo: everything here is simulated, nothing leaves this machine.

  Open %s

  1. Be Ada: send the line that waits in the composer, then sign in with MFA.
  2. Be Ben: approve what she asks for next.
  3. Be the administrator: move the clock, revoke a role, break a service.

%s is Hoist, %s are the simulated Slack, Entra and Graph.
Stop with Ctrl+C.
`, l.URL(), l.stage.port.HoistURL(), l.stage.port.ServicesURL())
}

// Close ends it.
func (l *Live) Close() error {
	l.stop()
	l.running.Wait()
	return l.stage.Close()
}

// someone is a chair that a visitor can take.
type someone struct{ Name, Part, URL string }

var homePage = pageTemplate("home.html")

func (l *Live) home(s *Stage, w http.ResponseWriter, r *http.Request) {
	parts := map[string]string{
		"ada":    "Asks for roles. She is eligible for five, each with another policy.",
		"ben":    "Approves, and administers the tenant.",
		"chioma": "Approves too. The first decision counts.",
		"dana":   "Audits, and is eligible for nothing.",
	}
	var people []someone
	for _, u := range s.world.Slack.Users {
		if parts[u.Name] != "" {
			people = append(people, someone{u.RealName, parts[u.Name], slackweb.URL(u, "")})
		}
	}
	s.Site.Render(w, r, page.Page{
		Title: "Start", Class: "home", Template: homePage,
		Data: map[string]any{
			"People": people, "Begin": l.tour.beginning(), "Hidden": l.tour.isHidden(),
			"Hoist": s.port.HoistURL(), "Services": s.port.ServicesURL(), "Graph": s.Sim.GraphURL(), "CA": s.Sim.CAFile(), "Tenant": sim.TenantID,
		},
	})
}
