package store_test

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/url"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"hoist/internal/clock"
	"hoist/internal/pim"
	"hoist/internal/secret"
	"hoist/internal/store"
	"hoist/internal/store/storetest"
)

// wire is a TCP proxy in front of a server that can lose what the server says.
type wire struct {
	url  secret.Value // the server's, by way of the proxy
	mu   sync.Mutex
	lose int  // replies still to be lost
	mute bool // every reply is lost, and the connection stays open
}

func newWire(t *testing.T, server storetest.Server) *wire {
	t.Helper()
	to, err := url.Parse(server.URL)
	if err != nil {
		t.Fatal(err)
	}
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = l.Close() })
	network, addr, by := "tcp", to.Host, *to
	if to.Scheme == "unix" {
		network, addr, by = "unix", to.Path, url.URL{Scheme: "redis"}
	}
	by.Host = l.Addr().String()
	w := &wire{url: secret.New(by.String())}
	go func() {
		for {
			c, err := l.Accept()
			if err != nil {
				return
			}
			d, err := net.Dial(network, addr)
			if err != nil {
				_ = c.Close()
				continue
			}
			t.Cleanup(func() { _, _ = c.Close(), d.Close() })
			go func() { _, _ = io.Copy(d, c); _ = d.Close() }()
			go w.back(c, d)
		}
	}()
	return w
}

// back copies what the server says, as far as it is not to be lost.
func (w *wire) back(c, d net.Conn) {
	defer c.Close()
	buf := make([]byte, 64<<10)
	for {
		n, err := d.Read(buf)
		if err != nil {
			return
		}
		switch lost, mute := w.loses(); {
		case mute:
		case lost:
			_ = d.Close()
			return
		default:
			if _, err := c.Write(buf[:n]); err != nil {
				return
			}
		}
	}
}

func (w *wire) loses() (lost, mute bool) {
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.lose > 0 {
		w.lose--
		return true, w.mute
	}
	return false, w.mute
}

func (w *wire) set(lose int, mute bool) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.lose, w.mute = lose, mute
}

// TestLostReply: the server applies a write and its answer is lost. The client
// asks again, and the write must be known as its own.
func TestLostReply(t *testing.T) {
	both(t, func(t *testing.T, server storetest.Server) {
		ctx, tenant, w := t.Context(), storetest.Tenant(), newWire(t, server)
		s := open(t, store.Config{URL: w.url, Clock: clock.NewStill(start)})
		for i := range 10 {
			e := requested(tenant, pim.ID(fmt.Sprint("H-", i)))
			e.Person.User = fmt.Sprint("U", i)
			a := admission(tenant)
			a.Person = e.Person
			w.set(1, false)
			got, err := s.Accept(ctx, a, &e)
			if err != nil || got != (pim.Admitted{ID: e.ID}) {
				t.Fatalf("Accept = %+v, %v; want it to know its own write", got, err)
			}
			next := after(t, e, resolved(tenant), start)
			w.set(1, false)
			if err := s.Update(ctx, e, next); err != nil {
				t.Fatalf("Update: %v; want it to know its own write", err)
			}
			stored, err := s.Get(ctx, tenant, e.ID)
			if diff := cmp.Diff(next, stored); diff != "" || err != nil {
				t.Fatalf("stored: %v (-want +got)\n%s", err, diff)
			}
			update(t, s, next, pim.Withdrawn{}, start) // frees the right for the next round
		}
	})
}

// TestLostReplyOvertaken: when someone else has written in between, the repeat
// cannot know its write any more and says conflict: the caller reads again.
func TestLostReplyOvertaken(t *testing.T) {
	server, tenant := storetest.Mini(t, start), storetest.Tenant()
	w := newWire(t, server)
	prefix := "hoist-test"
	s := open(t, store.Config{URL: secret.New(w.url.Reveal() + "?max_retries=-1"), Prefix: prefix})
	other := open(t, store.Config{URL: secret.New(server.URL), Prefix: prefix})
	e := accept(t, other, requested(tenant, "H-1"))
	next := after(t, e, resolved(tenant), start)
	w.set(1, false)
	if err := s.Update(t.Context(), e, next); err == nil {
		t.Fatal("the reply was not lost")
	}
	update(t, other, next, pim.Withdrawn{}, start)
	if err := s.Update(t.Context(), e, next); !errors.Is(err, pim.ErrConflict) {
		t.Errorf("Update again: %v, want a conflict", err)
	}
}

