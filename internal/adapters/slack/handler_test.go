package slack

import (
	"bytes"
	"context"
	"crypto/rand"
	"encoding/json"
	"errors"
	"io"
	"log/slog"
	"maps"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/prometheus/client_golang/prometheus"

	"hoist/internal/chat"
	"hoist/internal/clock"
	"hoist/internal/pim"
	"hoist/internal/secret"
)

// fakeBot remembers what reached it and says what it is told to.
type fakeBot struct {
	mu      sync.Mutex
	got     []chat.Inbound
	says    func(ctx context.Context, in chat.Inbound) chat.View
	answers func(ctx context.Context, in chat.Inbound) chat.FormAnswer
	offers  func(ctx context.Context, in chat.Inbound) []chat.RoleOption
	fills   func(ctx context.Context, in chat.Inbound, f chat.RequestForm) chat.RequestForm
}

func (b *fakeBot) hear(in chat.Inbound) {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.got = append(b.got, in)
}

func (b *fakeBot) Submit(ctx context.Context, in chat.Inbound) chat.FormAnswer {
	b.hear(in)
	if b.answers == nil {
		return chat.FormAnswer{}
	}
	return b.answers(ctx, in)
}

func (b *fakeBot) Filled(ctx context.Context, in chat.Inbound, f chat.RequestForm) chat.RequestForm {
	if b.fills == nil {
		return f
	}
	return b.fills(ctx, in, f)
}

func (b *fakeBot) Roles(ctx context.Context, in chat.Inbound) []chat.RoleOption {
	b.hear(in)
	if b.offers == nil {
		return nil
	}
	return b.offers(ctx, in)
}

func (b *fakeBot) Command(ctx context.Context, in chat.Inbound) chat.View {
	b.hear(in)
	if b.says == nil {
		return nil
	}
	return b.says(ctx, in)
}

func (b *fakeBot) Press(ctx context.Context, in chat.Inbound) chat.View { return b.Command(ctx, in) }

func (b *fakeBot) seen() []chat.Inbound {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.got
}

// fakeOpener remembers what it was to show.
type fakeOpener struct {
	mu       sync.Mutex
	triggers []string
	forms    []chat.RequestForm
	opened   time.Time // the last of them
	posts    map[pim.Place][]chat.View
	refuses  error
}

func (o *fakeOpener) OpenForm(_ context.Context, trigger secret.Value, f chat.RequestForm) error {
	o.mu.Lock()
	defer o.mu.Unlock()
	o.triggers, o.forms = append(o.triggers, trigger.Reveal()), append(o.forms, f)
	o.opened = time.Now()
	return o.refuses
}

func (o *fakeOpener) Hold(pim.Person) func() { return func() {} }

func (o *fakeOpener) Post(_ context.Context, at pim.Place, _ pim.Ref, v chat.View) (pim.Ref, error) {
	o.mu.Lock()
	defer o.mu.Unlock()
	if o.posts == nil {
		o.posts = map[pim.Place][]chat.View{}
	}
	o.posts[at] = append(o.posts[at], v)
	return "D444/1.1", o.refuses
}

// bench is a handler with everything around it.
type bench struct {
	*Handler
	bot      *fakeBot
	opener   *fakeOpener
	clock    *clock.Movable
	registry *prometheus.Registry
	log      *bytes.Buffer
}

func newBench(t testing.TB, change func(*HandlerConfig)) bench {
	t.Helper()
	b := bench{bot: &fakeBot{}, opener: &fakeOpener{}, clock: clock.NewStill(nine), registry: prometheus.NewRegistry(), log: &bytes.Buffer{}}
	cfg := HandlerConfig{
		Bot: b.bot, Opener: b.opener, Installation: Installation{Team: "T111"}, SigningSecrets: []secret.Value{secret.New(testSecret)},
		Clock: b.clock, Courier: chat.NewCourier(b.clock, rand.Reader), Busy: chat.BusyReply, Registerer: b.registry,
		Stranger: func() chat.View { return chat.Reply{Lines: []chat.Line{chat.Say("not for you")}} },
		Log:      slog.New(slog.NewTextHandler(&lockedWriter{w: b.log}, &slog.HandlerOptions{Level: slog.LevelDebug})),
	}
	if change != nil {
		change(&cfg)
	}
	h, err := NewHandler(cfg)
	if err != nil {
		t.Fatal(err)
	}
	b.Handler = h
	t.Cleanup(func() {
		if err := h.Close(context.Background()); err != nil {
			t.Errorf("Close() = %v", err)
		}
	})
	return b
}

