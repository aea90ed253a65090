package tenant_test

import (
	"errors"
	"slices"
	"sync"
	"testing"
	"time"

	"hoist/internal/clock"
	"hoist/internal/sim"
	"hoist/internal/sim/tenant"
)

var nine = time.Date(2026, 11, 23, 9, 0, 0, 0, time.UTC)

func newTenant(t *testing.T) (*tenant.Tenant, *clock.Movable) {
	t.Helper()
	c := clock.NewStill(nine)
	world, err := tenant.New(sim.DefaultSeed(), c, nil)
	if err != nil {
		t.Fatal(err)
	}
	return world, c
}

func asAda(role string) (tenant.Caller, tenant.Ask) {
	return tenant.Caller{OID: sim.AdaOID, MFA: true, CAE: true, Contexts: []string{"c1"}},
		tenant.Ask{Action: "selfActivate", PrincipalID: sim.AdaOID, RoleID: role, Scope: "/", Justification: "why", Duration: time.Hour}
}

func code(err error) string {
	if r, ok := errors.AsType[*tenant.Refusal](err); ok {
		return r.Code
	}
	return ""
}

// One activation, however many ask for it at once.
func TestSubmit_race_has_one_winner(t *testing.T) {
	world, _ := newTenant(t)
	caller, ask := asAda(tenant.UserAdministrator)
	var wg sync.WaitGroup
	errs := make([]error, 20)
	for i := range errs {
		wg.Go(func() { _, errs[i] = world.Submit(caller, ask) })
	}
	wg.Wait()
	won := 0
	for _, err := range errs {
		switch {
		case err == nil:
			won++
		case code(err) != "RoleAssignmentExists":
			t.Errorf("a loser got %v", err)
		}
	}
	if won != 1 || len(world.Requests()) != 1 {
		t.Errorf("%d winners, %d requests", won, len(world.Requests()))
	}
}

// Two approvers at once: the first decision wins, the other meets 409.
func TestDecide_race_has_one_winner(t *testing.T) {
	for range 20 {
		world, _ := newTenant(t)
		r, err := world.Submit(asAda(tenant.SecurityAdministrator))
		if err != nil {
			t.Fatal(err)
		}
		var wg sync.WaitGroup
		var denied, approved error
		wg.Go(func() { approved = world.DecideInPortal(r.ID, sim.BenOID, tenant.Approve, "yes") })
		wg.Go(func() { denied = world.DecideInPortal(r.ID, sim.ChiomaOID, tenant.Deny, "no") })
		wg.Wait()
		now, _ := world.Request(r.ID)
		switch {
		case approved == nil && code(denied) == "Conflict" && now.Status == tenant.StatusProvisioned:
		case denied == nil && code(approved) == "Conflict" && now.Status == tenant.StatusDenied:
		default:
			t.Fatalf("approve: %v, deny: %v, status %s", approved, denied, now.Status)
		}
	}
}

// A clock that jumps a day leaves the same world as one that ticks.
func TestTime_jumps_and_ticks_agree(t *testing.T) {
	story := func(step time.Duration) []string {
		world, c := newTenant(t)
		if _, err := world.Submit(asAda(tenant.UserAdministrator)); err != nil {
			t.Fatal(err)
		}
		if _, err := world.Submit(asAda(tenant.SecurityAdministrator)); err != nil {
			t.Fatal(err)
		}
		caller, later := asAda(tenant.ExchangeAdministrator)
		later.Start = nine.Add(3 * time.Hour)
		if _, err := world.Submit(caller, later); err != nil {
			t.Fatal(err)
		}
		for gone := time.Duration(0); gone < 30*time.Hour; gone += step {
			c.Advance(step)
			world.Requests()
		}
		var lines []string
		for _, row := range world.Audit() {
			lines = append(lines, row.At.Format(time.DateTime)+" "+row.Service+" "+row.Activity+" "+row.RoleName)
		}
		slices.Sort(lines)
		return lines
	}
	jumped, ticked := story(30*time.Hour), story(10*time.Minute)
	if !slices.Equal(jumped, ticked) {
		t.Errorf("jumped:\n%q\nticked:\n%q", jumped, ticked)
	}
}

func TestSchedules_may_follow_each_other_but_not_overlap(t *testing.T) {
	world, _ := newTenant(t)
	at := func(start time.Time) error {
		caller, ask := asAda(tenant.UserAdministrator)
		ask.Start = start
		_, err := world.Submit(caller, ask)
		return err
	}
	if err := at(nine.Add(3 * time.Hour)); err != nil {
		t.Fatal(err)
	}
	if err := at(nine.Add(3*time.Hour + 30*time.Minute)); code(err) != "RoleAssignmentExists" {
		t.Errorf("overlapping: %v", err)
	}
	if err := at(nine.Add(5 * time.Hour)); err != nil {
		t.Errorf("afterwards: %v", err)
	}
	if err := at(time.Time{}); err != nil {
		t.Errorf("now, before both: %v", err)
	}
}

