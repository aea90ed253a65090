package portal_test

import (
	"slices"
	"strings"
	"testing"
	"time"

	"hoist/internal/sim"
	"hoist/internal/sim/tenant"
)

func TestPeople(t *testing.T) {
	w := newWorld(t)
	account := func(want, what, on string) {
		t.Helper()
		w.does(want, "/tenant/people/account", "person", sim.AdaOID, "what", what, "on", on)
	}
	ada := func() tenant.Person { p, _ := w.tenant.Person(sim.AdaOID); return p }
	account("Ada Lindqvist was disabled", "enabled", "false")
	if !ada().Disabled {
		t.Error("not disabled")
	}
	account("was enabled", "enabled", "true")
	account("no method for MFA", "mfa", "false")
	if ada().Disabled || ada().MFARegistered {
		t.Errorf("%+v", ada())
	}
	account("has methods for MFA", "mfa", "true")
	account("sessions of Ada Lindqvist were revoked", "sessions", "")
	if !ada().MFARegistered || w.tenant.SessionEpoch(sim.AdaOID) != 1 {
		t.Error("MFA or sessions unchanged")
	}
	w.does("Erin Novak (erin@fjordbank.example) was added", "/tenant/people/add", "name", " Erin Novak ", "nickname", "erin")
	if erin, ok := w.tenant.Person("erin@" + sim.Domain); !ok || erin.Name != "Erin Novak" || !erin.MFARegistered {
		t.Errorf("erin: %+v", erin)
	}
	for _, tt := range []struct{ path, refused, a, x, b, y string }{
		{"/tenant/people/add", "an account erin@fjordbank.example already", "name", "Erin", "nickname", "erin"},
		{"/tenant/people/add", "Name: enter one", "name", " ", "nickname", "eve"},
		{"/tenant/people/add", "User name: enter small letters", "name", "Eve", "nickname", "eve@other.example"},
		{"/tenant/people/add", "User name: enter small letters", "name", "Eve", "nickname", ""},
		{"/tenant/people/account", "Choose a person", "person", "nobody", "what", "sessions"},
		{"/tenant/people/account", "on or off", "person", sim.AdaOID, "what", "enabled"},
	} {
		w.isRefused(tt.refused, tt.path, tt.a, tt.x, tt.b, tt.y)
	}
	w.isRefused("Choose what to change", "/tenant/people/account", "person", sim.AdaOID, "what", "name", "on", "true")
	if n := len(w.tenant.People()); n != len(sim.DefaultSeed().People)+1 {
		t.Errorf("%d people", n)
	}
}

func TestGroups(t *testing.T) {
	w := newWorld(t)
	group := sim.SecurityApproversGroup
	w.does("Dana Petrov was added to Security approvers", "/tenant/people/member", "group", group, "person", sim.DanaOID)
	w.does("Ben Okafor was removed", "/tenant/people/member", "group", group, "remove", sim.BenOID)
	w.isRefused("is a member of Security approvers already", "/tenant/people/member", "group", group, "person", sim.DanaOID)
	w.isRefused("no member", "/tenant/people/member", "group", group, "remove", sim.AdaOID)
	w.isRefused("Choose a group", "/tenant/people/member", "group", "unknown", "person", sim.AdaOID)
	w.isRefused("Choose a person", "/tenant/people/member", "group", group, "person", "")
	g, _ := w.tenant.Group(group)
	if !slices.Equal(g.Members, []string{sim.ChiomaOID, sim.DanaOID}) {
		t.Errorf("members: %v", g.Members)
	}
}

