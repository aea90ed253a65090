package store_test

import (
	"slices"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"

	"hoist/internal/clock"
	"hoist/internal/pim"
	"hoist/internal/secret"
	"hoist/internal/store"
	"hoist/internal/store/storetest"
)

// TestKeys/every_kind_is_accounted_for lives one of everything and looks at what
// is on the server then.
func TestKeys(t *testing.T) {
	t.Run("every_kind_is_accounted_for", func(t *testing.T) {
		both(t, everyKind)
	})
	t.Run("different_things_never_share_one", func(t *testing.T) {
		part := rapid.StringOf(rapid.SampledFrom([]rune("aB/:%{}+| \x00é")))
		parts := rapid.SliceOfN(part, 1, 3)
		rapid.Check(t, func(r *rapid.T) {
			a, b := parts.Draw(r, "a"), parts.Draw(r, "b")
			tenantA, tenantB := pim.TenantID(part.Draw(r, "tenant a")), pim.TenantID(part.Draw(r, "tenant b"))
			one := store.AnyKey("hoist", 7, tenantA, "record", a...)
			other := store.AnyKey("hoist", 7, tenantB, "record", b...)
			if same := tenantA == tenantB && slices.Equal(a, b); same != (one == other) {
				r.Fatalf("%q and %q", one, other)
			}
			open, closed := strings.Index(one, "{"), strings.Index(one, "}")
			if open < 0 || closed < open || one[open:closed+1] != "{s7}" {
				r.Fatalf("%q has another hash tag", one)
			}
		})
	})
}

func everyKind(t *testing.T, server storetest.Server) {
	ctx, tenant := t.Context(), storetest.Tenant()
	tenant = pim.NewPrincipalKey(string(tenant), "").Tenant
	s := open(t, store.Config{URL: secret.New(server.URL), Clock: clock.NewStill(start)})

	e := update(t, s, accept(t, s, requested(tenant, "H-1")), resolved(tenant), start)
	update(t, s, e, pim.Claimed{Attempt: e.SignIn.Attempt, Until: start.Add(time.Minute)}, start)
	gone := update(t, s, accept(t, s, requested(tenant, "H-2")), pim.Resolved{
		Eligibility: pim.Eligibility{Principal: role(tenant).Principal, Target: pim.Target{ID: "other"}},
	}, start)
	update(t, s, gone, pim.Withdrawn{}, start)
	if err := s.PutAttempt(ctx, tenant, "state", []byte("value"), time.Minute); err != nil {
		t.Fatal(err)
	}
	if err := s.PutLink(ctx, tenant, ann, pim.Principal{PrincipalKey: role(tenant).Principal}, "sign-in", start); err != nil {
		t.Fatal(err)
	}

	seen, faults, err := s.CheckKeys(ctx)
	if err != nil || len(faults) > 0 {
		t.Errorf("faults %q, %v", faults, err)
	}
	for _, kind := range store.Kinds() {
		if seen[kind] == 0 {
			t.Errorf("no key of kind %s was left: the list of reasons promises one", kind)
		}
	}
}

// TestRetention tells how long a record, its place in indexes and the right it
// occupies stay.
func TestRetention(t *testing.T) {
	both(t, func(t *testing.T, server storetest.Server) {
		ctx, tenant := t.Context(), storetest.Tenant()
		s := open(t, store.Config{URL: secret.New(server.URL), Clock: clock.NewStill(start)})
		want := func(when string, key string, ttl time.Duration) {
			t.Helper()
			got, err := s.Client().PTTL(ctx, key).Result()
			if err != nil || got > ttl || got < ttl-10*time.Second {
				t.Errorf("%s: %s lives for %v, %v; want %v", when, key, got, err, ttl)
			}
		}
		const forever, month = -1 * time.Nanosecond, 30 * 24 * time.Hour
		record, live := s.Record(tenant, "H-1"), s.LiveKey(role(tenant).Triple())

		e := accept(t, s, requested(tenant, "H-1"))
		want("while it is open", record, forever)
		e = update(t, s, e, resolved(tenant), start)
		want("while it is open", live, forever)
		e = update(t, s, e, pim.Claimed{Attempt: e.SignIn.Attempt, Until: start.Add(time.Minute)}, start)
		e = update(t, s, e, pim.Unanswered{}, start)
		for i := range e.Posts { // nothing is due once every card is current and every notice told
			e.Posts[i].Shown = e.View
		}
		prev := e
		e.Owed, e.Revision = nil, e.Revision+1
		if err := s.Update(ctx, prev, e); err != nil {
			t.Fatal(err)
		}
		want("once it is unresolved and told", record, month)
		want("together with its record", live, month)
		update(t, s, e, pim.Observed{Activation: pim.Activation{Status: "Provisioned", Start: start, End: start.Add(time.Hour)}}, start)
		want("once PIM corrected it", record, forever)
		want("once PIM corrected it", live, forever)
	})
}

// TestExpiredRecords: when a record expires, what pointed at it goes as well.
func TestExpiredRecords(t *testing.T) {
	server, tenant := storetest.Mini(t, start), storetest.Tenant()
	c := clock.NewStill(start)
	s := open(t, store.Config{URL: secret.New(server.URL), Clock: c})
	update(t, s, accept(t, s, requested(tenant, "H-1")), pim.Withdrawn{}, start)
	server.Pass(31 * 24 * time.Hour)
	accept(t, s, requested(tenant, "H-2"))
	for range 2 {
		records, err := s.OfPerson(t.Context(), tenant, ann, 10)
		if err != nil || len(records) != 1 || records[0].ID != "H-2" {
			t.Errorf("OfPerson = %+v, %v; want H-2 alone", records, err)
		}
	}
}
