package graph

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"hoist/internal/pim"
	"hoist/internal/secret"
)

// after makes an answer name a wait.
func after(wait string, answer http.HandlerFunc) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Retry-After", wait)
		answer(w, r)
	}
}

func TestRead_is_retried(t *testing.T) {
	good := says(200, list(eligible("e1", alice, userAdm, "User Administrator", "/", "null")))
	tests := map[string]struct {
		answers []http.HandlerFunc
		want    pim.Kind // "" for success
		calls   int
	}{
		"429_then_good":          {[]http.HandlerFunc{after("0", refuses(429, "TooManyRequests", "")), good}, "", 2},
		"503_without_a_wait":     {[]http.HandlerFunc{says(503, ""), good}, "", 2},
		"504_html_then_good":     {[]http.HandlerFunc{after("0", says(504, "<html>")), good}, "", 2},
		"three_times_then_good":  {[]http.HandlerFunc{says(503, ""), says(503, ""), says(503, ""), good}, "", 4},
		"never_a_fourth_time":    {[]http.HandlerFunc{after("0", says(503, ""))}, pim.KindUnavailable, 4},
		"throttled_for_good":     {[]http.HandlerFunc{after("0", says(429, ""))}, pim.KindThrottled, 4},
		"a_date_gone_by":         {[]http.HandlerFunc{after("Mon, 23 Nov 2026 08:00:00 GMT", says(429, "")), good}, "", 2},
		"500_is_not":             {[]http.HandlerFunc{says(500, ""), good}, pim.KindUnavailable, 1},
		"502_html_is_not":        {[]http.HandlerFunc{says(502, "<html>"), good}, pim.KindUnavailable, 1},
		"400_is_not":             {[]http.HandlerFunc{refuses(400, "InvalidFilter", ""), good}, pim.KindBadRequest, 1},
		"unreadable_is_not":      {[]http.HandlerFunc{says(200, "<html>"), good}, pim.KindUnavailable, 1},
		"an_hour_is_not_waited":  {[]http.HandlerFunc{after("3600", says(429, "")), good}, pim.KindThrottled, 1},
		"a_minute_is_not_waited": {[]http.HandlerFunc{after("31", says(503, "")), good}, pim.KindUnavailable, 1},
		"a_date_in_an_hour_isnt": {[]http.HandlerFunc{after("Mon, 23 Nov 2026 10:00:03 GMT", says(429, "")), good}, pim.KindThrottled, 1},
		"redirects_are_not_taken": {[]http.HandlerFunc{func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Location", "/elsewhere")
			w.WriteHeader(302)
		}}, pim.KindUnavailable, 1},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			f := newFake(t)
			f.on(eligibilities, inTurn(tt.answers...))
			got, err := f.client.Eligibilities(t.Context(), aliceKey)
			if tt.want == "" && (err != nil || len(got) != 1) {
				t.Errorf("got %v, %v", got, err)
			}
			if tt.want != "" {
				wantKind(t, err, tt.want)
			}
			if n := f.count(eligibilities); n != tt.calls || len(f.requests) != tt.calls {
				t.Errorf("%d requests, want %d", n, tt.calls)
			}
		})
	}
}

func TestRead_waits_for_as_long_as_it_is_told(t *testing.T) {
	var waited []time.Duration
	f := newFake(t)
	client := f.client
	client.adapter, _ = newAdapter(client.base, nil, retryReads{base: time.Second, pause: func(_ context.Context, d time.Duration) error {
		waited = append(waited, d)
		return nil
	}}, slog.New(slog.DiscardHandler))
	f.on(eligibilities, inTurn(after("7", says(429, "")), after("Mon, 23 Nov 2026 09:00:23 GMT", says(503, "")), says(503, ""), says(200, list())))
	if _, err := client.Eligibilities(t.Context(), aliceKey); err != nil {
		t.Fatal(err)
	}
	if len(waited) != 3 || waited[0] != 7*time.Second || waited[1] != 20*time.Second {
		t.Errorf("waited %v", waited)
	}
	if w := waited[2]; w < 4*time.Second || w > 5*time.Second+1 { // the third wait of its own: 1 s, 2 s, 4 s and some
		t.Errorf("waited %v without being told", w)
	}
}

