package slack

import (
	"strings"
	"testing"
)

func TestVisible(t *testing.T) {
	for _, tt := range []struct{ name, in, want string }{
		{"keeps words", "rotate keys: ключи 鍵 🔑", "rotate keys: ключи 鍵 🔑"},
		{"keeps markup as typed", "*a* `b` <!channel> @everyone", "*a* `b` <!channel> @everyone"},
		{"shows line breaks", "a\nb", "a ↵ b"},
		{"shows other line breaks", "a\u2028b\u0085c", "a ↵ b ↵ c"},
		{"makes tabs spaces", "a\tb", "a b"},
		{"shows controls", "a\x00\x1bb", "a␀␛b"},
		{"names overrides", "a\u202eb\u2069", "a⟨U+202E⟩b⟨U+2069⟩"},
		{"keeps joiners", "👩\u200d💻\u200b", "👩\u200d💻\u200b"},
		{"caps marks", "z" + strings.Repeat("\u0301", 9) + "z", "z" + strings.Repeat("\u0301", 4) + "z"},
		{"gives a first mark a letter", "\u0336x", "◌\u0336x"},
		{"replaces broken bytes", "a\xffb", "a\ufffdb"},
	} {
		t.Run(strings.ReplaceAll(tt.name, " ", "_"), func(t *testing.T) {
			if got := visible(tt.in); got != tt.want {
				t.Errorf("visible(%q) = %q, want %q", tt.in, got, tt.want)
			}
		})
	}
}

func TestClip(t *testing.T) {
	const coder, flag = "👩\u200d💻", "🇩🇪"
	for _, tt := range []struct {
		in   string
		most int
		want string
		cut  bool
	}{
		{"", 0, "", false},
		{"", -1, "", false},
		{"abc", 3, "abc", false},
		{"abcd", 3, "ab…", true},
		{"abcd", 1, "…", true},
		{"abcd", 0, "", true},
		{"e\u0301e\u0301", 3, "e\u0301…", true},
		{"e\u0301e\u0301", 2, "…", true},
		{coder + coder, 6, coder + "…", true},
		{coder + coder, 9, coder + "…", true},
		{coder + coder, 10, coder + coder, false},
		{flag + flag, 6, flag + "…", true},
		{strings.Repeat("ä", 75), 75, strings.Repeat("ä", 75), false},
	} {
		if got, cut := clip(tt.in, tt.most); got != tt.want || cut != tt.cut {
			t.Errorf("clip(%q, %d) = %q, %v, want %q, %v", tt.in, tt.most, got, cut, tt.want, tt.cut)
		}
	}
}

func TestTopText_is_read_as_text(t *testing.T) {
	got := topText("A & B <!channel> @everyone #general <http://x|y>")
	const want = "A &amp; B &lt;!channel&gt; @\u2060everyone #\u2060general &lt;http://x|y&gt;"
	if got != want {
		t.Errorf("topText() = %q, want %q", got, want)
	}
	if got := topText(strings.Repeat("<", 5000)); units(got) > maxTopText || !strings.HasSuffix(got, "&lt;…") {
		t.Errorf("%d units, ends %q", units(got), got[len(got)-10:])
	}
}

func TestPlainText_holds_no_emoji_code(t *testing.T) {
	got := plainText("Unknown: PIM said :white_check_mark::+1:", 100).Text
	if want := "Unknown: PIM said :\u2060white_check_mark::\u2060+1:"; got != want {
		t.Errorf("plainText() = %q, want %q", got, want)
	}
	if got := plainText(" ", 100).Text; got == " " {
		t.Error("an empty label, which Slack refuses")
	}
}
