package pim

import (
	"slices"
	"time"
)

// ID names an elevation: "H-" and seven characters of Crockford's base 32
// ("H-7K3F9QX"). People read it, type it and find it in PIM's justification and
// in the log. It is not a secret.
type ID string

// State is where an elevation is. The states, their arrows and deadlines are
// those of the table in apply.go.
type State string

// The states in which an elevation is open.
const (
	Requested        State = "Requested"        // accepted, not yet looked at
	AwaitingChoice   State = "AwaitingChoice"   // more than one right fits the words
	AwaitingSignIn   State = "AwaitingSignIn"   // the person has a link
	Submitting       State = "Submitting"       // one callback holds the token and may send
	AwaitingApproval State = "AwaitingApproval" // PIM waits for an approver
	Scheduled        State = "Scheduled"        // granted for a later start
	Provisioning     State = "Provisioning"     // PIM said yes; not listed yet
	Active           State = "Active"
)

// The states in which an elevation has ended. Unresolved and Lapsed are watched
// on, because PIM may know better.
const (
	Expired    State = "Expired"    // its time was over
	EndedEarly State = "EndedEarly" // stopped, revoked or removed before its time
	Refused    State = "Refused"    // our checks said no; nothing was sent
	Denied     State = "Denied"     // an approver said no
	Canceled   State = "Canceled"   // withdrawn before it was active
	Lapsed     State = "Lapsed"     // nobody acted in time
	Failed     State = "Failed"     // PIM said no
	Unresolved State = "Unresolved" // something may have been sent; nobody can say
)

// States lists every state, open ones first.
func States() []State {
	return []State{
		Requested, AwaitingChoice, AwaitingSignIn, Submitting, AwaitingApproval, Scheduled, Provisioning, Active,
		Expired, EndedEarly, Refused, Denied, Canceled, Lapsed, Failed, Unresolved,
	}
}

// Open reports whether the elevation may still come to something by itself.
func (s State) Open() bool {
	return slices.Contains([]State{
		Requested, AwaitingChoice, AwaitingSignIn, Submitting, AwaitingApproval, Scheduled, Provisioning, Active,
	}, s)
}

// Cause says more about how an elevation came to its state.
type Cause string

// The causes of Lapsed and EndedEarly, and those of Failed and Canceled that
// are not the kind of an [Error].
const (
	CauseUnreachable Cause = "unreachable" // Lapsed: Entra could not be asked
	CauseChoice      Cause = "choice"      // Lapsed: no choice was made
	CauseSignIn      Cause = "signIn"      // Lapsed: nobody signed in
	CauseApproval    Cause = "approval"    // Lapsed: nobody decided in 24 hours

	CauseStopped Cause = "stopped" // EndedEarly: PIM shows that it was deactivated
	CauseUnknown Cause = "unknown" // EndedEarly: it is no longer listed; nobody said why

	CauseWithdrawn Cause = "withdrawn" // Canceled by the person, nothing was sent
	CauseElsewhere Cause = "elsewhere" // Canceled or ended outside Hoist

	CauseLinked Cause = "linked" // Canceled: linking was all that was asked for

	CauseNotInPIM   Cause = "notInPIM"   // Failed: two complete looks found nothing
	CauseStepUpLoop Cause = "stepUpLoop" // Failed: PIM asked again for what was just given
)

// Purpose says what a sign-in is for.
type Purpose string

// The purposes. Approve and Deny lead to a page first and carry no right.
const (
	PurposeActivate Purpose = "activate"
	PurposeLink     Purpose = "link"    // prove which Entra account a chat person is
	PurposeStop     Purpose = "stop"    // deactivate
	PurposeCancel   Purpose = "cancel"  // take back a request that waits in PIM
	PurposeApprove  Purpose = "approve" //
	PurposeDeny     Purpose = "deny"    //
)

// Decides reports whether the purpose is an approver's.
func (p Purpose) Decides() bool { return p == PurposeApprove || p == PurposeDeny }

