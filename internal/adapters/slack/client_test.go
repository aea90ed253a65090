package slack

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"hoist/internal/chat"
	"hoist/internal/clock"
	"hoist/internal/pim"
	"hoist/internal/secret"
)

const canaryToken = "xoxb-canary-token"

// webAPI is a Slack that answers with one thing and remembers what it was asked.
type webAPI struct {
	*httptest.Server
	mu     sync.Mutex
	calls  []url.Values // with "method"
	answer http.HandlerFunc
}

func newWebAPI(t testing.TB, answer http.HandlerFunc) *webAPI {
	a := &webAPI{answer: answer}
	a.Server = httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		_ = r.ParseForm()
		form := r.Form
		form.Set("method", strings.TrimPrefix(r.URL.Path, "/api/"))
		a.mu.Lock()
		a.calls = append(a.calls, form)
		a.mu.Unlock()
		a.answer(w, r)
	}))
	t.Cleanup(a.Close)
	return a
}

func (a *webAPI) asked() []url.Values {
	a.mu.Lock()
	defer a.mu.Unlock()
	return a.calls
}

func says(body string) http.HandlerFunc {
	return func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "application/json; charset=utf-8")
		_, _ = io.WriteString(w, body)
	}
}

func newTestPlatform(t testing.TB, api string, change func(*PlatformConfig)) *Platform {
	t.Helper()
	cfg := PlatformConfig{
		Installation: Installation{Team: "T111"}, Token: secret.New(canaryToken),
		APIURL: api + "/api", Clock: clock.NewStill(nine),
	}
	if change != nil {
		change(&cfg)
	}
	p, err := NewPlatform(cfg)
	if err != nil {
		t.Fatal(err)
	}
	return p
}

var (
	toAnn  = pim.Place{Kind: pim.Requester, Platform: "slack", Workspace: "T111", Address: "U222"}
	toBob  = pim.Place{Kind: pim.Decider, Platform: "slack", Workspace: "T111", Address: "U666"}
	toFeed = pim.Place{Kind: pim.Feed, Platform: "slack", Workspace: "T111", Address: "C333"}
)

// placeFor is where a view may be shown, links and all.
func placeFor(v chat.View) pim.Place {
	for _, a := range personalLinks(v) {
		if a.Kind != chat.ActionSignIn {
			return toBob
		}
	}
	return toAnn
}

func card() chat.Card { return views()["request_waiting"].(chat.Card) }

func publicCard() chat.Card { return views()["announcement_good"].(chat.Card) }

func TestPlatform_posts(t *testing.T) {
	api := newWebAPI(t, says(`{"ok":true,"channel":"D444","ts":"1503435956.000247","message":{"text":"x","blocks":[{"type":"novelty"}]}}`))
	p := newTestPlatform(t, api.URL, nil)
	ref, err := p.Post(t.Context(), toAnn, "", card())
	if err != nil || ref != "D444/1503435956.000247" {
		t.Fatalf("Post() = %q, %v", ref, err)
	}
	call := api.asked()[0]
	for field, want := range map[string]string{
		"method": "chat.postMessage", "channel": "U222", "token": canaryToken, "parse": "none", "mrkdwn": "false",
		"unfurl_links": "false", "unfurl_media": "false", "link_names": "", "thread_ts": "", "text": "Sign in to continue",
		"metadata": `{"event_type":"hoist_elevation","event_payload":{"elevation":"H-7K3F9QX"}}`,
	} {
		if got := call.Get(field); got != want {
			t.Errorf("%s = %q, want %q", field, got, want)
		}
	}
	checkLimits(t, []byte(`{"text":"","blocks":`+call.Get("blocks")+`}`))
}

func TestPlatform_posts_into_a_thread(t *testing.T) {
	api := newWebAPI(t, says(`{"ok":true,"channel":"C333","ts":"2.2"}`))
	p := newTestPlatform(t, api.URL, nil)
	if _, err := p.Post(t.Context(), toFeed, "C333/1.1", views()["note_good"]); err != nil {
		t.Fatal(err)
	}
	if call := api.asked()[0]; call.Get("channel") != "C333" || call.Get("thread_ts") != "1.1" {
		t.Errorf("called with %v", call)
	}
}

