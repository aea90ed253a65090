package graph

import (
	"net/http"
	"strings"
)

// needs are the permissions of which a call must carry one (Microsoft's
// permission map, microsoftgraph/microsoft-graph-devx-content,
// permissions/new/permissions.json, 7 August 2026).
type needs struct {
	delegated []string
	// app is empty where application permissions are not supported.
	app []string
	// named are the scopes that PIM's refusal names.
	named []string
}

type route struct {
	versions []string
	method   string
	// template has {name} for a segment, and (on='{on}') for a function.
	template string
	// pim calls need the licence and answer missing scopes in PIM's shape.
	pim    bool
	needs  needs
	handle func(*Server, *call) (reply, error)
}

var (
	served = []string{"v1.0", "beta"}
	beta   = []string{"beta"}
)

func same(permissions ...string) needs {
	return needs{delegated: permissions, app: permissions, named: permissions}
}

var (
	readEligible = needs{
		delegated: []string{"RoleEligibilitySchedule.Read.Directory", "RoleEligibilitySchedule.ReadWrite.Directory", "RoleManagement.Read.All", "RoleManagement.Read.Directory", "RoleManagement.ReadWrite.Directory"},
		app:       []string{"RoleEligibilitySchedule.Read.Directory", "RoleEligibilitySchedule.ReadWrite.Directory", "RoleManagement.Read.All", "RoleManagement.Read.Directory", "RoleManagement.ReadWrite.Directory"},
		named:     []string{"RoleEligibilitySchedule.Read.Directory", "RoleEligibilitySchedule.ReadWrite.Directory", "RoleManagement.Read.Directory", "RoleManagement.Read.All", "RoleManagement.ReadWrite.Directory"},
	}
	readAssigned = same("RoleAssignmentSchedule.Read.Directory", "RoleAssignmentSchedule.ReadWrite.Directory", "RoleManagement.Read.All", "RoleManagement.Read.Directory", "RoleManagement.ReadWrite.Directory")
	// Requests have no read-only permission at all.
	requests  = same("RoleAssignmentSchedule.ReadWrite.Directory", "RoleManagement.ReadWrite.Directory")
	approving = needs{delegated: requests.delegated, named: requests.named}
	// Microsoft's map has RoleManagementPolicy.Read.Directory as delegated only;
	// the application permission exists and is accepted here as well.
	readPolicy = same("RoleManagementPolicy.Read.Directory", "RoleManagementPolicy.ReadWrite.Directory", "RoleManagement.Read.All", "RoleManagement.Read.Directory", "RoleManagement.ReadWrite.Directory")
	readRoles  = same("RoleManagement.Read.Directory", "RoleManagement.Read.All", "RoleManagement.ReadWrite.Directory", "Directory.Read.All", "Directory.ReadWrite.All")
	readUsers  = same("User.ReadBasic.All", "User.Read.All", "User.ReadWrite.All", "Directory.Read.All", "Directory.ReadWrite.All")
	readGroup  = same("GroupMember.Read.All", "Group.Read.All", "Group.ReadBasic.All", "Group.ReadWrite.All", "Directory.Read.All", "Directory.ReadWrite.All")
	readMember = same("GroupMember.Read.All", "GroupMember.ReadBasic.All", "GroupMember.ReadWrite.All", "Group.Read.All", "Group.ReadBasic.All", "Group.ReadWrite.All", "Directory.Read.All")
	readHolder = same("User.Read.All", "GroupMember.Read.All", "GroupMember.ReadBasic.All", "Group.Read.All", "Group.ReadBasic.All", "Directory.Read.All", "Directory.ReadWrite.All")
	readMe     = needs{delegated: []string{"User.Read", "User.ReadBasic.All", "User.Read.All", "User.ReadWrite", "User.ReadWrite.All", "Directory.Read.All", "Directory.ReadWrite.All"}}
	readUnit   = same("AdministrativeUnit.Read.All", "AdministrativeUnit.ReadWrite.All", "Directory.Read.All", "Directory.ReadWrite.All")
	readAudit  = same("AuditLog.Read.All", "Directory.Read.All")
	readOrg    = needs{
		delegated: []string{"User.Read", "User.Read.All", "Organization.Read.All", "Organization.ReadWrite.All", "Directory.Read.All", "Directory.ReadWrite.All"},
		app:       []string{"User.Read.All", "Organization.Read.All", "Organization.ReadWrite.All", "Directory.Read.All", "Directory.ReadWrite.All"},
	}
)

const pimPath = "roleManagement/directory/"

