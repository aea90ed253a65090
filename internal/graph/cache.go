package graph

import (
	"sync"
	"time"

	"hoist/internal/clock"
)

// cache keeps what was read for a while, by the injected clock, and never more
// than max entries.
type cache[K comparable, V any] struct {
	clock clock.Clock
	life  time.Duration
	max   int

	mu      sync.Mutex
	entries map[K]entry[V]
}

type entry[V any] struct {
	v     V
	until time.Time
}

func newCache[K comparable, V any](c clock.Clock, life time.Duration, max int) *cache[K, V] {
	return &cache[K, V]{clock: c, life: life, max: max, entries: map[K]entry[V]{}}
}

func (c *cache[K, V]) get(k K) (V, bool) {
	c.mu.Lock()
	defer c.mu.Unlock()
	e, ok := c.entries[k]
	if !ok || !c.clock.Now().Before(e.until) {
		var zero V
		return zero, false
	}
	return e.v, true
}

func (c *cache[K, V]) put(k K, v V) { c.putFor(k, v, c.life) }

func (c *cache[K, V]) putFor(k K, v V, life time.Duration) {
	c.mu.Lock()
	defer c.mu.Unlock()
	now := c.clock.Now()
	if _, ok := c.entries[k]; !ok && len(c.entries) >= c.max {
		c.makeRoom(now)
	}
	c.entries[k] = entry[V]{v: v, until: now.Add(life)}
}

func (c *cache[K, V]) drop(k K) {
	c.mu.Lock()
	defer c.mu.Unlock()
	delete(c.entries, k)
}

// makeRoom drops what is over, and where nothing is, what will be over first.
// The caller holds the lock.
func (c *cache[K, V]) makeRoom(now time.Time) {
	var oldest K
	var ends time.Time
	for k, e := range c.entries {
		if !now.Before(e.until) {
			delete(c.entries, k)
		} else if ends.IsZero() || e.until.Before(ends) {
			oldest, ends = k, e.until
		}
	}
	if len(c.entries) >= c.max {
		delete(c.entries, oldest)
	}
}
