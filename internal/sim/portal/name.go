package portal

import (
	"fmt"
	"strings"
	"time"

	"hoist/internal/sim/page"
	"hoist/internal/sim/tenant"
)

// option is one choice of a list.
type option struct {
	Value, Label string
	Chosen       bool
}

// nameOf names a person or a group; what is unknown keeps its id.
func (p *Panel) nameOf(id string) string {
	if who, ok := p.cfg.Tenant.Person(id); ok {
		return who.Name
	}
	if g, ok := p.cfg.Tenant.Group(id); ok {
		return g.Name
	}
	return id
}

func (p *Panel) roleName(id string) string {
	if role, ok := p.cfg.Tenant.Role(id); ok {
		return role.Name
	}
	return id
}

func (p *Panel) scopeName(scope string) string {
	if scope == tenant.TenantScope {
		return "Directory"
	}
	if id, ok := strings.CutPrefix(scope, "/administrativeUnits/"); ok {
		if u, known := p.cfg.Tenant.Unit(id); known {
			return u.Name
		}
	}
	return scope
}

// holding names somebody's role, with its scope when that is not everything.
func (p *Panel) holding(principal, roleID, scope string) string {
	text := possessive(p.nameOf(principal)) + " " + p.roleName(roleID)
	if scope != tenant.TenantScope {
		text += " (" + p.scopeName(scope) + ")"
	}
	return text
}

func possessive(name string) string { return name + "'s" }

// personOption labels a person so that namesakes differ.
func personOption(who tenant.Person) option {
	nickname, _, _ := strings.Cut(who.UPN, "@")
	return option{Value: who.OID, Label: who.Name + " (" + nickname + ")"}
}

// chat links to a person's chat; the link is empty for who has none.
func (p *Panel) chat(id string) page.Link {
	who, ok := p.cfg.Tenant.Person(id)
	if !ok || p.cfg.ChatPage == nil {
		return page.Link{}
	}
	url := p.cfg.ChatPage(who.UPN)
	if url == "" {
		return page.Link{}
	}
	return page.Link{Label: possessive(who.Name) + " chat", URL: url}
}

// administrator is who administrative acts are recorded under: the first account
// that holds one of the two roles that may, else the first account.
func (p *Panel) administrator() tenant.Person {
	people := p.cfg.Tenant.People()
	for _, who := range people {
		for _, role := range p.cfg.Tenant.ActiveRoles(who.OID) {
			if role == tenant.PrivilegedRoleAdministrator || role == tenant.GlobalAdministrator {
				return who
			}
		}
	}
	if len(people) == 0 {
		return tenant.Person{}
	}
	return people[0]
}

// lasting words a duration: "1 day 2 h", "1 h 30 min", "45 s".
func lasting(d time.Duration) string {
	if d <= 0 {
		return "no limit"
	}
	var parts []string
	for _, u := range []struct {
		size time.Duration
		name string
	}{{24 * time.Hour, "day"}, {time.Hour, "h"}, {time.Minute, "min"}, {time.Second, "s"}} {
		n := d / u.size
		if n == 0 {
			continue
		}
		d -= n * u.size
		name := u.name
		if name == "day" && n > 1 {
			name = "days"
		}
		parts = append(parts, fmt.Sprintf("%d %s", n, name))
	}
	return strings.Join(parts, " ")
}

// stamp writes a time in full, in UTC.
func stamp(t time.Time) string { return t.UTC().Format("Mon 2 Jan 2006, 15:04:05") + " UTC" }
