package slack

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"strings"
	"testing"
	"time"

	"hoist/internal/chat"
	"hoist/internal/pim"
	"hoist/internal/secret"
)

// forms are the request form in its states.
func forms() map[string]chat.RequestForm {
	wall := func(h, m, day int) *pim.When { return &pim.When{Wall: &pim.Wall{Hour: h, Minute: m, Day: day}} }
	return map[string]chat.RequestForm{
		"modal_request": {},
		"modal_request_filled": {
			Ask: pim.Ask{
				Role: "User Admin <!here> :tada:", Scope: "AU *north*", Duration: 90 * time.Minute, Start: wall(14, 0, 0),
				Ticket: pim.Ticket{Number: "INC-4711"}, Justification: "rotating keys\n<!channel> & “more”",
			},
			Missing: chat.Line{plain("More than one fits: "), typed("User Admin <@U222>")},
		},
		"modal_request_until": {
			Ask:     pim.Ask{Role: "UA", Until: wall(17, 0, 0), Start: wall(9, 30, 1)},
			Missing: chat.Say("For how long?"),
		},
		"modal_request_chosen": {
			Ask:     pim.Ask{Role: "user admin", Duration: 2 * time.Hour},
			Chosen:  &chat.RoleOption{Label: "User Administrator", Note: "up to 8h · reason", Value: "6f9d2a41c3"},
			Missing: chat.Say("For how long?"),
		},
		"modal_request_hostile": {
			Ask: pim.Ask{
				Role: "a\n\u202eb\u0301\u0301\u0301\u0301\u0301\u0301" + strings.Repeat("x", 4000), Scope: "שלום",
				Ticket: pim.Ticket{Number: "INC\n1\x00" + strings.Repeat("9", 300)}, Justification: "a\x00\x1b\xffb" + strings.Repeat("👨‍👩‍👧‍👦", 2000),
			},
			Missing: chat.Line{typed(strings.Repeat("y", 5000))},
		},
	}
}

func formJSON(t testing.TB, f chat.RequestForm) []byte {
	t.Helper()
	raw, err := json.Marshal(formView(f))
	if err != nil {
		t.Fatal(err)
	}
	return raw
}

func TestForm_golden(t *testing.T) {
	for name, f := range forms() {
		t.Run(name, func(t *testing.T) {
			golden(t, name, formView(f))
			checkModal(t, formJSON(t, f))
		})
	}
}

// What the form fills in is read back by the grammar that reads the form.
func TestForm_fills_in_words_of_the_grammar(t *testing.T) {
	for _, typed := range []string{"2h", "90m", "until 17:00", "2h at 14:00", "2h in 30m", "2h tomorrow 09:00", "2h in 2h30m"} {
		cmd, err := chat.Parse(`"role" ` + typed)
		if err != nil {
			t.Fatal(err)
		}
		line := fmt.Sprintf("%q %s %s", "role", durationText(cmd.Ask), startText(cmd.Ask.Start))
		again, err := chat.Parse(line)
		if err != nil || fmt.Sprint(again.Ask.Duration, again.Ask.Until, again.Ask.Start) != fmt.Sprint(cmd.Ask.Duration, cmd.Ask.Until, cmd.Ask.Start) {
			t.Errorf("%q is filled in as %q: %+v, %v", typed, line, again.Ask, err)
		}
	}
}

func TestForm_fills_in_an_end_after_a_while(t *testing.T) {
	if got := durationText(pim.Ask{Until: &pim.When{After: 90 * time.Minute}}); got != "1h30m" {
		t.Errorf("filled in as %q", got)
	}
}

func TestForm_chooses_for_nobody(t *testing.T) {
	ask := pim.Ask{Right: "canary", Role: "Global Administrator"}
	for _, f := range []chat.RequestForm{{Ask: ask}, {Ask: ask, Chosen: &chat.RoleOption{Label: "canary", Value: strings.Repeat("x", 151)}}} {
		raw := string(formJSON(t, f))
		if strings.Contains(raw, "canary") || strings.Contains(raw, "initial_option") || !strings.Contains(raw, "You typed: Global Administrator") {
			t.Errorf("form %s", raw)
		}
	}
}

