package slack_test

import (
	"encoding/json"
	"errors"
	"net/http"
	"net/http/httptest"
	"net/url"
	"slices"
	"strings"
	"testing"
	"time"

	slackgo "github.com/slack-go/slack"

	sim "hoist/internal/sim/slack"
)

// slackError checks that an error is one of Slack's, with this code.
func slackError(t *testing.T, err error, code string) slackgo.SlackErrorResponse {
	t.Helper()
	var e slackgo.SlackErrorResponse
	if !errors.As(err, &e) || e.Err != code {
		t.Errorf("error = %v, want %s", err, code)
	}
	return e
}

func say(s string) slackgo.MsgOption { return slackgo.MsgOptionText(s, false) }

func TestAuth(t *testing.T) {
	w := newWorld(t, func(c *sim.Config) { c.App.Scopes = []string{"chat:write"} })
	ctx := t.Context()
	t.Run("accepts_the_bot_token", func(t *testing.T) {
		got, err := w.api.AuthTestContext(ctx)
		if err != nil || got.TeamID != "T0001" || got.UserID != "U0BOT" || got.BotID != "B0HOIST" {
			t.Errorf("auth.test = %+v, %v", got, err)
		}
	})
	t.Run("refuses_another_token", func(t *testing.T) {
		_, err := slackgo.New("xoxb-wrong", slackgo.OptionAPIURL(w.base+"/api/")).AuthTestContext(ctx)
		slackError(t, err, "invalid_auth")
	})
	t.Run("refuses_a_revoked_token_until_it_is_healed", func(t *testing.T) {
		w.RevokeToken(true)
		_, err := w.api.AuthTestContext(ctx)
		slackError(t, err, "token_revoked")
		w.RevokeToken(false)
		if _, err := w.api.AuthTestContext(ctx); err != nil {
			t.Error(err)
		}
	})
	t.Run("names_the_missing_scope", func(t *testing.T) {
		_, err := w.api.GetUserInfoContext(ctx, "U0ANNA")
		if e := slackError(t, err, "missing_scope"); e.Needed != "users:read" || e.Provided != "chat:write" {
			t.Errorf("needed %q, provided %q", e.Needed, e.Provided)
		}
	})
	t.Run("takes_the_token_from_a_form_or_the_header_but_not_from_JSON_or_the_query", func(t *testing.T) {
		for _, c := range []struct{ name, query, kind, header, body, want string }{
			{"form", "", "application/x-www-form-urlencoded", "", "token=xoxb-simulated", ""},
			{"header", "", "application/x-www-form-urlencoded; charset=utf-8", "Bearer xoxb-simulated", "", ""},
			{"header and JSON", "", "application/json; charset=utf-8", "Bearer xoxb-simulated", "{}", ""},
			{"JSON body", "", "application/json", "", `{"token":"xoxb-simulated"}`, "not_authed"},
			{"query", "?token=xoxb-simulated", "", "", "", "not_authed"},
			{"broken JSON", "", "application/json", "Bearer xoxb-simulated", "{", "invalid_json"},
			{"a JSON list", "", "application/json", "Bearer xoxb-simulated", "[]", "json_not_object"},
			{"XML", "", "text/xml", "Bearer xoxb-simulated", "<a/>", "invalid_post_type"},
		} {
			if got := w.raw(t, "auth.test"+c.query, c.kind, c.header, c.body); got != c.want {
				t.Errorf("%s: error = %q, want %q", c.name, got, c.want)
			}
		}
	})
	t.Run("does_not_know_other_methods", func(t *testing.T) {
		if got := w.raw(t, "admin.users.list", "", "Bearer xoxb-simulated", ""); got != "unknown_method" {
			t.Errorf("error = %q", got)
		}
	})
}

// answer is what every Web API method answers with.
type answer struct {
	OK      bool   `json:"ok"`
	Error   string `json:"error"`
	Warning string `json:"warning"`
	TS      string `json:"ts"`

	Metadata struct {
		Messages []string `json:"messages"`
	} `json:"response_metadata"`
}

// call calls a method by hand.
func (w *world) call(t *testing.T, method, kind, authorization, body string) answer {
	t.Helper()
	req, err := http.NewRequestWithContext(t.Context(), http.MethodPost, w.base+"/api/"+method, strings.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	if kind != "" {
		req.Header.Set("Content-Type", kind)
	}
	if authorization != "" {
		req.Header.Set("Authorization", authorization)
	}
	resp, err := http.DefaultClient.Do(req)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = resp.Body.Close() }()
	var a answer
	if err := json.NewDecoder(resp.Body).Decode(&a); err != nil {
		t.Fatal(err)
	}
	if a.OK != (a.Error == "") {
		t.Errorf("ok = %v with error %q", a.OK, a.Error)
	}
	return a
}

