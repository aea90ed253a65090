package store

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"time"

	"github.com/redis/go-redis/v9"
	"github.com/redis/go-redis/v9/maintnotifications"
)

// How long the client waits. A chat platform gives three seconds; with these, a
// server that is gone or silent is known within one and a half, and there is
// time left to say so in words. go-redis' own defaults take up to ten seconds.
const (
	dialFor = 250 * time.Millisecond
	talkFor = 400 * time.Millisecond
	// wholeFor bounds a call with its repeat and the greeting of a new
	// connection, which has timeouts and a repeat of its own.
	wholeFor = 1300 * time.Millisecond
)

// Open connects to the server that the configuration names and checks that it
// answers.
func Open(ctx context.Context, cfg Config) (*Store, error) {
	opt, err := options(cfg)
	if err != nil {
		return nil, fmt.Errorf("configure the store: %w", err)
	}
	s, err := New(client(opt), cfg)
	if err != nil {
		return nil, err
	}
	if err := s.Ping(ctx); err != nil {
		return nil, errors.Join(err, s.Close())
	}
	return s, nil
}

func client(opt *redis.Options) *redis.Client {
	c := redis.NewClient(opt)
	c.AddHook(patience{})
	return c
}

// patience ends every call after wholeFor, or earlier when its caller wants.
type patience struct{}

var _ redis.Hook = patience{}

// DialHook implements [redis.Hook]; dialling has a timeout.
func (patience) DialHook(next redis.DialHook) redis.DialHook { return next }

// ProcessHook implements [redis.Hook].
func (patience) ProcessHook(next redis.ProcessHook) redis.ProcessHook {
	return func(ctx context.Context, cmd redis.Cmder) error {
		ctx, cancel := context.WithTimeout(ctx, wholeFor)
		defer cancel()
		return next(ctx, cmd)
	}
}

// ProcessPipelineHook implements [redis.Hook].
func (patience) ProcessPipelineHook(next redis.ProcessPipelineHook) redis.ProcessPipelineHook {
	return func(ctx context.Context, cmds []redis.Cmder) error {
		ctx, cancel := context.WithTimeout(ctx, wholeFor)
		defer cancel()
		return next(ctx, cmds)
	}
}

// options reads the URL. Its query may set what is set here, for who knows
// better; go-redis documents the names.
func options(cfg Config) (*redis.Options, error) {
	opt, err := redis.ParseURL(cfg.URL.Reveal())
	if err != nil {
		// The parser's own words would quote the URL, and with it a password.
		return nil, errors.New("the store's URL is not like redis://user:password@host:6379/0 or rediss://…")
	}
	setDefault(&opt.DialTimeout, dialFor)
	setDefault(&opt.ReadTimeout, talkFor)
	setDefault(&opt.WriteTimeout, talkFor)
	setDefault(&opt.PoolTimeout, talkFor)
	setDefault(&opt.MinRetryBackoff, 5*time.Millisecond)
	setDefault(&opt.MaxRetryBackoff, 20*time.Millisecond)
	setDefault(&opt.MaxRetries, 1)
	// One dial a try: the default is five, a tenth of a second apart.
	setDefault(&opt.DialerRetries, 1)
	opt.ContextTimeoutEnabled = true
	// Each of these would cost a new connection further commands.
	opt.DisableIdentity = true
	opt.MaintNotificationsConfig = &maintnotifications.Config{Mode: maintnotifications.ModeDisabled}
	return opt, nil
}

func setDefault[T comparable](v *T, to T) {
	var zero T
	if *v == zero {
		*v = to
	}
}

// LogTo sends what go-redis says of its own accord, which is mostly that a dial
// failed, to l at debug level instead of to standard error: whoever needed the
// server reports that anyway. It holds for the whole process, because go-redis
// has one logger.
func LogTo(l *slog.Logger) { redis.SetLogger(remarks{l}) }

type remarks struct{ log *slog.Logger }

// Printf implements go-redis' logger.
func (r remarks) Printf(ctx context.Context, format string, v ...any) {
	r.log.DebugContext(ctx, "go-redis speaks", "text", fmt.Sprintf(format, v...))
}
