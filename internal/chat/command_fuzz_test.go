package chat

import (
	"errors"
	"strings"
	"testing"
	"time"
)

// FuzzParse looks for a line that breaks what holds for every line, and for one
// in front of a reason that makes the reason go astray.
func FuzzParse(f *testing.F) {
	for _, row := range verbs {
		for _, line := range row.examples {
			f.Add(line)
		}
	}
	for _, line := range []string{
		"", " ", "\x00", "\xff\xfe", "because", "reason:", `"`, `""`, `"""`, `“a`, `'a' 'b`, "2", "-", "p", "pt", "p1dt", "1h30",
		"until", "until tomorrow", "until 17:00 tomorrow 09:00", "at tomorrow at 9", "tomorrow at at", "today 2h", "in an", "half an", "half an hour",
		"on", "on on", "on 2", "ticket", "ticket:", "ticket：１", "for for", "Windows 365", "a 2 3 b", "<@U1|x> <at>", "<at x></at>", "<at", "@hoist @hoist",
		"/elevate /elevate", "what", "what if", "approve h", "approve h-iiiiiii", "history role", "history me x", "help ?",
		"&amp;amp;lt;", "&amp", "a\u200bb 2h\u200b because\u200bx", "ＵＡ　２ｈ　ｂｅｃａｕｓｅ：x", "ua 0.0000000000000001h", "ua 1.h", "ua 1,5,5h", "ua 12am", "ua at 0am",
		"/elevate \u2068ua 1h because one more\u2069", "\u2068ua\u2069 2h bec\u2066ause\u2067 x\u2069 y",
		"e\u0301 İ ſ ﷺ ½h", "ua 2h because \"x", `"ua 2h because "x"`,
	} {
		f.Add(line)
	}
	f.Fuzz(func(t *testing.T, line string) {
		checkParse(t, line)
		head := openLine(line)
		if len(head) < longestLine/2 && !strings.ContainsAny(head, "&<:：") && strings.IndexFunc(head, func(r rune) bool { return doubleQuote(r) || singleQuote(r) }) < 0 &&
			!strings.Contains(foldWord(head), "because") {
			checkReason(t, head, "because", line)
		}
	})
}

func TestParse_is_quick_on_anything(t *testing.T) {
	for _, piece := range []string{
		"a", " ", `"`, `" `, `"a `, "'a ", "' ", `'a "b `, "2 ", "2h ", "1h 30m ", "on ", "until tomorrow ", "because ", "&amp;", "&amp;lt;", "\u200b", "\u0300", "ﷺ", "ﷺ ",
		"<at", "<@", "elevate ", "@hoist ", "ticket 1 ", "half an ", "\xff", "：", "a:",
	} {
		for _, size := range []int{longestLine, 100_000} {
			line := strings.Repeat(piece, size/len(piece))
			// Far above the 10 ms that it takes on a desk, and the best of some
			// tries, for busy machines.
			best := time.Hour
			for range 5 {
				began := time.Now()
				_, _ = Parse(line)
				if best = min(best, time.Since(began)); best < 100*time.Millisecond {
					break
				}
			}
			if best > 500*time.Millisecond {
				t.Errorf("%q × %d: %v", piece, len(line)/len(piece), best)
			}
		}
	}
}

func TestParse_takes_long_reasons_whole(t *testing.T) {
	why := strings.Repeat("наконец ", 1000) + "end"
	c, err := Parse("ua 2h because " + why)
	if err != nil || c.Ask.Justification != why {
		t.Errorf("a reason of %d bytes: %v, %d bytes left", len(why), err, len(c.Ask.Justification))
	}
	_, err = Parse("ua 2h because " + strings.Repeat(why, 2))
	var bad *ParseError
	if !errors.As(err, &bad) || bad.Problem != ProblemTooLong || len(bad.Part) > 4*shownPart || !strings.HasPrefix(bad.Part, "ua 2h because") {
		t.Errorf("a line that is too long: %v", err)
	}
}

func BenchmarkParse(b *testing.B) {
	for name, line := range map[string]string{
		"elevate":     "User Administrator 2h ticket INC-42 because rotating keys",
		"status":      "status",
		"unicode":     "“Rôle d’Été”\u00a0２ｈ\u200b because наконец",
		"long_reason": "ua 2h because " + strings.Repeat("why not ", 500),
		"too_long":    strings.Repeat("a ", 50_000),
		"all_words":   strings.Repeat("2 ", longestLine/2),
	} {
		b.Run(name, func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				_, _ = Parse(line)
			}
		})
	}
}
