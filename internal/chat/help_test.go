package chat

import (
	"slices"
	"strings"
	"testing"
)

func TestVerbs_are_complete(t *testing.T) {
	seen := map[string]Verb{}
	for _, row := range verbs {
		if row.usage == "" || row.summary == "" || len(row.examples) == 0 || row.parse == nil {
			t.Errorf("%s: the row has a gap", row.verb)
		}
		for _, name := range append([]string{string(row.verb)}, row.aliases...) {
			if other, taken := seen[name]; taken {
				t.Errorf("%q means both %s and %s", name, other, row.verb)
			}
			if foldWord(name) != name {
				t.Errorf("%q can never be typed: it is not folded", name)
			}
			seen[name] = row.verb
		}
		if row.verb != VerbElevate && !strings.HasPrefix(row.usage, "/elevate "+string(row.verb)) {
			t.Errorf("%s: the usage %q does not say how to call it", row.verb, row.usage)
		}
	}
	if len(verbs) != 15 || verbs[0].verb != VerbElevate {
		t.Errorf("%d verbs, the first is %s", len(verbs), verbs[0].verb)
	}
}

func TestVerbs_examples_parse(t *testing.T) {
	for _, row := range verbs {
		for _, line := range row.examples {
			c, err := Parse(line)
			if err != nil || c.Verb != row.verb {
				t.Errorf("%s: Parse(%q) = %s, %v", row.verb, line, c.Verb, err)
			}
			if !strings.HasPrefix(line, "/elevate") {
				t.Errorf("%q cannot be copied and sent", line)
			}
		}
	}
}

func TestVerbs_aliases_parse(t *testing.T) {
	for _, row := range verbs {
		for _, alias := range row.aliases {
			if c, _ := Parse(alias); c.Verb != row.verb {
				t.Errorf("Parse(%q).Verb = %s, want %s", alias, c.Verb, row.verb)
			}
		}
	}
}

func TestHelp_shows_what_this_version_does(t *testing.T) {
	var shown []Verb
	for _, e := range Help() {
		shown = append(shown, e.Verb)
	}
	if want := []Verb{
		VerbElevate, VerbStatus, VerbRoles, VerbStop, VerbWithdraw, VerbApprove, VerbDeny, VerbPending,
		VerbWhoami, VerbLink, VerbUnlink, VerbHelp,
	}; !slices.Equal(shown, want) {
		t.Errorf("Help shows %v, want %v", shown, want)
	}
	for _, row := range verbs {
		e, ok := HelpFor(row.verb)
		if ok != row.built || ok != row.verb.Built() || ok != slices.Contains(shown, row.verb) {
			t.Errorf("%s: built %t, HelpFor %t, Built %t", row.verb, row.built, ok, row.verb.Built())
		}
		if ok && (e.Usage != row.usage || !slices.Equal(e.Examples, row.examples)) {
			t.Errorf("%s: help differs from the grammar: %+v", row.verb, e)
		}
	}
	if _, ok := HelpFor("dance"); ok || Verb("dance").Built() {
		t.Error("there is help for a verb that does not exist")
	}
}

func TestHelp_cannot_be_changed_by_its_readers(t *testing.T) {
	Help()[0].Examples[0] = "/elevate Global Administrator 8h because I can"
	if e, _ := HelpFor(VerbElevate); strings.Contains(e.Examples[0], "Global") {
		t.Error("a reader changed the grammar")
	}
}

func TestProblems_each_have_a_hint(t *testing.T) {
	for p, hint := range hints {
		if hint == "" || !strings.HasSuffix(hint, ".") {
			t.Errorf("%s: %q is no whole sentence", p, hint)
		}
	}
	if len(hints) != 22 {
		t.Errorf("%d hints for 22 problems", len(hints))
	}
}

func TestHelp_says_that_the_bare_command_opens_a_form(t *testing.T) {
	got, _ := HelpFor(VerbElevate)
	if !strings.Contains(got.Summary, "/elevate alone opens a form") {
		t.Errorf("help says %q", got.Summary)
	}
}

func TestHelp_shows_no_line_twice(t *testing.T) {
	for _, e := range Help() {
		if slices.Contains(e.Shown(), e.Usage) && len(e.Examples) == 1 {
			t.Errorf("%s stands twice", e.Usage)
		}
		if len(e.Examples) > 1 && !slices.Equal(e.Shown(), e.Examples) {
			t.Errorf("%s lacks examples", e.Usage)
		}
	}
}
