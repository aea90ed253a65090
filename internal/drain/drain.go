// Package drain waits for what an owner has started, but no longer than whoever
// stops it has time: an operator's stop must end.
package drain

import (
	"context"
	"sync"
)

// Wait returns when everything in the group has ended, or with ctx's error when
// ctx ends first. What is still going on then goes on; one goroutine waits for it.
// Work in the group may add to the group while it is waited for.
func Wait(ctx context.Context, group *sync.WaitGroup) error {
	done := make(chan struct{})
	go func() { group.Wait(); close(done) }()
	select {
	case <-done:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}
