package slack

import (
	"fmt"
	"regexp"
	"strconv"
	"strings"
	"time"
)

// dates shows moments to one reader ("Formatting message text": date
// formatting). In life the device's zone counts; here it is the profile's.
type dates struct {
	now    time.Time
	zone   *time.Location
	locale string
}

var dateToken = regexp.MustCompile(`\{[a-z_]+\}`)

// sequence reads what follows <!date^: a Unix time, a format, perhaps a link.
// What cannot be read shows the fallback.
func (d dates) sequence(rest, fallback string) Span {
	parts := strings.SplitN(rest, "^", 3)
	unix, err := strconv.ParseInt(parts[0], 10, 64)
	if err != nil || len(parts) < 2 {
		return Span{Text: fallback}
	}
	date := d.span(unix, parts[1], fallback)
	if len(parts) == 3 {
		date.URL = parts[2]
	}
	return date
}

// span shows a moment, or the fallback.
func (d dates) span(unix int64, format, fallback string) Span {
	date := Span{Kind: DateSpan, Text: d.show(unix, format), At: time.Unix(unix, 0).In(d.zone)}
	if date.Text == "" {
		date.Text = fallback
	}
	return date
}

// show fills in a format; it is empty when the format has no token that Slack
// knows, in which case a client shows the fallback.
func (d dates) show(unix int64, format string) string {
	at := time.Unix(unix, 0).In(d.zone)
	known := false
	out := dateToken.ReplaceAllStringFunc(format, func(token string) string {
		shown := d.token(at, token)
		if shown == "" {
			return token
		}
		known = true
		return shown
	})
	if !known {
		return ""
	}
	return out
}

func (d dates) token(at time.Time, token string) string {
	name := strings.Trim(token, "{}")
	if base, pretty := strings.CutSuffix(name, "_pretty"); pretty {
		if word := d.nearby(at); word != "" {
			return word
		}
		name = base
	}
	switch name {
	case "date_num":
		return at.Format("2006-01-02")
	case "date":
		return at.Format("January ") + ordinal(at.Day()) + at.Format(", 2006")
	case "date_slash":
		return at.Format("01/02/2006")
	case "date_short":
		return at.Format("Jan 2, 2006")
	case "date_long":
		return at.Format("Monday, January ") + ordinal(at.Day()) + at.Format(", 2006")
	case "time":
		return at.Format(d.clock("3:04 PM", "15:04"))
	case "time_secs":
		return at.Format(d.clock("3:04:05 PM", "15:04:05"))
	case "ago":
		return ago(d.now.Sub(at))
	}
	return ""
}

// clock chooses twelve or twenty-four hours. In life it is a preference; here
// the locale stands for it.
func (d dates) clock(twelve, twentyFour string) string {
	switch d.locale {
	case "en-US", "en-CA", "en-AU", "en-IN":
		return twelve
	}
	return twentyFour
}

// nearby is the word for a day next to now, in the reader's zone.
func (d dates) nearby(at time.Time) string {
	for days, word := range map[int]string{-1: "yesterday", 0: "today", 1: "tomorrow"} {
		if d.now.In(d.zone).AddDate(0, 0, days).Format(time.DateOnly) == at.Format(time.DateOnly) {
			return word
		}
	}
	return ""
}

func ordinal(day int) string {
	suffix := "th"
	switch {
	case day/10 == 1:
	case day%10 == 1:
		suffix = "st"
	case day%10 == 2:
		suffix = "nd"
	case day%10 == 3:
		suffix = "rd"
	}
	return strconv.Itoa(day) + suffix
}

// ago words a distance. How Slack words future moments is unsure.
func ago(d time.Duration) string {
	form := "%d %s ago"
	if d < 0 {
		d, form = -d, "in %d %s"
	}
	for _, unit := range []struct {
		size time.Duration
		name string
	}{{24 * time.Hour, "day"}, {time.Hour, "hour"}, {time.Minute, "minute"}} {
		if n := int(d / unit.size); n > 0 {
			name := unit.name
			if n > 1 {
				name += "s"
			}
			return fmt.Sprintf(form, n, name)
		}
	}
	return "just now"
}
