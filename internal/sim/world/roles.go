package world

import (
	"slices"
	"strings"
	"time"

	"github.com/goccy/go-yaml/ast"

	"hoist/internal/sim/tenant"
)

// policies is a mapping by role name. What a policy leaves out is Microsoft's
// default.
func (b *builder) policies(n ast.Node) {
	pairs, ok := pairsOf(n)
	if !ok {
		b.fault(n, "want policies by role, such as \"Global Reader: {max: 1h}\"")
		return
	}
	b.world.Tenant.Policies = map[string]tenant.Policy{}
	for _, p := range pairs {
		id, err := b.roles.id(role)(p.Key.GetToken().Value)
		if err != nil {
			b.fault(p.Key, err.Error())
			continue
		}
		if _, twice := b.world.Tenant.Policies[id]; twice {
			b.fault(p.Key, "this role has a policy already")
			continue
		}
		b.world.Tenant.Policies[id] = b.policy(valueOf(p))
	}
}

func (b *builder) policy(n ast.Node) tenant.Policy {
	p := tenant.DefaultPolicy()
	found := b.mapping(n, "a policy",
		key{"max", false, scalar(&b.reader, &p.MaxDuration, activation)},
		key{"permanent", false, scalar(&b.reader, &p.PermanentAllowed, flag)},
		key{"mfa", false, scalar(&b.reader, &p.MFA, flag)},
		key{"context", false, scalar(&b.reader, &p.AuthContext, contextName)},
		key{"justification", false, scalar(&b.reader, &p.Justification, flag)},
		key{"ticket", false, scalar(&b.reader, &p.Ticketing, flag)},
		key{"approval", false, func(n ast.Node) { b.approval(n, &p.Approval) }},
	)
	if p.AuthContext == "" {
		return p
	}
	if n, both := found["mfa"]; both && p.MFA {
		b.fault(n, "PIM demands either MFA or an authentication context, never both: write mfa: false")
	}
	p.MFA = false
	return p
}

// approval is true or false, or says who approves.
func (b *builder) approval(n ast.Node, a *tenant.ApprovalPolicy) {
	if _, ok := pairsOf(n); !ok {
		scalar(&b.reader, &a.Required, flag)(n)
		return
	}
	a.Required = true
	b.mapping(n, "an approval",
		key{"users", false, list(&b.reader, &a.Users, b.principals.id(person))},
		key{"groups", false, list(&b.reader, &a.Groups, b.principals.id(group))},
		key{"justification_optional", false, scalar(&b.reader, &a.JustificationOptional, flag)},
	)
}

// holding is what an eligibility and an assignment have in common.
type holding struct {
	id, who, role, scope string
	from, until          time.Time
}

func (b *builder) eligibilities(n ast.Node) {
	for _, h := range b.holdings(n, "an eligibility") {
		b.world.Tenant.Eligibilities = append(b.world.Tenant.Eligibilities, tenant.Eligibility{
			ID: h.id, PrincipalID: h.who, RoleID: h.role, Scope: h.scope, Start: h.from, End: h.until,
		})
	}
}

func (b *builder) assignments(n ast.Node) {
	for _, h := range b.holdings(n, "an assignment") {
		b.world.Tenant.Assignments = append(b.world.Tenant.Assignments, tenant.Assignment{
			ID: h.id, PrincipalID: h.who, RoleID: h.role, Scope: h.scope, Start: h.from, End: h.until,
		})
	}
}

func (b *builder) holdings(n ast.Node, what string) []holding {
	var all []holding
	b.sequence(n, func(n ast.Node) {
		h := b.holding(n, what)
		same := func(o holding) bool { return o.who == h.who && o.role == h.role && o.scope == h.scope }
		if h.who != "" && h.role != "" && slices.ContainsFunc(all, same) {
			b.fault(n, what+" of the same principal, role and scope is in the list already")
		}
		all = append(all, h)
	})
	return all
}

func (b *builder) holding(n ast.Node, what string) holding {
	var h holding
	found := b.mapping(n, what,
		key{"who", true, scalar(&b.reader, &h.who, b.principals.id(person, group))},
		key{"role", true, scalar(&b.reader, &h.role, b.roles.id(role))},
		key{"scope", false, scalar(&b.reader, &h.scope, b.scope)},
		key{"from", false, scalar(&b.reader, &h.from, moment)},
		key{"until", false, scalar(&b.reader, &h.until, moment)},
		key{"id", false, scalar(&b.reader, &h.id, guid)},
	)
	if h.id != "" {
		b.claim(at(found, "id", n), h.id)
	}
	if !h.until.IsZero() && !h.until.After(h.from) {
		b.fault(at(found, "until", n), "this is not after its beginning")
	}
	if i := slices.IndexFunc(b.world.Tenant.Groups, func(g tenant.Group) bool { return g.ID == h.who }); h.who != "" && i >= 0 && !b.world.Tenant.Groups[i].RoleAssignable {
		b.fault(at(found, "who", n), "only role-assignable groups can hold directory roles: give the group role_assignable: true")
	}
	return h
}

// scope is "/", or an administrative unit by name, id or path. The tenant is
// the empty scope of a seed.
func (b *builder) scope(s string) (string, error) {
	if s == tenant.TenantScope {
		return "", nil
	}
	id, err := b.units.id(unit)(strings.TrimPrefix(s, "/administrativeUnits/"))
	if err != nil {
		return "", err
	}
	return tenant.AdministrativeUnit{ID: id}.Scope(), nil
}
