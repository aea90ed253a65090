package refusal

import (
	"bytes"
	"encoding/json"
	"regexp"
	"strings"
	"unicode"
)

// problem is what an error answer says, whatever it was wrapped in.
type problem struct {
	code      string
	message   string
	requestID string
}

// maxNesting bounds how deep JSON inside messages is followed.
const maxNesting = 4

// unwrap finds the code and the message of an error answer. The shapes seen:
// Graph's {"error":{…}}, the PIM gateway's bare {"errorCode","message"}, either
// of them as a string inside the other's message
// (https://github.com/microsoftgraph/microsoft-graph-docs/issues/20060), the
// older {"odata.error":{…}} and {"Message"}, and OAuth's
// {"error":"…","error_description":"…"}. Of what is not JSON nothing is kept:
// a proxy's page helps nobody.
func unwrap(body []byte) problem { return unwrapNested(body, maxNesting) }

func unwrapNested(body []byte, depth int) problem {
	var e envelope
	if json.Unmarshal(bytes.TrimPrefix(bytes.TrimSpace(body), []byte("\xef\xbb\xbf")), &e) != nil {
		return problem{}
	}
	p := e.problem()
	if inner := strings.TrimSpace(p.message); depth > 0 && strings.HasPrefix(inner, "{") {
		if n := unwrapNested([]byte(inner), depth-1); n.code != "" {
			n.requestID = firstOf(n.requestID, p.requestID)
			return n
		}
	}
	return p
}

// envelope takes all the shapes at once. encoding/json ignores the case of
// names, which varies ("innerError", "innererror").
type envelope struct {
	Error       inside `json:"error"`
	OData       inside `json:"odata.error"`
	Description text   `json:"error_description"`
	ErrorCode   text   `json:"errorCode"`
	Code        text   `json:"code"`
	Message     text   `json:"message"`
	InnerError  inner  `json:"innerError"`
}

func (e envelope) problem() problem {
	return problem{
		code:      firstOf(e.Error.Code, e.Error.ErrorCode, e.OData.Code, e.ErrorCode, e.Code),
		message:   firstOf(e.Error.Message, e.OData.Message, e.Message, e.Description),
		requestID: firstOf(string(e.Error.InnerError), string(e.InnerError)),
	}
}

// inside is the value of "error": an object, or OAuth's bare code.
type inside struct{ fields }

type fields struct {
	Code       text  `json:"code"`
	ErrorCode  text  `json:"errorCode"`
	Message    text  `json:"message"`
	InnerError inner `json:"innerError"`
}

func (i *inside) UnmarshalJSON(b []byte) error {
	if json.Unmarshal(b, &i.fields) != nil {
		i.fields = fields{}
		_ = i.fields.Code.UnmarshalJSON(b)
	}
	return nil
}

// inner is the request id in an inner error.
type inner string

func (i *inner) UnmarshalJSON(b []byte) error {
	var v struct {
		RequestID text `json:"request-id"`
	}
	_ = json.Unmarshal(b, &v) // anything else has no id
	*i = inner(v.RequestID)
	return nil
}

// text is a string, or OData's {"lang":"en","value":"…"}; anything else is "".
type text string

func (t *text) UnmarshalJSON(b []byte) error {
	var s string
	if json.Unmarshal(b, &s) != nil {
		var localized struct {
			Value string `json:"value"`
		}
		_ = json.Unmarshal(b, &localized)
		s = localized.Value
	}
	*t = text(s)
	return nil
}

// firstOf returns the first string that is not empty.
func firstOf[S ~string](all ...S) string {
	for _, s := range all {
		if s != "" {
			return string(s)
		}
	}
	return ""
}

// bearer matches a JSON web token, which no text of ours may carry on.
var bearer = regexp.MustCompile(`eyJ[A-Za-z0-9_-]+\.[A-Za-z0-9_-]+\.[A-Za-z0-9_-]*`)

// tidy makes a stranger's text fit for a log line: one line, valid, no longer
// than max characters, without tokens.
func tidy(s string, max int) string {
	s = bearer.ReplaceAllString(strings.ToValidUTF8(s, "\uFFFD"), "[token]")
	s = strings.Map(func(r rune) rune {
		if unicode.IsControl(r) {
			return ' '
		}
		return r
	}, s)
	s = strings.TrimSpace(s)
	if r := []rune(s); len(r) > max {
		s = string(r[:max]) + "…"
	}
	return s
}
