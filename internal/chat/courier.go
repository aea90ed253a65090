package chat

import (
	"context"
	"errors"
	"fmt"
	"io"
	"time"

	"hoist/internal/clock"
	"hoist/internal/pim"
)

const (
	// worthFor is how long an answer to a question is tried. Whoever has waited
	// longer has asked again or looked elsewhere.
	worthFor = 90 * time.Second
	// firstPause is trebled after each try up to longestPause: tries are 0, 1, 4,
	// 13, 40 and 67 seconds after the answer was worked out, or up to a quarter
	// later, for a hiccup as well as for an outage of a minute.
	firstPause   = time.Second
	longestPause = 27 * time.Second
)

// AnyTries is the number of tries where the platform sets no bound: as many as fit
// in the time that an answer is worth.
const AnyTries = 0

// Courier takes answers to questions to where they are read, and tries again
// for a short while when a platform is busy or down. What has a record needs
// none: there a message is owed, in the store, until it was delivered.
type Courier struct {
	clock   clock.Clock
	random  io.Reader
	waiting context.Context // ends when nobody waits any more
	quit    context.CancelFunc
}

// NewCourier makes a courier that spreads its tries by random, so that those who
// were refused together do not come back together. random is read by several at
// once.
func NewCourier(c clock.Clock, random io.Reader) *Courier {
	waiting, quit := context.WithCancel(context.Background())
	return &Courier{clock: c, random: random, waiting: waiting, quit: quit}
}

// Quit ends every wait, now and from now on; what comes after it is tried once.
// Waits are not sat out at shutdown, because sign-ins are drained after them in
// the same time, and matter more.
func (c *Courier) Quit() { c.quit() }

// Deliver calls send until it succeeds, tries are used up ([AnyTries] for no such
// bound), the answer is worth nothing any more, or ctx ends. It does not begin
// anything that runs on.
//
// Only what counts as not taken by the platform is sent again: [pim.KindThrottled], after
// the wait that it asked for, and [pim.KindUnavailable]. A message that
// was sent and whose answer was lost ([pim.KindUnanswered]) is given up, since
// it may stand there already: a platform need not know a message again, Slack
// does not, and whoever misses an answer can ask again.
func (c *Courier) Deliver(ctx context.Context, tries int, send func(context.Context) error) error {
	until := c.clock.Now().Add(worthFor)
	for tried := 1; ; tried++ {
		err := send(ctx)
		if k := pim.KindOf(err); k != pim.KindThrottled && k != pim.KindUnavailable {
			return err
		}
		if tried == tries || !c.wait(ctx, c.pause(tried, err), until) {
			return fmt.Errorf("given up at try %d: %w", tried, err)
		}
	}
}

// pause is how long to wait after so many tries: never shorter than the platform
// asked for, and up to a quarter longer.
func (c *Courier) pause(tried int, err error) time.Duration {
	d := firstPause
	for range tried - 1 {
		d = min(d*3, longestPause)
	}
	if told, ok := errors.AsType[*pim.Error](err); ok {
		d = max(d, told.RetryAfter)
	}
	var spread [1]byte
	if _, err := io.ReadFull(c.random, spread[:]); err != nil {
		return d // only the spreading is lost
	}
	return d + d/4*time.Duration(spread[0])/255
}

// wait reports whether another try is worth while after d.
func (c *Courier) wait(ctx context.Context, d time.Duration, until time.Time) bool {
	if c.clock.Now().Add(d).After(until) {
		return false
	}
	t := c.clock.NewTimer(d)
	defer t.Stop()
	select {
	case <-t.C():
		return !c.clock.Now().After(until) // somebody may have moved the clock
	case <-ctx.Done():
		return false
	case <-c.waiting.Done():
		return false
	}
}
