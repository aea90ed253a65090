package signin

import (
	"context"
	"encoding/json"
	"errors"
	"io"
	"log/slog"
	"net/http"
	"net/url"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"

	msal "github.com/AzureAD/microsoft-authentication-library-for-go/apps/errors"

	"hoist/internal/chat"
	"hoist/internal/pim"
)

// refusal is what Entra answered instead of a token, in the parts that may be
// logged. Its description is left out: it names people and quotes requests.
type refusal struct {
	Error       string // OAuth's word, "" when no answer came at all
	Suberror    string
	Codes       []int // AADSTS numbers: for texts and operators, never for logic that matters
	Correlation string
	Status      int
	RetryAfter  time.Duration
	// Claims is what another sign-in must bring, "" when Entra did not say.
	Claims string
	// Unusable: an answer came that is neither a token nor a refusal.
	Unusable bool
}

// refusalOf takes an error of MSAL's apart. Nothing of its text is kept: it may
// hold whole answers with tokens in them.
func refusalOf(err error) refusal {
	var call msal.CallErr
	if !errors.As(err, &call) || call.Resp == nil {
		var unsent *url.Error // of the HTTP client: no answer came
		return refusal{Unusable: !errors.As(err, &unsent) && !errors.Is(err, context.DeadlineExceeded)}
	}
	r := refusal{Status: call.Resp.StatusCode, RetryAfter: retryAfter(call.Resp.Header)}
	if call.Resp.Body == nil {
		return r
	}
	raw, readErr := io.ReadAll(io.LimitReader(call.Resp.Body, largestAnswer))
	if readErr != nil {
		return r
	}
	var body struct {
		Error       string `json:"error"`
		Suberror    string `json:"suberror"`
		Codes       []int  `json:"error_codes"`
		Correlation string `json:"correlation_id"`
		Claims      any    `json:"claims"` // JSON in a string; an object where a proxy unpacked it
	}
	if json.Unmarshal(raw, &body) != nil {
		return r
	}
	r.Error, r.Suberror, r.Codes, r.Correlation = word(body.Error), word(body.Suberror), body.Codes, guid(body.Correlation)
	r.Claims = readChallenge(textOf(body.Claims))
	return r
}

// textOf is a JSON value as the text that it stands for.
func textOf(value any) string {
	if text, ok := value.(string); ok || value == nil {
		return text
	}
	raw, err := json.Marshal(value)
	if err != nil {
		return ""
	}
	return string(raw)
}

// refusalIn reads the answer that Entra's authorize page sends back through the
// browser. It has no JSON; numbers and ids stand in its description:
// https://learn.microsoft.com/entra/identity-platform/v2-oauth2-auth-code-flow#error-response.
func refusalIn(q map[string][]string) refusal {
	first := func(name string) string {
		if v := q[name]; len(v) > 0 {
			return v[0]
		}
		return ""
	}
	r := refusal{Error: word(first("error")), Suberror: word(first("error_subcode"))}
	r.Unusable = r.Error == ""
	r.Claims = readChallenge(first("claims"))
	said := first("error_description")
	if m := aadsts.FindStringSubmatch(said); m != nil {
		n, _ := strconv.Atoi(m[1])
		r.Codes = []int{n}
	}
	if m := correlation.FindStringSubmatch(said); m != nil {
		r.Correlation = guid(m[1])
	}
	return r
}

var (
	aadsts      = regexp.MustCompile(`AADSTS(\d{3,9})`)
	correlation = regexp.MustCompile(`(?i)correlation id:\s*([0-9a-f-]{36})`)
	wordForm    = regexp.MustCompile(`^[A-Za-z0-9_.-]{1,64}$`)
	guidForm    = regexp.MustCompile(`^[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}$`)
)

// word lets a code through and nothing that could carry data.
func word(s string) string {
	if wordForm.MatchString(s) {
		return s
	}
	return ""
}

func guid(s string) string {
	if guidForm.MatchString(s) {
		return strings.ToLower(s)
	}
	return ""
}

// LogValue implements [slog.LogValuer].
func (r refusal) LogValue() slog.Value {
	return slog.GroupValue(
		slog.String("error", r.Error), slog.String("suberror", r.Suberror), slog.Any("codes", r.Codes),
		slog.String("correlation_id", r.Correlation), slog.Int("status", r.Status),
	)
}

// has reports whether one of the numbers was given.
func (r refusal) has(codes ...int) bool {
	return slices.ContainsFunc(codes, func(c int) bool { return slices.Contains(r.Codes, c) })
}

