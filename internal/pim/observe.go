package pim

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"time"
)

const (
	// observeEvery is how often the tenant's activated assignments are listed:
	// once for everything that anyone waits for.
	observeEvery = 60 * time.Second
	// observation is the lease on it: one replica looks for all.
	observation = "observe"
	releaseFor  = 2 * time.Second // at shutdown, which a store that is down must not hold up
)

// sighting is the newest snapshot, shared by all who can live with one of the
// last minute.
type sighting struct {
	listing keyedMutex // one list at a time; it is waited for no longer than the caller can

	mu   sync.Mutex
	last Snapshot
}

// within returns the newest snapshot if it began after a time.
func (x *sighting) within(after time.Time) (Snapshot, bool) {
	x.mu.Lock()
	defer x.mu.Unlock()
	return x.last, x.last.Began.After(after)
}

func (x *sighting) keep(snap Snapshot) {
	x.mu.Lock()
	defer x.mu.Unlock()
	x.last = snap
}

// snapshot returns the list, less than maxAge old.
func (s *Service) snapshot(ctx context.Context, maxAge time.Duration) (Snapshot, error) {
	if last, ok := s.sight.within(s.Clock.Now().Add(-maxAge)); ok {
		return last, nil
	}
	unlock, ok := s.sight.listing.lock(ctx, "")
	if !ok {
		return Snapshot{}, fmt.Errorf("wait for a list of assignments: %w", ctx.Err())
	}
	defer unlock()
	if last, ok := s.sight.within(s.Clock.Now().Add(-maxAge)); ok {
		return last, nil
	}
	snap, err := s.Directory.Assignments(ctx)
	if err != nil {
		return Snapshot{}, fmt.Errorf("list assignments: %w", err)
	}
	s.sight.keep(snap)
	return snap, nil
}

// keepObserving looks at the tenant every minute until ctx ends, one look after
// the other. Whoever may not, because another replica does, asks again at the
// next poll, and so goes on where that one stopped. A look that failed counts: a
// tenant that is in trouble is not asked more often than others.
func (s *Service) keepObserving(ctx context.Context) {
	defer s.leaveObserving(ctx)
	var next time.Time
	for ctx.Err() == nil {
		if now := s.Clock.Now(); !now.Before(next) && s.mayObserve(ctx) {
			next = now.Add(observeEvery)
			s.look(ctx)
		}
		s.wait(ctx, pollEvery)
	}
}

// mayObserve takes or prolongs the lease. It outlasts the time to the next look,
// so that the same replica goes on.
func (s *Service) mayObserve(ctx context.Context) bool {
	ok, err := s.Store.Lease(ctx, s.Tenant, observation, s.Holder, observeEvery+leaseFor)
	s.logUnlessEnded(ctx, "observation not leased", "", err)
	return ok && err == nil
}

// leaveObserving lets another replica look at once, unless another has the lease
// already. It is tried whatever was heard of the lease: the store may have given
// it without our hearing of it.
func (s *Service) leaveObserving(ctx context.Context) {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), releaseFor)
	defer cancel()
	err := s.Store.Release(ctx, s.Tenant, observation, s.Holder)
	s.logUnlessEnded(ctx, "observation not released", "", err)
}

// look is one look, bounded so that the next is in time.
func (s *Service) look(ctx context.Context) {
	bounded, cancel := context.WithTimeout(ctx, observeEvery)
	defer cancel()
	if err := s.observe(bounded); err != nil && ctx.Err() == nil {
		s.Log.WarnContext(ctx, "tenant not observed", "err", err)
	}
}

