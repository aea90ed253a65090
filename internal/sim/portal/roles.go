package portal

import (
	"slices"
	"strings"
	"time"

	"hoist/internal/sim/tenant"
)

// contexts are the authentication contexts on offer. Entra knows c1 to c99;
// three are enough to see one that is enforced and one that is not.
var contexts = []string{"c1", "c2", "c3"}

// rolePolicy is one role with its policy as the form shows it.
type rolePolicy struct {
	ID, Name, Description string
	Demands, Approvers    string
	Changed               time.Time
	ChangedBy             string
	// Open shows the form unfolded: it was just sent.
	Open          bool
	Policy        tenant.Policy
	Hours         string
	Contexts      []option
	Users, Groups []option
}

func (p *Panel) policies(open string) []rolePolicy {
	var rows []rolePolicy
	for _, role := range p.cfg.Tenant.Roles() {
		policy, _ := p.cfg.Tenant.Policy(role.ID)
		rows = append(rows, rolePolicy{
			ID: role.ID, Name: role.Name, Description: role.Description, Demands: p.demands(role.ID), Approvers: p.approvers(policy),
			Changed: policy.Changed, ChangedBy: p.nameOf(policy.ChangedBy), Open: strings.EqualFold(role.ID, open),
			Policy: policy, Hours: hours(policy.MaxDuration), Contexts: p.contextOptions(policy.AuthContext),
			Users: p.userOptions(policy), Groups: p.groupOptions(policy),
		})
	}
	return rows
}

// demands says in one line what a role's policy asks of an activation.
func (p *Panel) demands(roleID string) string {
	policy, _ := p.cfg.Tenant.Policy(roleID)
	parts := []string{"up to " + lasting(policy.MaxDuration)}
	for _, rule := range []struct {
		on   bool
		name string
	}{
		{policy.Approval.Required, "approval"},
		{policy.Justification, "justification"},
		{policy.MFA, "MFA"},
		{policy.AuthContext != "", "authentication context " + policy.AuthContext},
		{policy.Ticketing, "ticket"},
	} {
		if rule.on {
			parts = append(parts, rule.name)
		}
	}
	return strings.Join(parts, ", ")
}

// approvers says who decides when the policy requires approval.
func (p *Panel) approvers(policy tenant.Policy) string {
	var names []string
	for _, id := range slices.Concat(policy.Approval.Groups, policy.Approval.Users) {
		names = append(names, p.nameOf(id))
	}
	if len(names) == 0 {
		return "the active Privileged Role Administrators and Global Administrators"
	}
	return strings.Join(names, ", ")
}

func (p *Panel) contextOptions(chosen string) []option {
	options := []option{{Label: "None", Chosen: chosen == ""}}
	for _, c := range p.contexts() {
		label := c
		if !p.cfg.Tenant.ContextEnforced(c) {
			label += " (not enforced: PIM asks for MFA)"
		}
		options = append(options, option{c, label, c == chosen})
	}
	return options
}

// contexts are those on offer and those that policies name besides.
func (p *Panel) contexts() []string {
	all := slices.Clone(contexts)
	for _, role := range p.cfg.Tenant.Roles() {
		policy, _ := p.cfg.Tenant.Policy(role.ID)
		if c := policy.AuthContext; c != "" && !slices.Contains(all, c) {
			all = append(all, c)
		}
	}
	return all
}

func (p *Panel) userOptions(policy tenant.Policy) []option {
	var options []option
	for _, who := range p.cfg.Tenant.People() {
		o := personOption(who)
		o.Chosen = slices.Contains(policy.Approval.Users, who.OID)
		options = append(options, o)
	}
	return options
}

func (p *Panel) groupOptions(policy tenant.Policy) []option {
	var options []option
	for _, g := range p.cfg.Tenant.Groups() {
		options = append(options, option{g.ID, g.Name, slices.Contains(policy.Approval.Groups, g.ID)})
	}
	return options
}
