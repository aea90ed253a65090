package storetest

import (
	"context"
	"net"
	"os"
	"os/exec"
	"path/filepath"
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
	return Child(t)
}

// Child starts a redis-server of this test's own, with further arguments. It is
// killed when the test ends. It listens on a socket in a folder that is new: a
// port that was free may be another test's by the time it is used, and the two
// would share a server without knowing.
func Child(t testing.TB, args ...string) Server {
	t.Helper()
	program, err := exec.LookPath("redis-server")
	if err != nil {
		if os.Getenv("CI") != "" && os.Getenv("REDIS_URL") == "" {
			t.Fatal("CI must run the store against a real Redis: install redis-server or set REDIS_URL")
		}
		t.Skip("no redis-server on PATH")
	}
	dir, err := os.MkdirTemp("", "hoist") // not the test's own, whose name is too long for a socket
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = os.RemoveAll(dir) })
	socket, logFile := filepath.Join(dir, "redis"), filepath.Join(dir, "log")
	cmd := exec.Command(program, append([]string{
		"--port", "0", "--unixsocket", socket, "--dir", dir, "--logfile", logFile,
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
			t.Logf("redis-server, process %d:\n%s", cmd.Process.Pid, text)
		}
	})
	waitFor(t, socket, ended)
	return Server{URL: "unix://" + socket}
}

// waitFor waits until the server takes connections.
func waitFor(t testing.TB, socket string, ended <-chan struct{}) {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), 10*time.Second)
	defer cancel()
	for {
		var d net.Dialer
		if c, err := d.DialContext(ctx, "unix", socket); err == nil {
			_ = c.Close()
			return
		}
		select {
		case <-ended:
			t.Fatal("redis-server ended as soon as it was started")
		case <-ctx.Done():
			t.Fatal("redis-server takes no connections")
		case <-time.After(10 * time.Millisecond):
		}
	}
}
