package slack

import (
	"strings"
	"time"
)

// SpanKind says what a stretch of shown text is.
type SpanKind string

// The kinds of spans. A mention is a span of its own, so that text which only
// looks like one can be told from it.
const (
	PlainSpan   SpanKind = ""
	LinkSpan    SpanKind = "link"
	MentionSpan SpanKind = "mention" // a person, a group or @here and its like
	ChannelSpan SpanKind = "channel"
	DateSpan    SpanKind = "date"
)

// Span is a stretch of text as a client shows it, with what makes it more than
// text. The text is literal: entities are decoded and marks are gone.
type Span struct {
	Kind SpanKind
	Text string
	URL  string    // where a click leads; empty for nowhere
	At   time.Time // the moment that a date shows

	Bold, Italic, Strike, Code, Underline bool
	// Fenced marks a block of code, which stands on lines of its own.
	Fenced bool
}

// Spans shows a text object, or one part of a rich text block, to a reader.
func (s *Slack) Spans(o map[string]any, reader string) []Span {
	s.mu.Lock()
	defer s.mu.Unlock()
	r := s.renderer(reader)
	if strings.HasPrefix(textOf(o, "type"), "rich_text_") {
		return r.richSpans(o)
	}
	return r.spans(o)
}

// TextSpans shows a message's top-level text to a reader. What a person typed
// is shown as they typed it.
func (s *Slack) TextSpans(m Message, reader string) []Span {
	s.mu.Lock()
	defer s.mu.Unlock()
	if m.User != s.cfg.App.BotUserID {
		return literal(unescapeText.Replace(m.Text))
	}
	return s.renderer(reader).topSpans(m)
}

// When shows a moment to a reader, in one of Slack's date formats.
func (s *Slack) When(at time.Time, format, reader string) string {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.renderer(reader).when.show(at.Unix(), format)
}

// literal is text that is nothing but text.
func literal(text string) []Span {
	if text == "" {
		return nil
	}
	return []Span{{Text: text}}
}

// shown is what spans read like.
func shown(spans []Span) string {
	var b strings.Builder
	for _, s := range spans {
		b.WriteString(s.Text)
	}
	return b.String()
}

// each returns the spans with a change made to all of them.
func each(spans []Span, change func(*Span)) []Span {
	for i := range spans {
		change(&spans[i])
	}
	return spans
}
