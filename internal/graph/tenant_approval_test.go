package graph_test

import (
	"context"
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"hoist/internal/pim"
	"hoist/internal/sim"
	"hoist/internal/sim/fault"
	"hoist/internal/sim/tenant"
	"hoist/internal/sim/token"
)

const (
	approvalPath = "/beta/roleManagement/directory/roleAssignmentApprovals/*"
	stepPath     = approvalPath + "/steps/*"
)

var (
	benWho    = person(sim.BenOID, "Ben Okafor", "ben")
	chiomaWho = person(sim.ChiomaOID, "Chioma Reyes", "chioma")
	danaWho   = person(sim.DanaOID, "Dana Petrov", "dana")
	yes       = pim.Decision{Approved: true, Reason: "go on"}
	no        = pim.Decision{Reason: "not today"}
)

func person(oid, name, nickname string) pim.Principal {
	return pim.Principal{PrincipalKey: pim.NewPrincipalKey(sim.TenantID, oid), Name: name, UPN: nickname + "@" + sim.Domain}
}

// as is what a sign-in of somebody leaves now.
func (w *world) as(oid string) pim.Session {
	s := w.session(func(a *token.Access) { a.ObjectID = oid })
	s.Principal = pim.Principal{PrincipalKey: pim.NewPrincipalKey(sim.TenantID, oid)}
	return s
}

// ask lets Ada ask for the role that Ben and Chioma decide about.
func (w *world) ask() (pim.Eligibility, pim.Activation) {
	w.t.Helper()
	e := w.eligibility("Security Administrator", "")
	a, err := w.client.Activate(w.t.Context(), w.session(), order(e))
	if err != nil || a.Status != "PendingApproval" {
		w.t.Fatalf("activation = %+v, %v", a, err)
	}
	return e, a
}

func (w *world) get(oid, id string) pim.Approval {
	w.t.Helper()
	a, err := w.client.Approvals().Get(w.t.Context(), w.as(oid), id)
	if err != nil {
		w.t.Fatal(err)
	}
	return a
}

func (w *world) decide(oid string, a pim.Approval, d pim.Decision) error {
	return w.client.Approvals().Decide(w.t.Context(), w.as(oid), a, d)
}

func TestTenant_approve(t *testing.T) {
	w := newWorld(t)
	e, asked := w.ask()
	seen := w.get(sim.BenOID, asked.RequestID)
	want := pim.Approval{
		RequestID: asked.RequestID, StepID: seen.StepID, Status: "PendingApproval", Principal: ada, TargetID: e.Target.ID, ScopeID: "/",
		Duration: 2 * time.Hour, Justification: "password reset (Hoist H-7K3F9QX)", AssignedToMe: true,
	}
	if diff := cmp.Diff(want, seen); diff != "" || seen.StepID == "" {
		t.Fatalf("(-want +got):\n%s", diff)
	}

	w.clock.Advance(30 * time.Minute)
	if err := w.decide(sim.ChiomaOID, w.get(sim.ChiomaOID, asked.RequestID), yes); err != nil {
		t.Fatal(err)
	}
	after := w.get(sim.BenOID, asked.RequestID)
	decided := pim.Decision{By: "Chioma Reyes", Approved: true, Reason: "go on", At: nine.Add(30 * time.Minute)}
	if after.Status != "Provisioned" || after.StepID != "" || after.Decided != decided {
		t.Errorf("approval = %+v", after)
	}
	snapshot, err := w.client.Assignments(t.Context())
	if err != nil || len(snapshot.Assignments) != 1 || !snapshot.Assignments[0].Start.Equal(nine.Add(30*time.Minute)) {
		t.Errorf("snapshot = %+v, %v", snapshot, err)
	}

	// Ben saw it open and presses Deny.
	err = w.decide(sim.BenOID, seen, no)
	if e := wantKind(t, err, pim.KindDecided); e.Message != "approved by Chioma Reyes" {
		t.Errorf("message = %q, want it to tell who was faster", e.Message)
	}
	if n := w.Graph.Count(http.MethodPatch, ""); n != 2 {
		t.Errorf("%d decisions were sent, want two", n)
	}
}

