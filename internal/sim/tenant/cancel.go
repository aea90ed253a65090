package tenant

import "time"

// Cancel withdraws a scheduled or waiting request over Graph. Its creator and
// active Privileged Role Administrators may.
func (t *Tenant) Cancel(c Caller, id string) error {
	t.mu.Lock()
	defer t.changed()
	now := t.settle()
	r := t.request(id)
	if r == nil {
		return notFound("RoleAssignmentScheduleRequestNotFound", "The role assignment schedule request is not found.")
	}
	if c.AppOnly || (r.CreatedBy != c.OID && !t.holdsAny(c.OID, now, PrivilegedRoleAdministrator, GlobalAdministrator)) {
		return unauthorized()
	}
	if r.pending() && t.behaviour.RefuseCancelPending {
		return refuse("InvalidRoleAssignmentRequest", "The role assignment request is invalid.")
	}
	if refusal := t.cancel(r, c.OID, now); refusal != nil {
		return refusal
	}
	return nil
}

func (t *Tenant) cancel(r *Request, by string, now time.Time) *Refusal {
	if !r.pending() && r.Status != StatusGranted {
		return refuse("InvalidRoleAssignmentRequest", "The role assignment request is invalid.")
	}
	r.Status, r.Completed = StatusCanceled, now
	for _, a := range t.assignments {
		if a.RequestID == r.ID && !a.over(now) {
			t.end(a, now)
		}
	}
	t.record(r, "Add member to role canceled (PIM activation)", by, now)
	return nil
}
