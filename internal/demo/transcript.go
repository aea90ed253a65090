package demo

import (
	"fmt"
	"io"
	"strings"
	"time"

	"hoist/internal/pim"
)

// transcript prints who sees what, when, as one reads a play. Times are those
// of the simulated clock, in the stage's zone.
type transcript struct {
	out   io.Writer
	stage *Stage
	shown int               // log entries printed so far
	pages map[string]string // by actor: the page printed last
}

func newTranscript(out io.Writer, s *Stage) *transcript {
	return &transcript{out: out, stage: s, pages: map[string]string{}}
}

func (t *transcript) title(s Scenario) {
	fmt.Fprintf(t.out, "%s\n%s\nEverything here is simulated; this is not a real tenant.\n\n", s.Title, strings.Repeat("─", len([]rune(s.Title))))
}

// seen prints what happened in the chat since the last call.
func (t *transcript) seen() {
	for _, h := range t.stage.Chat.happenings() {
		if h.seq > t.shown {
			t.shown = h.seq
			t.happening(h)
		}
	}
}

func (t *transcript) happening(h happening) {
	where := h.where
	if where != "" && where[0] != '#' {
		where += "'s direct messages"
	}
	if h.inThread {
		where += ", in the thread"
	}
	switch h.kind {
	case typed:
		t.line(h.at, h.who+" types", h.text)
	case pressed:
		t.line(h.at, h.who+" presses", "["+h.text+"]")
	case privately:
		t.line(h.at, "only "+h.who+" sees", h.text)
	case posted:
		t.line(h.at, where, h.text)
	case updated:
		t.line(h.at, where+", the card now", h.text)
	case removed:
		t.line(h.at, where, "(message removed)")
	case failed:
		t.line(h.at, "The chat itself tells "+h.who, h.text)
	}
}

// page prints what a person reads in the browser, when it is new to them.
func (t *transcript) page(actor string, w *window) {
	t.seen()
	text := w.text()
	if t.pages[actor] == text {
		return
	}
	t.pages[actor] = text
	t.line(t.stage.Clock.Now(), actor+"'s browser shows", text)
}

// remark prints what somebody did outside Slack. What it led to there is
// printed after it.
func (t *transcript) remark(who, what string) { t.line(t.stage.Clock.Now(), who+" "+what, "") }

func (t *transcript) clock(d time.Duration) {
	t.seen()
	fmt.Fprintf(t.out, "\n          … %s later …\n\n", pim.FormatDuration(d))
}

// line prints one entry: the time, who, and the text set apart below when it
// has several lines.
func (t *transcript) line(at time.Time, who, text string) {
	stamp := at.In(t.stage.Zone).Format("15:04:05")
	lines := strings.Split(strings.TrimRight(text, "\n"), "\n")
	if text == "" {
		fmt.Fprintf(t.out, "%s  %s\n", stamp, who)
		return
	}
	if len(lines) == 1 && len(who)+len(text) < 100 {
		fmt.Fprintf(t.out, "%s  %s: %s\n", stamp, who, lines[0])
		return
	}
	fmt.Fprintf(t.out, "%s  %s:\n", stamp, who)
	for _, l := range lines {
		for _, part := range wrap(l, 88) {
			fmt.Fprintf(t.out, "          │ %s\n", part)
		}
	}
}

// wrap breaks a line between words.
func wrap(line string, width int) []string {
	var out []string
	cur := ""
	for w := range strings.FieldsSeq(line) {
		if cur != "" && len([]rune(cur))+1+len([]rune(w)) > width {
			out = append(out, cur)
			cur = ""
		}
		if cur != "" {
			cur += " "
		}
		cur += w
	}
	return append(out, cur)
}
