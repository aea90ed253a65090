package world_test

import (
	"errors"
	"os"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/goccy/go-yaml"
	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"hoist/internal/clock"
	"hoist/internal/secret"
	"hoist/internal/sim"
	"hoist/internal/sim/slack"
	"hoist/internal/sim/tenant"
	"hoist/internal/sim/world"
)

// sameWorld compares secrets by what they hold, and of assignments what a seed
// can say.
var sameWorld = cmp.Options{
	cmp.Comparer(func(a, b secret.Value) bool { return a.Reveal() == b.Reveal() }),
	cmpopts.IgnoreUnexported(tenant.Assignment{}),
}

func parse(t *testing.T, text string) world.World {
	t.Helper()
	w, err := world.Parse("world.yaml", []byte(text))
	if err != nil {
		t.Fatal(err)
	}
	return w
}

// populate makes the services of a world, and fails where one refuses it.
func populate(t *testing.T, w world.World) (*tenant.Tenant, *slack.Slack) {
	t.Helper()
	c := clock.NewStill(time.Date(2026, 11, 23, 9, 0, 0, 0, time.UTC))
	made, err := tenant.New(w.Tenant, c, nil)
	if err != nil {
		t.Fatalf("what parsed is no tenant: %v", err)
	}
	return made, slack.New(slack.Config{Clock: c, Seed: w.Slack, App: w.App, Deliver: w.Deliver})
}

func TestExample(t *testing.T) {
	t.Run("describes_the_default_world", func(t *testing.T) {
		got := parse(t, world.Example())
		if diff := cmp.Diff(world.Default(), got, sameWorld); diff != "" {
			t.Errorf("(-Default +Example)\n%s", diff)
		}
	})
	t.Run("shows_behaviour_that_exists", func(t *testing.T) {
		lags := strings.ReplaceAll(world.Example(), "\n#  ", "\n  ")
		want := tenant.Behaviour{
			InstanceLag: 20 * time.Second, RemovalLag: 20 * time.Second, ProvisioningLag: 5 * time.Second,
			DeactivationBlind: 10 * time.Second, AuditLag: 2 * time.Minute, AuditLimit: 5,
		}
		if diff := cmp.Diff(want, parse(t, lags).Tenant.Behaviour); diff != "" {
			t.Errorf("(-want +got)\n%s", diff)
		}
	})
	t.Run("reads_the_same_with_the_line_ends_of_Windows", func(t *testing.T) {
		got := parse(t, strings.ReplaceAll(world.Example(), "\n", "\r\n"))
		if diff := cmp.Diff(world.Default(), got, sameWorld); diff != "" {
			t.Errorf("(-Default +Example)\n%s", diff)
		}
	})
}

func TestDefault(t *testing.T) {
	t.Run("makes_a_tenant_and_a_workspace", func(t *testing.T) {
		made, chat := populate(t, world.Default())
		if _, ok := made.App(world.Default().BotClientID); !ok {
			t.Error("the tenant has no registration of the program under test")
		}
		if u, _ := chat.User(world.BotUser); !u.Bot || u.Name != "hoist" {
			t.Errorf("the bot is %+v", u)
		}
	})
	t.Run("is_the_demos_tenant_but_for_the_registration", func(t *testing.T) {
		got := world.Default().Tenant
		if diff := cmp.Diff(sim.DefaultSeed(), got, sameWorld, cmpopts.IgnoreFields(tenant.Seed{}, "Apps")); diff != "" {
			t.Errorf("(-demo +Default)\n%s", diff)
		}
	})
	t.Run("follows_the_program_to_another_port", func(t *testing.T) {
		const public = "http://localhost:51234"
		w := world.DefaultAt(public)
		got := []string{w.Tenant.Apps[0].RedirectURIs[0], w.App.RedirectURIs[0], w.Deliver.Commands, w.Deliver.Interactions, w.Deliver.Options}
		want := []string{public + "/signin/callback", public + "/signin/chat/callback", public + "/slack/commands", public + "/slack/interactions", public + "/slack/options"}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("(-want +got)\n%s", diff)
		}
	})
}

