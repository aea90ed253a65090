package refusal

import (
	"fmt"
	"net/http"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"

	"hoist/internal/pim"
)

// Classify says what an answer that is not a success means. It is pure, takes
// any bytes, and judges in this order: a status that tells about the transport,
// a claims challenge, an exact code, patterns of codes, failed policy rules,
// phrases of messages, the class of the status.
//
// The codes are those of
// https://learn.microsoft.com/graph/errors and of PIM itself, which documents
// few of them; most were seen by other tools. Errors of the token endpoint
// (AADSTS…) never come this way: they belong to the sign-in.
func Classify(status int, header http.Header, body []byte) *pim.Error {
	p := unwrap(body)
	e := &pim.Error{
		Code:      tidy(p.code, 100),
		Message:   tidy(p.message, 500),
		RequestID: firstOf(RequestID(header), tidy(p.requestID, 100)),
	}
	if wait, ok := RetryAfter(header); ok {
		e.RetryAfter = wait
	}
	if p == (problem{}) {
		e.Message = notAnError(status, header, len(body))
	}
	e.Kind = judge(e, status, header, p)
	return e
}

// judge chooses the kind and fills what belongs to it.
func judge(e *pim.Error, status int, header http.Header, p problem) pim.Kind {
	if status == http.StatusTooManyRequests {
		return pim.KindThrottled
	}
	if claims := claimsOf(header, p); claims != "" {
		e.Claims, e.Message = claims, ""
		return pim.KindChallenge
	}
	if status < 400 || status >= 500 || status == http.StatusRequestTimeout {
		return pim.KindUnavailable // a refusal is a 4xx; what else a body says is hearsay
	}
	if kind, ok := codes[strings.ToLower(p.code)]; ok {
		if kind == pim.KindConsentMissing {
			e.Message = scopesIn(e.Message)
		}
		return kind
	}
	if isContextRefusal(p.code) {
		e.Rules = []string{"AuthenticationContextRule"} // without readable claims nobody can be sent anywhere
		return pim.KindPolicy
	}
	if rules, ok := failedRules(p); ok {
		e.Rules = rules
		return kindOfRules(rules)
	}
	return judgeByPhrase(e, status)
}

// codes are Graph's and PIM's error codes in lower case.
var codes = map[string]pim.Kind{
	"roleassignmentexists":                pim.KindAlreadyActive,
	"roleassignmentalreadyexists":         pim.KindAlreadyActive,
	"roleassignmentinstancealreadyexists": pim.KindAlreadyActive,
	"roleassignmentscheduleexists":        pim.KindAlreadyActive,

	"pendingroleassignmentrequest":        pim.KindAlreadyPending,
	"roleassignmentrequestexists":         pim.KindAlreadyPending,
	"roleassignmentschedulerequestexists": pim.KindAlreadyPending,

	"roleassignmentdoesnotexist": pim.KindNotActive,
	"activedurationtooshort":     pim.KindTooYoung,
	"maximumdurationexceeded":    pim.KindTooLong,

	"roleeligibilitydoesnotexist":            pim.KindNotEligible,
	"roleeligibilityschedulerequestnotfound": pim.KindNotEligible,
	"eligibilitynotfound":                    pim.KindNotEligible,

	"permissionscopenotgranted": pim.KindConsentMissing,

	"authorization_requestdenied": pim.KindForbidden,
	"authorizationfailed":         pim.KindForbidden,
	"insufficientpermissions":     pim.KindForbidden,
	"unauthorizedaccessexception": pim.KindForbidden,
	"accessdenied":                pim.KindForbidden,
	"forbidden":                   pim.KindForbidden,

	"aadpremiumlicenserequired": pim.KindLicense,
	"pimlicenserequired":        pim.KindLicense,

	"invalidauthenticationtoken": pim.KindSignInExpired,

	"rolenotfound":               pim.KindNotFound,
	"subjectnotfound":            pim.KindNotFound,
	"roledefinitiondoesnotexist": pim.KindNotFound,
	"request_resourcenotfound":   pim.KindNotFound,
	"resourcenotfound":           pim.KindNotFound,

	"invalidroleassignmentrequestschedule": pim.KindBadTime,
	"starttimeinpast":                      pim.KindBadTime,
	"invalidstartdatetime":                 pim.KindBadTime,

	"badrequest":                   pim.KindBadRequest,
	"request_badrequest":           pim.KindBadRequest,
	"invalidroleassignmentrequest": pim.KindBadRequest,
	"invalidscope":                 pim.KindBadRequest,
	"scopenotallowed":              pim.KindBadRequest,
	"invalidfilter":                pim.KindBadRequest,
	"invalidresource":              pim.KindBadRequest,
	"invalidresourcetype":          pim.KindBadRequest,
	"invalidpolicy":                pim.KindBadRequest,
	"missingprovider":              pim.KindBadRequest,
	"resourceislocked":             pim.KindBadRequest,
}

