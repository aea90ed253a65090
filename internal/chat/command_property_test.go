package chat

import (
	"errors"
	"strings"
	"testing"
	"time"
	"unicode/utf8"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"hoist/internal/pim"
)

// drawText makes text with everything that could be mistaken for grammar.
func drawText(t *rapid.T, label string) string {
	piece := rapid.OneOf(
		rapid.String(),
		rapid.SampledFrom([]string{
			" ", " ", " ", "because", "reason:", "until", "17:00", "at", "tomorrow", "in", "2h", "365", "on", "for", "ticket", "INC-4",
			`"`, `""`, "“", "”", "'", "’", "&amp;", "&", "lt;", "&nbsp;", "status", "what", "if", "elevate", "/elevate", "@hoist", "<@U1>", "<at>H</at>",
			"\u00a0", "\u200b", "\u202e", "\u2068", "\u2069", "\x00", "\n", ",", "ＡＢ", "role", "me", "half an hour", "today", "H-7K3F9QX",
		}),
	)
	return strings.Join(rapid.SliceOfN(piece, 0, 8).Draw(t, label), "")
}

// drawName makes a name as Parse leaves it; drawReason a reason.
func drawName(t *rapid.T, label string) string {
	return tidyName(Unisolated(strings.ToValidUTF8(drawText(t, label), "\uFFFD")))
}

func drawReason(t *rapid.T) string {
	return strings.TrimSpace(Unisolated(strings.ToValidUTF8(drawText(t, "reason"), "\uFFFD")))
}

func drawMinutes(t *rapid.T, label string) time.Duration {
	return time.Duration(rapid.IntRange(1, int(longestTime/time.Minute)).Draw(t, label)) * time.Minute
}

func drawWall(t *rapid.T, label string) *pim.When {
	return wall(rapid.IntRange(0, 1).Draw(t, label+" day"), rapid.IntRange(0, 23).Draw(t, label+" hour"), rapid.IntRange(0, 59).Draw(t, label+" minute"))
}

// drawAsk makes any ask that a line can say.
func drawAsk(t *rapid.T) pim.Ask {
	a := pim.Ask{
		Role:          drawName(t, "role"),
		Scope:         drawName(t, "scope"),
		Justification: drawReason(t),
		Ticket:        pim.Ticket{Number: drawName(t, "ticket")},
	}
	switch rapid.IntRange(0, 2).Draw(t, "length") {
	case 1:
		a.Duration = drawMinutes(t, "duration")
	case 2:
		a.Until = drawWall(t, "until")
	}
	switch rapid.IntRange(0, 2).Draw(t, "begin") {
	case 1:
		a.Start = in(drawMinutes(t, "wait"))
	case 2:
		a.Start = drawWall(t, "start")
	}
	return a
}

// drawCommand makes any command of the grammar.
func drawCommand(t *rapid.T) Command {
	c := Command{Verb: verbs[rapid.IntRange(0, len(verbs)-1).Draw(t, "verb")].verb}
	named := func(a pim.Ask) pim.Ask {
		if a.Role == "" {
			a.Role = "UA"
		}
		return a
	}
	switch c.Verb {
	case VerbElevate:
		c.Ask = drawAsk(t)
	case VerbWhatIf:
		c.Ask = named(drawAsk(t))
	case VerbExtend:
		c.Ask = named(drawAsk(t))
		c.Ask.Start = nil
	case VerbStop:
		c.Ask = named(pim.Ask{Role: drawName(t, "role"), Scope: drawName(t, "scope")})
		c.Reason = drawReason(t)
	case VerbWithdraw, VerbApprove, VerbDeny:
		c.ID = pim.ID(rapid.StringMatching("H-["+crockford+"]{7}").Draw(t, "id"))
		c.Reason = drawReason(t)
	case VerbHistory:
		switch rapid.IntRange(0, 2).Draw(t, "history") {
		case 1:
			c.Args = []string{"me"}
		case 2:
			c.Ask = named(pim.Ask{Role: drawName(t, "role"), Scope: drawName(t, "scope")})
		}
	case VerbHelp:
		if rapid.Bool().Draw(t, "topic") {
			c.Args = []string{string(verbs[rapid.IntRange(0, len(verbs)-1).Draw(t, "about")].verb)}
		}
	}
	return c
}

func TestCommand_String_reads_back(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		want := drawCommand(t)
		line := want.String()
		got, err := Parse(line)
		if err != nil {
			t.Fatalf("Parse(%q): %v", line, err)
		}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Fatalf("Parse(%q) (-want +got):\n%s", line, diff)
		}
		if again := got.String(); again != line {
			t.Fatalf("String gives %q, then %q", line, again)
		}
	})
}

func TestParse_takes_any_text(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		line := rapid.OneOf(rapid.Custom(func(t *rapid.T) string { return drawText(t, "line") }), rapid.String(),
			rapid.Map(rapid.SliceOf(rapid.Byte()), func(b []byte) string { return string(b) })).Draw(t, "line")
		checkParse(t, line)
	})
}

