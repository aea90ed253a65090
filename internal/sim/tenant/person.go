package tenant

import (
	"slices"
	"strings"
)

// Person is one user account. Accounts have no password: the simulated sign-in
// asks only who somebody is.
type Person struct {
	OID  string
	UPN  string
	Name string
	Mail string
	// MFARegistered accounts can pass a second factor; others meet AADSTS50079.
	MFARegistered bool
	// Disabled accounts cannot sign in (AADSTS50057). Their tokens live on, as
	// in life.
	Disabled bool
	// Guest makes userType "Guest" instead of "Member".
	Guest bool
}

// Group is a security group. Members are object ids of people and of groups.
type Group struct {
	ID             string
	Name           string
	RoleAssignable bool
	Members        []string
}

// AdministrativeUnit is a scope that a directory role can be limited to.
type AdministrativeUnit struct {
	ID          string
	Name        string
	Description string
}

// Scope returns the directoryScopeId of the unit.
func (u AdministrativeUnit) Scope() string { return "/administrativeUnits/" + u.ID }

// Person returns the account with this object id or user principal name.
func (t *Tenant) Person(who string) (Person, bool) {
	t.mu.Lock()
	defer t.mu.Unlock()
	if p := t.person(who); p != nil {
		return *p, true
	}
	return Person{}, false
}

// People returns every account in the order of the seed.
func (t *Tenant) People() []Person {
	t.mu.Lock()
	defer t.mu.Unlock()
	people := make([]Person, 0, len(t.people))
	for _, p := range t.people {
		people = append(people, *p)
	}
	return people
}

// Group returns the group with this object id.
func (t *Tenant) Group(id string) (Group, bool) {
	t.mu.Lock()
	defer t.mu.Unlock()
	if g := t.group(id); g != nil {
		return Group{ID: g.ID, Name: g.Name, RoleAssignable: g.RoleAssignable, Members: slices.Clone(g.Members)}, true
	}
	return Group{}, false
}

// Groups returns every group in the order of the seed.
func (t *Tenant) Groups() []Group {
	t.mu.Lock()
	defer t.mu.Unlock()
	groups := make([]Group, 0, len(t.groups))
	for _, g := range t.groups {
		groups = append(groups, Group{ID: g.ID, Name: g.Name, RoleAssignable: g.RoleAssignable, Members: slices.Clone(g.Members)})
	}
	return groups
}

// Unit returns the administrative unit with this object id.
func (t *Tenant) Unit(id string) (AdministrativeUnit, bool) {
	t.mu.Lock()
	defer t.mu.Unlock()
	for _, u := range t.units {
		if strings.EqualFold(u.ID, id) {
			return *u, true
		}
	}
	return AdministrativeUnit{}, false
}

// Units returns every administrative unit in the order of the seed.
func (t *Tenant) Units() []AdministrativeUnit {
	t.mu.Lock()
	defer t.mu.Unlock()
	units := make([]AdministrativeUnit, 0, len(t.units))
	for _, u := range t.units {
		units = append(units, *u)
	}
	return units
}

// TransitiveMembers returns the object ids of everybody and every group inside
// the group, however deeply nested, each once.
func (t *Tenant) TransitiveMembers(groupID string) []string {
	t.mu.Lock()
	defer t.mu.Unlock()
	return t.transitiveMembers(groupID)
}

// TransitiveMemberOf returns the ids of the groups that hold the member,
// directly or through other groups.
func (t *Tenant) TransitiveMemberOf(member string) []string {
	t.mu.Lock()
	defer t.mu.Unlock()
	return t.transitiveMemberOf(member)
}

func (t *Tenant) person(who string) *Person {
	for _, p := range t.people {
		if strings.EqualFold(p.OID, who) || strings.EqualFold(p.UPN, who) {
			return p
		}
	}
	return nil
}

func (t *Tenant) group(id string) *Group {
	for _, g := range t.groups {
		if strings.EqualFold(g.ID, id) {
			return g
		}
	}
	return nil
}

func (t *Tenant) transitiveMembers(groupID string) []string {
	var found []string
	seen := map[string]bool{groupID: true}
	todo := []string{groupID}
	for len(todo) > 0 {
		g := t.group(todo[0])
		todo = todo[1:]
		if g == nil {
			continue
		}
		for _, m := range g.Members {
			if !seen[m] {
				seen[m] = true
				found = append(found, m)
				todo = append(todo, m)
			}
		}
	}
	return found
}

func (t *Tenant) transitiveMemberOf(member string) []string {
	var holding []string
	for _, g := range t.groups {
		if slices.Contains(t.transitiveMembers(g.ID), member) {
			holding = append(holding, g.ID)
		}
	}
	return holding
}
