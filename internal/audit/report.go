package audit

import (
	"errors"
	"fmt"
	"slices"
)

// Report is what a file of lines shows.
type Report struct {
	// Records is how many lines, each counted once, tell of something done; Void
	// is how many of them were taken back.
	Records, Void int
	// Chains are in the order in which they begin in the file.
	Chains []Chain
	// Findings are in the order of the file.
	Findings []Finding

	hashes map[string]bool // of every whole line
}

// Chain is the part of one process's chain that is in the file.
type Chain struct {
	ID          string
	First, Last int64 // the numbers of its lines
	// Prev is the hash that its first line continues from, Hash that of its last
	// line: note it elsewhere to prove later that nothing was cut off.
	Prev, Hash string
	// Elsewhere says that what Prev names is in an earlier file.
	Elsewhere bool
	// Ended says that the chain was closed or went on in another file. One that
	// was not is still being written, or was killed, or has lost its newest
	// lines.
	Ended bool
}

// Verdict sorts findings.
type Verdict string

// The verdicts.
const (
	Torn     Verdict = "torn"     // what a kill or a full disk leaves; no record is missing
	Tampered Verdict = "tampered" // what only a change to the file can leave
)

// Finding is something that is not as it was written.
type Finding struct {
	Line    int // counted from 1
	Verdict Verdict
	Chain   string // empty when the line does not say
	Seq     int64
	What    string
}

func (f Finding) String() string {
	s := fmt.Sprintf("line %d: %s: %s", f.Line, f.Verdict, f.What)
	if f.Chain != "" {
		s += fmt.Sprintf(" (%d of %s)", f.Seq, f.Chain)
	}
	return s
}

// Intact reports whether nothing was tampered with, as far as one file can show.
func (r Report) Intact() bool {
	return !slices.ContainsFunc(r.Findings, func(f Finding) bool { return f.Verdict == Tampered })
}

// Has reports whether a whole line with this hash is in the file: one that was
// noted elsewhere must be.
func (r Report) Has(hash string) bool { return r.hashes[hash] }

// Follows reports whether this file continues an earlier one without a line
// missing between them: every chain goes on where it stopped, and a new one
// names a line of the earlier file.
func (r Report) Follows(earlier Report) error {
	var faults []error
	linked := false
	for _, c := range r.Chains {
		if !c.Elsewhere {
			continue
		}
		linked = true
		switch i := slices.IndexFunc(earlier.Chains, func(e Chain) bool { return e.ID == c.ID }); {
		case c.First == 1 && !earlier.Has(c.Prev):
			faults = append(faults, fmt.Errorf("chain %s continues a line that the earlier file lacks", c.ID))
		case c.First == 1:
		case i < 0:
			faults = append(faults, fmt.Errorf("chain %s is not in the earlier file", c.ID))
		case earlier.Chains[i].Last != c.First-1 || earlier.Chains[i].Hash != c.Prev:
			faults = append(faults, fmt.Errorf("chain %s goes on at %d, but ends at %d in the earlier file", c.ID, c.First, earlier.Chains[i].Last))
		}
	}
	if !linked {
		faults = append(faults, errors.New("no chain continues the earlier file"))
	}
	return errors.Join(faults...)
}
