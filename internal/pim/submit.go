package pim

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"time"
)

// This file is the only one that sends an activation. It runs in the callback
// that received the person's token and nowhere else; see [Service.Return].

// submit does what the claim is for and then lets the dispatcher go on.
func (s *Service) submit(ctx context.Context, e Elevation, session Session) {
	s.cardsFirst(ctx, e.ID)
	if err := s.send(ctx, e, session); err != nil {
		s.Log.ErrorContext(ctx, "activation not settled", "elevation", e.ID, "err", err)
	}
	s.detached(workFor, func(ctx context.Context) { s.Advance(ctx, e.ID) })
}

// cardsFirst gives the cards a moment to stand before anything happens, so that
// a channel never learns of an activation only afterwards.
func (s *Service) cardsFirst(ctx context.Context, id ID) {
	done := make(chan struct{})
	s.detached(workFor, func(ctx context.Context) { s.Advance(ctx, id); close(done) })
	timer := time.NewTimer(cardFor)
	defer timer.Stop()
	select {
	case <-done:
	case <-timer.C:
	case <-ctx.Done():
	}
}

// send looks first where something may have been sent before, and then sends
// once.
func (s *Service) send(ctx context.Context, e Elevation, session Session) error {
	if e.SignIn.LookFirst {
		if e.SignIn.LookOnly {
			defer s.goOn(ctx, e)
		}
		found, err := s.lookTwice(ctx, e, session)
		if err != nil {
			return s.settle(ctx, e.ID, Unanswered{}, err)
		}
		if found != nil {
			return s.settle(ctx, e.ID, Observed{Activation: *found}, nil)
		}
		if e.SignIn.LookOnly {
			return s.settle(ctx, e.ID, NotInPIM{}, nil)
		}
	}
	for {
		now, err := s.Look(ctx, e.ID)
		if err != nil {
			return s.settle(ctx, e.ID, Rejected{Refusal{Kind: KindStoreDown}}, err)
		}
		left := now.Until.Sub(s.Clock.Now())
		if now.State != Submitting || now.SignIn.Attempt != e.SignIn.Attempt || left <= 0 {
			return fmt.Errorf("claim is gone: state %s, %s left", now.State, left)
		}
		again, err := s.sendOnce(ctx, now, session, left)
		if !again {
			return err
		}
	}
}

// goOn lets requests go on at once that wait for the look at e that is over now.
// They would be tried again anyhow, but perhaps minutes later.
func (s *Service) goOn(ctx context.Context, e Elevation) {
	all, err := s.Store.OfPerson(ctx, s.Tenant, e.Person, statusLimit)
	if err != nil {
		s.Log.WarnContext(ctx, "waiting requests not found", "elevation", e.ID, "err", err)
		return
	}
	for _, waits := range all {
		if waits.State != Requested {
			continue
		}
		_, err := s.change(ctx, waits.ID, "GoesOn", func(cur Elevation) (Elevation, error) {
			if cur.State == Requested {
				cur.Work = Retry{}
			}
			return cur, nil
		})
		if err == nil {
			s.detached(workFor, func(ctx context.Context) { s.Advance(ctx, waits.ID) })
		}
	}
}

// sendOnce makes the one POST and records what came of it. again is true when
// PIM certainly did not take it and asked for patience that the claim still
// has.
func (s *Service) sendOnce(ctx context.Context, e Elevation, session Session, left time.Duration) (again bool, err error) {
	if err := s.record(ctx, e, e.State, "Submit", ""); err != nil {
		return false, s.settle(ctx, e.ID, Rejected{Refusal{Kind: KindAuditDown}}, err)
	}
	post, cancel := context.WithTimeout(ctx, left)
	activation, err := s.Activations.Activate(post, session, orderOf(e, s.Clock.Now()))
	cancel()
	var said *Error
	if err != nil && !errors.As(err, &said) {
		said = &Error{Kind: KindUnanswered, Err: err}
	}
	s.recordAnswer(ctx, e, activation, said)
	switch {
	case said == nil:
		return false, s.settle(ctx, e.ID, Observed{Activation: activation}, nil)
	case said.Kind == KindThrottled && said.RetryAfter < left-time.Second:
		return s.wait(ctx, max(said.RetryAfter, time.Second)), nil
	case said.Kind == KindChallenge:
		return false, s.settle(ctx, e.ID, Challenged{Claims: said.Claims}, nil)
	case said.Kind == KindMFARequired:
		return false, s.settle(ctx, e.ID, Challenged{Claims: s.MFAClaims}, nil)
	case said.Kind == KindUnanswered:
		return false, s.unanswered(ctx, e, session, said)
	case said.Kind == KindAlreadyActive || said.Kind == KindAlreadyPending:
		return false, s.settle(ctx, e.ID, Rejected{s.startedElsewhere(ctx, e, said)}, nil)
	default:
		return false, s.settle(ctx, e.ID, Rejected{RefusalOf(said)}, nil)
	}
}

