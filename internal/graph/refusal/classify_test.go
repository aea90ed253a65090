package refusal

import (
	"encoding/base64"
	"encoding/json"
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"hoist/internal/pim"
)

const (
	c1      = `{"access_token":{"acrs":{"essential":true, "value":"c1"}}}`
	c1Clean = `{"access_token":{"acrs":{"essential":true,"value":"c1"}}}`
	// As it was seen, see challenge.go.
	c1Percent = `&claims=%7B%22access_token%22%3A%7B%22acrs%22%3A%7B%22essential%22%3Atrue%2C%20%22value%22%3A%22c1%22%7D%7D%7D`
	acrsCode  = "RoleAssignmentRequestAcrsValidationFailed"
	ruleFail  = "RoleAssignmentRequestPolicyValidationFailed"
)

// graphError is the usual envelope.
func graphError(code, message string) string {
	b, _ := json.Marshal(map[string]any{"error": map[string]any{
		"code": code, "message": message,
		"innerError": map[string]any{"date": "2026-11-23T09:00:00", "request-id": "inner-id", "client-request-id": "client-id"},
	}})
	return string(b)
}

// nested is the message of an UnknownError that holds the real error.
func nested(code, message string) string {
	b, _ := json.Marshal(map[string]any{"errorCode": code, "message": message, "instanceAnnotations": []any{}})
	return graphError("UnknownError", string(b))
}

func challenge(claims string) http.Header {
	return http.Header{"Www-Authenticate": {`Bearer realm="", authorization_uri="https://login.microsoftonline.com/common/oauth2/authorize", client_id="00000003-0000-0000-c000-000000000000", error="insufficient_claims", claims=` + claims}}
}

