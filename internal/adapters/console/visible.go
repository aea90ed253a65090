package console

import (
	"fmt"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/rivo/uniseg"
	"golang.org/x/text/unicode/bidi"
)

const (
	// maxTyped bounds one piece of somebody's text, in runes: about ten lines. The
	// whole text is in the audit log.
	maxTyped = 800
	// maxMarks bounds the combining marks on one letter. Real writing systems
	// stack up to four; more is a way to paint over other lines.
	maxMarks = 4
	// cutHint follows a person's text that was cut.
	cutHint = " (cut here; the audit log keeps the whole text)"
)

// visible returns s as letters on one line: a terminal obeys control characters
// and escape sequences, so they are shown as symbols, and what orders or hides
// its neighbours is shown by name.
func visible(s string) string {
	var b strings.Builder
	marks, flag := 0, false
	for i, r := range s {
		if !unicode.In(r, unicode.Mn, unicode.Me, unicode.Mc) {
			marks = 0
		} else if marks++; marks > maxMarks {
			continue
		} else if i == 0 {
			b.WriteRune('◌') // a mark of its own, not one on our last letter
		}
		flag = r == blackFlag || flag && isTag(r)
		if flag {
			b.WriteRune(r)
			continue
		}
		writeVisible(&b, r)
	}
	return b.String()
}

// blackFlag begins the flags of England, Scotland and Wales, which are spelt in
// tag characters. Anywhere else those hide text.
const blackFlag = '\U0001F3F4'

func isTag(r rune) bool { return r >= 0xe0020 && r <= 0xe007f }

func writeVisible(b *strings.Builder, r rune) {
	switch {
	case r == '\t':
		b.WriteByte(' ')
	case r == '\n', r == '\v', r == '\f', r == '\r', r == 0x85, r == 0x2028, r == 0x2029:
		b.WriteString(" ↵ ")
	case r < 0x20:
		b.WriteRune(0x2400 + r) // the picture of the control character
	case r == 0x7f:
		b.WriteRune('␡')
	case r > 0x7f && r < 0xa0:
		b.WriteRune(utf8.RuneError) // C1: many terminals take U+009B for ESC [
	case isHidden(r):
		fmt.Fprintf(b, "⟨U+%04X⟩", r)
	default:
		b.WriteRune(r)
	}
}

// isHidden names format characters: bidirectional controls (CVE-2021-42574),
// zero-width spaces, soft hyphens, annotations and tags. Joiners stay, because
// scripts and emoji need them, and so do the few that have a shape.
func isHidden(r rune) bool {
	const joiner, nonJoiner = '\u200d', '\u200c'
	return unicode.Is(unicode.Cf, r) && r != joiner && r != nonJoiner && !unicode.Is(unicode.Prepended_Concatenation_Mark, r)
}

// clip shortens s to at most most runes, between letters as people see them, and
// ends what was cut with "…". It reports whether it cut.
func clip(s string, most int) (string, bool) {
	if len(s) <= most || utf8.RuneCountInString(s) <= most {
		return s, false
	}
	left, end := most-1, 0
	for rest, state := s, -1; rest != ""; {
		var cluster string
		cluster, rest, _, state = uniseg.FirstGraphemeClusterInString(rest, state)
		if left -= utf8.RuneCountInString(cluster); left < 0 {
			break
		}
		end += len(cluster)
	}
	return s[:end] + "…", true
}

// isolated encloses text that runs from right to left, so that it cannot reorder
// the words beside it on terminals that know about that.
func isolated(s string) string {
	const firstStrongIsolate, popIsolate = "\u2068", "\u2069"
	for _, r := range s {
		if r < 0x590 {
			continue // before the first right-to-left script
		}
		if p, _ := bidi.LookupRune(r); p.Class() == bidi.R || p.Class() == bidi.AL || p.Class() == bidi.AN {
			return firstStrongIsolate + s + popIsolate
		}
	}
	return s
}
