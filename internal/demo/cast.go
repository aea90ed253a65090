package demo

import (
	"context"
	"fmt"
	"net/url"
	"strings"
	"time"

	"hoist/internal/adapters/console"
	"hoist/internal/sim"
	"hoist/internal/sim/tenant"
)

// terminalPeople are the same characters in the terminal.
func (s *Stage) terminalPeople() []console.Person {
	var all []console.Person
	for _, u := range s.world.Slack.Users {
		if u.Bot {
			continue
		}
		first, _, _ := strings.Cut(u.RealName, " ")
		its, err := time.LoadLocation(u.TimeZone)
		if err != nil {
			its = s.Zone
		}
		all = append(all, console.Person{Name: first, FullName: u.RealName, Email: u.Email, Zone: its})
	}
	return all
}

// people is the operator's mapping file of the demo.
const people = `
- {platform: slack, workspace: T0FJORD, user: U0ADA, tenant: f7000000-0000-4000-8000-00000000ba4c, object_id: a0000000-0000-4000-8000-00000000ada1, upn: ada@fjordbank.example, name: Ada Lindqvist}
- {platform: slack, workspace: T0FJORD, user: U0BEN, tenant: f7000000-0000-4000-8000-00000000ba4c, object_id: b0000000-0000-4000-8000-000000000be1, upn: ben@fjordbank.example, name: Ben Okafor}
- {platform: slack, workspace: T0FJORD, user: U0CHIOMA, tenant: f7000000-0000-4000-8000-00000000ba4c, object_id: c0000000-0000-4000-8000-000000000c10, upn: chioma@fjordbank.example, name: Chioma Reyes}
- {platform: slack, workspace: T0FJORD, user: U0DANA, tenant: f7000000-0000-4000-8000-00000000ba4c, object_id: d0000000-0000-4000-8000-000000000da1, upn: dana@fjordbank.example, name: Dana Petrov}
- {platform: console, workspace: terminal, user: Ada, tenant: f7000000-0000-4000-8000-00000000ba4c, object_id: a0000000-0000-4000-8000-00000000ada1, upn: ada@fjordbank.example, name: Ada Lindqvist}
- {platform: console, workspace: terminal, user: Ben, tenant: f7000000-0000-4000-8000-00000000ba4c, object_id: b0000000-0000-4000-8000-000000000be1, upn: ben@fjordbank.example, name: Ben Okafor}
- {platform: console, workspace: terminal, user: Chioma, tenant: f7000000-0000-4000-8000-00000000ba4c, object_id: c0000000-0000-4000-8000-000000000c10, upn: chioma@fjordbank.example, name: Chioma Reyes}
- {platform: console, workspace: terminal, user: Dana, tenant: f7000000-0000-4000-8000-00000000ba4c, object_id: d0000000-0000-4000-8000-000000000da1, upn: dana@fjordbank.example, name: Dana Petrov}
`

// secondAccount is Ada's cloud-only admin account.
const secondAccount = `- {platform: slack, workspace: T0FJORD, user: U0ADA, tenant: f7000000-0000-4000-8000-00000000ba4c, object_id: a0000000-0000-4000-8000-00000000ada2, upn: adm-ada@fjordbank.example, name: Ada Lindqvist (admin)}
- {platform: console, workspace: terminal, user: Ada, tenant: f7000000-0000-4000-8000-00000000ba4c, object_id: a0000000-0000-4000-8000-00000000ada2, upn: adm-ada@fjordbank.example, name: Ada Lindqvist (admin)}
`

// upnOf is an actor's Entra account.
func upnOf(actor string) string { return strings.ToLower(actor) + "@" + sim.Domain }

// signInToEntra goes through the simulated Entra's pages as an account and
// reports whether a second factor was asked for.
func (s *Stage) signInToEntra(ctx context.Context, w *window, upn string) (mfa bool, err error) {
	if !w.at(s.Sim.HTTPURL()) {
		return false, nil // Entra knew them and asked nothing
	}
	w.browser.StopAt = func(u *url.URL) bool {
		mfa = mfa || strings.HasSuffix(u.Path, "/login/mfa")
		return false
	}
	page, err := w.browser.SignIn(ctx, w.page, upn)
	w.browser.StopAt = nil
	return mfa, w.turn(page, err)
}

// makeEligible gives a person of the tenant a role to activate.
func (s *Stage) makeEligible(upn, role string) error {
	person, ok := s.Sim.Tenant.Person(upn)
	if !ok {
		return fmt.Errorf("the tenant knows no %s", upn)
	}
	id, err := s.roleID(role)
	if err != nil {
		return err
	}
	_, err = s.Sim.Tenant.AddEligibility(tenant.Eligibility{PrincipalID: person.OID, RoleID: id, Scope: tenant.TenantScope})
	return err
}

// roleID finds a role of the tenant by its name.
func (s *Stage) roleID(name string) (string, error) {
	for _, r := range s.Sim.Tenant.Roles() {
		if r.Name == name {
			return r.ID, nil
		}
	}
	return "", fmt.Errorf("the tenant has no role %q", name)
}

// signInToSlack goes through the simulated Slack's page as a person.
func (s *Stage) signInToSlack(ctx context.Context, w *window, user string) error {
	if !w.at(s.Sim.HTTPURL() + "/slack/") {
		return fmt.Errorf("the browser is not at Slack:\n%s", w.text())
	}
	if err := w.page.Fill("user-"+user, user); err != nil {
		return err
	}
	return w.press(ctx, "Allow")
}
