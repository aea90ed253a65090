package chat

import (
	"time"

	"hoist/internal/pim"
	"hoist/internal/secret"
)

// This file holds the texts of an approver's pages: before the decision, while
// it is sent, and after it.

// LongestDecisionReason is how many characters a decision's reason may have.
const LongestDecisionReason = 500

// ReasonField is the name of the reason in a decision page's form.
const ReasonField = "reason"

// ReasonFault says why a decision's reason was not taken.
type ReasonFault string

// The faults of a reason.
const (
	ReasonMissing ReasonFault = "missing"
	ReasonTooLong ReasonFault = "tooLong"
)

// Deciding is what a decision page shows besides the record.
type Deciding struct {
	Purpose pim.Purpose
	// Other leads to the page of the other decision.
	Other secret.Value
	// Reason was typed before, and Fault is why it was not taken.
	Reason string
	Fault  ReasonFault
	// Unconfirmed is an earlier decision of this person's that PIM has not
	// confirmed in time, nil for none.
	Unconfirmed *pim.Intent
	// Dropped is why PIM did not take an earlier decision, "" when there was none.
	Dropped pim.Kind
}

// Tried is a decision that this browser came to send.
type Tried struct {
	Approved bool
	// Name is the account's, as PIM names who decided.
	Name string
	// Refused is why it was not sent, "" when it was.
	Refused pim.Kind
}

// DecisionPage shows an approver what they are asked. Nothing is sent before its
// button was pressed and the approver has signed in.
func DecisionPage(e pim.Elevation, d Deciding, now time.Time) Page {
	p := Page{
		Tone:  Waiting,
		Title: "Approve this request?",
		Lead:  decisionLead(e, now),
		Facts: append(decisionFacts(e, now), Fact{Label: "Why you", Value: Say("PIM names you as an approver.")}),
		Field: reasonField(e, d),
		Actions: []PageAction{
			{Kind: PageContinue, Label: "Approve as yourself", Primary: true},
			{Kind: PageFollow, Label: "Deny instead", URL: d.Other},
		},
		Foot: footOf(e, "Nothing is decided before you press the button and Microsoft has checked that it is you."),
	}
	if d.Purpose == pim.PurposeDeny {
		p.Title, p.Actions[0].Label, p.Actions[1].Label = "Deny this request?", "Deny", "Approve instead"
	}
	if danger := dangerOf(e.Eligibility.Target); danger != "" {
		p.Warning = Say(danger)
	}
	p.Body = append(p.Body, pressedByOthers(e, d)...)
	p.Body = append(p.Body, Say("You decide as yourself, with your own account: PIM records your name and your reason, and the first decision counts."))
	if d.Unconfirmed == nil && d.Dropped == "" {
		return p
	}
	if d.Dropped != "" {
		p.Tone, p.Lead, p.Body = Bad, Say("Your decision was not taken. "+dropped(d.Dropped)), append([]Line{p.Lead}, p.Body...)
		p.Actions = afterDropped(d, p.Actions)
		return p
	}
	p.Actions = append(p.Actions, toPIM())
	p.Tone, p.Lead = Bad, Line{
		plain("You pressed " + pressed(d.Unconfirmed.Approved) + "; PIM has not confirmed it. Look in PIM, or sign in again: Hoist looks there first and sends nothing that was taken already."),
	}
	return p
}

// afterDropped leads to what can help: the same account is refused again, and no
// sign-in from here satisfies a rule that this page cannot ask for.
func afterDropped(d Deciding, actions []PageAction) []PageAction {
	inPIM := toPIM()
	switch d.Dropped {
	case pim.KindForbidden, pim.KindSelfApproval:
		actions[0].Kind, actions[0].Label = PageSwitch, pressed(d.Purpose == pim.PurposeApprove)+" with another account"
	case pim.KindMFARequired, pim.KindChallenge:
		inPIM.Primary, actions[0].Primary = true, false
		return append([]PageAction{inPIM}, actions...)
	default: // trying again may help
	}
	return append(actions, inPIM)
}