func TestEligibilities(t *testing.T) {
	w := newWorld(t)
	before := len(w.tenant.Eligibilities(false))
	unit := tenant.AdministrativeUnit{ID: sim.BranchOfficesUnit}.Scope()
	for _, tt := range []struct{ refused, principal, role, scope, days string }{
		{"Choose a person or a role-assignable group", sim.SecurityApproversGroup, tenant.ReportsReader, "/", ""},
		{"Choose a person or a role-assignable group", "nobody", tenant.ReportsReader, "/", ""},
		{"Choose a role", sim.DanaOID, "unknown", "/", ""},
		{"Choose a scope", sim.DanaOID, tenant.ReportsReader, "/administrativeUnits/unknown", ""},
		{"Ends after: enter a number of days from 0.1 to 3650", sim.DanaOID, tenant.ReportsReader, "/", "0"},
		{"Ends after", sim.DanaOID, tenant.ReportsReader, "/", "abc"},
		{"Ends after", sim.DanaOID, tenant.ReportsReader, "/", "1e300"},
		{"is eligible already", sim.AdaOID, tenant.UserAdministrator, "/", ""},
	} {
		w.isRefused(tt.refused, "/tenant/people/eligible", "principal", tt.principal, "role", tt.role, "scope", tt.scope, "days", tt.days)
	}
	if n := len(w.tenant.Eligibilities(false)); n != before {
		t.Fatalf("%d eligibilities after refusals, %d before", n, before)
	}
	w.does("Eligible now: Dana Petrov's Reports Reader (Branch offices)", "/tenant/people/eligible",
		"principal", sim.DanaOID, "role", tenant.ReportsReader, "scope", unit, "days", "2")
	rows := w.tenant.Eligibilities(true)
	added := rows[len(rows)-1]
	if added.PrincipalID != sim.DanaOID || added.Scope != unit || !added.End.Equal(nine.Add(48*time.Hour)) {
		t.Errorf("added %+v", added)
	}
	w.does("Not eligible any more", "/tenant/people/remove", "eligibility", added.ID)
	w.isRefused("has ended already", "/tenant/people/remove", "eligibility", added.ID)
	if n := len(w.tenant.Eligibilities(false)); n != before {
		t.Errorf("%d eligibilities, %d before", n, before)
	}
}

func TestPolicies(t *testing.T) {
	const role = tenant.UserAdministrator
	t.Run("saves_what_the_form_holds", func(t *testing.T) {
		w := newWorld(t)
		w.does("Ben Okafor changed the policy of User Administrator: up to 1 h 30 min, approval, authentication context c2, ticket.", "/tenant/roles/policy",
			"role", role, "hours", "1.5", "context", "c2", "ticket", "on", "approval", "on",
			"user", sim.DanaOID, "user", sim.BenOID, "group", sim.SecurityApproversGroup)
		got, _ := w.tenant.Policy(role)
		want := tenant.ApprovalPolicy{Required: true, Users: []string{sim.DanaOID, sim.BenOID}, Groups: []string{sim.SecurityApproversGroup}}
		if got.MaxDuration != 90*time.Minute || got.AuthContext != "c2" || !got.Ticketing || got.MFA || got.Justification ||
			got.Approval.Required != want.Required || !slices.Equal(got.Approval.Users, want.Users) || !slices.Equal(got.Approval.Groups, want.Groups) {
			t.Errorf("policy %+v", got)
		}
		if section := words(find(w.get("/tenant/roles"), "id", "role-"+role)); !strings.HasPrefix(section, "User Administrator Changed") {
			t.Errorf("no mark of the change: %s", section)
		}
		if log := words(find(w.get("/tenant/audit"), "id", "audit")); !strings.Contains(log, "Update role setting in PIM PIM Ben Okafor User Administrator success") {
			t.Errorf("audit: %s", log)
		}
	})
	t.Run("opens_the_form_that_was_sent", func(t *testing.T) {
		w := newWorld(t)
		if !has(find(w.get("/tenant/roles?role="+role), "id", "policy-"+role), "open") {
			t.Error("the form is folded")
		}
	})
	t.Run("what_the_page_shows_changes_nothing", func(t *testing.T) {
		w := newWorld(t)
		w.does("nothing changed", "/tenant/roles/policy", "role", role, "hours", "8", "mfa", "on", "justification", "on", "context", "")
		if got, _ := w.tenant.Policy(role); !got.Changed.IsZero() {
			t.Error("marked as changed")
		}
	})
	for _, tt := range []struct{ name, role, hours, key, value, refused string }{
		{"unknown_role", "unknown", "8", "", "", "Choose a role"},
		{"no_role", "", "8", "", "", "Choose a role"},
		{"words", role, "abc", "", "", "Maximum duration: enter a number of hours from 0.5 to 24."},
		{"nothing", role, "", "", "", "Maximum duration"},
		{"zero", role, "0", "", "", "Maximum duration"},
		{"negative", role, "-2", "", "", "Maximum duration"},
		{"huge", role, "1e18", "", "", "Maximum duration"},
		{"infinite", role, "Inf", "", "", "Maximum duration"},
		{"not_a_number", role, "NaN", "", "", "Maximum duration"},
		{"a_third_of_an_hour", role, "1.33", "", "", "whole and half hours"},
		{"unknown_context", role, "8", "context", "c99", "authentication contexts"},
		{"unknown_user", role, "8", "user", "nobody", "approvers among the people"},
		{"unknown_group", role, "8", "group", "nobody", "approvers among the groups"},
	} {
		t.Run("refuses/"+tt.name, func(t *testing.T) {
			w := newWorld(t)
			w.isRefused(tt.refused, "/tenant/roles/policy", "role", tt.role, "hours", tt.hours, tt.key, tt.value)
			if got, _ := w.tenant.Policy(role); !got.Changed.IsZero() {
				t.Errorf("changed to %+v", got)
			}
		})
	}
}

