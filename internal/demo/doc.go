// Package demo plays Hoist without an account: the production server, a
// simulated Slack, Entra and Graph on loopback, and Redis in memory, all in one
// process. Scenarios are short scripts (scenarios/*.txt) told from the chairs of
// the people in them; each is played by `bot demo --scenario` and is a Go test.
//
// # Invariant
//
// A scenario touches Hoist only where a person or a service can: what they type
// goes in through the platform's own signed door, sign-ins go through pages in a
// browser, and what is asserted is what somebody sees. The tenant is changed
// only as its administrators or its clock would.
//
// # Reading order
//
// scenario.go (the scripts), step.go (the language), stage.go (what stands on
// the stage), play.go (how each step is played), browser.go (a person's
// browser), transcript.go (what is printed).
package demo
