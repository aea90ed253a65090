package chat

import (
	"time"

	"hoist/internal/pim"
)

// This file says when a role ended and how long it was held. PIM tells nobody of
// an end before its time: a list that lacks the role proves that it ended before
// that list, and no more is said until somebody who knows has told.

// when follows the word "ended".
func when(e pim.Elevation, now time.Time) Line {
	at, exact := e.EndedAt()
	if !exact {
		return Line{plain(", seen at "), moment(at, now)}
	}
	return Line{plain(" at "), moment(at, now)}
}

// lasted says who ended it, as far as that is known, and how long it was held.
func lasted(e pim.Elevation) Line {
	l := endedBy(e)
	held := e.Lasted()
	if held == 0 {
		return l // it never began, or nobody knows when
	}
	if len(l) > 0 {
		l = append(l, plain(" "))
	}
	if _, exact := e.EndedAt(); !exact {
		return append(l, plain("It was held for at most "+spokenDuration(wholeMinutes(held))+"."))
	}
	return append(l, plain("It was held for "+spokenDuration(held)+"."))
}

// endedBy is nothing where the clock ended it, or what is known is in the
// headline.
func endedBy(e pim.Elevation) Line {
	_, exact := e.EndedAt()
	switch {
	case e.State != pim.EndedEarly:
		return nil
	case e.Decision.By != "" && !e.Decision.Approved:
		return Line{plain("Ended by "), typed(e.Decision.By), plain(".")}
	case e.Cause == pim.CauseUnknown:
		return Say("PIM no longer lists it.")
	case !exact:
		return Say("PIM shows that it was ended, and not when.")
	default:
		return nil
	}
}

// wholeMinutes rounds up, so that "at most" stays true.
func wholeMinutes(d time.Duration) time.Duration {
	return (d + time.Minute - 1).Truncate(time.Minute)
}

// endedLead begins the page of what ended early.
func endedLead(e pim.Elevation, now time.Time) Line {
	l := append(Say("It ended"), when(e, now)...)
	if e.Activation.End.IsZero() { // it ended before PIM had given one
		return append(l, plain("."))
	}
	return append(l, plain("; it was due to end at "), moment(e.Activation.End, now), plain("."))
}
