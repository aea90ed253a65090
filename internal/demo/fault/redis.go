package fault

import (
	"context"
	"strings"

	"github.com/redis/go-redis/v9"
)

// Hook makes every round trip of a Redis client a call with points. Add it to
// the client before the store is made.
type Hook struct{ Trip *Trip }

var _ redis.Hook = Hook{}

// DialHook implements [redis.Hook]; a connection changes nothing.
func (Hook) DialHook(next redis.DialHook) redis.DialHook { return next }

// ProcessHook implements [redis.Hook].
func (h Hook) ProcessHook(next redis.ProcessHook) redis.ProcessHook {
	return func(ctx context.Context, cmd redis.Cmder) error {
		name := NameCommand(cmd)
		if name == dueCall {
			return h.due(ctx, cmd, next)
		}
		c := h.Trip.begin(name)
		c.reach(Before)
		err := next(ctx, cmd)
		if !reads[cmd.Name()] {
			c.reach(After)
		}
		return err
	}
}

// reads are commands that change nothing: after them is before what follows.
var reads = map[string]bool{"hget": true, "get": true, "mget": true, "hgetall": true, "zrange": true, "zrevrange": true, "ping": true}

// due is the poll for work. How often it finds nothing depends on how fast the
// machine is, so only one that was handed something is a call, and only what is
// after it a point: before it the process had nothing in hand.
func (h Hook) due(ctx context.Context, cmd redis.Cmder, next redis.ProcessHook) error {
	err := next(ctx, cmd)
	if c, ok := cmd.(*redis.Cmd); ok {
		if got, isList := c.Val().([]any); isList && len(got) > 0 {
			h.Trip.begin(dueCall).reach(After)
		}
	}
	return err
}

// ProcessPipelineHook implements [redis.Hook].
func (h Hook) ProcessPipelineHook(next redis.ProcessPipelineHook) redis.ProcessPipelineHook {
	return func(ctx context.Context, cmds []redis.Cmder) error {
		if len(cmds) == 0 || cmds[0].Name() == "hello" || cmds[0].Name() == "client" {
			return next(ctx, cmds) // a new connection introduces itself
		}
		c := h.Trip.begin("redis:pipeline " + strings.TrimPrefix(NameCommand(cmds[0]), "redis:"))
		c.reach(Before)
		err := next(ctx, cmds)
		c.reach(After)
		return err
	}
}

const dueCall = "redis:due"

// scripts names the store's scripts by the kind of their first key.
var scripts = map[string]string{"repeat": "accept", "record": "update", "due": "due", "leases": "lease"}

// NameCommand names a command by what it does to which kind of key, and one of
// the store's scripts by its purpose.
func NameCommand(cmd redis.Cmder) string {
	args := cmd.Args()
	word := func(i int) string {
		if i < len(args) {
			s, _ := args[i].(string)
			return s
		}
		return ""
	}
	if name := cmd.Name(); name != "evalsha" && name != "eval" {
		return strings.TrimSuffix("redis:"+name+" "+kindOf(word(1)), " ")
	}
	script, ok := scripts[kindOf(word(3))]
	switch {
	case !ok:
		return "redis:script " + kindOf(word(3))
	case script == "lease" && len(args) == 7: // a name and its holder, but no time
		return "redis:release"
	case script == "lease" && word(5) == "observe":
		return "redis:lease-observe"
	default:
		return "redis:" + script
	}
}

// kindOf is the kind of a key of the store: prefix:{shard}:tenant:kind:id.
func kindOf(key string) string {
	parts := strings.SplitN(key, ":", 5)
	if len(parts) < 4 {
		return ""
	}
	return parts[3]
}
