package graph

import (
	"context"
	"encoding/json"
	"net/http"
	"time"

	"github.com/microsoftgraph/msgraph-sdk-go/models"
	"github.com/microsoftgraph/msgraph-sdk-go/rolemanagement"

	"hoist/internal/graph/refusal"
	"hoist/internal/pim"
)

// Activate sends the activation once and never repeats it: Graph's request has
// no idempotency key.
//
// Without a call: KindForbidden when the order is not for the session's own
// principal, KindSignInExpired without a token, KindDurationMissing for less
// than a minute, KindBadRequest for anything but a directory role. Certainly
// not taken: KindUnavailable (nothing was sent), KindThrottled, and whatever
// PIM answers (KindAlreadyActive, KindAlreadyPending, KindMFARequired,
// KindChallenge, KindPolicy and its particular rules, KindConsentMissing, …).
// Perhaps taken: KindUnanswered.
//
// After a refusal the eligibilities of the principal and the policy of the role
// are read afresh, because one of them was not what we took it for. See
// https://learn.microsoft.com/graph/api/rbacapplication-post-roleassignmentschedulerequests.
func (c *Client) Activate(ctx context.Context, s pim.Session, o pim.Order) (pim.Activation, error) {
	w, err := c.asPerson(s, o.Principal)
	if err != nil {
		return pim.Activation{}, err
	}
	if o.Duration < time.Minute {
		return pim.Activation{}, &pim.Error{Kind: pim.KindDurationMissing}
	}
	if o.Target.Kind != pim.DirectoryRole {
		return pim.Activation{}, &pim.Error{Kind: pim.KindBadRequest, Message: "only directory roles can be activated"}
	}
	a, status, err := c.submit(ctx, w, selfActivate(o))
	if status == http.StatusBadRequest || status == http.StatusNotFound {
		c.eligibilities.drop(o.Principal)
		c.policies.drop(o.Target.ID)
	}
	return a, err
}

// submit posts a request of a person's own, once, and returns what PIM made of
// it and the status of the answer, zero without one.
func (c *Client) submit(ctx context.Context, w caller, r models.UnifiedRoleAssignmentScheduleRequestable) (pim.Activation, int, error) {
	answer, x, err := write(ctx, w, func(k call) (models.UnifiedRoleAssignmentScheduleRequestable, error) {
		return c.roles().RoleAssignmentScheduleRequests().Post(ctx, r,
			&rolemanagement.DirectoryRoleAssignmentScheduleRequestsRequestBuilderPostRequestConfiguration{Headers: k.Headers, Options: k.Options})
	})
	if err != nil {
		return pim.Activation{}, x.status, err
	}
	var raw rawRequest
	_ = json.Unmarshal(x.body, &raw) // the SDK has parsed it already
	a := activation(answer, raw)
	if a.RequestID == "" {
		return pim.Activation{}, x.status, x.writeFailure(errNoContent)
	}
	// Graph's own clock, so that what the lists show later can be matched.
	if sent, err := http.ParseTime(x.header.Get("Date")); err == nil {
		a.Submitted = sent.UTC()
	} else if a.Submitted.IsZero() {
		a.Submitted = c.clock.Now()
	}
	a.CorrelationID = refusal.RequestID(x.header)
	return a, x.status, nil
}

// selfActivate writes the request. A start is given only for later ones: "now"
// by our clock is in PIM's past or future by the difference of the two clocks,
// a start in the future schedules the activation instead of making it, and
// without one PIM starts at once by its own clock. ticketInfo is left out when
// empty, as it is optional whatever the policy says.
func selfActivate(o pim.Order) models.UnifiedRoleAssignmentScheduleRequestable {
	action, after := models.SELFACTIVATE_UNIFIEDROLESCHEDULEREQUESTACTIONS, models.AFTERDURATION_EXPIRATIONPATTERNTYPE

	expiration := models.NewExpirationPattern()
	expiration.SetTypeEscaped(&after)
	expiration.SetDuration(wholeMinutes(o.Duration))
	schedule := models.NewRequestSchedule()
	schedule.SetExpiration(expiration)
	if !o.Start.IsZero() {
		start := o.Start.UTC().Truncate(time.Second)
		schedule.SetStartDateTime(&start)
	}

	r := models.NewUnifiedRoleAssignmentScheduleRequest()
	r.SetAction(&action)
	r.SetPrincipalId(&o.Principal.ID)
	r.SetRoleDefinitionId(&o.Target.ID)
	r.SetDirectoryScopeId(&o.Scope.ID)
	r.SetJustification(given(o.Justification))
	r.SetScheduleInfo(schedule)
	if o.Ticket != (pim.Ticket{}) {
		ticket := models.NewTicketInfo()
		ticket.SetTicketNumber(given(o.Ticket.Number))
		ticket.SetTicketSystem(given(o.Ticket.System))
		r.SetTicketInfo(ticket)
	}
	return r
}

// given is nil for what was not given, so that it is not written.
func given(s string) *string {
	if s == "" {
		return nil
	}
	return &s
}
