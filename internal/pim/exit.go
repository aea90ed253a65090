package pim

import (
	"context"
	"errors"
	"fmt"
	"slices"
)

// This file ends what a person began: stop what is active, withdraw what waits.

// ExitResult says what became of the wish.
type ExitResult struct {
	Elevation Elevation
	// Withdrawn: nothing had been sent, and it ended at once.
	Withdrawn bool
	// SignIn: a sign-in link is on the person's card.
	SignIn bool
	// Wait: the outcome of what is being sent comes first.
	Wait bool
	// TooYoung: PIM lets nobody stop before [Elevation.StoppableAt]; a reminder
	// is set.
	TooYoung bool
}

// Stop begins ending an active role of the person's; Withdraw begins taking back
// what waits. Before anything was sent that happens at once, else it takes their
// sign-in. Errors are *[Error]: KindNotFound (no such elevation of theirs),
// KindMoved (nothing left to end), KindStoreDown.
func (s *Service) Stop(ctx context.Context, p Person, id ID) (ExitResult, error) {
	return s.exit(ctx, p, id, PurposeStop)
}

// Withdraw is described at [Service.Stop].
func (s *Service) Withdraw(ctx context.Context, p Person, id ID) (ExitResult, error) {
	return s.exit(ctx, p, id, PurposeCancel)
}

func (s *Service) exit(ctx context.Context, p Person, id ID, purpose Purpose) (ExitResult, error) {
	e, err := s.Mine(ctx, p, id)
	if err != nil {
		return ExitResult{}, err
	}
	r := ExitResult{Elevation: e}
	var ev Event = ExitAsked{Purpose: purpose}
	switch {
	case e.State == Active && purpose == PurposeCancel:
		return r, &Error{Kind: KindMoved, Message: string(e.State)}
	case e.State == Submitting:
		r.Wait = true
		return r, nil
	case e.State == Active && s.Clock.Now().Before(e.StoppableAt()):
		r.TooYoung, ev = true, ReminderAsked{}
	case !e.MaybeSent && (e.State == Requested || e.State == AwaitingChoice || e.State == AwaitingSignIn):
		r.Withdrawn, ev = true, Withdrawn{}
	case e.canExit(PurposeCancel):
		r.SignIn, ev = true, ExitAsked{Purpose: PurposeCancel}
	default:
		r.SignIn = true
	}
	if r.Elevation, err = s.apply(ctx, id, ev); err != nil {
		if moved(err) == nil {
			return r, &Error{Kind: KindMoved, Message: string(e.State)}
		}
		return r, &Error{Kind: KindStoreDown, Err: err}
	}
	s.detached(workFor, func(ctx context.Context) { s.Advance(ctx, id) })
	return r, nil
}

// NewLink retires the person's sign-in link and gives a new one on their card.
// Errors are those of [Service.Stop].
func (s *Service) NewLink(ctx context.Context, p Person, id ID) error {
	e, err := s.Mine(ctx, p, id)
	if err != nil {
		return err
	}
	var ev Event = LinkReplaced{}
	if e.Exit.open() && e.canExit(e.Exit.Purpose) {
		ev = ExitAsked{Purpose: e.Exit.Purpose}
	}
	if _, err := s.apply(ctx, id, ev); err != nil {
		return firstError(moved(err), &Error{Kind: KindMoved, Message: string(e.State)})
	}
	s.detached(workFor, func(ctx context.Context) { s.Advance(ctx, id) })
	return nil
}

// Mine returns an elevation of the person's own. KindNotFound covers other
// people's as well: nobody learns that they exist.
func (s *Service) Mine(ctx context.Context, p Person, id ID) (Elevation, error) {
	e, err := s.Look(ctx, id)
	switch {
	case errors.Is(err, ErrNotFound) || err == nil && e.Person != p:
		return Elevation{}, &Error{Kind: KindNotFound}
	case err != nil:
		return Elevation{}, &Error{Kind: KindStoreDown, Err: err}
	}
	return e, nil
}

// ReturnExit takes a completed sign-in that ends something. Errors are those of
// [Service.Return].
func (s *Service) ReturnExit(ctx context.Context, id ID, p Pass, browser string, session Session) error {
	e, err := s.Look(ctx, id)
	if err != nil {
		return err
	}
	if err := s.CheckPass(e, p, browser); err != nil {
		return err
	}
	if session.Principal.PrincipalKey != e.Principal.PrincipalKey {
		return &Error{Kind: KindWrongAccount}
	}
	if err := s.recordAs(ctx, e, session.Principal, string(p.Purpose), ""); err != nil {
		return &Error{Kind: KindAuditDown, Err: err}
	}
	claimed, err := s.apply(ctx, id, ExitClaimed{Attempt: p.Attempt, Until: s.Clock.Now().Add(SubmitFor)})
	if err != nil {
		return firstError(moved(err), &Error{Kind: KindLinkEnded})
	}
	s.detached(SubmitFor, func(ctx context.Context) {
		if err := s.leave(ctx, claimed, session); err != nil {
			s.Log.WarnContext(ctx, "end not settled", "elevation", id, "err", err)
		}
		s.detached(workFor, func(ctx context.Context) { s.Advance(ctx, id) })
	})
	return nil
}

// leave sends the deactivation or cancellation and records what PIM said.
// "Withdrawn" is said only once PIM shows it.
func (s *Service) leave(ctx context.Context, e Elevation, session Session) error {
	if e.Exit.Purpose == PurposeStop {
		a, err := s.Activations.Deactivate(ctx, session, orderOf(e, s.Clock.Now()))
		if err != nil {
			return s.notLeft(ctx, e, err)
		}
		ended := firstOf(a.Submitted, s.Clock.Now()) // PIM's own clock, where its answer has it
		return moved(s.settle(ctx, e.ID, Observed{Activation: Activation{Status: a.Status, Ended: ended}, By: session.Principal.Name}, nil))
	}
	if e.Activation.RequestID == "" {
		return s.notLeft(ctx, e, &Error{Kind: KindBadRequest, Message: "the request's id is not known"})
	}
	if err := s.Activations.Cancel(ctx, session, e.Activation.RequestID); err != nil {
		return s.notLeft(ctx, e, err)
	}
	own, err := s.Activations.Own(ctx, session, e.Eligibility.Triple())
	if err != nil {
		return s.notLeft(ctx, e, &Error{Kind: KindUnanswered, Err: err})
	}
	i := slices.IndexFunc(own, func(a Activation) bool { return a.RequestID == e.Activation.RequestID })
	if i < 0 || standingOf(own[i].Status) != canceled {
		return s.notLeft(ctx, e, &Error{Kind: KindUnanswered, Message: "PIM does not show it yet"})
	}
	return moved(s.settle(ctx, e.ID, Observed{Activation: own[i], By: session.Principal.Name}, nil))
}

func (s *Service) notLeft(ctx context.Context, e Elevation, cause error) error {
	err := moved(s.settle(ctx, e.ID, ExitRefused{Kind: KindOf(cause)}, nil))
	return errors.Join(fmt.Errorf("%s: %w", e.Exit.Purpose, cause), err)
}
