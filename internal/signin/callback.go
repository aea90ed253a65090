package signin

import (
	"errors"
	"net/http"
	"net/url"

	"hoist/internal/chat"
	"hoist/internal/pim"
	"hoist/internal/secret"
)

// callback takes a browser back from Microsoft. It ends with a redirect to the
// link's page, so that reloading never repeats it.
func (h *Handler) callback(v *visit) {
	a, ok := v.comeBack(legEntra)
	if !ok {
		return
	}
	q := v.r.URL.Query()
	if q.Has("error") {
		v.refusedSignIn(a, "come back from sign-in", refusalIn(q))
		return
	}
	who, got, ok := v.signedIn(a, secret.New(q.Get("code")))
	if !ok {
		return
	}
	if a.Purpose == pim.PurposeLink {
		v.link(a, who)
		return
	}
	session := pim.Session{
		Principal: who.principal, Token: got.token,
		Expires: v.App.Clock.Now().Add(got.life), Contexts: who.contexts,
	}
	if a.Purpose.Decides() {
		v.handDecision(a, session)
		return
	}
	v.hand(a, session)
}

// comeBack believes a browser that comes with a state, or answers it. The cookie
// is looked at first: a callback that was forwarded to another browser must not
// use up the state.
func (v *visit) comeBack(l leg) (attempt, bool) {
	state := v.r.URL.Query().Get("state")
	t, ok := ticketOf(state)
	if !ok {
		v.problem(http.StatusBadRequest, chat.ProblemUsed)
		return attempt{}, false
	}
	v.ticket = t
	if !v.look() {
		return attempt{}, false
	}
	browser := v.recognise()
	if browser == "" || v.boundElsewhere(browser) {
		v.log().WarnContext(v.r.Context(), "callback in another browser")
		v.problem(http.StatusForbidden, chat.ProblemElsewhere)
		return attempt{}, false
	}
	v.home = v.links.path(t, v.who)
	a, err := v.take(v.r.Context(), state, l, browser)
	switch {
	case errors.Is(err, errUsed):
		v.log().InfoContext(v.r.Context(), "callback came again or too late", "err", err)
		v.goHome()
	case err != nil:
		v.failed("take attempt", err)
	default:
		if a.Purpose.Decides() {
			v.carry(a.Reason, hashOf(a.Shown))
		}
		return a, true
	}
	return attempt{}, false
}

// recognise finds out by its cookie whose browser has come back, and returns the
// cookie's hash; "" when it is nobody's.
func (v *visit) recognise() string {
	for _, p := range v.ticket.holders(v.e) {
		if hash, _ := v.browserOf(p); hash != "" {
			v.who = p
			return hash
		}
	}
	return ""
}

// boundElsewhere reports whether the link of this attempt belongs to another
// browser that saw the link before it was opened.
func (v *visit) boundElsewhere(browser string) bool {
	t, s, x := v.ticket, v.e.SignIn, v.e.Exit
	switch {
	case t.purpose.Decides():
		return false
	case t.purpose.Exits():
		return x.Purpose == t.purpose && x.Attempt == t.attempt && x.Browser != "" && x.Browser != browser
	default:
		return v.e.State == pim.AwaitingSignIn && s.Attempt == t.attempt && s.Browser != browser
	}
}

// signedIn exchanges the code and verifies who it stands for.
func (v *visit) signedIn(a attempt, code secret.Value) (identity, redeemed, bool) {
	if code.IsZero() {
		v.goHome()
		return identity{}, redeemed{}, false
	}
	ctx, cancel := v.patient()
	defer cancel()
	got, err := v.authority.redeem(ctx, a, code, v.base+callbackPath)
	if err != nil {
		v.notRedeemed(a, err)
		return identity{}, got, false
	}
	who, err := v.ids.verify(ctx, got.idToken, a.Nonce)
	if err != nil {
		v.log().ErrorContext(v.r.Context(), "id token not believed", "err", err)
		v.problem(http.StatusForbidden, chat.ProblemSignIn)
		return identity{}, got, false
	}
	if who.principal.Tenant != v.Tenant {
		v.log().WarnContext(v.r.Context(), "account of another tenant", "tenant", who.principal.Tenant)
		v.problem(http.StatusForbidden, chat.ProblemOtherTenant)
		return identity{}, got, false
	}
	return who, got, true
}

func (v *visit) notRedeemed(a attempt, err error) {
	const doing = "redeem code"
	if no, ok := errors.AsType[*refusedError](err); ok {
		v.refusedSignIn(a, doing, no.refusal)
		return
	}
	v.refused(doing, err)
}

// hand gives the proof to the service, to activate or to end. What happens from
// here on goes on without this browser, and the link's page shows it.
func (v *visit) hand(a attempt, session pim.Session) {
	ctx, cancel := v.patient()
	defer cancel()
	give := v.Elevations.Return
	if a.Purpose.Exits() {
		give = v.Elevations.ReturnExit
	}
	err := give(ctx, a.Elevation, v.pass(), a.Browser, session)
	var illegal *pim.IllegalError
	switch kind := pim.KindOf(err); {
	case err == nil:
		v.log().InfoContext(v.r.Context(), "signed in")
		v.goHome()
	case kind == pim.KindWrongAccount:
		v.log().WarnContext(v.r.Context(), "signed in as another account", "account", session.Principal.ID)
		v.show(http.StatusForbidden, chat.WrongAccountPage(v.e, session.Principal))
	case kind == pim.KindLinkReplaced, kind == pim.KindLinkElsewhere, kind == pim.KindLinkEnded, errors.As(err, &illegal):
		v.log().InfoContext(v.r.Context(), "link moved on during the sign-in", "err", err)
		v.goHome()
	default:
		v.failed("return from sign-in", err)
	}
}

// chatCallback takes a browser back from the chat's own sign-in, the first leg
// of a linking, and sends it on to Microsoft.
func (h *Handler) chatCallback(v *visit) {
	a, ok := v.comeBack(legChat)
	if !ok {
		return
	}
	q := v.r.URL.Query()
	if q.Has("error") {
		v.chatRefused(q)
		return
	}
	proof := v.proofOf()
	if proof == nil || q.Get("code") == "" {
		v.goHome()
		return
	}
	ctx, cancel := v.patient()
	defer cancel()
	person, name, err := proof.Finish(ctx, q.Get("code"), a.Nonce, v.base+chatCallbackPath)
	if pim.KindOf(err) == pim.KindWrongAccount {
		v.log().WarnContext(v.r.Context(), "chat account of another workspace")
		v.show(http.StatusForbidden, chat.WrongChatPage(v.e, ""))
		return
	}
	if err != nil {
		v.log().ErrorContext(v.r.Context(), "chat account not proved", "err", err)
		v.problem(http.StatusBadGateway, chat.ProblemChatSignIn)
		return
	}
	if person != v.e.Person {
		v.log().WarnContext(v.r.Context(), "another chat account than the one that asked")
		v.show(http.StatusForbidden, chat.WrongChatPage(v.e, name))
		return
	}
	v.toEntra(a.Browser, attempt{Switch: true, ChatName: name})
}

func (v *visit) chatRefused(q url.Values) {
	said := word(q.Get("error"))
	v.log().WarnContext(v.r.Context(), "chat refused the sign-in", "error", said)
	if said == "access_denied" {
		v.problem(http.StatusForbidden, chat.ProblemCanceled)
		return
	}
	v.problem(http.StatusForbidden, chat.ProblemChatSignIn)
}
