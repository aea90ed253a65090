package refusal

import (
	"bytes"
	"encoding/base64"
	"encoding/json"
	"net/http"
	"net/url"
	"regexp"
	"strings"
)

// maxClaims bounds what is passed on to a sign-in page.
const maxClaims = 8 << 10

// claimsOf returns the claims challenge of an answer as JSON, "" when there is
// none. Conditional Access puts it into WWW-Authenticate of a 401
// (https://learn.microsoft.com/entra/identity-platform/claims-challenge); PIM
// makes it the message of a 400, "&claims=%7B…"
// (https://github.com/Azure/azure-powershell/issues/25421).
func claimsOf(header http.Header, p problem) string {
	for _, h := range header.Values("Www-Authenticate") {
		if c := claimsIn(h); c != "" {
			return c
		}
	}
	if c := claimsIn(p.message); c != "" {
		return c
	}
	if isContextRefusal(p.code) {
		return decodeClaims(p.message)
	}
	return ""
}

// claimsIn finds the first claims parameter of a text that can be decoded.
func claimsIn(s string) string {
	for _, at := range claimsParameter.FindAllStringIndex(s, 5) {
		if c := claimsAt(s[at[1]:]); c != "" {
			return c
		}
	}
	return ""
}

var claimsParameter = regexp.MustCompile(`(?i)\bclaims\s*=`)

// claimsAt decodes the claims that a text begins with, quoted or not. Bare JSON
// ends where it ends; encodings end before a character that they do not use.
func claimsAt(s string) string {
	s = strings.TrimSpace(s)
	unquoted := strings.TrimPrefix(s, `"`)
	if strings.HasPrefix(unquoted, "{") {
		var raw json.RawMessage
		if json.NewDecoder(strings.NewReader(unquoted)).Decode(&raw) == nil {
			return decodeClaims(string(raw))
		}
		// Quoted as HTTP wants it: {\"access_token\":…
		return decodeClaims(unescaped(unquoted))
	}
	if i := strings.IndexAny(unquoted, "\"'&, \t\r\n"); i >= 0 {
		unquoted = unquoted[:i]
	}
	return decodeClaims(unquoted)
}

// unescaped reads a quoted string up to its closing quote.
func unescaped(s string) string {
	var b strings.Builder
	for i := 0; i < len(s); i++ {
		switch {
		case s[i] == '"':
			return b.String()
		case s[i] == '\\' && i+1 < len(s):
			i++
		}
		b.WriteByte(s[i])
	}
	return b.String()
}

// decodeClaims reads claims in any of the encodings seen: bare JSON, percent,
// base64 and base64url with or without padding. It returns compact JSON, or ""
// for what is not an object.
func decodeClaims(s string) string {
	s = strings.TrimSpace(s)
	if len(s) > 4*maxClaims {
		return ""
	}
	candidates := []string{s}
	if u, err := url.QueryUnescape(s); err == nil {
		candidates = append(candidates, u)
	}
	bare := s
	if u, err := url.PathUnescape(s); err == nil {
		bare = u // padding may be percent-encoded
	}
	bare = strings.NewReplacer("-", "+", "_", "/").Replace(strings.TrimRight(bare, "="))
	if b, err := base64.RawStdEncoding.DecodeString(bare); err == nil {
		candidates = append(candidates, string(b))
	}
	for _, c := range candidates {
		if c := claimsObject(c); c != "" {
			return c
		}
	}
	return ""
}

// claimsObject returns a claims request in compact form, see
// https://openid.net/specs/openid-connect-core-1_0.html#ClaimsParameter.
func claimsObject(s string) string {
	var request map[string]json.RawMessage
	if json.Unmarshal([]byte(s), &request) != nil {
		return ""
	}
	if request["access_token"] == nil && request["id_token"] == nil {
		return ""
	}
	var compact bytes.Buffer
	if json.Compact(&compact, []byte(s)) != nil || compact.Len() > maxClaims {
		return ""
	}
	return compact.String()
}
