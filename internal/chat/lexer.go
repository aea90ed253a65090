package chat

import (
	"cmp"
	"strings"
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/unicode/norm"
)

// word is one word of a line, or one quoted name.
type word struct {
	text       string // as typed, without quotes and without marks that nobody sees
	key        string // folded for the comparison with keywords; "" when quoted
	quoted     bool
	start, end int // its bytes in the line
}

// lexed is a line in words up to "because", and the reason whole.
type lexed struct {
	line      string
	words     []word
	because   word // the keyword, zero when there is none
	hasReason bool
	reason    string // verbatim, without outer space
	unclosed  int    // index of the word whose opening quote has no end, -1 for none
}

// lex splits a line. A reason begins at the first "because" that is not inside
// quotes and runs to the end; nothing in it is ever looked at.
func lex(line string) lexed {
	l := lexed{line: line, unclosed: -1}
	for at := skipBlank(line, 0); at < len(line); at = skipBlank(line, at) {
		w, next, ok := quotedWord(line, at)
		if !ok {
			w, next = bareWord(line, at)
			if first, _ := utf8.DecodeRuneInString(line[at:]); doubleQuote(first) && l.unclosed < 0 {
				l.unclosed = len(l.words)
				// A form shall not show the quote again.
				w.text = cmp.Or(strings.TrimLeftFunc(w.text, doubleQuote), w.text)
			}
			if keyword, reasonAt := becauseWord(w, next, line); keyword {
				w.text, w.end = strings.TrimRightFunc(line[at:reasonAt], unseen), reasonAt
				l.because, l.hasReason = w, true
				l.reason = strings.TrimSpace(line[reasonAt:])
				return l
			}
		}
		l.words = append(l.words, w)
		at = next
	}
	return l
}

func skipBlank(line string, at int) int {
	for at < len(line) {
		r, n := utf8.DecodeRuneInString(line[at:])
		if !blank(r) {
			break
		}
		at += n
	}
	return at
}

func bareWord(line string, at int) (w word, next int) {
	raw, _ := cutWord(line[at:])
	text := strings.TrimRightFunc(raw, unseen)
	return word{text: text, key: wordKey(text), start: at, end: at + len(text)}, at + len(raw)
}

// quotedWord reads a name in quotes. Any double quote closes any other, because
// keyboards mix straight and curly ones; two in a row stand for one. A quote
// that looks like the beginning of another name means that the first one was
// never closed.
func quotedWord(line string, at int) (w word, next int, ok bool) {
	opener, n := utf8.DecodeRuneInString(line[at:])
	if !doubleQuote(opener) && !singleQuote(opener) {
		return word{}, 0, false
	}
	same := doubleQuote
	if singleQuote(opener) {
		same = singleQuote
	}
	var inside strings.Builder
	before := opener
	for i := at + n; i < len(line); {
		r, size := utf8.DecodeRuneInString(line[i:])
		after, _ := utf8.DecodeRuneInString(line[i+size:])
		atEnd := i+size == len(line) || blank(after)
		switch {
		case !same(r):
		case doubleQuote(r) && after == r:
			i += size
		case blank(before) && !atEnd:
			return word{}, 0, false
		case doubleQuote(r) || atEnd:
			// An apostrophe inside a word is no end, hence only at its own.
			w = word{text: tidyName(inside.String()), quoted: true, start: at, end: i + size}
			return w, w.end, true
		}
		inside.WriteRune(r)
		before, i = r, i+size
	}
	return word{}, 0, false
}

// becauseWord reports whether w begins the reason, and where the reason begins.
// Both "because" and "reason:" are read, the first with any punctuation that
// people put after it, either with the reason glued to a colon.
func becauseWord(w word, next int, line string) (ok bool, reasonAt int) {
	if strings.TrimRight(w.key, ":,;.-") == "because" {
		return true, next
	}
	head, after, ok := cutColon(line[w.start:next])
	if !ok {
		return false, 0
	}
	key := foldWord(head)
	return key == "because" || key == "reason", next - len(after)
}

// cutColon splits a word at its first colon, full-width or not.
func cutColon(w string) (before, after string, ok bool) {
	i := strings.IndexAny(w, ":：")
	if i < 0 {
		return w, "", false
	}
	_, n := utf8.DecodeRuneInString(w[i:])
	return w[:i], w[i+n:], true
}

// wordKey folds a word and takes off the comma that people put between options.
func wordKey(text string) string { return strings.TrimRight(foldWord(text), ",;") }

// foldWord makes words comparable with keywords: full-width and other
// compatibility forms, any dash, any letter case, no invisible marks. It is
// never applied to what is kept.
func foldWord(text string) string {
	if lowerASCII(text) {
		return text
	}
	// Lowering can undo composition, hence the second pass.
	return norm.NFKC.String(strings.ToLower(strings.Map(foldRune, norm.NFKC.String(text))))
}

func foldRune(r rune) rune {
	switch {
	case unseen(r):
		return -1
	case unicode.Is(unicode.Pd, r) || r == '\u2212':
		return '-'
	}
	return r
}

func lowerASCII(s string) bool {
	for i := range len(s) {
		if c := s[i]; c < ' ' || c > '~' || 'A' <= c && c <= 'Z' {
			return false
		}
	}
	return true
}

// tidyName is a name with single spaces and no invisible marks at the edges of
// its words. Marks inside a word stay: some scripts need them.
func tidyName(s string) string {
	var words []string
	for w := range strings.FieldsSeq(s) {
		if w = strings.TrimFunc(w, unseen); w != "" {
			words = append(words, w)
		}
	}
	return strings.Join(words, " ")
}

func blank(r rune) bool { return unicode.IsSpace(r) || unseen(r) }

// unseen reports whether r takes no room on a screen: zero-width spaces and
// joiners, byte order and direction marks, control characters.
func unseen(r rune) bool {
	switch {
	case r == '\u00ad', r == '\u034f', r == '\u061c', r == '\u180e', r == '\ufeff',
		'\u200b' <= r && r <= '\u200f', '\u202a' <= r && r <= '\u202e', '\u2060' <= r && r <= '\u206f':
		return true
	}
	return unicode.IsControl(r) && !unicode.IsSpace(r)
}

func doubleQuote(r rune) bool { return strings.ContainsRune("\"“”„‟«»＂", r) }

func singleQuote(r rune) bool { return strings.ContainsRune("'‘’‚‛＇", r) }
