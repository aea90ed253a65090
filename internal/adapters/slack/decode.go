package slack

import (
	"encoding/json"
	"mime"
	"net/url"
	"strings"
	"unicode/utf8"

	"hoist/internal/chat"
	"hoist/internal/secret"
)

// maxDepth bounds the nesting of JSON. Slack's own payloads, which echo whole
// messages, reach about 16.
const maxDepth = 32

// command is what is read of a slash command; the rest is ignored. See
// "Implementing slash commands" (docs.slack.dev/interactivity/implementing-slash-commands).
type command struct {
	Team, Enterprise string
	User             string
	Command, Text    string
	Trigger          secret.Value
	ResponseURL      string
}

// decodeCommand reads the form. A field that comes twice is refused, because
// two readers could take different ones.
func decodeCommand(body []byte) (command, reason) {
	form, why := decodeForm(body)
	if why != reasonNone {
		return command{}, why
	}
	for _, field := range []string{"team_id", "enterprise_id", "user_id", "command", "text", "trigger_id", "response_url"} {
		if len(form[field]) > 1 {
			return command{}, reasonMalformed
		}
	}
	c := command{
		Team: form.Get("team_id"), Enterprise: form.Get("enterprise_id"),
		User: form.Get("user_id"), Command: form.Get("command"), Text: form.Get("text"),
		Trigger: secret.New(form.Get("trigger_id")), ResponseURL: form.Get("response_url"),
	}
	switch {
	case form.Get("ssl_check") == "1":
		return command{}, reasonSSLCheck
	case c.Command == "":
		return command{}, reasonIgnored
	case !isUserID(c.User):
		return command{}, reasonMalformed
	}
	return c, reasonNone
}

func decodeForm(body []byte) (url.Values, reason) {
	form, err := url.ParseQuery(string(body))
	if err != nil {
		return nil, reasonMalformed
	}
	for name, values := range form {
		for _, v := range values {
			if !utf8.ValidString(name) || !utf8.ValidString(v) {
				return nil, reasonEncoding
			}
		}
	}
	return form, reasonNone
}

// actor is whose a payload is, in every kind of payload.
type actor struct {
	User struct {
		ID     string `json:"id"`
		TeamID string `json:"team_id"`
	} `json:"user"`
	Team struct { // null on organisation-level surfaces
		ID           string `json:"id"`
		EnterpriseID string `json:"enterprise_id"`
	} `json:"team"`
	Enterprise struct {
		ID string `json:"id"`
	} `json:"enterprise"`
}

func (a actor) enterprise() string {
	if a.Enterprise.ID != "" {
		return a.Enterprise.ID
	}
	return a.Team.EnterpriseID
}

// belongs reports whether it happened in an installation and by one of its
// members.
func (a actor) belongs(i Installation) bool {
	return i.holds(a.Team.ID, a.enterprise()) && i.employs(a.User.TeamID, a.Team.ID)
}

// decodePayload reads the JSON in the form's payload field, and its type. The
// library parses the whole payload, echoed messages and views included, or
// nothing: an element type that is newer than the library, or "values": [] where
// an object is meant, would lose the click (slack-go issue 943). So each kind is
// read by a small type of its own.
func decodePayload(body []byte) (kind string, raw []byte, why reason) {
	form, why := decodeForm(body)
	switch {
	case why != reasonNone:
		return "", nil, why
	case form.Get("ssl_check") == "1":
		return "", nil, reasonSSLCheck
	case len(form["payload"]) != 1:
		return "", nil, reasonMalformed
	}
	raw = []byte(form.Get("payload"))
	kind, why = typeOf(raw)
	return kind, raw, why
}

// interaction is what is read of a block_actions payload. See
// docs.slack.dev/reference/interaction-payloads/block_actions-payload.
type interaction struct {
	actor
	Actions []struct {
		ActionID string `json:"action_id"`
		BlockID  string `json:"block_id"`
		Type     string `json:"type"`
		Value    string `json:"value"`
	} `json:"actions"`
	TriggerID   string `json:"trigger_id"`
	ResponseURL string `json:"response_url"`
}

func decodePress(raw []byte) (interaction, reason) {
	var i interaction
	if json.Unmarshal(raw, &i) != nil || !isUserID(i.User.ID) {
		return interaction{}, reasonMalformed
	}
	return i, reasonNone
}

// suggestion is what is read of a block_suggestion payload: somebody opened the
// list of roles, or types into it. See
// docs.slack.dev/reference/interaction-payloads/block_suggestion-payload.
type suggestion struct {
	actor
	ActionID string `json:"action_id"`
	BlockID  string `json:"block_id"`
	Value    string `json:"value"`
	View     struct {
		CallbackID string `json:"callback_id"`
	} `json:"view"`
}

