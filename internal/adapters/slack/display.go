package slack

import (
	"regexp"
	"strings"

	"github.com/rivo/uniseg"
	slackapi "github.com/slack-go/slack"

	"hoist/internal/chat"
)

// This file measures and cuts text that is not ours, in the units that Slack
// counts. What it may do is settled by where it stands (line.go).

// visible returns s on one line. Zero-width characters stay: scripts and emoji
// need them, and on one line they hide nothing.
func visible(s string) string { return chat.Visible(s, chat.IsBidiControl) }

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

// clip shortens s to at most most units.
func clip(s string, most int) (string, bool) { return chat.Clip(s, most, units) }

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