// raw calls a method by hand and returns Slack's error code.
func (w *world) raw(t *testing.T, method, kind, authorization, body string) string {
	t.Helper()
	return w.call(t, method, kind, authorization, body).Error
}

func TestPostMessage(t *testing.T) {
	w := newWorld(t)
	ctx := t.Context()
	for _, c := range []struct{ name, channel, code string }{
		{"refuses_an_unknown_channel", "C0NONE", "channel_not_found"},
		{"hides_a_private_channel_without_the_bot", "C0SECRET", "channel_not_found"},
		{"refuses_a_channel_without_the_bot", "quiet", "not_in_channel"},
		{"refuses_an_archived_channel", "C0OLD", "is_archived"},
		{"refuses_a_deactivated_person", "U0GONE", "channel_not_found"},
	} {
		t.Run(c.name, func(t *testing.T) {
			_, _, err := w.api.PostMessageContext(ctx, c.channel, say("hello"))
			slackError(t, err, c.code)
		})
	}
	t.Run("refuses_an_empty_message", func(t *testing.T) {
		_, _, err := w.api.PostMessageContext(ctx, "ops", say(""))
		slackError(t, err, "no_text")
	})
	t.Run("to_a_person_opens_the_direct_message_and_names_it", func(t *testing.T) {
		room, _, err := w.api.PostMessageContext(ctx, "U0ANNA", say("psst"))
		if err != nil || !strings.HasPrefix(room, "D") {
			t.Fatalf("channel = %q, %v", room, err)
		}
		again, _, err := w.api.PostMessageContext(ctx, room, say("again"))
		if err != nil || again != room {
			t.Errorf("channel = %q, %v", again, err)
		}
		if len(w.Direct("U0ANNA")) != 2 || len(w.Visible("U0BEN")) != 0 {
			t.Error("a direct message is seen by one person")
		}
	})
	t.Run("identifiers_grow_while_the_clock_stands_still", func(t *testing.T) {
		_, one, _ := w.api.PostMessageContext(ctx, "ops", say("1"))
		_, two, _ := w.api.PostMessageContext(ctx, "ops", say("2"))
		if one >= two {
			t.Errorf("ts %s, then %s", one, two)
		}
	})
	t.Run("cuts_very_long_text_with_a_warning", func(t *testing.T) {
		// slack-go does not hand on the warnings of chat methods.
		body, err := json.Marshal(map[string]string{"channel": "C0OPS", "text": strings.Repeat("ä", 40_001)})
		if err != nil {
			t.Fatal(err)
		}
		answer := w.call(t, "chat.postMessage", "application/json; charset=utf-8", "Bearer xoxb-simulated", string(body))
		m, _ := w.Message("C0OPS", answer.TS)
		if len([]rune(m.Text)) != 40_000 || answer.Warning != "message_truncated" {
			t.Errorf("%d characters kept, warning %q", len([]rune(m.Text)), answer.Warning)
		}
	})
	t.Run("keeps_threads_metadata_and_unfurl_wishes", func(t *testing.T) {
		parent := w.post(t, "ops", `[{"type":"divider"}]`)
		meta := slackgo.SlackMetadata{EventType: "elevation", EventPayload: map[string]any{"id": "H-1"}}
		_, ts, err := w.api.PostMessageContext(ctx, "C0OPS", say("reply"), slackgo.MsgOptionTS(parent.TS),
			slackgo.MsgOptionMetadata(meta), slackgo.MsgOptionDisableMediaUnfurl(), slackgo.MsgOptionDisableLinkUnfurl())
		if err != nil {
			t.Fatal(err)
		}
		thread := w.Thread("ops", parent.TS)
		if len(thread) != 1 || thread[0].TS != ts || thread[0].Metadata["event_type"] != "elevation" || thread[0].UnfurlMedia || thread[0].UnfurlLinks {
			t.Errorf("thread = %+v", thread)
		}
		if slices.ContainsFunc(w.Channel("ops"), func(m sim.Message) bool { return m.TS == ts }) {
			t.Error("a reply stands in its thread, not in the channel")
		}
		link, err := w.api.GetPermalinkContext(ctx, &slackgo.PermalinkParameters{Channel: "C0OPS", Ts: ts})
		if err != nil || !strings.Contains(link, "contoso.slack.com/archives/C0OPS/p") || !strings.Contains(link, "thread_ts="+parent.TS) {
			t.Errorf("permalink = %q, %v", link, err)
		}
		_, _, err = w.api.PostMessageContext(ctx, "C0OPS", say("x"), slackgo.MsgOptionTS("1.000001"))
		slackError(t, err, "thread_not_found")
	})
	t.Run("refuses_51_blocks", func(t *testing.T) {
		blocks := "[" + strings.Repeat(`{"type":"divider"},`, 50) + `{"type":"divider"}]`
		_, _, err := w.api.PostMessageContext(ctx, "ops", say("x"), rawBlocks(t, blocks))
		e := slackError(t, err, "invalid_blocks")
		if want := []string{"[ERROR] no more than 50 items allowed [json-pointer:/blocks]"}; !slices.Equal(e.ResponseMetadata.Messages, want) {
			t.Errorf("messages = %q", e.ResponseMetadata.Messages)
		}
	})
	t.Run("chat:write.public_reaches_public_channels", func(t *testing.T) {
		w := newWorld(t, func(c *sim.Config) { c.App.Scopes = append(c.App.Scopes, "chat:write.public") })
		if _, _, err := w.api.PostMessageContext(ctx, "quiet", say("hello")); err != nil {
			t.Error(err)
		}
	})
}

