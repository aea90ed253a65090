package slack_test

import (
	"errors"
	"io"
	"net/http"
	"net/http/httptest"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	slackgo "github.com/slack-go/slack"

	"hoist/internal/clock"
	"hoist/internal/secret"
	sim "hoist/internal/sim/slack"
)

// The vector is the one on "Verifying requests from Slack", with the body from
// java-slack-sdk's SlackSignatureTest.
func TestSign_matches_the_documented_vector(t *testing.T) {
	const want = "v0=a2114d57b48eac39b9ad189dd8316235a7b4a8d21a10bd27519666489c69b503"
	body := "token=xyzz0WbapA4vBCDEFasx0q6G&team_id=T1DC2JH3J&team_domain=testteamnow&channel_id=G8PSS9T3V&channel_name=foobar&user_id=U2CERLKJA&user_name=roadrunner&command=%2Fwebhook-collect&text=&response_url=https%3A%2F%2Fhooks.slack.com%2Fcommands%2FT1DC2JH3J%2F397700885554%2F96rGlfmibIGlgcZRskXaIFfN&trigger_id=398738663015.47445629121.803a0bc887a14d10d2c447fce8b6703c"
	ts, got := sim.Sign(secret.New(signingSecret), time.Unix(1531420618, 0), []byte(body))
	if got != want || ts != "1531420618" {
		t.Errorf("Sign = %s %s, want %s", ts, got, want)
	}
}

