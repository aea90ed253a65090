package slack

import (
	"regexp"
	"strings"
)

// object is decoded JSON. Block Kit is kept in this form on purpose: the
// simulator must hold, check and echo whatever an app sends, not only what a
// set of Go types happens to know.
type object = map[string]any

// textOf returns a string field, empty when it is not a string.
func textOf(o object, field string) string {
	s, _ := o[field].(string)
	return s
}

func flagOf(o object, field string) bool {
	b, _ := o[field].(bool)
	return b
}

func objectOf(o object, field string) object {
	v, _ := o[field].(object)
	return v
}

func asList(v any) []any {
	l, _ := v.([]any)
	return l
}

// asObjects returns a JSON list of objects.
func asObjects(v any) ([]object, bool) {
	list, ok := v.([]any)
	if !ok {
		return nil, false
	}
	out := make([]object, 0, len(list))
	for _, item := range list {
		o, isObject := item.(object)
		if !isObject {
			return nil, false
		}
		out = append(out, o)
	}
	return out, true
}

// listOf returns a list field whose items are objects; others are dropped.
func listOf(o object, field string) []object {
	var out []object
	for _, item := range asList(o[field]) {
		if child, ok := item.(object); ok {
			out = append(out, child)
		}
	}
	return out
}

// walk calls visit for o and every object inside it.
func walk(o object, visit func(object)) {
	visit(o)
	for _, v := range o {
		walkValue(v, visit)
	}
}

func walkValue(v any, visit func(object)) {
	switch v := v.(type) {
	case object:
		walk(v, visit)
	case []any:
		for _, item := range v {
			walkValue(item, visit)
		}
	}
}

// escapeText and unescapeText are Slack's three entities.
var (
	escapeText   = strings.NewReplacer("&", "&amp;", "<", "&lt;", ">", "&gt;")
	unescapeText = strings.NewReplacer("&amp;", "&", "&lt;", "<", "&gt;", ">")
)

var ampersand = regexp.MustCompile(`&(amp;|lt;|gt;)?`)

// echoed is mrkdwn as Slack returns it: a bare ampersand has become an entity.
func echoed(mrkdwn string) string {
	return ampersand.ReplaceAllStringFunc(mrkdwn, func(m string) string {
		if m == "&" {
			return "&amp;"
		}
		return m
	})
}
