package graph_test

import (
	"net/http"
	"strings"
	"testing"

	"hoist/internal/sim"
	"hoist/internal/sim/tenant"
	"hoist/internal/sim/token"
)

// Every endpoint by token kind and permission, with the documented refusals.
func TestPermissions(t *testing.T) {
	w := newWorld(t)
	hoist := sim.DefaultSeed().Apps[0].AppRoles
	app := w.app(hoist...)
	ada := w.person(sim.AdaOID, rw)
	ben := w.person(sim.BenOID, rw)
	own := "?" + eq("principalId", sim.AdaOID)
	policies := "/v1.0/policies/roleManagementPolicyAssignments?$filter=scopeId eq '/' and scopeType eq 'DirectoryRole'"

	tests := []struct {
		name, bearer, path string
		status             int
		code               string
	}{
		{"app_reads_eligibility_instances", app, pim + "roleEligibilityScheduleInstances", 200, ""},
		{"app_reads_eligibility_schedules", app, pim + "roleEligibilitySchedules", 200, ""},
		{"app_reads_assignment_instances", app, pim + "roleAssignmentScheduleInstances", 200, ""},
		{"app_reads_assignment_schedules", app, pim + "roleAssignmentSchedules", 200, ""},
		{"app_reads_roles", app, pim + "roleDefinitions", 200, ""},
		{"app_reads_policies", app, policies, 200, ""},
		{"app_reads_users", app, "/v1.0/users/" + sim.AdaOID, 200, ""},
		{"app_reads_groups", app, "/v1.0/groups/" + sim.SecurityApproversGroup + "/transitiveMembers", 200, ""},
		{"app_reads_audit", app, "/v1.0/auditLogs/directoryAudits", 200, ""},

		{"app_cannot_read_requests", app, requests, 403, "PermissionScopeNotGranted"},
		{"app_cannot_read_one_request", app, requests + "/x", 403, "PermissionScopeNotGranted"},
		{"app_with_the_write_role_reads_requests", w.app(rw), requests, 200, ""},
		{"app_without_roles_reads_no_eligibility", w.app(), pim + "roleEligibilityScheduleInstances", 403, "PermissionScopeNotGranted"},
		{"app_without_roles_reads_no_policy", w.app(), policies, 403, "PermissionScopeNotGranted"},
		{"app_without_roles_reads_no_role_names", w.app(), pim + "roleDefinitions", 403, "Authorization_RequestDenied"},
		{"app_without_roles_reads_no_users", w.app(), "/v1.0/users/" + sim.AdaOID, 403, "Authorization_RequestDenied"},
		{"app_without_roles_reads_no_audit", w.app(), "/v1.0/auditLogs/directoryAudits", 403, "Authorization_RequestDenied"},
		{"policy_permission_alone_reads_policies", w.app("RoleManagementPolicy.Read.Directory"), policies, 200, ""},
		{"app_reads_no_units_without_permission", app, "/v1.0/directory/administrativeUnits/" + sim.BranchOfficesUnit, 403, "Authorization_RequestDenied"},
		{"app_reads_units", w.app("AdministrativeUnit.Read.All"), "/v1.0/directory/administrativeUnits/" + sim.BranchOfficesUnit, 200, ""},
		{"app_reads_no_organization_with_basic_users", app, "/v1.0/organization", 403, "Authorization_RequestDenied"},
		{"app_reads_organization", w.app("Organization.Read.All"), "/v1.0/organization", 200, ""},
		{"app_has_no_self", app, "/v1.0/me", 403, "UnauthorizedAccessException"},
		{"app_has_no_function_of_the_current_user", app, pim + "roleAssignmentScheduleInstances/filterByCurrentUser(on='principal')", 400, "Request_BadRequest"},
		{"basic_users_show_no_account_state", app, "/v1.0/users/" + sim.AdaOID + "?$select=id,accountEnabled", 403, "Authorization_RequestDenied"},
		{"full_users_show_account_state", w.app("User.Read.All"), "/v1.0/users/" + sim.AdaOID + "?$select=id,accountEnabled", 200, ""},

		{"person_reads_own_requests", ada, requests + "/filterByCurrentUser(on='principal')", 200, ""},
		{"person_reads_own_instances", ada, pim + "roleAssignmentScheduleInstances/filterByCurrentUser(on='principal')", 200, ""},
		{"person_reads_own_by_filter", ada, requests + own, 200, ""},
		{"person_reads_no_list_of_others", ada, requests, 403, "InsufficientPermissions"},
		{"person_cannot_pin_somebody_else", ada, requests + "?" + eq("principalId", sim.BenOID), 403, "InsufficientPermissions"},
		{"person_cannot_widen_a_pin_with_or", ada, requests + "?" + eq("principalId", sim.AdaOID) + " or principalId eq '" + sim.BenOID + "'", 403, "InsufficientPermissions"},
		{"role_administrator_reads_everybody", ben, requests, 200, ""},
		{"person_without_the_scope_reads_nothing", w.person(sim.AdaOID, "User.Read"), requests + own, 403, "PermissionScopeNotGranted"},
		{"directory_access_as_user_does_not_reach_pim", w.person(sim.AdaOID, "Directory.AccessAsUser.All"), requests + own, 403, "PermissionScopeNotGranted"},
		{"assignment_scope_reads_no_eligibility", ada, pim + "roleEligibilityScheduleInstances" + own, 403, "PermissionScopeNotGranted"},
		{"eligibility_scope_reads_own_eligibility", w.person(sim.AdaOID, "RoleEligibilitySchedule.Read.Directory"), pim + "roleEligibilityScheduleInstances" + own, 200, ""},
		{"plain_person_reads_no_policy", w.person(sim.AdaOID, "RoleManagementPolicy.Read.Directory"), policies, 403, "InsufficientPermissions"},
		{"role_administrator_reads_policies", w.person(sim.BenOID, "RoleManagementPolicy.Read.Directory"), policies, 200, ""},
		{"person_reads_no_users", ada, "/v1.0/users/" + sim.AdaOID, 403, "Authorization_RequestDenied"},
		{"person_reads_self", w.person(sim.AdaOID, "User.Read"), "/v1.0/me", 200, ""},

		{"approvals_are_not_on_v1", ben, "/v1.0/roleManagement/directory/roleAssignmentApprovals/x", 404, "ResourceNotFound"},
		{"approvals_are_not_for_apps", w.app(rw), "/beta/roleManagement/directory/roleAssignmentApprovals/x", 403, "UnauthorizedAccessException"},
		{"unknown_approval", ben, "/beta/roleManagement/directory/roleAssignmentApprovals/x", 404, "ResourceNotFound"},
		{"unknown_path", app, "/v1.0/roleManagement/directory/nothing", 404, "ResourceNotFound"},
		{"unknown_user", app, "/v1.0/users/00000000-0000-4000-8000-000000000000", 404, "Request_ResourceNotFound"},

		{"no_token", "", requests, 401, "InvalidAuthenticationToken"},
		{"garbled_token", app[:len(app)-4] + "AAAA", requests, 401, "InvalidAuthenticationToken"},
		{"not_a_token", "hello", requests, 401, "InvalidAuthenticationToken"},
		{"expired_token", w.token(func(a *token.Access) { a.Expires = nine.Unix() }), requests, 401, "InvalidAuthenticationToken"},
		{"other_audience", w.token(func(a *token.Access) { a.Audience = sim.BotClientID }), requests, 401, "InvalidAuthenticationToken"},
		{"other_tenant", w.token(func(a *token.Access) { a.TenantID = "somebody-else" }), requests, 401, "InvalidAuthenticationToken"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			a := w.get(tt.bearer, tt.path)
			if a.status != tt.status || a.code() != tt.code {
				t.Errorf("GET %s = %d %q, want %d %q: %v", tt.path, a.status, a.code(), tt.status, tt.code, a.body)
			}
		})
	}
}

