package adapterstest

import (
	"fmt"
	"strings"
	"testing"

	"hoist/internal/chat"
)

// letters are single letters for people, of several code points.
var letters = map[string]string{"family": "👨‍👩‍👧‍👦", "flag": "🇩🇪", "accent": "e\u0301", "hand": "👍🏽"}

// mark ends what was cut.
const mark = "…"

func cutsBetweenLetters(t *testing.T, f Fixture) {
	for name, letter := range letters {
		t.Run(name, func(t *testing.T) {
			for pad := range 13 {
				lead := strings.Repeat("x", pad)
				text := lead + strings.Repeat(letter, 3000)
				m := f.shown(t, f.Direct, chat.Reply{Lines: []chat.Line{{plain("⟦"), typed(text), plain("⟧")}}})
				_, got, _ := strings.Cut(squashed(m.Text), "⟦")
				wholeLetters(t, got, lead, letter)
			}
		})
	}
	t.Run("words", func(t *testing.T) {
		text := strings.Repeat("rotating keys ", 215)[:3000]
		for name, p := range f.saying(text) {
			if name == "button" {
				continue
			}
			m := f.shown(t, p.at, p.v)
			_, got, _ := strings.Cut(squashed(m.Text), "before")
			shown, _, cut := strings.Cut(got, mark)
			if !strings.HasPrefix(got, squashed(text)) && (!cut || len(shown) < 100 || !strings.HasPrefix(squashed(text), shown)) {
				t.Errorf("%s: neither all of it nor a beginning with a mark that it was cut:\n%.1500s", name, m.Text)
			}
		}
	})
}

func cutsLabels(t *testing.T, f Fixture) {
	for name, letter := range letters {
		t.Run(name, func(t *testing.T) {
			for pad := range 13 {
				lead := strings.Repeat("x", pad)
				c := card("Which one do you mean?")
				c.Actions = []chat.Action{choose(1, lead+strings.Repeat(letter, 3000))}
				m := f.shown(t, f.Direct, c)
				if len(m.Buttons) != 1 {
					t.Fatalf("buttons %v", m.Buttons)
				}
				wholeLetters(t, squashed(m.Buttons[0].Label), lead, letter)
			}
		})
	}
}

// wholeLetters fails unless text is lead and some letters, and then the mark
// when there are not all of them.
func wholeLetters(t *testing.T, text, lead, letter string) {
	t.Helper()
	rest, ok := strings.CutPrefix(text, lead)
	n := 0
	for ok && strings.HasPrefix(rest, letter) {
		rest = rest[len(letter):]
		n++
	}
	if !ok || n == 0 || n < 3000 && !strings.HasPrefix(rest, mark) {
		t.Errorf("after %d letters and %d times %s stands %.60q", len(lead), n, letter, rest)
	}
}

func tooMuch(t *testing.T, f Fixture) {
	long := strings.Repeat("é<&>@everyone 👩‍💻 ", 200)
	c := card("x")
	c.Headline, c.Foot, c.Command = chat.Line{typed(long)}, chat.Line{typed(long)}, strings.Repeat("a b ", 1000)
	list, h := status(200), help()
	for i := range 100 {
		c.Facts = append(c.Facts, chat.Fact{Label: "Reason", Value: chat.Line{typed(long)}})
		c.Body = append(c.Body, chat.Line{typed(long), at(nine)})
		c.Actions = append(c.Actions, choose(i+1, long))
		list.Entries[i].Title = chat.Line{typed(long)}
		h.Topics = append(h.Topics, chat.HelpEntry{Usage: "/elevate", Summary: fmt.Sprint(i), Examples: []string{long}})
	}
	n := note("x")
	n.Line, n.Facts, n.Actions = chat.Line{typed(long)}, c.Facts, []chat.Action{openPIM()}
	for name, p := range map[string]placed{
		"card": {f.Direct, c}, "status": {f.Direct, list}, "help": {f.Direct, h}, "note": {f.Channel, n},
		"reply": {f.Direct, chat.Reply{Lines: c.Body}},
	} {
		t.Run(name, func(t *testing.T) {
			ref := f.post(t, p.at, "", p.v)
			f.update(t, p.at, ref, p.v)
			harmless(t, f.read(t, p.at, ref))
		})
	}
}
