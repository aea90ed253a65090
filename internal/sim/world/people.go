package world

import (
	"strings"

	"github.com/goccy/go-yaml/ast"

	"hoist/internal/sim/slack"
	"hoist/internal/sim/tenant"
)

func (b *builder) people(n ast.Node) { b.sequence(n, b.person) }

func (b *builder) person(n ast.Node) {
	p := tenant.Person{MFARegistered: true}
	var upn, mail string
	var chat ast.Node
	found := b.mapping(n, "a person",
		key{"upn", true, scalar(&b.reader, &upn, accountName)},
		key{"name", true, scalar(&b.reader, &p.Name, anyText)},
		key{"id", false, scalar(&b.reader, &p.OID, guid)},
		key{"mail", false, scalar(&b.reader, &mail, mailAddress)},
		key{"mfa", false, scalar(&b.reader, &p.MFARegistered, flag)},
		key{"disabled", false, scalar(&b.reader, &p.Disabled, flag)},
		key{"guest", false, scalar(&b.reader, &p.Guest, flag)},
		key{"slack", false, func(n ast.Node) { chat = n }},
	)
	if upn == "" {
		return
	}
	short, full := b.calls(upn)
	p.UPN, p.Mail = full, full
	if mail != "" {
		p.Mail = strings.TrimSuffix(mail, "none")
	}
	b.register(n, found, entry{in: &b.principals, kind: person, label: upn, key: "upn", idKey: "id", id: &p.OID, also: []string{short, full}})
	b.world.Tenant.People = append(b.world.Tenant.People, p)
	if chat != nil {
		b.chatUser(chat, upn, p)
	}
}

// calls are the ways to write a user principal name: without the tenant's own
// domain, if it is in that, and in full.
func (b *builder) calls(upn string) (short, full string) {
	local, domain, whole := strings.Cut(upn, "@")
	switch {
	case !whole:
		return upn, upn + "@" + b.world.Tenant.Domain
	case strings.EqualFold(domain, b.world.Tenant.Domain):
		return local, upn
	}
	return "", upn
}

// chatUser puts a person of the tenant into the workspace.
func (b *builder) chatUser(n ast.Node, upn string, p tenant.Person) {
	local, _, _ := strings.Cut(p.UPN, "@")
	u := slack.User{Name: strings.ToLower(local), RealName: p.Name, Email: p.Mail}
	found, ok := b.user(n, "somebody's Slack account", &u)
	if !ok {
		return
	}
	short, full := b.calls(upn)
	b.join(n, found, u, short, full)
}

// groups come in two rounds, because groups may be in groups.
func (b *builder) groups(n ast.Node) {
	memberships := map[int]ast.Node{}
	b.sequence(n, func(n ast.Node) {
		var g tenant.Group
		found := b.mapping(n, "a group",
			key{"name", true, scalar(&b.reader, &g.Name, anyText)},
			key{"id", false, scalar(&b.reader, &g.ID, guid)},
			key{"members", false, func(n ast.Node) { memberships[len(b.world.Tenant.Groups)] = n }},
			key{"role_assignable", false, scalar(&b.reader, &g.RoleAssignable, flag)},
		)
		if g.Name != "" {
			b.register(n, found, entry{in: &b.principals, kind: group, label: g.Name, key: "name", idKey: "id", id: &g.ID})
		}
		b.world.Tenant.Groups = append(b.world.Tenant.Groups, g)
	})
	for i := range b.world.Tenant.Groups {
		if n := memberships[i]; n != nil {
			list(&b.reader, &b.world.Tenant.Groups[i].Members, b.principals.id(person, group))(n)
		}
	}
}

func (b *builder) readUnits(n ast.Node) {
	b.sequence(n, func(n ast.Node) {
		var u tenant.AdministrativeUnit
		found := b.mapping(n, "an administrative unit",
			key{"name", true, scalar(&b.reader, &u.Name, anyText)},
			key{"id", false, scalar(&b.reader, &u.ID, guid)},
			key{"description", false, scalar(&b.reader, &u.Description, anyText)},
		)
		if u.Name == "" {
			return
		}
		b.register(n, found, entry{in: &b.units, kind: unit, label: u.Name, key: "name", idKey: "id", id: &u.ID})
		b.world.Tenant.Units = append(b.world.Tenant.Units, u)
	})
}
