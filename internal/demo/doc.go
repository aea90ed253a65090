// Package demo plays Hoist without an account: the production server, a
// simulated Slack, Entra and Graph on loopback, and Redis in memory, all in one
// process. Visitors play it in a browser (`bot demo`); scenarios are short
// scripts (scenarios/*.txt) told from the chairs of the people in it, each played
// by `bot demo --scenario` and by a Go test. Both stand on the same stage.
//
// # Invariant
//
// A scenario touches Hoist only where a person or a service can: what they type
// goes in through the platform's own signed door, sign-ins go through pages in a
// browser, and what is asserted is what somebody sees. The tenant is changed
// only as its administrators or its clock would. Nothing is reachable from
// another machine, or under another name than this machine's own.
//
// # Reading order
//
// port.go (one port, two names), services.go (the simulated services and their
// pages), stage.go (with Hoist and its store), cast.go (the characters). In the
// terminal: scenario.go (the scripts), step.go (the language), play.go and
// world.go (how each step is played), venue.go (a chat), browser.go (a person's
// browser), transcript.go (what is printed). In a browser: live.go, tour.go
// (moments.go is what it says, progress.go what it sees), hint.go, books.go. alone.go serves the services without Hoist.
package demo
