package sim

import (
	"bufio"
	"bytes"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
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
	Path    string
	Query   string
	// Status is zero when the connection was dropped instead of answered.
	Status   int
	Duration time.Duration
	// Request and Response are the bodies, cut after 16 KiB.
	Request   []byte
	Response  []byte
	RequestID string
}

// record tells watch about every exchange.
func record(next http.Handler, now func() time.Time, watch func(Exchange)) http.Handler {
	if watch == nil {
		return next
	}
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		began := time.Now()
		e := Exchange{At: now(), Service: service(r.URL.Path), Method: r.Method, Path: r.URL.Path, Query: r.URL.RawQuery}
		sent := &tee{ReadCloser: r.Body}
		r.Body = sent
		answer := &recorder{ResponseWriter: w}
		defer func() {
			e.Status, e.Duration, e.Request, e.Response = answer.status, time.Since(began), sent.kept.Bytes(), answer.kept.Bytes()
			e.RequestID = w.Header().Get("request-id")
			watch(e)
		}()
		next.ServeHTTP(answer, r)
	})
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
	kept   bytes.Buffer
}

func (r *recorder) WriteHeader(status int) {
	if r.status == 0 {
		r.status = status
	}
	r.ResponseWriter.WriteHeader(status)
}

func (r *recorder) Write(p []byte) (int, error) {
	if r.status == 0 {
		r.status = http.StatusOK
	}
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
	return conn, rw, nil
}

// Flush serves mounted handlers that stream.
func (r *recorder) Flush() { _ = http.NewResponseController(r.ResponseWriter).Flush() }
