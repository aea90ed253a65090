package slack

import (
	"context"
	"crypto/rand"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"
	"time"

	"hoist/internal/chat"
	"hoist/internal/clock"
	"hoist/internal/pim"
	"hoist/internal/secret"
	sim "hoist/internal/sim/slack"
)

// world is the simulated Slack with this package installed in it. The simulator
// was written from Slack's documentation by somebody else and refuses what
// Slack refuses.
type world struct {
	*sim.Slack
	base     string
	clock    *clock.Movable
	bot      *fakeBot
	handler  *Handler
	platform *Platform
	proof    *Proof
}

const redirect = "https://hoist.example/slack/callback"

func newWorld(t testing.TB) *world {
	t.Helper()
	w := &world{clock: clock.NewStill(nine), bot: &fakeBot{}}
	w.Slack = sim.New(sim.Config{
		Clock: w.clock,
		Seed: sim.Seed{
			Team: sim.Team{ID: "T111", Name: "Acme", Domain: "acme"},
			Users: []sim.User{
				{ID: "U222", Name: "ann", RealName: "Ann Example", Email: "ann@acme.example", TimeZone: "Europe/Berlin"},
				{ID: "U333", Name: "guest", RealName: "Gus Guest", Restricted: true},
				{ID: "U444", Name: "gone", Deleted: true},
				{ID: "U666", Name: "bob", RealName: "Bob Example"},
				{ID: "U555", Name: "olga", RealName: "Olga Other", TeamID: "T222"},
			},
			Channels: []sim.Channel{
				{ID: "C333", Name: "ops", Members: []string{"U222", "U555", "UBOT"}},
				{ID: "C444", Name: "old", Members: []string{"UBOT"}, Archived: true},
				{ID: "C555", Name: "quiet", Members: []string{"U222"}},
			},
		},
		App: sim.App{
			ID: "A111", Name: "Hoist", BotUserID: "UBOT", BotToken: secret.New(canaryToken), SigningSecret: secret.New(testSecret),
			ClientID: "111.222", ClientSecret: secret.New("canary-client-secret"), RedirectURIs: []string{redirect},
			Scopes: []string{"commands", "chat:write", "users:read", "users:read.email"}, Commands: []string{"/elevate"},
		},
	})
	front := httptest.NewServer(w.Slack)
	t.Cleanup(front.Close)
	w.base = front.URL
	w.SetBaseURL(front.URL)
	w.install(t)
	return w
}

func (w *world) install(t testing.TB) {
	t.Helper()
	here := Installation{Team: "T111"}
	var err error
	if w.platform, err = NewPlatform(PlatformConfig{
		Installation: here, Token: secret.New(canaryToken), APIURL: w.base + "/api/", Clock: w.clock,
	}); err != nil {
		t.Fatal(err)
	}
	if w.handler, err = NewHandler(HandlerConfig{
		Bot: w.bot, Opener: w.platform, Installation: here, SigningSecrets: []secret.Value{secret.New(testSecret)}, Clock: w.clock,
		Courier: chat.NewCourier(w.clock, rand.Reader), Busy: chat.BusyReply, ResponseOrigins: []string{w.base},
	}); err != nil {
		t.Fatal(err)
	}
	if w.proof, err = NewProof(ProofConfig{
		Installation: here, ClientID: "111.222", ClientSecret: secret.New("canary-client-secret"), Issuer: w.base, Clock: w.clock,
	}); err != nil {
		t.Fatal(err)
	}
	app := httptest.NewServer(w.handler)
	t.Cleanup(app.Close)
	t.Cleanup(func() { _ = w.handler.Close(context.Background()) })
	w.SetDeliver(sim.Deliver{Commands: app.URL + CommandsPath, Interactions: app.URL + InteractionsPath, Options: app.URL + OptionsPath, Events: app.URL + EventsPath})
}

func TestSim_a_command_is_answered_in_private(t *testing.T) {
	w := newWorld(t)
	w.bot.says = func(_ context.Context, in chat.Inbound) chat.View {
		return chat.Reply{Tone: chat.Waiting, Lines: []chat.Line{chat.Say("Checking…"), {plain("because "), typed(in.Text)}}}
	}
	ack, err := w.TypeCommand(t.Context(), "U222", "C333", "/elevate UA 2h because @everyone *now* <!here>")
	if err != nil {
		t.Fatal(err)
	}
	if ack.Message == nil || !ack.Message.Ephemeral() || ack.Message.For != "U222" {
		t.Fatalf("shown %+v", ack.Message)
	}
	read := w.Render(*ack.Message, "U222")
	if !strings.Contains(read.Text(), "○ Checking…") || !strings.Contains(read.Text(), "because UA 2h because @everyone *now* <!here>") {
		t.Errorf("read as:\n%s", read.Text())
	}
	harmless(t, read)
}

