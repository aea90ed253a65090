package demo

import (
	"context"
	"fmt"
	"io"
	"net/http"
	"net/http/cookiejar"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"

	"golang.org/x/net/html"
)

// browser is a person's browser: it keeps cookies, follows redirects, shows one
// page and fills in its forms. It runs no scripts, so that every page is proved
// to work without.
type browser struct {
	http *http.Client
	page page
}

// page is what the browser shows.
type page struct {
	at      *url.URL
	status  int
	refresh time.Duration // after which the page asks to be loaded again; 0 for never
	text    string        // what a person reads
	output  string        // what an output element shows: the number of an MFA prompt
	forms   []form
	links   map[string]string // label → address
}

// form is one form with its buttons.
type form struct {
	method, action string
	fields         url.Values
	buttons        []button
}

type button struct{ label, name, value, action string }

// newBrowser returns a browser that trusts the simulators' certificate.
func newBrowser(transport http.RoundTripper) *browser {
	jar, _ := cookiejar.New(nil) // never fails without options
	return &browser{http: &http.Client{
		Transport: transport,
		Jar:       loopbackJar{jar},
		Timeout:   20 * time.Second,
	}}
}

// loopbackJar treats loopback as secure, as browsers do: a Secure cookie set on
// http://localhost is sent there again.
// See https://developer.mozilla.org/docs/Web/Security/Secure_Contexts.
type loopbackJar struct{ http.CookieJar }

func (j loopbackJar) SetCookies(u *url.URL, cs []*http.Cookie) {
	j.CookieJar.SetCookies(asSecure(u), cs)
}
func (j loopbackJar) Cookies(u *url.URL) []*http.Cookie { return j.CookieJar.Cookies(asSecure(u)) }

func asSecure(u *url.URL) *url.URL {
	c := *u
	c.Scheme = "https"
	return &c
}

// open loads an address as if it had been typed or clicked in another program.
func (b *browser) open(ctx context.Context, address string) error {
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, address, nil)
	if err != nil {
		return fmt.Errorf("open page: %w", err)
	}
	req.Header.Set("Sec-Fetch-Site", "none")
	return b.load(req)
}

// reload loads the page again.
func (b *browser) reload(ctx context.Context) error { return b.open(ctx, b.page.at.String()) }

// press submits the form whose button has the label.
func (b *browser) press(ctx context.Context, label string) error {
	for _, f := range b.page.forms {
		if i := slices.IndexFunc(f.buttons, func(x button) bool { return x.label == label }); i >= 0 {
			return b.submit(ctx, f, f.buttons[i])
		}
	}
	if address, ok := b.page.links[label]; ok {
		return b.open(ctx, b.resolve(address))
	}
	return fmt.Errorf("the page has no button %q:\n%s", label, b.page.text)
}

// submit sends a form as a browser does.
func (b *browser) submit(ctx context.Context, f form, pressed button) error {
	values := url.Values{}
	for k, v := range f.fields {
		values[k] = slices.Clone(v)
	}
	if pressed.name != "" {
		values.Set(pressed.name, pressed.value)
	}
	to := b.resolve(firstNonEmpty(pressed.action, f.action))
	if f.method != http.MethodPost {
		u, err := url.Parse(to)
		if err != nil {
			return fmt.Errorf("submit form: %w", err)
		}
		u.RawQuery = values.Encode()
		return b.open(ctx, u.String())
	}
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, to, strings.NewReader(values.Encode()))
	if err != nil {
		return fmt.Errorf("submit form: %w", err)
	}
	req.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	req.Header.Set("Origin", b.page.at.Scheme+"://"+b.page.at.Host)
	req.Header.Set("Sec-Fetch-Site", "same-origin")
	return b.load(req)
}

func (b *browser) resolve(ref string) string {
	if b.page.at == nil {
		return ref
	}
	u, err := b.page.at.Parse(ref)
	if err != nil {
		return ref
	}
	return u.String()
}

