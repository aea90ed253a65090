package graph_test

import (
	"context"
	"crypto/rand"
	"crypto/rsa"
	"errors"
	"log/slog"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"hoist/internal/clock"
	"hoist/internal/graph"
	"hoist/internal/pim"
	"hoist/internal/secret"
	"hoist/internal/sim"
	"hoist/internal/sim/fault"
	"hoist/internal/sim/tenant"
	"hoist/internal/sim/token"
)

// These tests run the client against the simulated tenant, which knows nothing
// of it: same wire, no shared types, permissions enforced.

const (
	requestsPath  = "/v1.0/roleManagement/directory/roleAssignmentScheduleRequests"
	instancesPath = "/v1.0/roleManagement/directory/roleAssignmentScheduleInstances"
	postRequest   = "roleManagement/directory/roleAssignmentScheduleRequests"
)

var (
	nine = time.Date(2026, 11, 23, 9, 0, 0, 0, time.UTC)
	ada  = pim.NewPrincipalKey(sim.TenantID, sim.AdaOID)
	// signingKey is shared because making one takes longer than most tests.
	signingKey = sync.OnceValue(func() *rsa.PrivateKey {
		key, err := rsa.GenerateKey(rand.Reader, 2048)
		if err != nil {
			panic(err)
		}
		return key
	})
)

// world is a simulated tenant and a client of it.
type world struct {
	*sim.Sim
	t      *testing.T
	clock  *clock.Movable
	keys   *token.Signer
	client *graph.Client
}

func newWorld(t *testing.T, change ...func(*sim.Options)) *world {
	t.Helper()
	w := &world{t: t, clock: clock.NewStill(nine)}
	o := sim.Options{Clock: w.clock, SigningKey: signingKey()}
	for _, f := range change {
		f(&o)
	}
	var err error
	if w.Sim, err = sim.Start(t.Context(), o); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = w.Close() })
	if w.keys, err = token.NewSigner(signingKey()); err != nil {
		t.Fatal(err)
	}
	w.client, err = graph.New(graph.Config{
		BaseURL: w.GraphURL(), Tenant: sim.TenantID, AppToken: w.appToken, Transport: w.Client().Transport,
		Clock: w.clock, Log: slog.New(slog.DiscardHandler),
	})
	if err != nil {
		t.Fatal(err)
	}
	return w
}

// appToken carries the roles that the bot's registration was granted.
func (w *world) appToken(context.Context) (secret.Value, error) {
	app, ok := w.Tenant.App(sim.BotClientID)
	if !ok {
		return secret.Value{}, errors.New("the bot is not registered")
	}
	return w.sign(token.Access{IDType: "app", ObjectID: app.ObjectID, Roles: app.AppRoles}), nil
}

// session is what a sign-in of Ada's leaves; change edits the token.
func (w *world) session(change ...func(*token.Access)) pim.Session {
	a := token.Access{
		IDType: "user", ObjectID: sim.AdaOID, Scopes: "openid profile RoleAssignmentSchedule.ReadWrite.Directory",
		Methods: []string{"pwd", "mfa"}, Capabilities: []string{"cp1"},
	}
	for _, f := range change {
		f(&a)
	}
	return pim.Session{Principal: pim.Principal{PrincipalKey: ada}, Token: w.sign(a)}
}

func (w *world) sign(a token.Access) secret.Value {
	w.t.Helper()
	a.Audience, a.TenantID, a.AppID = token.GraphAudience, sim.TenantID, sim.BotClientID
	a.IssuedAt, a.Expires = w.clock.Now().Unix(), w.clock.Now().Add(time.Hour).Unix()
	raw, err := w.keys.Sign(a)
	if err != nil {
		w.t.Fatal(err)
	}
	return secret.New(raw)
}

// eligibility finds one of Ada's rights by role name and scope name.
func (w *world) eligibility(role, scope string) pim.Eligibility {
	w.t.Helper()
	all, err := w.client.Eligibilities(w.t.Context(), ada)
	if err != nil {
		w.t.Fatal(err)
	}
	i := slices.IndexFunc(all, func(e pim.Eligibility) bool { return e.Target.Name == role && e.Scope.Name == scope })
	if i < 0 {
		w.t.Fatalf("no eligibility for %s at %q in %v", role, scope, all)
	}
	return all[i]
}

