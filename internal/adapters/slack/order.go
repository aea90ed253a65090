package slack

import (
	"context"
	"slices"
	"sync"
	"time"

	"hoist/internal/pim"
)

// This file makes "Checking…" stand above what it announces. Slack shows an
// acknowledgement when it has read it and a message when it has taken it, and what
// a command leads to is worked out while it is acknowledged, so a fast answer
// overtakes. Nor can the one be replaced by the other: the response URL of a
// command has no original (github.com/slackapi/bolt-js/issues/2287). So messages
// to the person wait; the acknowledgement waits for nothing.

const (
	// readWithin is how long Slack is given to read an acknowledgement that was
	// handed over. Nothing promises that it is enough; a message takes a request
	// of its own besides.
	readWithin = 250 * time.Millisecond
	// heldAtMost bounds how long a message waits for an acknowledgement, which is
	// due within two seconds.
	heldAtMost = 2 * time.Second
)

// order holds messages to people back whose command is being answered. The zero
// value holds nobody.
type order struct {
	mu   sync.Mutex
	held map[string][]chan struct{} // by person; closed when released
}

// Hold implements [Opener]. It reaches messages of this process only: whoever
// accepts a command has the lease on what comes of it.
func (p *Platform) Hold(who pim.Person) (release func()) {
	open := p.order.hold(who.User)
	return func() { time.AfterFunc(readWithin, open) }
}

func (o *order) hold(user string) (release func()) {
	o.mu.Lock()
	defer o.mu.Unlock()
	if o.held == nil {
		o.held = map[string][]chan struct{}{}
	}
	done := make(chan struct{})
	o.held[user] = append(o.held[user], done)
	return sync.OnceFunc(func() {
		close(done)
		o.mu.Lock()
		defer o.mu.Unlock()
		o.held[user] = slices.DeleteFunc(o.held[user], func(c chan struct{}) bool { return c == done })
		if len(o.held[user]) == 0 {
			delete(o.held, user)
		}
	})
}

// await waits for what is being answered now, and not for what comes meanwhile.
func (o *order) await(ctx context.Context, user string) {
	o.mu.Lock()
	before := slices.Clone(o.held[user])
	o.mu.Unlock()
	if len(before) == 0 {
		return
	}
	enough := time.NewTimer(heldAtMost)
	defer enough.Stop()
	for _, done := range before {
		select {
		case <-done:
		case <-enough.C:
			return
		case <-ctx.Done():
			return
		}
	}
}
