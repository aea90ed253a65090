package slack

import (
	"strconv"
	"strings"

	"hoist/internal/chat"
	"hoist/internal/pim"
)

// A button carries: action_id = the kind of the action, with ".2", ".3", …
// where a block holds several of a kind; block_id = the elevation's id, with
// "#2", "#3", … where a message has several blocks of one elevation; value =
// "id|value", and "id|value|link" on buttons that lead to an address. Slack
// delivers presses of those as well (docs.slack.dev/reference/block-kit/block-elements/button-element,
// url), and they mean nothing.
const linkMark = "link"

// actionID names an action that is the nth of its kind in its block.
func actionID(kind chat.ActionKind, nth int) string {
	if nth <= 1 {
		return string(kind)
	}
	return string(kind) + "." + strconv.Itoa(nth)
}

// blockID names a block of an elevation, the nth in its message. Slack makes an
// id up for blocks without one.
func blockID(id pim.ID, nth int) string {
	if id == "" || nth <= 1 {
		return string(id)
	}
	return string(id) + "#" + strconv.Itoa(nth)
}

func buttonValue(a chat.Action) string {
	v := string(a.ID) + "|" + a.Value
	if !a.URL.IsZero() {
		v += "|" + linkMark
	}
	return v
}

// pressed reads a button of ours back. Whatever was not rendered by this
// package is refused; what a press may do is not judged here.
func pressed(actionID, blockID, value string) (p chat.Pressed, link, ok bool) {
	kind, ok := cutCount(actionID, ".")
	if !ok || !isWord(kind) {
		return chat.Pressed{}, false, false
	}
	parts := strings.Split(value, "|")
	switch {
	case len(parts) == 3 && parts[2] == linkMark:
		link = true
	case len(parts) != 2:
		return chat.Pressed{}, false, false
	}
	if parts[0] != "" {
		id, ok := cutCount(blockID, "#")
		if !ok || id != parts[0] || !isElevationID(id) {
			return chat.Pressed{}, false, false
		}
	}
	return chat.Pressed{Kind: chat.ActionKind(kind), ID: pim.ID(parts[0]), Value: parts[1]}, link, true
}

// cutCount removes a counting suffix of two or more.
func cutCount(s, mark string) (string, bool) {
	head, count, counted := strings.Cut(s, mark)
	if !counted {
		return s, true
	}
	n, err := strconv.Atoi(count)
	return head, err == nil && n >= 2 && strconv.Itoa(n) == count
}

// isWord accepts the alphabet of action kinds.
func isWord(s string) bool {
	if s == "" || len(s) > 32 {
		return false
	}
	for _, c := range []byte(s) {
		if (c < 'a' || c > 'z') && c != '-' {
			return false
		}
	}
	return true
}

// isElevationID accepts the form of [pim.ID]; whether it exists is not asked.
func isElevationID(s string) bool {
	rest, ok := strings.CutPrefix(s, "H-")
	if !ok || len(rest) < 4 || len(rest) > 16 {
		return false
	}
	for _, c := range []byte(rest) {
		if (c < '0' || c > '9') && (c < 'A' || c > 'Z') {
			return false
		}
	}
	return true
}
