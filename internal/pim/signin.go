package pim

import (
	"context"
	"fmt"
)

// This file is what the sign-in pages call: look, open, and return with proof.

// Look returns the newest record, for a page to show.
func (s *Service) Look(ctx context.Context, id ID) (Elevation, error) {
	return s.Store.Get(ctx, s.Tenant, id)
}

// OpenSignIn records that a browser pressed Continue on a sign-in page, and
// binds the link to that browser. browser is a hash of a cookie that only this
// browser has. The same browser may come again until a sign-in succeeded.
//
// It returns the record, whose SignIn says what to ask of Entra, or an *[Error]:
// KindLinkReplaced, KindLinkElsewhere or KindLinkEnded.
func (s *Service) OpenSignIn(ctx context.Context, id ID, attempt int, browser string) (Elevation, error) {
	e, err := s.Look(ctx, id)
	if err != nil {
		return e, err
	}
	if err := s.checkLink(e, attempt, browser); err != nil {
		return e, err
	}
	return s.apply(ctx, id, SignInOpened{Browser: browser})
}

// checkLink reports whether a link of this attempt still opens a sign-in in
// this browser; an empty browser has no cookie yet.
func (s *Service) checkLink(e Elevation, attempt int, browser string) error {
	switch {
	case e.State != AwaitingSignIn:
		return &Error{Kind: KindLinkEnded, Message: fmt.Sprintf("state %s", e.State)}
	case attempt != e.SignIn.Attempt:
		return &Error{Kind: KindLinkReplaced}
	case !s.Clock.Now().Before(e.Deadline):
		return &Error{Kind: KindLinkEnded, Message: "deadline passed"}
	case e.SignIn.Browser != "" && e.SignIn.Browser != browser:
		return &Error{Kind: KindLinkElsewhere}
	}
	return nil
}

// Return takes a completed sign-in. When the account is the one that holds the
// right, the elevation is claimed and the work goes on detached from the
// caller, bounded by [SubmitFor]; the page then shows progress from
// [Service.Look]. Errors are those of [Service.OpenSignIn], KindWrongAccount
// (the attempt stays usable) and KindAuditDown (nothing was sent).
func (s *Service) Return(ctx context.Context, id ID, attempt int, browser string, session Session) error {
	e, err := s.Look(ctx, id)
	if err != nil {
		return err
	}
	if err := s.checkLink(e, attempt, browser); err != nil {
		return err
	}
	if e.SignIn.Browser == "" {
		return &Error{Kind: KindLinkElsewhere, Message: "no browser pressed Continue"}
	}
	if e.SignIn.Purpose != PurposeActivate {
		return &Error{Kind: KindLinkInvalid, Message: fmt.Sprintf("a link for %q cannot activate", e.SignIn.Purpose)}
	}
	if session.Principal.PrincipalKey != e.Principal.PrincipalKey {
		return &Error{Kind: KindWrongAccount}
	}
	now := s.Clock.Now()
	claimed, err := s.apply(ctx, id, Claimed{Attempt: attempt, Until: now.Add(SubmitFor), Feeds: s.Feeds})
	if err != nil {
		return err
	}
	s.detached(SubmitFor, func(ctx context.Context) { s.submit(ctx, claimed, session) })
	return nil
}

// LinkProved takes a completed linking: the person's identities now hold at
// least one account, and the request starts over. Errors are those of
// [Service.OpenSignIn].
func (s *Service) LinkProved(ctx context.Context, id ID, attempt int, browser string) error {
	e, err := s.Look(ctx, id)
	if err != nil {
		return err
	}
	if err := s.checkLink(e, attempt, browser); err != nil {
		return err
	}
	if _, err := s.apply(ctx, id, Linked{}); err != nil {
		return err
	}
	s.detached(workFor, func(ctx context.Context) { s.Advance(ctx, id) })
	return nil
}
