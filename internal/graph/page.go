package graph

import (
	"context"
	"net/url"

	"hoist/internal/pim"
)

// page is what the SDK's collection responses have in common.
type page[T any] interface {
	GetValue() []T
	GetOdataNextLink() *string
}

// walk reads a list to its last page and hands over each page with its raw
// answer. get is called with "" for the first page and then with the address
// that the page before named. first reports whether the first page was read.
func walk[T any, P page[T]](ctx context.Context, c *Client, w caller,
	get func(next string, k call) (P, error), take func(P, *exchange),
) (first bool, err error) {
	next, seen := "", map[string]bool{}
	for n := 0; ; n++ {
		p, x, err := read(ctx, w, func(k call) (P, error) { return get(next, k) })
		if err != nil {
			return n > 0, err
		}
		take(p, x)
		link := value(p.GetOdataNextLink())
		if link == "" {
			return true, nil
		}
		if err := c.ours(link); err != nil {
			return true, err
		}
		if seen[link] {
			return true, &pim.Error{Kind: pim.KindUnavailable, Message: "the list goes in a circle"}
		}
		next, seen[link] = link, true
	}
}

// ours refuses an address that would carry a token to another host.
func (c *Client) ours(link string) error {
	u, err := url.Parse(link)
	if err != nil || u.Scheme != c.base.Scheme || u.Host != c.base.Host {
		return &pim.Error{Kind: pim.KindUnavailable, Message: "the list goes on at another host"}
	}
	return nil
}

// value is what a field holds, or its zero value where Graph sent none.
func value[T any](p *T) T {
	if p == nil {
		var zero T
		return zero
	}
	return *p
}
