package slack

import (
	"encoding/json"
	"fmt"
	"io"
	"mime"
	"net/http"
	"net/url"
	"strings"
)

// maxBody bounds what the simulator reads; Slack's own bound is not documented.
const maxBody = 4 << 20

// arguments are the named values of a call, whichever way they were sent. A
// value from a form is always a string, one from JSON may be anything; a
// structured value may come as JSON text in both.
type arguments map[string]any

// readRequest decodes a Web API call as "Web API: basics" describes it: GET or
// POST, a form or JSON, the token in the form or in the Authorization header.
func readRequest(r *http.Request) (*request, *problem) {
	body, err := io.ReadAll(io.LimitReader(r.Body, maxBody))
	if err != nil {
		return nil, refuse("invalid_form_data")
	}
	req := &request{arguments: arguments{}}
	req.addForm(r.URL.Query())
	// A token in the query string is refused by Slack since 2021.
	delete(req.arguments, "token")
	kind, _, _ := mime.ParseMediaType(r.Header.Get("Content-Type"))
	switch kind {
	case "application/json":
		if no := req.addJSON(body); no != nil {
			return nil, no
		}
		// JSON callers present the token in the header; one in the body counts
		// for nothing.
		delete(req.arguments, "token")
	case "", "application/x-www-form-urlencoded":
		form, err := url.ParseQuery(string(body))
		if err != nil {
			return nil, refuse("invalid_form_data")
		}
		req.addForm(form)
	default:
		return nil, refuse("invalid_post_type")
	}
	req.readCredentials(r)
	return req, nil
}

func (r *request) readCredentials(h *http.Request) {
	r.token = r.str("token")
	delete(r.arguments, "token")
	if bearer, ok := strings.CutPrefix(h.Header.Get("Authorization"), "Bearer "); ok {
		r.token = bearer
	}
	if user, password, ok := h.BasicAuth(); ok {
		r.basic = [2]string{user, password}
	}
}

func (a arguments) addForm(form url.Values) {
	for name, values := range form {
		if len(values) > 0 {
			a[name] = values[len(values)-1] // PHP keeps the last one
		}
	}
}

func (a arguments) addJSON(body []byte) *problem {
	var v any
	if json.Unmarshal(body, &v) != nil {
		return refuse("invalid_json")
	}
	fields, ok := v.(object)
	if !ok {
		return refuse("json_not_object")
	}
	for name, value := range fields {
		if value != nil {
			a[name] = value
		}
	}
	return nil
}

// str returns an argument as a string, empty when it is absent or structured.
func (a arguments) str(name string) string {
	switch v := a[name].(type) {
	case string:
		return v
	case bool, float64:
		return fmt.Sprint(v)
	}
	return ""
}

func (a arguments) has(name string) bool { _, ok := a[name]; return ok }

// truth reads a boolean argument; Slack takes true and 1.
func (a arguments) truth(name string) bool { v := a.str(name); return v == "true" || v == "1" }

// structured returns an argument that is an object or a list, and false when
// it is not well-formed JSON. An absent or empty one is nil.
func (a arguments) structured(name string) (any, bool) {
	text, isText := a[name].(string)
	if !isText {
		return a[name], true
	}
	if text == "" {
		return nil, true
	}
	var v any
	if json.Unmarshal([]byte(text), &v) != nil {
		return nil, false
	}
	return v, true
}

// harmless returns the arguments without anything secret, for the call log.
func (a arguments) harmless() map[string]string {
	out := map[string]string{}
	for name, v := range a {
		switch name {
		case "token", "client_secret", "code", "refresh_token", "code_verifier":
			continue
		}
		if text, ok := v.(string); ok {
			out[name] = text
			continue
		}
		if b, err := json.Marshal(v); err == nil {
			out[name] = string(b)
		}
	}
	return out
}
