package slack

import (
	"bytes"
	"encoding/json"
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"hoist/internal/chat"
	"hoist/internal/pim"
	"hoist/internal/secret"
)

var update = flag.Bool("update", false, "write the golden files anew")

var nine = time.Date(2026, 11, 23, 9, 0, 0, 0, time.UTC)

var tones = []struct {
	name string
	tone chat.Tone
}{{"neutral", chat.Neutral}, {"waiting", chat.Waiting}, {"good", chat.Good}, {"bad", chat.Bad}}

const elevation = pim.ID("H-7K3F9QX")

func plain(s string) chat.Span { return chat.Span{Kind: chat.Plain, Text: s} }
func typed(s string) chat.Span { return chat.Span{Kind: chat.Typed, Text: s} }
func code(s string) chat.Span  { return chat.Span{Kind: chat.Code, Text: s} }
func clockTime(t time.Time) chat.Span {
	return chat.Span{Kind: chat.Moment, At: t}
}
func day(t time.Time) chat.Span { return chat.Span{Kind: chat.Moment, At: t, WithDate: true} }

func openPIM() chat.Action {
	return chat.Action{
		Kind: chat.ActionOpen, ID: elevation, Label: "Open in PIM",
		URL: secret.New("https://entra.microsoft.com/#view/Microsoft_Azure_PIMCommon/ActivationMenuBlade/~/aadmigratedroles"),
	}
}

func signIn() chat.Action {
	return chat.Action{
		Kind: chat.ActionSignIn, ID: elevation, Label: "Sign in to continue", Primary: true,
		URL: secret.New("https://hoist.example/s/canary"), Spoken: "Sign in to continue this request at Microsoft Entra",
	}
}

// facts hold what people type to see what happens.
func facts() []chat.Fact {
	return []chat.Fact{
		{Label: "Role", Value: chat.Line{typed("User Administrator"), plain(" on "), typed("AU *north* <https://x|y>")}},
		{Label: "Reason", Value: chat.Line{typed("<!channel> @everyone rotate keys for INC-4711 https://evil.example :tada: `x`")}},
		{Label: "Start", Value: chat.Line{day(nine.Add(26 * time.Hour))}},
	}
}

// approval is a card for somebody who may decide.
func approval() chat.Card {
	to := func(path string) secret.Value { return secret.New("https://hoist.example/" + path + "/canary") }
	return chat.Card{
		Kind: chat.ApprovalCard, ID: elevation, Tone: chat.Waiting,
		Headline: chat.Line{typed("Ann <Example>"), plain(" asks for "), typed("User Administrator")},
		Facts:    append(facts(), chat.Fact{Label: "Ticket", Value: chat.Line{typed("INC-4711")}}, chat.Fact{Label: "For", Value: chat.Say("2 h")}),
		Body: []chat.Line{
			{{Kind: chat.Strong, Text: "This role can reset passwords."}},
			{plain("PIM names you as an approver. It waits until "), day(nine.Add(24 * time.Hour)), plain("; the first decision counts.")},
		},
		Actions: []chat.Action{
			{Kind: chat.ActionApprove, ID: elevation, URL: to("a"), Label: "Approve", Primary: true, Spoken: "Approve this request; opens a page"},
			{Kind: chat.ActionDeny, ID: elevation, URL: to("d"), Label: "Deny", Danger: true, Spoken: "Deny this request; opens a page"},
			openPIM(),
		},
		Foot: chat.Line{plain("Reference "), code(string(elevation))},
	}
}

