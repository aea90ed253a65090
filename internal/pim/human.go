package pim

import (
	"context"
	"fmt"
	"slices"
)

// sameHuman reports whether two persons are one human: their chat identities
// are linked, directly or over others, by accounts that they share. Someone with
// a daily and an admin account, or with two chat accounts, is one.
func (s *Service) sameHuman(ctx context.Context, a, b Person) (bool, error) {
	seen := []Person{a}
	for i := 0; i < len(seen); i++ {
		if seen[i] == b {
			return true, nil
		}
		accounts, err := s.Identities.Principals(ctx, seen[i])
		if err != nil {
			return false, fmt.Errorf("read identities: %w", err)
		}
		for _, account := range accounts {
			others, err := s.Identities.Persons(ctx, account.PrincipalKey)
			if err != nil {
				return false, fmt.Errorf("read identities: %w", err)
			}
			for _, o := range others {
				if !slices.Contains(seen, o) {
					seen = append(seen, o)
				}
			}
		}
	}
	return false, nil
}

// ownAccount reports whether an account belongs to the human who asked.
func (s *Service) ownAccount(ctx context.Context, e Elevation, account PrincipalKey) (bool, error) {
	if account == e.Principal.PrincipalKey {
		return true, nil
	}
	holders, err := s.Identities.Persons(ctx, account)
	if err != nil {
		return false, fmt.Errorf("read identities: %w", err)
	}
	for _, h := range holders {
		if same, err := s.sameHuman(ctx, e.Person, h); same || err != nil {
			return same, err
		}
	}
	return false, nil
}
