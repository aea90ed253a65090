package graph

import (
	"encoding/json"
	"net/http"
	"strings"
	"time"

	"hoist/internal/sim/tenant"
)

// submission is the body of a POST. Enum values are compared without case,
// since Microsoft's own samples differ in it.
type submission struct {
	Action           string `json:"action"`
	PrincipalID      string `json:"principalId"`
	RoleDefinitionID string `json:"roleDefinitionId"`
	DirectoryScopeID string `json:"directoryScopeId"`
	Justification    string `json:"justification"`
	IsValidationOnly bool   `json:"isValidationOnly"`
	TargetScheduleID string `json:"targetScheduleId"`
	ScheduleInfo     *struct {
		StartDateTime *time.Time `json:"startDateTime"`
		Expiration    *struct {
			Type        string     `json:"type"`
			Duration    string     `json:"duration"`
			EndDateTime *time.Time `json:"endDateTime"`
		} `json:"expiration"`
	} `json:"scheduleInfo"`
	TicketInfo *struct {
		TicketNumber string `json:"ticketNumber"`
		TicketSystem string `json:"ticketSystem"`
	} `json:"ticketInfo"`
}

func (s *Server) submit(c *call) (reply, error) {
	var sent submission
	if err := json.Unmarshal(c.body, &sent); err != nil {
		return reply{}, &problem{status: http.StatusBadRequest, code: "BadRequest", message: "Unable to read JSON request payload. Please ensure Content-Type header is set and payload is of valid JSON format."}
	}
	ask, err := sent.ask()
	if err != nil {
		return reply{}, err
	}
	r, err := s.tenant.Submit(c.caller(), ask)
	if err != nil {
		return reply{}, err
	}
	created, err := s.one(c, s.requestResource(), requestItem(r))
	created.status = http.StatusCreated
	return created, err
}

func (sent submission) ask() (tenant.Ask, error) {
	ask := tenant.Ask{
		Action: sent.Action, PrincipalID: sent.PrincipalID, RoleID: sent.RoleDefinitionID, Scope: sent.DirectoryScopeID,
		Justification: sent.Justification, ValidationOnly: sent.IsValidationOnly, TargetSchedule: sent.TargetScheduleID,
	}
	if sent.TicketInfo != nil {
		ask.Ticket = tenant.Ticket{Number: sent.TicketInfo.TicketNumber, System: sent.TicketInfo.TicketSystem}
	}
	if sent.ScheduleInfo == nil {
		return ask, nil
	}
	if at := sent.ScheduleInfo.StartDateTime; at != nil {
		ask.Start = at.UTC()
	}
	err := sent.expire(&ask)
	return ask, err
}

func (sent submission) expire(ask *tenant.Ask) error {
	e := sent.ScheduleInfo.Expiration
	if e == nil {
		return nil
	}
	invalid := &problem{status: http.StatusBadRequest, code: "InvalidRoleAssignmentRequestSchedule", message: "The schedule of the role assignment request is invalid."}
	switch strings.ToLower(e.Type) {
	case "afterduration":
		d, err := parseISODuration(e.Duration)
		if err != nil || d <= 0 {
			return invalid
		}
		ask.Duration = d
	case "afterdatetime":
		if e.EndDateTime == nil {
			return invalid
		}
		ask.End = e.EndDateTime.UTC()
	case "noexpiration", "notspecified", "":
	default:
		return badRequest("Invalid value '" + e.Type + "' for the property 'type'.")
	}
	return nil
}
