package slack

import (
	"fmt"
	"maps"
	"slices"
	"unicode/utf8"
)

// checker collects what is wrong, in the words and with the JSON pointers that
// Slack puts into response_metadata.messages.
type checker struct{ faults []string }

func (c *checker) fault(at, format string, args ...any) {
	c.faults = append(c.faults, fmt.Sprintf(format, args...)+" [json-pointer:"+at+"]")
}

// rule checks one value found at a JSON pointer.
type rule func(c *checker, at string, v any)

// field is a property of an object: what it must be, and whether it must be.
type field struct {
	rule rule
	need bool
}

// shape is the set of properties an object may have.
type shape map[string]field

func must(r rule) field { return field{rule: r, need: true} }
func may(r rule) field  { return field{rule: r} }

// with returns the shape with further properties.
func (s shape) with(more shape) shape {
	out := maps.Clone(s)
	maps.Copy(out, more)
	return out
}

// check reports missing, unknown and wrong properties, in a stable order. Only
// objects that are told apart by a type may have one.
func (s shape) check(c *checker, at string, o object, typed bool) {
	for _, name := range slices.Sorted(maps.Keys(s)) {
		if _, there := o[name]; s[name].need && !there {
			c.fault(at, "missing required field: %s", name)
		}
	}
	for _, name := range slices.Sorted(maps.Keys(o)) {
		f, known := s[name]
		switch {
		case name == "type" && typed:
		case !known:
			c.fault(at, "invalid additional property: %s", name)
		default:
			f.rule(c, at+"/"+name, o[name])
		}
	}
}

// of accepts an object of this shape, whatever its type says.
func of(s shape) rule {
	return func(c *checker, at string, v any) {
		o, ok := v.(object)
		if !ok {
			c.fault(at, "must be an object")
			return
		}
		s.check(c, at, o, false)
	}
}

// oneOf accepts an object whose type is a key of the table.
func oneOf(table map[string]shape) rule {
	return func(c *checker, at string, v any) {
		o, ok := v.(object)
		if !ok {
			c.fault(at, "must be an object")
			return
		}
		s, known := table[textOf(o, "type")]
		if !known {
			c.fault(at+"/type", "unsupported type: %s", textOf(o, "type"))
			return
		}
		s.check(c, at, o, true)
	}
}

// only narrows a table to some of its types.
func only(table map[string]shape, types ...string) rule {
	narrowed := map[string]shape{}
	for _, t := range types {
		narrowed[t] = table[t]
	}
	return oneOf(narrowed)
}

// text accepts a string of at least least and at most most characters.
func text(least, most int) rule {
	return func(c *checker, at string, v any) {
		s, ok := v.(string)
		n := utf8.RuneCountInString(s)
		switch {
		case !ok:
			c.fault(at, "must be a string")
		case n < least:
			c.fault(at, "must be more than %d characters", least-1)
		case n > most:
			c.fault(at, "must be less than %d characters", most+1)
		}
	}
}

func flag(c *checker, at string, v any) {
	if _, ok := v.(bool); !ok {
		c.fault(at, "must be a boolean")
	}
}

// number accepts a whole number within bounds.
func number(least, most float64) rule {
	return func(c *checker, at string, v any) {
		n, ok := v.(float64)
		if !ok || n != float64(int64(n)) || n < least || n > most {
			c.fault(at, "must be a valid number")
		}
	}
}

// word accepts one of a few strings.
func word(allowed ...string) rule {
	return func(c *checker, at string, v any) {
		if s, ok := v.(string); !ok || !slices.Contains(allowed, s) {
			c.fault(at, "must be a valid enum value")
		}
	}
}

// list accepts least to most items of one kind.
func list(least, most int, item rule) rule {
	return func(c *checker, at string, v any) {
		items, ok := v.([]any)
		switch {
		case !ok:
			c.fault(at, "must be an array")
			return
		case len(items) < least:
			c.fault(at, "no less than %d items allowed", least)
		case len(items) > most:
			c.fault(at, "no more than %d items allowed", most)
		}
		for i, v := range items {
			item(c, fmt.Sprintf("%s/%d", at, i), v)
		}
	}
}

// anything accepts whatever is there.
func anything(*checker, string, any) {}

// unique reports identifiers that occur twice among objects.
func unique(c *checker, at, field string, objects []object) {
	seen := map[string]bool{}
	for i, o := range objects {
		id := textOf(o, field)
		if id == "" {
			continue
		}
		if seen[id] {
			c.fault(fmt.Sprintf("%s/%d/%s", at, i, field), "`%s` %s already exists", field, id)
		}
		seen[id] = true
	}
}
