package pim_test

import (
	"context"
	"testing"

	"hoist/internal/pim"
)

// accountsOf are one person's accounts.
type accountsOf struct {
	pim.Identities
	all []pim.Principal
}

func (a accountsOf) Principals(context.Context, pim.Person) ([]pim.Principal, error) {
	return a.all, nil
}

// rightsOf is what each account may activate.
type rightsOf struct {
	pim.Directory
	all map[pim.PrincipalKey][]pim.Eligibility
}

func (r rightsOf) Eligibilities(_ context.Context, k pim.PrincipalKey) ([]pim.Eligibility, error) {
	return r.all[k], nil
}

func (rightsOf) Policy(context.Context, pim.Target, pim.Scope) (pim.Policy, error) {
	return pim.Policy{}, nil
}

// everyFirst takes the first right for the one that is meant.
type everyFirst struct{}

func (everyFirst) Match(_, _ string, own []pim.Eligibility) pim.Match {
	return pim.Match{Fits: own[:1]}
}

// A list, and one role alone, say alike that another account holds it too.
func TestRoles_say_which_are_held_by_several_accounts(t *testing.T) {
	one, two := pim.PrincipalKey{ID: "1"}, pim.PrincipalKey{ID: "2"}
	right := func(k pim.PrincipalKey, target, scope string) pim.Eligibility {
		return pim.Eligibility{Principal: k, Target: pim.Target{ID: target}, Scope: pim.Scope{ID: scope}}
	}
	s := &pim.Service{Config: pim.Config{
		Identities: accountsOf{all: []pim.Principal{{PrincipalKey: one}, {PrincipalKey: two}}},
		Directory: rightsOf{all: map[pim.PrincipalKey][]pim.Eligibility{
			one: {right(one, "reader", "/"), right(one, "admin", "/")},
			two: {right(two, "reader", "/"), right(two, "admin", "/unit")},
		}},
		Matcher: everyFirst{},
	}}
	roles, err := s.Roles(t.Context(), pim.Person{})
	if err != nil || len(roles) != 4 {
		t.Fatalf("%d roles, %v", len(roles), err)
	}
	for _, r := range roles {
		if r.Several != (r.Eligibility.Target.ID == "reader") {
			t.Errorf("%+v", r)
		}
	}
	if r, ok, err := s.Meant(t.Context(), pim.Person{}, pim.Ask{Role: "reader"}); err != nil || !ok || !r.Several {
		t.Errorf("meant %+v, %t, %v", r, ok, err)
	}
}