// harmless fails for everything that the text of somebody else could do.
func harmless(t *testing.T, r sim.Rendered) {
	t.Helper()
	if len(r.Pings)+len(r.Formats)+len(r.Links) > 0 {
		t.Errorf("pings %q, formats %q, links %q in:\n%s", r.Pings, r.Formats, r.Links, r.Text())
	}
}

func TestSim_takes_every_view_and_nothing_typed_does_anything(t *testing.T) {
	w := newWorld(t)
	all := views()
	for i, text := range []string{"<!channel> @here *b* :tada: https://evil.example <@U222> <#C333>", strings.Repeat("x<@U222>", 900)} {
		for j, v := range viewsWith(text, chat.Bad) {
			all[string(rune('a'+i))+string(rune('a'+j))] = v
		}
	}
	for name, v := range all {
		t.Run(name, func(t *testing.T) {
			at := placeFor(v)
			ref, err := w.platform.Post(t.Context(), at, "", v)
			if err != nil {
				t.Fatal(err)
			}
			if err := w.platform.Update(t.Context(), at, ref, v); err != nil {
				t.Fatal(err)
			}
			channel, ts, _ := strings.Cut(string(ref), "/")
			m, ok := w.Message(channel, ts)
			if !ok || !strings.HasPrefix(channel, "D") || m.UnfurlLinks || m.UnfurlMedia || m.LinkNames || m.Parse != "none" || m.Markdown {
				t.Errorf("message %q %v: %+v", ref, ok, m)
			}
			read := w.Render(m, "U222")
			if name == "reply_hostile" {
				read.Links = nil // it holds one of ours
			}
			harmless(t, read)
		})
	}
}

func TestSim_times_are_the_readers(t *testing.T) {
	w := newWorld(t)
	ref, err := w.platform.Post(t.Context(), toFeed, "", publicCard())
	if err != nil {
		t.Fatal(err)
	}
	channel, ts, _ := strings.Cut(string(ref), "/")
	m, _ := w.Message(channel, ts)
	if got := w.Render(m, "U222").Text(); !strings.Contains(got, "until 12:00") {
		t.Errorf("Ann, an hour ahead of UTC, reads:\n%s", got)
	}
	if m.Metadata["event_type"] != eventType {
		t.Errorf("metadata %v", m.Metadata)
	}
}

func TestSim_a_card_lives(t *testing.T) {
	w := newWorld(t)
	ref, err := w.platform.Post(t.Context(), toFeed, "", publicCard())
	if err != nil {
		t.Fatal(err)
	}
	if _, err := w.platform.Post(t.Context(), toFeed, ref, views()["note_good"]); err != nil {
		t.Fatal(err)
	}
	channel, ts, _ := strings.Cut(string(ref), "/")
	if thread := w.Thread(channel, ts); len(thread) == 0 {
		t.Error("nothing in the thread")
	}
	for range 2 {
		if err := w.platform.Delete(t.Context(), toFeed, ref); err != nil {
			t.Errorf("delete: %v", err)
		}
	}
	if err := w.platform.Update(t.Context(), toFeed, ref, publicCard()); pim.KindOf(err) != pim.KindNotFound {
		t.Errorf("update after deletion: %v", err)
	}
	if again, err := w.platform.Post(t.Context(), toFeed, ref, views()["note_good"]); err != nil || again == "" {
		t.Errorf("a notice for a deleted card: %q, %v", again, err)
	}
}

func TestSim_a_press_reaches_the_bot_and_is_answered(t *testing.T) {
	w := newWorld(t)
	w.bot.says = sayGone
	ref, err := w.platform.Post(t.Context(), toAnn, "", views()["request_choice"])
	if err != nil {
		t.Fatal(err)
	}
	channel, ts, _ := strings.Cut(string(ref), "/")
	m, _ := w.Message(channel, ts)
	if _, err := w.Press(t.Context(), "U222", m, "choose.2"); err != nil {
		t.Fatal(err)
	}
	if err := w.handler.Close(t.Context()); err != nil {
		t.Fatal(err)
	}
	got := w.bot.seen()
	want := chat.Pressed{Kind: chat.ActionChoose, ID: elevation, Value: "2"}
	if len(got) != 1 || got[0].Pressed != want || got[0].Person != (pim.Person{Platform: "slack", Workspace: "T111", User: "U222"}) {
		t.Fatalf("the bot saw %+v", got)
	}
	shown := false
	for _, m := range w.Visible("U222") {
		shown = shown || m.Ephemeral() && strings.Contains(m.Text, "has been answered")
	}
	if !shown {
		t.Error("the answer is not shown")
	}
}