func TestTenant_deny(t *testing.T) {
	w := newWorld(t)
	e, asked := w.ask()
	if err := w.decide(sim.BenOID, w.get(sim.BenOID, asked.RequestID), no); err != nil {
		t.Fatal(err)
	}
	own, err := w.client.Own(t.Context(), w.session(), e.Triple())
	if err != nil || len(own) != 1 || own[0].Status != "Denied" {
		t.Errorf("own = %+v, %v", own, err)
	}
	if got := w.get(sim.ChiomaOID, asked.RequestID).Decided; got != (pim.Decision{By: "Ben Okafor", Reason: "not today", At: nine}) {
		t.Errorf("decided = %+v", got)
	}
}

func TestTenant_who_may_not_decide(t *testing.T) {
	w := newWorld(t)
	if err := w.Tenant.SetMembers(sim.SecurityApproversGroup, sim.BenOID, sim.AdaOID); err != nil {
		t.Fatal(err)
	}
	_, asked := w.ask()
	seen := w.get(sim.BenOID, asked.RequestID)
	for name, oid := range map[string]string{"the_requester_though_in_the_group": sim.AdaOID, "somebody_else": sim.DanaOID} {
		t.Run(name, func(t *testing.T) {
			_, err := w.client.Approvals().Get(t.Context(), w.as(oid), asked.RequestID)
			wantKind(t, err, pim.KindForbidden)
			// Whose it is is left out, so that it is Graph who refuses.
			wantKind(t, w.decide(oid, pim.Approval{RequestID: seen.RequestID, StepID: seen.StepID}, yes), pim.KindForbidden)
		})
	}
	if n := w.Graph.Count(http.MethodPatch, ""); n != 2 {
		t.Errorf("%d decisions were sent, want two", n)
	}
	wantKind(t, w.decide(sim.AdaOID, seen, yes), pim.KindForbidden)
	if n := w.Graph.Count(http.MethodPatch, ""); n != 2 {
		t.Error("Ada's decision on her own request was sent")
	}
	_, err := w.client.Approvals().Get(t.Context(), w.as(sim.BenOID), "no-such-request")
	wantKind(t, err, pim.KindNotFound)

	narrow := w.as(sim.BenOID)
	narrow.Token = w.sign(token.Access{IDType: "user", ObjectID: sim.BenOID, Scopes: "openid profile"})
	_, err = w.client.Approvals().Get(t.Context(), narrow, asked.RequestID)
	wantKind(t, err, pim.KindConsentMissing)
}

func TestTenant_a_reason_that_PIM_misses(t *testing.T) {
	w := newWorld(t)
	_, asked := w.ask()
	seen := w.get(sim.BenOID, asked.RequestID)
	err := w.decide(sim.BenOID, seen, pim.Decision{Approved: true})
	if e := wantKind(t, err, pim.KindBadRequest); !strings.Contains(e.Message, "Justification is required") {
		t.Errorf("message = %q", e.Message)
	}
	if got := w.get(sim.BenOID, asked.RequestID); got.StepID != seen.StepID {
		t.Errorf("approval = %+v, want it open still", got)
	}
}

func TestTenant_nobody_decides_for_a_day(t *testing.T) {
	w := newWorld(t)
	_, asked := w.ask()
	seen := w.get(sim.BenOID, asked.RequestID)
	w.clock.Advance(24*time.Hour - time.Second)
	if got := w.get(sim.BenOID, asked.RequestID); got.StepID == "" || got.Status != "PendingApproval" {
		t.Errorf("a second before: %+v", got)
	}
	w.clock.Advance(time.Second)
	if got := w.get(sim.BenOID, asked.RequestID); got.StepID != "" || got.Status != "TimedOut" || got.Decided != (pim.Decision{}) {
		t.Errorf("after a day: %+v", got)
	}
	err := w.decide(sim.BenOID, seen, yes)
	if e := wantKind(t, err, pim.KindBadRequest); !strings.Contains(e.Message, "the request is TimedOut") {
		t.Errorf("message = %q", e.Message)
	}
}

