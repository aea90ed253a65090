package store

import (
	"context"
	"sync/atomic"

	"github.com/redis/go-redis/v9"
)

// trips counts round trips: a pipeline or a transaction is one.
type trips struct{ n atomic.Int64 }

var _ redis.Hook = (*trips)(nil)

// DialHook implements [redis.Hook]; a connection is not a round trip.
func (t *trips) DialHook(next redis.DialHook) redis.DialHook { return next }

// ProcessHook implements [redis.Hook].
func (t *trips) ProcessHook(next redis.ProcessHook) redis.ProcessHook {
	return func(ctx context.Context, cmd redis.Cmder) error {
		t.n.Add(1)
		return next(ctx, cmd)
	}
}

// ProcessPipelineHook implements [redis.Hook].
func (t *trips) ProcessPipelineHook(next redis.ProcessPipelineHook) redis.ProcessPipelineHook {
	return func(ctx context.Context, cmds []redis.Cmder) error {
		if !greets(cmds) {
			t.n.Add(1)
		}
		return next(ctx, cmds)
	}
}

// greets reports whether a new connection introduces itself, which go-redis
// passes through the hooks as well.
func greets(cmds []redis.Cmder) bool { return len(cmds) > 0 && cmds[0].Name() == "hello" }
