package pim

import (
	"reflect"
	"slices"
	"time"
)

// How long a state may last before the clock ends it.
const (
	requestedFor      = 10 * time.Minute
	choiceFor         = 10 * time.Minute
	signInFor         = 10 * time.Minute
	approvalFor       = 24*time.Hour + 15*time.Minute // PIM's own 24 hours and a margin
	scheduledFor      = 10 * time.Minute              // after the start
	provisioningFor   = 15 * time.Minute
	watchFor          = 24 * time.Hour // Unresolved (plus the duration), Lapsed, and a confirmed absence after the end
	absenceApart      = 30 * time.Second
	listedAfterEndFor = 2 * time.Minute
)

// SubmitFor bounds a claim: the callback that holds a token acts within it.
const SubmitFor = 45 * time.Second

// Apply returns the elevation as it is after ev happened at now. It is the only
// code that assigns a state, and it is pure. An event that has no meaning in
// the state returns an [IllegalError] and changes nothing; a fact that is
// already known, or too old to count, returns the elevation unchanged.
//
// What people must be told goes to Owed in the same step, and View is raised
// when a card would show something else than before.
func (e Elevation) Apply(ev Event, now time.Time) (Elevation, error) {
	next := e.clone()
	if err := next.apply(ev, now); err != nil {
		return e, err
	}
	if !reflect.DeepEqual(e.visible(), next.visible()) {
		next.View++
	}
	return next, nil
}

// apply is the table of arrows: one case an event, happy path first.
func (e *Elevation) apply(ev Event, now time.Time) error {
	illegal := &IllegalError{State: e.State, Event: ev}
	switch ev := ev.(type) {
	case ChoiceNeeded:
		if e.State != Requested {
			return illegal
		}
		e.Options = ev.Options
		e.enter(AwaitingChoice, now, now.Add(choiceFor))

	case Chosen:
		if e.State != AwaitingChoice || !slices.Contains(e.Options, ev.Eligibility) {
			return illegal
		}
		e.Eligibility, e.Options = ev.Eligibility, nil
		e.enter(Requested, now, now.Add(requestedFor))

	case LinkNeeded:
		if e.State != Requested {
			return illegal
		}
		e.awaitSignIn(PurposeLink, now)

	case Linked:
		if e.State != AwaitingSignIn || e.SignIn.Purpose != PurposeLink {
			return illegal
		}
		if e.LinkOnly {
			e.end(Canceled, CauseLinked, now)
			return nil
		}
		e.enter(Requested, now, now.Add(requestedFor))

	case Resolved:
		if e.State != Requested {
			return illegal
		}
		e.Principal, e.Eligibility, e.Terms = ev.Principal, ev.Eligibility, ev.Terms
		e.awaitSignIn(PurposeActivate, now)

	case RefusedBy:
		if e.State != Requested && e.State != AwaitingChoice {
			return illegal
		}
		e.Refusals = ev.Refusals
		e.Options = nil
		e.enter(Refused, now, time.Time{})

	case SignInOpened:
		if e.State != AwaitingSignIn {
			return illegal
		}
		e.SignIn.Browser = ev.Browser
		if !e.SignIn.Renewed {
			e.SignIn.Renewed = true
			e.Deadline = now.Add(signInFor)
		}

	case LinkReplaced:
		if e.State != AwaitingSignIn {
			return illegal
		}
		e.SignIn.Attempt++
		e.SignIn.Browser, e.SignIn.Renewed = "", false
		e.Deadline = now.Add(signInFor)

	case Claimed:
		if e.State != AwaitingSignIn || e.SignIn.Purpose != PurposeActivate || e.SignIn.Attempt != ev.Attempt {
			return illegal
		}
		e.showTo(ev.Feeds)
		e.Until = ev.Until
		e.Sight.Missing = time.Time{}
		e.enter(Submitting, now, ev.Until)

	case Challenged:
		if e.State != Submitting {
			return illegal
		}
		if e.SignIn.Challenged {
			e.Refusals = []Refusal{{Kind: KindChallenge}}
			e.Cause = CauseStepUpLoop
			e.enter(Failed, now, time.Time{})
			return nil
		}
		e.SignIn.Challenged, e.SignIn.Claims, e.MaybeSent = true, ev.Claims, false
		e.enter(AwaitingSignIn, now, now.Add(signInFor))

	case Rejected:
		if e.State != Submitting {
			return illegal
		}
		e.MaybeSent = false
		e.Refusals = []Refusal{ev.Refusal}
		e.enter(Failed, now, time.Time{})

	case Unanswered:
		if e.State != Submitting {
			return illegal
		}
		e.unresolved(now)

	case ClaimLost:
		if e.State != Submitting || now.Before(e.Until) {
			return illegal
		}
		e.lookFirst(now)

	case Observed:
		return e.observed(ev, now, illegal)

	case Sighted:
		return e.sighted(ev, now, illegal)

	case Missed:
		return e.missed(ev, now, illegal)

	case Decided:
		switch e.State {
		case AwaitingApproval, Lapsed, Unresolved:
		case Provisioning, Active, Scheduled, Denied:
			e.Decision = ev.Decision
			return nil
		default:
			return illegal
		}
		e.Decision = ev.Decision
		if !ev.Decision.Approved {
			e.end(Denied, "", now)
			return nil
		}
		e.enter(Provisioning, now, now.Add(provisioningFor))

	case Withdrawn:
		if e.MaybeSent || (e.State != Requested && e.State != AwaitingChoice && e.State != AwaitingSignIn) {
			return illegal
		}
		e.Cause = CauseWithdrawn
		e.enter(Canceled, now, time.Time{})

	case Reopened:
		if e.State != Unresolved {
			return illegal
		}
		e.lookFirst(now)
		e.SignIn.LookOnly = true
		e.Told = slices.DeleteFunc(e.Told, func(o Occasion) bool { return o == OccasionLook }) // each time
		e.owe(OccasionLook, now)

	case NotInPIM:
		if e.State != Unresolved && (e.State != Submitting && e.State != AwaitingSignIn || !e.SignIn.LookFirst) {
			return illegal
		}
		e.MaybeSent = false
		e.end(Failed, CauseNotInPIM, now)

	case DeadlinePassed:
		return e.deadlinePassed(now, illegal)

	default:
		return e.aside(ev, now, illegal)
	}
	return nil
}

