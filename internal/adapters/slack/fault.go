package slack

import (
	"errors"
	"fmt"
	"net/http"
	"regexp"
	"strings"
	"time"

	slackapi "github.com/slack-go/slack"

	"hoist/internal/pim"
)

// effect says whether a call changes something.
type effect bool

const (
	reads effect = false
	sends effect = true
)

// fault turns the library's error into ours. Nothing of a request or an answer
// is quoted but Slack's error code, scopes and JSON pointers: a message may hold
// a personal link, and a request holds the token.
//
// A bare server error (500, 503) mostly comes from Slack's edge during an outage
// and counts as "not done"; Slack promises neither, so that what is sent again
// after one may be there twice. Where Slack knows that a call may have been done,
// it says so with a code. A gateway that got a bad answer (502) or none in time
// (504) has handed the request on, and what became of it is unknown.
func (x *exchange) fault(method string, e effect, err error) error {
	var told slackapi.SlackErrorResponse
	status := x.status.Load()
	switch {
	case status == http.StatusTooManyRequests:
		return x.throttled(method, "ratelimited")
	case errors.As(err, &told):
		return x.refused(method, e, told)
	case status == http.StatusOK:
		return lost(method+": the answer cannot be read", e, nil)
	case status == http.StatusBadGateway, status == http.StatusGatewayTimeout:
		return lost(fmt.Sprintf("%s: status %d", method, status), e, nil)
	case status != 0:
		return &pim.Error{Kind: pim.KindUnavailable, Message: fmt.Sprintf("%s: status %d", method, status)}
	case x.sent.Load():
		return lost(method+": no answer", e, withoutURL(err))
	}
	return &pim.Error{Kind: pim.KindUnavailable, Message: method + ": not sent", Err: withoutURL(err)}
}

// lost is the error of a call that may have been carried out.
func lost(message string, e effect, cause error) *pim.Error {
	kind := pim.KindUnavailable
	if e == sends {
		kind = pim.KindUnanswered
	}
	return &pim.Error{Kind: kind, Message: message, Err: cause}
}

func (x *exchange) throttled(method, code string) *pim.Error {
	return &pim.Error{
		Kind: pim.KindThrottled, Message: method, Code: code, RetryAfter: time.Duration(x.retryAfter.Load()),
	}
}

// refused is an answer with "ok": false.
func (x *exchange) refused(method string, e effect, told slackapi.SlackErrorResponse) error {
	code := told.Err
	if !isCode(code) {
		code = "unreadable"
	}
	message := []string{method}
	if isScopes(told.Needed) {
		message = append(message, "lacks the scope", told.Needed)
	}
	for _, m := range told.ResponseMetadata.Messages {
		if at := pointer.FindString(m); at != "" {
			message = append(message, at)
		}
	}
	kind := kindOf(code)
	switch {
	case kind == pim.KindThrottled:
		return x.throttled(method, code)
	case kind == pim.KindUnanswered && e == reads:
		kind = pim.KindUnavailable
	case kind == pim.KindUndeliverable && e == reads:
		kind = pim.KindNotFound
	}
	return &pim.Error{Kind: kind, Message: strings.Join(message, " "), Code: code}
}

// kindOf sorts Slack's error codes, from the pages of chat.postMessage,
// chat.update, chat.delete, views.open and users.info.
func kindOf(code string) pim.Kind {
	switch code {
	case "channel_not_found", "is_archived", "not_in_channel", "user_not_found", "users_not_found", "user_not_visible",
		"user_disabled", "cannot_dm_bot", "channel_type_not_supported":
		return pim.KindUndeliverable
	case "expired_trigger_id", "exchanged_trigger_id", "invalid_trigger_id", "invalid_trigger",
		"message_not_found", "cant_update_message", "cant_delete_message", "edit_window_closed", "thread_not_found":
		return pim.KindNotFound
	case "not_authed", "invalid_auth", "account_inactive", "token_revoked", "token_expired", "no_permission",
		"missing_scope", "not_allowed_token_type", "org_login_required", "access_denied", "accesslimited",
		"ekm_access_denied", "team_access_not_granted", "two_factor_setup_required", "messages_tab_disabled",
		"restricted_action", "restricted_action_read_only_channel", "restricted_action_thread_only_channel",
		"restricted_action_non_threadable_channel", "restricted_action_thread_locked":
		return pim.KindForbidden
	case "ratelimited", "rate_limited", "message_limit_exceeded":
		return pim.KindThrottled
	case "service_unavailable", "request_timeout", "team_added_to_org":
		return pim.KindUnavailable // refused before anything was done
	case "internal_error", "fatal_error":
		return pim.KindUnanswered // "it's possible some aspect of the operation succeeded"
	case "invalid_blocks", "invalid_blocks_format", "msg_too_long", "msg_blocks_too_long", "no_text", "invalid_arguments",
		"view_too_large", "invalid_metadata_format", "invalid_metadata_schema", "metadata_too_large", "invalid_form_data":
		return pim.KindBadRequest
	}
	return pim.KindUnknown
}

// pointer finds where Slack objects to something; the sentence before it may
// quote what we sent.
var pointer = regexp.MustCompile(`\[json-pointer:/[A-Za-z0-9_/-]{0,200}\]`)

// isCode accepts the alphabet of Slack's error codes.
func isCode(s string) bool {
	return s != "" && len(s) <= 64 && strings.Trim(s, "abcdefghijklmnopqrstuvwxyz0123456789_-") == ""
}

// isScopes accepts a list of scopes.
func isScopes(s string) bool {
	return s != "" && len(s) <= 200 && strings.Trim(s, "abcdefghijklmnopqrstuvwxyz.:,_") == ""
}
