package store_test

import (
	"context"
	"crypto/rand"
	"testing"
	"time"

	"hoist/internal/clock"
	"hoist/internal/pim"
	"hoist/internal/secret"
	"hoist/internal/store"
	"hoist/internal/store/storetest"
)

var start = time.Date(2026, 11, 23, 10, 0, 0, 123456789, time.UTC)

func TestConformance(t *testing.T) {
	t.Run("miniredis", func(t *testing.T) {
		storetest.Run(t, func(t *testing.T) storetest.Env {
			return env(t, storetest.Mini(t, start), 30*time.Second)
		})
	})
	t.Run("redis", func(t *testing.T) {
		server := storetest.Redis(t)
		storetest.Run(t, func(t *testing.T) storetest.Env {
			return env(t, server, 200*time.Millisecond)
		})
	})
}

// env is a store of its own prefix on a server, with a domain clock that stands
// still. Where the server's time cannot be moved, letting it pass is waiting.
// When the story is over, the keys that it left are checked.
func env(t *testing.T, server storetest.Server, leaseFor time.Duration) storetest.Env {
	t.Helper()
	c := clock.NewStill(start)
	e := storetest.Env{Clock: c, LeaseFor: leaseFor, Pass: time.Sleep}
	if server.Pass != nil {
		e.Pass, e.Movable = server.Pass, true
	}
	s := open(t, store.Config{URL: secret.New(server.URL), Clock: c, LeaseFor: leaseFor})
	t.Cleanup(func() {
		_, faults, err := s.CheckKeys(context.Background())
		if err != nil {
			t.Error(err)
		}
		for _, fault := range faults {
			t.Error("a key is left that should not be: ", fault)
		}
	})
	e.Store = s
	return e
}

// open opens a store with a keyset and a prefix of its own, unless given.
func open(t *testing.T, cfg store.Config) *store.Store {
	t.Helper()
	if cfg.Keyset.IsZero() {
		cfg.Keyset = newKeyset(t)
	}
	if cfg.Prefix == "" {
		cfg.Prefix = "hoist-test-" + rand.Text()
	}
	s, err := store.Open(t.Context(), cfg)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = s.Close() })
	return s
}

func newKeyset(t *testing.T) secret.Value {
	t.Helper()
	k, err := store.NewKeyset()
	if err != nil {
		t.Fatal(err)
	}
	return k
}

// both runs a test on miniredis and on a real server.
func both(t *testing.T, test func(t *testing.T, server storetest.Server)) {
	t.Run("miniredis", func(t *testing.T) { test(t, storetest.Mini(t, start)) })
	t.Run("redis", func(t *testing.T) { test(t, storetest.Redis(t)) })
}

var ann = pim.Person{Platform: "slack", Workspace: "T1", User: "U-ANN"}

func admission(t pim.TenantID) pim.Admission {
	return pim.Admission{Tenant: t, Person: ann, Key: rand.Text(), Token: rand.Text(), Holder: "door"}
}

func requested(t pim.TenantID, id pim.ID) pim.Elevation {
	return pim.Elevation{
		ID: id, Tenant: t, Revision: 1, Created: start, Person: ann,
		State: pim.Requested, Since: start, Deadline: start.Add(10 * time.Minute),
	}
}

func role(t pim.TenantID) pim.Eligibility {
	return pim.Eligibility{
		Principal: pim.PrincipalKey{Tenant: t, ID: "oid-ann"},
		Target:    pim.Target{Kind: pim.DirectoryRole, ID: "role"},
		Scope:     pim.Scope{ID: "/"},
	}
}

// accept records an elevation.
func accept(t *testing.T, s *store.Store, e pim.Elevation) pim.Elevation {
	t.Helper()
	if _, err := s.Accept(t.Context(), admission(e.Tenant), &e); err != nil {
		t.Fatal(err)
	}
	return e
}

// after applies an event.
func after(t *testing.T, e pim.Elevation, ev pim.Event, now time.Time) pim.Elevation {
	t.Helper()
	next, err := e.Apply(ev, now)
	if err != nil {
		t.Fatal(err)
	}
	next.Revision = e.Revision + 1
	return next
}

// update applies an event and stores the result.
func update(t *testing.T, s *store.Store, e pim.Elevation, ev pim.Event, now time.Time) pim.Elevation {
	t.Helper()
	next := after(t, e, ev, now)
	if err := s.Update(t.Context(), e, next); err != nil {
		t.Fatal(err)
	}
	return next
}

// resolved is the event that makes an elevation take the right to the role.
func resolved(t pim.TenantID) pim.Resolved {
	el := role(t)
	return pim.Resolved{Principal: pim.Principal{PrincipalKey: el.Principal}, Eligibility: el}
}