func TestUpdateMessage(t *testing.T) {
	w := newWorld(t)
	ctx := t.Context()
	update := func(channel, ts string, o ...slackgo.MsgOption) error {
		_, _, _, err := w.api.UpdateMessageContext(ctx, channel, ts, o...)
		return err
	}
	t.Run("text_without_blocks_removes_the_blocks", func(t *testing.T) {
		m := w.post(t, "ops", `[{"type":"divider"}]`)
		if err := update(m.Channel, m.TS, say("done")); err != nil {
			t.Fatal(err)
		}
		if now, _ := w.Message(m.Channel, m.TS); len(now.Blocks) != 0 || now.Text != "done" || !now.Edited {
			t.Errorf("message = %+v", now)
		}
	})
	t.Run("blocks_keep_the_edited_label_away", func(t *testing.T) {
		m := w.post(t, "ops", `[{"type":"divider"}]`)
		if err := update(m.Channel, m.TS, say("new"), rawBlocks(t, `[{"type":"divider"},{"type":"divider"}]`)); err != nil {
			t.Fatal(err)
		}
		if now, _ := w.Message(m.Channel, m.TS); len(now.Blocks) != 2 || now.Edited {
			t.Errorf("message = %+v", now)
		}
	})
	t.Run("needs_the_direct_message's_own_id", func(t *testing.T) {
		room, ts, err := w.api.PostMessageContext(ctx, "U0ANNA", say("hello"))
		if err != nil {
			t.Fatal(err)
		}
		slackError(t, update("U0ANNA", ts, say("x")), "channel_not_found")
		slackError(t, update("ops", ts, say("x")), "channel_not_found")
		if err := update(room, ts, say("x")); err != nil {
			t.Error(err)
		}
	})
	t.Run("refuses_what_it_cannot_change", func(t *testing.T) {
		m := w.post(t, "ops", `[{"type":"divider"}]`)
		slackError(t, update(m.Channel, "1.000001", say("x")), "message_not_found")
		slackError(t, update(m.Channel, m.TS, say(strings.Repeat("x", 4001))), "msg_too_long")
		slackError(t, update(m.Channel, m.TS), "no_text")
		eph := w.whisper(t, m)
		slackError(t, update(eph.Channel, eph.TS, say("x")), "message_not_found")
		w.answersJSON(`{"response_type":"in_channel","text":"x"}`)
		if _, err := w.TypeCommand(ctx, "U0ANNA", "ops", "/elevate"); err != nil {
			t.Fatal(err)
		}
		typed := w.Channel("ops")[len(w.Channel("ops"))-2]
		slackError(t, update("C0OPS", typed.TS, say("x")), "cant_update_message")
		_, _, err := w.api.DeleteMessageContext(ctx, "C0OPS", typed.TS)
		slackError(t, err, "cant_delete_message")
	})
	t.Run("deletes_its_own", func(t *testing.T) {
		m := w.post(t, "ops", `[{"type":"divider"}]`)
		if _, _, err := w.api.DeleteMessageContext(ctx, m.Channel, m.TS); err != nil {
			t.Fatal(err)
		}
		slackError(t, update(m.Channel, m.TS, say("x")), "message_not_found")
	})
}