// observe compares what is watched with one fresh list and tells each record
// what it shows.
func (s *Service) observe(ctx context.Context) error {
	snap, err := s.snapshot(ctx, 0)
	if err != nil {
		return err
	}
	// After the list, so that whatever it shows of ours is known by now.
	watched, err := s.Store.Watched(ctx, s.Tenant, s.Clock.Now())
	if err != nil {
		return err
	}
	listed := map[Triple][]Assignment{}
	for _, a := range snap.Assignments {
		if a.Activated {
			listed[a.Triple()] = append(listed[a.Triple()], a)
		}
	}
	var errs []error
	for _, e := range watched {
		errs = append(errs, s.compare(ctx, e, snap, listed[e.Eligibility.Triple()]))
	}
	errs = append(errs, s.meetForeign(ctx, snap, watched), s.explain(ctx, watched))
	return errors.Join(errs...)
}

// compare tells one elevation what the list shows of it.
func (s *Service) compare(ctx context.Context, e Elevation, snap Snapshot, listed []Assignment) error {
	var ev Event
	if a := ours(e, listed); a != nil {
		ev = Sighted{Assignment: *a, Began: snap.Began}
	} else if snap.Complete {
		ev = Missed{Began: snap.Began}
	} else {
		return nil
	}
	after, err := s.apply(ctx, e.ID, ev)
	if _, ok := errors.AsType[*TakenError](err); ok {
		return nil // a list that lags would reopen it, but a newer one holds the right and is watched itself
	}
	return s.follow(ctx, e, after, err)
}

// follow does what comes after something was observed, which may have moved on
// while it was read.
func (s *Service) follow(ctx context.Context, before, after Elevation, err error) error {
	if err := moved(err); err != nil {
		return err
	}
	if after.Revision != before.Revision {
		s.Advance(ctx, before.ID)
	}
	return nil
}

// ours picks the assignment that belongs to the elevation: the schedule that
// PIM named, or, where its answer was lost, one of the same right that began no
// earlier than two minutes before it was asked for.
func ours(e Elevation, listed []Assignment) *Assignment {
	for i, a := range listed {
		if e.Activation.ScheduleID != "" {
			if a.ScheduleID == e.Activation.ScheduleID {
				return &listed[i]
			}
			continue
		}
		asked := firstOf(e.Activation.Submitted, e.Created)
		if !a.Start.Before(asked.Add(-2 * time.Minute)) {
			return &listed[i]
		}
	}
	return nil
}

// meetForeign records what was started outside Hoist, so that its start and its
// end are told like any other. An assignment whose right has a live key, or had
// one within ten minutes, is ours; a foreign one takes the key as it is recorded.
func (s *Service) meetForeign(ctx context.Context, snap Snapshot, watched []Elevation) error {
	known := map[string]bool{}
	for _, e := range watched {
		known[e.Activation.ScheduleID] = true
	}
	var errs []error
	for _, a := range snap.Assignments {
		if !a.Activated || known[a.ScheduleID] || a.End.IsZero() || !a.End.After(s.Clock.Now()) {
			continue
		}
		holder, recent, err := s.Store.Live(ctx, a.Triple())
		if err != nil {
			return errors.Join(append(errs, err)...)
		}
		if holder == "" && !recent {
			errs = append(errs, s.recordForeign(ctx, a))
		}
	}
	return errors.Join(errs...)
}

func (s *Service) recordForeign(ctx context.Context, a Assignment) error {
	id, err := newID(s.Random)
	if err != nil {
		return err
	}
	e := foreign(id, s.Tenant, a, s.Feeds, s.Clock.Now())
	if err := s.record(ctx, e, "", "Foreign", a.ScheduleID); err != nil {
		s.Log.ErrorContext(ctx, "audit record not written", "elevation", id, "event", "Foreign", "err", err)
	}
	in, err := s.accept(ctx, e.Person, "foreign "+a.ScheduleID, &e)
	var taken *TakenError
	if errors.As(err, &taken) || err == nil && in.Repeat {
		return nil // another replica was faster
	}
	if err != nil {
		return fmt.Errorf("record foreign activation: %w", err)
	}
	if in.Wait == 0 {
		s.Advance(ctx, id)
	}
	return nil
}
