// Package world reads the YAML file that says what the simulated services begin
// with: the tenant, the Slack workspace and the app that is installed in it.
//
// The file is written by people, so things are called by their names in it, and
// ids may be left out: the same file always gets the same ids.
//
// Invariants: what parses can be used, so neither the tenant nor the workspace
// refuses it; every fault of a file is told at once, each with its place; and no
// address leads off this machine, because the simulators ask for no passwords.
//
// Reading order: world.go (the result), default.go and example.yaml (the demo's
// world, twice), parse.go (the sections and their order), people.go, apps.go,
// roles.go and chat.go (one part of the world each); names.go and ids.go (who is
// meant); reader.go, forms.go and faults.go (YAML, single values, what is wrong).
package world