func TestRemoveEligibility_takes_the_activation_along(t *testing.T) {
	world, _ := newTenant(t)
	r, err := world.Submit(asAda(tenant.UserAdministrator))
	if err != nil {
		t.Fatal(err)
	}
	e, found := world.EligibilityBehind(r.TargetScheduleID)
	if !found {
		t.Fatal("no eligibility behind the activation")
	}
	if err := world.RemoveEligibility(e.ID); err != nil {
		t.Fatal(err)
	}
	if held := world.ActiveRoles(sim.AdaOID); len(held) != 0 {
		t.Errorf("roles = %v", held)
	}
	if err := world.RemoveEligibility(e.ID); err == nil {
		t.Error("removed twice")
	}
}

func TestApprovers(t *testing.T) {
	world, _ := newTenant(t)
	if got := world.Approvers(tenant.SecurityAdministrator, sim.AdaOID); !slices.Equal(got, []string{sim.BenOID, sim.ChiomaOID}) {
		t.Errorf("named by the policy = %v", got)
	}
	if got := world.Approvers(tenant.SecurityAdministrator, sim.BenOID); !slices.Equal(got, []string{sim.ChiomaOID}) {
		t.Errorf("without the requester = %v", got)
	}
	if got := world.Approvers(tenant.UserAdministrator, sim.AdaOID); !slices.Equal(got, []string{sim.BenOID}) {
		t.Errorf("active administrators = %v", got)
	}
	if err := world.Unassign(sim.BenOID, tenant.PrivilegedRoleAdministrator, "/"); err != nil {
		t.Fatal(err)
	}
	if got := world.Approvers(tenant.UserAdministrator, sim.AdaOID); len(got) != 0 {
		t.Errorf("after his role is gone = %v", got)
	}
}

func TestGroups_nest(t *testing.T) {
	seed := sim.DefaultSeed()
	seed.Groups = append(seed.Groups, tenant.Group{ID: "outer", Name: "Outer", Members: []string{sim.SecurityApproversGroup, sim.DanaOID}})
	world, err := tenant.New(seed, clock.NewStill(nine), nil)
	if err != nil {
		t.Fatal(err)
	}
	if got := world.TransitiveMembers("outer"); len(got) != 4 {
		t.Errorf("members = %v", got)
	}
	if got := world.TransitiveMemberOf(sim.BenOID); len(got) != 2 {
		t.Errorf("groups of Ben = %v", got)
	}
	if _, err := world.Assign(tenant.Assignment{PrincipalID: "outer", RoleID: tenant.GlobalReader}); err != nil {
		t.Fatal(err)
	}
	if got := world.ActiveRoles(sim.ChiomaOID); !slices.Equal(got, []string{tenant.GlobalReader}) {
		t.Errorf("roles through a group = %v", got)
	}
}

func TestSeed_names_what_is_wrong(t *testing.T) {
	for name, change := range map[string]func(*tenant.Seed){
		"no_tenant_id":      func(s *tenant.Seed) { s.TenantID = "" },
		"unknown_principal": func(s *tenant.Seed) { s.Eligibilities[0].PrincipalID = "nobody" },
		"unknown_role":      func(s *tenant.Seed) { s.Eligibilities[0].RoleID = "nothing" },
	} {
		t.Run(name, func(t *testing.T) {
			seed := sim.DefaultSeed()
			change(&seed)
			if _, err := tenant.New(seed, clock.NewStill(nine), nil); err == nil {
				t.Error("accepted")
			}
		})
	}
}

func TestPortal_actions_refuse_unknown_names(t *testing.T) {
	world, _ := newTenant(t)
	_, activate := world.ActivateInPortal("nobody", tenant.UserAdministrator, "/", time.Hour, "why")
	_, assign := world.Assign(tenant.Assignment{PrincipalID: "nobody", RoleID: tenant.GlobalReader})
	for name, err := range map[string]error{
		"activate": activate, "assign": assign,
		"revoke":    world.Revoke("nobody", tenant.UserAdministrator, "/", sim.BenOID),
		"decide":    world.DecideInPortal("nothing", sim.BenOID, tenant.Approve, "ok"),
		"cancel":    world.CancelInPortal("nothing", sim.BenOID),
		"unassign":  world.Unassign(sim.AdaOID, tenant.GlobalReader, "/"),
		"enable":    world.SetEnabled("nobody", true),
		"members":   world.SetMembers("nothing"),
		"policy":    world.ChangePolicy("nothing", func(*tenant.Policy) {}),
		"redirects": world.SetRedirectURIs("nothing"),
	} {
		if err == nil {
			t.Errorf("%s succeeded", name)
		}
	}
}
