package signin

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"hoist/internal/pim"
)

// Link says that a person has proved an account to be theirs. It is an alias of
// a plain struct, so that a store can state the same type without importing this
// package.
type Link = struct {
	Person    pim.Person
	Principal pim.Principal
	How       string
	At        time.Time
}

// Linked keeps the links that people proved themselves.
type Linked interface {
	// LinksOf returns a person's links, none when there are none.
	LinksOf(ctx context.Context, tenant pim.TenantID, person pim.Person) ([]Link, error)
	// PersonsOf returns everyone who has proved the account.
	PersonsOf(ctx context.Context, account pim.PrincipalKey) ([]pim.Person, error)
	// DropLink forgets a link; there may be none.
	DropLink(ctx context.Context, tenant pim.TenantID, person pim.Person, account pim.PrincipalKey) error
}

// Identities is what a person proved together with what an operator mapped.
type Identities struct {
	Tenant  pim.TenantID
	Mapping *Mapping // nil for none
	Links   Linked
}

var _ pim.Identities = Identities{}

// Principals implements [pim.Identities]. Mapped accounts come first, and where
// both know an account the operator's names hold. Accounts of other tenants are
// left out.
func (i Identities) Principals(ctx context.Context, p pim.Person) ([]pim.Principal, error) {
	proved, err := i.Links.LinksOf(ctx, i.Tenant, p)
	if err != nil {
		return nil, fmt.Errorf("read links of %s: %w", p.Key(), err)
	}
	accounts := i.Mapping.Principals(p)
	for _, l := range proved {
		accounts = append(accounts, l.Principal)
	}
	var all []pim.Principal
	for _, a := range accounts {
		known := slices.ContainsFunc(all, func(b pim.Principal) bool { return b.PrincipalKey == a.PrincipalKey })
		if a.Tenant == i.Tenant && !known {
			all = append(all, a)
		}
	}
	return all, nil
}

// Persons implements [pim.Identities].
func (i Identities) Persons(ctx context.Context, k pim.PrincipalKey) ([]pim.Person, error) {
	proved, err := i.Links.PersonsOf(ctx, k)
	if err != nil {
		return nil, fmt.Errorf("read who has account %s: %w", k.ID, err)
	}
	var all []pim.Person
	for _, p := range slices.Concat(i.Mapping.Persons(k), proved) {
		if !slices.Contains(all, p) {
			all = append(all, p)
		}
	}
	return all, nil
}

// Unlink implements [pim.Identities]. One link that cannot be dropped keeps none
// of the others.
func (i Identities) Unlink(ctx context.Context, p pim.Person) error {
	proved, err := i.Links.LinksOf(ctx, i.Tenant, p)
	if err != nil {
		return fmt.Errorf("read links of %s: %w", p.Key(), err)
	}
	var errs []error
	for _, l := range proved {
		if err := i.Links.DropLink(ctx, i.Tenant, p, l.Principal.PrincipalKey); err != nil {
			errs = append(errs, fmt.Errorf("drop link of %s to account %s: %w", p.Key(), l.Principal.ID, err))
		}
	}
	return errors.Join(errs...)
}
