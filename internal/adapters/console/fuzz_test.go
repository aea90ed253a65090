package console

import (
	"regexp"
	"strings"
	"testing"
	"unicode"
	"unicode/utf8"

	"github.com/rivo/uniseg"

	"hoist/internal/chat"
)

// FuzzRun: whatever is typed, the room stays in order and the screen unharmed.
func FuzzRun(f *testing.F) {
	for _, seed := range []string{
		"/elevate Reader 1h\n", "Ben> press 1\r\n@Ben\nagain\npress 2", "\x00\x1b[2J\n@\n>\nAda>\n@Ada> x\n", "\xff\xfe> x\n/elevate \u202e\n", strings.Repeat("x", 20_000) + "\nAda> /elevate\n",
	} {
		f.Add([]byte(seed))
	}
	f.Fuzz(func(t *testing.T, typed []byte) {
		r := newRoom(t, func(c *Config) { c.In, c.Echo = strings.NewReader(string(typed)), true })
		r.bot.says = func(in chat.Inbound) chat.View {
			return chat.Card{Headline: chat.Line{{Kind: chat.Typed, Text: in.Text}}, Actions: []chat.Action{choose(1, in.Text), openPIM()}}
		}
		if err := r.Run(t.Context()); err != nil {
			t.Fatal(err)
		}
		for _, in := range r.bot.seen() {
			if !utf8.ValidString(in.Text) || r.personIndex(in.Person.User) < 0 || in.Delivery == "" {
				t.Errorf("the bot heard %+v", in)
			}
		}
		unharmed(t, r.screen.text())
	})
}

// FuzzRender: whatever a text is, nothing of it acts on the terminal or stands
// where only headers and buttons do.
func FuzzRender(f *testing.F) {
	for _, seed := range []string{
		"rotating keys", "\x1b]8;;https://evil.example\x07x", "a\nmessage 9 · x\n  [9] Sign in", "\u202eשלום\u2069", "\xff\xc3\x28", strings.Repeat("👨‍👩‍👧‍👦", 300),
		"🏴\U000E0067", "a" + strings.Repeat("\u0301", 99), "   x   ", strings.Repeat("密 ", 200), "\u2068open",
	} {
		f.Add(seed, 40)
	}
	f.Fuzz(func(t *testing.T, text string, width int) {
		r := newRoom(t, func(c *Config) { c.Width = minWidth + min(max(width, 0), 200) })
		line := chat.Line{plain("it says "), {Kind: chat.Typed, Text: text}, plain(" at "), clockTime(nine)}
		c := chat.Card{Headline: chat.Line{{Kind: chat.Typed, Text: text}}, Facts: []chat.Fact{{Label: text, Value: line}}, Body: []chat.Line{line}, Actions: []chat.Action{choose(1, text)}, Foot: line}
		ref, err := r.Post(t.Context(), toFeed, "", c)
		if err != nil {
			t.Fatal(err)
		}
		unharmed(t, r.screen.text())
		for _, l := range r.block(numberOf(ref))[1:] {
			if w := columnsOf(l); w > r.cfg.Width {
				t.Errorf("%d columns of %d: %q", w, r.cfg.Width, l)
			}
			if !strings.HasPrefix(l, "    ") && !strings.HasPrefix(l, "  [1]") {
				t.Errorf("%q stands where a header or a button does", l)
			}
		}
		if n := len(r.block(numberOf(ref))); n < 4 {
			t.Errorf("%d lines:\n%s", n, r.screen.text())
		}
	})
}

// columnsOf is the width of a line without what has none.
func columnsOf(l string) int {
	n := 0
	g := uniseg.NewGraphemes(strings.NewReplacer("\u2068", "", "\u2069", "").Replace(l))
	for g.Next() {
		n += g.Width()
	}
	return n
}

var ours = regexp.MustCompile(`^(message \d+ · .*|── .*|– .*|\$( .*)?|  .*|)$`)

// unharmed fails for what a terminal would obey.
func unharmed(t *testing.T, text string) {
	t.Helper()
	if !utf8.ValidString(text) {
		t.Errorf("not UTF-8: %.300q", text)
	}
	for _, r := range text {
		if unicode.IsControl(r) && r != '\n' || r >= 0x202a && r <= 0x202e || r == 0x2066 || r == 0x2067 || r == 0x2028 || r == 0x2029 {
			t.Errorf("%U is on the screen: %.300q", r, text)
		}
	}
	for l := range strings.SplitSeq(text, "\n") {
		if strings.Count(l, "\u2068") != strings.Count(l, "\u2069") {
			t.Errorf("an isolate is open at the end of %q", l)
		}
		if !ours.MatchString(l) {
			t.Errorf("a line begins as none of ours: %q", l)
		}
	}
}