func TestClassify(t *testing.T) {
	date := "Mon, 23 Nov 2026 09:00:00 GMT"
	tests := map[string]struct {
		status int
		header http.Header
		body   string
		want   pim.Error
	}{
		// 6.1: envelopes
		"graph_envelope": {
			400, nil, graphError("RoleAssignmentExists", "The Role assignment already exists."),
			pim.Error{Kind: pim.KindAlreadyActive, Code: "RoleAssignmentExists", Message: "The Role assignment already exists.", RequestID: "inner-id"},
		},
		"request_id_from_the_header_first": {
			400,
			http.Header{"Request-Id": {"head-id"}},
			graphError("RoleAssignmentExists", "x"),
			pim.Error{Kind: pim.KindAlreadyActive, Code: "RoleAssignmentExists", Message: "x", RequestID: "head-id"},
		},
		"inner_error_in_lower_case": {
			403, nil, `{"error":{"code":"Authorization_RequestDenied","message":"Insufficient privileges to complete the operation.","innererror":{"request-id":"i"}}}`,
			pim.Error{Kind: pim.KindForbidden, Code: "Authorization_RequestDenied", Message: "Insufficient privileges to complete the operation.", RequestID: "i"},
		},
		"unwraps_json_inside_message": {
			403, nil, nested("PermissionScopeNotGranted", "Authorization failed due to missing permission scope RoleAssignmentSchedule.ReadWrite.Directory,RoleManagement.ReadWrite.Directory."),
			pim.Error{Kind: pim.KindConsentMissing, Code: "PermissionScopeNotGranted", Message: "RoleAssignmentSchedule.ReadWrite.Directory, RoleManagement.ReadWrite.Directory", RequestID: "inner-id"},
		},
		"unwraps_twice": {
			400, nil, graphError("UnknownError", nested("MissingProvider", "The provider is missing.")),
			pim.Error{Kind: pim.KindBadRequest, Code: "MissingProvider", Message: "The provider is missing.", RequestID: "inner-id"},
		},
		"json_inside_message_without_a_code_stays_outside": {
			400, nil, graphError("UnknownError", `{"hello":"there"}`),
			pim.Error{Kind: pim.KindUnknown, Code: "UnknownError", Message: `{"hello":"there"}`, RequestID: "inner-id"},
		},
		"bare_error_code": {
			400, nil, `{"errorCode":"ActiveDurationTooShort","message":"The Active duration is too short. Miniumum Required is 5 minutes.","instanceAnnotations":[]}`,
			pim.Error{Kind: pim.KindTooYoung, Code: "ActiveDurationTooShort", Message: "The Active duration is too short. Miniumum Required is 5 minutes."},
		},
		"azure_envelope": {
			400, nil, `{"error":{"code":"PendingRoleAssignmentRequest","message":"There is already an existing pending Role assignment request."}}`,
			pim.Error{Kind: pim.KindAlreadyPending, Code: "PendingRoleAssignmentRequest", Message: "There is already an existing pending Role assignment request."},
		},
		"older_odata_envelope": {
			404, nil, `{"odata.error":{"code":"Request_ResourceNotFound","message":{"lang":"en","value":"gone"}}}`,
			pim.Error{Kind: pim.KindNotFound, Code: "Request_ResourceNotFound", Message: "gone"},
		},
		"oauth_envelope": {
			400, nil, `{"error":"invalid_grant","error_description":"AADSTS50076: …"}`,
			pim.Error{Kind: pim.KindUnknown, Code: "invalid_grant", Message: "AADSTS50076: …"},
		},
		"message_alone": {
			400, nil, `{"Message":"The role assignment already exists."}`,
			pim.Error{Kind: pim.KindAlreadyActive, Message: "The role assignment already exists."},
		},
		"byte_order_mark": {
			400, nil, "\xef\xbb\xbf" + `{"error":{"code":"InvalidScope","message":"m"}}`,
			pim.Error{Kind: pim.KindBadRequest, Code: "InvalidScope", Message: "m"},
		},
		"html": {
			502,
			http.Header{"Content-Type": {"text/html"}},
			"<html><body>Bad Gateway</body></html>",
			pim.Error{Kind: pim.KindUnavailable, Message: `HTTP 502, 37 bytes of "text/html"`},
		},
		"html_403_from_a_proxy": {
			403,
			http.Header{"Content-Type": {"text/html"}},
			"<html>blocked</html>",
			pim.Error{Kind: pim.KindForbidden, Message: `HTTP 403, 20 bytes of "text/html"`},
		},
		"empty_body": {
			404, nil, "", pim.Error{Kind: pim.KindNotFound, Message: "HTTP 404 without a body"},
		},
		"null":           {400, nil, "null", pim.Error{Kind: pim.KindUnknown, Message: `HTTP 400, 4 bytes of ""`}},
		"array":          {400, nil, "[1]", pim.Error{Kind: pim.KindUnknown, Message: `HTTP 400, 3 bytes of ""`}},
		"error_is_a_map": {400, nil, `{"error":{"code":{"a":1},"message":7}}`, pim.Error{Kind: pim.KindUnknown, Message: `HTTP 400, 38 bytes of ""`}},
		"redirect":       {302, nil, "", pim.Error{Kind: pim.KindUnavailable, Message: "HTTP 302 without a body"}},

		// 6.2: policy rules
		"one_rule_in_a_list": {
			400, nil, graphError(ruleFail, `The following policy rules failed: ["MfaRule"]`),
			pim.Error{Kind: pim.KindMFARequired, Code: ruleFail, Message: `The following policy rules failed: ["MfaRule"]`, Rules: []string{"MfaRule"}, RequestID: "inner-id"},
		},
		"several_rules_in_a_list": {
			400, nil, graphError(ruleFail, `The following policy rules failed: ["ExpirationRule","JustificationRule"]`),
			pim.Error{Kind: pim.KindPolicy, Code: ruleFail, Message: `The following policy rules failed: ["ExpirationRule","JustificationRule"]`, Rules: []string{"ExpirationRule", "JustificationRule"}, RequestID: "inner-id"},
		},
		"rule_with_a_sentence": {
			400, nil, graphError(ruleFail, `The following policy rules failed: JustificationRule - Justification is required`),
			pim.Error{Kind: pim.KindJustificationMissing, Code: ruleFail, Message: `The following policy rules failed: JustificationRule - Justification is required`, Rules: []string{"JustificationRule"}, RequestID: "inner-id"},
		},
		"rules_with_sentences": {
			400, nil, graphError(ruleFail, `The following policy rules failed: MfaRule - Multi-factor authentication is required; TicketingRule - Ticket information is required`),
			pim.Error{
				Kind: pim.KindPolicy, Code: ruleFail, Message: `The following policy rules failed: MfaRule - Multi-factor authentication is required; TicketingRule - Ticket information is required`,
				Rules: []string{"MfaRule", "TicketingRule"}, RequestID: "inner-id",
			},
		},
		"the_same_rule_twice_is_one": {
			400, nil, `{"error":{"code":"` + ruleFail + `","message":"The following policy rules failed: TicketingRule - TicketingRule"}}`,
			pim.Error{Kind: pim.KindTicketMissing, Code: ruleFail, Message: "The following policy rules failed: TicketingRule - TicketingRule", Rules: []string{"TicketingRule"}},
		},
		"expiration_rule": {
			400, nil, `{"error":{"code":"` + ruleFail + `","message":"The following policy rules failed: [\"ExpirationRule\"]"}}`,
			pim.Error{Kind: pim.KindTooLong, Code: ruleFail, Message: `The following policy rules failed: ["ExpirationRule"]`, Rules: []string{"ExpirationRule"}},
		},
		"eligibility_rule": {
			400, nil, `{"error":{"code":"` + ruleFail + `","message":"The following policy rules failed: [\"EligibilityRule\"]"}}`,
			pim.Error{Kind: pim.KindNotEligible, Code: ruleFail, Message: `The following policy rules failed: ["EligibilityRule"]`, Rules: []string{"EligibilityRule"}},
		},
		"unheard_of_rule": {
			400, nil, `{"error":{"code":"` + ruleFail + `","message":"The following policy rules failed: [\"MoonPhaseRule\"]"}}`,
			pim.Error{Kind: pim.KindPolicy, Code: ruleFail, Message: `The following policy rules failed: ["MoonPhaseRule"]`, Rules: []string{"MoonPhaseRule"}},
		},
		"rules_that_cannot_be_read": {
			400, nil, `{"error":{"code":"` + ruleFail + `","message":"no"}}`,
			pim.Error{Kind: pim.KindPolicy, Code: ruleFail, Message: "no"},
		},
		"rule_in_the_code": {
			400, nil, `{"error":{"code":"TicketingRuleViolated","message":"m"}}`,
			pim.Error{Kind: pim.KindTicketMissing, Code: "TicketingRuleViolated", Message: "m", Rules: []string{"TicketingRule"}},
		},
		"rules_inside_nested_json": {
			400, nil, nested(ruleFail, `The following policy rules failed: ["JustificationRule"]`),
			pim.Error{Kind: pim.KindJustificationMissing, Code: ruleFail, Message: `The following policy rules failed: ["JustificationRule"]`, Rules: []string{"JustificationRule"}, RequestID: "inner-id"},
		},

		// 6.3: claims
		"acrs_percent_encoded": {
			400, nil, graphError(acrsCode, c1Percent),
			pim.Error{Kind: pim.KindChallenge, Code: acrsCode, Claims: c1Clean, RequestID: "inner-id"},
		},
		"acrs_bare_json": {
			400, nil, graphError(acrsCode, "&claims="+c1),
			pim.Error{Kind: pim.KindChallenge, Code: acrsCode, Claims: c1Clean, RequestID: "inner-id"},
		},
		"acrs_bare_json_as_the_whole_message": {
			400, nil, graphError(acrsCode, c1),
			pim.Error{Kind: pim.KindChallenge, Code: acrsCode, Claims: c1Clean, RequestID: "inner-id"},
		},
		"acrs_of_groups_with_403": {
			403, nil, graphError("GroupAssignmentRequestAcrsValidationFailed", "text before &claims="+url.QueryEscape(c1)+"&more=1"),
			pim.Error{Kind: pim.KindChallenge, Code: "GroupAssignmentRequestAcrsValidationFailed", Claims: c1Clean, RequestID: "inner-id"},
		},
		"acrs_base64": {
			400, nil, graphError(acrsCode, "&claims="+base64.StdEncoding.EncodeToString([]byte(c1))),
			pim.Error{Kind: pim.KindChallenge, Code: acrsCode, Claims: c1Clean, RequestID: "inner-id"},
		},
		"acrs_inside_nested_json": {
			400, nil, nested(acrsCode, c1Percent),
			pim.Error{Kind: pim.KindChallenge, Code: acrsCode, Claims: c1Clean, RequestID: "inner-id"},
		},
		"acrs_without_readable_claims": {
			400, nil, graphError(acrsCode, "&claims=%7Bbroken"),
			pim.Error{Kind: pim.KindPolicy, Code: acrsCode, Message: "&claims=%7Bbroken", Rules: []string{"AuthenticationContextRule"}, RequestID: "inner-id"},
		},
		"header_base64": {
			401, challenge(`"` + base64.StdEncoding.EncodeToString([]byte(c1)) + `"`), graphError("InvalidAuthenticationToken", "Continuous access evaluation resulted in challenge."),
			pim.Error{Kind: pim.KindChallenge, Code: "InvalidAuthenticationToken", Claims: c1Clean, RequestID: "inner-id"},
		},
		"header_base64url_without_padding_unquoted": {
			401, challenge(base64.RawURLEncoding.EncodeToString([]byte(c1)) + `, foo="bar"`), "",
			pim.Error{Kind: pim.KindChallenge, Claims: c1Clean},
		},
		"header_percent": {
			401, challenge(`"` + url.QueryEscape(c1) + `"`), "",
			pim.Error{Kind: pim.KindChallenge, Claims: c1Clean},
		},
		"header_base64_with_encoded_padding": {
			401, challenge(`"` + url.QueryEscape(base64.StdEncoding.EncodeToString([]byte(c1+" "))) + `"`), "",
			pim.Error{Kind: pim.KindChallenge, Claims: c1Clean},
		},
		"header_bare_json": {
			401, challenge(c1), "", pim.Error{Kind: pim.KindChallenge, Claims: c1Clean},
		},
		"header_json_with_escaped_quotes": {
			401, challenge(`"` + strings.ReplaceAll(c1, `"`, `\"`) + `", x="y"`), "",
			pim.Error{Kind: pim.KindChallenge, Claims: c1Clean},
		},
		"401_without_a_challenge": {
			401,
			http.Header{"Www-Authenticate": {`Bearer realm=""`}},
			graphError("InvalidAuthenticationToken", "Lifetime validation failed, the token is expired."),
			pim.Error{Kind: pim.KindSignInExpired, Code: "InvalidAuthenticationToken", Message: "Lifetime validation failed, the token is expired.", RequestID: "inner-id"},
		},
		"401_with_an_unreadable_challenge": {
			401, challenge(`"!!"`), "", pim.Error{Kind: pim.KindSignInExpired, Message: "HTTP 401 without a body"},
		},
		"claims_of_something_else_are_not_a_challenge": {
			400, nil, `{"error":{"code":"BadRequest","message":"claims={\"a\":1}"}}`,
			pim.Error{Kind: pim.KindBadRequest, Code: "BadRequest", Message: `claims={"a":1}`},
		},

		// 6.5 and 6.6: what else
		"consent_by_phrase": {
			403, nil, `{"error":{"code":"Whatever","message":"Authorization failed due to missing permission scope RoleEligibilitySchedule.Read.Directory."}}`,
			pim.Error{Kind: pim.KindConsentMissing, Code: "Whatever", Message: "RoleEligibilitySchedule.Read.Directory"},
		},
		"consent_without_a_name": {
			403, nil, `{"error":{"code":"PermissionScopeNotGranted","message":"no"}}`,
			pim.Error{Kind: pim.KindConsentMissing, Code: "PermissionScopeNotGranted", Message: "no"},
		},
		"license": {
			400, nil, `{"error":{"code":"AadPremiumLicenseRequired","message":"The tenant needs to have Microsoft Entra ID P2 or Microsoft Entra ID Governance license."}}`,
			pim.Error{Kind: pim.KindLicense, Code: "AadPremiumLicenseRequired", Message: "The tenant needs to have Microsoft Entra ID P2 or Microsoft Entra ID Governance license."},
		},
		"license_by_phrase": {
			400, nil, `{"error":{"code":"X","message":"needs a Microsoft Entra ID Governance license"}}`,
			pim.Error{Kind: pim.KindLicense, Code: "X", Message: "needs a Microsoft Entra ID Governance license"},
		},
		"code_in_another_case": {
			400, nil, `{"error":{"code":"roleassignmentdoesnotexist","message":"m"}}`,
			pim.Error{Kind: pim.KindNotActive, Code: "roleassignmentdoesnotexist", Message: "m"},
		},
		"unknown_400": {
			400, nil, `{"error":{"code":"Novelty","message":"m"}}`, pim.Error{Kind: pim.KindUnknown, Code: "Novelty", Message: "m"},
		},
		"unknown_409": {
			409, nil, `{"error":{"code":"Conflict","message":"m"}}`, pim.Error{Kind: pim.KindUnknown, Code: "Conflict", Message: "m"},
		},
		"unknown_403": {
			403, nil, `{"error":{"code":"Novelty","message":"m"}}`, pim.Error{Kind: pim.KindForbidden, Code: "Novelty", Message: "m"},
		},
		"a_code_under_500_is_hearsay": {
			500, nil, graphError("RoleAssignmentExists", "m"),
			pim.Error{Kind: pim.KindUnavailable, Code: "RoleAssignmentExists", Message: "m", RequestID: "inner-id"},
		},
		"request_timeout": {408, nil, "", pim.Error{Kind: pim.KindUnavailable, Message: "HTTP 408 without a body"}},

		// throttling
		"429_seconds": {
			429,
			http.Header{"Retry-After": {"17"}},
			graphError("TooManyRequests", "m"),
			pim.Error{Kind: pim.KindThrottled, Code: "TooManyRequests", Message: "m", RequestID: "inner-id", RetryAfter: 17 * time.Second},
		},
		"429_date": {
			429,
			http.Header{"Retry-After": {"Mon, 23 Nov 2026 09:01:30 GMT"}, "Date": {date}},
			"",
			pim.Error{Kind: pim.KindThrottled, Message: "HTTP 429 without a body", RetryAfter: 90 * time.Second},
		},
		"429_date_gone_by": {
			429,
			http.Header{"Retry-After": {"Mon, 23 Nov 2026 08:00:00 GMT"}, "Date": {date}},
			"",
			pim.Error{Kind: pim.KindThrottled, Message: "HTTP 429 without a body"},
		},
		"429_zero":    {429, http.Header{"Retry-After": {"0"}}, "", pim.Error{Kind: pim.KindThrottled, Message: "HTTP 429 without a body"}},
		"429_absent":  {429, nil, "", pim.Error{Kind: pim.KindThrottled, Message: "HTTP 429 without a body"}},
		"429_garbage": {429, http.Header{"Retry-After": {"soon"}}, "", pim.Error{Kind: pim.KindThrottled, Message: "HTTP 429 without a body"}},
		"429_forever": {
			429,
			http.Header{"Retry-After": {"1e300"}},
			"",
			pim.Error{Kind: pim.KindThrottled, Message: "HTTP 429 without a body", RetryAfter: 24 * time.Hour},
		},
		"503_keeps_the_wait": {
			503,
			http.Header{"Retry-After": {"5"}},
			"",
			pim.Error{Kind: pim.KindUnavailable, Message: "HTTP 503 without a body", RetryAfter: 5 * time.Second},
		},

		// what must not get into a log
		"token_in_the_message": {
			400, nil, `{"error":{"code":"X","message":"token eyJhbGciOiJub25lIn0.eyJvaWQiOiIxIn0.c2ln is bad\nsecond line"}}`,
			pim.Error{Kind: pim.KindUnknown, Code: "X", Message: "token [token] is bad second line"},
		},
		"long_message": {
			400, nil, `{"error":{"code":"X","message":"` + strings.Repeat("é", 600) + `"}}`,
			pim.Error{Kind: pim.KindUnknown, Code: "X", Message: strings.Repeat("é", 500) + "…"},
		},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			got := Classify(tt.status, tt.header, []byte(tt.body))
			if diff := cmp.Diff(tt.want, *got); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
		})
	}
}

