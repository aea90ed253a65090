package world

import (
	"cmp"

	"github.com/goccy/go-yaml/ast"

	"hoist/internal/sim/tenant"
)

// Parse reads a file; its name is for the messages. The error is a [Faults].
//
// Only what says nothing about the tenant falls back to the world of [Default]:
// the Slack workspace, the installed app and where it listens. Without roles
// there are the built-in ones, and a role without a policy has Microsoft's
// default; everything else that is left out is not there.
func Parse(name string, text []byte) (World, error) {
	b := &builder{reader: reader{file: name}, ids: map[string]int{}, sections: map[string]ast.Node{}}
	def := Default()
	b.world.Slack.Team, b.world.App, b.world.Deliver = def.Slack.Team, def.App, def.Deliver
	b.root = b.reader.root(text)
	if b.root != nil || len(b.faults) == 0 {
		b.build()
	}
	if len(b.faults) > 0 {
		b.faults.sort()
		return World{}, b.faults
	}
	return b.world, nil
}

// builder makes the world, section by section.
type builder struct {
	reader
	root     ast.Node
	sections map[string]ast.Node
	world    World

	// ids are the object and client ids that are taken, and in which line.
	ids        map[string]int
	principals names // people and groups
	units      names
	roles      names
	apps       names
	members    names // people in Slack, and "bot"
	channels   names
}

// build reads every section after those whose names it uses, whatever their
// order in the file.
func (b *builder) build() {
	b.collect()
	b.builtIn()
	b.tenant()
	b.workspace()
	b.section("people", b.people)
	b.section("groups", b.groups)
	b.section("units", b.readUnits)
	b.section("roles", b.readRoles)
	b.section("apps", b.readApps)
	b.section("policies", b.policies)
	b.section("eligibilities", b.eligibilities)
	b.section("assignments", b.assignments)
	b.section("enforced_contexts", list(&b.reader, &b.world.Tenant.EnforcedContexts, contextName))
	b.section("behaviour", b.behaviour)
	b.others()
	b.rooms()
}

// collect takes the sections apart.
func (b *builder) collect() {
	if b.root == nil {
		b.fault(nil, `the file is empty: it needs the section "tenant"`)
		return
	}
	var keys []key
	for _, name := range []string{
		"tenant", "people", "groups", "units", "roles", "apps", "policies",
		"eligibilities", "assignments", "enforced_contexts", "behaviour", "slack",
	} {
		keys = append(keys, key{name, name == "tenant", func(n ast.Node) { b.sections[name] = n }})
	}
	b.mapping(b.root, "the file", keys...)
}

// section reads a section if the file has it. An empty one is as good as none.
func (b *builder) section(name string, read func(ast.Node)) {
	n, ok := b.sections[name]
	if _, empty := n.(absent); ok && !empty {
		read(n)
	}
}

func (b *builder) tenant() {
	t := &b.world.Tenant
	n, ok := b.sections["tenant"]
	if !ok {
		return
	}
	b.mapping(n, "the tenant",
		key{"domain", true, scalar(&b.reader, &t.Domain, domainName)},
		key{"id", false, scalar(&b.reader, &t.TenantID, guid)},
		key{"name", false, scalar(&b.reader, &t.Name, anyText)},
	)
	t.Name = cmp.Or(t.Name, t.Domain)
	t.TenantID = cmp.Or(t.TenantID, derivedGUID("", "tenant", t.Domain))
}

func (b *builder) behaviour(n ast.Node) {
	t := &b.world.Tenant.Behaviour
	b.mapping(n, "the behaviour",
		key{"instance_lag", false, scalar(&b.reader, &t.InstanceLag, length)},
		key{"removal_lag", false, scalar(&b.reader, &t.RemovalLag, length)},
		key{"provisioning_lag", false, scalar(&b.reader, &t.ProvisioningLag, length)},
		key{"deactivation_blind", false, scalar(&b.reader, &t.DeactivationBlind, length)},
		key{"audit_lag", false, scalar(&b.reader, &t.AuditLag, length)},
		key{"audit_limit", false, scalar(&b.reader, &t.AuditLimit, count)},
		key{"rule_sentences", false, scalar(&b.reader, &t.RuleSentences, flag)},
		key{"refuse_cancel_pending", false, scalar(&b.reader, &t.RefuseCancelPending, flag)},
		key{"hide_group_rows", false, scalar(&b.reader, &t.HideGroupRows, flag)},
		key{"access_token_life", false, scalar(&b.reader, &t.AccessTokenLife, length)},
	)
}

// builtIn makes the built-in roles known before anything can take their names
// and ids.
func (b *builder) builtIn() {
	for _, r := range tenant.BuiltInRoles() {
		_ = b.roles.add(named{kind: role, label: r.Name, id: r.ID}, r.ID) // built-in names differ
		b.ids[r.ID] = 0
	}
}

// readRoles adds the tenant's own roles to the built-in ones.
func (b *builder) readRoles(n ast.Node) {
	b.world.Tenant.Roles = tenant.BuiltInRoles()
	b.sequence(n, b.ownRole)
}

func (b *builder) ownRole(n ast.Node) {
	var r tenant.Role
	found := b.mapping(n, "a role",
		key{"name", true, scalar(&b.reader, &r.Name, anyText)},
		key{"id", false, scalar(&b.reader, &r.ID, guid)},
		key{"description", false, scalar(&b.reader, &r.Description, anyText)},
	)
	if r.Name == "" {
		return
	}
	b.register(n, found, entry{in: &b.roles, kind: role, label: r.Name, key: "name", idKey: "id", id: &r.ID})
	b.world.Tenant.Roles = append(b.world.Tenant.Roles, r)
}