func TestTenant_decision_whose_answer_was_lost(t *testing.T) {
	tests := map[string]struct {
		effect fault.Effect
		taken  bool
	}{
		"reset_after":  {fault.ResetAfter(), true},
		"reset_before": {fault.ResetBefore(), false},
		"bad_gateway":  {fault.BadGatewayPage(), false},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			w := newWorld(t)
			_, asked := w.ask()
			seen := w.get(sim.BenOID, asked.RequestID)
			w.Faults.Add(fault.Rule{Method: http.MethodPatch, Path: stepPath, Times: 9, Effect: tt.effect})
			wantKind(t, w.decide(sim.BenOID, seen, yes), pim.KindUnanswered)
			if n := w.Graph.Count(http.MethodPatch, ""); n != 1 {
				t.Errorf("%d decisions were sent, want one", n)
			}
			if got := w.get(sim.BenOID, asked.RequestID); (got.Decided.By == "Ben Okafor") != tt.taken {
				t.Errorf("approval = %+v", got)
			}
		})
	}
	t.Run("throttled", func(t *testing.T) {
		w := newWorld(t)
		_, asked := w.ask()
		seen := w.get(sim.BenOID, asked.RequestID)
		w.Faults.Add(fault.Rule{Method: http.MethodPatch, Path: stepPath, Effect: fault.Throttle(20 * time.Second)})
		if e := wantKind(t, w.decide(sim.BenOID, seen, yes), pim.KindThrottled); e.RetryAfter != 20*time.Second {
			t.Errorf("retry after %v", e.RetryAfter)
		}
	})
}

func TestTenant_where_approvals_left_beta(t *testing.T) {
	w := newWorld(t)
	_, asked := w.ask()
	seen := w.get(sim.BenOID, asked.RequestID)
	gone := func(rw http.ResponseWriter, _ *http.Request, _ http.Handler) { http.Error(rw, "{}", http.StatusGone) }
	w.Faults.Add(fault.Rule{Path: approvalPath, Times: 9, Effect: gone})
	w.Faults.Add(fault.Rule{Path: stepPath, Times: 9, Effect: gone})
	_, err := w.client.Approvals().Get(t.Context(), w.as(sim.BenOID), asked.RequestID)
	if e := wantKind(t, err, pim.KindUnavailable); !strings.Contains(e.Message, "beta endpoint for approvals refuses") {
		t.Errorf("message = %q", e.Message)
	}
	if e := wantKind(t, w.decide(sim.BenOID, seen, yes), pim.KindUnavailable); !strings.Contains(e.Message, "beta endpoint for approvals refuses") {
		t.Errorf("message = %q", e.Message)
	}
}

func TestTenant_request_that_cannot_be_read_by_its_id(t *testing.T) {
	w := newWorld(t)
	_, asked := w.ask()
	w.Faults.Add(fault.Rule{Method: http.MethodGet, Path: requestsPath + "/" + asked.RequestID, Times: 9, Effect: func(rw http.ResponseWriter, _ *http.Request, _ http.Handler) {
		http.Error(rw, `{"error":{"code":"InsufficientPermissions"}}`, http.StatusForbidden)
	}})
	if got := w.get(sim.BenOID, asked.RequestID); got.StepID == "" || got.Principal != ada {
		t.Errorf("approval = %+v", got)
	}
	if err := w.Tenant.DecideInPortal(asked.RequestID, sim.ChiomaOID, tenant.Deny, "no"); err != nil {
		t.Fatal(err)
	}
	if got := w.get(sim.BenOID, asked.RequestID); got.Status != "Denied" || got.Decided.By != "Chioma Reyes" {
		t.Errorf("approval = %+v", got)
	}
}

