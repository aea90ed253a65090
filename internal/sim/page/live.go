package page

import (
	"fmt"
	"net/http"
	"sync"
	"time"
)

// gather is how long changes are collected before they are told, beat how often
// a silent stream shows that it lives.
const (
	gather = 40 * time.Millisecond
	beat   = 20 * time.Second
)

// stream tells listeners which topics have changed, never what: a tab fetches
// its page anew and so cannot miss a step.
type stream struct {
	mu    sync.Mutex
	at    map[string]uint64 // topic → number of its last change
	last  uint64
	news  chan struct{} // closed and replaced at every change
	ended bool
}

func newStream() *stream { return &stream{at: map[string]uint64{}, news: make(chan struct{})} }

func (s *stream) changed(topic string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.ended {
		return
	}
	s.last++
	s.at[topic] = s.last
	close(s.news)
	s.news = make(chan struct{})
}

func (s *stream) close() {
	s.mu.Lock()
	defer s.mu.Unlock()
	if !s.ended {
		s.ended = true
		close(s.news)
	}
}

// since returns the topics that changed after a number, the newest number, and
// what is closed at the next change.
func (s *stream) since(after uint64) (topics []string, last uint64, news <-chan struct{}, ended bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for topic, at := range s.at {
		if at > after {
			topics = append(topics, topic)
		}
	}
	return topics, s.last, s.news, s.ended
}

// ServeHTTP is the stream as server-sent events. Its first event is always
// "hello": what changed while nobody listened is unknown, so the tabs look.
func (s *stream) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	out := http.NewResponseController(w)
	_ = out.SetWriteDeadline(time.Time{})
	w.Header().Set("Content-Type", "text/event-stream")
	w.Header().Set("Cache-Control", "no-store")
	w.Header().Set("X-Content-Type-Options", "nosniff")
	_, seen, _, _ := s.since(0)
	if _, err := fmt.Fprint(w, "retry: 2000\nevent: hello\ndata: \n\n"); err != nil {
		return
	}
	for {
		if out.Flush() != nil {
			return
		}
		topics, last, news, ended := s.since(seen)
		if ended {
			return
		}
		if len(topics) == 0 {
			if !s.idle(w, r, news) {
				return
			}
			continue
		}
		seen = last
		for _, t := range topics {
			if _, err := fmt.Fprintf(w, "event: change\ndata: %s\n\n", t); err != nil {
				return
			}
		}
	}
}

// idle waits for the next change and a moment for those that come with it; it
// reports whether anybody still listens.
func (s *stream) idle(w http.ResponseWriter, r *http.Request, news <-chan struct{}) bool {
	select {
	case <-news:
	case <-time.After(beat):
		_, err := fmt.Fprint(w, ": still here\n\n")
		return err == nil
	case <-r.Context().Done():
		return false
	}
	select {
	case <-time.After(gather):
		return true
	case <-r.Context().Done():
		return false
	}
}
