package demo

import (
	"fmt"
	"io"
	"strings"
	"time"

	"hoist/internal/pim"
	"hoist/internal/sim/slack"
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

// seen prints what happened in Slack since the last call.
func (t *transcript) seen() {
	for _, e := range t.stage.Slack.Log()[t.shown:] {
		t.shown = e.Seq
		t.entry(e)
	}
}

// rest prints what is left.
func (t *transcript) rest() { t.seen() }

func (t *transcript) entry(e slack.Entry) {
	name := t.stage.nameOf(e.User)
	switch e.Kind {
	case slack.Typed:
		t.line(e.At, name+" types in "+t.stage.room(e.Channel), e.Text)
	case slack.Pressed:
		t.line(e.At, name+" presses", "["+e.Text+"]")
	case slack.Ephemeral:
		t.line(e.At, "only "+name+" sees", t.text(e.Message, e.User))
	case slack.Posted:
		where := t.stage.audience(e.Channel)
		if e.Message.ThreadTS != "" {
			where += ", in the thread"
		}
		t.line(e.At, where, t.text(e.Message, t.stage.reader(e.Channel)))
	case slack.Updated:
		t.line(e.At, t.stage.audience(e.Channel)+", the card now", t.text(e.Message, t.stage.reader(e.Channel)))
	case slack.Deleted:
		t.line(e.At, t.stage.audience(e.Channel), "(message removed)")
	case slack.Failed:
		t.line(e.At, "Slack tells "+name, e.Text)
	default: // forms and sign-ins are told by the steps themselves
	}
}

func (t *transcript) text(m slack.Message, reader string) string {
	return t.stage.Slack.Render(m, reader).Text()
}

// page prints what a person reads in the browser, when it is new to them.
func (t *transcript) page(actor string, p page) {
	t.seen()
	if t.pages[actor] == p.text {
		return
	}
	t.pages[actor] = p.text
	t.line(t.stage.Clock.Now(), actor+"'s browser shows", p.text)
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
