package storetest

import (
	"errors"
	"fmt"
	"maps"
	"slices"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"hoist/internal/pim"
)

// derivedAgrees lets anything happen to a few elevations that want the same few
// rights, and asks after every step whether what is derived says exactly what
// the records say. A process that dies between a record and its timer would be a
// state that this finds.
func derivedAgrees(t *testing.T, s scene) {
	rapid.Check(t, func(r *rapid.T) {
		w := &world{T: r, t: t, scene: s, records: map[pim.ID]pim.Elevation{}, freed: map[string]time.Time{}}
		w.tenant = Tenant()
		r.Repeat(map[string]func(*rapid.T){
			"accept": w.accepts,
			"event":  w.happens,
			"time":   w.passes,
			"":       w.agrees,
		})
	})
}

// world is the model: the records as they should be, and when rights were freed.
type world struct {
	*rapid.T
	t *testing.T
	scene
	records map[pim.ID]pim.Elevation
	freed   map[string]time.Time
}

var rights = []string{"role-a", "role-b"}

func (w *world) passes(r *rapid.T) {
	d := rapid.SampledFrom([]time.Duration{
		time.Nanosecond, time.Second, 31 * time.Second, 3 * time.Minute, 10*time.Minute + 1, 25 * time.Hour, 8 * 24 * time.Hour,
	}).Draw(r, "d")
	w.Clock.Advance(d)
}

func (w *world) accepts(r *rapid.T) {
	if len(w.records) == 4 {
		r.Skip("enough of them")
	}
	n := len(w.records)
	p := pim.Person{Platform: "slack", Workspace: "T1", User: fmt.Sprint("U", n)}
	e := w.requested(pim.ID(fmt.Sprint("H-", n)), p)
	got, err := w.Store.Accept(w.t.Context(), w.admission(p), &e)
	if err != nil || got.ID != e.ID {
		r.Fatalf("Accept = %+v, %v", got, err)
	}
	if err := w.Store.Release(w.t.Context(), w.tenant, string(e.ID), "door"); err != nil {
		r.Fatal(err)
	}
	w.records[e.ID] = e
}

// happens applies an event, as far as it means anything, and stores the result.
func (w *world) happens(r *rapid.T) {
	if len(w.records) == 0 {
		r.Skip("nobody asked yet")
	}
	prev := w.records[rapid.SampledFrom(slices.Sorted(maps.Keys(w.records))).Draw(r, "id")]
	ev := w.event(r, prev)
	next, err := prev.Apply(ev, w.now())
	if err != nil {
		r.Skip(err.Error())
	}
	next.Revision = prev.Revision + 1
	w.store(r, prev, next)
}

// store expects of Update what the model says.
func (w *world) store(r *rapid.T, prev, next pim.Elevation) {
	err := w.Store.Update(w.t.Context(), prev, next)
	right, wants := next.Live()
	if holder := w.holder(right); wants && holder != "" && holder != next.ID {
		var taken *pim.TakenError
		if !errors.As(err, &taken) || taken.Holder != holder {
			r.Fatalf("%s takes a right of %s: %v", next.ID, holder, err)
		}
		return
	}
	if err != nil {
		r.Fatal(err)
	}
	if had, did := prev.Live(); did && (!wants || had != right) {
		w.freed[had.TargetID] = w.now()
	}
	w.records[next.ID] = next
}

func (w *world) holder(right pim.Triple) pim.ID {
	for id, e := range w.records {
		if its, live := e.Live(); live && its == right {
			return id
		}
	}
	return ""
}

