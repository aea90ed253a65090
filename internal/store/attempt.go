package store

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/redis/go-redis/v9"

	"hoist/internal/pim"
)

// PutAttempt keeps what a sign-in callback must know, under the state that the
// browser will bring back. The value is sealed: who can read or write the server
// but not the keyset learns nothing and can put nothing in its place.
func (s *Store) PutAttempt(ctx context.Context, t pim.TenantID, state string, value []byte, ttl time.Duration) error {
	if state == "" || ttl < time.Millisecond {
		return errors.New("keep a sign-in attempt: it has no state or no time to live")
	}
	key := s.keys.attempt(t, state)
	sealed, err := s.aead.Encrypt(value, sealedFor(t, key))
	if err != nil {
		return fmt.Errorf("seal a sign-in attempt: %w", err)
	}
	if err := s.rdb.Set(ctx, key, sealed, ttl).Err(); err != nil {
		return fmt.Errorf("keep a sign-in attempt: %w", err)
	}
	return nil
}

// TakeAttempt returns what was kept under a state and forgets it in the same
// step, so that a state works once. An error that wraps [pim.ErrNotFound] means
// that it never was, has expired or was taken. When the server's answer is lost
// the attempt is lost with it, and the person starts the sign-in over: the safe
// side of the two.
func (s *Store) TakeAttempt(ctx context.Context, t pim.TenantID, state string) ([]byte, error) {
	key := s.keys.attempt(t, state)
	sealed, err := s.rdb.GetDel(ctx, key).Bytes()
	if errors.Is(err, redis.Nil) {
		return nil, fmt.Errorf("take a sign-in attempt: %w", errNoAttempt)
	}
	if err != nil {
		return nil, fmt.Errorf("take a sign-in attempt: %w", err)
	}
	value, err := s.aead.Decrypt(sealed, sealedFor(t, key))
	if err != nil {
		// Tink's reason is left out; it may only ever say that it did not open.
		return nil, errors.New("open a sign-in attempt: it was not sealed here, or for something else")
	}
	return value, nil
}

// sealedFor is the associated data: a sealed value opens only for the tenant,
// the purpose and the key that it was made for. Tenants and keys hold no bar.
func sealedFor(t pim.TenantID, key string) []byte {
	return []byte(path(string(t)) + "|sign-in attempt|" + key)
}

// errNoAttempt is a [pim.ErrNotFound] that does not speak of elevations.
var errNoAttempt error = missing("sign-in attempt")

type missing string

func (m missing) Error() string        { return "no such " + string(m) }
func (m missing) Is(target error) bool { return target == pim.ErrNotFound }