// checkParse is what holds for every line.
func checkParse(t interface {
	Helper()
	Fatalf(string, ...any)
}, line string,
) {
	t.Helper()
	began := time.Now()
	c, err := Parse(line)
	if took := time.Since(began); took > 500*time.Millisecond {
		t.Fatalf("Parse took %v for %d bytes", took, len(line))
	}
	if err != nil {
		var bad *ParseError
		if !errors.As(err, &bad) {
			t.Fatalf("Parse(%q): %T is no *ParseError", line, err)
		}
		if bad.Hint == "" || !utf8.ValidString(bad.Error()) {
			t.Fatalf("Parse(%q): unreadable error %q", line, err)
		}
		if bad.Problem != ProblemTooLong && (bad.Part == "" || !strings.Contains(openLine(line), bad.Part)) {
			t.Fatalf("Parse(%q): part %q does not stand in the line", line, bad.Part)
		}
		return
	}
	again, err := Parse(c.String())
	if err != nil {
		t.Fatalf("Parse(%q) of %q: %v", c.String(), line, err)
	}
	if diff := cmp.Diff(c, again); diff != "" {
		t.Fatalf("%q is printed as %q (-first +second):\n%s", line, c.String(), diff)
	}
}

// TestParse_never_loses_a_reason puts anything but a reason or a quote in front
// of one.
func TestParse_never_loses_a_reason(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		head := strings.Map(func(r rune) rune {
			if doubleQuote(r) || singleQuote(r) || r == ':' || r == '：' {
				return -1
			}
			return r
		}, openLine(drawText(t, "head")))
		if strings.Contains(foldWord(head), "because") || strings.Contains(head, "&") || strings.Contains(head, "<") {
			t.Skip("not a head")
		}
		checkReason(t, head, rapid.SampledFrom([]string{"because", "Because", "BECAUSE:", "reason:", "ｂecause"}).Draw(t, "keyword"), drawText(t, "why"))
	})
}

func checkReason(t interface{ Fatalf(string, ...any) }, head, keyword, why string) {
	line := head + " " + keyword + " " + why
	want := strings.TrimSpace(Unisolated(decoder.Replace(strings.ToValidUTF8(why, "\uFFFD"))))
	c, err := Parse(line)
	got := c.Reason + c.Ask.Justification
	if bad, ok := errors.AsType[*ParseError](err); ok {
		got = bad.Ask.Justification
	}
	if got != want {
		t.Fatalf("Parse(%q): reason %q, want %q", line, got, want)
	}
}

func TestParse_takes_options_in_any_order(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		a := drawAsk(t)
		var options []string
		add := func(some bool, words ...string) {
			if some {
				options = append(options, strings.Join(words, " "))
			}
		}
		add(a.Role != "", quoteName(a.Role))
		add(a.Scope != "", "on", quoteVerbatim(a.Scope))
		add(a.Ticket.Number != "", "ticket", quoteTicket(a.Ticket.Number))
		add(a.Duration != 0, "for", pim.FormatDuration(a.Duration))
		if a.Until != nil {
			add(true, "until", a.Until.String())
		}
		if a.Start != nil {
			add(true, startWords(*a.Start))
		}
		line := encodeEntities(strings.Join(append(rapid.Permutation(options).Draw(t, "order"), "because", a.Justification), " "))
		got, err := Parse(line)
		if err != nil {
			t.Fatalf("Parse(%q): %v", line, err)
		}
		if diff := cmp.Diff(Command{Verb: VerbElevate, Ask: a}, got); diff != "" {
			t.Fatalf("Parse(%q) (-want +got):\n%s", line, diff)
		}
	})
}

func TestParse_reads_keywords_in_any_case(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		a := drawAsk(t)
		a.Role, a.Scope, a.Ticket, a.Justification = "1-2", "", pim.Ticket{}, ""
		c := Command{Verb: VerbWhatIf, Ask: a}
		line := c.String()
		got, err := Parse(strings.ToUpper(line))
		if err != nil {
			t.Fatalf("Parse(%q): %v", strings.ToUpper(line), err)
		}
		if diff := cmp.Diff(c, got); diff != "" {
			t.Fatalf("in capitals (-want +got):\n%s", diff)
		}
	})
}

func TestNormalisation_is_idempotent(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		s := rapid.OneOf(rapid.String(), rapid.Custom(func(t *rapid.T) string { return drawText(t, "text") })).Draw(t, "s")
		for name, f := range map[string]func(string) string{"tidyName": tidyName, "foldWord": foldWord, "wordKey": wordKey, "foldAccents": foldAccents, "foldCase": foldCase} {
			once := f(s)
			if twice := f(once); twice != once {
				t.Fatalf("%s(%q) = %q, then %q", name, s, once, twice)
			}
		}
		if back := decoder.Replace(encodeEntities(s)); back != s {
			t.Fatalf("%q comes back as %q", s, back)
		}
	})
}
