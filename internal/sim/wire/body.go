package wire

import (
	"bytes"
	"compress/gzip"
	"fmt"
	"io"
	"mime"
	"net/http"
	"regexp"
	"strings"
)

// keep is how much of a body is kept, the same as the simulator hands over.
const keep = 16 << 10

// content is a body that was read and masked. At most one of fields, json and
// text is there.
type content struct {
	fields []Field
	json   *node
	text   string
	// part: the end is missing. note says what is not shown, if anything.
	part bool
	note string
	size int
}

// body reads a body by its type, or by its looks where that is JSON. What is of
// no type that can be masked is counted.
func (m *masker) body(h http.Header, raw []byte) content {
	c := content{size: len(raw), part: len(raw) >= keep}
	if len(raw) == 0 {
		return c
	}
	if strings.EqualFold(h.Get("Content-Encoding"), "gzip") {
		raw, c.part = inflate(raw, c.part)
	}
	kind, _, _ := mime.ParseMediaType(h.Get("Content-Type"))
	switch _, _, looks := parseNested(string(raw)); {
	case kind == "text/html":
		c.note = "HTML page, " + c.bytes()
	case looks, kind == "application/json", strings.HasSuffix(kind, "+json"):
		m.json(&c, raw)
	case kind == "application/x-www-form-urlencoded", kind == "text/plain" && formShape.Match(raw):
		c.fields = m.pairs(string(raw), m.field)
	case kind == "text/plain":
		c.text = m.text(string(raw))
	default:
		c.note = c.bytes()
	}
	if c.part && c.note == "" {
		c.note = "Only the beginning could be kept or read."
	}
	return c
}

var formShape = regexp.MustCompile(`^[^\s=]*=\S*$`)

func (m *masker) json(c *content, raw []byte) {
	n, whole := parse(raw)
	if n.kind == 0 {
		c.note = c.bytes() + " that cannot be read as JSON"
		return
	}
	c.part = c.part || !whole
	n = m.tree(n, "")
	c.json = &n
}

func (c content) bytes() string {
	switch {
	case c.part:
		return "more than 16 KiB"
	case c.size == 1:
		return "1 byte"
	}
	return fmt.Sprintf("%d bytes", c.size)
}

// complete reports whether all of the body is there.
func (c content) complete() bool {
	return !c.part && (c.json != nil || c.text != "" || c.fields != nil)
}

// field masks a field of a form. Slack puts JSON into forms.
func (m *masker) field(name, value string) string {
	if _, secret := secretName(name); !secret {
		m.where = clean(name)
		return m.leaf(value)
	}
	return m.named(name, value)
}

// inflate reads what Hoist's Graph client has compressed.
func inflate(raw []byte, part bool) ([]byte, bool) {
	z, err := gzip.NewReader(bytes.NewReader(raw))
	if err != nil {
		return nil, true
	}
	plain, err := io.ReadAll(io.LimitReader(z, keep))
	return plain, part || err != nil || len(plain) == keep
}

// masked is the body as text, for looking things up.
func (c content) masked() string {
	var b strings.Builder
	for _, f := range c.fields {
		b.WriteString(f.Name + "=" + f.Value + "\n")
	}
	if c.json != nil {
		b.WriteString(c.json.print(""))
	}
	return b.String() + c.text
}

// objects calls f with all JSON in the body.
func (c content) objects(f func(node)) {
	if c.json != nil {
		c.json.walk(f)
	}
	for _, field := range c.fields {
		if n, _, ok := parseNested(field.Value); ok {
			n.walk(f)
		}
	}
}

// field returns a field of a form, or "".
func (c content) field(name string) string {
	for _, f := range c.fields {
		if f.Name == name {
			return f.Value
		}
	}
	return ""
}

// member returns a text inside a JSON body, or "".
func (c content) member(path ...string) string {
	if c.json == nil {
		return ""
	}
	return c.json.find(path...).text
}

// pretty is the body for people.
func (c content) pretty() string {
	if c.json != nil {
		return shown(c.json.print("  "))
	}
	lines := make([]string, 0, len(c.fields))
	for _, f := range c.fields {
		value := f.Value
		if n, whole, ok := parseNested(value); ok && whole {
			value = n.print("  ")
		}
		lines = append(lines, f.Name+" = "+value)
	}
	return shown(strings.Join(lines, "\n") + c.text)
}
