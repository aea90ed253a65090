package tenant

import (
	"strings"
	"time"
)

// minimumActive is how long an activation must have run before it can be
// ended.
const minimumActive = 5 * time.Minute

// tooShort keeps PIM's spelling.
func tooShort() *Refusal {
	return refuse("ActiveDurationTooShort", "The Active duration is too short. Miniumum Required is 5 minutes.")
}

func noSuchAssignment() *Refusal {
	return refuse("RoleAssignmentDoesNotExist", "The Role assignment does not exist.")
}

func (t *Tenant) deactivate(c Caller, ask Ask, now time.Time) (*Request, *Refusal) {
	a := t.activation(c.OID, ask.RoleID, ask.Scope, now)
	if a == nil || now.Before(a.Start.Add(t.behaviour.DeactivationBlind)) {
		return nil, noSuchAssignment()
	}
	if now.Sub(a.Start) < minimumActive {
		return nil, tooShort()
	}
	r := &Request{
		ID: t.newID(), Action: "selfDeactivate", PrincipalID: a.PrincipalID, RoleID: a.RoleID, Scope: a.Scope,
		Justification: ask.Justification, Ticket: ask.Ticket, Status: StatusRevoked, Created: now, Completed: now,
		TargetScheduleID: a.ID, CreatedBy: a.PrincipalID, ValidationOnly: ask.ValidationOnly, MFA: c.MFA,
	}
	if ask.ValidationOnly {
		return r, nil
	}
	t.end(a, now)
	t.requests = append(t.requests, r)
	t.record(r, "Remove member from role requested (PIM deactivate)", r.PrincipalID, now)
	t.record(r, "Remove member from role completed (PIM deactivate)", r.PrincipalID, now)
	return r, nil
}

// activation returns the person's running activation of the triple.
func (t *Tenant) activation(oid, roleID, scope string, now time.Time) *Assignment {
	for _, a := range t.assignments {
		if a.Type == Activated && strings.EqualFold(a.PrincipalID, oid) && strings.EqualFold(a.RoleID, roleID) &&
			strings.EqualFold(a.Scope, scope) && a.current(now) {
			return a
		}
	}
	return nil
}
