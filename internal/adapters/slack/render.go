package slack

import (
	"fmt"
	"slices"

	slackapi "github.com/slack-go/slack"

	"hoist/internal/chat"
	"hoist/internal/pim"
)

// message is a view as Slack's blocks, with the text that notifications and
// screen readers use.
type message struct {
	text      string
	blocks    []slackapi.Block
	elevation pim.ID // "" for none
}

// layout collects blocks within Slack's limits.
type layout struct {
	budget
	blocks  []slackapi.Block
	buttons map[pim.ID]int // blocks with buttons, by elevation
	primary bool           // one button is emphasised already
}

func newLayout() *layout { return &layout{budget: newBudget(), buttons: map[pim.ID]int{}} }

// render lays a view out.
func render(v chat.View) message {
	if f, isForm := v.(chat.RequestForm); isForm {
		v = inWords(f) // a message holds no inputs
	}
	l := newLayout()
	m := message{text: topText(v.Summary())}
	switch v := v.(type) {
	case chat.Reply:
		l.reply(v)
	case chat.Card:
		l.card(v)
		m.elevation = v.ID
	case chat.Note:
		l.note(v)
		m.elevation = noteAbout(v)
	case chat.StatusCard:
		l.status(v)
	case chat.HelpCard:
		l.help(v)
	}
	if len(l.blocks) == 0 {
		l.paragraph(l.line(chat.Line{{Kind: chat.Typed, Text: v.Summary()}}, false))
	}
	m.blocks = l.blocks
	return m
}

func noteAbout(n chat.Note) pim.ID {
	for _, a := range n.Actions {
		if a.ID != "" {
			return a.ID
		}
	}
	return ""
}

func (l *layout) reply(r chat.Reply) {
	var lines [][]element
	for i, line := range r.Lines {
		if i == 0 {
			line = toned(r.Tone, line)
		}
		lines = append(lines, l.line(line, false))
	}
	l.paragraph(lines...)
}

func (l *layout) card(c chat.Card) {
	l.headline(toned(c.Tone, c.Headline))
	l.facts(c.Facts)
	l.lines(c.Body)
	l.command(c.Command)
	l.actions(c.Actions)
	l.foot(c.Foot)
}

func (l *layout) note(n chat.Note) {
	l.paragraph(l.line(toned(n.Tone, n.Line), false))
	l.facts(n.Facts)
	l.command(n.Command)
	l.actions(n.Actions)
}

// status lists entries until the message is full and then says how many more
// there are.
func (l *layout) status(s chat.StatusCard) {
	l.headline(s.Headline)
	for i, e := range s.Entries {
		const text, tail = 1, 2 // the count and the foot
		if len(l.blocks)+text+len(rows(e.Actions))+tail > maxBlocks || l.text <= 0 {
			l.more(len(s.Entries) - i)
			break
		}
		l.paragraph(l.line(toned(e.Tone, e.Title), true), l.line(e.Detail, false))
		l.actions(spokenWith(e.Title, e.Actions))
	}
	l.foot(s.Foot)
}

// spokenWith says what an entry is about in the labels of its buttons, for those
// who hear them one after the other. It begins with the text, which somebody who
// speaks to their machine reads.
func spokenWith(title chat.Line, actions []chat.Action) []chat.Action {
	about, _ := flat(title)
	all := slices.Clone(actions)
	for i, a := range all {
		if about != "" {
			all[i].Spoken = a.Label + ": " + about
		}
	}
	return all
}

func (l *layout) help(h chat.HelpCard) {
	l.paragraph(l.line(h.Problem, false), l.line(h.Understood, false))
	if len(h.Problem) == 0 {
		l.headline(chat.Say(h.Summary()))
	}
	for _, t := range h.Topics {
		code := func(s string) []element { return l.line(chat.Line{{Kind: chat.Code, Text: s}}, false) }
		lines := [][]element{code(t.Usage), l.line(chat.Say(t.Summary), false)}
		for _, e := range t.Shown() {
			lines = append(lines, code(e))
		}
		l.paragraph(lines...)
	}
	l.foot(h.Foot)
}

// toned puts a plain symbol before a line. It repeats what the words say and
// is no emoji, so that it looks and is read the same everywhere.
func toned(t chat.Tone, line chat.Line) chat.Line {
	if len(line) == 0 {
		return nil
	}
	switch t {
	case chat.Waiting:
		return append(chat.Say("○ "), line...)
	case chat.Good:
		return append(chat.Say("✓ "), line...)
	case chat.Bad:
		return append(chat.Say("✗ "), line...)
	default:
		return line
	}
}

// headline is a header block where one can hold it: plain text of at most 150
// characters.
func (l *layout) headline(line chat.Line) {
	text, complete := flat(line)
	if !complete || units(text) > maxHeader {
		l.paragraph(l.line(line, true))
		return
	}
	l.text -= units(text)
	l.add(slackapi.NewHeaderBlock(plainText(text, maxHeader)))
}

