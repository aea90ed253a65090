package fault

import (
	"encoding/json"
	"io"
	"maps"
	"net"
	"net/http"
	"strconv"
	"time"
)

// Effect answers instead of next, or around it.
type Effect func(w http.ResponseWriter, r *http.Request, next http.Handler)

// Latency waits on the machine's clock before the request is handled, or until
// the client has gone.
func Latency(d time.Duration) Effect {
	return func(w http.ResponseWriter, r *http.Request, next http.Handler) {
		timer := time.NewTimer(d)
		defer timer.Stop()
		select {
		case <-timer.C:
		case <-r.Context().Done():
			gone()
		}
		next.ServeHTTP(w, r)
	}
}

// Hold waits until release is closed before the request is handled. It lets a
// test stop a request at a known place.
func Hold(release <-chan struct{}) Effect {
	return func(w http.ResponseWriter, r *http.Request, next http.Handler) {
		select {
		case <-release:
			next.ServeHTTP(w, r)
		case <-r.Context().Done():
			gone()
		}
	}
}

// HoldAnswer handles the request at once and keeps its answer back until
// release is closed.
func HoldAnswer(release <-chan struct{}) Effect {
	return func(w http.ResponseWriter, r *http.Request, next http.Handler) {
		answer := &buffered{header: http.Header{}}
		next.ServeHTTP(answer, r)
		select {
		case <-release:
			answer.flush(w)
		case <-r.Context().Done():
			gone()
		}
	}
}

// gone ends a request whose client has hung up. Returning would send an empty
// 200, and a client can still read that while it is closing.
func gone() { panic(http.ErrAbortHandler) }

// Throttle answers 429 with Retry-After in seconds.
func Throttle(retryAfter time.Duration) Effect {
	return refuse(http.StatusTooManyRequests, "TooManyRequests", "Too many requests.", strconv.Itoa(int(retryAfter.Seconds())))
}

// ThrottleUntil answers 429 with Retry-After as an HTTP date.
func ThrottleUntil(at time.Time) Effect {
	return refuse(http.StatusTooManyRequests, "TooManyRequests", "Too many requests.", at.UTC().Format(http.TimeFormat))
}

// Unavailable answers 503, with Retry-After when it is above zero.
func Unavailable(retryAfter time.Duration) Effect {
	after := ""
	if retryAfter > 0 {
		after = strconv.Itoa(int(retryAfter.Seconds()))
	}
	return refuse(http.StatusServiceUnavailable, "ServiceUnavailable", "The service is temporarily unavailable.", after)
}

func refuse(status int, code, message, retryAfter string) Effect {
	return func(w http.ResponseWriter, _ *http.Request, _ http.Handler) {
		if retryAfter != "" {
			w.Header().Set("Retry-After", retryAfter)
		}
		w.Header().Set("Content-Type", "application/json")
		w.WriteHeader(status)
		_ = json.NewEncoder(w).Encode(map[string]any{"error": map[string]any{
			"code": code, "message": message,
			"innerError": map[string]string{"date": w.Header().Get("Date"), "request-id": w.Header().Get("request-id")},
		}})
	}
}

// BadGatewayPage answers 502 with an HTML page, as a proxy in between would.
func BadGatewayPage() Effect {
	return func(w http.ResponseWriter, _ *http.Request, _ http.Handler) {
		w.Header().Set("Content-Type", "text/html")
		w.WriteHeader(http.StatusBadGateway)
		_, _ = io.WriteString(w, "<html><head><title>502 Bad Gateway</title></head><body><h1>502 Bad Gateway</h1></body></html>")
	}
}

// EmptyError answers 500 without a body.
func EmptyError() Effect {
	return func(w http.ResponseWriter, _ *http.Request, _ http.Handler) {
		w.WriteHeader(http.StatusInternalServerError)
	}
}

// ResetBefore drops the connection without doing anything.
func ResetBefore() Effect {
	return func(w http.ResponseWriter, _ *http.Request, _ http.Handler) { reset(w) }
}

// ResetAfter does the work and drops the connection instead of answering: the
// lost answer.
func ResetAfter() Effect {
	return func(w http.ResponseWriter, r *http.Request, next http.Handler) {
		next.ServeHTTP(&buffered{header: w.Header()}, r)
		reset(w)
	}
}

// reset ends the connection with a TCP reset where it can be had, and aborts
// the handler otherwise.
func reset(w http.ResponseWriter) {
	conn, _, err := http.NewResponseController(w).Hijack()
	if err != nil {
		panic(http.ErrAbortHandler)
	}
	inner := conn
	if t, ok := conn.(interface{ NetConn() net.Conn }); ok {
		inner = t.NetConn()
	}
	if tcp, ok := inner.(*net.TCPConn); ok {
		_ = tcp.SetLinger(0)
		_ = tcp.Close()
		return
	}
	_ = conn.Close()
}

// buffered takes an answer that is delivered later or never.
type buffered struct {
	header http.Header
	status int
	body   []byte
}

func (b *buffered) Header() http.Header { return b.header }

func (b *buffered) WriteHeader(status int) {
	if b.status == 0 {
		b.status = status
	}
}

func (b *buffered) Write(p []byte) (int, error) {
	b.WriteHeader(http.StatusOK)
	b.body = append(b.body, p...)
	return len(p), nil
}

func (b *buffered) flush(w http.ResponseWriter) {
	maps.Copy(w.Header(), b.header)
	w.WriteHeader(max(b.status, http.StatusOK))
	_, _ = w.Write(b.body)
}
