package chat

import (
	"strconv"
	"strings"
	"time"

	"hoist/internal/pim"
)

// Explanation is what a person reads about a refusal: what happened, and what
// to do next.
type Explanation struct {
	What Line
	Next Line
}

// Lines returns both, without empty ones.
func (x Explanation) Lines() []Line {
	if len(x.Next) == 0 {
		return []Line{x.What}
	}
	return []Line{x.What, x.Next}
}

// Explain is the one place where a kind of failure becomes words. An unknown
// kind gets a general sentence; the reference under it is in the log too.
func Explain(r pim.Refusal, now time.Time) Explanation {
	role := typed(r.Role)
	if r.Role == "" {
		role = plain("This role")
	}
	switch r.Kind {
	case pim.KindNotLinked:
		return explain("Hoist does not know your Microsoft Entra account yet.", "Sign in once to connect it.")
	case pim.KindBarred:
		return Explanation{
			What: Line{plain("Hoist does not serve this chat account: "), typed(r.Message), plain(".")},
			Next: Say("Use your own member account, or ask an administrator."),
		}
	case pim.KindNotEligible:
		return notEligible(r)
	case pim.KindTooLong:
		if r.Maximum == 0 { // PIM's own refusal, which names no length
			return policyRefused([]string{"ExpirationRule"})
		}
		longest := pim.FormatDuration(r.Maximum)
		return Explanation{
			What: Line{role, plain(" allows "), strong(spokenDuration(r.Maximum)), plain(" at most.")},
			Next: Say("Ask again with " + longest + " or less."),
		}
	case pim.KindTooShort:
		return explain("PIM activates for five minutes at least.", "Ask again with 5m or more.")
	case pim.KindDurationMissing:
		return explain("The request does not say for how long.", "Add a duration, for example 2h, or until 17:00.")
	case pim.KindJustificationMissing:
		return Explanation{
			What: Line{role, plain(" wants a reason.")},
			Next: Say("Add: because, and then why."),
		}
	case pim.KindTicketMissing:
		return Explanation{
			What: Line{role, plain(" wants a ticket number.")},
			Next: Say("Add: ticket, and then its number."),
		}
	case pim.KindBadTime:
		return explain("Your eligibility for this role ends before that time.", "Ask for a shorter time or an earlier start.")
	case pim.KindAlreadyOpen:
		return explain("You have a request for this very role already: "+string(r.Other)+".", "See it with /elevate status.")
	case pim.KindAlreadyActive:
		return alreadyActive(r, now)
	case pim.KindAlreadyPending:
		return explain("PIM holds an open request for this very role already; it was not made here.", "Look at it in PIM, and cancel it there if it is not wanted.")
	case pim.KindMFARequired, pim.KindChallenge:
		return explain("PIM asked for a stronger sign-in again, although it was just given.",
			"Tell your administrator: the Conditional Access policy for this role does not accept what Entra grants.")
	case pim.KindPolicy:
		return policyRefused(r.Rules)
	case pim.KindConsentMissing:
		return explain("Hoist's app lacks a permission in this tenant.", "Tell your administrator; the log names the permission.")
	case pim.KindForbidden:
		return explain("Microsoft refused this for your account.", "Try it in PIM; if that works, tell your administrator.")
	case pim.KindLicense:
		return explain("The tenant has no licence for PIM (Microsoft Entra ID P2 or ID Governance).", "Tell your administrator.")
	case pim.KindSignInExpired:
		return explain("Microsoft no longer accepted the sign-in.", "Ask again and sign in anew.")
	case pim.KindThrottled:
		return explain("Microsoft asked to wait longer than this sign-in lasts.", "Ask again in a few minutes. Nothing was sent.")
	case pim.KindUnavailable:
		return explain("Microsoft Graph could not be reached.", "Nothing was sent. Ask again in a few minutes.")
	case pim.KindAuditDown:
		return explain("Hoist cannot write its audit log, and does nothing that it cannot record.", "Nothing was sent. Tell your administrator.")
	case pim.KindStoreDown:
		return explain("Hoist could not reach its own store.", "Nothing was sent. Ask again in a minute.")
	case pim.KindNotFound:
		return explain("Microsoft no longer knows this account or role.", "Ask an administrator whether it was removed.")
	case pim.KindBadRequest:
		return explain("PIM did not accept the request as it was made.", "Try it in PIM, and tell your administrator.")
	default:
		return explain("Something went wrong that Hoist has no words for.", "Try it in PIM, and give your administrator the reference.")
	}
}

// ruleNames are the rules of a policy that a request can break, in words. PIM
// has more, which are left to PIM
// (learn.microsoft.com/graph/identity-governance-pim-rules-overview).
var ruleNames = map[string]string{
	"ExpirationRule": "the duration", "JustificationRule": "the reason", "TicketingRule": "the ticket", "MfaRule": "the second factor",
	"AuthenticationContextRule": "the strength of the sign-in", "EligibilityRule": "the eligibility",
}

// policyRefused names what the policy refused, as far as it can be named.
func policyRefused(rules []string) Explanation {
	var names []string
	for _, r := range rules {
		if n := ruleNames[r]; n != "" {
			names = append(names, n)
		}
	}
	what := "The role's policy refused the request."
	if len(names) > 0 {
		what = "The role's policy refused the request for " + strings.Join(names, " and ") + "."
	}
	return explain(what, "Ask again in the form: its list says what each role's policy wants now. Or see the rules in PIM.")
}

func explain(what, next string) Explanation { return Explanation{What: Say(what), Next: Say(next)} }

func notEligible(r pim.Refusal) Explanation {
	x := Explanation{What: Say("You are not eligible for a role by that name.")}
	if len(r.Suggestions) == 0 {
		x.Next = Say("PIM lists no eligible role for your account. Ask an administrator.")
		return x
	}
	x.Next = Line{plain("You can ask for: ")}
	for i, name := range r.Suggestions {
		if i > 0 {
			x.Next = append(x.Next, plain(", "))
		}
		x.Next = append(x.Next, typed(name))
	}
	x.Next = append(x.Next, plain("."))
	return x
}

func alreadyActive(r pim.Refusal, now time.Time) Explanation {
	if r.Until.IsZero() {
		return explain("PIM says that you hold this role already; it was not started here.", "There is nothing to activate.")
	}
	return Explanation{
		What: Line{plain("You hold this role already, until "), moment(r.Until, now), plain("; it was started elsewhere.")},
		Next: Say("There is nothing to activate."),
	}
}

func itoa(n int) string { return strconv.Itoa(n) }
