package slack

import (
	"context"
	"fmt"
	"slices"
	"time"
)

// Kind says what an [Entry] records.
type Kind string

// The kinds of entries. Everything a person does or can see is one of them.
const (
	Typed         Kind = "typed"          // a person typed a command
	Pressed       Kind = "pressed"        // a person pressed a button or chose an option
	Submitted     Kind = "submitted"      // a person submitted a modal
	Posted        Kind = "posted"         // a message everybody in the channel sees
	Ephemeral     Kind = "ephemeral"      // a message that one person sees
	Updated       Kind = "updated"        // a message changed
	Deleted       Kind = "deleted"        // a message went away
	ViewOpened    Kind = "view opened"    // a modal opened
	ViewPushed    Kind = "view pushed"    // a modal opened on top of another
	ViewUpdated   Kind = "view updated"   // an open modal changed
	ViewRefused   Kind = "view refused"   // the app answered a submission with field errors
	ViewClosed    Kind = "view closed"    // a modal closed
	HomePublished Kind = "home published" // somebody's Home tab changed
	SignedIn      Kind = "signed in"      // a person used Sign in with Slack
	Failed        Kind = "failed"         // Slack told a person that the app did not answer
)

// Entry is one thing that happened, in the order in which it happened.
type Entry struct {
	Seq  int
	At   time.Time
	Kind Kind
	// User is who acted, or the only person who sees it.
	User    string
	Channel string
	// Message is a snapshot; set for message kinds.
	Message Message
	// View is a snapshot; set for view kinds.
	View View
	// Text is the command line, the button's label or the failure as shown.
	Text string
}

// note appends an entry and wakes whoever waits; the caller holds the lock.
func (s *Slack) note(e Entry) {
	e.Seq, e.At = len(s.entries)+1, s.now()
	s.entries = append(s.entries, e)
	close(s.news)
	s.news = make(chan struct{})
}

// noteMessage appends an entry about a message; the caller holds the lock.
func (s *Slack) noteMessage(k Kind, m *Message) {
	s.note(Entry{Kind: k, User: m.For, Channel: m.Channel, Message: *m})
}

// noteView appends an entry about a view; the caller holds the lock.
func (s *Slack) noteView(k Kind, v *View, text string) {
	s.note(Entry{Kind: k, User: v.User, View: *v, Text: text})
}

// Log returns everything that happened so far.
func (s *Slack) Log() []Entry {
	s.mu.Lock()
	defer s.mu.Unlock()
	return slices.Clone(s.entries)
}

// Mark returns the sequence number of the newest entry, to wait for what comes
// after it.
func (s *Slack) Mark() int {
	s.mu.Lock()
	defer s.mu.Unlock()
	return len(s.entries)
}

// Wait returns the first entry after the given sequence number that matches.
// It looks at what is there already and then blocks until one appears or ctx
// ends. The match function may call back into s, for example to render.
func (s *Slack) Wait(ctx context.Context, after int, match func(Entry) bool) (Entry, error) {
	for {
		s.mu.Lock()
		fresh, news := s.entries[min(after, len(s.entries)):], s.news
		after = max(after, len(s.entries))
		s.mu.Unlock()
		for _, e := range fresh {
			if match(e) {
				return e, nil
			}
		}
		select {
		case <-news:
		case <-ctx.Done():
			return Entry{}, fmt.Errorf("wait for an entry after %d: %w", after, ctx.Err())
		}
	}
}