func TestPlatform_posts_beside_a_thread_that_is_gone(t *testing.T) {
	api := newWebAPI(t, nil)
	api.answer = func(w http.ResponseWriter, r *http.Request) {
		if r.Form.Get("thread_ts") != "" {
			says(`{"ok":false,"error":"thread_not_found"}`)(w, r)
			return
		}
		says(`{"ok":true,"channel":"C333","ts":"2.2"}`)(w, r)
	}
	ref, err := newTestPlatform(t, api.URL, nil).Post(t.Context(), toFeed, "C333/1.1", views()["note_good"])
	if err != nil || ref != "C333/2.2" || len(api.asked()) != 2 {
		t.Errorf("Post() = %q, %v after %d calls", ref, err, len(api.asked()))
	}
}

func TestPlatform_updates_where_the_message_is(t *testing.T) {
	api := newWebAPI(t, says(`{"ok":true,"channel":"D444","ts":"1.1","text":"x"}`))
	p := newTestPlatform(t, api.URL, nil)
	if err := p.Update(t.Context(), toAnn, "D444/1.1", card()); err != nil {
		t.Fatal(err)
	}
	call := api.asked()[0]
	if call.Get("method") != "chat.update" || call.Get("channel") != "D444" || call.Get("ts") != "1.1" || call.Get("parse") != "none" {
		t.Errorf("called with %v", call)
	}
}

func TestPlatform_deletes(t *testing.T) {
	for answer, want := range map[string]pim.Kind{
		`{"ok":true,"channel":"D444","ts":"1.1"}`:   "",
		`{"ok":false,"error":"message_not_found"}`:  "",
		`{"ok":false,"error":"channel_not_found"}`:  "",
		`{"ok":false,"error":"token_revoked"}`:      pim.KindForbidden,
		`{"ok":false,"error":"internal_error"}`:     pim.KindUnanswered,
		`{"ok":false,"error":"something_entirely"}`: pim.KindUnknown,
	} {
		api := newWebAPI(t, says(answer))
		err := newTestPlatform(t, api.URL, nil).Delete(t.Context(), toAnn, "D444/1.1")
		if got := pim.KindOf(err); got != want || api.asked()[0].Get("method") != "chat.delete" {
			t.Errorf("%s: %v", answer, err)
		}
	}
}