type lockedWriter struct {
	mu sync.Mutex
	w  io.Writer
}

func (l *lockedWriter) Write(p []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.w.Write(p)
}

// counted returns the counters that are not zero.
func (b bench) counted(t testing.TB) map[string]float64 {
	t.Helper()
	families, err := b.registry.Gather()
	if err != nil {
		t.Fatal(err)
	}
	out := map[string]float64{}
	for _, f := range families {
		for _, m := range f.GetMetric() {
			if v := m.GetCounter().GetValue(); v > 0 {
				out[m.GetLabel()[0].GetValue()] = v
			}
		}
	}
	return out
}

func (b bench) send(r *http.Request) *httptest.ResponseRecorder {
	w := httptest.NewRecorder()
	b.ServeHTTP(w, r)
	return w
}

// signed is a delivery as Slack makes it.
func signed(path, media string, body []byte, at time.Time) *http.Request {
	r := httptest.NewRequest(http.MethodPost, path, bytes.NewReader(body))
	r.Header = signedHeader(testSecret, at, body)
	r.Header.Set("Content-Type", media)
	return r
}

func (b bench) command(form url.Values) *httptest.ResponseRecorder {
	return b.send(signed(CommandsPath, formType, []byte(form.Encode()), b.clock.Now()))
}

func (b bench) interact(payload string) *httptest.ResponseRecorder {
	return b.send(signed(InteractionsPath, formType, []byte(interactionBody(payload)), b.clock.Now()))
}

func interactionBody(payload string) string { return url.Values{"payload": {payload}}.Encode() }

func commandForm(change url.Values) url.Values {
	form := url.Values{
		"token": {"deprecated"}, "team_id": {"T111"}, "team_domain": {"acme"}, "enterprise_id": {"E111"},
		"channel_id": {"C111"}, "user_id": {"U222"}, "user_name": {"ann"}, "command": {"/elevate"},
		"text": {"User Administrator 2h because <rotating> & “keys”"}, "api_app_id": {"A111"},
		"response_url": {"https://hooks.slack.com/commands/T111/1/x"}, "trigger_id": {"1.2.3"}, "something_new": {"x"},
	}
	for k, v := range change {
		if form[k] = v; v == nil {
			delete(form, k)
		}
	}
	return form
}

func press(change func(map[string]any)) string {
	p := map[string]any{
		"type": "block_actions", "api_app_id": "A111", "trigger_id": "1.2.3", "something_new": []any{map[string]any{}},
		"user": map[string]any{"id": "U222", "username": "ann", "team_id": "T111"},
		"team": map[string]any{"id": "T111", "domain": "acme"}, "enterprise": nil,
		// The message as Slack echoes it, with what its own clients send and no
		// library knows.
		"message":      map[string]any{"blocks": []any{map[string]any{"type": "novelty", "elements": []any{map[string]any{"type": "hologram"}}}}},
		"state":        map[string]any{"values": []any{}},
		"response_url": "https://hooks.slack.com/actions/T111/1/x",
		"actions": []any{map[string]any{
			"type": "button", "action_id": "choose.2", "block_id": "H-7K3F9QX", "value": "H-7K3F9QX|2", "action_ts": "1.2",
		}},
	}
	if change != nil {
		change(p)
	}
	raw, err := json.Marshal(p)
	if err != nil {
		panic(err)
	}
	return string(raw)
}