// Every code of the table has a row here, so that a new one is a decision.
func TestClassify_knows_the_codes(t *testing.T) {
	want := map[pim.Kind]string{
		pim.KindAlreadyActive:  "RoleAssignmentExists RoleAssignmentAlreadyExists RoleAssignmentInstanceAlreadyExists RoleAssignmentScheduleExists",
		pim.KindAlreadyPending: "PendingRoleAssignmentRequest RoleAssignmentRequestExists RoleAssignmentScheduleRequestExists",
		pim.KindNotActive:      "RoleAssignmentDoesNotExist",
		pim.KindTooYoung:       "ActiveDurationTooShort",
		pim.KindTooLong:        "MaximumDurationExceeded",
		pim.KindNotEligible:    "RoleEligibilityDoesNotExist RoleEligibilityScheduleRequestNotFound EligibilityNotFound",
		pim.KindConsentMissing: "PermissionScopeNotGranted",
		pim.KindForbidden:      "Authorization_RequestDenied AuthorizationFailed InsufficientPermissions UnauthorizedAccessException AccessDenied Forbidden",
		pim.KindLicense:        "AadPremiumLicenseRequired PimLicenseRequired",
		pim.KindSignInExpired:  "InvalidAuthenticationToken",
		pim.KindNotFound:       "RoleNotFound SubjectNotFound RoleDefinitionDoesNotExist Request_ResourceNotFound ResourceNotFound",
		pim.KindBadTime:        "InvalidRoleAssignmentRequestSchedule StartTimeInPast InvalidStartDateTime",
		pim.KindBadRequest: "BadRequest Request_BadRequest InvalidRoleAssignmentRequest InvalidScope ScopeNotAllowed InvalidFilter " +
			"InvalidResource InvalidResourceType InvalidPolicy MissingProvider ResourceIsLocked",
	}
	n := 0
	for kind, list := range want {
		for code := range strings.FieldsSeq(list) {
			n++
			if got := Classify(400, nil, []byte(graphError(code, "m"))).Kind; got != kind {
				t.Errorf("%s is %s, want %s", code, got, kind)
			}
		}
	}
	if n != len(codes) {
		t.Errorf("%d codes are listed here, %d are known", n, len(codes))
	}
}