func TestSim_a_link_opens_and_the_bot_hears_nothing(t *testing.T) {
	w := newWorld(t)
	ref, err := w.platform.Post(t.Context(), toAnn, "", card())
	if err != nil {
		t.Fatal(err)
	}
	channel, ts, _ := strings.Cut(string(ref), "/")
	m, _ := w.Message(channel, ts)
	link, err := w.OpenURLButton(t.Context(), "U222", m, "sign-in")
	if err != nil || link != "https://hoist.example/s/canary" || len(w.bot.seen()) != 0 {
		t.Errorf("link %q, %v, the bot saw %+v", link, err, w.bot.seen())
	}
}

func TestSim_strangers_in_a_shared_channel(t *testing.T) {
	w := newWorld(t)
	c := publicCard()
	c.Actions = []chat.Action{{Kind: chat.ActionChoose, ID: elevation, Value: "1", Label: "Choose"}}
	ref, err := w.platform.Post(t.Context(), toFeed, "", c)
	if err != nil {
		t.Fatal(err)
	}
	channel, ts, _ := strings.Cut(string(ref), "/")
	m, _ := w.Message(channel, ts)
	if _, err := w.Press(t.Context(), "U555", m, "Choose"); err != nil {
		t.Error(err)
	}
	if _, err := w.TypeCommand(t.Context(), "U555", "C333", "/elevate UA 2h"); err != nil {
		t.Error(err)
	}
	if got := w.bot.seen(); len(got) != 0 {
		t.Errorf("the bot saw %+v", got)
	}
}

func TestSim_replays_are_the_same_delivery_until_they_are_stale(t *testing.T) {
	w := newWorld(t)
	if _, err := w.TypeCommand(t.Context(), "U222", "C333", "/elevate UA 2h"); err != nil {
		t.Fatal(err)
	}
	d, _ := w.LastDelivery()
	if again, err := w.Redeliver(t.Context(), d); err != nil || again.Status != http.StatusOK {
		t.Errorf("again at once: %d, %v", again.Status, err)
	}
	if got := w.bot.seen(); len(got) != 2 || got[0].Delivery != got[1].Delivery {
		t.Errorf("the bot saw %+v", got)
	}
	w.clock.Advance(window + time.Second)
	if again, _ := w.Redeliver(t.Context(), d); again.Status != http.StatusUnauthorized {
		t.Errorf("again too late: %d", again.Status)
	}
}

func TestSim_the_urls_are_verified(t *testing.T) {
	w := newWorld(t)
	if ok, err := w.VerifyURL(t.Context()); err != nil || !ok {
		t.Errorf("VerifyURL() = %v, %v", ok, err)
	}
	if d, err := w.CheckCertificate(t.Context()); err != nil || d.Status != http.StatusOK || len(d.Reply) != 0 {
		t.Errorf("CheckCertificate() = %d %q, %v", d.Status, d.Reply, err)
	}
}

func TestSim_places_that_take_nothing(t *testing.T) {
	w := newWorld(t)
	for address, want := range map[string]pim.Kind{
		"C444": pim.KindUndeliverable, "C555": pim.KindUndeliverable, "C999": pim.KindUndeliverable,
	} {
		at := toFeed
		at.Address = address
		if _, err := w.platform.Post(t.Context(), at, "", publicCard()); pim.KindOf(err) != want {
			t.Errorf("%s: %v", address, err)
		}
	}
	gone := toAnn
	gone.Address = "U444"
	if _, err := w.platform.Post(t.Context(), gone, "", publicCard()); pim.KindOf(err) != pim.KindUndeliverable {
		t.Errorf("somebody who left: %v", err)
	}
	w.RateLimit("chat.postMessage", 1, 30*time.Second)
	_, err := w.platform.Post(t.Context(), toFeed, "", publicCard())
	checkError(t, err, pim.KindThrottled, "ratelimited", 30*time.Second)
	w.RevokeToken(true)
	_, err = w.platform.Post(t.Context(), toFeed, "", publicCard())
	checkError(t, err, pim.KindForbidden, "token_revoked", 0)
}