func TestHandler_hands_a_command_to_the_bot(t *testing.T) {
	b := newBench(t, nil)
	b.bot.says = func(context.Context, chat.Inbound) chat.View {
		return chat.Reply{Tone: chat.Waiting, Lines: []chat.Line{chat.Say("Checking…")}}
	}
	w := b.command(commandForm(nil))
	if w.Code != http.StatusOK || !strings.HasPrefix(w.Header().Get("Content-Type"), "application/json") {
		t.Fatalf("answer %d %s: %s", w.Code, w.Header(), w.Body)
	}
	checkLimits(t, w.Body.Bytes())
	var shown struct {
		ResponseType string `json:"response_type"`
		Text         string `json:"text"`
	}
	if err := json.Unmarshal(w.Body.Bytes(), &shown); err != nil || shown.ResponseType != "ephemeral" || shown.Text != "Checking…" {
		t.Errorf("shown %+v, %v", shown, err)
	}
	got := b.bot.seen()
	if len(got) != 1 || len(got[0].Delivery) != 64 {
		t.Fatalf("the bot saw %+v", got)
	}
	got[0].Delivery = ""
	want := chat.Inbound{
		Person: pim.Person{Platform: "slack", Workspace: "T111", User: "U222"},
		Text:   "User Administrator 2h because <rotating> & “keys”",
	}
	if diff := cmp.Diff(want, got[0]); diff != "" {
		t.Errorf("inbound (-want +got):\n%s", diff)
	}
	if c := b.counted(t); len(c) != 0 {
		t.Errorf("counted %v", c)
	}
}

func TestHandler_same_bytes_have_the_same_delivery(t *testing.T) {
	b := newBench(t, nil)
	b.command(commandForm(nil))
	b.command(commandForm(nil))
	b.command(commandForm(url.Values{"trigger_id": {"4.5.6"}}))
	got := b.bot.seen()
	if len(got) != 3 || got[0].Delivery != got[1].Delivery || got[0].Delivery == got[2].Delivery {
		t.Errorf("deliveries of %+v", got)
	}
}

func TestHandler_silence_is_an_empty_200(t *testing.T) {
	b := newBench(t, nil)
	for _, w := range []*httptest.ResponseRecorder{b.command(commandForm(nil)), b.interact(press(nil))} {
		if w.Code != http.StatusOK || w.Body.Len() != 0 {
			t.Errorf("answer %d: %q", w.Code, w.Body)
		}
	}
}

func TestHandler_org_wide(t *testing.T) {
	orgWide := func(c *HandlerConfig) { c.Installation = Installation{Enterprise: "E111"} }
	t.Run("names_people_by_the_enterprise", func(t *testing.T) {
		b := newBench(t, orgWide)
		b.command(commandForm(url.Values{"team_id": {"T999"}}))
		got := b.bot.seen()
		if len(got) != 1 || got[0].Person.Workspace != "E111" {
			t.Errorf("the bot saw %+v", got)
		}
	})
	t.Run("takes_presses_of_any_of_its_teams", func(t *testing.T) {
		b := newBench(t, orgWide)
		b.interact(press(func(p map[string]any) {
			p["team"] = map[string]any{"id": "T999", "enterprise_id": "E111"}
			p["user"] = map[string]any{"id": "W222", "team_id": "T999"}
		}))
		b.interact(press(func(p map[string]any) {
			p["team"], p["enterprise"] = nil, map[string]any{"id": "E111"}
			p["user"] = map[string]any{"id": "W222", "team_id": "E111"}
		}))
		if got := b.bot.seen(); len(got) != 2 {
			t.Errorf("the bot saw %+v", got)
		}
	})
	t.Run("refuses_another_enterprise", func(t *testing.T) {
		b := newBench(t, orgWide)
		b.command(commandForm(url.Values{"enterprise_id": {"E222"}}))
		b.command(commandForm(url.Values{"enterprise_id": nil}))
		b.interact(press(func(p map[string]any) { p["team"] = map[string]any{"id": "T111", "enterprise_id": "E222"} }))
		b.interact(press(func(p map[string]any) {
			p["team"] = map[string]any{"id": "T111", "enterprise_id": "E111"}
			p["user"] = map[string]any{"id": "U222", "team_id": "T222"}
		}))
		if got := b.bot.seen(); len(got) != 0 {
			t.Errorf("the bot saw %+v", got)
		}
		if c := b.counted(t)["stranger"]; c != 4 {
			t.Errorf("strangers counted: %v", c)
		}
	})
}

