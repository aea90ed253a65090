package slack_test

import (
	"context"
	"encoding/json"
	"io"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"sync"
	"testing"
	"time"

	slackgo "github.com/slack-go/slack"

	"hoist/internal/clock"
	"hoist/internal/secret"
	sim "hoist/internal/sim/slack"
)

var nine = time.Date(2026, 11, 23, 9, 0, 0, 0, time.UTC)

const signingSecret = "8f742231b10e8888abcd99yyyzzz85a5"

// world is a workspace, an app that answers as each test says, and a client
// that no one here wrote.
type world struct {
	*sim.Slack
	api   *slackgo.Client
	base  string
	clock *clock.Movable

	mu     sync.Mutex
	answer http.HandlerFunc
	heard  []heard
}

// heard is what reached the app.
type heard struct {
	path   string
	header http.Header
	body   string
}

func newWorld(t *testing.T, change ...func(*sim.Config)) *world {
	t.Helper()
	w := &world{clock: clock.NewStill(nine)}
	cfg := sim.Config{
		Clock: w.clock,
		Seed: sim.Seed{
			Team: sim.Team{ID: "T0001", Name: "Contoso", Domain: "contoso"},
			Users: []sim.User{
				{ID: "U0ANNA", Name: "anna", RealName: "Anna Berg", Email: "anna@contoso.example", TimeZone: "Europe/Berlin", Locale: "de-DE"},
				{ID: "U0BEN", Name: "ben", RealName: "Ben Okri", Email: "ben@contoso.example", TimeZone: "America/New_York"},
				{ID: "U0GONE", Name: "gone", RealName: "Gone Person", Email: "gone@contoso.example", Deleted: true},
				{ID: "U0OTHER", Name: "olga", RealName: "Olga Other", Email: "olga@fabrikam.example", TeamID: "T0002"},
			},
			Channels: []sim.Channel{
				{ID: "C0OPS", Name: "ops", Members: []string{"U0ANNA", "U0BEN", "U0BOT"}},
				{ID: "C0QUIET", Name: "quiet", Members: []string{"U0ANNA"}},
				{ID: "C0SECRET", Name: "secret", Members: []string{"U0BEN"}, Private: true},
				{ID: "C0OLD", Name: "old", Members: []string{"U0ANNA", "U0BOT"}, Archived: true},
				{ID: "C0SHARED", Name: "shared", Members: []string{"U0ANNA", "U0OTHER", "U0BOT"}, ExtShared: true},
			},
		},
		App: sim.App{
			ID: "A0HOIST", Name: "Hoist", BotID: "B0HOIST", BotUserID: "U0BOT",
			BotToken: secret.New("xoxb-simulated"), SigningSecret: secret.New(signingSecret),
			ClientID: "111.222", ClientSecret: secret.New("client-secret"),
			RedirectURIs: []string{"https://hoist.example/slack/callback"},
			Scopes:       []string{"commands", "chat:write", "users:read", "users:read.email", "channels:read", "groups:read", "im:read", "im:write"},
			Commands:     []string{"/elevate"},
		},
	}
	for _, c := range change {
		c(&cfg)
	}
	w.Slack = sim.New(cfg)
	front := httptest.NewServer(w.Slack)
	t.Cleanup(front.Close)
	app := httptest.NewServer(http.HandlerFunc(w.listen))
	t.Cleanup(app.Close)
	w.base = front.URL
	w.SetBaseURL(front.URL)
	w.SetDeliver(sim.Deliver{
		Commands: app.URL + "/commands", Interactions: app.URL + "/interactions",
		Options: app.URL + "/options", Events: app.URL + "/events",
	})
	w.api = slackgo.New("xoxb-simulated", slackgo.OptionAPIURL(front.URL+"/api/"))
	return w
}

func (w *world) listen(rw http.ResponseWriter, r *http.Request) {
	body, _ := io.ReadAll(r.Body)
	r.Body = io.NopCloser(strings.NewReader(string(body)))
	w.mu.Lock()
	w.heard = append(w.heard, heard{path: r.URL.Path, header: r.Header.Clone(), body: string(body)})
	answer := w.answer
	w.mu.Unlock()
	if answer != nil {
		answer(rw, r)
	}
}

