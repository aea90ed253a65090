package browser

import (
	"context"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"golang.org/x/net/html"
)

// Lines is the page as a person reads it: block elements on lines of their own,
// buttons in [brackets].
func (p *Page) Lines() string {
	var lines []string
	for l := range strings.SplitSeq(lineText(p.root), "\n") {
		if f := strings.Fields(l); len(f) > 0 {
			lines = append(lines, strings.Join(f, " "))
		}
	}
	return strings.Join(lines, "\n")
}

// inline elements do not begin a line.
var inline = []string{"b", "strong", "em", "i", "span", "code", "time", "a", "label", "small", "bdi", "dd"}

func lineText(n *html.Node) string {
	if n.Type == html.TextNode {
		return strings.ReplaceAll(n.Data, "\n", " ")
	}
	if n.Type == html.ElementNode && slices.Contains([]string{"script", "style", "head"}, n.Data) {
		return ""
	}
	var b strings.Builder
	for c := n.FirstChild; c != nil; c = c.NextSibling {
		b.WriteString(lineText(c))
	}
	inner := b.String()
	switch {
	case n.Type != html.ElementNode || slices.Contains(inline, n.Data):
		return inner
	case n.Data == "button":
		return "\n[" + labelOf(n) + "]\n"
	case n.Data == "dt":
		return "\n" + strings.TrimSpace(inner) + ": "
	default:
		return "\n" + inner + "\n"
	}
}

// labelOf is what is written on a button or link.
func labelOf(n *html.Node) string {
	var words []string
	walk(n, func(c *html.Node) {
		if c.Type == html.TextNode {
			words = append(words, strings.Fields(c.Data)...)
		}
	})
	return strings.Join(words, " ")
}

// Refresh is how long the page shows before it asks to be loaded again, zero
// for never.
func (p *Page) Refresh() time.Duration {
	wish := p.Header.Get("Refresh")
	walk(p.root, func(n *html.Node) {
		if n.Data == "meta" && strings.EqualFold(attribute(n, "http-equiv"), "refresh") {
			wish = attribute(n, "content")
		}
	})
	seconds, _, _ := strings.Cut(wish, ";")
	n, err := strconv.Atoi(strings.TrimSpace(seconds))
	if err != nil {
		return 0
	}
	return max(time.Duration(n)*time.Second, time.Millisecond)
}

// Reload loads the page again.
func (b *Browser) Reload(ctx context.Context, p *Page) (*Page, error) {
	return b.Open(ctx, p.URL.String())
}

// PressLabelled presses the button, or follows the link, with this label.
func (b *Browser) PressLabelled(ctx context.Context, p *Page, label string) (*Page, error) {
	var found *html.Node
	walk(p.root, func(n *html.Node) {
		if found == nil && (n.Data == "button" || n.Data == "a") && labelOf(n) == label {
			found = n
		}
	})
	switch {
	case found == nil:
		return p, fmt.Errorf("the page has no button %q:\n%s", label, p.Lines())
	case found.Data == "a":
		target, err := p.URL.Parse(attribute(found, "href"))
		if err != nil {
			return p, fmt.Errorf("follow %q: %w", label, err)
		}
		return b.Open(ctx, target.String())
	default:
		return b.press(ctx, p, found)
	}
}

// Write fills the page's first text area.
func (p *Page) Write(text string) error {
	var area *html.Node
	walk(p.root, func(n *html.Node) {
		if area == nil && n.Data == "textarea" {
			area = n
		}
	})
	if area == nil {
		return fmt.Errorf("the page has no text field:\n%s", p.Lines())
	}
	return p.Fill(attribute(area, "id"), text)
}
