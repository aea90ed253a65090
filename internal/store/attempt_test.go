package store_test

import (
	"bytes"
	"errors"
	"strings"
	"testing"
	"time"

	"hoist/internal/pim"
	"hoist/internal/secret"
	"hoist/internal/store"
	"hoist/internal/store/storetest"
)

const (
	canaryState = "state-canary-815"
	canaryValue = "verifier-canary-4711"
)

// put keeps an attempt under the state and returns what lies on the server.
func put(t *testing.T, s *store.Store, tenant pim.TenantID, state, value string) string {
	t.Helper()
	if err := s.PutAttempt(t.Context(), tenant, state, []byte(value), time.Minute); err != nil {
		t.Fatal(err)
	}
	sealed, err := s.Client().Get(t.Context(), s.AttemptKey(tenant, state)).Result()
	if err != nil {
		t.Fatal(err)
	}
	return sealed
}

// replace lays a value where an attempt lies.
func replace(t *testing.T, s *store.Store, tenant pim.TenantID, state, sealed string) {
	t.Helper()
	if err := s.Client().Set(t.Context(), s.AttemptKey(tenant, state), sealed, time.Minute).Err(); err != nil {
		t.Fatal(err)
	}
}

func TestAttempt(t *testing.T) {
	server := storetest.Mini(t, start)
	tenant, other := storetest.Tenant(), storetest.Tenant()
	prefix, keys := "hoist-test", newKeyset(t)
	s := open(t, store.Config{URL: secret.New(server.URL), Prefix: prefix, Keyset: keys})

	t.Run("shows_nothing_on_the_server", func(t *testing.T) {
		sealed := put(t, s, tenant, canaryState, canaryValue)
		if strings.Contains(sealed, canaryValue) || strings.Contains(s.AttemptKey(tenant, canaryState), canaryState) {
			t.Error("the server sees the state or the value")
		}
		if again := put(t, s, tenant, canaryState, canaryValue); again == sealed {
			t.Error("sealed twice alike: the nonce was used again")
		}
	})
	t.Run("opens_only_where_it_was_put", func(t *testing.T) {
		mine := put(t, s, tenant, "mine", "mine")
		theirs := put(t, s, other, "mine", "theirs")
		flipped := []byte(mine)
		flipped[len(flipped)-1] ^= 1
		for name, sealed := range map[string]string{
			"another state's":  put(t, s, tenant, "second", "second"),
			"another tenant's": theirs,
			"a flipped bit":    string(flipped),
			"cut short":        mine[:len(mine)-1],
			"nothing":          "",
			"plain text":       canaryValue,
		} {
			replace(t, s, tenant, "mine", sealed)
			got, err := s.TakeAttempt(t.Context(), tenant, "mine")
			if err == nil || errors.Is(err, pim.ErrNotFound) {
				t.Errorf("%s opened: %q, %v", name, got, err)
			}
			if err != nil && strings.Contains(err.Error(), canaryValue) {
				t.Errorf("%s: the error shows it: %v", name, err)
			}
		}
	})
	t.Run("outlives_a_rotation_of_keys", func(t *testing.T) {
		put(t, s, tenant, "before", canaryValue)
		rotated, err := store.RotateKeyset(keys)
		if err != nil {
			t.Fatal(err)
		}
		newer := open(t, store.Config{URL: secret.New(server.URL), Prefix: prefix, Keyset: rotated})
		if got, err := newer.TakeAttempt(t.Context(), tenant, "before"); err != nil || !bytes.Equal(got, []byte(canaryValue)) {
			t.Errorf("sealed before the rotation: %q, %v", got, err)
		}
		put(t, newer, tenant, "after", canaryValue)
		if got, err := s.TakeAttempt(t.Context(), tenant, "after"); err == nil {
			t.Errorf("the old keyset opens what the new key sealed: %q", got)
		}
	})
	t.Run("stays_shut_without_the_keyset", func(t *testing.T) {
		put(t, s, tenant, "mine", canaryValue)
		stranger := open(t, store.Config{URL: secret.New(server.URL), Prefix: prefix})
		if got, err := stranger.TakeAttempt(t.Context(), tenant, "mine"); err == nil {
			t.Errorf("another keyset opens it: %q", got)
		}
	})
}

func TestRotateKeysetRefusesWhatIsNone(t *testing.T) {
	for _, v := range []string{"", "canary", `{"canary":1}`} {
		if _, err := store.RotateKeyset(secret.New(v)); err == nil || strings.Contains(err.Error(), "canary") {
			t.Errorf("RotateKeyset(%q): %v", v, err)
		}
	}
}
