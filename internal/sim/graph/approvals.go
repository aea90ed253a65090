package graph

import (
	"encoding/json"
	"net/http"

	"hoist/internal/sim/tenant"
)

// approvalStep exists on beta only (Microsoft's page "approvalStep resource
// type").
type approvalStep struct {
	ID               string    `json:"id"`
	DisplayName      *string   `json:"displayName"`
	Status           string    `json:"status"`
	AssignedToMe     bool      `json:"assignedToMe"`
	ReviewResult     string    `json:"reviewResult"`
	Justification    string    `json:"justification"`
	ReviewedBy       *identity `json:"reviewedBy"`
	ReviewedDateTime instant   `json:"reviewedDateTime"`
}

var (
	approvalResource = resource{context: "roleManagement/directory/roleAssignmentApprovals"}
	stepResource     = resource{context: "roleManagement/directory/roleAssignmentApprovals/steps", filterable: []string{"status", "assignedToMe"}}
)

func (s *Server) stepWire(step tenant.ApprovalStep) approvalStep {
	wire := approvalStep{
		ID: step.ID, Status: step.Status, AssignedToMe: step.AssignedToMe, ReviewResult: step.Result,
		Justification: step.Justification, ReviewedDateTime: instant{step.ReviewedAt},
	}
	if p, ok := s.tenant.Person(step.ReviewedBy); ok {
		wire.ReviewedBy = &identity{ID: orNil(p.OID), DisplayName: orNil(p.Name)}
	}
	return wire
}

func (s *Server) getApproval(c *call) (reply, error) {
	step, err := s.tenant.Approval(c.caller(), c.params["id"])
	if err != nil {
		return reply{}, err
	}
	steps := []map[string]any{item(s.stepWire(step))}
	return s.one(c, approvalResource, map[string]any{"id": step.ApprovalID, "steps": steps})
}

func (s *Server) listSteps(c *call) (reply, error) {
	step, err := s.tenant.Approval(c.caller(), c.params["id"])
	if err != nil {
		return reply{}, err
	}
	return s.list(c, stepResource, []map[string]any{item(s.stepWire(step))})
}

func (s *Server) getStep(c *call) (reply, error) {
	step, err := s.tenant.Approval(c.caller(), c.params["id"])
	if err != nil {
		return reply{}, err
	}
	if step.ID != c.params["step"] {
		return reply{}, noSuchObject(c.params["step"])
	}
	return s.one(c, stepResource, item(s.stepWire(step)))
}

func (s *Server) decide(c *call) (reply, error) {
	var sent struct {
		ReviewResult  string `json:"reviewResult"`
		Justification string `json:"justification"`
	}
	if err := json.Unmarshal(c.body, &sent); err != nil {
		return reply{}, badRequest("Unable to read JSON request payload.")
	}
	err := s.tenant.Decide(c.caller(), c.params["id"], c.params["step"], sent.ReviewResult, sent.Justification)
	if err != nil {
		return reply{}, err
	}
	return reply{status: http.StatusNoContent}, nil
}