func TestPostEphemeral_needs_the_person_in_the_channel(t *testing.T) {
	w := newWorld(t)
	_, err := w.api.PostEphemeralContext(t.Context(), "C0OPS", "U0OTHER", say("x"))
	slackError(t, err, "user_not_in_channel")
	if _, err := w.api.PostEphemeralContext(t.Context(), "C0OPS", "U0ANNA", say("x")); err != nil {
		t.Error(err)
	}
}

func TestUsers(t *testing.T) {
	w := newWorld(t)
	ctx := t.Context()
	t.Run("info_shows_zone_locale_and_address", func(t *testing.T) {
		u, err := w.api.GetUserInfoContext(ctx, "U0ANNA")
		if err != nil || u.Locale != "de-DE" || u.TZ != "Europe/Berlin" || u.TZOffset != 3600 || u.Profile.Email != "anna@contoso.example" || u.RealName != "Anna Berg" {
			t.Errorf("users.info = %+v, %v", u, err)
		}
		_, err = w.api.GetUserInfoContext(ctx, "U0NONE")
		slackError(t, err, "user_not_found")
	})
	t.Run("info_marks_the_deactivated_and_strangers", func(t *testing.T) {
		if u, err := w.api.GetUserInfoContext(ctx, "U0GONE"); err != nil || !u.Deleted {
			t.Errorf("users.info = %+v, %v", u, err)
		}
		if u, err := w.api.GetUserInfoContext(ctx, "U0OTHER"); err != nil || u.TeamID != "T0002" || u.Profile.Email != "" {
			t.Errorf("users.info = %+v, %v", u, err)
		}
	})
	t.Run("lookup_finds_only_active_people_of_this_workspace", func(t *testing.T) {
		if u, err := w.api.GetUserByEmailContext(ctx, "BEN@contoso.example"); err != nil || u.ID != "U0BEN" {
			t.Errorf("lookupByEmail = %+v, %v", u, err)
		}
		for _, address := range []string{"gone@contoso.example", "olga@fabrikam.example", ""} {
			_, err := w.api.GetUserByEmailContext(ctx, address)
			slackError(t, err, "users_not_found")
		}
	})
	t.Run("without_the_scope_there_is_no_address", func(t *testing.T) {
		w := newWorld(t, func(c *sim.Config) { c.App.Scopes = []string{"users:read"} })
		if u, err := w.api.GetUserInfoContext(ctx, "U0ANNA"); err != nil || u.Profile.Email != "" {
			t.Errorf("users.info = %+v, %v", u, err)
		}
	})
}

func TestConversations(t *testing.T) {
	w := newWorld(t)
	ctx := t.Context()
	info := func(id string) (*slackgo.Channel, error) {
		return w.api.GetConversationInfoContext(ctx, &slackgo.GetConversationInfoInput{ChannelID: id})
	}
	if c, err := info("C0SHARED"); err != nil || !c.IsExtShared || !c.IsMember || c.Name != "shared" {
		t.Errorf("conversations.info = %+v, %v", c, err)
	}
	if c, err := info("C0OLD"); err != nil || !c.IsArchived {
		t.Errorf("conversations.info = %+v, %v", c, err)
	}
	_, err := info("C0SECRET")
	slackError(t, err, "channel_not_found")
	members, _, err := w.api.GetUsersInConversationContext(ctx, &slackgo.GetUsersInConversationParameters{ChannelID: "C0OPS"})
	if err != nil || !slices.Equal(members, []string{"U0ANNA", "U0BEN", "U0BOT"}) {
		t.Errorf("members = %v, %v", members, err)
	}
	dm, _, _, err := w.api.OpenConversationContext(ctx, &slackgo.OpenConversationParameters{Users: []string{"U0BEN"}})
	if err != nil || !strings.HasPrefix(dm.ID, "D") {
		t.Errorf("conversations.open = %+v, %v", dm, err)
	}
	_, _, _, err = w.api.OpenConversationContext(ctx, &slackgo.OpenConversationParameters{Users: []string{"U0GONE"}})
	slackError(t, err, "user_disabled")
}

