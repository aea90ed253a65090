package tenant

import (
	"slices"
	"time"
)

// The request statuses that the simulator uses. Microsoft's page "request
// resource type" documents all but TimedOut, which is seen when nobody decided
// within 24 hours.
const (
	StatusGranted             = "Granted"
	StatusPendingApproval     = "PendingApproval"
	StatusPendingProvisioning = "PendingProvisioning"
	StatusProvisioned         = "Provisioned"
	StatusRevoked             = "Revoked"
	StatusDenied              = "Denied"
	StatusCanceled            = "Canceled"
	StatusTimedOut            = "TimedOut"
)

// Ticket is information only; nothing checks it against a ticket system.
type Ticket struct {
	Number string
	System string
}

// Request is a role assignment schedule request.
type Request struct {
	ID            string
	Action        string
	PrincipalID   string
	RoleID        string
	Scope         string
	Justification string
	Ticket        Ticket
	Status        string
	Created       time.Time
	// Completed is filled even while a request waits for approval, as in
	// Microsoft's own sample; it is no completion marker.
	Completed time.Time
	// ApprovalID equals ID when approval is needed, else it is empty.
	ApprovalID       string
	TargetScheduleID string
	CreatedBy        string
	ValidationOnly   bool
	// Start is zero while the request waits for approval, unless a later start
	// was asked for.
	Start    time.Time
	Duration time.Duration
	// End is set when the request named an end instead of a duration.
	End time.Time
	// MFA says that the token of the request had passed a second factor.
	MFA bool

	eligibilityID string
	provisionAt   time.Time
	approval      *approval
}

func (r *Request) pending() bool { return r.Status == StatusPendingApproval }

// window returns when an activation that begins at start would end.
func (r *Request) window(start time.Time) time.Time {
	if !r.End.IsZero() {
		return r.End
	}
	if r.Duration == 0 {
		return time.Time{}
	}
	return start.Add(r.Duration)
}

// Requests returns every request, oldest first.
func (t *Tenant) Requests() []Request {
	t.mu.Lock()
	defer t.unlock()
	t.settle()
	rows := make([]Request, 0, len(t.requests))
	for _, r := range t.requests {
		rows = append(rows, *r)
	}
	return rows
}

// Request returns one request by id.
func (t *Tenant) Request(id string) (Request, bool) {
	t.mu.Lock()
	defer t.unlock()
	t.settle()
	if r := t.request(id); r != nil {
		return *r, true
	}
	return Request{}, false
}

func (t *Tenant) request(id string) *Request {
	i := slices.IndexFunc(t.requests, func(r *Request) bool { return r.ID == id })
	if i < 0 {
		return nil
	}
	return t.requests[i]
}

// open returns a request for the triple that waits for approval.
func (t *Tenant) open(oid, roleID, scope string) *Request {
	for _, r := range t.requests {
		if r.pending() && r.PrincipalID == oid && r.RoleID == roleID && r.Scope == scope {
			return r
		}
	}
	return nil
}
