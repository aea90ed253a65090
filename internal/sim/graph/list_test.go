package graph_test

import (
	"bytes"
	"compress/gzip"
	"fmt"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"hoist/internal/sim"
	"hoist/internal/sim/fault"
	"hoist/internal/sim/tenant"
)

// crowd adds n people who are eligible for User Administrator.
func crowd(n int) func(*tenant.Seed) {
	return func(s *tenant.Seed) {
		for i := range n {
			oid := fmt.Sprintf("90000000-0000-4000-8000-%012d", i)
			s.People = append(s.People, tenant.Person{OID: oid, UPN: fmt.Sprintf("p%d@%s", i, sim.Domain), Name: fmt.Sprintf("Person %d", i)})
			s.Eligibilities = append(s.Eligibilities, tenant.Eligibility{PrincipalID: oid, RoleID: tenant.UserAdministrator})
		}
	}
}

func TestList_pages_to_the_end(t *testing.T) {
	w := newWorld(t, crowd(43))
	app := w.app("RoleEligibilitySchedule.Read.Directory")
	next, seen, pages := pim+"roleEligibilityScheduleInstances?"+eq("roleDefinitionId", tenant.UserAdministrator), map[any]bool{}, 0
	for next != "" {
		a := w.ok(w.get(app, next))
		for _, row := range a.rows() {
			seen[row["id"]] = true
		}
		pages++
		next = strings.TrimPrefix(a.text("@odata.nextLink"), "http://example.com")
	}
	if len(seen) != 44 || pages != 3 {
		t.Errorf("%d items on %d pages, want 44 on 3", len(seen), pages)
	}
	if a := w.ok(w.get(app, pim+"roleEligibilityScheduleInstances?$top=7")); len(a.rows()) != 7 || a.text("@odata.nextLink") == "" {
		t.Errorf("$top=7 gave %d", len(a.rows()))
	}
}

func TestFunction_ends_at_fifty_without_a_link(t *testing.T) {
	w := newWorld(t)
	for i := range 60 {
		unit := fmt.Sprintf("/administrativeUnits/%d", i)
		if _, err := w.tenant.AddEligibility(tenant.Eligibility{PrincipalID: sim.DanaOID, RoleID: tenant.UserAdministrator, Scope: unit}); err != nil {
			t.Fatal(err)
		}
	}
	dana := w.person(sim.DanaOID, "RoleEligibilitySchedule.Read.Directory")
	function := pim + "roleEligibilityScheduleInstances/filterByCurrentUser(on='principal')"
	a := w.ok(w.get(dana, function))
	if len(a.rows()) != 50 || a.text("@odata.nextLink") != "" {
		t.Errorf("%d rows, link %q", len(a.rows()), a.text("@odata.nextLink"))
	}
	if a := w.get(dana, function+"?$top=5"); a.status != 400 {
		t.Errorf("$top = %d", a.status)
	}
	if a := w.get(dana, strings.Replace(function, "principal", "createdBy", 1)); a.status != 400 {
		t.Errorf("createdBy = %d", a.status)
	}
}

func TestFilter(t *testing.T) {
	w := newWorld(t)
	app := w.app("RoleEligibilitySchedule.Read.Directory", "User.ReadBasic.All", "RoleManagement.Read.Directory")
	list, unit := pim+"roleEligibilityScheduleInstances", tenant.AdministrativeUnit{ID: sim.BranchOfficesUnit}.Scope()
	tests := []struct {
		name, path string
		status     int
		rows       int
	}{
		{"one_clause", list + "?" + eq("principalId", sim.AdaOID), 200, 6},
		{"and", list + "?" + eq("principalId", sim.AdaOID) + " and directoryScopeId eq '" + unit + "'", 200, 1},
		{"three_and", list + "?" + eq("principalId", sim.AdaOID) + " and roleDefinitionId eq '" + tenant.HelpdeskAdministrator + "' and directoryScopeId eq '/'", 200, 1},
		{"or_in_brackets", list + "?$filter=principalId eq '" + sim.AdaOID + "' and (roleDefinitionId eq '" + tenant.UserAdministrator + "' or roleDefinitionId eq '" + tenant.HelpdeskAdministrator + "')", 200, 3},
		{"nobody", list + "?" + eq("principalId", "nobody"), 200, 0},
		{"unknown_property", list + "?" + eq("colour", "red"), 400, 0},
		{"broken_syntax", list + "?$filter=principalId eq", 400, 0},
		{"user_by_upn", "/v1.0/users?" + eq("userPrincipalName", "ben@"+sim.Domain), 200, 1},
		{"users_by_list", "/v1.0/users?$filter=id in ('" + sim.AdaOID + "','" + sim.BenOID + "')", 200, 2},
		{"users_by_prefix", "/v1.0/users?$filter=startsWith(displayName,'Ada')", 200, 2},
		{"policy_without_its_scope", "/v1.0/policies/roleManagementPolicyAssignments", 400, 0},
		{"policy_of_one_role", "/v1.0/policies/roleManagementPolicyAssignments?$filter=scopeId eq '/' and scopeType eq 'DirectoryRole' and roleDefinitionId eq '" + tenant.UserAdministrator + "'", 200, 1},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			if a := w.get(app, tt.path); a.status != tt.status || len(a.rows()) != tt.rows {
				t.Errorf("%d with %d rows, want %d with %d: %v", a.status, len(a.rows()), tt.status, tt.rows, a.body)
			}
		})
	}
}