// contoso has each key at least once that the example has not.
const contoso = `
tenant: {domain: contoso.example}
slack:
  team: {id: T0CONTOSO, name: Contoso, domain: contoso, enterprise_id: E0, enterprise_name: Grid}
  app: {name: Step Up, bot_id: B0STEP, verification_token: v, escape_commands: true, deliver: {events: "https://[::1]:8443/events"}}
  others:
    - {handle: eve, name: Eve, id: W0EVE, team: T0OTHER, guest: single-channel, deactivated: true}
    - {handle: mal, name: Mal, email: mal@other.example, guest: multi-channel}
  channels:
    - {name: ops, members: [bob@contoso.example, eve, bot, U0CY], private: true, archived: true, shared: true}
eligibilities:
  - {who: Everyone, role: Break Glass, scope: Oslo, from: 2027-01-01, until: 2027-01-31T17:00:00+01:00, id: 11111111-0000-4000-8000-00000000000A}
  - {who: BOB@Contoso.example, role: Global Reader, scope: /}
assignments:
  - {who: cy@partner.example, role: f2ef992c-3afb-46b9-b7cf-a126ee74c451, until: 2027-06-01}
policies:
  Break Glass: {max: 30m, permanent: true, mfa: false, justification: false, approval: {users: [bob], justification_optional: true}}
  Global Reader: {approval: true}
roles: [{name: Break Glass, description: Opens the safe}]
units: [{name: Oslo}]
groups:
  - {name: Everyone, members: [bob, Admins], role_assignable: true}
  - {name: Admins, members: [cy@partner.example]}
people:
  - {upn: bob, name: Bob, slack: }
  - {upn: cy@partner.example, name: Cy, mail: cy@mail.example, mfa: false, disabled: true, guest: true, slack: {id: U0CY, handle: cyril, email: none}}
apps:
  - {name: Step Up, secret: s, secret_expires: 2028-01-01, optional_id_claims: [acrs]}
behaviour: {rule_sentences: true, refuse_cancel_pending: true, hide_group_rows: true, access_token_life: 10m}
`