func decisionLead(e pim.Elevation, now time.Time) Line {
	return Line{typed(asker(e)), plain(" asks for a role. PIM waits for a decision until "), moment(e.Since.Add(24*time.Hour), now), plain(".")}
}

// decisionFacts are what is decided on.
func decisionFacts(e pim.Elevation, now time.Time) []Fact {
	facts := requestFacts(e)
	if !e.Principal.IsZero() {
		facts = append(facts, Fact{Label: "For the account", Value: Line{typed(AccountName(e.Principal))}})
	}
	if e.State != pim.AwaitingApproval {
		return facts
	}
	return append(facts, Fact{Label: "Waiting", Value: Line{
		plain("For " + spokenDuration(now.Sub(e.Since)) + ", since "), moment(e.Since, now),
	}})
}

// asker is who asks, by the best name there is.
func asker(e pim.Elevation) string {
	if e.Principal.Name != "" {
		return e.Principal.Name
	}
	return named(e.Name, e.Person.User)
}

func named(a, b string) string {
	if a != "" {
		return a
	}
	return b
}

func reasonField(e pim.Elevation, d Deciding) *PageField {
	f := &PageField{
		Name: ReasonField, Label: "Your reason", Value: d.Reason, Limit: LongestDecisionReason,
		Hint:     "Optional. PIM and the person who asked will see it.",
		Required: e.Terms.DecisionReason,
	}
	if f.Required {
		f.Hint = "The role's policy wants one. PIM and the person who asked will see it."
	}
	switch d.Fault {
	case ReasonMissing:
		f.Fault = "Please give a reason; the role's policy wants one."
	case ReasonTooLong:
		f.Fault = "That is too long: " + itoa(LongestDecisionReason) + " characters at most. Nothing was sent."
	}
	return f
}

// pressedByOthers names decisions that others pressed and PIM has not confirmed.
func pressedByOthers(e pim.Elevation, d Deciding) []Line {
	var lines []Line
	for _, i := range e.Intents {
		if d.Unconfirmed != nil && i.Person == d.Unconfirmed.Person {
			continue
		}
		lines = append(lines, Line{typed(i.Name), plain(" pressed " + pressed(i.Approved) + "; PIM has not confirmed it.")})
	}
	return lines
}

func pressed(approved bool) string {
	if approved {
		return "Approve"
	}
	return "Deny"
}

// dropped says why PIM did not take a decision, and what to do next.
func dropped(why pim.Kind) string {
	switch why {
	case pim.KindChanged:
		return "The request changed meanwhile, so nothing was sent. Look at it as it is now, and decide again."
	case pim.KindForbidden:
		return "PIM does not name the account that you signed in with as an approver. If another account of yours is one, decide again with that."
	case pim.KindSelfApproval:
		return "The account that you signed in with belongs to the person who asked, and nobody decides on their own request. If that is not you, decide again with your own account."
	case pim.KindMFARequired, pim.KindChallenge:
		return "Microsoft wants a stronger sign-in for it than this page can ask for. Decide in PIM."
	case pim.KindThrottled, pim.KindUnavailable:
		return "Microsoft could not be reached. Wait a moment and decide again."
	default:
		return "PIM shows no decision of yours; the people who run Hoist can find out why with the reference below. Decide again, or look in PIM."
	}
}

// SendingDecisionPage shows a decision on its way.
func SendingDecisionPage(e pim.Elevation, i pim.Intent, now time.Time) Page {
	return Page{
		Tone:    Waiting,
		Title:   "Sending your decision to PIM…",
		Lead:    Say("You pressed " + pressed(i.Approved) + ". This takes some seconds."),
		Facts:   decisionFacts(e, now),
		Actions: []PageAction{{Kind: PageReload, Label: "Look again"}},
		Refresh: refreshSoon,
		Foot:    footOf(e, "You can close this page; the chat shows what came of it."),
	}
}

