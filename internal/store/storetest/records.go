package storetest

import (
	"errors"
	"fmt"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"hoist/internal/pim"
)

func getReturnsWhatWasWritten(t *testing.T, s scene) {
	e := s.accept(t, s.requested("H-1", ann))
	e = s.update(t, e, s.resolved("role"))
	e = s.update(t, e, pim.Claimed{
		Attempt: e.SignIn.Attempt, Until: s.now().Add(45 * time.Second),
		Feeds: []pim.Place{{Kind: pim.Feed, Platform: "slack", Workspace: "T1", Address: "C1"}},
	})
	e = s.update(t, e, pim.Observed{Activation: pim.Activation{
		RequestID: "request", Status: "Provisioned", Start: s.now(), End: s.now().Add(time.Hour),
	}})
	got, err := s.Store.Get(t.Context(), s.tenant, "H-1")
	if diff := cmp.Diff(e, got); diff != "" || err != nil {
		t.Errorf("Get: %v (-want +got)\n%s", err, diff)
	}
	if got.State != pim.Active {
		t.Errorf("the story ends in %s", got.State)
	}
}

func getSaysWhatIsMissing(t *testing.T, s scene) {
	for _, id := range []pim.ID{"H-0", "", "H-1:rev", "{s1}", pim.ID(strings.Repeat("x", 1000))} {
		if _, err := s.Store.Get(t.Context(), s.tenant, id); !errors.Is(err, pim.ErrNotFound) {
			t.Errorf("Get(%q): %v, want not found", id, err)
		}
	}
	ghost := s.requested("H-0", ann)
	next := ghost
	next.Revision++
	if err := s.Store.Update(t.Context(), ghost, next); !errors.Is(err, pim.ErrNotFound) {
		t.Errorf("Update: %v, want not found", err)
	}
	if ids := s.due(t, s.now().Add(time.Hour), "worker", 10); len(ids) != 0 {
		t.Errorf("an update of nothing made %v due", ids)
	}
}

func updateRefusesAStaleRevision(t *testing.T, s scene) {
	first := s.accept(t, s.requested("H-1", ann))
	stored := s.update(t, first, s.resolved("role"))
	stale := s.after(t, first, pim.Withdrawn{})
	if err := s.Store.Update(t.Context(), first, stale); !errors.Is(err, pim.ErrConflict) {
		t.Errorf("Update from revision 1 over 2: %v, want a conflict", err)
	}
	got, err := s.Store.Get(t.Context(), s.tenant, "H-1")
	if diff := cmp.Diff(stored, got); diff != "" || err != nil {
		t.Errorf("the conflict changed the record: %v\n%s", err, diff)
	}
	// The same content by another call is another write, and too late as well.
	if err := s.Store.Update(t.Context(), first, stored); !errors.Is(err, pim.ErrConflict) {
		t.Errorf("the same change by another caller: %v, want a conflict", err)
	}
}

func updateRefusesAGap(t *testing.T, s scene) {
	first := s.accept(t, s.requested("H-1", ann))
	for name, change := range map[string]func(*pim.Elevation){
		"the same revision": func(*pim.Elevation) {},
		"two further":       func(e *pim.Elevation) { e.Revision += 2 },
		"another id":        func(e *pim.Elevation) { e.Revision++; e.ID = "H-2" },
		"another tenant":    func(e *pim.Elevation) { e.Revision++; e.Tenant = Tenant() },
	} {
		next := first
		change(&next)
		if err := s.Store.Update(t.Context(), first, next); err == nil {
			t.Errorf("%s was taken", name)
		}
	}
}

func updateLetsOneWin(t *testing.T, s scene) {
	first := s.accept(t, s.requested("H-1", ann))
	next := s.after(t, first, s.resolved("role"))
	const writers = 16
	var wg sync.WaitGroup
	errs := make([]error, writers)
	for i := range writers {
		wg.Go(func() { errs[i] = s.Store.Update(t.Context(), first, next) })
	}
	wg.Wait()
	won := 0
	for _, err := range errs {
		switch {
		case err == nil:
			won++
		case !errors.Is(err, pim.ErrConflict):
			t.Error(err)
		}
	}
	if won != 1 {
		t.Errorf("%d of %d writers won", won, writers)
	}
}

func updateLetsOneTakeARight(t *testing.T, s scene) {
	for round := range 25 {
		role := fmt.Sprint("role-", round)
		racers := make([]pim.Elevation, 2)
		for i := range racers {
			person := pim.Person{Platform: "slack", Workspace: "T1", User: fmt.Sprint("U", round, "-", i)}
			racers[i] = s.accept(t, s.requested(pim.ID(fmt.Sprintf("H-%d-%d", round, i)), person))
		}
		var wg sync.WaitGroup
		errs := make([]error, len(racers))
		for i, e := range racers {
			next := s.after(t, e, s.resolved(role))
			wg.Go(func() { errs[i] = s.Store.Update(t.Context(), e, next) })
		}
		wg.Wait()
		winner, loser := 0, 1
		if errs[0] != nil {
			winner, loser = 1, 0
		}
		var taken *pim.TakenError
		if errs[winner] != nil || !errors.As(errs[loser], &taken) || taken.Holder != racers[winner].ID {
			t.Fatalf("round %d: %v and %v; want one to win and the other to be told whose it is", round, errs[0], errs[1])
		}
		if id, _ := s.live(t, role); id != racers[winner].ID {
			t.Errorf("round %d: the right is %q's", round, id)
		}
		if got, err := s.Store.Get(t.Context(), s.tenant, racers[loser].ID); err != nil || got.Revision != 1 {
			t.Errorf("round %d: the loser's record changed: %+v, %v", round, got, err)
		}
	}
}