func TestTypeCommand(t *testing.T) {
	t.Run("is_accepted_and_parsed_by_slack-go", func(t *testing.T) {
		w := newWorld(t, func(c *sim.Config) { c.Clock = clock.System() })
		w.answers(func(http.ResponseWriter, *http.Request) {})
		const line = "/elevate User Administrator 2h because “rotating” keys & more"
		if _, err := w.TypeCommand(t.Context(), "U0ANNA", "ops", line); err != nil {
			t.Fatal(err)
		}
		h := w.lastHeard(t)
		verify(t, h)
		req := httptest.NewRequest(http.MethodPost, "/", strings.NewReader(h.body))
		req.Header = h.header
		cmd, err := slackgo.SlashCommandParse(req)
		if err != nil {
			t.Fatal(err)
		}
		if cmd.Command != "/elevate" || cmd.Text != line[len("/elevate "):] || cmd.UserID != "U0ANNA" ||
			cmd.ChannelID != "C0OPS" || cmd.ChannelName != "ops" || cmd.TeamID != "T0001" || cmd.APIAppID != "A0HOIST" {
			t.Errorf("parsed %+v", cmd)
		}
		if !strings.HasPrefix(cmd.ResponseURL, w.base+"/response/") || cmd.TriggerID == "" {
			t.Errorf("response_url %q, trigger_id %q", cmd.ResponseURL, cmd.TriggerID)
		}
	})
	t.Run("shows_the_acknowledgement_to_the_person_alone", func(t *testing.T) {
		w := newWorld(t)
		w.answersJSON(`{"text":"Checking…"}`)
		ack, err := w.TypeCommand(t.Context(), "U0ANNA", "ops", "/elevate help")
		if err != nil {
			t.Fatal(err)
		}
		if ack.Message == nil || ack.Message.Text != "Checking…" || !ack.Message.Ephemeral() {
			t.Errorf("ack = %+v", ack.Message)
		}
		if len(w.Visible("U0ANNA")) != 1 || len(w.Visible("U0BEN")) != 0 {
			t.Error("an ephemeral message is seen by exactly one person")
		}
		w.Reload("U0ANNA")
		if len(w.Visible("U0ANNA")) != 0 {
			t.Error("an ephemeral message survived a reload")
		}
	})
	t.Run("takes_plain_text_as_a_private_answer", func(t *testing.T) {
		w := newWorld(t)
		w.answers(func(rw http.ResponseWriter, _ *http.Request) { _, _ = io.WriteString(rw, "hello") })
		ack, err := w.TypeCommand(t.Context(), "U0ANNA", "", "/elevate")
		if err != nil || ack.Message == nil || ack.Message.Text != "hello" || !ack.Message.Ephemeral() {
			t.Errorf("ack = %+v, %v", ack.Message, err)
		}
	})
	t.Run("in_channel_publishes_what_was_typed", func(t *testing.T) {
		w := newWorld(t)
		w.answersJSON(`{"response_type":"in_channel","text":"done"}`)
		if _, err := w.TypeCommand(t.Context(), "U0ANNA", "ops", "/elevate my secret reason"); err != nil {
			t.Fatal(err)
		}
		seen := w.Visible("U0BEN")
		if len(seen) != 2 || seen[0].Text != "/elevate my secret reason" || seen[0].User != "U0ANNA" {
			t.Errorf("Ben sees %+v", seen)
		}
	})
	t.Run("refuses_what_Slack_would_not_send", func(t *testing.T) {
		w := newWorld(t)
		for _, c := range []struct{ user, channel, line, say string }{
			{"U0BEN", "quiet", "/elevate", "not in channel"},
			{"U0GONE", "ops", "/elevate", "cannot sign in"},
			{"U0ANNA", "ops", "/else", "not a valid command"},
		} {
			_, err := w.TypeCommand(t.Context(), c.user, c.channel, c.line)
			mustErrorSay(t, err, c.say)
		}
	})
	t.Run("says_what_a_person_sees_when_the_app_fails", func(t *testing.T) {
		w := newWorld(t, func(c *sim.Config) { c.AckTimeout = 50 * time.Millisecond })
		w.answers(func(rw http.ResponseWriter, _ *http.Request) { rw.WriteHeader(http.StatusInternalServerError) })
		_, err := w.TypeCommand(t.Context(), "U0ANNA", "ops", "/elevate")
		mustErrorSay(t, err, `/elevate failed with the error "dispatch_failed"`)
		w.answers(func(_ http.ResponseWriter, r *http.Request) { <-r.Context().Done() })
		_, err = w.TypeCommand(t.Context(), "U0ANNA", "ops", "/elevate")
		mustErrorSay(t, err, `/elevate failed with the error "operation_timeout"`)
		if !errors.Is(err, sim.ErrNotDelivered) {
			t.Errorf("%v is not ErrNotDelivered", err)
		}
	})
	t.Run("escapes_when_the_command_asks_for_it", func(t *testing.T) {
		w := newWorld(t, func(c *sim.Config) { c.App.EscapeCommands = true })
		if _, err := w.TypeCommand(t.Context(), "U0ANNA", "ops", "/elevate ask @ben in #ops <b> https://x.example/"); err != nil {
			t.Fatal(err)
		}
		form, _ := url.ParseQuery(w.lastHeard(t).body)
		if got, want := form.Get("text"), "ask <@U0BEN|ben> in <#C0OPS|ops> &lt;b&gt; <https://x.example/>"; got != want {
			t.Errorf("text = %q, want %q", got, want)
		}
	})
}

