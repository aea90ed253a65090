package graph

import "hoist/internal/sim/tenant"

type roleDefinition struct {
	ID              string           `json:"id"`
	Description     string           `json:"description"`
	DisplayName     string           `json:"displayName"`
	IsBuiltIn       bool             `json:"isBuiltIn"`
	IsEnabled       bool             `json:"isEnabled"`
	ResourceScopes  []string         `json:"resourceScopes"`
	RolePermissions []rolePermission `json:"rolePermissions"`
	TemplateID      string           `json:"templateId"`
	Version         string           `json:"version"`
}

type rolePermission struct {
	AllowedResourceActions []string `json:"allowedResourceActions"`
	Condition              *string  `json:"condition"`
}

var roleResource = resource{
	context:    "roleManagement/directory/roleDefinitions",
	filterable: []string{"id", "displayName", "templateId", "isBuiltIn", "isEnabled"},
}

func roleWire(r tenant.Role) roleDefinition {
	return roleDefinition{
		ID: r.ID, Description: r.Description, DisplayName: r.Name, IsBuiltIn: true, IsEnabled: true,
		ResourceScopes: []string{tenant.TenantScope}, TemplateID: r.ID, Version: "1",
		RolePermissions: []rolePermission{{AllowedResourceActions: []string{"microsoft.directory/users/standard/read"}}},
	}
}

func (s *Server) listRoles(c *call) (reply, error) {
	var items []map[string]any
	for _, r := range s.tenant.Roles() {
		items = append(items, item(roleWire(r)))
	}
	return s.list(c, roleResource, items)
}

func (s *Server) getRole(c *call) (reply, error) {
	r, found := s.tenant.Role(c.params["id"])
	if !found {
		return reply{}, noSuchObject(c.params["id"])
	}
	return s.one(c, roleResource, item(roleWire(r)))
}
