package chat

import (
	"strings"
	"time"

	"hoist/internal/secret"
)

// SpanKind says how a piece of text is meant.
type SpanKind int

// The kinds of span.
const (
	Plain  SpanKind = iota // our words
	Strong                 // our words, emphasised
	Typed                  // words of a person or of the tenant: shown as they are, never interpreted
	Code                   // monospaced, copied as it is
	Moment                 // a time, shown in the reader's zone
	Link                   // our own link with a label
)

// Span is a piece of a line.
type Span struct {
	Kind SpanKind
	Text string // the label for Link; unused for Moment
	// At is the time for Moment. WithDate shows the day as well.
	At       time.Time
	WithDate bool
	// URL is the target for Link. It may hold a link secret, so it never prints.
	URL secret.Value
}

// Line is a sentence or a value, put together from spans.
type Line []Span

// Say is a line of our own words.
func Say(text string) Line { return Line{{Kind: Plain, Text: text}} }

// String is the line as plain text with times in UTC, for logs of our own words
// and as the fallback that notifications and screen readers use. Links show
// their label only.
func (l Line) String() string { return l.In(time.UTC) }

// In is the line as plain text with times in zone.
func (l Line) In(zone *time.Location) string {
	var b strings.Builder
	for _, s := range l {
		if s.Kind == Moment {
			b.WriteString(FormatMoment(s, zone))
			continue
		}
		b.WriteString(s.Text)
	}
	return b.String()
}

// FormatMoment writes a time the way texts outside the platform's own date
// fields do, always with its zone.
func FormatMoment(s Span, zone *time.Location) string {
	if s.WithDate {
		return s.At.In(zone).Format("2 Jan 15:04 MST")
	}
	return s.At.In(zone).Format("15:04 MST")
}
