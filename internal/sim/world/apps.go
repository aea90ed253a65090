package world

import (
	"cmp"

	"github.com/goccy/go-yaml/ast"

	"hoist/internal/sim/tenant"
)

func (b *builder) readApps(n ast.Node) {
	b.sequence(n, b.app)
	apps := b.world.Tenant.Apps
	switch {
	case b.world.BotClientID != "":
	case len(apps) == 1:
		b.world.BotClientID = apps[0].ClientID
	case len(apps) > 1:
		b.fault(n, `which app is the program under test? Give one of them "bot: true"`)
	}
}

func (b *builder) app(n ast.Node) {
	var a tenant.App
	var bot bool
	found := b.mapping(n, "an app",
		key{"name", true, scalar(&b.reader, &a.Name, anyText)},
		key{"client_id", false, scalar(&b.reader, &a.ClientID, guid)},
		key{"object_id", false, scalar(&b.reader, &a.ObjectID, guid)},
		key{"secret", false, scalar(&b.reader, &a.Secret, anyText)},
		key{"secret_expires", false, scalar(&b.reader, &a.SecretExpires, moment)},
		key{"redirect_uris", false, list(&b.reader, &a.RedirectURIs, address)},
		key{"app_roles", false, list(&b.reader, &a.AppRoles, permission)},
		key{"consented", false, list(&b.reader, &a.Consented, permission)},
		key{"assignment_required", false, scalar(&b.reader, &a.AssignmentRequired, flag)},
		key{"assigned", false, list(&b.reader, &a.Assigned, b.principals.id(person, group))},
		key{"optional_id_claims", false, list(&b.reader, &a.OptionalIDClaims, oneOf("acrs", "auth_time"))},
		key{"bot", false, scalar(&b.reader, &bot, flag)},
	)
	if a.Name == "" {
		return
	}
	if b.register(n, found, entry{in: &b.apps, kind: app, label: a.Name, key: "name", idKey: "client_id", id: &a.ClientID}) {
		a.ObjectID = cmp.Or(a.ObjectID, derivedGUID(b.world.Tenant.TenantID, "service principal", a.Name))
		b.claim(at(found, "object_id", n), a.ObjectID)
	}
	if bot && b.world.BotClientID != "" {
		b.fault(at(found, "bot", n), "another app is the program under test already")
	}
	if bot {
		b.world.BotClientID = a.ClientID
	}
	b.world.Tenant.Apps = append(b.world.Tenant.Apps, a)
}