func TestRead_does_not_sleep_beyond_the_deadline(t *testing.T) {
	f := newFake(t)
	f.on(eligibilities, after("20", refuses(429, "TooManyRequests", "m")))
	ctx, cancel := context.WithTimeout(t.Context(), 10*time.Second)
	defer cancel()
	began := time.Now()
	_, err := f.client.Eligibilities(ctx, aliceKey)
	if e := wantKind(t, err, pim.KindThrottled); e.RetryAfter != 20*time.Second {
		t.Errorf("retry after %v, want it passed on", e.RetryAfter)
	}
	if d := time.Since(began); d > 5*time.Second {
		t.Errorf("slept %v", d)
	}
}

func TestRead_ends_its_wait_with_the_context(t *testing.T) {
	f := newFake(t)
	ctx, cancel := context.WithCancel(t.Context())
	f.on(eligibilities, after("20", func(w http.ResponseWriter, _ *http.Request) {
		time.AfterFunc(20*time.Millisecond, cancel)
		w.WriteHeader(429)
	}))
	_, err := f.client.Eligibilities(ctx, aliceKey)
	wantKind(t, err, pim.KindThrottled)
	if !errors.Is(err, context.Canceled) {
		t.Errorf("error = %v, want it to wrap the context's", err)
	}
}

func TestWrite_is_never_repeated(t *testing.T) {
	challenged := func(claims string) http.HandlerFunc {
		return func(w http.ResponseWriter, r *http.Request) {
			w.Header().Set("WWW-Authenticate", `Bearer error="insufficient_claims", claims=`+claims)
			refuses(401, "InvalidAuthenticationToken", "Continuous access evaluation resulted in challenge.")(w, r)
		}
	}
	tests := map[string]struct {
		answer http.HandlerFunc
		want   pim.Kind
	}{
		"429":                {after("0", refuses(429, "TooManyRequests", "")), pim.KindThrottled},
		"503":                {after("0", says(503, "")), pim.KindUnanswered},
		"504":                {says(504, ""), pim.KindUnanswered},
		"challenge":          {challenged(`"eyJhY2Nlc3NfdG9rZW4iOnsibmJmIjp7ImVzc2VudGlhbCI6dHJ1ZSwgInZhbHVlIjoiMTYwNDEwNjY1MSJ9fX0="`), pim.KindChallenge},
		"challenge_unquoted": {challenged(`eyJhY2Nlc3NfdG9rZW4iOnsibmJmIjp7ImVzc2VudGlhbCI6dHJ1ZSwgInZhbHVlIjoiMTYwNDEwNjY1MSJ9fX0=`), pim.KindChallenge},
		"challenge_garbled":  {challenged(`"`), pim.KindSignInExpired},
		"redirect": {func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Location", "/v1.0/elsewhere")
			w.WriteHeader(307)
		}, pim.KindUnanswered},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			f := newFake(t)
			f.on(requests, tt.answer)
			_, err := f.client.Activate(t.Context(), session, order)
			wantKind(t, err, tt.want)
			if len(f.requests) != 1 {
				t.Errorf("%d requests, want one", len(f.requests))
			}
		})
	}
}

func TestWrite_passes_the_wait_on(t *testing.T) {
	for header, want := range map[string]time.Duration{"17": 17 * time.Second, "0": 0, "Mon, 23 Nov 2026 09:00:33 GMT": 30 * time.Second} {
		f := newFake(t)
		f.on(requests, after(header, says(429, "")))
		_, err := f.client.Activate(t.Context(), session, order)
		if e := wantKind(t, err, pim.KindThrottled); e.RetryAfter != want {
			t.Errorf("Retry-After %q is %v, want %v", header, e.RetryAfter, want)
		}
	}
}

