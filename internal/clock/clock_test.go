package clock_test

import (
	"testing"
	"time"

	"hoist/internal/clock"
)

var nine = time.Date(2026, 11, 23, 9, 0, 0, 0, time.UTC)

func fired(t clock.Timer) bool {
	select {
	case <-t.C():
		return true
	default:
		return false
	}
}

func TestMovable_fires_timers_when_advanced_past_them(t *testing.T) {
	c := clock.NewStill(nine)
	early, late, stopped := c.NewTimer(time.Hour), c.NewTimer(3*time.Hour), c.NewTimer(time.Hour)
	if !stopped.Stop() {
		t.Error("Stop() = false for a pending timer")
	}
	c.Advance(59 * time.Minute)
	if fired(early) {
		t.Error("fired a minute early")
	}
	c.Advance(time.Minute)
	if !fired(early) || fired(late) || fired(stopped) {
		t.Error("at 10:00 exactly the one-hour timer must have fired")
	}
	if early.Stop() {
		t.Error("Stop() = true after firing")
	}
	if got := c.Now(); !got.Equal(nine.Add(time.Hour)) {
		t.Errorf("Now() = %v", got)
	}
}

func TestMovable_due_timer_fires_at_once(t *testing.T) {
	if !fired(clock.NewStill(nine).NewTimer(-time.Second)) {
		t.Error("a timer in the past did not fire")
	}
}

func TestMovable_flowing_runs_on_and_wakes_timers(t *testing.T) {
	c := clock.NewFlowing(nine)
	short, long := c.NewTimer(10*time.Millisecond), c.NewTimer(time.Hour)
	select {
	case <-short.C():
	case <-time.After(5 * time.Second):
		t.Fatal("a flowing clock did not wake its timer")
	}
	if !c.Now().After(nine) {
		t.Error("a flowing clock stands still")
	}
	c.Advance(time.Hour)
	if !fired(long) {
		t.Error("advancing did not fire the long timer")
	}
}

func TestMovable_refuses_to_run_back(t *testing.T) {
	defer func() {
		if recover() == nil {
			t.Error("Advance(-1s) did not panic")
		}
	}()
	clock.NewStill(nine).Advance(-time.Second)
}

func TestSystem_is_UTC(t *testing.T) {
	now := clock.System().Now()
	if now.Location() != time.UTC {
		t.Errorf("location = %v", now.Location())
	}
	if d := time.Since(now); d > time.Minute || d < -time.Minute {
		t.Errorf("off by %v", d)
	}
	timer := clock.System().NewTimer(time.Hour)
	if !timer.Stop() {
		t.Error("Stop() = false for a pending timer")
	}
}
