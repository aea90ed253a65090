package world

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"unicode"

	"github.com/goccy/go-yaml"
	"github.com/goccy/go-yaml/ast"
	"github.com/goccy/go-yaml/parser"
	"github.com/goccy/go-yaml/token"
)

// longest is the size of a file that is still read. It also bounds how deep the
// parser can be made to recurse.
const longest = 256 << 10

// reader walks the nodes of one file and collects what is wrong with them.
type reader struct {
	file   string
	lines  []string
	faults Faults
}

// key is what a mapping may have under one name.
type key struct {
	name string
	must bool
	read func(ast.Node)
}

// root returns the file's one document, or nil for an empty file.
func (r *reader) root(text []byte) ast.Node {
	r.lines = strings.Split(string(text), "\n")
	if len(text) > longest {
		r.faultAt(1, 1, fmt.Sprintf("the file is longer than %d KiB", longest>>10))
		return nil
	}
	file, err := parse(text)
	if err != nil {
		r.syntax(err)
		return nil
	}
	var bodies []ast.Node
	for _, d := range file.Docs {
		switch d.Body.(type) {
		case nil, *ast.NullNode, *ast.CommentGroupNode:
		default:
			bodies = append(bodies, d.Body)
		}
	}
	if len(bodies) == 0 {
		return nil
	}
	for _, second := range bodies[1:] {
		r.fault(second, "only one document is read")
	}
	return bodies[0]
}

var errNotYAML = errors.New("this is not YAML")

// parse takes a panic of the parser for what it is: a file that it cannot read.
func parse(text []byte) (file *ast.File, err error) {
	defer func() {
		if recover() != nil {
			err = errNotYAML
		}
	}()
	return parser.ParseBytes(text, 0)
}

// syntax takes over what the parser said of a file that is no YAML.
func (r *reader) syntax(err error) {
	var told yaml.Error
	if !errors.As(err, &told) || told.GetToken() == nil {
		r.faultAt(1, 1, errNotYAML.Error())
		return
	}
	at := told.GetToken().Position
	text, _, _ := strings.Cut(told.GetMessage(), "\n")
	r.faultAt(at.Line, at.Column, text)
}

// fault notes what is wrong with a node; nil stands for the whole file.
func (r *reader) fault(n ast.Node, text string) {
	p := position(n)
	r.faultAt(p.Line, p.Column, text)
}

func (r *reader) faultAt(line, column int, text string) {
	f := Fault{File: r.file, Line: max(line, 1), Column: max(column, 1), Text: text}
	if f.Line <= len(r.lines) {
		f.Source = strings.TrimSuffix(r.lines[f.Line-1], "\r")
	}
	r.faults = append(r.faults, f)
}

// position is where a node begins, as a person sees it.
func position(n ast.Node) token.Position {
	if m, ok := n.(*ast.MappingNode); ok && !m.IsFlowStyle && len(m.Values) > 0 {
		n = m.Values[0].Key
	}
	if one, ok := n.(*ast.MappingValueNode); ok {
		n = one.Key
	}
	if n == nil || n.GetToken() == nil || n.GetToken().Position == nil {
		return token.Position{Line: 1, Column: 1}
	}
	return *n.GetToken().Position
}

// mapping reads the keys of a mapping and returns their values' nodes, for
// faults that show only later. They are nil where there is no mapping.
func (r *reader) mapping(n ast.Node, what string, keys ...key) map[string]ast.Node {
	pairs, ok := pairsOf(n)
	if !ok {
		r.fault(n, fmt.Sprintf("want %s with the keys %s", what, keyNames(keys)))
		return nil
	}
	found := map[string]ast.Node{}
	for _, p := range pairs {
		name := p.Key.GetToken().Value
		i := slices.IndexFunc(keys, func(k key) bool { return k.name == name })
		if i < 0 {
			r.fault(p.Key, fmt.Sprintf("unknown key %q of %s%s; its keys are %s", name, what, didYouMean(name, namesOf(keys)), keyNames(keys)))
			continue
		}
		found[name] = valueOf(p)
		keys[i].read(found[name])
	}
	for _, k := range keys {
		if _, given := found[k.name]; k.must && !given {
			r.fault(n, fmt.Sprintf("%s needs the key %q", what, k.name))
		}
	}
	return found
}

func pairsOf(n ast.Node) ([]*ast.MappingValueNode, bool) {
	switch m := n.(type) {
	case *ast.MappingNode:
		return m.Values, true
	case *ast.MappingValueNode:
		return []*ast.MappingValueNode{m}, true
	}
	return nil, false
}

// valueOf returns the key instead of a value that is not there, for its place.
func valueOf(p *ast.MappingValueNode) ast.Node {
	if _, null := p.Value.(*ast.NullNode); null || p.Value == nil {
		return absent{p.Key}
	}
	return p.Value
}

// absent is a value that was left empty; it stands where its key does.
type absent struct{ ast.Node }

func namesOf(keys []key) []string {
	names := make([]string, len(keys))
	for i, k := range keys {
		names[i] = k.name
	}
	return names
}

func keyNames(keys []key) string { return strings.Join(namesOf(keys), ", ") }

// sequence hands on each item of a list.
func (r *reader) sequence(n ast.Node, each func(ast.Node)) {
	s, ok := n.(*ast.SequenceNode)
	if !ok {
		r.fault(n, "want a list")
		return
	}
	for _, v := range s.Values {
		each(v)
	}
}

// plain returns the text of a single value.
func (r *reader) plain(n ast.Node) (string, bool) {
	var s string
	switch v := n.(type) {
	case absent, *ast.NullNode, nil:
		r.fault(n, "the value is missing")
		return "", false
	case *ast.AnchorNode, *ast.AliasNode, *ast.TagNode:
		r.fault(n, "anchors, aliases and tags are not read here")
		return "", false
	case *ast.LiteralNode:
		s = strings.TrimSpace(v.Value.Value)
	case *ast.StringNode:
		s = v.Value
	case ast.ScalarNode:
		s = v.GetToken().Value // as typed: 0042 stays 0042, and 1.10 is not 1.1
	default:
		r.fault(n, "want a single value")
		return "", false
	}
	if s == "" || strings.ContainsFunc(s, unicode.IsControl) || s != strings.ToValidUTF8(s, "") {
		r.fault(n, "want text on one line")
		return "", false
	}
	return s, true
}

// scalar reads a single value in one of the forms of forms.go, or a name.
func scalar[T any](r *reader, into *T, as func(string) (T, error)) func(ast.Node) {
	return func(n ast.Node) {
		s, ok := r.plain(n)
		if !ok {
			return
		}
		v, err := as(s)
		if err != nil {
			r.fault(n, err.Error())
			return
		}
		*into = v
	}
}

// list reads a list of single values, none of them twice.
func list[T comparable](r *reader, into *[]T, as func(string) (T, error)) func(ast.Node) {
	return func(n ast.Node) {
		*into = nil
		r.sequence(n, func(item ast.Node) {
			var v, none T
			scalar(r, &v, as)(item)
			switch {
			case v == none:
			case slices.Contains(*into, v):
				r.fault(item, "this is in the list twice")
			default:
				*into = append(*into, v)
			}
		})
	}
}
