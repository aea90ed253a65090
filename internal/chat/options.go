package chat

import (
	"strings"
	"time"

	"hoist/internal/pim"
)

// optionKind is what one or more words mean besides being part of a name.
type optionKind int

const (
	noOption       optionKind = iota
	optionDuration            // 2h
	optionUntil               // until 17:00
	optionStart               // at 14:00, in 30m, tomorrow 09:00
	optionScope               // on; the name follows
	optionTicket              // ticket INC-42
	optionNumber              // 2: a duration without its unit, or part of a name
	optionBroken              // meant as an option, and wrong
)

// option is what the words at one place of a line say.
type option struct {
	kind     optionKind
	words    int // how many words it takes
	duration time.Duration
	when     pim.When
	text     string
	problem  Problem // of optionBroken
}

// optionSet is a set of kinds.
type optionSet uint

const anyOption = optionSet(1<<optionDuration | 1<<optionUntil | 1<<optionStart | 1<<optionScope | 1<<optionTicket)

func (s optionSet) with(k optionKind) optionSet    { return s | 1<<k }
func (s optionSet) without(k optionKind) optionSet { return s &^ (1 << k) }
func (s optionSet) has(k optionKind) bool          { return s&(1<<k) != 0 }

// readOption says what words begin with. A keyword that nothing fitting follows
// is no option: there is a "Skype for Business Administrator".
func readOption(words []word) option {
	if words[0].quoted {
		return option{}
	}
	after := words[1:]
	switch words[0].key {
	case "on":
		return option{kind: optionScope, words: 1}
	case "ticket", "ticket:":
		return readTicket(after)
	case "for":
		return readDuration(after).behind(1)
	case "in":
		return readDuration(after).asStart().behind(1)
	case "at":
		return readWall(after, optionStart).behind(1)
	case "until":
		return readUntil(after)
	case "tomorrow", "today":
		return readWall(words, optionStart)
	}
	if head, number, ok := cutColon(words[0].text); ok && foldWord(head) == "ticket" {
		if number = trimComma(tidyName(number)); number != "" {
			return option{kind: optionTicket, words: 1, text: number}
		}
	}
	return readDuration(words)
}

// behind adds the words of a keyword in front of what was read. What is no
// option stays none.
func (o option) behind(words int) option {
	if o.kind == noOption {
		return option{}
	}
	if o.kind == optionNumber {
		o = option{kind: optionBroken, words: o.words, problem: ProblemBareNumber}
	}
	o.words += words
	return o
}

// asStart reads a length of time as one to wait.
func (o option) asStart() option {
	if o.kind == optionDuration {
		return option{kind: optionStart, words: o.words, when: pim.When{After: o.duration}}
	}
	return o
}

// readUntil reads an end. Unlike the other keywords "until" is part of no name,
// so that an end which cannot be read is said rather than looked up as a role.
func readUntil(after []word) option {
	o := readWall(after, optionUntil)
	if o.kind == noOption {
		o = option{kind: optionBroken, problem: ProblemClock}
		if len(after) > 0 && !after[0].quoted && !optionWord(after[0].key) {
			o.words = 1
		}
	}
	return o.behind(1)
}

// readTicket reads the number after "ticket". One without a digit must be
// quoted, because "ticket" can be a word of a role's name.
func readTicket(after []word) option {
	if len(after) == 0 || !after[0].quoted && !strings.ContainsAny(after[0].key, "0123456789") {
		return option{}
	}
	text := after[0].text
	if !after[0].quoted {
		text = trimComma(text)
	}
	if text == "" {
		return option{}
	}
	return option{kind: optionTicket, words: 2, text: text}
}

// optionWord reports whether a word may begin an option, or continue one.
func optionWord(w string) bool {
	switch key := foldWord(w); key {
	case "on", "ticket", "for", "in", "at", "until", "tomorrow", "today", "because", "reason", "half", "an", "one", "am", "pm":
		return true
	default:
		_, unit := units[key]
		return unit
	}
}

// trimComma takes off the comma that people put behind an option or a name.
func trimComma(s string) string {
	return strings.TrimRightFunc(s, func(r rune) bool { return r == ',' || r == ';' || blank(r) })
}
