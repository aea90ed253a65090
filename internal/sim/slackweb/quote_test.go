package slackweb

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"hoist/internal/sim/slack"
)

func TestQuoted(t *testing.T) {
	text := func(s string) slack.Span { return slack.Span{Text: s} }
	bold := func(s string) slack.Span { return slack.Span{Text: s, Bold: true} }
	code := slack.Span{Text: "> no\n> quote", Code: true, Fenced: true}
	for _, c := range []struct {
		name  string
		spans []slack.Span
		want  []paragraph
	}{
		{"nothing", nil, nil},
		{"no_quotation", []slack.Span{text("a > b\nc")}, []paragraph{{Spans: []slack.Span{text("a > b"), text("\n"), text("c")}}}},
		{"between_lines", []slack.Span{text("a\n> b\n>c\nd")}, []paragraph{
			{Spans: []slack.Span{text("a")}}, {Quote: true, Spans: []slack.Span{text("b"), text("\n"), text("c")}}, {Spans: []slack.Span{text("d")}},
		}},
		// An escaped sign is a span of its own.
		{"escaped_and_marked", []slack.Span{text(">"), text(" "), bold("b"), text(" c")}, []paragraph{
			{Quote: true, Spans: []slack.Span{text(""), bold("b"), text(" c")}},
		}},
		{"code_is_no_quotation", []slack.Span{code}, []paragraph{{Spans: []slack.Span{code}}}},
		{"empty_lines_stay", []slack.Span{text("a\n\nb")}, []paragraph{{Spans: []slack.Span{text("a"), text("\n"), text("\n"), text("b")}}}},
		{"an_empty_quotation", []slack.Span{text(">")}, []paragraph{{Quote: true}}},
	} {
		t.Run(c.name, func(t *testing.T) {
			if diff := cmp.Diff(c.want, quoted(c.spans)); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
		})
	}
}
