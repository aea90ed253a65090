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
		if asks.Title != "End it now?" || asks.Yes != "Continue" || asks.No != "Keep it" {
			t.Errorf("after %s: asks %+v", after, asks)
		}
		if !strings.HasPrefix(asks.Text, textConfirmStop) || strings.Contains(asks.Text, early) != says || len(asks.Text) > 300 {
			t.Errorf("after %s: asks %q", after, asks.Text)
		}
	}
}

func TestCards_offer_the_same_again_when_it_is_over(t *testing.T) {
	now := time.Date(2026, 11, 23, 9, 0, 0, 0, time.UTC)
	a := Announcer{Clock: clock.NewStill(now)}
	twoHours := pim.Ask{Role: "User Administrator", Duration: 2 * time.Hour}
	untilFive := pim.Ask{Right: "k1", Until: &pim.When{Wall: &pim.Wall{Hour: 17}}}
	tests := map[string]struct {
		e    pim.Elevation
		want ActionKind
	}{
		"ended":                   {pim.Elevation{State: pim.Expired, Ask: twoHours}, ActionAgain},
		"ended early":             {pim.Elevation{State: pim.EndedEarly, Ask: twoHours}, ActionAgain},
		"nobody signed in":        {pim.Elevation{State: pim.Lapsed, Cause: pim.CauseSignIn, Ask: twoHours}, ActionAgain},
		"a time of day":           {pim.Elevation{State: pim.Expired, Ask: untilFive}, ActionForm},
		"PIM still lists it":      {pim.Elevation{State: pim.Expired, Ask: twoHours, Sight: pim.Sight{StillListed: true}}, ActionOpen},
		"only an account to link": {pim.Elevation{State: pim.Lapsed, Cause: pim.CauseSignIn}, ActionOpen},
		"denied":                  {pim.Elevation{State: pim.Denied, Ask: twoHours}, ActionOpen},
	}
	for name, test := range tests {
		actions := a.requestCard(test.e, now).Actions
		if actions[0].Kind != test.want || actions[len(actions)-1].Kind != ActionOpen {
			t.Errorf("%s: %+v", name, actions)
		}
	}
}

// A channel is told of an end as well, and nobody there asks for somebody else.
func TestNotes_offer_it_again_to_the_person_only(t *testing.T) {
	now := time.Date(2026, 11, 23, 9, 0, 0, 0, time.UTC)
	a := Announcer{Clock: clock.NewStill(now)}
	e := pim.Elevation{State: pim.Expired, Ask: pim.Ask{Role: "UA", Duration: time.Hour}}
	for kind, want := range map[pim.PlaceKind]int{pim.Requester: 2, pim.Feed: 1} {
		n := a.note(e, pim.Owed{Occasion: pim.OccasionEnded, Place: pim.Place{Kind: kind}}, now)
		if len(n.Actions) != want {
			t.Errorf("%v: %+v", kind, n.Actions)
		}
	}
}
