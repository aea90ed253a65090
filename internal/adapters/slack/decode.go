package slack

import (
	"encoding/json"
	"mime"
	"net/url"
	"unicode/utf8"
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
}

// decodeCommand reads the form. A field that comes twice is refused, because
// two readers could take different ones.
func decodeCommand(body []byte) (command, reason) {
	form, why := decodeForm(body)
	if why != reasonNone {
		return command{}, why
	}
	for _, field := range []string{"team_id", "enterprise_id", "user_id", "command", "text"} {
		if len(form[field]) > 1 {
			return command{}, reasonMalformed
		}
	}
	c := command{
		Team: form.Get("team_id"), Enterprise: form.Get("enterprise_id"),
		User: form.Get("user_id"), Command: form.Get("command"), Text: form.Get("text"),
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

// interaction is what is read of a block_actions payload. The library parses
// the whole payload, echoed messages included, or nothing: an element type that
// is newer than the library, or "values": [] where an object is meant, would
// lose the click (slack-go issue 943). See
// docs.slack.dev/reference/interaction-payloads/block_actions-payload.
type interaction struct {
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
	Actions []struct {
		ActionID string `json:"action_id"`
		BlockID  string `json:"block_id"`
		Type     string `json:"type"`
		Value    string `json:"value"`
	} `json:"actions"`
	ResponseURL string `json:"response_url"`
}

func (i interaction) enterprise() string {
	if i.Enterprise.ID != "" {
		return i.Enterprise.ID
	}
	return i.Team.EnterpriseID
}

// decodeInteraction reads the JSON in the form's payload field. Types other
// than block_actions are not asked for by this app; Slack wants a 200 for them.
func decodeInteraction(body []byte) (interaction, reason) {
	form, why := decodeForm(body)
	if why != reasonNone {
		return interaction{}, why
	}
	if form.Get("ssl_check") == "1" {
		return interaction{}, reasonSSLCheck
	}
	if len(form["payload"]) != 1 {
		return interaction{}, reasonMalformed
	}
	raw := []byte(form.Get("payload"))
	kind, why := typeOf(raw)
	if why != reasonNone {
		return interaction{}, why
	}
	if kind != "block_actions" {
		return interaction{}, reasonIgnored
	}
	var i interaction
	if json.Unmarshal(raw, &i) != nil || !isUserID(i.User.ID) {
		return interaction{}, reasonMalformed
	}
	return i, reasonNone
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
