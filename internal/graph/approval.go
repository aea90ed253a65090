package graph

import (
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"strings"

	"github.com/microsoftgraph/msgraph-sdk-go/models"
	"github.com/microsoftgraph/msgraph-sdk-go/rolemanagement"

	"hoist/internal/graph/refusal"
	"hoist/internal/pim"
)

// Approvals decides requests as an approver, with the approver's own token:
// Graph lets no application do it. See
// https://learn.microsoft.com/entra/id-governance/privileged-identity-management/pim-approval-workflow.
type Approvals struct{ c *Client }

var _ pim.Approvals = Approvals{}

// Approvals returns what decides.
func (c *Client) Approvals() Approvals { return Approvals{c} }

// Get returns a request as the session's account sees it: the request from
// v1.0, its approval from beta. StepID is set while the step is open, Decided
// once it is not.
//
// KindForbidden when the account is no approver of it, the requester above all;
// KindNotFound when there is no such request or when it needs no approval;
// KindSignInExpired or KindChallenge when the token is not taken,
// KindConsentMissing without RoleAssignmentSchedule.ReadWrite.Directory, else
// KindThrottled or KindUnavailable. When Graph no longer serves approvals on
// beta, it is KindUnavailable with a message that says so: what is left then is
// PIM's own page.
func (a Approvals) Get(ctx context.Context, s pim.Session, requestID string) (pim.Approval, error) {
	w, err := a.c.asPerson(s, s.Principal.PrincipalKey)
	if err != nil {
		return pim.Approval{}, err
	}
	if requestID == "" {
		return pim.Approval{}, &pim.Error{Kind: pim.KindNotFound, Message: "no request is named"}
	}
	seen, err := a.request(ctx, w, requestID)
	if err != nil {
		return pim.Approval{}, err
	}
	st, err := a.c.readStep(ctx, w, requestID)
	if err != nil {
		return pim.Approval{}, err
	}
	seen.AssignedToMe = st.AssignedToMe
	if st.open() {
		seen.StepID = st.ID
	}
	if st.reviewed() {
		seen.Decided = a.decision(st)
	}
	return seen, nil
}

// decision maps what was decided. Its time is never zero, so that no decision
// looks like none: where PIM does not tell it, it is the time of reading.
func (a Approvals) decision(st step) pim.Decision {
	d := pim.Decision{
		By:       cmp.Or(st.ReviewedBy.DisplayName, st.ReviewedBy.ID),
		Approved: strings.EqualFold(st.ReviewResult, reviewApprove),
		Reason:   st.Justification,
		At:       st.ReviewedDateTime.UTC(),
	}
	if d.At.IsZero() {
		d.At = a.c.clock.Now()
	}
	return d
}

// request reads one request. Microsoft's page does not say that an approver
// without an administrator's role may read it by its id, so a refusal is
// followed by a look into the list of what the person may decide. See
// https://learn.microsoft.com/graph/api/unifiedroleassignmentschedulerequest-get.
func (a Approvals) request(ctx context.Context, w caller, id string) (pim.Approval, error) {
	answer, x, err := read(ctx, w, func(k call) (models.UnifiedRoleAssignmentScheduleRequestable, error) {
		return a.c.roles().RoleAssignmentScheduleRequests().ByUnifiedRoleAssignmentScheduleRequestId(id).Get(ctx,
			&rolemanagement.DirectoryRoleAssignmentScheduleRequestsUnifiedRoleAssignmentScheduleRequestItemRequestBuilderGetRequestConfiguration{Headers: k.Headers, Options: k.Options})
	})
	if k := pim.KindOf(err); k == pim.KindForbidden || k == pim.KindNotFound {
		return a.listed(ctx, w, id, err)
	}
	if err != nil {
		return pim.Approval{}, err
	}
	var raw rawRequest
	_ = json.Unmarshal(x.body, &raw) // the SDK has parsed it already
	return a.c.waiting(answer, raw, x)
}

// listed looks for the request among those that the person may decide, the
// waiting ones first: the list is cut like that of [Client.Own]. refused is why
// it could not be read by its id.
func (a Approvals) listed(ctx context.Context, w caller, id string, refused error) (found pim.Approval, err error) {
	for _, filter := range []string{"status eq 'PendingApproval'", ""} {
		refused := refused
		err = a.c.listRequests(ctx, w, "approver", filter, func(r models.UnifiedRoleAssignmentScheduleRequestable, raw rawRequest, x *exchange) {
			if strings.EqualFold(value(r.GetId()), id) {
				found, refused = a.c.waiting(r, raw, x)
			}
		})
		if err != nil {
			return pim.Approval{}, err
		}
		if found.RequestID != "" {
			return found, refused
		}
	}
	return pim.Approval{}, refused
}

