package demo

import (
	"context"
	"net/http/httptest"
	"net/url"
	"strings"
	"sync"
	"testing"
	"time"

	"hoist/internal/sim/slack"
	"hoist/internal/sim/world"
)

// Two tabs, or a double click where no script runs.
func TestTour_presses_at_one_moment_count_once(t *testing.T) {
	t.Parallel()
	live := startLive(t)
	press := url.Values{"turn": {"next"}}.Encode()
	var tabs sync.WaitGroup
	for range 6 {
		tabs.Go(func() {
			r := httptest.NewRequestWithContext(t.Context(), "POST", "/tour", strings.NewReader(press))
			r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
			live.tour.turn(httptest.NewRecorder(), r)
		})
	}
	tabs.Wait()
	typed := 0
	for _, e := range live.stage.Slack.Log() {
		if e.Kind == slack.Typed && strings.Contains(e.Text, firstLine) {
			typed++
		}
	}
	if typed != 1 {
		t.Errorf("the line was sent %d times", typed)
	}
}

func TestTour_stays_where_a_visitor_left_in_the_middle(t *testing.T) {
	t.Parallel()
	live := startLive(t)
	left, leave := context.WithCancel(t.Context())
	leave()
	live.tour.next(left)
	if now := live.tour.strip(nil); now.Number != 1 {
		t.Errorf("nothing was done, and it says %+v", now)
	}
}

// hasty is a chat in which something happens just after the first look.
type hasty struct {
	venue
	happens func()
}

func (h hasty) direct(actor string) []seen {
	defer h.happens()
	return h.venue.direct(actor)
}

func TestTour_misses_nothing_that_happens_while_it_looks(t *testing.T) {
	t.Parallel()
	s, err := NewStage(t.Context(), StageOptions{})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = s.Close() })
	say := func(text string) {
		if _, err := s.Slack.Say(world.AdaUser, "", text); err != nil {
			t.Error(err)
		}
	}
	s.Chat = hasty{s.Chat, sync.OnceFunc(func() { say("User Administrator") })}
	tour := newTour()
	tour.start(s)
	ctx, stop := context.WithCancel(t.Context())
	watching := make(chan struct{})
	go func() { defer close(watching); tour.watch(ctx) }()
	say("hello")
	shown := func() string {
		tour.mu.Lock()
		defer tour.mu.Unlock()
		return tour.shown
	}
	for end := time.Now().Add(5 * time.Second); !strings.HasPrefix(shown(), "Sign in.") && time.Now().Before(end); {
		time.Sleep(10 * time.Millisecond)
	}
	if got := shown(); !strings.HasPrefix(got, "Sign in.") {
		t.Errorf("open pages still show %q", got)
	}
	stop()
	<-watching
}
