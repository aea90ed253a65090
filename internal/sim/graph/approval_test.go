package graph_test

import (
	"net/http"
	"testing"
	"time"

	"hoist/internal/sim"
	"hoist/internal/sim/tenant"
)

const approvals = "/beta/roleManagement/directory/roleAssignmentApprovals/"

// waiting is a world with Ada's request for Security Administrator in it.
func waiting(t *testing.T, change ...func(map[string]any)) (w *world, request answer, step string) {
	t.Helper()
	w = newWorld(t)
	request = w.ok(w.post(w.person(sim.AdaOID, rw), body(sim.AdaOID, tenant.SecurityAdministrator, change...)))
	steps := w.ok(w.get(w.person(sim.BenOID, rw), approvals+request.text("id")+"/steps")).rows()
	if len(steps) != 1 {
		t.Fatalf("steps = %v", steps)
	}
	return w, request, steps[0]["id"].(string)
}

func (w *world) decide(oid, id, step, result, why string) answer {
	w.Helper()
	return w.do(w.person(oid, rw), http.MethodPatch, approvals+id+"/steps/"+step, `{"reviewResult":"`+result+`","justification":"`+why+`"}`)
}

func TestApproval_pending(t *testing.T) {
	w, r, step := waiting(t)
	if r.text("status") != "PendingApproval" || r.text("approvalId") != r.text("id") || r.body["completedDateTime"] == nil {
		t.Errorf("request = %v", r.body)
	}
	if start := r.body["scheduleInfo"].(map[string]any)["startDateTime"]; start != nil {
		t.Errorf("startDateTime while pending = %v", start)
	}
	if w.running(tenant.SecurityAdministrator) {
		t.Error("it runs before anybody approved")
	}
	a := w.ok(w.get(w.person(sim.ChiomaOID, rw), approvals+r.text("id")))
	s := a.body["steps"].([]any)[0].(map[string]any)
	if s["id"] != step || s["status"] != "InProgress" || s["reviewResult"] != "NotReviewed" || s["assignedToMe"] != true || s["reviewedBy"] != nil {
		t.Errorf("step = %v", s)
	}
}

func TestApproval_approve(t *testing.T) {
	w, r, step := waiting(t)
	id := r.text("id")
	w.clock.Advance(30 * time.Minute)
	if a := w.decide(sim.ChiomaOID, id, step, "Approve", "go on"); a.status != 204 || a.body != nil {
		t.Fatalf("PATCH = %d %v", a.status, a.body)
	}
	got := w.ok(w.get(w.person(sim.AdaOID, rw), requests+"/"+id))
	if got.text("status") != "Provisioned" || got.body["scheduleInfo"].(map[string]any)["startDateTime"] != "2026-11-23T09:30:00Z" {
		t.Errorf("the clock begins at the approval: %v", got.body)
	}
	if !w.running(tenant.SecurityAdministrator) {
		t.Error("it does not run")
	}
	s := w.ok(w.get(w.person(sim.BenOID, rw), approvals+id+"/steps/"+step)).body
	by, _ := s["reviewedBy"].(map[string]any)
	if s["status"] != "Completed" || s["reviewResult"] != "Approve" || s["justification"] != "go on" || by["id"] != sim.ChiomaOID {
		t.Errorf("step for the other approver = %v", s)
	}
	if a := w.decide(sim.BenOID, id, step, "Deny", "no"); a.status != 409 {
		t.Errorf("second decision = %d", a.status)
	}
	if a := w.decide(sim.ChiomaOID, id, step, "Approve", "again"); a.status != 409 {
		t.Errorf("same decision again = %d", a.status)
	}
}

func TestApproval_deny(t *testing.T) {
	w, r, step := waiting(t)
	if a := w.decide(sim.BenOID, r.text("id"), step, "Deny", "not today"); a.status != 204 {
		t.Fatalf("PATCH = %d %v", a.status, a.body)
	}
	if got := w.status(w.person(sim.AdaOID, rw), r.text("id")); got != "Denied" || w.running(tenant.SecurityAdministrator) {
		t.Errorf("status = %s", got)
	}
	w.ok(w.post(w.person(sim.AdaOID, rw), body(sim.AdaOID, tenant.SecurityAdministrator)))
}

