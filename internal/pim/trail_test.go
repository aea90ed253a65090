package pim

import (
	"testing"
	"time"
)

// TestTrail_tells_when_it_really_ended reads rows of deactivations against a
// role that was active from noon and seen to be gone at 13:00.
func TestTrail_tells_when_it_really_ended(t *testing.T) {
	gone := in(EndedEarly)
	gone.Cause = CauseUnknown
	for name, tt := range map[string]struct {
		at    time.Duration // after noon
		means bool
	}{
		"of an activation before":     {-time.Second, false},
		"at once":                     {0, true},
		"a minute before it was seen": {59 * time.Minute, true},
		"by a clock that is fast":     {time.Hour + clocksApart, true},
		"of an activation after":      {time.Hour + clocksApart + time.Second, false},
	} {
		t.Run(name, func(t *testing.T) {
			row := TrailEntry{At: noon.Add(tt.at), Happened: TrailDeactivated, By: Principal{Name: "Ben"}}
			ev := row.event(gone)
			if (ev != nil) != tt.means {
				t.Fatalf("it means %v", ev)
			}
			if ev == nil {
				return
			}
			e := must(t, gone, 90*time.Minute, ev)
			if at, exact := e.EndedAt(); !at.Equal(row.At) || !exact || e.Cause != CauseStopped || e.Decision.By != "Ben" {
				t.Errorf("ended at %v, exactly %v, %s by %q", at, exact, e.Cause, e.Decision.By)
			}
			if e.View != gone.View+1 {
				t.Error("no card shows it")
			}
		})
	}
}

// TestUnexplained_early_ends are watched, and the audit log asked, until it is
// known when they ended: its rows come after the absence was confirmed.
func TestUnexplained_early_ends(t *testing.T) {
	said := in(EndedEarly)
	said.Activation.Ended = noon.Add(31 * time.Minute)
	approved := in(EndedEarly)
	approved.Decision = Decision{By: "Ben", Approved: true}
	for name, tt := range map[string]struct {
		e    Elevation
		asks bool
	}{
		"nobody said when":                 {in(EndedEarly), true},
		"its approver is not who ended it": {approved, true},
		"PIM said when":                    {said, false},
	} {
		t.Run(name, func(t *testing.T) {
			e := must(t, tt.e, 2*time.Hour, Missed{Began: noon.Add(2 * time.Hour)})
			if got := e.unexplained(); got != tt.asks {
				t.Errorf("asks the audit log: %v", got)
			}
			if got := !e.WatchedUntil().IsZero(); got != tt.asks {
				t.Errorf("watched after its absence was confirmed: %v", got)
			}
		})
	}
}

// unlisted is a role that became active at noon and that no list has shown.
func unlisted(t *testing.T) Elevation {
	t.Helper()
	return must(t, in(Active), time.Minute, Missed{Began: noon.Add(time.Minute)}, 2*time.Minute, Missed{Began: noon.Add(2 * time.Minute)})
}

// TestTrail_is_asked_about_a_role_that_no_list_shows: absence proves nothing
// then, since lists lag after a start.
func TestTrail_is_asked_about_a_role_that_no_list_shows(t *testing.T) {
	e := in(Active)
	for i, began := range []time.Duration{time.Minute, time.Minute + absenceApart - time.Second} {
		e = must(t, e, began, Missed{Began: noon.Add(began)})
		if e.unexplained() {
			t.Errorf("the audit log is asked after %d lists", i+1)
		}
	}
	e = unlisted(t)
	if e.State != Active || e.View != in(Active).View {
		t.Errorf("absence alone made it %s", e.State)
	}
	if !e.unexplained() {
		t.Error("the audit log is not asked")
	}
	if e = must(t, e, 3*time.Minute, Sighted{Assignment: instance, Began: noon.Add(3 * time.Minute)}); e.unexplained() {
		t.Error("the audit log is asked about a role that is listed")
	}
}

// TestTrail_ends_what_no_list_showed reads rows of deactivations against a role
// that was active from noon and is not listed. Nothing else says that it ended,
// so a row that may be about something else must not.
func TestTrail_ends_what_no_list_showed(t *testing.T) {
	byBen := TrailEntry{At: noon.Add(20 * time.Second), Happened: TrailDeactivated, By: Principal{Name: "Ben"}}
	row := func(change func(*TrailEntry)) TrailEntry {
		r := byBen
		change(&r)
		return r
	}
	onUnit := unlisted(t)
	onUnit.Eligibility.Scope.ID = "/administrativeUnits/u1"
	listed := must(t, in(Active), time.Minute, Sighted{Assignment: instance, Began: noon.Add(time.Minute)})
	for name, tt := range map[string]struct {
		e    Elevation
		row  TrailEntry
		ends bool
	}{
		"by an administrator":                        {unlisted(t), byBen, true},
		"for the right's own scope":                  {unlisted(t), row(func(r *TrailEntry) { r.ScopeID = "/" }), true},
		"of an activation before":                    {unlisted(t), row(func(r *TrailEntry) { r.At = noon.Add(-time.Second) }), false},
		"by the person, before PIM allows it":        {unlisted(t), row(func(r *TrailEntry) { r.By = ada }), false},
		"by the person, when PIM allows it":          {unlisted(t), row(func(r *TrailEntry) { r.By, r.At = ada, noon.Add(6*time.Minute) }), true},
		"by the person, of this very request":        {unlisted(t), row(func(r *TrailEntry) { r.By, r.RequestID = ada, "r1" }), true},
		"somewhere else":                             {unlisted(t), row(func(r *TrailEntry) { r.ScopeID = onUnit.Eligibility.Scope.ID }), false},
		"nobody says where, and it is on a unit":     {onUnit, byBen, false},
		"on the unit":                                {onUnit, row(func(r *TrailEntry) { r.ScopeID = onUnit.Eligibility.Scope.ID }), true},
		"although the role has been in a list since": {listed, byBen, false},
		"before a second list lacked it":             {must(t, in(Active), time.Minute, Missed{Began: noon.Add(time.Minute)}), byBen, false},
	} {
		t.Run(name, func(t *testing.T) {
			ev := tt.row.event(tt.e)
			if (ev != nil) != tt.ends {
				t.Fatalf("it means %v", ev)
			}
			if ev == nil {
				return
			}
			gone := must(t, tt.e, 11*time.Minute, ev)
			if at, exact := gone.EndedAt(); gone.State != EndedEarly || !exact || !at.Equal(tt.row.At) || gone.Decision.By != tt.row.By.Name {
				t.Errorf("%s at %v, exactly %v, by %q", gone.State, at, exact, gone.Decision.By)
			}
		})
	}
}
