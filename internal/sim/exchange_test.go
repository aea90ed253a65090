package sim_test

import (
	"bufio"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"hoist/internal/sim"
)

// told starts a simulator with a handler under /mounted/ and returns what its
// recorder says.
func told(t *testing.T, mounted http.HandlerFunc, change ...func(*sim.Options)) (*sim.Sim, <-chan sim.Exchange) {
	t.Helper()
	seen := make(chan sim.Exchange, 10)
	s, _ := start(t, append(change, func(o *sim.Options) {
		o.Mount = map[string]http.Handler{"/mounted/": mounted}
		o.OnExchange = func(e sim.Exchange) { seen <- e }
	})...)
	return s, seen
}

func get(t *testing.T, client *http.Client, url string) string {
	t.Helper()
	req, err := http.NewRequestWithContext(t.Context(), http.MethodGet, url, nil)
	if err != nil {
		t.Fatal(err)
	}
	req.Header.Set("X-Asked", "yes")
	resp, err := client.Do(req)
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	body, err := io.ReadAll(resp.Body)
	if err != nil {
		t.Fatal(err)
	}
	return string(body)
}

func TestExchange_holds_the_heads_of_both_sides(t *testing.T) {
	s, seen := told(t, func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("X-Answered", "before")
		w.WriteHeader(http.StatusTeapot)
		w.Header().Set("X-Answered", "too late")
		r.Header.Set("X-Asked", "changed")
	})
	for name, tt := range map[string]struct {
		origin string
		secure bool
	}{
		"plain":  {s.HTTPURL(), false},
		"secure": {s.HTTPSURL(), true},
	} {
		t.Run(name, func(t *testing.T) {
			get(t, s.Client(), tt.origin+"/mounted/x?a=1")
			e := <-seen
			if e.Secure != tt.secure || !strings.HasSuffix(tt.origin, "//"+e.Host) || e.Query != "a=1" {
				t.Errorf("secure %v, host %q, query %q", e.Secure, e.Host, e.Query)
			}
			if e.Header.Get("X-Asked") != "yes" || e.ResponseHeader.Get("X-Answered") != "before" || e.Status != http.StatusTeapot {
				t.Errorf("%d %v %v", e.Status, e.Header, e.ResponseHeader)
			}
		})
	}
}

func TestExchange_tells_silence_from_no_answer(t *testing.T) {
	for name, tt := range map[string]struct {
		handle http.HandlerFunc
		status int
	}{
		"wrote_nothing": {func(http.ResponseWriter, *http.Request) {}, http.StatusOK},
		"aborted":       {func(http.ResponseWriter, *http.Request) { panic(http.ErrAbortHandler) }, 0},
		"taken_over": {func(w http.ResponseWriter, _ *http.Request) {
			if conn, _, err := w.(http.Hijacker).Hijack(); err == nil {
				_ = conn.Close()
			}
		}, 0},
	} {
		t.Run(name, func(t *testing.T) {
			s, seen := told(t, tt.handle)
			resp, err := s.Client().Get(s.HTTPURL() + "/mounted/")
			if answered := err == nil; answered != (tt.status != 0) {
				t.Fatalf("answer %v, error %v", resp, err)
			}
			if e := <-seen; e.Status != tt.status {
				t.Errorf("status %d, want %d", e.Status, tt.status)
			}
		})
	}
}

func TestExchange_lets_streams_through(t *testing.T) {
	more, over := make(chan struct{}), make(chan error)
	s, seen := told(t, func(w http.ResponseWriter, r *http.Request) {
		out := http.NewResponseController(w)
		_, _ = io.WriteString(w, "first\n")
		_ = out.Flush()
		<-more
		_, _ = io.WriteString(w, strings.Repeat("x", 1<<20))
		_ = out.Flush()
		<-r.Context().Done()
		for range 100 {
			_, _ = io.WriteString(w, strings.Repeat("x", 1<<16))
			if err := out.Flush(); err != nil {
				over <- err
				return
			}
		}
		over <- nil
	})
	resp, err := s.Client().Get(s.HTTPURL() + "/mounted/")
	if err != nil {
		t.Fatal(err)
	}
	if line, err := bufio.NewReader(resp.Body).ReadString('\n'); line != "first\n" {
		t.Fatalf("the first line did not come by itself: %q %v", line, err)
	}
	close(more)
	_ = resp.Body.Close()
	if <-over == nil {
		t.Error("the stream does not learn that nobody listens")
	}
	if e := <-seen; len(e.Response) != 16<<10 {
		t.Errorf("%d bytes are kept", len(e.Response))
	}
}

func TestQuiet_paths_are_not_told(t *testing.T) {
	s, seen := told(t, func(w http.ResponseWriter, r *http.Request) { _, _ = io.WriteString(w, r.URL.Path) }, func(o *sim.Options) {
		o.Quiet = []string{"/mounted/pages", "/other"}
	})
	for _, path := range []string{"/mounted/pages/1", "/mounted/pages", "/mounted/told"} {
		if body := get(t, s.Client(), s.HTTPURL()+path); body != path {
			t.Errorf("%s answers %q", path, body)
		}
	}
	if e := <-seen; e.Path != "/mounted/told" || len(seen) > 0 {
		t.Errorf("told of %s, and of %d more", e.Path, len(seen))
	}
}

func TestListener_serves_browsers(t *testing.T) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	s, seen := told(t, func(w http.ResponseWriter, _ *http.Request) { _, _ = io.WriteString(w, "hello") }, func(o *sim.Options) {
		o.Listener, o.HTTPAddr = l, "192.0.2.1:80"
	})
	if s.HTTPURL() != "http://"+l.Addr().String() {
		t.Errorf("origin %s", s.HTTPURL())
	}
	if body := get(t, s.Client(), s.HTTPURL()+"/mounted/"); body != "hello" {
		t.Errorf("answers %q", body)
	}
	<-seen
	if err := s.Close(); err != nil {
		t.Error(err)
	}
	if _, err := l.Accept(); err == nil {
		t.Error("the listener is open after Close")
	}
}

// elsewhere is a listener that says that it is on a network.
type elsewhere struct{ net.Listener }

func (elsewhere) Addr() net.Addr { return &net.TCPAddr{IP: net.IPv4(192, 0, 2, 1), Port: 80} }

func TestListener_keeps_to_loopback(t *testing.T) {
	own := httptest.NewUnstartedServer(nil)
	s, err := sim.Start(t.Context(), sim.Options{Listener: elsewhere{own.Listener}, SigningKey: signingKey()})
	if err == nil {
		_ = s.Close()
		t.Fatal("serves a network")
	}
	if conn, err := net.DialTimeout("tcp", own.Listener.Addr().String(), time.Second); err == nil {
		_ = conn.Close()
		t.Error("the refused listener stays open")
	}
}
