package graph

import (
	"time"

	abstractions "github.com/microsoft/kiota-abstractions-go/serialization"
	"github.com/sosodev/duration"
)

// parseDuration reads an ISO 8601 duration as Graph wrote it. The SDK's own
// values cannot be used: kiota drops seconds and fractions ("PT1M30S" becomes
// one minute, "PT0.5H" nothing). ok is false for what cannot be read and for
// what is not a length of time.
func parseDuration(s string) (d time.Duration, ok bool) {
	parsed, err := duration.Parse(s)
	if err != nil {
		return 0, false
	}
	d = parsed.ToTimeDuration()
	return d, d > 0
}

// wholeMinutes writes a duration for PIM, rounded down to minutes so that
// nobody gets longer than they asked for. kiota writes 24 hours as "P1D".
func wholeMinutes(d time.Duration) *abstractions.ISODuration {
	m := int(d / time.Minute)
	return abstractions.NewDuration(0, 0, 0, m/60, m%60, 0, 0)
}