func TestHandler_sets_aside(t *testing.T) {
	form := []byte(commandForm(nil).Encode())
	unsigned := func(path, media, body string) *http.Request {
		r := httptest.NewRequest(http.MethodPost, path, strings.NewReader(body))
		r.Header.Set("Content-Type", media)
		return r
	}
	payload := func(s string) *http.Request {
		return signed(InteractionsPath, formType, []byte(url.Values{"payload": {s}}.Encode()), nine)
	}
	edited := func(change url.Values) *http.Request {
		return signed(CommandsPath, formType, []byte(commandForm(change).Encode()), nine)
	}
	button := func(change map[string]any) *http.Request {
		return payload(press(func(p map[string]any) {
			a := p["actions"].([]any)[0].(map[string]any)
			maps.Copy(a, change)
		}))
	}
	tests := []struct {
		name   string
		r      *http.Request
		status int
		why    reason
	}{
		{"another path", signed("/slack/other", formType, form, nine), 404, reasonPath},
		{"another method", httptest.NewRequest(http.MethodGet, CommandsPath, nil), 405, reasonMethod},
		{"JSON where a form belongs", signed(CommandsPath, jsonType, form, nine), 415, reasonMedia},
		{"no media type", signed(CommandsPath, "", form, nine), 415, reasonMedia},
		{"a broken media type", signed(CommandsPath, formType+";;", form, nine), 415, reasonMedia},
		{"too much", unsigned(CommandsPath, formType, strings.Repeat("a", maxBody+1)), 413, reasonTooLarge},
		{"a body that breaks off", broken(signed(CommandsPath, formType, form, nine)), 400, reasonRead},
		{"no signature", unsigned(CommandsPath, formType, string(form)), 401, reasonHeader},
		{"an old signature", signed(CommandsPath, formType, form, nine.Add(-301*time.Second)), 401, reasonStale},
		{"a wrong signature", tampered(signed(CommandsPath, formType, form, nine)), 401, reasonSignature},
		{"a broken form", signed(CommandsPath, formType, []byte("command=%zz"), nine), 400, reasonMalformed},
		{"text that is not UTF-8", edited(url.Values{"text": {"a\xff"}}), 400, reasonEncoding},
		{"two texts", edited(url.Values{"text": {"a", "b"}}), 400, reasonMalformed},
		{"two triggers", edited(url.Values{"trigger_id": {"1", "2"}}), 400, reasonMalformed},
		{"two teams", edited(url.Values{"team_id": {"T111", "T222"}}), 400, reasonMalformed},
		{"no user", edited(url.Values{"user_id": nil}), 400, reasonMalformed},
		{"a user with a slash", edited(url.Values{"user_id": {"U1/U2"}}), 400, reasonMalformed},
		{"no command", edited(url.Values{"command": nil}), 200, reasonIgnored},
		{"another team's command", edited(url.Values{"team_id": {"T222"}}), 200, reasonStranger},
		{"nobody's command", edited(url.Values{"team_id": nil}), 200, reasonStranger},
		{"a certificate check", unsigned(CommandsPath, formType, "token=x&ssl_check=1&command=%2Felevate&user_id=U222"), 200, reasonSSLCheck},
		{"a signed certificate check", edited(url.Values{"ssl_check": {"1"}}), 200, reasonSSLCheck},
		{"almost a certificate check", unsigned(CommandsPath, formType, "ssl_check=10"), 401, reasonHeader},

		{"a certificate check at the interactions", signed(InteractionsPath, formType, []byte("ssl_check=1&payload="+url.QueryEscape(press(nil))), nine), 200, reasonSSLCheck},
		{"no payload", signed(InteractionsPath, formType, []byte("a=b"), nine), 400, reasonMalformed},
		{"two payloads", signed(InteractionsPath, formType, []byte("payload={}&payload={}"), nine), 400, reasonMalformed},
		{"no JSON", payload("{"), 400, reasonMalformed},
		{"JSON of another shape", payload("[]"), 400, reasonMalformed},
		{"a type that is no word", payload(`{"type":1}`), 400, reasonMalformed},
		{"no type", payload(`{}`), 400, reasonMalformed},
		{"JSON with a tail", payload(press(nil) + "{}"), 400, reasonMalformed},
		{"deep JSON", payload(strings.Repeat(`{"type":`, 40) + "1" + strings.Repeat("}", 40)), 400, reasonMalformed},
		{"JSON that is not UTF-8", payload("{\"type\":\"a\xff\"}"), 400, reasonEncoding},
		{"an unknown type", payload(`{"type":"hologram","team":7}`), 200, reasonIgnored},
		{"a closed view", payload(`{"type":"view_closed"}`), 200, reasonIgnored},
		{"a shortcut", payload(`{"type":"shortcut"}`), 200, reasonIgnored},
		{"a team that is no object", payload(press(func(p map[string]any) { p["team"] = "T111" })), 400, reasonMalformed},
		{"nobody's press", payload(press(func(p map[string]any) { delete(p, "user") })), 400, reasonMalformed},
		{"no action", payload(press(func(p map[string]any) { p["actions"] = []any{} })), 200, reasonIgnored},
		{"a button of somebody else's", button(map[string]any{"action_id": "a", "block_id": "b", "value": "click_me_123"}), 200, reasonIgnored},
		{"another elevation's value", button(map[string]any{"value": "H-AAAAAAA|2"}), 200, reasonIgnored},
		{"a button of no kind of ours", button(map[string]any{"action_id": "explode"}), 200, reasonIgnored},
		{"a choice of nothing", button(map[string]any{"value": "H-7K3F9QX|0"}), 200, reasonIgnored},
		{"a stop with a value", button(map[string]any{"action_id": "stop", "value": "H-7K3F9QX|1"}), 200, reasonIgnored},
		{"a stop of nothing", button(map[string]any{"action_id": "stop", "value": "|"}), 200, reasonIgnored},
		{"a stop that is a link", button(map[string]any{"action_id": "stop", "value": "H-7K3F9QX||link"}), 200, reasonIgnored},
		{"a decision that is no link", button(map[string]any{"action_id": "approve", "value": "H-7K3F9QX|"}), 200, reasonIgnored},
		{"a decision", button(map[string]any{"action_id": "approve", "value": "H-7K3F9QX||link"}), 200, reasonIgnored},
		{"a link", button(map[string]any{"action_id": "sign-in", "value": "H-7K3F9QX||link"}), 200, reasonIgnored},
		{"another team's press", payload(press(func(p map[string]any) { p["team"] = map[string]any{"id": "T222"} })), 200, reasonStranger},
		{"a press from a shared channel", payload(press(func(p map[string]any) { p["user"] = map[string]any{"id": "U222", "team_id": "T222"} })), 200, reasonStranger},
		{"a press that hides its team", payload(press(func(p map[string]any) { p["user"] = map[string]any{"id": "U222"} })), 200, reasonStranger},
		{"a press without a team", payload(press(func(p map[string]any) { p["team"] = nil })), 200, reasonStranger},

		{"an event", signed(EventsPath, jsonType, []byte(`{"type":"event_callback","event":{"type":"novelty"}}`), nine), 200, reasonIgnored},
		{"an event that is no JSON", signed(EventsPath, jsonType, []byte(`{`), nine), 400, reasonMalformed},
		{"an unsigned challenge", unsigned(EventsPath, jsonType, `{"type":"url_verification","challenge":"x"}`), 401, reasonHeader},
		{"an empty challenge", signed(EventsPath, jsonType, []byte(`{"type":"url_verification"}`), nine), 400, reasonMalformed},
	}
	for _, tt := range tests {
		t.Run(strings.ReplaceAll(tt.name, " ", "_"), func(t *testing.T) {
			b := newBench(t, func(c *HandlerConfig) { c.Stranger = nil })
			began := time.Now()
			w := b.send(tt.r)
			if took := time.Since(began); took > time.Second {
				t.Errorf("took %v", took)
			}
			if w.Code != tt.status || w.Body.Len() != 0 {
				t.Errorf("answer %d %q, want an empty %d", w.Code, w.Body, tt.status)
			}
			if got := b.bot.seen(); len(got) != 0 {
				t.Errorf("the bot saw %+v", got)
			}
			if diff := cmp.Diff(map[string]float64{string(tt.why): 1}, b.counted(t)); diff != "" {
				t.Errorf("counted (-want +got):\n%s", diff)
			}
		})
	}
}