func TestPress(t *testing.T) {
	const card = `[
		{"type":"section","text":{"type":"mrkdwn","text":"R&D wants a role"}},
		{"type":"actions","block_id":"decide","elements":[
			{"type":"button","action_id":"approve","style":"primary","value":"H-1","text":{"type":"plain_text","text":"Approve & go"}},
			{"type":"button","action_id":"open","url":"https://hoist.example/s/1","text":{"type":"plain_text","text":"Sign in"}}]}]`
	t.Run("is_accepted_and_parsed_by_slack-go", func(t *testing.T) {
		w := newWorld(t, func(c *sim.Config) { c.Clock = clock.System() })
		m := w.post(t, "ops", card)
		if _, err := w.Press(t.Context(), "U0BEN", m, "Approve & go"); err != nil {
			t.Fatal(err)
		}
		h := w.lastHeard(t)
		verify(t, h)
		cb := interaction(t, h)
		a := cb.ActionCallback.BlockActions[0]
		if cb.Type != slackgo.InteractionTypeBlockActions || cb.User.ID != "U0BEN" || a.ActionID != "approve" || a.Value != "H-1" || a.BlockID != "decide" {
			t.Errorf("parsed %+v", cb)
		}
		if a.Text.Text != "Approve &amp; go" || cb.Message.Text != "text" || cb.Container.MessageTs != m.TS || cb.ResponseURL == "" || cb.TriggerID == "" {
			t.Errorf("button %q, container %+v, response_url %q", a.Text.Text, cb.Container, cb.ResponseURL)
		}
		if got := cb.Message.Blocks.BlockSet[0].(*slackgo.SectionBlock).Text.Text; got != "R&amp;D wants a role" {
			t.Errorf("the echo shows %q, Slack escapes it", got)
		}
	})
	t.Run("a_link_button_opens_and_delivers", func(t *testing.T) {
		w := newWorld(t)
		m := w.post(t, "ops", card)
		link, err := w.OpenURLButton(t.Context(), "U0ANNA", m, "Sign in")
		if err != nil || link != "https://hoist.example/s/1" {
			t.Errorf("link = %q, %v", link, err)
		}
		if interaction(t, w.lastHeard(t)).ActionCallback.BlockActions[0].ActionID != "open" {
			t.Error("the press of a link button was not delivered")
		}
	})
	t.Run("nobody_presses_what_they_cannot_see", func(t *testing.T) {
		w := newWorld(t)
		m := w.post(t, "U0ANNA", card)
		_, err := w.Press(t.Context(), "U0BEN", m, "approve")
		mustErrorSay(t, err, "sees no such message")
		_, err = w.Press(t.Context(), "U0ANNA", m, "Deny")
		mustErrorSay(t, err, `there is no "Deny"`)
	})
	t.Run("a_late_click_on_an_old_card_still_arrives", func(t *testing.T) {
		w := newWorld(t)
		m := w.post(t, "ops", card)
		if _, _, _, err := w.api.UpdateMessage(m.Channel, m.TS, slackgo.MsgOptionText("decided", false)); err != nil {
			t.Fatal(err)
		}
		if _, err := w.Press(t.Context(), "U0BEN", m, "approve"); err != nil {
			t.Fatal(err)
		}
		if got := interaction(t, w.lastHeard(t)).Message.Text; got != "decided" {
			t.Errorf("the echo shows %q, want the newest message", got)
		}
	})
	t.Run("a_stranger_presses_with_their_own_team", func(t *testing.T) {
		w := newWorld(t)
		m := w.post(t, "shared", card)
		if _, err := w.Press(t.Context(), "U0OTHER", m, "approve"); err != nil {
			t.Fatal(err)
		}
		if cb := interaction(t, w.lastHeard(t)); cb.User.TeamID != "T0002" || cb.Team.ID != "T0002" {
			t.Errorf("team = %q, user.team_id = %q", cb.Team.ID, cb.User.TeamID)
		}
	})
}

func TestRedeliver_repeats_bytes_and_signature(t *testing.T) {
	w := newWorld(t)
	ack, err := w.TypeCommand(t.Context(), "U0ANNA", "ops", "/elevate status")
	if err != nil {
		t.Fatal(err)
	}
	first := w.lastHeard(t)
	w.clock.Advance(time.Minute)
	if _, err := w.Redeliver(t.Context(), ack.Delivery); err != nil {
		t.Fatal(err)
	}
	second := w.lastHeard(t)
	if first.body != second.body || first.header.Get("X-Slack-Signature") != second.header.Get("X-Slack-Signature") ||
		first.header.Get("X-Slack-Request-Timestamp") != second.header.Get("X-Slack-Request-Timestamp") {
		t.Error("a replay differs from the original")
	}
	if last, _ := w.LastDelivery(); last.At.Equal(ack.Delivery.At) {
		t.Error("the replay happened later than the original")
	}
}

func TestDeliverRaw_sends_what_it_is_given(t *testing.T) {
	w := newWorld(t)
	w.answers(func(rw http.ResponseWriter, _ *http.Request) { rw.WriteHeader(http.StatusUnauthorized) })
	first, err := w.CheckCertificate(t.Context())
	if err == nil || first.Status != http.StatusUnauthorized {
		t.Fatalf("ssl_check: %v", err)
	}
	if h := w.lastHeard(t); h.header.Get("X-Slack-Signature") != "" || !strings.Contains(h.body, "ssl_check=1") {
		t.Errorf("ssl_check arrived as %+v", h)
	}
	_, err = w.DeliverRaw(t.Context(), first.URL, http.Header{"X-Slack-Signature": {"v0=00"}}, []byte("\xff\x00"))
	mustErrorSay(t, err, "status 401")
	if h := w.lastHeard(t); h.body != "\xff\x00" || h.header.Get("X-Slack-Signature") != "v0=00" {
		t.Errorf("raw delivery arrived as %+v", h)
	}
}