func TestFaults(t *testing.T) {
	post := func(w *world) error {
		_, _, err := w.api.PostMessageContext(t.Context(), "ops", say("x"))
		return err
	}
	t.Run("rate_limits_the_next_calls_of_one_method", func(t *testing.T) {
		w := newWorld(t)
		w.RateLimit("chat.postMessage", 2, 1500*time.Millisecond)
		var limited *slackgo.RateLimitedError
		for range 2 {
			if err := post(w); !errors.As(err, &limited) || limited.RetryAfter != 2*time.Second {
				t.Fatalf("error = %v", err)
			}
		}
		if err := post(w); err != nil {
			t.Fatal(err)
		}
		var statuses []int
		for _, c := range w.Calls() {
			statuses = append(statuses, c.Status)
		}
		if want := []int{429, 429, 200}; !slices.Equal(statuses, want) || w.CallCount("chat.postMessage") != 3 {
			t.Errorf("statuses = %v, want %v", statuses, want)
		}
	})
	t.Run("a_refused_connection_does_nothing", func(t *testing.T) {
		w := newWorld(t)
		w.SetFault(sim.Fault{Outage: sim.Refused})
		if err := post(w); err == nil {
			t.Error("the call went through")
		}
		w.SetFault(sim.Fault{})
		if err := post(w); err != nil || len(w.Channel("ops")) != 1 {
			t.Errorf("%d messages, %v", len(w.Channel("ops")), err)
		}
	})
	t.Run("a_dropped_answer_has_done_it", func(t *testing.T) {
		w := newWorld(t)
		w.SetFault(sim.Fault{Outage: sim.Dropped, Methods: []string{"chat.postMessage"}, Calls: 1})
		if err := post(w); err == nil {
			t.Error("the caller got an answer")
		}
		if err := post(w); err != nil || len(w.Channel("ops")) != 2 {
			t.Errorf("%d messages, %v", len(w.Channel("ops")), err)
		}
	})
	t.Run("a_server_error_is_a_status", func(t *testing.T) {
		w := newWorld(t)
		w.SetFault(sim.Fault{Outage: sim.ServerError, Calls: 1})
		var status slackgo.StatusCodeError
		if err := post(w); !errors.As(err, &status) || status.Code != 500 {
			t.Errorf("error = %v", err)
		}
	})
	t.Run("a_slow_answer_has_done_it_before_the_caller_gives_up", func(t *testing.T) {
		w := newWorld(t)
		w.SetFault(sim.Fault{Outage: sim.Slow, Delay: time.Hour})
		hasty := slackgo.New("xoxb-simulated", slackgo.OptionAPIURL(w.base+"/api/"), slackgo.OptionHTTPClient(&http.Client{Timeout: 100 * time.Millisecond}))
		if _, _, err := hasty.PostMessageContext(t.Context(), "ops", say("x")); err == nil {
			t.Error("the answer came")
		}
		if len(w.Channel("ops")) != 1 {
			t.Error("a slow call was not applied")
		}
	})
}

func TestCalls_show_no_secrets(t *testing.T) {
	w := newWorld(t)
	w.raw(t, "openid.connect.token", "application/x-www-form-urlencoded", "", "client_id=1&client_secret=hush&code=hush&token=hush")
	for _, c := range w.Calls() {
		for name, v := range c.Args {
			if strings.Contains(v, "hush") {
				t.Errorf("the call log shows %s", name)
			}
		}
	}
}

// The app's token stands in the example world, so that it is no secret from a
// page that somebody visits by chance.
func TestAPI_a_page_elsewhere_calls_nothing(t *testing.T) {
	w := newWorld(t)
	post := url.Values{"token": {"xoxb-simulated"}, "channel": {"C0OPS"}, "text": {"forged"}}.Encode()
	tests := map[string]struct {
		method  string
		headers map[string]string
	}{
		"a form":                 {http.MethodPost, map[string]string{"Origin": "https://evil.example", "Sec-Fetch-Site": "cross-site"}},
		"an old browser's form":  {http.MethodPost, map[string]string{"Origin": "null"}},
		"an image":               {http.MethodGet, map[string]string{"Sec-Fetch-Site": "cross-site"}},
		"a page of another port": {http.MethodPost, map[string]string{"Sec-Fetch-Site": "same-site"}},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			r := httptest.NewRequest(tt.method, "/api/chat.postMessage?"+post, strings.NewReader(post))
			r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
			for k, v := range tt.headers {
				r.Header.Set(k, v)
			}
			answer := httptest.NewRecorder()
			w.ServeHTTP(answer, r)
			if answer.Code != http.StatusForbidden {
				t.Errorf("%d\n%s", answer.Code, answer.Body)
			}
		})
	}
	if said := w.Channel("ops"); len(said) != 0 {
		t.Errorf("it was posted: %+v", said)
	}
}
