package pim

import "time"

// Due returns when the elevation next needs work, and false when it never does
// by itself: it has ended, nothing is owed and every card is current. Looking
// for instances is not counted; one pass per tenant serves all (observe.go).
func (e Elevation) Due() (time.Time, bool) {
	var at time.Time
	sooner := func(t time.Time) {
		if at.IsZero() || t.Before(at) {
			at = t
		}
	}
	switch {
	case e.State == Submitting:
		sooner(e.claimLostAt())
	case e.State.Open() && !e.Deadline.IsZero():
		sooner(e.Deadline)
	}
	if e.State == Requested {
		sooner(later(e.Since, e.Work.After))
	}
	if e.State == AwaitingApproval && !e.AskedAll {
		sooner(later(e.Since, e.Work.After))
	}
	if at, ok := e.nextWarning(); ok {
		sooner(at)
	}
	if at, ok := e.Exit.endsAt(); ok {
		sooner(at)
	}
	for _, p := range e.Posts {
		if e.stale(p) {
			sooner(later(e.Since, p.Retry.After))
		}
	}
	for _, o := range e.Owed {
		if !o.Retry.Dead && !e.waitsForCard(o) {
			sooner(later(o.At, o.Retry.After))
		}
	}
	return at, !at.IsZero()
}

// claimLostAt is when a claim without an outcome is given up by the clock. With
// approval only the person can look, so it is at once; without, two complete
// lists tell first, and five minutes are for a tenant that cannot be listed.
func (e Elevation) claimLostAt() time.Time {
	if e.Terms.NeedsApproval {
		return e.Until
	}
	return e.Until.Add(5 * time.Minute)
}

// stale reports whether a card shows less than the record.
func (e Elevation) stale(p Post) bool { return !p.Retry.Dead && p.Shown < e.View }

// forever stands for "until it ends": an open elevation is watched however long
// it lasts.
var forever = time.Date(9999, 1, 1, 0, 0, 0, 0, time.UTC)

// WatchedUntil returns until when lists of instances can tell something about
// the elevation; the zero time when they cannot. Watched is whatever was or may
// have been sent, until its end is confirmed or its watch is over.
func (e Elevation) WatchedUntil() time.Time {
	switch e.State {
	case Submitting, AwaitingApproval, Scheduled, Provisioning, Active:
		return forever
	case AwaitingSignIn:
		if e.MaybeSent {
			return forever
		}
	case Unresolved, Lapsed:
		return e.Watch
	case Expired, EndedEarly:
		if !e.Sight.Gone || e.unexplained() { // the audit log comes after the absence
			return e.Watch
		}
	default: // nothing was sent, or PIM has said its last word
	}
	return time.Time{}
}

func later(a, b time.Time) time.Time {
	if b.After(a) {
		return b
	}
	return a
}
