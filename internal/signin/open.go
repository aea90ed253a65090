package signin

import (
	"errors"
	"log/slog"
	"net/http"

	"hoist/internal/chat"
	"hoist/internal/pim"
)

// open answers the press of a page's button: it binds the link to this browser
// and sends the browser away to sign in.
func (h *Handler) open(v *visit) {
	if !v.enter() {
		return
	}
	if err := v.r.ParseForm(); err != nil {
		v.problem(http.StatusBadRequest, chat.ProblemForeignForm)
		return
	}
	if v.ticket.purpose == pim.PurposeLink && v.proofOf() == nil {
		v.show(http.StatusOK, chat.UnlinkablePage(v.e))
		return
	}
	browser, err := v.remember()
	if err != nil {
		v.failed("make cookie", err)
		return
	}
	e, err := h.Elevations.OpenSignIn(v.r.Context(), v.ticket.id, v.pass(), browser)
	if err != nil {
		v.failed("open sign-in", err)
		return
	}
	v.e = e
	v.log().InfoContext(v.r.Context(), "sign-in opened")
	switch {
	case v.ticket.purpose == pim.PurposeLink:
		v.toChat(browser)
	case v.ticket.purpose.Decides():
		v.decide(browser)
	default:
		v.toEntra(browser, attempt{Switch: v.switches(), Hint: v.e.Principal.UPN})
	}
}

// switches reports whether the person wants to choose another account.
func (v *visit) switches() bool { return v.r.PostForm.Get("account") == "other" }

// toEntra sends the browser to sign in at Microsoft. A stepped-up attempt says
// itself what to ask for.
func (v *visit) toEntra(browser string, a attempt) {
	if !a.SteppedUp {
		asked, err := claims(v.ticket.purpose, v.e, v.MFAClaims)
		if err != nil {
			v.log().ErrorContext(v.r.Context(), "claims cannot be asked for", "err", err)
			v.problem(http.StatusInternalServerError, chat.ProblemMisconfigured)
			return
		}
		a.Claims = asked
	}
	a.Leg = legEntra
	state, err := v.begin(&a, browser)
	if err != nil {
		v.failed("keep attempt", err)
		return
	}
	address, err := v.authority.authorizeURL(v.r.Context(), a, state, v.base+callbackPath)
	if err != nil {
		v.refused("send to sign in", err)
		return
	}
	v.goTo(address)
}

// begin fills in what every attempt has and keeps it.
func (v *visit) begin(a *attempt, browser string) (state string, err error) {
	a.Elevation, a.Purpose, a.Attempt = v.ticket.id, v.ticket.purpose, v.ticket.attempt
	a.Person, a.Browser, a.Created = v.who, browser, v.App.Clock.Now()
	if a.Nonce, err = v.secretOf(); err != nil {
		return "", err
	}
	if a.Verifier, err = v.secretOf(); err != nil {
		return "", err
	}
	return v.keep(v.r.Context(), *a)
}

// refused explains what Entra said no to, to the person and to the operator.
func (v *visit) refused(doing string, err error) {
	var no *refusedError
	if !errors.As(err, &no) {
		v.log().ErrorContext(v.r.Context(), "sign-in cannot be made", "doing", doing, "err", err)
		v.problem(http.StatusBadGateway, chat.ProblemSignIn)
		return
	}
	v.refusal(doing, no.refusal)
}

func (v *visit) refusal(doing string, r refusal) {
	what := r.problem()
	level, status := slog.LevelWarn, http.StatusForbidden
	if what == chat.ProblemConsent || what == chat.ProblemMisconfigured {
		level = slog.LevelError // nobody can sign in until an operator acts
	}
	if what == chat.ProblemUnreachable {
		status = http.StatusBadGateway
	}
	v.log().Log(v.r.Context(), level, "entra refused", "doing", doing, "problem", string(what), "meaning", meaning(what), "entra", r)
	v.problem(status, what)
}
