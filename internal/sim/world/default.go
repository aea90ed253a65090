package world

import (
	"hoist/internal/secret"
	"hoist/internal/sim"
	"hoist/internal/sim/slack"
	"hoist/internal/sim/tenant"
)

// The demo's workspace. Its ids never change, so that scripts and pictures can
// name them. Tokens and secrets are the simulated Slack's, good for nothing.
const (
	TeamID  = "T0FJORD"
	AppID   = "A0HOIST"
	BotUser = "U0HOIST"

	AdaUser    = "U0ADA"
	BenUser    = "U0BEN"
	ChiomaUser = "U0CHIOMA"
	DanaUser   = "U0DANA"

	GeneralChannel = "C0GENERAL"
	// FeedChannel is where the app tells everybody what happens.
	FeedChannel = "C0ELEVATE"

	BotToken           = "xoxb-simulated" //nolint:gosec // G101: the simulated Slack's, good for nothing
	SigningSecret      = "simulated-signing-secret"
	OpenIDClientID     = "100.200"
	OpenIDClientSecret = "simulated-openid-secret"
)

// PublicURL is where [Default] expects the program under test.
const PublicURL = "http://localhost:8080"

// Default is the demo's world, with the program under test at [PublicURL].
func Default() World { return DefaultAt(PublicURL) }

// DefaultAt is the demo's world with the program under test at another origin,
// for those who learn its port late.
func DefaultAt(public string) World {
	return World{
		Tenant: defaultTenant(public), Slack: defaultSlack(), App: defaultApp(public),
		Deliver: defaultDeliver(public), BotClientID: sim.BotClientID,
	}
}

func defaultTenant(public string) tenant.Seed {
	seed := sim.DefaultSeed()
	for i := range seed.Apps {
		if a := &seed.Apps[i]; a.ClientID == sim.BotClientID {
			a.RedirectURIs = []string{public + "/signin/callback"}
			a.AppRoles = append(a.AppRoles, "AdministrativeUnit.Read.All") // optional: names of units
		}
	}
	return seed
}

func defaultSlack() slack.Seed {
	everyone := []string{AdaUser, BenUser, ChiomaUser, DanaUser}
	return slack.Seed{
		Team: defaultTeam(),
		Users: []slack.User{
			{ID: AdaUser, Name: "ada", RealName: "Ada Lindqvist", Email: "ada@fjordbank.example", TimeZone: "Europe/Berlin", Locale: "en-GB"},
			{ID: BenUser, Name: "ben", RealName: "Ben Okafor", Email: "ben@fjordbank.example", TimeZone: "Europe/London", Locale: "en-GB"},
			{ID: ChiomaUser, Name: "chioma", RealName: "Chioma Reyes", Email: "chioma@fjordbank.example", TimeZone: "America/New_York"},
			{ID: DanaUser, Name: "dana", RealName: "Dana Petrov", Email: "dana@fjordbank.example", TimeZone: "Asia/Kolkata"},
			{ID: BotUser, Name: "hoist", RealName: "Hoist", Bot: true},
		},
		Channels: []slack.Channel{
			{ID: GeneralChannel, Name: "general", Members: everyone},
			{ID: FeedChannel, Name: "elevations", Members: append([]string{BotUser}, everyone...)},
		},
	}
}

func defaultTeam() slack.Team { return slack.Team{ID: TeamID, Name: "Fjordbank", Domain: "fjordbank"} }

func defaultApp(public string) slack.App {
	return slack.App{
		ID: AppID, Name: "Hoist", BotUserID: BotUser,
		BotToken: secret.New(BotToken), SigningSecret: secret.New(SigningSecret),
		ClientID: OpenIDClientID, ClientSecret: secret.New(OpenIDClientSecret),
		RedirectURIs: []string{public + "/signin/chat/callback"},
		Scopes:       []string{"commands", "chat:write", "users:read", "users:read.email"},
		Commands:     []string{"/elevate"},
	}
}

// defaultDeliver has no address for events: the program asks for none.
func defaultDeliver(public string) slack.Deliver {
	return slack.Deliver{
		Commands: public + "/slack/commands", Interactions: public + "/slack/interactions", Options: public + "/slack/options",
	}
}