func views() map[string]chat.View {
	all := map[string]chat.View{}
	for _, t := range tones {
		all["reply_"+t.name] = chat.Reply{Tone: t.tone, Lines: []chat.Line{
			chat.Say("Checking…"), {plain("role "), typed("UA & <co>")}, {plain("Reference "), code(string(elevation))},
		}}
		all["request_"+t.name] = chat.Card{
			Kind: chat.RequestCard, ID: elevation, Tone: t.tone, Headline: chat.Say("Sign in to continue"),
			Facts:   facts(),
			Body:    []chat.Line{chat.Say("PIM will ask an approver after that."), {plain("The link works until "), clockTime(nine.Add(10 * time.Minute)), plain(".")}},
			Actions: []chat.Action{signIn(), openPIM()},
			Foot:    chat.Line{plain("Reference "), code(string(elevation))},
		}
		all["announcement_"+t.name] = chat.Card{
			Kind: chat.Announcement, ID: elevation, Tone: t.tone,
			Headline: chat.Line{typed("Ann Example"), plain(" holds "), typed("User Administrator"), plain(" until "), clockTime(nine.Add(2 * time.Hour))},
			Facts:    facts(), Actions: []chat.Action{openPIM()},
			Foot: chat.Line{plain("Reference "), code(string(elevation))},
		}
		all["note_"+t.name] = chat.Note{
			Tone:    t.tone,
			Line:    chat.Line{typed("User Administrator"), plain(" is active until "), clockTime(nine.Add(2 * time.Hour)), plain(".")},
			Facts:   []chat.Fact{{Label: "Reason at the start", Value: chat.Line{typed("rotating keys")}}},
			Command: "Connect-MgGraph -TenantId 11111111-1111-1111-1111-111111111111 -ClientId 22222222-2222-2222-2222-222222222222",
			Actions: []chat.Action{openPIM()},
		}
	}
	all["status"] = chat.StatusCard{
		Headline: chat.Say("Your elevations"),
		Entries: []chat.StatusEntry{
			{Tone: chat.Good, Title: chat.Line{typed("User Administrator")}, Detail: chat.Line{plain("Active until "), clockTime(nine), plain(" · 2 h left · "), code(string(elevation))}},
			{Tone: chat.Waiting, Title: chat.Line{typed("Reader")}, Detail: chat.Say("Sign in to continue"), Actions: []chat.Action{signIn()}},
			{Tone: chat.Waiting, Title: chat.Line{typed("Reader")}, Detail: chat.Say("The same elevation twice in a message"), Actions: []chat.Action{signIn()}},
			{Tone: chat.Bad, Title: chat.Line{typed("Owner")}},
		},
		Foot: chat.Line{plain("As of "), clockTime(nine)},
	}
	all["status_empty"] = chat.StatusCard{Headline: chat.Say("Nothing is active, and nothing is waiting.")}
	topics := []chat.HelpEntry{{Usage: "/elevate <role> <duration> because <why>", Summary: "Ask for a role.", Examples: []string{"/elevate User Administrator 2h because rotating keys"}}}
	all["help"] = chat.HelpCard{Topics: topics, Foot: chat.Say("Seen by you alone.")}
	all["help_not_understood"] = chat.HelpCard{
		NotUnderstood: "2 fortnights", Topics: topics,
		Problem: chat.Line{plain("I did not understand this part: "), typed("2 fortnights <!here>"), plain(" Durations are hours and minutes.")},
	}
	choose := chat.Card{Kind: chat.RequestCard, ID: elevation, Tone: chat.Waiting, Headline: chat.Say("Which one do you mean?")}
	for i := range 3 {
		choose.Actions = append(choose.Actions, chat.Action{
			Kind: chat.ActionChoose, ID: elevation, Value: fmt.Sprint(i + 1), Label: fmt.Sprintf("User Administrator on :unit: %d", i+1),
		})
	}
	all["request_choice"] = choose
	stop := chat.Action{
		Kind: chat.ActionStop, ID: elevation, Label: "Stop", Danger: true,
		Confirm: &chat.Confirmation{
			Title: "End it now?", Text: "You sign in to end it. To have the role again after that you request it anew.", Yes: "Continue", No: "Keep it",
		},
	}
	withdraw := chat.Action{Kind: chat.ActionWithdraw, ID: elevation, Label: "Withdraw", Danger: true}
	newLink := chat.Action{Kind: chat.ActionNewLink, ID: elevation, Label: "New link"}
	again := chat.Action{Kind: chat.ActionAgain, ID: elevation, Label: "Ask for 8h", Primary: true}
	form := chat.Action{Kind: chat.ActionForm, ID: elevation, Label: "Open the form"}
	all["request_sign_in"] = chat.Card{Kind: chat.RequestCard, ID: elevation, Tone: chat.Waiting, Headline: chat.Say("Sign in to continue"), Actions: []chat.Action{signIn(), withdraw, newLink}}
	all["request_active"] = chat.Card{Kind: chat.RequestCard, ID: elevation, Tone: chat.Good, Headline: chat.Say("Active"), Actions: []chat.Action{stop, openPIM()}}
	all["request_refused"] = chat.Card{Kind: chat.RequestCard, ID: elevation, Tone: chat.Bad, Headline: chat.Say("8h at most"), Actions: []chat.Action{again, form}}
	all["note_ending"] = chat.Note{Tone: chat.Waiting, Line: chat.Line{typed("User Administrator"), plain(" ends at "), clockTime(nine)}, Actions: []chat.Action{stop}}
	all["approval"] = approval()
	decided := approval()
	decided.Tone, decided.Actions = chat.Neutral, nil
	decided.Body = []chat.Line{{typed("Bob <Example>"), plain(" approved it at "), clockTime(nine), plain(".")}}
	all["approval_decided"] = decided
	all["status_actions"] = chat.StatusCard{
		Headline: chat.Say("Your elevations"),
		Entries: []chat.StatusEntry{
			{Tone: chat.Good, Title: chat.Line{typed("User Administrator"), plain(" on "), typed("AU *north*")}, Actions: []chat.Action{openPIM(), stop}},
			{Tone: chat.Waiting, Title: chat.Line{typed("Reader")}, Actions: []chat.Action{withdraw}},
			{Tone: chat.Good, Title: chat.Line{plain("at "), clockTime(nine)}, Actions: []chat.Action{stop}},
		},
	}
	all["status_pending"] = chat.StatusCard{
		Headline: chat.Say("Waiting for your decision"),
		Entries:  []chat.StatusEntry{{Tone: chat.Waiting, Title: approval().Headline, Actions: approval().Actions}},
	}
	all["help_understood"] = chat.HelpCard{
		NotUnderstood: "2 fortnights", Topics: topics, Problem: chat.Line{plain("I did not understand this part: "), typed("2 fortnights")},
		Understood: chat.Line{plain("Understood so far: role "), typed("User Administrator <!here>")},
		Foot:       chat.Say("Durations are hours and minutes."),
	}
	all["form_in_words"] = chat.RequestForm{Missing: chat.Say("For how long?")}
	all["form_in_words_empty"] = chat.RequestForm{}
	all["reply_hostile"] = chat.Reply{Lines: []chat.Line{
		{plain("Reason: "), typed("line one\nApproved by: Bob\r\n\u2028fake")},
		{plain("Override: "), typed("abc\u202egpj.exe")},
		{plain("Hebrew: "), typed("שלום"), plain(" until 16:05")},
		{plain("Zalgo: "), typed("a" + strings.Repeat("\u0301", 40) + "b")},
		{plain("Mark first: "), typed("\u0336struck")},
		{plain("Zero width: "), typed("a\u200bb\u200dc\ufeff")},
		{plain("Control: "), typed("\x00\x1b[31mred\x7f\x9b")},
		{plain("Broken: "), typed("a\xff\xfeb")},
		{plain("Long: "), typed(strings.Repeat("rotating keys ", 300))},
		{plain("Family: "), typed("👨‍👩‍👧‍👦🏴󠁧󠁢󠁥󠁮󠁧󠁿")},
		{plain("Nothing: "), typed("")},
		{plain("Link: "), {Kind: chat.Link, Text: "Open <PIM>", URL: secret.New("https://entra.microsoft.com/")}},
		{plain("No link: "), {Kind: chat.Link, Text: "Open", URL: secret.New("javascript:alert(1)")}},
		{plain("Never: "), {Kind: chat.Moment}},
	}}
	return all
}

