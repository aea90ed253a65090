package slackweb

import (
	"net/url"
	"strconv"
	"strings"

	"hoist/internal/sim/slack"
)

// object is decoded JSON, as [slack.Message] carries its blocks.
type object = map[string]any

func textOf(o object, field string) string {
	s, _ := o[field].(string)
	return s
}

func objectOf(o object, field string) object {
	v, _ := o[field].(object)
	return v
}

func flagOf(o object, field string) bool {
	b, _ := o[field].(bool)
	return b
}

func numberOf(o object, field string) int {
	n, _ := o[field].(float64)
	return int(n)
}

func listOf(o object, field string) []object {
	items, _ := o[field].([]any)
	var out []object
	for _, item := range items {
		if child, ok := item.(object); ok {
			out = append(out, child)
		}
	}
	return out
}

// plainOf is the text of a plain text object.
func plainOf(o object, field string) string { return textOf(objectOf(o, field), "text") }

func itoa(n int) string { return strconv.Itoa(n) }

func parseInt(text string) int {
	n, _ := strconv.Atoi(text) // zero is no number of anything
	return n
}

// href is an address that may be clicked; others stay text.
func href(raw string) string {
	u, err := url.Parse(raw)
	if err != nil || u.Scheme != "http" && u.Scheme != "https" && u.Scheme != "mailto" {
		return ""
	}
	return raw
}

// surface is a message or view that is being drawn for one person.
type surface struct {
	pages  *Pages
	who    slack.User
	on     slack.Surface
	key    string // names the surface in the memory
	prefix string // of the ids in the page
	modal  bool
	faults map[string]string
	Place  place
}

// place is what a form carries to say where it stood.
type place struct {
	Who, Channel, TS, View, Back string
	Seen                         int // the entry whose snapshot was shown
}

// block is a block as it is drawn; the kind is Slack's own word.
type block struct {
	Kind      string
	ID        string
	Spans     []slack.Span
	Prose     []paragraph
	Fields    [][]slack.Span
	Items     []contextItem
	Rich      []rich
	Image     *image
	Accessory *element
	Elements  []element
	Field     *field
}

type contextItem struct {
	Spans []slack.Span
	Image *image
}

type image struct{ URL, Alt, Title string }

// rich is a part of a rich text block.
type rich struct {
	Kind    string // section, quote, preformatted, bullet, ordered
	Spans   []slack.Span
	Items   [][]slack.Span
	Indent  int
	Start   int // the first number of an ordered list
	Outline bool
}

// field is an input block.
type field struct {
	Label, Hint, Fault string
	Optional, Dispatch bool
	Element            element
	// Group marks a set of choices, which is labelled by a legend.
	Group bool
	// Loose marks a field outside a modal, which is sent by itself.
	Loose bool
}

func (s surface) spans(o object) []slack.Span { return s.pages.slack.Spans(o, s.who.ID) }

func (s surface) blocks(all []object) []block {
	var out []block
	for _, o := range all {
		out = append(out, s.block(o))
	}
	return out
}

func (s surface) block(o object) block {
	b := block{Kind: textOf(o, "type"), ID: textOf(o, "block_id")}
	switch b.Kind {
	case "header":
		b.Spans = s.spans(objectOf(o, "text"))
	case "section":
		s.section(&b, o)
	case "context":
		b.Items = s.context(o)
	case "actions":
		for _, e := range listOf(o, "elements") {
			b.Elements = append(b.Elements, s.element(b.ID, e))
		}
	case "input":
		b.Field = s.field(b.ID, o)
	case "image":
		b.Image = imageOf(o)
	case "markdown":
		b.Spans = s.spans(o)
	case "rich_text":
		b.Rich = s.rich(o)
	}
	return b
}

func (s surface) section(b *block, o object) {
	if text := objectOf(o, "text"); text != nil {
		b.Prose = s.prose(text)
	}
	for _, f := range listOf(o, "fields") {
		b.Fields = append(b.Fields, s.spans(f))
	}
	switch e := objectOf(o, "accessory"); {
	case e == nil:
	case textOf(e, "type") == "image":
		b.Image = imageOf(e)
	default:
		drawn := s.element(b.ID, e)
		b.Accessory = &drawn
	}
}

func (s surface) context(o object) []contextItem {
	var items []contextItem
	for _, e := range listOf(o, "elements") {
		if textOf(e, "type") == "image" {
			items = append(items, contextItem{Image: imageOf(e)})
			continue
		}
		items = append(items, contextItem{Spans: s.spans(e)})
	}
	return items
}

func imageOf(o object) *image {
	return &image{URL: href(textOf(o, "image_url")), Alt: textOf(o, "alt_text"), Title: plainOf(o, "title")}
}

func (s surface) rich(o object) []rich {
	var parts []rich
	for _, e := range listOf(o, "elements") {
		part := rich{Kind: strings.TrimPrefix(textOf(e, "type"), "rich_text_"), Indent: numberOf(e, "indent"), Outline: numberOf(e, "border") == 1}
		if part.Kind != "list" {
			part.Spans = s.spans(e)
			parts = append(parts, part)
			continue
		}
		part.Kind, part.Start = textOf(e, "style"), numberOf(e, "offset")+1
		for _, item := range listOf(e, "elements") {
			part.Items = append(part.Items, s.spans(item))
		}
		parts = append(parts, part)
	}
	return parts
}

func (s surface) field(block string, o object) *field {
	e := s.element(block, objectOf(o, "element"))
	f := &field{
		Label: plainOf(o, "label"), Hint: plainOf(o, "hint"), Fault: s.faults[block],
		Optional: flagOf(o, "optional"), Dispatch: flagOf(o, "dispatch_action"), Loose: !s.modal,
		Group: e.Kind == "radio_buttons" || e.Kind == "checkboxes",
	}
	e.Dispatch = f.Dispatch
	if s.modal {
		e.ID, e.Name, e.Form = "field-"+slug(block), nameOf(block, e.Action), formOf(s.Place.View)
		e.Required = !f.Optional
	}
	e.Invalid = f.Fault != ""
	e.Label = f.Label
	if f.Hint != "" {
		e.Describe = e.ID + "-hint"
	}
	if f.Fault != "" {
		e.Describe = strings.TrimSpace(e.Describe + " " + e.ID + "-fault")
	}
	f.Element = e
	return f
}

// nameOf is the name of a modal's field in its form.
func nameOf(block, action string) string { return "in:" + block + "/" + action }

// formOf is the id of a modal's form. Its fields name it instead of standing in
// it, because buttons among them are forms of their own.
func formOf(view string) string { return "form-" + slug(view) }
