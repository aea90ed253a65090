package graph

import (
	"net/http"
	"strings"
	"time"
)

// maxAlternatives is where PIM's policy lists stop taking "or".
const maxAlternatives = 20

// expression is a parsed $filter: alternatives of conjunctions, nested as
// written.
type expression interface {
	matches(item map[string]any) bool
	// walk visits every comparison.
	walk(visit func(comparison))
}

type comparison struct {
	property string
	operator string
	values   []string
}

type (
	both   struct{ left, right expression }
	either struct{ left, right expression }
)

func (b both) matches(m map[string]any) bool { return b.left.matches(m) && b.right.matches(m) }
func (b both) walk(v func(comparison))       { b.left.walk(v); b.right.walk(v) }

func (e either) matches(m map[string]any) bool { return e.left.matches(m) || e.right.matches(m) }
func (e either) walk(v func(comparison))       { e.left.walk(v); e.right.walk(v) }

func (c comparison) walk(v func(comparison)) { v(c) }

func (c comparison) matches(item map[string]any) bool {
	value := lookup(item, c.property)
	switch c.operator {
	case "eq", "in":
		return contains(c.values, value)
	case "ne":
		return !contains(c.values, value)
	case "startswith":
		return strings.HasPrefix(strings.ToLower(value), strings.ToLower(c.values[0]))
	}
	order := compare(value, c.values[0])
	switch c.operator {
	case "ge":
		return order >= 0
	case "gt":
		return order > 0
	case "le":
		return order <= 0
	default:
		return order < 0
	}
}

// compare orders instants as instants and everything else as text.
func compare(a, b string) int {
	x, errX := time.Parse(time.RFC3339Nano, a)
	y, errY := time.Parse(time.RFC3339Nano, b)
	if errX == nil && errY == nil {
		return x.Compare(y)
	}
	return strings.Compare(a, b)
}

// lookup follows a path such as initiatedBy/user/id.
func lookup(item map[string]any, path string) string {
	var value any = item
	for name := range strings.SplitSeq(path, "/") {
		m, ok := value.(map[string]any)
		if !ok {
			return ""
		}
		value = m[name]
	}
	switch v := value.(type) {
	case string:
		return v
	case bool:
		if v {
			return "true"
		}
		return "false"
	}
	return "null"
}

// pinned returns the values that a top-level "property eq" demands, and whether
// there is such a clause that every match must meet.
func pinned(e expression, property string) (string, bool) {
	switch x := e.(type) {
	case comparison:
		if x.property == property && x.operator == "eq" {
			return x.values[0], true
		}
	case both:
		if v, ok := pinned(x.left, property); ok {
			return v, true
		}
		return pinned(x.right, property)
	}
	return "", false
}

func invalidFilter(message string) *problem {
	return &problem{status: http.StatusBadRequest, code: "InvalidFilter", message: message}
}

// checkFilter refuses properties that the resource cannot be filtered by.
func checkFilter(e expression, properties []string) error {
	if e == nil {
		return nil
	}
	var bad string
	clauses := 0
	e.walk(func(c comparison) {
		clauses++
		if !contains(properties, c.property) {
			bad = c.property
		}
	})
	switch {
	case bad != "":
		return invalidFilter("The filter is invalid. Property '" + bad + "' is not supported.")
	case clauses > maxAlternatives:
		return invalidFilter("The filter is invalid. Too many clauses.")
	}
	return nil
}

// parseFilter reads comparisons joined by and, or and brackets, the functions
// startsWith and in-lists. Anything else is refused, as Graph refuses much.
func parseFilter(text string) (expression, error) {
	p := &filterParser{tokens: lex(text)}
	e, ok := p.alternatives()
	if !ok || len(p.tokens) > 0 {
		return nil, invalidFilter("Invalid filter clause: " + text)
	}
	return e, nil
}

type filterParser struct{ tokens []string }

func (p *filterParser) next() string {
	if len(p.tokens) == 0 {
		return ""
	}
	t := p.tokens[0]
	p.tokens = p.tokens[1:]
	return t
}

func (p *filterParser) take(word string) bool {
	if len(p.tokens) > 0 && strings.EqualFold(p.tokens[0], word) {
		p.tokens = p.tokens[1:]
		return true
	}
	return false
}

func (p *filterParser) alternatives() (expression, bool) {
	e, ok := p.conjunction()
	for ok && p.take("or") {
		var right expression
		right, ok = p.conjunction()
		e = either{e, right}
	}
	return e, ok
}

func (p *filterParser) conjunction() (expression, bool) {
	e, ok := p.clause()
	for ok && p.take("and") {
		var right expression
		right, ok = p.clause()
		e = both{e, right}
	}
	return e, ok
}

func (p *filterParser) clause() (expression, bool) {
	if p.take("(") {
		e, ok := p.alternatives()
		return e, ok && p.take(")")
	}
	name := p.next()
	if strings.EqualFold(name, "startswith") {
		return p.startsWith()
	}
	operator := strings.ToLower(p.next())
	if operator == "in" {
		return p.list(name)
	}
	if !contains([]string{"eq", "ne", "ge", "gt", "le", "lt"}, operator) || len(p.tokens) == 0 {
		return nil, false
	}
	return comparison{name, operator, []string{unquote(p.next())}}, true
}

func (p *filterParser) startsWith() (expression, bool) {
	if !p.take("(") {
		return nil, false
	}
	name := p.next()
	if !p.take(",") {
		return nil, false
	}
	value := unquote(p.next())
	return comparison{name, "startswith", []string{value}}, p.take(")")
}

func (p *filterParser) list(name string) (expression, bool) {
	if !p.take("(") {
		return nil, false
	}
	var values []string
	for len(p.tokens) > 0 {
		values = append(values, unquote(p.next()))
		if !p.take(",") {
			break
		}
	}
	return comparison{name, "in", values}, p.take(")")
}

func unquote(token string) string {
	if len(token) > 1 && token[0] == '\'' {
		return strings.ReplaceAll(token[1:len(token)-1], "''", "'")
	}
	return token
}

// lex cuts a filter into words, quoted literals, brackets and commas.
func lex(text string) []string {
	var tokens []string
	for i := 0; i < len(text); {
		switch ch := text[i]; {
		case ch == ' ' || ch == '\t':
			i++
		case strings.IndexByte("(),", ch) >= 0:
			tokens = append(tokens, string(ch))
			i++
		case ch == '\'':
			end := literalEnd(text, i)
			tokens = append(tokens, text[i:end])
			i = end
		default:
			end := i
			for end < len(text) && strings.IndexByte(" \t(),", text[end]) < 0 {
				end++
			}
			tokens = append(tokens, text[i:end])
			i = end
		}
	}
	return tokens
}

// literalEnd returns where the quoted literal that begins at i ends; a doubled
// quote is part of it.
func literalEnd(text string, i int) int {
	for j := i + 1; j < len(text); j++ {
		if text[j] != '\'' {
			continue
		}
		if j+1 < len(text) && text[j+1] == '\'' {
			j++
			continue
		}
		return j + 1
	}
	return len(text)
}
