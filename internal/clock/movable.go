package clock

import (
	"sync"
	"time"
)

// Movable is a clock that someone moves. It starts at a chosen time and either
// stands still between two calls of [Movable.Advance] ([NewStill]) or runs on
// with the machine's clock ([NewFlowing]).
type Movable struct {
	mu     sync.Mutex
	start  time.Time
	moved  time.Duration
	began  time.Time // wall time at construction; zero when the clock stands still
	timers map[*movableTimer]struct{}
}

// NewStill returns a clock that shows start until it is advanced.
func NewStill(start time.Time) *Movable {
	return &Movable{start: start.UTC(), timers: map[*movableTimer]struct{}{}}
}

// NewFlowing returns a clock that shows start now and runs on from there.
func NewFlowing(start time.Time) *Movable {
	m := NewStill(start)
	m.began = time.Now()
	return m
}

// Now implements [Clock].
func (m *Movable) Now() time.Time {
	m.mu.Lock()
	defer m.mu.Unlock()
	return m.now()
}

func (m *Movable) now() time.Time {
	t := m.start.Add(m.moved)
	if m.began.IsZero() {
		return t
	}
	return t.Add(time.Since(m.began))
}

// Advance moves the clock forward by d and fires every timer that is due by
// then. It panics when d is negative: time in this program never runs back.
func (m *Movable) Advance(d time.Duration) {
	if d < 0 {
		panic("clock: cannot move backwards")
	}
	m.mu.Lock()
	m.moved += d
	m.mu.Unlock()
	m.fire()
}

func (m *Movable) fire() {
	m.mu.Lock()
	defer m.mu.Unlock()
	now := m.now()
	for t := range m.timers {
		if !now.Before(t.at) {
			m.drop(t)
			t.c <- now
		}
	}
}

// NewTimer implements [Clock].
func (m *Movable) NewTimer(d time.Duration) Timer {
	m.mu.Lock()
	defer m.mu.Unlock()
	t := &movableTimer{owner: m, at: m.now().Add(d), c: make(chan time.Time, 1)}
	if d <= 0 {
		t.c <- m.now()
		return t
	}
	m.timers[t] = struct{}{}
	if !m.began.IsZero() {
		t.wall = time.AfterFunc(d, m.fire)
	}
	return t
}

// drop forgets a timer; the caller holds the lock.
func (m *Movable) drop(t *movableTimer) {
	delete(m.timers, t)
	if t.wall != nil {
		t.wall.Stop()
	}
}

type movableTimer struct {
	owner *Movable
	at    time.Time
	c     chan time.Time
	wall  *time.Timer // wakes a flowing clock; nil when it stands still
}

func (t *movableTimer) C() <-chan time.Time { return t.c }

func (t *movableTimer) Stop() bool {
	t.owner.mu.Lock()
	defer t.owner.mu.Unlock()
	_, pending := t.owner.timers[t]
	t.owner.drop(t)
	return pending
}
