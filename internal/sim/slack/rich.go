package slack

import (
	"fmt"
	"strings"
)

// richText renders a rich_text block. Its text elements are literal: nothing in
// them can ping, link or format, which is why user text belongs there.
func (r *renderer) richText(b object) {
	for _, e := range listOf(b, "elements") {
		switch textOf(e, "type") {
		case "rich_text_section":
			r.line(strings.TrimSuffix(r.richLine(e), "\n"))
		case "rich_text_preformatted":
			r.line(r.richLine(e))
		case "rich_text_quote":
			r.line("> " + strings.ReplaceAll(r.richLine(e), "\n", "\n> "))
		case "rich_text_list":
			r.richList(e)
		}
	}
}

func (r *renderer) richList(e object) {
	indent, _ := e["indent"].(float64)
	offset, _ := e["offset"].(float64)
	for i, item := range listOf(e, "elements") {
		mark := "•"
		if textOf(e, "style") == "ordered" {
			mark = fmt.Sprintf("%d.", int(offset)+i+1)
		}
		r.line(strings.Repeat("  ", int(indent)) + mark + " " + r.richLine(item))
	}
}

// richLine renders the inline elements of one section.
func (r *renderer) richLine(section object) string {
	var b strings.Builder
	for _, e := range listOf(section, "elements") {
		b.WriteString(r.richInline(e))
	}
	return b.String()
}

func (r *renderer) richInline(e object) string {
	switch textOf(e, "type") {
	case "text":
		return textOf(e, "text")
	case "link":
		shown := textOf(e, "text")
		if shown == "" {
			shown = textOf(e, "url")
		}
		r.link(shown, textOf(e, "url"))
		return shown
	case "emoji":
		return ":" + textOf(e, "name") + ":"
	case "user":
		who := r.user(textOf(e, "user_id"))
		r.ping(who)
		return who
	case "usergroup":
		who := "@" + textOf(e, "usergroup_id")
		r.ping(who)
		return who
	case "channel":
		shown := r.channel(textOf(e, "channel_id"))
		r.link(shown, "")
		return shown
	case "broadcast":
		who := "@" + textOf(e, "range")
		r.ping(who)
		return who
	case "color":
		return textOf(e, "value")
	case "date":
		return r.richDate(e)
	}
	return ""
}

func (r *renderer) richDate(e object) string {
	at, _ := e["timestamp"].(float64)
	shown := r.when.show(int64(at), textOf(e, "format"))
	if shown == "" {
		shown = textOf(e, "fallback")
	}
	if url := textOf(e, "url"); url != "" {
		r.link(shown, url)
	}
	return shown
}
