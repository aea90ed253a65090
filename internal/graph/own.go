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

// functionCap is how many rows filterByCurrentUser is reported to return at
// most, without a link to the others (microsoft-graph-docs issue 15755).
const functionCap = 50

// Own returns the person's own activation requests for the right, newest first,
// whatever became of them. The list is filtered here, because filters are not
// documented for this function; only when it seems cut is it asked again for
// the one role.
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
	found, rows, err := c.listOwn(ctx, w, t, "")
	if err != nil {
		return nil, err
	}
	if rows == functionCap {
		narrow, _, err := c.listOwn(ctx, w, t, "roleDefinitionId eq "+quote(t.TargetID))
		if err != nil {
			c.log.WarnContext(ctx, "the list of a person's requests may be cut", "principal", t.Principal.ID, "err", err)
		} else {
			found = narrow
		}
	}
	slices.SortStableFunc(found, func(a, b pim.Activation) int {
		return cmp.Or(b.Submitted.Compare(a.Submitted), cmp.Compare(b.RequestID, a.RequestID))
	})
	return found, nil
}

// listOwn reads the list once and counts its rows.
func (c *Client) listOwn(ctx context.Context, w caller, t pim.Triple, filter string) (found []pim.Activation, rows int, err error) {
	err = c.listRequests(ctx, w, "principal", filter, func(r models.UnifiedRoleAssignmentScheduleRequestable, raw rawRequest, x *exchange) {
		rows++
		if isActivationOf(r, raw, t) {
			a := activation(r, raw)
			a.CorrelationID = refusal.RequestID(x.header)
			found = append(found, a)
		}
	})
	return found, rows, err
}

// listRequests reads the requests that a person made (on "principal") or may
// decide (on "approver").
func (c *Client) listRequests(ctx context.Context, w caller, on, filter string,
	take func(models.UnifiedRoleAssignmentScheduleRequestable, rawRequest, *exchange),
) error {
	type response = rolemanagement.DirectoryRoleAssignmentScheduleRequestsFilterByCurrentUserWithOnGetResponseable
	list := c.roles().RoleAssignmentScheduleRequests().FilterByCurrentUserWithOn(&on)
	_, err := walk(ctx, c, w,
		func(next string, k call) (response, error) {
			cfg := &rolemanagement.DirectoryRoleAssignmentScheduleRequestsFilterByCurrentUserWithOnRequestBuilderGetRequestConfiguration{Headers: k.Headers, Options: k.Options}
			if next != "" {
				return list.WithUrl(next).GetAsFilterByCurrentUserWithOnGetResponse(ctx, cfg)
			}
			cfg.QueryParameters = &rolemanagement.DirectoryRoleAssignmentScheduleRequestsFilterByCurrentUserWithOnRequestBuilderGetQueryParameters{Filter: given(filter)}
			return list.GetAsFilterByCurrentUserWithOnGetResponse(ctx, cfg)
		},
		func(page response, x *exchange) {
			raw := rawRequests(x.body)
			for _, r := range page.GetValue() {
				take(r, raw[value(r.GetId())], x)
			}
		})
	return err
}

// isActivationOf reports whether a request is the person's own activation of
// the right.
func isActivationOf(r models.UnifiedRoleAssignmentScheduleRequestable, raw rawRequest, t pim.Triple) bool {
	return strings.EqualFold(raw.Action, models.SELFACTIVATE_UNIFIEDROLESCHEDULEREQUESTACTIONS.String()) &&
		strings.EqualFold(value(r.GetPrincipalId()), t.Principal.ID) &&
		strings.EqualFold(value(r.GetRoleDefinitionId()), t.TargetID) &&
		value(r.GetDirectoryScopeId()) == t.ScopeID
}
