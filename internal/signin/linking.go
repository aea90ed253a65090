package signin

import (
	"context"
	"fmt"
	"net/http"
	"slices"
	"strings"

	"hoist/internal/chat"
	"hoist/internal/pim"
)

// howBoth is how a link came about, for the store and the audit.
const howBoth = "both ends in one browser"

// toChat begins a linking: first the chat proves in this browser who the person
// is there.
func (v *visit) toChat(browser string) {
	a := attempt{Leg: legChat}
	state, err := v.begin(&a, browser)
	if err != nil {
		v.failed("keep attempt", err)
		return
	}
	v.goTo(v.proofOf().Begin(state, a.Nonce, v.base+chatCallbackPath))
}

// link ends a linking whose both ends this browser has proved: record it, keep
// it, and let the request go on.
func (v *visit) link(a attempt, who identity) {
	if who.guest {
		v.log().WarnContext(v.r.Context(), "guest refused", "account", who.principal.ID)
		v.problem(http.StatusForbidden, chat.ProblemGuest)
		return
	}
	ctx, cancel := v.patient()
	defer cancel()
	e, err := v.Elevations.Look(ctx, a.Elevation)
	if err != nil {
		v.failed("look up elevation", err)
		return
	}
	if v.e = e; !v.awaitsLink(a) {
		v.goHome()
		return
	}
	if err := v.keepLink(ctx, who.principal); err != nil {
		v.failed("keep link", err)
		return
	}
	v.log().InfoContext(v.r.Context(), "person linked", "account", who.principal.ID)
	if err := v.Elevations.LinkProved(ctx, a.Elevation, v.pass(), a.Browser); err != nil {
		v.log().WarnContext(v.r.Context(), "request did not go on after linking", "err", err)
	}
	v.keepFor(a.Browser, linkedCookie(v.ticket), linkedProof{Chat: a.ChatName, Account: chat.AccountName(who.principal)})
	v.goHome()
}

// awaitsLink reports whether the record still waits for this linking.
func (v *visit) awaitsLink(a attempt) bool {
	s := v.e.SignIn
	return v.e.State == pim.AwaitingSignIn && s.Purpose == pim.PurposeLink && s.Attempt == a.Attempt &&
		s.Browser == a.Browser && v.App.Clock.Now().Before(v.e.Deadline)
}

// keepLink records first; what cannot be recorded is not kept. Others who hold
// the same account stay linked, they count as one human with this person, and
// the record names them.
func (v *visit) keepLink(ctx context.Context, p pim.Principal) error {
	others, err := v.othersOf(ctx, v.e.Person, p.PrincipalKey)
	if err != nil {
		return err
	}
	detail := howBoth
	if len(others) > 0 {
		names := make([]string, len(others))
		for i, o := range others {
			names[i] = o.Key()
		}
		detail += "; the account is also linked to " + strings.Join(names, ", ")
		v.log().WarnContext(v.r.Context(), "account is linked to more than one person", "account", p.ID, "others", names)
	}
	now := v.App.Clock.Now()
	err = v.Audit.Record(ctx, pim.AuditRecord{
		At: now, Tenant: v.Tenant, Elevation: v.e.ID, Event: "LinkKept", From: v.e.State, To: v.e.State,
		Revision: v.e.Revision, Person: v.e.Person, Principal: p.PrincipalKey, Proof: v.e.Proof, Detail: detail,
	})
	if err != nil {
		return &pim.Error{Kind: pim.KindAuditDown, Err: err}
	}
	if err := v.LinkStore.PutLink(ctx, v.Tenant, v.e.Person, p, howBoth, now); err != nil {
		return fmt.Errorf("keep link of %s: %w", v.e.Person.Key(), err)
	}
	if v.Linked != nil {
		v.Linked(ctx, v.e.ID, v.e.Person, p, others)
	}
	return nil
}

// othersOf returns the other persons who hold an account.
func (v *visit) othersOf(ctx context.Context, who pim.Person, account pim.PrincipalKey) ([]pim.Person, error) {
	persons, err := v.LinkStore.PersonsOf(ctx, account)
	if err != nil {
		return nil, fmt.Errorf("read who holds account %s: %w", account.ID, err)
	}
	return slices.DeleteFunc(persons, func(p pim.Person) bool { return p == who }), nil
}
