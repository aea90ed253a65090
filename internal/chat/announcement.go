package chat

import (
	"time"

	"hoist/internal/pim"
)

// announcement is the elevation for a channel.
func (a *Announcer) announcement(e pim.Elevation, now time.Time) Card {
	c := Card{Kind: Announcement, ID: e.ID, Foot: reference(e)}
	who := typed(e.Principal.Name)
	role := roleLine(e.Eligibility)
	say := func(t Tone, before string, after ...Span) {
		c.Tone = t
		c.Headline = append(Line{who, plain(before)}, role...)
		c.Headline = append(c.Headline, after...)
	}
	switch e.State {
	case pim.Active:
		say(Good, " holds ", plain(" until "), moment(e.Activation.End, now))
	case pim.AwaitingApproval:
		say(Waiting, " waits for approval of ")
	case pim.Scheduled:
		say(Waiting, " will hold ", plain(" from "), moment(e.Activation.Start, now))
	case pim.Expired:
		say(Neutral, " held ", plain(" until "), moment(e.Activation.End, now))
	case pim.EndedEarly:
		say(Neutral, " held ", append(Say("; it ended early"), when(e, now)...)...)
	case pim.Denied:
		say(Bad, " was denied ")
	case pim.Canceled:
		say(Neutral, " no longer asks for ")
	case pim.Lapsed:
		say(Neutral, " got no answer for ")
	case pim.Failed, pim.Refused:
		say(Bad, " could not activate ")
	case pim.Unresolved:
		say(Bad, " may have activated ", plain("; PIM's answer was lost"))
	default:
		say(Waiting, " is activating ")
	}
	c.Facts = a.publicFacts(e, now)
	if e.Sight.StillListed {
		c.Tone, c.Body = Bad, append(c.Body, Say(textStillListed))
	}
	if e.Foreign {
		c.Body = append(c.Body, Say(textElsewhere+"."))
	}
	if e.State == pim.Expired || e.State == pim.EndedEarly {
		c.Body = append(c.Body, said(lasted(e))...)
	}
	if !e.State.Open() {
		c.Actions = []Action{a.openPIM(e.ID)}
	}
	return c
}
