package portal_test

import (
	"context"
	"net/http"
	"net/http/httptest"
	"net/url"
	"slices"
	"strings"
	"testing"
	"time"

	"golang.org/x/net/html"

	"hoist/internal/clock"
	"hoist/internal/sim"
	"hoist/internal/sim/fault"
	"hoist/internal/sim/page"
	"hoist/internal/sim/portal"
	"hoist/internal/sim/slack"
	"hoist/internal/sim/tenant"
)

var nine = time.Date(2026, 11, 23, 9, 0, 0, 0, time.UTC)

// world is a panel over the demo's tenant, with the patterns it has mounted.
type world struct {
	*testing.T

	tenant   *tenant.Tenant
	clock    *clock.Movable
	faults   *fault.Plan
	slack    *slack.Slack
	mux      *http.ServeMux
	patterns map[string]bool

	redisDown bool
	fails     error // what Advance and Redis answer
}

func newWorld(t *testing.T, change ...func(*portal.Config)) *world {
	t.Helper()
	w := &world{T: t, clock: clock.NewStill(nine), faults: &fault.Plan{}, mux: http.NewServeMux(), patterns: map[string]bool{}}
	var err error
	if w.tenant, err = tenant.New(sim.DefaultSeed(), w.clock, nil); err != nil {
		t.Fatal(err)
	}
	w.slack = slack.New(slack.Config{Clock: w.clock})
	site := page.New(page.Config{Name: "Hoist demo"})
	t.Cleanup(site.Close)
	site.Register(w.mux.Handle)
	cfg := portal.Config{
		Tenant: w.tenant, Faults: w.faults, Slack: w.slack, Site: site, ClientID: sim.BotClientID,
		Advance: func(_ context.Context, d time.Duration) error {
			if w.fails == nil {
				w.clock.Advance(d)
			}
			return w.fails
		},
		Redis:    func(down bool) error { w.redisDown = down && w.fails == nil; return w.fails },
		ChatPage: func(upn string) string { return "/chat?as=" + url.QueryEscape(upn) },
	}
	for _, c := range change {
		c(&cfg)
	}
	portal.New(cfg).Register(func(pattern string, h http.Handler) {
		w.patterns[pattern] = true
		w.mux.Handle(pattern, h)
	})
	return w
}

func (w *world) serve(r *http.Request) *http.Response {
	rec := httptest.NewRecorder()
	w.mux.ServeHTTP(rec, r)
	return rec.Result()
}

// get fetches a page and parses it.
func (w *world) get(address string) *html.Node {
	w.Helper()
	answer := w.serve(httptest.NewRequestWithContext(w.Context(), http.MethodGet, address, nil))
	if answer.StatusCode != http.StatusOK {
		w.Fatalf("GET %s: %s", address, answer.Status)
	}
	doc, err := html.Parse(answer.Body)
	if err != nil {
		w.Fatal(err)
	}
	return doc
}

// post sends a form and follows the redirect; it returns what the page says was
// done, or what was refused.
func (w *world) post(path string, pairs ...string) (done, refused string) {
	w.Helper()
	form := url.Values{}
	for i := 0; i < len(pairs); i += 2 {
		form.Add(pairs[i], pairs[i+1])
	}
	r := httptest.NewRequestWithContext(w.Context(), http.MethodPost, path, strings.NewReader(form.Encode()))
	r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	r.Header.Set("Sec-Fetch-Site", "same-origin")
	answer := w.serve(r)
	if answer.StatusCode != http.StatusSeeOther {
		w.Fatalf("POST %s: %s", path, answer.Status)
	}
	location, _, _ := strings.Cut(answer.Header.Get("Location"), "#") // browsers keep the fragment
	doc := w.get(location)
	return words(find(doc, "id", "said")), words(find(doc, "id", "refused"))
}

// does posts a form that must work.
func (w *world) does(want, path string, pairs ...string) {
	w.Helper()
	done, refused := w.post(path, pairs...)
	if refused != "" || !strings.Contains(done, want) {
		w.Fatalf("POST %s %q: said %q, refused %q; want %q", path, pairs, done, refused, want)
	}
}

// isRefused posts a form that must be refused.
func (w *world) isRefused(want, path string, pairs ...string) {
	w.Helper()
	done, refused := w.post(path, pairs...)
	if done != "" || !strings.Contains(refused, want) {
		w.Fatalf("POST %s %q: said %q, refused %q; want the refusal %q", path, pairs, done, refused, want)
	}
}

// submit makes Ada request a role over Graph.
func (w *world) submit(role string) tenant.Request {
	w.Helper()
	r, err := w.tenant.ActivateInPortal(sim.AdaOID, role, tenant.TenantScope, time.Hour, "why")
	if err != nil {
		w.Fatal(err)
	}
	return r
}

func attr(n *html.Node, name string) string {
	for _, a := range n.Attr {
		if a.Key == name {
			return a.Val
		}
	}
	return ""
}

// all returns the elements under n for which keep is true, in document order.
func all(n *html.Node, keep func(*html.Node) bool) []*html.Node {
	var found []*html.Node
	for d := range n.Descendants() {
		if d.Type == html.ElementNode && keep(d) {
			found = append(found, d)
		}
	}
	return found
}

func tags(n *html.Node, names ...string) []*html.Node {
	return all(n, func(e *html.Node) bool { return slices.Contains(names, e.Data) })
}

func find(n *html.Node, key, value string) *html.Node {
	for _, e := range all(n, func(e *html.Node) bool { return attr(e, key) == value }) {
		return e
	}
	return nil
}

// words returns the text of an element with single spaces.
func words(n *html.Node) string {
	if n == nil {
		return ""
	}
	var b strings.Builder
	for d := range n.Descendants() {
		if d.Type == html.TextNode {
			b.WriteString(d.Data + " ")
		}
	}
	return strings.Join(strings.Fields(b.String()), " ")
}
