package chat

import "slices"

// HelpEntry explains one command.
type HelpEntry struct {
	Verb    Verb
	Usage   string
	Summary string
	// Examples are whole lines that can be copied and sent.
	Examples []string
}

// Shown are the examples that stand under a command: what takes no words of its
// own is its own example.
func (h HelpEntry) Shown() []string {
	if len(h.Examples) == 1 && h.Examples[0] == h.Usage {
		return nil
	}
	return h.Examples
}

// Help explains every command that this version carries out, in the order of
// the grammar.
func Help() []HelpEntry {
	var all []HelpEntry
	for _, row := range verbs {
		if row.built {
			all = append(all, row.help())
		}
	}
	return all
}

// HelpFor explains one command; false when this version does not carry it out.
func HelpFor(v Verb) (HelpEntry, bool) {
	for _, row := range verbs {
		if row.verb == v && row.built {
			return row.help(), true
		}
	}
	return HelpEntry{}, false
}

func (row verbRow) help() HelpEntry {
	return HelpEntry{Verb: row.verb, Usage: row.usage, Summary: row.summary, Examples: slices.Clone(row.examples)}
}