// order asks for what is usual of a right.
func order(e pim.Eligibility) pim.Order {
	return pim.Order{
		Elevation: "H-7K3F9QX", Principal: e.Principal, Target: e.Target, Scope: e.Scope,
		Duration: 2 * time.Hour, Justification: "password reset (Hoist H-7K3F9QX)",
	}
}

func (w *world) posts() int { return w.Graph.Count("POST", postRequest) }

func wantKind(t *testing.T, err error, want pim.Kind) *pim.Error {
	t.Helper()
	var e *pim.Error
	if !errors.As(err, &e) || e.Kind != want {
		t.Fatalf("error = %v, want kind %s", err, want)
	}
	return e
}

func TestTenant_eligibilities(t *testing.T) {
	w := newWorld(t, func(o *sim.Options) { o.PageSize = 2 }) // several pages
	got, err := w.client.Eligibilities(t.Context(), ada)
	if err != nil {
		t.Fatal(err)
	}
	var names []string
	for _, e := range got {
		names = append(names, e.Target.Name+"@"+e.Scope.Name)
		if e.Principal != ada || e.ID == "" || e.Target.ID == "" || e.Scope.ID == "" || e.MemberType != "Direct" {
			t.Errorf("eligibility = %+v", e)
		}
	}
	want := []string{
		"User Administrator@", "Helpdesk Administrator@", "Helpdesk Administrator@" + sim.BranchOfficesUnit,
		"Security Administrator@", "Exchange Administrator@", "Authentication Administrator@",
	}
	if diff := cmp.Diff(want, names); diff != "" { // the bot may not read units, so the id stands in
		t.Errorf("(-want +got):\n%s", diff)
	}
}

func TestTenant_units_have_names_where_they_may_be_read(t *testing.T) {
	w := newWorld(t)
	w.grant(func(roles []string) []string { return append(roles, "AdministrativeUnit.Read.All") })
	if e := w.eligibility("Helpdesk Administrator", "Branch offices"); e.Scope.ID != "/administrativeUnits/"+sim.BranchOfficesUnit {
		t.Errorf("scope = %+v", e.Scope)
	}
}

func (w *world) grant(change func([]string) []string) {
	w.t.Helper()
	if err := w.Tenant.ChangeApp(sim.BotClientID, func(a *tenant.App) { a.AppRoles = change(a.AppRoles) }); err != nil {
		w.t.Fatal(err)
	}
}

func TestTenant_eligibility_through_a_group_is_listed_once(t *testing.T) {
	w := newWorld(t)
	if err := w.Tenant.SetMembers(sim.SecurityApproversGroup, sim.AdaOID); err != nil {
		t.Fatal(err)
	}
	for _, role := range []string{tenant.UserAdministrator, tenant.GlobalReader} {
		if _, err := w.Tenant.AddEligibility(tenant.Eligibility{PrincipalID: sim.SecurityApproversGroup, RoleID: role}); err != nil {
			t.Fatal(err)
		}
	}
	all, err := w.client.Eligibilities(t.Context(), ada)
	if err != nil {
		t.Fatal(err)
	}
	n := 0
	for _, e := range all {
		if e.Target.ID == tenant.UserAdministrator {
			n++
		}
	}
	if n != 1 {
		t.Errorf("the role is listed %d times", n)
	}
	if e := w.eligibility("Global Reader", ""); e.MemberType != "Group" {
		t.Errorf("eligibility = %+v", e)
	}
}

func TestTenant_policies(t *testing.T) {
	w := newWorld(t)
	tests := map[string]pim.Policy{
		"User Administrator": {
			Expiration: pim.ExpirationRule{Required: true, Maximum: 8 * time.Hour},
			Enablement: pim.EnablementRule{MFA: true, Justification: true},
			Approval:   pim.ApprovalRule{JustificationRequired: true},
		},
		"Exchange Administrator": {
			Expiration:     pim.ExpirationRule{Required: true, Maximum: 4 * time.Hour},
			Enablement:     pim.EnablementRule{Justification: true},
			Approval:       pim.ApprovalRule{JustificationRequired: true},
			Authentication: pim.AuthenticationContextRule{Enabled: true, Value: "c1"},
		},
		"Authentication Administrator": {
			Expiration: pim.ExpirationRule{Required: true, Maximum: 2 * time.Hour},
			Enablement: pim.EnablementRule{MFA: true, Justification: true, Ticketing: true},
			Approval:   pim.ApprovalRule{JustificationRequired: true},
		},
		"Security Administrator": {
			Expiration: pim.ExpirationRule{Required: true, Maximum: 8 * time.Hour},
			Enablement: pim.EnablementRule{MFA: true, Justification: true},
			Approval: pim.ApprovalRule{Required: true, JustificationRequired: true, Approvers: []pim.Approver{
				{ID: sim.SecurityApproversGroup, Group: true}, // the simulated policy describes nobody
			}},
		},
	}
	for role, want := range tests {
		e := w.eligibility(role, "")
		got, err := w.client.Policy(t.Context(), e.Target, e.Scope)
		if err != nil {
			t.Fatal(err)
		}
		if !strings.HasPrefix(got.ID, "DirectoryRole_"+sim.TenantID) {
			t.Errorf("%s: id %q", role, got.ID)
		}
		got.ID = ""
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("%s (-want +got):\n%s", role, diff)
		}
	}
}