func (l *layout) facts(facts []chat.Fact) {
	var lines [][]element
	for _, f := range facts {
		label := l.line(chat.Line{{Kind: chat.Strong, Text: f.Label + ": "}}, false)
		lines = append(lines, append(label, l.line(f.Value, false)...))
	}
	l.paragraph(lines...)
}

func (l *layout) lines(lines []chat.Line) {
	var rows [][]element
	for _, line := range lines {
		rows = append(rows, l.line(line, false))
	}
	l.paragraph(rows...)
}

// paragraph is one block of lines; nothing to say makes no block.
func (l *layout) paragraph(lines ...[]element) {
	if all := stacked(lines...); len(all) > 0 {
		l.add(slackapi.NewRichTextBlock("", slackapi.NewRichTextSection(all...)))
	}
}

// command is a line to copy, in a box of its own.
func (l *layout) command(text string) {
	text, _ = l.take(text, maxText)
	if text == "" {
		return
	}
	l.add(slackapi.NewRichTextBlock("", &slackapi.RichTextPreformatted{
		Type:     slackapi.RTEPreformatted,
		Elements: []element{slackapi.NewRichTextSectionTextElement(text, nil)},
	}))
}

// actions puts buttons of one elevation into rows of their own, because the
// block carries its id.
func (l *layout) actions(actions []chat.Action) {
	for _, row := range rows(actions) {
		l.buttonRow(row)
	}
}

// rows splits actions where a new block begins.
func rows(actions []chat.Action) (all [][]chat.Action) {
	for len(actions) > 0 {
		n := 1
		for n < len(actions) && n < maxActions && actions[n].ID == actions[0].ID {
			n++
		}
		all, actions = append(all, actions[:n]), actions[n:]
	}
	return all
}

func (l *layout) buttonRow(actions []chat.Action) {
	var row []slackapi.BlockElement
	id := actions[0].ID
	block := blockID(id, l.buttons[id]+1)
	seen := map[chat.ActionKind]int{}
	for _, a := range actions {
		seen[a.Kind]++
		if b := l.button(a, seen[a.Kind], block); b != nil {
			row = append(row, b)
		}
	}
	if len(row) == 0 {
		return
	}
	l.buttons[id]++
	l.add(slackapi.NewActionBlock(block, row...))
}

// button is nil for what Slack would refuse together with the whole message, and
// for what could not be read back when it is pressed.
func (l *layout) button(a chat.Action, nth int, block string) slackapi.BlockElement {
	id, value := actionID(a.Kind, nth), buttonValue(a)
	if units(id) > maxActionID || units(value) > maxButtonValue || units(block) > maxBlockID {
		return nil
	}
	if _, _, ok := pressed(id, block, value); !ok {
		return nil
	}
	b := slackapi.NewButtonBlockElement(id, value, plainText(visible(a.Label), maxButtonLabel))
	if !a.URL.IsZero() {
		if b.URL = a.URL.Reveal(); !isWebAddress(b.URL) {
			return nil
		}
	}
	if a.Spoken != "" {
		b.AccessibilityLabel, _ = clip(visible(a.Spoken), maxButtonSpoken)
	}
	switch {
	case a.Danger:
		b.Style = slackapi.StyleDanger
	case a.Primary && !l.primary:
		l.primary = true
		b.Style = slackapi.StylePrimary // "once in a set", says the button's page
	}
	if a.Confirm != nil {
		b.Confirm = confirm(*a.Confirm)
	}
	return b
}

// confirm asks before a role is given up.
func confirm(c chat.Confirmation) *slackapi.ConfirmationBlockObject {
	return slackapi.NewConfirmationBlockObject(
		plainText(visible(c.Title), maxConfirmTitle),
		plainText(visible(c.Text), maxConfirmText),
		plainText(visible(c.Yes), maxConfirmButton),
		plainText(visible(c.No), maxConfirmButton),
	).WithStyle(slackapi.StyleDanger)
}

// foot is small print: a context block where plain text can hold it.
func (l *layout) foot(line chat.Line) {
	text, complete := flat(line)
	if !complete {
		l.paragraph(l.line(line, false))
		return
	}
	if text, _ = clip(text, min(maxContext, l.text)); text != "" {
		l.add(slackapi.NewContextBlock("", plainText(text, maxContext)))
	}
}

// more says how many entries a card has no room for.
func (l *layout) more(n int) {
	l.add(slackapi.NewContextBlock("", plainText(fmt.Sprintf("and %d more", n), maxContext)))
}

// add appends a block while there is room.
func (l *layout) add(b slackapi.Block) {
	if len(l.blocks) < maxBlocks {
		l.blocks = append(l.blocks, b)
	}
}
