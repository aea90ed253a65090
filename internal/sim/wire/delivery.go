package wire

import (
	"bytes"
	"errors"
	"io"
	"net/http"
	"sync"
	"time"
)

// Transport records what Slack delivers to Hoist through next, nil for
// [http.DefaultTransport]. A delivery is recorded when its answer was read.
func (r *Recorder) Transport(next http.RoundTripper) http.RoundTripper {
	if next == nil {
		next = http.DefaultTransport
	}
	return transport{r, next}
}

type transport struct {
	recorder *Recorder
	next     http.RoundTripper
}

func (t transport) RoundTrip(req *http.Request) (*http.Response, error) {
	began := time.Now()
	what := raw{
		at: t.recorder.cfg.Clock.Now(), from: slack, to: hoist,
		method: req.Method, origin: req.URL.Scheme + "://" + req.URL.Host, path: req.URL.Path, query: req.URL.RawQuery,
		header: req.Header.Clone(),
	}
	if t.recorder.cfg.Hoist != "" {
		what.origin = t.recorder.cfg.Hoist
	}
	sent := &copied{}
	if req.Body != nil {
		own := *req // a transport must not change the request
		sent.ReadCloser = req.Body
		own.Body = sent
		req = &own
	}
	record := func(reply []byte) {
		what.took, what.request, what.reply = time.Since(began), sent.bytes(), reply
		t.recorder.add(what)
	}
	resp, err := t.next.RoundTrip(req)
	if err != nil {
		record(nil)
		return nil, err
	}
	what.status, what.answered = resp.StatusCode, resp.Header.Clone()
	resp.Body = &copied{ReadCloser: resp.Body, ended: record}
	return resp, nil
}

// copied is a body of which the beginning is kept while it is read. A transport
// may still read a request's when the answer has come.
type copied struct {
	io.ReadCloser
	ended func([]byte)

	mu   sync.Mutex
	kept bytes.Buffer
	once sync.Once
}

func (c *copied) Read(p []byte) (int, error) {
	n, err := c.ReadCloser.Read(p)
	c.mu.Lock()
	c.kept.Write(p[:min(n, keep-c.kept.Len())])
	c.mu.Unlock()
	if errors.Is(err, io.EOF) {
		c.end()
	}
	return n, err
}

func (c *copied) Close() error {
	c.end()
	return c.ReadCloser.Close()
}

func (c *copied) end() {
	if c.ended != nil {
		c.once.Do(func() { c.ended(c.bytes()) })
	}
}

func (c *copied) bytes() []byte {
	c.mu.Lock()
	defer c.mu.Unlock()
	return bytes.Clone(c.kept.Bytes())
}
