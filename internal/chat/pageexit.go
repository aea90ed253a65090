package chat

import (
	"time"

	"hoist/internal/pim"
)

// This file holds the texts of the pages that stop a role or withdraw a request.

// ExitPage shows what is about to end, before the sign-in.
func ExitPage(e pim.Elevation, now time.Time) Page {
	p := Page{Tone: Waiting, Facts: append(exitFacts(e, now), accountFact(e, "Sign in as")...), Foot: footOf(e, "Not you, or not expected? Close this page. Nothing is sent before you continue.")}
	if e.Exit.Purpose == pim.PurposeStop {
		p.Title = "Stop this role?"
		p.Lead = Line{plain("The role would last until "), moment(e.Activation.End, now), plain(". When you continue and sign in, Hoist asks PIM to end it now, for every session of yours that uses it.")}
	} else {
		p.Title = "Withdraw this request?"
		p.Lead = Say("When you continue and sign in, Hoist asks PIM to take the request back for good. It is withdrawn once PIM shows it so.")
		p.Body = []Line{Say("PIM lets some requests be withdrawn in its portal only. If this is one of them, the next page says so.")}
	}
	if lost(e, now) {
		p.Tone = Bad
		p.Body = append(p.Body, Line{strong("An earlier try was begun and its outcome is not known."), plain(" You can try again; ending what has ended does no harm.")})
	}
	p.Body = append(p.Body, Line{plain("This link is for you alone and works in one browser, until "), moment(e.Exit.Deadline, now), plain(".")})
	p.Actions = []PageAction{{Kind: PageContinue, Label: "Continue to Microsoft", Primary: true}}
	return p
}

// lost reports whether a callback claimed the end and told nothing in its time.
func lost(e pim.Elevation, now time.Time) bool {
	return !e.Exit.Until.IsZero() && !now.Before(e.Exit.Until)
}

// exitFacts are what would end.
func exitFacts(e pim.Elevation, now time.Time) []Fact {
	facts := []Fact{{Label: "Role", Value: Line{typed(roleName(e))}}, {Label: "Where", Value: scopeOf(e)}}
	switch {
	case e.State == pim.Active:
		facts = append(facts, Fact{Label: "Active until", Value: Line{moment(e.Activation.End, now)}})
	case e.State == pim.Scheduled:
		facts = append(facts, Fact{Label: "Starts", Value: Line{moment(e.Activation.Start, now)}})
	case e.Terms.Duration > 0:
		facts = append(facts, Fact{Label: "How long", Value: Say(spokenDuration(e.Terms.Duration))})
	}
	return append(facts, whyFacts(e)...)
}

// EndingPage shows that PIM is being asked.
func EndingPage(e pim.Elevation, now time.Time) Page {
	p := Page{
		Tone: Waiting, Title: "Asking PIM to end the role…", Lead: Say("You are signed in. This takes some seconds."),
		Facts: append(exitFacts(e, now), accountFact(e, "Signed in as")...), Refresh: refreshSoon,
		Actions: []PageAction{{Kind: PageReload, Label: "Look again"}},
	}
	p.Foot = footOf(e, leaving(p))
	if e.Exit.Purpose == pim.PurposeCancel {
		p.Title = "Asking PIM to take the request back…"
	}
	return p
}

// NotEndedPage says why PIM did not do it.
func NotEndedPage(e pim.Elevation, now time.Time) Page {
	stop := e.Exit.Purpose == pim.PurposeStop
	p := Page{
		Tone: Bad, Title: "The request was not withdrawn", Body: whyNotEnded(e, now), Facts: append(exitFacts(e, now), accountFact(e, "Signed in as")...),
		Actions: []PageAction{toPIM()},
	}
	if stop {
		p.Title = "The role was not stopped"
	}
	if e.Exit.Refused == pim.KindUnanswered {
		p.Title, p.Refresh = "PIM has not confirmed it", refreshSlow
		p.Actions = append(p.Actions, PageAction{Kind: PageReload, Label: "Look again"})
	}
	p.Lead, p.Body, p.Foot = p.Body[0], p.Body[1:], footOf(e, leaving(p))
	return p
}

func whyNotEnded(e pim.Elevation, now time.Time) []Line {
	switch e.Exit.Refused {
	case pim.KindTooYoung:
		if e.State != pim.Active {
			return explain("PIM ends nothing in its first five minutes.", "Ask for it in the chat again then.").Lines()
		}
		return []Line{
			{plain("PIM ends no activation in its first five minutes. You can stop this one from "), moment(e.StoppableAt(), now), plain(" on.")},
			Say("Press Stop in the chat again then."),
		}
	case pim.KindBadRequest:
		return explain("PIM allows this in the portal only.", "Open PIM and do it there; the chat shows it once PIM does.").Lines()
	case pim.KindUnanswered:
		return explain("It was sent, and PIM does not show it yet. This page and the chat say so as soon as it does.", "Look in PIM to be sure.").Lines()
	case pim.KindNotActive:
		what := "PIM shows no such request that could be withdrawn."
		if e.Exit.Purpose == pim.PurposeStop {
			what = "PIM shows nothing active that could be ended."
		}
		return explain(what, "Look in PIM to be sure; the chat shows what PIM shows.").Lines()
	case pim.KindMFARequired, pim.KindChallenge:
		return explain("Microsoft wants a stronger sign-in for it than this page can ask for.", "Open PIM and do it there.").Lines()
	case pim.KindThrottled, pim.KindUnavailable:
		return explain("Microsoft could not be reached, and nothing was sent.", "Ask for it in the chat again, or do it in PIM.").Lines()
	default:
		return Explain(pim.Refusal{Kind: e.Exit.Refused, Role: roleName(e)}, now).Lines()
	}
}
