package pim

import (
	"context"
	"fmt"
	"slices"
	"time"
)

const (
	// trailOverlap is how far back a look begins before what it is about: rows
	// come late and out of order.
	trailOverlap = 10 * time.Minute
	// clocksApart is how far the log's clock and ours may differ.
	clocksApart = 2 * time.Minute
)

// explain asks the audit log about what nothing else tells: decisions and ends
// that lists of assignments cannot show. Rows come minutes late and are
// throttled, so it is asked only while something is open to question.
func (s *Service) explain(ctx context.Context, watched []Elevation) error {
	open := slices.DeleteFunc(slices.Clone(watched), func(e Elevation) bool { return !e.unexplained() })
	if s.Trail == nil || len(open) == 0 {
		return nil
	}
	from := s.Clock.Now()
	for _, e := range open {
		if e.Created.Before(from) {
			from = e.Created
		}
	}
	rows, err := s.Trail.Since(ctx, from.Add(-trailOverlap))
	if err != nil {
		return fmt.Errorf("read audit log: %w", err)
	}
	for _, e := range open {
		for _, row := range rows {
			if !row.about(e) {
				continue
			}
			if err := s.tellFrom(ctx, e, row); err != nil {
				return err
			}
		}
	}
	return nil
}

// tellFrom makes what a row means happen to the newest record: the list of the
// same look may have shown meanwhile that it means nothing.
func (s *Service) tellFrom(ctx context.Context, e Elevation, row TrailEntry) error {
	ev := row.event(e)
	if ev == nil {
		return nil
	}
	after, err := s.change(ctx, e.ID, ev.Name(), func(cur Elevation) (Elevation, error) {
		if ev := row.event(cur); ev != nil {
			return cur.Apply(ev, s.Clock.Now())
		}
		return cur, nil
	})
	return s.follow(ctx, e, after, err)
}

// unexplained reports whether the audit log could tell something.
func (e Elevation) unexplained() bool {
	switch e.State {
	case AwaitingApproval, Scheduled, Unresolved, Lapsed:
		return true
	case Provisioning, Active:
		return e.Terms.NeedsApproval && e.Decision.By == "" || e.State == Active && e.Sight.Unlisted
	case EndedEarly:
		return e.Activation.Ended.IsZero()
	default:
		return false
	}
}

// about reports whether a row is about an elevation: by PIM's request, or,
// where the row does not name one, by the right and the time.
func (t TrailEntry) about(e Elevation) bool {
	if t.RequestID != "" && e.Activation.RequestID != "" && t.RequestID == e.Activation.RequestID {
		return true
	}
	if t.At.Before(e.Created.Add(-clocksApart)) || t.Principal != e.Principal.PrincipalKey || t.TargetID != e.Eligibility.Target.ID {
		return false
	}
	if t.ScopeID != "" && t.ScopeID != e.Eligibility.Scope.ID {
		return false
	}
	// A deactivation is a request of its own.
	return t.RequestID == "" || e.Activation.RequestID == "" || t.Happened == TrailDeactivated
}

// event is what a row means for an elevation, nil for nothing new.
func (t TrailEntry) event(e Elevation) Event {
	status := func(word string) Event {
		return Observed{Activation: Activation{Status: word}, By: t.By.Name}
	}
	switch t.Happened {
	case TrailApproved:
		return Decided{Decision: Decision{By: t.By.Name, Approved: true, Reason: t.Reason, At: t.At}}
	case TrailDenied:
		return Decided{Decision: Decision{By: t.By.Name, Reason: t.Reason, At: t.At}}
	case TrailCanceled:
		return status("Canceled")
	case TrailLapsed:
		return status("TimedOut")
	case TrailDeactivated:
		if t.ends(e) {
			return Observed{Activation: Activation{Status: "Revoked", Ended: t.At}, By: t.By.Name}
		}
	case TrailActivated, TrailExpired: // lists and the clock tell these sooner
	}
	return nil
}

// ends reports whether a deactivation can be e's. Earlier and later activations
// of the same right have rows as well.
func (t TrailEntry) ends(e Elevation) bool {
	switch {
	case t.At.Before(e.Activation.Start):
		return false
	case e.State == EndedEarly:
		return !t.At.After(e.Since.Add(clocksApart))
	case e.State != Active || !e.Sight.Unlisted:
		return false
	case t.RequestID != "" && t.RequestID == e.Activation.RequestID:
		return true
	}
	// Nothing but this row says so, and it does not name the request: it must fit
	// in every other way. Rows about a part of the directory name that part. And
	// in the first minutes PIM lets nobody end their own: by the person's hand, it
	// is the end of an activation before, by a clock that is fast.
	whole := t.ScopeID == "" && e.Eligibility.Scope.ID == "/"
	own := t.By.PrincipalKey == e.Principal.PrincipalKey
	return (whole || t.ScopeID == e.Eligibility.Scope.ID) && !(own && t.At.Before(e.StoppableAt().Add(-clocksApart)))
}