// Exits reports whether the purpose ends what the person themselves began.
func (p Purpose) Exits() bool { return p == PurposeStop || p == PurposeCancel }

// Pass says which sign-in a personal link is for: all four parts of its MAC but
// the elevation itself.
type Pass struct {
	Purpose Purpose
	Person  Person
	Attempt int
}

// Exit is a sign-in beside the straight line: the person wants to end what they
// hold, or to take back what waits.
type Exit struct {
	Purpose Purpose `json:"purpose,omitempty"`
	Attempt int     `json:"attempt,omitempty"`
	Browser string  `json:"browser,omitempty"`
	Renewed bool    `json:"renewed,omitempty"`
	// Deadline is when the link ends; the wish ends with it.
	Deadline time.Time `json:"deadline,omitzero"`
	// Until bounds the claim of the callback that acts on it.
	Until time.Time `json:"until,omitzero"`
	// Refused is why PIM did not do it.
	Refused Kind `json:"refused,omitempty"`
}

// open reports whether a link for it is out.
func (x Exit) open() bool { return !x.Deadline.IsZero() }

// Asked is an account that PIM asks for its approval.
type Asked struct {
	PrincipalKey
	Name string `json:"name,omitempty"`
	// Reached: a person of this account has a card in a chat.
	Reached bool `json:"reached,omitempty"`
}

// Intent is a decision that an approver pressed and PIM has not confirmed.
type Intent struct {
	Person   Person    `json:"person"`
	Name     string    `json:"name,omitempty"`
	Approved bool      `json:"approved"`
	Until    time.Time `json:"until"`
}

// SignInStep is what is known of the sign-in that an elevation waits for.
type SignInStep struct {
	Purpose Purpose `json:"purpose"`
	// Attempt counts the links given; only the newest one works.
	Attempt int `json:"attempt"`
	// Browser is a hash of the cookie of the browser that opened the link; the
	// link works in no other. Empty until someone pressed Continue.
	Browser string `json:"browser,omitempty"`
	// Renewed is set once the deadline was renewed by that press.
	Renewed bool `json:"renewed,omitempty"`
	// Claims is the challenge to answer at the next sign-in (JSON), after PIM
	// asked for more than the policy told.
	Claims string `json:"claims,omitempty"`
	// Challenged is set once a challenge was passed on; a second one is a loop.
	Challenged bool `json:"challenged,omitempty"`
	// LookFirst: something may have been sent before; list own requests before
	// anything else.
	LookFirst bool `json:"lookFirst,omitempty"`
	// LookOnly: look, and send nothing even when nothing is found.
	LookOnly bool `json:"lookOnly,omitempty"`
}

// Activation is what PIM knows of the elevation.
type Activation struct {
	// RequestID is the roleAssignmentScheduleRequest; empty when PIM's answer
	// never reached us.
	RequestID string `json:"requestId,omitempty"`
	// ScheduleID is the roleAssignmentSchedule it created (targetScheduleId).
	ScheduleID string `json:"scheduleId,omitempty"`
	// Status is PIM's word, an open set.
	Status string `json:"status,omitempty"`
	// Submitted is when the request was sent, by Graph's Date header.
	Submitted time.Time `json:"submitted,omitzero"`
	Start     time.Time `json:"start,omitzero"`
	// End is absolute and always PIM's own.
	End time.Time `json:"end,omitzero"`
	// Ended is when it ended before its time, in PIM's words; zero while PIM has
	// not said when, also once it is seen to be gone.
	Ended time.Time `json:"ended,omitzero"`
	// CorrelationID is Graph's request-id of the answer.
	CorrelationID string `json:"correlationId,omitempty"`
}

