package console

import (
	"strings"

	"hoist/internal/chat"

	"github.com/rivo/uniseg"
)

// The margins. Text stands to the right of where buttons begin, and what was
// wrapped further to the right, so that nobody can type a button.
const (
	atButton = 2
	atText   = 4
	atRest   = 6
)

// paragraph is text that wraps as one.
type paragraph struct {
	margin int
	runs   []run
}

// text is the paragraph on one line, without what is private.
func (p paragraph) text() string {
	var b strings.Builder
	for _, r := range p.runs {
		if !r.private {
			b.WriteString(r.plain())
		}
	}
	return b.String()
}

func (r run) plain() string {
	if r.foreign {
		return chat.Isolated(r.text)
	}
	return r.text
}

func (r run) coloured() string {
	if r.style == ordinary {
		return r.plain()
	}
	return "\x1b[" + string(r.style) + "m" + r.plain() + "\x1b[0m"
}

// glyph is what is never broken: a letter as people see it, or a whole run.
type glyph struct {
	text  string
	width int
	run   int // index of its run
}

func (g glyph) space() bool { return g.text == " " }

// breakable reports whether a line may end after it: spaces, and letters of
// scripts that are written without spaces.
func (g glyph) breakable() bool { return g.space() || g.width == 2 }

func (p paragraph) glyphs() []glyph {
	var all []glyph
	for i, r := range p.runs {
		if r.whole {
			all = append(all, glyph{r.text, uniseg.StringWidth(r.text), i})
			continue
		}
		for rest, state := r.text, -1; rest != ""; {
			g := glyph{run: i}
			g.text, rest, g.width, state = uniseg.FirstGraphemeClusterInString(rest, state)
			all = append(all, g)
		}
	}
	return all
}

// wrap breaks a paragraph into lines of at most width columns, between words
// where it can.
func (p paragraph) wrap(width int) [][]run {
	w := wrapper{room: width - p.margin, rest: width - atRest}
	word := []glyph{}
	for _, g := range p.glyphs() {
		if word = append(word, g); g.breakable() {
			w.put(word)
			word = nil
		}
	}
	w.put(word)
	w.flush()
	out := make([][]run, len(w.lines))
	for i, line := range w.lines {
		out[i] = p.merge(line)
	}
	return out
}

// wrapper fills lines from word to word.
type wrapper struct {
	room, rest int // columns of this line and of those that follow
	lines      [][]glyph
	line       []glyph
	used       int
}

func (w *wrapper) put(word []glyph) {
	need := columns(trimmed(word))
	if w.used > 0 && w.used+need > w.room {
		w.flush()
	}
	for _, g := range word {
		if len(w.lines) > 0 && w.used == 0 && g.space() {
			continue // a space at the start of a wrapped line says nothing
		}
		if w.used > 0 && w.used+g.width > w.room && !g.space() {
			w.flush() // a word longer than a line
		}
		w.line, w.used = append(w.line, g), w.used+g.width
	}
}

func (w *wrapper) flush() {
	if line := trimmed(w.line); len(line) > 0 {
		w.lines = append(w.lines, line)
		w.room = w.rest
	}
	w.line, w.used = nil, 0
}

func trimmed(line []glyph) []glyph {
	for len(line) > 0 && line[len(line)-1].space() {
		line = line[:len(line)-1]
	}
	return line
}

func columns(gs []glyph) int {
	n := 0
	for _, g := range gs {
		n += g.width
	}
	return n
}

// merge puts glyphs of one run together again.
func (p paragraph) merge(line []glyph) []run {
	var out []run
	for i, g := range line {
		if i == 0 || line[i-1].run != g.run {
			r := p.runs[g.run]
			r.text = ""
			out = append(out, r)
		}
		out[len(out)-1].text += g.text
	}
	return out
}
