package graph_test

import (
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"hoist/internal/sim"
	"hoist/internal/sim/tenant"
	"hoist/internal/sim/token"
)

func (w *world) post(bearer, text string) answer {
	return w.do(bearer, http.MethodPost, requests, text)
}

// tokenWith is Ada's token with these claims on top.
func (w *world) tokenWith(change func(*token.Access)) string {
	return w.token(func(a *token.Access) {
		a.IDType, a.ObjectID, a.Scopes, a.Methods = "user", sim.AdaOID, rw, []string{"pwd", "mfa"}
		change(a)
	})
}

// What PIM refuses, one rule at a time.
func TestSubmit_refuses(t *testing.T) {
	const rules = "RoleAssignmentRequestPolicyValidationFailed"
	noMFA := func(a *token.Access) { a.Methods = []string{"pwd"} }
	unit := tenant.AdministrativeUnit{ID: sim.BranchOfficesUnit}.Scope()
	ua, auth := tenant.UserAdministrator, tenant.AuthenticationAdministrator

	tests := []struct {
		name   string
		claims func(*token.Access)
		body   string
		status int
		code   string
		rules  string
	}{
		{"somebody_else", nil, body(sim.BenOID, ua), 403, "UnauthorizedAccessException", ""},
		{"a_group_as_principal", nil, body(sim.SecurityApproversGroup, ua), 403, "UnauthorizedAccessException", ""},
		{"admin_actions", nil, body(sim.AdaOID, ua, with("action", "adminAssign")), 403, "UnauthorizedAccessException", ""},
		{"unknown_actions", nil, body(sim.AdaOID, ua, with("action", "selfDestruct")), 400, "InvalidRoleAssignmentRequest", ""},
		{"unknown_roles", nil, body(sim.AdaOID, "no-role"), 404, "RoleNotFound", ""},
		{"missing_scope", nil, body(sim.AdaOID, ua, with("directoryScopeId", "")), 400, "Request_BadRequest", ""},
		{"not_json", nil, "{", 400, "BadRequest", ""},
		{"another_scope_than_the_eligibility", nil, body(sim.AdaOID, ua, with("directoryScopeId", unit)), 400, "InvalidScope", ""},
		{"no_eligibility", nil, body(sim.AdaOID, tenant.GlobalAdministrator), 400, rules, `["EligibilityRule"]`},
		{"no_mfa", noMFA, body(sim.AdaOID, ua), 400, rules, `["MfaRule"]`},
		{"no_justification", nil, body(sim.AdaOID, ua, with("justification", " ")), 400, rules, `["JustificationRule"]`},
		{"no_ticket", nil, body(sim.AdaOID, auth, with("ticketInfo", nil)), 400, rules, `["TicketingRule"]`},
		{"too_long", nil, body(sim.AdaOID, ua, lasting("PT8H1M")), 400, rules, `["ExpirationRule"]`},
		{"no_expiration", nil, body(sim.AdaOID, ua, with("scheduleInfo", nil)), 400, rules, `["ExpirationRule"]`},
		{"never_ending", nil, body(sim.AdaOID, ua, with("scheduleInfo", map[string]any{"expiration": map[string]any{"type": "noExpiration"}})), 400, rules, `["ExpirationRule"]`},
		{"an_end_too_far_away", nil, body(sim.AdaOID, ua, with("scheduleInfo", map[string]any{"expiration": map[string]any{"type": "afterDateTime", "endDateTime": "2026-11-24T09:00:00Z"}})), 400, rules, `["ExpirationRule"]`},
		{"everything_at_once", noMFA, body(sim.AdaOID, auth, with("justification", ""), with("ticketInfo", nil), lasting("P1D")), 400, rules, `["ExpirationRule","MfaRule","JustificationRule","TicketingRule"]`},
		{"garbled_duration", nil, body(sim.AdaOID, ua, lasting("2h")), 400, "InvalidRoleAssignmentRequestSchedule", ""},
		{"unknown_expiration", nil, body(sim.AdaOID, ua, with("scheduleInfo", map[string]any{"expiration": map[string]any{"type": "someday"}})), 400, "Request_BadRequest", ""},
		{"under_five_minutes", nil, body(sim.AdaOID, ua, lasting("PT4M")), 400, "ActiveDurationTooShort", ""},
		{"an_end_in_the_past", nil, body(sim.AdaOID, ua, with("scheduleInfo", map[string]any{"expiration": map[string]any{"type": "afterDateTime", "endDateTime": "2026-11-23T08:00:00Z"}})), 400, "InvalidRoleAssignmentRequestSchedule", ""},
		{"validation_of_a_broken_rule", nil, body(sim.AdaOID, ua, with("isValidationOnly", true), with("justification", "")), 400, rules, `["JustificationRule"]`},
		{"stopping_what_does_not_run", nil, body(sim.AdaOID, ua, stopping), 400, "RoleAssignmentDoesNotExist", ""},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			w := newWorld(t)
			change := tt.claims
			if change == nil {
				change = func(*token.Access) {}
			}
			a := w.post(w.tokenWith(change), tt.body)
			if a.status != tt.status || a.code() != tt.code || !strings.HasSuffix(a.message(), tt.rules) {
				t.Errorf("POST = %d %s %q, want %d %s … %q", a.status, a.code(), a.message(), tt.status, tt.code, tt.rules)
			}
			if n := len(w.tenant.Requests()); n != 0 {
				t.Errorf("a refused request left %d behind", n)
			}
		})
	}
}

