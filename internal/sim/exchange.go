package sim

import (
	"bufio"
	"bytes"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"slices"
	"strings"
	"time"
)

// maxRecorded is how much of a body is kept.
const maxRecorded = 16 << 10

// Exchange is one request and its answer as they crossed the wire. Bodies and
// queries hold the simulated tenant's codes and tokens: mask them before
// showing them to anybody who should learn good habits.
type Exchange struct {
	At time.Time
	// Service is "entra", "graph", or the first segment of a mounted path.
	Service string
	Method  string
	Host    string
	Path    string
	Query   string
	// Secure: it came over the TLS listener.
	Secure bool
	// Header is the request's. ResponseHeader is what the handler set before it
	// answered, nil when it did not.
	Header         http.Header
	ResponseHeader http.Header
	// Status is zero when the connection was dropped instead of answered.
	Status   int
	Duration time.Duration
	// Request and Response are the bodies, cut after 16 KiB.
	Request   []byte
	Response  []byte
	RequestID string
}

// record tells watch about every exchange, save those whose path begins with a
// quiet prefix.
func record(next http.Handler, now func() time.Time, watch func(Exchange), quiet []string) http.Handler {
	if watch == nil {
		return next
	}
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if slices.ContainsFunc(quiet, func(prefix string) bool { return strings.HasPrefix(r.URL.Path, prefix) }) {
			next.ServeHTTP(w, r)
			return
		}
		began := time.Now()
		e := request(r, now())
		sent := &tee{ReadCloser: r.Body}
		r.Body = sent
		answer := &recorder{ResponseWriter: w}
		defer func() {
			e.Status, e.ResponseHeader = answer.status, answer.header
			e.Duration, e.Request, e.Response = time.Since(began), sent.kept.Bytes(), answer.kept.Bytes()
			e.RequestID = w.Header().Get("request-id")
			watch(e)
		}()
		next.ServeHTTP(answer, r)
		answer.returned()
	})
}

func request(r *http.Request, at time.Time) Exchange {
	return Exchange{
		At: at, Service: service(r.URL.Path), Method: r.Method, Host: r.Host, Path: r.URL.Path, Query: r.URL.RawQuery,
		Secure: r.TLS != nil, Header: r.Header.Clone(),
	}
}

type tee struct {
	io.ReadCloser
	kept bytes.Buffer
}

func (t *tee) Read(p []byte) (int, error) {
	n, err := t.ReadCloser.Read(p)
	t.kept.Write(p[:min(n, maxRecorded-t.kept.Len())])
	if err != nil && !errors.Is(err, io.EOF) {
		return n, fmt.Errorf("read request: %w", err)
	}
	return n, err
}

type recorder struct {
	http.ResponseWriter

	status int
	header http.Header
	taken  bool // the connection is in other hands
	kept   bytes.Buffer
}

func (r *recorder) WriteHeader(status int) {
	r.begin(status)
	r.ResponseWriter.WriteHeader(status)
}

// begin keeps the head of the answer as it leaves: a handler may go on to
// change the map.
func (r *recorder) begin(status int) {
	if r.status == 0 {
		r.status, r.header = status, r.Header().Clone()
	}
}

// returned: net/http answers 200 for a handler that wrote nothing. One that
// panics does not come here, and is not answered for.
func (r *recorder) returned() {
	if !r.taken {
		r.begin(http.StatusOK)
	}
}

func (r *recorder) Write(p []byte) (int, error) {
	r.begin(http.StatusOK)
	r.kept.Write(p[:min(len(p), maxRecorded-r.kept.Len())])
	n, err := r.ResponseWriter.Write(p)
	if err != nil {
		return n, fmt.Errorf("write answer: %w", err)
	}
	return n, nil
}

// Unwrap lets http.ResponseController reach the connection, for planned resets.
func (r *recorder) Unwrap() http.ResponseWriter { return r.ResponseWriter }

// Hijack serves mounted handlers that ask for http.Hijacker by type, as
// websocket libraries do.
func (r *recorder) Hijack() (net.Conn, *bufio.ReadWriter, error) {
	conn, rw, err := http.NewResponseController(r.ResponseWriter).Hijack()
	if err != nil {
		return nil, nil, fmt.Errorf("take over connection: %w", err)
	}
	r.taken = true
	return conn, rw, nil
}

// Flush serves mounted handlers that ask for http.Flusher by type.
func (r *recorder) Flush() { _ = r.FlushError() }

// FlushError tells mounted handlers that stream when nobody listens any more.
func (r *recorder) FlushError() error {
	r.begin(http.StatusOK)
	if err := http.NewResponseController(r.ResponseWriter).Flush(); err != nil {
		return fmt.Errorf("flush answer: %w", err)
	}
	return nil
}