func TestParse(t *testing.T) {
	w := parse(t, contoso)
	made, chat := populate(t, w)

	t.Run("finds_people_by_short_and_full_names", func(t *testing.T) {
		bob, _ := made.Person("bob@contoso.example")
		cy, _ := made.Person("cy@partner.example")
		if bob.Mail != bob.UPN || !bob.MFARegistered || bob.Name != "Bob" {
			t.Errorf("Bob is %+v", bob)
		}
		if !cy.Guest || !cy.Disabled || cy.MFARegistered || cy.Mail != "cy@mail.example" {
			t.Errorf("Cy is %+v", cy)
		}
		everyone, _ := made.Group(w.Tenant.Groups[0].ID)
		if got := made.TransitiveMembers(everyone.ID); len(got) != 3 || got[0] != bob.OID || got[2] != cy.OID {
			t.Errorf("members = %v", got)
		}
	})
	t.Run("adds_roles_to_the_built_in_ones", func(t *testing.T) {
		if got, want := len(made.Roles()), len(tenant.BuiltInRoles())+1; got != want {
			t.Errorf("%d roles, want %d", got, want)
		}
	})
	t.Run("starts_policies_from_Microsofts_default", func(t *testing.T) {
		reader := w.Tenant.Policies[tenant.GlobalReader]
		want := tenant.DefaultPolicy()
		want.Approval.Required = true
		if diff := cmp.Diff(want, reader); diff != "" {
			t.Errorf("(-want +got)\n%s", diff)
		}
	})
	t.Run("reads_scopes_and_times", func(t *testing.T) {
		e := w.Tenant.Eligibilities[0]
		want := tenant.Eligibility{
			ID: "11111111-0000-4000-8000-00000000000a", PrincipalID: w.Tenant.Groups[0].ID, RoleID: w.Tenant.Roles[len(w.Tenant.Roles)-1].ID,
			Scope: "/administrativeUnits/" + w.Tenant.Units[0].ID,
			Start: time.Date(2027, 1, 1, 0, 0, 0, 0, time.UTC), End: time.Date(2027, 1, 31, 16, 0, 0, 0, time.UTC),
		}
		if diff := cmp.Diff(want, e); diff != "" {
			t.Errorf("(-want +got)\n%s", diff)
		}
	})
	t.Run("takes_the_only_app_for_the_program_under_test", func(t *testing.T) {
		if w.BotClientID == "" || w.BotClientID != w.Tenant.Apps[0].ClientID {
			t.Errorf("program under test = %q", w.BotClientID)
		}
	})
	t.Run("fills_the_workspace", func(t *testing.T) {
		bot, _ := chat.User(world.BotUser)
		eve, _ := chat.User("W0EVE")
		cy, _ := chat.User("U0CY")
		if bot.Name != "stepup" || !eve.UltraRestricted || !eve.Deleted || eve.TeamID != "T0OTHER" || cy.Name != "cyril" || cy.Email != "" {
			t.Errorf("bot %+v, Eve %+v, Cy %+v", bot, eve, cy)
		}
		bob := w.Slack.Users[0].ID
		if diff := cmp.Diff([]string{bob, "W0EVE", world.BotUser, "U0CY"}, w.Slack.Channels[0].Members); diff != "" {
			t.Errorf("members (-want +got)\n%s", diff)
		}
	})
	t.Run("delivers_only_what_is_named", func(t *testing.T) {
		if diff := cmp.Diff(slack.Deliver{Events: "https://[::1]:8443/events"}, w.Deliver); diff != "" {
			t.Errorf("(-want +got)\n%s", diff)
		}
	})
	t.Run("makes_the_same_ids_in_every_run", func(t *testing.T) {
		if diff := cmp.Diff(w, parse(t, contoso), sameWorld); diff != "" {
			t.Errorf("(-first +second)\n%s", diff)
		}
		// Scripts hold them: they must not change between versions either.
		if got, want := w.Tenant.TenantID+" "+w.Slack.Users[0].ID, "075d71b1-bba7-8219-93ef-4b504b974ff2 U0BAF9A73E6A"; got != want {
			t.Errorf("ids = %s, want %s", got, want)
		}
	})
	t.Run("needs_a_domain_only", func(t *testing.T) {
		w := parse(t, "tenant: {domain: contoso.example}\n")
		populate(t, w)
		if w.Tenant.Name != "contoso.example" || len(w.Tenant.People) != 0 || w.App.ID != world.AppID || w.Deliver.Commands == "" {
			t.Errorf("world = %+v", w)
		}
	})
}

// keysOf lists the keys of a file; names in their place have a capital letter.
func keysOf(v any) (keys []string) {
	switch v := v.(type) {
	case map[string]any:
		for k, under := range v {
			if k == strings.ToLower(k) {
				keys = append(keys, k)
			}
			keys = append(keys, keysOf(under)...)
		}
	case []any:
		for _, item := range v {
			keys = append(keys, keysOf(item)...)
		}
	}
	return keys
}

func TestDocs_name_every_key(t *testing.T) {
	docs, err := os.ReadFile("../../../docs/sim.md")
	if err != nil {
		t.Fatal(err)
	}
	for _, text := range []string{world.Example(), contoso} {
		var file map[string]any
		if err := yaml.Unmarshal([]byte(text), &file); err != nil {
			t.Fatal(err)
		}
		for _, k := range keysOf(file) {
			if !regexp.MustCompile("[`: ]" + k + "`").Match(docs) {
				t.Errorf("docs/sim.md does not name the key %q", k)
			}
		}
	}
}

func FuzzParse(f *testing.F) {
	f.Add([]byte(world.Example()))
	f.Add([]byte(contoso))
	for _, tt := range faulty {
		if len(tt.text) < 4<<10 { // mutating long texts takes all the time
			f.Add([]byte(tt.text))
		}
	}
	f.Fuzz(func(t *testing.T, text []byte) {
		w, err := world.Parse("world.yaml", text)
		if err != nil {
			var faults world.Faults
			if !errors.As(err, &faults) || faults.Error() == "" {
				t.Fatalf("error = %#v", err)
			}
			return
		}
		made, _ := populate(t, w)
		made.Eligibilities(true)
		made.Instances()
	})
}
