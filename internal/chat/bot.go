package chat

import (
	"context"
	"fmt"
	"log/slog"
	"strconv"
	"sync"
	"time"

	"hoist/internal/drain"
	"hoist/internal/pim"
)

// Elevations are the verbs of [pim.Service] that a chat needs.
type Elevations interface {
	Requests
	Ends
	Lists
	Accounts
}

// Requests begin something.
type Requests interface {
	Elevate(ctx context.Context, p pim.Person, delivery string, ask pim.Ask) (pim.Admitted, error)
	Again(ctx context.Context, p pim.Person, delivery string, id pim.ID) (pim.Admitted, error)
	Admit(ctx context.Context, p pim.Person, delivery string) (pim.Admitted, error)
	Choose(ctx context.Context, p pim.Person, delivery string, id pim.ID, n int) error
}

// Ends end something, or give another link for it.
type Ends interface {
	Stop(ctx context.Context, p pim.Person, id pim.ID) (pim.ExitResult, error)
	Withdraw(ctx context.Context, p pim.Person, id pim.ID) (pim.ExitResult, error)
	NewLink(ctx context.Context, p pim.Person, id pim.ID) error
}

// Lists tell.
type Lists interface {
	Mine(ctx context.Context, p pim.Person, id pim.ID) (pim.Elevation, error)
	Status(ctx context.Context, p pim.Person) (pim.Status, error)
	Roles(ctx context.Context, p pim.Person) ([]pim.Role, error)
	Meant(ctx context.Context, p pim.Person, ask pim.Ask) (pim.Role, bool, error)
	Pending(ctx context.Context, p pim.Person) ([]pim.Elevation, error)
	Deciding(ctx context.Context, p pim.Person, id pim.ID) (pim.Elevation, error)
}

// Accounts are about which Entra accounts a person has.
type Accounts interface {
	Whoami(ctx context.Context, p pim.Person) ([]pim.Principal, error)
	Link(ctx context.Context, p pim.Person, delivery string) (pim.Admitted, error)
	Unlink(ctx context.Context, p pim.Person) error
}

// Bot answers what people type and press. Every answer to a typed line is made
// within one round trip to the store and no call to Microsoft; what takes longer
// comes as a message later.
type Bot struct {
	Elevations Elevations
	Announcer  *Announcer
	// Forms names the platforms that can show a [RequestForm].
	Forms map[string]bool
	// Courier takes the answers that come later to the person; Close ends its
	// waits.
	Courier *Courier
	Log     *slog.Logger

	work sync.WaitGroup
}

const (
	// answerFor bounds working out an answer that comes later.
	answerFor = 30 * time.Second
	// tellFor bounds one try to post it.
	tellFor = 10 * time.Second
)

// Close waits for answers that are still being worked out or on their way, until
// ctx ends. Those that wait for a platform to come back are given up.
func (b *Bot) Close(ctx context.Context) error {
	b.Courier.Quit()
	if err := drain.Wait(ctx, &b.work); err != nil {
		return fmt.Errorf("chat: answers were still going out at shutdown: %w", err)
	}
	return nil
}

