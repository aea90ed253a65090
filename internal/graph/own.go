package graph

import (
	"cmp"
	"context"
	"slices"
	"strings"

	"github.com/microsoftgraph/msgraph-sdk-go/models"
	"github.com/microsoftgraph/msgraph-sdk-go/rolemanagement"

	"hoist/internal/graph/refusal"
	"hoist/internal/pim"
)

// Own returns the person's own activation requests for the right, newest first,
// whatever became of them. The list is filtered here: Graph is reported to cap
// it at 50 without saying so, and which filters it takes is not documented.
//
// KindForbidden, without a call, when the right is another principal's;
// KindSignInExpired or KindChallenge when the token is not taken,
// KindConsentMissing without RoleAssignmentSchedule.ReadWrite.Directory, else
// KindThrottled or KindUnavailable. See
// https://learn.microsoft.com/graph/api/unifiedroleassignmentschedulerequest-filterbycurrentuser.
func (c *Client) Own(ctx context.Context, s pim.Session, t pim.Triple) ([]pim.Activation, error) {
	w, err := c.asPerson(s, t.Principal)
	if err != nil {
		return nil, err
	}
	on := "principal"
	list := c.roles().RoleAssignmentScheduleRequests().FilterByCurrentUserWithOn(&on)
	var found []pim.Activation
	_, err = walk(ctx, c, w,
		func(next string, k call) (rolemanagement.DirectoryRoleAssignmentScheduleRequestsFilterByCurrentUserWithOnGetResponseable, error) {
			cfg := &rolemanagement.DirectoryRoleAssignmentScheduleRequestsFilterByCurrentUserWithOnRequestBuilderGetRequestConfiguration{Headers: k.Headers, Options: k.Options}
			if next != "" {
				return list.WithUrl(next).GetAsFilterByCurrentUserWithOnGetResponse(ctx, cfg)
			}
			return list.GetAsFilterByCurrentUserWithOnGetResponse(ctx, cfg)
		},
		func(page rolemanagement.DirectoryRoleAssignmentScheduleRequestsFilterByCurrentUserWithOnGetResponseable, x *exchange) {
			raw := rawRequests(x.body)
			for _, r := range page.GetValue() {
				if again := raw[value(r.GetId())]; isActivationOf(r, again, t) {
					a := activation(r, again)
					a.CorrelationID = refusal.RequestID(x.header)
					found = append(found, a)
				}
			}
		})
	if err != nil {
		return nil, err
	}
	slices.SortStableFunc(found, func(a, b pim.Activation) int {
		return cmp.Or(b.Submitted.Compare(a.Submitted), cmp.Compare(b.RequestID, a.RequestID))
	})
	return found, nil
}

// isActivationOf reports whether a request is the person's own activation of
// the right.
func isActivationOf(r models.UnifiedRoleAssignmentScheduleRequestable, raw rawRequest, t pim.Triple) bool {
	return strings.EqualFold(raw.Action, models.SELFACTIVATE_UNIFIEDROLESCHEDULEREQUESTACTIONS.String()) &&
		strings.EqualFold(value(r.GetPrincipalId()), t.Principal.ID) &&
		strings.EqualFold(value(r.GetRoleDefinitionId()), t.TargetID) &&
		value(r.GetDirectoryScopeId()) == t.ScopeID
}
