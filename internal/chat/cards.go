package chat

import (
	"time"

	"hoist/internal/pim"
	"hoist/internal/secret"
)

// requestCard is the elevation for the person who asked.
func (a *Announcer) requestCard(e pim.Elevation, now time.Time) Card {
	c := Card{Kind: RequestCard, ID: e.ID, Facts: a.facts(e, now), Foot: reference(e)}
	switch e.State {
	case pim.Requested:
		c.Tone, c.Headline = Waiting, Say(textBeingChecked)
		c.Actions = []Action{{Kind: ActionWithdraw, ID: e.ID, Label: textWithdraw}}
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
		c.Body = append(append(askedLines(e, now), intents(e)...), Say(textAfterApproval))
		c.Actions = []Action{a.openPIM(e.ID)}
		a.exitCard(&c, e, now)
	case pim.Scheduled:
		c.Tone, c.Headline = Waiting, Line{plain("Granted; it starts at "), moment(e.Activation.Start, now)}
		a.exitCard(&c, e, now)
	case pim.Provisioning:
		c.Tone, c.Headline = Waiting, Say("PIM said yes and is setting it up")
	case pim.Active:
		c.Tone, c.Headline = Good, Line{plain("Active until "), moment(e.Activation.End, now)}
		a.exitCard(&c, e, now)
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
		Kind: ActionSignIn, ID: e.ID, URL: a.link(e, e.SignIn.Purpose), Label: textSignIn, Spoken: textSpokenSignIn, Primary: true,
	}}
	if !e.MaybeSent {
		c.Actions = append(c.Actions, Action{Kind: ActionWithdraw, ID: e.ID, Label: textWithdraw})
	}
	c.Actions = append(c.Actions, Action{Kind: ActionNewLink, ID: e.ID, Label: textNewLink})
}

// link is the personal link of one of the elevation's newest passes.
func (a *Announcer) link(e pim.Elevation, purpose pim.Purpose) secret.Value {
	for _, p := range e.Passes() {
		if p.Purpose == purpose && p.Person == e.Person {
			return a.SignIn.Link(e, p)
		}
	}
	return secret.Value{}
}

// exitCard adds the way out that the person asked for, or offers one.
func (a *Announcer) exitCard(c *Card, e pim.Elevation, now time.Time) {
	out := stopAction(e, now)
	if e.State != pim.Active {
		out = Action{Kind: ActionWithdraw, ID: e.ID, Label: textWithdraw, Danger: true}
	}
	switch {
	case !e.Exit.Until.IsZero():
		c.Body = append(c.Body, Say("Asking PIM to end it…"))
		return
	case !e.Exit.Deadline.IsZero() && now.Before(e.Exit.Deadline):
		c.Body = append(c.Body, Line{plain("Sign in to end it. " + textPrivateLink + " "), moment(e.Exit.Deadline, now), plain(".")})
		c.Actions = append([]Action{{
			Kind: ActionSignIn, ID: e.ID, URL: a.link(e, e.Exit.Purpose), Label: textSignInToEnd, Primary: true,
		}, {Kind: ActionNewLink, ID: e.ID, Label: textNewLink}}, c.Actions...)
		return
	case e.Exit.Refused != "":
		c.Body = append(c.Body, notEnded(e)...)
		c.Actions = append(c.Actions, a.openPIM(e.ID))
	}
	c.Actions = append(c.Actions, out)
}

// stopAction gives an active role back. The question before it says until when
// PIM refuses that: nobody shall learn it from a sign-in that was in vain.
func stopAction(e pim.Elevation, now time.Time) Action {
	asks := Confirmation{Title: textConfirmTitle, Text: textConfirmStop, Yes: textConfirmYes, No: textConfirmNo}
	if from := e.StoppableAt(); now.Before(from) {
		early := Line{plain("Before "), moment(from, now), plain(" " + textStopEarly)}
		asks.Text += " " + early.In(e.Location())
	}
	return Action{Kind: ActionStop, ID: e.ID, Label: textStop, Danger: true, Confirm: &asks}
}

