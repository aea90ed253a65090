package chat

import (
	"time"

	"hoist/internal/pim"
	"hoist/internal/secret"
)

// note is one notice, told once.
func (a *Announcer) note(e pim.Elevation, o pim.Owed, now time.Time) Note {
	n := Note{}
	toPerson := o.Place.Kind == pim.Requester
	switch o.Occasion {
	case pim.OccasionStarted:
		n.Tone = Good
		n.Line = Line{plain("Active until "), moment(e.Activation.End, now), plain(".")}
		if toPerson {
			n.Line = append(roleLine(e.Eligibility), plain(" is active until "), moment(e.Activation.End, now), plain(". "+textReconnect))
			n.Command = a.connect()
		}
	case pim.OccasionEnded:
		n.Line = append(append(roleLine(e.Eligibility), plain(" ended")), append(when(e, now), plain(". "))...)
		n.Line = append(n.Line, lasted(e)...).trimEnd(" ")
		if e.Ask.Justification != "" {
			n.Facts = []Fact{{Label: "Reason at the start", Value: Line{typed(e.Ask.Justification)}}}
		}
		n.Actions = []Action{a.openPIM(e.ID)}
		if toPerson {
			n.Actions = append(again(e), n.Actions...)
		}
	case pim.OccasionEnding:
		n.Tone = Waiting
		n.Line = append(append(Line{}, roleLine(e.Eligibility)...), plain(" ends at "), moment(e.Activation.End, now), plain(". "+textLongerLater))
		n.Actions = []Action{stopAction(e, now)}
	case pim.OccasionStoppable:
		n.Line = append(append(Line{}, roleLine(e.Eligibility)...), plain(" can be stopped now."))
		n.Actions = []Action{stopAction(e, now)}
	case pim.OccasionLook:
		n.Tone = Waiting
		n.Line = append(append(Line{}, roleLine(e.Eligibility)...), plain(": "+textLookFirst))
		if url := a.link(e, e.SignIn.Purpose); e.State == pim.AwaitingSignIn && url != (secret.Value{}) {
			n.Actions = []Action{{Kind: ActionSignIn, ID: e.ID, URL: url, Label: textSignIn, Spoken: textSpokenSignIn, Primary: true}}
		}
	case pim.OccasionCorrected:
		n.Line = append(Line{plain(textCorrection + " Until ")}, moment(e.Activation.End, now), plain("."))
	default:
		n.Tone = Bad
		n.Line = append(append(Line{}, endedHeadline(e, now)...), plain(": "))
		n.Line = append(n.Line, roleLine(e.Eligibility)...)
		n.Line = append(n.Line, plain(". "))
		if body := endedBody(e, now); len(body) > 0 {
			n.Line = append(n.Line, body[0]...)
		}
		n.Actions = []Action{a.openPIM(e.ID)}
	}
	return n
}
