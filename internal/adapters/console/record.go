package console

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"time"

	"hoist/internal/chat"
	"hoist/internal/pim"
)

// Kind says what an [Entry] records.
type Kind string

// The kinds of entries.
const (
	Typed    Kind = "typed"    // somebody typed a command
	Pressed  Kind = "pressed"  // somebody pressed a button
	Posted   Kind = "posted"   // a message in a place
	Answered Kind = "answered" // a message that one person sees
	Updated  Kind = "updated"  // a message changed
	Deleted  Kind = "deleted"  // a message went away
	Remarked Kind = "remarked" // the console itself said something about a line
)

// Entry is one thing that happened, in the order in which it happened.
type Entry struct {
	Seq  int // from 1, without gaps
	At   time.Time
	Kind Kind
	// Who acted, or is the only one who sees it; "" for messages of a place.
	Who string
	// Place and Ref are zero but for messages; answers have no place.
	Place    pim.Place
	Ref      pim.Ref
	InThread bool
	// Text is what was typed, the label that was pressed or what a message says:
	// plain, a paragraph a line, without addresses.
	Text string
	// Actions are the buttons of a message.
	Actions []Action
}

// Action is a button with the number that presses it.
type Action struct {
	Number int
	chat.Action
}

// note appends an entry and wakes whoever waits; the caller holds the lock.
func (c *Console) note(e Entry) {
	e.Seq, e.At = len(c.entries)+1, c.cfg.Clock.Now()
	c.entries = append(c.entries, e)
	close(c.news)
	c.news = make(chan struct{})
}

// Log returns everything that happened so far.
func (c *Console) Log() []Entry {
	c.mu.Lock()
	defer c.mu.Unlock()
	return slices.Clone(c.entries)
}

// Mark returns the sequence number of the newest entry, to wait for what comes
// after it.
func (c *Console) Mark() int {
	c.mu.Lock()
	defer c.mu.Unlock()
	return len(c.entries)
}

// Wait returns the first entry after the given sequence number that matches. It
// looks at what is there already and then blocks until one appears or ctx ends.
// The match function may call back into c.
func (c *Console) Wait(ctx context.Context, after int, match func(Entry) bool) (Entry, error) {
	for {
		c.mu.Lock()
		fresh, news := c.entries[min(after, len(c.entries)):], c.news
		after = max(after, len(c.entries))
		c.mu.Unlock()
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

func joined(ps []paragraph) string {
	lines := make([]string, len(ps))
	for i, p := range ps {
		lines[i] = p.text()
	}
	return strings.Join(lines, "\n")
}

func handed(bs []*button) []Action {
	var all []Action
	for _, b := range bs {
		all = append(all, Action{b.number, b.Action})
	}
	return all
}
