package world

import (
	_ "embed"

	"hoist/internal/sim/slack"
	"hoist/internal/sim/tenant"
)

// World is what the simulated services begin with.
type World struct {
	Tenant tenant.Seed
	Slack  slack.Seed
	// App is the app that is installed in the workspace.
	App slack.App
	// Deliver is where the app listens.
	Deliver slack.Deliver
	// BotClientID is the registration that the program under test signs people
	// in with. It is empty in a tenant without apps.
	BotClientID string
}

//go:embed example.yaml
var example string

// Example is a commented file that describes the world of [Default].
func Example() string { return example }
