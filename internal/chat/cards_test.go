package chat

import (
	"strings"
	"testing"
	"time"

	"hoist/internal/clock"
	"hoist/internal/pim"
)

// Who wants to stop in the first five minutes reads it in the question before
// it, not after a sign-in.
func TestStop_says_until_when_PIM_refuses_it(t *testing.T) {
	start := time.Date(2026, 11, 23, 9, 0, 0, 0, time.UTC)
	e := pim.Elevation{
		ID: "H-7K3F9QX", State: pim.Active, Zone: "Europe/Berlin",
		Activation: pim.Activation{Start: start, End: start.Add(2 * time.Hour)},
	}
	const early = "Before 10:05 CET PIM lets nobody end it"
	for after, says := range map[time.Duration]bool{0: true, 5*time.Minute - time.Second: true, 5 * time.Minute: false, time.Hour: false} {
		a := Announcer{Clock: clock.NewStill(start.Add(after))}
		card := a.requestCard(e, a.Clock.Now())
		if len(card.Actions) != 1 || card.Actions[0].Kind != ActionStop {
			t.Fatalf("after %s: %+v", after, card.Actions)
		}
		asks := card.Actions[0].Confirm
		if !strings.HasPrefix(asks, textConfirmStop) || strings.Contains(asks, early) != says || len(asks) > 300 {
			t.Errorf("after %s: asks %q", after, asks)
		}
	}
}
