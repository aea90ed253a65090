package chat

import (
	"fmt"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/rivo/uniseg"
	"golang.org/x/text/unicode/bidi"
)

// This file makes text that is not ours safe to look at, for platforms to use
// where they show it: it is kept from painting over its neighbours, from
// starting a line of its own that looks like ours, and from growing without end.

// CutHint follows a person's text that was cut.
const CutHint = " (cut here; the audit log keeps the whole text)"

// maxMarks bounds the combining marks on one letter. Real writing systems stack
// up to four; more is a way to paint over other lines.
const maxMarks = 4

// Visible returns s on one line: line breaks and control characters are shown as
// symbols, what named holds for by its code point, and letters carry at most
// four combining marks.
func Visible(s string, named func(rune) bool) string {
	if plainASCII(s) {
		return s
	}
	var b strings.Builder
	b.Grow(len(s))
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
		if !flag && named(r) {
			fmt.Fprintf(&b, "⟨U+%04X⟩", r)
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
	default:
		b.WriteRune(r)
	}
}

func plainASCII(s string) bool {
	for i := range len(s) {
		if s[i] < 0x20 || s[i] >= 0x7f {
			return false
		}
	}
	return true
}

// IsBidiControl names the characters that change the order of what follows
// them, beyond their own line's end: embeddings, overrides and isolates
// (Unicode Standard Annex 9, section 2; CVE-2021-42574).
func IsBidiControl(r rune) bool {
	return r >= 0x202a && r <= 0x202e || r >= 0x2066 && r <= 0x2069
}

// IsHidden names all format characters that hide or reorder: bidirectional
// controls, zero-width spaces, soft hyphens, annotations and tags. Joiners stay,
// because scripts and emoji need them, and so do the few that have a shape.
func IsHidden(r rune) bool {
	const joiner, nonJoiner = '\u200d', '\u200c'
	return unicode.Is(unicode.Cf, r) && r != joiner && r != nonJoiner && !unicode.Is(unicode.Prepended_Concatenation_Mark, r)
}

// Isolated encloses text that runs from right to left, so that it cannot reorder
// the words beside it.
func Isolated(s string) string {
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

// Clip shortens s to at most most, as size counts, between letters as people see
// them, and ends what was cut with "…", which counts one. It reports whether it
// cut.
func Clip(s string, most int, size func(string) int) (string, bool) {
	if s == "" || len(s) <= most || size(s) <= most {
		return s, false
	}
	if most < 1 {
		return "", true
	}
	left, end := most-1, 0
	for rest, state := s, -1; rest != ""; {
		var cluster string
		cluster, rest, _, state = uniseg.FirstGraphemeClusterInString(rest, state)
		if left -= size(cluster); left < 0 {
			break
		}
		end += len(cluster)
	}
	return s[:end] + "…", true
}

// isolates are what [Isolated] puts around other people's text, and their kin. They
// are no letters of anything.
var isolates = strings.NewReplacer("\u2066", "", "\u2067", "", "\u2068", "", "\u2069", "")

// Unisolated takes back what [Isolated] did, and the isolates of others: text that
// comes back from a platform, or is copied from a chat, brings them along.
func Unisolated(s string) string { return isolates.Replace(s) }
