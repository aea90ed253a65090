package pim

import "time"

// Event is something that happened to an elevation: a closed set. What each
// does in each state is in apply.go.
type Event interface {
	// Name is the event's name in the audit log and in errors.
	Name() string
}

type (
	// ChoiceNeeded: the words fit more than one of the person's rights.
	ChoiceNeeded struct{ Options []Eligibility }

	// Chosen: the person picked one.
	Chosen struct{ Eligibility Eligibility }

	// LinkNeeded: no Entra account is linked to this person yet.
	LinkNeeded struct{}

	// Linked: the person proved an Entra account; the request starts over.
	Linked struct{}

	// Resolved: exactly one right fits and its policy agrees.
	Resolved struct {
		Principal   Principal
		Eligibility Eligibility
		Terms       Terms
	}

	// RefusedBy: our checks said no.
	RefusedBy struct{ Refusals []Refusal }

	// SignInOpened: a browser pressed Continue on the sign-in page.
	SignInOpened struct{ Browser string }

	// LinkReplaced: the person asked for a new sign-in link.
	LinkReplaced struct{}

	// Claimed: a callback holds the token and will act until Until. Feeds are
	// the channels that see the elevation from here on.
	Claimed struct {
		Attempt int
		Until   time.Time
		Feeds   []Place
	}

	// Challenged: PIM asks for a stronger sign-in.
	Challenged struct{ Claims string }

	// Rejected: PIM said no, or nothing was sent after all.
	Rejected struct{ Refusal Refusal }

	// Unanswered: the request was sent, no answer came, and two looks found
	// nothing.
	Unanswered struct{}

	// ClaimLost: the claim's time is over and no outcome was recorded. The
	// process that held the token is gone, or as good as gone.
	ClaimLost struct{}

	// Observed is what PIM says of the request itself: its answer to the POST,
	// a later read by the person, or the audit log.
	Observed struct {
		Activation Activation
		// By names who decided, stopped or revoked, where that is known.
		By string
	}

	// Sighted: an app-only list shows the assignment.
	Sighted struct {
		Assignment Assignment
		Began      time.Time // when that list began
	}

	// Missed: a complete app-only list lacks the assignment.
	Missed struct{ Began time.Time }

	// Decided: PIM shows an approver's decision.
	Decided struct{ Decision Decision }

	// ApproversFound: PIM asks these accounts; places are the cards of those who
	// can be reached.
	ApproversFound struct {
		Asked  []Asked
		Places []Place
	}

	// DecisionIntended: an approver's decision is about to be sent.
	DecisionIntended struct{ Intent Intent }

	// DecisionDropped: PIM did not take the decision.
	DecisionDropped struct{ Person Person }

	// ExitAsked: the person wants to stop, or to take the request back.
	ExitAsked struct{ Purpose Purpose }

	// ExitOpened: a browser pressed Continue on the page for it.
	ExitOpened struct{ Browser string }

	// ExitClaimed: a callback holds the token and acts on it until Until.
	ExitClaimed struct {
		Attempt int
		Until   time.Time
	}

	// ExitRefused: PIM did not do it.
	ExitRefused struct{ Kind Kind }

	// ExitEnded: the link's time is over, or the process that acted on it is
	// gone.
	ExitEnded struct{}

	// ReminderAsked: the person wants to hear when five minutes are over.
	ReminderAsked struct{}

	// Warned: the end is near, or a reminder is due.
	Warned struct{}

	// Withdrawn: the person took the request back before anything was sent.
	Withdrawn struct{}

	// Reopened: a new request wants the right of an unresolved one; the person
	// signs in so that PIM can be asked what became of it.
	Reopened struct{}

	// NotInPIM: the person's own requests were listed twice and hold nothing.
	NotInPIM struct{}

	// DeadlinePassed: the state's time is over.
	DeadlinePassed struct{}
)

// Name implements [Event].
func (ChoiceNeeded) Name() string     { return "ChoiceNeeded" }
func (Chosen) Name() string           { return "Chosen" }
func (LinkNeeded) Name() string       { return "LinkNeeded" }
func (Linked) Name() string           { return "Linked" }
func (Resolved) Name() string         { return "Resolved" }
func (RefusedBy) Name() string        { return "RefusedBy" }
func (SignInOpened) Name() string     { return "SignInOpened" }
func (LinkReplaced) Name() string     { return "LinkReplaced" }
func (Claimed) Name() string          { return "Claimed" }
func (Challenged) Name() string       { return "Challenged" }
func (Rejected) Name() string         { return "Rejected" }
func (Unanswered) Name() string       { return "Unanswered" }
func (ClaimLost) Name() string        { return "ClaimLost" }
func (Observed) Name() string         { return "Observed" }
func (Sighted) Name() string          { return "Sighted" }
func (Missed) Name() string           { return "Missed" }
func (Decided) Name() string          { return "Decided" }
func (ApproversFound) Name() string   { return "ApproversFound" }
func (DecisionIntended) Name() string { return "DecisionIntended" }
func (DecisionDropped) Name() string  { return "DecisionDropped" }
func (ExitAsked) Name() string        { return "ExitAsked" }
func (ExitOpened) Name() string       { return "ExitOpened" }
func (ExitClaimed) Name() string      { return "ExitClaimed" }
func (ExitRefused) Name() string      { return "ExitRefused" }
func (ExitEnded) Name() string        { return "ExitEnded" }
func (ReminderAsked) Name() string    { return "ReminderAsked" }
func (Warned) Name() string           { return "Warned" }
func (Withdrawn) Name() string        { return "Withdrawn" }
func (Reopened) Name() string         { return "Reopened" }
func (NotInPIM) Name() string         { return "NotInPIM" }
func (DeadlinePassed) Name() string   { return "DeadlinePassed" }
