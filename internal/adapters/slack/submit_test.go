package slack

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"hoist/internal/chat"
	"hoist/internal/pim"
	"hoist/internal/secret"
	sim "hoist/internal/sim/slack"
)

// submitted is a filled form as Slack sends it.
func submitted(change func(payload, values map[string]any)) string {
	text := func(value any) map[string]any { return map[string]any{"type": "plain_text_input", "value": value} }
	values := map[string]any{
		"right": map[string]any{"right": map[string]any{
			"type": "external_select", "selected_option": map[string]any{"text": map[string]any{"type": "plain_text", "text": "Reader"}, "value": "k1"},
		}},
		"duration": map[string]any{"duration": text("2h")},
		"start":    map[string]any{"start": text(nil)},
		"ticket":   map[string]any{"ticket": text("INC-4711")},
		"reason":   map[string]any{"reason": text("rotating <keys>\nand more")},
	}
	p := map[string]any{
		"type": "view_submission", "api_app_id": "A111", "trigger_id": "1.2.3", "enterprise": nil, "response_urls": []any{},
		"user": map[string]any{"id": "U222", "username": "ann", "team_id": "T111"},
		"team": map[string]any{"id": "T111", "domain": "acme"},
		"view": map[string]any{
			"id": "V1", "type": "modal", "callback_id": "request", "private_metadata": "", "hash": "1.x",
			"blocks": []any{map[string]any{"type": "input", "element": map[string]any{"type": "hologram"}}},
			"state":  map[string]any{"values": values},
		},
	}
	if change != nil {
		change(p, values)
	}
	raw, err := json.Marshal(p)
	if err != nil {
		panic(err)
	}
	return string(raw)
}

