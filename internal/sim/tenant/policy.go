package tenant

import (
	"fmt"
	"slices"
	"time"
)

// Policy is the part of a role management policy that decides something. The
// other of the 17 documented rules are constant and are added on the wire.
type Policy struct {
	// ID has the shape DirectoryRole_{tenant}_{guid}; the tenant fills it.
	ID string
	// MaxDuration limits an activation (Expiration_EndUser_Assignment).
	MaxDuration time.Duration
	// PermanentAllowed switches isExpirationRequired off.
	PermanentAllowed bool
	// MFA, Justification and Ticketing are Enablement_EndUser_Assignment.
	MFA           bool
	Justification bool
	Ticketing     bool
	// AuthContext is the claim value demanded, such as "c1"; empty is off.
	AuthContext string
	Approval    ApprovalPolicy
	// Changed is zero for a policy that nobody has touched.
	Changed   time.Time
	ChangedBy string
}

// ApprovalPolicy is Approval_EndUser_Assignment.
type ApprovalPolicy struct {
	Required bool
	// JustificationOptional lets approvers decide without giving a reason. The
	// documented default demands one.
	JustificationOptional bool
	// Users and Groups are the primary approvers, by object id. Both empty
	// means the active Privileged Role and Global Administrators.
	Users  []string
	Groups []string
}

// DefaultPolicy returns the documented defaults of an untouched directory role
// (sample on Microsoft's page "List rules for a role management policy").
func DefaultPolicy() Policy {
	return Policy{MaxDuration: 8 * time.Hour, MFA: true, Justification: true}
}

// Policy returns the policy of one role.
func (t *Tenant) Policy(roleID string) (Policy, bool) {
	t.mu.Lock()
	defer t.mu.Unlock()
	p, ok := t.policies[roleID]
	if !ok {
		return Policy{}, false
	}
	return copyPolicy(p), true
}

// ChangePolicy lets an administrator edit the policy of one role.
func (t *Tenant) ChangePolicy(roleID string, change func(*Policy)) error {
	t.mu.Lock()
	defer t.changed()
	p, ok := t.policies[roleID]
	if !ok {
		return fmt.Errorf("change policy of role %s: no such role", roleID)
	}
	changed := copyPolicy(p)
	change(&changed)
	changed.ID, changed.Changed = p.ID, t.now()
	*p = copyPolicy(&changed)
	role, _ := t.role(roleID)
	t.write(AuditRow{
		Activity: "Update role setting in PIM", AuditType: "UpdatePolicy", Result: resultSuccess,
		ActorID: changed.ChangedBy, RoleID: roleID, RoleName: role.Name, Scope: TenantScope, At: t.now(),
	})
	return nil
}

// Approvers returns the object ids of the people who may decide a request of
// the requester: the policy's users and the members of its groups, or the
// active holders of the two administrator roles when it names nobody. The
// requester is never among them.
func (t *Tenant) Approvers(roleID, requester string) []string {
	t.mu.Lock()
	defer t.mu.Unlock()
	return t.approvers(roleID, requester, t.now())
}

func (t *Tenant) approvers(roleID, requester string, now time.Time) []string {
	p, ok := t.policies[roleID]
	if !ok {
		return nil
	}
	candidates := slices.Clone(p.Approval.Users)
	for _, g := range p.Approval.Groups {
		candidates = append(candidates, t.transitiveMembers(g)...)
	}
	if len(p.Approval.Users)+len(p.Approval.Groups) == 0 {
		for _, person := range t.people {
			if t.holdsAny(person.OID, now, PrivilegedRoleAdministrator, GlobalAdministrator) {
				candidates = append(candidates, person.OID)
			}
		}
	}
	var approvers []string
	for _, c := range candidates {
		if p := t.person(c); p != nil && p.OID != requester && !slices.Contains(approvers, p.OID) {
			approvers = append(approvers, p.OID)
		}
	}
	return approvers
}

func copyPolicy(p *Policy) Policy {
	c := *p
	c.Approval.Users = slices.Clone(p.Approval.Users)
	c.Approval.Groups = slices.Clone(p.Approval.Groups)
	return c
}
