package graph_test

import (
	"testing"

	"hoist/internal/sim"
	"hoist/internal/sim/tenant"
)

func TestSingle_items_and_own_lists(t *testing.T) {
	w := newWorld(t)
	ada := w.person(sim.AdaOID, rw, "RoleEligibilitySchedule.Read.Directory")
	created := w.ok(w.post(ada, body(sim.AdaOID, tenant.UserAdministrator)))
	pending := w.ok(w.post(ada, body(sim.AdaOID, tenant.SecurityAdministrator)))
	schedule := pim + "roleAssignmentSchedules/" + created.text("targetScheduleId")
	app := w.app(append(sim.DefaultSeed().Apps[0].AppRoles, "User.Read.All")...)
	policy, _ := w.tenant.Policy(tenant.UserAdministrator)
	policyPath := "/v1.0/policies/roleManagementPolicies/" + policy.ID

	tests := []struct {
		name, bearer, path string
		status, rows       int
	}{
		{"own_schedule", ada, schedule, 200, 0},
		{"somebody_elses_schedule", w.person(sim.DanaOID, rw), schedule, 403, 0},
		{"schedule_for_the_app", app, schedule, 200, 0},
		{"no_such_schedule", app, pim + "roleAssignmentSchedules/nothing", 404, 0},
		{"own_schedules", ada, pim + "roleAssignmentSchedules/filterByCurrentUser(on='principal')", 200, 1},
		{"own_eligibility_schedules", ada, pim + "roleEligibilitySchedules/filterByCurrentUser(on='principal')", 200, 6},
		{"own_request", ada, requests + "/" + pending.text("id"), 200, 0},
		{"request_for_its_approver", w.person(sim.ChiomaOID, rw), requests + "/" + pending.text("id"), 200, 0},
		{"request_for_nobody_else", w.person(sim.DanaOID, rw), requests + "/" + pending.text("id"), 403, 0},
		{"no_such_request", ada, requests + "/nothing", 404, 0},
		{"policy", app, policyPath + "?$expand=rules", 200, 0},
		{"rules_of_a_policy", app, policyPath + "/rules", 200, 17},
		{"no_such_policy", app, "/v1.0/policies/roleManagementPolicies/nothing", 404, 0},
		{"policy_for_a_plain_person", w.person(sim.AdaOID, "RoleManagementPolicy.Read.Directory"), policyPath, 403, 0},
		{"groups_of_a_person", app, "/v1.0/users/" + sim.BenOID + "/transitiveMemberOf", 200, 1},
		{"users_of_a_group", app, "/v1.0/groups/" + sim.SecurityApproversGroup + "/transitiveMembers/microsoft.graph.user", 200, 2},
		{"no_such_group", app, "/v1.0/groups/nothing", 404, 0},
		{"no_such_role", app, pim + "roleDefinitions/nothing", 404, 0},
		{"user_by_name", app, "/v1.0/users/ben@" + sim.Domain, 200, 0},
		{"enabled_users", app, "/v1.0/users?$filter=accountEnabled eq true", 200, 5},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			if a := w.get(tt.bearer, tt.path); a.status != tt.status || len(a.rows()) != tt.rows {
				t.Errorf("GET = %d with %d rows, want %d with %d: %v", a.status, len(a.rows()), tt.status, tt.rows, a.body)
			}
		})
	}
}
