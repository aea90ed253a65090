package demo

import (
	"context"
	"fmt"
	"strings"

	"hoist/internal/sim/slack"
	"hoist/internal/sim/tenant"
)

// workspace is the simulated Slack workspace with the demo's characters.
func workspace() slack.Seed {
	everyone := []string{"U0ADA", "U0BEN", "U0CHIOMA", "U0DANA"}
	return slack.Seed{
		Team: slack.Team{ID: teamID, Name: "Fjordbank", Domain: "fjordbank"},
		Users: []slack.User{
			{ID: "U0ADA", Name: "ada", RealName: "Ada Lindqvist", Email: "ada@fjordbank.example", TimeZone: "Europe/Berlin", Locale: "en-GB"},
			{ID: "U0BEN", Name: "ben", RealName: "Ben Okafor", Email: "ben@fjordbank.example", TimeZone: "Europe/London", Locale: "en-GB"},
			{ID: "U0CHIOMA", Name: "chioma", RealName: "Chioma Reyes", Email: "chioma@fjordbank.example", TimeZone: "America/New_York"},
			{ID: "U0DANA", Name: "dana", RealName: "Dana Petrov", Email: "dana@fjordbank.example", TimeZone: "Asia/Kolkata"},
			{ID: "U0HOIST", Name: "hoist", RealName: "Hoist", Bot: true},
		},
		Channels: []slack.Channel{
			{ID: "C0GENERAL", Name: "general", Members: everyone},
			{ID: feedChannel, Name: "elevations", Members: append([]string{"U0HOIST"}, everyone...)},
		},
	}
}

// people is the operator's mapping file of the demo.
const people = `
- {platform: slack, workspace: T0FJORD, user: U0ADA, tenant: f7000000-0000-4000-8000-00000000ba4c, object_id: a0000000-0000-4000-8000-00000000ada1, upn: ada@fjordbank.example, name: Ada Lindqvist}
- {platform: slack, workspace: T0FJORD, user: U0BEN, tenant: f7000000-0000-4000-8000-00000000ba4c, object_id: b0000000-0000-4000-8000-000000000be1, upn: ben@fjordbank.example, name: Ben Okafor}
- {platform: slack, workspace: T0FJORD, user: U0CHIOMA, tenant: f7000000-0000-4000-8000-00000000ba4c, object_id: c0000000-0000-4000-8000-000000000c10, upn: chioma@fjordbank.example, name: Chioma Reyes}
- {platform: slack, workspace: T0FJORD, user: U0DANA, tenant: f7000000-0000-4000-8000-00000000ba4c, object_id: d0000000-0000-4000-8000-000000000da1, upn: dana@fjordbank.example, name: Dana Petrov}
`

// user finds an actor by first name.
func (s *Stage) user(name string) (slack.User, error) {
	for _, u := range s.Slack.Users() {
		if strings.EqualFold(u.Name, name) {
			return u, nil
		}
	}
	return slack.User{}, fmt.Errorf("nobody in the workspace is called %q", name)
}

func (s *Stage) nameOf(id string) string {
	if u, ok := s.Slack.User(id); ok {
		first, _, _ := strings.Cut(u.RealName, " ")
		return first
	}
	return "someone"
}

// room names a channel for the transcript.
func (s *Stage) room(id string) string {
	for _, c := range workspace().Channels {
		if c.ID == id {
			return "#" + c.Name
		}
	}
	return "a direct message"
}

// audience says who sees what is posted in a channel.
func (s *Stage) audience(id string) string {
	if name := s.room(id); strings.HasPrefix(name, "#") {
		return name
	}
	return s.nameOf(s.reader(id)) + "'s direct messages"
}

// reader is whose eyes a channel is read with: its person's for a direct
// message, the requester's for a channel of many.
func (s *Stage) reader(id string) string {
	for _, u := range s.Slack.Users() {
		if s.direct(id, u.ID) {
			return u.ID
		}
	}
	return teamReader
}

// teamReader is whose zone and language channels are printed in.
const teamReader = "U0ADA"

// direct reports whether a channel is a person's direct message with Hoist.
func (s *Stage) direct(channel, user string) bool {
	for _, m := range s.Slack.Direct(user) {
		if m.Channel == channel {
			return true
		}
	}
	return false
}

// shows reports whether a reader finds all parts in a message.
func (s *Stage) shows(m slack.Message, reader, parts string) bool {
	return containsAll(s.Slack.Render(m, reader).Text(), parts)
}

// signInToEntra goes through the simulated Entra's pages as an account and
// reports whether a second factor was asked for.
func (s *Stage) signInToEntra(ctx context.Context, b *browser, upn string) (mfa bool, err error) {
	for range 8 {
		if !strings.HasPrefix(b.page.at.String(), s.Sim.HTTPURL()) {
			return mfa, nil
		}
		if f, ok := b.page.hasField("number"); ok {
			mfa = true
			f.fields.Set("number", b.page.output)
			err = b.submit(ctx, f, f.buttons[0])
		} else {
			err = s.pickAccount(ctx, b, upn)
		}
		if err != nil {
			return mfa, err
		}
	}
	return mfa, fmt.Errorf("still at the sign-in page:\n%s", b.page.text)
}

func (s *Stage) pickAccount(ctx context.Context, b *browser, upn string) error {
	if f, ok := b.page.hasField("account"); ok && strings.Contains(b.page.text, upn) {
		return b.submit(ctx, f, f.buttons[0])
	}
	if f, ok := b.page.hasField("username"); ok {
		f.fields.Set("username", upn)
		return b.submit(ctx, f, f.buttons[0])
	}
	return b.press(ctx, "Use another account")
}

// makeEligible gives a person of the tenant a role to activate.
func (s *Stage) makeEligible(upn, role string) error {
	person, ok := s.Sim.Tenant.Person(upn)
	if !ok {
		return fmt.Errorf("the tenant knows no %s", upn)
	}
	for _, r := range s.Sim.Tenant.Roles() {
		if r.Name == role {
			_, err := s.Sim.Tenant.AddEligibility(tenant.Eligibility{PrincipalID: person.OID, RoleID: r.ID, Scope: "/"})
			return err
		}
	}
	return fmt.Errorf("the tenant has no role %q", role)
}

// signInToSlack goes through the simulated Slack's page.
func (s *Stage) signInToSlack(ctx context.Context, b *browser, user string) error {
	if !strings.HasPrefix(b.page.at.String(), s.Sim.HTTPURL()+"/slack/") {
		return fmt.Errorf("the browser is not at Slack:\n%s", b.page.text)
	}
	back, err := s.Slack.SignInWithSlack(user, b.page.at.String())
	if err != nil {
		return err
	}
	return b.open(ctx, back)
}