// typing is somebody typing into the list of roles.
func typing(change func(map[string]any)) string {
	p := map[string]any{
		"type": "block_suggestion", "api_app_id": "A111", "action_id": "right", "block_id": "right", "value": "user ad",
		"user": map[string]any{"id": "U222", "username": "ann", "team_id": "T111"},
		"team": map[string]any{"id": "T111", "domain": "acme"}, "container": map[string]any{"type": "view", "view_id": "V1"},
		"view": map[string]any{"id": "V1", "callback_id": "request", "state": map[string]any{"values": []any{}}, "blocks": []any{map[string]any{"type": "novelty"}}},
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

func (b bench) options(payload string) *httptest.ResponseRecorder {
	return b.send(signed(OptionsPath, formType, []byte(interactionBody(payload)), b.clock.Now()))
}

// settle waits for what goes on after the answers.
func (h *Handler) settle() { h.running.wg.Wait() }

func TestHandler_opens_a_form(t *testing.T) {
	want := chat.RequestForm{Ask: pim.Ask{Role: "UA"}, Missing: chat.Say("For how long?")}
	for name, deliver := range map[string]func(bench) *httptest.ResponseRecorder{
		"for a command": func(b bench) *httptest.ResponseRecorder { return b.command(commandForm(nil)) },
		"for a button": func(b bench) *httptest.ResponseRecorder {
			return b.interact(press(func(p map[string]any) {
				p["actions"] = []any{map[string]any{"type": "button", "action_id": "form", "block_id": "x1", "value": "|"}}
			}))
		},
	} {
		t.Run(strings.ReplaceAll(name, " ", "_"), func(t *testing.T) {
			b := newBench(t, nil)
			b.bot.says = asksForm(want)
			if w := deliver(b); w.Code != http.StatusOK || w.Body.Len() != 0 {
				t.Errorf("answer %d %q", w.Code, w.Body)
			}
			b.settle()
			if diff := cmp.Diff([]chat.RequestForm{want}, b.opener.forms); diff != "" || len(b.opener.triggers) != 1 || b.opener.triggers[0] != "1.2.3" {
				t.Errorf("triggers %q, forms (-want +got):\n%s", b.opener.triggers, diff)
			}
			if c := b.counted(t); len(c) != 0 {
				t.Errorf("counted %v", c)
			}
		})
	}
}

// Which role is meant takes reading the tenant, so it comes after the
// acknowledgement, and a form opens whatever comes of it.
func TestHandler_opens_a_form_with_the_named_role_chosen(t *testing.T) {
	bare := chat.RequestForm{Ask: pim.Ask{Role: "UA"}}
	chosen := bare
	chosen.Chosen = &chat.RoleOption{Label: "User Administrator", Value: "k1"}
	for name, test := range map[string]struct {
		fills func(context.Context, chat.Inbound, chat.RequestForm) chat.RequestForm
		want  chat.RequestForm
		count map[string]float64
	}{
		"as the bot fills it": {func(_ context.Context, in chat.Inbound, f chat.RequestForm) chat.RequestForm {
			if in.Person.User != "U222" {
				t.Errorf("asked for %v", in.Person)
			}
			f.Chosen = chosen.Chosen
			return f
		}, chosen, nil},
		"bare when the bot is late": {func(context.Context, chat.Inbound, chat.RequestForm) chat.RequestForm {
			time.Sleep(5 * time.Second)
			return chosen
		}, bare, nil},
		"bare when the bot minds its deadline": {func(ctx context.Context, _ chat.Inbound, f chat.RequestForm) chat.RequestForm {
			<-ctx.Done()
			return f
		}, bare, nil},
		"bare when the bot breaks": {func(context.Context, chat.Inbound, chat.RequestForm) chat.RequestForm {
			panic("broken")
		}, bare, map[string]float64{"panic": 1}},
	} {
		t.Run(strings.ReplaceAll(name, " ", "_"), func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				b := newBench(t, nil)
				b.bot.fills = test.fills
				b.bot.says = func(context.Context, chat.Inbound) chat.View {
					time.Sleep(b.patience + grace - time.Millisecond) // as late as may be
					return bare
				}
				pressed := time.Now()
				b.command(commandForm(nil))
				b.settle()
				if diff := cmp.Diff([]chat.RequestForm{test.want}, b.opener.forms); diff != "" {
					t.Errorf("forms (-want +got):\n%s", diff)
				}
				if took := b.opener.opened.Sub(pressed); took > 2500*time.Millisecond {
					t.Errorf("opened %v after the trigger, which lives for 3s", took)
				}
				if diff := cmp.Diff(test.count, b.counted(t), cmpopts.EquateEmpty()); diff != "" || strings.Contains(b.log.String(), "in time") {
					t.Errorf("counted (-want +got):\n%s\nlog:\n%s", diff, b.log)
				}
			})
		})
	}
}

func TestHandler_says_it_in_words_when_no_form_opens(t *testing.T) {
	s := newSink(t)
	b := newBench(t, func(c *HandlerConfig) { c.ResponseOrigins = []string{s.URL} })
	b.opener.refuses = &pim.Error{Kind: pim.KindNotFound, Code: "expired_trigger_id"}
	b.bot.says = asksForm(chat.RequestForm{Missing: chat.Line{plain("For how long? "), typed("<!here>")}})
	b.command(commandForm(url.Values{"response_url": {s.URL + "/c"}}))
	b.interact(pressAnsweredAt(s.URL + "/i"))
	b.settle()
	got := s.received()
	if len(got) != 2 {
		t.Fatalf("received %q", got)
	}
	for _, r := range got {
		_, body, _ := strings.Cut(r, " ")
		checkLimits(t, []byte(body))
		if !strings.Contains(body, `"response_type":"ephemeral"`) || !strings.Contains(body, "For how long?") || !strings.Contains(body, "/elevate ") {
			t.Errorf("received %s", body)
		}
	}
	if diff := cmp.Diff(map[string]float64{"form": 2}, b.counted(t)); diff != "" {
		t.Errorf("counted (-want +got):\n%s", diff)
	}
}

func TestHandler_survives_an_opener_that_breaks(t *testing.T) {
	b := newBench(t, func(c *HandlerConfig) { c.Opener = brokenOpener{} })
	b.bot.says = asksForm(chat.RequestForm{})
	if w := b.command(commandForm(nil)); w.Code != http.StatusOK || w.Body.Len() != 0 {
		t.Errorf("answer %d %q", w.Code, w.Body)
	}
	b.settle()
	if b.counted(t)["panic"] != 1 || strings.Contains(b.log.String(), "canary") {
		t.Errorf("counted %v, log:\n%s", b.counted(t), b.log)
	}
}

