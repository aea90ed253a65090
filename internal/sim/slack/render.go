package slack

import (
	"slices"
	"strings"
)

// Rendered is a message or view as a person reads it.
type Rendered struct {
	// Lines is plain text, one entry a line. Buttons stand in [brackets].
	// Formatting marks are gone; hidden characters are kept as they are.
	Lines []string
	// Pings lists everybody who is notified: @channel, @here, @everyone, and
	// people and groups that are mentioned.
	Pings []string
	// Links lists what can be clicked in the text: addresses, and channels that
	// were linked. Buttons with links are in Buttons.
	Links []Link
	// Formats lists text that mrkdwn formatted, in its source form, such as
	// *bold* or :emoji:. Rich text styles are not listed: only the app can set
	// them, never the text.
	Formats []string
	Buttons []Button
}

// Link is a clickable place in the text.
type Link struct{ Text, URL string }

// Button is a button as shown.
type Button struct{ Label, ActionID, URL, Value, Style string }

// Text joins the lines.
func (r Rendered) Text() string { return strings.Join(r.Lines, "\n") }

// Render shows a message to a reader: dates in their zone, mentions as names.
// An unknown or empty reader reads in UTC and en-US.
func (s *Slack) Render(m Message, reader string) Rendered {
	s.mu.Lock()
	defer s.mu.Unlock()
	r := s.renderer(reader)
	if len(m.Blocks) > 0 {
		r.blocks(m.Blocks)
	}
	// Beside blocks the text is what the notification says: nobody reads it in
	// the channel, but what it mentions is notified all the same (unsure; the
	// stricter reading).
	shown := r.out.Lines
	r.topText(m)
	if len(m.Blocks) > 0 {
		r.out.Lines = shown
	}
	return r.out
}

// RenderView shows a modal or Home tab to its reader.
func (s *Slack) RenderView(v View) Rendered {
	s.mu.Lock()
	defer s.mu.Unlock()
	r := s.renderer(v.User)
	if v.Title != "" {
		r.line("== " + v.Title + " ==")
	}
	r.blocks(v.Blocks)
	var ends []string
	for _, label := range []string{v.Exit, v.Submit} {
		if label != "" {
			ends = append(ends, "["+label+"]")
		}
	}
	if len(ends) > 0 {
		r.line(strings.Join(ends, " "))
	}
	return r.out
}

// renderer collects what one reader sees.
type renderer struct {
	names
	when dates
	out  Rendered
}

// names resolves identifiers; it is used under the lock.
type names struct{ s *Slack }

func (n names) user(id string) string {
	if u := n.s.users[id]; u != nil {
		return "@" + u.displayName()
	}
	return "@" + id
}

func (n names) channel(id string) string {
	if r := n.s.rooms[id]; r != nil && r.Name != "" {
		return "#" + r.Name
	}
	return "#" + id
}

func (n names) channelNamed(name string) bool {
	r := n.s.find(name)
	return r != nil && r.Name == name
}

func (s *Slack) renderer(reader string) *renderer {
	u := s.users[reader]
	if u == nil {
		u = &User{}
	}
	return &renderer{names: names{s}, when: dates{now: s.now(), zone: u.zone(), locale: u.locale()}}
}

func (r *renderer) line(text string) {
	r.out.Lines = append(r.out.Lines, strings.Split(text, "\n")...)
}

func (r *renderer) ping(who string) {
	if !slices.Contains(r.out.Pings, who) {
		r.out.Pings = append(r.out.Pings, who)
	}
}

func (r *renderer) link(text, url string) {
	r.out.Links = append(r.out.Links, Link{Text: text, URL: url})
}

func (r *renderer) format(source string) {
	r.out.Formats = append(r.out.Formats, source)
}

// topText renders the top-level text. parse=full and link_names turn automatic
// parsing on; by default only <…> sequences and addresses become active.
func (r *renderer) topText(m Message) {
	if m.Text != "" {
		r.line(shown(r.topSpans(m)))
	}
}