func FuzzClassify(f *testing.F) {
	f.Add(400, "", "", "", graphError(acrsCode, c1Percent))
	f.Add(400, "", "", "", graphError(acrsCode, "&claims="+c1))
	f.Add(400, "", "", "", nested(ruleFail, `The following policy rules failed: ["MfaRule"]`))
	f.Add(401, `Bearer claims="eyJ"`, "", "", "")
	f.Add(401, `Bearer claims="{\"access_token\":{}`, "", "", "")
	f.Add(429, "", "Mon, 23 Nov 2026 09:01:30 GMT", "Mon, 23 Nov 2026 09:00:00 GMT", "")
	f.Add(429, "", "-1", "", `{"error":[]}`)
	f.Add(503, "", "NaN", "", `{"error":{"message":"{\"message\":\"{}\"}"}}`)
	f.Add(0, "claims=", "1e999", "x", "\xff{")
	f.Fuzz(func(t *testing.T, status int, auth, after, date, body string) {
		e := Classify(status, http.Header{"Www-Authenticate": {auth}, "Retry-After": {after}, "Date": {date}}, []byte(body))
		if e == nil || e.Kind == "" {
			t.Fatal("no kind")
		}
		if (e.Kind == pim.KindChallenge) != (e.Claims != "") {
			t.Errorf("kind %s with claims %q", e.Kind, e.Claims)
		}
		if e.Claims != "" && !json.Valid([]byte(e.Claims)) {
			t.Errorf("claims are not JSON: %q", e.Claims)
		}
		if e.RetryAfter < 0 || e.RetryAfter > maxRetryAfter {
			t.Errorf("retry after %v", e.RetryAfter)
		}
		if strings.ContainsAny(e.Error(), "\n\r\x00") {
			t.Errorf("more than a line: %q", e.Error())
		}
	})
}