func TestPlatform_refuses_other_places(t *testing.T) {
	api := newWebAPI(t, says(`{"ok":true,"channel":"D444","ts":"1.1"}`))
	p := newTestPlatform(t, api.URL, nil)
	for name, at := range map[string]pim.Place{
		"another platform":  {Kind: pim.Feed, Platform: "teams", Workspace: "T111", Address: "C333"},
		"another workspace": {Kind: pim.Feed, Platform: "slack", Workspace: "T222", Address: "C333"},
		"a channel's name":  {Kind: pim.Feed, Platform: "slack", Workspace: "T111", Address: "#general"},
		"nobody":            {Kind: pim.Requester, Platform: "slack", Workspace: "T111"},
		"no person":         {Kind: pim.Requester, Platform: "slack", Workspace: "T111", Address: "C333"},
	} {
		_, err := p.Post(t.Context(), at, "", publicCard())
		if pim.KindOf(err) != pim.KindUndeliverable {
			t.Errorf("%s: %v", name, err)
		}
		if err := p.Update(t.Context(), at, "D444/1.1", publicCard()); pim.KindOf(err) != pim.KindUndeliverable {
			t.Errorf("%s: update: %v", name, err)
		}
	}
	for _, v := range []chat.View{card(), views()["status"], chat.Note{Line: chat.Say("x"), Actions: []chat.Action{signIn()}}} {
		if _, err := p.Post(t.Context(), toFeed, "", v); pim.KindOf(err) != pim.KindUndeliverable {
			t.Errorf("a personal link to a channel: %v", err)
		}
	}
	approval, status := views()["approval"], views()["status_pending"]
	for name, wrong := range map[string]struct {
		at pim.Place
		v  chat.View
	}{
		"a decision to a channel":            {toFeed, approval},
		"a decision to the one who asked":    {toAnn, approval},
		"decisions to the one who asked":     {toAnn, status},
		"a sign-in to the one who decides":   {toBob, card()},
		"a decision to nobody":               {pim.Place{Kind: pim.Decider, Platform: "slack", Workspace: "T111", Address: "C333"}, approval},
		"a link of another kind to a feed":   {toFeed, chat.Note{Line: chat.Say("x"), Actions: []chat.Action{{Kind: "novelty", URL: secret.New("https://hoist.example/")}}}},
		"a link of another kind to deciders": {toBob, chat.Note{Line: chat.Say("x"), Actions: []chat.Action{{Kind: "novelty", URL: secret.New("https://hoist.example/")}}}},
	} {
		if _, err := p.Post(t.Context(), wrong.at, "", wrong.v); pim.KindOf(err) != pim.KindUndeliverable {
			t.Errorf("%s: %v", name, err)
		}
		if err := p.Update(t.Context(), wrong.at, "D444/1.1", wrong.v); pim.KindOf(err) != pim.KindUndeliverable {
			t.Errorf("%s: update: %v", name, err)
		}
	}
	if _, err := p.Post(t.Context(), toAnn, "C333/1.1", card()); pim.KindOf(err) != pim.KindUndeliverable {
		t.Errorf("a sign-in into a channel's thread: %v", err)
	}
	if err := p.Update(t.Context(), toBob, "C333/1.1", approval); pim.KindOf(err) != pim.KindUndeliverable {
		t.Errorf("a decision into a channel's message: %v", err)
	}
	for _, ref := range []pim.Ref{"", "x", "D444", "D444/", "/1.1", "D444/1", "D444/1.1/2", "D444/a.b", "d444/1.1"} {
		if err := p.Update(t.Context(), toAnn, ref, card()); pim.KindOf(err) != pim.KindBadRequest {
			t.Errorf("reference %q: %v", ref, err)
		}
		if err := p.Delete(t.Context(), toAnn, ref); pim.KindOf(err) != pim.KindBadRequest {
			t.Errorf("delete %q: %v", ref, err)
		}
	}
	if n := len(api.asked()); n != 0 {
		t.Errorf("%d calls", n)
	}
}

