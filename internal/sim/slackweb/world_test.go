package slackweb_test

import (
	"encoding/json"
	"io"
	"net/http"
	"net/http/httptest"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"golang.org/x/net/html"

	"hoist/internal/clock"
	"hoist/internal/secret"
	"hoist/internal/sim/page"
	"hoist/internal/sim/slack"
	"hoist/internal/sim/slackweb"
)

// world is a workspace, an app that answers as each test says, and the pages.
type world struct {
	*slack.Slack
	web  *httptest.Server
	api  string
	site *page.Site

	mu     sync.Mutex
	answer http.HandlerFunc
	heard  []url.Values
}

var nine = time.Date(2026, 11, 24, 9, 0, 0, 0, time.UTC)

func newWorld(t *testing.T, change ...func(*slackweb.Config)) *world {
	t.Helper()
	w := &world{site: page.New(page.Config{Name: "Demo", Notice: "Simulated", Home: "/", FormOrigins: []string{"https://hoist.example"}})}
	t.Cleanup(w.site.Close)
	still := clock.NewStill(nine)
	everyone := []string{"U0ADA", "U0BEN", "U0HOIST"}
	w.Slack = slack.New(slack.Config{
		Clock: still,
		Seed: slack.Seed{
			Team: slack.Team{ID: "T1", Name: "Fjordbank", Domain: "fjordbank"},
			Users: []slack.User{
				{ID: "U0ADA", Name: "ada", RealName: "Ada Lindqvist", TimeZone: "Europe/Berlin", Locale: "en-GB"},
				{ID: "U0BEN", Name: "ben", RealName: "Ben Okafor", TimeZone: "America/New_York"},
				{ID: "U0GONE", Name: "gone", RealName: "Gone Person", Deleted: true},
			},
			Channels: []slack.Channel{
				{ID: "C0GENERAL", Name: "general", Members: everyone},
				{ID: "C0SECRET", Name: "secret", Members: []string{"U0BEN", "U0HOIST"}, Private: true},
			},
		},
		App: slack.App{
			ID: "A1", Name: "Hoist", BotUserID: "U0HOIST", BotToken: secret.New("xoxb-1"), SigningSecret: secret.New("s"),
			Scopes: []string{"commands", "chat:write", "im:write"}, Commands: []string{"/elevate"},
		},
	})
	api, app := httptest.NewServer(w.Slack), httptest.NewServer(http.HandlerFunc(w.listen))
	t.Cleanup(api.Close)
	t.Cleanup(app.Close)
	w.api = api.URL
	w.SetBaseURL(api.URL)
	w.SetDeliver(slack.Deliver{Commands: app.URL, Interactions: app.URL, Options: app.URL})
	cfg := slackweb.Config{
		Slack: w.Slack, Site: w.site, Clock: still,
		Hints: func(slack.User) []slackweb.Hint {
			return []slackweb.Hint{{Line: "/elevate help", Says: "what can be typed"}, {Line: "/elevate status", Says: "what you hold"}, {Line: "/elevate status all"}}
		},
	}
	for _, c := range change {
		c(&cfg)
	}
	pages := slackweb.New(cfg)
	go pages.Run(t.Context())
	mux := http.NewServeMux()
	w.site.Register(mux.Handle)
	pages.Register(mux.Handle)
	w.web = httptest.NewServer(mux)
	t.Cleanup(w.web.Close)
	return w
}

func (w *world) listen(rw http.ResponseWriter, r *http.Request) {
	_ = r.ParseForm()
	w.mu.Lock()
	w.heard = append(w.heard, r.PostForm)
	answer := w.answer
	w.mu.Unlock()
	if answer != nil {
		answer(rw, r)
	}
}

func (w *world) answers(h http.HandlerFunc) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.answer = h
}

// answersJSON makes the app acknowledge with a body, options with another.
func (w *world) answersJSON(body, options string) {
	w.answers(func(rw http.ResponseWriter, r *http.Request) {
		rw.Header().Set("Content-Type", "application/json")
		if strings.Contains(r.PostFormValue("payload"), `"block_suggestion"`) {
			_, _ = io.WriteString(rw, options)
			return
		}
		_, _ = io.WriteString(rw, body)
	})
}

// lastHeard is the newest payload that reached the app.
func (w *world) lastHeard(t *testing.T) string {
	t.Helper()
	w.mu.Lock()
	defer w.mu.Unlock()
	if len(w.heard) == 0 {
		t.Fatal("the app heard nothing")
	}
	return strings.ReplaceAll(w.heard[len(w.heard)-1].Get("payload"), `\/`, "/")
}

// call makes a Web API call with JSON.
func (w *world) call(t *testing.T, method string, args map[string]any) map[string]any {
	t.Helper()
	body, err := json.Marshal(args)
	if err != nil {
		t.Fatal(err)
	}
	req, _ := http.NewRequestWithContext(t.Context(), http.MethodPost, w.api+"/api/"+method, strings.NewReader(string(body)))
	req.Header.Set("Content-Type", "application/json; charset=utf-8")
	req.Header.Set("Authorization", "Bearer xoxb-1")
	resp, err := http.DefaultClient.Do(req)
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	var out map[string]any
	if err := json.NewDecoder(resp.Body).Decode(&out); err != nil || out["ok"] != true {
		t.Fatalf("%s: %v %v", method, out, err)
	}
	return out
}