func TestSubmit_rule_sentences(t *testing.T) {
	w := newWorld(t)
	w.tenant.ChangeBehaviour(func(b *tenant.Behaviour) { b.RuleSentences = true })
	a := w.post(w.person(sim.AdaOID, rw), body(sim.AdaOID, tenant.UserAdministrator, with("justification", "")))
	if want := "The following policy rules failed: JustificationRule - Justification is required"; a.message() != want {
		t.Errorf("message = %q, want %q", a.message(), want)
	}
}

func TestSubmit_accepts(t *testing.T) {
	w := newWorld(t)
	a := w.post(w.person(sim.AdaOID, rw), body(sim.AdaOID, tenant.UserAdministrator))
	if a.status != 201 || a.text("status") != "Provisioned" || a.text("action") != "selfActivate" {
		t.Fatalf("POST = %d %v", a.status, a.body)
	}
	schedule := a.body["scheduleInfo"].(map[string]any)
	expiration := schedule["expiration"].(map[string]any)
	if schedule["startDateTime"] != "2026-11-23T09:00:00Z" || expiration["type"] != "afterDuration" || expiration["duration"] != "PT2H" || expiration["endDateTime"] != nil {
		t.Errorf("scheduleInfo = %v", schedule)
	}
	for _, name := range []string{"id", "createdDateTime", "completedDateTime", "targetScheduleId", "createdBy", "ticketInfo", "isValidationOnly"} {
		if a.body[name] == nil {
			t.Errorf("201 without %s", name)
		}
	}
	for _, name := range []string{"approvalId", "customData", "appScopeId"} {
		if v, there := a.body[name]; !there || v != nil {
			t.Errorf("%s = %v, want null", name, v)
		}
	}
}

func TestSubmit_past_start_means_now(t *testing.T) {
	w := newWorld(t)
	a := w.post(w.person(sim.AdaOID, rw), body(sim.AdaOID, tenant.UserAdministrator, startingAt(nine.Add(-time.Hour))))
	if got := a.body["scheduleInfo"].(map[string]any)["startDateTime"]; got != "2026-11-23T09:00:00Z" {
		t.Errorf("startDateTime = %v", got)
	}
}

func TestSubmit_scope_of_an_administrative_unit(t *testing.T) {
	w := newWorld(t)
	unit := tenant.AdministrativeUnit{ID: sim.BranchOfficesUnit}.Scope()
	ada := w.person(sim.AdaOID, rw)
	w.ok(w.post(ada, body(sim.AdaOID, tenant.HelpdeskAdministrator, with("directoryScopeId", unit))))
	if held := w.tenant.ActiveRoles(sim.AdaOID); len(held) != 0 {
		t.Errorf("wids must name tenant-wide roles only: %v", held)
	}
	w.ok(w.post(ada, body(sim.AdaOID, tenant.HelpdeskAdministrator)))
	if held := w.tenant.ActiveRoles(sim.AdaOID); len(held) != 1 {
		t.Errorf("roles = %v", held)
	}
}

// A token needs the context and cp1; one without the other is refused the same
// way.
func TestSubmit_authentication_context(t *testing.T) {
	w := newWorld(t)
	text := body(sim.AdaOID, tenant.ExchangeAdministrator)
	for name, change := range map[string]func(*token.Access){
		"neither":      func(*token.Access) {},
		"only_acrs":    func(a *token.Access) { a.Contexts = []string{"c1"} },
		"only_cp1":     func(a *token.Access) { a.Capabilities = []string{"cp1"} },
		"wrong_number": func(a *token.Access) { a.Contexts, a.Capabilities = []string{"c2"}, []string{"cp1"} },
	} {
		t.Run(name, func(t *testing.T) {
			a := w.post(w.tokenWith(change), text)
			want := "&claims=%7B%22access_token%22%3A%7B%22acrs%22%3A%7B%22essential%22%3Atrue%2C%20%22value%22%3A%22c1%22%7D%7D%7D"
			if a.status != 400 || a.code() != "RoleAssignmentRequestAcrsValidationFailed" || a.message() != want {
				t.Errorf("POST = %d %s %s", a.status, a.code(), a.message())
			}
			if _, err := url.ParseQuery(strings.TrimPrefix(a.message(), "&")); err != nil {
				t.Error(err)
			}
		})
	}
	both := func(a *token.Access) { a.Contexts, a.Capabilities = []string{"c1"}, []string{"cp1"} }
	w.ok(w.post(w.tokenWith(both), text))
}