func TestFilter_too_many_alternatives(t *testing.T) {
	w := newWorld(t)
	clauses := strings.TrimSuffix(strings.Repeat("roleDefinitionId eq 'x' or ", 21), " or ")
	a := w.get(w.app("RoleManagement.Read.Directory"), "/v1.0/policies/roleManagementPolicyAssignments?$filter=scopeId eq '/' and scopeType eq 'DirectoryRole' and ("+clauses+")")
	if a.status != 400 || a.code() != "InvalidFilter" {
		t.Errorf("%d %s", a.status, a.code())
	}
}

func TestExpand(t *testing.T) {
	w := newWorld(t)
	app := w.app("RoleEligibilitySchedule.Read.Directory")
	unit := tenant.AdministrativeUnit{ID: sim.BranchOfficesUnit}.Scope()
	rows := w.ok(w.get(app, pim+"roleEligibilityScheduleInstances?$filter=directoryScopeId eq '"+unit+"'&$expand=roleDefinition($select=id,displayName),principal,directoryScope")).rows()
	if len(rows) != 1 {
		t.Fatalf("rows = %v", rows)
	}
	role, principal, scope := rows[0]["roleDefinition"].(map[string]any), rows[0]["principal"].(map[string]any), rows[0]["directoryScope"].(map[string]any)
	if len(role) != 2 || role["displayName"] != "Helpdesk Administrator" {
		t.Errorf("roleDefinition = %v", role)
	}
	if principal["@odata.type"] != "#microsoft.graph.user" || principal["userPrincipalName"] != "ada@"+sim.Domain {
		t.Errorf("principal = %v", principal)
	}
	if scope["displayName"] != "Branch offices" {
		t.Errorf("directoryScope = %v", scope)
	}
	if a := w.get(app, pim+"roleEligibilityScheduleInstances?$expand=nothing"); a.status != 400 {
		t.Errorf("unknown $expand = %d", a.status)
	}
}

func TestPolicy_has_the_seventeen_rules(t *testing.T) {
	w := newWorld(t)
	role := tenant.SecurityAdministrator
	path := "/v1.0/policies/roleManagementPolicyAssignments?$filter=scopeId eq '/' and scopeType eq 'DirectoryRole' and roleDefinitionId eq '" + role + "'&$expand=policy($expand=rules;$select=id,displayName)"
	a := w.ok(w.get(w.app("RoleManagement.Read.Directory"), path)).rows()[0]
	policy := a["policy"].(map[string]any)
	rules := map[string]map[string]any{}
	for _, r := range policy["rules"].([]any) {
		rule := r.(map[string]any)
		rules[rule["id"].(string)] = rule
	}
	if len(rules) != 17 {
		t.Errorf("%d rules", len(rules))
	}
	expiration, approval := rules["Expiration_EndUser_Assignment"], rules["Approval_EndUser_Assignment"]
	if expiration["maximumDuration"] != "PT8H" || expiration["isExpirationRequired"] != true || expiration["@odata.type"] != "#microsoft.graph.unifiedRoleManagementPolicyExpirationRule" {
		t.Errorf("expiration = %v", expiration)
	}
	setting := approval["setting"].(map[string]any)
	stage := setting["approvalStages"].([]any)[0].(map[string]any)
	approver := stage["primaryApprovers"].([]any)[0].(map[string]any)
	if setting["isApprovalRequired"] != true || approver["@odata.type"] != "#microsoft.graph.groupMembers" || approver["groupId"] != sim.SecurityApproversGroup {
		t.Errorf("approval = %v", approval)
	}
	for _, id := range []string{"Enablement_EndUser_Assignment", "AuthenticationContext_EndUser_Assignment", "Notification_Approver_EndUser_Assignment", "Notification_Admin_Admin_Eligibility", "Expiration_Admin_Eligibility"} {
		if rules[id] == nil {
			t.Errorf("rule %s is missing", id)
		}
	}
}