func TestWrite_tells_what_was_certainly_not_sent(t *testing.T) {
	refusing := func(t *testing.T) string { // a port that nobody listens on
		l, err := net.Listen("tcp", "127.0.0.1:0")
		if err != nil {
			t.Fatal(err)
		}
		defer l.Close()
		return "http://" + l.Addr().String()
	}
	ended, cancel := context.WithCancel(context.Background())
	cancel()
	tests := map[string]struct {
		ctx       context.Context
		base      func(*testing.T) string
		transport http.RoundTripper
		want      pim.Kind
	}{
		"refused":      {context.Background(), refusing, nil, pim.KindUnavailable},
		"no_such_host": {context.Background(), func(*testing.T) string { return "http://graph.invalid" }, nil, pim.KindUnavailable},
		"tls_that_cannot_be_trusted": {context.Background(), func(t *testing.T) string {
			srv := httptest.NewTLSServer(nil)
			srv.Config.ErrorLog = slog.NewLogLogger(slog.DiscardHandler, 0)
			t.Cleanup(srv.Close)
			return srv.URL
		}, nil, pim.KindUnavailable},
		"context_ended_before": {ended, refusing, nil, pim.KindUnavailable},
		"hung_up_without_a_word": {context.Background(), func(t *testing.T) string {
			srv := httptest.NewServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) { panic(http.ErrAbortHandler) }))
			t.Cleanup(srv.Close)
			return srv.URL
		}, nil, pim.KindUnanswered},
		"a_transport_that_does_not_say": {context.Background(), refusing, roundTripper(func(*http.Request) (*http.Response, error) {
			return nil, errors.New("something broke")
		}), pim.KindUnanswered},
		"a_transport_that_could_not_dial": {context.Background(), refusing, roundTripper(func(*http.Request) (*http.Response, error) {
			return nil, &net.OpError{Op: "dial", Err: errors.New("no route")}
		}), pim.KindUnavailable},
		"a_reset_in_another_transport": {context.Background(), refusing, roundTripper(func(*http.Request) (*http.Response, error) {
			return nil, &net.OpError{Op: "read", Err: errors.New("connection reset by peer")}
		}), pim.KindUnanswered},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			c := newClient(t, Config{BaseURL: tt.base(t), Transport: tt.transport})
			_, err := c.Activate(tt.ctx, session, order)
			wantKind(t, err, tt.want)
		})
	}
}

type roundTripper func(*http.Request) (*http.Response, error)

func (f roundTripper) RoundTrip(r *http.Request) (*http.Response, error) { return f(r) }

func TestWrite_the_end_of_the_context_is_unanswered(t *testing.T) {
	f := newFake(t)
	release := make(chan struct{})
	t.Cleanup(func() { close(release) })
	f.on(requests, func(http.ResponseWriter, *http.Request) { <-release })
	ctx, cancel := context.WithTimeout(t.Context(), 50*time.Millisecond)
	defer cancel()
	_, err := f.client.Activate(ctx, session, order)
	wantKind(t, err, pim.KindUnanswered)
	if !errors.Is(err, context.DeadlineExceeded) {
		t.Errorf("error = %v, want it to wrap the context's", err)
	}
}

func TestConnections_are_used_again_after_refusals(t *testing.T) {
	var opened atomic.Int32
	answers := inTurn(after("0", refuses(503, "x", strings.Repeat("m", 9000))), after("0", says(429, "<html>")), says(200, list()),
		refuses(400, "InvalidFilter", "m"), says(502, ""), says(200, list()))
	srv := httptest.NewUnstartedServer(answers)
	srv.Config.ConnState = func(_ net.Conn, s http.ConnState) {
		if s == http.StateNew {
			opened.Add(1)
		}
	}
	srv.Start()
	t.Cleanup(srv.Close)
	c := newClient(t, Config{BaseURL: srv.URL})
	for i := range 4 {
		_, _ = c.Eligibilities(t.Context(), pim.NewPrincipalKey(tenant, fmt.Sprint(i)))
	}
	if n := opened.Load(); n != 1 {
		t.Errorf("%d connections for six requests in a row, want one", n)
	}
}

