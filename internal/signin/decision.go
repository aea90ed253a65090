package signin

import (
	"net/http"
	"slices"
	"strings"
	"unicode/utf8"

	"hoist/internal/chat"
	"hoist/internal/pim"
)

// This file is an approver's way: the page with the facts, the press of its
// button, and what comes back. The link is bound to no browser and carries no
// right; each sign-in begun from it is bound like every other.

// decisionPage is the page of an approver's link.
func (v *visit) decisionPage() {
	now := v.App.Clock.Now()
	tried := v.tried()
	err := v.Elevations.CheckDecision(v.r.Context(), v.e, v.who)
	switch kind := pim.KindOf(err); {
	case kind == pim.KindDecided || kind == pim.KindMoved:
		v.show(http.StatusOK, chat.DecidedPage(v.e, tried.shown(), now))
		return
	case kind == pim.KindSelfApproval:
		v.log().WarnContext(v.r.Context(), "own request on an approver's page")
		v.show(http.StatusForbidden, chat.OwnRequestPage(v.e, now))
		return
	case err != nil:
		v.failed("check decision", err)
		return
	}
	d := chat.Deciding{}
	switch i := v.intent(); {
	case i != nil && now.Before(i.Until):
		v.show(http.StatusOK, chat.SendingDecisionPage(v.e, *i, now))
		return
	case i != nil:
		d.Unconfirmed = i
	case tried != nil:
		d.Dropped = tried.why(v.e)
	}
	v.askDecision(d)
}

// intent is this person's decision that PIM has not confirmed, nil for none.
func (v *visit) intent() *pim.Intent {
	i := slices.IndexFunc(v.e.Intents, func(i pim.Intent) bool { return i.Person == v.who })
	if i < 0 {
		return nil
	}
	return &v.e.Intents[i]
}

// askDecision shows the facts and the form. The form says what it showed, so
// that nobody decides on what they did not see.
func (v *visit) askDecision(d chat.Deciding) {
	other := pim.PurposeApprove
	if v.ticket.purpose == pim.PurposeApprove {
		other = pim.PurposeDeny
	}
	d.Purpose = v.ticket.purpose
	d.Other = v.links.Link(v.e, pim.Pass{Purpose: other, Person: v.who, Attempt: v.ticket.attempt})
	v.carried = []hidden{{shownField, hashOf(v.e.Digest())}}
	v.offer(chat.DecisionPage(v.e, d, v.App.Clock.Now()))
}

// shownField is the name of a hidden field: a hash of what the page showed.
const shownField = "shown"

// hidden is a field that a page's forms send back as it is.
type hidden struct{ Name, Value string }

// carry lets the forms of the pages that follow repeat a decision as it was: a
// sign-in that fails does not cost the approver what they typed.
func (v *visit) carry(reason, shown string) {
	v.carried = []hidden{{chat.ReasonField, reason}, {shownField, shown}}
}

// decide answers the press of a decision page's button: either the reason is
// asked for again, or the browser goes to sign in.
func (v *visit) decide(browser string) {
	if i := v.intent(); i != nil && v.App.Clock.Now().Before(i.Until) {
		v.decisionPage()
		return
	}
	d := chat.Deciding{Reason: reasonIn(v.r.PostForm.Get(chat.ReasonField))}
	switch {
	case utf8.RuneCountInString(d.Reason) > chat.LongestDecisionReason:
		d.Fault = chat.ReasonTooLong
	case d.Reason == "" && v.e.Terms.DecisionReason:
		d.Fault = chat.ReasonMissing
	}
	shown := v.r.PostForm.Get(shownField) // "" from a page that could not show the request
	if shown != "" && shown != hashOf(v.e.Digest()) {
		v.log().InfoContext(v.r.Context(), "request changed under the decision page")
		d.Dropped = pim.KindChanged
	}
	if shown == "" || d.Fault != "" || d.Dropped != "" {
		v.askDecision(d)
		return
	}
	v.carry(d.Reason, shown)
	v.toEntra(browser, attempt{Reason: d.Reason, Shown: v.e.Digest(), Hint: v.hint(), Switch: v.switches()})
}

