package chat

import (
	"strings"

	"hoist/internal/pim"
)

// readWall reads a time of day at the start of words as an option of the given
// kind: "14:00", "2 pm", "tomorrow 09:00", "tomorrow at 9:00", "14:00
// tomorrow".
func readWall(words []word, kind optionKind) option {
	broken := func(n int, p Problem) option { return option{kind: optionBroken, words: n, problem: p} }
	n, day := 0, 0
	key := func() string {
		if n < len(words) {
			return words[n].key
		}
		return ""
	}
	if key() == "today" && timeAt(words[1:]) {
		return broken(2, ProblemToday)
	}
	if key() == "tomorrow" {
		n, day = 1, 1
		if key() == "at" {
			n = 2
		}
	}
	if _, length := amountAt(words[n:]); !timeAt(words[n:]) || day == 1 && length > 0 {
		if day == 0 {
			return option{}
		}
		return broken(n, ProblemDayAlone)
	}
	hour, minute, used, problem := clockAt(words[n:])
	n += used
	if problem != "" {
		return broken(n, problem)
	}
	switch {
	case key() == "today":
		return broken(n+1, ProblemToday)
	case key() == "tomorrow" && day == 0 && !clockFollows(words[n+1:]):
		// Else "tomorrow" begins the next option: "until 17:00 tomorrow 09:00".
		n, day = n+1, 1
	}
	return option{kind: kind, words: n, when: pim.When{Wall: &pim.Wall{Hour: hour, Minute: minute, Day: day}}}
}

// timeAt reports whether words begin with something meant as a time of day.
func timeAt(words []word) bool {
	if len(words) > 0 && words[0].key == "at" {
		words = words[1:]
	}
	if len(words) == 0 || words[0].key == "" {
		return false
	}
	first := rune(words[0].key[0])
	return asciiDigit(first) || first == '-' && len(words[0].key) > 1 && asciiDigit(rune(words[0].key[1]))
}

// clockFollows reports whether words go on with a good time of day.
func clockFollows(words []word) bool {
	if len(words) > 0 && words[0].key == "at" {
		words = words[1:]
	}
	if !timeAt(words) {
		return false
	}
	_, _, _, p := clockAt(words)
	return p == ""
}

// clockAt reads a time in one word, or in two when "am" or "pm" is the second.
func clockAt(words []word) (hour, minute, used int, p Problem) {
	if len(words) > 1 && !words[1].quoted {
		switch half := strings.ReplaceAll(words[1].key, ".", ""); half {
		case "am", "pm":
			if hour, minute, ok := readClock(words[0].key + half); ok {
				return hour, minute, 2, ""
			}
			return 0, 0, 2, ProblemClock
		}
	}
	hour, minute, ok := readClock(words[0].key)
	switch {
	case ok:
		return hour, minute, 1, ""
	case strings.Trim(words[0].key, "0123456789") == "":
		return 0, 0, 1, ProblemBareHour
	default:
		return 0, 0, 1, ProblemClock
	}
}

// readClock reads "14:00", "9:05", "2pm" and "2:30pm".
func readClock(key string) (hour, minute int, ok bool) {
	key = strings.ReplaceAll(key, ".", "")
	half := ""
	if h, is := strings.CutSuffix(key, "am"); is {
		key, half = h, "am"
	} else if h, is := strings.CutSuffix(key, "pm"); is {
		key, half = h, "pm"
	}
	h, m, colon := strings.Cut(key, ":")
	hour, ok = smallNumber(h, 1, 2)
	if !ok || !colon && half == "" {
		return 0, 0, false
	}
	if colon {
		if minute, ok = smallNumber(m, 2, 2); !ok || minute > 59 {
			return 0, 0, false
		}
	}
	if half == "" {
		return hour, minute, hour <= 23
	}
	if hour < 1 || hour > 12 {
		return 0, 0, false
	}
	hour %= 12
	if half == "pm" {
		hour += 12
	}
	return hour, minute, true
}

// smallNumber reads a number of least to most digits.
func smallNumber(s string, least, most int) (n int, ok bool) {
	if len(s) < least || len(s) > most {
		return 0, false
	}
	for _, d := range s {
		if !asciiDigit(d) {
			return 0, false
		}
		n = n*10 + int(d-'0')
	}
	return n, true
}

// clockProblem distinguishes a time without "at" from one that no clock shows.
func clockProblem(key string) Problem {
	if _, _, ok := readClock(key); ok {
		return ProblemBareClock
	}
	return ProblemClock
}
