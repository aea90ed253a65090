package graph

import (
	"fmt"
	"regexp"
	"strconv"
	"strings"
	"time"
)

// instant is a date on the wire. Graph writes up to seven fractional digits,
// and null for what is not known; the zero instant is null.
type instant struct{ time.Time }

func (i instant) MarshalJSON() ([]byte, error) {
	if i.IsZero() {
		return []byte("null"), nil
	}
	return []byte(`"` + i.UTC().Format("2006-01-02T15:04:05.9999999Z07:00") + `"`), nil
}

// isoDuration writes a duration as Graph does in policies and schedules: hours
// and minutes, and days once there is more than one.
func isoDuration(d time.Duration) string {
	const day = 24 * time.Hour
	if d > day && d%day == 0 {
		return fmt.Sprintf("P%dD", d/day)
	}
	text := "PT"
	if h := d / time.Hour; h > 0 {
		text += fmt.Sprintf("%dH", h)
	}
	if m := d % time.Hour / time.Minute; m > 0 {
		text += fmt.Sprintf("%dM", m)
	}
	if s := d % time.Minute / time.Second; s > 0 || text == "PT" {
		text += fmt.Sprintf("%dS", s)
	}
	return text
}

var isoPattern = regexp.MustCompile(`^P(?:(\d+)D)?(?:T(?:(\d+(?:\.\d+)?)H)?(?:(\d+(?:\.\d+)?)M)?(?:(\d+(?:\.\d+)?)S)?)?$`)

// parseISODuration reads an ISO 8601 duration of days, hours, minutes and
// seconds.
func parseISODuration(text string) (time.Duration, error) {
	parts := isoPattern.FindStringSubmatch(strings.ToUpper(text))
	if parts == nil || strings.Join(parts[1:], "") == "" {
		return 0, fmt.Errorf("%q is not an ISO 8601 duration", text)
	}
	var d time.Duration
	for i, unit := range []time.Duration{24 * time.Hour, time.Hour, time.Minute, time.Second} {
		if parts[i+1] == "" {
			continue
		}
		n, err := strconv.ParseFloat(parts[i+1], 64)
		if err != nil {
			return 0, fmt.Errorf("read duration %q: %w", text, err)
		}
		d += time.Duration(n * float64(unit))
	}
	return d, nil
}