// event draws one of everything that can happen, with what it needs.
func (w *world) event(r *rapid.T, e pim.Elevation) pim.Event {
	now := w.now()
	el := w.eligibility(rapid.SampledFrom(rights).Draw(r, "right"))
	end := now.Add(rapid.SampledFrom([]time.Duration{-time.Minute, time.Hour}).Draw(r, "end"))
	start := now.Add(rapid.SampledFrom([]time.Duration{-time.Hour, time.Minute}).Draw(r, "start"))
	status := rapid.SampledFrom([]string{"Provisioned", "Granted", "PendingApproval", "Revoked", "Denied", "Canceled", "TimedOut", "Failed", "?"}).Draw(r, "status")
	return rapid.SampledFrom([]pim.Event{
		pim.ChoiceNeeded{Options: []pim.Eligibility{el}},
		pim.Chosen{Eligibility: el},
		pim.LinkNeeded{},
		pim.Linked{},
		pim.Resolved{Principal: pim.Principal{PrincipalKey: el.Principal}, Eligibility: el},
		pim.RefusedBy{Refusals: []pim.Refusal{{Kind: pim.KindNotEligible}}},
		pim.SignInOpened{Browser: "browser"},
		pim.LinkReplaced{},
		pim.Claimed{
			Attempt: e.SignIn.Attempt, Until: now.Add(45 * time.Second),
			Feeds: []pim.Place{{Kind: pim.Feed, Platform: "slack", Workspace: "T1", Address: "C1"}},
		},
		pim.Challenged{Claims: "{}"},
		pim.Rejected{Refusal: pim.Refusal{Kind: pim.KindPolicy}},
		pim.Unanswered{},
		pim.ClaimLost{},
		pim.Observed{Activation: pim.Activation{RequestID: "request", ScheduleID: "schedule", Status: status, Start: start, End: end}},
		pim.Sighted{Assignment: pim.Assignment{ScheduleID: "schedule", Start: start, End: end}, Began: now},
		pim.Missed{Began: now},
		pim.Decided{Decision: pim.Decision{By: "Bob", Approved: status == "Granted", At: now}},
		pim.Withdrawn{},
		pim.Reopened{},
		pim.NotInPIM{},
		pim.DeadlinePassed{},
	}).Draw(r, "event")
}

// agrees compares everything that can be asked with what the records say.
func (w *world) agrees(r *rapid.T) {
	ctx := w.t.Context()
	for id, e := range w.records {
		got, err := w.Store.Get(ctx, w.tenant, id)
		if diff := cmp.Diff(e, got); diff != "" || err != nil {
			r.Fatalf("Get(%s): %v (-want +got)\n%s", id, err, diff)
		}
	}
	w.dueAgrees(r)
	w.watchedAgrees(r)
	for _, role := range rights {
		right := w.eligibility(role).Triple()
		want := w.holder(right)
		freed, ok := w.freed[role]
		recent := want == "" && ok && w.now().Sub(freed) <= 10*time.Minute
		id, gotRecent, err := w.Store.Live(ctx, right)
		if err != nil || id != want || gotRecent != recent {
			r.Fatalf("Live(%s) = %q, %v, %v; want %q, %v", role, id, gotRecent, err, want, recent)
		}
	}
}

func (w *world) dueAgrees(r *rapid.T) {
	at := func(id pim.ID) time.Time { t, _ := w.records[id].Due(); return t }
	for _, now := range []time.Time{w.now(), w.now().AddDate(100, 0, 0)} {
		var want []pim.ID
		for id, e := range w.records {
			if t, ok := e.Due(); ok && !t.After(now) {
				want = append(want, id)
			}
		}
		got, err := w.Store.Due(w.t.Context(), w.tenant, now, "probe", 100)
		if err != nil {
			r.Fatal(err)
		}
		for _, id := range got {
			if err := w.Store.Release(w.t.Context(), w.tenant, string(id), "probe"); err != nil {
				r.Fatal(err)
			}
		}
		if !slices.IsSortedFunc(got, func(a, b pim.ID) int {
			return at(a).Truncate(time.Microsecond).Compare(at(b).Truncate(time.Microsecond))
		}) {
			r.Fatalf("due out of order: %v", got)
		}
		slices.Sort(got)
		slices.Sort(want)
		if !slices.Equal(got, want) {
			r.Fatalf("due by %v: %v, want %v", now, got, want)
		}
	}
}

func (w *world) watchedAgrees(r *rapid.T) {
	var want []pim.ID
	for id, e := range w.records {
		if e.WatchedUntil().After(w.now()) {
			want = append(want, id)
		}
	}
	records, err := w.Store.Watched(w.t.Context(), w.tenant, w.now())
	if err != nil {
		r.Fatal(err)
	}
	got := idsOf(records)
	slices.Sort(got)
	slices.Sort(want)
	if !slices.Equal(got, want) {
		r.Fatalf("watched: %v, want %v", got, want)
	}
}
