package wire

import (
	"net/url"
	"slices"
	"strings"
)

// asked are the headers that a curl line repeats.
var asked = []string{
	"Authorization", "Content-Type", "Accept", "Cookie", "ConsistencyLevel", "Prefer",
	"X-Slack-Signature", "X-Slack-Request-Timestamp",
}

// command is a line for bash that grows.
type command struct {
	words     []string
	variables []string
}

// add puts an option and its value at the end.
func (c *command) add(option, value string) {
	c.words = append(c.words, option+" "+quote(value))
	for _, found := range maskShape.FindAllStringSubmatch(value, -1) {
		c.need(found[1])
	}
}

func (c *command) need(variable string) {
	if !slices.Contains(c.variables, variable) {
		c.variables = append(c.variables, variable)
	}
}

// curl is the command that asks the same again: what is secret are variables.
// It returns their names too.
func (x masked) curl() (line string, variables []string) {
	c := command{words: []string{"curl --globoff"}}
	if strings.HasPrefix(x.raw.origin, "https:") {
		c.words[0] += ` --cacert "$CA"`
		c.need("CA")
	}
	c.add("--request", clean(x.raw.method))
	for _, h := range x.header {
		// curl makes the type of a form itself.
		if slices.Contains(asked, h.Name) && (h.Name != "Content-Type" || x.request.fields == nil) {
			c.add("--header", h.Name+": "+h.Value)
		}
	}
	x.data(&c)
	c.add("--url", x.url())
	line = strings.Join(c.words, " \\\n  ")
	if x.request.size > 0 && !x.request.complete() {
		line = "# The body was not kept whole, and is left out.\n" + line
	}
	return line, c.variables
}

func (x masked) data(c *command) {
	switch body := x.request; {
	case !body.complete():
	case body.json != nil:
		c.add("--data-raw", body.json.print("  "))
	case body.text != "":
		c.add("--data-raw", body.text)
	default:
		for _, f := range body.fields {
			c.add("--data-urlencode", escape(f.Name, url.QueryEscape)+"="+f.Value)
		}
	}
}

func (x masked) url() string {
	var b strings.Builder
	b.WriteString((&masker{blind: true}).text(x.raw.origin))
	b.WriteString(escape(x.path, func(s string) string { return (&url.URL{Path: s}).EscapedPath() }))
	for i, q := range x.query {
		b.WriteString(map[bool]string{true: "?", false: "&"}[i == 0])
		b.WriteString(escape(q.Name, queryEscape) + "=" + escape(q.Value, queryEscape))
	}
	return b.String()
}

func queryEscape(s string) string { return strings.ReplaceAll(url.QueryEscape(s), "+", "%20") }

// escape applies f to what stands between masks.
func escape(s string, f func(string) string) string {
	var b strings.Builder
	for _, p := range split(s) {
		if p.mask {
			b.WriteString(p.text)
		} else {
			b.WriteString(f(p.text))
		}
	}
	return b.String()
}

// quote makes one word of the shell. What came over the wire stands in single
// quotes, where nothing means anything, and masks become variables. The shell
// knows no zero byte.
func quote(s string) string {
	var b strings.Builder
	for _, p := range split(strings.ReplaceAll(s, "\x00", "")) {
		if p.mask {
			b.WriteString(`"$` + maskShape.FindStringSubmatch(p.text)[1] + `"`)
		} else {
			b.WriteString("'" + strings.ReplaceAll(p.text, "'", `'\''`) + "'")
		}
	}
	if b.Len() == 0 {
		return "''"
	}
	return b.String()
}

type piece struct {
	text string
	mask bool
}

// split cuts a text at its masks.
func split(s string) []piece {
	var pieces []piece
	from := 0
	for _, at := range maskShape.FindAllStringIndex(s, -1) {
		if at[0] > from {
			pieces = append(pieces, piece{s[from:at[0]], false})
		}
		pieces = append(pieces, piece{s[at[0]:at[1]], true})
		from = at[1]
	}
	if from < len(s) {
		pieces = append(pieces, piece{s[from:], false})
	}
	return pieces
}
