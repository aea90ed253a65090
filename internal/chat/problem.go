package chat

import (
	"fmt"

	"hoist/internal/pim"
)

// Problem says what is wrong with a part of a line.
type Problem string

// The problems of a line.
const (
	ProblemNotUnderstood Problem = "notUnderstood" // words that belong to nothing
	ProblemTooLong       Problem = "tooLong"       // the line, in bytes
	ProblemUnclosedQuote Problem = "unclosedQuote"
	ProblemEmptyQuotes   Problem = "emptyQuotes"
	ProblemRoleMissing   Problem = "roleMissing"
	ProblemScopeMissing  Problem = "scopeMissing" // nothing after "on"
	ProblemIDMissing     Problem = "idMissing"
	ProblemID            Problem = "id"
	ProblemTwice         Problem = "twice"    // the same option again
	ProblemTwoEnds       Problem = "twoEnds"  // a duration and an end
	ProblemNotHere       Problem = "notHere"  // an option that the verb does not take
	ProblemDuration      Problem = "duration" // looks like one, is none
	ProblemBareNumber    Problem = "bareNumber"
	ProblemNotPositive   Problem = "notPositive"
	ProblemSeconds       Problem = "seconds" // not a whole number of minutes
	ProblemTooLongTime   Problem = "tooLongTime"
	ProblemClock         Problem = "clock" // looks like a time of day, is none
	ProblemBareHour      Problem = "bareHour"
	ProblemBareClock     Problem = "bareClock" // a time without "at" or "until"
	ProblemDayAlone      Problem = "dayAlone"  // "tomorrow" without a time
	ProblemToday         Problem = "today"
	ProblemTicket        Problem = "ticket"
)

// shownPart is how many characters of a part an error text repeats.
const shownPart = 80

// ParseError says which part of a line was not understood.
type ParseError struct {
	// Verb is the command that the line began with; [HelpFor] explains it.
	Verb Verb
	// Part is the text that was not understood, exactly as in the line after its
	// character references were decoded. It is what a person typed: escape it.
	Part    string
	Problem Problem
	// Hint is one or two whole sentences: what is wrong, and what to type.
	Hint string
	// Ask is everything else that was understood, with the whole reason, so that
	// a form can be filled with it. After verbs that ask for no elevation it
	// carries the reason alone.
	Ask pim.Ask
}

func newParseError(cmd Command, part string, p Problem) *ParseError {
	return &ParseError{Verb: cmd.Verb, Part: part, Problem: p, Hint: hints[p], Ask: cmd.Ask}
}

// Error is for logs and tests; people get the part and the hint.
func (e *ParseError) Error() string {
	return fmt.Sprintf("%q is not understood: %s", cutRunes(e.Part, shownPart), e.Hint)
}

// hints is every text about a line that cannot be read.
var hints = map[Problem]string{
	ProblemNotUnderstood: `It is no option that I know. Put the name of a role in "quotes" if it belongs to the name.`,
	ProblemTooLong:       "The line is longer than 16 KB and was not read. Please shorten the reason.",
	ProblemUnclosedQuote: `The quote is not closed. Please write the name as "User Administrator".`,
	ProblemEmptyQuotes:   "There is nothing between the quotes.",
	ProblemRoleMissing:   "Please name the role behind it.",
	ProblemScopeMissing:  `Please name where: on "Finance unit".`,
	ProblemIDMissing:     "Please name the request behind it: H-7K3F9QX.",
	ProblemID:            "That is no reference of a request. References look like H-7K3F9QX.",
	ProblemTwice:         "That was said before in the same line. Please say it once.",
	ProblemTwoEnds:       "Please give either a duration or an end, not both.",
	ProblemNotHere:       `That cannot be used with this command. Put the name of a role in "quotes" if it belongs to the name.`,
	ProblemDuration:      `That is no duration. Write 2h, 90m or 1h30m; put the name of a role in "quotes" if it belongs to the name.`,
	ProblemBareNumber:    `Hours or minutes? Write 2h or 2m; put the name of a role in "quotes" if the number belongs to it.`,
	ProblemNotPositive:   "A duration must be longer than nothing. Write 2h or 90m.",
	ProblemSeconds:       "PIM counts whole minutes. Write 2h or 90m.",
	ProblemTooLongTime:   "That is more than 30 days. Write 2h or 90m.",
	ProblemClock:         "That is no time of day. Write 14:00 or 2pm.",
	ProblemBareHour:      "Morning or afternoon? Write 14:00 or 2pm.",
	ProblemBareClock:     "Start or end? Write “at” or “until” before it.",
	ProblemDayAlone:      "At what time? Write tomorrow 09:00.",
	ProblemTicket:        `A ticket has a digit in its number, or stands in quotes: ticket INC-42, ticket "my ticket".`,
	ProblemToday:         "Please leave out “today”: a time without a day is the next time the clock shows it.",
}