func TestEvents(t *testing.T) {
	w := newWorld(t)
	t.Run("url_verification_wants_the_challenge_back", func(t *testing.T) {
		w.answers(func(rw http.ResponseWriter, r *http.Request) { _, _ = io.WriteString(rw, challengeIn(t, r)) })
		if ok, err := w.VerifyURL(t.Context()); !ok || err != nil {
			t.Errorf("VerifyURL = %v, %v", ok, err)
		}
		w.answers(nil)
		if ok, _ := w.VerifyURL(t.Context()); ok {
			t.Error("an empty answer passed the verification")
		}
	})
	t.Run("retries_carry_the_same_event_and_a_fresh_signature", func(t *testing.T) {
		w.answers(func(rw http.ResponseWriter, _ *http.Request) {
			rw.Header().Set("X-Slack-No-Retry", "1")
			rw.WriteHeader(http.StatusAccepted)
		})
		d, err := w.OpenHome(t.Context(), "U0ANNA", "home")
		if err != nil {
			t.Fatal(err)
		}
		if !d.NoRetry() {
			t.Error("X-Slack-No-Retry was not seen")
		}
		first := w.lastHeard(t)
		w.clock.Advance(time.Minute)
		if _, err := w.RetryEvent(t.Context(), d, 2, "http_timeout"); err != nil {
			t.Fatal(err)
		}
		second := w.lastHeard(t)
		if second.body != first.body || second.header.Get("X-Slack-Retry-Num") != "2" || second.header.Get("X-Slack-Retry-Reason") != "http_timeout" {
			t.Errorf("retry arrived as %+v", second.header)
		}
		if first.header.Get("X-Slack-Signature") == second.header.Get("X-Slack-Signature") {
			t.Error("a retry a minute later carries a new timestamp and signature")
		}
	})
}

// verify runs slack-go's verifier, which reads the wall clock.
func verify(t *testing.T, h heard) {
	t.Helper()
	v, err := slackgo.NewSecretsVerifier(h.header, signingSecret)
	if err != nil {
		t.Fatalf("slack-go refuses the headers: %v", err)
	}
	_, _ = v.Write([]byte(h.body))
	if err := v.Ensure(); err != nil {
		t.Fatalf("slack-go refuses the signature: %v", err)
	}
}

// interaction parses with slack-go.
func interaction(t *testing.T, h heard) slackgo.InteractionCallback {
	t.Helper()
	req := httptest.NewRequest(http.MethodPost, "/", strings.NewReader(h.body))
	req.Header = h.header
	cb, err := slackgo.InteractionCallbackParse(req)
	if err != nil {
		t.Fatalf("slack-go cannot parse %s: %v", h.body, err)
	}
	return cb
}

// sharedFixtures is where payloads from the test suites of Slack's own SDKs lie.
func sharedFixtures(t *testing.T) string {
	t.Helper()
	root := os.Getenv("HOIST_SHARED")
	if root == "" {
		root = filepath.Join(repoRoot(t), "..", "shared")
	}
	dir := filepath.Join(root, "fixtures", "slack")
	if _, err := os.Stat(dir); err != nil {
		if os.Getenv("CI") != "" {
			t.Fatalf("the official payloads are needed here: %v", err)
		}
		t.Skipf("no official payloads to compare with (set HOIST_SHARED): %v", err)
	}
	return dir
}

func repoRoot(t *testing.T) string {
	t.Helper()
	dir, err := os.Getwd()
	if err != nil {
		t.Fatal(err)
	}
	for {
		if _, err := os.Stat(filepath.Join(dir, "go.mod")); err == nil {
			return dir
		}
		up := filepath.Dir(dir)
		if up == dir {
			t.Fatal("no go.mod above the test")
		}
		dir = up
	}
}

