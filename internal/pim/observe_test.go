package pim_test

import (
	"bytes"
	"context"
	"errors"
	"log/slog"
	"slices"
	"strings"
	"testing"
	"time"

	"hoist/internal/pim"
)

// TestRun_a_tenant_that_does_not_answer holds up nothing that is due.
func TestRun_a_tenant_that_does_not_answer(t *testing.T) {
	b := newBench(t)
	s := b.service("a")
	id := b.active(s).ID
	b.settles(s, id)
	stuck := make(chan struct{})
	b.set(func() { b.stuck = stuck })
	b.clock.Advance(61 * time.Second)
	b.eventually(func() bool { return b.is(func() bool { return b.listing == 1 }) }, b.looks)

	b.clock.Advance(110 * time.Minute)
	b.eventually(func() bool { return b.is(func() bool { return slices.Contains(b.told, "ending requester") }) }, b.heard)
	b.clock.Advance(10 * time.Minute)
	b.reaches(s, id, pim.Expired)
	b.settles(s, id)
	lists := 0
	b.set(func() {
		lists = b.lists
		if b.listing != 1 || b.mostListing != 1 {
			t.Errorf("%d looks at once, %d of them still going on", b.mostListing, b.listing)
		}
	})
	close(stuck)
	b.eventually(func() bool { return b.is(func() bool { return b.lists > lists }) }, b.looks)
}

// TestRun_returns when the look that it began is over, and not before: what it
// writes to must not be closed under it.
func TestRun_returns_after_its_look(t *testing.T) {
	b := newBench(t)
	stuck := make(chan struct{})
	b.stuck, b.deaf = stuck, true
	s := b.idle("a", b.store)
	ctx, cancel := context.WithCancel(t.Context())
	returned := make(chan struct{})
	go func() { s.Run(ctx); close(returned) }()
	b.eventually(func() bool { return b.is(func() bool { return b.listing == 1 }) }, b.looks)
	cancel()
	select {
	case <-returned:
		t.Error("it returned while it looked")
	case <-time.After(100 * time.Millisecond):
	}
	close(stuck)
	<-returned
}

// TestStatus_waits_for_a_list_no_longer_than_it_can, also when another look at
// the tenant is stuck.
func TestStatus_waits_for_a_list_no_longer_than_it_can(t *testing.T) {
	b := newBench(t)
	b.stuck = make(chan struct{})
	s := b.service("a")
	b.eventually(func() bool { return b.is(func() bool { return b.listing == 1 }) }, b.looks)
	ctx, cancel := context.WithTimeout(t.Context(), 100*time.Millisecond)
	defer cancel()
	began := time.Now()
	st, err := s.Status(ctx, typist)
	if err != nil && !errors.Is(err, context.DeadlineExceeded) || !st.AsOf.IsZero() || time.Since(began) > 5*time.Second {
		t.Errorf("%+v, %v after %v", st, err, time.Since(began))
	}
}

// TestRun_hands_observation_on when it ends, so that a restart leaves no gap.
func TestRun_hands_observation_on(t *testing.T) {
	b := newBench(t)
	lease := func(holder string) bool {
		t.Helper()
		got, err := b.store.Lease(t.Context(), "t", "observe", holder, 90*time.Second)
		if err != nil {
			t.Fatal(err)
		}
		return got
	}
	stop := b.runs(b.idle("a", b.store))
	b.eventually(func() bool { return b.is(func() bool { return b.lists == 1 }) }, b.looks)
	if lease("test") {
		t.Error("a replica looks without a lease")
	}
	refused := b.runs(b.idle("b", b.store))
	time.Sleep(50 * time.Millisecond)
	refused()
	if lease("test") || b.is(func() bool { return b.lists != 1 }) {
		t.Errorf("the end of a replica that may not look took the lease from one that does; %d looks", b.looks())
	}
	stop()
	if !lease("test") {
		t.Error("the lease outlived the replica that had it")
	}
}

