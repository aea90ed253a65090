package console

import (
	"net/url"
	"time"

	"hoist/internal/chat"
	"hoist/internal/secret"
)

// style is how a run looks where colours are allowed: the parameters of SGR
// (ECMA-48, 8.3.117), or nothing.
type style string

const (
	ordinary style = ""
	bold     style = "1"
	dim      style = "2"
	cyan     style = "36"
	green    style = "32"
	yellow   style = "33"
	red      style = "31"
)

// run is a piece of a paragraph in one look. Its text went through [visible].
type run struct {
	text  string
	style style
	// foreign text may run from right to left.
	foreign bool
	// whole text is never broken: addresses and commands, which are copied.
	whole bool
	// private text is printed and not told to the transcript.
	private bool
}

// runs shows spans as text for a reader in zone.
func runs(l chat.Line, zone *time.Location, base style) []run {
	var out []run
	for _, s := range l {
		out = append(out, span(s, zone, base)...)
	}
	return out
}

func span(s chat.Span, zone *time.Location, base style) []run {
	switch s.Kind {
	case chat.Moment:
		return words(chat.FormatMoment(s, zone), base)
	case chat.Typed:
		return typedRuns(s.Text, base)
	case chat.Strong:
		return words(s.Text, bold)
	case chat.Code:
		return words(s.Text, cyan)
	case chat.Link:
		return append(words(s.Text, base), target(s.URL)...)
	case chat.Plain:
	}
	return words(s.Text, base)
}

// words are our own, or nearly: names of the tenant may be among them.
func words(text string, st style) []run {
	if text == "" {
		return nil
	}
	return []run{{text: visible(text), style: st}}
}

func typedRuns(text string, st style) []run {
	if text == "" {
		return nil
	}
	shown, cut := clip(visible(text), maxTyped)
	out := []run{{text: shown, style: st, foreign: true}}
	if cut {
		out = append(out, run{text: chat.CutHint, style: dim})
	}
	return out
}

// target is where a link leads, in one piece. An address that is none is left
// out.
func target(link secret.Value) []run {
	address := link.Reveal()
	if !isWebAddress(address) {
		return nil
	}
	return []run{{text: " ", style: ordinary, private: true}, {text: "→ " + address, style: cyan, whole: true, private: true}}
}

// isWebAddress accepts what a terminal shows as it is.
func isWebAddress(s string) bool {
	for i := range len(s) {
		if s[i] <= ' ' || s[i] >= 0x7f {
			return false
		}
	}
	u, err := url.Parse(s)
	return err == nil && (u.Scheme == "https" || u.Scheme == "http") && u.Host != ""
}
