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

// actionKinds are the buttons of this version, and whether they are links.
var actionKinds = map[chat.ActionKind]buttonKind{
	chat.ActionSignIn: link, chat.ActionOpen: link, chat.ActionApprove: link, chat.ActionDeny: link,
	chat.ActionChoose: acts, chat.ActionStop: acts, chat.ActionWithdraw: acts, chat.ActionNewLink: acts,
	chat.ActionAgain: acts, chat.ActionForm: acts,
}

type buttonKind int

const (
	acts buttonKind = iota + 1 // a press reaches the bot
	link                       // the browser opens an address
)

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
func pressed(actionID, blockID, value string) (p chat.Pressed, isLink, ok bool) {
	kind, ok := cutCount(actionID, ".")
	known := actionKinds[chat.ActionKind(kind)]
	if !ok || known == 0 {
		return chat.Pressed{}, false, false
	}
	parts := strings.Split(value, "|")
	switch {
	case len(parts) == 3 && parts[2] == linkMark:
		isLink = true
	case len(parts) != 2:
		return chat.Pressed{}, false, false
	}
	p = chat.Pressed{Kind: chat.ActionKind(kind), ID: pim.ID(parts[0]), Value: parts[1]}
	if isLink != (known == link) || !carries(p, blockID) {
		return chat.Pressed{}, false, false
	}
	return p, isLink, true
}

// carries reports whether a button of this kind carries such an id and value.
func carries(p chat.Pressed, blockID string) bool {
	if p.ID != "" {
		id, ok := cutCount(blockID, "#")
		if !ok || id != string(p.ID) || !isElevationID(id) {
			return false
		}
	}
	switch p.Kind {
	case chat.ActionChoose:
		n, err := strconv.Atoi(p.Value)
		return p.ID != "" && err == nil && n >= 1 && strconv.Itoa(n) == p.Value
	case chat.ActionStop, chat.ActionWithdraw, chat.ActionNewLink, chat.ActionAgain:
		return p.ID != "" && p.Value == ""
	default: // links, and the form, which may start from nothing
		return p.Value == ""
	}
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
