package chat

import (
	"strings"
	"unicode"
)

// longestLine bounds the work that one line can cause. A justification of
// several thousand characters fits, in any script.
const longestLine = 16 << 10

// entities are the character references that chat platforms put into text:
// Slack escapes three characters, Teams sends HTML. See
// https://docs.slack.dev/messaging/formatting-message-text/#escaping.
var entities = []struct{ written, meant string }{
	{"&amp;", "&"},
	{"&lt;", "<"},
	{"&gt;", ">"},
	{"&quot;", `"`},
	{"&#34;", `"`},
	{"&#39;", "'"},
	{"&apos;", "'"},
	{"&nbsp;", "\u00a0"},
	{"&#160;", "\u00a0"},
}

var decoder, encoder = entityReplacers()

func entityReplacers() (decode, encode *strings.Replacer) {
	var d, e []string
	for _, x := range entities {
		d = append(d, x.written, x.meant)
		e = append(e, x.written, "&amp;"+x.written[1:])
	}
	return strings.NewReplacer(d...), strings.NewReplacer(e...)
}

// encodeEntities escapes only what decoding would change, so that a line for
// copying stays readable.
func encodeEntities(s string) string { return encoder.Replace(s) }

// openLine makes a delivered line the text that a person meant: valid UTF-8,
// character references decoded once, without isolates and without what only
// calls the bot. The rest is left as it is, because it may be a justification.
func openLine(line string) string {
	text := Unisolated(decoder.Replace(strings.ToValidUTF8(line, "\uFFFD")))
	mentioned := false
	for {
		text = strings.TrimLeftFunc(text, blank)
		rest, ok := cutMention(text)
		if ok && !mentioned {
			mentioned, text = true, rest
			continue
		}
		if rest, ok = cutSlash(text); !ok {
			return text
		}
		text = rest
	}
}

// cutMention takes the mention of the bot off the front of a message. Only one
// is taken: a second names somebody else, and must not vanish.
func cutMention(text string) (rest string, ok bool) {
	switch {
	case strings.HasPrefix(text, "<@"):
		rest, ok = cutSlackMention(text)
	case len(text) > 4 && strings.EqualFold(text[:3], "<at") && (text[3] == '>' || text[3] == ' '):
		rest, ok = cutTeamsMention(text)
	default:
		word, after := cutWord(text)
		rest, ok = after, strings.TrimRight(foldWord(word), ":,") == "@hoist"
		return rest, ok
	}
	return strings.TrimLeft(rest, ":,"), ok
}

// cutSlackMention reads <@U123> and <@U123|name>.
func cutSlackMention(text string) (rest string, ok bool) {
	inside, rest, ok := strings.Cut(text[2:], ">")
	id, _, _ := strings.Cut(inside, "|")
	notID := func(r rune) bool { return !asciiDigit(r) && (r < 'A' || r > 'Z') }
	return rest, ok && id != "" && strings.IndexFunc(id, notID) < 0
}

// cutTeamsMention reads <at>Name</at>, with or without attributes.
func cutTeamsMention(text string) (rest string, ok bool) {
	const end = "</at>"
	for i := range text {
		if len(text)-i >= len(end) && strings.EqualFold(text[i:i+len(end)], end) {
			return text[i+len(end):], true
		}
	}
	return "", false
}

// cutSlash takes off the command's own name, which people paste once more than
// needed and type after a mention.
func cutSlash(text string) (rest string, ok bool) {
	word, rest := cutWord(text)
	key := foldWord(word)
	return rest, key == "/elevate" || key == "elevate"
}

func cutWord(text string) (word, rest string) {
	end := strings.IndexFunc(text, unicode.IsSpace)
	if end < 0 {
		end = len(text)
	}
	return text[:end], text[end:]
}

// cutRunes shortens s to at most n runes.
func cutRunes(s string, n int) string {
	for i := range s {
		if n == 0 {
			return strings.ToValidUTF8(s[:i], "\uFFFD")
		}
		n--
	}
	return strings.ToValidUTF8(s, "\uFFFD")
}
