package chat

import (
	"strings"
	"testing"
	"time"
)

// Whoever wants a role for longer is told how to have that, however they type
// it.
func TestExtend_says_what_can_be_done(t *testing.T) {
	for line, wants := range map[string]string{
		"extend":                                 "Ask again | /elevate User Administrator 2h because rotating keys | Stop",
		"extend UA":                              "Ask again | /elevate UA | Stop",
		"extend user admin 1h because one more":  `Ask again | /elevate user admin 1h because one more | Stop`,
		"extend UA 1h at 14:00 because one more": "Ask again | /elevate UA 1h | Stop",
		"extend 25:99h":                          "Ask again | Stop",
	} {
		got := quietBot(tenant{}).Command(t.Context(), Inbound{Text: line}).Summary()
		for want := range strings.SplitSeq(wants, " | ") {
			if !strings.Contains(got, want) {
				t.Errorf("%q is answered %q, without %q", line, got, want)
			}
		}
		if strings.Contains(got, "understand") {
			t.Errorf("%q is answered %q", line, got)
		}
	}
}

// What is not built is not taught how to be typed.
func TestNotBuilt_says_so_even_when_mistyped(t *testing.T) {
	for _, line := range []string{"history", "history on on", "what-if"} {
		if got := quietBot(tenant{}).Command(t.Context(), Inbound{Text: line}).Summary(); got != textNotYet {
			t.Errorf("%q is answered %q", line, got)
		}
	}
}

// What Hoist shows for copying is understood as if it had been typed, whatever
// the chat puts around the words of others.
func TestExtend_gives_a_line_that_can_be_copied(t *testing.T) {
	got := quietBot(tenant{}).Command(t.Context(), Inbound{Text: "extend תפקיד 1h because עוד שעה"})
	var shown strings.Builder
	for _, s := range got.(Reply).Lines[1][1:] {
		if s.Kind == Typed {
			s.Text = "\u2068" + s.Text + "\u2069"
		}
		shown.WriteString(s.Text)
	}
	c, err := Parse(shown.String())
	if err != nil || c.Verb != VerbElevate || c.Ask.Role != "תפקיד" || c.Ask.Duration != time.Hour || c.Ask.Justification != "עוד שעה" {
		t.Errorf("Parse(%q) = %+v, %v", shown.String(), c.Ask, err)
	}
}
