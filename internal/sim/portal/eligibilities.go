package portal

import (
	"net/http"
	"slices"
	"strings"
	"time"

	"hoist/internal/sim/page"
	"hoist/internal/sim/tenant"
)

// maxEligibility is ten years; PIM's own settings end at one or at none.
const maxEligibility = 3650 * day

// eligibility is one eligibility schedule.
type eligibility struct {
	ID, What, Principal, Role, Scope string
	RoleID                           string
	Start, End                       time.Time
	Chat                             page.Link
}

// eligibilities lists the schedules themselves; the rows that Graph derives for
// members of a group would say the same thing twice.
func (p *Panel) eligibilities() []eligibility {
	var rows []eligibility
	for _, e := range p.cfg.Tenant.Eligibilities(false) {
		if e.Member == tenant.ViaGroup {
			continue
		}
		rows = append(rows, eligibility{
			ID: e.ID, What: p.holding(e.PrincipalID, e.RoleID, e.Scope), Principal: p.nameOf(e.PrincipalID), RoleID: e.RoleID,
			Role: p.roleName(e.RoleID), Scope: p.scopeName(e.Scope), Start: e.Start, End: e.End, Chat: p.chat(e.PrincipalID),
		})
	}
	return rows
}

// principals are who can be eligible: people and role-assignable groups.
func (p *Panel) principals() []option {
	var options []option
	for _, who := range p.cfg.Tenant.People() {
		options = append(options, personOption(who))
	}
	for _, g := range p.cfg.Tenant.Groups() {
		if g.RoleAssignable {
			options = append(options, option{Value: g.ID, Label: g.Name + " (group)"})
		}
	}
	return options
}

func (p *Panel) scopeOptions() []option {
	options := []option{{Value: tenant.TenantScope, Label: p.scopeName(tenant.TenantScope)}}
	for _, u := range p.cfg.Tenant.Units() {
		options = append(options, option{Value: u.Scope(), Label: u.Name + " (administrative unit)"})
	}
	return options
}

func (p *Panel) addEligibility(r *http.Request) (outcome, error) {
	e, err := p.wantedEligibility(r)
	if err != nil {
		return outcome{}, err
	}
	what := p.holding(e.PrincipalID, e.RoleID, e.Scope)
	p.adding.Lock()
	defer p.adding.Unlock()
	for _, old := range p.cfg.Tenant.Eligibilities(false) {
		if old.Member == tenant.Direct && old.RoleID == e.RoleID && strings.EqualFold(old.PrincipalID, e.PrincipalID) && strings.EqualFold(old.Scope, e.Scope) {
			return outcome{}, mistake("PIM refuses: " + what + " is eligible already.")
		}
	}
	if _, err := p.cfg.Tenant.AddEligibility(e); err != nil {
		return outcome{}, err
	}
	return outcome{"Eligible now: " + what + ".", p.chat(e.PrincipalID)}, nil
}

func (p *Panel) wantedEligibility(r *http.Request) (tenant.Eligibility, error) {
	none := tenant.Eligibility{}
	principal := r.PostFormValue("principal")
	if !slices.ContainsFunc(p.principals(), func(o option) bool { return o.Value == principal }) {
		return none, mistake("Choose a person or a role-assignable group of this tenant.")
	}
	role, err := p.role(r, "role")
	if err != nil {
		return none, err
	}
	scope, err := p.scope(r, "scope")
	if err != nil {
		return none, err
	}
	e := tenant.Eligibility{PrincipalID: principal, RoleID: role.ID, Scope: scope, Start: p.cfg.Tenant.Now()}
	if strings.TrimSpace(r.PostFormValue("days")) == "" {
		return e, nil
	}
	d, err := span(r, "days", "Ends after", day, day/10, maxEligibility)
	if err != nil {
		return none, err
	}
	e.End = e.Start.Add(d)
	return e, nil
}

func (p *Panel) removeEligibility(r *http.Request) (outcome, error) {
	rows := p.cfg.Tenant.Eligibilities(false)
	i := slices.IndexFunc(rows, func(e tenant.Eligibility) bool {
		return e.Member == tenant.Direct && e.ID == r.PostFormValue("eligibility")
	})
	if i < 0 {
		return outcome{}, mistake("That eligibility has ended already.")
	}
	if err := p.cfg.Tenant.RemoveEligibility(rows[i].ID); err != nil {
		return outcome{}, err
	}
	what := p.holding(rows[i].PrincipalID, rows[i].RoleID, rows[i].Scope)
	return outcome{"Not eligible any more: " + what + ". An activation of it ends with it.", p.chat(rows[i].PrincipalID)}, nil
}
