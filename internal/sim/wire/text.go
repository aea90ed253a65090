package wire

import (
	"cmp"
	"net/url"
	"regexp"
	"slices"
	"strings"
)

// masker goes through one exchange and remembers whose tokens it has seen.
type masker struct {
	tokens []Token
	// where says what the text stands in, for a token found there.
	where string
	// blind: tokens are masked without a look into them.
	blind bool
}

// shape is something that is secret by its looks, wherever it stands. What the
// first group holds is kept. Without any of the hints, in lower case, there is
// no need to look: most texts have none.
type shape struct {
	*regexp.Regexp

	variable string
	hints    []string
}

// JSON may escape a slash.
const slash = `\\?/`

var shapes = []shape{
	{regexp.MustCompile(`()(?i:xox[a-z]|xapp|xwfp)[-.][\w.-]+`), "TOKEN", []string{"xox", "xapp", "xwfp"}},
	// Response URLs let anybody answer, and personal links act for a person.
	{regexp.MustCompile(`(?i)(` + slash + `response` + slash + `)[^\s"'<>|?#&]+`), "RESPONSE_URL_ID", []string{"response"}},
	{regexp.MustCompile(`(?i)(hooks\.slack\.com` + slash + `\w+` + slash + `)[^\s"'<>|?#&]+`), "RESPONSE_URL_ID", []string{"hooks.slack.com"}},
	{regexp.MustCompile(`(?i)(` + slash + `signin(?:` + slash + `[^\s"'<>|?#&/\\]+){2}` + slash + `)[^\s"'<>|?#&]+`), "LINK_TOKEN", []string{"signin"}},
	// name=value, as in an address, and "name": "value", as in JSON that stands
	// in the middle of a text.
	{regexp.MustCompile(`(?i)((?:^|\W)` + names + `=["']?)[^&\s"'<>|#]+`), "SECRET", []string{"="}},
	{regexp.MustCompile(`(?i)(["']` + names + `\\*["'][\s+]*:[\s+]*)(?:\\*["'][^"'\\]+|[^"'\\\s,{}\[\]]+)`), "SECRET", []string{`"`, "'"}},
	// A list's end cannot be told without reading it.
	{regexp.MustCompile(`(?is)(["']` + names + `\\*["'][\s+]*:[\s+]*)\[.*`), "SECRET", []string{`"`, "'"}},
}

var tokenShape = regexp.MustCompile(`eyJ[\w-]+\.[\w-]*(?:\.[\w-]*)*`)

// names matches the names in secrets as they are written in texts.
const names = `(?:[\w.-]*(?:token|secret|password|verifier)|id_token_hint|(?:client_?)?assertion|(?:device_|user_)?code|(?:session_)?state|nonce|flow|signature|authorization|(?:set-)?cookie|trigger_?id|response_?url)`

var percent = regexp.MustCompile(`%[0-9a-fA-F]{2}`)

// text masks what is secret by its looks. What is seen only once the escapes of
// URLs inside URLs are taken off is shown without them.
func (m *masker) text(s string) string {
	const enough = 5
	return m.escaped(s, enough)
}

func (m *masker) escaped(s string, deep int) string {
	s = clean(s)
	plain := percent.ReplaceAllStringFunc(s, unescape)
	switch {
	case plain == s:
	case deep == 0: // nobody escapes so often without something to hide
		return mask("SECRET")
	default:
		if out := m.escaped(plain, deep-1); maskShape.MatchString(out) {
			return out
		}
	}
	s = tokenShape.ReplaceAllStringFunc(s, func(raw string) string { return m.token(raw, "TOKEN") })
	low := strings.ToLower(s)
	for _, shape := range shapes {
		if !slices.ContainsFunc(shape.hints, func(hint string) bool { return strings.Contains(low, hint) }) {
			continue
		}
		s = shape.ReplaceAllString(s, "${1}"+mask(shape.variable))
	}
	return s
}

// token masks a token and notes whose it is.
func (m *masker) token(raw, variable string) string {
	const enough = 4 // lists of tokens are not a thing of this protocol
	if m.blind || len(m.tokens) == enough {
		return mask(variable)
	}
	if t, ok := readToken(raw); ok {
		t.Where = cmp.Or(shown((&masker{blind: true}).text(m.where)), "text")
		m.tokens = append(m.tokens, t)
	}
	return mask(variable)
}

// hidden masks a value that is secret by its name.
func (m *masker) hidden(value, variable string) string {
	if value == "" {
		return ""
	}
	return m.token(value, variable)
}

// named masks a value by its name or, failing that, by its looks.
func (m *masker) named(name, value string) string {
	if variable, secret := secretName(name); secret {
		m.where = clean(name)
		return m.hidden(value, variable)
	}
	return m.text(value)
}

// pairs reads a query or a form. Its last pair may be cut short.
func (m *masker) pairs(raw string, value func(name, value string) string) []Field {
	var all []Field
	for pair := range strings.SplitSeq(raw, "&") {
		if pair == "" {
			continue
		}
		name, text, _ := strings.Cut(pair, "=")
		plain, err := url.QueryUnescape(name)
		if err != nil { // who knows what it is the name of
			all = append(all, Field{m.text(name), m.hidden(text, "SECRET")})
			continue
		}
		all = append(all, Field{m.text(plain), value(plain, unescape(text))})
	}
	return all
}

// address masks what is one URL, such as a redirect's: what stands in its query
// may be escaped out of sight.
func (m *masker) address(s string) string {
	s, fragment, _ := strings.Cut(s, "#")
	s, query, _ := strings.Cut(s, "?")
	var out strings.Builder
	out.WriteString(m.text(s))
	for i, part := range []string{query, fragment} {
		for j, f := range m.pairs(part, m.field) {
			sep := "&"
			if j == 0 {
				sep = string("?#"[i])
			}
			out.WriteString(sep + escape(f.Name, queryEscape) + "=" + escape(f.Value, queryEscape))
		}
	}
	return out.String()
}

// unescape takes off what is left of an escape that was cut.
func unescape(s string) string {
	for len(s) > 0 {
		plain, err := url.QueryUnescape(s)
		if err == nil {
			return plain
		}
		at := strings.LastIndexByte(s, '%')
		if at < 0 {
			return ""
		}
		s = s[:at]
	}
	return s
}