func renderedJSON(t testing.TB, v chat.View) []byte {
	t.Helper()
	raw, err := json.Marshal(ephemeralMessage(v))
	if err != nil {
		t.Fatal(err)
	}
	return raw
}

func TestRender_golden(t *testing.T) {
	for name, v := range views() {
		t.Run(name, func(t *testing.T) {
			golden(t, name, ephemeralMessage(v))
			checkLimits(t, renderedJSON(t, v))
		})
	}
}

// golden compares with testdata/render. What kind of document it is says the
// first word of its name (test/clients/README.md).
func golden(t *testing.T, name string, v any) {
	t.Helper()
	var got bytes.Buffer
	enc := json.NewEncoder(&got)
	enc.SetEscapeHTML(false)
	enc.SetIndent("", "  ")
	if err := enc.Encode(v); err != nil {
		t.Fatal(err)
	}
	file := filepath.Join("testdata", "render", name+".json")
	if *update {
		if err := os.WriteFile(file, got.Bytes(), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(string(want), got.String()); diff != "" {
		t.Errorf("rendered (-want +got):\n%s", diff)
	}
}

func TestRender_stays_within_a_message(t *testing.T) {
	long := strings.Repeat("é<&>@everyone 👩‍💻 ", 400)
	status := chat.StatusCard{Headline: chat.Say(long), Foot: chat.Say("the foot")}
	card := chat.Card{Kind: chat.RequestCard, ID: elevation, Headline: chat.Line{typed(long)}, Command: long, Foot: chat.Line{typed(long)}}
	help := chat.HelpCard{Foot: chat.Say("the foot")}
	for i := range 120 {
		card.Actions = append(card.Actions, chat.Action{Kind: chat.ActionChoose, ID: elevation, Value: fmt.Sprint(i), Label: long, Spoken: long, Primary: true})
		card.Facts = append(card.Facts, chat.Fact{Label: "Reason", Value: chat.Line{typed(long)}})
		card.Body = append(card.Body, chat.Line{plain(long), {Kind: chat.Moment, At: nine}})
		status.Entries = append(status.Entries, chat.StatusEntry{Title: chat.Say("Reader"), Actions: []chat.Action{signIn()}})
		help.Topics = append(help.Topics, chat.HelpEntry{Usage: "/elevate", Summary: "x", Examples: []string{"y"}})
	}
	for name, v := range map[string]chat.View{"card": card, "status": status, "help": help} {
		t.Run(name, func(t *testing.T) { checkLimits(t, renderedJSON(t, v)) })
	}
	t.Run("says_how_many_are_left_out", func(t *testing.T) {
		raw := string(renderedJSON(t, status))
		if !strings.Contains(raw, "more\"") || !strings.Contains(raw, "the foot") {
			t.Errorf("no count or no foot:\n%.2000s", raw)
		}
	})
}

func TestRender_emphasises_one_button(t *testing.T) {
	c := chat.Card{ID: elevation, Headline: chat.Say("x"), Actions: []chat.Action{signIn(), signIn()}}
	if n := strings.Count(string(renderedJSON(t, c)), `"style":"primary"`); n != 1 {
		t.Errorf("%d primary buttons", n)
	}
}

func TestRender_leaves_out_what_slack_would_refuse(t *testing.T) {
	c := chat.Card{ID: elevation, Headline: chat.Say("x"), Actions: []chat.Action{
		{Kind: chat.ActionOpen, ID: elevation, Label: "no host", URL: secret.New("https://")},
		{Kind: chat.ActionOpen, ID: elevation, Label: "too long", URL: secret.New("https://x.example/" + strings.Repeat("a", maxButtonURL))},
		{Kind: chat.ActionChoose, ID: elevation, Label: "too much", Value: strings.Repeat("1", maxButtonValue)},
	}}
	c.Actions = append(c.Actions, []chat.Action{
		{Kind: "novelty", ID: elevation, Label: "unknown"},
		{Kind: chat.ActionStop, ID: elevation, Value: "1|2", Label: "a value that breaks its form"},
		{Kind: chat.ActionStop, ID: "h-1", Label: "an id that is none"},
		{Kind: chat.ActionSignIn, ID: elevation, Label: "a link to nowhere"},
		{Kind: chat.ActionStop, ID: elevation, URL: secret.New("https://x.example"), Label: "a link that should act"},
	}...)
	if raw := string(renderedJSON(t, c)); strings.Contains(raw, `"actions"`) {
		t.Errorf("rendered %s", raw)
	}
}

func TestRender_names_what_a_listed_button_is_for(t *testing.T) {
	raw := string(renderedJSON(t, views()["status_actions"]))
	raw += string(renderedJSON(t, views()["status_pending"]))
	for _, want := range []string{
		"Stop: User Administrator on AU *north*", "Withdraw: Reader", `Approve: Ann \u003cExample\u003e asks for User Administrator`,
	} {
		if !strings.Contains(raw, `"accessibility_label":"`+want+`"`) {
			t.Errorf("no %s in %s", want, raw)
		}
	}
}

func TestRender_lists_as_many_entries_as_fit(t *testing.T) {
	other := signIn()
	other.ID = "H-AAAAAAA"
	for _, foot := range []chat.Line{nil, chat.Say("the foot")} {
		s := chat.StatusCard{Headline: chat.Say("Your elevations"), Foot: foot}
		for range 30 {
			s.Entries = append(s.Entries, chat.StatusEntry{Title: chat.Say("Reader"), Actions: []chat.Action{signIn(), other}})
		}
		raw := renderedJSON(t, s)
		checkLimits(t, raw)
		if shown := strings.Count(string(raw), `"text":"Reader"`); shown != 15 || !strings.Contains(string(raw), `"and 15 more"`) {
			t.Errorf("%d entries shown in %.1000s", shown, raw)
		}
	}
}

func TestButton_round_trip(t *testing.T) {
	for name, v := range views() {
		var m struct {
			Blocks []struct {
				Type     string `json:"type"`
				BlockID  string `json:"block_id"`
				Elements []struct {
					ActionID string `json:"action_id"`
					Value    string `json:"value"`
					URL      string `json:"url"`
				} `json:"elements"`
			} `json:"blocks"`
		}
		if err := json.Unmarshal(renderedJSON(t, v), &m); err != nil {
			t.Fatal(err)
		}
		for _, b := range m.Blocks {
			if b.Type != "actions" {
				continue
			}
			for i, e := range b.Elements {
				p, link, ok := pressed(e.ActionID, b.BlockID, e.Value)
				if !ok || p.ID != elevation || link != (e.URL != "") {
					t.Errorf("%s: %+v in %q reads back as %+v, link %v, ok %v", name, e, b.BlockID, p, link, ok)
				}
				if p.Kind == chat.ActionChoose && p.Value != fmt.Sprint(i+1) {
					t.Errorf("%s: choice %d reads back as %q", name, i+1, p.Value)
				}
			}
		}
	}
}

func TestPressed_refuses_what_is_not_ours(t *testing.T) {
	for _, tt := range [][3]string{
		{"", "H-7K3F9QX", "H-7K3F9QX|1"},
		{"choose", "H-7K3F9QX", ""},
		{"choose", "H-7K3F9QX", "H-7K3F9QX"},
		{"choose", "H-7K3F9QX", "H-7K3F9QX|1|2"},
		{"choose", "H-7K3F9QX", "H-7K3F9QX|1|link|x"},
		{"choose", "H-7K3F9QX", "H-7K3F9QX|1|link"},
		{"choose", "H-7K3F9QX", "H-7K3F9QX|01"},
		{"choose", "H-7K3F9QX", "H-7K3F9QX|-1"},
		{"choose", "", "|1"},
		{"stop", "", "|"},
		{"again", "H-7K3F9QX", "H-7K3F9QX|8h"},
		{"form", "H-7K3F9QX", "H-7K3F9QX||link"},
		{"approve", "H-7K3F9QX", "H-7K3F9QX|"},
		{"sign-in", "H-7K3F9QX", "H-7K3F9QX|"},
		{"explode", "H-7K3F9QX", "H-7K3F9QX|"},
		{"choose", "H-7K3F9QX", "H-AAAAAAA|1"},
		{"choose", "", "H-7K3F9QX|1"},
		{"choose", "H-7K3F9QX#1", "H-7K3F9QX|1"},
		{"choose", "H-7K3F9QX#02", "H-7K3F9QX|1"},
		{"choose.1", "H-7K3F9QX", "H-7K3F9QX|1"},
		{"choose.x", "H-7K3F9QX", "H-7K3F9QX|1"},
		{"Choose", "H-7K3F9QX", "H-7K3F9QX|1"},
		{"choose", "h-7k3f9qx", "h-7k3f9qx|1"},
		{"choose", "../x", "../x|1"},
		{"a", "b", "click_me_123"},
	} {
		if p, _, ok := pressed(tt[0], tt[1], tt[2]); ok {
			t.Errorf("pressed(%q) = %+v", tt, p)
		}
	}
}