func TestPress_says_when_the_app_does_not_answer(t *testing.T) {
	w := newWorld(t)
	m := w.post(t, "ops", `[{"type":"actions","elements":[{"type":"button","action_id":"a","text":{"type":"plain_text","text":"Go"}}]}]`)
	w.answers(func(rw http.ResponseWriter, _ *http.Request) { rw.WriteHeader(http.StatusNotFound) })
	_, err := w.Press(t.Context(), "U0ANNA", m, "Go")
	mustErrorSay(t, err, "We had some trouble connecting")
	if log := w.Log(); log[len(log)-1].Kind != sim.Failed || log[len(log)-1].User != "U0ANNA" {
		t.Errorf("the log ends with %+v", log[len(log)-1])
	}
	w.answers(func(rw http.ResponseWriter, r *http.Request) { http.Redirect(rw, r, "/elsewhere", http.StatusFound) })
	if _, err := w.Press(t.Context(), "U0ANNA", m, "Go"); !errors.Is(err, sim.ErrNotDelivered) {
		t.Errorf("a redirect passed for an acknowledgement: %v", err)
	}
	w.SetDeliver(sim.Deliver{})
	_, err = w.Press(t.Context(), "U0ANNA", m, "Go")
	mustErrorSay(t, err, "no request URL")
}

func TestTypeCommand_by_a_stranger_carries_their_own_team(t *testing.T) {
	w := newWorld(t, func(c *sim.Config) { c.Seed.Team.EnterpriseID = "E0001" })
	if _, err := w.TypeCommand(t.Context(), "U0OTHER", "shared", "/elevate"); err != nil {
		t.Fatal(err)
	}
	form, err := url.ParseQuery(w.lastHeard(t).body)
	if err != nil || form.Get("team_id") != "T0002" || form.Has("enterprise_id") {
		t.Errorf("form = %v, %v", form, err)
	}
}

func TestTypeCommand_names_the_kind_of_room(t *testing.T) {
	w := newWorld(t)
	for _, c := range []struct{ user, channel, want string }{
		{"U0ANNA", "ops", "ops"}, {"U0ANNA", "", "directmessage"}, {"U0BEN", "secret", "privategroup"},
	} {
		if _, err := w.TypeCommand(t.Context(), c.user, c.channel, "/elevate"); err != nil {
			t.Fatal(err)
		}
		if form, _ := url.ParseQuery(w.lastHeard(t).body); form.Get("channel_name") != c.want {
			t.Errorf("channel_name = %q, want %q", form.Get("channel_name"), c.want)
		}
	}
}

func TestSetUser_deactivates_in_the_middle_of_a_story(t *testing.T) {
	w := newWorld(t)
	u, ok := w.User("U0ANNA")
	if !ok {
		t.Fatal("Anna is not there")
	}
	u.Deleted = true
	w.SetUser(u)
	_, err := w.TypeCommand(t.Context(), "U0ANNA", "ops", "/elevate")
	mustErrorSay(t, err, "cannot sign in")
}

func TestSetChannel_keeps_the_messages(t *testing.T) {
	w := newWorld(t)
	w.post(t, "ops", `[{"type":"divider"}]`)
	w.SetChannel(sim.Channel{ID: "C0OPS", Name: "operations", Members: []string{"U0BEN"}, ExtShared: true})
	if len(w.Channel("operations")) != 1 || len(w.Visible("U0BEN")) != 1 || len(w.Visible("U0ANNA")) != 0 {
		t.Error("a changed channel shows the wrong messages to the wrong people")
	}
}

func TestEmptyStateAsList_is_what_some_decoders_break_on(t *testing.T) {
	w := newWorld(t, func(c *sim.Config) { c.EmptyStateAsList = true })
	m := w.post(t, "ops", `[{"type":"actions","elements":[{"type":"button","action_id":"a","text":{"type":"plain_text","text":"Go"}}]}]`)
	if _, err := w.Press(t.Context(), "U0ANNA", m, "Go"); err != nil {
		t.Fatal(err)
	}
	if body := string(payloadOf(t, w.lastHeard(t))); !strings.Contains(body, `"state":{"values":[]}`) {
		t.Errorf("payload = %s", body)
	}
}