// isContextRefusal reports whether PIM misses an authentication context; roles,
// groups and Azure resources have a code each.
func isContextRefusal(code string) bool {
	return strings.HasSuffix(strings.ToLower(code), "acrsvalidationfailed")
}

var (
	rulesFailed = regexp.MustCompile(`(?i)policy rules failed`)

	ruleName = regexp.MustCompile(`\b[A-Za-z]+Rule\b`)
	ruleCode = regexp.MustCompile(`^[A-Za-z]+?Rule`)
)

// failedRules returns the policy rules that refused. PIM names them in a JSON
// list (["ExpirationRule","JustificationRule"]) or with a sentence each
// ("JustificationRule - Justification is required"); both are in use.
func failedRules(p problem) ([]string, bool) {
	at := rulesFailed.FindStringIndex(p.message)
	if at == nil {
		if name := ruleCode.FindString(p.code); name != "" {
			return []string{name}, true
		}
		return nil, strings.HasSuffix(strings.ToLower(p.code), "policyvalidationfailed")
	}
	var names []string
	for _, name := range ruleName.FindAllString(p.message[at[1]:], 20) {
		if !slices.Contains(names, name) {
			names = append(names, name)
		}
	}
	return names, true
}

// kindOfRules gives the kinds that a person can mend by themselves; several
// rules at once, and unheard-of ones, are KindPolicy.
func kindOfRules(rules []string) pim.Kind {
	if len(rules) != 1 {
		return pim.KindPolicy
	}
	switch rules[0] {
	case "MfaRule":
		return pim.KindMFARequired
	case "JustificationRule":
		return pim.KindJustificationMissing
	case "TicketingRule":
		return pim.KindTicketMissing
	case "ExpirationRule":
		return pim.KindTooLong
	case "EligibilityRule":
		return pim.KindNotEligible
	default:
		return pim.KindPolicy
	}
}

// judgeByPhrase is the last resort before the class of the status.
func judgeByPhrase(e *pim.Error, status int) pim.Kind {
	message := strings.ToLower(e.Message)
	switch {
	case strings.Contains(message, "role assignment already exists"):
		return pim.KindAlreadyActive
	case strings.Contains(message, "missing permission scope"):
		e.Message = scopesIn(e.Message)
		return pim.KindConsentMissing
	case strings.Contains(message, "governance license"), strings.Contains(message, "premium p2"):
		return pim.KindLicense
	}
	switch status {
	case http.StatusUnauthorized:
		return pim.KindSignInExpired
	case http.StatusForbidden:
		return pim.KindForbidden
	case http.StatusNotFound, http.StatusGone:
		return pim.KindNotFound
	default:
		return pim.KindUnknown
	}
}

var scopeName = regexp.MustCompile(`\b[A-Za-z]+(?:\.[A-Za-z0-9]+)+`)

// scopesIn names the permissions that a message calls missing, or returns the
// message when it names none.
func scopesIn(message string) string {
	if names := scopeName.FindAllString(message, 20); len(names) > 0 {
		return strings.Join(names, ", ")
	}
	return message
}

// maxRetryAfter is more than anyone waits for; what is longer is cut.
const maxRetryAfter = 24 * time.Hour

// RetryAfter reads how long the service asks to be left alone: seconds, or a
// date, which is compared with the answer's own Date. See
// https://learn.microsoft.com/graph/throttling#best-practices-to-handle-throttling.
func RetryAfter(h http.Header) (time.Duration, bool) {
	s := strings.TrimSpace(h.Get("Retry-After"))
	if seconds, err := strconv.ParseFloat(s, 64); err == nil && seconds >= 0 {
		return time.Duration(min(seconds, maxRetryAfter.Seconds()) * float64(time.Second)), true
	}
	at, err := http.ParseTime(s)
	if err != nil {
		return 0, false
	}
	now, err := http.ParseTime(h.Get("Date"))
	if err != nil {
		return 0, false
	}
	return min(max(at.Sub(now), 0), maxRetryAfter), true
}

// RequestID is the id by which Microsoft's support finds a request.
func RequestID(h http.Header) string { return tidy(h.Get("Request-Id"), 100) }

// notAnError describes an answer that came from elsewhere than Graph.
func notAnError(status int, h http.Header, length int) string {
	if length == 0 {
		return fmt.Sprintf("HTTP %d without a body", status)
	}
	return fmt.Sprintf("HTTP %d, %d bytes of %q", status, length, tidy(h.Get("Content-Type"), 60))
}
