package chat

import (
	"time"

	"hoist/internal/pim"
)

// statusCard lists what a person holds and waits for.
func (a *Announcer) statusCard(st pim.Status, now time.Time) StatusCard {
	s := StatusCard{Headline: Say("Your elevations")}
	for _, e := range st.Open {
		c := a.requestCard(e, now)
		title := roleLine(e.Eligibility)
		if e.Eligibility.Target.ID == "" {
			title = askedLine(e.Ask)
		}
		entry := StatusEntry{Tone: c.Tone, Title: title, Detail: append(append(Line{}, c.Headline...), left(e, now)...)}
		entry.Actions = c.Actions
		s.Entries = append(s.Entries, entry)
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

// left is the time that remains of an active elevation.
func left(e pim.Elevation, now time.Time) Line {
	if e.State != pim.Active {
		return Line{plain(" · "), {Kind: Code, Text: string(e.ID)}}
	}
	return Line{plain(" · " + spokenDuration(e.Activation.End.Sub(now)) + " left · "), {Kind: Code, Text: string(e.ID)}}
}