type brokenOpener struct{ Opener }

func (brokenOpener) Hold(pim.Person) func() { return func() {} }

func (brokenOpener) OpenForm(context.Context, secret.Value, chat.RequestForm) error {
	panic("xoxb-canary")
}

func TestHandler_takes_a_form(t *testing.T) {
	b := newBench(t, nil)
	if w := b.interact(submitted(nil)); w.Code != http.StatusOK || w.Body.Len() != 0 {
		t.Errorf("answer %d %q", w.Code, w.Body)
	}
	got := b.bot.seen()
	if len(got) != 1 || len(got[0].Delivery) != 64 {
		t.Fatalf("the bot saw %+v", got)
	}
	got[0].Delivery = ""
	want := chat.Inbound{
		Person: pim.Person{Platform: "slack", Workspace: "T111", User: "U222"},
		Form:   chat.FormValues{Right: "k1", RightName: "Reader", Duration: "2h", Ticket: "INC-4711", Reason: "rotating <keys>\nand more"},
	}
	if diff := cmp.Diff(want, got[0]); diff != "" {
		t.Errorf("inbound (-want +got):\n%s", diff)
	}
	if len(b.opener.posts) != 0 {
		t.Errorf("posted %v", b.opener.posts)
	}
}

// The label comes back as it was before it was laid out, and as Slack escapes it.
func TestHandler_reads_the_chosen_role_by_name(t *testing.T) {
	long := strings.Repeat("x", 500)
	for label, want := range map[string]string{
		optionText("User Administrator").Text: "User Administrator",
		optionText("מנהל on :unit:").Text:     "מנהל on :unit:",
		"R&amp;D &lt;Reader&gt;":              "R&D <Reader>",
		long:                                  long[:maxOptionText-1] + "…",
		"":                                    "",
	} {
		b := newBench(t, nil)
		b.interact(submitted(func(_, values map[string]any) {
			chosen := values["right"].(map[string]any)["right"].(map[string]any)["selected_option"].(map[string]any)
			chosen["text"].(map[string]any)["text"] = label
		}))
		if got := b.bot.seen(); len(got) != 1 || got[0].Form.RightName != want || got[0].Form.Right != "k1" {
			t.Errorf("%q: the bot saw %+v", label, got)
		}
	}
}

func TestHandler_shows_faults_beside_their_fields(t *testing.T) {
	b := newBench(t, nil)
	b.bot.answers = func(context.Context, chat.Inbound) chat.FormAnswer {
		return chat.FormAnswer{Faults: map[chat.FormField]string{
			chat.FieldDuration: "User Administrator allows 8h at most.", chat.FieldTicket: "", chat.FieldRight: strings.Repeat("é", 5000), "novelty": "Please sign in.",
		}}
	}
	w := b.interact(submitted(nil))
	var got faults
	if err := json.Unmarshal(w.Body.Bytes(), &got); err != nil || w.Code != http.StatusOK || got.Action != "errors" || len(got.Errors) != 4 {
		t.Fatalf("answer %d %s, %v", w.Code, w.Body, err)
	}
	for block, said := range got.Errors {
		if said == "" || units(said) > maxFault || !strings.Contains("right duration ticket reason", block) {
			t.Errorf("%q: %q", block, said)
		}
	}
	golden(t, "errors_form", besideFields(map[chat.FormField]string{chat.FieldDuration: "User Administrator allows 8h at most."}))
}