func TestRequests_are_plain_and_identified_once(t *testing.T) {
	f := newFake(t)
	f.on(eligibilities, inTurn(says(503, ""), says(503, ""), says(200, list())))
	if _, err := f.client.Eligibilities(t.Context(), aliceKey); err != nil {
		t.Fatal(err)
	}
	h := f.last().header
	for _, name := range []string{"Client-Request-Id", "Sdkversion", "User-Agent", "Authorization", "X-Ms-Throttle-Priority", "Accept"} {
		if len(h.Values(name)) != 1 {
			t.Errorf("%s = %q after two retries, want one value", name, h.Values(name))
		}
	}
	if !strings.Contains(f.last().query, "$filter=") || strings.Contains(f.last().query, "%24") {
		t.Errorf("query = %s, want OData's names as they are", f.last().query)
	}
}

func TestBaseURL_may_have_a_path(t *testing.T) {
	var path string
	srv := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		path = r.URL.Path
		says(200, list())(w, r)
	}))
	t.Cleanup(srv.Close)
	c := newClient(t, Config{BaseURL: srv.URL + "/graph/"})
	if _, err := c.Eligibilities(t.Context(), aliceKey); err != nil {
		t.Fatal(err)
	}
	if path != "/graph/v1.0"+eligibilities {
		t.Errorf("path = %s", path)
	}
}

func TestNew_refuses_half_a_config(t *testing.T) {
	token := func(context.Context) (secret.Value, error) { return secret.New("t"), nil }
	for name, cfg := range map[string]Config{
		"no_tenant": {AppToken: token}, "no_token": {Tenant: tenant}, "no_host": {AppToken: token, Tenant: tenant, BaseURL: "graph"},
		"no_url": {AppToken: token, Tenant: tenant, BaseURL: "://"},
	} {
		if _, err := New(cfg); err == nil {
			t.Errorf("%s: no error", name)
		}
	}
	if c, err := New(Config{AppToken: token, Tenant: tenant}); err != nil || c.base.String() != DefaultBaseURL {
		t.Errorf("New = %v, %v", c, err)
	}
}

func TestAppToken_that_cannot_be_had(t *testing.T) {
	cause := errors.New("certificate expired")
	tests := map[string]struct {
		err  error
		want pim.Kind
	}{
		"any_error":        {cause, pim.KindUnavailable},
		"an_error_of_ours": {fmt.Errorf("app token: %w", &pim.Error{Kind: pim.KindConsentMissing, Err: cause}), pim.KindConsentMissing},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			c := newClient(t, Config{AppToken: func(context.Context) (secret.Value, error) { return secret.Value{}, tt.err }})
			_, err := c.Assignments(t.Context())
			wantKind(t, err, tt.want)
			if !errors.Is(err, cause) {
				t.Errorf("%v does not wrap the cause", err)
			}
		})
	}
}

func TestAppToken_that_is_not_taken_asks_nobody_to_sign_in(t *testing.T) {
	f := newFake(t)
	f.on(assignments, func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("WWW-Authenticate", `Bearer error="insufficient_claims", claims="eyJhY2Nlc3NfdG9rZW4iOnt9fQ=="`)
		refuses(401, "InvalidAuthenticationToken", "m")(w, r)
	})
	_, err := f.client.Assignments(t.Context())
	wantKind(t, err, pim.KindUnavailable)
}