// observed follows PIM's own word. It may correct any state from which a
// request may have been sent; a state never goes back to an earlier stage of
// the same activation.
func (e *Elevation) observed(ev Observed, now time.Time, illegal error) error {
	switch e.State {
	case Requested, AwaitingChoice, Refused:
		return illegal
	case AwaitingSignIn, Canceled:
		if !e.MaybeSent && e.Activation.RequestID == "" {
			return illegal
		}
	default: // something was sent
	}
	was := standingOf(ev.Activation.Status)
	if !e.admits(was) {
		if e.State == EndedEarly && was == ended {
			e.Decision.By, e.Cause = firstOf(e.Decision.By, ev.By), CauseStopped
			e.Activation.Ended = firstOf(e.Activation.Ended, ev.Activation.Ended)
		}
		return nil
	}
	e.Activation = merge(e.Activation, ev.Activation)
	e.MaybeSent = false
	switch was {
	case inForce, granted, waiting, underway:
		e.forward(was, now)
	case ended:
		e.Decision.By = firstOf(e.Decision.By, ev.By)
		e.end(EndedEarly, CauseStopped, now)
	case refused:
		e.Decision = Decision{By: firstOf(ev.By, e.Decision.By), Reason: e.Decision.Reason, At: e.Decision.At}
		e.end(Denied, "", now)
	case canceled:
		e.end(Canceled, CauseElsewhere, now)
	case timedOut:
		e.end(Lapsed, CauseApproval, now)
	case dead:
		e.end(Failed, "", now)
	case unheardOf: // not admitted
	}
	return nil
}