func TestHandler_tells_what_a_form_led_to(t *testing.T) {
	reply := chat.Reply{Tone: chat.Waiting, Lines: []chat.Line{chat.Say("Checking…")}}
	b := newBench(t, nil)
	b.bot.answers = func(context.Context, chat.Inbound) chat.FormAnswer { return chat.FormAnswer{Reply: reply} }
	if w := b.interact(submitted(nil)); w.Code != http.StatusOK || w.Body.Len() != 0 {
		t.Errorf("answer %d %q", w.Code, w.Body)
	}
	b.settle()
	if diff := cmp.Diff(map[pim.Place][]chat.View{toAnn: {reply}}, b.opener.posts); diff != "" {
		t.Errorf("posted (-want +got):\n%s", diff)
	}
	b.opener.refuses = errors.New("gone")
	b.interact(submitted(nil))
	b.settle()
	if b.counted(t)["untold"] != 1 {
		t.Errorf("counted %v", b.counted(t))
	}
}

// A bot that is late or breaks loses nobody's words: the form stays open.
func TestHandler_keeps_the_form_when_the_bot(t *testing.T) {
	for name, answers := range map[string]func(context.Context, chat.Inbound) chat.FormAnswer{
		"overslept": func(ctx context.Context, _ chat.Inbound) chat.FormAnswer {
			<-ctx.Done()
			time.Sleep(3 * grace)
			return chat.FormAnswer{}
		},
		"panics": func(context.Context, chat.Inbound) chat.FormAnswer { panic("xoxb-canary") },
	} {
		t.Run(name, func(t *testing.T) {
			b := newBench(t, func(c *HandlerConfig) { c.Patience = 20 * time.Millisecond })
			b.bot.answers = answers
			w := b.interact(submitted(nil))
			ref := chat.DeliveryRef(b.bot.seen()[0].Delivery)
			if !strings.Contains(w.Body.String(), `"errors":{"reason":`) || !strings.Contains(w.Body.String(), ref) {
				t.Errorf("answer without reference %s: %s", ref, w.Body)
			}
			b.settle()
			if strings.Contains(b.log.String(), "canary") {
				t.Errorf("log:\n%s", b.log)
			}
		})
	}
}

func TestHandler_offers_roles(t *testing.T) {
	b := newBench(t, nil)
	roles := []chat.RoleOption{
		{Label: "User Administrator", Note: "up to 8h · approval", Value: "k1"},
		{Label: "User Administrator on <AU> :north: שלום", Value: "k2"},
		{Label: strings.Repeat("👨‍👩‍👧‍👦", 40), Note: strings.Repeat("up to 8h ", 40), Value: "k3"},
	}
	refused := []chat.RoleOption{{Label: "no value"}, {Label: "a long one", Value: strings.Repeat("k", 151)}}
	b.bot.offers = func(context.Context, chat.Inbound) []chat.RoleOption { return append(refused, roles...) }
	for name, ask := range map[string]func(string) *httptest.ResponseRecorder{"options": b.options, "interactions": b.interact} {
		w := ask(typing(nil))
		if w.Code != http.StatusOK || !strings.HasPrefix(w.Header().Get("Content-Type"), jsonType) {
			t.Errorf("%s: answer %d %v", name, w.Code, w.Header())
		}
		checkOptions(t, w.Body.Bytes())
		if n := strings.Count(w.Body.String(), `"value":`); n != 3 {
			t.Errorf("%s: %d options in %s", name, n, w.Body)
		}
	}
	if in := b.bot.seen()[0]; in.Text != "user ad" || in.Person.User != "U222" || in.Delivery == "" {
		t.Errorf("the bot saw %+v", in)
	}
	golden(t, "options_roles", offer(roles))
	golden(t, "options_none", offer(nil))
}

func TestHandler_offers_no_more_than_slack_takes(t *testing.T) {
	b := newBench(t, nil)
	b.bot.offers = func(context.Context, chat.Inbound) (all []chat.RoleOption) {
		for i := range 250 {
			all = append(all, chat.RoleOption{Label: fmt.Sprint("Role ", i), Value: fmt.Sprint(i)})
		}
		return all
	}
	w := b.options(typing(nil))
	checkOptions(t, w.Body.Bytes())
	if n := strings.Count(w.Body.String(), `"value":`); n != 100 {
		t.Errorf("%d options", n)
	}
}

