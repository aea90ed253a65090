package signin

import (
	"context"
	"errors"
	"log/slog"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"time"

	"hoist/internal/chat"
	"hoist/internal/pim"
)

// visit is one request of a browser, and what has been learned of it so far.
type visit struct {
	*Handler
	w     http.ResponseWriter
	r     *http.Request
	route string

	// ticket, who and e are known once the link or the state was believed.
	ticket ticket
	who    pim.Person // whose link it is
	e      pim.Elevation
	// home is the link's path, "" as long as this browser has not shown that it
	// may know it.
	home string
	// remembered is the hash of the cookie that this answer sets, if it does.
	remembered string
	// carried goes along with every form of the page.
	carried []hidden
}

// pass is which sign-in the link is for.
func (v *visit) pass() pim.Pass {
	return pim.Pass{Purpose: v.ticket.purpose, Person: v.who, Attempt: v.ticket.attempt}
}

// log is a logger whose lines name the route, never the address.
func (v *visit) log() *slog.Logger {
	person := ""
	if v.who != (pim.Person{}) {
		person = v.who.Key()
	}
	return v.Log.With(
		"route", v.route, "elevation", v.ticket.id, "purpose", string(v.ticket.purpose), "attempt", v.ticket.attempt,
		"platform", v.e.Person.Platform, "principal", v.e.Principal.ID, "person", person,
	)
}

// problem ends the visit with an explanation.
func (v *visit) problem(status int, what chat.PageProblem) {
	v.show(status, chat.ProblemPage(what, v.ticket.purpose, v.e.ID, v.home != ""))
}

// show writes a page.
func (v *visit) show(status int, p chat.Page) {
	v.headers(formsOf(p))
	err := v.pages.write(v.w, status, v.r.Method == http.MethodHead, p, layout{
		zone: v.e.Location(), home: v.home, pim: v.PIMURL, carried: v.carried,
	})
	if err != nil {
		v.log().ErrorContext(v.r.Context(), "page not written", "err", err)
	}
}

// goTo redirects with a GET.
func (v *visit) goTo(address string) {
	v.headers(false)
	v.w.Header().Set("Location", address)
	v.w.WriteHeader(http.StatusSeeOther)
}

// goHome leads the browser to its link's page, which shows how things stand.
func (v *visit) goHome() { v.goTo(v.home) }

// formsOf reports whether a page has a form.
func formsOf(p chat.Page) bool {
	return slices.ContainsFunc(p.Actions, func(a chat.PageAction) bool {
		return a.Kind == chat.PageContinue || a.Kind == chat.PageSwitch
	})
}

// headers are the same on every answer but for where forms may lead. Chromium
// holds form-action against the redirects after a POST as well:
// https://github.com/w3c/webappsec-csp/issues/8.
func (v *visit) headers(forms bool) {
	targets := []string{"'none'"}
	if forms {
		targets = append([]string{"'self'"}, v.formTargets()...)
	}
	head := v.w.Header()
	head.Set("Content-Security-Policy", strings.Join([]string{
		"default-src 'none'", "style-src 'self'", "form-action " + strings.Join(targets, " "),
		"frame-ancestors 'none'", "base-uri 'none'",
	}, "; "))
	head.Set("Referrer-Policy", "no-referrer")
	head.Set("X-Content-Type-Options", "nosniff")
	head.Set("X-Frame-Options", "DENY")
	head.Set("X-Robots-Tag", "noindex, nofollow")
	head.Set("Cross-Origin-Opener-Policy", "same-origin")
	head.Set("Cache-Control", "no-store")
}

// formTargets adds the origin of Entra's authorize page, where it differs from
// the authority's. When the metadata cannot be read now, it cannot be read after
// the button either.
func (v *visit) formTargets() []string {
	ctx, cancel := context.WithTimeout(v.r.Context(), metadataPatience)
	defer cancel()
	m, err := readMetadata(ctx, v.authority.client, v.authority.Authority)
	if err != nil {
		return v.formTo
	}
	at, err := url.Parse(m.Authorize)
	if err != nil || at.Host == "" {
		return v.formTo
	}
	if o := at.Scheme + "://" + at.Host; !slices.Contains(v.formTo, o) {
		return append(slices.Clone(v.formTo), o)
	}
	return v.formTo
}

// metadataPatience is how long a page waits for Entra's metadata; mostly they
// are at hand.
const metadataPatience = 3 * time.Second

// look reads the record of the visit's ticket. It reports false after it has
// answered the browser itself.
func (v *visit) look() bool {
	e, err := v.Elevations.Look(v.r.Context(), v.ticket.id)
	switch {
	case errors.Is(err, pim.ErrNotFound):
		v.problem(http.StatusNotFound, chat.ProblemUnknownLink)
		return false
	case err != nil:
		if v.r.PathValue("token") != "" {
			v.home = v.r.URL.EscapedPath() // looking again is safe, whoever it is
		}
		v.failed("look up elevation", err)
		return false
	}
	v.e = e
	return true
}

// failed explains an error of our own or of the service's.
func (v *visit) failed(doing string, err error) {
	if _, illegal := errors.AsType[*pim.IllegalError](err); illegal {
		v.ended() // another request of this browser was faster
		return
	}
	switch kind := pim.KindOf(err); kind {
	case pim.KindLinkReplaced:
		v.problem(http.StatusConflict, chat.ProblemReplaced)
	case pim.KindLinkElsewhere:
		v.problem(http.StatusConflict, chat.ProblemElsewhere)
	case pim.KindLinkEnded, pim.KindDecided, pim.KindMoved, pim.KindSelfApproval:
		v.ended()
	case pim.KindLinkInvalid:
		v.problem(http.StatusNotFound, chat.ProblemUnknownLink)
	case pim.KindAuditDown:
		v.log().ErrorContext(v.r.Context(), "nothing can be recorded", "doing", doing, "err", err)
		v.problem(http.StatusServiceUnavailable, chat.ProblemAudit)
	default:
		v.log().ErrorContext(v.r.Context(), "sign-in page failed", "doing", doing, "err", err)
		v.problem(http.StatusServiceUnavailable, chat.ProblemStore)
	}
}

// ended shows what became of a request whose link is over. While it still waits
// for a sign-in there is nothing else to show than that the time is up.
func (v *visit) ended() {
	if e, err := v.Elevations.Look(v.r.Context(), v.ticket.id); err == nil {
		v.e = e
	}
	if v.ticket.purpose.Decides() || v.ticket.purpose.Exits() {
		v.page()
		return
	}
	switch {
	case v.e.State != pim.AwaitingSignIn:
		v.show(http.StatusOK, chat.OutcomePage(v.e, v.App.Clock.Now()))
	case v.e.SignIn.Purpose != v.ticket.purpose || v.e.SignIn.Attempt != v.ticket.attempt:
		v.problem(http.StatusGone, chat.ProblemReplaced)
	default:
		v.problem(http.StatusGone, chat.ProblemTooLate)
	}
}

// patient bounds work that must not end because a phone lost its page: a code
// works once, so what was begun with it is finished.
func (v *visit) patient() (context.Context, context.CancelFunc) {
	return context.WithTimeout(context.WithoutCancel(v.r.Context()), callbackFor)
}

// callbackFor bounds a callback up to where the service goes on by itself.
const callbackFor = 40 * time.Second
