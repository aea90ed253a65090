package chat

import (
	"cmp"
	"strings"
)

// askReader collects an ask from words in any order. Words that are no option
// are the role, or the scope after "on"; each is one run of neighbours, so that
// a stray word is noticed rather than added to a name.
type askReader struct {
	*reader
	allowed     optionSet
	role, scope nameRun
	open        *nameRun // the run that a further word would continue
	seen        optionSet
}

// nameRun is a name under construction.
type nameRun struct {
	words  []string
	quoted bool
	// doubt: the last word is a number, perhaps a duration without its unit.
	doubt bool
}

// readAsk reads role and options up to the end of the line.
func (r *reader) readAsk(allowed optionSet) {
	a := askReader{reader: r, allowed: allowed}
	for r.next < len(r.words) {
		o := readOption(r.rest())
		switch {
		case o.kind == noOption:
			a.takeName()
		case o.kind == optionNumber:
			a.takeNumber()
		case o.kind == optionScope && allowed.has(optionScope):
			a.takeScope()
		default:
			a.takeOption(o)
		}
	}
	a.settleDoubt()
	r.cmd.Ask.Role = a.role.name()
	r.cmd.Ask.Scope = a.scope.name()
}

// takeName adds a word or a quoted name to the name it belongs to. What belongs
// to none is a fault, up to the next option.
func (a *askReader) takeName() {
	w := a.words[a.next]
	if w.quoted && w.text == "" {
		a.failAt(a.next, a.next+1, ProblemEmptyQuotes)
		a.next++
		return
	}
	switch {
	case a.open != nil && !a.open.quoted && !w.quoted:
		a.open.words, a.open.doubt = append(a.open.words, w.text), false
	case len(a.role.words) == 0:
		a.role = nameRun{words: []string{w.text}, quoted: w.quoted}
		a.open = &a.role
	default:
		a.takeStray()
		return
	}
	a.next++
}

// strayKeywords says what is wrong when a keyword leads nowhere and can be no
// part of a name either.
var strayKeywords = map[string]Problem{
	"at": ProblemClock, "in": ProblemDuration, "for": ProblemDuration, "ticket": ProblemTicket, "ticket:": ProblemTicket,
}

// takeStray faults the words that belong to nothing.
func (a *askReader) takeStray() {
	from := a.next
	for a.next++; a.next < len(a.words) && readOption(a.rest()).kind == noOption; a.next++ {
	}
	a.open = nil
	a.failAt(from, a.next, cmp.Or(strayKeywords[a.words[from].key], ProblemNotUnderstood))
}

// takeNumber reads a number without a unit. It is part of a name when the name
// goes on behind it ("Windows 365 Administrator") or when the line has its
// duration elsewhere; else it is asked back.
func (a *askReader) takeNumber() {
	w := a.words[a.next]
	if a.open == nil || a.open.quoted {
		a.failAt(a.next, a.next+1, ProblemBareNumber)
		a.next++
		return
	}
	a.open.words, a.open.doubt = append(a.open.words, w.text), false
	a.next++
	if a.next == len(a.words) || a.words[a.next].quoted || readOption(a.rest()).kind != noOption {
		a.open.doubt = true
	}
}

// settleDoubt asks back for a number that ended a name when the line has no
// other duration.
func (a *askReader) settleDoubt() {
	if a.fault != nil || !a.allowed.has(optionDuration) || a.seen.has(optionDuration) || a.seen.has(optionUntil) {
		return
	}
	for _, run := range []*nameRun{&a.role, &a.scope} {
		if run.doubt {
			last := len(run.words) - 1
			a.fail(run.words[last], ProblemBareNumber)
			run.words = run.words[:last]
			return
		}
	}
}

// takeScope reads the name after "on": a quoted one, or the words up to the
// next option. Its first word may look like a number, since ids are names too.
func (a *askReader) takeScope() {
	on := a.next
	a.open = nil
	a.next++
	twice := a.seen.has(optionScope)
	a.seen = a.seen.with(optionScope)
	if a.next == len(a.words) || !a.words[a.next].quoted && !mayName(readOption(a.rest())) {
		a.failAt(on, on+1, ProblemScopeMissing)
		return
	}
	w := a.words[a.next]
	a.next++
	switch {
	case twice:
		a.failAt(on, a.next, ProblemTwice)
	case w.text == "":
		a.failAt(on, a.next, ProblemEmptyQuotes)
	default:
		a.scope = nameRun{words: []string{w.text}, quoted: w.quoted}
		a.open = &a.scope
	}
}

func mayName(o option) bool {
	return o.kind == noOption || o.kind == optionNumber || o.kind == optionBroken && o.problem == ProblemDuration
}

// takeOption keeps what an option says, once.
func (a *askReader) takeOption(o option) {
	from := a.next
	a.next += o.words
	a.open = nil
	if bad := a.objection(o); bad != "" {
		a.failAt(from, a.next, bad)
		return
	}
	a.seen = a.seen.with(o.kind)
	ask := &a.cmd.Ask
	switch o.kind {
	case optionDuration:
		ask.Duration = o.duration
	case optionUntil:
		ask.Until = &o.when
	case optionStart:
		ask.Start = &o.when
	case optionTicket:
		ask.Ticket.Number = o.text
	default: // the rest was objected to, or is no option
	}
}

// objection says what is wrong with an option at this place, "" if nothing.
func (a *askReader) objection(o option) Problem {
	switch {
	case o.kind == optionBroken:
		return o.problem
	case !a.allowed.has(o.kind):
		return ProblemNotHere
	case a.seen.has(o.kind):
		return ProblemTwice
	case o.kind == optionDuration && a.seen.has(optionUntil), o.kind == optionUntil && a.seen.has(optionDuration):
		return ProblemTwoEnds
	}
	return ""
}

// name is the finished name, without the comma that may end it.
func (n nameRun) name() string {
	name := strings.Join(n.words, " ")
	if n.quoted {
		return name
	}
	return cmp.Or(trimComma(name), name)
}
