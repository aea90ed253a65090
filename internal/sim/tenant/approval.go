package tenant

import (
	"net/http"
	"slices"
	"strings"
	"time"
)

// approvalLife is how long approvers have; it cannot be configured for
// directory roles.
const approvalLife = 24 * time.Hour

// The two decisions.
const (
	Approve = "Approve"
	Deny    = "Deny"
)

type approval struct {
	stepID        string
	deadline      time.Time
	startAsked    time.Time // zero unless a later start was asked for
	wantsReason   bool
	result        string
	justification string
	by            string
	at            time.Time
}

// ApprovalStep is the one step of an approval as its reader sees it.
type ApprovalStep struct {
	ApprovalID    string
	ID            string
	Status        string
	Result        string
	AssignedToMe  bool
	Justification string
	ReviewedBy    string
	ReviewedAt    time.Time
}

func (t *Tenant) awaitApproval(r *Request, policy *Policy, start, now time.Time) {
	r.Status, r.ApprovalID, r.Start = StatusPendingApproval, r.ID, time.Time{}
	r.approval = &approval{stepID: t.newID(), deadline: now.Add(approvalLife), wantsReason: !policy.Approval.JustificationOptional, result: "NotReviewed"}
	if start.After(now) {
		r.Start, r.approval.startAsked = start, start
	}
	t.record(r, "Add member to role approval requested (PIM activation)", r.PrincipalID, now)
}

// Approval returns the step of an approval. Only approvers of the request may
// read it.
func (t *Tenant) Approval(c Caller, id string) (ApprovalStep, error) {
	t.mu.Lock()
	defer t.unlock()
	now := t.settle()
	r, refusal := t.approvalFor(c, id, now)
	if refusal != nil {
		return ApprovalStep{}, refusal
	}
	return t.step(r, c.OID, now), nil
}

func (t *Tenant) approvalFor(c Caller, id string, now time.Time) (*Request, *Refusal) {
	r := t.request(id)
	if r == nil || r.approval == nil {
		return nil, notFound("ResourceNotFound", "The approval %s is not found.", id)
	}
	if c.AppOnly || !t.mayDecide(c.OID, r, now) {
		return nil, unauthorized()
	}
	return r, nil
}

func (t *Tenant) mayDecide(oid string, r *Request, now time.Time) bool {
	return r.approval.by == oid || slices.Contains(t.approvers(r.RoleID, r.PrincipalID, now), oid)
}

func (t *Tenant) step(r *Request, reader string, now time.Time) ApprovalStep {
	s := ApprovalStep{
		ApprovalID: r.ID, ID: r.approval.stepID, Status: "InProgress", Result: r.approval.result,
		AssignedToMe: t.mayDecide(reader, r, now), Justification: r.approval.justification,
		ReviewedBy: r.approval.by, ReviewedAt: r.approval.at,
	}
	if !r.pending() {
		s.Status = "Completed"
	}
	return s
}

// Decide records an approver's decision on a step. The first decision wins;
// every later one is refused with 409.
func (t *Tenant) Decide(c Caller, approvalID, stepID, result, justification string) error {
	t.mu.Lock()
	defer t.changed()
	now := t.settle()
	r, refusal := t.approvalFor(c, approvalID, now)
	if refusal == nil && r.approval.stepID != stepID {
		refusal = notFound("ResourceNotFound", "The approval step %s is not found.", stepID)
	}
	if refusal == nil {
		refusal = t.decide(r, c.OID, result, justification, now)
	}
	if refusal != nil {
		return refusal
	}
	return nil
}

func (t *Tenant) decide(r *Request, by, result, justification string, now time.Time) *Refusal {
	switch {
	case r.Status == StatusTimedOut || r.Status == StatusCanceled:
		return refuse("InvalidApproval", "The approval is no longer open.")
	case !r.pending():
		return &Refusal{Status: http.StatusConflict, Code: "Conflict", Message: "The approval step has already been completed."}
	case !strings.EqualFold(result, Approve) && !strings.EqualFold(result, Deny):
		return refuse("Request_BadRequest", "Invalid value %q for the property 'reviewResult'.", result)
	case r.approval.wantsReason && strings.TrimSpace(justification) == "":
		return refuse("Request_BadRequest", "Justification is required to complete the approval step.")
	}
	r.approval.by, r.approval.at, r.approval.justification = by, now, justification
	if strings.EqualFold(result, Deny) {
		r.approval.result, r.Status, r.Completed = Deny, StatusDenied, now
		t.record(r, "Add member to role request denied (PIM activation)", by, now)
		return nil
	}
	r.approval.result = Approve
	t.record(r, "Add member to role request approved (PIM activation)", by, now)
	start := now
	if r.approval.startAsked.After(now) {
		start = r.approval.startAsked
	}
	t.grant(r, start, now)
	return nil
}

// AwaitingDecision returns the open requests that the person may decide.
func (t *Tenant) AwaitingDecision(oid string) []Request {
	t.mu.Lock()
	defer t.unlock()
	now := t.settle()
	var rows []Request
	for _, r := range t.requests {
		if r.approval != nil && t.mayDecide(oid, r, now) {
			rows = append(rows, *r)
		}
	}
	return rows
}

// MayDecide reports whether the person is an approver of the request.
func (t *Tenant) MayDecide(oid, requestID string) bool {
	t.mu.Lock()
	defer t.mu.Unlock()
	r := t.request(requestID)
	return r != nil && r.approval != nil && t.mayDecide(oid, r, t.now())
}
