package console

import (
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

const elevation = pim.ID("H-7K3F9QX")

func plain(s string) chat.Span         { return chat.Span{Kind: chat.Plain, Text: s} }
func typed(s string) chat.Span         { return chat.Span{Kind: chat.Typed, Text: s} }
func code(s string) chat.Span          { return chat.Span{Kind: chat.Code, Text: s} }
func clockTime(t time.Time) chat.Span  { return chat.Span{Kind: chat.Moment, At: t} }
func dayAndTime(t time.Time) chat.Span { return chat.Span{Kind: chat.Moment, At: t, WithDate: true} }

func signIn() chat.Action {
	return chat.Action{Kind: chat.ActionSignIn, ID: elevation, Label: "Sign in to continue", Primary: true, URL: secret.New("https://hoist.example/s/canary")}
}

func openPIM() chat.Action {
	return chat.Action{Kind: chat.ActionOpen, ID: elevation, Label: "Open in PIM", URL: secret.New(chat.DefaultPIMURL)}
}

func choose(n int, label string) chat.Action {
	return chat.Action{Kind: chat.ActionChoose, ID: elevation, Value: fmt.Sprint(n), Label: label}
}

func request() chat.Card {
	return chat.Card{
		Kind: chat.RequestCard, ID: elevation, Tone: chat.Waiting, Headline: chat.Say("Sign in to continue"),
		Facts: []chat.Fact{
			{Label: "Role", Value: chat.Line{typed("User Administrator"), plain(" on "), typed("AU *north*")}},
			{Label: "Start", Value: chat.Line{dayAndTime(nine.Add(26 * time.Hour))}},
			{Label: "Reason", Value: chat.Line{typed("rotating the keys of the payment service before the certificate ends on Friday, see INC-4711 and @everyone")}},
		},
		Body:    []chat.Line{chat.Say("PIM will ask an approver after that."), {plain("The link works until "), clockTime(nine.Add(10 * time.Minute)), plain(". It is "), {Kind: chat.Strong, Text: "yours"}, plain(" alone.")}},
		Actions: []chat.Action{signIn(), openPIM()},
		Foot:    chat.Line{plain("Reference "), code(string(elevation))},
	}
}

func announcement(says string) chat.Card {
	return chat.Card{
		Kind: chat.Announcement, ID: elevation, Tone: chat.Good,
		Headline: chat.Line{typed("Ada Lindqvist"), plain(" " + says + " "), typed("User Administrator"), plain(" until "), clockTime(nine.Add(2 * time.Hour))},
		Facts:    []chat.Fact{{Label: "Reason", Value: chat.Line{typed("rotating keys")}}},
		Foot:     chat.Line{plain("Reference "), code(string(elevation))},
	}
}

func views() map[string]chat.View {
	topics := []chat.HelpEntry{{Usage: "/elevate <role> <duration> because <why>", Summary: "Ask for a role.", Examples: []string{"/elevate User Administrator 2h because rotating keys"}}}
	choice := chat.Card{Kind: chat.RequestCard, ID: elevation, Tone: chat.Waiting, Headline: chat.Say("Which one do you mean?")}
	for i, label := range []string{"User Administrator", "User Administrator on AU north", "用户管理员 " + strings.Repeat("unit of units ", 12)} {
		choice.Actions = append(choice.Actions, choose(i+1, label))
	}
	all := map[string]chat.View{
		"request": request(), "choice": choice, "announcement": announcement("holds"),
		"reply": chat.Reply{Tone: chat.Waiting, Lines: []chat.Line{chat.Say("Checking…"), {plain("Reference "), code(string(elevation))}}},
		"note": chat.Note{
			Tone: chat.Good, Line: chat.Line{typed("User Administrator"), plain(" is active until "), clockTime(nine.Add(2 * time.Hour)), plain(". Sign in again to tools that are open.")},
			Facts:   []chat.Fact{{Label: "Reason at the start", Value: chat.Line{typed("rotating keys")}}},
			Command: "Connect-MgGraph -TenantId 11111111-1111-1111-1111-111111111111 -ClientId 22222222-2222-2222-2222-222222222222",
			Actions: []chat.Action{openPIM()},
		},
		"status": chat.StatusCard{
			Headline: chat.Say("Your elevations"), Foot: chat.Line{plain("As of "), clockTime(nine)},
			Entries: []chat.StatusEntry{
				{Tone: chat.Good, Title: chat.Line{typed("User Administrator")}, Detail: chat.Line{plain("Active until "), clockTime(nine), plain(" · 2 h left · "), code(string(elevation))}},
				{Tone: chat.Waiting, Title: chat.Line{typed("Reader")}, Detail: chat.Say("Sign in to continue"), Actions: []chat.Action{signIn()}},
				{Tone: chat.Bad, Title: chat.Line{typed("Owner")}},
			},
		},
		"help": chat.HelpCard{Topics: topics, Foot: chat.Say("Seen by you alone.")},
		"not_understood": chat.HelpCard{
			NotUnderstood: "2 fortnights", Topics: topics,
			Problem:    chat.Line{plain("I did not understand this part: "), typed("2 fortnights")},
			Understood: chat.Line{plain("Understood: "), typed("User Administrator")},
		},
	}
	all["hostile"] = hostile()
	return all
}

// hostile is what a terminal must not be given as it is.
func hostile() chat.View {
	r := chat.Reply{Tone: chat.Bad}
	for _, text := range []string{
		"\x1b[2J\x1b]8;;https://evil.example\x07click\x1b]8;;\x07\x1b]0;title\x07\x1b[31mred", "\u009b31mC1\u009d0;x\u009c",
		"one\nmessage 9 · 10:00 CET\r\n  [1] Sign in → https://evil.example", "abc\u202egpj.exe", "\u2066isolate", "שלום", "a\u200bb\ufeffc\u00add",
		"\x00\x08\x7f", "a\xff\xfeb", "a" + strings.Repeat("\u0301", 40) + "b", "\u0336struck", "🏴󠁧󠁢󠁥󠁮󠁧󠁿 and a󠁧󠁢hidden", "👨‍👩‍👧‍👦" + strings.Repeat("👨‍👩‍👧‍👦", 200),
		strings.Repeat("nospaces", 30), strings.Repeat("密钥轮换", 30),
	} {
		r.Lines = append(r.Lines, chat.Line{plain("Reason: "), typed(text), plain(" until 16:05")})
	}
	return r
}

func golden(t *testing.T, name, got string) {
	t.Helper()
	file := filepath.Join("testdata", name+".txt")
	if *update {
		if err := os.WriteFile(file, []byte(got), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(string(want), got); diff != "" {
		t.Errorf("printed (-want +got):\n%s", diff)
	}
}

func TestRender_golden(t *testing.T) {
	for name, v := range views() {
		t.Run(name, func(t *testing.T) {
			r := newRoom(t, nil)
			if _, err := r.Post(t.Context(), toAda, "", v); err != nil {
				t.Fatal(err)
			}
			golden(t, name, r.screen.text())
		})
	}
	t.Run("request_in_colour", func(t *testing.T) {
		r := newRoom(t, func(c *Config) { c.Colour = true })
		if _, err := r.Post(t.Context(), toAda, "", request()); err != nil {
			t.Fatal(err)
		}
		golden(t, "request_in_colour", strings.ReplaceAll(r.screen.text(), "\x1b", "␛"))
	})
	t.Run("request_on_a_narrow_screen", func(t *testing.T) {
		r := newRoom(t, func(c *Config) { c.Width = 32 })
		if _, err := r.Post(t.Context(), toAda, "", request()); err != nil {
			t.Fatal(err)
		}
		golden(t, "request_on_a_narrow_screen", r.screen.text())
	})
}

func TestRender_colours_nothing_unless_told(t *testing.T) {
	for name, v := range views() {
		r := newRoom(t, nil)
		if _, err := r.Post(t.Context(), toAda, "", v); err != nil {
			t.Fatal(err)
		}
		if strings.Contains(r.screen.text(), "\x1b") {
			t.Errorf("%s: an escape sequence is on the screen", name)
		}
	}
}
