package signin

import (
	"net/http"

	"hoist/internal/chat"
	"hoist/internal/pim"
)

// linkPage answers a GET of a link. It changes nothing, however often it is
// fetched: programs that preview links come here before people do.
func (h *Handler) linkPage(v *visit) {
	if !v.enter() {
		return
	}
	now := h.App.Clock.Now()
	browser := h.browser(v.r, v.ticket, v.e.Person)
	proof, linked := h.proof(v.r, v.ticket, browser)
	switch {
	case linked && v.continues():
		v.show(http.StatusOK, chat.LinkedPage(v.e, proof.Chat, proof.Account, h.links.Link(v.e)))
	case linked && v.e.State == pim.Requested:
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
		v.toEntra(browser, attempt{})
	default:
		v.interstitial()
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
	if !v.links.valid(t, v.e.Person, mac) {
		v.log().WarnContext(v.r.Context(), "link with a wrong secret")
		v.e = pim.Elevation{}
		v.problem(http.StatusNotFound, chat.ProblemUnknownLink)
		return false
	}
	v.home = v.links.path(t.id, v.e.Person, t.purpose, t.attempt)
	return true
}

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

// interstitial shows what is about to happen. The cookie is given here already:
// two quick presses of the button would else come as two browsers.
func (v *visit) interstitial() {
	if v.ticket.purpose == pim.PurposeLink && v.proofOf() == nil {
		v.show(http.StatusOK, chat.UnlinkablePage(v.e))
		return
	}
	if _, err := v.remember(v.w, v.r, v.ticket, v.e.Person); err != nil {
		v.failed("make cookie", err)
		return
	}
	if v.ticket.purpose == pim.PurposeLink {
		v.show(http.StatusOK, chat.LinkPage(v.e))
		return
	}
	v.show(http.StatusOK, chat.SignInPage(v.e, v.App.Clock.Now()))
}

// proofOf is how the person's platform proves accounts, nil when it cannot.
func (v *visit) proofOf() ChatProof { return v.ChatProofs[v.e.Person.Platform] }
