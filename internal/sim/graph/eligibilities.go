package graph

import (
	"strings"

	"hoist/internal/sim/tenant"
)

var pimProperties = []string{"id", "principalId", "roleDefinitionId", "directoryScopeId", "memberType", "assignmentType", "status", "roleAssignmentScheduleId", "roleEligibilityScheduleId", "startDateTime", "endDateTime", "createdDateTime"}

func (s *Server) pimResource(name string) resource {
	return resource{context: "roleManagement/directory/" + name, filterable: pimProperties, expand: s.expandPIM}
}

func eligibilityScheduleWire(e tenant.Eligibility) scheduleBase {
	return scheduleBase{
		ID: e.ID, PrincipalID: e.PrincipalID, RoleDefinitionID: e.RoleID, DirectoryScopeID: e.Scope,
		CreatedUsing: orNil(e.ID), CreatedDateTime: instant{e.Created}, Status: tenant.StatusProvisioned,
		MemberType:   string(e.Member),
		ScheduleInfo: requestSchedule{StartDateTime: instant{e.Start}, Expiration: until(e.End)},
	}
}

func eligibilityInstanceWire(e tenant.Eligibility) eligibilityInstance {
	return eligibilityInstance{
		instanceBase: instanceBase{
			ID: e.InstanceID, PrincipalID: e.PrincipalID, RoleDefinitionID: e.RoleID, DirectoryScopeID: e.Scope,
			StartDateTime: instant{e.Start}, EndDateTime: instant{e.End}, MemberType: string(e.Member),
		},
		RoleEligibilityScheduleID: e.ID,
	}
}

func (s *Server) listEligibilityInstances(c *call) (reply, error) {
	if err := s.guardOthers(c); err != nil {
		return reply{}, err
	}
	return s.list(c, s.pimResource("roleEligibilityScheduleInstances"), direct(c, s.eligibilityInstances()))
}

func (s *Server) myEligibilityInstances(c *call) (reply, error) {
	mine, err := s.mine(c, s.eligibilityInstances())
	if err != nil {
		return reply{}, err
	}
	return s.function(c, s.pimResource("roleEligibilityScheduleInstances"), mine)
}

func (s *Server) listEligibilitySchedules(c *call) (reply, error) {
	if err := s.guardOthers(c); err != nil {
		return reply{}, err
	}
	return s.list(c, s.pimResource("roleEligibilitySchedules"), direct(c, s.eligibilitySchedules()))
}

func (s *Server) myEligibilitySchedules(c *call) (reply, error) {
	mine, err := s.mine(c, s.eligibilitySchedules())
	if err != nil {
		return reply{}, err
	}
	return s.function(c, s.pimResource("roleEligibilitySchedules"), mine)
}

func (s *Server) eligibilityInstances() []map[string]any {
	var items []map[string]any
	for _, e := range s.tenant.Eligibilities(true) {
		items = append(items, item(eligibilityInstanceWire(e)))
	}
	return items
}

func (s *Server) eligibilitySchedules() []map[string]any {
	var items []map[string]any
	for _, e := range s.tenant.Eligibilities(false) {
		items = append(items, item(eligibilityScheduleWire(e)))
	}
	return items
}

// direct leaves out the rows that members have through a group, unless the
// filter asks for one principal: only then are they reported to appear.
func direct(c *call, items []map[string]any) []map[string]any {
	if _, ok := pinned(c.query.filter, "principalId"); ok {
		return items
	}
	var kept []map[string]any
	for _, m := range items {
		if text(m, "memberType") == string(tenant.Direct) {
			kept = append(kept, m)
		}
	}
	return kept
}

// guardOthers lets a person without a reader role see a list only when its
// filter pins the person's own id.
func (s *Server) guardOthers(c *call) error {
	if s.readsAll(c) {
		return nil
	}
	if who, ok := pinned(c.query.filter, "principalId"); ok && strings.EqualFold(who, c.token.ObjectID) {
		return nil
	}
	return insufficient()
}

// mine keeps the caller's own rows, for filterByCurrentUser(on='principal').
func (s *Server) mine(c *call, items []map[string]any) ([]map[string]any, error) {
	if err := checkOn(c, "principal"); err != nil {
		return nil, err
	}
	var kept []map[string]any
	for _, m := range items {
		if text(m, "principalId") == c.token.ObjectID {
			kept = append(kept, m)
		}
	}
	return kept, nil
}

// checkOn accepts only the values of on that are supported, from a person.
func checkOn(c *call, supported ...string) error {
	if c.token.AppOnly() {
		return badRequest("The function 'filterByCurrentUser' needs a signed-in user.")
	}
	if !contains(supported, c.params["on"]) {
		return badRequest("The value '" + c.params["on"] + "' of parameter 'on' is not supported.")
	}
	return nil
}
