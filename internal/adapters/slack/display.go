package slack

import (
	"fmt"
	"regexp"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/rivo/uniseg"
	slackapi "github.com/slack-go/slack"
	"golang.org/x/text/unicode/bidi"
)

// This file makes text that is not ours safe to look at. What it may do is
// settled by where it stands (line.go); here it is kept from painting over its
// neighbours, from starting a line of its own that looks like ours, and from
// growing without end.

// cutHint follows a person's text that was cut.
const cutHint = " (cut here; the audit log keeps the whole text)"

// visible returns s on one line: line breaks and control characters are shown
// as symbols, bidirectional controls by name, and letters carry at most
// [maxMarks] combining marks. Zero-width characters stay: scripts and emoji
// need them, and on one line they hide nothing.
func visible(s string) string {
	if plainASCII(s) {
		return s
	}
	var b strings.Builder
	b.Grow(len(s))
	marks := 0
	for i, r := range s {
		if !unicode.In(r, unicode.Mn, unicode.Me, unicode.Mc) {
			marks = 0
		} else if marks++; marks > maxMarks {
			continue
		} else if i == 0 {
			b.WriteRune('◌') // a mark of its own, not one on our last letter
		}
		writeVisible(&b, r)
	}
	return b.String()
}

func writeVisible(b *strings.Builder, r rune) {
	switch {
	case r == '\t':
		b.WriteByte(' ')
	case r == '\n', r == '\v', r == '\f', r == '\r', r == 0x85, r == 0x2028, r == 0x2029:
		b.WriteString(" ↵ ")
	case r < 0x20:
		b.WriteRune(0x2400 + r) // the picture of the control character
	case r >= 0x7f && r < 0xa0:
		b.WriteRune(utf8.RuneError)
	case isBidiControl(r):
		fmt.Fprintf(b, "⟨U+%04X⟩", r)
	default:
		b.WriteRune(r)
	}
}

// isBidiControl names the characters that change the order of what follows
// them, beyond their own line's end: embeddings, overrides and isolates
// (Unicode Standard Annex 9, section 2; CVE-2021-42574).
func isBidiControl(r rune) bool {
	return r >= 0x202a && r <= 0x202e || r >= 0x2066 && r <= 0x2069
}

func plainASCII(s string) bool {
	for i := range len(s) {
		if s[i] < 0x20 || s[i] >= 0x7f {
			return false
		}
	}
	return true
}

// isolated encloses text that runs from right to left, so that it cannot
// reorder the words beside it.
func isolated(s string) string {
	const firstStrongIsolate, popIsolate = "\u2068", "\u2069"
	for _, r := range s {
		if r < 0x590 {
			continue // before the first right-to-left script
		}
		if p, _ := bidi.LookupRune(r); p.Class() == bidi.R || p.Class() == bidi.AL || p.Class() == bidi.AN {
			return firstStrongIsolate + s + popIsolate
		}
	}
	return s
}

// units is a text's length in UTF-16 code units, the largest of the counts that
// "characters" can mean; bytes aside.
func units(s string) int {
	n := 0
	for _, r := range s {
		if n++; r > 0xffff {
			n++
		}
	}
	return n
}

// clip shortens s to at most most units, between letters as people see them,
// and ends what was cut with "…". It reports whether it cut.
func clip(s string, most int) (string, bool) {
	if s == "" || len(s) <= most || units(s) <= most {
		return s, false
	}
	if most < 1 {
		return "", true
	}
	left, end := most-1, 0
	for rest, state := s, -1; rest != ""; {
		var cluster string
		cluster, rest, _, state = uniseg.FirstGraphemeClusterInString(rest, state)
		if left -= units(cluster); left < 0 {
			break
		}
		end += len(cluster)
	}
	return s[:end] + "…", true
}

// plainText is an object that Slack shows as it is, of text that went through
// [visible]. Emoji are off, so that ":white_check_mark:" in a role's name stays
// what it is; whether buttons heed that is not documented, so codes are broken
// up as well.
func plainText(shown string, most int) *slackapi.TextBlockObject {
	shown, _ = clip(emojiCode.ReplaceAllString(shown, ":"+wordJoiner+"$1"), most)
	if strings.TrimSpace(shown) == "" {
		shown = "–" // Slack refuses an empty text
	}
	return &slackapi.TextBlockObject{Type: slackapi.PlainTextType, Text: shown, Emoji: new(bool)}
}

// emojiCode matches where a code may begin.
var emojiCode = regexp.MustCompile(`:([a-z0-9_+'-])`)

// wordJoiner breaks a name for Slack and is neither seen nor heard.
const wordJoiner = "\u2060"

// topText is the text beside the blocks, which notifications and screen readers
// use and which Slack reads for mentions: "&", "<" and ">" are escaped as
// docs.slack.dev/messaging/formatting-message-text wants, and a word joiner,
// which nobody sees or hears, keeps "@everyone" and "#general" from being names.
func topText(s string) string {
	var b strings.Builder
	left := maxTopText - 1
	for rest, state := visible(s), -1; rest != ""; {
		var cluster string
		cluster, rest, _, state = uniseg.FirstGraphemeClusterInString(rest, state)
		cluster = unparsed(cluster)
		if left -= units(cluster); left < 0 {
			b.WriteString("…")
			break
		}
		b.WriteString(cluster)
	}
	return b.String()
}

// unparsed writes a letter so that Slack reads nothing into it.
func unparsed(cluster string) string {
	switch cluster[0] {
	case '&':
		return "&amp;" + cluster[1:]
	case '<':
		return "&lt;" + cluster[1:]
	case '>':
		return "&gt;" + cluster[1:]
	case '@', '#':
		return cluster[:1] + wordJoiner + cluster[1:]
	}
	return cluster
}
