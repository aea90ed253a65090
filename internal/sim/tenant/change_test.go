package tenant_test

import (
	"testing"
	"time"

	"hoist/internal/sim"
	"hoist/internal/sim/tenant"
)

func TestOnChange(t *testing.T) {
	world, c := newTenant(t)
	told := 0
	world.OnChange(func() { told++; world.People() }) // looking must not deadlock
	quiet := func(what string) {
		t.Helper()
		if told != 0 {
			t.Errorf("told %d times of %s", told, what)
		}
		told = 0
	}
	loud := func(what string) {
		t.Helper()
		if told == 0 {
			t.Errorf("not told of %s", what)
		}
		told = 0
	}
	world.Requests()
	world.Audit()
	quiet("reading")
	if _, err := world.Submit(asAda(tenant.UserAdministrator)); err != nil {
		t.Fatal(err)
	}
	loud("an activation")
	if err := world.SetMFARegistered(sim.AdaOID, false); err != nil {
		t.Fatal(err)
	}
	loud("an administrator's act")
	c.Advance(30 * time.Minute)
	world.Instances()
	quiet("time in which nothing ends")
	c.Advance(time.Hour)
	world.Instances()
	loud("an activation that ended by itself")
	world.Instances()
	quiet("the same end again")
}

func TestSwitches_can_be_read_back(t *testing.T) {
	world, _ := newTenant(t)
	for _, on := range []bool{true, false} {
		world.BlockApp(sim.BotClientID, on)
		world.BlockPerson("ada@"+sim.Domain, on)
		if err := world.SetMFARegistered(sim.AdaOID, on); err != nil {
			t.Fatal(err)
		}
		ada, _ := world.Person(sim.AdaOID)
		if world.AppBlocked(sim.BotClientID) != on || world.PersonBlocked(sim.AdaOID) != on || ada.MFARegistered != on {
			t.Errorf("one of the switches is not %v", on)
		}
	}
	if world.PersonBlocked("nobody") || world.SetMFARegistered("nobody", true) == nil {
		t.Error("an unknown person has switches")
	}
	if units := world.Units(); len(units) != 1 || units[0].ID != sim.BranchOfficesUnit {
		t.Errorf("Units() = %v", units)
	}
}
