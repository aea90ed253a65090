package tenant

import (
	"fmt"
	"net/url"
	"slices"
	"strings"
	"time"
)

// ruleSentences are the second of the two message formats in use.
var ruleSentences = map[string]string{
	"EligibilityRule":   "Eligibility is required",
	"ExpirationRule":    "The requested duration is not allowed",
	"JustificationRule": "Justification is required",
	"MfaRule":           "Multi-factor authentication is required",
	"TicketingRule":     "Ticket information is required",
}

// brokenRules names every rule of the policy that the request does not meet.
func (t *Tenant) brokenRules(c Caller, ask Ask, p *Policy, start time.Time) []string {
	var broken []string
	if expirationBroken(ask, p, start) {
		broken = append(broken, "ExpirationRule")
	}
	if (p.MFA || t.fallsBackToMFA(p)) && !c.MFA {
		broken = append(broken, "MfaRule")
	}
	if p.Justification && strings.TrimSpace(ask.Justification) == "" {
		broken = append(broken, "JustificationRule")
	}
	if p.Ticketing && strings.TrimSpace(ask.Ticket.Number) == "" {
		broken = append(broken, "TicketingRule")
	}
	return broken
}

func expirationBroken(ask Ask, p *Policy, start time.Time) bool {
	asked := ask.Duration
	if !ask.End.IsZero() {
		asked = ask.End.Sub(start)
	}
	if asked == 0 {
		return !p.PermanentAllowed
	}
	return asked > p.MaxDuration
}

// failedRules words the refusal in whichever of the two formats is switched on.
// How several rules are separated in the second one is not known.
func (t *Tenant) failedRules(rules []string) *Refusal {
	const code = "RoleAssignmentRequestPolicyValidationFailed"
	if !t.behaviour.RuleSentences {
		return refuse(code, `The following policy rules failed: ["%s"]`, strings.Join(rules, `","`))
	}
	sentences := make([]string, len(rules))
	for i, r := range rules {
		sentences[i] = r + " - " + ruleSentences[r]
	}
	return refuse(code, "The following policy rules failed: %s", strings.Join(sentences, ", "))
}

// checkContext demands the authentication context of the policy. A token with
// the right acrs but without xms_cc cp1 is refused all the same, again and
// again, as has been observed in life.
func (t *Tenant) checkContext(c Caller, p *Policy) *Refusal {
	if p.AuthContext == "" || t.fallsBackToMFA(p) {
		return nil
	}
	if slices.Contains(c.Contexts, p.AuthContext) && c.CAE {
		return nil
	}
	claims := fmt.Sprintf(`{"access_token":{"acrs":{"essential":true, "value":"%s"}}}`, p.AuthContext)
	return refuse("RoleAssignmentRequestAcrsValidationFailed", "%s", "&claims="+strings.ReplaceAll(url.QueryEscape(claims), "+", "%20"))
}

// fallsBackToMFA reports whether the policy wants a context that no
// Conditional Access policy targets (Microsoft's page "Configure role
// settings").
func (t *Tenant) fallsBackToMFA(p *Policy) bool {
	return p.AuthContext != "" && !t.access.contexts[p.AuthContext]
}