// admits reports whether a status can tell the state anything. A request keeps
// the word "Provisioned" after its assignment has ended, and lists lag: what PIM
// has settled is unsettled by lists of assignments only.
func (e *Elevation) admits(was standing) bool {
	switch e.State {
	case Active, Denied, Failed, Canceled:
		return was == inForce || was == ended
	case Expired, EndedEarly:
		return false
	default:
		return was != unheardOf
	}
}

// forward moves along the stages of one activation, never back.
func (e *Elevation) forward(was standing, now time.Time) {
	a := e.Activation
	later := a.Start.After(now)
	switch {
	case was == waiting:
		if e.State == Provisioning {
			return
		}
		e.enter(AwaitingApproval, now, now.Add(approvalFor))
	case later && was != underway:
		e.enter(Scheduled, now, a.Start.Add(scheduledFor))
	case was == inForce && !a.End.IsZero():
		e.activate(now)
	case e.State == Active: // in force without an end: nothing new
	default:
		e.enter(Provisioning, now, now.Add(provisioningFor))
	}
}

// activate enters Active, or Expired when the end is already past.
func (e *Elevation) activate(now time.Time) {
	corrects := !e.State.Open() && e.State != Expired && e.State != EndedEarly
	if corrects {
		e.Corrected = true
	}
	e.Cause, e.Refusals = "", nil
	if !e.Activation.End.After(now) {
		e.end(Expired, "", now)
		return
	}
	if e.Activation.Start.IsZero() {
		e.Activation.Start = now
	}
	e.enter(Active, now, e.Activation.End)
	if corrects && len(e.Told) > 0 {
		e.owe(OccasionCorrected, now)
	}
	e.owe(OccasionStarted, e.Activation.Start)
}

// sighted takes in an instance from an app-only list.
func (e *Elevation) sighted(ev Sighted, now time.Time, illegal error) error {
	a := ev.Assignment
	switch e.State {
	case AwaitingSignIn, Submitting:
		if e.State == AwaitingSignIn && !e.MaybeSent {
			return illegal
		}
	case AwaitingApproval, Scheduled, Provisioning, Active, Unresolved, Lapsed, Expired, EndedEarly:
	default:
		return illegal
	}
	if e.Activation.ScheduleID != "" && a.ScheduleID != "" && a.ScheduleID != e.Activation.ScheduleID {
		return nil // another activation of the same right
	}
	if ev.Began.Before(e.Since) && !e.State.Open() {
		return nil // the list is older than what we know
	}
	if e.State == Expired || e.State == EndedEarly {
		e.sightedAfterEnd(a, ev.Began, now)
		return nil
	}
	e.MaybeSent = false
	e.Activation = merge(e.Activation, Activation{ScheduleID: a.ScheduleID, Start: a.Start, End: a.End})
	e.Sight = Sight{Seen: true}
	if e.State == Active {
		e.Deadline = e.Activation.End
		return nil
	}
	e.activate(now)
	return nil
}

// sightedAfterEnd is careful: lists lag. Only the second list, two minutes
// after the end and half a minute after the first, says anything.
func (e *Elevation) sightedAfterEnd(a Assignment, began, now time.Time) {
	end := e.Activation.End
	if e.State == EndedEarly {
		end = e.Since
	}
	if began.Before(end.Add(listedAfterEndFor)) || a.Start.After(e.Since) {
		return // it may lag, or is another activation of the same right
	}
	switch first := e.Sight.ListedAfterEnd; {
	case first.IsZero():
		e.Sight.ListedAfterEnd = began
	case began.Sub(first) < absenceApart:
	case a.End.After(now):
		e.Activation.End, e.Activation.Ended = a.End, time.Time{}
		e.Sight = Sight{Seen: true}
		e.Corrected = true
		e.Cause = ""
		e.enter(Active, now, a.End)
		e.owe(OccasionCorrected, now)
	default:
		e.Sight.StillListed = true
	}
}

