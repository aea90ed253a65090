package store_test

import (
	"fmt"
	"strconv"
	"strings"
	"testing"

	"hoist/internal/pim"
	"hoist/internal/secret"
	"hoist/internal/store"
	"hoist/internal/store/storetest"
)

// TestFullServer: a server without memory refuses a command whole. A record
// without its timer, or a repeat key without a record, would be a command that
// was acknowledged and lost. Only a real server runs out of memory.
func TestFullServer(t *testing.T) {
	tenant := storetest.Tenant()
	server := storetest.Child(t, "--maxmemory-policy", "noeviction", "--maxmemory", "100mb")
	// The limits let this many through, and are low enough that a bucket outlives
	// the test: one that expires in between would change the count of keys.
	s := open(t, store.Config{URL: secret.New(server.URL), PersonPerMinute: 600, WorkspacePerMinute: 600})
	refused, accepted := 0, 0
	// Leave a little more room each time, from none to plenty, so that memory
	// ends before, within and after every write of the script.
	for spare := -2000; spare < 40_000; spare += 200 {
		limit(t, s, usedMemory(t, s)+spare)
		e := requested(tenant, pim.ID(fmt.Sprint("H-", spare)))
		e.Ask.Justification = strings.Repeat("reason ", 100)
		a := admission(tenant)
		keys := size(t, s)
		_, err := s.Accept(t.Context(), a, &e)
		if err == nil {
			accepted++
		} else {
			refused++
			if now := size(t, s); now != keys {
				t.Fatalf("with %d bytes left, a refused command changed %d keys", spare, now-keys)
			}
		}
		limit(t, s, 100<<20)
		_, missing := s.Get(t.Context(), tenant, e.ID)
		if (err == nil) != (missing == nil) {
			t.Fatalf("with %d bytes left: Accept says %v, Get %v", spare, err, missing)
		}
		// Once there is room, the same call goes through: nothing was half seen.
		if got, err := s.Accept(t.Context(), a, &e); err != nil || got != (pim.Admitted{ID: e.ID}) {
			t.Fatalf("with room again: %+v, %v", got, err)
		}
	}
	if refused == 0 || accepted == 0 {
		t.Errorf("refused %d, accepted %d: the test never met the limit", refused, accepted)
	}
}

func limit(t *testing.T, s *store.Store, bytes int) {
	t.Helper()
	if err := s.Client().ConfigSet(t.Context(), "maxmemory", strconv.Itoa(bytes)).Err(); err != nil {
		t.Fatal(err)
	}
}

func usedMemory(t *testing.T, s *store.Store) int {
	t.Helper()
	info, err := s.Client().Info(t.Context(), "memory").Result()
	if err != nil {
		t.Fatal(err)
	}
	_, rest, _ := strings.Cut(info, "used_memory:")
	line, _, _ := strings.Cut(rest, "\r\n")
	n, err := strconv.Atoi(line)
	if err != nil {
		t.Fatal(err)
	}
	return n
}

func size(t *testing.T, s *store.Store) int64 {
	t.Helper()
	n, err := s.Client().DBSize(t.Context()).Result()
	if err != nil {
		t.Fatal(err)
	}
	return n
}
