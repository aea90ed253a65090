package pim

import (
	"context"
	"errors"
	"slices"
	"strings"
	"time"
)

// This file is the only one that sends a decision. Like an activation it runs in
// the callback that received the approver's token; see [Service.ReturnDecision].

// Verdict is what an approver decided on the page.
type Verdict struct {
	Pass   Pass
	Reason string
	// Shown is the [Elevation.Digest] of what the page showed.
	Shown string
}

// Digest identifies what an approver is asked about. A request that changed
// between page and decision has another one.
func (e Elevation) Digest() string {
	return strings.Join([]string{
		string(e.ID), e.Activation.RequestID, string(e.Principal.Tenant), e.Principal.ID, e.Eligibility.Target.ID,
		e.Eligibility.Scope.ID, e.Terms.Duration.String(), justification(e),
	}, "\x00")
}

// CheckDecision reports whether a person could decide now, before they sign in:
// KindDecided or KindMoved when it is over, KindSelfApproval.
func (s *Service) CheckDecision(ctx context.Context, e Elevation, p Person) error {
	if e.State != AwaitingApproval {
		if !e.Decision.At.IsZero() || e.Decision.By != "" {
			return &Error{Kind: KindDecided}
		}
		return &Error{Kind: KindMoved, Message: string(e.State)}
	}
	same, err := s.sameHuman(ctx, e.Person, p)
	if err != nil {
		return &Error{Kind: KindStoreDown, Err: err}
	}
	if same {
		return &Error{Kind: KindSelfApproval}
	}
	return nil
}

// ReturnDecision takes an approver's completed sign-in. What can be refused is
// refused at once; then the decision is sent, detached from the caller and
// bounded by [SubmitFor]. Errors are those of [Service.CheckDecision],
// KindWrongAccount (the account is none of the person's), KindAuditDown.
func (s *Service) ReturnDecision(ctx context.Context, id ID, v Verdict, session Session) error {
	e, err := s.Look(ctx, id)
	if err != nil {
		return err
	}
	if !slices.Contains(e.Passes(), v.Pass) {
		return &Error{Kind: KindLinkInvalid}
	}
	if err := s.CheckDecision(ctx, e, v.Pass.Person); err != nil {
		return err
	}
	accounts, err := s.Identities.Principals(ctx, v.Pass.Person)
	if err != nil {
		return &Error{Kind: KindStoreDown, Err: err}
	}
	if !slices.ContainsFunc(accounts, func(p Principal) bool { return p.PrincipalKey == session.Principal.PrincipalKey }) {
		return &Error{Kind: KindWrongAccount}
	}
	if own, err := s.ownAccount(ctx, e, session.Principal.PrincipalKey); err != nil || own {
		return firstError(err, &Error{Kind: KindSelfApproval})
	}
	intent := Intent{
		Person: v.Pass.Person, Name: session.Principal.Name, Approved: v.Pass.Purpose == PurposeApprove,
		Until: s.Clock.Now().Add(SubmitFor),
	}
	if err := s.recordAs(ctx, e, session.Principal, "Decide", decisionWord(intent.Approved)+" "+v.Reason); err != nil {
		return &Error{Kind: KindAuditDown, Err: err}
	}
	if _, err := s.apply(ctx, id, DecisionIntended{Intent: intent}); err != nil {
		return firstError(moved(err), &Error{Kind: KindMoved})
	}
	s.detached(SubmitFor, func(ctx context.Context) { s.decide(ctx, e, v, intent, session) })
	return nil
}

// decide reads the request as the approver, sends the decision, and believes
// only what PIM shows afterwards.
func (s *Service) decide(ctx context.Context, e Elevation, v Verdict, intent Intent, session Session) {
	err := s.decideOnce(ctx, e, v, intent, session)
	if err != nil {
		s.Log.WarnContext(ctx, "decision not settled", "elevation", e.ID, "kind", KindOf(err), "err", err)
		s.dropUnlessUnknown(ctx, e.ID, intent, err)
	}
	s.detached(workFor, func(ctx context.Context) {
		s.Advance(ctx, e.ID)
		if err == nil && s.wait(ctx, lookApart) { // what was approved is listed soon
			s.logUnlessEnded(ctx, "tenant not observed", e.ID, s.observe(ctx))
		}
	})
}

