package graph

import (
	"context"
	"encoding/json"
	"maps"
	"net/url"

	abs "github.com/microsoft/kiota-abstractions-go"
	"github.com/microsoftgraph/msgraph-sdk-go/models/odataerrors"
)

// untyped are the errors that kiota may make of an answer; what is told of them
// comes from the [exchange].
var untyped = abs.ErrorMappings{"XXX": odataerrors.CreateODataErrorFromDiscriminatorValue}

// plain prepares a request for which no typed builder is compiled in. A template
// that begins with another root than {+baseurl} reaches another version of the
// API.
func plain(k call, method abs.HttpMethod, template string, path map[string]string, query map[string]any) *abs.RequestInformation {
	r := abs.NewRequestInformation()
	r.Method, r.UrlTemplate = method, template
	maps.Copy(r.PathParameters, path) // kiota writes into it
	maps.Copy(r.QueryParametersAny, query)
	dress(r, k)
	return r
}

func dress(r *abs.RequestInformation, k call) {
	r.Headers.AddAll(k.Headers)
	r.Headers.TryAdd("Accept", "application/json")
	r.AddRequestOptions(k.Options)
}

// fetch reads one thing into a type of our own.
func (c *Client) fetch(ctx context.Context, w caller, template string,
	path map[string]string, query map[string]any, into any,
) (*exchange, error) {
	_, x, err := read(ctx, w, func(k call) (any, error) {
		return c.adapter.SendPrimitive(ctx, plain(k, abs.GET, template, path, query), "[]byte", untyped)
	})
	if err != nil {
		return x, err
	}
	if err := json.Unmarshal(x.body, into); err != nil {
		return x, w.readFailure(ctx, x, err)
	}
	return x, nil
}

// rows is a page of a list that is read into a type of our own.
type rows[T any] struct {
	Value []T    `json:"value"`
	Next  string `json:"@odata.nextLink"`
}

// GetValue and GetOdataNextLink make it a [page].
func (p *rows[T]) GetValue() []T             { return p.Value }
func (p *rows[T]) GetOdataNextLink() *string { return &p.Next }

// fetchList reads a list to its last page. A page whose Next is emptied by take
// is the last.
func fetchList[T any](ctx context.Context, c *Client, w caller, template string,
	path map[string]string, query map[string]any, take func(*rows[T]),
) error {
	_, err := walk(ctx, c, w,
		func(next string, k call) (*rows[T], error) {
			r := plain(k, abs.GET, template, path, query)
			if next != "" {
				u, err := url.Parse(next)
				if err != nil {
					return nil, err
				}
				r = abs.NewRequestInformation()
				r.Method = abs.GET
				r.SetUri(*u)
				dress(r, k)
			}
			answer, err := c.adapter.SendPrimitive(ctx, r, "[]byte", untyped)
			if err != nil {
				return nil, err
			}
			body, _ := answer.([]byte) // nil for an empty answer, which is no JSON either
			p := new(rows[T])
			return p, json.Unmarshal(body, p)
		},
		func(p *rows[T], _ *exchange) { take(p) })
	return err
}
