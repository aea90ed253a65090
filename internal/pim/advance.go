package pim

import (
	"context"
	"errors"
	"time"
)

// step is what an elevation needs next.
type step int

const (
	rest      step = iota // nothing now
	resolve               // find the right and judge it
	runOut                // the state's time is over
	loseClaim             // the process that held the token is gone
	ask                   // who may approve is not known yet
	endExit               // a link for ending it is over
	warn                  // the end is near, or a reminder is due
	deliver               // a card is stale or a notice is owed
)

// nextStep looks only at the record. A step never calls another: each writes
// the record, and the dispatcher looks again.
func nextStep(e Elevation, now time.Time) step {
	over := e.State.Open() && !e.Deadline.IsZero() && !now.Before(e.Deadline)
	switch {
	case e.State == Submitting:
		if at := e.claimLostAt(); !now.Before(at) {
			return loseClaim
		}
	case over:
		return runOut
	case e.State == Requested && e.Work.ready(now):
		return resolve
	case e.State == AwaitingApproval && !e.AskedAll && e.Work.ready(now):
		return ask
	}
	if at, ok := e.Exit.endsAt(); ok && !now.Before(at) {
		return endExit
	}
	if at, ok := e.nextWarning(); ok && !now.Before(at) {
		return warn
	}
	if e.deliverable(now) {
		return deliver
	}
	return rest
}

// Advance brings an elevation as far as it goes without a person's token. It
// may be called at any time by anyone; a lease keeps replicas apart. What could
// not be done is due again later.
func (s *Service) Advance(ctx context.Context, id ID) {
	unlock, ok := s.locks.lock(ctx, id)
	if !ok {
		return
	}
	defer unlock()
	for range 50 { // far more steps than one elevation has
		ok, err := s.Store.Lease(ctx, s.Tenant, string(id), s.Holder, leaseFor)
		if err != nil || !ok {
			s.logUnlessEnded(ctx, "lease not taken", id, err)
			return
		}
		more, err := s.advance(ctx, id)
		if err != nil && !errors.Is(err, ErrNotFound) {
			s.logUnlessEnded(ctx, "elevation not advanced", id, err)
		}
		if !more {
			break
		}
	}
	if err := s.Store.Release(context.WithoutCancel(ctx), s.Tenant, string(id), s.Holder); err != nil {
		s.logUnlessEnded(ctx, "lease not released", id, err)
	}
}

// advance does one step and reports whether there may be another.
func (s *Service) advance(ctx context.Context, id ID) (more bool, err error) {
	e, err := s.Look(ctx, id)
	if err != nil {
		return false, err
	}
	switch nextStep(e, s.Clock.Now()) {
	case resolve:
		return true, s.resolve(ctx, e)
	case runOut:
		_, err = s.apply(ctx, id, DeadlinePassed{})
	case loseClaim:
		_, err = s.apply(ctx, id, ClaimLost{})
	case ask:
		return true, s.findApprovers(ctx, e)
	case endExit:
		_, err = s.apply(ctx, id, ExitEnded{})
	case warn:
		_, err = s.apply(ctx, id, Warned{})
	case deliver:
		return true, s.deliver(ctx, e)
	default:
		return false, nil
	}
	if _, ok := errors.AsType[*IllegalError](err); ok {
		return true, nil // someone else was faster
	}
	return err == nil, err
}

func (s *Service) logUnlessEnded(ctx context.Context, what string, id ID, err error) {
	if err != nil && ctx.Err() == nil {
		s.Log.WarnContext(ctx, "step not taken", "step", what, "elevation", id, "err", err)
	}
}
