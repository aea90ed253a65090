package pim

import (
	"context"
	"time"

	"hoist/internal/secret"
)

// Directory reads the tenant as the application: read-only permissions, no
// person's token. Errors are *[Error].
type Directory interface {
	// Eligibilities returns what a principal may activate now.
	Eligibilities(ctx context.Context, p PrincipalKey) ([]Eligibility, error)
	// Policy returns the activation policy of a target at a scope.
	Policy(ctx context.Context, t Target, s Scope) (Policy, error)
	// Assignments returns one snapshot of everything that is activated in the
	// tenant now.
	Assignments(ctx context.Context) (Snapshot, error)
	// Principal returns an account's current names. KindNotFound when it is gone.
	Principal(ctx context.Context, k PrincipalKey) (Principal, error)
	// Approvers returns the accounts that may decide under a policy that wants
	// approval: the users it names and the members of its groups, transitively.
	// Where it names none, for directory roles, the active Privileged Role and
	// Global Administrators of the tenant.
	Approvers(ctx context.Context, t Target, p Policy) ([]Principal, error)
}

// Trail reads the tenant's audit log of PIM, as the application. It lags by
// minutes and is throttled hard; it is asked only for what nothing else tells.
type Trail interface {
	// Since returns what was recorded from a time on, oldest first. KindForbidden
	// or KindConsentMissing when the permission (AuditLog.Read.All) is missing.
	Since(ctx context.Context, from time.Time) ([]TrailEntry, error)
}

// TrailEntry is one row of the audit log that concerns an activation.
type TrailEntry struct {
	ID string
	At time.Time
	// Happened is what the row tells; rows of other activities are left out.
	Happened TrailEvent
	// RequestID is the request it concerns, as far as the row says.
	RequestID string
	// Principal, TargetID and ScopeID name the right; ScopeID may be empty.
	Principal PrincipalKey
	TargetID  string
	ScopeID   string
	// By is who did it, empty when PIM's own clock did.
	By     Principal
	Reason string
}

// TrailEvent is what a row of the audit log tells.
type TrailEvent string

// The events that the audit log tells of an activation.
const (
	TrailApproved    TrailEvent = "approved"
	TrailDenied      TrailEvent = "denied"
	TrailCanceled    TrailEvent = "canceled"
	TrailLapsed      TrailEvent = "lapsed"
	TrailActivated   TrailEvent = "activated"
	TrailDeactivated TrailEvent = "deactivated"
	TrailExpired     TrailEvent = "expired"
)

// Order is what is asked of PIM.
type Order struct {
	Elevation     ID
	Principal     PrincipalKey
	Target        Target
	Scope         Scope
	Duration      time.Duration
	Start         time.Time // zero for now
	Justification string    // as it goes to PIM, with Hoist's reference
	Ticket        Ticket
}

// Activations writes to PIM as a person. Errors are *[Error]: KindUnanswered
// when the request may have been taken although no answer came, KindThrottled
// or KindUnavailable when it was certainly not taken.
type Activations interface {
	// Activate sends the activation once. It never repeats it by itself.
	Activate(ctx context.Context, s Session, o Order) (Activation, error)
	// Own returns the person's own requests for the right, newest first.
	Own(ctx context.Context, s Session, t Triple) ([]Activation, error)
	// Deactivate ends the person's own activation. KindTooYoung within PIM's
	// five minutes, KindNotActive when PIM shows none.
	Deactivate(ctx context.Context, s Session, o Order) (Activation, error)
	// Cancel takes back the person's own request that is not provisioned yet.
	// KindBadRequest when PIM allows it in the portal only.
	Cancel(ctx context.Context, s Session, requestID string) error
}

// Approvals decides as an approver. Directory roles have it on Graph's beta
// endpoint only. Errors are *[Error]: KindForbidden when the session's account
// is no approver, KindNotFound when PIM knows no such approval, KindDecided when
// someone was faster, KindUnanswered when a decision was sent and its outcome is
// not known, KindUnavailable when it certainly was not.
type Approvals interface {
	// Get returns the request as this approver sees it.
	Get(ctx context.Context, s Session, requestID string) (Approval, error)
	// Decide sends the decision once.
	Decide(ctx context.Context, s Session, a Approval, d Decision) error
}

// Approval is a request that waits for a decision, as PIM shows it to an
// approver.
type Approval struct {
	RequestID string
	StepID    string // the open step; empty when none is
	Status    string // of the request, PIM's word
	Principal PrincipalKey
	TargetID  string
	ScopeID   string
	Duration  time.Duration
	// Justification as PIM has it, with Hoist's reference.
	Justification string
	Ticket        Ticket
	// AssignedToMe reports whether PIM waits for this very account.
	AssignedToMe bool
	// Decided is what was decided already; zero while it waits.
	Decided Decision
}

// SignIn makes the personal link that opens a sign-in for one of the
// elevation's passes. The same arguments give the same link, so that any replica
// can show it again.
type SignIn interface {
	Link(e Elevation, p Pass) secret.Value
}