func TestApproval_refuses(t *testing.T) {
	tests := []struct {
		name, who, step, result, why string
		status                       int
	}{
		{"the_requester", sim.AdaOID, "", "Approve", "me", 403},
		{"somebody_who_is_no_approver", sim.DanaOID, "", "Approve", "hm", 403},
		{"an_unknown_step", sim.BenOID, "nothing", "Approve", "ok", 404},
		{"no_reason", sim.BenOID, "", "Approve", "", 400},
		{"an_unknown_result", sim.BenOID, "", "Maybe", "ok", 400},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			w, r, step := waiting(t)
			if tt.step != "" {
				step = tt.step
			}
			if a := w.decide(tt.who, r.text("id"), step, tt.result, tt.why); a.status != tt.status {
				t.Errorf("PATCH = %d %s", a.status, a.code())
			}
			if got := w.status(w.person(sim.AdaOID, rw), r.text("id")); got != "PendingApproval" {
				t.Errorf("status = %s", got)
			}
		})
	}
}

func TestApproval_requester_in_the_group_cannot_decide(t *testing.T) {
	w, r, step := waiting(t)
	if err := w.tenant.SetMembers(sim.SecurityApproversGroup, sim.AdaOID, sim.BenOID); err != nil {
		t.Fatal(err)
	}
	if a := w.decide(sim.AdaOID, r.text("id"), step, "Approve", "me"); a.status != 403 {
		t.Errorf("self-approval = %d", a.status)
	}
}

func TestApproval_lapses_after_a_day(t *testing.T) {
	w, r, step := waiting(t)
	ada := w.person(sim.AdaOID, rw)
	w.clock.Advance(24*time.Hour - time.Second)
	if got := w.status(w.person(sim.AdaOID, rw), r.text("id")); got != "PendingApproval" {
		t.Errorf("a second before: %s", got)
	}
	w.clock.Advance(time.Second)
	if a := w.get(ada, requests); a.status != 401 {
		t.Errorf("a day-old token: %d", a.status)
	}
	if got := w.status(w.person(sim.AdaOID, rw), r.text("id")); got != "TimedOut" {
		t.Errorf("after a day: %s", got)
	}
	if a := w.decide(sim.BenOID, r.text("id"), step, "Approve", "late"); a.status != 400 {
		t.Errorf("late decision = %d", a.status)
	}
}

func TestApproval_cancel_while_pending(t *testing.T) {
	w, r, step := waiting(t)
	cancel := requests + "/" + r.text("id") + "/cancel"
	w.tenant.ChangeBehaviour(func(b *tenant.Behaviour) { b.RefuseCancelPending = true })
	if a := w.do(w.person(sim.AdaOID, rw), http.MethodPost, cancel, ""); a.status != 400 {
		t.Errorf("where only the portal may: %d", a.status)
	}
	if err := w.tenant.CancelInPortal(r.text("id"), sim.AdaOID); err != nil {
		t.Fatal(err)
	}
	if a := w.decide(sim.BenOID, r.text("id"), step, "Approve", "late"); a.status != 400 {
		t.Errorf("decision on a cancelled request = %d", a.status)
	}
}

func TestApproval_later_start_is_kept(t *testing.T) {
	later := nine.Add(3 * time.Hour)
	w, r, step := waiting(t, startingAt(later))
	if a := w.decide(sim.BenOID, r.text("id"), step, "Approve", "fine"); a.status != 204 {
		t.Fatalf("PATCH = %d %v", a.status, a.body)
	}
	if got := w.status(w.person(sim.AdaOID, rw), r.text("id")); got != "Granted" {
		t.Errorf("status = %s", got)
	}
	w.clock.Advance(3 * time.Hour)
	if !w.running(tenant.SecurityAdministrator) {
		t.Error("it did not begin")
	}
}

func TestApproval_defaults_to_active_administrators(t *testing.T) {
	w := newWorld(t)
	err := w.tenant.ChangePolicy(tenant.UserAdministrator, func(p *tenant.Policy) { p.Approval.Required = true })
	if err != nil {
		t.Fatal(err)
	}
	w.ok(w.post(w.person(sim.AdaOID, rw), body(sim.AdaOID, tenant.UserAdministrator)))
	asApprover := requests + "/filterByCurrentUser(on='approver')?" + eq("status", "PendingApproval")
	if rows := w.ok(w.get(w.person(sim.BenOID, rw), asApprover)).rows(); len(rows) != 1 {
		t.Errorf("for the Privileged Role Administrator: %v", rows)
	}
	if rows := w.ok(w.get(w.person(sim.ChiomaOID, rw), asApprover)).rows(); len(rows) != 0 {
		t.Errorf("for somebody else: %v", rows)
	}
}
