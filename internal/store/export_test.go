package store

import (
	"context"
	"fmt"
	"net/url"
	"strings"
	"time"

	"github.com/redis/go-redis/v9"

	"hoist/internal/pim"
)

// Client is the raw client, for tests that look beneath the store.
func (s *Store) Client() redis.UniversalClient { return s.rdb }

// Kinds are all kinds of key.
func Kinds() []string {
	var kinds []string
	for kind := range lifetimes {
		kinds = append(kinds, kind)
	}
	return kinds
}

// Record, Live and Attempt name keys.
func (s *Store) Record(t pim.TenantID, id pim.ID) string       { return s.keys.record(t, id) }
func (s *Store) PersonKey(t pim.TenantID, p pim.Person) string { return s.keys.person(t, p) }
func (s *Store) LeaseKeys(t pim.TenantID) []string {
	return []string{s.keys.leases(t), s.keys.holders(t)}
}
func (s *Store) DueKey(t pim.TenantID) string                   { return s.keys.due(t) }
func (s *Store) LiveKey(t pim.Triple) string                    { return s.keys.live(t) }
func (s *Store) AttemptKey(t pim.TenantID, state string) string { return s.keys.attempt(t, state) }

// AnyKey builds a key of a kind with the parts given.
func AnyKey(prefix string, shard Shard, t pim.TenantID, kind string, parts ...string) string {
	return keyspace{prefix: prefix, shard: shard}.key(t, kind, parts...)
}

// CheckKeys lists what is on the server under the store's prefix. It returns
// the kinds that it saw, and every key that no builder makes, that does not
// carry the shard's tag, or that lives on without a stated reason.
func (s *Store) CheckKeys(ctx context.Context) (seen map[string]int, faults []string, err error) {
	seen = map[string]int{}
	iter := s.rdb.Scan(ctx, 0, s.cfg.Prefix+"*", 1000).Iterator()
	for iter.Next(ctx) {
		key := iter.Val()
		kind, err := s.kindOf(key)
		if err != nil {
			faults = append(faults, fmt.Sprintf("%s: %v", key, err))
			continue
		}
		seen[kind]++
		ttl, err := s.rdb.PTTL(ctx, key).Result()
		if err != nil {
			return nil, nil, err
		}
		switch life := lifetimes[kind]; {
		case ttl == -2: // expired meanwhile
		case ttl < 0 && (life.expires || life.reason == ""):
			faults = append(faults, key+": lives for ever without a reason")
		case ttl > personFor+time.Minute:
			faults = append(faults, key+": lives longer than anything should")
		}
	}
	return seen, faults, iter.Err()
}

// kindOf takes a key apart and builds it again.
func (s *Store) kindOf(key string) (string, error) {
	part := strings.SplitN(key, ":", 5)
	if len(part) < 4 || part[0] != s.cfg.Prefix || part[1] != s.cfg.Shard.tag() {
		return "", fmt.Errorf("not of this prefix and shard")
	}
	if _, ok := lifetimes[part[3]]; !ok {
		return "", fmt.Errorf("%s is no kind of key", part[3])
	}
	tenant, err := url.QueryUnescape(part[2])
	if err != nil {
		return "", err
	}
	var parts []string
	if len(part) == 5 {
		for p := range strings.SplitSeq(part[4], "/") {
			p, err := url.QueryUnescape(p)
			if err != nil {
				return "", err
			}
			parts = append(parts, p)
		}
	}
	if again := s.keys.key(pim.TenantID(tenant), part[3], parts...); again != key {
		return "", fmt.Errorf("the builder says %s", again)
	}
	return part[3], nil
}

// Lazy is Open without asking the server.
func Lazy(cfg Config) (*Store, error) {
	opt, err := options(cfg)
	if err != nil {
		return nil, err
	}
	return New(client(opt), cfg)
}
