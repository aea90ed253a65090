package graph

import (
	"net/url"
	"strconv"
	"strings"
)

// query holds the OData options of a call or of one $expand inside it.
type query struct {
	filter    expression // nil without $filter
	selects   []string
	expands   []expand
	top       int // zero without $top
	skip      int
	ascending bool // $orderby=… asc
}

type expand struct {
	name    string
	options query
}

// parseQuery splits the raw query itself: net/url drops a pair that contains
// the semicolons which OData uses inside $expand.
func parseQuery(raw string) (query, error) {
	var pairs [][2]string
	for part := range strings.SplitSeq(raw, "&") {
		name, value, _ := strings.Cut(part, "=")
		name, err := url.QueryUnescape(name)
		if err != nil {
			return query{}, badRequest("The query string is not valid.")
		}
		if value, err = url.QueryUnescape(value); err != nil {
			return query{}, badRequest("The query string is not valid.")
		}
		pairs = append(pairs, [2]string{name, value})
	}
	return parseOptions(pairs)
}

func parseOptions(pairs [][2]string) (query, error) {
	var q query
	for _, p := range pairs {
		var err error
		switch strings.ToLower(strings.TrimPrefix(p[0], "$")) {
		case "filter":
			q.filter, err = parseFilter(p[1])
		case "select":
			q.selects = split(p[1], ',')
		case "expand":
			q.expands, err = parseExpand(p[1])
		case "top":
			q.top, err = parseTop(p[1])
		case "skiptoken":
			q.skip, err = parseTop(p[1])
		case "orderby":
			q.ascending = !strings.HasSuffix(strings.ToLower(p[1]), " desc")
		}
		if err != nil {
			return query{}, err
		}
	}
	return q, nil
}

// maxTop is generous because skip tokens are read by the same rule.
const maxTop = 100_000

func parseTop(text string) (int, error) {
	n, err := strconv.Atoi(text)
	if err != nil || n < 1 || n > maxTop {
		return 0, badRequest("Invalid value for the query option '$top'.")
	}
	return n, nil
}

// parseExpand reads "policy($expand=rules;$select=id),principal".
func parseExpand(text string) ([]expand, error) {
	var expands []expand
	for _, part := range split(text, ',') {
		name, rest, nested := strings.Cut(part, "(")
		e := expand{name: strings.TrimSpace(name)}
		if nested {
			var pairs [][2]string
			for _, option := range split(strings.TrimSuffix(rest, ")"), ';') {
				n, v, _ := strings.Cut(option, "=")
				pairs = append(pairs, [2]string{n, v})
			}
			var err error
			if e.options, err = parseOptions(pairs); err != nil {
				return nil, err
			}
		}
		expands = append(expands, e)
	}
	return expands, nil
}

// split cuts at separators that are not inside brackets.
func split(text string, separator rune) []string {
	var parts []string
	depth, begin := 0, 0
	for i, r := range text {
		switch {
		case r == '(':
			depth++
		case r == ')':
			depth--
		case r == separator && depth == 0:
			parts = append(parts, strings.TrimSpace(text[begin:i]))
			begin = i + 1
		}
	}
	return append(parts, strings.TrimSpace(text[begin:]))
}
