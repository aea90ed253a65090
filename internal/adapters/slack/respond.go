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
)

const (
	// hooksOrigin is where Slack's response URLs live
	// (docs.slack.dev/interactivity/handling-user-interaction).
	hooksOrigin = "https://hooks.slack.com"
	// respondWithin bounds one answer.
	respondWithin = 5 * time.Second
	// maxReply bounds what is read of an answer of Slack's.
	maxReply = 1 << 20
)

// responder posts to response URLs. The library would post to any host, follow
// redirects and add fields that Slack does not want there.
type responder struct {
	origins []string
	client  *http.Client
	ctx     context.Context // ends when the owner gives up
	abandon context.CancelFunc
}

func newResponder(extra []string, transport http.RoundTripper) (*responder, error) {
	p := &responder{origins: []string{hooksOrigin}, client: newClient(transport, respondWithin)}
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
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, u.String(), bytes.NewReader(body))
	if err != nil {
		return errForeignURL
	}
	req.Header.Set("Content-Type", jsonType+"; charset=utf-8")
	resp, err := p.client.Do(req)
	if err != nil {
		return fmt.Errorf("post the answer: %w", withoutURL(err))
	}
	defer func() { _ = resp.Body.Close() }()
	_, _ = io.Copy(io.Discard, io.LimitReader(resp.Body, maxReply)) // lets the connection be used again
	if resp.StatusCode != http.StatusOK {
		return fmt.Errorf("post the answer: status %d", resp.StatusCode)
	}
	return nil
}

// respond posts a view to a response URL after the acknowledgement. It is a
// courtesy to the person who pressed; what matters is posted by [Platform].
func (h *Handler) respond(ctx context.Context, address string, v chat.View) {
	h.after(ctx, reasonResponseURL, func(ctx context.Context) error { return h.responses.post(ctx, address, v) })
}

// after does work that goes on after the acknowledgement, until it ends or the
// handler gives it up. An error is counted under why.
func (h *Handler) after(ctx context.Context, why reason, work func(context.Context) error) {
	ctx, cancel := context.WithCancel(context.WithoutCancel(ctx))
	stop := context.AfterFunc(h.responses.ctx, cancel)
	started := h.running.run(func() {
		defer cancel()
		defer stop()
		defer func() {
			if broken := recover(); broken != nil {
				h.recordPanic(ctx, "", broken)
			}
		}()
		if err := work(ctx); err != nil {
			h.tally.add(ctx, why)
			h.log.DebugContext(ctx, "nothing came of what follows an answer", "platform", Name, "reason", string(why), "error", err)
		}
	})
	if !started {
		stop()
		cancel()
		h.tally.add(ctx, why)
	}
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
