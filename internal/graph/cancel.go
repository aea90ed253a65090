package graph

import (
	"context"
	"errors"
	"net/http"

	"github.com/microsoftgraph/msgraph-sdk-go/rolemanagement"

	"hoist/internal/pim"
)

// Cancel withdraws a request before it is active, once. Microsoft documents it
// for scheduled ("Granted") requests; whether PIM takes it for one that waits
// for an approver is not documented, the portal does.
//
// KindBadRequest when the request is in a state that cannot be canceled,
// KindForbidden when it is another person's, KindNotFound when there is none,
// KindUnanswered when it was sent and its outcome is not known, KindThrottled
// or KindUnavailable when it certainly was not taken. See
// https://learn.microsoft.com/graph/api/unifiedroleassignmentschedulerequest-cancel.
func (c *Client) Cancel(ctx context.Context, s pim.Session, requestID string) error {
	w, err := c.asPerson(s, s.Principal.PrincipalKey)
	if err != nil {
		return err
	}
	if requestID == "" {
		return &pim.Error{Kind: pim.KindBadRequest, Message: "no request is named"}
	}
	_, x, err := write(ctx, w, func(k call) (struct{}, error) {
		return struct{}{}, c.roles().RoleAssignmentScheduleRequests().ByUnifiedRoleAssignmentScheduleRequestId(requestID).Cancel().Post(ctx,
			&rolemanagement.DirectoryRoleAssignmentScheduleRequestsItemCancelRequestBuilderPostRequestConfiguration{Headers: k.Headers, Options: k.Options})
	})
	if e, ok := errors.AsType[*pim.Error](err); ok && e.Kind == pim.KindUnknown && x.status == http.StatusBadRequest {
		e.Kind = pim.KindBadRequest // PIM's code for a wrong state is not documented
	}
	return err
}
