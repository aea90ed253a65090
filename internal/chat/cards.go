package chat

import (
	"time"

	"hoist/internal/pim"
)

// requestCard is the elevation for the person who asked.
func (a *Announcer) requestCard(e pim.Elevation, now time.Time) Card {
	c := Card{Kind: RequestCard, ID: e.ID, Facts: a.facts(e, now), Foot: reference(e)}
	switch e.State {
	case pim.AwaitingChoice:
		c.Tone, c.Headline = Waiting, Say("Which one do you mean?")
		c.Body = []Line{Say(textChooseAnswer)}
		c.Actions = choices(e)
	case pim.AwaitingSignIn:
		a.signInCard(&c, e, now)
	case pim.Submitting:
		c.Tone, c.Headline = Waiting, Say("Sending it to PIM…")
	case pim.AwaitingApproval:
		c.Tone, c.Headline = Waiting, Say("Waiting for approval")
		c.Body = []Line{
			{plain("PIM has asked the approvers; they have until "), moment(e.Since.Add(24*time.Hour), now), plain(". No decision was seen yet.")},
			Say(textAfterApproval),
		}
		c.Actions = []Action{a.openPIM(e.ID)}
	case pim.Scheduled:
		c.Tone, c.Headline = Waiting, Line{plain("Granted; it starts at "), moment(e.Activation.Start, now)}
	case pim.Provisioning:
		c.Tone, c.Headline = Waiting, Say("PIM said yes and is setting it up")
	case pim.Active:
		c.Tone, c.Headline = Good, Line{plain("Active until "), moment(e.Activation.End, now)}
	default:
		a.endedCard(&c, e, now)
	}
	return c
}

// signInCard asks for the sign-in that comes next.
func (a *Announcer) signInCard(c *Card, e pim.Elevation, now time.Time) {
	c.Tone, c.Headline = Waiting, Say(textSignIn)
	switch {
	case e.SignIn.Purpose == pim.PurposeLink:
		c.Headline = Say("Connect your Microsoft Entra account")
		c.Body = []Line{Say("Hoist does not know yet which Entra account is yours. Sign in to both once; your request goes on from there.")}
	case e.SignIn.LookFirst:
		c.Headline = Say("Sign in, so that Hoist can look")
		c.Body = []Line{Say("Something may have reached PIM before the answer was lost. Hoist looks before it sends anything.")}
	case e.SignIn.Challenged:
		c.Body = []Line{Say("PIM asks for a stronger sign-in than the one before.")}
	}
	if e.Terms.NeedsApproval {
		c.Body = append(c.Body, Say("PIM will ask an approver after that."))
	}
	c.Body = append(c.Body, Line{plain(textPrivateLink + " "), moment(e.Deadline, now), plain(".")})
	c.Actions = []Action{{
		Kind: ActionSignIn, ID: e.ID, URL: a.SignIn.Link(e), Label: textSignIn, Spoken: textSpokenSignIn, Primary: true,
	}}
}

// endedCard tells how it ended, never more than is known, and always with the
// way to PIM.
func (a *Announcer) endedCard(c *Card, e pim.Elevation, now time.Time) {
	c.Tone = Bad
	c.Actions = []Action{a.openPIM(e.ID)}
	switch e.State {
	case pim.Refused, pim.Failed:
		c.Headline = Say("Not possible")
		if e.State == pim.Failed {
			c.Headline = Say("PIM said no")
		}
		if e.Cause == pim.CauseNotInPIM {
			c.Headline = Say("Not found in PIM")
			c.Body = []Line{Say("PIM holds no such request. Ask again.")}
		}
		for _, r := range e.Refusals {
			c.Body = append(c.Body, Explain(r, now).Lines()...)
		}
	default:
		c.Tone = Neutral
		c.Headline = endedHeadline(e, now)
		c.Body = endedBody(e, now)
	}
	if e.Sight.StillListed {
		c.Tone = Bad
		c.Body = append(c.Body, Say(textStillListed))
	}
}

func endedHeadline(e pim.Elevation, now time.Time) Line {
	switch e.State {
	case pim.Expired:
		return Line{plain("Ended at "), moment(e.Activation.End, now)}
	case pim.EndedEarly:
		return Line{plain("Ended early at "), moment(e.Since, now)}
	case pim.Denied:
		return Say("Denied")
	case pim.Canceled:
		return Say("Withdrawn")
	case pim.Lapsed:
		return Say("Nothing came of it")
	default:
		return Say("Unknown: PIM's answer was lost")
	}
}

func endedBody(e pim.Elevation, now time.Time) []Line {
	switch e.State {
	case pim.Expired, pim.EndedEarly:
		return []Line{lasted(e)}
	case pim.Denied:
		if e.Decision.By != "" {
			return []Line{{plain("Decided by "), typed(e.Decision.By), plain(".")}}
		}
		return []Line{Say("An approver said no.")}
	case pim.Canceled:
		if e.Cause == pim.CauseElsewhere {
			return []Line{Say("PIM shows that the request was canceled.")}
		}
		return []Line{Say(textNothingSent)}
	case pim.Lapsed:
		return []Line{lapsed(e)}
	default:
		return []Line{
			Say("The request may have reached PIM. Hoist watches for it and says so here when it shows."),
			{plain("Sign in to PIM to see for yourself. Watched until "), moment(e.Watch, now), plain(".")},
		}
	}
}