// reasonIn is a reason as it was typed: browsers send line ends as two
// characters, and whatever is not text is shown as such.
func reasonIn(field string) string {
	return strings.TrimSpace(strings.ToValidUTF8(strings.ReplaceAll(field, "\r\n", "\n"), "\uFFFD"))
}

// hint is one of the approver's own accounts, so that Entra need not ask which:
// one that PIM asks, or else any. "" when none is known or another is wanted.
func (v *visit) hint() string {
	if v.Accounts == nil || v.switches() {
		return ""
	}
	own, err := v.Accounts.Principals(v.r.Context(), v.who)
	if err != nil {
		v.log().WarnContext(v.r.Context(), "approver's accounts not read", "err", err)
		return ""
	}
	if i := slices.IndexFunc(own, func(p pim.Principal) bool { return asks(v.e, p.PrincipalKey) }); i >= 0 {
		return own[i].UPN
	}
	if len(own) > 0 {
		return own[0].UPN
	}
	return ""
}

// asks reports whether PIM is known to ask an account for its approval.
func asks(e pim.Elevation, k pim.PrincipalKey) bool {
	return slices.ContainsFunc(e.Asked, func(a pim.Asked) bool { return a.PrincipalKey == k })
}

// handDecision hands an approver's proof over. The link's page shows what comes
// of it.
func (v *visit) handDecision(a attempt, session pim.Session) {
	ctx, cancel := v.patient()
	defer cancel()
	v.carry(a.Reason, hashOf(a.Shown))
	err := v.Elevations.ReturnDecision(ctx, a.Elevation, pim.Verdict{Pass: v.pass(), Reason: a.Reason, Shown: a.Shown}, session)
	kind := pim.KindOf(err)
	switch kind {
	case "":
		v.log().InfoContext(v.r.Context(), "decision handed over", "account", session.Principal.ID)
	case pim.KindDecided, pim.KindMoved, pim.KindSelfApproval, pim.KindChanged, pim.KindForbidden:
		v.log().WarnContext(v.r.Context(), "decision not sent", "account", session.Principal.ID, "kind", string(kind))
	case pim.KindWrongAccount:
		v.log().WarnContext(v.r.Context(), "signed in as another account", "account", session.Principal.ID)
		v.show(http.StatusForbidden, chat.NotYourAccountPage(v.e, session.Principal))
		return
	default:
		v.failed("return from sign-in", err)
		return
	}
	v.keepFor(a.Browser, triedCookie(v.ticket), triedDecision{
		Approved: a.Purpose == pim.PurposeApprove, Name: session.Principal.Name, Account: session.Principal.PrincipalKey,
		Shown: hashOf(a.Shown), Refused: kind,
	})
	v.goHome()
}

// triedDecision is what this browser came to send. When PIM does not take a
// decision the record forgets it; this is how the page still knows.
type triedDecision struct {
	Approved bool             `json:"approved"`
	Name     string           `json:"name,omitempty"`
	Account  pim.PrincipalKey `json:"account"`
	Shown    string           `json:"shown"`
	Refused  pim.Kind         `json:"refused,omitempty"` // "" when it was handed over
}

func (v *visit) tried() *triedDecision {
	var t triedDecision
	if !v.keptFor(v.browser(), triedCookie(v.ticket), &t) {
		return nil
	}
	return &t
}

func (t *triedDecision) shown() *chat.Tried {
	if t == nil {
		return nil
	}
	return &chat.Tried{Approved: t.Approved, Name: t.Name, Refused: t.Refused}
}

// why is what can be told of a decision that was handed over and is no longer
// among the record's intents although nothing was decided.
func (t *triedDecision) why(e pim.Elevation) pim.Kind {
	switch {
	case t.Refused != "":
		return t.Refused
	case t.Shown != hashOf(e.Digest()):
		return pim.KindChanged
	case e.AskedAll && !asks(e, t.Account):
		return pim.KindForbidden
	default:
		return pim.KindUnknown
	}
}
