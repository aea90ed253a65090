package graph

import (
	"time"

	"hoist/internal/sim/tenant"
)

func assignmentScheduleWire(a tenant.Assignment) assignmentSchedule {
	expiration := until(a.End)
	if a.Asked > 0 {
		expiration = lasting(a.Asked, a.End)
	}
	return assignmentSchedule{
		scheduleBase: scheduleBase{
			ID: a.ID, PrincipalID: a.PrincipalID, RoleDefinitionID: a.RoleID, DirectoryScopeID: a.Scope,
			CreatedUsing: orNil(a.RequestID), CreatedDateTime: instant{a.Created}, Status: tenant.StatusProvisioned,
			MemberType:   string(a.Member),
			ScheduleInfo: requestSchedule{StartDateTime: instant{a.Start}, Expiration: expiration},
		},
		AssignmentType: string(a.Type),
	}
}

func assignmentInstanceWire(a tenant.Assignment) assignmentInstance {
	return assignmentInstance{
		instanceBase: instanceBase{
			ID: a.InstanceID, PrincipalID: a.PrincipalID, RoleDefinitionID: a.RoleID, DirectoryScopeID: a.Scope,
			StartDateTime: instant{a.Start}, EndDateTime: instant{a.End}, MemberType: string(a.Member),
		},
		AssignmentType: string(a.Type), RoleAssignmentOriginID: orNil(a.InstanceID), RoleAssignmentScheduleID: a.ID,
	}
}

// until is a pattern that ends at a time, or never.
func until(end time.Time) expirationPattern {
	if end.IsZero() {
		return expirationPattern{Type: "noExpiration"}
	}
	return expirationPattern{Type: "afterDateTime", EndDateTime: instant{end}}
}

func lasting(d time.Duration, end time.Time) expirationPattern {
	return expirationPattern{Type: "afterDuration", Duration: orNil(isoDuration(d)), EndDateTime: instant{end}}
}

func (s *Server) listAssignmentInstances(c *call) (reply, error) {
	if err := s.guardOthers(c); err != nil {
		return reply{}, err
	}
	return s.list(c, s.pimResource("roleAssignmentScheduleInstances"), s.assignmentInstances())
}

func (s *Server) myAssignmentInstances(c *call) (reply, error) {
	mine, err := s.mine(c, s.assignmentInstances())
	if err != nil {
		return reply{}, err
	}
	return s.function(c, s.pimResource("roleAssignmentScheduleInstances"), mine)
}

func (s *Server) listAssignmentSchedules(c *call) (reply, error) {
	if err := s.guardOthers(c); err != nil {
		return reply{}, err
	}
	return s.list(c, s.pimResource("roleAssignmentSchedules"), s.assignmentSchedules())
}

func (s *Server) myAssignmentSchedules(c *call) (reply, error) {
	mine, err := s.mine(c, s.assignmentSchedules())
	if err != nil {
		return reply{}, err
	}
	return s.function(c, s.pimResource("roleAssignmentSchedules"), mine)
}

func (s *Server) getAssignmentSchedule(c *call) (reply, error) {
	for _, a := range s.tenant.Assignments() {
		if a.ID != c.params["id"] {
			continue
		}
		if !s.readsAll(c) && a.PrincipalID != c.token.ObjectID {
			return reply{}, insufficient()
		}
		return s.one(c, s.pimResource("roleAssignmentSchedules"), item(assignmentScheduleWire(a)))
	}
	return reply{}, noSuchObject(c.params["id"])
}

func (s *Server) assignmentInstances() []map[string]any {
	var items []map[string]any
	for _, a := range s.tenant.Instances() {
		items = append(items, item(assignmentInstanceWire(a)))
	}
	return items
}

func (s *Server) assignmentSchedules() []map[string]any {
	var items []map[string]any
	for _, a := range s.tenant.Assignments() {
		items = append(items, item(assignmentScheduleWire(a)))
	}
	return items
}