func TestPermissions_wording(t *testing.T) {
	w := newWorld(t)
	a := w.get(w.app(sim.DefaultSeed().Apps[0].AppRoles...), requests)
	e := a.body["error"].(map[string]any)
	want := `{"errorCode":"PermissionScopeNotGranted","message":"Authorization failed due to missing permission scope RoleAssignmentSchedule.ReadWrite.Directory,RoleManagement.ReadWrite.Directory.","instanceAnnotations":[]}`
	if e["code"] != "UnknownError" || e["message"] != want {
		t.Errorf("error = %v", e)
	}
	inner := e["innerError"].(map[string]any)
	if inner["request-id"] != a.header.Get("request-id") || a.header.Get("request-id") == "" {
		t.Errorf("innerError = %v, header %q", inner, a.header.Get("request-id"))
	}
	if a.header.Get("Date") != "Mon, 23 Nov 2026 09:00:00 GMT" {
		t.Errorf("Date = %q", a.header.Get("Date"))
	}
}

func TestPermissions_wrong_method_is_405(t *testing.T) {
	w := newWorld(t)
	if a := w.do(w.app(rw), http.MethodPut, requests, "{}"); a.status != 405 || a.code() != "MethodNotAllowed" {
		t.Errorf("PUT = %d %s", a.status, a.code())
	}
}

func TestPermissions_role_ends_with_its_activation(t *testing.T) {
	w := newWorld(t)
	chioma := w.person(sim.ChiomaOID, rw)
	if a := w.get(chioma, requests); a.status != 403 {
		t.Fatalf("before: %d", a.status)
	}
	if _, err := w.tenant.Assign(tenant.Assignment{PrincipalID: sim.ChiomaOID, RoleID: tenant.SecurityReader, End: nine.Add(3600e9)}); err != nil {
		t.Fatal(err)
	}
	if a := w.get(chioma, requests); a.status != 200 {
		t.Errorf("as Security Reader: %d %v", a.status, a.body)
	}
	w.clock.Advance(3600e9)
	if a := w.get(chioma, requests); a.status != 403 {
		t.Errorf("after the end: %d", a.status)
	}
}

func TestLicence_is_demanded_by_pim_alone(t *testing.T) {
	w := newWorld(t)
	w.tenant.SetLicensed(false)
	app := w.app(sim.DefaultSeed().Apps[0].AppRoles...)
	if a := w.get(app, pim+"roleEligibilityScheduleInstances"); a.status != 400 || a.code() != "AadPremiumLicenseRequired" || !strings.Contains(a.message(), "Governance license") {
		t.Errorf("eligibilities = %d %s", a.status, a.code())
	}
	if a := w.get(app, pim+"roleDefinitions"); a.status != 200 {
		t.Errorf("role definitions = %d %v", a.status, a.body)
	}
}