func (b *browser) load(req *http.Request) error {
	res, err := b.http.Do(req)
	if err != nil {
		return fmt.Errorf("load page: %w", err)
	}
	defer res.Body.Close()
	body, err := io.ReadAll(io.LimitReader(res.Body, 1<<20))
	if err != nil {
		return fmt.Errorf("read page: %w", err)
	}
	root, err := html.Parse(strings.NewReader(string(body)))
	if err != nil {
		return fmt.Errorf("parse page: %w", err)
	}
	p := page{at: res.Request.URL, status: res.StatusCode, links: map[string]string{}}
	p.refresh = refreshOf(res.Header.Get("Refresh"))
	p.read(root, nil)
	p.text = tidy(textOf(root))
	b.page = p
	return nil
}

// read collects forms, links and the refresh of a page.
func (p *page) read(n *html.Node, in *form) {
	if n.Type == html.ElementNode {
		switch n.Data {
		case "form":
			p.forms = append(p.forms, form{
				method: strings.ToUpper(attr(n, "method")), action: attr(n, "action"), fields: url.Values{},
			})
			in = &p.forms[len(p.forms)-1]
		case "input", "button", "select", "textarea":
			if in != nil {
				in.control(n)
			}
		case "output":
			p.output = strings.TrimSpace(textOf(n))
		case "a":
			p.links[tidy(textOf(n))] = attr(n, "href")
		case "meta":
			if strings.EqualFold(attr(n, "http-equiv"), "refresh") {
				p.refresh = refreshOf(attr(n, "content"))
			}
		}
	}
	for c := n.FirstChild; c != nil; c = c.NextSibling {
		p.read(c, in)
	}
}

// control takes in one control of a form.
func (f *form) control(n *html.Node) {
	name, value, kind := attr(n, "name"), attr(n, "value"), attr(n, "type")
	switch {
	case n.Data == "button" || kind == "submit":
		label := strings.Trim(strings.TrimSpace(textOf(n)), "[]")
		f.buttons = append(f.buttons, button{firstNonEmpty(label, value), name, value, attr(n, "formaction")})
	case name == "":
	case (kind == "radio" || kind == "checkbox") && !has(n, "checked"):
	default:
		f.fields.Add(name, value)
	}
}

// hasField finds the form that holds a field.
func (p page) hasField(name string) (form, bool) {
	for _, f := range p.forms {
		if _, ok := f.fields[name]; ok {
			return f, true
		}
	}
	return form{}, false
}

// textOf is what a person reads below a node: block elements on lines of their
// own, buttons in [brackets], and no space that the page does not show.
func textOf(n *html.Node) string {
	if n.Type == html.TextNode {
		return strings.ReplaceAll(n.Data, "\n", " ")
	}
	if n.Type == html.ElementNode && slices.Contains([]string{"script", "style", "head"}, n.Data) {
		return ""
	}
	var b strings.Builder
	for c := n.FirstChild; c != nil; c = c.NextSibling {
		b.WriteString(textOf(c))
	}
	inner := b.String()
	switch {
	case n.Type != html.ElementNode:
		return inner
	case n.Data == "button":
		return "\n[" + strings.Join(strings.Fields(inner), " ") + "]\n"
	case n.Data == "dt":
		return "\n" + strings.TrimSpace(inner) + ": "
	case slices.Contains([]string{"b", "strong", "em", "i", "span", "code", "time", "a", "label", "small", "bdi", "dd"}, n.Data):
		return inner
	default:
		return "\n" + inner + "\n"
	}
}

// tidy drops empty lines and folds spaces.
func tidy(text string) string {
	var lines []string
	for l := range strings.SplitSeq(text, "\n") {
		if f := strings.Fields(l); len(f) > 0 {
			lines = append(lines, strings.Join(f, " "))
		}
	}
	return strings.Join(lines, "\n")
}

func attr(n *html.Node, name string) string {
	for _, a := range n.Attr {
		if a.Key == name {
			return a.Val
		}
	}
	return ""
}

func has(n *html.Node, name string) bool {
	return slices.ContainsFunc(n.Attr, func(a html.Attribute) bool { return a.Key == name })
}

func refreshOf(v string) time.Duration {
	seconds, _, _ := strings.Cut(v, ";")
	n, err := strconv.Atoi(strings.TrimSpace(seconds))
	if err != nil {
		return 0
	}
	return max(time.Duration(n)*time.Second, time.Millisecond)
}

func firstNonEmpty(a, b string) string {
	if a != "" {
		return a
	}
	return b
}