func TestAudit_tells_the_story(t *testing.T) {
	w := newWorld(t, func(s *tenant.Seed) { s.Behaviour.AuditLag = 3 * time.Minute })
	app := w.app("AuditLog.Read.All")
	id := w.ok(w.post(w.person(sim.AdaOID, rw), body(sim.AdaOID, tenant.UserAdministrator, lasting("PT1H")))).text("id")
	log := "/v1.0/auditLogs/directoryAudits?$filter=loggedByService eq 'PIM' and activityDateTime ge 2026-11-23T09:00:00Z"
	if rows := w.ok(w.get(app, log)).rows(); len(rows) != 0 {
		t.Errorf("rows before the lag is over: %v", rows)
	}
	w.clock.Advance(time.Hour + 3*time.Minute)
	rows := w.ok(w.get(app, log)).rows()
	var activities []string
	for _, r := range rows {
		activities = append(activities, r["activityDisplayName"].(string))
	}
	want := "Remove member from role (PIM activation expired), Add member to role completed (PIM activation), Add member to role requested (PIM activation)"
	if got := strings.Join(activities, ", "); got != want {
		t.Errorf("newest first:\n got %s\nwant %s", got, want)
	}
	if by := rows[0]["initiatedBy"].(map[string]any)["app"].(map[string]any); by["displayName"] != "Azure AD PIM" {
		t.Errorf("expiry by %v", by)
	}
	if by := rows[2]["initiatedBy"].(map[string]any)["user"].(map[string]any); by["id"] != sim.AdaOID || rows[2]["resultReason"] != "rotating keys" {
		t.Errorf("request = %v", rows[2])
	}
	details := fmt.Sprint(rows[2]["additionalDetails"])
	if !strings.Contains(details, id) || !strings.Contains(details, "2026-11-23T10:00:00Z") {
		t.Errorf("details = %s", details)
	}
	if later := w.ok(w.get(app, strings.Replace(log, "T09:00", "T09:30", 1))).rows(); len(later) != 1 {
		t.Errorf("since half past nine: %d", len(later))
	}
}

func TestAudit_limit(t *testing.T) {
	w := newWorld(t, func(s *tenant.Seed) { s.Behaviour.AuditLimit = 5 })
	app := w.app("AuditLog.Read.All")
	for range 5 {
		w.ok(w.get(app, "/v1.0/auditLogs/directoryAudits"))
	}
	if a := w.get(app, "/v1.0/auditLogs/directoryAudits"); a.status != 429 || a.header.Get("Retry-After") != "10" {
		t.Errorf("sixth call: %d, Retry-After %q", a.status, a.header.Get("Retry-After"))
	}
	w.clock.Advance(10 * time.Second)
	w.ok(w.get(app, "/v1.0/auditLogs/directoryAudits"))
}

func TestBody_may_be_compressed(t *testing.T) {
	w := newWorld(t)
	var z bytes.Buffer
	writer := gzip.NewWriter(&z)
	_, _ = writer.Write([]byte(body(sim.AdaOID, tenant.UserAdministrator)))
	_ = writer.Close()
	req := httptest.NewRequestWithContext(t.Context(), http.MethodPost, requests, &z)
	req.Header.Set("Authorization", "Bearer "+w.person(sim.AdaOID, rw))
	req.Header.Set("Content-Encoding", "gzip")
	rec := httptest.NewRecorder()
	w.server.ServeHTTP(rec, req)
	if rec.Code != 201 {
		t.Errorf("POST = %d %s", rec.Code, rec.Body)
	}
}

func TestCalls_log_what_came(t *testing.T) {
	w := newWorld(t)
	if n := w.server.Count("", ""); n != 0 {
		t.Fatalf("%d calls before any", n)
	}
	w.faults.Add(fault.Rule{Method: "POST", Path: requests, Effect: fault.Throttle(7 * time.Second)})
	ada := w.person(sim.AdaOID, rw)
	if a := w.post(ada, body(sim.AdaOID, tenant.UserAdministrator)); a.status != 429 || a.header.Get("Retry-After") != "7" {
		t.Errorf("throttled POST = %d", a.status)
	}
	w.ok(w.post(ada, body(sim.AdaOID, tenant.UserAdministrator)))
	w.get(w.app(), requests+"/some-id")
	const template = "roleManagement/directory/roleAssignmentScheduleRequests"
	if n := w.server.Count("POST", template); n != 2 {
		t.Errorf("%d POSTs", n)
	}
	calls := w.server.Calls()
	last := calls[2]
	if last.Template != template+"/{id}" || last.TokenKind != "app" || last.Status != 403 || last.Code != "PermissionScopeNotGranted" || !last.Done {
		t.Errorf("call = %+v", last)
	}
	if calls[0].Status != 429 || calls[0].TokenKind != "delegated" || calls[0].OID != sim.AdaOID || calls[1].Status != 201 {
		t.Errorf("calls = %+v", calls)
	}
	w.server.ForgetCalls()
	if n := w.server.Count("", ""); n != 0 {
		t.Errorf("%d calls after forgetting", n)
	}
}

func TestSelect_keeps_what_was_named(t *testing.T) {
	w := newWorld(t)
	a := w.ok(w.get(w.app("RoleManagement.Read.Directory"), pim+"roleDefinitions/"+tenant.UserAdministrator+"?$select=id,displayName"))
	delete(a.body, "@odata.context")
	if len(a.body) != 2 || a.text("displayName") != "User Administrator" {
		t.Errorf("role = %v", a.body)
	}
}
