package chat

import (
	"strings"

	"hoist/internal/pim"
)

// Command is a line of the grammar, understood but not judged: names are as
// typed, wall times wait for their zone.
type Command struct {
	Verb Verb
	// Ask is what elevate, extend and what-if ask for. Its Role and Scope also
	// carry the role that stop ends and the one that history is about.
	Ask pim.Ask
	// ID is the request that withdraw, approve and deny are about.
	ID pim.ID
	// Reason is what followed "because" after stop, withdraw, approve and deny.
	// The justification of a request is in Ask.
	Reason string
	// Args are the words of a closed set that a verb takes: "me" for history, a
	// verb for help.
	Args []string
}

// Parse reads a line as a platform delivers it: the text after the slash
// command, or the whole message. An empty line is an elevation with nothing
// asked yet.
//
// The error is a *[ParseError]. It names the first part that was not
// understood; the command that comes with it holds everything else, so that
// nobody types a reason twice.
func Parse(line string) (Command, error) {
	if len(line) > longestLine {
		cmd := Command{Verb: VerbElevate}
		return cmd, newParseError(cmd, cutRunes(line, shownPart), ProblemTooLong)
	}
	text := openLine(line)
	r := reader{lexed: lex(text), verbs: verbs}
	row := r.takeVerb()
	r.cmd.Verb = row.verb
	row.parse(&r)
	r.keepReason(row)
	if r.fault == nil {
		return r.cmd, nil
	}
	return r.cmd, r.parseError()
}

// String writes the command as a line that [Parse] reads back to the same
// command. It is how a command is shown for copying.
func (c Command) String() string {
	var words []string
	if c.Verb != VerbElevate {
		words = append(words, string(c.Verb))
	}
	if c.ID != "" {
		words = append(words, string(c.ID))
	}
	words = append(words, c.Args...)
	if c.Verb == VerbHistory && c.Ask.Role != "" {
		words = append(words, "role")
	}
	words = append(words, askWords(c.Ask)...)
	if why := c.Reason + c.Ask.Justification; why != "" {
		words = append(words, "because", why)
	}
	return encodeEntities(strings.Join(words, " "))
}

// askWords writes a duration before the start and an end behind it, because
// "in 2h 30m" and "until 17:00 tomorrow" would run together.
func askWords(a pim.Ask) []string {
	var words []string
	add := func(w ...string) { words = append(words, w...) }
	if a.Role != "" {
		add(quoteName(a.Role))
	}
	if a.Scope != "" {
		add("on", quoteName(a.Scope))
	}
	if a.Duration != 0 {
		add(pim.FormatDuration(a.Duration))
	}
	if a.Start != nil {
		add(startWords(*a.Start))
	}
	if a.Until != nil {
		add("until", a.Until.String())
	}
	if a.Ticket.Number != "" {
		add("ticket", quoteTicket(a.Ticket.Number))
	}
	return words
}

func startWords(w pim.When) string {
	if w.Wall != nil && w.Wall.Day == 0 {
		return "at " + w.String()
	}
	return w.String()
}

// quoteName puts quotes around a name unless it is made of plain words that
// mean nothing else in the grammar. A quote inside a quoted name is written
// twice.
func quoteName(name string) string {
	if plainName(name) {
		return name
	}
	return quoteVerbatim(name)
}

func plainName(name string) bool {
	for w := range strings.SplitSeq(name, " ") {
		if !asciiLetters(w) || optionWord(w) || strings.EqualFold(w, "role") || strings.EqualFold(w, "me") {
			return false
		}
	}
	_, n := verbAt(verbs, lex(name).words)
	return n == 0
}

func quoteTicket(number string) string {
	for _, r := range number {
		if r != '-' && !asciiLetter(r) && !asciiDigit(r) {
			return quoteVerbatim(number)
		}
	}
	if !strings.ContainsAny(number, "0123456789") {
		return quoteVerbatim(number)
	}
	return number
}

func quoteVerbatim(s string) string {
	var b strings.Builder
	b.WriteByte('"')
	for _, r := range s {
		if doubleQuote(r) {
			b.WriteRune(r)
		}
		b.WriteRune(r)
	}
	b.WriteByte('"')
	return b.String()
}

func asciiLetters(w string) bool {
	for _, r := range w {
		if !asciiLetter(r) {
			return false
		}
	}
	return w != ""
}

func asciiLetter(r rune) bool { return 'a' <= r && r <= 'z' || 'A' <= r && r <= 'Z' }

func asciiDigit(r rune) bool { return '0' <= r && r <= '9' }
