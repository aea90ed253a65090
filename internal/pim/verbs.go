package pim

import (
	"context"
	"slices"
)

// This file holds the verbs that only read, and those about identities.

// Role is something a person may activate, with what its policy asks.
type Role struct {
	Eligibility Eligibility
	Account     Principal
	Policy      Policy
	// Unknown: the policy could not be read.
	Unknown bool
	// Several: it is [Eligibility.OneOfSeveral] of the person's own.
	Several bool
}

// Roles lists what a person is eligible for. KindNotLinked when no account is
// theirs yet; errors of the directory otherwise.
func (s *Service) Roles(ctx context.Context, p Person) ([]Role, error) {
	accounts, err := s.Whoami(ctx, p)
	if err != nil {
		return nil, err
	}
	own, err := s.eligibilities(ctx, accounts)
	if err != nil {
		return nil, err
	}
	var roles []Role
	for _, e := range own {
		roles = append(roles, s.role(ctx, e, own, accounts))
	}
	return roles, nil
}

// Meant returns the one role of a person's own that an ask names; false when it
// names none, or does not say which of several. Errors are those of
// [Service.Roles].
func (s *Service) Meant(ctx context.Context, p Person, ask Ask) (Role, bool, error) {
	accounts, err := s.Whoami(ctx, p)
	if err != nil {
		return Role{}, false, err
	}
	own, err := s.eligibilities(ctx, accounts)
	if err != nil {
		return Role{}, false, err
	}
	fits := s.match(Elevation{Ask: ask}, own).Fits
	if len(fits) != 1 {
		return Role{}, false, nil
	}
	return s.role(ctx, fits[0], own, accounts), true, nil
}

// role is what an eligibility, one of own, lets a person activate.
func (s *Service) role(ctx context.Context, e Eligibility, own []Eligibility, accounts []Principal) Role {
	r := Role{Eligibility: e, Several: e.OneOfSeveral(own)}
	i := slices.IndexFunc(accounts, func(a Principal) bool { return a.PrincipalKey == e.Principal })
	if i >= 0 {
		r.Account = accounts[i]
	}
	var err error
	r.Policy, err = s.Directory.Policy(ctx, e.Target, e.Scope)
	r.Unknown = err != nil
	return r
}

// Pending lists what waits for a person's decision.
func (s *Service) Pending(ctx context.Context, p Person) ([]Elevation, error) {
	watched, err := s.Store.Watched(ctx, s.Tenant, s.Clock.Now())
	if err != nil {
		return nil, &Error{Kind: KindStoreDown, Err: err}
	}
	return slices.DeleteFunc(watched, func(e Elevation) bool {
		return e.State != AwaitingApproval || e.post(direct(Decider, p)) == nil
	}), nil
}

// Deciding returns an elevation that waits for this person's decision, by id.
// KindNotFound covers what is none of their business; CheckDecision says whether
// it is over.
func (s *Service) Deciding(ctx context.Context, p Person, id ID) (Elevation, error) {
	e, err := s.Look(ctx, id)
	if err != nil || e.post(direct(Decider, p)) == nil {
		return Elevation{}, &Error{Kind: KindNotFound, Err: err}
	}
	return e, s.CheckDecision(ctx, e, p)
}

// Whoami returns the accounts that are a person's. KindNotLinked when there are
// none.
func (s *Service) Whoami(ctx context.Context, p Person) ([]Principal, error) {
	accounts, err := s.Identities.Principals(ctx, p)
	if err != nil {
		return nil, &Error{Kind: KindStoreDown, Err: err}
	}
	if len(accounts) == 0 {
		return nil, &Error{Kind: KindNotLinked}
	}
	return accounts, nil
}

// Link begins linking a further account, or the first. Errors are those of
// [Service.Elevate].
func (s *Service) Link(ctx context.Context, p Person, delivery string) (Admitted, error) {
	return s.elevate(ctx, p, delivery, Ask{}, true)
}

// Unlink ends what a person proved themselves. KindAuditDown: nothing was ended,
// because it could not be recorded.
func (s *Service) Unlink(ctx context.Context, p Person) error {
	err := s.Audit.Record(ctx, AuditRecord{At: s.Clock.Now(), Tenant: s.Tenant, Event: "Unlink", Person: p})
	if err != nil {
		return &Error{Kind: KindAuditDown, Err: err}
	}
	if err := s.Identities.Unlink(ctx, p); err != nil {
		return &Error{Kind: KindStoreDown, Err: err}
	}
	return nil
}

// Again asks once more for what is over, or for what was refused with what the
// policy allows. The elevation must be the person's own. Errors are those of
// [Service.Elevate] and [Service.Mine].
func (s *Service) Again(ctx context.Context, p Person, delivery string, id ID) (Admitted, error) {
	e, err := s.Mine(ctx, p, id)
	if err != nil {
		return Admitted{}, err
	}
	ask := e.Ask
	for _, r := range e.Refusals {
		if r.Kind == KindTooLong && r.Maximum > 0 {
			ask.Duration, ask.Until = r.Maximum, nil
		}
	}
	return s.elevate(ctx, p, delivery, ask, false)
}
