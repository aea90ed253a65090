package pim

import (
	"context"
	"fmt"
	"slices"
)

// findApprovers finds out whom PIM asks, and who of them can be reached in a
// chat. The person's own accounts are left out: PIM refuses them anyway.
func (s *Service) findApprovers(ctx context.Context, e Elevation) error {
	found, err := s.approversOf(ctx, e)
	if err != nil {
		return s.askLater(ctx, e.ID, err)
	}
	_, err = s.apply(ctx, e.ID, found)
	return moved(err)
}

func (s *Service) approversOf(ctx context.Context, e Elevation) (ApproversFound, error) {
	var found ApproversFound
	policy, err := s.Directory.Policy(ctx, e.Eligibility.Target, e.Eligibility.Scope)
	if err != nil {
		return found, fmt.Errorf("read policy: %w", err)
	}
	accounts, err := s.Directory.Approvers(ctx, e.Eligibility.Target, policy)
	if err != nil {
		return found, fmt.Errorf("read approvers: %w", err)
	}
	for _, account := range accounts {
		own, err := s.ownAccount(ctx, e, account.PrincipalKey)
		if err != nil {
			return found, err
		}
		if own {
			continue
		}
		persons, err := s.Identities.Persons(ctx, account.PrincipalKey)
		if err != nil {
			return found, fmt.Errorf("read identities: %w", err)
		}
		found.Asked = append(found.Asked, Asked{PrincipalKey: account.PrincipalKey, Name: account.Name, Reached: len(persons) > 0})
		for _, p := range persons {
			if at := direct(Decider, p); !slices.Contains(found.Places, at) {
				found.Places = append(found.Places, at)
			}
		}
	}
	return found, nil
}

// askLater tries again; PIM's own mails have gone out meanwhile.
func (s *Service) askLater(ctx context.Context, id ID, cause error) error {
	return s.postponeWork(ctx, id, AwaitingApproval, cause)
}