func TestTenant_activate_and_see_it(t *testing.T) {
	w := newWorld(t)
	e := w.eligibility("User Administrator", "")
	got, err := w.client.Activate(t.Context(), w.session(), order(e))
	if err != nil {
		t.Fatal(err)
	}
	want := pim.Activation{
		RequestID: got.RequestID, ScheduleID: got.ScheduleID, Status: "Provisioned", Submitted: nine,
		Start: nine, End: nine.Add(2 * time.Hour), CorrelationID: got.CorrelationID,
	}
	if diff := cmp.Diff(want, got); diff != "" || got.RequestID == "" || got.ScheduleID == "" || got.CorrelationID == "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
	stored, ok := w.Tenant.Request(got.RequestID)
	if !ok || stored.Justification != "password reset (Hoist H-7K3F9QX)" {
		t.Errorf("stored = %+v", stored)
	}

	snapshot, err := w.client.Assignments(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	if !snapshot.Complete || !snapshot.Began.Equal(nine) || len(snapshot.Assignments) != 1 {
		t.Fatalf("snapshot = %+v, want the one activation (Ben's own role is not one)", snapshot)
	}
	a := snapshot.Assignments[0]
	seen := pim.Assignment{
		ID: a.ID, ScheduleID: got.ScheduleID, Activated: true, Start: nine, End: nine.Add(2 * time.Hour),
		Principal: pim.Principal{PrincipalKey: ada, UPN: "ada@" + sim.Domain, Name: "Ada Lindqvist"},
		Target:    e.Target, Scope: e.Scope,
	}
	if diff := cmp.Diff(seen, a); diff != "" || a.ID == "" || a.Triple() != e.Triple() {
		t.Errorf("assignment (-want +got):\n%s", diff)
	}

	_, err = w.client.Activate(t.Context(), w.session(), order(e))
	if again := wantKind(t, err, pim.KindAlreadyActive); again.RequestID == "" {
		t.Errorf("error = %+v, want a request id", again)
	}
	if n := w.posts(); n != 2 {
		t.Errorf("%d posts, want two", n)
	}
}

func TestTenant_activate_in_a_unit(t *testing.T) {
	w := newWorld(t)
	e := w.eligibility("Helpdesk Administrator", sim.BranchOfficesUnit)
	if _, err := w.client.Activate(t.Context(), w.session(), order(e)); err != nil {
		t.Fatal(err)
	}
	snapshot, err := w.client.Assignments(t.Context())
	if err != nil || len(snapshot.Assignments) != 1 || snapshot.Assignments[0].Triple() != e.Triple() {
		t.Errorf("snapshot = %+v, %v", snapshot, err)
	}
}

func TestTenant_activate_later(t *testing.T) {
	w := newWorld(t)
	o := order(w.eligibility("User Administrator", ""))
	o.Start = nine.Add(3 * time.Hour)
	got, err := w.client.Activate(t.Context(), w.session(), o)
	if err != nil || !got.Start.Equal(o.Start) || !got.End.Equal(o.Start.Add(2*time.Hour)) {
		t.Fatalf("got %+v, %v", got, err)
	}
	if got.Status == "Provisioned" {
		t.Errorf("status = %s before the start", got.Status)
	}
}

func TestTenant_activate_waits_for_an_approver(t *testing.T) {
	w := newWorld(t)
	e := w.eligibility("Security Administrator", "")
	got, err := w.client.Activate(t.Context(), w.session(), order(e))
	if err != nil || got.Status != "PendingApproval" || !got.Start.IsZero() || !got.End.IsZero() {
		t.Fatalf("got %+v, %v", got, err)
	}
	_, err = w.client.Activate(t.Context(), w.session(), order(e))
	wantKind(t, err, pim.KindAlreadyPending)

	w.clock.Advance(10 * time.Minute)
	if err := w.Tenant.DecideInPortal(got.RequestID, sim.BenOID, "Approve", "fine"); err != nil {
		t.Fatal(err)
	}
	own, err := w.client.Own(t.Context(), w.session(), e.Triple())
	if err != nil || len(own) != 1 || own[0].RequestID != got.RequestID || !own[0].Start.Equal(nine.Add(10*time.Minute)) {
		t.Errorf("own = %+v, %v; want its time to begin with the approval", own, err)
	}
}

func TestTenant_refusals_of_policies(t *testing.T) {
	passwordOnly := func(a *token.Access) { a.Methods = []string{"pwd"} }
	tests := map[string]struct {
		role    string
		session []func(*token.Access)
		change  func(*pim.Order)
		want    pim.Kind
		rules   []string
	}{
		"mfa":           {"User Administrator", []func(*token.Access){passwordOnly}, nil, pim.KindMFARequired, []string{"MfaRule"}},
		"too_long":      {"User Administrator", nil, func(o *pim.Order) { o.Duration = 9 * time.Hour }, pim.KindTooLong, []string{"ExpirationRule"}},
		"justification": {"User Administrator", nil, func(o *pim.Order) { o.Justification = "" }, pim.KindJustificationMissing, []string{"JustificationRule"}},
		"ticket":        {"Authentication Administrator", nil, nil, pim.KindTicketMissing, []string{"TicketingRule"}},
		"several": {
			"User Administrator",
			[]func(*token.Access){passwordOnly},
			func(o *pim.Order) { o.Justification, o.Duration = "", 24*time.Hour },
			pim.KindPolicy,
			[]string{"ExpirationRule", "JustificationRule", "MfaRule"},
		},
	}
	for _, sentences := range []bool{false, true} {
		for name, tt := range tests {
			t.Run(name+map[bool]string{false: "_in_a_list", true: "_in_sentences"}[sentences], func(t *testing.T) {
				w := newWorld(t)
				w.Tenant.ChangeBehaviour(func(b *tenant.Behaviour) { b.RuleSentences = sentences })
				o := order(w.eligibility(tt.role, ""))
				if tt.change != nil {
					tt.change(&o)
				}
				_, err := w.client.Activate(t.Context(), w.session(tt.session...), o)
				e := wantKind(t, err, tt.want)
				rules := slices.Sorted(slices.Values(e.Rules))
				if diff := cmp.Diff(tt.rules, rules); diff != "" || e.RequestID == "" {
					t.Errorf("error %+v (-want +got):\n%s", e, diff)
				}
			})
		}
	}
}

func TestTenant_ticket_and_challenge_are_answered(t *testing.T) {
	w := newWorld(t)
	o := order(w.eligibility("Authentication Administrator", ""))
	o.Ticket = pim.Ticket{Number: "INC-7", System: "ServiceNow"}
	got, err := w.client.Activate(t.Context(), w.session(), o)
	if err != nil {
		t.Fatal(err)
	}
	if r, _ := w.Tenant.Request(got.RequestID); r.Ticket != (tenant.Ticket{Number: "INC-7", System: "ServiceNow"}) {
		t.Errorf("ticket = %+v", r.Ticket)
	}

	o = order(w.eligibility("Exchange Administrator", ""))
	_, err = w.client.Activate(t.Context(), w.session(), o)
	e := wantKind(t, err, pim.KindChallenge)
	if want := `{"access_token":{"acrs":{"essential":true,"value":"c1"}}}`; e.Claims != want {
		t.Errorf("claims = %s, want %s", e.Claims, want)
	}
	satisfied := w.session(func(a *token.Access) { a.Contexts = []string{"c1"} })
	if _, err := w.client.Activate(t.Context(), satisfied, o); err != nil {
		t.Errorf("with the context: %v", err)
	}
}

func TestTenant_own_requests(t *testing.T) {
	w := newWorld(t)
	user, help := w.eligibility("User Administrator", ""), w.eligibility("Helpdesk Administrator", "")
	first, err := w.client.Activate(t.Context(), w.session(), order(user))
	if err != nil {
		t.Fatal(err)
	}
	if _, err := w.client.Activate(t.Context(), w.session(), order(help)); err != nil {
		t.Fatal(err)
	}
	w.clock.Advance(3 * time.Hour)
	second, err := w.client.Activate(t.Context(), w.session(), order(user))
	if err != nil {
		t.Fatal(err)
	}
	own, err := w.client.Own(t.Context(), w.session(), user.Triple())
	if err != nil || len(own) != 2 || own[0].RequestID != second.RequestID || own[1].RequestID != first.RequestID {
		t.Fatalf("own = %+v, %v", own, err)
	}
	second.CorrelationID = own[0].CorrelationID
	if diff := cmp.Diff(second, own[0]); diff != "" {
		t.Errorf("the list tells otherwise than the answer did (-answer +list):\n%s", diff)
	}
}

func TestTenant_own_requests_beyond_the_cap(t *testing.T) {
	w := newWorld(t)
	user, help := w.eligibility("User Administrator", ""), w.eligibility("Helpdesk Administrator", "")
	latest := map[string]string{}
	for range 30 { // 60 requests; the function returns 50
		for _, e := range []pim.Eligibility{user, help} {
			a, err := w.client.Activate(t.Context(), w.session(), order(e))
			if err != nil {
				t.Fatal(err)
			}
			latest[e.Target.ID] = a.RequestID
		}
		w.clock.Advance(3 * time.Hour)
	}
	for _, e := range []pim.Eligibility{user, help} {
		own, err := w.client.Own(t.Context(), w.session(), e.Triple())
		if err != nil || len(own) != 30 || own[0].RequestID != latest[e.Target.ID] {
			t.Errorf("%s: %d requests, %v; want all thirty", e.Target.Name, len(own), err)
		}
	}
}

func TestTenant_lost_answer_is_found_again(t *testing.T) {
	tests := map[string]struct {
		effect fault.Effect
		taken  bool
	}{
		"reset_after":   {fault.ResetAfter(), true},
		"reset_before":  {fault.ResetBefore(), false},
		"bad_gateway":   {fault.BadGatewayPage(), false},
		"unavailable":   {fault.Unavailable(0), false},
		"empty_error":   {fault.EmptyError(), false},
		"unavailable_0": {fault.Unavailable(time.Second), false},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			w := newWorld(t)
			e := w.eligibility("User Administrator", "")
			w.Faults.Add(fault.Rule{Method: "POST", Path: requestsPath, Times: 9, Effect: tt.effect})
			_, err := w.client.Activate(t.Context(), w.session(), order(e))
			wantKind(t, err, pim.KindUnanswered)
			if n := w.posts(); n != 1 {
				t.Errorf("%d posts, want one", n)
			}
			own, err := w.client.Own(t.Context(), w.session(), e.Triple())
			if err != nil || (len(own) == 1) != tt.taken {
				t.Errorf("own = %+v, %v", own, err)
			}
		})
	}
}

