package fault

import (
	"bytes"
	"regexp"
	"slices"
	"strings"

	"hoist/internal/audit"
	"hoist/internal/pim"
)

// This file judges the audit log, the store and what must not be in either: I8,
// I9 and I10.

// audit: the chains verify, every state was recorded before it could be seen,
// and the records lead without a gap to where the elevation is.
func (j *judge) audit() {
	for name, text := range j.Audit {
		j.chain(name, text)
	}
	log := entries(j.Audit)
	for _, r := range j.Records {
		if !leadsTo(log, r) {
			j.broken("I8", "the audit log does not lead to %s of %s", r.State, r.ID)
		}
	}
	for _, s := range j.Shown {
		claim, _ := Read(s.Text)
		if states := statesOf(claim); !s.Gone && s.Elevation != "" && len(states) > 0 && !slices.ContainsFunc(log, func(e entry) bool {
			return e.Record.Elevation == s.Elevation && slices.Contains(states, e.Record.To) && !e.At.After(s.At)
		}) {
			j.broken("I8", "%s was shown as %s before any record of it", s.Elevation, claim)
		}
	}
}

// chain verifies one process's file. A process that was killed may leave half a
// line at the end, and no end of its chain.
func (j *judge) chain(name string, text []byte) {
	report, err := audit.Verify(bytes.NewReader(text))
	if err != nil {
		j.broken("I8", "%s: %v", name, err)
		return
	}
	died := slices.Contains(j.Unended, name)
	for _, f := range report.Findings {
		if f.Verdict != audit.Torn || !died {
			j.broken("I8", "%s: %s", name, f)
		}
	}
	for _, c := range report.Chains {
		if !c.Ended && !died {
			j.broken("I8", "%s: chain %s has no end", name, c.ID)
		}
	}
}

// leadsTo reports whether records of rising revision lead from the beginning to
// the state. A record whose change was never written, because its process died
// or lost a race, stands beside the way.
func leadsTo(log []entry, r pim.Elevation) bool {
	reached := map[pim.State]int64{pim.Requested: 0}
	own := slices.DeleteFunc(slices.Clone(log), func(e entry) bool { return e.Record.Elevation != r.ID || e.Record.From == e.Record.To })
	slices.SortStableFunc(own, func(a, b entry) int { return int(a.Record.Revision - b.Record.Revision) })
	for _, e := range own {
		if at, ok := reached[e.Record.From]; ok && at < e.Record.Revision {
			if _, known := reached[e.Record.To]; !known {
				reached[e.Record.To] = e.Record.Revision
			}
		}
	}
	_, ok := reached[r.State]
	return ok
}

// statesOf are the states that a claim may speak of.
func statesOf(c Claim) []pim.State {
	if c == Over {
		return []pim.State{pim.Expired, pim.EndedEarly}
	}
	var all []pim.State
	for state, claim := range claims {
		if claim == c && c != NotGranted {
			all = append(all, state)
		}
	}
	return all
}

// token is the shape of every token that Microsoft signs.
var token = regexp.MustCompile(`eyJ[A-Za-z0-9_-]{8,}\.eyJ[A-Za-z0-9_-]{8,}`)

// secrets: neither store nor log holds a secret.
func (j *judge) secrets() {
	for where, text := range j.Texts {
		if token.MatchString(text) {
			j.broken("I9", "%s holds a token", where)
		}
		for i, s := range j.Secrets {
			if s != "" && strings.Contains(text, s) {
				j.broken("I9", "%s holds secret %d", where, i)
			}
		}
	}
}

// leftOver: nothing is owed, every card is current, nothing is due for ever.
func (j *judge) leftOver() {
	for _, r := range j.Records {
		for _, o := range r.Owed {
			j.broken("I10", "%s still owes %q to %s", r.ID, o.Occasion, placeOf(o.Place))
		}
		for _, p := range r.Posts {
			if p.Shown < r.View {
				j.broken("I10", "%s: the card in %s is behind", r.ID, placeOf(p.Place))
			}
		}
	}
	for _, id := range j.Due {
		j.broken("I10", "%s is due for ever", id)
	}
}
