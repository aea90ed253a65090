package slack

import (
	"context"
	"errors"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"
	"time"

	"hoist/internal/chat"
)

// sink stands where response URLs lead.
type sink struct {
	*httptest.Server
	mu   sync.Mutex
	got  []string
	next http.HandlerFunc
}

func newSink(t *testing.T) *sink {
	s := &sink{}
	s.Server = httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		body, _ := io.ReadAll(r.Body)
		s.mu.Lock()
		s.got = append(s.got, r.URL.Path+" "+string(body))
		s.mu.Unlock()
		if s.next != nil {
			s.next(w, r)
		}
	}))
	t.Cleanup(s.Close)
	return s
}

func (s *sink) received() []string {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.got
}

func pressAnsweredAt(address string) string {
	return press(func(p map[string]any) { p["response_url"] = address })
}

func sayGone(context.Context, chat.Inbound) chat.View {
	return chat.Reply{Lines: []chat.Line{chat.Say("This question has been answered.")}}
}

func TestRespond_posts_to_the_person_who_pressed(t *testing.T) {
	s := newSink(t)
	b := newBench(t, func(c *HandlerConfig) { c.ResponseOrigins = []string{s.URL} })
	b.bot.says = sayGone
	if w := b.interact(pressAnsweredAt(s.URL + "/response/abc")); w.Code != http.StatusOK || w.Body.Len() != 0 {
		t.Errorf("answer %d %q", w.Code, w.Body)
	}
	if err := b.Close(t.Context()); err != nil {
		t.Fatal(err)
	}
	got := s.received()
	if len(got) != 1 || !strings.HasPrefix(got[0], "/response/abc ") {
		t.Fatalf("received %q", got)
	}
	for _, want := range []string{`"response_type":"ephemeral"`, `"replace_original":false`, "This question has been answered."} {
		if !strings.Contains(got[0], want) {
			t.Errorf("no %s in %s", want, got[0])
		}
	}
	checkLimits(t, []byte(strings.TrimPrefix(got[0], "/response/abc ")))
}

func TestRespond_tells_strangers_so(t *testing.T) {
	s := newSink(t)
	b := newBench(t, func(c *HandlerConfig) { c.ResponseOrigins = []string{s.URL} })
	b.interact(press(func(p map[string]any) {
		p["response_url"], p["user"] = s.URL, map[string]any{"id": "U222", "team_id": "T222"}
	}))
	if err := b.Close(t.Context()); err != nil {
		t.Fatal(err)
	}
	if got := s.received(); len(got) != 1 || !strings.Contains(got[0], "not for you") || len(b.bot.seen()) != 0 {
		t.Errorf("received %q, the bot saw %+v", got, b.bot.seen())
	}
}

func TestRespond_goes_nowhere_else(t *testing.T) {
	s := newSink(t)
	host := strings.TrimPrefix(s.URL, "http://")
	for name, address := range map[string]string{
		"another_host":        s.URL + "/x", // not configured below
		"metadata":            "http://169.254.169.254/latest/meta-data",
		"plain_hooks":         "http://hooks.slack.com/x",
		"a_longer_host":       "https://hooks.slack.com.evil.example/x",
		"a_user_before":       "https://hooks.slack.com@" + host + "/x",
		"a_user_with_hooks":   "https://x@hooks.slack.com/x",
		"another_port":        "https://hooks.slack.com:8443/x",
		"nothing":             "",
		"no_scheme":           "//hooks.slack.com/x",
		"a_backslash":         `https://hooks.slack.com\@` + host,
		"an_upper_case_trick": "HTTPS://HOOKS.SLACK.COM.evil/x",
		"control_characters":  "https://hooks.slack.com/\x00\n",
	} {
		t.Run(name, func(t *testing.T) {
			b := newBench(t, func(c *HandlerConfig) {
				c.Transport = roundTripper(func(r *http.Request) (*http.Response, error) {
					t.Errorf("went to %s", r.URL)
					return nil, errors.New("refused")
				})
			})
			b.bot.says = sayGone
			b.interact(pressAnsweredAt(address))
			if err := b.Close(t.Context()); err != nil {
				t.Fatal(err)
			}
			if len(b.bot.seen()) != 1 || b.counted(t)["response_url"] != 1 {
				t.Errorf("seen %d, counted %v", len(b.bot.seen()), b.counted(t))
			}
		})
	}
	if got := s.received(); len(got) != 0 {
		t.Errorf("received %q", got)
	}
}

type roundTripper func(*http.Request) (*http.Response, error)

func (f roundTripper) RoundTrip(r *http.Request) (*http.Response, error) { return f(r) }

func TestRespond_follows_no_redirect_and_tells_no_address(t *testing.T) {
	other := newSink(t)
	for name, next := range map[string]http.HandlerFunc{
		"redirect": func(w http.ResponseWriter, r *http.Request) {
			http.Redirect(w, r, other.URL+"/canary", http.StatusTemporaryRedirect)
		},
		"expired": func(w http.ResponseWriter, _ *http.Request) { http.Error(w, "expired_url", http.StatusNotFound) },
		"endless": func(w http.ResponseWriter, _ *http.Request) {
			w.WriteHeader(http.StatusBadGateway)
			for range 3 {
				_, _ = w.Write(make([]byte, maxReply))
			}
		},
		"gone": func(w http.ResponseWriter, _ *http.Request) {
			if c, _, err := http.NewResponseController(w).Hijack(); err == nil {
				_ = c.Close()
			}
		},
	} {
		t.Run(name, func(t *testing.T) {
			s := newSink(t)
			s.next = next
			b := newBench(t, func(c *HandlerConfig) { c.ResponseOrigins = []string{s.URL} })
			b.bot.says = sayGone
			b.interact(pressAnsweredAt(s.URL + "/canary"))
			if err := b.Close(t.Context()); err != nil {
				t.Fatal(err)
			}
			if b.counted(t)["response_url"] != 1 || strings.Contains(b.log.String(), "canary") {
				t.Errorf("counted %v, log:\n%s", b.counted(t), b.log)
			}
		})
	}
	if got := other.received(); len(got) != 0 {
		t.Errorf("the redirect's target received %q", got)
	}
}

func TestClose_waits_and_then_breaks_off(t *testing.T) {
	s := newSink(t)
	arrived := make(chan struct{})
	s.next = func(_ http.ResponseWriter, r *http.Request) { close(arrived); <-r.Context().Done() }
	b := newBench(t, func(c *HandlerConfig) { c.ResponseOrigins = []string{s.URL} })
	b.bot.says = sayGone
	b.interact(pressAnsweredAt(s.URL))
	<-arrived
	ctx, cancel := context.WithTimeout(t.Context(), 20*time.Millisecond)
	defer cancel()
	if err := b.Close(ctx); !errors.Is(err, context.DeadlineExceeded) {
		t.Errorf("Close() = %v", err)
	}
	b.running.wg.Wait() // broken off, it ends at once
	if w := b.command(commandForm(nil)); w.Code != http.StatusOK || !strings.Contains(w.Body.String(), "could not") {
		t.Errorf("after closing: %d %s", w.Code, w.Body)
	}
}
