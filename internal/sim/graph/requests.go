package graph

import (
	"net/http"
	"time"

	"hoist/internal/sim/tenant"
)

func requestWire(r tenant.Request) assignmentRequest {
	return assignmentRequest{
		ID: r.ID, Status: r.Status, CreatedDateTime: instant{r.Created}, CompletedDateTime: instant{r.Completed},
		ApprovalID: orNil(r.ApprovalID), Action: r.Action, PrincipalID: r.PrincipalID, RoleDefinitionID: r.RoleID,
		DirectoryScopeID: r.Scope, IsValidationOnly: r.ValidationOnly, TargetScheduleID: orNil(r.TargetScheduleID),
		Justification: orNil(r.Justification),
		CreatedBy:     identitySet{User: &identity{ID: orNil(r.CreatedBy)}},
		ScheduleInfo:  requestSchedule{StartDateTime: instant{r.Start}, Expiration: askedExpiration(r)},
		TicketInfo:    ticketInfo{orNil(r.Ticket.Number), orNil(r.Ticket.System)},
	}
}

// askedExpiration repeats what the request asked for; an end computed from a
// duration stands on the schedule and the instance, not here.
func askedExpiration(r tenant.Request) expirationPattern {
	switch {
	case !r.End.IsZero():
		return until(r.End)
	case r.Duration > 0:
		return lasting(r.Duration, time.Time{})
	case r.Action == "selfActivate":
		return until(time.Time{})
	}
	return expirationPattern{Type: "notSpecified"}
}

func (s *Server) requestResource() resource { return s.pimResource("roleAssignmentScheduleRequests") }

func requestItems(requests []tenant.Request) []map[string]any {
	var items []map[string]any
	for _, r := range requests {
		items = append(items, requestItem(r))
	}
	return items
}

func requestItem(r tenant.Request) map[string]any { return item(requestWire(r)) }

func (s *Server) listRequests(c *call) (reply, error) {
	if err := s.guardOthers(c); err != nil {
		return reply{}, err
	}
	return s.list(c, s.requestResource(), requestItems(s.tenant.Requests()))
}

func (s *Server) myRequests(c *call) (reply, error) {
	if err := checkOn(c, "principal", "approver"); err != nil {
		return reply{}, err
	}
	if c.params["on"] == "approver" {
		return s.function(c, s.requestResource(), requestItems(s.tenant.AwaitingDecision(c.token.ObjectID)))
	}
	mine, err := s.mine(c, requestItems(s.tenant.Requests()))
	if err != nil {
		return reply{}, err
	}
	return s.function(c, s.requestResource(), mine)
}

// getRequest lets a person read own requests and those to decide.
func (s *Server) getRequest(c *call) (reply, error) {
	r, found := s.tenant.Request(c.params["id"])
	if !found {
		return reply{}, &problem{status: http.StatusNotFound, code: "RoleAssignmentScheduleRequestNotFound", message: "The role assignment schedule request is not found."}
	}
	me := c.token.ObjectID
	if !s.readsAll(c) && r.PrincipalID != me && r.CreatedBy != me && !s.tenant.MayDecide(me, r.ID) {
		return reply{}, insufficient()
	}
	return s.one(c, s.requestResource(), requestItem(r))
}

func (s *Server) cancelRequest(c *call) (reply, error) {
	if err := s.tenant.Cancel(c.caller(), c.params["id"]); err != nil {
		return reply{}, err
	}
	return reply{status: http.StatusNoContent}, nil
}
