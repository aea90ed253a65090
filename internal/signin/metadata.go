package signin

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"strings"
	"sync"
	"time"

	"hoist/internal/clock"
)

// Bounds of calls to Entra.
const (
	metadataFor   = time.Hour        // how long an openid-configuration is believed
	largestAnswer = 1 << 20          // bytes of one answer
	callFor       = 15 * time.Second // one call
)

// metadataPath ends the address of an authority's metadata.
const metadataPath = "/.well-known/openid-configuration"

// transport keeps openid-configurations and bounds every answer. MSAL keeps
// metadata per client, and there is one client per sign-in, so without it each
// sign-in would ask for them again.
type transport struct {
	next  http.RoundTripper
	clock clock.Clock

	mu   sync.Mutex
	kept map[string]keptAnswer
}

type keptAnswer struct {
	body  []byte
	until time.Time
}

// newClient wraps a client's transport. Redirects are not followed: no endpoint
// of Entra's answers a server with one, and a token request must not wander.
func newClient(base *http.Client, c clock.Clock) *http.Client {
	next := http.DefaultTransport
	if base != nil && base.Transport != nil {
		next = base.Transport
	}
	return &http.Client{
		Transport:     &transport{next: next, clock: c, kept: map[string]keptAnswer{}},
		Timeout:       callFor,
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
	}
}

// RoundTrip implements [http.RoundTripper].
func (t *transport) RoundTrip(r *http.Request) (*http.Response, error) {
	keep := r.Method == http.MethodGet && strings.HasSuffix(r.URL.Path, metadataPath)
	key := r.URL.Scheme + "://" + r.URL.Host + r.URL.Path
	if body, ok := t.find(key); keep && ok {
		return answerOf(r, body), nil
	}
	answer, err := t.next.RoundTrip(r)
	if err != nil {
		return nil, err
	}
	body, err := io.ReadAll(io.LimitReader(answer.Body, largestAnswer+1))
	_ = answer.Body.Close()
	if err != nil {
		return nil, fmt.Errorf("read answer of %s: %w", r.URL.Host, err)
	}
	if len(body) > largestAnswer {
		return nil, fmt.Errorf("answer of %s is larger than %d bytes", r.URL.Host, largestAnswer)
	}
	if keep && answer.StatusCode == http.StatusOK && json.Valid(body) {
		t.put(key, body)
	}
	answer.Body = io.NopCloser(bytes.NewReader(body))
	return answer, nil
}

func (t *transport) find(key string) ([]byte, bool) {
	t.mu.Lock()
	defer t.mu.Unlock()
	k, ok := t.kept[key]
	return k.body, ok && t.clock.Now().Before(k.until)
}

func (t *transport) put(key string, body []byte) {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.kept[key] = keptAnswer{body: body, until: t.clock.Now().Add(metadataFor)}
}

// answerOf is a kept answer, told again.
func answerOf(r *http.Request, body []byte) *http.Response {
	return &http.Response{
		Status: "200 OK", StatusCode: http.StatusOK, Proto: "HTTP/1.1", ProtoMajor: 1, ProtoMinor: 1,
		Header: http.Header{"Content-Type": {"application/json"}}, ContentLength: int64(len(body)),
		Body: io.NopCloser(bytes.NewReader(body)), Request: r,
	}
}

// metadata is what an authority says of itself:
// https://learn.microsoft.com/entra/identity-platform/v2-protocols-oidc#find-your-apps-openid-configuration-document-uri.
type metadata struct {
	Issuer    string `json:"issuer"`
	Authorize string `json:"authorization_endpoint"`
	Keys      string `json:"jwks_uri"`
}

func readMetadata(ctx context.Context, client *http.Client, authority string) (metadata, error) {
	var m metadata
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, authority+"/v2.0"+metadataPath, nil)
	if err != nil {
		return m, fmt.Errorf("read metadata: %w", err)
	}
	answer, err := client.Do(req)
	if err != nil {
		return m, fmt.Errorf("read metadata: %w", err)
	}
	defer func() { _ = answer.Body.Close() }()
	if answer.StatusCode != http.StatusOK {
		return m, fmt.Errorf("read metadata: status %d", answer.StatusCode)
	}
	if err := json.NewDecoder(answer.Body).Decode(&m); err != nil {
		return m, fmt.Errorf("read metadata: %w", err)
	}
	if m.Issuer == "" || m.Authorize == "" || m.Keys == "" {
		return m, errors.New("read metadata: issuer, authorization_endpoint or jwks_uri is missing")
	}
	return m, nil
}
