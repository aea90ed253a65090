package store_test

import (
	"testing"
	"time"

	"hoist/internal/clock"
	"hoist/internal/pim"
	"hoist/internal/secret"
	"hoist/internal/store"
	"hoist/internal/store/storetest"
)

// TestSweep: what lives without an end of its own does not pile up.
func TestSweep(t *testing.T) {
	ctx := t.Context()
	server := storetest.Mini(t, start)
	s := open(t, store.Config{URL: secret.New(server.URL), Clock: clock.NewStill(start)})

	t.Run("ended_leases", func(t *testing.T) {
		tenant := storetest.Tenant()
		for _, name := range []string{"a", "b", "c"} {
			if got, err := s.Lease(ctx, tenant, name, "holder", time.Second); err != nil || !got {
				t.Fatal(got, err)
			}
		}
		server.Pass(2 * time.Second)
		if _, err := s.Due(ctx, tenant, start, "holder", 1); err != nil {
			t.Fatal(err)
		}
		if n, err := s.Client().Exists(ctx, s.LeaseKeys(tenant)...).Result(); err != nil || n != 0 {
			t.Errorf("%d of the lease keys are left, %v", n, err)
		}
	})
	t.Run("a_persons_oldest_records", func(t *testing.T) {
		tenant := storetest.Tenant()
		accept(t, s, requested(tenant, "H-1"))
		later := requested(tenant, "H-2")
		later.Created = start.AddDate(0, 0, 401)
		accept(t, s, later)
		if n, err := s.Client().ZCard(ctx, s.PersonKey(tenant, ann)).Result(); err != nil || n != 1 {
			t.Errorf("the index holds %d, %v; want the newer one", n, err)
		}
	})
	t.Run("a_record_that_ended_at_the_door", func(t *testing.T) {
		tenant := storetest.Tenant()
		refused := requested(tenant, "H-1")
		refused.State, refused.Deadline = pim.Refused, time.Time{}
		accept(t, s, refused)
		if ttl, err := s.Client().PTTL(ctx, s.Record(tenant, "H-1")).Result(); err != nil || ttl <= 0 {
			t.Errorf("it lives for %v, %v", ttl, err)
		}
	})
	t.Run("work_on_records_that_are_lost", func(t *testing.T) {
		tenant := storetest.Tenant()
		for _, id := range []pim.ID{"H-1", "H-2", "H-3"} {
			accept(t, s, requested(tenant, id))
		}
		server.Pass(time.Minute) // the door's leases
		if err := s.Client().Del(ctx, s.Record(tenant, "H-1"), s.Record(tenant, "H-2")).Err(); err != nil {
			t.Fatal(err)
		}
		ids, err := s.Due(ctx, tenant, start, "worker", 10)
		if err != nil || len(ids) != 1 || ids[0] != "H-3" {
			t.Errorf("Due = %v, %v; want the one that is there", ids, err)
		}
		if n, err := s.Client().ZCard(ctx, s.DueKey(tenant)).Result(); err != nil || n != 1 {
			t.Errorf("%d entries are left, %v", n, err)
		}
	})
	t.Run("watches_that_ended_long_ago", func(t *testing.T) {
		tenant := storetest.Tenant()
		e := update(t, s, accept(t, s, requested(tenant, "H-1")), resolved(tenant), start)
		e = update(t, s, e, pim.Claimed{Attempt: e.SignIn.Attempt, Until: start.Add(time.Minute)}, start)
		e = update(t, s, e, pim.Unanswered{}, start)
		if _, err := s.Watched(ctx, tenant, e.WatchedUntil().AddDate(0, 0, 31)); err != nil {
			t.Fatal(err)
		}
		if found, err := s.Watched(ctx, tenant, start); err != nil || len(found) != 0 {
			t.Errorf("still in the set: %v, %v", found, err)
		}
	})
}

// TestServerClockWentBack: a bucket that was filled in what is now the future
// makes nobody wait longer than a full one.
func TestServerClockWentBack(t *testing.T) {
	server, tenant := storetest.Mini(t, start), storetest.Tenant()
	s := open(t, store.Config{URL: secret.New(server.URL)})
	if _, err := s.Accept(t.Context(), admission(tenant), nil); err != nil {
		t.Fatal(err)
	}
	server.Pass(-time.Hour)
	got, err := s.Accept(t.Context(), admission(tenant), nil)
	if err != nil || got.Wait <= 0 || got.Wait > 6*time.Second {
		t.Errorf("Accept = %+v, %v; want a wait as after ten commands", got, err)
	}
}

// TestForeignLiveKey: a record that ends takes nothing from another that holds
// the right, as may be after a store was restored from an old copy.
func TestForeignLiveKey(t *testing.T) {
	tenant := storetest.Tenant()
	s := open(t, store.Config{URL: secret.New(storetest.Mini(t, start).URL)})
	e := update(t, s, accept(t, s, requested(tenant, "H-1")), resolved(tenant), start)
	right := role(tenant).Triple()
	if err := s.Client().Set(t.Context(), s.LiveKey(right), "H-2", 0).Err(); err != nil {
		t.Fatal(err)
	}
	update(t, s, e, pim.Withdrawn{}, start)
	if id, _, err := s.Live(t.Context(), right); err != nil || id != "H-2" {
		t.Errorf("the right is %q's, %v; want H-2", id, err)
	}
}