// post says blocks to a channel or person as the app and returns the message.
func (w *world) post(t *testing.T, channel string, blocks any) slack.Message {
	t.Helper()
	out := w.call(t, "chat.postMessage", map[string]any{"channel": channel, "text": "text", "blocks": blocks, "mrkdwn": false})
	m, ok := w.Message(out["channel"].(string), out["ts"].(string))
	if !ok {
		t.Fatal("the message is not there")
	}
	return m
}

// open opens a modal for somebody, as the app does after a command.
func (w *world) open(t *testing.T, user string, view any) slack.View {
	t.Helper()
	if _, err := w.TypeCommand(t.Context(), user, "", "/elevate"); err != nil {
		t.Fatal(err)
	}
	w.mu.Lock()
	trigger := w.heard[len(w.heard)-1].Get("trigger_id")
	w.mu.Unlock()
	w.call(t, "views.open", map[string]any{"trigger_id": trigger, "view": view})
	v, _ := w.Modal(user)
	return v
}

// golden is what the product really sends.
func golden(t *testing.T, name string) map[string]any {
	t.Helper()
	b, err := os.ReadFile(filepath.Join("../../adapters/slack/testdata/render", name+".json"))
	if err != nil {
		t.Fatal(err)
	}
	var o map[string]any
	if err := json.Unmarshal(b, &o); err != nil {
		t.Fatal(err)
	}
	return o
}

func goldenText(t *testing.T, name string) string {
	t.Helper()
	b, err := json.Marshal(golden(t, name))
	if err != nil {
		t.Fatal(err)
	}
	return string(b)
}

func jsonObject(t *testing.T, text string) map[string]any {
	t.Helper()
	var o map[string]any
	if err := json.Unmarshal([]byte(text), &o); err != nil {
		t.Fatal(err)
	}
	return o
}

func list(blocks string) []any {
	var l []any
	if err := json.Unmarshal([]byte(blocks), &l); err != nil {
		panic(err)
	}
	return l
}

// response is a page as a reader sees it.
type response struct {
	status int
	header http.Header
	url    string
	doc    *html.Node
	raw    string
}

// get opens a page; redirects within the site are followed.
func (w *world) get(t *testing.T, path string) response {
	t.Helper()
	req, _ := http.NewRequestWithContext(t.Context(), http.MethodGet, w.web.URL+path, http.NoBody)
	return w.do(t, req, true)
}

// send posts a form.
func (w *world) send(t *testing.T, path string, form url.Values, follow bool, header ...string) response {
	t.Helper()
	req, _ := http.NewRequestWithContext(t.Context(), http.MethodPost, w.web.URL+path, strings.NewReader(form.Encode()))
	req.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	for i := 0; i+1 < len(header); i += 2 {
		req.Header.Set(header[i], header[i+1])
	}
	return w.do(t, req, follow)
}

func (w *world) do(t *testing.T, req *http.Request, follow bool) response {
	t.Helper()
	client := &http.Client{}
	if !follow {
		client.CheckRedirect = func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }
	}
	resp, err := client.Do(req)
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	body, err := io.ReadAll(resp.Body)
	if err != nil {
		t.Fatal(err)
	}
	doc, err := html.Parse(strings.NewReader(string(body)))
	if err != nil {
		t.Fatal(err)
	}
	return response{status: resp.StatusCode, header: resp.Header, url: resp.Request.URL.String(), doc: doc, raw: string(body)}
}

// find returns the elements that pass a test, in order.
func find(n *html.Node, want func(*html.Node) bool) []*html.Node {
	var all []*html.Node
	for d := range n.Descendants() {
		if d.Type == html.ElementNode && want(d) {
			all = append(all, d)
		}
	}
	return all
}

func attr(n *html.Node, name string) string {
	for _, a := range n.Attr {
		if a.Key == name {
			return a.Val
		}
	}
	return ""
}

// byID returns the one element with an id.
func (p response) byID(t *testing.T, id string) *html.Node {
	t.Helper()
	found := find(p.doc, func(n *html.Node) bool { return attr(n, "id") == id })
	if len(found) != 1 {
		t.Fatalf("%d elements have the id %q in\n%s", len(found), id, p.raw)
	}
	return found[0]
}

// text is what an element reads like.
func text(n *html.Node) string {
	var b strings.Builder
	for d := range n.Descendants() {
		if d.Type == html.TextNode {
			b.WriteString(d.Data)
		}
	}
	return b.String()
}

// form returns the fields of the form around a button with a label.
func (p response) form(t *testing.T, label string) (action string, fields url.Values) {
	t.Helper()
	for _, f := range find(p.doc, func(n *html.Node) bool { return n.Data == "form" }) {
		buttons := find(f, func(n *html.Node) bool { return n.Data == "button" && strings.HasPrefix(text(n), label) })
		if len(buttons) == 0 {
			continue
		}
		fields = url.Values{}
		for _, in := range find(f, func(n *html.Node) bool { return n.Data == "input" }) {
			fields.Add(attr(in, "name"), attr(in, "value"))
		}
		return attr(f, "action"), fields
	}
	t.Fatalf("no form has a button %q in\n%s", label, p.raw)
	return "", nil
}
