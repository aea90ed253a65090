package graph

import (
	"net/http"
	"strings"

	"hoist/internal/sim/tenant"
)

type policyAssignment struct {
	ID               string `json:"id"`
	PolicyID         string `json:"policyId"`
	ScopeID          string `json:"scopeId"`
	ScopeType        string `json:"scopeType"`
	RoleDefinitionID string `json:"roleDefinitionId"`
}

type policy struct {
	ID                    string   `json:"id"`
	DisplayName           string   `json:"displayName"`
	Description           string   `json:"description"`
	IsOrganizationDefault bool     `json:"isOrganizationDefault"`
	ScopeID               string   `json:"scopeId"`
	ScopeType             string   `json:"scopeType"`
	LastModifiedDateTime  instant  `json:"lastModifiedDateTime"`
	LastModifiedBy        identity `json:"lastModifiedBy"`
}

const scopeType = "DirectoryRole"

var (
	policyResource = resource{context: "policies/roleManagementPolicies", filterable: []string{"scopeId", "scopeType", "id"}}
	ruleResource   = resource{context: "policies/roleManagementPolicies/rules"}
)

func (s *Server) listPolicyAssignments(c *call) (reply, error) {
	if err := s.guardPolicies(c); err != nil {
		return reply{}, err
	}
	res := resource{
		context:    "policies/roleManagementPolicyAssignments",
		filterable: []string{"scopeId", "scopeType", "roleDefinitionId", "policyId"},
		expand:     s.expandAssignment,
	}
	var items []map[string]any
	for _, role := range s.tenant.Roles() {
		p, _ := s.tenant.Policy(role.ID)
		items = append(items, item(policyAssignment{
			ID: p.ID + "_" + role.ID, PolicyID: p.ID, ScopeID: tenant.TenantScope, ScopeType: scopeType, RoleDefinitionID: role.ID,
		}))
	}
	return s.list(c, res, items)
}

// guardPolicies asks delegated callers for a reader role, because plain users
// cannot be counted on to read policies, and demands the two filter clauses
// without which PIM does not know its provider.
func (s *Server) guardPolicies(c *call) error {
	if !s.readsAll(c) {
		return insufficient()
	}
	scope, okScope := pinned(c.query.filter, "scopeId")
	kind, okKind := pinned(c.query.filter, "scopeType")
	if !okScope || !okKind || scope != tenant.TenantScope || (kind != scopeType && kind != "Directory") {
		return &problem{status: http.StatusBadRequest, code: "MissingProvider", message: "The provider is missing.", nested: true}
	}
	return nil
}

func (s *Server) expandAssignment(m map[string]any, e expand) error {
	if e.name != "policy" {
		return cannotExpand(e)
	}
	wire, p, _ := s.policyByID(text(m, "policyId"))
	return s.attach(m, e, s.policyWithRules(p), wire)
}

// policyWithRules can expand the rules of one policy.
func (s *Server) policyWithRules(p tenant.Policy) resource {
	res := policyResource
	res.expand = func(m map[string]any, e expand) error {
		if e.name != "rules" && e.name != "effectiveRules" {
			return cannotExpand(e)
		}
		m[e.name] = rules(p)
		return nil
	}
	return res
}

// policyByID returns the policy as it is on the wire and as the tenant has it.
func (s *Server) policyByID(id string) (map[string]any, tenant.Policy, bool) {
	for _, role := range s.tenant.Roles() {
		p, _ := s.tenant.Policy(role.ID)
		if !strings.EqualFold(p.ID, id) {
			continue
		}
		return item(policy{
			ID: p.ID, DisplayName: scopeType, Description: scopeType, ScopeID: tenant.TenantScope, ScopeType: scopeType,
			LastModifiedDateTime: instant{p.Changed}, LastModifiedBy: identity{ID: orNil(p.ChangedBy)},
		}), p, true
	}
	return nil, tenant.Policy{}, false
}

func (s *Server) getPolicy(c *call) (reply, error) {
	if !s.readsAll(c) {
		return reply{}, insufficient()
	}
	wire, p, found := s.policyByID(c.params["id"])
	if !found {
		return reply{}, noSuchObject(c.params["id"])
	}
	return s.one(c, s.policyWithRules(p), wire)
}

func (s *Server) listRules(c *call) (reply, error) {
	if !s.readsAll(c) {
		return reply{}, insufficient()
	}
	_, p, found := s.policyByID(c.params["id"])
	if !found {
		return reply{}, noSuchObject(c.params["id"])
	}
	return s.list(c, ruleResource, rules(p))
}