func (s *Service) decideOnce(ctx context.Context, e Elevation, v Verdict, intent Intent, session Session) error {
	before, err := s.Approvals.Get(ctx, session, e.Activation.RequestID)
	if err != nil {
		return err
	}
	if before.settled() {
		return s.settleApproval(ctx, e.ID, before)
	}
	if v.Shown != e.Digest() || !before.matches(e) {
		return &Error{Kind: KindChanged}
	}
	if !before.AssignedToMe {
		return &Error{Kind: KindForbidden, Message: "PIM does not wait for this account"}
	}
	err = s.Approvals.Decide(ctx, session, before, Decision{Approved: intent.Approved, Reason: v.Reason})
	s.recordDecision(ctx, e, session.Principal, err)
	if err != nil && KindOf(err) != KindDecided && KindOf(err) != KindUnanswered {
		return err
	}
	for range 2 { // a re-read may lag behind
		after, readErr := s.Approvals.Get(ctx, session, e.Activation.RequestID)
		if readErr == nil && after.settled() {
			return s.settleApproval(ctx, e.ID, after)
		}
		if !s.wait(ctx, lookApart) {
			break
		}
	}
	return firstError(err, &Error{Kind: KindUnanswered, Message: "PIM does not show the decision yet"})
}

// settleApproval takes over what PIM shows.
func (s *Service) settleApproval(ctx context.Context, id ID, a Approval) error {
	ev := Event(Decided{Decision: a.Decided})
	if a.Decided.At.IsZero() && a.Decided.By == "" {
		ev = Observed{Activation: Activation{RequestID: a.RequestID, Status: a.Status}}
	}
	return moved(s.settle(ctx, id, ev, nil))
}

// dropUnlessUnknown takes an intent back when PIM certainly did not take it. An
// unconfirmed one stays and is shown as such: it blocks nobody.
func (s *Service) dropUnlessUnknown(ctx context.Context, id ID, i Intent, err error) {
	if KindOf(err) == KindUnanswered {
		return
	}
	if err := moved(s.settle(ctx, id, DecisionDropped{Person: i.Person}, nil)); err != nil {
		s.Log.WarnContext(ctx, "intent not dropped", "elevation", id, "err", err)
	}
}

func (s *Service) recordDecision(ctx context.Context, e Elevation, by Principal, err error) {
	detail := "sent"
	if err != nil {
		detail = string(KindOf(err))
	}
	if err := s.recordAs(context.WithoutCancel(ctx), e, by, "DecisionAnswer", detail); err != nil {
		s.Log.ErrorContext(ctx, "audit record not written", "elevation", e.ID, "event", "DecisionAnswer", "err", err)
	}
}

// settled reports whether PIM waits no longer.
func (a Approval) settled() bool {
	return !a.Decided.At.IsZero() || a.Decided.By != "" || a.Status != "" && standingOf(a.Status) != waiting && standingOf(a.Status) != unheardOf
}

// matches reports whether PIM's request is what our record says.
func (a Approval) matches(e Elevation) bool {
	same := func(x, y string) bool { return y == "" || strings.EqualFold(x, y) }
	return a.Principal == e.Principal.PrincipalKey &&
		same(a.TargetID, e.Eligibility.Target.ID) && a.ScopeID == e.Eligibility.Scope.ID &&
		(a.Duration == 0 || e.Terms.Duration == 0 || (a.Duration-e.Terms.Duration).Abs() < time.Minute || !e.Terms.Until.IsZero()) &&
		strings.TrimSpace(a.Justification) == strings.TrimSpace(justification(e))
}

func decisionWord(approved bool) string {
	if approved {
		return "approve"
	}
	return "deny"
}

// moved turns "someone was faster" into success: the record says what is true.
func moved(err error) error {
	if _, ok := errors.AsType[*IllegalError](err); ok {
		return nil
	}
	return err
}

// firstError returns a unless it is nil.
func firstError(a, b error) error {
	if a != nil {
		return a
	}
	return b
}
