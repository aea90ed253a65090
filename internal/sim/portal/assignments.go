package portal

import (
	"net/http"
	"slices"
	"strings"
	"time"

	"hoist/internal/sim/page"
	"hoist/internal/sim/tenant"
)

// A policy can allow at most a day. What is too short for PIM, which wants five
// minutes, can be asked for, to see it refused.
const (
	minActivation = 3 * time.Minute
	maxActivation = 24 * time.Hour
)

// active is an assignment that holds now.
type active struct {
	ID, What, Principal, Role, Scope string
	// Activated assignments are revoked; the others an administrator gave, and
	// removes.
	Activated  bool
	Start, End time.Time
	Chat       page.Link
}

func (p *Panel) active() []active {
	var rows []active
	now := p.cfg.Tenant.Now()
	for _, a := range p.cfg.Tenant.Assignments() {
		if a.Start.After(now) {
			continue // stands among the requests
		}
		rows = append(rows, active{
			ID: a.ID, What: p.holding(a.PrincipalID, a.RoleID, a.Scope), Principal: p.nameOf(a.PrincipalID),
			Role: p.roleName(a.RoleID), Scope: p.scopeName(a.Scope), Activated: a.Type == tenant.Activated,
			Start: a.Start, End: a.End, Chat: p.chat(a.PrincipalID),
		})
	}
	return rows
}

// endAssignment revokes an activation, or removes what an administrator gave.
func (p *Panel) endAssignment(r *http.Request) (outcome, error) {
	rows := p.cfg.Tenant.Assignments()
	i := slices.IndexFunc(rows, func(a tenant.Assignment) bool { return a.ID == r.PostFormValue("assignment") })
	if i < 0 {
		return outcome{}, mistake("That assignment is not active any more.")
	}
	a, by := rows[i], p.administrator()
	what, next := p.holding(a.PrincipalID, a.RoleID, a.Scope), p.chat(a.PrincipalID)
	if a.Type != tenant.Activated {
		if err := p.cfg.Tenant.Unassign(a.PrincipalID, a.RoleID, a.Scope); err != nil {
			return outcome{}, err
		}
		return outcome{what + " was removed.", next}, nil
	}
	if err := p.cfg.Tenant.Revoke(a.PrincipalID, a.RoleID, a.Scope, by.OID); err != nil {
		return outcome{}, err
	}
	return outcome{by.Name + " revoked " + what + " in the portal.", next}, nil
}

// choices are somebody's eligibilities.
type choices struct {
	Person  string
	Options []option
}

// activatable lists what each person can activate now. An option names the
// person too: a group's eligibility is one and the same for all members.
func (p *Panel) activatable() []choices {
	var all []choices
	rows := p.cfg.Tenant.Eligibilities(true)
	for _, who := range p.cfg.Tenant.People() {
		own := choices{Person: who.Name}
		for _, e := range rows {
			if !strings.EqualFold(e.PrincipalID, who.OID) {
				continue
			}
			own.Options = append(own.Options, option{
				Value: who.OID + " " + e.ID,
				Label: p.roleName(e.RoleID) + ", " + p.scopeName(e.Scope) + " (" + p.demands(e.RoleID) + ")",
			})
		}
		if len(own.Options) > 0 {
			all = append(all, own)
		}
	}
	return all
}

// activate activates an eligibility as its holder would in the portal.
func (p *Panel) activate(r *http.Request) (outcome, error) {
	oid, id, _ := strings.Cut(r.PostFormValue("eligibility"), " ")
	rows := p.cfg.Tenant.Eligibilities(true)
	i := slices.IndexFunc(rows, func(e tenant.Eligibility) bool { return e.ID == id && strings.EqualFold(e.PrincipalID, oid) })
	if i < 0 {
		return outcome{}, mistake("Choose an eligibility that is current.")
	}
	d, err := span(r, "hours", "Duration", time.Hour, minActivation, maxActivation)
	if err != nil {
		return outcome{}, err
	}
	reason, err := text(r, "justification", "Justification")
	if err != nil {
		return outcome{}, err
	}
	e := rows[i]
	request, err := p.cfg.Tenant.ActivateInPortal(e.PrincipalID, e.RoleID, e.Scope, d, reason)
	if err != nil {
		return outcome{}, err
	}
	what := p.holding(e.PrincipalID, e.RoleID, e.Scope)
	if request.Status == tenant.StatusPendingApproval {
		return outcome{what + " was requested in the portal and waits for approval.", p.chat(e.PrincipalID)}, nil
	}
	return outcome{what + " was activated in the portal for " + lasting(d) + ".", p.chat(e.PrincipalID)}, nil
}
