package chat

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"strconv"
	"sync"
	"time"

	"hoist/internal/pim"
)

// Elevations are the verbs of [pim.Service] that a chat needs.
type Elevations interface {
	Elevate(ctx context.Context, p pim.Person, delivery string, ask pim.Ask) (pim.Admitted, error)
	Admit(ctx context.Context, p pim.Person, delivery string) (pim.Admitted, error)
	Choose(ctx context.Context, p pim.Person, delivery string, id pim.ID, n int) error
	Status(ctx context.Context, p pim.Person) (pim.Status, error)
}

// Bot answers what people type and press. Every answer is made within one round
// trip to the store and no call to Microsoft; what takes longer is shown on a
// card later.
type Bot struct {
	Elevations Elevations
	Announcer  *Announcer
	Log        *slog.Logger

	work sync.WaitGroup
}

// answerFor bounds work that goes on after the answer.
const answerFor = 30 * time.Second

// Close waits for answers that are still being worked out, until ctx ends.
func (b *Bot) Close(ctx context.Context) error {
	done := make(chan struct{})
	go func() { b.work.Wait(); close(done) }()
	select {
	case <-done:
		return nil
	case <-ctx.Done():
		return fmt.Errorf("chat: answers were still going out at shutdown: %w", ctx.Err())
	}
}

// Command answers a typed line.
func (b *Bot) Command(ctx context.Context, in Inbound) View {
	cmd, err := Parse(in.Text)
	if err != nil {
		return b.admit(ctx, in, func() View { return misread(err) }, nil)
	}
	switch cmd.Verb {
	case VerbElevate:
		if missing := incomplete(cmd.Ask); missing != nil {
			return b.admit(ctx, in, func() View { return *missing }, nil)
		}
		return b.elevate(ctx, in, cmd.Ask)
	case VerbStatus:
		return b.admit(ctx, in, func() View { return checking(textLooking) }, b.sendStatus)
	case VerbHelp:
		return b.admit(ctx, in, func() View { return helpCard() }, nil)
	default:
		return b.admit(ctx, in, func() View { return Reply{Lines: []Line{Say(textNotYet)}} }, nil)
	}
}

// elevate records the request; the card in the direct messages does the rest.
func (b *Bot) elevate(ctx context.Context, in Inbound, ask pim.Ask) View {
	got, err := b.Elevations.Elevate(ctx, in.Person, in.Delivery, ask)
	if refusal := b.notAdmitted(ctx, in, got, err); refusal != nil {
		return refusal
	}
	return Reply{
		Tone:  Waiting,
		Lines: []Line{Say(textChecking), askedLine(ask), {plain("Reference "), {Kind: Code, Text: string(got.ID)}}},
	}
}

// admit takes a command that needs no record through the door and answers it.
// then runs after the answer, but not for a repeat.
func (b *Bot) admit(ctx context.Context, in Inbound, answer func() View, then func(context.Context, Inbound)) View {
	got, err := b.Elevations.Admit(ctx, in.Person, in.Delivery)
	if refusal := b.notAdmitted(ctx, in, got, err); refusal != nil {
		return refusal
	}
	if then != nil && !got.Repeat {
		b.work.Go(func() {
			ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), answerFor)
			defer cancel()
			then(ctx, in)
		})
	}
	return answer()
}

// notAdmitted is what the door's "no" reads like, nil when it let the command
// in.
func (b *Bot) notAdmitted(ctx context.Context, in Inbound, got pim.Admitted, err error) View {
	if err != nil {
		ref := DeliveryRef(in.Delivery)
		b.Log.ErrorContext(ctx, "command not accepted", "ref", ref, "person", in.Person.Key(), "err", err)
		return BusyReply(ref)
	}
	if got.Wait > 0 {
		return Reply{Tone: Bad, Lines: []Line{Say(textSlowDown)}}
	}
	return nil
}

