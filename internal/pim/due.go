package pim

import (
	"context"
	"sync"
	"time"
)

// How the loop of due work sleeps.
const (
	pollEvery = time.Second // other replicas' work is noticed within this
	dueAtOnce = 50          // elevations taken in one go
	workers   = 8
)

// Run does due work until ctx ends: deadlines, retries and deliveries that are
// owed. Beside it, it looks at the tenant every minute: one that does not answer
// must not hold up what people are waiting for. It returns when both are over.
// Any number of replicas may run it.
func (s *Service) Run(ctx context.Context) {
	var looking sync.WaitGroup
	looking.Go(func() { s.keepObserving(ctx) })
	defer looking.Wait()
	for ctx.Err() == nil {
		s.runDue(ctx)
		s.sleep(ctx)
	}
}

// runDue works until nothing is due.
func (s *Service) runDue(ctx context.Context) {
	for ctx.Err() == nil {
		now := s.Clock.Now()
		s.next.reached(now)
		ids, err := s.Store.Due(ctx, s.Tenant, now, s.Holder, dueAtOnce)
		if err != nil {
			s.logUnlessEnded(ctx, "due work not read", "", err)
			return
		}
		if len(ids) == 0 {
			return
		}
		s.advanceAll(ctx, ids)
	}
}

func (s *Service) advanceAll(ctx context.Context, ids []ID) {
	var wg sync.WaitGroup
	slots := make(chan struct{}, workers)
	for _, id := range ids {
		slots <- struct{}{}
		wg.Go(func() {
			defer func() { <-slots }()
			work, cancel := context.WithTimeout(ctx, workFor)
			defer cancel()
			s.Advance(work, id)
		})
	}
	wg.Wait()
}

// sleep waits until something of ours is due, or the next poll.
func (s *Service) sleep(ctx context.Context) {
	timer := s.Clock.NewTimer(s.next.in(s.Clock.Now(), pollEvery))
	defer timer.Stop()
	select {
	case <-timer.C():
	case <-s.next.sooner:
	case <-ctx.Done():
	}
}

// nudge remembers when the earliest work that this process wrote is due, so
// that the loop need not wait for its next poll.
type nudge struct {
	mu     *sync.Mutex
	due    *time.Time
	sooner chan struct{}
}

func newNudge() nudge {
	return nudge{mu: &sync.Mutex{}, due: &time.Time{}, sooner: make(chan struct{}, 1)}
}

func (n nudge) at(t time.Time) {
	n.mu.Lock()
	defer n.mu.Unlock()
	if n.due.IsZero() || t.Before(*n.due) {
		*n.due = t
		select {
		case n.sooner <- struct{}{}:
		default:
		}
	}
}

// reached forgets a time that has come.
func (n nudge) reached(now time.Time) {
	n.mu.Lock()
	defer n.mu.Unlock()
	if !now.Before(*n.due) {
		*n.due = time.Time{}
	}
}

func (n nudge) in(now time.Time, atMost time.Duration) time.Duration {
	n.mu.Lock()
	defer n.mu.Unlock()
	if n.due.IsZero() {
		return atMost
	}
	return max(min(n.due.Sub(now), atMost), 0)
}
