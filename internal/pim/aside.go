package pim

import (
	"slices"
	"time"
)

// This file holds the events that assign no state: what happens beside the
// straight line while an elevation stays where it is.

const (
	// warnBefore is how long before the end the person is warned; an activation
	// that is hardly longer is not.
	warnBefore   = 10 * time.Minute
	warnAtLeast  = 20 * time.Minute
	exitLinkFor  = 10 * time.Minute
	stoppableFor = MinimumDuration // PIM refuses to end an activation earlier
)

// aside applies an event that changes no state.
func (e *Elevation) aside(ev Event, now time.Time, illegal error) error {
	switch ev := ev.(type) {
	case ApproversFound:
		if e.State != AwaitingApproval {
			return illegal
		}
		e.Asked, e.AskedAll = ev.Asked, true
		e.showTo(ev.Places)
		e.Work = Retry{}

	case DecisionIntended:
		if e.State != AwaitingApproval {
			return illegal
		}
		e.dropIntent(ev.Intent.Person)
		e.Intents = append(e.Intents, ev.Intent)

	case DecisionDropped:
		e.dropIntent(ev.Person)

	case ExitAsked:
		if !e.canExit(ev.Purpose) {
			return illegal
		}
		e.Exit = Exit{Purpose: ev.Purpose, Attempt: e.Exit.Attempt + 1, Deadline: now.Add(exitLinkFor)}

	case ExitOpened:
		if !e.Exit.open() || !e.canExit(e.Exit.Purpose) {
			return illegal
		}
		e.Exit.Browser = ev.Browser
		if !e.Exit.Renewed {
			e.Exit.Renewed = true
			e.Exit.Deadline = now.Add(exitLinkFor)
		}

	case ExitClaimed:
		if !e.Exit.open() || e.Exit.Attempt != ev.Attempt || !e.canExit(e.Exit.Purpose) || now.Before(e.Exit.Until) {
			return illegal
		}
		e.Exit.Until = ev.Until

	case ExitRefused:
		if !e.Exit.open() {
			return illegal
		}
		e.Exit = Exit{Purpose: e.Exit.Purpose, Attempt: e.Exit.Attempt, Refused: ev.Kind}

	case ExitEnded:
		at, ok := e.Exit.endsAt()
		if !ok || now.Before(at) {
			return illegal
		}
		ended := Exit{Purpose: e.Exit.Purpose, Attempt: e.Exit.Attempt}
		if !e.Exit.Until.IsZero() {
			ended.Refused = KindUnanswered
		}
		e.Exit = ended

	case ReminderAsked:
		if e.State != Active {
			return illegal
		}
		e.Remind = e.StoppableAt()

	case Warned:
		if e.State != Active {
			return illegal
		}
		if at, ok := e.warnAt(); ok && !now.Before(at) {
			e.owe(OccasionEnding, now)
		}
		if !e.Remind.IsZero() && !now.Before(e.Remind) {
			e.Remind = time.Time{}
			e.owe(OccasionStoppable, now)
		}

	default:
		return illegal
	}
	return nil
}

// endsAt is when a way out is over by the clock, false when none is open.
func (x Exit) endsAt() (time.Time, bool) {
	if !x.Until.IsZero() {
		return x.Until, true
	}
	return x.Deadline, x.open()
}

// canExit reports whether a way out makes sense in the state.
func (e Elevation) canExit(p Purpose) bool {
	switch p {
	case PurposeStop:
		return e.State == Active
	case PurposeCancel:
		return e.State == AwaitingApproval || e.State == Scheduled || e.State == Provisioning
	default:
		return false
	}
}

// StoppableAt is when PIM first lets an activation be ended.
func (e Elevation) StoppableAt() time.Time { return e.Activation.Start.Add(stoppableFor) }

// warnAt is when the end is near, and whether it is worth a warning and has not
// been told.
func (e Elevation) warnAt() (time.Time, bool) {
	a := e.Activation
	if e.State != Active || a.End.Sub(a.Start) < warnAtLeast || slices.Contains(e.Told, OccasionEnding) {
		return time.Time{}, false
	}
	return a.End.Add(-warnBefore), true
}

// nextWarning is when [Warned] next has something to tell.
func (e Elevation) nextWarning() (time.Time, bool) {
	at, ok := e.warnAt()
	if e.State == Active && !e.Remind.IsZero() && (!ok || e.Remind.Before(at)) {
		return e.Remind, true
	}
	return at, ok
}

func (e *Elevation) dropIntent(p Person) {
	e.Intents = slices.DeleteFunc(e.Intents, func(i Intent) bool { return i.Person == p })
}

// Passes are the sign-ins for which a link may be out. A link for anything else
// has ended.
func (e Elevation) Passes() []Pass {
	var all []Pass
	if e.SignIn.Attempt > 0 {
		all = append(all, Pass{e.SignIn.Purpose, e.Person, e.SignIn.Attempt})
	}
	if e.Exit.Purpose != "" {
		all = append(all, Pass{e.Exit.Purpose, e.Person, e.Exit.Attempt})
	}
	for _, p := range e.Posts {
		if p.Place.Kind == Decider {
			who := p.Place.person()
			all = append(all, Pass{PurposeApprove, who, 1}, Pass{PurposeDeny, who, 1})
		}
	}
	return all
}

// person is whose direct message a place is.
func (p Place) person() Person {
	return Person{Platform: p.Platform, Workspace: p.Workspace, User: p.Address}
}

// direct is a person's direct message.
func direct(k PlaceKind, p Person) Place {
	return Place{Kind: k, Platform: p.Platform, Workspace: p.Workspace, Address: p.User}
}