// broken makes reading the body fail.
func broken(r *http.Request) *http.Request {
	r.Body = io.NopCloser(io.MultiReader(strings.NewReader("a"), errReader{}))
	return r
}

type errReader struct{}

func (errReader) Read([]byte) (int, error) { return 0, errors.New("connection reset") }

// tampered replaces a byte after signing.
func tampered(r *http.Request) *http.Request {
	r.Body = io.NopCloser(strings.NewReader("command=%2Felevate"))
	return r
}

func TestHandler_tells_strangers_so(t *testing.T) {
	b := newBench(t, nil)
	w := b.command(commandForm(url.Values{"team_id": {"T222"}}))
	if !strings.Contains(w.Body.String(), "not for you") {
		t.Errorf("answer %s", w.Body)
	}
}

func TestHandler_echoes_the_challenge(t *testing.T) {
	b := newBench(t, nil)
	w := b.send(signed(EventsPath, jsonType+"; charset=utf-8", []byte(`{"type":"url_verification","token":"x","challenge":"3eZbrw1a<b>"}`), nine))
	if w.Code != http.StatusOK || w.Body.String() != "3eZbrw1a<b>" || w.Header().Get("Content-Type") != "text/plain; charset=utf-8" {
		t.Errorf("answer %d %v %q", w.Code, w.Header(), w.Body)
	}
}

