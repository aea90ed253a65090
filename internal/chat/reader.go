package chat

import (
	"strings"

	"hoist/internal/pim"
)

// reader goes through the words of one line, keeps what it understands in cmd
// and the first part that it does not in fault. It never stops at a fault: what
// comes after it shall be in the form that the person gets.
type reader struct {
	lexed
	verbs []verbRow
	named int // how many words the verb takes
	next  int // index of the word to be read
	cmd   Command
	fault *fault
}

// fault is the first part that was not understood.
type fault struct {
	part    string
	problem Problem
}

// takeVerb reads the verb; without one the line is an elevation.
func (r *reader) takeVerb() verbRow {
	row, n := verbAt(r.verbs, r.words)
	r.named, r.next = n, n
	if r.unclosed >= 0 {
		r.failAt(r.unclosed, len(r.words), ProblemUnclosedQuote)
	}
	return row
}

// fail keeps the first fault only: people mend a line from left to right.
func (r *reader) fail(part string, p Problem) {
	if r.fault == nil {
		r.fault = &fault{part: part, problem: p}
	}
}

// failAt faults the words from index i up to, not including, j.
func (r *reader) failAt(i, j int, p Problem) { r.fail(r.span(i, j), p) }

// span is the text of some words as it stands in the line.
func (r *reader) span(i, j int) string { return r.line[r.words[i].start:r.words[j-1].end] }

// rest is the words that are not read yet.
func (r *reader) rest() []word { return r.words[r.next:] }

// keepReason puts the reason where the verb has its place for it.
func (r *reader) keepReason(row verbRow) {
	switch row.reason {
	case reasonOfAsk:
		r.cmd.Ask.Justification = r.reason
	case reasonOfThing:
		r.cmd.Reason = r.reason
	case noReason:
		if r.hasReason {
			r.fail(r.because.text, ProblemNotUnderstood)
		}
	}
}

// parseError carries the reason whatever the verb does with one.
func (r *reader) parseError() *ParseError {
	err := newParseError(r.cmd, r.fault.part, r.fault.problem)
	err.Ask.Justification = r.reason
	return err
}

// readNothing is for verbs that stand alone.
func (r *reader) readNothing() {
	if len(r.rest()) > 0 {
		r.failAt(r.next, len(r.words), ProblemNotUnderstood)
	}
	r.next = len(r.words)
}

// readRole reads a role and where, for verbs that take nothing else.
func (r *reader) readRole() { r.readNamedAsk(optionSet(0).with(optionScope)) }

// readNamedAsk is readAsk for verbs that have no form to fall back on.
func (r *reader) readNamedAsk(allowed optionSet) {
	r.readAsk(allowed)
	if r.cmd.Ask.Role == "" {
		r.failAt(0, r.named, ProblemRoleMissing)
	}
}

// readRequest reads the reference of one request.
func (r *reader) readRequest() {
	if len(r.rest()) == 0 {
		r.failAt(0, r.named, ProblemIDMissing)
		return
	}
	id, ok := readID(r.words[r.next].text)
	if !ok {
		r.failAt(r.next, r.next+1, ProblemID)
	}
	r.cmd.ID = id
	r.next++
	r.readNothing()
}

// readHistory reads whose history it is: "me", or a role with or without the
// word before it.
func (r *reader) readHistory() {
	rest := r.rest()
	switch {
	case len(rest) == 0:
	case rest[0].key == "me":
		r.cmd.Args = []string{"me"}
		r.next++
		r.readNothing()
	case rest[0].key == "role" && len(rest) > 1:
		r.next++
		r.readRole()
	case rest[0].key == "role":
		r.failAt(0, r.next+1, ProblemRoleMissing)
	default:
		r.readRole()
	}
}

// readTopic reads the verb that help is asked for.
func (r *reader) readTopic() {
	if len(r.rest()) == 0 {
		return
	}
	row, n := verbAt(r.verbs, r.rest())
	if n > 0 {
		r.cmd.Args = []string{string(row.verb)}
	}
	r.next += n
	r.readNothing()
}

// readID reads a reference as people copy and type it: in any letter case, with
// punctuation around it, with the look-alikes that Crockford's alphabet allows
// (https://www.crockford.com/base32.html). The "H-" may be missing when nothing
// else could be meant: seven letters might be a word, and a leading H might be
// the prefix of a reference that lost a character.
func readID(text string) (pim.ID, bool) {
	key := strings.Trim(foldWord(text), "\"'`*_~.,;:#()[]<>{}!?")
	body, dashed := strings.CutPrefix(key, "h-")
	if !dashed {
		switch {
		case !strings.ContainsAny(key, "0123456789"):
			return "", false
		case len(key) == idLength+1:
			body = strings.TrimPrefix(key, "h")
		case strings.HasPrefix(key, "h"):
			return "", false
		}
	}
	if len(body) != idLength {
		return "", false
	}
	id := strings.ToUpper(lookAlikes.Replace(body))
	if strings.Trim(id, crockford) != "" {
		return "", false
	}
	return pim.ID("H-" + id), true
}

// The shape of a pim.ID after its "H-".
const (
	idLength  = 7
	crockford = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
)

var lookAlikes = strings.NewReplacer("o", "0", "i", "1", "l", "1")