// problem chooses what a person reads. The numbers are of
// https://learn.microsoft.com/entra/identity-platform/reference-error-codes;
// where they fail to match, OAuth's word decides.
func (r refusal) problem() chat.PageProblem {
	switch {
	case r.has(65004):
		return chat.ProblemDeclined
	case r.Suberror == "consent_required", r.Error == "consent_required", r.has(65001, 650056, 650057, 90094, 90095):
		return chat.ProblemConsent
	case r.has(50105):
		return chat.ProblemNotAssigned
	case r.has(53000, 53001, 53002, 53003, 53004, 530003, 530035):
		return chat.ProblemBlocked
	case r.has(50057):
		return chat.ProblemDisabled
	case r.has(50020, 50034, 90072):
		return chat.ProblemOtherTenant
	case r.has(50079, 50072):
		return chat.ProblemRegister
	case r.Error == "access_denied":
		return chat.ProblemCanceled
	case r.interaction():
		return chat.ProblemInteraction
	case r.Error == "invalid_client", r.Error == "unauthorized_client", r.Error == "invalid_scope",
		r.Error == "invalid_resource", r.Error == "invalid_request", r.Error == "unsupported_response_type":
		return chat.ProblemMisconfigured
	case r.Error == "temporarily_unavailable", r.Error == "server_error", r.Status >= 500, r.Status == http.StatusTooManyRequests:
		return chat.ProblemUnreachable
	case r.Error == "" && r.Status == 0 && !r.Unusable:
		return chat.ProblemUnreachable
	default:
		return chat.ProblemSignIn
	}
}

// interaction reports whether the person could do something about it at
// Microsoft's pages.
func (r refusal) interaction() bool {
	if r.has(53000, 53001, 53002, 53003, 53004, 530003, 530035) {
		return false // no sign-in helps against a rule that blocks
	}
	return r.Error == "interaction_required" || r.Error == "login_required" ||
		r.has(50076, 50079, 50072, 50074, 50078, 50158, 50097)
}

// meaning is what an operator should know of a problem, in one line.
func meaning(what chat.PageProblem) string {
	switch what {
	case chat.ProblemConsent:
		return "the app lacks admin consent: grant it for the delegated permission"
	case chat.ProblemDeclined:
		return "a person was asked for consent and declined: grant admin consent, so that nobody is asked"
	case chat.ProblemNotAssigned:
		return "the enterprise application wants assignment: assign the person or their group"
	case chat.ProblemBlocked:
		return "conditional access or security defaults blocked the sign-in: see the sign-in log by correlation id"
	case chat.ProblemDisabled:
		return "the account is disabled in entra"
	case chat.ProblemOtherTenant:
		return "the account is not of this tenant"
	case chat.ProblemRegister:
		return "the person has no second factor registered"
	case chat.ProblemInteraction:
		return "entra wants more from the person, and one more sign-in did not bring it"
	case chat.ProblemCanceled:
		return "the person turned back"
	case chat.ProblemMisconfigured:
		return "the app registration or its credential is at fault"
	case chat.ProblemUnreachable:
		return "entra could not be reached or is busy"
	default:
		return "entra said something unheard of"
	}
}

// asError is the refusal of an app-only token, for whoever wanted to read.
func (r refusal) asError() *pim.Error {
	e := &pim.Error{Code: r.Error, RequestID: r.Correlation, Message: r.detail(), RetryAfter: r.RetryAfter}
	switch {
	case r.Status == http.StatusTooManyRequests:
		e.Kind = pim.KindThrottled
	case r.Error == "" || r.Status >= 500 || r.Error == "temporarily_unavailable" || r.Error == "server_error":
		e.Kind = pim.KindUnavailable
	case r.problem() == chat.ProblemConsent:
		e.Kind = pim.KindConsentMissing
	default:
		// The secret, the certificate or the registration is at fault: waiting
		// mends none of them.
		e.Kind = pim.KindForbidden
	}
	return e
}

// detail is for the operator.
func (r refusal) detail() string {
	if r.Error == "" {
		switch {
		case r.Unusable:
			return "entra's answer cannot be used"
		case r.Status == 0:
			return "entra could not be reached"
		}
		return "entra answered with status " + strconv.Itoa(r.Status)
	}
	parts := []string{"entra refused the app"}
	for _, c := range r.Codes {
		parts = append(parts, "AADSTS"+strconv.Itoa(c))
	}
	if r.Suberror != "" {
		parts = append(parts, r.Suberror)
	}
	return strings.Join(parts, " ")
}

// retryAfter reads the header's seconds; Entra sends no dates here.
func retryAfter(h http.Header) time.Duration {
	n, err := strconv.Atoi(h.Get("Retry-After"))
	if err != nil || n < 0 {
		return 0
	}
	return min(time.Duration(n)*time.Second, time.Hour)
}