// notEnded says why PIM did not end it.
func notEnded(e pim.Elevation) []Line {
	switch e.Exit.Refused {
	case pim.KindTooYoung:
		return []Line{Say("PIM lets nobody end an activation in its first five minutes.")}
	case pim.KindBadRequest:
		return []Line{Say("PIM lets this request be canceled in the portal only.")}
	case pim.KindNotActive:
		return []Line{Say("PIM does not show it as active. Hoist keeps looking.")}
	case pim.KindUnanswered:
		return []Line{Say("PIM did not answer whether it ended. Hoist keeps looking.")}
	default:
		return []Line{Say("PIM did not end it. Try again, or end it in PIM.")}
	}
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
		c.Actions = append(again(e), c.Actions...)
	default:
		c.Tone = Neutral
		c.Headline = endedHeadline(e, now)
		c.Body = endedBody(e, now)
		c.Actions = append(again(e), c.Actions...)
	}
	if e.Sight.StillListed {
		c.Tone = Bad
		c.Body = append(c.Body, Say(textStillListed))
	}
}

// again offers the same once more where it is over, what the policy would allow,
// or the form where words are missing.
func again(e pim.Elevation) []Action {
	switch {
	case e.State == pim.Refused, e.State == pim.Failed && e.Cause != pim.CauseNotInPIM:
	case e.State == pim.Failed, e.State == pim.Expired, e.State == pim.EndedEarly, e.State == pim.Lapsed:
		return onceMore(e)
	default:
		return nil
	}
	for _, r := range e.Refusals {
		if r.Kind == pim.KindTooLong && r.Maximum > 0 && len(e.Refusals) == 1 {
			return []Action{{Kind: ActionAgain, ID: e.ID, Label: "Ask for " + pim.FormatDuration(r.Maximum), Primary: true}}
		}
	}
	for _, r := range e.Refusals {
		switch r.Kind {
		case pim.KindTicketMissing, pim.KindJustificationMissing, pim.KindDurationMissing, pim.KindTooLong, pim.KindTooShort, pim.KindNotEligible, pim.KindPolicy:
			return []Action{{Kind: ActionForm, ID: e.ID, Label: textForm, Primary: true}}
		default:
		}
	}
	return nil
}

// onceMore asks for the same with one press, or in the form where a time of day
// was asked for: that meant another day. What only linked an account asked for
// nothing, and what PIM still lists would be refused.
func onceMore(e pim.Elevation) []Action {
	switch {
	case e.Ask.Role == "" && e.Ask.Right == "", e.Sight.StillListed:
		return nil
	case e.Ask.Until != nil || e.Ask.Start != nil:
		return []Action{{Kind: ActionForm, ID: e.ID, Label: textForm}}
	default:
		return []Action{{Kind: ActionAgain, ID: e.ID, Label: textAgain}}
	}
}

func endedHeadline(e pim.Elevation, now time.Time) Line {
	switch e.State {
	case pim.Expired:
		return append(Say("Ended"), when(e, now)...)
	case pim.EndedEarly:
		return append(Say("Ended early"), when(e, now)...)
	case pim.Denied:
		return Say("Denied")
	case pim.Canceled:
		if e.Cause == pim.CauseLinked {
			return Say("Connected")
		}
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
		return said(lasted(e))
	case pim.Denied:
		if e.Decision.By == "" {
			return []Line{Say("An approver said no.")}
		}
		ls := []Line{decidedBy(e, e.Decision.By, " said no", now)}
		if e.Decision.Reason != "" {
			ls = append(ls, Line{plain("Their reason: "), typed(e.Decision.Reason)})
		}
		return ls
	case pim.Canceled:
		if e.Cause == pim.CauseLinked {
			return []Line{Say("Your chat account and your Entra account belong together now.")}
		}
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

// said is a line as a body, none when it says nothing.
func said(l Line) []Line {
	if len(l) == 0 {
		return nil
	}
	return []Line{l}
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
		if o.OneOfSeveral(e.Options) {
			label += " (tenant " + string(o.Principal.Tenant)[:min(8, len(o.Principal.Tenant))] + ", account " + o.Principal.ID[:min(8, len(o.Principal.ID))] + ")"
		}
		as = append(as, Action{Kind: ActionChoose, ID: e.ID, Value: itoa(i + 1), Label: label})
	}
	return as
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