// answers sets what the app does with the next deliveries.
func (w *world) answers(h http.HandlerFunc) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.answer = h
}

// answersJSON makes the app acknowledge with a JSON body.
func (w *world) answersJSON(body string) {
	w.answers(func(rw http.ResponseWriter, _ *http.Request) {
		rw.Header().Set("Content-Type", "application/json")
		_, _ = io.WriteString(rw, body)
	})
}

func (w *world) lastHeard(t *testing.T) heard {
	t.Helper()
	w.mu.Lock()
	defer w.mu.Unlock()
	if len(w.heard) == 0 {
		t.Fatal("the app heard nothing")
	}
	return w.heard[len(w.heard)-1]
}

// post sends a message with blocks given as JSON and returns it.
func (w *world) post(t *testing.T, channel, blocks string) sim.Message {
	t.Helper()
	room, ts, err := w.api.PostMessageContext(t.Context(), channel, slackgo.MsgOptionText("text", false), rawBlocks(t, blocks))
	if err != nil {
		t.Fatalf("post %s: %v", blocks, err)
	}
	m, ok := w.Message(room, ts)
	if !ok {
		t.Fatalf("message %s %s is not there", room, ts)
	}
	return m
}

func rawBlocks(t *testing.T, blocks string) slackgo.MsgOption {
	t.Helper()
	var b slackgo.Blocks
	if err := b.UnmarshalJSON([]byte(blocks)); err != nil {
		t.Fatalf("blocks %s: %v", blocks, err)
	}
	return slackgo.MsgOptionBlocks(b.BlockSet...)
}

func within(t *testing.T) context.Context {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), 10*time.Second)
	t.Cleanup(cancel)
	return ctx
}

func mustErrorSay(t *testing.T, err error, want string) {
	t.Helper()
	if err == nil || !strings.Contains(err.Error(), want) {
		t.Errorf("error = %v, want one that says %q", err, want)
	}
}

// threaded posts a reply with blocks.
func (w *world) threaded(t *testing.T, parent sim.Message, blocks string) sim.Message {
	t.Helper()
	room, ts, err := w.api.PostMessageContext(t.Context(), parent.Channel, slackgo.MsgOptionTS(parent.TS), rawBlocks(t, blocks))
	if err != nil {
		t.Fatal(err)
	}
	m, _ := w.Message(room, ts)
	return m
}

// whisper shows the same blocks to Anna alone.
func (w *world) whisper(t *testing.T, like sim.Message) sim.Message {
	t.Helper()
	blocks, err := json.Marshal(like.Blocks)
	if err != nil {
		t.Fatal(err)
	}
	ts, err := w.api.PostEphemeralContext(t.Context(), like.Channel, "U0ANNA", rawBlocks(t, string(blocks)))
	if err != nil {
		t.Fatal(err)
	}
	m, _ := w.Message(like.Channel, ts)
	return m
}

// trigger types a command and returns the trigger id that came with it.
func (w *world) trigger(t *testing.T, user string) string {
	t.Helper()
	if _, err := w.TypeCommand(t.Context(), user, "", "/elevate"); err != nil {
		t.Fatal(err)
	}
	form, err := url.ParseQuery(w.lastHeard(t).body)
	if err != nil {
		t.Fatal(err)
	}
	return form.Get("trigger_id")
}

func modalView(t *testing.T, view string) slackgo.ModalViewRequest {
	t.Helper()
	var v slackgo.ModalViewRequest
	if err := json.Unmarshal([]byte(view), &v); err != nil {
		t.Fatal(err)
	}
	return v
}

func (w *world) openModal(t *testing.T, user, view string) *slackgo.ViewResponse {
	t.Helper()
	resp, err := w.api.OpenViewContext(t.Context(), w.trigger(t, user), modalView(t, view))
	if err != nil {
		t.Fatalf("views.open: %v", err)
	}
	return resp
}

func (w *world) publishHome(t *testing.T, user, view string) {
	t.Helper()
	var v slackgo.HomeTabViewRequest
	if err := json.Unmarshal([]byte(view), &v); err != nil {
		t.Fatal(err)
	}
	if _, err := w.api.PublishViewContext(t.Context(), slackgo.PublishViewContextRequest{UserID: user, View: v}); err != nil {
		t.Fatalf("views.publish: %v", err)
	}
}