func TestSubmit_context_without_a_policy_falls_back_to_mfa(t *testing.T) {
	w := newWorld(t)
	w.tenant.EnforceContext("c1", false)
	text := body(sim.AdaOID, tenant.ExchangeAdministrator)
	a := w.post(w.tokenWith(func(a *token.Access) { a.Methods = []string{"pwd"} }), text)
	if !strings.Contains(a.message(), "MfaRule") {
		t.Errorf("message = %q", a.message())
	}
	w.ok(w.post(w.person(sim.AdaOID, rw), text))
}

func TestSubmit_conflicts(t *testing.T) {
	w := newWorld(t)
	ada := w.person(sim.AdaOID, rw)
	ua, security := tenant.UserAdministrator, tenant.SecurityAdministrator
	w.ok(w.post(ada, body(sim.AdaOID, ua)))
	w.ok(w.post(ada, body(sim.AdaOID, security)))

	tests := []struct{ name, body, code string }{
		{"already_active", body(sim.AdaOID, ua), "RoleAssignmentExists"},
		{"active_now_and_again_later", body(sim.AdaOID, ua, startingAt(nine.Add(5*time.Hour))), "RoleAssignmentExists"},
		{"validation_sees_it_too", body(sim.AdaOID, ua, with("isValidationOnly", true)), "RoleAssignmentExists"},
		{"waiting_for_approval", body(sim.AdaOID, security), "PendingRoleAssignmentRequest"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			if a := w.post(ada, tt.body); a.status != 400 || a.code() != tt.code {
				t.Errorf("POST = %d %s, want %s", a.status, a.code(), tt.code)
			}
		})
	}
	w.clock.Advance(2 * time.Hour)
	w.ok(w.post(ada, body(sim.AdaOID, ua)))
}

func TestSubmit_permanent_assignment_exists(t *testing.T) {
	w := newWorld(t)
	if _, err := w.tenant.Assign(tenant.Assignment{PrincipalID: sim.AdaOID, RoleID: tenant.UserAdministrator}); err != nil {
		t.Fatal(err)
	}
	if a := w.post(w.person(sim.AdaOID, rw), body(sim.AdaOID, tenant.UserAdministrator)); a.code() != "RoleAssignmentExists" {
		t.Errorf("code = %s", a.code())
	}
}

func TestSubmit_validation_changes_nothing(t *testing.T) {
	w := newWorld(t)
	ada := w.person(sim.AdaOID, rw)
	for role, status := range map[string]string{tenant.UserAdministrator: "Granted", tenant.SecurityAdministrator: "PendingEvaluation"} {
		a := w.ok(w.post(ada, body(sim.AdaOID, role, with("isValidationOnly", true))))
		if a.text("status") != status || a.body["isValidationOnly"] != true {
			t.Errorf("%s: %v", role, a.body)
		}
	}
	if len(w.tenant.Requests())+len(w.tenant.Audit()) != 0 {
		t.Error("a validation left something behind")
	}
}

func TestSubmit_eligibility_through_a_group(t *testing.T) {
	w := newWorld(t)
	if _, err := w.tenant.AddEligibility(tenant.Eligibility{PrincipalID: sim.SecurityApproversGroup, RoleID: tenant.SecurityReader}); err != nil {
		t.Fatal(err)
	}
	w.ok(w.post(w.person(sim.BenOID, rw), body(sim.BenOID, tenant.SecurityReader)))
	app := w.app("RoleEligibilitySchedule.Read.Directory")
	list := pim + "roleEligibilityScheduleInstances"
	mine := w.ok(w.get(app, list+"?"+eq("principalId", sim.BenOID))).rows()
	if len(mine) != 1 || mine[0]["memberType"] != "Group" {
		t.Errorf("rows of the member = %v", mine)
	}
	for _, row := range w.ok(w.get(app, list)).rows() {
		if row["memberType"] != "Direct" {
			t.Errorf("the entire list shows the group, not its members: %v", row)
		}
	}
	w.tenant.ChangeBehaviour(func(b *tenant.Behaviour) { b.HideGroupRows = true })
	if rows := w.ok(w.get(app, list+"?"+eq("principalId", sim.BenOID))).rows(); len(rows) != 0 {
		t.Errorf("hidden rows = %v", rows)
	}
}

func TestSubmit_eligibility_that_ends_first(t *testing.T) {
	w := newWorld(t)
	e := tenant.Eligibility{PrincipalID: sim.DanaOID, RoleID: tenant.SecurityReader, End: nine.Add(time.Hour)}
	if _, err := w.tenant.AddEligibility(e); err != nil {
		t.Fatal(err)
	}
	dana := w.person(sim.DanaOID, rw)
	if a := w.post(dana, body(sim.DanaOID, tenant.SecurityReader)); a.code() != "InvalidRoleAssignmentRequestSchedule" {
		t.Errorf("code = %s", a.code())
	}
	w.clock.Advance(time.Hour)
	if a := w.post(dana, body(sim.DanaOID, tenant.SecurityReader)); !strings.Contains(a.message(), "EligibilityRule") {
		t.Errorf("message = %s", a.message())
	}
}
