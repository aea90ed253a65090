package browser

import (
	"fmt"
	"io"
	"net/http"
	"net/url"
	"strings"

	"golang.org/x/net/html"
)

const maxPage = 4 << 20

// Page is what the browser shows.
type Page struct {
	URL    *url.URL
	Status int
	Header http.Header
	Body   string
	// Stopped pages were not fetched; see [Browser.StopAt].
	Stopped bool

	root   *html.Node
	filled map[string]string // by id of the field
}

func read(target *url.URL, answer *http.Response) (*Page, error) {
	body, err := io.ReadAll(io.LimitReader(answer.Body, maxPage))
	if err != nil {
		return nil, fmt.Errorf("read %s: %w", target, err)
	}
	p := &Page{URL: target, Status: answer.StatusCode, Header: answer.Header, Body: string(body), filled: map[string]string{}}
	if p.root, err = html.Parse(strings.NewReader(p.Body)); err != nil {
		return nil, fmt.Errorf("parse %s: %w", target, err)
	}
	return p, nil
}

// Has reports whether an element with this id is on the page.
func (p *Page) Has(id string) bool { return p.element(id) != nil }

// Text returns the text of the element with this id, or of the entire page for
// an empty one, with single spaces.
func (p *Page) Text(id string) string {
	n := p.root
	if id != "" {
		n = p.element(id)
	}
	var words []string
	walk(n, func(n *html.Node) {
		if n.Type == html.TextNode && (n.Parent == nil || n.Parent.Data != "style") {
			words = append(words, strings.Fields(n.Data)...)
		}
	})
	return strings.Join(words, " ")
}

// Fill writes into the field with this id.
func (p *Page) Fill(id, value string) error {
	if !p.Has(id) {
		return fmt.Errorf("fill %q: no such field on %s: %s", id, p.URL, p.Text(""))
	}
	p.filled[id] = value
	return nil
}

type form struct {
	action *url.URL
	method string
	fields url.Values
}

// formOf collects the form around a button as the browser would send it.
func (p *Page) formOf(button *html.Node) (form, error) {
	around := button
	for around != nil && around.Data != "form" {
		around = around.Parent
	}
	if around == nil {
		return form{}, fmt.Errorf("press %q: it is in no form on %s", labelOf(button), p.URL)
	}
	action, err := p.URL.Parse(attribute(around, "action"))
	if err != nil {
		return form{}, fmt.Errorf("press %q: %w", labelOf(button), err)
	}
	f := form{action: action, method: attribute(around, "method"), fields: p.fields(around)}
	if name := attribute(button, "name"); name != "" {
		f.fields.Add(name, attribute(button, "value"))
	}
	return f, nil
}

func (p *Page) fields(around *html.Node) url.Values {
	fields := url.Values{}
	walk(around, func(n *html.Node) {
		name := attribute(n, "name")
		if name == "" || n.Type != html.ElementNode {
			return
		}
		value, sent := fieldValue(n)
		if v, filled := p.filled[attribute(n, "id")]; filled {
			value, sent = v, true
		}
		if sent {
			fields.Add(name, value)
		}
	})
	return fields
}

// fieldValue is what a field sends untouched, and whether it sends anything.
func fieldValue(n *html.Node) (string, bool) {
	switch n.Data {
	case "textarea":
		var text strings.Builder
		walk(n, func(c *html.Node) {
			if c.Type == html.TextNode {
				text.WriteString(c.Data)
			}
		})
		return text.String(), true
	case "select":
		return selected(n), true
	case "input":
		switch attribute(n, "type") {
		case "submit", "button", "image", "reset", "file":
			return "", false
		case "checkbox", "radio":
			return attribute(n, "value"), has(n, "checked")
		}
		return attribute(n, "value"), true
	}
	return "", false
}

func selected(n *html.Node) string {
	value, found := "", false
	walk(n, func(o *html.Node) {
		if o.Data == "option" && (!found || has(o, "selected")) {
			value, found = attribute(o, "value"), true
		}
	})
	return value
}

func (p *Page) origin() string { return p.URL.Scheme + "://" + p.URL.Host }

func (p *Page) element(id string) *html.Node {
	var found *html.Node
	walk(p.root, func(n *html.Node) {
		if found == nil && n.Type == html.ElementNode && attribute(n, "id") == id {
			found = n
		}
	})
	return found
}

func walk(n *html.Node, visit func(*html.Node)) {
	if n == nil {
		return
	}
	visit(n)
	for c := n.FirstChild; c != nil; c = c.NextSibling {
		walk(c, visit)
	}
}

func attribute(n *html.Node, name string) string {
	for _, a := range n.Attr {
		if a.Key == name {
			return a.Val
		}
	}
	return ""
}

func has(n *html.Node, name string) bool {
	for _, a := range n.Attr {
		if a.Key == name {
			return true
		}
	}
	return false
}