// Press answers a button. nil means that the card says it all.
func (b *Bot) Press(ctx context.Context, in Inbound) View {
	if in.Pressed.Kind != ActionChoose {
		return nil // links open by themselves
	}
	n, err := strconv.Atoi(in.Pressed.Value)
	if err != nil {
		n = 0
	}
	switch err := b.Elevations.Choose(ctx, in.Person, in.Delivery, in.Pressed.ID, n); pim.KindOf(err) {
	case "":
		return nil
	case pim.KindLinkEnded:
		return Reply{Lines: []Line{Say(textChoiceGone)}}
	case pim.KindNotFound:
		return Reply{Tone: Bad, Lines: []Line{Say(textNotYours)}}
	default:
		return b.notAdmitted(ctx, in, pim.Admitted{}, err)
	}
}

// sendStatus posts the status card.
func (b *Bot) sendStatus(ctx context.Context, in Inbound) {
	st, err := b.Elevations.Status(ctx, in.Person)
	var v View = b.Announcer.statusCard(st, b.Announcer.Clock.Now())
	if err != nil {
		ref := DeliveryRef(in.Delivery)
		b.Log.ErrorContext(ctx, "status not read", "ref", ref, "person", in.Person.Key(), "err", err)
		v = BusyReply(ref)
	}
	b.tell(ctx, in.Person, v)
}

// BusyReply says that nothing was accepted, with a reference that is in the log
// too.
func BusyReply(ref string) View {
	return Reply{Tone: Bad, Lines: []Line{Say(textBusy), {plain("Reference "), {Kind: Code, Text: ref}}}}
}

// DeliveryRef is a short name for a delivery, for people and logs.
func DeliveryRef(delivery string) string {
	return "D-" + delivery[:min(8, len(delivery))]
}

func checking(text string) Reply { return Reply{Tone: Waiting, Lines: []Line{Say(text)}} }

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

// incomplete asks for what every request needs, and shows what was understood,
// so that nothing has to be typed anew from memory. nil when nothing is missing.
func incomplete(a pim.Ask) *Reply {
	missing := ""
	switch {
	case a.Role == "":
		missing = textWhichRole
	case a.Duration == 0 && a.Until == nil:
		missing = textHowLong
	default:
		return nil
	}
	r := Reply{Tone: Waiting, Lines: []Line{Say(missing)}}
	if l := askedLine(a); len(l) > 0 {
		r.Lines = append(r.Lines, append(Line{plain(textUnderstood + " ")}, l...))
	}
	r.Lines = append(r.Lines, Line{plain(textExample + " "), {Kind: Code, Text: exampleLine}})
	return &r
}

// exampleLine is the product's own first example.
const exampleLine = "/elevate User Administrator 2h because rotating keys"

func helpCard() HelpCard { return HelpCard{Topics: Help(), Foot: Say(textHelpFoot)} }

// StrangerReply is for people whose workspace is not the one that Hoist serves.
func StrangerReply() View { return Reply{Tone: Bad, Lines: []Line{Say(textStranger)}} }

// TellLinked tells a person that an account is now theirs here, and everyone
// else who has it that somebody more does. It implements the hook of the
// sign-in pages, and does not block.
func (b *Bot) TellLinked(ctx context.Context, who pim.Person, account pim.Principal, others []pim.Person) {
	b.work.Go(func() {
		ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), answerFor)
		defer cancel()
		b.tell(ctx, who, Note{Tone: Good, Line: Line{plain(textLinked + " "), typed(account.UPN), plain(". " + textLinkedNotYou)}})
		for _, o := range others {
			b.tell(ctx, o, Note{Tone: Bad, Line: Line{plain(textLinkedElsewhere + " "), typed(account.UPN), plain(". " + textLinkedNotYou)}})
		}
	})
}

// tell posts to a person's direct messages.
func (b *Bot) tell(ctx context.Context, who pim.Person, v View) {
	at := pim.Place{Kind: pim.Requester, Platform: who.Platform, Workspace: who.Workspace, Address: who.User}
	p, err := b.Announcer.platform(at)
	if err == nil {
		_, err = p.Post(ctx, at, "", v)
	}
	if err != nil {
		b.Log.WarnContext(ctx, "person not told", "person", who.Key(), "err", err)
	}
}
