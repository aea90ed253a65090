package sim_test

import (
	"net/http"
	"testing"
	"time"

	"hoist/internal/sim"
	"hoist/internal/sim/tenant"
)

const requestsPath = "/v1.0/roleManagement/directory/roleAssignmentScheduleRequests"

func activation(principal, role, scope, duration string) string {
	return `{"action":"selfActivate","principalId":"` + principal + `","roleDefinitionId":"` + role + `","directoryScopeId":"` + scope + `",
		"justification":"rotating keys","scheduleInfo":{"startDateTime":null,"expiration":{"type":"AfterDuration","duration":"` + duration + `"}}}`
}

// The first story: sign in with MFA, activate, be seen by the app, and end by
// the clock.
func TestElevation_from_sign_in_to_its_end(t *testing.T) {
	s, c := start(t)
	ada := userToken(t, s, "ada@"+sim.Domain, askForMFA)
	app := appToken(t, s)

	status, request := ask(t, s, ada, http.MethodPost, requestsPath, activation(sim.AdaOID, tenant.UserAdministrator, "/", "PT2H"))
	if status != http.StatusCreated || request["status"] != "Provisioned" {
		t.Fatalf("POST = %d %v", status, request)
	}
	list := "/v1.0/roleManagement/directory/roleAssignmentScheduleInstances?$filter=principalId%20eq%20'" + sim.AdaOID + "'&$expand=roleDefinition,principal"
	_, seen := ask(t, s, app, http.MethodGet, list, "")
	rows := seen["value"].([]any)
	if len(rows) != 1 {
		t.Fatalf("instances = %v", seen)
	}
	row := rows[0].(map[string]any)
	if row["roleAssignmentScheduleId"] != request["targetScheduleId"] || row["endDateTime"] != "2026-11-23T11:00:00Z" {
		t.Errorf("instance = %v", row)
	}
	c.Advance(2*time.Hour - time.Second)
	if app = appToken(t, s); len(instances(t, s, app)) != 2 {
		t.Error("the activation must last to its last second (beside Ben's own role)")
	}
	c.Advance(time.Second)
	if rows := instances(t, s, app); len(rows) != 1 {
		t.Errorf("instances after the end = %v", rows)
	}
}

func instances(t *testing.T, s *sim.Sim, bearer string) []any {
	t.Helper()
	status, m := ask(t, s, bearer, http.MethodGet, "/v1.0/roleManagement/directory/roleAssignmentScheduleInstances", "")
	if status != http.StatusOK {
		t.Fatalf("list instances = %d %v", status, m)
	}
	return m["value"].([]any)
}