// decodeSuggestion ignores questions for lists that are not ours.
func decodeSuggestion(raw []byte) (suggestion, reason) {
	var s suggestion
	if json.Unmarshal(raw, &s) != nil || !isUserID(s.User.ID) {
		return suggestion{}, reasonMalformed
	}
	if s.View.CallbackID != formCallback || s.BlockID != string(chat.FieldRight) || s.ActionID != string(chat.FieldRight) {
		return suggestion{}, reasonIgnored
	}
	return s, reasonNone
}

// submission is what is read of a view_submission payload. See
// docs.slack.dev/reference/interaction-payloads/view-interactions-payload.
type submission struct {
	actor
	form chat.FormValues
}

// decodeSubmission ignores views that are not ours.
func decodeSubmission(raw []byte) (submission, reason) {
	var head struct {
		actor
		View struct {
			CallbackID string          `json:"callback_id"`
			State      json.RawMessage `json:"state"`
		} `json:"view"`
	}
	if json.Unmarshal(raw, &head) != nil || !isUserID(head.User.ID) {
		return submission{}, reasonMalformed
	}
	if head.View.CallbackID != formCallback {
		return submission{}, reasonIgnored
	}
	var state struct {
		Values map[string]map[string]input `json:"values"`
	}
	if json.Unmarshal(head.View.State, &state) != nil {
		return submission{}, reasonMalformed
	}
	form, ok := formValues(state.Values)
	if !ok {
		return submission{}, reasonMalformed
	}
	return submission{actor: head.actor, form: form}, reasonNone
}

// input is the state of an input: what was typed, or which option was chosen;
// null for nothing.
type input struct {
	Type     string  `json:"type"`
	Value    *string `json:"value"`
	Selected *struct {
		Text struct {
			Text string `json:"text"`
		} `json:"text"`
		Value string `json:"value"`
	} `json:"selected_option"`
}

// formValues reads the fields that this version knows. A form that a version
// before or after this one opened may lack some and have others.
func formValues(state map[string]map[string]input) (f chat.FormValues, ok bool) {
	if chosen, there := state[string(chat.FieldRight)][string(chat.FieldRight)]; there {
		if chosen.Type != externalSelect || chosen.Value != nil {
			return f, false
		}
		if chosen.Selected != nil {
			f.Right, f.RightName = chosen.Selected.Value, optionName(chosen.Selected.Text.Text)
		}
	}
	for field, to := range map[chat.FormField]*string{
		chat.FieldDuration: &f.Duration, chat.FieldStart: &f.Start, chat.FieldTicket: &f.Ticket, chat.FieldReason: &f.Reason,
	} {
		typed, there := state[string(field)][string(field)]
		if !there {
			continue
		}
		if typed.Type != plainTextInput || typed.Selected != nil {
			return f, false
		}
		if typed.Value != nil {
			*to = *typed.Value
		}
		if utf8.RuneCountInString(*to) > maxInput {
			return f, false
		}
	}
	return f, len(f.Right) <= maxOptionValue
}

// unlabeled takes off what [optionText] and Slack put into a label beside
// isolates: the mark that breaks a code up, and references for the three
// characters that Slack escapes.
var unlabeled = strings.NewReplacer(wordJoiner, "", "&amp;", "&", "&lt;", "<", "&gt;", ">")

// optionName is the label of an option as it was before it was laid out. A
// client may send any text here, so it is shown to its sender and decides
// nothing.
func optionName(label string) string {
	label, _ = clip(chat.Unisolated(unlabeled.Replace(label)), maxOptionText)
	return label
}

// typeOf reads the type of a JSON object and nothing else.
func typeOf(raw []byte) (string, reason) {
	if !utf8.Valid(raw) {
		return "", reasonEncoding
	}
	var head struct {
		Type *string `json:"type"`
	}
	if deeper(raw, maxDepth) || json.Unmarshal(raw, &head) != nil || head.Type == nil {
		return "", reasonMalformed
	}
	return *head.Type, reasonNone
}

// deeper reports whether JSON nests deeper than most.
func deeper(raw []byte, most int) bool {
	depth, quoted, escaped := 0, false, false
	for _, c := range raw {
		switch {
		case escaped:
			escaped = false
		case quoted:
			escaped, quoted = c == '\\', c != '"'
		case c == '"':
			quoted = true
		case c == '{' || c == '[':
			if depth++; depth > most {
				return true
			}
		case c == '}' || c == ']':
			depth--
		}
	}
	return false
}

// challenge returns what url_verification wants echoed, "" for every other
// event. See docs.slack.dev/reference/events/url_verification.
func challenge(body []byte) (string, reason) {
	kind, why := typeOf(body)
	if why != reasonNone {
		return "", why
	}
	if kind != "url_verification" {
		return "", reasonIgnored
	}
	var v struct {
		Challenge string `json:"challenge"`
	}
	if json.Unmarshal(body, &v) != nil || v.Challenge == "" {
		return "", reasonMalformed
	}
	return v.Challenge, reasonNone
}

// isMediaType compares without parameters such as the charset.
func isMediaType(header, want string) bool {
	if header == want {
		return true // the usual case, without parsing
	}
	got, _, err := mime.ParseMediaType(header)
	return err == nil && got == want
}