func TestPlatform_sorts_errors(t *testing.T) {
	status := func(code int, header ...string) http.HandlerFunc {
		return func(w http.ResponseWriter, _ *http.Request) {
			for i := 0; i+1 < len(header); i += 2 {
				w.Header().Set(header[i], header[i+1])
			}
			w.WriteHeader(code)
			_, _ = io.WriteString(w, "<html>"+canaryToken+"</html>")
		}
	}
	refusal := func(code string) http.HandlerFunc { return says(`{"ok":false,"error":"` + code + `"}`) }
	type test struct {
		name   string
		answer http.HandlerFunc
		want   pim.Kind
		code   string
		after  time.Duration
	}
	tests := []test{
		{"429", status(429, "Retry-After", "30"), pim.KindThrottled, "ratelimited", 30 * time.Second},
		{"429 with a fraction", status(429, "Retry-After", "2.128"), pim.KindThrottled, "ratelimited", 3 * time.Second},
		{"429 with a date", status(429, "Retry-After", nine.Add(time.Minute).Format(http.TimeFormat)), pim.KindThrottled, "ratelimited", time.Minute},
		{"429 with a past date", status(429, "Retry-After", nine.Add(-time.Minute).Format(http.TimeFormat)), pim.KindThrottled, "ratelimited", 0},
		{"429 without", status(429), pim.KindThrottled, "ratelimited", 0},
		{"429 with nonsense", status(429, "Retry-After", "NaN"), pim.KindThrottled, "ratelimited", 0},
		{"429 for ever", status(429, "Retry-After", "1e300"), pim.KindThrottled, "ratelimited", time.Hour},
		{"ratelimited in the body", refusal("ratelimited"), pim.KindThrottled, "ratelimited", 0},
		{"500", status(500), pim.KindUnavailable, "", 0},
		{"502", status(502), pim.KindUnanswered, "", 0},
		{"503", status(503), pim.KindUnavailable, "", 0},
		{"504", status(504), pim.KindUnanswered, "", 0},
		{"404", status(404), pim.KindUnavailable, "", 0},
		{"302", status(302, "Location", "https://evil.example/"+canaryToken), pim.KindUnavailable, "", 0},
		{"HTML", says("<html>" + canaryToken), pim.KindUnanswered, "", 0},
		{"half an answer", says(`{"ok":true,`), pim.KindUnanswered, "", 0},
		{"no message in the answer", says(`{"ok":true}`), pim.KindUnanswered, "", 0},
		{"a broken message in the answer", says(`{"ok":true,"channel":"D444","ts":"../x"}`), pim.KindUnanswered, "", 0},
		{"an odd code", refusal("Bad <code> " + canaryToken), pim.KindUnknown, "unreadable", 0},
		{"a new code", refusal("no_such_thing_yet"), pim.KindUnknown, "no_such_thing_yet", 0},
		{
			"invalid blocks", says(`{"ok":false,"error":"invalid_blocks","response_metadata":{"messages":["[ERROR] invalid url: https://hoist.example/s/canary [json-pointer:/blocks/0/elements/1/url]"]}}`),
			pim.KindBadRequest, "invalid_blocks", 0,
		},
		{"missing scope", says(`{"ok":false,"error":"missing_scope","needed":"chat:write","provided":"users:read"}`), pim.KindForbidden, "missing_scope", 0},
	}
	for kind, codes := range map[pim.Kind][]string{
		pim.KindUndeliverable: {"channel_not_found", "is_archived", "not_in_channel", "user_not_found", "cannot_dm_bot"},
		pim.KindForbidden:     {"invalid_auth", "token_revoked", "account_inactive", "not_authed", "restricted_action", "messages_tab_disabled"},
		pim.KindNotFound:      {"message_not_found", "cant_update_message", "edit_window_closed"},
		pim.KindUnavailable:   {"service_unavailable", "request_timeout"},
		pim.KindUnanswered:    {"internal_error", "fatal_error"},
		pim.KindBadRequest:    {"msg_too_long", "no_text", "invalid_metadata_schema"},
	} {
		for _, c := range codes {
			tests = append(tests, test{c, refusal(c), kind, c, 0})
		}
	}
	for _, tt := range tests {
		t.Run(strings.ReplaceAll(tt.name, " ", "_"), func(t *testing.T) {
			api := newWebAPI(t, tt.answer)
			p := newTestPlatform(t, api.URL, nil)
			_, err := p.Post(t.Context(), toAnn, "", card())
			checkError(t, err, tt.want, tt.code, tt.after)
			if n := len(api.asked()); n != 1 {
				t.Errorf("%d calls", n)
			}
			if tt.name == "no message in the answer" || tt.name == "a broken message in the answer" {
				return
			}
			checkError(t, p.Update(t.Context(), toAnn, "D444/1.1", card()), tt.want, tt.code, tt.after)
		})
	}
}

// checkError also looks for anything that must not be in an error.
func checkError(t *testing.T, err error, kind pim.Kind, code string, after time.Duration) {
	t.Helper()
	var e *pim.Error
	if !errors.As(err, &e) {
		t.Fatalf("error %T: %v", err, err)
	}
	if e.Kind != kind || e.Code != code || e.RetryAfter != after {
		t.Errorf("kind %q code %q after %v, want %q %q %v (%v)", e.Kind, e.Code, e.RetryAfter, kind, code, after, err)
	}
	for err := error(e); err != nil; err = errors.Unwrap(err) {
		for _, verb := range []string{"%v", "%+v", "%#v"} {
			if s := fmt.Sprintf(verb, err); strings.Contains(s, "canary") || strings.Contains(s, "xoxb") {
				t.Errorf("%s of %T tells a secret: %.300s", verb, err, s)
			}
		}
	}
}

