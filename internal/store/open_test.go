package store_test

import (
	"log/slog"
	"strings"
	"testing"
	"time"

	"hoist/internal/clock"
	"hoist/internal/secret"
	"hoist/internal/store"
)

// lines keeps what is written while there is room; go-redis writes from
// goroutines of its own.
type lines chan string

func (l lines) Write(p []byte) (int, error) {
	select {
	case l <- string(p):
	default:
	}
	return len(p), nil
}

func TestLogTo_takes_what_go_redis_says_of_a_failed_dial(t *testing.T) {
	log := make(lines, 1)
	store.LogTo(slog.New(slog.NewTextHandler(log, &slog.HandlerOptions{Level: slog.LevelDebug})))
	t.Cleanup(func() { store.LogTo(slog.New(slog.DiscardHandler)) })
	keyset, err := store.NewKeyset()
	if err != nil {
		t.Fatal(err)
	}
	_, err = store.Open(t.Context(), store.Config{URL: secret.New("redis://127.0.0.1:1"), Keyset: keyset, Clock: clock.System()})
	if err == nil {
		t.Fatal("a server answers at port 1")
	}
	select {
	case said := <-log:
		if !strings.Contains(said, `level=DEBUG msg="go-redis speaks" text=`) {
			t.Errorf("the log has %q", said)
		}
	case <-time.After(5 * time.Second):
		t.Error("nothing was logged")
	}
}
