package storetest

import (
	"context"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"testing"
	"time"

	"github.com/alicebob/miniredis/v2"
)

// Server is a server that speaks Redis.
type Server struct {
	URL string
	// Pass lets time pass on the server, also backwards; nil when nobody can move
	// its time.
	Pass func(time.Duration)
}

// Mini starts a server in this process. Its time stands still at start until it
// is moved.
func Mini(t testing.TB, start time.Time) Server {
	t.Helper()
	m := miniredis.RunT(t)
	now := start
	m.SetTime(now)
	return Server{URL: "redis://" + m.Addr(), Pass: func(d time.Duration) {
		now = now.Add(d)
		m.SetTime(now)           // TIME, in scripts as well
		m.FastForward(max(d, 0)) // what expires
	}}
}

// Redis returns a real server: the one that REDIS_URL names, else a child that
// lives as long as the test. Without either the test is skipped, but fails where
// CI is set: a promise that is never checked is none. What a test leaves behind
// on a server that is shared stays there; use a prefix of your own.
func Redis(t testing.TB) Server {
	t.Helper()
	if url := os.Getenv("REDIS_URL"); url != "" {
		return Server{URL: url}
	}
	return Server{URL: "redis://" + Child(t)}
}

// Child starts a redis-server of this test's own on a loopback port, with
// further arguments, and returns its address. It is killed when the test ends.
func Child(t testing.TB, args ...string) string {
	t.Helper()
	program, err := exec.LookPath("redis-server")
	if err != nil {
		if os.Getenv("CI") != "" && os.Getenv("REDIS_URL") == "" {
			t.Fatal("CI must run the store against a real Redis: install redis-server or set REDIS_URL")
		}
		t.Skip("no redis-server on PATH")
	}
	for range 5 { // a port may be taken between finding it free and using it
		if addr, ok := child(t, program, args); ok {
			return addr
		}
	}
	t.Fatal("redis-server does not start")
	return ""
}

func child(t testing.TB, program string, args []string) (string, bool) {
	t.Helper()
	addr := freeAddress(t)
	_, port, err := net.SplitHostPort(addr)
	if err != nil {
		t.Fatal(err)
	}
	dir := t.TempDir()
	logFile := filepath.Join(dir, "log")
	cmd := exec.Command(program, append([]string{
		"--bind", "127.0.0.1", "--port", port, "--dir", dir, "--logfile", logFile,
		"--save", "", "--appendonly", "no", "--daemonize", "no",
	}, args...)...)
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	ended := make(chan struct{})
	go func() { _ = cmd.Wait(); close(ended) }()
	t.Cleanup(func() {
		_ = cmd.Process.Kill()
		<-ended
		if text, err := os.ReadFile(logFile); t.Failed() && err == nil {
			t.Logf("redis-server, process %s:\n%s", strconv.Itoa(cmd.Process.Pid), text)
		}
	})
	return addr, answers(t, addr, ended)
}

// answers waits until the server takes connections; false when it ended first.
func answers(t testing.TB, addr string, ended <-chan struct{}) bool {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), 10*time.Second)
	defer cancel()
	for {
		var d net.Dialer
		if c, err := d.DialContext(ctx, "tcp", addr); err == nil {
			_ = c.Close()
			return true
		}
		select {
		case <-ended:
			return false
		case <-ctx.Done():
			t.Fatal("redis-server takes no connections")
		case <-time.After(10 * time.Millisecond):
		}
	}
}

func freeAddress(t testing.TB) string {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	return l.Addr().String()
}