// waiting maps a request that needs approval. The two without an approval id
// are those that need none, and those that PIM lists as waiting all the same.
func (c *Client) waiting(r models.UnifiedRoleAssignmentScheduleRequestable, raw rawRequest, x *exchange) (pim.Approval, error) {
	status := value(r.GetStatus())
	switch {
	case value(r.GetId()) == "":
		return pim.Approval{}, x.failure(pim.KindUnavailable, "unreadable answer", errNoContent)
	case value(r.GetApprovalId()) == "" && !strings.HasPrefix(status, "Pending"):
		return pim.Approval{}, &pim.Error{Kind: pim.KindNotFound, Message: "the request needs no approval", RequestID: refusal.RequestID(x.header)}
	}
	a := pim.Approval{
		RequestID:     value(r.GetId()),
		Status:        status,
		Principal:     pim.NewPrincipalKey(string(c.tenant), value(r.GetPrincipalId())),
		TargetID:      directoryRole(value(r.GetRoleDefinitionId())).ID,
		ScopeID:       value(r.GetDirectoryScopeId()),
		Duration:      lasting(r.GetScheduleInfo(), raw),
		Justification: value(r.GetJustification()),
	}
	if t := r.GetTicketInfo(); t != nil {
		a.Ticket = pim.Ticket{Number: value(t.GetTicketNumber()), System: value(t.GetTicketSystem())}
	}
	return a, nil
}

// Decide sends a decision on the open step, once. Of the approval it needs the
// ids of the request and of the step, as [Approvals.Get] returned them.
//
// Without a call: KindForbidden for one's own request, KindDecided or
// KindBadRequest when no step is open. After one: KindDecided when someone was
// faster, with a message that says who; KindForbidden when the account is no
// approver; KindNotFound when PIM knows no such approval; KindBadRequest when
// the request is no longer open or a reason is missing; the token's kinds as
// for Get. Certainly not taken: KindThrottled, and KindUnavailable, as when
// beta refuses. Perhaps taken: KindUnanswered.
func (a Approvals) Decide(ctx context.Context, s pim.Session, p pim.Approval, d pim.Decision) error {
	w, err := a.c.asPerson(s, s.Principal.PrincipalKey)
	switch {
	case err != nil:
		return err
	case p.Principal == s.Principal.PrincipalKey:
		return &pim.Error{Kind: pim.KindForbidden, Message: "nobody decides their own request"}
	case p.Decided != pim.Decision{}:
		return faster(p.Decided)
	case p.RequestID == "" || p.StepID == "":
		return &pim.Error{Kind: pim.KindBadRequest, Message: "no step of the approval is open"}
	}
	x, err := a.c.review(ctx, w, p.RequestID, p.StepID, d)
	if err == nil {
		return nil
	}
	return a.explain(ctx, s, p.RequestID, x, err)
}

// explain says what a refused decision means. What PIM answers to decisions on
// what is decided, canceled or lapsed is documented for the first only (409),
// so the request is read again.
func (a Approvals) explain(ctx context.Context, s pim.Session, requestID string, x *exchange, refused error) error {
	e, ok := errors.AsType[*pim.Error](refused)
	if !ok || x == nil {
		return refused
	}
	switch {
	case withdrawn(x.status, e):
		return betaFailure(x, refused)
	case x.status != http.StatusBadRequest && x.status != http.StatusNotFound && x.status != http.StatusConflict:
		return refused
	}
	now, err := a.Get(ctx, s, requestID)
	switch {
	case err == nil && now.Decided != pim.Decision{}:
		return faster(now.Decided)
	case x.status == http.StatusConflict && (err != nil || now.StepID != ""):
		e.Kind = pim.KindDecided // its documented meaning, which nothing here contradicts
	case err != nil && strings.HasPrefix(messageOf(err), betaRefuses):
		return err
	case err == nil && e.Kind == pim.KindUnknown:
		e.Kind = pim.KindBadRequest
	}
	if err == nil {
		e.Message = fmt.Sprintf("%s (the request is %s)", e.Message, now.Status)
	}
	return e
}

func messageOf(err error) string {
	if e, ok := errors.AsType[*pim.Error](err); ok {
		return e.Message
	}
	return ""
}

func faster(d pim.Decision) error {
	result := "denied"
	if d.Approved {
		result = "approved"
	}
	return &pim.Error{Kind: pim.KindDecided, Message: result + " by " + cmp.Or(d.By, "someone")}
}
