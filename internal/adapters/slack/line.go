package slack

import (
	"net/url"
	"time"

	slackapi "github.com/slack-go/slack"

	"hoist/internal/chat"
)

// The format strings of Slack's date element, which shows times in the reader's
// own zone (docs.slack.dev/messaging/formatting-message-text, "Date
// formatting").
const (
	dateAndTime = "{date_short_pretty} {time}"
	timeOnly    = "{time}"
)

type element = slackapi.RichTextSectionElement

// budget is how much text a message may still take.
type budget struct{ text, elements int }

func newBudget() budget { return budget{text: maxText, elements: maxElements} }

// take makes text of any origin fit to be shown and cuts it to most units, or to
// what the message has left.
func (b *budget) take(s string, most int) (text string, cut bool) {
	text, cut = clip(visible(s), min(most, b.text))
	b.text -= units(text)
	return text, cut
}

// line puts spans into rich text, where nothing is parsed: a text element shows
// what it holds (docs.slack.dev/reference/block-kit/blocks/rich-text-block).
func (b *budget) line(l chat.Line, bold bool) []element {
	var out []element
	for _, s := range l {
		if b.elements -= 2; b.elements < 0 || b.text <= 0 { // a span, and perhaps its hint
			break
		}
		out = append(out, b.span(s, bold)...)
	}
	return out
}

func (b *budget) span(s chat.Span, bold bool) []element {
	switch s.Kind {
	case chat.Moment:
		return []element{b.moment(s, bold)}
	case chat.Link:
		return b.link(s, bold)
	case chat.Typed:
		text, cut := b.take(s.Text, maxTyped)
		shown := words(chat.Isolated(text), style(bold, false))
		if cut {
			b.text -= units(chat.CutHint)
			shown = append(shown, words(chat.CutHint, &slackapi.RichTextSectionTextStyle{Italic: true})...)
		}
		return shown
	default: // ours
		text, _ := b.take(s.Text, maxText)
		return words(text, style(bold || s.Kind == chat.Strong, s.Kind == chat.Code))
	}
}

// words is a text element, or none for an empty text: Slack refuses those.
func words(text string, st *slackapi.RichTextSectionTextStyle) []element {
	if text == "" {
		return nil
	}
	return []element{slackapi.NewRichTextSectionTextElement(text, st)}
}

// flat is a line as plain text, and whether nothing is lost by that: times in
// the reader's zone and links need rich text.
func flat(l chat.Line) (text string, complete bool) {
	for _, s := range l {
		switch s.Kind {
		case chat.Moment, chat.Link:
			return "", false
		case chat.Typed:
			text += chat.Isolated(visible(s.Text))
		default:
			text += visible(s.Text)
		}
	}
	return text, text != ""
}

// moment is a date element. Its fallback, for clients that do not know it,
// names UTC.
func (b *budget) moment(s chat.Span, bold bool) element {
	const latest = 99_999_999_999 // of Slack's date element: a timestamp of at most 11 digits
	fallback := chat.FormatMoment(s, time.UTC)
	b.text -= units(fallback)
	if t := s.At.Unix(); t <= 0 || t > latest {
		return slackapi.NewRichTextSectionTextElement(fallback, style(bold, false))
	}
	format := timeOnly
	if s.WithDate {
		format = dateAndTime
	}
	d := slackapi.NewRichTextSectionDateElement(s.At.Unix(), format, nil, &fallback)
	d.Style = style(bold, false)
	return d
}

// link is one of our own addresses under a label. An address that Slack would
// refuse leaves its label.
func (b *budget) link(s chat.Span, bold bool) []element {
	label, _ := b.take(s.Text, maxText)
	address := s.URL.Reveal()
	if label == "" || !isWebAddress(address) {
		return words(label, style(bold, false))
	}
	return []element{slackapi.NewRichTextSectionLinkElement(address, label, style(bold, false))}
}

// isWebAddress reports whether Slack takes an address in a link or a button.
func isWebAddress(s string) bool {
	u, err := url.Parse(s)
	return err == nil && (u.Scheme == "https" || u.Scheme == "http") && u.Host != "" && units(s) <= maxButtonURL
}

// style is nil for ordinary text.
func style(bold, code bool) *slackapi.RichTextSectionTextStyle {
	if !bold && !code {
		return nil
	}
	return &slackapi.RichTextSectionTextStyle{Bold: bold, Code: code}
}

// stacked puts lines under each other in one section, as Slack's own composer
// does: with line breaks between them.
func stacked(lines ...[]element) []element {
	var out []element
	for _, l := range lines {
		if len(l) == 0 {
			continue
		}
		if len(out) > 0 {
			out = append(out, slackapi.NewRichTextSectionTextElement("\n", nil))
		}
		out = append(out, l...)
	}
	return out
}