func TestHandler_offers_nothing_rather_than_late(t *testing.T) {
	b := newBench(t, func(c *HandlerConfig) { c.Patience = 20 * time.Millisecond })
	b.bot.offers = func(ctx context.Context, _ chat.Inbound) []chat.RoleOption {
		<-ctx.Done()
		time.Sleep(2 * grace)
		return []chat.RoleOption{{Label: "x", Value: "y"}}
	}
	if w := b.options(typing(nil)); w.Body.String() != `{"options":[]}` || b.counted(t)["busy"] != 1 {
		t.Errorf("answer %s, counted %v", w.Body, b.counted(t))
	}
}

func TestHandler_sets_forms_aside(t *testing.T) {
	field := func(name string, state any) string {
		return submitted(func(_, values map[string]any) { values[name] = map[string]any{name: state} })
	}
	payload := func(name string, v any) string { return submitted(func(p, _ map[string]any) { p[name] = v }) }
	view := func(change map[string]any) string {
		return submitted(func(p, _ map[string]any) {
			maps.Copy(p["view"].(map[string]any), change)
		})
	}
	text := func(v any) map[string]any { return map[string]any{"type": "plain_text_input", "value": v} }
	question := func(name string, v any) string { return typing(func(p map[string]any) { p[name] = v }) }
	for _, tt := range []struct {
		name, path, payload string
		status              int
		body                string
		why                 reason
	}{
		{"a number where text belongs", InteractionsPath, field("reason", text(7)), 400, "", reasonMalformed},
		{"a list where text belongs", InteractionsPath, field("duration", text([]any{"2h"})), 400, "", reasonMalformed},
		{"another input", InteractionsPath, field("duration", map[string]any{"type": "datepicker", "selected_date": "2026-11-23"}), 400, "", reasonMalformed},
		{"a choice where text belongs", InteractionsPath, field("reason", map[string]any{"type": "plain_text_input", "selected_option": map[string]any{"value": "x"}}), 400, "", reasonMalformed},
		{"text where a choice belongs", InteractionsPath, field("right", text("Global Administrator")), 400, "", reasonMalformed},
		{"a choice and a text", InteractionsPath, field("right", map[string]any{"type": "external_select", "value": "x", "selected_option": map[string]any{"value": "x"}}), 400, "", reasonMalformed},
		{"a choice that is no object", InteractionsPath, field("right", map[string]any{"type": "external_select", "selected_option": "k1"}), 400, "", reasonMalformed},
		{"a value longer than any option's", InteractionsPath, field("right", map[string]any{"type": "external_select", "selected_option": map[string]any{"value": strings.Repeat("k", 151)}}), 400, "", reasonMalformed},
		{"more text than fits", InteractionsPath, field("reason", text(strings.Repeat("é", 3001))), 400, "", reasonMalformed},
		{"values that are a list", InteractionsPath, view(map[string]any{"state": map[string]any{"values": []any{}}}), 400, "", reasonMalformed},
		{"no state", InteractionsPath, view(map[string]any{"state": nil, "callback_id": "request"}), 200, "", reasonNone},
		{"a view that is a list", InteractionsPath, payload("view", []any{}), 400, "", reasonMalformed},
		{"nobody's form", InteractionsPath, payload("user", nil), 400, "", reasonMalformed},
		{"a user with a slash", InteractionsPath, payload("user", map[string]any{"id": "U1/U2", "team_id": "T111"}), 400, "", reasonMalformed},
		{"another form", InteractionsPath, view(map[string]any{"callback_id": "novelty", "state": 7}), 200, "", reasonIgnored},
		{"a closed form", InteractionsPath, payload("type", "view_closed"), 200, "", reasonIgnored},
		{"another team's form", InteractionsPath, payload("team", map[string]any{"id": "T222"}), 200, "", reasonStranger},
		{"a form from a connected team", InteractionsPath, payload("user", map[string]any{"id": "U222", "team_id": "T222"}), 200, "", reasonStranger},
		{"a form that hides its team", InteractionsPath, payload("user", map[string]any{"id": "U222"}), 200, "", reasonStranger},

		{"another list", OptionsPath, question("action_id", "novelty"), 200, "", reasonIgnored},
		{"another block's list", OptionsPath, question("block_id", "novelty"), 200, "", reasonIgnored},
		{"a list in a message", OptionsPath, question("view", nil), 200, "", reasonIgnored},
		{"a list in another view", OptionsPath, question("view", map[string]any{"callback_id": "novelty"}), 200, "", reasonIgnored},
		{"a question that is no text", OptionsPath, question("value", 7), 400, "", reasonMalformed},
		{"nobody's question", OptionsPath, question("user", nil), 400, "", reasonMalformed},
		{"another team's question", OptionsPath, question("team", map[string]any{"id": "T222"}), 200, `{"options":[]}`, reasonStranger},
		{"a question from a connected team", OptionsPath, question("user", map[string]any{"id": "U222", "team_id": "T222"}), 200, `{"options":[]}`, reasonStranger},
		{"a press at the options", OptionsPath, press(nil), 200, "", reasonIgnored},
		{"a form at the options", OptionsPath, submitted(nil), 200, "", reasonIgnored},
		{"no JSON at the options", OptionsPath, "{", 400, "", reasonMalformed},
	} {
		t.Run(strings.ReplaceAll(tt.name, " ", "_"), func(t *testing.T) {
			b := newBench(t, nil)
			w := b.send(signed(tt.path, formType, []byte(interactionBody(tt.payload)), nine))
			if w.Code != tt.status || w.Body.String() != tt.body {
				t.Errorf("answer %d %q", w.Code, w.Body)
			}
			want := map[string]float64{string(tt.why): 1}
			if tt.why == reasonNone {
				want = map[string]float64{}
			} else if got := b.bot.seen(); len(got) != 0 {
				t.Errorf("the bot saw %+v", got)
			}
			if diff := cmp.Diff(want, b.counted(t)); diff != "" {
				t.Errorf("counted (-want +got):\n%s", diff)
			}
		})
	}
	t.Run("the_signature_first", func(t *testing.T) {
		b := newBench(t, nil)
		for _, path := range []string{OptionsPath, InteractionsPath} {
			r := signed(path, formType, []byte(interactionBody(typing(nil))), nine)
			r.Header.Set(signatureHeader, "v0="+strings.Repeat("0", 64))
			if w := b.send(r); w.Code != http.StatusUnauthorized || w.Body.Len() != 0 || len(b.bot.seen()) != 0 {
				t.Errorf("%s: answer %d %q", path, w.Code, w.Body)
			}
		}
	})
}