// Identities knows which Entra accounts a person has proved, or an operator has
// mapped, to be theirs.
type Identities interface {
	// Principals returns the accounts, none when the person is not linked.
	Principals(ctx context.Context, p Person) ([]Principal, error)
	// Persons returns everyone in a chat who has the account.
	Persons(ctx context.Context, k PrincipalKey) ([]Person, error)
	// Unlink ends what the person proved themselves; an operator's mapping stays.
	Unlink(ctx context.Context, p Person) error
}

// People reads a person's profile from their platform.
type People interface {
	Profile(ctx context.Context, p Person) (Profile, error)
}

// Matcher finds which rights a person's words mean. It never guesses.
type Matcher interface {
	Match(role, scope string, own []Eligibility) Match
}

// Match is what a [Matcher] found. Exactly one entry in Fits is an answer, two
// or more are a question, none is a refusal with Suggestions.
type Match struct {
	Fits        []Eligibility
	Suggestions []Eligibility
}

// Notifier shows elevations to people. Errors are *[Error]; KindUndeliverable
// means the place will never take a message, everything else is tried again.
type Notifier interface {
	// Show posts the card of e at a place when ref is empty, else makes the
	// posted card show e. It returns the card's reference.
	Show(ctx context.Context, e Elevation, at Place, ref Ref) (Ref, error)
	// Tell delivers one notice. card is the card at that place, "" without one.
	Tell(ctx context.Context, e Elevation, o Owed, card Ref) error
	// Retract deletes a card that must not stand beside another.
	Retract(ctx context.Context, at Place, ref Ref) error
}

// AuditLog takes a record before its effect. An error means that nothing was
// recorded, and that no new activation may be sent.
type AuditLog interface {
	Record(ctx context.Context, r AuditRecord) error
}

// AuditRecord says who did what as whom.
type AuditRecord struct {
	At        time.Time
	Tenant    TenantID
	Elevation ID
	// Event is an event's name, or "Submit" and "Answer" around the request to
	// PIM.
	Event     string
	From, To  State
	Revision  int64
	Person    Person
	Principal PrincipalKey
	Target    Target
	Scope     Scope
	Duration  time.Duration
	// Justification is whole, as typed.
	Justification string
	Ticket        Ticket
	// RequestID is PIM's request, CorrelationID Graph's request-id.
	RequestID     string
	CorrelationID string
	Proof         string // hash of the signed chat request
	Detail        string // a kind or cause; never a token
}

// Records keeps elevations. All methods may return an error that wraps
// [ErrNotFound] or [ErrConflict], a *[TakenError], or anything else when the
// store cannot be reached.
type Records interface {
	// Accept is the one door for commands, in one round trip: it drops repeats,
	// counts against the rate limits and, when first is not nil, records it,
	// makes it due and leases it to the caller. A repeat returns what the first
	// delivery was answered with. A call whose own earlier try was applied
	// without an answer is not a repeat.
	Accept(ctx context.Context, a Admission, first *Elevation) (Admitted, error)
	// Get returns the newest record.
	Get(ctx context.Context, t TenantID, id ID) (Elevation, error)
	// Update replaces prev by next if the stored revision is prev's, moves the
	// due time and takes or frees the live key, all or nothing. next.Revision
	// must be prev.Revision+1. *TakenError when next needs a live key that
	// another elevation holds.
	Update(ctx context.Context, prev, next Elevation) error
	// OfPerson returns a person's records, newest first, at most limit.
	OfPerson(ctx context.Context, t TenantID, p Person, limit int) ([]Elevation, error)
	// Watched returns the records whose [Elevation.WatchedUntil] is after now.
	Watched(ctx context.Context, t TenantID, now time.Time) ([]Elevation, error)
}

// Queue hands out work that is due, each piece to one process at a time.
type Queue interface {
	// Due returns elevations whose due time is not after now and leases them to
	// the holder. Leases are judged by the store's own clock.
	Due(ctx context.Context, t TenantID, now time.Time, holder string, limit int) ([]ID, error)
	// Lease takes or prolongs a lease on a name; false when another holder has
	// it. Names are elevation ids or those of tenant-wide work.
	Lease(ctx context.Context, t TenantID, name, holder string, ttl time.Duration) (bool, error)
	// Release gives a lease back; nothing happens when another holder has it.
	Release(ctx context.Context, t TenantID, name, holder string) error
	// Live returns who holds a right's live key. recent is true when nobody
	// does but an elevation did within the last ten minutes.
	Live(ctx context.Context, t Triple) (holder ID, recent bool, err error)
}

// Store is what the service keeps its state in.
type Store interface {
	Records
	Queue
}

// Admission is a verified command at the door.
type Admission struct {
	Tenant TenantID
	Person Person
	// Key identifies the delivery: a hash of its signature.
	Key string
	// Token is random for each call, so that a try whose answer was lost
	// recognises its own write.
	Token string
	// Holder gets the lease on the record.
	Holder string
}

// Admitted is the door's answer.
type Admitted struct {
	// Repeat: this delivery was seen before; ID is what it recorded, if anything.
	Repeat bool
	ID     ID
	// Wait is not zero when a rate limit refused; nothing was recorded.
	Wait time.Duration
}