// The services here do their worst: they echo what they were sent.
func TestTokens_never_reach_an_error_or_a_log(t *testing.T) {
	echo := func(status int, shape string) http.HandlerFunc {
		return func(w http.ResponseWriter, r *http.Request) {
			token := strings.TrimPrefix(r.Header.Get("Authorization"), "Bearer ")
			w.Header().Set("Request-Id", token)
			w.Header().Set("WWW-Authenticate", `Bearer claims="`+token+`", error="`+token+`"`)
			w.Header().Set("X-Ms-Throttle-Limit-Percentage", "0.9")
			says(status, strings.ReplaceAll(shape, "TOKEN", token))(w, r)
		}
	}
	shapes := []string{
		`{"error":{"code":"TOKEN","message":"Bearer TOKEN is bad"}}`,
		`{"error":{"code":"RoleAssignmentRequestAcrsValidationFailed","message":"&claims={\"access_token\":{\"x\":\"TOKEN\"}}"}}`,
		`{"error":{"code":"RoleAssignmentRequestPolicyValidationFailed","message":"The following policy rules failed: TOKEN TOKENRule"}}`,
		`{"error":{"code":"PermissionScopeNotGranted","message":"missing permission scope a.TOKEN"}}`,
		`{"id":"TOKEN`, `TOKEN`, `"TOKEN"`, ``,
	}
	var log bytes.Buffer
	for _, shape := range shapes {
		for _, status := range []int{200, 201, 400, 401, 403, 404, 429, 500} {
			f := newFake(t)
			f.client.log = slog.New(slog.NewTextHandler(&log, &slog.HandlerOptions{Level: slog.LevelDebug}))
			f.client.adapter, _ = newAdapter(f.client.base, nil, retryReads{base: 1, pause: pause}, f.client.log)
			for _, path := range []string{requests, own, eligibilities, assignments, policyAssignments, "/users/" + alice} {
				f.on(path, echo(status, shape))
			}
			_, a := f.client.Activate(t.Context(), session, order)
			_, b := f.client.Own(t.Context(), session, triple)
			_, c := f.client.Eligibilities(t.Context(), aliceKey)
			_, d := f.client.Assignments(t.Context())
			_, e := f.client.Policy(t.Context(), userRole, pim.Scope{})
			_, p := f.client.Principal(t.Context(), aliceKey)
			for _, err := range []error{a, b, c, d, e, p} {
				if said := fmt.Sprintf("%v %+v %#v", err, err, err); strings.Contains(said, "canary") {
					t.Errorf("status %d, %s: %s", status, shape, said)
				}
				var known *pim.Error
				if errors.As(err, &known) && strings.Contains(known.Claims+known.Message+strings.Join(known.Rules, ""), "canary") {
					t.Errorf("status %d, %s: %+v", status, shape, known)
				}
			}
		}
	}
	if strings.Contains(log.String(), "canary") {
		t.Errorf("the log has a token:\n%s", log.String())
	}
	if log.Len() == 0 {
		t.Error("nothing was logged, so nothing was tested")
	}
}

func TestTokens_a_transport_that_prints_its_request(t *testing.T) {
	c := newClient(t, Config{Transport: roundTripper(func(r *http.Request) (*http.Response, error) {
		return nil, fmt.Errorf("cannot send %v", r.Header)
	})})
	_, err := c.Activate(t.Context(), session, order)
	if e := wantKind(t, err, pim.KindUnanswered); strings.Contains(e.Error(), "canary") {
		t.Errorf("%v", e)
	}
}

func TestAnswer_that_is_too_long_is_a_failed_read(t *testing.T) {
	if testing.Short() {
		t.Skip("sends 64 MB")
	}
	c := newClient(t, Config{Transport: roundTripper(func(r *http.Request) (*http.Response, error) {
		return &http.Response{
			StatusCode: 200, Header: http.Header{"Content-Type": {"application/json"}}, Request: r,
			Body: io.NopCloser(io.LimitReader(zeros{}, maxAnswer+1)),
		}, nil
	})})
	_, err := c.Assignments(t.Context())
	wantKind(t, err, pim.KindUnavailable)
}

type zeros struct{}

func (zeros) Read(p []byte) (int, error) {
	for i := range p {
		p[i] = ' '
	}
	return len(p), nil
}
