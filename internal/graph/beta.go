package graph

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"strings"
	"time"

	abs "github.com/microsoft/kiota-abstractions-go"

	"hoist/internal/pim"
)

// Everything that Graph has on its beta endpoint only, and may change without
// notice, is in this file: approvals of directory roles. When they reach v1.0,
// where approvals of groups are already, this file is what changes ("steps" are
// called "stages" there). See
// https://learn.microsoft.com/graph/api/resources/approvalstep?view=graph-rest-beta.

// approvalTemplate does not begin with {+baseurl}, which is v1.0. An approval
// has the id of its request.
const approvalTemplate = "{+root}/beta/roleManagement/directory/roleAssignmentApprovals/{id}"

// betaRefuses begins the message of an error that comes of the endpoint and not
// of the request.
const betaRefuses = "Graph's beta endpoint for approvals refuses"

// step is one of an approval's steps; PIM has one for each approval.
type step struct {
	ID            string `json:"id"`
	Status        string `json:"status"`       // "InProgress" and "Completed" are seen
	AssignedToMe  bool   `json:"assignedToMe"` // me is whose token it is
	ReviewResult  string `json:"reviewResult"` // "NotReviewed", "Approve" or "Deny"
	Justification string `json:"justification"`
	ReviewedBy    struct {
		ID          string `json:"id"`
		DisplayName string `json:"displayName"`
	} `json:"reviewedBy"`
	ReviewedDateTime time.Time `json:"reviewedDateTime"`
}

// Values of reviewResult.
const (
	reviewApprove = "Approve"
	reviewDeny    = "Deny"
)

func (s step) reviewed() bool {
	return strings.EqualFold(s.ReviewResult, reviewApprove) || strings.EqualFold(s.ReviewResult, reviewDeny)
}

func (s step) open() bool { return !s.reviewed() && !strings.EqualFold(s.Status, "Completed") }

// readStep reads an approval and picks the step that counts. The page shows the
// steps inside the approval; where they are left out, as navigation properties
// often are, they are asked for. See
// https://learn.microsoft.com/graph/api/approval-get?view=graph-rest-beta.
func (c *Client) readStep(ctx context.Context, w caller, requestID string) (step, error) {
	var approval struct {
		Steps []step `json:"steps"`
	}
	x, err := c.fetch(ctx, w, approvalTemplate, c.beta(requestID), nil, &approval)
	if err != nil {
		return step{}, betaFailure(x, err)
	}
	if len(approval.Steps) == 0 {
		var list rows[step]
		if x, err = c.fetch(ctx, w, approvalTemplate+"/steps", c.beta(requestID), nil, &list); err != nil {
			return step{}, betaFailure(x, err)
		}
		approval.Steps = list.Value
	}
	return pick(approval.Steps), nil
}

func (c *Client) beta(requestID string) map[string]string {
	return map[string]string{"root": c.base.String(), "id": requestID}
}

// pick chooses the step in progress, else the one that waits for this account,
// else the first.
func pick(steps []step) step {
	for _, s := range steps {
		if strings.EqualFold(s.Status, "InProgress") {
			return s
		}
	}
	for _, s := range steps {
		if s.AssignedToMe {
			return s
		}
	}
	if len(steps) > 0 {
		return steps[0]
	}
	return step{}
}

// review writes a decision, once. See
// https://learn.microsoft.com/graph/api/approvalstep-update?view=graph-rest-beta.
func (c *Client) review(ctx context.Context, w caller, requestID, stepID string, d pim.Decision) (*exchange, error) {
	decision := struct {
		ReviewResult  string `json:"reviewResult"`
		Justification string `json:"justification"`
	}{reviewDeny, d.Reason}
	if d.Approved {
		decision.ReviewResult = reviewApprove
	}
	body, err := json.Marshal(decision)
	if err != nil {
		return nil, &pim.Error{Kind: pim.KindUnavailable, Message: "not sent", Err: err}
	}
	path := c.beta(requestID)
	path["step"] = stepID
	_, x, err := write(ctx, w, func(k call) (struct{}, error) {
		r := plain(k, abs.PATCH, approvalTemplate+"/steps/{step}", path, nil)
		r.SetStreamContentAndContentType(body, "application/json")
		return struct{}{}, c.adapter.SendNoContent(ctx, r, untyped)
	})
	return x, err
}

// betaFailure tells a refusal of the endpoint from one of the request. It is
// asked about requests that v1.0 shows to the same person with the same token,
// so that their approval must be there.
func betaFailure(x *exchange, err error) error {
	e, ok := errors.AsType[*pim.Error](err)
	if !ok || !withdrawn(x.status, e) && x.status != http.StatusNotFound {
		return err
	}
	return &pim.Error{
		Kind: pim.KindUnavailable, Code: e.Code, RequestID: e.RequestID,
		Message: fmt.Sprintf("%s (HTTP %d): %s", betaRefuses, x.status, e.Message),
	}
}

// withdrawn reports whether an answer is one that only a path gets which is no
// longer served. Graph's answer to an unknown path is a 400.
func withdrawn(status int, e *pim.Error) bool {
	switch status {
	case http.StatusMethodNotAllowed, http.StatusGone, http.StatusNotImplemented:
		return true
	case http.StatusBadRequest:
		return strings.Contains(e.Message, "not found for the segment")
	default:
		return false
	}
}
