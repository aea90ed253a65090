package pim

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"time"
)

// observeEvery is how often the tenant's activated assignments are listed: once
// for everything that anyone waits for.
const observeEvery = 60 * time.Second

// sighting is the newest snapshot, shared by all who can live with one of the
// last minute.
type sighting struct {
	mu   sync.Mutex
	last Snapshot
}

// snapshot returns the list, at most maxAge old.
func (s *Service) snapshot(ctx context.Context, maxAge time.Duration) (Snapshot, error) {
	s.sight.mu.Lock()
	defer s.sight.mu.Unlock()
	if last := s.sight.last; !last.Began.IsZero() && s.Clock.Now().Sub(last.Began) < maxAge {
		return last, nil
	}
	snap, err := s.Directory.Assignments(ctx)
	if err != nil {
		return Snapshot{}, fmt.Errorf("list assignments: %w", err)
	}
	s.sight.last = snap
	return snap, nil
}

// observe compares what is watched with one fresh list and tells each record
// what it shows. Only one replica does so at a time.
func (s *Service) observe(ctx context.Context) error {
	ok, err := s.Store.Lease(ctx, s.Tenant, "observe", s.Holder, observeEvery+leaseFor)
	if err != nil || !ok {
		return err
	}
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
	if _, ok := errors.AsType[*IllegalError](err); ok {
		return nil // it moved on while we listed
	}
	if err == nil && after.Revision != e.Revision {
		s.Advance(ctx, e.ID)
	}
	return err
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
