package pim

import (
	"context"
	"fmt"
	"time"
)

// This file is what the sign-in pages call: look, open, and return with proof.

// Look returns the newest record, for a page to show.
func (s *Service) Look(ctx context.Context, id ID) (Elevation, error) {
	return s.Store.Get(ctx, s.Tenant, id)
}

// OpenSignIn records that a browser pressed Continue on a sign-in page, and
// binds the link to that browser. browser is a hash of a cookie that only this
// browser has. The same browser may come again until a sign-in succeeded. An
// approver's link is bound to no browser; each sign-in begun from it is.
//
// It returns the record, whose SignIn says what to ask of Entra, or an *[Error]:
// KindLinkReplaced, KindLinkElsewhere or KindLinkEnded.
func (s *Service) OpenSignIn(ctx context.Context, id ID, p Pass, browser string) (Elevation, error) {
	e, err := s.Look(ctx, id)
	if err != nil {
		return e, err
	}
	if err := s.CheckPass(e, p, browser); err != nil {
		return e, err
	}
	switch {
	case p.Purpose.Decides():
		return e, s.CheckDecision(ctx, e, p.Person)
	case p.Purpose.Exits():
		return s.apply(ctx, id, ExitOpened{Browser: browser})
	default:
		return s.apply(ctx, id, SignInOpened{Browser: browser})
	}
}

// CheckPass reports whether a link still opens a sign-in in this browser; an
// empty browser has no cookie yet.
func (s *Service) CheckPass(e Elevation, p Pass, browser string) error {
	now := s.Clock.Now()
	switch {
	case p.Purpose.Decides():
		if e.State != AwaitingApproval {
			return &Error{Kind: KindLinkEnded, Message: fmt.Sprintf("state %s", e.State)}
		}
		return nil
	case p.Purpose.Exits():
		if !e.Exit.open() || e.Exit.Purpose != p.Purpose || !e.canExit(p.Purpose) {
			return &Error{Kind: KindLinkEnded, Message: fmt.Sprintf("state %s", e.State)}
		}
		return checkBinding(p.Attempt, e.Exit.Attempt, e.Exit.Deadline, now, e.Exit.Browser, browser)
	case e.State != AwaitingSignIn || e.SignIn.Purpose != p.Purpose:
		return &Error{Kind: KindLinkEnded, Message: fmt.Sprintf("state %s", e.State)}
	default:
		return checkBinding(p.Attempt, e.SignIn.Attempt, e.Deadline, now, e.SignIn.Browser, browser)
	}
}

// checkBinding holds a link to its attempt, its time and its browser.
func checkBinding(attempt, newest int, until, now time.Time, bound, browser string) error {
	switch {
	case attempt != newest:
		return &Error{Kind: KindLinkReplaced}
	case !now.Before(until):
		return &Error{Kind: KindLinkEnded, Message: "deadline passed"}
	case bound != "" && bound != browser:
		return &Error{Kind: KindLinkElsewhere}
	}
	return nil
}

// Return takes a completed sign-in. When the account is the one that holds the
// right, the elevation is claimed and the work goes on detached from the
// caller, bounded by [SubmitFor]; the page then shows progress from
// [Service.Look]. Errors are those of [Service.OpenSignIn], KindWrongAccount
// (the attempt stays usable) and KindAuditDown (nothing was sent).
func (s *Service) Return(ctx context.Context, id ID, p Pass, browser string, session Session) error {
	e, err := s.Look(ctx, id)
	if err != nil {
		return err
	}
	if p.Purpose != PurposeActivate {
		return &Error{Kind: KindLinkInvalid, Message: fmt.Sprintf("a link for %q cannot activate", p.Purpose)}
	}
	if err := s.CheckPass(e, p, browser); err != nil {
		return err
	}
	if e.SignIn.Browser == "" {
		return &Error{Kind: KindLinkElsewhere, Message: "no browser pressed Continue"}
	}
	if session.Principal.PrincipalKey != e.Principal.PrincipalKey {
		return &Error{Kind: KindWrongAccount}
	}
	now := s.Clock.Now()
	claimed, err := s.apply(ctx, id, Claimed{Attempt: p.Attempt, Until: now.Add(SubmitFor), Feeds: s.Feeds})
	if err != nil {
		return firstError(moved(err), &Error{Kind: KindLinkEnded})
	}
	s.detached(SubmitFor, func(ctx context.Context) { s.submit(ctx, claimed, session) })
	return nil
}

// LinkProved takes a completed linking: the person's identities now hold at
// least one account, and the request starts over. Errors are those of
// [Service.OpenSignIn].
func (s *Service) LinkProved(ctx context.Context, id ID, p Pass, browser string) error {
	e, err := s.Look(ctx, id)
	if err != nil {
		return err
	}
	if err := s.CheckPass(e, p, browser); err != nil {
		return err
	}
	if _, err := s.apply(ctx, id, Linked{}); err != nil {
		return err
	}
	s.detached(workFor, func(ctx context.Context) { s.Advance(ctx, id) })
	return nil
}
