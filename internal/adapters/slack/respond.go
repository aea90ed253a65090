package slack

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"slices"
	"time"

	"hoist/internal/chat"
	"hoist/internal/clock"
)

const (
	// hooksOrigin is where Slack's response URLs live
	// (docs.slack.dev/interactivity/handling-user-interaction).
	hooksOrigin = "https://hooks.slack.com"
	// responseURL names the calls of response URLs in errors.
	responseURL = "response_url"
	// respondWithin bounds one try of an answer.
	respondWithin = 5 * time.Second
	// responseURLUses bounds the tries of an answer there: Slack takes five messages
	// at a response URL, within 30 minutes, and does not say whether one that it
	// refused counts (docs.slack.dev/interactivity/handling-user-interaction).
	responseURLUses = 5
	// maxReply bounds what is read of an answer of Slack's.
	maxReply = 1 << 20
)

// responder posts to response URLs. The library would post to any host, follow
// redirects and add fields that Slack does not want there.
type responder struct {
	origins []string
	client  *http.Client
	clock   clock.Clock
	ctx     context.Context // ends when the owner gives up
	abandon context.CancelFunc
}

func newResponder(extra []string, transport http.RoundTripper, c clock.Clock) (*responder, error) {
	p := &responder{origins: []string{hooksOrigin}, client: newClient(transport, respondWithin), clock: c}
	p.client.Transport = wire{p.client.Transport}
	for _, o := range extra {
		u, err := url.Parse(o)
		if err != nil || !mayCarrySecrets(u) || o != origin(u) {
			return nil, fmt.Errorf("slack: %q is not an origin for response URLs", o)
		}
		p.origins = append(p.origins, o)
	}
	p.ctx, p.abandon = context.WithCancel(context.Background())
	return p, nil
}

func origin(u *url.URL) string { return u.Scheme + "://" + u.Host }

// errForeignURL hides the address: a response URL lets anybody write.
var errForeignURL = errors.New("the response URL is not one of Slack's")

// post sends once. Its errors are those of [Platform.Post]; a response URL that
// was refused, being used up, over or not Slack's, stays so.
func (p *responder) post(ctx context.Context, address string, v chat.View) error {
	u, err := url.Parse(address)
	if err != nil || u.User != nil || !slices.Contains(p.origins, origin(u)) {
		return errForeignURL
	}
	body, err := json.Marshal(ephemeralMessage(v))
	if err != nil {
		return fmt.Errorf("encode the answer: %w", err)
	}
	ctx, cancel := context.WithTimeout(ctx, respondWithin)
	defer cancel()
	x := newExchange(p.clock)
	req, err := http.NewRequestWithContext(x.in(ctx), http.MethodPost, u.String(), bytes.NewReader(body))
	if err != nil {
		return errForeignURL
	}
	req.Header.Set("Content-Type", jsonType+"; charset=utf-8")
	resp, err := p.client.Do(req)
	if err != nil {
		return x.fault(responseURL, sends, err)
	}
	defer func() { _ = resp.Body.Close() }()
	_, _ = io.Copy(io.Discard, resp.Body) // lets the connection be used again
	switch s := resp.StatusCode; {
	case s == http.StatusOK:
		return nil
	case s < http.StatusInternalServerError && s != http.StatusTooManyRequests:
		return undeliverable(fmt.Sprintf("%s: status %d", responseURL, s))
	default:
		return x.fault(responseURL, sends, nil)
	}
}

// respond posts a view to a response URL after the acknowledgement. It is a
// courtesy to the person who pressed; what matters is posted by [Platform].
func (h *Handler) respond(ctx context.Context, d delivery, address string, v chat.View) {
	h.after(ctx, d, reasonResponseURL, func(ctx context.Context) error { return h.reply(ctx, address, v) })
}

// reply posts to a response URL until it is taken or over: the courier's tries
// end long before the URL does, and are no more than it has uses.
func (h *Handler) reply(ctx context.Context, address string, v chat.View) error {
	return h.courier.Deliver(ctx, responseURLUses, func(ctx context.Context) error { return h.responses.post(ctx, address, v) })
}

// after does work that goes on after the acknowledgement of a delivery, until it
// ends or the handler gives it up. An error is counted under why.
func (h *Handler) after(ctx context.Context, d delivery, why reason, work func(context.Context) error) {
	ctx, cancel := context.WithCancel(context.WithoutCancel(ctx))
	stop := context.AfterFunc(h.responses.ctx, cancel)
	started := h.running.run(func() {
		defer cancel()
		defer stop()
		defer func() {
			if broken := recover(); broken != nil {
				h.recordPanic(ctx, d.reference(), broken)
			}
		}()
		if err := work(ctx); err != nil {
			h.recordLost(ctx, d, why, err)
		}
	})
	if !started {
		stop()
		cancel()
		h.recordLost(ctx, d, why, errClosed)
	}
}

var errClosed = errors.New("the handler is closed")

func (h *Handler) recordLost(ctx context.Context, d delivery, why reason, err error) {
	h.tally.add(ctx, why)
	h.log.WarnContext(ctx, "an answer was given up", "platform", Name, "reference", d.reference(), "reason", string(why), "error", err)
}

// newClient follows no redirects: tokens and links go where they were sent.
func newClient(transport http.RoundTripper, timeout time.Duration) *http.Client {
	if transport == nil {
		transport = http.DefaultTransport.(*http.Transport).Clone()
	}
	return &http.Client{
		Transport: transport, Timeout: timeout,
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
	}
}

// withoutURL keeps the cause of a failed request and drops its address.
func withoutURL(err error) error {
	if u, ok := errors.AsType[*url.Error](err); ok {
		return u.Err
	}
	return err
}