func TestSim_outages(t *testing.T) {
	w := newWorld(t)
	for outage, want := range map[sim.Outage]pim.Kind{
		sim.ServerError: pim.KindUnavailable, sim.Dropped: pim.KindUnanswered,
	} {
		w.SetFault(sim.Fault{Outage: outage, Methods: []string{"chat.postMessage"}, Calls: 1})
		before := w.CallCount("chat.postMessage")
		_, err := w.platform.Post(t.Context(), toFeed, "", publicCard())
		checkError(t, err, want, "", 0)
		if n := w.CallCount("chat.postMessage") - before; n != 1 {
			t.Errorf("%s: %d calls", outage, n)
		}
	}
}

func TestSim_profiles(t *testing.T) {
	w := newWorld(t)
	for user, want := range map[string]string{"U222": "", "U333": "guest", "U444": "deactivated", "U555": "other organisation", "UBOT": "bot"} {
		got, err := w.platform.Profile(t.Context(), pim.Person{Platform: "slack", Workspace: "T111", User: user})
		if err != nil || got.Barred != want {
			t.Errorf("%s: %+v, %v", user, got, err)
		}
		if user == "U222" && (got.Name != "Ann Example" || got.Email != "ann@acme.example" || got.Zone.String() != "Europe/Berlin") {
			t.Errorf("Ann: %+v", got)
		}
	}
}

// signIn goes through Sign in with Slack and returns the code.
func (w *world) signIn(t *testing.T, user, nonce string) string {
	t.Helper()
	back, err := w.SignInWithSlack(user, w.proof.Begin("the state", nonce, redirect))
	if err != nil {
		t.Fatal(err)
	}
	u, err := url.Parse(back)
	if err != nil || u.Query().Get("state") != "the state" {
		t.Fatalf("sent back to %s, %v", back, err)
	}
	return u.Query().Get("code")
}

func TestProof_names_the_person(t *testing.T) {
	w := newWorld(t)
	who, name, err := w.proof.Finish(t.Context(), w.signIn(t, "U222", "n1"), "n1", redirect)
	if err != nil || who != (pim.Person{Platform: "slack", Workspace: "T111", User: "U222"}) || name != "Ann Example" {
		t.Errorf("Finish() = %+v, %q, %v", who, name, err)
	}
}

func TestProof_refuses(t *testing.T) {
	for _, tt := range []struct {
		name string
		try  func(t *testing.T, w *world) (code, nonce, redirect string)
		want pim.Kind
		code string
	}{
		{"another workspace", func(t *testing.T, w *world) (string, string, string) { return w.signIn(t, "U555", "n"), "n", redirect }, pim.KindWrongAccount, ""},
		{"another nonce", func(t *testing.T, w *world) (string, string, string) { return w.signIn(t, "U222", "n"), "m", redirect }, pim.KindForbidden, ""},
		{"no nonce", func(t *testing.T, w *world) (string, string, string) { return w.signIn(t, "U222", ""), "", redirect }, pim.KindSignInExpired, ""},
		{"no code", func(*testing.T, *world) (string, string, string) { return "", "n", redirect }, pim.KindSignInExpired, ""},
		{"an invented code", func(*testing.T, *world) (string, string, string) { return "canary", "n", redirect }, pim.KindSignInExpired, "invalid_code"},
		{"another redirect", func(t *testing.T, w *world) (string, string, string) {
			return w.signIn(t, "U222", "n"), "n", "https://evil.example"
		}, pim.KindForbidden, "bad_redirect_uri"},
		{"a used code", func(t *testing.T, w *world) (string, string, string) {
			code := w.signIn(t, "U222", "n")
			if _, _, err := w.proof.Finish(t.Context(), code, "n", redirect); err != nil {
				t.Fatal(err)
			}
			return code, "n", redirect
		}, pim.KindSignInExpired, "code_already_used"},
		{"an old code", func(t *testing.T, w *world) (string, string, string) {
			code := w.signIn(t, "U222", "n")
			w.clock.Advance(time.Hour)
			return code, "n", redirect
		}, pim.KindSignInExpired, "invalid_code"},
	} {
		t.Run(strings.ReplaceAll(tt.name, " ", "_"), func(t *testing.T) {
			w := newWorld(t)
			code, nonce, back := tt.try(t, w)
			who, _, err := w.proof.Finish(t.Context(), code, nonce, back)
			checkError(t, err, tt.want, tt.code, 0)
			if who != (pim.Person{}) {
				t.Errorf("names %+v", who)
			}
		})
	}
}
