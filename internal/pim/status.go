package pim

import (
	"context"
	"fmt"
	"slices"
	"time"
)

// Status is what a person holds and waits for.
type Status struct {
	// Open are their elevations that have not ended, and those nobody can say
	// of, newest first.
	Open []Elevation
	// Elsewhere are rights that their accounts hold through an activation that
	// Hoist did not start.
	Elsewhere []Assignment
	// AsOf is when Entra was asked; zero when it could not be.
	AsOf time.Time
	Zone *time.Location
}

// statusLimit bounds what one status lists.
const statusLimit = 50

// Status reads a person's elevations and what their accounts hold.
func (s *Service) Status(ctx context.Context, p Person) (Status, error) {
	all, err := s.Store.OfPerson(ctx, s.Tenant, p, statusLimit)
	if err != nil {
		return Status{}, &Error{Kind: KindStoreDown, Err: err}
	}
	st := Status{Zone: time.UTC}
	for _, e := range all {
		if e.State.Open() || e.State == Unresolved {
			st.Open = append(st.Open, e)
		}
	}
	if who, err := s.People.Profile(ctx, p); err == nil && who.Zone != nil {
		st.Zone = who.Zone
	}
	if err := s.elsewhere(ctx, p, &st); err != nil {
		s.Log.WarnContext(ctx, "assignments not read for status", "person", p.Key(), "err", err)
	}
	return st, nil
}

func (s *Service) elsewhere(ctx context.Context, p Person, st *Status) error {
	principals, err := s.Identities.Principals(ctx, p)
	if err != nil {
		return fmt.Errorf("read identities: %w", err)
	}
	if len(principals) == 0 {
		return nil
	}
	snap, err := s.snapshot(ctx, observeEvery)
	if err != nil {
		return err
	}
	st.AsOf = snap.Began
	for _, a := range snap.Assignments {
		mine := slices.ContainsFunc(principals, func(q Principal) bool { return q.PrincipalKey == a.Principal.PrincipalKey })
		known := slices.ContainsFunc(st.Open, func(e Elevation) bool { return e.Eligibility.Triple() == a.Triple() })
		if a.Activated && mine && !known && a.End.After(s.Clock.Now()) {
			st.Elsewhere = append(st.Elsewhere, a)
		}
	}
	return nil
}