// A form that was opened by the version before or after this one is taken too.
func TestHandler_takes_a_form_with_other_fields(t *testing.T) {
	b := newBench(t, nil)
	b.interact(submitted(func(_, values map[string]any) {
		delete(values, "ticket")
		values["novelty"] = map[string]any{"novelty": map[string]any{"type": "checkboxes", "selected_options": []any{}}}
	}))
	if got := b.bot.seen(); len(got) != 1 || got[0].Form.Right != "k1" || got[0].Form.Ticket != "" {
		t.Errorf("the bot saw %+v, counted %v", got, b.counted(t))
	}
}

func FuzzDecodeSubmission(f *testing.F) {
	f.Add([]byte(submitted(nil)))
	f.Add([]byte(submitted(func(_, values map[string]any) { clear(values) })))
	f.Add([]byte(`{"type":"view_submission","user":{"id":"U1"},"view":{"callback_id":"request","state":{"values":[]}}}`))
	f.Add([]byte(`{"user":{"id":"U1"},"view":{"callback_id":"request","state":{"values":{"right":{"right":null}}}}}`))
	f.Fuzz(func(t *testing.T, raw []byte) {
		s, why := decodeSubmission(raw)
		if why != reasonNone {
			if diff := cmp.Diff(chat.FormValues{}, s.form); diff != "" || s.User.ID != "" {
				t.Errorf("set aside for %q with %+v", why, s)
			}
			return
		}
		if !isUserID(s.User.ID) || len(s.form.Right) > maxOptionValue || units(s.form.RightName) > maxOptionText {
			t.Errorf("decoded %+v", s)
		}
		for _, text := range []string{s.form.Duration, s.form.Start, s.form.Ticket, s.form.Reason} {
			if len([]rune(text)) > maxInput {
				t.Errorf("%d letters", len([]rune(text)))
			}
		}
		again, why := decodeSubmission([]byte(submitted(func(p, values map[string]any) {
			p["user"].(map[string]any)["id"] = s.User.ID
			clear(values)
			values["right"] = map[string]any{"right": map[string]any{"type": "external_select", "selected_option": map[string]any{"value": s.form.Right}}}
			for field, text := range map[string]string{"duration": s.form.Duration, "start": s.form.Start, "ticket": s.form.Ticket, "reason": s.form.Reason} {
				values[field] = map[string]any{field: map[string]any{"type": "plain_text_input", "value": text}}
			}
		})))
		again.form.RightName = s.form.RightName // Slack's escapes are undone once
		if why != reasonNone || again.form != s.form {
			t.Errorf("%+v reads back as %+v, %q", s.form, again.form, why)
		}
	})
}