// missed takes in that a complete list lacks the instance. It counts only after
// the instance was seen once, and then twice, half a minute apart. Before that it
// is a reason to ask the audit log.
func (e *Elevation) missed(ev Missed, now time.Time, illegal error) error {
	switch e.State {
	case Active:
		if ev.Began.Before(e.Since) || !ev.Began.Before(e.Activation.End) {
			return nil // too early to say, or its time is over, which the clock tells
		}
		if e.Sight.AbsentSince.IsZero() {
			e.Sight.AbsentSince = ev.Began
			return nil
		}
		if ev.Began.Sub(e.Sight.AbsentSince) < absenceApart {
			return nil
		}
		if !e.Sight.Seen {
			e.Sight.Unlisted = true
			return nil
		}
		e.end(EndedEarly, CauseUnknown, now)
	case Expired, EndedEarly:
		if ev.Began.After(e.Activation.End) || e.State == EndedEarly {
			e.Sight.Gone = true
			e.Sight.StillListed = false
		}
	case Submitting:
		if now.Before(e.Until) || ev.Began.Before(e.Until) {
			return nil
		}
		if e.Sight.Missing.IsZero() {
			e.Sight.Missing = ev.Began
			return nil
		}
		if ev.Began.Sub(e.Sight.Missing) >= absenceApart {
			e.lookFirst(now)
		}
	case AwaitingSignIn, AwaitingApproval, Scheduled, Provisioning, Unresolved, Lapsed:
		return nil // absence says nothing of what was never seen
	default:
		return illegal
	}
	return nil
}

// deadlinePassed is what the clock does to a state.
func (e *Elevation) deadlinePassed(now time.Time, illegal error) error {
	if !e.State.Open() || e.Deadline.IsZero() || now.Before(e.Deadline) {
		return illegal
	}
	switch e.State {
	case Requested:
		e.Cause = CauseUnreachable
		e.enter(Lapsed, now, time.Time{})
	case AwaitingChoice:
		e.Cause = CauseChoice
		e.Options = nil
		e.enter(Lapsed, now, time.Time{})
	case AwaitingSignIn:
		if e.MaybeSent {
			e.unresolved(now)
			return nil
		}
		e.Cause = CauseSignIn
		e.enter(Lapsed, now, time.Time{})
	case AwaitingApproval:
		e.end(Lapsed, CauseApproval, now)
	case Scheduled, Provisioning:
		e.unresolved(now)
	case Active:
		e.end(Expired, "", e.Activation.End)
	default: // Submitting ends by a look, never by the clock alone
		return illegal
	}
	return nil
}

// enter assigns the state.
func (e *Elevation) enter(s State, now, deadline time.Time) {
	if e.State != s {
		e.Since = now
		e.Exit = Exit{Attempt: e.Exit.Attempt}
		e.Remind = time.Time{}
	}
	e.State, e.Deadline = s, deadline
	e.Work = Retry{}
}

// end enters an ended state that people are told of.
func (e *Elevation) end(s State, why Cause, now time.Time) {
	changed := e.State != s
	wasActive := slices.Contains(e.Told, OccasionStarted)
	e.Cause = why
	e.enter(s, now, time.Time{})
	if !changed {
		return
	}
	switch {
	case s == Expired || s == EndedEarly:
		if s == Expired && !wasActive {
			e.owe(OccasionStarted, e.Activation.Start)
		}
		e.owe(OccasionEnded, now)
		e.Watch = now.Add(watchFor)
	case s == Lapsed:
		e.Watch = now.Add(watchFor)
		e.owe(OccasionOutcome, now)
	default:
		e.owe(OccasionOutcome, now)
	}
}

func (e *Elevation) unresolved(now time.Time) {
	e.end(Unresolved, "", now)
	e.MaybeSent = true
	e.Watch = now.Add(watchFor + e.Terms.Duration)
}

// lookFirst goes back to the sign-in because something may have been sent: the
// next callback lists the person's own requests before anything else.
func (e *Elevation) lookFirst(now time.Time) {
	e.awaitSignIn(PurposeActivate, now)
	e.MaybeSent, e.SignIn.LookFirst = true, true
}

func (e *Elevation) awaitSignIn(p Purpose, now time.Time) {
	e.SignIn = SignInStep{Purpose: p, Attempt: e.SignIn.Attempt + 1}
	e.enter(AwaitingSignIn, now, now.Add(signInFor))
}
