package adapterstest

import (
	"fmt"
	"time"

	"hoist/internal/chat"
	"hoist/internal/pim"
	"hoist/internal/secret"
)

const elevation = pim.ID("H-7K3F9QX")

// The canaries: whoever finds one in an error or a log has found a leak.
const (
	canary     = "canary-of-a-personal-link"
	signInURL  = "https://hoist.example/s/" + canary
	openPIMURL = "https://entra.microsoft.com/#view/Microsoft_Azure_PIMCommon/" + canary
)

var nine = time.Date(2026, 11, 23, 9, 0, 0, 0, time.UTC)

func plain(s string) chat.Span     { return chat.Span{Kind: chat.Plain, Text: s} }
func typed(s string) chat.Span     { return chat.Span{Kind: chat.Typed, Text: s} }
func code(s string) chat.Span      { return chat.Span{Kind: chat.Code, Text: s} }
func at(when time.Time) chat.Span  { return chat.Span{Kind: chat.Moment, At: when} }
func day(when time.Time) chat.Span { return chat.Span{Kind: chat.Moment, At: when, WithDate: true} }

func signIn() chat.Action {
	return chat.Action{
		Kind: chat.ActionSignIn, ID: elevation, URL: secret.New(signInURL), Label: "Sign in to continue", Primary: true,
		Spoken: "Sign in to continue this request at Microsoft Entra",
	}
}

func openPIM() chat.Action {
	return chat.Action{Kind: chat.ActionOpen, ID: elevation, URL: secret.New(openPIMURL), Label: "Open in PIM"}
}

func choose(n int, label string) chat.Action {
	return chat.Action{Kind: chat.ActionChoose, ID: elevation, Value: fmt.Sprint(n), Label: label}
}

// connect is a command to copy.
const connect = "Connect-MgGraph -TenantId 11111111-1111-1111-1111-111111111111 -ContextScope Process"

// card is a request with everything that one can have.
func card(headline string) chat.Card {
	return chat.Card{
		Kind: chat.RequestCard, ID: elevation, Tone: chat.Waiting, Headline: chat.Say(headline),
		Facts: []chat.Fact{
			{Label: "Role", Value: chat.Line{typed("User Administrator"), plain(" on "), typed("AU north")}},
			{Label: "Reason", Value: chat.Line{typed("rotating keys for INC-4711")}},
		},
		Body:    []chat.Line{chat.Say("PIM will ask an approver after that."), {plain("The link is "), {Kind: chat.Strong, Text: "yours"}, plain(" alone.")}},
		Command: connect,
		Actions: []chat.Action{openPIM(), choose(1, "Choose the first"), choose(2, "Choose the second")},
		Foot:    chat.Line{plain("Reference "), code(string(elevation))},
	}
}

// announcement is what a channel sees.
func announcement(headline string) chat.Card {
	return chat.Card{
		Kind: chat.Announcement, ID: elevation, Tone: chat.Good, Headline: chat.Line{typed("Ann Example"), plain(" " + headline)},
		Facts:   []chat.Fact{{Label: "Reason", Value: chat.Line{typed("rotating keys")}}},
		Actions: []chat.Action{openPIM()},
		Foot:    chat.Line{plain("Reference "), code(string(elevation))},
	}
}

func note(text string) chat.Note {
	return chat.Note{Tone: chat.Good, Line: chat.Say(text), Facts: []chat.Fact{{Label: "Reason at the start", Value: chat.Line{typed("rotating keys")}}}}
}

// status lists n elevations.
func status(n int) chat.StatusCard {
	s := chat.StatusCard{Headline: chat.Say("Your elevations"), Foot: chat.Say("The foot of the list")}
	for i := range n {
		s.Entries = append(s.Entries, chat.StatusEntry{
			Tone: chat.Good, Title: chat.Line{typed(fmt.Sprintf("Role <%02d>", i+1))},
			Detail:  chat.Line{plain("Active until "), at(nine), plain(" · "), code(string(elevation))},
			Actions: []chat.Action{signIn()},
		})
	}
	return s
}

func help() chat.HelpCard {
	return chat.HelpCard{
		Topics: []chat.HelpEntry{{
			Usage: "/elevate <role> <duration> because <why>", Summary: "Ask for a role.",
			Examples: []string{"/elevate User Administrator 2h because rotating keys"},
		}},
		Foot: chat.Say("Seen by you alone."),
	}
}

// notUnderstood is help for a line with a mistake in it.
func notUnderstood(part string) chat.HelpCard {
	h := help()
	h.NotUnderstood = part
	h.Problem = chat.Line{plain("I did not understand this part: "), typed(part)}
	h.Understood = chat.Line{plain("Understood so far: "), typed("User Administrator"), plain(" for 2 hours")}
	return h
}

// placed is a view and where it goes.
type placed struct {
	at pim.Place
	v  chat.View
}

var tones = map[string]chat.Tone{"neutral": chat.Neutral, "waiting": chat.Waiting, "good": chat.Good, "bad": chat.Bad}

// everything is each kind of view in each form.
func (f Fixture) everything() map[string]placed {
	all := map[string]placed{
		"status_of_0": {f.Direct, status(0)}, "status_of_1": {f.Direct, status(1)}, "status_of_60": {f.Direct, status(60)},
		"help": {f.Direct, help()}, "not_understood": {f.Direct, notUnderstood("2 fortnights")},
	}
	for name, tone := range tones {
		for form := range 4 {
			actions, command := form&1 > 0, form&2 > 0
			f.toned(all, fmt.Sprintf("_%s_actions_%t_command_%t", name, actions, command), tone, actions, command)
		}
	}
	return all
}

func (f Fixture) toned(all map[string]placed, suffix string, tone chat.Tone, actions, command bool) {
	request, public, told := card("Sign in to continue"), announcement("holds User Administrator"), note("Active.")
	request.Tone, public.Tone, told.Tone = tone, tone, tone
	told.Command, told.Actions = connect, []chat.Action{openPIM()}
	request.Actions = append(request.Actions, signIn())
	if !actions {
		request.Actions, public.Actions, told.Actions = nil, nil, nil
	}
	if !command {
		request.Command, told.Command = "", ""
	}
	all["request"+suffix], all["announcement"+suffix] = placed{f.Direct, request}, placed{f.Channel, public}
	all["note"+suffix] = placed{f.Channel, told}
	all["reply"+suffix] = placed{f.Direct, chat.Reply{Tone: tone, Lines: []chat.Line{chat.Say("Checking…"), {plain("Reference "), code(string(elevation))}}}}
}
