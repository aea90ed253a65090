package slackweb

import (
	"strings"

	"hoist/internal/sim/slack"
)

// paragraph is lines of marked up text that belong together.
type paragraph struct {
	Quote bool
	Spans []slack.Span
}

// prose parts a text object into paragraphs. Only marked up text can quote.
func (s surface) prose(o object) []paragraph {
	spans := s.spans(o)
	if textOf(o, "type") != "mrkdwn" {
		return unquoted(spans)
	}
	return quoted(spans)
}

func unquoted(spans []slack.Span) []paragraph {
	if len(spans) == 0 {
		return nil
	}
	return []paragraph{{Spans: spans}}
}

// quoted finds the lines that begin with ">", as Slack's clients do, which take
// the escaped sign as well.
func quoted(spans []slack.Span) []paragraph {
	var all []paragraph
	for _, line := range lines(spans) {
		quote := quotes(line)
		if quote {
			line[0].Text = strings.TrimPrefix(line[0].Text, ">")
			line = unspaced(line)
		}
		if n := len(all); n > 0 && all[n-1].Quote == quote {
			all[n-1].Spans = append(append(all[n-1].Spans, slack.Span{Text: "\n"}), line...)
			continue
		}
		all = append(all, paragraph{quote, line})
	}
	return all
}

// quotes reports whether a line is a quotation.
func quotes(line []slack.Span) bool {
	return len(line) > 0 && line[0].Kind == slack.PlainSpan && !line[0].Code && strings.HasPrefix(line[0].Text, ">")
}

// unspaced drops the space behind the sign, which may have been a span alone.
func unspaced(line []slack.Span) []slack.Span {
	for i := range line {
		if line[i].Text != "" {
			line[i].Text = strings.TrimPrefix(line[i].Text, " ")
			return line[i:]
		}
	}
	return nil
}

// lines parts spans where a line ends; a block of code is never parted.
func lines(spans []slack.Span) [][]slack.Span {
	if len(spans) == 0 {
		return nil
	}
	all := [][]slack.Span{nil}
	for _, s := range spans {
		if s.Code {
			all[len(all)-1] = append(all[len(all)-1], s)
			continue
		}
		for i, part := range strings.Split(s.Text, "\n") {
			if i > 0 {
				all = append(all, nil)
			}
			if part != "" {
				piece := s
				piece.Text = part
				all[len(all)-1] = append(all[len(all)-1], piece)
			}
		}
	}
	return all
}
