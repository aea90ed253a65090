package portal

import (
	"net/http"
	"net/url"
	"slices"
	"time"

	"hoist/internal/sim/page"
	"hoist/internal/sim/tenant"
)

// The portal offers half hours from the first to the 24th.
const (
	minMaximum = 30 * time.Minute
	maxMaximum = 24 * time.Hour
)

// onPolicy leads back to the role's own form, unfolded.
func onPolicy(r *http.Request) *url.URL {
	id := r.PostFormValue("role")
	return &url.URL{Path: "/tenant/roles", RawQuery: url.Values{"role": {id}}.Encode(), Fragment: "role-" + id}
}

// changePolicy saves the form of one role. The form holds everything that it
// shows, so a box that is not there is a box that is not checked.
func (p *Panel) changePolicy(r *http.Request) (outcome, error) {
	role, err := p.role(r, "role")
	if err != nil {
		return outcome{}, err
	}
	wanted, err := p.wantedPolicy(r, role.ID)
	if err != nil {
		return outcome{}, err
	}
	audit := page.Link{Label: "Audit log", URL: auditPage.path}
	if now, _ := p.cfg.Tenant.Policy(role.ID); samePolicy(now, wanted) {
		return outcome{text: "The policy of " + role.Name + " says that already; nothing changed."}, nil
	}
	by := p.administrator()
	if err := p.cfg.Tenant.ChangePolicy(role.ID, func(policy *tenant.Policy) { *policy, policy.ChangedBy = wanted, by.OID }); err != nil {
		return outcome{}, err
	}
	return outcome{by.Name + " changed the policy of " + role.Name + ": " + p.demands(role.ID) + ".", audit}, nil
}

func (p *Panel) wantedPolicy(r *http.Request, roleID string) (tenant.Policy, error) {
	policy, _ := p.cfg.Tenant.Policy(roleID)
	maximum, err := span(r, "hours", "Maximum duration", time.Hour, minMaximum, maxMaximum)
	if err != nil {
		return policy, err
	}
	if maximum%minMaximum != 0 {
		return policy, mistake("Maximum duration: PIM takes whole and half hours only.")
	}
	context := r.PostFormValue("context")
	if context != "" && !slices.Contains(p.contexts(), context) {
		return policy, mistake("Choose one of the authentication contexts.")
	}
	policy.MaxDuration, policy.AuthContext = maximum, context
	policy.MFA, policy.Justification, policy.Ticketing = checked(r, "mfa"), checked(r, "justification"), checked(r, "ticket")
	policy.Approval.Required = checked(r, "approval")
	policy.Approval.Users, policy.Approval.Groups = nil, nil
	for _, id := range r.PostForm["user"] {
		who, ok := p.cfg.Tenant.Person(id)
		if !ok {
			return policy, mistake("Choose approvers among the people of this tenant.")
		}
		policy.Approval.Users = append(policy.Approval.Users, who.OID)
	}
	for _, id := range r.PostForm["group"] {
		g, ok := p.cfg.Tenant.Group(id)
		if !ok {
			return policy, mistake("Choose approvers among the groups of this tenant.")
		}
		policy.Approval.Groups = append(policy.Approval.Groups, g.ID)
	}
	return policy, nil
}

func checked(r *http.Request, name string) bool { return r.PostFormValue(name) != "" }

func samePolicy(a, b tenant.Policy) bool {
	return a.MaxDuration == b.MaxDuration && a.AuthContext == b.AuthContext && a.MFA == b.MFA && a.Justification == b.Justification &&
		a.Ticketing == b.Ticketing && a.Approval.Required == b.Approval.Required &&
		slices.Equal(a.Approval.Users, b.Approval.Users) && slices.Equal(a.Approval.Groups, b.Approval.Groups)
}
