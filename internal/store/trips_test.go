package store_test

import (
	"testing"

	"hoist/internal/clock"
	"hoist/internal/pim"
	"hoist/internal/secret"
	"hoist/internal/store"
	"hoist/internal/store/storetest"
)

// TestTrips: what a person waits for costs one round trip, from the first
// command after the start on.
func TestTrips(t *testing.T) {
	both(t, func(t *testing.T, server storetest.Server) {
		ctx, tenant := t.Context(), storetest.Tenant()
		s := open(t, store.Config{URL: secret.New(server.URL), Clock: clock.NewStill(start)})
		e := requested(tenant, "H-1")
		next := after(t, e, resolved(tenant), start)
		for _, call := range []struct {
			name string
			do   func() error
		}{
			{"Accept", func() error { _, err := s.Accept(ctx, admission(tenant), &e); return err }},
			{"Accept without a record", func() error { _, err := s.Accept(ctx, admission(tenant), nil); return err }},
			{"Get", func() error { _, err := s.Get(ctx, tenant, "H-1"); return err }},
			{"Update", func() error { return s.Update(ctx, e, next) }},
			{"Due", func() error { _, err := s.Due(ctx, tenant, start, "a", 10); return err }},
			{"Lease", func() error { _, err := s.Lease(ctx, tenant, "work", "a", 1e9); return err }},
			{"Release", func() error { return s.Release(ctx, tenant, "work", "a") }},
			{"Live", func() error { _, _, err := s.Live(ctx, role(tenant).Triple()); return err }},
			{"PutAttempt", func() error { return s.PutAttempt(ctx, tenant, "state", []byte("v"), 1e9) }},
			{"TakeAttempt", func() error { _, err := s.TakeAttempt(ctx, tenant, "state"); return err }},
		} {
			before := s.Trips()
			if err := call.do(); err != nil {
				t.Fatalf("%s: %v", call.name, err)
			}
			if n := s.Trips() - before; n != 1 {
				t.Errorf("%s took %d round trips", call.name, n)
			}
		}
	})
}

// TestRestartedServer: a server that has forgotten the scripts still takes the
// next command, and a probe teaches it the others.
func TestRestartedServer(t *testing.T) {
	server, tenant := storetest.Mini(t, start), storetest.Tenant()
	s := open(t, store.Config{URL: secret.New(server.URL)})
	forget := func() {
		t.Helper()
		if err := s.Client().ScriptFlush(t.Context()).Err(); err != nil {
			t.Fatal(err)
		}
	}
	trips := func() int64 {
		t.Helper()
		before := s.Trips()
		if got, err := s.Accept(t.Context(), admission(tenant), nil); err != nil || got != (pim.Admitted{}) {
			t.Fatalf("Accept = %+v, %v", got, err)
		}
		return s.Trips() - before
	}
	forget()
	if n := trips(); n != 2 {
		t.Errorf("the first command took %d trips, want a second one with the script's text", n)
	}
	if n := trips(); n != 1 {
		t.Errorf("the second command took %d trips", n)
	}
	forget()
	if err := s.Ping(t.Context()); err != nil {
		t.Fatal(err)
	}
	if n := trips(); n != 1 {
		t.Errorf("after a probe a command took %d trips", n)
	}
}
