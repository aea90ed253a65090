package demo

import (
	"context"
	"fmt"
	"io"
	"log/slog"
	"net"
	"testing"
	"time"

	"github.com/redis/go-redis/v9"
)

// Ctrl+C ends the context; what Hoist has still to say goes to a Slack that is
// still there.
func TestStage_stands_until_it_is_closed(t *testing.T) {
	t.Parallel()
	ctx, interrupt := context.WithCancel(t.Context())
	s, err := NewStage(ctx, StageOptions{})
	if err != nil {
		t.Fatal(err)
	}
	interrupt()
	time.Sleep(50 * time.Millisecond) // whatever ends with the context has ended
	p := newPlay(s)
	for _, line := range []string{"Ada types: /elevate whoami", "Ada is told: You are here as"} {
		step, err := parseStep(line)
		if err != nil {
			t.Fatal(err)
		}
		if err := p.step(t.Context(), step); err != nil {
			t.Error(err)
		}
	}
	if err := s.Close(); err != nil {
		t.Error(err)
	}
}

// Somebody's network broke in the middle of a request.
func TestStage_ends_soon_though_a_request_never_does(t *testing.T) {
	t.Parallel()
	s, err := NewStage(t.Context(), StageOptions{})
	if err != nil {
		t.Fatal(err)
	}
	c, err := (&net.Dialer{}).DialContext(t.Context(), "tcp", "127.0.0.1:"+s.port.number)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = c.Close() }()
	if _, err := fmt.Fprintf(c, "POST /slack/commands HTTP/1.1\r\nHost: localhost:%s\r\nContent-Length: 100\r\n\r\nhalf", s.port.number); err != nil {
		t.Fatal(err)
	}
	time.Sleep(200 * time.Millisecond) // it is being read
	began := time.Now()
	if err := s.Close(); err != nil {
		t.Error(err)
	}
	const appHears = 5 * time.Second // how long Hoist would wait for the rest
	if took := time.Since(began); took >= appHears-200*time.Millisecond {
		t.Errorf("the end took %s", took)
	}
}

// What the whole process has one of is for where it begins, not for a stage.
func TestNewStage_leaves_the_logger_of_the_process(t *testing.T) {
	from, to := io.Pipe()
	LogTo(slog.New(slog.NewTextHandler(to, &slog.HandlerOptions{Level: slog.LevelDebug})))
	t.Cleanup(func() { LogTo(nil); _ = from.Close() }) // goroutines of go-redis' may still write
	s, err := NewStage(t.Context(), StageOptions{})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = s.Close() })
	said := make(chan string, 1)
	go func() {
		b := make([]byte, 1<<10)
		n, _ := from.Read(b)
		said <- string(b[:n])
		_, _ = io.Copy(io.Discard, from)
	}()
	nobody := redis.NewClient(&redis.Options{Addr: "127.0.0.1:1", MaxRetries: -1})
	t.Cleanup(func() { _ = nobody.Close() })
	if err := nobody.Ping(t.Context()).Err(); err == nil {
		t.Fatal("a server answers at port 1")
	}
	select {
	case <-said:
	case <-time.After(stepFor):
		t.Error("what go-redis says is lost")
	}
}