func updateKeepsARight(t *testing.T, s scene) {
	e := s.accept(t, s.requested("H-1", ann))
	e = s.update(t, e, s.resolved("role"))
	e = s.update(t, e, pim.SignInOpened{Browser: "b"})
	s.update(t, e, pim.LinkReplaced{})
	if id, _ := s.live(t, "role"); id != "H-1" {
		t.Errorf("the right is %q's", id)
	}
}

func updateFreesARight(t *testing.T, s scene) {
	e := s.accept(t, s.requested("H-1", ann))
	e = s.update(t, e, s.resolved("role"))
	if _, recent := s.live(t, "role"); recent {
		t.Error("recent while it is held")
	}
	s.update(t, e, pim.Withdrawn{})
	for _, step := range []struct {
		pass   time.Duration
		recent bool
	}{{0, true}, {10 * time.Minute, true}, {time.Second, false}} {
		s.Clock.Advance(step.pass)
		if id, recent := s.live(t, "role"); id != "" || recent != step.recent {
			t.Errorf("after another %v: %q, recent %v; want nobody, recent %v", step.pass, id, recent, step.recent)
		}
	}
	// A freed right can be taken, and is nobody's past then.
	second := s.accept(t, s.requested("H-2", ann))
	s.update(t, second, s.resolved("role"))
	if id, recent := s.live(t, "role"); id != "H-2" || recent {
		t.Errorf("taken again: %q, recent %v", id, recent)
	}
}

func updateFoldsSpellings(t *testing.T, s scene) {
	e := s.accept(t, s.requested("H-1", ann))
	s.update(t, e, s.resolved("role"))
	right := s.eligibility("ROLE").Triple()
	right.Principal.ID = strings.ToUpper(right.Principal.ID)
	right.ScopeID = ""
	if id, _, err := s.Store.Live(t.Context(), right); err != nil || id != "H-1" {
		t.Errorf("the same right in other letters is %q's, %v", id, err)
	}
	right.ScopeID = "/administrativeUnits/1"
	if id, _, err := s.Store.Live(t.Context(), right); err != nil || id != "" {
		t.Errorf("the right in a unit is %q's, %v", id, err)
	}
}

func ofPersonNewestFirst(t *testing.T, s scene) {
	for i := range 5 {
		s.accept(t, s.requested(pim.ID(fmt.Sprint("H-", i)), ann))
		s.Clock.Advance(time.Minute)
	}
	s.accept(t, s.requested("H-bob", bob))
	for limit, want := range map[int][]pim.ID{
		-1: nil, 0: nil, 1: {"H-4"}, 3: {"H-4", "H-3", "H-2"}, 100: {"H-4", "H-3", "H-2", "H-1", "H-0"},
	} {
		records, err := s.Store.OfPerson(t.Context(), s.tenant, ann, limit)
		if err != nil {
			t.Fatal(err)
		}
		if got := idsOf(records); !cmp.Equal(got, want) {
			t.Errorf("at most %d: %v, want %v", limit, got, want)
		}
	}
	nobody := pim.Person{Platform: "teams", Workspace: "T1", User: "29:1abc"}
	if records, err := s.Store.OfPerson(t.Context(), s.tenant, nobody, 10); err != nil || len(records) != 0 {
		t.Errorf("a stranger's: %v, %v", records, err)
	}
}

func watchedUntilOver(t *testing.T, s scene) {
	e := s.accept(t, s.requested("H-1", ann))
	watched := func() []pim.ID {
		t.Helper()
		records, err := s.Store.Watched(t.Context(), s.tenant, s.now())
		if err != nil {
			t.Fatal(err)
		}
		return idsOf(records)
	}
	if ids := watched(); len(ids) != 0 {
		t.Errorf("watched before anything was sent: %v", ids)
	}
	e = s.update(t, e, s.resolved("role"))
	e = s.update(t, e, pim.Claimed{Attempt: e.SignIn.Attempt, Until: s.now().Add(45 * time.Second)})
	if ids := watched(); !cmp.Equal(ids, []pim.ID{"H-1"}) {
		t.Errorf("while submitting: %v", ids)
	}
	e = s.update(t, e, pim.Unanswered{})
	until := e.WatchedUntil()
	s.Clock.Advance(until.Sub(s.now()) - time.Nanosecond)
	if ids := watched(); !cmp.Equal(ids, []pim.ID{"H-1"}) {
		t.Errorf("just before the watch ends: %v", ids)
	}
	s.Clock.Advance(time.Nanosecond)
	if ids := watched(); len(ids) != 0 {
		t.Errorf("when the watch is over: %v", ids)
	}
}

func idsOf(records []pim.Elevation) []pim.ID {
	var ids []pim.ID
	for _, e := range records {
		ids = append(ids, e.ID)
	}
	return ids
}