func TestHandler_presses(t *testing.T) {
	b := newBench(t, nil)
	b.interact(press(nil))
	got := b.bot.seen()
	want := chat.Pressed{Kind: chat.ActionChoose, ID: elevation, Value: "2"}
	if len(got) != 1 || got[0].Pressed != want || got[0].Person.User != "U222" || got[0].Text != "" {
		t.Errorf("the bot saw %+v", got)
	}
}

func TestHandler_answers_in_words_when_the_bot(t *testing.T) {
	for _, tt := range []struct {
		name string
		says func(context.Context, chat.Inbound) chat.View
		why  reason
	}{
		{"overslept", func(ctx context.Context, _ chat.Inbound) chat.View {
			<-ctx.Done()
			time.Sleep(3 * grace)
			return chat.Reply{}
		}, reasonBusy},
		{"panics", func(context.Context, chat.Inbound) chat.View { panic("xoxb-canary") }, reasonPanic},
		{"breaks", func(context.Context, chat.Inbound) chat.View {
			return []chat.View{}[len("far too long")]
		}, reasonPanic},
	} {
		t.Run(tt.name, func(t *testing.T) {
			b := newBench(t, func(c *HandlerConfig) { c.Patience = 20 * time.Millisecond })
			b.bot.says = tt.says
			began := time.Now()
			w := b.command(commandForm(nil))
			if took := time.Since(began); took > 2*time.Second {
				t.Errorf("took %v", took)
			}
			ref := chat.DeliveryRef(b.bot.seen()[0].Delivery)
			if w.Code != http.StatusOK || !strings.Contains(w.Body.String(), ref) {
				t.Errorf("answer %d without reference %s: %s", w.Code, ref, w.Body)
			}
			if err := b.Close(t.Context()); err != nil {
				t.Fatal(err)
			}
			log := b.log.String()
			if !strings.Contains(log, ref) || strings.Contains(log, "canary") {
				t.Errorf("the log names no %s, or the panic's value:\n%s", ref, log)
			}
			if b.counted(t)[string(tt.why)] != 1 {
				t.Errorf("counted %v", b.counted(t))
			}
		})
	}
}

func TestHandler_a_bot_that_minds_its_deadline_has_the_last_word(t *testing.T) {
	b := newBench(t, func(c *HandlerConfig) { c.Patience = 20 * time.Millisecond })
	b.bot.says = func(ctx context.Context, _ chat.Inbound) chat.View {
		<-ctx.Done()
		return chat.Reply{Lines: []chat.Line{chat.Say("my own words")}}
	}
	if w := b.command(commandForm(nil)); !strings.Contains(w.Body.String(), "my own words") {
		t.Errorf("answer %s", w.Body)
	}
}

func TestHandler_survives_a_view_that_cannot_be_rendered(t *testing.T) {
	b := newBench(t, func(c *HandlerConfig) { c.Busy = func(string) chat.View { panic("busy too") } })
	b.bot.says = func(context.Context, chat.Inbound) chat.View { return (*chat.Card)(nil) }
	if w := b.command(commandForm(nil)); w.Code != http.StatusOK || w.Body.Len() != 0 {
		t.Errorf("answer %d %q", w.Code, w.Body)
	}
}

