package store

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/redis/go-redis/v9"
	"github.com/tink-crypto/tink-go/v2/tink"

	"hoist/internal/clock"
	"hoist/internal/pim"
	"hoist/internal/secret"
)

// Config says how a store behaves. Only Keyset has no default.
type Config struct {
	// URL is where Redis is (redis://, rediss:// or unix://), for [Open]. It may
	// hold a password.
	URL secret.Value
	// Keyset seals sign-in attempts; see [NewKeyset].
	Keyset secret.Value
	// Prefix begins every key, so that several installations can share a
	// server. "hoist" when empty.
	Prefix string
	// Shard is the shard that all tenants of this store live in.
	Shard Shard
	// Clock is the domain clock; the system's when nil.
	Clock clock.Clock
	// LeaseFor is how long Accept and Due lease a record; 30 s when zero.
	LeaseFor time.Duration
	// PersonPerMinute and WorkspacePerMinute bound how many commands Accept
	// lets through; 10 and 300 when zero.
	PersonPerMinute    int
	WorkspacePerMinute int
}

func (c Config) withDefaults() Config {
	if c.Prefix == "" {
		c.Prefix = "hoist"
	}
	if c.Clock == nil {
		c.Clock = clock.System()
	}
	if c.LeaseFor == 0 {
		c.LeaseFor = 30 * time.Second
	}
	if c.PersonPerMinute == 0 {
		c.PersonPerMinute = 10
	}
	if c.WorkspacePerMinute == 0 {
		c.WorkspacePerMinute = 300
	}
	return c
}

func (c Config) check() error {
	switch {
	case strings.ContainsAny(c.Prefix, "{}:"):
		return errors.New("the key prefix must not contain braces or colons")
	case c.Shard < 0:
		return errors.New("the shard must not be negative")
	case c.LeaseFor < time.Millisecond:
		return errors.New("a lease must last a millisecond or more")
	case c.PersonPerMinute < 0 || c.WorkspacePerMinute < 0:
		return errors.New("a rate limit must not be negative")
	}
	return nil
}

// Store is one Redis with everything in it. It is safe for concurrent use.
type Store struct {
	rdb   redis.UniversalClient
	cfg   Config
	keys  keyspace
	aead  tink.AEAD
	trips *trips
}

var _ pim.Store = (*Store)(nil)

// New makes a store on a client that the caller made and closes. It does not
// touch the network; call [Store.Ping] before serving, so that the scripts are
// loaded and the first command needs no second round trip.
func New(rdb redis.UniversalClient, cfg Config) (*Store, error) {
	cfg = cfg.withDefaults()
	if err := cfg.check(); err != nil {
		return nil, fmt.Errorf("configure the store: %w", err)
	}
	aead, err := openKeyset(cfg.Keyset)
	if err != nil {
		return nil, fmt.Errorf("configure the store: %w", err)
	}
	s := &Store{
		rdb:   rdb,
		cfg:   cfg,
		keys:  keyspace{prefix: cfg.Prefix, shard: cfg.Shard},
		aead:  aead,
		trips: &trips{},
	}
	rdb.AddHook(s.trips)
	return s, nil
}

// Ping reports whether the server answers, and loads the scripts. It is fit for
// a readiness probe: after a restart of the server it loads them again.
func (s *Store) Ping(ctx context.Context) error {
	// Not in the pipeline: those have connections of their own, and the first
	// command should find one that is open.
	if err := s.rdb.Ping(ctx).Err(); err != nil {
		return fmt.Errorf("reach the store: %w", err)
	}
	pipe := s.rdb.Pipeline()
	for _, script := range scripts {
		pipe.ScriptLoad(ctx, script.text)
	}
	if _, err := pipe.Exec(ctx); err != nil {
		return fmt.Errorf("load the store's scripts: %w", err)
	}
	return nil
}

// Close closes the client.
func (s *Store) Close() error { return s.rdb.Close() }

// Trips returns how many round trips the client of this store has begun.
// Repeats that the client makes by itself and the greetings of new connections
// are not counted.
func (s *Store) Trips() int64 { return s.trips.n.Load() }

// run runs a script by its digest, and by its text on a server that does not
// know it yet.
func (s *Store) run(ctx context.Context, script script, keys []string, args ...any) *redis.Cmd {
	return script.Run(ctx, s.rdb, keys, args...)
}

// token is what a call recognises its own write by.
func token() string { return rand.Text() }

// micros is a time as a score: whole microseconds, which a double holds exactly
// until the year 2255. Milliseconds would make a deadline early or late by up to
// one, and a record that is due exactly now not due.
func micros(t time.Time) int64 { return t.UnixMicro() }
