package graph

import (
	"bytes"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptrace"
	"strconv"
	"strings"
	"sync/atomic"

	abs "github.com/microsoft/kiota-abstractions-go"
	khttp "github.com/microsoft/kiota-http-go"

	"hoist/internal/secret"
)

// The longest answers that are read. A refusal is cut, a longer success is a
// failed read.
const (
	maxRefusal = 1 << 20
	maxAnswer  = 64 << 20
)

// exchange is what the last attempt of one call was on the wire. kiota keeps
// neither the raw body, which holds durations and errors it cannot parse, nor
// the status of an answer that is not JSON. It travels as a request option,
// kiota's own way to hand something to its middleware.
type exchange struct {
	token secret.Value // sent with the request; cut out of what is kept

	status int // 0 while no answer came
	header http.Header
	body   []byte

	// How far the attempt got. Traces may run on other goroutines.
	handed    atomic.Bool // given to the transport
	dialing   atomic.Bool // the transport looks for a connection
	connected atomic.Bool // it got one, so something may have been written
}

var exchangeKey = abs.RequestOptionKey{Key: "hoist.exchange"}

// GetKey implements kiota's RequestOption.
func (*exchange) GetKey() abs.RequestOptionKey { return exchangeKey }

// keepAnswer is the middleware that fills the [exchange] of a call.
type keepAnswer struct{ log *slog.Logger }

// Intercept implements kiota's Middleware.
func (k keepAnswer) Intercept(next khttp.Pipeline, index int, req *http.Request) (*http.Response, error) {
	x, ok := req.Context().Value(exchangeKey).(*exchange)
	if !ok {
		return next.Next(req, index)
	}
	x.status, x.header, x.body = 0, nil, nil
	x.handed.Store(true)
	resp, err := next.Next(req.WithContext(httptrace.WithClientTrace(req.Context(), &httptrace.ClientTrace{
		GetConn: func(string) { x.dialing.Store(true) },
		GotConn: func(httptrace.GotConnInfo) { x.connected.Store(true) },
	})), index)
	if err != nil {
		return nil, err
	}
	k.warnOfLimit(resp)
	if err := x.keep(resp); err != nil {
		return nil, err
	}
	return resp, nil
}

// keep reads the answer and gives kiota a copy. What kiota gets of a refusal is
// a stand-in: it cannot parse HTML, follows claims challenges by sending the
// request again (a POST too), and panics on a challenge whose claims are not
// quoted.
func (x *exchange) keep(resp *http.Response) error {
	defer resp.Body.Close()
	x.status, x.header = resp.StatusCode, x.scrubbed(resp.Header)
	if x.ok() {
		body, err := io.ReadAll(io.LimitReader(resp.Body, maxAnswer+1))
		if err != nil {
			return fmt.Errorf("read answer: %w", err)
		}
		if len(body) > maxAnswer {
			return fmt.Errorf("read answer: longer than %d bytes", maxAnswer)
		}
		x.body = body
		replace(resp, body)
		return nil
	}
	body, _ := io.ReadAll(io.LimitReader(resp.Body, maxRefusal)) // what came of it will do
	x.body = []byte(x.scrub(string(body)))
	resp.Header.Del("Www-Authenticate")
	resp.Header.Set("Content-Type", "application/json")
	replace(resp, fmt.Appendf(nil, `{"error":{"code":"HTTP%d","message":"see exchange"}}`, resp.StatusCode))
	return nil
}

// scrub cuts the token out of a text. Services and proxies that refuse a request
// like to show it.
func (x *exchange) scrub(s string) string {
	if x.token.IsZero() {
		return s
	}
	return strings.ReplaceAll(s, x.token.Reveal(), secret.Redacted)
}

func (x *exchange) scrubbed(h http.Header) http.Header {
	clean := h.Clone()
	for _, values := range clean {
		for i := range values {
			values[i] = x.scrub(values[i])
		}
	}
	return clean
}

// ok reports whether the answer was a success.
func (x *exchange) ok() bool { return x.status >= 200 && x.status < 300 }

func replace(resp *http.Response, body []byte) {
	resp.Body = io.NopCloser(bytes.NewReader(body))
	resp.ContentLength = int64(len(body))
}

// warnOfLimit logs when Graph says that a throttling limit is near, see
// https://learn.microsoft.com/graph/throttling-limits#identity-and-access-service-limits.
func (k keepAnswer) warnOfLimit(resp *http.Response) {
	share, err := strconv.ParseFloat(resp.Header.Get("X-Ms-Throttle-Limit-Percentage"), 64)
	if err != nil || share < 0.8 {
		return
	}
	k.log.Warn("graph throttling is near", "share", share,
		"scope", resp.Header.Get("X-Ms-Throttle-Scope"), "status", resp.StatusCode)
}
