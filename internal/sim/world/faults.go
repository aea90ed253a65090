package world

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
)

// Fault is one thing that is wrong with a file, and where.
type Fault struct {
	File         string
	Line, Column int // from 1
	Text         string
	Source       string // the line at fault
}

// Faults is the error of [Parse]: all that is wrong with a file, from its
// beginning to its end.
type Faults []Fault

// Error shows each fault with its line and a caret below the place.
func (fs Faults) Error() string {
	all := make([]string, len(fs))
	for i, f := range fs {
		all[i] = f.String()
	}
	return strings.Join(all, "\n")
}

// String is the fault as compilers tell theirs, so that editors find the place.
func (f Fault) String() string {
	at := fmt.Sprintf("%5d | ", f.Line)
	below := strings.Repeat(" ", len(at)-2) + "| "
	return fmt.Sprintf("%s:%d:%d: %s\n%s%s\n%s%s^", f.File, f.Line, f.Column, f.Text, at, f.Source, below, f.indent())
}

// indent is as wide as what stands before the fault: tabs stay tabs.
func (f Fault) indent() string {
	before := []rune(f.Source)
	before = before[:max(0, min(f.Column-1, len(before)))]
	for i, c := range before {
		if c != '\t' {
			before[i] = ' '
		}
	}
	return string(before)
}

func (fs Faults) sort() {
	slices.SortStableFunc(fs, func(a, b Fault) int {
		return cmp.Or(cmp.Compare(a.Line, b.Line), cmp.Compare(a.Column, b.Column))
	})
}