func TestTenant_cancel(t *testing.T) {
	cancel := func(w *world, oid, id string) error { return w.client.Cancel(w.t.Context(), w.as(oid), id) }
	t.Run("scheduled", func(t *testing.T) {
		w := newWorld(t)
		o := order(w.eligibility("User Administrator", ""))
		o.Start = nine.Add(3 * time.Hour)
		a, err := w.client.Activate(t.Context(), w.session(), o)
		if err != nil {
			t.Fatal(err)
		}
		wantKind(t, cancel(w, sim.DanaOID, a.RequestID), pim.KindForbidden)
		if err := cancel(w, sim.AdaOID, a.RequestID); err != nil {
			t.Fatal(err)
		}
		w.clock.Advance(4 * time.Hour)
		if r, _ := w.Tenant.Request(a.RequestID); r.Status != "Canceled" {
			t.Errorf("status = %s", r.Status)
		}
		wantKind(t, cancel(w, sim.AdaOID, a.RequestID), pim.KindBadRequest)
		wantKind(t, cancel(w, sim.AdaOID, "no-such-request"), pim.KindNotFound)
	})
	t.Run("waiting", func(t *testing.T) {
		w := newWorld(t)
		_, asked := w.ask()
		seen := w.get(sim.BenOID, asked.RequestID)
		w.Tenant.ChangeBehaviour(func(b *tenant.Behaviour) { b.RefuseCancelPending = true })
		wantKind(t, cancel(w, sim.AdaOID, asked.RequestID), pim.KindBadRequest)
		w.Tenant.ChangeBehaviour(func(b *tenant.Behaviour) { b.RefuseCancelPending = false })
		if err := cancel(w, sim.AdaOID, asked.RequestID); err != nil {
			t.Fatal(err)
		}
		err := w.decide(sim.BenOID, seen, yes)
		if e := wantKind(t, err, pim.KindBadRequest); !strings.Contains(e.Message, "the request is Canceled") {
			t.Errorf("message = %q", e.Message)
		}
	})
	t.Run("active", func(t *testing.T) {
		w := newWorld(t)
		a, err := w.client.Activate(t.Context(), w.session(), order(w.eligibility("User Administrator", "")))
		if err != nil {
			t.Fatal(err)
		}
		wantKind(t, cancel(w, sim.AdaOID, a.RequestID), pim.KindBadRequest)
	})
}

func TestTenant_deactivate(t *testing.T) {
	w := newWorld(t)
	o := order(w.eligibility("User Administrator", ""))
	stop := func() (pim.Activation, error) { return w.client.Deactivate(t.Context(), w.session(), o) }
	_, err := stop()
	wantKind(t, err, pim.KindNotActive)
	started, err := w.client.Activate(t.Context(), w.session(), o)
	if err != nil {
		t.Fatal(err)
	}
	w.clock.Advance(4 * time.Minute)
	_, err = stop()
	wantKind(t, err, pim.KindTooYoung)
	w.clock.Advance(2 * time.Minute)
	got, err := stop()
	if err != nil {
		t.Fatal(err)
	}
	want := pim.Activation{
		RequestID: got.RequestID, ScheduleID: started.ScheduleID, Status: "Revoked", Submitted: nine.Add(6 * time.Minute), CorrelationID: got.CorrelationID,
	}
	if diff := cmp.Diff(want, got); diff != "" || got.RequestID == "" || got.RequestID == started.RequestID {
		t.Errorf("(-want +got):\n%s", diff)
	}
	if s, err := w.client.Assignments(t.Context()); err != nil || len(s.Assignments) != 0 {
		t.Errorf("snapshot = %+v, %v", s, err)
	}
	_, err = stop()
	wantKind(t, err, pim.KindNotActive)

	again, err := w.client.Activate(t.Context(), w.session(), o)
	if err != nil {
		t.Fatal(err)
	}
	own, err := w.client.Own(t.Context(), w.session(), pim.Triple{Principal: ada, TargetID: o.Target.ID, ScopeID: "/"})
	if err != nil || len(own) != 2 || own[0].RequestID != again.RequestID {
		t.Errorf("own = %+v, %v; want the two activations and no deactivation", own, err)
	}
}

