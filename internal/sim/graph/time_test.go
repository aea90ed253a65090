package graph_test

import (
	"net/http"
	"testing"
	"time"

	"hoist/internal/sim"
	"hoist/internal/sim/tenant"
)

func (w *world) status(bearer, id string) string {
	w.Helper()
	return w.ok(w.get(bearer, requests+"/"+id)).text("status")
}

func (w *world) running(role string) bool {
	w.Helper()
	app := w.app("RoleAssignmentSchedule.Read.Directory")
	return len(w.ok(w.get(app, pim+"roleAssignmentScheduleInstances?"+eq("roleDefinitionId", role)+" and assignmentType eq 'Activated'")).rows()) > 0
}

func TestStatus_scheduled_start(t *testing.T) {
	w := newWorld(t)
	ada := w.person(sim.AdaOID, rw)
	ua := tenant.UserAdministrator
	a := w.ok(w.post(ada, body(sim.AdaOID, ua, startingAt(nine.Add(time.Hour)))))
	id := a.text("id")
	if a.text("status") != "Granted" || w.running(ua) {
		t.Fatalf("a scheduled request = %v", a.body)
	}
	schedules := pim + "roleAssignmentSchedules?" + eq("principalId", sim.AdaOID)
	if rows := w.ok(w.get(ada, schedules)).rows(); len(rows) != 1 || rows[0]["id"] != a.text("targetScheduleId") {
		t.Errorf("schedules show what begins later: %v", rows)
	}
	w.clock.Advance(time.Hour)
	if got := w.status(ada, id); got != "Provisioned" || !w.running(ua) {
		t.Errorf("at its start: %s", got)
	}
	w.clock.Advance(2 * time.Hour)
	if w.running(ua) {
		t.Error("it runs on past its end")
	}
	if got := w.status(ada, id); got != "Provisioned" {
		t.Errorf("a request keeps its status after the end: %s", got)
	}
}

func TestStatus_cancel_before_the_start(t *testing.T) {
	w := newWorld(t)
	ada := w.person(sim.AdaOID, rw)
	id := w.ok(w.post(ada, body(sim.AdaOID, tenant.UserAdministrator, startingAt(nine.Add(time.Hour))))).text("id")
	cancel := requests + "/" + id + "/cancel"
	if a := w.do(w.person(sim.ChiomaOID, rw), http.MethodPost, cancel, ""); a.status != 403 {
		t.Errorf("somebody else cancels: %d", a.status)
	}
	if a := w.do(ada, http.MethodPost, cancel, ""); a.status != 204 || a.body != nil {
		t.Errorf("cancel = %d %v", a.status, a.body)
	}
	if got := w.status(ada, id); got != "Canceled" {
		t.Errorf("status = %s", got)
	}
	w.clock.Advance(time.Hour)
	if w.running(tenant.UserAdministrator) {
		t.Error("a cancelled request began")
	}
	if a := w.do(ada, http.MethodPost, cancel, ""); a.status != 400 {
		t.Errorf("second cancel = %d", a.status)
	}
	if a := w.do(ada, http.MethodPost, requests+"/unknown/cancel", ""); a.status != 404 {
		t.Errorf("cancel of nothing = %d", a.status)
	}
}

func TestStatus_lags(t *testing.T) {
	w := newWorld(t, func(s *tenant.Seed) {
		s.Behaviour = tenant.Behaviour{InstanceLag: 20 * time.Second, RemovalLag: time.Minute, ProvisioningLag: 3 * time.Second}
	})
	ada, ua := w.person(sim.AdaOID, rw), tenant.UserAdministrator
	id := w.ok(w.post(ada, body(sim.AdaOID, ua))).text("id")
	steps := []struct {
		after   time.Duration
		status  string
		running bool
	}{
		{0, "PendingProvisioning", false},
		{3 * time.Second, "Provisioned", false},
		{19 * time.Second, "Provisioned", false},
		{time.Second, "Provisioned", true},
		{2*time.Hour - 23*time.Second, "Provisioned", true}, // over, and still listed
		{59 * time.Second, "Provisioned", true},
		{time.Second, "Provisioned", false},
	}
	for i, step := range steps {
		w.clock.Advance(step.after)
		if got, runs := w.status(ada, id), w.running(ua); got != step.status || runs != step.running {
			t.Errorf("step %d at %s: %s, listed %v", i, w.clock.Now().Format(time.TimeOnly), got, runs)
		}
	}
}

func TestDeactivate_over_time(t *testing.T) {
	w := newWorld(t, func(s *tenant.Seed) { s.Behaviour.DeactivationBlind = 30 * time.Second })
	ada, ua := w.person(sim.AdaOID, rw), tenant.UserAdministrator
	w.ok(w.post(ada, body(sim.AdaOID, ua)))
	stop := body(sim.AdaOID, ua, stopping)
	if a := w.post(ada, stop); a.code() != "RoleAssignmentDoesNotExist" {
		t.Errorf("in the first seconds: %s", a.code())
	}
	w.clock.Advance(30 * time.Second)
	if a := w.post(ada, stop); a.code() != "ActiveDurationTooShort" || a.message() != "The Active duration is too short. Miniumum Required is 5 minutes." {
		t.Errorf("before minute five: %s %s", a.code(), a.message())
	}
	w.clock.Advance(4*time.Minute + 30*time.Second)
	if a := w.post(ada, stop); a.status != 201 || a.text("status") != "Revoked" || a.text("action") != "selfDeactivate" {
		t.Errorf("at minute five: %d %v", a.status, a.body)
	}
	if w.running(ua) {
		t.Error("it still runs")
	}
	if a := w.post(ada, stop); a.code() != "RoleAssignmentDoesNotExist" {
		t.Errorf("twice: %s", a.code())
	}
	w.clock.Advance(12 * time.Second)
	w.ok(w.post(ada, body(sim.AdaOID, ua)))
}

func TestPortal_actions_show_on_the_wire(t *testing.T) {
	w := newWorld(t)
	ua := tenant.UserAdministrator
	if _, err := w.tenant.ActivateInPortal("ada@"+sim.Domain, ua, "/", time.Hour, "from the portal"); err != nil {
		t.Fatal(err)
	}
	if !w.running(ua) {
		t.Error("an activation in the portal is not listed")
	}
	if err := w.tenant.Revoke("ada@"+sim.Domain, ua, "/", sim.BenOID); err != nil {
		t.Fatal(err)
	}
	if w.running(ua) {
		t.Error("a revoked activation is listed")
	}
	if err := w.tenant.Revoke("ada@"+sim.Domain, ua, "/", sim.BenOID); err == nil {
		t.Error("revoked twice")
	}
}