func TestHandler_does_not_flood_the_log(t *testing.T) {
	b := newBench(t, nil)
	forge := func(n int) {
		for range n {
			r := signed(CommandsPath, formType, []byte("x"), nine)
			r.Header.Set(signatureHeader, "v0="+strings.Repeat("0", 64))
			r.Header.Set(timestampHeader, signedHeader(testSecret, b.clock.Now(), nil).Get(timestampHeader))
			b.send(r)
		}
	}
	forge(1000)
	if n := strings.Count(b.log.String(), "\n"); n != 1 {
		t.Errorf("%d lines for 1000 forgeries in a minute", n)
	}
	b.clock.Advance(time.Minute)
	forge(1000)
	if log := b.log.String(); strings.Count(log, "\n") != 2 || !strings.Contains(log, "count=1000") {
		t.Errorf("log:\n%s", log)
	}
	if got := b.counted(t)["signature"]; got != 2000 {
		t.Errorf("counted %v", got)
	}
}

func TestHandler_refuses_a_configuration_that_accepts_too_much(t *testing.T) {
	good := HandlerConfig{
		Bot: &fakeBot{}, Opener: &fakeOpener{}, Installation: Installation{Team: "T1"}, SigningSecrets: []secret.Value{secret.New("s")},
		Clock: clock.System(), Courier: chat.NewCourier(clock.System(), rand.Reader), Busy: chat.BusyReply,
	}
	if _, err := NewHandler(good); err != nil {
		t.Fatal(err)
	}
	for name, spoil := range map[string]func(*HandlerConfig){
		"no bot":             func(c *HandlerConfig) { c.Bot = nil },
		"no opener":          func(c *HandlerConfig) { c.Opener = nil },
		"no clock":           func(c *HandlerConfig) { c.Clock = nil },
		"no courier":         func(c *HandlerConfig) { c.Courier = nil },
		"no words":           func(c *HandlerConfig) { c.Busy = nil },
		"no secret":          func(c *HandlerConfig) { c.SigningSecrets = nil },
		"an empty secret":    func(c *HandlerConfig) { c.SigningSecrets = []secret.Value{{}} },
		"no installation":    func(c *HandlerConfig) { c.Installation = Installation{} },
		"two installations":  func(c *HandlerConfig) { c.Installation = Installation{Team: "T1", Enterprise: "E1"} },
		"a slash":            func(c *HandlerConfig) { c.Installation = Installation{Team: "T1/x"} },
		"a plain origin":     func(c *HandlerConfig) { c.ResponseOrigins = []string{"http://hooks.example"} },
		"an origin's path":   func(c *HandlerConfig) { c.ResponseOrigins = []string{"https://hooks.example/"} },
		"an origin's user":   func(c *HandlerConfig) { c.ResponseOrigins = []string{"https://a@hooks.example"} },
		"no origin":          func(c *HandlerConfig) { c.ResponseOrigins = []string{""} },
		"a counter twice":    func(c *HandlerConfig) { c.Registerer = taken{} },
		"an origin's scheme": func(c *HandlerConfig) { c.ResponseOrigins = []string{"file:///etc"} },
	} {
		cfg := good
		spoil(&cfg)
		if _, err := NewHandler(cfg); err == nil {
			t.Errorf("%s: no error", name)
		}
	}
}

// taken is a registry that has the counter already.
type taken struct{ prometheus.Registerer }

func (taken) Register(prometheus.Collector) error { return errors.New("duplicate") }

func FuzzHandler(f *testing.F) {
	f.Add(CommandsPath, []byte(commandForm(nil).Encode()))
	f.Add(InteractionsPath, []byte(url.Values{"payload": {press(nil)}}.Encode()))
	f.Add(InteractionsPath, []byte(interactionBody(submitted(nil))))
	f.Add(OptionsPath, []byte(interactionBody(typing(nil))))
	f.Add(EventsPath, []byte(`{"type":"url_verification","challenge":"x"}`))
	f.Fuzz(func(t *testing.T, path string, body []byte) {
		b := newBench(t, func(c *HandlerConfig) { c.Log = nil })
		for _, media := range []string{formType, jsonType} {
			r := signed("/", media, body, nine)
			r.URL = &url.URL{Path: path}
			if w := b.send(r); w.Code >= 500 {
				t.Errorf("status %d", w.Code)
			}
		}
		for _, in := range b.bot.seen() {
			if !isUserID(in.Person.User) || in.Person.Workspace != "T111" {
				t.Errorf("the bot saw %+v", in)
			}
		}
		if b.counted(t)["panic"] != 0 {
			t.Error("a panic")
		}
	})
}