func (r *renderer) topSpans(m Message) []Span {
	if !m.Markdown && m.User == r.s.cfg.App.BotUserID {
		return literal(m.Text)
	}
	auto := m.Parse == "full" || m.Parse == "client" || m.LinkNames
	return (&mrkdwn{renderer: r, mentions: auto, addresses: m.Parse != "none"}).read(m.Text)
}

func (r *renderer) blocks(blocks []object) {
	for _, b := range blocks {
		switch textOf(b, "type") {
		case "divider":
			r.line("---")
		case "header":
			r.line(r.text(objectOf(b, "text")))
		case "section":
			r.section(b)
		case "context":
			r.context(b)
		case "actions":
			r.actions(b)
		case "input":
			r.input(b)
		case "image":
			r.line("(image: " + textOf(b, "alt_text") + ")")
		case "markdown":
			r.line(shown(r.spans(b)))
		case "rich_text":
			r.richText(b)
		}
	}
}

// text renders a text object of either kind.
func (r *renderer) text(o object) string { return shown(r.spans(o)) }

// spans reads a text object, or a markdown block, of which only what it has in
// common with mrkdwn is read.
func (r *renderer) spans(o object) []Span {
	switch textOf(o, "type") {
	case "mrkdwn", "markdown":
		auto := !flagOf(o, "verbatim")
		return (&mrkdwn{renderer: r, mentions: auto, addresses: auto}).read(textOf(o, "text"))
	}
	return literal(r.plain(textOf(o, "text"), o["emoji"] != false))
}

// plain renders plain text, which only emoji can format.
func (r *renderer) plain(text string, emoji bool) string {
	if emoji {
		r.out.Formats = append(r.out.Formats, emojiIn(text)...)
	}
	return text
}

func (r *renderer) section(b object) {
	if o := objectOf(b, "text"); o != nil {
		r.line(r.text(o))
	}
	for _, f := range listOf(b, "fields") {
		r.line(r.text(f))
	}
	if e := objectOf(b, "accessory"); e != nil {
		r.line(r.element(e))
	}
}

func (r *renderer) context(b object) {
	var parts []string
	for _, e := range listOf(b, "elements") {
		if textOf(e, "type") == "image" {
			parts = append(parts, "(image: "+textOf(e, "alt_text")+")")
			continue
		}
		parts = append(parts, r.text(e))
	}
	r.line(strings.Join(parts, "  "))
}

func (r *renderer) actions(b object) {
	var parts []string
	for _, e := range listOf(b, "elements") {
		parts = append(parts, r.element(e))
	}
	r.line(strings.Join(parts, " "))
}

func (r *renderer) input(b object) {
	label := r.text(objectOf(b, "label"))
	if flagOf(b, "optional") {
		label += " (optional)"
	}
	r.line(label + ": " + r.element(objectOf(b, "element")))
	if hint := objectOf(b, "hint"); hint != nil {
		r.line(r.text(hint))
	}
}

// element renders an interactive element in brackets, an image by its
// description.
func (r *renderer) element(e object) string {
	switch textOf(e, "type") {
	case "image":
		return "(image: " + textOf(e, "alt_text") + ")"
	case "button":
		label := r.plain(textOf(objectOf(e, "text"), "text"), true)
		r.out.Buttons = append(r.out.Buttons, Button{
			Label: label, ActionID: textOf(e, "action_id"), URL: textOf(e, "url"),
			Value: textOf(e, "value"), Style: textOf(e, "style"),
		})
		return "[" + label + "]"
	case "overflow", "radio_buttons", "checkboxes":
		var shown []string
		for _, o := range listOf(e, "options") {
			shown = append(shown, r.text(objectOf(o, "text")))
		}
		return "[" + strings.Join(shown, " | ") + "]"
	}
	return "[" + r.held(e) + "]"
}

// held is what a field shows before anybody touches it.
func (r *renderer) held(e object) string {
	initial := e[valueField[textOf(e, "type")][1]]
	switch v := initial.(type) {
	case string:
		return v
	case object:
		return r.text(objectOf(v, "text"))
	}
	return r.plain(textOf(objectOf(e, "placeholder"), "text"), true)
}
