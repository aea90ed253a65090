package storetest

import (
	"errors"
	"fmt"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"hoist/internal/pim"
)

func acceptRecordsOnce(t *testing.T, s scene) {
	e := s.accept(t, s.requested("H-1", ann))
	got, err := s.Store.Get(t.Context(), s.tenant, "H-1")
	if diff := cmp.Diff(e, got); diff != "" || err != nil {
		t.Errorf("Get: %v (-want +got)\n%s", err, diff)
	}
	mine, err := s.Store.OfPerson(t.Context(), s.tenant, ann, 10)
	if err != nil || len(mine) != 1 {
		t.Errorf("OfPerson = %v, %v; want the one", mine, err)
	}
	if ids := s.due(t, s.now(), "worker", 10); !cmp.Equal(ids, []pim.ID{"H-1"}) {
		t.Errorf("Due = %v, want it at once", ids)
	}
}

func acceptDropsARepeat(t *testing.T, s scene) {
	first := s.requested("H-1", ann)
	a := s.admission(ann)
	if _, err := s.Store.Accept(t.Context(), a, &first); err != nil {
		t.Fatal(err)
	}
	a.Token = "another call"
	second := s.requested("H-2", ann)
	got, err := s.Store.Accept(t.Context(), a, &second)
	if want := (pim.Admitted{Repeat: true, ID: "H-1"}); err != nil || got != want {
		t.Errorf("repeat = %+v, %v; want %+v", got, err, want)
	}
	if _, err := s.Store.Get(t.Context(), s.tenant, "H-2"); !errors.Is(err, pim.ErrNotFound) {
		t.Errorf("the repeat left a record: %v", err)
	}
}

func acceptForgetsADelivery(t *testing.T, s scene) {
	if !s.Movable {
		t.Skip("this server's time cannot be moved by minutes")
	}
	first := s.requested("H-1", ann)
	a := s.admission(ann)
	for _, step := range []struct {
		pass   time.Duration
		repeat bool
	}{{0, false}, {10*time.Minute + 59*time.Second, true}, {2 * time.Second, false}} {
		s.Pass(step.pass)
		a.Token += "+"
		first.ID += "+"
		got, err := s.Store.Accept(t.Context(), a, &first)
		if err != nil || got.Repeat != step.repeat {
			t.Errorf("after another %v: %+v, %v; want repeat %v", step.pass, got, err, step.repeat)
		}
	}
}

func acceptKnowsItsOwnTry(t *testing.T, s scene) {
	first := s.requested("H-1", ann)
	a := s.admission(ann)
	for try := range 3 {
		got, err := s.Store.Accept(t.Context(), a, &first)
		if want := (pim.Admitted{ID: "H-1"}); err != nil || got != want {
			t.Fatalf("try %d = %+v, %v; want %+v", try, got, err, want)
		}
	}
	// Three tries are one command: nine more fit into the person's bucket.
	for i := range 9 {
		if got, err := s.Store.Accept(t.Context(), s.admission(ann), nil); err != nil || got.Wait > 0 {
			t.Fatalf("command %d = %+v, %v", i+2, got, err)
		}
	}
}

func acceptTakesACommandWithoutARecord(t *testing.T, s scene) {
	a := s.admission(ann)
	if got, err := s.Store.Accept(t.Context(), a, nil); err != nil || got != (pim.Admitted{}) {
		t.Fatalf("first = %+v, %v; want nothing", got, err)
	}
	a.Token = "another call"
	if got, err := s.Store.Accept(t.Context(), a, nil); err != nil || got != (pim.Admitted{Repeat: true}) {
		t.Errorf("repeat = %+v, %v", got, err)
	}
}

func acceptRefusesAnIDInUse(t *testing.T, s scene) {
	e := s.accept(t, s.requested("H-1", ann))
	other := s.requested("H-1", bob)
	if _, err := s.Store.Accept(t.Context(), s.admission(bob), &other); !errors.Is(err, pim.ErrConflict) {
		t.Errorf("the same id again: %v, want a conflict", err)
	}
	if got, err := s.Store.Get(t.Context(), s.tenant, "H-1"); err != nil || got.Person != e.Person {
		t.Errorf("the first record was replaced: %+v, %v", got, err)
	}
}

func acceptLeasesToTheHolder(t *testing.T, s scene) {
	e := s.requested("H-1", ann)
	if _, err := s.Store.Accept(t.Context(), s.admission(ann), &e); err != nil {
		t.Fatal(err)
	}
	if ids := s.due(t, s.now(), "worker", 10); len(ids) != 0 {
		t.Errorf("Due = %v although the door holds it", ids)
	}
	if got, err := s.Store.Lease(t.Context(), s.tenant, "H-1", "door", s.LeaseFor); err != nil || !got {
		t.Errorf("the holder cannot prolong: %v, %v", got, err)
	}
	s.Pass(s.LeaseFor + s.LeaseFor/2)
	if ids := s.due(t, s.now(), "worker", 10); !cmp.Equal(ids, []pim.ID{"H-1"}) {
		t.Errorf("Due = %v after the door's lease", ids)
	}
}