// openedForm is what Ann sees after a bare command.
func (w *world) openedForm(t *testing.T, f chat.RequestForm) sim.View {
	t.Helper()
	w.bot.says = asksForm(f)
	if ack, err := w.TypeCommand(t.Context(), "U222", "C333", "/elevate UA"); err != nil || ack.Message != nil {
		t.Fatalf("shown %+v, %v", ack.Message, err)
	}
	w.handler.settle()
	v, open := w.Modal("U222")
	if !open {
		t.Fatal("no form is open")
	}
	return v
}

func offerTwo(_ context.Context, in chat.Inbound) []chat.RoleOption {
	var all []chat.RoleOption
	for _, r := range []chat.RoleOption{
		{Label: "User Administrator", Note: "up to 8h", Value: "k1"}, {Label: "Reader <&> *x*", Note: "up to 2h", Value: "k2"},
	} {
		if strings.Contains(strings.ToLower(r.Label), in.Text) {
			all = append(all, r)
		}
	}
	return all
}

func TestSim_a_request_by_form(t *testing.T) {
	w := newWorld(t)
	w.bot.offers = offerTwo
	v := w.openedForm(t, chat.RequestForm{Ask: pim.Ask{Role: "UA", Duration: 2 * time.Hour, Justification: "rotating <keys> & more"}, Missing: chat.Say("For how long?")})
	if v.Title != "Request a role" || v.Submit != "Continue" || v.CallbackID != "request" || v.PrivateMetadata != "" {
		t.Errorf("form %+v", v)
	}
	for typed, want := range map[string]int{"": 2, "read": 1, "nothing": 0} {
		got, err := w.Suggest(t.Context(), "U222", v, "right", typed)
		if err != nil || len(got) != want {
			t.Errorf("%q: offered %+v, %v", typed, got, err)
		}
	}
	if _, err := w.Suggest(t.Context(), "U222", v, "right", ""); err != nil {
		t.Fatal(err)
	}
	w.bot.answers = func(_ context.Context, in chat.Inbound) chat.FormAnswer {
		if in.Form.Duration == "20h" {
			return chat.FormAnswer{Faults: map[chat.FormField]string{chat.FieldDuration: "8h at most."}}
		}
		return chat.FormAnswer{Reply: chat.Reply{Lines: []chat.Line{chat.Say("Checking…")}}}
	}
	sub, err := w.Submit(t.Context(), "U222", v, map[string]string{"right": "k2", "Duration": "20h", "Ticket": "INC-1"})
	if err != nil || sub.Errors["duration"] != "8h at most." || sub.View == nil {
		t.Fatalf("submitted %+v, %v", sub, err)
	}
	sub, err = w.Submit(t.Context(), "U222", *sub.View, map[string]string{"Duration": "2h"})
	if err != nil || sub.View != nil {
		t.Fatalf("submitted again %+v, %v", sub, err)
	}
	got := w.bot.seen()
	want := chat.FormValues{Right: "k2", RightName: "Reader <&> *x*", Duration: "2h", Ticket: "INC-1", Reason: "rotating <keys> & more"}
	if last := got[len(got)-1]; last.Form != want || last.Person.User != "U222" {
		t.Errorf("the bot saw %+v", last)
	}
	w.handler.settle()
	if direct := w.Direct("U222"); len(direct) != 1 || direct[0].Text != "Checking…" {
		t.Errorf("told %+v", direct)
	}
}

