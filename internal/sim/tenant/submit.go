package tenant

import (
	"strings"
	"time"
)

// Caller is what the presented access token says about who is asking. PIM
// trusts nothing else.
type Caller struct {
	OID     string
	AppOnly bool
	// MFA: amr contains mfa.
	MFA bool
	// Contexts is acrs.
	Contexts []string
	// CAE: xms_cc contains cp1.
	CAE bool
}

// Ask is the body of a self-service request, after decoding.
type Ask struct {
	Action        string
	PrincipalID   string
	RoleID        string
	Scope         string
	Justification string
	Ticket        Ticket
	// Start is zero for "now".
	Start time.Time
	// Duration and End are both zero when no expiration was asked for.
	Duration       time.Duration
	End            time.Time
	ValidationOnly bool
	TargetSchedule string
}

// Submit handles selfActivate and selfDeactivate. Errors are [*Refusal] values.
func (t *Tenant) Submit(c Caller, ask Ask) (Request, error) {
	t.mu.Lock()
	defer t.changed()
	now := t.settle()
	if refusal := t.checkShape(c, ask); refusal != nil {
		return Request{}, refusal
	}
	act := t.activate
	if strings.EqualFold(ask.Action, "selfDeactivate") {
		act = t.deactivate
	}
	r, refusal := act(c, ask, now)
	if refusal != nil {
		return Request{}, refusal
	}
	return *r, nil
}

func (t *Tenant) checkShape(c Caller, ask Ask) *Refusal {
	switch strings.ToLower(ask.Action) {
	case "selfactivate", "selfdeactivate":
	case "adminassign", "adminupdate", "adminremove", "adminextend", "adminrenew":
		return unauthorized()
	default:
		return refuse("InvalidRoleAssignmentRequest", "The role assignment request is invalid.")
	}
	if ask.PrincipalID == "" || ask.RoleID == "" || ask.Scope == "" {
		return refuse("Request_BadRequest", "One of the required properties principalId, roleDefinitionId and directoryScopeId is missing.")
	}
	if c.AppOnly || !strings.EqualFold(ask.PrincipalID, c.OID) {
		return unauthorized()
	}
	if t.person(ask.PrincipalID) == nil {
		return notFound("SubjectNotFound", "The subject is not found.")
	}
	if _, ok := t.role(ask.RoleID); !ok {
		return notFound("RoleNotFound", "The role is not found.")
	}
	return nil
}

// activate checks a selfActivate in the order in which PIM is seen to answer:
// where, whether it exists already, step-up, then every policy rule at once.
func (t *Tenant) activate(c Caller, ask Ask, now time.Time) (*Request, *Refusal) {
	start := now
	if ask.Start.After(now) {
		start = ask.Start
	}
	e, elsewhere := t.eligible(c.OID, ask.RoleID, ask.Scope, start)
	switch {
	case e == nil && elsewhere:
		return nil, refuse("InvalidScope", "The scope %s is not the scope of an eligible role assignment.", ask.Scope)
	case e == nil:
		return nil, t.failedRules([]string{"EligibilityRule"})
	}
	r := t.requestFor(ask, e, start, now)
	r.MFA = c.MFA
	if refusal := t.checkConflicts(r, start, now); refusal != nil {
		return nil, refusal
	}
	policy := t.policies[ask.RoleID]
	if refusal := t.checkContext(c, policy); refusal != nil {
		return nil, refusal
	}
	if broken := t.brokenRules(c, ask, policy, start); len(broken) > 0 {
		return nil, t.failedRules(broken)
	}
	if refusal := checkWindow(r, e, start); refusal != nil {
		return nil, refusal
	}
	if ask.ValidationOnly {
		return validated(r, policy), nil
	}
	t.accept(r, policy, start, now)
	return r, nil
}

func (t *Tenant) requestFor(ask Ask, e *Eligibility, start, now time.Time) *Request {
	return &Request{
		ID: t.newID(), Action: "selfActivate", PrincipalID: t.person(ask.PrincipalID).OID,
		RoleID: e.RoleID, Scope: e.Scope, Justification: ask.Justification, Ticket: ask.Ticket,
		Created: now, Completed: now, CreatedBy: t.person(ask.PrincipalID).OID,
		ValidationOnly: ask.ValidationOnly, Start: start, Duration: ask.Duration, End: ask.End, eligibilityID: e.ID,
	}
}

func (t *Tenant) checkConflicts(r *Request, start, now time.Time) *Refusal {
	if t.live(r.PrincipalID, r.RoleID, r.Scope, start, r.window(start), now) != nil {
		return refuse("RoleAssignmentExists", "The Role assignment already exists.")
	}
	if t.open(r.PrincipalID, r.RoleID, r.Scope) != nil {
		return refuse("PendingRoleAssignmentRequest", "There is already an existing pending Role assignment request.")
	}
	return nil
}

func checkWindow(r *Request, e *Eligibility, start time.Time) *Refusal {
	end := r.window(start)
	switch {
	case !end.IsZero() && !end.After(start):
		return refuse("InvalidRoleAssignmentRequestSchedule", "The schedule of the role assignment request is invalid.")
	case !end.IsZero() && end.Sub(start) < minimumActive:
		return tooShort()
	case !e.End.IsZero() && (end.IsZero() || end.After(e.End)):
		return refuse("InvalidRoleAssignmentRequestSchedule", "The schedule of the role assignment request is invalid.")
	}
	return nil
}

// validated is the answer to isValidationOnly. Graph's page names no status;
// clients of the twin in Azure have seen these two.
func validated(r *Request, policy *Policy) *Request {
	r.Status = StatusGranted
	if policy.Approval.Required {
		r.Status = "PendingEvaluation"
	}
	return r
}

func (t *Tenant) accept(r *Request, policy *Policy, start, now time.Time) {
	r.TargetScheduleID = t.newID()
	t.requests = append(t.requests, r)
	t.record(r, "Add member to role requested (PIM activation)", r.PrincipalID, now)
	if policy.Approval.Required {
		t.awaitApproval(r, policy, start, now)
		return
	}
	t.grant(r, start, now)
}

// grant turns an accepted request into an assignment that begins at start.
func (t *Tenant) grant(r *Request, start, now time.Time) {
	r.Start = start
	t.assign(Assignment{
		ID: r.TargetScheduleID, PrincipalID: r.PrincipalID, RoleID: r.RoleID, Scope: r.Scope, Type: Activated,
		Start: start, End: r.window(start), EligibilityID: r.eligibilityID, RequestID: r.ID, Asked: r.Duration,
		provisioned: start.Add(t.behaviour.ProvisioningLag),
	})
	r.provisionAt = start.Add(t.behaviour.ProvisioningLag)
	r.Status = StatusGranted
	if !start.After(now) {
		r.Status = StatusPendingProvisioning
	}
	t.advance(r, now)
}
