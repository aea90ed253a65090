package store_test

import (
	"bytes"
	"log/slog"
	"strings"
	"sync"
	"testing"

	"hoist/internal/clock"
	"hoist/internal/secret"
	"hoist/internal/store"
)

// lockedBuffer may be written by go-redis' own goroutines while a test reads.
type lockedBuffer struct {
	mu   sync.Mutex
	text bytes.Buffer
}

func (b *lockedBuffer) Write(p []byte) (int, error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.text.Write(p)
}

func (b *lockedBuffer) String() string {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.text.String()
}

func TestLogTo_takes_what_go_redis_says_of_a_failed_dial(t *testing.T) {
	var log lockedBuffer
	store.LogTo(slog.New(slog.NewTextHandler(&log, &slog.HandlerOptions{Level: slog.LevelDebug})))
	t.Cleanup(func() { store.LogTo(slog.New(slog.DiscardHandler)) })
	keyset, err := store.NewKeyset()
	if err != nil {
		t.Fatal(err)
	}
	_, err = store.Open(t.Context(), store.Config{URL: secret.New("redis://127.0.0.1:1"), Keyset: keyset, Clock: clock.System()})
	if err == nil {
		t.Fatal("a server answers at port 1")
	}
	if !strings.Contains(log.String(), `level=DEBUG msg="go-redis: `) {
		t.Errorf("the log has %q", log.String())
	}
}
