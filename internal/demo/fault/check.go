package fault

import (
	"fmt"
	"strings"
)

// Violation is an invariant that a run broke. The numbers are those of
// docs: I1 one end, I2 one activation, I3 intent first, I4 truth, I5 agreement,
// I6 the right person, I7 no silence and no noise, I8 audit, I9 no secret, I10
// nothing left over.
type Violation struct {
	Invariant string
	What      string
}

func (v Violation) String() string { return v.Invariant + ": " + v.What }

// judge collects violations.
type judge struct {
	Evidence
	found []Violation
}

func (j *judge) broken(invariant, format string, args ...any) {
	j.found = append(j.found, Violation{invariant, fmt.Sprintf(format, args...)})
}

// Check judges a run whose story is over: every elevation has ended, all
// processes have, and days have passed.
func Check(e Evidence) []Violation {
	j := &judge{Evidence: e}
	j.cards()    // I1, I5
	j.notices()  // I7
	j.surplus()  // I1 and I7: one message too many for each fault
	j.truth()    // I4
	j.singles()  // I2
	j.intents()  // I3
	j.persons()  // I6
	j.audit()    // I8
	j.secrets()  // I9
	j.leftOver() // I10
	return j.found
}

// quote is a text on one line.
func quote(text string) string { return fmt.Sprintf("%q", strings.Join(strings.Fields(text), " ")) }
