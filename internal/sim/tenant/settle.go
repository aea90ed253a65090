package tenant

import "time"

// settle applies what time has done since the last call and returns the
// present. Every exported method that reads or changes PIM state begins with
// it, so nothing needs to run in the background and a clock that jumps a day
// ahead leaves the same world as one that ticked through it.
func (t *Tenant) settle() time.Time {
	now := t.now()
	for _, r := range t.requests {
		t.advance(r, now)
	}
	for _, a := range t.assignments {
		t.expire(a, now)
	}
	return now
}

func (t *Tenant) advance(r *Request, now time.Time) {
	if r.pending() && !now.Before(r.approval.deadline) {
		t.dirty = true
		r.Status, r.Completed = StatusTimedOut, r.approval.deadline
		t.record(r, "PIM activation request expired", "", r.approval.deadline)
		return
	}
	if r.Status == StatusGranted && !r.Start.IsZero() && !now.Before(r.Start) {
		t.dirty = true
		r.Status = StatusPendingProvisioning
	}
	if r.Status == StatusPendingProvisioning && !now.Before(r.provisionAt) {
		t.dirty = true
		r.Status, r.Completed = StatusProvisioned, r.provisionAt
		t.record(r, "Add member to role completed (PIM activation)", r.PrincipalID, r.provisionAt)
		t.recordDirectory(r, "Add member to role", r.provisionAt)
	}
}

func (t *Tenant) expire(a *Assignment, now time.Time) {
	if !a.Ended.IsZero() || a.End.IsZero() || now.Before(a.End) {
		return
	}
	t.dirty = true
	a.Ended = a.End
	r := t.request(a.RequestID)
	if a.Type != Activated || r == nil {
		return
	}
	t.record(r, "Remove member from role (PIM activation expired)", "", a.End)
	t.recordDirectory(r, "Remove member from role", a.End)
}