// TestUnreachable: whatever is broken, the caller knows soon enough to say so in
// words, and nothing it could print holds the password.
func TestUnreachable(t *testing.T) {
	const password = "canary-4711"
	for name, breaks := range map[string]func(t *testing.T) *store.Store{
		"nobody listens": func(t *testing.T) *store.Store {
			s := lazy(t, "redis://:"+password+"@127.0.0.1:1")
			return s
		},
		"connections are taken and never answered": func(t *testing.T) *store.Store {
			l, err := net.Listen("tcp", "127.0.0.1:0")
			if err != nil {
				t.Fatal(err)
			}
			t.Cleanup(func() { _ = l.Close() })
			return lazy(t, "redis://:"+password+"@"+l.Addr().String())
		},
		"the server falls silent": func(t *testing.T) *store.Store {
			w := newWire(t, storetest.Mini(t, start))
			s := open(t, store.Config{URL: w.url})
			w.set(0, true)
			return s
		},
		"the password is refused": func(t *testing.T) *store.Store {
			return lazy(t, "redis://hoist:"+password+"@"+strings.TrimPrefix(storetest.Mini(t, start).URL, "redis://"))
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s, tenant := breaks(t), storetest.Tenant()
			e := requested(tenant, "H-1")
			for name, do := range map[string]func() error{
				"Ping":   func() error { return s.Ping(t.Context()) },
				"Accept": func() error { _, err := s.Accept(t.Context(), admission(tenant), &e); return err },
				"Get":    func() error { _, err := s.Get(t.Context(), tenant, "H-1"); return err },
				"Update": func() error { return s.Update(t.Context(), e, after(t, e, pim.Withdrawn{}, start)) },
			} {
				began := time.Now()
				err := do()
				if took := time.Since(began); took > 1500*time.Millisecond {
					t.Errorf("%s took %v", name, took)
				}
				if err == nil || strings.Contains(fmt.Sprintf("%v %+v %#v", err, err, err), password) {
					t.Errorf("%s: %v", name, err)
				}
				if errors.Is(err, pim.ErrNotFound) || errors.Is(err, pim.ErrConflict) {
					t.Errorf("%s takes silence for an answer: %v", name, err)
				}
			}
		})
	}
}

// lazy is a store whose server is not asked yet.
func lazy(t *testing.T, url string) *store.Store {
	t.Helper()
	s, err := store.Lazy(store.Config{URL: secret.New(url), Keyset: newKeyset(t)})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = s.Close() })
	return s
}

func TestOpen(t *testing.T) {
	ok := store.Config{URL: secret.New(storetest.Mini(t, start).URL), Keyset: newKeyset(t)}
	for name, change := range map[string]func(*store.Config){
		"no URL":                   func(c *store.Config) { c.URL = secret.Value{} },
		"a URL that cannot be":     func(c *store.Config) { c.URL = secret.New("redis://user:canary\x7f@host:port") },
		"another scheme":           func(c *store.Config) { c.URL = secret.New("canary://user:canary@host") },
		"nobody listens":           func(c *store.Config) { c.URL = secret.New("redis://user:canary@127.0.0.1:1") },
		"no keyset":                func(c *store.Config) { c.Keyset = secret.Value{} },
		"a keyset of other things": func(c *store.Config) { c.Keyset = secret.New(`{"primaryKeyId":1,"key":"canary"}`) },
		"braces in the prefix":     func(c *store.Config) { c.Prefix = "a{b}" },
		"a negative shard":         func(c *store.Config) { c.Shard = -1 },
		"a negative lease":         func(c *store.Config) { c.LeaseFor = -1 },
		"a negative limit":         func(c *store.Config) { c.PersonPerMinute = -1 },
	} {
		t.Run(name, func(t *testing.T) {
			cfg := ok
			change(&cfg)
			ctx, cancel := context.WithTimeout(t.Context(), 5*time.Second)
			defer cancel()
			_, err := store.Open(ctx, cfg)
			if err == nil || strings.Contains(fmt.Sprintf("%v %#v", err, err), "canary") {
				t.Errorf("Open: %v", err)
			}
		})
	}
	if s, err := store.Open(t.Context(), ok); err != nil {
		t.Error(err)
	} else if err := s.Close(); err != nil {
		t.Error(err)
	}
}
