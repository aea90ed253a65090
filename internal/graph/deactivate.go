package graph

import (
	"context"
	"time"

	"github.com/microsoftgraph/msgraph-sdk-go/models"

	"hoist/internal/pim"
)

// Deactivate ends the person's own running activation of a right. Of the order
// it needs the principal, the target, the scope and perhaps a justification. It
// is sent once and judged like [Client.Activate]; the answer's Status is
// "Revoked" when PIM took it, and it names no times, because the request's
// schedule is not that of the activation.
//
// KindTooYoung in the first five minutes of an activation, KindNotActive when
// PIM sees none. PIM is reported to say the latter also in the first minute or
// two, while an activation still spreads: whoever sees it listed asks again
// later. See
// https://learn.microsoft.com/graph/api/rbacapplication-post-roleassignmentschedulerequests.
func (c *Client) Deactivate(ctx context.Context, s pim.Session, o pim.Order) (pim.Activation, error) {
	w, err := c.asPerson(s, o.Principal)
	if err != nil {
		return pim.Activation{}, err
	}
	if o.Target.Kind != pim.DirectoryRole {
		return pim.Activation{}, &pim.Error{Kind: pim.KindBadRequest, Message: "only directory roles can be deactivated"}
	}
	a, _, err := c.submit(ctx, w, selfDeactivate(o))
	a.Start, a.End = time.Time{}, time.Time{}
	return a, err
}

// selfDeactivate writes the request. The three ids name the activation; the
// schedule it created (targetScheduleId) is optional.
func selfDeactivate(o pim.Order) models.UnifiedRoleAssignmentScheduleRequestable {
	action := models.SELFDEACTIVATE_UNIFIEDROLESCHEDULEREQUESTACTIONS
	r := models.NewUnifiedRoleAssignmentScheduleRequest()
	r.SetAction(&action)
	r.SetPrincipalId(&o.Principal.ID)
	r.SetRoleDefinitionId(&o.Target.ID)
	r.SetDirectoryScopeId(&o.Scope.ID)
	r.SetJustification(given(o.Justification))
	return r
}
