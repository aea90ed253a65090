package slack

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"runtime"
	"runtime/debug"
	"sync"
	"time"

	"hoist/internal/chat"
	"hoist/internal/drain"
)

const (
	// defaultPatience is what the bot has of the two seconds in which a delivery
	// is answered.
	defaultPatience = 1500 * time.Millisecond
	// grace is what a bot that noticed its deadline has for its last words.
	grace = 250 * time.Millisecond
)

// ask hands a delivery to the bot and returns what it says, or what busy makes
// of the bot not answering: nobody is left with Slack's own "operation_timeout".
func ask[T any](ctx context.Context, h *Handler, d delivery, call func(context.Context) T, busy func() T) T {
	// The bot goes on when Slack hangs up: the same delivery does not come again.
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), h.patience)
	said := make(chan T, 1)
	started := h.running.run(func() {
		defer cancel()
		defer func() {
			if broken := recover(); broken != nil {
				h.recordPanic(ctx, d.reference(), broken)
				said <- busy()
			}
		}()
		said <- call(ctx)
	})
	if !started {
		cancel()
		h.recordBusy(ctx, d)
		return busy()
	}
	late := time.NewTimer(h.patience + grace)
	defer late.Stop()
	select {
	case v := <-said:
		return v
	case <-late.C:
		h.recordBusy(ctx, d)
		return busy()
	}
}

// view is ask for answers that are shown as they are.
func (h *Handler) view(ctx context.Context, d delivery, call func(context.Context) chat.View) chat.View {
	return ask(ctx, h, d, call, func() chat.View { return h.busy(d.reference()) })
}

func (h *Handler) recordBusy(ctx context.Context, d delivery) {
	h.tally.add(ctx, reasonBusy)
	h.log.WarnContext(ctx, "the bot did not answer in time", "platform", Name, "reference", d.reference())
}

// sorry answers a command in words after a panic of this package's own. A text
// that cannot be made either leaves an empty acknowledgement.
func (h *Handler) sorry(ctx context.Context, d delivery) (a answer) {
	defer func() {
		if recover() != nil {
			a = answer{status: http.StatusOK}
		}
	}()
	return h.ephemeral(ctx, h.busy(d.reference()))
}

// recordPanic logs where it broke. The value of a panic can be anything, a
// token too, so only its type is logged, and the runtime's own errors.
func (h *Handler) recordPanic(ctx context.Context, reference string, broken any) {
	h.tally.add(ctx, reasonPanic)
	what := fmt.Sprintf("%T", broken)
	var own runtime.Error
	if err, isError := broken.(error); isError && errors.As(err, &own) {
		what = own.Error()
	}
	h.log.LogAttrs(ctx, slog.LevelError, "recovered from a panic",
		slog.String("platform", Name), slog.String("reference", reference),
		slog.String("panic", what), slog.String("stack", string(debug.Stack())))
}

// Close waits until every bot call and every answer under way has ended. Answers
// that wait for Slack to come back are given up. When ctx ends first, answers are
// broken off and ctx's error is returned. Call it after the HTTP server has
// stopped accepting.
func (h *Handler) Close(ctx context.Context) error {
	defer h.responses.abandon()
	h.courier.Quit()
	if err := h.running.wait(ctx); err != nil {
		return fmt.Errorf("slack: deliveries are still under way: %w", err)
	}
	return nil
}

// crew is the goroutines of one owner.
type crew struct {
	mu     sync.Mutex
	closed bool
	wg     sync.WaitGroup
}

// run starts work unless the owner is closing.
func (c *crew) run(work func()) bool {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.closed {
		return false
	}
	c.wg.Go(work)
	return true
}

// wait lets nothing start any more and returns when everything has ended.
func (c *crew) wait(ctx context.Context) error {
	c.mu.Lock()
	c.closed = true
	c.mu.Unlock()
	return drain.Wait(ctx, &c.wg)
}
