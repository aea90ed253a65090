package pim

import (
	"fmt"
	"time"
)

// Ask is what a person typed, understood but not yet judged: names are theirs,
// wall times wait for their zone.
type Ask struct {
	// Right names one right exactly, by [Triple.Key]; it wins over Role and Scope.
	Right string `json:"right,omitempty"`
	Role  string `json:"role,omitempty"`
	Scope string `json:"scope,omitempty"` // what followed "on"
	// Duration is how long, zero when Until is given or nothing was.
	Duration time.Duration `json:"duration,omitempty"`
	Until    *When         `json:"until,omitempty"`
	// Start asks for a later start; nil means now.
	Start         *When  `json:"start,omitempty"`
	Justification string `json:"justification,omitempty"` // whole, as typed
	Ticket        Ticket `json:"ticket,omitzero"`
}

// Ticket names the piece of work an elevation is for. PIM stores it and checks
// nothing. See "Ticket information" in
// https://learn.microsoft.com/entra/id-governance/privileged-identity-management/pim-how-to-change-default-settings.
type Ticket struct {
	Number string `json:"number,omitempty"`
	System string `json:"system,omitempty"`
}

// When is a moment as a person says it: after a while ("in 30m"), or a time on
// the wall ("14:00", "tomorrow 09:00"), which means nothing until their time
// zone is known.
type When struct {
	After time.Duration `json:"after,omitempty"` // relative; zero when Wall is set
	Wall  *Wall         `json:"wall,omitempty"`
}

// Wall is a time on a wall clock.
type Wall struct {
	Hour   int `json:"hour"`   // 0 to 23
	Minute int `json:"minute"` // 0 to 59
	// Day: 0 is the next time the clock shows this (today or tomorrow), 1 is
	// tomorrow.
	Day int `json:"day,omitempty"`
}

// Resolve returns the moment in UTC. A wall time is read in zone; where a
// change of daylight saving time makes it ambiguous or absent, the rule of
// [time.Date] holds. A wall time without a day is the next one strictly after
// now.
func (w When) Resolve(now time.Time, zone *time.Location) time.Time {
	if w.Wall == nil {
		return now.Add(w.After).UTC()
	}
	local := now.In(zone)
	at := func(days int) time.Time {
		return time.Date(local.Year(), local.Month(), local.Day()+days, w.Wall.Hour, w.Wall.Minute, 0, 0, zone)
	}
	t := at(w.Wall.Day)
	if w.Wall.Day == 0 && !t.After(now) {
		t = at(1)
	}
	return t.UTC()
}

// String is the moment as typed, for a person to recognise.
func (w When) String() string {
	switch {
	case w.Wall == nil:
		return "in " + FormatDuration(w.After)
	case w.Wall.Day == 1:
		return fmt.Sprintf("tomorrow %02d:%02d", w.Wall.Hour, w.Wall.Minute)
	default:
		return fmt.Sprintf("%02d:%02d", w.Wall.Hour, w.Wall.Minute)
	}
}

// FormatDuration writes whole minutes the way people type them: "2h", "90m" as
// "1h30m", "45m".
func FormatDuration(d time.Duration) string {
	d = d.Round(time.Minute)
	h, m := int(d/time.Hour), int(d%time.Hour/time.Minute)
	switch {
	case h == 0:
		return fmt.Sprintf("%dm", m)
	case m == 0:
		return fmt.Sprintf("%dh", h)
	default:
		return fmt.Sprintf("%dh%dm", h, m)
	}
}
