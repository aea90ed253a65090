package portal

import (
	"crypto/rand"
	"slices"
	"sync"
	"time"

	"hoist/internal/sim/page"
)

// A message is shown for a minute on the machine's clock, which a visitor's eyes
// follow; the tenant's may stand still or jump.
const (
	messageLife = time.Minute
	maxMessages = 100
)

// message is what an act answers, shown on the page that follows it.
type message struct {
	ID      string
	Text    string
	Refused bool
	Next    page.Link

	at time.Time
}

// said keeps messages between a post and the page after it. In the address they
// are only an id, so that no link can put words on the page.
type said struct {
	now func() time.Time

	mu   sync.Mutex
	kept []message
}

func (s *said) keep(m message) (id string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	m.ID, m.at = rand.Text(), s.now()
	s.kept = append(s.kept[max(0, len(s.kept)-maxMessages+1):], m)
	return m.ID
}

// find returns a message that is still young; nil for any other id.
func (s *said) find(id string) *message {
	s.mu.Lock()
	defer s.mu.Unlock()
	i := slices.IndexFunc(s.kept, func(m message) bool { return m.ID == id })
	if i < 0 || s.now().Sub(s.kept[i].at) >= messageLife {
		return nil
	}
	found := s.kept[i]
	return &found
}
