package adapterstest

import (
	"strings"
	"testing"
	"unicode"

	"hoist/internal/chat"
	"hoist/internal/pim"
)

// squashed is a text without what platforms lay it out with: spaces and line
// ends, marks that isolate text that runs from right to left, word joiners.
func squashed(s string) string {
	return strings.Map(func(r rune) rune {
		switch {
		case unicode.IsSpace(r), r == '\u2068', r == '\u2069', r == '\u2060':
			return -1
		}
		return r
	}, s)
}

// says fails unless a text has all parts in their order.
func says(t *testing.T, text string, parts ...string) {
	t.Helper()
	rest := squashed(text)
	for _, p := range parts {
		_, after, ok := strings.Cut(rest, squashed(p))
		if !ok {
			t.Errorf("%.120q is not shown, or not in its place, in:\n%.2000s", p, text)
			return
		}
		rest = after
	}
}

// silent fails when a text has any of the parts.
func silent(t *testing.T, text string, parts ...string) {
	t.Helper()
	for _, p := range parts {
		if strings.Contains(squashed(text), squashed(p)) {
			t.Errorf("%.120q is shown in:\n%.2000s", p, text)
		}
	}
}

// harmless fails for all that text of other people could do.
func harmless(t *testing.T, m Message) {
	t.Helper()
	if len(m.Pings)+len(m.Links)+len(m.Formats) > 0 {
		t.Errorf("pings %q, links %q, formats %q in:\n%.2000s", m.Pings, m.Links, m.Formats, m.Text)
	}
}

func (f Fixture) post(t *testing.T, at pim.Place, thread pim.Ref, v chat.View) pim.Ref {
	t.Helper()
	ref, err := f.Platform.Post(t.Context(), at, thread, v)
	if err != nil || ref == "" {
		t.Fatalf("post: %q, %v", ref, err)
	}
	return ref
}

func (f Fixture) update(t *testing.T, at pim.Place, ref pim.Ref, v chat.View) {
	t.Helper()
	if err := f.Platform.Update(t.Context(), at, ref, v); err != nil {
		t.Fatalf("update: %v", err)
	}
}

func (f Fixture) remove(t *testing.T, at pim.Place, ref pim.Ref) {
	t.Helper()
	if err := f.Platform.Delete(t.Context(), at, ref); err != nil {
		t.Fatalf("delete: %v", err)
	}
}

// read returns what is seen, and looks at it with the platform's own eyes.
func (f Fixture) read(t *testing.T, at pim.Place, ref pim.Ref) Message {
	t.Helper()
	m, shown := f.Read(at, ref)
	if !shown {
		t.Fatalf("message %q is not shown", ref)
	}
	if f.Inspect != nil {
		f.Inspect(t, at, ref)
	}
	return m
}

// shown posts a view and returns what is seen.
func (f Fixture) shown(t *testing.T, at pim.Place, v chat.View) Message {
	t.Helper()
	return f.read(t, at, f.post(t, at, "", v))
}

// everything is a message's text and what its buttons say.
func (m Message) everything() string {
	lines := []string{m.Text}
	for _, b := range m.Buttons {
		lines = append(lines, b.Label)
	}
	return strings.Join(lines, "\n")
}

func labels(m Message) []string {
	var all []string
	for _, b := range m.Buttons {
		all = append(all, squashed(b.Label))
	}
	return all
}