func acceptLimitsAPerson(t *testing.T, s scene) {
	for i := range 10 {
		if got, err := s.Store.Accept(t.Context(), s.admission(ann), nil); err != nil || got.Wait > 0 {
			t.Fatalf("command %d = %+v, %v", i+1, got, err)
		}
	}
	e := s.requested("H-1", ann)
	a := s.admission(ann)
	got, err := s.Store.Accept(t.Context(), a, &e)
	if err != nil || got.Wait <= 0 || got.Wait > 6*time.Second {
		t.Fatalf("the eleventh = %+v, %v; want to wait up to 6 s", got, err)
	}
	if _, err := s.Store.Get(t.Context(), s.tenant, "H-1"); !errors.Is(err, pim.ErrNotFound) {
		t.Errorf("a refused command left a record: %v", err)
	}
	if got, err := s.Store.Accept(t.Context(), s.admission(bob), nil); err != nil || got.Wait > 0 {
		t.Errorf("another person waits as well: %+v, %v", got, err)
	}
	if !s.Movable {
		return
	}
	s.Pass(got.Wait)
	if got, err := s.Store.Accept(t.Context(), a, &e); err != nil || got != (pim.Admitted{ID: "H-1"}) {
		t.Errorf("after the wait = %+v, %v", got, err)
	}
}

func acceptLimitsAWorkspace(t *testing.T, s scene) {
	if !s.Movable {
		t.Skip("a bucket that leaks while it is filled proves nothing")
	}
	for i := range 300 {
		p := pim.Person{Platform: "slack", Workspace: "T1", User: fmt.Sprint("U", i)}
		if got, err := s.Store.Accept(t.Context(), s.admission(p), nil); err != nil || got.Wait > 0 {
			t.Fatalf("command %d = %+v, %v", i+1, got, err)
		}
	}
	got, err := s.Store.Accept(t.Context(), s.admission(ann), nil)
	if err != nil || got.Wait <= 0 || got.Wait > 200*time.Millisecond {
		t.Errorf("the 301st = %+v, %v; want to wait up to 200 ms", got, err)
	}
	elsewhere := pim.Person{Platform: "slack", Workspace: "T2", User: ann.User}
	if got, err := s.Store.Accept(t.Context(), s.admission(elsewhere), nil); err != nil || got.Wait > 0 {
		t.Errorf("another workspace waits as well: %+v, %v", got, err)
	}
}

func acceptDoesNotCountARepeat(t *testing.T, s scene) {
	a := s.admission(ann)
	for i := range 40 {
		a.Token = fmt.Sprint("call ", i)
		if got, err := s.Store.Accept(t.Context(), a, nil); err != nil || got.Wait > 0 || got.Repeat != (i > 0) {
			t.Fatalf("delivery %d = %+v, %v", i+1, got, err)
		}
	}
}

func acceptTakesARight(t *testing.T, s scene) {
	live := s.after(t, s.requested("H-1", ann), s.resolved("role"))
	live = s.after(t, live, pim.Claimed{Attempt: live.SignIn.Attempt, Until: s.now().Add(time.Minute)})
	s.accept(t, live)
	if watched, err := s.Store.Watched(t.Context(), s.tenant, s.now()); err != nil || len(watched) != 1 {
		t.Errorf("Watched = %v, %v; want the one", watched, err)
	}
	if id, _ := s.live(t, "role"); id != "H-1" {
		t.Errorf("the right is %q's", id)
	}
	second := live
	second.ID = "H-2"
	_, err := s.Store.Accept(t.Context(), s.admission(ann), &second)
	var taken *pim.TakenError
	if !errors.As(err, &taken) || taken.Holder != "H-1" {
		t.Errorf("a second live record: %v, want taken by H-1", err)
	}
}

func acceptKeepsTenantsApart(t *testing.T, s scene) {
	s.accept(t, s.requested("H-1", ann))
	other := s
	other.tenant = Tenant()
	if _, err := s.Store.Get(t.Context(), other.tenant, "H-1"); !errors.Is(err, pim.ErrNotFound) {
		t.Errorf("another tenant reads it: %v", err)
	}
	other.accept(t, other.requested("H-1", ann))
	if ids := other.due(t, s.now(), "worker", 10); !cmp.Equal(ids, []pim.ID{"H-1"}) {
		t.Errorf("the other tenant's Due = %v", ids)
	}
	if ids := s.due(t, s.now(), "worker", 10); !cmp.Equal(ids, []pim.ID{"H-1"}) {
		t.Errorf("a lease of the other tenant counts here: Due = %v", ids)
	}
	wrong := s.requested("H-2", ann)
	if _, err := s.Store.Accept(t.Context(), other.admission(ann), &wrong); err == nil {
		t.Error("a record of one tenant came in through another's door")
	}
}
