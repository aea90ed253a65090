package store_test

import (
	"crypto/rand"
	"testing"
	"time"

	"hoist/internal/clock"
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
func env(t *testing.T, server storetest.Server, leaseFor time.Duration) storetest.Env {
	t.Helper()
	c := clock.NewStill(start)
	e := storetest.Env{Clock: c, LeaseFor: leaseFor, Pass: time.Sleep}
	if server.Pass != nil {
		e.Pass, e.Movable = server.Pass, true
	}
	e.Store = open(t, store.Config{URL: secret.New(server.URL), Clock: c, LeaseFor: leaseFor})
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
