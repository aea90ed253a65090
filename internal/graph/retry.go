package graph

import (
	"context"
	"math/rand/v2"
	"net/http"
	"time"

	khttp "github.com/microsoft/kiota-http-go"

	"hoist/internal/graph/refusal"
)

const (
	maxRetries = 3
	// maxWait bounds one wait when the context has no earlier deadline. Whoever
	// is told to stay away for longer is better told than kept waiting.
	maxWait = 30 * time.Second
)

// retryReads is the middleware that repeats a GET which was answered 429, 503
// or 504, at most three times. Nothing else is repeated: a POST that timed out
// may have activated a role.
//
// kiota's own handler repeats POSTs on 503 and 504, sleeps as long as any
// Retry-After says and reads its dates by the local clock.
type retryReads struct {
	pause func(ctx context.Context, d time.Duration) error
	base  time.Duration // first wait when the answer names none; doubled each time
}

// Intercept implements kiota's Middleware. When it gives up it returns the last
// answer, so that the caller learns why.
func (r retryReads) Intercept(next khttp.Pipeline, index int, req *http.Request) (*http.Response, error) {
	for attempt := 0; ; attempt++ {
		resp, err := next.Next(req, index)
		if err != nil || req.Method != http.MethodGet || attempt == maxRetries || !passing(resp.StatusCode) {
			return resp, err
		}
		wait := r.wait(resp.Header, attempt)
		if !fits(req.Context(), wait) || r.pause(req.Context(), wait) != nil {
			return resp, nil
		}
		// The body is a copy in memory and the connection is free already, see
		// keepAnswer.
		_ = resp.Body.Close()
	}
}

// passing reports whether a status is one that passes by waiting.
func passing(status int) bool {
	return status == http.StatusTooManyRequests || status == http.StatusServiceUnavailable || status == http.StatusGatewayTimeout
}

func (r retryReads) wait(h http.Header, attempt int) time.Duration {
	if d, ok := refusal.RetryAfter(h); ok {
		return d
	}
	d := r.base << attempt
	return d + rand.N(d/4+1) //nolint:gosec // G404: it spreads those that were refused together, and is no secret
}

// fits reports whether a wait ends before the context does.
func fits(ctx context.Context, wait time.Duration) bool {
	if wait > maxWait {
		return false
	}
	deadline, ok := ctx.Deadline()
	return !ok || time.Until(deadline) > wait
}

// pause waits on the machine's clock: an HTTP deadline and a service's bucket
// know no other, and a test's clock that stands still must not hold a request.
func pause(ctx context.Context, d time.Duration) error {
	t := time.NewTimer(d)
	defer t.Stop()
	select {
	case <-ctx.Done():
		return ctx.Err()
	case <-t.C:
		return nil
	}
}
