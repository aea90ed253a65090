package graph

import (
	"testing"
	"time"

	"hoist/internal/clock"
)

func TestCache_makes_room(t *testing.T) {
	now := clock.NewStill(nine)
	c := newCache[int, string](now, time.Minute, 3)
	c.putFor(1, "short", time.Second)
	c.put(2, "first")
	now.Advance(time.Millisecond)
	c.put(3, "second")
	now.Advance(time.Second)
	c.put(4, "third")  // 1 is over
	c.put(5, "fourth") // 2 would be over first
	c.put(5, "fourth again")
	for k, want := range map[int]bool{1: false, 2: false, 3: true, 4: true, 5: true} {
		if _, ok := c.get(k); ok != want {
			t.Errorf("entry %d is kept: %v, want %v", k, ok, want)
		}
	}
	if len(c.entries) > 3 {
		t.Errorf("%d entries", len(c.entries))
	}
	c.drop(3)
	if _, ok := c.get(3); ok {
		t.Error("a dropped entry is still there")
	}
}
