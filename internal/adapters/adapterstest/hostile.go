package adapterstest

import (
	"strings"
	"testing"
	"unicode"
	"unicode/utf8"

	"hoist/internal/chat"
)

// trick is what somebody types, and what of it is read, in order. never is what
// must not arrive as it is.
type trick struct {
	name, typed string
	reads       []string
	never       string
}

// asTyped is shown letter by letter.
func asTyped(name, text string) trick { return trick{name: name, typed: text, reads: []string{text}} }

func tricksTyped() []trick {
	return []trick{
		asTyped("mentions", "<!channel> <!here> @here @channel @everyone <@U222> <@U222|ann> <#C333> <!subteam^S1> @ann @Ann"),
		asTyped("links", "https://evil.example <https://evil.example|Sign in> [Sign in](https://evil.example) mailto:x@evil.example evil.example"),
		asTyped("markdown", "*b* _i_ ~s~ `c` ```d``` > q # h - l :tada: **b** __i__ ![x](y)"),
		asTyped("html", `<b>x</b> &amp; &lt; <script>alert(1)</script> <at>Ann</at> "q" 'q'`),
		asTyped("a date", "<!date^1392734382^{date_num}^https://evil.example|x>"),
		asTyped("a button", "[1] Sign in to continue → https://evil.example"),
		asTyped("a family", "👨‍👩‍👧‍👦 🏴󠁧󠁢󠁥󠁮󠁧󠁿 🇩🇪 👍🏽"),
		asTyped("hebrew", "שלום עולם"),
		asTyped("arabic and digits", "مفتاح 123 abc"),
		asTyped("chinese", strings.Repeat("密钥轮换", 30)),
		asTyped("a reason of length", "one"+strings.Repeat(" of the many words", 20)+" last"),
		{"right to left override", "abc\u202egpj.exe\u2066x", []string{"abc", "gpj.exe", "x"}, "\u202e\u2066"},
		{"zero width", "a\u200bb\ufeffc", []string{"a", "b", "c"}, ""},
		{"line breaks", "one\nApproved by: Bob\r\n\u2028two\u0085three\vfour", []string{"one", "Approved by: Bob", "two", "three", "four"}, "\u2028\u0085\v"},
		{"nul", "a\x00b", []string{"a", "b"}, "\x00"},
		{"escape sequences", "a\x1b[31mred\x1b]8;;https://evil.example\x07x\x1b]8;;\x07\u009b31mz\x1b[2Jq\x1bcr\x7f", []string{"a", "[31mred", "x", "z", "q", "r"}, "\x1b\x07\u009b\x7f"},
		{"invalid UTF-8", "a\xff\xfeb\xc3", []string{"a", "b"}, ""},
		{"a flood of marks", "x" + strings.Repeat("\u0301", 60) + "y" + strings.Repeat("\u0336\u0489", 40) + "z", []string{"x", "y", "z"}, ""},
		{"a mark first", "\u0336struck", []string{"struck"}, ""},
	}
}

// readsIn is what is read in a place: of a long label only the beginning.
func (tr trick) readsIn(place string) []string {
	const shortest = 40 // of the labels that platforms allow
	if r := []rune(tr.reads[0]); place == "button" && len(r) > shortest {
		return []string{string(r[:shortest])}
	}
	return tr.reads
}

func hostileText(t *testing.T, f Fixture) {
	for _, tr := range tricksTyped() {
		for name, p := range f.saying(tr.typed) {
			t.Run(strings.ReplaceAll(tr.name, " ", "_")+"_in_a_"+name, func(t *testing.T) {
				m := f.shown(t, p.at, p.v)
				text := m.everything()
				says(t, text, append([]string{"before"}, tr.readsIn(name)...)...)
				harmless(t, m)
				tame(t, text, tr.never)
			})
		}
	}
}

// saying is a text of somebody's in every place where one can stand. The last
// is a button: rights are called what the tenant calls them.
func (f Fixture) saying(text string) map[string]placed {
	line := chat.Line{plain("before "), typed(text), plain(" after")}
	request, public, told := card("before"), announcement("x"), note("before")
	request.Headline = line
	request.Body = []chat.Line{line}
	public.Headline, public.Foot = line, line
	public.Facts = []chat.Fact{{Label: "before", Value: chat.Line{typed(text)}}}
	told.Line, told.Facts[0].Value = line, chat.Line{typed(text)}
	list := status(2)
	list.Entries[0].Title, list.Entries[1].Detail, list.Headline, list.Foot = line, line, line, line
	pick := card("before")
	pick.Actions = []chat.Action{choose(1, text)}
	return map[string]placed{
		"reply": {f.Direct, chat.Reply{Lines: []chat.Line{line, {typed(text)}}}}, "request": {f.Direct, request},
		"announcement": {f.Channel, public}, "note": {f.Channel, told}, "status": {f.Direct, list},
		"help": {f.Direct, chat.HelpCard{NotUnderstood: text, Problem: line, Understood: line}},
		"name": {f.Channel, func() chat.Card {
			c := announcement("")
			c.Headline = chat.Line{plain("before "), typed(text), plain(" holds")}
			return c
		}()},
		"button": {f.Direct, pick},
	}
}

// tame fails for characters that do something.
func tame(t *testing.T, text, never string) {
	t.Helper()
	if !utf8.ValidString(text) {
		t.Errorf("not UTF-8: %.500q", text)
	}
	if i := strings.IndexAny(text, never); never != "" && i >= 0 {
		t.Errorf("%q got through in %.500q", text[i:min(i+4, len(text))], text)
	}
	marks := 0
	for _, r := range text {
		if unicode.IsControl(r) && r != '\n' {
			t.Errorf("the control character %U got through in %.500q", r, text)
		}
		if !unicode.In(r, unicode.Mn, unicode.Me) {
			marks = 0
		} else if marks++; marks > 8 {
			t.Errorf("%d marks on one letter in %.500q", marks, text)
			return
		}
	}
	for l := range strings.SplitSeq(text, "\n") {
		if strings.HasPrefix(strings.TrimSpace(l), "Approved by") {
			t.Errorf("somebody's words begin a line of their own:\n%s", text)
		}
		if strings.Count(l, "\u2068") > strings.Count(l, "\u2069") {
			t.Errorf("an isolate stays open in %.500q", l)
		}
	}
}
