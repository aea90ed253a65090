package tenant

import "fmt"

// Seed is the world at its beginning. Principals are named by object id.
type Seed struct {
	TenantID string
	Name     string
	// Domain is the initial domain, such as "fjordbank.example".
	Domain string
	People []Person
	Groups []Group
	Units  []AdministrativeUnit
	Apps   []App
	// Roles is nil for [BuiltInRoles].
	Roles []Role
	// Policies by role id; a role without one has [DefaultPolicy].
	Policies      map[string]Policy
	Eligibilities []Eligibility
	Assignments   []Assignment
	// EnforcedContexts are the authentication contexts that a Conditional
	// Access policy targets. PIM falls back to plain MFA for the others.
	EnforcedContexts []string
	Behaviour        Behaviour
}

func (t *Tenant) plant(seed Seed) error {
	if t.id == "" {
		return fmt.Errorf("no tenant id")
	}
	for _, p := range seed.People {
		t.people = append(t.people, &p)
	}
	for _, g := range seed.Groups {
		t.groups = append(t.groups, &g)
	}
	for _, u := range seed.Units {
		t.units = append(t.units, &u)
	}
	for _, a := range seed.Apps {
		c := copyApp(&a)
		t.apps = append(t.apps, &c)
	}
	for _, c := range seed.EnforcedContexts {
		t.access.contexts[c] = true
	}
	t.behaviour = seed.Behaviour
	return t.plantPIM(seed)
}

func (t *Tenant) plantPIM(seed Seed) error {
	for _, r := range t.roles {
		p, ok := seed.Policies[r.ID]
		if !ok {
			p = DefaultPolicy()
		}
		p.ID = "DirectoryRole_" + t.id + "_" + t.newID()
		c := copyPolicy(&p)
		t.policies[r.ID] = &c
	}
	for _, e := range seed.Eligibilities {
		if _, err := t.addEligibility(e); err != nil {
			return err
		}
	}
	for _, a := range seed.Assignments {
		t.assign(a)
	}
	return nil
}
