package wire

import (
	"bytes"
	"encoding/json"
	"errors"
	"io"
	"regexp"
	"strings"
)

// node is a JSON value with the order of its members as it came. A scalar has a
// text: of a string its value, of anything else what stood there.
type node struct {
	kind    byte // '{', '[', '"' or '0' for numbers, true, false and null
	text    string
	members []member
}

// member is of an object, or, without a name, of an array.
type member struct {
	name  string
	value node
}

// parse reads JSON as far as it goes: of a body that was cut, the beginning is
// still worth showing. It reports whether it was whole.
func parse(text []byte) (n node, whole bool) {
	d := json.NewDecoder(bytes.NewReader(text))
	d.UseNumber()
	if n, whole = read(d, deepest); !whole {
		return n, false
	}
	_, err := d.Token()
	return n, errors.Is(err, io.EOF)
}

// deepest is how far values may be nested, so that indenting them stays cheap.
const deepest = 64

func read(d *json.Decoder, depth int) (n node, whole bool) {
	t, err := d.Token()
	if err != nil || depth == 0 {
		return node{}, false
	}
	switch t := t.(type) {
	case json.Delim:
		return readMembers(d, byte(t), depth-1) //nolint:gosec // G115: '{' or '['
	case string:
		return node{kind: '"', text: t}, true
	case json.Number:
		return node{kind: '0', text: t.String()}, true
	case bool:
		return node{kind: '0', text: map[bool]string{true: "true", false: "false"}[t]}, true
	}
	return node{kind: '0', text: "null"}, true
}

func readMembers(d *json.Decoder, kind byte, depth int) (n node, whole bool) {
	n.kind = kind
	for d.More() {
		var m member
		if kind == '{' {
			name, err := d.Token()
			if err != nil {
				return n, false
			}
			m.name, _ = name.(string)
		}
		if m.value, whole = read(d, depth); m.value.kind != 0 {
			n.members = append(n.members, m)
		}
		if !whole {
			return n, false
		}
	}
	_, err := d.Token()
	return n, err == nil
}

// find returns the member of an object with a path of names.
func (n node) find(path ...string) node {
	for _, name := range path {
		var next node
		for _, m := range n.members {
			if n.kind == '{' && m.name == name {
				next = m.value
			}
		}
		n = next
	}
	return n
}

// walk calls f with every value inside, and the value itself.
func (n node) walk(f func(node)) {
	f(n)
	for _, m := range n.members {
		m.value.walk(f)
	}
}

// tree masks a value. Above is the name of the object that it is in: error codes
// are no secrets.
func (m *masker) tree(n node, above string) node {
	switch n.kind {
	case '"':
		n.text = m.leaf(n.text)
	case '[':
		n.members = m.each(n.members, func(e member) node { return m.tree(e.value, above) })
	case '{':
		n.members = m.each(n.members, func(e member) node {
			m.where = clean(e.name)
			variable, secret := secretName(e.name)
			if !secret || fold(e.name) == "code" && strings.HasSuffix(fold(above), "error") {
				return m.tree(e.value, e.name)
			}
			return m.hide(e.value, variable)
		})
	}
	return n
}

func (m *masker) each(members []member, value func(member) node) []member {
	masked := make([]member, len(members))
	for i, e := range members {
		masked[i] = member{name: m.text(e.name), value: value(e)}
	}
	return masked
}

// hide masks what stands under the name of a secret. An object there is
// something else of that name, such as the state of a Slack form.
func (m *masker) hide(n node, variable string) node {
	switch {
	case n.kind == '{':
		return m.tree(n, "")
	case n.kind == '[':
		n.members = m.each(n.members, func(e member) node { return m.hide(e.value, variable) })
	case n.kind == '"':
		n.text = m.hidden(n.text, variable)
	case n.text != "null" && n.text != "true" && n.text != "false":
		return node{kind: '"', text: mask(variable)}
	}
	return n
}

var oneURL = regexp.MustCompile(`^https?://[^\s<>"|]*[?#][^\s<>"|]*$`)

// leaf masks a string, which may be a URL, or JSON itself, and then perhaps not
// to its end.
func (m *masker) leaf(s string) string {
	n, whole, ok := parseNested(s)
	switch {
	case oneURL.MatchString(s):
		return m.address(s)
	case !ok:
		return m.text(s)
	case !whole:
		return m.tree(n, "").print("") + " …"
	}
	return m.tree(n, "").print("")
}

// parseNested reads JSON that is a string's value. Words in brackets are none, and JSON may
// be in quotes once more.
func parseNested(s string) (n node, whole, ok bool) {
	s = strings.TrimSpace(s)
	if s == "" || !strings.Contains(`{["`, s[:1]) {
		return node{}, false, false
	}
	n, whole = parse([]byte(s))
	return n, whole, whole || nestedStart.MatchString(s)
}

var nestedStart = regexp.MustCompile(`^"?(?:\{|\[\s*[\[{"]+)\s*\\*"|^"\s*[\[{]`)

// print writes JSON: on one line for an empty indent.
func (n node) print(indent string) string {
	var b strings.Builder
	n.write(&b, indent, "\n")
	return b.String()
}

func (n node) write(b *strings.Builder, indent, line string) {
	switch n.kind {
	case '"':
		b.WriteString(quoted(n.text))
	case '0':
		b.WriteString(n.text)
	case '{', '[':
		n.writeMembers(b, indent, line)
	}
}

func (n node) writeMembers(b *strings.Builder, indent, line string) {
	b.WriteByte(n.kind)
	for i, m := range n.members {
		if i > 0 {
			b.WriteByte(',')
		}
		if indent != "" {
			b.WriteString(line + indent)
		}
		if n.kind == '{' {
			b.WriteString(quoted(m.name) + ":")
			if indent != "" {
				b.WriteByte(' ')
			}
		}
		m.value.write(b, indent, line+indent)
	}
	if indent != "" && len(n.members) > 0 {
		b.WriteString(line)
	}
	b.WriteByte(n.kind + 2) // in ASCII both brackets close two further on
}

func quoted(s string) string {
	var b bytes.Buffer
	e := json.NewEncoder(&b)
	e.SetEscapeHTML(false)
	_ = e.Encode(s) // a string always can be
	return strings.TrimSuffix(b.String(), "\n")
}
