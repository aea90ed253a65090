package sim_test

import (
	"context"
	"fmt"
	"time"

	"hoist/internal/clock"
	"hoist/internal/sim"
	"hoist/internal/sim/fault"
	"hoist/internal/sim/tenant"
)

// A tenant on loopback: start it, tell it where the bot listens, act in its
// portal and plan what goes wrong.
func Example() {
	day := clock.NewStill(time.Date(2026, 11, 23, 9, 0, 0, 0, time.UTC))
	s, err := sim.Start(context.Background(), sim.Options{Clock: day, SigningKey: signingKey()})
	if err != nil {
		fmt.Println(err)
		return
	}
	defer func() { _ = s.Close() }()

	if err := s.Tenant.SetRedirectURIs(sim.BotClientID, "http://localhost:8080/auth/callback"); err != nil {
		fmt.Println(err)
	}
	s.Tenant.ChangeBehaviour(func(b *tenant.Behaviour) { b.InstanceLag = 20 * time.Second })
	s.Faults.Add(fault.Rule{Method: "POST", Path: "/v1.0/roleManagement/directory/roleAssignmentScheduleRequests", Effect: fault.ResetAfter()})

	r, err := s.Tenant.ActivateInPortal("ada@"+sim.Domain, tenant.UserAdministrator, "/", time.Hour, "rotating keys")
	fmt.Println(r.Status, err, len(s.Tenant.Instances()))
	day.Advance(20 * time.Second)
	fmt.Println(len(s.Tenant.Instances()), "listed, Ben's own role among them;", s.Graph.Count("", ""), "Graph calls")
	// Output:
	// Provisioned <nil> 1
	// 2 listed, Ben's own role among them; 0 Graph calls
}
