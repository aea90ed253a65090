package slack

import (
	"context"
	"io"
	"math"
	"net/http"
	"net/http/httptrace"
	"strconv"
	"sync/atomic"
	"time"

	"hoist/internal/clock"
)

// exchange is what one call left on the wire. The library's errors do not say
// whether a request went out, and lose the status when Retry-After is not a
// whole number.
type exchange struct {
	clock      clock.Clock
	sent       atomic.Bool  // the whole request was written
	status     atomic.Int64 // 0 without an answer
	retryAfter atomic.Int64 // time.Duration, of a 429
}

func newExchange(c clock.Clock) *exchange { return &exchange{clock: c} }

type exchangeKey struct{}

// in returns a context under which the call is observed.
func (x *exchange) in(ctx context.Context) context.Context {
	ctx = httptrace.WithClientTrace(ctx, &httptrace.ClientTrace{
		WroteRequest: func(i httptrace.WroteRequestInfo) {
			if i.Err == nil {
				x.sent.Store(true)
			}
		},
	})
	return context.WithValue(ctx, exchangeKey{}, x)
}

// wire notes what comes back, and bounds how much of it is read.
type wire struct{ base http.RoundTripper }

// RoundTrip implements http.RoundTripper.
func (w wire) RoundTrip(req *http.Request) (*http.Response, error) {
	resp, err := w.base.RoundTrip(req)
	if err != nil {
		return nil, err
	}
	if x, ok := req.Context().Value(exchangeKey{}).(*exchange); ok {
		x.sent.Store(true) // transports that do not trace have sent it as well
		x.status.Store(int64(resp.StatusCode))
		x.retryAfter.Store(int64(retryAfter(resp.Header.Get("Retry-After"), x.clock)))
	}
	resp.Body = limited{io.LimitReader(resp.Body, maxReply), resp.Body}
	return resp, nil
}

type limited struct {
	io.Reader
	io.Closer
}

// retryAfter reads seconds, whole or not, or a date. Slack documents whole
// seconds (docs.slack.dev/apis/web-api/rate-limits); proxies write the others.
func retryAfter(header string, c clock.Clock) time.Duration {
	const most = time.Hour
	if s, err := strconv.ParseFloat(header, 64); err == nil {
		if math.IsNaN(s) || s < 0 {
			return 0
		}
		return time.Duration(math.Ceil(min(s, most.Seconds()))) * time.Second
	}
	if at, err := http.ParseTime(header); err == nil {
		return min(max(at.Sub(c.Now()), 0), most)
	}
	return 0
}