func TestSwitches(t *testing.T) {
	const consent, permission = "RoleAssignmentSchedule.ReadWrite.Directory", "AuditLog.Read.All"
	app := func(w *world) tenant.App { a, _ := w.tenant.App(sim.BotClientID); return a }
	tests := []struct {
		name string
		// first is what the switch is turned to from the seed's state.
		first bool
		on    func(w *world) bool
	}{
		{"block-app", true, func(w *world) bool { return w.tenant.AppBlocked(sim.BotClientID) }},
		{"mfa-app", true, func(w *world) bool { return w.tenant.MFARequired(sim.BotClientID) }},
		{"context:c1", false, func(w *world) bool { return w.tenant.ContextEnforced("c1") }},
		{"context:c2", true, func(w *world) bool { return w.tenant.ContextEnforced("c2") }},
		{"block-person:" + sim.AdaOID, true, func(w *world) bool { return w.tenant.PersonBlocked(sim.AdaOID) }},
		{"consent:" + consent, false, func(w *world) bool { return slices.Contains(app(w).Consented, consent) }},
		{"permission:" + permission, false, func(w *world) bool { return slices.Contains(app(w).AppRoles, permission) }},
		{"licence", false, func(w *world) bool { return w.tenant.CheckLicence() == nil }},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			w := newWorld(t)
			for _, on := range []bool{tt.first, tt.first, !tt.first} { // a second press of a stale page changes nothing
				value := map[bool]string{true: "true", false: "false"}[on]
				w.does("now.", "/tenant/access/switch", "switch", tt.name, "on", value)
				if tt.on(w) != on {
					t.Errorf("turned %v, is %v", on, tt.on(w))
				}
			}
		})
	}
	w := newWorld(t)
	for _, name := range []string{"", "gravity", "context:c99", "block-person:nobody", "permission:Directory.ReadWrite.All", "consent:openid"} {
		w.isRefused("Choose one of the switches", "/tenant/access/switch", "switch", name, "on", "true")
	}
	w.isRefused("on or off", "/tenant/access/switch", "switch", "licence", "on", "perhaps")
}

func TestDelays(t *testing.T) {
	w := newWorld(t)
	w.does("delays were saved", "/tenant/access/behaviour", "instance", "30", "provisioning", "1.5", "audit", "0")
	want := [3]time.Duration{30 * time.Second, 1500 * time.Millisecond, 0}
	got := func() [3]time.Duration {
		b := w.tenant.Behaviour()
		return [3]time.Duration{b.InstanceLag, b.ProvisioningLag, b.AuditLag}
	}
	if got() != want {
		t.Errorf("lags %v, want %v", got(), want)
	}
	for _, bad := range []string{"", "abc", "-1", "1e9", "NaN"} {
		w.isRefused("Audit lag: enter a number of seconds from 0 to 3600", "/tenant/access/behaviour", "instance", "1", "provisioning", "1", "audit", bad)
	}
	if got() != want {
		t.Errorf("lags %v after refusals, want %v", got(), want)
	}
}

func TestAudit_shows_the_newest_first(t *testing.T) {
	w := newWorld(t)
	r := w.submit(tenant.SecurityAdministrator)
	w.clock.Advance(time.Minute)
	w.does("approved", "/tenant/requests", "request", r.ID, "as", sim.BenOID, "decision", "Approve", "justification", "for the rollout")
	rows := tags(find(w.get("/tenant/audit"), "id", "audit"), "tr")
	if len(rows) != len(w.tenant.Audit()) || len(rows) == 0 {
		t.Fatalf("%d rows", len(rows))
	}
	var approved string
	for _, row := range rows {
		if text := words(row); strings.Contains(text, "request approved") {
			approved = text
		}
	}
	want := "Mon 23 Nov 2026, 09:01:00 UTC Add member to role request approved (PIM activation) PIM Ben Okafor Ada Lindqvist Security Administrator success for the rollout"
	if approved != want {
		t.Errorf("row\n%s\nwant\n%s", approved, want)
	}
	if last := words(rows[len(rows)-1]); !strings.Contains(last, "09:00:00 UTC Add member to role requested") {
		t.Errorf("the last row is %s", last)
	}
}