func lapsed(e pim.Elevation) Line {
	switch e.Cause {
	case pim.CauseChoice:
		return Say("Nothing was chosen in ten minutes. " + textNothingSent)
	case pim.CauseSignIn:
		return Say("Nobody signed in within ten minutes. " + textNothingSent + " Ask again when you need it.")
	case pim.CauseApproval:
		return Say("No decision was seen within 24 hours; PIM drops such requests.")
	default:
		return Say("Microsoft Entra could not be asked for ten minutes. " + textNothingSent)
	}
}

func lasted(e pim.Elevation) Line {
	if e.State == pim.EndedEarly && e.Cause != pim.CauseStopped {
		return Say("PIM no longer lists it. It was held for about " + spokenDuration(e.Lasted()) + ".")
	}
	return Say("It was held for " + spokenDuration(e.Lasted()) + ".")
}

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
		say(Neutral, " held ", plain("; it ended early at "), moment(e.Since, now))
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
	if e.State == pim.Expired || e.State == pim.EndedEarly {
		c.Body = append(c.Body, lasted(e))
	}
	if !e.State.Open() {
		c.Actions = []Action{a.openPIM(e.ID)}
	}
	return c
}

// facts are what the person asked for and what it came to.
func (a *Announcer) facts(e pim.Elevation, now time.Time) []Fact {
	if e.Eligibility.Target.ID == "" {
		if l := askedLine(e.Ask); len(l) > 0 {
			return []Fact{{Label: "Asked", Value: l}}
		}
		return nil
	}
	fs := []Fact{{Label: "Role", Value: roleLine(e.Eligibility)}}
	if e.Principal.UPN != "" {
		fs = append(fs, Fact{Label: "Account", Value: Line{typed(e.Principal.UPN)}})
	}
	return append(fs, a.publicFacts(e, now)...)
}

// publicFacts are those that a channel sees as well.
func (a *Announcer) publicFacts(e pim.Elevation, now time.Time) []Fact {
	var fs []Fact
	if d := e.Terms.Duration; d > 0 {
		fs = append(fs, Fact{Label: "Duration", Value: Say(spokenDuration(d))})
	}
	if !e.Terms.Start.IsZero() && e.Activation.Start.IsZero() {
		fs = append(fs, Fact{Label: "Start", Value: Line{moment(e.Terms.Start, now)}})
	}
	if e.Ask.Justification != "" {
		fs = append(fs, Fact{Label: "Reason", Value: Line{typed(e.Ask.Justification)}})
	}
	if e.Ask.Ticket.Number != "" {
		fs = append(fs, Fact{Label: "Ticket", Value: Line{typed(e.Ask.Ticket.Number)}})
	}
	return fs
}

// choices are the rights that fit, each a button.
func choices(e pim.Elevation) []Action {
	var as []Action
	for i, o := range e.Options {
		label := roleLine(o).String()
		if several(e.Options, o) {
			label += " (tenant " + string(o.Principal.Tenant)[:min(8, len(o.Principal.Tenant))] + ", account " + o.Principal.ID[:min(8, len(o.Principal.ID))] + ")"
		}
		as = append(as, Action{Kind: ActionChoose, ID: e.ID, Value: itoa(i + 1), Label: label})
	}
	return as
}

// several reports whether another option differs only by its account.
func several(all []pim.Eligibility, o pim.Eligibility) bool {
	n := 0
	for _, x := range all {
		if x.Target.ID == o.Target.ID && x.Scope.ID == o.Scope.ID {
			n++
		}
	}
	return n > 1
}

func reference(e pim.Elevation) Line {
	return Line{plain("Reference "), {Kind: Code, Text: string(e.ID)}}
}

// connect is the line that opens a PowerShell session with exactly these
// rights. Both ids are GUIDs by validation, so nothing from a chat enters it.
func (a *Announcer) connect() string {
	if a.CLIClientID == "" {
		return ""
	}
	return "Connect-MgGraph -TenantId " + string(a.Tenant) + " -ClientId " + a.CLIClientID +
		" -Scopes Directory.AccessAsUser.All -ContextScope Process -NoWelcome"
}

func (a *Announcer) portal() string {
	if a.PIMURL != "" {
		return a.PIMURL
	}
	return DefaultPIMURL
}

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
		n.Line = append(append(Line{}, roleLine(e.Eligibility)...), plain(" ended at "), moment(endOf(e), now), plain(". "))
		n.Line = append(n.Line, lasted(e)...)
		if e.Ask.Justification != "" {
			n.Facts = []Fact{{Label: "Reason at the start", Value: Line{typed(e.Ask.Justification)}}}
		}
		n.Actions = []Action{a.openPIM(e.ID)}
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

func endOf(e pim.Elevation) time.Time {
	if e.State == pim.EndedEarly {
		return e.Since
	}
	return e.Activation.End
}

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
		if e.State == pim.AwaitingSignIn {
			entry.Actions = c.Actions
		}
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
