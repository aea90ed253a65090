package pim

import (
	"errors"
	"fmt"
	"time"
)

// Kind classifies an [Error]. The texts for people are chosen by kind, in one
// place (package chat, explain.go).
type Kind string

// The kinds. Those of PIM's own answers follow
// https://learn.microsoft.com/graph/api/rbacapplication-post-roleassignmentschedulerequests
// and what tools saw on live tenants.
const (
	KindUnknown Kind = "unknown" // anything not recognised: generic text and a reference

	// Our checks.
	KindNotLinked            Kind = "notLinked"            // no Entra account is linked to this person
	KindBarred               Kind = "barred"               // guest, stranger, bot or deactivated
	KindNotEligible          Kind = "notEligible"          // no eligibility matches
	KindTooLong              Kind = "tooLong"              // above the policy's maximum
	KindTooShort             Kind = "tooShort"             // under PIM's five minutes
	KindDurationMissing      Kind = "durationMissing"      //
	KindJustificationMissing Kind = "justificationMissing" //
	KindTicketMissing        Kind = "ticketMissing"        //
	KindBadTime              Kind = "badTime"              // end before start, start too far ahead, or after the eligibility ends
	KindAlreadyOpen          Kind = "alreadyOpen"          // a live elevation of ours for the same right
	KindSelfApproval         Kind = "selfApproval"         // nobody approves their own request, from no account of theirs
	KindChanged              Kind = "changed"              // the request is not what the page showed
	KindMoved                Kind = "moved"                // the elevation has moved on

	// PIM's answers.
	KindAlreadyActive  Kind = "alreadyActive"  // RoleAssignmentExists
	KindAlreadyPending Kind = "alreadyPending" // PendingRoleAssignmentRequest
	KindNotActive      Kind = "notActive"      // RoleAssignmentDoesNotExist
	KindTooYoung       Kind = "tooYoung"       // ActiveDurationTooShort: five minutes must pass
	KindMFARequired    Kind = "mfaRequired"    // MfaRule: the token lacks it
	KindChallenge      Kind = "challenge"      // a claims challenge, see Error.Claims
	KindPolicy         Kind = "policy"         // a policy rule refused, see Error.Rules
	KindConsentMissing Kind = "consentMissing" // the app lacks a permission, see Error.Message for its name
	KindForbidden      Kind = "forbidden"      //
	KindLicense        Kind = "license"        // no Entra ID P2 or Governance licence
	KindDecided        Kind = "decided"        // someone decided already
	KindSignInExpired  Kind = "signInExpired"  // 401 without a challenge
	KindNotFound       Kind = "notFound"       //
	KindBadRequest     Kind = "badRequest"     // PIM calls the request malformed

	// A browser at the sign-in page.
	KindWrongAccount  Kind = "wrongAccount"  // signed in as another account than the one that holds the right
	KindLinkInvalid   Kind = "linkInvalid"   // never was a link of ours
	KindLinkReplaced  Kind = "linkReplaced"  // a newer link was given
	KindLinkElsewhere Kind = "linkElsewhere" // another browser opened it
	KindLinkEnded     Kind = "linkEnded"     // its ten minutes are over, or the elevation moved on

	// Transport.
	KindThrottled     Kind = "throttled"     // 429, see Error.RetryAfter
	KindUnavailable   Kind = "unavailable"   // not sent, or a read that failed: trying again is safe
	KindUnanswered    Kind = "unanswered"    // a write was sent and its outcome is not known
	KindUndeliverable Kind = "undeliverable" // a chat place that will never take a message again

	// Ours.
	KindAuditDown Kind = "auditDown" // nothing is done that cannot be recorded
	KindStoreDown Kind = "storeDown"
)

// Error is a failure that says what a person may know. Its Error text is for
// the log; what a person reads is chosen by Kind.
type Error struct {
	Kind Kind
	// Message is detail for the operator (a code and a sentence of Microsoft's).
	// It may name ids; it never goes to a public channel.
	Message string
	// Code is Microsoft's error code, when there is one.
	Code string
	// RequestID is Graph's request-id header, for Microsoft's support.
	RequestID string
	// Rules are the policy rules that refused, in Microsoft's words.
	Rules []string
	// Claims is the decoded claims challenge (JSON), for KindChallenge.
	Claims string
	// RetryAfter is how long the service asked to be left alone.
	RetryAfter time.Duration
	Err        error
}

func (e *Error) Error() string {
	s := string(e.Kind)
	if e.Code != "" {
		s += " (" + e.Code + ")"
	}
	if e.Message != "" {
		s += ": " + e.Message
	}
	if e.RequestID != "" {
		s += " [request-id " + e.RequestID + "]"
	}
	if e.Err != nil {
		s += ": " + e.Err.Error()
	}
	return s
}

func (e *Error) Unwrap() error { return e.Err }

// KindOf returns the kind of the first [Error] in err's chain, KindUnknown when
// there is none, and "" for nil.
func KindOf(err error) Kind {
	if err == nil {
		return ""
	}
	if e, ok := errors.AsType[*Error](err); ok {
		return e.Kind
	}
	return KindUnknown
}

// Errors of the store. Implementations wrap them.
var (
	// ErrNotFound says that no record has this id.
	ErrNotFound = errors.New("no such elevation")
	// ErrConflict says that the record moved on since it was read.
	ErrConflict = errors.New("the record has moved on")
)

// TakenError says that another elevation is live for the same right.
type TakenError struct{ Holder ID }

func (e *TakenError) Error() string { return fmt.Sprintf("%s is live for the same right", e.Holder) }

// IllegalError says that an event has no meaning in a state.
type IllegalError struct {
	State State
	Event Event
}

func (e *IllegalError) Error() string {
	return fmt.Sprintf("%s cannot happen in state %s", e.Event.Name(), e.State)
}