// OwnRequestPage refuses a decision on what the same human asked for.
func OwnRequestPage(e pim.Elevation, now time.Time) Page {
	return Page{
		Tone:  Bad,
		Title: "This is your own request",
		Lead:  Say("Nobody can approve or deny what they asked for themselves, from no account of theirs."),
		Facts: decisionFacts(e, now),
		Body:  []Line{Say("Another approver must decide. If you no longer want it, withdraw it in the chat.")},
		Foot:  footOf(e, ""),
	}
}

// NotYourAccountPage answers an approver's sign-in with an account that Hoist
// does not know as theirs. signedInAs is shown to this browser and nobody else.
func NotYourAccountPage(e pim.Elevation, signedInAs pim.Principal) Page {
	return Page{
		Tone:  Bad,
		Title: "That is another account",
		Lead: Line{
			plain("You are signed in as "), typed(AccountName(signedInAs)),
			plain("; Hoist does not know this account as one of yours."),
		},
		Body: []Line{
			Say("Nothing was sent. Sign in with an account that is connected to your chat account."),
			{plain("To connect this one as well, type "), {Kind: Code, Text: "/elevate link"}, plain(" in the chat.")},
		},
		Actions: []PageAction{{Kind: PageSwitch, Label: "Switch account", Primary: true}},
		Foot:    footOf(e, ""),
	}
}

// DecidedPage shows an approver what became of a request that waits no longer.
// tried is what this browser came to send, nil for nothing.
func DecidedPage(e pim.Elevation, tried *Tried, now time.Time) Page {
	p := decidedPage(e, now)
	p.Facts = decisionFacts(e, now)
	p.Body = append(p.Body, pageDecision(e)...)
	if decided(e) && tried.late(e) {
		p.Tone, p.Title = Neutral, "Someone was faster"
		p.Body = append(p.Body, Say("You came to press "+pressed(tried.Approved)+"; that changed nothing."))
	}
	p.Actions = []PageAction{toPIM()}
	p.Foot = footOf(e, "You can close this page.")
	return p
}

// late reports whether somebody else's decision is the one that counts.
func (t *Tried) late(e pim.Elevation) bool {
	switch {
	case t == nil:
		return false
	case t.Refused != "" || t.Approved == (e.State == pim.Denied):
		return true
	default:
		return e.Decision.By != "" && t.Name != "" && e.Decision.By != t.Name
	}
}

// decided reports whether PIM shows a decision, whoever made it.
func decided(e pim.Elevation) bool { return e.State == pim.Denied || e.Decision.Approved }

func decidedPage(e pim.Elevation, now time.Time) Page {
	switch {
	case e.State == pim.Denied:
		return Page{Title: "This request was denied", Lead: decidedBy(e, named(e.Decision.By, "Somebody"), " denied it", now)}
	case e.Decision.Approved:
		return Page{
			Tone: Good, Title: "This request was approved",
			Lead: decidedBy(e, named(e.Decision.By, "Somebody"), " approved it", now), Body: sinceApproved(e, now),
		}
	case e.State == pim.Canceled:
		return Page{Title: "This request was withdrawn", Lead: Say("Nothing is left to decide.")}
	case e.State == pim.Lapsed:
		return Page{Title: "Nobody decided in time", Lead: Say("PIM waits 24 hours for a decision, and none was seen.")}
	case e.State == pim.Active || e.State == pim.Provisioning || e.State == pim.Scheduled || e.State == pim.Expired || e.State == pim.EndedEarly:
		return Page{
			Tone: Good, Title: "This request was approved", Lead: Say("PIM has not said by whom yet."), Body: sinceApproved(e, now),
		}
	default:
		return Page{Title: "This request waits no longer", Lead: Say("Nothing is left to decide here. Look in PIM to see what became of it.")}
	}
}

// sinceApproved is what has become of the role since.
func sinceApproved(e pim.Elevation, now time.Time) []Line {
	switch e.State {
	case pim.Scheduled:
		return []Line{{plain("The role starts "), moment(e.Activation.Start, now), plain(".")}}
	case pim.Active:
		return []Line{{plain("The role is active until "), moment(e.Activation.End, now), plain(".")}}
	case pim.Expired, pim.EndedEarly:
		return []Line{Say("The role has ended since.")}
	default:
		return nil
	}
}
