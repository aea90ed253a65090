package chat

import (
	"errors"

	"hoist/internal/pim"
)

// This file holds the answers that need nothing but the line itself.

// BusyReply says that nothing is known to be accepted, with a reference that is
// in the log too.
func BusyReply(ref string) View {
	return Reply{Tone: Bad, Lines: []Line{Say(textBusy), {plain("Reference "), {Kind: Code, Text: ref}}}}
}

// StrangerReply is for people whose workspace is not the one that Hoist serves.
func StrangerReply() View { return Reply{Tone: Bad, Lines: []Line{Say(textStranger)}} }

// DeliveryRef is a short name for a delivery, for people and logs.
func DeliveryRef(delivery string) string {
	return "D-" + delivery[:min(8, len(delivery))]
}

func waiting(text string) Reply { return Reply{Tone: Waiting, Lines: []Line{Say(text)}} }

// misread is help that quotes the part that was not understood, and keeps what
// was.
func misread(err error) View {
	var bad *ParseError
	if !errors.As(err, &bad) {
		return helpCard()
	}
	h := HelpCard{NotUnderstood: bad.Part, Problem: Line{plain(textNotUnderstood + " "), typed(bad.Part)}, Foot: Say(bad.Hint)}
	if bad.Part == "" {
		h.Problem, h.Foot = Say(bad.Hint), nil
	}
	if l := askedLine(bad.Ask); len(l) > 0 {
		h.Understood = append(Line{plain(textUnderstood + " ")}, l...)
	}
	if topic, ok := HelpFor(bad.Verb); ok {
		h.Topics = []HelpEntry{topic}
	}
	return h
}

// notBuilt answers what this version understands and does not do. Who wants a
// role for longer can have that, so they are told how.
func notBuilt(cmd Command) View {
	if cmd.Verb != VerbExtend {
		return Reply{Lines: []Line{Say(textNotYet)}}
	}
	line := Line{{Kind: Code, Text: exampleLine}}
	if again := (Command{Verb: VerbElevate, Ask: cmd.Ask}).String(); cmd.Ask.Role != "" {
		line = Line{{Kind: Code, Text: "/elevate"}, plain(" "), typed(again)}
	}
	return Reply{Tone: Waiting, Lines: []Line{
		Say(textNoExtend), append(Line{plain(textExtendLater + " ")}, line...), Say(textExtendNow),
	}}
}

// incomplete asks for what every request needs, in a form where the platform has
// one, else in words that show what was understood. nil when nothing is missing.
func (b *Bot) incomplete(in Inbound, a pim.Ask) View {
	missing := ""
	switch {
	case a.Role == "":
		missing = textWhichRole
	case a.Duration == 0 && a.Until == nil:
		missing = textHowLong
	default:
		return nil
	}
	if b.Forms[in.Person.Platform] {
		return RequestForm{Ask: a, Missing: Say(missing)}
	}
	return inWords(Say(missing), a)
}

// inWords asks for the rest of a request in words.
func inWords(missing Line, a pim.Ask) Reply {
	r := Reply{Tone: Waiting, Lines: []Line{missing}}
	if l := askedLine(a); len(l) > 0 {
		r.Lines = append(r.Lines, append(Line{plain(textUnderstood + " ")}, l...))
	}
	r.Lines = append(r.Lines, Line{plain(textExample + " "), {Kind: Code, Text: exampleLine}})
	return r
}

// exampleLine is the product's own first example.
const exampleLine = "/elevate User Administrator 2h because rotating keys"

func helpCard() HelpCard { return HelpCard{Topics: Help(), Foot: Say(textHelpFoot)} }
