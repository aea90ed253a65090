package graph

import (
	"strings"

	"hoist/internal/sim/tenant"
)

// expandPIM adds the navigation properties that schedules, instances and
// requests share.
func (s *Server) expandPIM(m map[string]any, e expand) error {
	switch e.name {
	case "roleDefinition":
		role, _ := s.tenant.Role(text(m, "roleDefinitionId"))
		return s.attach(m, e, roleResource, item(roleWire(role)))
	case "principal":
		return s.attach(m, e, resource{}, s.principal(text(m, "principalId")))
	case "directoryScope":
		return s.attach(m, e, resource{}, s.scope(text(m, "directoryScopeId")))
	case "activatedUsing":
		return s.attach(m, e, resource{}, s.activatedUsing(m))
	case "appScope":
		m["appScope"] = nil
		return nil
	}
	return cannotExpand(e)
}

// attach shapes the expanded object by the options in the brackets. A nil
// object is null.
func (s *Server) attach(m map[string]any, e expand, res resource, target map[string]any) error {
	if target == nil {
		m[e.name] = nil
		return nil
	}
	shaped, err := s.shape(e.options, res, target)
	if err != nil {
		return err
	}
	m[e.name] = shaped
	return nil
}

// principal is a person or a group with its type, or nil.
func (s *Server) principal(id string) map[string]any {
	if p, ok := s.tenant.Person(id); ok {
		return typed("#microsoft.graph.user", item(userWire(p)))
	}
	if g, ok := s.tenant.Group(id); ok {
		return typed("#microsoft.graph.group", item(groupWire(g)))
	}
	return nil
}

// scope is the administrative unit of a row. The tenant itself is an empty
// object with the id "/", as seen in life.
func (s *Server) scope(id string) map[string]any {
	if id == tenant.TenantScope {
		return map[string]any{"id": tenant.TenantScope}
	}
	u, ok := s.tenant.Unit(strings.TrimPrefix(id, "/administrativeUnits/"))
	if !ok {
		return nil
	}
	return typed("#microsoft.graph.administrativeUnit", item(unitWire(u)))
}

// activatedUsing is the eligibility behind an activation: its instance for an
// instance, its schedule for schedules and requests.
func (s *Server) activatedUsing(m map[string]any) map[string]any {
	schedule, ofInstance := m["roleAssignmentScheduleId"].(string)
	if target := text(m, "targetScheduleId"); target != "" {
		schedule = target
	}
	if schedule == "" {
		schedule = text(m, "id")
	}
	e, found := s.tenant.EligibilityBehind(schedule)
	switch {
	case !found:
		return nil
	case ofInstance:
		return item(eligibilityInstanceWire(e))
	}
	return item(eligibilityScheduleWire(e))
}

func typed(odataType string, m map[string]any) map[string]any {
	m["@odata.type"] = odataType
	return m
}

func text(m map[string]any, name string) string {
	s, _ := m[name].(string)
	return s
}
