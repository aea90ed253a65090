package slack

import (
	"strings"
	"testing"

	"hoist/internal/chat"
)

// FuzzRender puts arbitrary text everywhere where people or the tenant can put
// some. Whatever it is, Slack takes the message, and the text stays text.
func FuzzRender(f *testing.F) {
	for _, seed := range []string{
		"", "rotating keys", "<!channel> <!here> <@U123|x> <#C123> <http://evil|x>", "@everyone @here #general",
		"*bold* _it_ ~s~ `c` ```pre``` > quote\n• list", "http://evil.example mailto:a@b.c", "\u202egpj.exe", "\u2066\u2067\u2068\u2069",
		"שלום", strings.Repeat("a\u0301", 4000), "a" + strings.Repeat("\u0301", 4000), strings.Repeat("👨‍👩‍👧‍👦", 500),
		"\x00\x1b[31m\x7f\x9b", "a\xff\xfeb\xed\xa0\x80", ":tada: :white_check_mark:", "&lt;!channel&gt;", "\u200b\u200d\ufeff", "\r\n\u2028\u2029\u0085",
	} {
		f.Add(seed, uint8(0))
	}
	f.Fuzz(func(t *testing.T, text string, tone uint8) {
		for _, v := range viewsWith(text, chat.Tone(tone%4)) {
			raw := renderedJSON(t, v)
			checkLimits(t, raw)
			for _, object := range []string{`"mrkdwn",`, `"type":"mrkdwn"`, `"type":"user"`, `"type":"broadcast"`, `"type":"emoji"`} {
				if strings.Contains(string(raw), object) && !strings.Contains(text, "type") {
					t.Errorf("the message holds %s", object)
				}
			}
		}
	})
}

func viewsWith(text string, tone chat.Tone) []chat.View {
	line := chat.Line{plain("x "), typed(text)}
	action := chat.Action{Kind: chat.ActionChoose, ID: elevation, Value: "1", Label: text, Spoken: text}
	fact := []chat.Fact{{Label: "Reason", Value: line}, {Label: "Code", Value: chat.Line{code(text)}}}
	return []chat.View{
		chat.Reply{Tone: tone, Lines: []chat.Line{line, {typed(text)}, {code(text)}}},
		chat.Card{
			ID: elevation, Tone: tone, Headline: line, Facts: fact, Body: []chat.Line{line, {typed(text), clockTime(nine)}},
			Command: text, Actions: []chat.Action{action, action}, Foot: line,
		},
		chat.Card{ID: elevation, Tone: tone, Headline: chat.Line{typed(text), clockTime(nine)}, Foot: chat.Line{typed(text), day(nine)}},
		chat.Note{Tone: tone, Line: line, Facts: fact, Command: text, Actions: []chat.Action{action}},
		chat.StatusCard{Headline: line, Entries: []chat.StatusEntry{{Tone: tone, Title: line, Detail: line, Actions: []chat.Action{action}}}, Foot: line},
		chat.HelpCard{NotUnderstood: text, Problem: line, Topics: []chat.HelpEntry{{Usage: text, Summary: text, Examples: []string{text}}}, Foot: line},
	}
}