func TestSim_a_form_opens_from_a_button(t *testing.T) {
	w := newWorld(t)
	w.bot.says = asksForm(forms()["modal_request_hostile"])
	ref, err := w.platform.Post(t.Context(), toAnn, "", views()["request_refused"])
	if err != nil {
		t.Fatal(err)
	}
	channel, ts, _ := strings.Cut(string(ref), "/")
	m, _ := w.Message(channel, ts)
	if _, err := w.Press(t.Context(), "U222", m, "Open the form"); err != nil {
		t.Fatal(err)
	}
	w.handler.settle()
	v, open := w.Modal("U222")
	if !open {
		t.Fatal("no form is open")
	}
	if d, err := w.Close(t.Context(), "U222", v); err != nil || d.Status != 0 {
		t.Errorf("closing was told: %+v, %v", d, err)
	}
	if p := w.bot.seen()[0].Pressed; p != (chat.Pressed{Kind: chat.ActionForm, ID: elevation}) {
		t.Errorf("the bot saw %+v", p)
	}
}

func TestSim_takes_every_form(t *testing.T) {
	for name, f := range forms() {
		t.Run(name, func(t *testing.T) { newWorld(t).openedForm(t, f) })
	}
}

// A trigger that is over, a refusal or an outage: the person is told in words.
func TestSim_words_where_no_form_opens(t *testing.T) {
	for name, spoil := range map[string]func(*world){
		"too_late":  func(w *world) { w.clock.Advance(3 * time.Second) },
		"throttled": func(w *world) { w.RateLimit("views.open", 1, time.Minute) },
		"broken":    func(w *world) { w.SetFault(sim.Fault{Outage: sim.ServerError, Methods: []string{"views.open"}}) },
		"dropped":   func(w *world) { w.SetFault(sim.Fault{Outage: sim.Refused, Methods: []string{"views.open"}}) },
	} {
		t.Run(name, func(t *testing.T) {
			w := newWorld(t)
			w.bot.says = func(context.Context, chat.Inbound) chat.View {
				spoil(w)
				return chat.RequestForm{Missing: chat.Say("For how long?")}
			}
			if _, err := w.TypeCommand(t.Context(), "U222", "C333", "/elevate UA"); err != nil {
				t.Fatal(err)
			}
			w.handler.settle()
			if _, open := w.Modal("U222"); open {
				t.Error("a form is open")
			}
			seen := w.Visible("U222")
			if len(seen) != 1 || !seen[0].Ephemeral() || !strings.Contains(seen[0].Text, "For how long?") {
				t.Fatalf("seen %+v", seen)
			}
			if read := w.Render(seen[0], "U222").Text(); !strings.Contains(read, "/elevate") {
				t.Errorf("read as:\n%s", read)
			}
		})
	}
}

func TestSim_a_role_is_stopped_after_a_question(t *testing.T) {
	w := newWorld(t)
	ref, err := w.platform.Post(t.Context(), toAnn, "", views()["note_ending"])
	if err != nil {
		t.Fatal(err)
	}
	channel, ts, _ := strings.Cut(string(ref), "/")
	m, _ := w.Message(channel, ts)
	if !strings.Contains(fmt.Sprint(m.Blocks), "End it now?") {
		t.Errorf("no question in %v", m.Blocks)
	}
	if _, err := w.Press(t.Context(), "U222", m, "Stop"); err != nil {
		t.Fatal(err)
	}
	if got := w.bot.seen(); len(got) != 1 || got[0].Pressed != (chat.Pressed{Kind: chat.ActionStop, ID: elevation}) {
		t.Errorf("the bot saw %+v", got)
	}
}
