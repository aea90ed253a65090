// Package browser is a scripted browser for the simulator's pages and for any
// other page that is plain forms: it keeps cookies, follows redirects, fills
// forms and presses buttons by their ids.
//
// Invariant: it sends only what a person could send. Hidden fields go along as
// they stand on the page, nothing is guessed, and a form that is not there is
// an error.
//
// Reading order: this file fetches, page.go reads forms, signin.go walks
// through a simulated sign-in.
package browser

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/http/cookiejar"
	"net/url"
	"strings"

	"golang.org/x/net/html"
)

const maxRedirects = 20

// Browser is one browser profile. It is for one goroutine.
type Browser struct {
	client *http.Client
	// StopAt is asked before every request; where it says yes, the browser
	// stops with the address and does not fetch it. Nil fetches everything. It
	// lets a test take a code before the application sees it.
	StopAt func(*url.URL) bool
}

// New returns a browser without cookies. A nil transport is
// http.DefaultTransport.
func New(transport http.RoundTripper) *Browser {
	jar, err := cookiejar.New(nil)
	if err != nil {
		panic("browser: " + err.Error()) // the standard jar never fails without options
	}
	return &Browser{client: &http.Client{
		Jar: loopbackJar{jar}, Transport: transport,
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
	}}
}

// loopbackJar treats loopback as secure, as browsers do: a Secure cookie set on
// http://localhost is sent there again.
// See https://developer.mozilla.org/docs/Web/Security/Secure_Contexts.
type loopbackJar struct{ http.CookieJar }

// SetCookies implements http.CookieJar.
func (j loopbackJar) SetCookies(u *url.URL, cs []*http.Cookie) {
	j.CookieJar.SetCookies(asSecure(u), cs)
}

// Cookies implements http.CookieJar.
func (j loopbackJar) Cookies(u *url.URL) []*http.Cookie { return j.CookieJar.Cookies(asSecure(u)) }

func asSecure(u *url.URL) *url.URL {
	c := *u
	c.Scheme = "https"
	return &c
}

// Open fetches an address and follows redirects.
func (b *Browser) Open(ctx context.Context, address string) (*Page, error) {
	target, err := url.Parse(address)
	if err != nil {
		return nil, fmt.Errorf("open %q: %w", address, err)
	}
	return b.follow(ctx, http.MethodGet, target, nil, "")
}

// Press submits the form that holds the button with this id, as the button
// would. Fields that were filled on the page go along.
func (b *Browser) Press(ctx context.Context, p *Page, buttonID string) (*Page, error) {
	button := p.element(buttonID)
	if button == nil {
		return nil, fmt.Errorf("press %q: no such button on %s: %s", buttonID, p.URL, p.Text(""))
	}
	return b.press(ctx, p, button)
}

func (b *Browser) press(ctx context.Context, p *Page, button *html.Node) (*Page, error) {
	f, err := p.formOf(button)
	if err != nil {
		return nil, err
	}
	if strings.EqualFold(f.method, http.MethodPost) {
		return b.follow(ctx, http.MethodPost, f.action, f.fields, p.origin())
	}
	target := *f.action
	target.RawQuery = f.fields.Encode()
	return b.follow(ctx, http.MethodGet, &target, nil, "")
}

// Cookies returns what the browser would send to the address.
func (b *Browser) Cookies(u *url.URL) []*http.Cookie { return b.client.Jar.Cookies(u) }

func (b *Browser) follow(ctx context.Context, method string, target *url.URL, form url.Values, origin string) (*Page, error) {
	for range maxRedirects {
		if b.StopAt != nil && b.StopAt(target) {
			return &Page{URL: target, Stopped: true}, nil
		}
		p, next, err := b.fetch(ctx, method, target, form, origin)
		if err != nil || next == nil {
			return p, err
		}
		method, target, form = http.MethodGet, next, nil
	}
	return nil, errors.New("too many redirects")
}

// fetchSite is the Sec-Fetch-Site header of a form.
func fetchSite(origin string, target *url.URL) string {
	if origin == target.Scheme+"://"+target.Host {
		return "same-origin"
	}
	return "cross-site"
}

// fetch makes one request and returns either the page or where it leads.
func (b *Browser) fetch(ctx context.Context, method string, target *url.URL, form url.Values, origin string) (*Page, *url.URL, error) {
	var body io.Reader
	if method == http.MethodPost {
		body = strings.NewReader(form.Encode())
	}
	req, err := http.NewRequestWithContext(ctx, method, target.String(), body)
	if err != nil {
		return nil, nil, fmt.Errorf("open %s: %w", target, err)
	}
	req.Header.Set("Accept", "text/html")
	if method == http.MethodPost {
		req.Header.Set("Content-Type", "application/x-www-form-urlencoded")
		req.Header.Set("Origin", origin)
		req.Header.Set("Sec-Fetch-Site", fetchSite(origin, target))
	} else {
		req.Header.Set("Sec-Fetch-Site", "none")
	}
	answer, err := b.client.Do(req)
	if err != nil {
		return nil, nil, fmt.Errorf("open %s: %w", target, err)
	}
	defer func() { _ = answer.Body.Close() }()
	if answer.StatusCode >= 300 && answer.StatusCode < 400 {
		next, err := answer.Location()
		if err != nil {
			return nil, nil, fmt.Errorf("follow redirect of %s: %w", target, err)
		}
		return nil, next, nil
	}
	p, err := read(target, answer)
	return p, nil, err
}
