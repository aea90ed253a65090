package console

import (
	"unicode/utf8"

	"hoist/internal/chat"
)

// maxTyped bounds one piece of somebody's text, in runes: about ten lines. The
// whole text is in the audit log.
const maxTyped = 800

// visible returns s as letters on one line: a terminal obeys control characters
// and escape sequences, so they are shown as symbols, and what orders or hides
// its neighbours is shown by name.
func visible(s string) string { return chat.Visible(s, chat.IsHidden) }

// clip shortens s to at most most runes.
func clip(s string, most int) (string, bool) { return chat.Clip(s, most, utf8.RuneCountInString) }