// unanswered looks twice for what may have been taken.
func (s *Service) unanswered(ctx context.Context, e Elevation, session Session, cause error) error {
	found, err := s.lookTwice(ctx, e, session)
	if found != nil {
		return s.settle(ctx, e.ID, Observed{Activation: *found}, nil)
	}
	return s.settle(ctx, e.ID, Unanswered{}, errors.Join(cause, err))
}

// lookTwice lists the person's own requests, and again two seconds later when
// nothing was found: a list may lag behind the request it should hold.
func (s *Service) lookTwice(ctx context.Context, e Elevation, session Session) (*Activation, error) {
	found, err := s.lookOnce(ctx, e, session)
	if found != nil || !s.wait(ctx, lookApart) {
		return found, err
	}
	again, err2 := s.lookOnce(ctx, e, session)
	if again != nil || err2 == nil {
		return again, nil
	}
	return nil, errors.Join(err, err2)
}

func (s *Service) lookOnce(ctx context.Context, e Elevation, session Session) (*Activation, error) {
	own, err := s.Activations.Own(ctx, session, e.Eligibility.Triple())
	if err != nil {
		return nil, fmt.Errorf("list own requests: %w", err)
	}
	earliest := e.Created.Add(-2 * time.Minute)
	i := slices.IndexFunc(own, func(a Activation) bool {
		return KnownStatus(a.Status) && !a.Submitted.Before(earliest)
	})
	if i < 0 {
		return nil, nil
	}
	return &own[i], nil
}

// startedElsewhere looks up what PIM says exists already. It is told to the
// person and never announced as ours.
func (s *Service) startedElsewhere(ctx context.Context, e Elevation, said *Error) Refusal {
	r := RefusalOf(said)
	snap, err := s.Directory.Assignments(ctx)
	if err != nil {
		return r
	}
	for _, a := range snap.Assignments {
		if a.Triple() == e.Eligibility.Triple() {
			r.Until = a.End
		}
	}
	return r
}

// settle records the outcome even when the claim's own time has just run out:
// what PIM said must not be lost.
func (s *Service) settle(ctx context.Context, id ID, ev Event, cause error) error {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), deliverFor)
	defer cancel()
	_, err := s.apply(ctx, id, ev)
	return errors.Join(cause, err)
}

func (s *Service) recordAnswer(ctx context.Context, e Elevation, a Activation, said *Error) {
	e.Activation = merge(e.Activation, a)
	detail := a.Status
	if said != nil {
		detail = string(said.Kind) + " " + said.Code
		e.Activation.CorrelationID = firstOf(said.RequestID, e.Activation.CorrelationID)
	}
	if err := s.record(context.WithoutCancel(ctx), e, e.State, "Answer", detail); err != nil {
		s.Log.ErrorContext(ctx, "audit record not written", "elevation", e.ID, "event", "Answer", "err", err)
	}
}

// wait sleeps on the injected clock; false when ctx ended first.
func (s *Service) wait(ctx context.Context, d time.Duration) bool {
	timer := s.Clock.NewTimer(d)
	defer timer.Stop()
	select {
	case <-timer.C():
		return true
	case <-ctx.Done():
		return false
	}
}

// orderOf is what PIM is asked for. The justification carries our reference, so
// that whoever reads PIM's own audit log finds the way back; the ticket stays
// the person's.
func orderOf(e Elevation, now time.Time) Order {
	return Order{
		Elevation: e.ID, Principal: e.Principal.PrincipalKey,
		Target: e.Eligibility.Target, Scope: e.Eligibility.Scope,
		Duration: e.Terms.lasting(now), Start: e.Terms.Start,
		Justification: justification(e), Ticket: e.Ask.Ticket,
	}
}

func justification(e Elevation) string {
	ref := fmt.Sprintf("(Hoist %s)", e.ID)
	if e.Ask.Justification == "" {
		return ref
	}
	return e.Ask.Justification + " " + ref
}
