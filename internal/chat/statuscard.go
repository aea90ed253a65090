package chat

import (
	"time"

	"hoist/internal/pim"
)

// statusCard lists what a person holds and waits for.
func (a *Announcer) statusCard(st pim.Status, now time.Time) StatusCard {
	s := StatusCard{Headline: Say("Your elevations")}
	for _, e := range st.Open {
		s.Entries = append(s.Entries, a.statusEntry(e, now))
	}
	for _, h := range st.Elsewhere {
		s.Entries = append(s.Entries, StatusEntry{
			Tone:   Good,
			Title:  roleLine(pim.Eligibility{Target: h.Target, Scope: h.Scope}),
			Detail: Line{plain(textElsewhere + "; active until "), moment(h.End, now)},
		})
	}
	if len(s.Entries) == 0 {
		s.Headline = Say(textNoHistory)
	}
	if st.AsOf.IsZero() && len(s.Entries) > 0 {
		s.Foot = Say(textStatusNotAsked)
	}
	return s
}

// movedOn answers a button that an elevation has outlived: a list keeps showing
// what was so when it was asked for. It says what is so now, with what can be
// done about that.
func (a *Announcer) movedOn(why string, e pim.Elevation, now time.Time) StatusCard {
	s := StatusCard{Headline: Say(why), Entries: []StatusEntry{a.statusEntry(e, now)}}
	if !e.State.Open() && e.State != pim.Unresolved {
		s.Foot = Say(textNeedAgain)
	}
	return s
}

// statusEntry is one elevation with what its card says and offers.
func (a *Announcer) statusEntry(e pim.Elevation, now time.Time) StatusEntry {
	c := a.requestCard(e, now)
	title := roleLine(e.Eligibility)
	if e.Eligibility.Target.ID == "" {
		title = askedLine(e.Ask)
	}
	return StatusEntry{Tone: c.Tone, Title: title, Detail: append(append(Line{}, c.Headline...), left(e, now)...), Actions: c.Actions}
}

// left is the time that remains of an active elevation.
func left(e pim.Elevation, now time.Time) Line {
	if e.State != pim.Active {
		return Line{plain(" · "), {Kind: Code, Text: string(e.ID)}}
	}
	return Line{plain(" · " + spokenDuration(e.Activation.End.Sub(now)) + " left · "), {Kind: Code, Text: string(e.ID)}}
}
