package slack_test

import (
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	sim "hoist/internal/sim/slack"
)

func TestSpans(t *testing.T) {
	needZones(t)
	w := newWorld(t)
	mrkdwn := func(text string) map[string]any { return map[string]any{"type": "mrkdwn", "text": text} }
	for _, c := range []struct {
		name string
		o    map[string]any
		want []sim.Span
	}{
		{"plain_text_is_literal", map[string]any{"type": "plain_text", "text": "*b* <@U0BEN> &amp;"}, []sim.Span{{Text: "*b* <@U0BEN> &amp;"}}},
		{"marks_nest", mrkdwn("a *b _c_*"), []sim.Span{{Text: "a "}, {Text: "b ", Bold: true}, {Text: "c", Bold: true, Italic: true}}},
		{"entities_are_decoded", mrkdwn("R&amp;D"), []sim.Span{{Text: "R"}, {Text: "&"}, {Text: "D"}}},
		{"code_keeps_marks", mrkdwn("`*x*` ```y```"), []sim.Span{{Text: "*x*", Code: true}, {Text: " "}, {Text: "y", Code: true, Fenced: true}}},
		{"mentions_links_and_channels", mrkdwn("<@U0BEN> <#C0OPS> <https://x.example?a&amp;b|here>"), []sim.Span{
			{Kind: sim.MentionSpan, Text: "@Ben Okri"},
			{Text: " "},
			{Kind: sim.ChannelSpan, Text: "#ops"},
			{Text: " "},
			{Kind: sim.LinkSpan, Text: "here", URL: "https://x.example?a&b"},
		}},
		{"rich_text_has_styles_and_dates", map[string]any{"type": "rich_text_section", "elements": []any{
			map[string]any{"type": "text", "text": "*x*", "style": map[string]any{"bold": true}},
			map[string]any{"type": "date", "timestamp": float64(nine.Unix()), "format": "{time}"},
		}}, []sim.Span{{Text: "*x*", Bold: true}, {Kind: sim.DateSpan, Text: "10:00", At: nine}}},
	} {
		t.Run(c.name, func(t *testing.T) {
			got := w.Spans(c.o, "U0ANNA")
			if diff := cmp.Diff(c.want, got, cmp.Comparer(time.Time.Equal)); diff != "" {
				t.Errorf("spans (-want +got):\n%s", diff)
			}
		})
	}
	if got := w.When(nine, "{time}", "U0BEN"); got != "4:00 AM" {
		t.Errorf("Ben reads %q", got)
	}
}

func TestPress_tells_blocks_apart_that_share_an_action_id(t *testing.T) {
	w := newWorld(t)
	button := func(block string) string {
		return `{"type":"actions","block_id":"` + block + `","elements":[{"type":"button","action_id":"stop","text":{"type":"plain_text","text":"Stop"}}]}`
	}
	m := w.post(t, "ops", "["+button("one")+","+button("two")+"]")
	if _, err := w.Press(t.Context(), "U0ANNA", m, "two/stop"); err != nil {
		t.Fatal(err)
	}
	if got := interaction(t, w.lastHeard(t)).ActionCallback.BlockActions[0].BlockID; got != "two" {
		t.Errorf("the app heard of block %q", got)
	}
}