func TestTenant_throttling(t *testing.T) {
	w := newWorld(t)
	o := order(w.eligibility("User Administrator", ""))
	w.Faults.Add(fault.Rule{Method: "POST", Path: requestsPath, Effect: fault.ThrottleUntil(nine.Add(20 * time.Second))})
	_, err := w.client.Activate(t.Context(), w.session(), o)
	if e := wantKind(t, err, pim.KindThrottled); e.RetryAfter != 20*time.Second {
		t.Errorf("retry after %v by the service's own clock", e.RetryAfter)
	}
	w.Faults.Add(fault.Rule{Method: "GET", Path: instancesPath, Times: 3, Effect: fault.Throttle(0)})
	if _, err := w.client.Assignments(t.Context()); err != nil {
		t.Errorf("a read gives up: %v", err)
	}
	if w.Faults.Left() != 0 {
		t.Errorf("%d faults are left", w.Faults.Left())
	}
}

func TestTenant_snapshot_broken_off(t *testing.T) {
	w := newWorld(t, func(o *sim.Options) { o.PageSize = 1 })
	if _, err := w.client.Activate(t.Context(), w.session(), order(w.eligibility("User Administrator", ""))); err != nil {
		t.Fatal(err)
	}
	w.Faults.Add(fault.Rule{Method: "GET", Path: instancesPath, Skip: 1, Effect: fault.BadGatewayPage()})
	if s, err := w.client.Assignments(t.Context()); err != nil || s.Complete {
		t.Errorf("snapshot = %+v, %v; want an incomplete one", s, err)
	}
	if s, err := w.client.Assignments(t.Context()); err != nil || !s.Complete || len(s.Assignments) != 1 {
		t.Errorf("snapshot = %+v, %v", s, err)
	}
	w.clock.Advance(2 * time.Hour)
	if s, err := w.client.Assignments(t.Context()); err != nil || !s.Complete || len(s.Assignments) != 0 {
		t.Errorf("snapshot after the end = %+v, %v", s, err)
	}
}

