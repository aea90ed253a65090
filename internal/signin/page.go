package signin

import (
	"net/http"

	"hoist/internal/chat"
	"hoist/internal/pim"
	"hoist/internal/secret"
)

// linkPage answers a GET of a link. It changes nothing, however often it is
// fetched: programs that preview links come here before people do.
func (h *Handler) linkPage(v *visit) {
	if v.enter() {
		v.page()
	}
}

// enter reads the link in the path. Whatever is wrong with it, the browser
// learns only that it is not a link.
func (v *visit) enter() bool {
	t, mac, ok := parseToken(v.r.PathValue("id"), v.r.PathValue("token"))
	if !ok || v.r.PathValue("shard") != v.links.shard {
		v.problem(http.StatusNotFound, chat.ProblemUnknownLink)
		return false
	}
	v.ticket = t
	if !v.look() {
		return false
	}
	who, ok := v.links.owner(t, v.e, mac)
	if !ok {
		v.log().WarnContext(v.r.Context(), "link with a wrong secret")
		v.e = pim.Elevation{}
		v.problem(http.StatusNotFound, chat.ProblemUnknownLink)
		return false
	}
	v.who, v.home = who, v.links.path(t, who)
	return true
}

// page shows how things stand for whoever has the link.
func (v *visit) page() {
	switch {
	case v.ticket.purpose.Decides():
		v.decisionPage()
	case v.ticket.purpose.Exits():
		v.exitPage()
	default:
		v.ownPage()
	}
}

// ownPage is the page of an activation or a linking.
func (v *visit) ownPage() {
	now, browser := v.App.Clock.Now(), v.browser()
	var proof linkedProof
	linked := v.keptFor(browser, linkedCookie(v.ticket), &proof)
	switch {
	case linked && v.continues():
		next := v.links.Link(v.e, pim.Pass{Purpose: pim.PurposeActivate, Person: v.e.Person, Attempt: v.e.SignIn.Attempt})
		v.show(http.StatusOK, chat.LinkedPage(v.e, proof.Chat, proof.Account, next))
	case linked && (v.e.State == pim.Requested || v.e.Cause == pim.CauseLinked):
		v.show(http.StatusOK, chat.LinkedPage(v.e, proof.Chat, proof.Account, noLink))
	case v.e.State != pim.AwaitingSignIn:
		v.show(http.StatusOK, chat.OutcomePage(v.e, now))
	case v.ticket.purpose != v.e.SignIn.Purpose || v.ticket.attempt != v.e.SignIn.Attempt:
		v.problem(http.StatusGone, chat.ProblemReplaced)
	case !now.Before(v.e.Deadline):
		v.problem(http.StatusGone, chat.ProblemTooLate)
	case v.e.SignIn.Browser != "" && v.e.SignIn.Browser != browser:
		v.problem(http.StatusForbidden, chat.ProblemElsewhere)
	case v.wantsStepUp():
		setCookie(v.w, stepUpCookie(v.ticket), "1")
		v.toEntra(browser, attempt{Hint: v.e.Principal.UPN})
	default:
		v.interstitial()
	}
}

// noLink stands where there is nowhere to go yet.
var noLink secret.Value

// continues reports whether the record went on from this linking to the
// activation's own first link. A newer one was asked for in the chat, perhaps
// to take the right from whoever holds this one.
func (v *visit) continues() bool {
	s := v.e.SignIn
	return v.e.State == pim.AwaitingSignIn && s.Purpose == pim.PurposeActivate && s.Attempt == v.ticket.attempt+1
}

// wantsStepUp reports whether PIM challenged a sign-in that this very browser
// had made (a bound link shows itself to no other). Its next sign-in needs no
// other button; but only once, so that going back does not send the browser away
// again.
func (v *visit) wantsStepUp() bool {
	s := v.e.SignIn
	if v.r.Method != http.MethodGet || !s.Challenged || s.Claims == "" || s.Browser == "" {
		return false
	}
	_, err := v.r.Cookie(stepUpCookie(v.ticket))
	return err != nil
}

// interstitial shows what is about to happen.
func (v *visit) interstitial() {
	switch {
	case v.ticket.purpose != pim.PurposeLink:
		v.offer(chat.SignInPage(v.e, v.App.Clock.Now()))
	case v.proofOf() == nil:
		v.show(http.StatusOK, chat.UnlinkablePage(v.e))
	default:
		v.offer(chat.LinkPage(v.e))
	}
}

// offer shows a page with the button that begins a sign-in. The cookie is given
// here already: two quick presses of the button would else come as two browsers.
func (v *visit) offer(p chat.Page) {
	if _, err := v.remember(); err != nil {
		v.failed("make cookie", err)
		return
	}
	v.show(http.StatusOK, p)
}

// proofOf is how the person's platform proves accounts, nil when it cannot.
func (v *visit) proofOf() ChatProof { return v.ChatProofs[v.e.Person.Platform] }