func TestPlatform_knows_whether_it_was_sent(t *testing.T) {
	t.Run("nobody_listens", func(t *testing.T) {
		l, err := net.Listen("tcp", "127.0.0.1:0")
		if err != nil {
			t.Fatal(err)
		}
		_ = l.Close()
		_, err = newTestPlatform(t, "http://"+l.Addr().String(), nil).Post(t.Context(), toAnn, "", card())
		checkError(t, err, pim.KindUnavailable, "", 0)
	})
	t.Run("hung_up_before_answering", func(t *testing.T) {
		api := newWebAPI(t, hangUp)
		_, err := newTestPlatform(t, api.URL, nil).Post(t.Context(), toAnn, "", card())
		checkError(t, err, pim.KindUnanswered, "", 0)
		if n := len(api.asked()); n != 1 {
			t.Errorf("sent %d times", n)
		}
	})
	t.Run("hung_up_on_a_connection_that_was_idle", func(t *testing.T) {
		api := newWebAPI(t, says(`{"ok":true,"channel":"D444","ts":"1.1"}`))
		p := newTestPlatform(t, api.URL, nil)
		if _, err := p.Post(t.Context(), toAnn, "", card()); err != nil {
			t.Fatal(err)
		}
		api.answer = hangUp
		_, err := p.Post(t.Context(), toAnn, "", card())
		checkError(t, err, pim.KindUnanswered, "", 0)
		if n := len(api.asked()); n != 2 {
			t.Errorf("sent %d times", n-1)
		}
	})
	t.Run("too_slow", func(t *testing.T) {
		api := newWebAPI(t, func(_ http.ResponseWriter, r *http.Request) { <-r.Context().Done() })
		p := newTestPlatform(t, api.URL, func(c *PlatformConfig) { c.Timeout = 50 * time.Millisecond })
		_, err := p.Post(t.Context(), toAnn, "", card())
		checkError(t, err, pim.KindUnanswered, "", 0)
	})
	t.Run("given_up_before", func(t *testing.T) {
		api := newWebAPI(t, says("{}"))
		ctx, cancel := context.WithCancel(t.Context())
		cancel()
		_, err := newTestPlatform(t, api.URL, nil).Post(ctx, toAnn, "", card())
		checkError(t, err, pim.KindUnavailable, "", 0)
		if !errors.Is(err, context.Canceled) {
			t.Errorf("%v does not wrap its cause", err)
		}
	})
	t.Run("reading_again_is_safe", func(t *testing.T) {
		api := newWebAPI(t, hangUp)
		_, err := newTestPlatform(t, api.URL, nil).Profile(t.Context(), pim.Person{Platform: "slack", Workspace: "T111", User: "U222"})
		checkError(t, err, pim.KindUnavailable, "", 0)
	})
}

func hangUp(w http.ResponseWriter, _ *http.Request) {
	if c, _, err := http.NewResponseController(w).Hijack(); err == nil {
		_ = c.Close()
	}
}

