package console

import (
	"fmt"
	"slices"
	"strings"

	"hoist/internal/chat"
)

// button is an action on the screen. Numbers are never used again, so that a
// number means one thing for as long as somebody may read it.
type button struct {
	chat.Action
	number int
	on     *message // nil when its message does not show it any more
}

// maxLabel bounds a label, in runes: names of the tenant have no bound.
const maxLabel = 120

// attach finds the buttons for a message's actions. One that was there already
// keeps its number.
func attach(m *message, actions []chat.Action) []*button {
	old := slices.Clone(m.buttons)
	var now []*button
	for _, a := range actions {
		b := &button{Action: a}
		if i := slices.IndexFunc(old, func(o *button) bool { return o.Action == a }); i >= 0 {
			b = old[i]
			old = slices.Delete(old, i, i+1)
		}
		now = append(now, b)
	}
	return now
}

// settle makes buttons those of their message, once it is on the screen. The
// caller holds the lock.
func (c *Console) settle(m *message, now []*button) {
	for _, b := range m.buttons {
		b.on = nil
	}
	for _, b := range now {
		if b.on = m; len(c.buttons) < b.number {
			c.buttons = append(c.buttons, b)
		}
	}
	m.buttons = now
}

// number gives new buttons the numbers that follow those in use. The caller
// holds the lock.
func (c *Console) number(bs []*button) {
	next := len(c.buttons)
	for _, b := range bs {
		if b.number == 0 {
			next++
			b.number = next
		}
	}
}

// paragraph is the button as shown: "[3] Open in PIM → https://…".
func (b *button) paragraph() paragraph {
	label, _ := clip(visible(b.Label), maxLabel)
	if strings.TrimSpace(label) == "" {
		label = "–"
	}
	look := ordinary
	if b.Primary {
		look = bold
	}
	p := paragraph{margin: atButton, runs: []run{
		{text: fmt.Sprintf("[%d] ", b.number), style: bold},
		{text: label, style: look, foreign: true},
	}}
	p.runs = append(p.runs, target(b.URL)...)
	return p
}
