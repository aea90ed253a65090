package world

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
)

// kind says what a name stands for, in the words of the messages.
type kind string

const (
	person  kind = "person"
	group   kind = "group"
	unit    kind = "administrative unit"
	role    kind = "role"
	app     kind = "app"
	member  kind = "person in Slack"
	channel kind = "channel"
)

// named is one thing that has a name in the file.
type named struct {
	kind  kind
	label string // how people write it
	id    string
	line  int // zero for what needs no line in the file
}

// names are called by anything that is unmistakable: a name, a user principal
// name, an id; whatever the case.
type names struct {
	by  map[string]named
	all []named
}

// add makes a thing known. What is called as another is refused.
func (x *names) add(n named, also ...string) error {
	if x.by == nil {
		x.by = map[string]named{}
	}
	calls := slices.DeleteFunc(append([]string{n.label}, also...), func(s string) bool { return s == "" })
	for _, call := range calls {
		if other, taken := x.by[strings.ToLower(call)]; taken {
			return fmt.Errorf("%q is already %s", call, other.where())
		}
	}
	for _, call := range calls {
		x.by[strings.ToLower(call)] = n
	}
	x.all = append(x.all, n)
	return nil
}

// alias gives a thing another name, which must be free.
func (x *names) alias(call, label string) { x.by[strings.ToLower(call)] = x.by[strings.ToLower(label)] }

func (n named) where() string {
	switch {
	case n.kind == member && n.line == 0:
		return "the bot user"
	case n.line == 0:
		return fmt.Sprintf("the name of a built-in %s", n.kind)
	}
	return fmt.Sprintf("the %s of line %d", n.kind, n.line)
}

// id finds things of some kinds; its error says which there are.
func (x *names) id(kinds ...kind) func(string) (string, error) {
	return func(call string) (string, error) {
		n, ok := x.by[strings.ToLower(call)]
		if ok && slices.Contains(kinds, n.kind) {
			return n.id, nil
		}
		var labels []string
		for _, n := range x.all {
			if slices.Contains(kinds, n.kind) {
				labels = append(labels, n.label)
			}
		}
		wanted := either(kinds)
		if len(labels) == 0 {
			return "", fmt.Errorf("there is no %s %q, and none in this file at all", wanted, call)
		}
		return "", fmt.Errorf("there is no %s %q%s; there are %s", wanted, call, didYouMean(call, labels), enumerate(labels))
	}
}

func either[S ~string](words []S) string {
	all := make([]string, len(words))
	for i, w := range words {
		all[i] = string(w)
	}
	return strings.Join(all, " or ")
}

// enumerate keeps a message readable in a tenant with many people.
func enumerate(labels []string) string {
	const most = 15
	if more := len(labels) - most; more > 0 {
		return fmt.Sprintf("%s and %d more", strings.Join(labels[:most], ", "), more)
	}
	return strings.Join(labels, ", ")
}

// didYouMean offers the nearest of the words that exist, if one is near.
func didYouMean(word string, known []string) string {
	word = strings.ToLower(word)
	if len(word) > 100 || len(known) == 0 {
		return ""
	}
	far := func(k string) int { return distance(word, strings.ToLower(k)) }
	nearest := slices.MinFunc(known, func(a, b string) int { return cmp.Compare(far(a), far(b)) })
	if far(nearest) > max(1, len(word)/4) {
		return ""
	}
	return fmt.Sprintf(" (did you mean %q?)", nearest)
}

// distance counts the letters to insert, delete, replace or swap.
func distance(from, to string) int {
	a, b := []rune(from), []rune(to)
	rows := make([][]int, len(a)+1)
	for i := range rows {
		rows[i] = make([]int, len(b)+1)
		rows[i][0] = i
	}
	for j := range b {
		rows[0][j+1] = j + 1
	}
	for i := range a {
		for j := range b {
			differs := 1
			if a[i] == b[j] {
				differs = 0
			}
			best := min(rows[i][j+1]+1, rows[i+1][j]+1, rows[i][j]+differs)
			if i > 0 && j > 0 && a[i] == b[j-1] && a[i-1] == b[j] {
				best = min(best, rows[i-1][j-1]+1)
			}
			rows[i+1][j+1] = best
		}
	}
	return rows[len(a)][len(b)]
}