// Sight is what the app-only lists showed of an activation.
type Sight struct {
	// Seen is set once the instance was listed. Absence proves nothing before.
	Seen bool `json:"seen,omitempty"`
	// AbsentSince is when a list first lacked it; zero when the last one had it.
	AbsentSince time.Time `json:"absentSince,omitzero"`
	// Unlisted: it was never listed, and is absent. Lists lag after a start, or it
	// was taken away before the first of them; only the audit log can tell which.
	Unlisted bool `json:"unlisted,omitempty"`
	// ListedAfterEnd is when a list first still had it two minutes after the
	// end; StillListed is set by the second such list.
	ListedAfterEnd time.Time `json:"listedAfterEnd,omitzero"`
	StillListed    bool      `json:"stillListed,omitempty"`
	// Gone: after the end, absence was confirmed. Nothing is left to watch.
	Gone bool `json:"gone,omitempty"`
	// Missing is when a complete list first lacked what may have been sent.
	Missing time.Time `json:"missing,omitzero"`
}

// Elevation is the aggregate: one request for one right and all that became of
// it. It is a value; [Elevation.Apply] returns a changed copy.
type Elevation struct {
	ID       ID       `json:"id"`
	Tenant   TenantID `json:"tenant"`
	Revision int64    `json:"revision"` // raised by every write
	// View is raised by every change that a card shows.
	View    int       `json:"view"`
	Created time.Time `json:"created"`
	// Proof is a hash of the signed request that started this.
	Proof  string `json:"proof,omitempty"`
	Person Person `json:"person"`
	// Name is the person's display name, learned while resolving. User text.
	Name string `json:"name,omitempty"`
	// Zone is the IANA name of the person's time zone, for texts; "" for UTC.
	Zone string `json:"zone,omitempty"`
	Ask  Ask    `json:"ask"`

	State    State     `json:"state"`
	Cause    Cause     `json:"cause,omitempty"`
	Since    time.Time `json:"since"`             // when State was entered
	Deadline time.Time `json:"deadline,omitzero"` // when State ends by the clock
	// Refusals are the reasons of Refused or Failed.
	Refusals []Refusal `json:"refusals,omitempty"`
	// Options are offered while AwaitingChoice.
	Options []Eligibility `json:"options,omitempty"`

	Principal   Principal   `json:"principal,omitzero"`
	Eligibility Eligibility `json:"eligibility,omitzero"`
	Terms       Terms       `json:"terms,omitzero"`
	SignIn      SignInStep  `json:"signIn,omitzero"`
	Activation  Activation  `json:"activation,omitzero"`
	Sight       Sight       `json:"sight,omitzero"`
	Decision    Decision    `json:"decision,omitzero"`
	Exit        Exit        `json:"exit,omitzero"`
	// Asked are the approvers, once they are known; AskedAll is set then.
	Asked    []Asked  `json:"asked,omitempty"`
	AskedAll bool     `json:"askedAll,omitempty"`
	Intents  []Intent `json:"intents,omitempty"`
	// Remind is when the person wants to be reminded that they can stop.
	Remind time.Time `json:"remind,omitzero"`
	// Foreign: it was started outside Hoist and only seen. Nobody here asked.
	Foreign bool `json:"foreign,omitempty"`
	// LinkOnly: nothing is asked for but to link an account.
	LinkOnly bool `json:"linkOnly,omitempty"`
	// Until bounds Submitting: the claim ends then.
	Until time.Time `json:"until,omitzero"`
	// MaybeSent: a request may have reached PIM without its answer reaching us.
	MaybeSent bool `json:"maybeSent,omitempty"`
	// Corrected: Unresolved or Lapsed was set right once.
	Corrected bool `json:"corrected,omitempty"`
	// Watch is how long Unresolved and Lapsed are watched on.
	Watch time.Time `json:"watch,omitzero"`

	Posts []Post `json:"posts,omitempty"`
	Owed  []Owed `json:"owed,omitempty"`
	// Told are the occasions that were owed once; none is owed again.
	Told []Occasion `json:"told,omitempty"`
	// Work is when the next step that needs Entra is tried again.
	Work Retry `json:"work,omitzero"`
}

