package chat

import (
	"strings"
	"time"
)

// longestTime is the longest duration and the longest wait that is not taken
// for a slip of the finger. Policies allow far less.
const longestTime = 30 * 24 * time.Hour

// units are the units that people write. Seconds are known in order to be
// refused by name.
var units = map[string]time.Duration{
	"d": 24 * time.Hour, "day": 24 * time.Hour, "days": 24 * time.Hour,
	"h": time.Hour, "hr": time.Hour, "hrs": time.Hour, "hour": time.Hour, "hours": time.Hour,
	"m": time.Minute, "min": time.Minute, "mins": time.Minute, "minute": time.Minute, "minutes": time.Minute,
	"s": time.Second, "sec": time.Second, "secs": time.Second, "second": time.Second, "seconds": time.Second,
}

// readDuration reads a length of time at the start of words: "2h", "1h 30m",
// "2 hours", "an hour", "PT2H".
func readDuration(words []word) option {
	if len(words) == 0 || words[0].quoted {
		return option{}
	}
	if o := spokenHour(words); o.kind != noOption {
		return o
	}
	var all amount
	n := 0
	for n < len(words) {
		next, used := amountAt(words[n:])
		if used == 0 || n > 0 && next.first >= all.last {
			break
		}
		all = all.plus(next)
		n += used
	}
	if n == 0 {
		return notAnAmount(words[0].key)
	}
	if p := all.problem(); p != "" {
		return option{kind: optionBroken, words: n, problem: p}
	}
	return option{kind: optionDuration, words: n, duration: all.total}
}

// spokenHour reads the lengths that people write in words.
func spokenHour(words []word) option {
	at := func(i int) string {
		if i < len(words) {
			return words[i].key
		}
		return ""
	}
	switch {
	case (at(0) == "an" || at(0) == "one") && at(1) == "hour":
		return option{kind: optionDuration, words: 2, duration: time.Hour}
	case at(0) == "half" && at(1) == "an" && at(2) == "hour":
		return option{kind: optionDuration, words: 3, duration: 30 * time.Minute}
	}
	return option{}
}

// notAnAmount tells a bare number and a mistyped duration from a word.
func notAnAmount(key string) option {
	digits := strings.TrimLeft(key, "+-~.,")
	switch {
	case key != "" && strings.Trim(key, "0123456789") == "":
		return option{kind: optionNumber, words: 1}
	case strings.Contains(key, ":") && digits != "" && asciiDigit(rune(digits[0])):
		return option{kind: optionBroken, words: 1, problem: clockProblem(key)}
	case digits != "" && asciiDigit(rune(digits[0])), likeISO(key):
		return option{kind: optionBroken, words: 1, problem: ProblemDuration}
	}
	return option{}
}

// likeISO reports whether a word was meant as an ISO 8601 duration: PT30, or
// P1M, whose month has no fixed length. "P2" alone may be part of a name.
func likeISO(key string) bool {
	rest, ok := strings.CutPrefix(key, "pt")
	if ok {
		return rest != "" && asciiDigit(rune(rest[0]))
	}
	rest, ok = strings.CutPrefix(key, "p")
	unit := strings.TrimLeft(rest, "0123456789")
	return ok && unit != rest && (unit == "y" || unit == "m" || unit == "w")
}

// amount is a length of time with what is needed to judge how it was written.
type amount struct {
	total       time.Duration
	first, last time.Duration // its largest and its smallest unit
	negative    bool
	seconds     bool // says seconds, or comes to a part of a minute
}

func (a amount) plus(b amount) amount {
	if a.first == 0 {
		return b
	}
	a.total = min(a.total+b.total, tooLong)
	a.last = b.last
	a.negative = a.negative || b.negative
	a.seconds = a.seconds || b.seconds
	return a
}

func (a amount) problem() Problem {
	switch {
	case a.negative || a.total == 0:
		return ProblemNotPositive
	case a.total > longestTime:
		return ProblemTooLongTime
	case a.seconds:
		return ProblemSeconds
	}
	return ""
}

// tooLong stands for every amount above the longest, so that sums cannot
// overflow.
const tooLong = longestTime + time.Minute

// amountAt reads "2h", "1h30m", "PT2H" or a number and its unit in two words.
func amountAt(words []word) (a amount, used int) {
	if len(words) == 0 || words[0].quoted {
		return amount{}, 0
	}
	if a, ok := parseAmount(words[0].key); ok {
		return a, 1
	}
	if len(words) > 1 && !words[1].quoted {
		if _, unit := units[words[1].key]; unit {
			if a, ok := parseAmount(words[0].key + words[1].key); ok {
				return a, 2
			}
		}
	}
	return amount{}, 0
}

// longestAmount bounds the words that are looked into; no amount is longer.
const longestAmount = 40

// parseAmount reads one word that is an amount as a whole.
func parseAmount(key string) (a amount, ok bool) {
	if len(key) > longestAmount {
		return amount{}, false
	}
	key, negative := strings.CutPrefix(key, "-")
	if iso, is := strings.CutPrefix(key, "p"); is {
		a, ok = parseISO(iso)
	} else {
		a, ok = parseParts(key, "")
	}
	a.negative = negative
	return a, ok
}

// parseISO reads what follows the P of an ISO 8601 duration: days, then hours,
// minutes and seconds after a T. Before the T an M would mean months.
func parseISO(s string) (amount, bool) {
	days, clock, hasClock := strings.Cut(s, "t")
	var a amount
	if days != "" {
		d, ok := parseParts(days, "d")
		if !ok {
			return amount{}, false
		}
		a = d
	}
	if !hasClock {
		return a, days != ""
	}
	c, ok := parseParts(clock, "hms")
	return a.plus(c), ok
}

// parseParts reads numbers with units, from the larger unit to the smaller.
// only, if not empty, is the one-letter units that may occur.
func parseParts(s, only string) (amount, bool) {
	var all amount
	for s != "" {
		number, unit, rest := cutPart(s)
		size, known := units[unit]
		if number == "" || !known || only != "" && !strings.Contains(only, unit) {
			return amount{}, false
		}
		a, ok := multiply(number, size)
		if !ok || all.last != 0 && size >= all.last {
			return amount{}, false
		}
		all, s = all.plus(a), rest
	}
	return all, all.first != 0
}

func cutPart(s string) (number, unit, rest string) {
	i := len(s) - len(strings.TrimLeft(s, "0123456789.,"))
	j := i
	for j < len(s) && s[j] >= 'a' && s[j] <= 'z' {
		j++
	}
	return s[:i], s[i:j], s[j:]
}

// multiply computes number times unit exactly. The number may have a decimal
// point or comma.
func multiply(number string, unit time.Duration) (amount, bool) {
	whole, fraction, _ := strings.Cut(strings.Replace(number, ",", ".", 1), ".")
	if whole == "" || strings.ContainsAny(fraction, ".,") || strings.HasSuffix(number, ".") || strings.HasSuffix(number, ",") {
		return amount{}, false
	}
	a := amount{first: unit, last: unit, seconds: unit < time.Minute}
	for _, digit := range whole {
		a.total = min(a.total*10+time.Duration(digit-'0')*unit, tooLong)
	}
	part := unit
	for _, digit := range fraction {
		a.seconds = a.seconds || part%10 != 0 && digit != '0'
		part /= 10
		a.total = min(a.total+time.Duration(digit-'0')*part, tooLong)
	}
	a.seconds = a.seconds || a.total != tooLong && a.total%time.Minute != 0
	return a, true
}
