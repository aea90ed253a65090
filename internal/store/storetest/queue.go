package storetest

import (
	"fmt"
	"slices"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"hoist/internal/pim"
)

func dueSoonestFirst(t *testing.T, s scene) {
	start := s.now()
	for _, id := range []pim.ID{"H-3", "H-1", "H-2"} {
		s.accept(t, s.requested(id, ann))
		s.Clock.Advance(time.Minute)
	}
	if ids := s.due(t, start.Add(time.Minute), "worker", 10); !cmp.Equal(ids, []pim.ID{"H-3", "H-1"}) {
		t.Errorf("after a minute: %v", ids)
	}
	s.release(t, "H-3", "worker")
	s.release(t, "H-1", "worker")
	if ids := s.due(t, start.Add(time.Hour), "worker", 2); !cmp.Equal(ids, []pim.ID{"H-3", "H-1"}) {
		t.Errorf("at most two: %v", ids)
	}
	if ids := s.due(t, start.Add(time.Hour), "worker", 2); !cmp.Equal(ids, []pim.ID{"H-2"}) {
		t.Errorf("the rest: %v", ids)
	}
	if ids := s.due(t, start.Add(time.Hour), "worker", 0); len(ids) != 0 {
		t.Errorf("none asked for: %v", ids)
	}
}

func dueExactlyOnTime(t *testing.T, s scene) {
	e := s.accept(t, s.requested("H-1", ann))
	e = s.update(t, e, s.resolved("role"))
	at, _ := e.Due()
	if ids := s.due(t, at.Add(-time.Microsecond), "worker", 1); len(ids) != 0 {
		t.Errorf("due a microsecond early: %v", ids)
	}
	if ids := s.due(t, at, "worker", 1); !cmp.Equal(ids, []pim.ID{"H-1"}) {
		t.Errorf("not due on time: %v", ids)
	}
	s.release(t, "H-1", "worker")
	s.update(t, e, pim.Withdrawn{})
	if ids := s.due(t, at.Add(time.Hour), "worker", 1); len(ids) != 0 {
		t.Errorf("due although it has ended: %v", ids)
	}
}

func dueHidesWhatIsLeased(t *testing.T, s scene) {
	s.accept(t, s.requested("H-1", ann))
	if ids := s.due(t, s.now(), "a", 10); !cmp.Equal(ids, []pim.ID{"H-1"}) {
		t.Fatalf("Due = %v", ids)
	}
	for _, holder := range []string{"a", "b"} {
		if ids := s.due(t, s.now(), holder, 10); len(ids) != 0 {
			t.Errorf("%s gets it a second time: %v", holder, ids)
		}
	}
	s.Pass(s.LeaseFor + s.LeaseFor/2)
	if ids := s.due(t, s.now(), "b", 10); !cmp.Equal(ids, []pim.ID{"H-1"}) {
		t.Errorf("after a's lease: %v", ids)
	}
}

func dueIsNotBlocked(t *testing.T, s scene) {
	const n = 250 // more than the script reads at once
	for i := range n {
		p := pim.Person{Platform: "slack", Workspace: fmt.Sprint("T", i), User: "U"}
		s.accept(t, s.requested(pim.ID(fmt.Sprintf("H-%03d", i)), p))
	}
	for i := range n - 1 {
		if got, err := s.Store.Lease(t.Context(), s.tenant, fmt.Sprintf("H-%03d", i), "a", time.Minute); err != nil || !got {
			t.Fatal(got, err)
		}
	}
	if ids := s.due(t, s.now(), "b", 1); !cmp.Equal(ids, []pim.ID{"H-249"}) {
		t.Errorf("Due = %v, want the one that waits behind all that are leased", ids)
	}
}

func dueGivesEachToOne(t *testing.T, s scene) {
	const n, workers = 60, 6
	var want []pim.ID
	for i := range n {
		id := pim.ID(fmt.Sprintf("H-%02d", i))
		s.accept(t, s.requested(id, pim.Person{Platform: "slack", Workspace: fmt.Sprint("T", i), User: "U"}))
		want = append(want, id)
	}
	var mu sync.Mutex
	var wg sync.WaitGroup
	var got []pim.ID
	for w := range workers {
		wg.Go(func() {
			for {
				ids, err := s.Store.Due(t.Context(), s.tenant, s.now(), fmt.Sprint("worker ", w), 4)
				if err != nil {
					t.Error(err)
				}
				if len(ids) == 0 {
					return
				}
				for _, id := range ids { // so that a slow server does not outlive a short lease
					if _, err := s.Store.Lease(t.Context(), s.tenant, string(id), fmt.Sprint("worker ", w), time.Minute); err != nil {
						t.Error(err)
					}
				}
				mu.Lock()
				got = append(got, ids...)
				mu.Unlock()
			}
		})
	}
	wg.Wait()
	slices.Sort(got)
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("handed out (-want +got)\n%s", diff)
	}
}

func (s scene) lease(t *testing.T, name, holder string, ttl time.Duration) bool {
	t.Helper()
	got, err := s.Store.Lease(t.Context(), s.tenant, name, holder, ttl)
	if err != nil {
		t.Fatal(err)
	}
	return got
}

func leaseEnds(t *testing.T, s scene) {
	const work = "instances" // tenant-wide work is leased by its name
	if !s.lease(t, work, "a", s.LeaseFor) {
		t.Fatal("nobody had it")
	}
	if s.lease(t, work, "b", s.LeaseFor) {
		t.Error("two holders at once")
	}
	s.Clock.Advance(24 * time.Hour)
	if s.lease(t, work, "b", s.LeaseFor) {
		t.Error("the domain clock ended a lease")
	}
	s.Pass(s.LeaseFor + s.LeaseFor/2)
	if !s.lease(t, work, "b", s.LeaseFor) {
		t.Error("still leased after its time")
	}
}

func leaseIsProlonged(t *testing.T, s scene) {
	if !s.lease(t, "work", "a", s.LeaseFor) || !s.lease(t, "work", "a", 3*s.LeaseFor) {
		t.Fatal("the holder cannot prolong")
	}
	s.Pass(s.LeaseFor + s.LeaseFor/2)
	if s.lease(t, "work", "b", s.LeaseFor) {
		t.Error("the longer lease did not count")
	}
}

func leaseIsReleasedByItsHolder(t *testing.T, s scene) {
	s.lease(t, "work", "a", time.Minute)
	for _, step := range []struct {
		releases string
		free     bool
	}{{"b", false}, {"", false}, {"a", true}} {
		if err := s.Store.Release(t.Context(), s.tenant, "work", step.releases); err != nil {
			t.Fatal(err)
		}
		if got := s.lease(t, "work", "c", time.Minute); got != step.free {
			t.Errorf("after %q released: free %v, want %v", step.releases, got, step.free)
		}
	}
	if err := s.Store.Release(t.Context(), s.tenant, "never leased", "a"); err != nil {
		t.Error(err)
	}
}
