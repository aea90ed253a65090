package demo

import (
	"context"
	"net/http"
	"strings"

	"hoist/internal/sim/browser"
)

// window is a person's browser with the page it shows. It runs no scripts, so
// that every page is proved to work without.
type window struct {
	browser *browser.Browser
	page    *browser.Page
}

func newWindow(transport http.RoundTripper) *window { return &window{browser: browser.New(transport)} }

// open loads an address as if it had been clicked in another program.
func (w *window) open(ctx context.Context, address string) error {
	return w.turn(w.browser.Open(ctx, address))
}

func (w *window) reload(ctx context.Context) error { return w.turn(w.browser.Reload(ctx, w.page)) }

func (w *window) press(ctx context.Context, label string) error {
	return w.turn(w.browser.PressLabelled(ctx, w.page, label))
}

// turn shows another page.
func (w *window) turn(p *browser.Page, err error) error {
	if p != nil {
		w.page = p
	}
	return err
}

// text is what a person reads.
func (w *window) text() string {
	if w.page == nil {
		return "(an empty window)"
	}
	return w.page.Lines()
}

// at reports whether the window shows a page of an origin.
func (w *window) at(origin string) bool {
	return w.page != nil && strings.HasPrefix(w.page.URL.String(), origin)
}

// twin is a second window of the same browser with the same page.
func (w *window) twin() *window { return &window{browser: w.browser, page: w.page} }