// routes is everything that the server answers.
var routes = []route{
	{served, http.MethodGet, pimPath + "roleDefinitions", false, readRoles, (*Server).listRoles},
	{served, http.MethodGet, pimPath + "roleDefinitions/{id}", false, readRoles, (*Server).getRole},

	{served, http.MethodGet, pimPath + "roleEligibilityScheduleInstances", true, readEligible, (*Server).listEligibilityInstances},
	{served, http.MethodGet, pimPath + "roleEligibilityScheduleInstances/filterByCurrentUser(on='{on}')", true, readEligible, (*Server).myEligibilityInstances},
	{served, http.MethodGet, pimPath + "roleEligibilitySchedules", true, readEligible, (*Server).listEligibilitySchedules},
	{served, http.MethodGet, pimPath + "roleEligibilitySchedules/filterByCurrentUser(on='{on}')", true, readEligible, (*Server).myEligibilitySchedules},

	{served, http.MethodGet, pimPath + "roleAssignmentScheduleInstances", true, readAssigned, (*Server).listAssignmentInstances},
	{served, http.MethodGet, pimPath + "roleAssignmentScheduleInstances/filterByCurrentUser(on='{on}')", true, readAssigned, (*Server).myAssignmentInstances},
	{served, http.MethodGet, pimPath + "roleAssignmentSchedules", true, readAssigned, (*Server).listAssignmentSchedules},
	{served, http.MethodGet, pimPath + "roleAssignmentSchedules/filterByCurrentUser(on='{on}')", true, readAssigned, (*Server).myAssignmentSchedules},
	{served, http.MethodGet, pimPath + "roleAssignmentSchedules/{id}", true, readAssigned, (*Server).getAssignmentSchedule},

	{served, http.MethodGet, pimPath + "roleAssignmentScheduleRequests", true, requests, (*Server).listRequests},
	{served, http.MethodPost, pimPath + "roleAssignmentScheduleRequests", true, requests, (*Server).submit},
	{served, http.MethodGet, pimPath + "roleAssignmentScheduleRequests/filterByCurrentUser(on='{on}')", true, requests, (*Server).myRequests},
	{served, http.MethodGet, pimPath + "roleAssignmentScheduleRequests/{id}", true, requests, (*Server).getRequest},
	{served, http.MethodPost, pimPath + "roleAssignmentScheduleRequests/{id}/cancel", true, requests, (*Server).cancelRequest},

	// Approvals of directory roles have never reached v1.0, and no application
	// may decide (Microsoft's page "PIM APIs").
	{beta, http.MethodGet, pimPath + "roleAssignmentApprovals/{id}", true, approving, (*Server).getApproval},
	{beta, http.MethodGet, pimPath + "roleAssignmentApprovals/{id}/steps", true, approving, (*Server).listSteps},
	{beta, http.MethodGet, pimPath + "roleAssignmentApprovals/{id}/steps/{step}", true, approving, (*Server).getStep},
	{beta, http.MethodPatch, pimPath + "roleAssignmentApprovals/{id}/steps/{step}", true, approving, (*Server).decide},

	{served, http.MethodGet, "policies/roleManagementPolicyAssignments", true, readPolicy, (*Server).listPolicyAssignments},
	{served, http.MethodGet, "policies/roleManagementPolicies/{id}", true, readPolicy, (*Server).getPolicy},
	{served, http.MethodGet, "policies/roleManagementPolicies/{id}/rules", true, readPolicy, (*Server).listRules},

	{served, http.MethodGet, "me", false, readMe, (*Server).getMe},
	{served, http.MethodGet, "users", false, readUsers, (*Server).listUsers},
	{served, http.MethodGet, "users/{id}", false, readUsers, (*Server).getUser},
	{served, http.MethodGet, "users/{id}/transitiveMemberOf", false, readHolder, (*Server).listTransitiveMemberOf},
	{served, http.MethodGet, "users/{id}/transitiveMemberOf/microsoft.graph.group", false, readHolder, (*Server).listTransitiveMemberOf},
	{served, http.MethodGet, "groups/{id}", false, readGroup, (*Server).getGroup},
	{served, http.MethodGet, "groups/{id}/transitiveMembers", false, readMember, (*Server).listTransitiveMembers},
	{served, http.MethodGet, "groups/{id}/transitiveMembers/microsoft.graph.user", false, readMember, (*Server).listTransitiveMembers},
	{served, http.MethodGet, "directory/administrativeUnits/{id}", false, readUnit, (*Server).getUnit},
	{served, http.MethodGet, "auditLogs/directoryAudits", false, readAudit, (*Server).listAudits},
	{served, http.MethodGet, "organization", false, readOrg, (*Server).listOrganization},
}

// find returns the route of a request and the values of its placeholders.
func find(version, method string, path []string) (*route, map[string]string) {
	for i := range routes {
		r := &routes[i]
		if r.method != method || !contains(r.versions, version) {
			continue
		}
		if params, ok := match(r.template, path); ok {
			return r, params
		}
	}
	return nil, nil
}

// known reports whether any method is served at the path.
func known(version string, path []string) bool {
	for _, r := range routes {
		if _, ok := match(r.template, path); ok && contains(r.versions, version) {
			return true
		}
	}
	return false
}

func match(template string, path []string) (map[string]string, bool) {
	wanted := strings.Split(template, "/")
	if len(wanted) != len(path) {
		return nil, false
	}
	params := map[string]string{}
	for i, w := range wanted {
		before, rest, placeholder := strings.Cut(w, "{")
		if !placeholder {
			if !strings.EqualFold(w, path[i]) {
				return nil, false
			}
			continue
		}
		name, after, _ := strings.Cut(rest, "}")
		value := path[i]
		if len(value) <= len(before)+len(after) || !strings.EqualFold(value[:len(before)], before) || !strings.HasSuffix(value, after) {
			return nil, false
		}
		params[name] = value[len(before) : len(value)-len(after)]
	}
	return params, true
}
