package graph_test

import (
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"hoist/internal/sim"
	"hoist/internal/sim/tenant"
)

// facts are properties by type, taken from Microsoft's published metadata.
type facts struct {
	Types map[string]struct {
		Base       string            `json:"base"`
		Properties map[string]string `json:"properties"`
		Navigation map[string]string `json:"navigation"`
	} `json:"types"`
}

// loadFacts finds the extract of the metadata. It is not part of this
// repository: without it the test is skipped, but never in CI.
func loadFacts(t *testing.T) facts {
	t.Helper()
	shared := os.Getenv("HOIST_SHARED")
	if shared == "" {
		shared = filepath.Join(repository(t), "..", "shared")
	}
	text, err := os.ReadFile(filepath.Join(shared, "schemas", "graph-v1.0-facts.json"))
	if err != nil && os.Getenv("CI") != "" {
		t.Fatalf("the metadata facts are required in CI: %v (set HOIST_SHARED)", err)
	}
	if err != nil {
		t.Skipf("no metadata facts to compare with: %v (set HOIST_SHARED)", err)
	}
	var f facts
	if err := json.Unmarshal(text, &f); err != nil {
		t.Fatal(err)
	}
	return f
}

func repository(t *testing.T) string {
	t.Helper()
	dir, err := os.Getwd()
	if err != nil {
		t.Fatal(err)
	}
	for {
		if _, err := os.Stat(filepath.Join(dir, "go.mod")); err == nil {
			return dir
		}
		if dir == filepath.Dir(dir) {
			t.Fatal("no go.mod above the test")
		}
		dir = filepath.Dir(dir)
	}
}

// property returns the type of a property of a type or its bases.
func (f facts) property(typeName, name string) (string, bool) {
	for typeName != "" {
		entry, known := f.Types[typeName]
		if !known {
			return "", false
		}
		if kind, ok := entry.Properties[name]; ok {
			return kind, true
		}
		if kind, ok := entry.Navigation[name]; ok {
			return kind, true
		}
		typeName = strings.TrimPrefix(entry.Base, "graph.")
	}
	return "", false
}

// check walks a value and reports every name that Microsoft does not have.
func (f facts) check(t *testing.T, typeName, path string, value any) {
	t.Helper()
	switch v := value.(type) {
	case []any:
		for _, item := range v {
			f.check(t, typeName, path, item)
		}
	case map[string]any:
		if named, ok := v["@odata.type"].(string); ok {
			typeName = strings.TrimPrefix(named, "#microsoft.graph.")
		}
		if _, known := f.Types[typeName]; !known {
			return // a type outside the extract, such as an audit initiator
		}
		for name, inner := range v {
			if strings.HasPrefix(name, "@odata.") {
				continue
			}
			kind, ok := f.property(typeName, name)
			if !ok {
				t.Errorf("%s.%s: %s has no such property", path, name, typeName)
				continue
			}
			kind = strings.TrimSuffix(strings.TrimPrefix(kind, "Collection("), ")")
			f.check(t, strings.TrimPrefix(kind, "graph."), path+"."+name, inner)
		}
	}
}

func TestFacts_every_name_on_the_wire_exists(t *testing.T) {
	f := loadFacts(t)
	w := newWorld(t)
	all := w.app(append(sim.DefaultSeed().Apps[0].AppRoles, rw, "AdministrativeUnit.Read.All", "Organization.Read.All", "User.Read.All")...)
	ada := w.person(sim.AdaOID, rw)
	activated := w.ok(w.post(ada, body(sim.AdaOID, tenant.UserAdministrator)))
	waiting := w.ok(w.post(ada, body(sim.AdaOID, tenant.SecurityAdministrator)))
	expand := "?$expand=roleDefinition,principal,directoryScope"
	policy := "/v1.0/policies/roleManagementPolicyAssignments?$filter=scopeId eq '/' and scopeType eq 'DirectoryRole'&$expand=policy($expand=rules)"

	f.check(t, "unifiedRoleAssignmentScheduleRequest", "201", activated.body)
	tests := []struct{ path, typeName string }{
		{requests + expand, "unifiedRoleAssignmentScheduleRequest"},
		{pim + "roleEligibilityScheduleInstances" + expand, "unifiedRoleEligibilityScheduleInstance"},
		{pim + "roleEligibilitySchedules" + expand, "unifiedRoleEligibilitySchedule"},
		{pim + "roleAssignmentScheduleInstances" + expand + ",activatedUsing", "unifiedRoleAssignmentScheduleInstance"},
		{pim + "roleAssignmentSchedules" + expand + ",activatedUsing", "unifiedRoleAssignmentSchedule"},
		{pim + "roleDefinitions", "unifiedRoleDefinition"},
		{policy, "unifiedRoleManagementPolicyAssignment"},
		{"/v1.0/users?$select=id,displayName,mail,userPrincipalName,accountEnabled,userType,mailNickname", "user"},
		{"/v1.0/groups/" + sim.SecurityApproversGroup + "/transitiveMembers", "directoryObject"},
		{"/v1.0/organization", "organization"},
		{"/v1.0/auditLogs/directoryAudits", "directoryAudit"},
	}
	for _, tt := range tests {
		a := w.ok(w.get(all, tt.path))
		if len(a.rows()) == 0 {
			t.Errorf("%s has no rows to check", tt.path)
		}
		f.check(t, tt.typeName, tt.path, a.body["value"])
	}
	for path, typeName := range map[string]string{
		"/v1.0/groups/" + sim.SecurityApproversGroup:                   "group",
		"/v1.0/directory/administrativeUnits/" + sim.BranchOfficesUnit: "administrativeUnit",
	} {
		f.check(t, typeName, path, w.ok(w.get(all, path)).body)
	}
	// Steps are on beta only; on v1.0 their twin is the stage.
	steps := w.ok(w.get(w.person(sim.BenOID, rw), approvals+waiting.text("id")+"/steps"))
	f.check(t, "approvalStage", "steps", steps.body["value"])
}
