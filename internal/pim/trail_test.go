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

// TestTrail_tells_of_a_role_that_was_taken_away_before_any_list_showed_it, where
// absence proves nothing: lists lag after a start.
func TestTrail_tells_of_a_role_that_was_taken_away_before_any_list_showed_it(t *testing.T) {
	unseen := in(Active)
	if unseen.unexplained() {
		t.Error("the audit log is asked before a list was read")
	}
	e := must(t, unseen, time.Minute, Missed{Began: noon.Add(time.Minute)}, 10*time.Minute, Missed{Began: noon.Add(10 * time.Minute)})
	if e.State != Active || e.View != unseen.View {
		t.Fatalf("absence alone made it %s", e.State)
	}
	if !e.unexplained() {
		t.Error("the audit log is not asked")
	}
	row := func(at time.Duration) Event {
		return TrailEntry{At: noon.Add(at), Happened: TrailDeactivated, By: Principal{Name: "Ben"}}.event(e)
	}
	if ev := row(-time.Second); ev != nil {
		t.Errorf("the end of an activation before means %v", ev)
	}
	gone := must(t, e, 11*time.Minute, row(20*time.Second))
	if at, exact := gone.EndedAt(); gone.State != EndedEarly || !exact || !at.Equal(noon.Add(20*time.Second)) || gone.Decision.By != "Ben" {
		t.Errorf("%s at %v, exactly %v, by %q", gone.State, at, exact, gone.Decision.By)
	}
	late := must(t, e, 11*time.Minute, Sighted{Assignment: instance, Began: noon.Add(11 * time.Minute)})
	if late.unexplained() {
		t.Error("the audit log is asked about a role that is listed")
	}
}