func TestPlatform_opens_a_form(t *testing.T) {
	// What an answer of Slack's holds besides must not make an opened form a lost one.
	api := newWebAPI(t, nil)
	var sent []byte
	var header http.Header
	api.answer = func(w http.ResponseWriter, r *http.Request) {
		sent, _ = io.ReadAll(r.Body)
		header = r.Header
		says(`{"ok":true,"view":{"state":{"values":[]},"blocks":[{"type":"input","element":{"type":"hologram"}}]}}`)(w, r)
	}
	p := newTestPlatform(t, api.URL, nil)
	if err := p.OpenForm(t.Context(), secret.New("1.2.canary"), forms()["modal_request_filled"]); err != nil {
		t.Fatal(err)
	}
	var call struct {
		Trigger string          `json:"trigger_id"`
		View    json.RawMessage `json:"view"`
	}
	if err := json.Unmarshal(sent, &call); err != nil || call.Trigger != "1.2.canary" {
		t.Errorf("sent %s, %v", sent, err)
	}
	checkModal(t, call.View)
	if api.asked()[0].Get("method") != "views.open" || header.Get("Authorization") != "Bearer "+canaryToken || !strings.HasPrefix(header.Get("Content-Type"), jsonType) {
		t.Errorf("called %v with %v", api.asked(), header)
	}
}

func TestPlatform_says_why_no_form_opened(t *testing.T) {
	for name, tt := range map[string]struct {
		answer http.HandlerFunc
		want   pim.Kind
		code   string
		after  time.Duration
	}{
		"too late":     {says(`{"ok":false,"error":"expired_trigger_id"}`), pim.KindNotFound, "expired_trigger_id", 0},
		"used":         {says(`{"ok":false,"error":"exchanged_trigger_id"}`), pim.KindNotFound, "exchanged_trigger_id", 0},
		"invented":     {says(`{"ok":false,"error":"invalid_trigger_id"}`), pim.KindNotFound, "invalid_trigger_id", 0},
		"not ours":     {says(`{"ok":false,"error":"invalid_arguments","response_metadata":{"messages":["[ERROR] canary [json-pointer:/view/title/text]"]}}`), pim.KindBadRequest, "invalid_arguments", 0},
		"revoked":      {says(`{"ok":false,"error":"token_revoked"}`), pim.KindForbidden, "token_revoked", 0},
		"throttled":    {func(w http.ResponseWriter, _ *http.Request) { w.Header().Set("Retry-After", "7"); w.WriteHeader(429) }, pim.KindThrottled, "ratelimited", 7 * time.Second},
		"broken":       {func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(500) }, pim.KindUnavailable, "", 0},
		"half":         {says(`{"ok":true`), pim.KindUnanswered, "", 0},
		"hung up":      {hangUp, pim.KindUnanswered, "", 0},
		"something":    {says(`{"ok":false,"error":"novelty"}`), pim.KindUnknown, "novelty", 0},
		"a page":       {says(`<html>canary`), pim.KindUnanswered, "", 0},
		"another view": {says(`{"ok":false,"error":"view_too_large"}`), pim.KindBadRequest, "view_too_large", 0},
	} {
		t.Run(strings.ReplaceAll(name, " ", "_"), func(t *testing.T) {
			api := newWebAPI(t, tt.answer)
			err := newTestPlatform(t, api.URL, nil).OpenForm(t.Context(), secret.New("1.2.canary"), chat.RequestForm{})
			checkError(t, err, tt.want, tt.code, tt.after)
			if n := len(api.asked()); n != 1 {
				t.Errorf("%d calls", n)
			}
		})
	}
	t.Run("no_trigger", func(t *testing.T) {
		api := newWebAPI(t, hangUp)
		err := newTestPlatform(t, api.URL, nil).OpenForm(t.Context(), secret.Value{}, chat.RequestForm{})
		checkError(t, err, pim.KindNotFound, "", 0)
		if len(api.asked()) != 0 {
			t.Error("called all the same")
		}
	})
}

// FuzzForm puts arbitrary text into everything that the form fills in and
// offers.
func FuzzForm(f *testing.F) {
	for _, seed := range []string{"", "rotating keys", "<!channel> @here :tada:", "a\r\nb\x00", "\u202e\u2066", strings.Repeat("👨‍👩‍👧‍👦", 600), "a\xff", strings.Repeat("\u0301", 900), "שלום"} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, text string) {
		checkModal(t, formJSON(t, chat.RequestForm{
			Ask:     pim.Ask{Role: text, Scope: text, Justification: text, Ticket: pim.Ticket{Number: text}},
			Missing: chat.Line{typed(text)},
		}))
		raw, err := json.Marshal(offer([]chat.RoleOption{{Label: text, Note: text, Value: "1"}, {Label: "x", Value: text}}))
		if err != nil {
			t.Fatal(err)
		}
		checkOptions(t, raw)
		for field, said := range besideFields(map[chat.FormField]string{chat.FieldStart: text, chat.FormField(text): text}).Errors {
			if strings.TrimSpace(said) == "" || units(said) > maxFault || field != "start" && field != "reason" && field != text {
				t.Errorf("%q: %q", field, said)
			}
		}
	})
}

// asksForm makes a bot open the form.
func asksForm(f chat.RequestForm) func(context.Context, chat.Inbound) chat.View {
	return func(context.Context, chat.Inbound) chat.View { return f }
}