// Refusal is one reason why not, kept with the record so that every card can
// show it again.
type Refusal struct {
	Kind      Kind          `json:"kind"`
	Code      string        `json:"code,omitempty"`
	Message   string        `json:"message,omitempty"` // operator's detail, never shown in a channel
	RequestID string        `json:"requestId,omitempty"`
	Rules     []string      `json:"rules,omitempty"`
	Maximum   time.Duration `json:"maximum,omitempty"` // for KindTooLong
	Other     ID            `json:"other,omitempty"`   // for KindAlreadyOpen
	Role      string        `json:"role,omitempty"`    // the role's name, where one was found
	// Until is when what exists already ends, for KindAlreadyActive.
	Until time.Time `json:"until,omitzero"`
	// Suggestions are role names that the person could have meant.
	Suggestions []string `json:"suggestions,omitempty"`
}

// RefusalOf keeps what a record and a card need of an error.
func RefusalOf(err *Error) Refusal {
	return Refusal{Kind: err.Kind, Code: err.Code, Message: err.Message, RequestID: err.RequestID, Rules: err.Rules}
}

// Decision is what an approver decided, once PIM shows it.
type Decision struct {
	By       string    `json:"by,omitempty"` // display name as PIM has it
	Approved bool      `json:"approved,omitempty"`
	Reason   string    `json:"reason,omitempty"`
	At       time.Time `json:"at,omitzero"`
}

// Live returns the right that this elevation occupies and whether it does: no
// second elevation may open for it meanwhile. Unresolved keeps it, because
// something may be waiting in PIM.
func (e Elevation) Live() (Triple, bool) {
	if e.Eligibility.Target.ID == "" {
		return Triple{}, false
	}
	switch e.State {
	case AwaitingSignIn, Submitting, AwaitingApproval, Scheduled, Provisioning, Active, Unresolved:
		return e.Eligibility.Triple(), true
	default:
		return e.Eligibility.Triple(), false
	}
}

// Location returns the person's time zone, UTC when it is not known.
func (e Elevation) Location() *time.Location {
	if l, err := time.LoadLocation(e.Zone); err == nil {
		return l
	}
	return time.UTC
}

// EndedAt is when an activation ended, as PIM said it. Where exact is false
// nobody has said, and at is when it was noticed: it ended by then.
func (e Elevation) EndedAt() (at time.Time, exact bool) {
	switch {
	case e.State != EndedEarly:
		return e.Activation.End, true
	case !e.Activation.Ended.IsZero():
		return e.Activation.Ended, true
	default:
		return e.Since, false
	}
}

// Lasted is how long the role was held, zero when it never was. It was no longer
// than that, but perhaps less, where [Elevation.EndedAt] is not exact.
func (e Elevation) Lasted() time.Duration {
	if e.Activation.Start.IsZero() || e.State.Open() {
		return 0
	}
	end, _ := e.EndedAt()
	if end.Before(e.Activation.Start) {
		return 0
	}
	return end.Sub(e.Activation.Start)
}

// merge lays what is newly known over what was known.
func merge(old, new Activation) Activation {
	old.RequestID = firstOf(new.RequestID, old.RequestID)
	old.ScheduleID = firstOf(new.ScheduleID, old.ScheduleID)
	old.Status = firstOf(new.Status, old.Status)
	old.CorrelationID = firstOf(new.CorrelationID, old.CorrelationID)
	old.Submitted = firstOf(new.Submitted, old.Submitted)
	old.Start = firstOf(new.Start, old.Start)
	old.End = firstOf(new.End, old.End)
	old.Ended = firstOf(new.Ended, old.Ended)
	return old
}

// firstOf returns a unless it is the zero value.
func firstOf[T comparable](a, b T) T {
	var zero T
	if a != zero {
		return a
	}
	return b
}
