package chat

import (
	"testing"
	"time"

	"hoist/internal/clock"
	"hoist/internal/pim"
)

func TestSpokenDuration(t *testing.T) {
	for d, want := range map[time.Duration]string{
		-time.Second:                          "less than a minute",
		0:                                     "less than a minute",
		29 * time.Second:                      "less than a minute",
		59*time.Second + 900*time.Millisecond: "less than a minute",
		time.Minute:                           "1 min",
		89 * time.Second:                      "1 min",
		59*time.Minute + 40*time.Second:       "1 h",
		time.Hour:                             "1 h",
		90 * time.Minute:                      "1 h 30 min",
		26*time.Hour + time.Minute:            "26 h 1 min",
	} {
		if got := spokenDuration(d); got != want {
			t.Errorf("%s is spoken as %q, want %q", d, got, want)
		}
	}
}

// Every place where less than a minute is spoken of reads as a sentence.
func TestTexts_under_a_minute(t *testing.T) {
	start := time.Date(2026, 11, 23, 9, 0, 0, 0, time.UTC)
	now := start.Add(20 * time.Second)
	a := Announcer{Clock: clock.NewStill(now)}
	e := pim.Elevation{
		ID: "H-7K3F9QX", State: pim.AwaitingApproval, Since: start,
		Activation: pim.Activation{Start: start, End: now.Add(10 * time.Second)},
	}
	facts := decisionFacts(e, now)
	fact := facts[len(facts)-1]
	if got := fact.Value.String(); fact.Label != "Waiting" || got != "For less than a minute, since 09:00 UTC" {
		t.Errorf("%s: %q", fact.Label, got)
	}
	e.State = pim.Active
	if got := a.statusCard(pim.Status{Open: []pim.Elevation{e}}, now).Entries[0].Detail.String(); got != "Active until 09:00 UTC · less than a minute left · H-7K3F9QX" {
		t.Errorf("status: %q", got)
	}
	e.State, e.Activation.Ended = pim.EndedEarly, now
	if got := lasted(e).String(); got != "It was held for less than a minute." {
		t.Errorf("ended: %q", got)
	}
}