func TestTenant_approvers_in_groups(t *testing.T) {
	const inner = "60000000-0000-4000-8000-0000000005a2"
	w := newWorld(t, func(o *sim.Options) {
		seed := sim.DefaultSeed()
		seed.Groups[0].Members = []string{sim.BenOID, inner}
		seed.Groups = append(seed.Groups, tenant.Group{ID: inner, Name: "Inner", Members: []string{sim.ChiomaOID, sim.DanaOID, sim.SecurityApproversGroup}})
		o.Seed, o.PageSize = seed, 1
	})
	if err := w.Tenant.SetEnabled(sim.DanaOID, false); err != nil {
		t.Fatal(err)
	}
	got := w.approvers("Security Administrator")
	if diff := cmp.Diff([]pim.Principal{benWho, chiomaWho}, got); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

// approvers asks who decides about a role of Ada's.
func (w *world) approvers(role string) []pim.Principal {
	w.t.Helper()
	e := w.eligibility(role, "")
	p, err := w.client.Policy(w.t.Context(), e.Target, e.Scope)
	if err != nil {
		w.t.Fatal(err)
	}
	got, err := w.client.Approvers(w.t.Context(), e.Target, p)
	if err != nil {
		w.t.Fatal(err)
	}
	return got
}

func TestTenant_approvers_by_name(t *testing.T) {
	named := func(p *tenant.Policy) {
		p.Approval = tenant.ApprovalPolicy{Required: true, Users: []string{sim.BenOID, sim.DanaOID}, Groups: []string{sim.SecurityApproversGroup}}
	}
	world := func(t *testing.T) *world {
		w := newWorld(t)
		if err := w.Tenant.ChangePolicy(tenant.UserAdministrator, named); err != nil {
			t.Fatal(err)
		}
		if err := w.Tenant.SetEnabled(sim.DanaOID, false); err != nil {
			t.Fatal(err)
		}
		return w
	}
	t.Run("where_accounts_may_be_read", func(t *testing.T) {
		w := world(t)
		w.grant(func(roles []string) []string { return append(roles, "User.Read.All") })
		if diff := cmp.Diff([]pim.Principal{benWho, chiomaWho}, w.approvers("User Administrator")); diff != "" {
			t.Errorf("(-want +got):\n%s", diff)
		}
	})
	t.Run("where_names_may_be_read", func(t *testing.T) {
		w := world(t)
		if diff := cmp.Diff([]pim.Principal{benWho, danaWho, chiomaWho}, w.approvers("User Administrator")); diff != "" {
			t.Errorf("(-want +got):\n%s", diff)
		}
	})
	t.Run("where_groups_may_not_be_read", func(t *testing.T) {
		w := world(t)
		w.grant(func(roles []string) []string {
			return slices.DeleteFunc(roles, func(r string) bool { return r == "GroupMember.Read.All" })
		})
		e := w.eligibility("User Administrator", "")
		p, err := w.client.Policy(t.Context(), e.Target, e.Scope)
		if err != nil {
			t.Fatal(err)
		}
		_, err = w.client.Approvers(t.Context(), e.Target, p)
		wantKind(t, err, pim.KindForbidden)
	})
}

func TestTenant_approvers_by_default(t *testing.T) {
	w := newWorld(t)
	err := w.Tenant.ChangePolicy(tenant.UserAdministrator, func(p *tenant.Policy) { p.Approval.Required = true })
	if err != nil {
		t.Fatal(err)
	}
	unit := tenant.AdministrativeUnit{ID: sim.BranchOfficesUnit}.Scope()
	for _, a := range []tenant.Assignment{
		{PrincipalID: sim.ChiomaOID, RoleID: tenant.GlobalAdministrator, Type: tenant.Activated, End: nine.Add(time.Hour)},
		{PrincipalID: sim.AdaAdminOID, RoleID: tenant.PrivilegedRoleAdministrator, Scope: unit},
		{PrincipalID: sim.AdaOID, RoleID: tenant.GlobalReader},
	} {
		if _, err := w.Tenant.Assign(a); err != nil {
			t.Fatal(err)
		}
	}
	if diff := cmp.Diff([]pim.Principal{benWho, chiomaWho}, w.approvers("User Administrator")); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
	asked, err := w.client.Activate(t.Context(), w.session(), order(w.eligibility("User Administrator", "")))
	if err != nil {
		t.Fatal(err)
	}
	if got := w.get(sim.ChiomaOID, asked.RequestID); !got.AssignedToMe {
		t.Errorf("approval = %+v; whom we name, PIM takes", got)
	}

	w.clock.Advance(time.Hour) // Chioma's activation is over, and so is the cache's life
	if diff := cmp.Diff([]pim.Principal{benWho}, w.approvers("User Administrator")); diff != "" {
		t.Errorf("an hour later (-want +got):\n%s", diff)
	}
	if err := w.Tenant.SetMembers(sim.SecurityApproversGroup, sim.DanaOID, sim.BenOID); err != nil {
		t.Fatal(err)
	}
	if _, err := w.Tenant.Assign(tenant.Assignment{PrincipalID: sim.SecurityApproversGroup, RoleID: tenant.GlobalAdministrator}); err != nil {
		t.Fatal(err)
	}
	w.clock.Advance(5 * time.Minute)
	if diff := cmp.Diff([]pim.Principal{benWho, danaWho}, w.approvers("User Administrator")); diff != "" {
		t.Errorf("through a group (-want +got):\n%s", diff)
	}
}

func TestTenant_trail(t *testing.T) {
	w := newWorld(t)
	at := func(minutes int) time.Time { return nine.Add(time.Duration(minutes) * time.Minute) }
	clockTo := func(to time.Time) { w.clock.Advance(to.Sub(w.clock.Now())) }
	do := func(err error) {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
	}
	// 9:00 asked, 9:10 approved, 9:20 stopped.
	e, approved := w.ask()
	clockTo(at(10))
	do(w.decide(sim.BenOID, w.get(sim.BenOID, approved.RequestID), yes))
	clockTo(at(20))
	stopped, err := w.client.Deactivate(t.Context(), w.session(), order(e))
	do(err)
	// 9:30 asked and 9:40 denied; 9:50 asked and 10:00 withdrawn.
	clockTo(at(30))
	_, denied := w.ask()
	clockTo(at(40))
	do(w.decide(sim.ChiomaOID, w.get(sim.ChiomaOID, denied.RequestID), no))
	clockTo(at(50))
	_, canceled := w.ask()
	clockTo(at(60))
	do(w.client.Cancel(t.Context(), w.session(), canceled.RequestID))
	// 10:10 asked, and nobody decides; meanwhile a role for two hours, and one
	// that an administrator takes away.
	clockTo(at(70))
	_, lapsed := w.ask()
	user, help := w.eligibility("User Administrator", ""), w.eligibility("Helpdesk Administrator", sim.BranchOfficesUnit)
	expired, err := w.client.Activate(t.Context(), w.session(), order(user))
	do(err)
	revoked, err := w.client.Activate(t.Context(), w.session(), order(help))
	do(err)
	clockTo(at(80))
	do(w.Tenant.Revoke(sim.AdaOID, help.Target.ID, help.Scope.ID, sim.BenOID))
	clockTo(at(70 + 24*60 + 1))

	got, err := w.client.Since(t.Context(), nine)
	do(err)
	asked := order(e).Justification
	adaWho := person(sim.AdaOID, "Ada Lindqvist", "ada")
	row := func(minute int, happened pim.TrailEvent, id string, e pim.Eligibility, by pim.Principal, reason string) pim.TrailEntry {
		return pim.TrailEntry{
			At: at(minute), Happened: happened, RequestID: id, Principal: ada, TargetID: e.Target.ID, ScopeID: e.Scope.ID, By: by, Reason: reason,
		}
	}
	want := []pim.TrailEntry{
		row(10, pim.TrailApproved, approved.RequestID, e, benWho, "go on"),
		row(10, pim.TrailActivated, approved.RequestID, e, adaWho, asked),
		row(20, pim.TrailDeactivated, stopped.RequestID, e, adaWho, asked),
		row(40, pim.TrailDenied, denied.RequestID, e, chiomaWho, "not today"),
		row(60, pim.TrailCanceled, canceled.RequestID, e, adaWho, asked),
		row(70, pim.TrailActivated, expired.RequestID, user, adaWho, asked),
		row(70, pim.TrailActivated, revoked.RequestID, help, adaWho, asked),
		row(80, pim.TrailDeactivated, "", help, benWho, ""),
		row(70+2*60, pim.TrailExpired, expired.RequestID, user, pim.Principal{}, asked),
		row(70+24*60, pim.TrailLapsed, lapsed.RequestID, e, pim.Principal{}, asked),
	}
	ids := map[string]bool{}
	for i := range got {
		ids[got[i].ID] = true
		if got[i].ID = ""; i < len(want) && want[i].RequestID == "" {
			got[i].RequestID = "" // the administrator's, which only PIM knows
		}
	}
	if diff := cmp.Diff(want, got); diff != "" || len(ids) != len(want) || ids[""] {
		t.Errorf("%d ids (-want +got):\n%s", len(ids), diff)
	}

	later, err := w.client.Since(t.Context(), at(60))
	if err != nil || len(later) != 6 || later[0].Happened != pim.TrailCanceled {
		t.Errorf("from 10:00 on: %+v, %v", later, err)
	}
}

func TestTenant_trail_is_late_and_throttled(t *testing.T) {
	w := newWorld(t)
	w.Tenant.ChangeBehaviour(func(b *tenant.Behaviour) { b.AuditLag, b.AuditLimit = 5*time.Minute, 2 })
	if _, err := w.client.Activate(t.Context(), w.session(), order(w.eligibility("User Administrator", ""))); err != nil {
		t.Fatal(err)
	}
	if got, err := w.client.Since(t.Context(), nine); err != nil || len(got) != 0 {
		t.Errorf("at once: %+v, %v", got, err)
	}
	w.clock.Advance(5 * time.Minute)
	if got, err := w.client.Since(t.Context(), nine); err != nil || len(got) != 1 || got[0].Happened != pim.TrailActivated {
		t.Errorf("five minutes later: %+v, %v", got, err)
	}
	if _, err := w.client.Since(t.Context(), nine); err != nil {
		t.Errorf("second look: %v", err)
	}
	ctx, stop := context.WithTimeout(t.Context(), time.Second) // less than it is told to wait
	defer stop()
	_, err := w.client.Since(ctx, nine)
	if e := wantKind(t, err, pim.KindThrottled); e.RetryAfter != 10*time.Second {
		t.Errorf("retry after %v", e.RetryAfter)
	}
	w.clock.Advance(10 * time.Second)
	w.grant(func(roles []string) []string {
		return slices.DeleteFunc(roles, func(r string) bool { return r == "AuditLog.Read.All" })
	})
	_, err = w.client.Since(t.Context(), nine)
	wantKind(t, err, pim.KindForbidden)
}