// TestRun_counts_a_look_that_happened, not one that was refused: whoever waited
// looks as soon as it may, and not a minute later.
func TestRun_counts_a_look_that_happened(t *testing.T) {
	b := newBench(t)
	if got, err := b.store.Lease(t.Context(), "t", "observe", "another", 90*time.Second); err != nil || !got {
		t.Fatal(got, err)
	}
	began := b.clock.Now()
	b.service("a")
	time.Sleep(50 * time.Millisecond)
	if b.is(func() bool { return b.lists > 0 }) {
		t.Fatal("two replicas look at once")
	}
	if err := b.store.Release(t.Context(), "t", "observe", "another"); err != nil {
		t.Fatal(err)
	}
	b.eventually(func() bool { return b.is(func() bool { return b.lists == 1 }) }, b.looks)
	if waited := b.clock.Now().Sub(began); waited > 30*time.Second {
		t.Errorf("it looked after %v", waited)
	}
}

// looks and heard are what a test that waits in vain shows.
func (b *bench) looks() any {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.lists
}

func (b *bench) heard() any {
	b.mu.Lock()
	defer b.mu.Unlock()
	return slices.Clone(b.told)
}

// TestObserve_an_ended_record_leaves_its_right_to_a_newer_one, also when lists
// show the assignment of the ended one again.
func TestObserve_an_ended_record_leaves_its_right_to_a_newer_one(t *testing.T) {
	b := newBench(t)
	var log bytes.Buffer // read after the service has stopped
	b.log = slog.New(slog.NewTextHandler(&log, nil))
	s := b.idle("a", b.store)
	stop := b.runs(s)
	t.Cleanup(stop)
	held := func(schedule string) pim.Assignment {
		now := b.clock.Now()
		b.set(func() {
			b.answer = func(o pim.Order) (pim.Activation, error) {
				return pim.Activation{RequestID: "of " + schedule, ScheduleID: schedule, Status: "Provisioned", Submitted: now, Start: now, End: now.Add(o.Duration)}, nil
			}
		})
		e := b.active(s)
		id := e.ID
		b.settles(s, id)
		return pim.Assignment{ScheduleID: schedule, Principal: ada, Target: right.Target, Scope: right.Scope, Activated: true, Start: e.Activation.Start, End: e.Activation.End}
	}
	show := func(of ...pim.Assignment) { b.set(func() { b.listed = of }) }

	old := held("s1")
	show(old)
	b.aMinuteLater()
	show()
	for range 3 {
		b.aMinuteLater()
	}
	show(old, held("s2"))
	for range 5 {
		b.aMinuteLater()
	}
	stop()
	records, err := b.store.OfPerson(t.Context(), "t", typist, 10)
	if err != nil || len(records) != 2 || records[0].State != pim.Active || records[1].State != pim.EndedEarly {
		t.Errorf("%+v, %v", records, err)
	}
	if strings.Contains(log.String(), "not observed") {
		t.Errorf("the operator is warned: %s", log.String())
	}
}

// TestObserve_a_role_that_is_listed_again_is_not_ended_by_a_row, although the row
// would have ended it a minute before.
func TestObserve_a_role_that_is_listed_again_is_not_ended_by_a_row(t *testing.T) {
	b := newBench(t)
	s := b.service("a")
	e := b.active(s)
	id := e.ID
	for !e.Sight.Unlisted {
		b.aMinuteLater()
		var err error
		if e, err = s.Look(t.Context(), id); err != nil || e.State != pim.Active {
			t.Fatalf("%+v, %v", e, err)
		}
	}
	b.set(func() {
		b.listed = []pim.Assignment{{ScheduleID: "s1", Principal: ada, Target: right.Target, Scope: right.Scope, Activated: true, Start: e.Activation.Start, End: e.Activation.End}}
		b.trail = []pim.TrailEntry{{
			ID: "1", At: e.Activation.Start.Add(time.Second), Happened: pim.TrailDeactivated,
			Principal: ada.PrincipalKey, TargetID: right.Target.ID, By: pim.Principal{Name: "Ben"},
		}}
	})
	for range 3 {
		b.aMinuteLater()
	}
	if e, err := s.Look(t.Context(), id); err != nil || e.State != pim.Active || !e.Sight.Seen {
		t.Errorf("%s, seen: %v, %v", e.State, e.Sight.Seen, err)
	}
}