// Command answers a typed line.
func (b *Bot) Command(ctx context.Context, in Inbound) View {
	cmd, err := Parse(in.Text)
	if !cmd.Verb.Built() {
		return b.admit(ctx, in, notBuilt(cmd), nil) // how it is typed matters to nobody yet
	}
	if err != nil {
		return b.admit(ctx, in, misread(err), nil)
	}
	switch cmd.Verb {
	case VerbElevate:
		if missing := b.incomplete(in, cmd.Ask); missing != nil {
			return b.admit(ctx, in, missing, nil)
		}
		return b.elevate(ctx, in, cmd.Ask)
	case VerbHelp:
		return b.admit(ctx, in, helpCard(), nil)
	case VerbLink:
		return b.link(ctx, in)
	default:
		return b.admit(ctx, in, waiting(textLooking), func(ctx context.Context, in Inbound) { b.look(ctx, in, cmd) })
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

// link begins linking an account; the card has the link for it.
func (b *Bot) link(ctx context.Context, in Inbound) View {
	got, err := b.Elevations.Link(ctx, in.Person, in.Delivery)
	if refusal := b.notAdmitted(ctx, in, got, err); refusal != nil {
		return refusal
	}
	return waiting(textLinking)
}

// admit takes a command that needs no record through the door and answers it.
// then runs after the answer, but not for a repeat.
func (b *Bot) admit(ctx context.Context, in Inbound, answer View, then func(context.Context, Inbound)) View {
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
	return answer
}

// notAdmitted is what the door's "no" reads like, nil when it let the command
// in.
func (b *Bot) notAdmitted(ctx context.Context, in Inbound, got pim.Admitted, err error) View {
	if err != nil {
		return b.broken(ctx, in, err)
	}
	if got.Wait > 0 {
		return Reply{Tone: Bad, Lines: []Line{Say(textSlowDown)}}
	}
	return nil
}

// broken tells what cannot be explained by a kind, with a reference that is in
// the log.
func (b *Bot) broken(ctx context.Context, in Inbound, err error) View {
	ref := DeliveryRef(in.Delivery)
	b.Log.ErrorContext(ctx, "command not accepted", "ref", ref, "person", in.Person.Key(), "err", err)
	return BusyReply(ref)
}

// Press answers a button. nil means that the card says it all.
func (b *Bot) Press(ctx context.Context, in Inbound) View {
	id := in.Pressed.ID
	switch in.Pressed.Kind {
	case ActionChoose:
		n, err := strconv.Atoi(in.Pressed.Value)
		if err != nil {
			n = 0
		}
		return b.refusedPress(ctx, in, b.Elevations.Choose(ctx, in.Person, in.Delivery, id, n), textChoiceGone)
	case ActionAgain:
		got, err := b.Elevations.Again(ctx, in.Person, in.Delivery, id)
		if v := b.refusedPress(ctx, in, err, textNotYours); v != nil {
			return v
		}
		return b.notAdmitted(ctx, in, got, nil)
	case ActionForm:
		return b.form(ctx, in)
	case ActionStop, ActionWithdraw, ActionNewLink:
		return b.admit(ctx, in, nil, b.pressedExit)
	default:
		return nil // links open by themselves
	}
}

// refusedPress explains why a press came to nothing, nil when it did not.
func (b *Bot) refusedPress(ctx context.Context, in Inbound, err error, gone string) View {
	switch pim.KindOf(err) {
	case "":
		return nil
	case pim.KindLinkEnded, pim.KindMoved:
		return Reply{Lines: []Line{Say(gone)}}
	case pim.KindNotFound:
		return Reply{Tone: Bad, Lines: []Line{Say(textNotYours)}}
	default:
		return b.broken(ctx, in, err)
	}
}

// tell posts to a person's direct messages. Its time is its own, whatever was
// left of that for working the answer out. about is what the log knows it by: the
// reference of what is answered.
func (b *Bot) tell(ctx context.Context, about string, kind pim.PlaceKind, who pim.Person, v View) {
	at := placeOf(kind, who)
	p, err := b.Announcer.platform(at)
	if err == nil {
		err = b.Courier.Deliver(context.WithoutCancel(ctx), AnyTries, func(ctx context.Context) error {
			ctx, cancel := context.WithTimeout(ctx, tellFor)
			defer cancel()
			_, err := p.Post(ctx, at, "", v)
			return err
		})
	}
	if err != nil {
		b.Log.WarnContext(ctx, "person not told", "ref", about, "person", who.Key(), "err", err)
	}
}

// TellLinked tells a person that an account is now theirs here, and everyone
// else who has it that somebody more does. about is the elevation that led to it,
// for the log. It implements the hook of the sign-in pages, and does not block.
func (b *Bot) TellLinked(ctx context.Context, about pim.ID, who pim.Person, account pim.Principal, others []pim.Person) {
	told := func(p pim.Person, n Note) {
		b.work.Go(func() { b.tell(ctx, string(about), pim.Requester, p, n) })
	}
	told(who, Note{Tone: Good, Line: Line{plain(textLinked + " "), typed(account.UPN), plain(". " + textLinkedNotYou)}})
	for _, o := range others {
		told(o, Note{Tone: Bad, Line: Line{plain(textLinkedElsewhere + " "), typed(account.UPN), plain(". " + textLinkedNotYou)}})
	}
}