func TestTenant_permissions_that_are_missing_are_named(t *testing.T) {
	w := newWorld(t)
	w.grant(func([]string) []string { return nil })
	ctx, role := t.Context(), pim.Target{Kind: pim.DirectoryRole, ID: tenant.UserAdministrator}
	_, eligibilities := w.client.Eligibilities(ctx, ada)
	_, policy := w.client.Policy(ctx, role, pim.Scope{ID: "/"})
	_, assignments := w.client.Assignments(ctx)
	for want, err := range map[string]error{
		"RoleEligibilitySchedule.Read.Directory": eligibilities,
		"RoleManagementPolicy.Read.Directory":    policy,
		"RoleAssignmentSchedule.Read.Directory":  assignments,
	} {
		if e := wantKind(t, err, pim.KindConsentMissing); !strings.Contains(e.Message, want) {
			t.Errorf("message = %q, want it to name %s", e.Message, want)
		}
	}
	_, err := w.client.Principal(ctx, ada)
	wantKind(t, err, pim.KindForbidden)

	narrow := w.session(func(a *token.Access) { a.Scopes = "openid profile" })
	_, err = w.client.Own(ctx, narrow, pim.Triple{Principal: ada, TargetID: role.ID, ScopeID: "/"})
	wantKind(t, err, pim.KindConsentMissing)
}

