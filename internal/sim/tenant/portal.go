package tenant

import (
	"fmt"
	"strings"
	"time"
)

// ActivateInPortal activates an eligibility as somebody who sits in the Entra
// portal: MFA and step-up are taken as done, every other rule holds.
func (t *Tenant) ActivateInPortal(who, roleID, scope string, d time.Duration, justification string) (Request, error) {
	p, ok := t.Person(who)
	if !ok {
		return Request{}, fmt.Errorf("activate in the portal: no person %q", who)
	}
	policy, _ := t.Policy(roleID)
	var ticket Ticket
	if policy.Ticketing {
		ticket = Ticket{Number: "PORTAL-1"}
	}
	caller := Caller{OID: p.OID, MFA: true, CAE: true, Contexts: []string{policy.AuthContext}}
	r, err := t.Submit(caller, Ask{
		Action: "selfActivate", PrincipalID: p.OID, RoleID: roleID, Scope: scope,
		Justification: justification, Duration: d, Ticket: ticket,
	})
	if err != nil {
		return Request{}, fmt.Errorf("activate in the portal: %w", err)
	}
	return r, nil
}

// Revoke ends somebody's running activation as an administrator does. The
// portal allows it at once; the five minutes bind self-service and Graph.
func (t *Tenant) Revoke(who, roleID, scope, by string) error {
	t.mu.Lock()
	defer t.changed()
	now := t.settle()
	p, admin := t.person(who), t.person(by)
	if p == nil || admin == nil {
		return fmt.Errorf("revoke: no person %q or %q", who, by)
	}
	a := t.activation(p.OID, roleID, scope, now)
	if a == nil {
		return fmt.Errorf("revoke: %w", noSuchAssignment())
	}
	t.end(a, now)
	r := &Request{
		ID: t.newID(), Action: "adminRemove", PrincipalID: p.OID, RoleID: a.RoleID, Scope: a.Scope, Status: StatusRevoked,
		Created: now, Completed: now, TargetScheduleID: a.ID, CreatedBy: admin.OID, MFA: true,
	}
	t.requests = append(t.requests, r)
	t.record(r, "Remove member from role in PIM completed (timebound)", admin.OID, now)
	return nil
}

// DecideInPortal approves or denies a request as one of its approvers.
func (t *Tenant) DecideInPortal(requestID, who, result, justification string) error {
	t.mu.Lock()
	defer t.changed()
	now := t.settle()
	p := t.person(who)
	if p == nil {
		return fmt.Errorf("decide in the portal: no person %q", who)
	}
	r, refusal := t.approvalFor(Caller{OID: p.OID}, requestID, now)
	if refusal == nil {
		refusal = t.decide(r, p.OID, result, justification, now)
	}
	if refusal != nil {
		return fmt.Errorf("decide in the portal: %w", refusal)
	}
	return nil
}

// CancelInPortal cancels a waiting or scheduled request; an administrator may
// cancel anyone's.
func (t *Tenant) CancelInPortal(requestID, by string) error {
	t.mu.Lock()
	defer t.changed()
	now := t.settle()
	r, p := t.request(requestID), t.person(by)
	if r == nil || p == nil {
		return fmt.Errorf("cancel in the portal: no request %q or person %q", requestID, by)
	}
	if refusal := t.cancel(r, p.OID, now); refusal != nil {
		return fmt.Errorf("cancel in the portal: %w", refusal)
	}
	return nil
}

// Unassign ends a role that was assigned, or an activation, without a trace in
// PIM's requests.
func (t *Tenant) Unassign(who, roleID, scope string) error {
	t.mu.Lock()
	defer t.changed()
	now := t.settle()
	found := false
	for _, a := range t.assignments {
		if a.PrincipalID == t.principal(who) && a.RoleID == roleID && strings.EqualFold(a.Scope, scope) && !a.over(now) {
			t.end(a, now)
			found = true
		}
	}
	if !found {
		return fmt.Errorf("unassign %s: %w", roleID, noSuchAssignment())
	}
	return nil
}

// SetEnabled enables or disables an account.
func (t *Tenant) SetEnabled(who string, enabled bool) error {
	t.mu.Lock()
	defer t.changed()
	p := t.person(who)
	if p == nil {
		return fmt.Errorf("set enabled: no person %q", who)
	}
	p.Disabled = !enabled
	return nil
}

// SetMFARegistered says whether the account can pass a second factor.
func (t *Tenant) SetMFARegistered(who string, registered bool) error {
	t.mu.Lock()
	defer t.changed()
	p := t.person(who)
	if p == nil {
		return fmt.Errorf("set registered methods: no person %q", who)
	}
	p.MFARegistered = registered
	return nil
}

// AddPerson adds an account. An empty OID is filled.
func (t *Tenant) AddPerson(p Person) Person {
	t.mu.Lock()
	defer t.changed()
	if p.OID == "" {
		p.OID = t.newID()
	}
	kept := p
	t.people = append(t.people, &kept)
	return p
}

// SetMembers replaces the direct members of a group.
func (t *Tenant) SetMembers(groupID string, members ...string) error {
	t.mu.Lock()
	defer t.changed()
	g := t.group(groupID)
	if g == nil {
		return fmt.Errorf("set members: no group %q", groupID)
	}
	g.Members = append([]string(nil), members...)
	return nil
}

// principal returns the object id behind a UPN, or the text itself.
func (t *Tenant) principal(who string) string {
	if p := t.person(who); p != nil {
		return p.OID
	}
	return who
}
