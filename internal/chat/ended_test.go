package chat

import (
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"hoist/internal/pim"
)

// TestEnded_claims_no_more_than_is_known is every place that tells of an end,
// whole: the time of an end is one that PIM gave, and any other is one at which
// it was seen. It was noticed at 10:32.
func TestEnded_claims_no_more_than_is_known(t *testing.T) {
	ten := time.Date(2026, 11, 23, 10, 0, 0, 0, time.UTC)
	for name, tt := range map[string]struct {
		change func(*pim.Elevation)
		want   endings
	}{
		"its time was over": {
			func(e *pim.Elevation) { e.State = pim.Expired },
			endings{
				Card:    "Ended at 12:00 UTC\nIt was held for 2 h.",
				Channel: "Ada Lindqvist held User Administrator until 12:00 UTC\nIt was held for 2 h.",
				Notice:  "User Administrator ended at 12:00 UTC. It was held for 2 h.",
				Page:    "Its time was over at 12:00 UTC.",
			},
		},
		"ended, and PIM said when": {
			func(e *pim.Elevation) {
				e.Cause, e.Decision.By, e.Activation.Ended = pim.CauseStopped, "Ben Okafor", ten.Add(31*time.Minute)
			},
			endings{
				Card:    "Ended early at 10:31 UTC\nEnded by Ben Okafor. It was held for 31 min.",
				Channel: "Ada Lindqvist held User Administrator; it ended early at 10:31 UTC\nEnded by Ben Okafor. It was held for 31 min.",
				Notice:  "User Administrator ended at 10:31 UTC. Ended by Ben Okafor. It was held for 31 min.",
				Page:    "It ended at 10:31 UTC; it was due to end at 12:00 UTC.",
			},
		},
		"no longer listed": {
			func(e *pim.Elevation) { e.Cause = pim.CauseUnknown },
			endings{
				Card:    "Ended early, seen at 10:32 UTC\nPIM no longer lists it. It was held for at most 33 min.",
				Channel: "Ada Lindqvist held User Administrator; it ended early, seen at 10:32 UTC\nPIM no longer lists it. It was held for at most 33 min.",
				Notice:  "User Administrator ended, seen at 10:32 UTC. PIM no longer lists it. It was held for at most 33 min.",
				Page:    "It ended, seen at 10:32 UTC; it was due to end at 12:00 UTC.",
			},
		},
		"ended, and PIM said neither when nor by whom": {
			func(e *pim.Elevation) { e.Cause = pim.CauseStopped },
			endings{
				Card:    "Ended early, seen at 10:32 UTC\nPIM shows that it was ended, and not when. It was held for at most 33 min.",
				Channel: "Ada Lindqvist held User Administrator; it ended early, seen at 10:32 UTC\nPIM shows that it was ended, and not when. It was held for at most 33 min.",
				Notice:  "User Administrator ended, seen at 10:32 UTC. PIM shows that it was ended, and not when. It was held for at most 33 min.",
				Page:    "It ended, seen at 10:32 UTC; it was due to end at 12:00 UTC.",
			},
		},
		"ended before anybody knew that it had begun": {
			func(e *pim.Elevation) { e.Cause, e.Activation = pim.CauseStopped, pim.Activation{} },
			endings{
				Card:    "Ended early, seen at 10:32 UTC\nPIM shows that it was ended, and not when.",
				Channel: "Ada Lindqvist held User Administrator; it ended early, seen at 10:32 UTC\nPIM shows that it was ended, and not when.",
				Notice:  "User Administrator ended, seen at 10:32 UTC. PIM shows that it was ended, and not when.",
				Page:    "It ended, seen at 10:32 UTC.",
			},
		},
		"approved by one, and ended by nobody knows whom": {
			func(e *pim.Elevation) {
				e.Cause, e.Decision = pim.CauseStopped, pim.Decision{By: "Ben Okafor", Approved: true}
				e.Activation.Ended = ten.Add(31 * time.Minute)
			},
			endings{
				Card:    "Ended early at 10:31 UTC\nIt was held for 31 min.",
				Channel: "Ada Lindqvist held User Administrator; it ended early at 10:31 UTC\nIt was held for 31 min.",
				Notice:  "User Administrator ended at 10:31 UTC. It was held for 31 min.",
				Page:    "It ended at 10:31 UTC; it was due to end at 12:00 UTC.",
			},
		},
	} {
		t.Run(name, func(t *testing.T) {
			e := pim.Elevation{
				State: pim.EndedEarly, Since: ten.Add(32*time.Minute + 20*time.Second), Principal: pim.Principal{Name: "Ada Lindqvist"},
				Eligibility: pim.Eligibility{Target: pim.Target{ID: "r", Name: "User Administrator"}, Scope: pim.Scope{ID: "/"}},
				Activation:  pim.Activation{Start: ten, End: ten.Add(2 * time.Hour)},
			}
			tt.change(&e)
			if diff := cmp.Diff(tt.want, endingsOf(e, ten.Add(3*time.Hour))); diff != "" {
				t.Errorf("(-want +got)\n%s", diff)
			}
		})
	}
}

// endings are the texts that tell of an end.
type endings struct{ Card, Channel, Notice, Page string }

func endingsOf(e pim.Elevation, now time.Time) endings {
	a := &Announcer{}
	text := func(c Card) string {
		s := c.Headline.String()
		for _, l := range c.Body {
			s += "\n" + l.String()
		}
		return s
	}
	return endings{
		Card:    text(a.requestCard(e, now)),
		Channel: text(a.announcement(e, now)),
		Notice:  a.note(e, pim.Owed{Occasion: pim.OccasionEnded, Place: pim.Place{Kind: pim.Feed}}, now).Line.String(),
		Page:    OutcomePage(e, now).Lead.String(),
	}
}
