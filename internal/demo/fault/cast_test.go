package fault_test

import (
	"hoist/internal/sim"
	"hoist/internal/sim/slack"
)

// The simulated workspace.
const (
	teamID        = "T0FJORD"
	feedChannel   = "C0ELEVATE"
	signingSecret = "canary-signing-secret"
	botToken      = "xoxb-canary-bot-token"
	linkKey       = "canary-link-key-of-32-bytes-long!!"

	ada, ben, chioma = "U0ADA", "U0BEN", "U0CHIOMA"
	reader           = ada // whose zone and language texts are read in
)

func workspace() slack.Seed {
	everyone := []string{ada, ben, chioma}
	person := func(id, name, real string) slack.User {
		return slack.User{ID: id, Name: name, RealName: real, Email: name + "@" + sim.Domain, TimeZone: "Europe/Berlin", Locale: "en-GB"}
	}
	return slack.Seed{
		Team: slack.Team{ID: teamID, Name: "Fjordbank", Domain: "fjordbank"},
		Users: []slack.User{
			person(ada, "ada", "Ada Lindqvist"), person(ben, "ben", "Ben Okafor"), person(chioma, "chioma", "Chioma Reyes"),
			{ID: "U0HOIST", Name: "hoist", RealName: "Hoist", Bot: true},
		},
		Channels: []slack.Channel{
			{ID: "C0GENERAL", Name: "general", Members: everyone},
			{ID: feedChannel, Name: "elevations", Members: append([]string{"U0HOIST"}, everyone...)},
		},
	}
}

// linked are the accounts of each chat user, people the same as a mapping file.
var linked = map[string][]string{ada: {sim.AdaOID}, ben: {sim.BenOID}, chioma: {sim.ChiomaOID}}

const people = `
- {platform: slack, workspace: T0FJORD, user: U0ADA, tenant: f7000000-0000-4000-8000-00000000ba4c, object_id: a0000000-0000-4000-8000-00000000ada1, upn: ada@fjordbank.example, name: Ada Lindqvist}
- {platform: slack, workspace: T0FJORD, user: U0BEN, tenant: f7000000-0000-4000-8000-00000000ba4c, object_id: b0000000-0000-4000-8000-000000000be1, upn: ben@fjordbank.example, name: Ben Okafor}
- {platform: slack, workspace: T0FJORD, user: U0CHIOMA, tenant: f7000000-0000-4000-8000-00000000ba4c, object_id: c0000000-0000-4000-8000-000000000c10, upn: chioma@fjordbank.example, name: Chioma Reyes}
`
