package chat

import (
	"strings"
	"time"

	"hoist/internal/pim"
)

// approvalCard is the elevation for someone who may decide.
func (a *Announcer) approvalCard(e pim.Elevation, at pim.Place, now time.Time) Card {
	c := Card{Kind: ApprovalCard, ID: e.ID, Tone: Waiting, Foot: reference(e)}
	c.Headline = append(Line{typed(e.Principal.Name), plain(" asks for ")}, roleLine(e.Eligibility)...)
	c.Facts = a.facts(e, now)
	if danger := dangerOf(e.Eligibility.Target); danger != "" {
		c.Body = append(c.Body, Line{strong(danger)})
	}
	if e.State != pim.AwaitingApproval {
		c.Tone = Neutral
		c.Body = append(c.Body, decidedLine(e, now))
		return c
	}
	c.Body = append(c.Body,
		Line{plain("PIM names you as an approver. It waits until "), moment(e.Since.Add(24*time.Hour), now), plain("; the first decision counts.")},
		Say(textAfterApproval))
	c.Body = append(c.Body, intents(e)...)
	who := pim.Person{Platform: at.Platform, Workspace: at.Workspace, User: at.Address}
	c.Actions = []Action{
		{
			Kind: ActionApprove, ID: e.ID, URL: a.SignIn.Link(e, pim.Pass{Purpose: pim.PurposeApprove, Person: who, Attempt: 1}), Label: textApprove, Primary: true,
			Spoken: "Approve this request; opens a page",
		},
		{
			Kind: ActionDeny, ID: e.ID, URL: a.SignIn.Link(e, pim.Pass{Purpose: pim.PurposeDeny, Person: who, Attempt: 1}), Label: textDeny, Danger: true,
			Spoken: "Deny this request; opens a page",
		},
		a.openPIM(e.ID),
	}
	return c
}

// decidedLine says what became of a request that an approver was asked about.
func decidedLine(e pim.Elevation, now time.Time) Line {
	by := e.Decision.By
	if by == "" {
		by = "Somebody"
	}
	switch {
	case e.State == pim.Denied:
		return decidedBy(e, by, " denied it", now)
	case e.Decision.Approved:
		return decidedBy(e, by, " approved it", now)
	case e.State == pim.Canceled:
		return Say("It was withdrawn; nothing is left to decide.")
	case e.State == pim.Lapsed:
		return Say("Nobody decided in time.")
	case e.State == pim.Active, e.State == pim.Provisioning, e.State == pim.Scheduled, e.State == pim.Expired, e.State == pim.EndedEarly:
		return Say("It was approved; PIM has not told by whom yet.")
	default:
		return Say("It is no longer open.")
	}
}

func decidedBy(e pim.Elevation, by, did string, now time.Time) Line {
	l := Line{typed(by), plain(did)}
	if !e.Decision.At.IsZero() {
		l = append(l, plain(" at "), moment(e.Decision.At, now))
	}
	return append(l, plain("."))
}

// intents are decisions that were pressed and that PIM has not confirmed.
func intents(e pim.Elevation) []Line {
	var ls []Line
	for _, i := range e.Intents {
		word := "Deny"
		if i.Approved {
			word = "Approve"
		}
		ls = append(ls, Line{typed(i.Name), plain(" pressed " + word + "; PIM has not confirmed it.")})
	}
	return ls
}

// askedLines tells the requester who was asked.
func askedLines(e pim.Elevation, now time.Time) []Line {
	until := Line{plain("PIM has asked the approvers; they have until "), moment(e.Since.Add(24*time.Hour), now), plain(". No decision was seen yet.")}
	if !e.AskedAll {
		return []Line{until}
	}
	if len(e.Asked) == 0 {
		return []Line{until, {strong("PIM names nobody who could approve this"), plain("; ask an administrator.")}}
	}
	reached := 0
	names := Line{plain("Asked: ")}
	for i, a := range e.Asked {
		if a.Reached {
			reached++
		}
		switch {
		case i < namedAtMost:
			names = append(names, typed(a.Name), plain(", "))
		case i == namedAtMost:
			names = append(names, plain(itoa(len(e.Asked)-i)+" more, "))
		}
	}
	names = names.trimEnd(", ")
	return []Line{names, Say(itoa(reached) + " of " + itoa(len(e.Asked)) + " reachable here; all get PIM's mail."), until}
}

// trimEnd takes a separator off the end of a line.
func (l Line) trimEnd(separator string) Line {
	if n := len(l); n > 0 {
		l[n-1].Text = strings.TrimSuffix(l[n-1].Text, separator)
	}
	return l
}

// namedAtMost is how many approvers a card names.
const namedAtMost = 5
