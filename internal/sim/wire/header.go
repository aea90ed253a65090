package wire

import (
	"net/http"
	"strings"
)

// told are the headers worth showing, in this order. All others stay where they
// were.
var told = []string{
	"Authorization", "Content-Type", "Accept", "Location", "Retry-After", "WWW-Authenticate", "Date",
	"X-Slack-Signature", "X-Slack-Request-Timestamp", "X-Slack-Retry-Num", "X-Slack-Retry-Reason",
	"X-OAuth-Scopes", "X-Accepted-OAuth-Scopes", "ConsistencyLevel", "Prefer",
	"Client-Request-Id", "Request-Id", "User-Agent", "Content-Encoding", "Cookie", "Set-Cookie",
}

// sealed are headers of which the value itself is secret or hides secrets, each
// with how it is masked.
var sealed = map[string]func(m *masker, value string) string{
	"Authorization": (*masker).authorization,
	"Location":      (*masker).address,
	"X-Slack-Signature": func(_ *masker, value string) string {
		version, _, _ := strings.Cut(clean(value), "=")
		if version != "v0" {
			version = "?"
		}
		return version + "=" + mask("SIGNATURE")
	},
	"Cookie": func(*masker, string) string { return mask("COOKIE") },
	"Set-Cookie": func(m *masker, value string) string {
		_, attributes, _ := strings.Cut(value, ";")
		return mask("COOKIE") + ";" + m.text(attributes)
	},
}

// header masks what is worth showing.
func (m *masker) header(h http.Header) []Field {
	var all []Field
	for _, name := range told {
		m.where = name
		seal, secret := sealed[name]
		if !secret {
			seal = (*masker).text
		}
		for _, value := range h.Values(name) {
			all = append(all, Field{name, seal(m, clip(value))})
		}
	}
	return all
}

func (m *masker) authorization(value string) string {
	scheme, token, _ := strings.Cut(value, " ")
	switch strings.ToLower(scheme) {
	case "bearer":
		return "Bearer " + m.hidden(token, "TOKEN")
	case "basic":
		return "Basic " + mask("BASIC")
	}
	return mask("TOKEN")
}

// bearsBot reports whether the exchange carries a token of Slack's, which says
// nothing about itself but its prefix.
func bearsBot(h http.Header, form content) bool {
	_, token, _ := strings.Cut(h.Get("Authorization"), " ")
	return strings.HasPrefix(token, "xox") || form.field("token") != ""
}
