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
func (r *renderer) richLine(section object) string { return shown(r.richSpans(section)) }

func (r *renderer) richSpans(section object) []Span {
	var all []Span
	for _, e := range listOf(section, "elements") {
		span := r.richInline(e)
		style := objectOf(e, "style")
		span.Bold, span.Italic, span.Strike = flagOf(style, "bold"), flagOf(style, "italic"), flagOf(style, "strike")
		span.Code, span.Underline = flagOf(style, "code"), flagOf(style, "underline")
		all = append(all, span)
	}
	return all
}

func (r *renderer) richInline(e object) Span {
	switch textOf(e, "type") {
	case "text":
		return Span{Text: textOf(e, "text")}
	case "link":
		to := Span{Kind: LinkSpan, Text: textOf(e, "text"), URL: textOf(e, "url")}
		if to.Text == "" {
			to.Text = to.URL
		}
		r.link(to.Text, to.URL)
		return to
	case "emoji":
		return Span{Text: ":" + textOf(e, "name") + ":"}
	case "user":
		return r.mention(r.user(textOf(e, "user_id")))
	case "usergroup":
		return r.mention("@" + textOf(e, "usergroup_id"))
	case "channel":
		room := r.channel(textOf(e, "channel_id"))
		r.link(room, "")
		return Span{Kind: ChannelSpan, Text: room}
	case "broadcast":
		return r.mention("@" + textOf(e, "range"))
	case "color":
		return Span{Text: textOf(e, "value")}
	case "date":
		return r.richDate(e)
	}
	return Span{}
}

func (r *renderer) mention(who string) Span {
	r.ping(who)
	return Span{Kind: MentionSpan, Text: who}
}

func (r *renderer) richDate(e object) Span {
	at, _ := e["timestamp"].(float64)
	date := r.when.span(int64(at), textOf(e, "format"), textOf(e, "fallback"))
	if date.URL = textOf(e, "url"); date.URL != "" {
		r.link(date.Text, date.URL)
	}
	return date
}
