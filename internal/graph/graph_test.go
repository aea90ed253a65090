package graph

import (
	"context"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"
	"time"

	"hoist/internal/clock"
	"hoist/internal/pim"
	"hoist/internal/secret"
)

const (
	tenant   = "72f988bf-86f1-41af-91ab-2d7cd011db47"
	alice    = "071cc716-8147-4397-a5ba-b2105951cc0b"
	userAdm  = "fe930be7-5e62-47db-91af-98c3a49a38b1"
	unit     = "5d107bba-d8e2-4e13-b6ae-884be90e5d1a"
	appToken = "app-token-canary"
	herToken = "alice-token-canary"
)

var (
	nine     = time.Date(2026, 11, 23, 9, 0, 0, 0, time.UTC)
	aliceKey = pim.NewPrincipalKey(tenant, alice)
	userRole = pim.Target{Kind: pim.DirectoryRole, ID: userAdm, Name: "User Administrator"}
	session  = pim.Session{Principal: pim.Principal{PrincipalKey: aliceKey}, Token: secret.New(herToken)}
	triple   = pim.Triple{Principal: aliceKey, TargetID: userAdm, ScopeID: "/"}
)

// seen is one request as it reached the fake Graph.
type seen struct {
	method, path, query string
	header              http.Header
	body                string
}

// fakeGraph answers by path (without /v1.0, with /beta) and keeps what it was
// asked.
type fakeGraph struct {
	t      *testing.T
	client *Client
	clock  *clock.Movable
	url    string

	mu       sync.Mutex
	answers  map[string]http.HandlerFunc
	requests []seen
}

// newFake starts a server and a client of it that does not sleep.
func newFake(t *testing.T) *fakeGraph {
	t.Helper()
	f := &fakeGraph{t: t, clock: clock.NewStill(nine), answers: map[string]http.HandlerFunc{}}
	srv := httptest.NewServer(f)
	t.Cleanup(srv.Close)
	f.url = srv.URL
	f.client = newClient(t, Config{BaseURL: srv.URL, Clock: f.clock})
	return f
}

// newClient completes a config for tests: quiet, and with short waits where an
// answer names none.
func newClient(t *testing.T, cfg Config) *Client {
	t.Helper()
	if cfg.AppToken == nil {
		cfg.AppToken = func(context.Context) (secret.Value, error) { return secret.New(appToken), nil }
	}
	cfg.Tenant, cfg.Log = tenant, slog.New(slog.DiscardHandler)
	c, err := New(cfg)
	if err != nil {
		t.Fatal(err)
	}
	c.adapter, err = newAdapter(c.base, cfg.Transport, retryReads{pause: pause, base: time.Millisecond}, cfg.Log)
	if err != nil {
		t.Fatal(err)
	}
	return c
}

func (f *fakeGraph) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	body, _ := io.ReadAll(r.Body)
	f.mu.Lock()
	f.requests = append(f.requests, seen{r.Method, r.URL.Path, r.URL.RawQuery, r.Header.Clone(), string(body)})
	answer := f.answers[strings.TrimPrefix(r.URL.Path, "/v1.0")]
	f.mu.Unlock()
	if answer == nil {
		http.Error(w, `{"error":{"code":"ResourceNotFound","message":"no answer is laid down for this path"}}`, http.StatusNotFound)
		return
	}
	w.Header().Set("Request-Id", "req-1")
	w.Header().Set("Date", nine.Add(3*time.Second).Format(http.TimeFormat))
	answer(w, r)
}

// on lays down the answer for a path.
func (f *fakeGraph) on(path string, answer http.HandlerFunc) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.answers[path] = answer
}

// count returns how many requests a path got.
func (f *fakeGraph) count(path string) (n int) {
	f.mu.Lock()
	defer f.mu.Unlock()
	for _, r := range f.requests {
		if strings.TrimPrefix(r.path, "/v1.0") == path {
			n++
		}
	}
	return n
}

// last returns the newest request.
func (f *fakeGraph) last() seen {
	f.mu.Lock()
	defer f.mu.Unlock()
	return f.requests[len(f.requests)-1]
}

// says answers with a status and JSON.
func says(status int, body string) http.HandlerFunc {
	return func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "application/json; odata.metadata=minimal")
		w.WriteHeader(status)
		_, _ = io.WriteString(w, body)
	}
}

// inTurn answers with each handler once and then stays with the last.
func inTurn(answers ...http.HandlerFunc) http.HandlerFunc {
	var mu sync.Mutex
	n := 0
	return func(w http.ResponseWriter, r *http.Request) {
		mu.Lock()
		a := answers[min(n, len(answers)-1)]
		n++
		mu.Unlock()
		a(w, r)
	}
}

// refuses is Graph's error envelope.
func refuses(status int, code, message string) http.HandlerFunc {
	return says(status, fmt.Sprintf(`{"error":{"code":%q,"message":%q,"innerError":{"request-id":"req-1"}}}`, code, message))
}

// wantKind checks an error's kind and returns the error.
func wantKind(t *testing.T, err error, want pim.Kind) *pim.Error {
	t.Helper()
	e, ok := err.(*pim.Error) //nolint:errorlint // the port promises the type itself
	if !ok {
		t.Fatalf("error = %v (%T), want a *pim.Error of kind %s", err, err, want)
	}
	if e.Kind != want {
		t.Fatalf("error = %v, want kind %s", e, want)
	}
	return e
}
