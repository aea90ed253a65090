package console

import (
	"time"

	"hoist/internal/chat"
)

// row is a paragraph, or the place of a button.
type row struct {
	paragraph
	action *chat.Action
}

// sheet collects the rows of a view.
type sheet struct {
	zone *time.Location
	rows []row
}

// render lays a view out for a reader in zone.
func render(v chat.View, zone *time.Location) []row {
	s := &sheet{zone: zone}
	switch v := v.(type) {
	case chat.Reply:
		s.reply(v)
	case chat.Card:
		s.headline(v.Tone, v.Headline)
		s.facts(v.Facts)
		s.lines(v.Body)
		s.command(v.Command)
		s.actions(v.Actions)
		s.line(v.Foot, dim)
	case chat.Note:
		s.toned(v.Tone, v.Line, ordinary)
		s.facts(v.Facts)
		s.command(v.Command)
		s.actions(v.Actions)
	case chat.StatusCard:
		s.status(v)
	case chat.HelpCard:
		s.help(v)
	}
	if len(s.rows) == 0 {
		s.line(chat.Line{{Kind: chat.Typed, Text: v.Summary()}}, ordinary)
	}
	if len(s.rows) == 0 {
		s.line(chat.Say("–"), ordinary)
	}
	return s.rows
}

func (s *sheet) reply(r chat.Reply) {
	for i, l := range r.Lines {
		if i == 0 {
			s.toned(r.Tone, l, ordinary)
			continue
		}
		s.line(l, ordinary)
	}
}

func (s *sheet) status(c chat.StatusCard) {
	s.headline(chat.Neutral, c.Headline)
	for _, e := range c.Entries {
		s.toned(e.Tone, e.Title, bold)
		s.line(e.Detail, ordinary)
		s.actions(e.Actions)
	}
	s.line(c.Foot, dim)
}

func (s *sheet) help(h chat.HelpCard) {
	if len(h.Problem) == 0 {
		s.headline(chat.Neutral, chat.Say(h.Summary()))
	}
	s.line(h.Problem, ordinary)
	s.line(h.Understood, ordinary)
	for _, t := range h.Topics {
		s.command(t.Usage)
		s.line(chat.Say(t.Summary), ordinary)
		for _, e := range t.Shown() {
			s.command(e)
		}
	}
	s.line(h.Foot, dim)
}

func (s *sheet) headline(t chat.Tone, l chat.Line) { s.toned(t, l, bold) }

// toned puts a symbol before a line. It repeats what the words say, so that
// nothing is lost without colours or symbols.
func (s *sheet) toned(t chat.Tone, l chat.Line, base style) {
	if len(l) == 0 {
		return
	}
	mark := map[chat.Tone]run{
		chat.Waiting: {text: "○ ", style: yellow},
		chat.Good:    {text: "✓ ", style: green},
		chat.Bad:     {text: "✗ ", style: red},
	}[t]
	all := runs(l, s.zone, base)
	if mark.text != "" {
		all = append([]run{mark}, all...)
	}
	s.add(all)
}

func (s *sheet) facts(facts []chat.Fact) {
	for _, f := range facts {
		s.add(append(words(f.Label+": ", bold), runs(f.Value, s.zone, ordinary)...))
	}
}

func (s *sheet) lines(lines []chat.Line) {
	for _, l := range lines {
		s.line(l, ordinary)
	}
}

func (s *sheet) line(l chat.Line, base style) { s.add(runs(l, s.zone, base)) }

// command is a line to copy, in one piece.
func (s *sheet) command(text string) {
	if text != "" {
		s.add([]run{{text: visible(text), style: cyan, whole: true}})
	}
}

// actions are the places of buttons. A link that leads nowhere is left out.
func (s *sheet) actions(all []chat.Action) {
	for _, a := range all {
		if a.URL.IsZero() || isWebAddress(a.URL.Reveal()) {
			s.rows = append(s.rows, row{action: &a})
		}
	}
}

func (s *sheet) add(all []run) {
	if len(all) > 0 {
		s.rows = append(s.rows, row{paragraph: paragraph{margin: atText, runs: all}})
	}
}

// actionsOf are the buttons that rows ask for.
func actionsOf(rows []row) []chat.Action {
	var all []chat.Action
	for _, r := range rows {
		if r.action != nil {
			all = append(all, *r.action)
		}
	}
	return all
}

// filled puts buttons into their places.
func filled(rows []row, buttons []*button) []paragraph {
	out := make([]paragraph, len(rows))
	for i, r := range rows {
		out[i] = r.paragraph
		if r.action != nil {
			out[i], buttons = buttons[0].paragraph(), buttons[1:]
		}
	}
	return out
}
