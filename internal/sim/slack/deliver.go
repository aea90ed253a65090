package slack

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"maps"
	"net/http"
	"net/url"
	"slices"
	"time"
)

// Delivery is one request that Slack made to the app, and what came back.
type Delivery struct {
	Kind   string // "command", "block_actions", "event", "raw", …
	URL    string
	Header http.Header
	Body   []byte

	At          time.Time // by the injected clock
	Took        time.Duration
	Status      int // 0 when there was no answer
	Reply       []byte
	ReplyHeader http.Header
}

// ErrNotDelivered means that the app did not acknowledge: no listener, an
// error, a status other than 200 or no answer within three seconds. The
// delivery error's text is what Slack shows to the person.
var ErrNotDelivered = errors.New("not acknowledged")

// DeliveryError says how a delivery failed.
type DeliveryError struct {
	Delivery Delivery
	// Shown is what the person reads.
	Shown string
	Err   error // nil when there was an answer with the wrong status
}

// Error implements error.
func (e *DeliveryError) Error() string {
	if e.Err != nil {
		return fmt.Sprintf("%s delivery: %s: %v", e.Delivery.Kind, e.Shown, e.Err)
	}
	return fmt.Sprintf("%s delivery: %s: status %d", e.Delivery.Kind, e.Shown, e.Delivery.Status)
}

// Unwrap makes errors.Is work with ErrNotDelivered and with the cause.
func (e *DeliveryError) Unwrap() []error {
	if e.Err == nil {
		return []error{ErrNotDelivered}
	}
	return []error{ErrNotDelivered, e.Err}
}

// timedOut reports whether the app took too long.
func (e *DeliveryError) timedOut() bool { return errors.Is(e.Err, context.DeadlineExceeded) }

// payloadBody encodes an interaction: a form with one field that holds JSON.
func payloadBody(payload object) ([]byte, error) {
	b, err := phpJSON(payload)
	if err != nil {
		return nil, err
	}
	return []byte("payload=" + url.QueryEscape(string(b))), nil
}

// phpJSON encodes as Slack does, whose slashes are escaped. A slash occurs in
// JSON only inside strings, so replacing it everywhere is safe.
func phpJSON(v any) ([]byte, error) {
	var b bytes.Buffer
	enc := json.NewEncoder(&b)
	enc.SetEscapeHTML(false)
	if err := enc.Encode(v); err != nil {
		return nil, fmt.Errorf("encode a delivery: %w", err)
	}
	return bytes.ReplaceAll(bytes.TrimSuffix(b.Bytes(), []byte("\n")), []byte("/"), []byte(`\/`)), nil
}

// post makes a signed delivery. The caller must not hold the lock: the app
// calls back while it acknowledges.
func (s *Slack) post(ctx context.Context, kind, to string, body []byte, header http.Header) (Delivery, error) {
	timestamp, signature := Sign(s.cfg.App.SigningSecret, s.now(), body)
	h := http.Header{
		"Content-Type":  {"application/x-www-form-urlencoded"},
		"User-Agent":    {"Slackbot 1.0 (+https://api.slack.com/robots)"},
		"Accept":        {"application/json,*/*"},
		timestampHeader: {timestamp},
		signatureHeader: {signature},
	}
	maps.Copy(h, header)
	return s.send(ctx, Delivery{Kind: kind, URL: to, Header: h, Body: body})
}

// send carries a delivery out as it stands and records it.
func (s *Slack) send(ctx context.Context, d Delivery) (Delivery, error) {
	d.At = s.now()
	began := time.Now()
	err := s.exchange(ctx, &d)
	d.Took = time.Since(began)
	s.mu.Lock()
	s.sent = append(s.sent, d)
	s.mu.Unlock()
	failure := &DeliveryError{Delivery: d, Err: err, Shown: "dispatch_failed"}
	switch {
	case err != nil && failure.timedOut():
		failure.Shown = "operation_timeout"
		return d, failure
	case err != nil || d.Status != http.StatusOK:
		return d, failure
	}
	return d, nil
}

func (s *Slack) exchange(ctx context.Context, d *Delivery) error {
	if d.URL == "" {
		return errors.New("the app has no request URL for this")
	}
	ctx, cancel := context.WithTimeout(ctx, s.cfg.AckTimeout)
	defer cancel()
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, d.URL, bytes.NewReader(d.Body))
	if err != nil {
		return fmt.Errorf("address the app: %w", err)
	}
	req.Header = d.Header.Clone()
	resp, err := s.cfg.Client.Do(req)
	if err != nil {
		return err
	}
	defer func() { _ = resp.Body.Close() }()
	d.Status, d.ReplyHeader = resp.StatusCode, resp.Header
	if d.Reply, err = io.ReadAll(io.LimitReader(resp.Body, maxBody)); err != nil {
		d.Status = 0
		return fmt.Errorf("read the acknowledgement: %w", err)
	}
	return nil
}

// Deliveries returns every delivery so far, oldest first.
func (s *Slack) Deliveries() []Delivery {
	s.mu.Lock()
	defer s.mu.Unlock()
	return slices.Clone(s.sent)
}

// LastDelivery returns the newest delivery, for example to replay it.
func (s *Slack) LastDelivery() (Delivery, bool) {
	all := s.Deliveries()
	if len(all) == 0 {
		return Delivery{}, false
	}
	return all[len(all)-1], true
}

// Redeliver sends a delivery again, byte for byte and with the same timestamp
// and signature, as somebody would who recorded it.
func (s *Slack) Redeliver(ctx context.Context, d Delivery) (Delivery, error) {
	return s.send(ctx, Delivery{Kind: d.Kind, URL: d.URL, Header: d.Header.Clone(), Body: d.Body})
}

// DeliverRaw sends any bytes and headers, unsigned unless the headers say
// otherwise; abuse tests make their own signatures with [Sign].
func (s *Slack) DeliverRaw(ctx context.Context, to string, header http.Header, body []byte) (Delivery, error) {
	return s.send(ctx, Delivery{Kind: "raw", URL: to, Header: header, Body: body})
}

// fail records what Slack shows to a person when the app did not acknowledge.
func (s *Slack) fail(user, channel, shown string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.note(Entry{Kind: Failed, User: user, Channel: channel, Text: shown})
}