func TestPlatform_profiles(t *testing.T) {
	berlin, err := time.LoadLocation("Europe/Berlin")
	if err != nil {
		t.Skip("no time zones here")
	}
	user := func(more string) string {
		return `{"ok":true,"user":{"id":"U222","team_id":"T111","name":"ann","real_name":"Ann Example","tz":"Europe/Berlin",
			"profile":{"real_name":"Ann Example","display_name":"annie","email":"ann@acme.example"}` + more + `}}`
	}
	ann := pim.Profile{Name: "Ann Example", Email: "ann@acme.example", Zone: berlin}
	with := func(why string) pim.Profile { p := ann; p.Barred = why; return p }
	for _, tt := range []struct {
		name, answer string
		want         pim.Profile
	}{
		{"a member", user(""), ann},
		{"a bot", user(`,"is_bot":true`), with("bot")},
		{"a guest", user(`,"is_restricted":true`), with("guest")},
		{"a guest of one channel", user(`,"is_ultra_restricted":true`), with("guest")},
		{"somebody who left", user(`,"deleted":true`), with("deactivated")},
		{"a stranger", user(`,"is_stranger":true`), with("other organisation")},
		{"somebody of another team", user(`,"team_id":"T222"`), with("other organisation")},
		{"a colleague on Enterprise Grid", user(`,"team_id":"T222","enterprise_user":{"enterprise_id":"E111","teams":["T222","T111"]}`), ann},
		{"no zone", `{"ok":true,"user":{"id":"U222","team_id":"T111","name":"ann"}}`, pim.Profile{Name: "ann"}},
		{"an odd zone", `{"ok":true,"user":{"id":"U222","team_id":"T111","name":"ann","tz":"Local"}}`, pim.Profile{Name: "ann"}},
		{"a zone that climbs", `{"ok":true,"user":{"id":"U222","team_id":"T111","name":"ann","tz":"../../etc/passwd"}}`, pim.Profile{Name: "ann"}},
	} {
		t.Run(strings.ReplaceAll(tt.name, " ", "_"), func(t *testing.T) {
			p := newTestPlatform(t, newWebAPI(t, says(tt.answer)).URL, nil)
			got, err := p.Profile(t.Context(), pim.Person{Platform: "slack", Workspace: "T111", User: "U222"})
			if err != nil {
				t.Fatal(err)
			}
			same := cmp.Comparer(func(a, b *time.Location) bool {
				return (a == nil) == (b == nil) && (a == nil || a.String() == b.String())
			})
			if diff := cmp.Diff(tt.want, got, same); diff != "" {
				t.Errorf("profile (-want +got):\n%s", diff)
			}
		})
	}
}

func TestPlatform_profiles_of_others(t *testing.T) {
	p := newTestPlatform(t, newWebAPI(t, says(`{"ok":true,"user":{"id":"U999","team_id":"T111"}}`)).URL, nil)
	if got, err := p.Profile(t.Context(), pim.Person{Platform: "slack", Workspace: "T222", User: "U222"}); err != nil || got.Barred != barredStranger {
		t.Errorf("another workspace: %+v, %v", got, err)
	}
	_, err := p.Profile(t.Context(), pim.Person{Platform: "slack", Workspace: "T111", User: "U222"})
	checkError(t, err, pim.KindUnavailable, "", 0)
	p = newTestPlatform(t, newWebAPI(t, says(`{"ok":false,"error":"user_not_found"}`)).URL, nil)
	_, err = p.Profile(t.Context(), pim.Person{Platform: "slack", Workspace: "T111", User: "U222"})
	checkError(t, err, pim.KindNotFound, "user_not_found", 0)
}

func TestPlatform_refuses_a_configuration_that_leaks(t *testing.T) {
	good := PlatformConfig{Installation: Installation{Team: "T111"}, Token: secret.New("x"), Clock: clock.System()}
	if p, err := NewPlatform(good); err != nil || p.Name() != "slack" {
		t.Fatal(err)
	}
	for name, spoil := range map[string]func(*PlatformConfig){
		"no token":        func(c *PlatformConfig) { c.Token = secret.Value{} },
		"no clock":        func(c *PlatformConfig) { c.Clock = nil },
		"no installation": func(c *PlatformConfig) { c.Installation = Installation{} },
		"plain http":      func(c *PlatformConfig) { c.APIURL = "http://slack.example/api/" },
		"a user":          func(c *PlatformConfig) { c.APIURL = "https://x@slack.com/api/" },
		"no host":         func(c *PlatformConfig) { c.APIURL = "/api/" },
	} {
		cfg := good
		spoil(&cfg)
		if _, err := NewPlatform(cfg); err == nil {
			t.Errorf("%s: no error", name)
		}
	}
}