func TestTenant_what_else_it_says(t *testing.T) {
	w := newWorld(t)
	e := w.eligibility("User Administrator", "")
	expired := w.session()
	w.clock.Advance(time.Hour)
	_, err := w.client.Activate(t.Context(), expired, order(e))
	wantKind(t, err, pim.KindSignInExpired)

	p, err := w.client.Principal(t.Context(), ada)
	if err != nil || p != (pim.Principal{PrincipalKey: ada, UPN: "ada@" + sim.Domain, Name: "Ada Lindqvist"}) {
		t.Errorf("principal = %+v, %v", p, err)
	}
	_, err = w.client.Principal(t.Context(), pim.NewPrincipalKey(sim.TenantID, "00000000-0000-4000-8000-000000000000"))
	wantKind(t, err, pim.KindNotFound)

	elsewhere := order(e)
	elsewhere.Scope.ID = "/administrativeUnits/" + sim.BranchOfficesUnit
	_, err = w.client.Activate(t.Context(), w.session(), elsewhere)
	if k := pim.KindOf(err); k != pim.KindBadRequest && k != pim.KindNotEligible {
		t.Errorf("error = %v", err)
	}

	w.Tenant.SetLicensed(false)
	_, err = w.client.Assignments(t.Context())
	wantKind(t, err, pim.KindLicense)
}

func TestTenant_revoked_eligibility_is_noticed_after_a_refusal(t *testing.T) {
	w := newWorld(t)
	e := w.eligibility("User Administrator", "")
	for _, row := range w.Tenant.Eligibilities(true) {
		if row.PrincipalID == sim.AdaOID && row.RoleID == tenant.UserAdministrator {
			if err := w.Tenant.RemoveEligibility(row.ID); err != nil {
				t.Fatal(err)
			}
		}
	}
	if cached := w.eligibility("User Administrator", ""); cached.ID != e.ID {
		t.Error("the cache was not used")
	}
	_, err := w.client.Activate(t.Context(), w.session(), order(e))
	wantKind(t, err, pim.KindNotEligible)
	all, err := w.client.Eligibilities(t.Context(), ada)
	if err != nil || slices.ContainsFunc(all, func(o pim.Eligibility) bool { return o.ID == e.ID }) {
		t.Errorf("eligibilities = %v, %v; want the lost one gone", all, err)
	}
}
