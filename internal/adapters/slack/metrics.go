package slack

import (
	"context"
	"log/slog"
	"sync"
	"time"

	"github.com/prometheus/client_golang/prometheus"

	"hoist/internal/clock"
)

// reason says why a delivery was not handed to the bot, or not answered by it:
// a closed set, for a metric label and the log.
type reason string

const (
	reasonNone reason = ""

	// Not from Slack, or not intact: refused.
	reasonPath      reason = "path"
	reasonMethod    reason = "method"
	reasonMedia     reason = "media_type"
	reasonTooLarge  reason = "too_large"
	reasonRead      reason = "unreadable" // the body broke off
	reasonHeader    reason = "header"     // signature headers absent, doubled or malformed
	reasonStale     reason = "stale"
	reasonSignature reason = "signature"
	// From Slack.
	reasonEncoding  reason = "encoding"  // not UTF-8
	reasonMalformed reason = "malformed" // not what Slack documents
	reasonStranger  reason = "stranger"  // another workspace or organisation
	reasonIgnored   reason = "ignored"   // nothing that this app asked for
	reasonSSLCheck  reason = "ssl_check"
	// Handed to the bot.
	reasonBusy        reason = "busy"  // no answer in time
	reasonPanic       reason = "panic" // recovered
	reasonResponseURL reason = "response_url"
	reasonForm        reason = "form"   // Slack opened no form; words were sent instead
	reasonUntold      reason = "untold" // what a form led to could not be posted
)

func reasons() []reason {
	return []reason{
		reasonPath, reasonMethod, reasonMedia, reasonTooLarge, reasonRead, reasonHeader, reasonStale, reasonSignature,
		reasonEncoding, reasonMalformed, reasonStranger, reasonIgnored, reasonSSLCheck,
		reasonBusy, reasonPanic, reasonResponseURL, reasonForm, reasonUntold,
	}
}

// tally counts what was set aside and tells the log of it, at most once a
// minute and reason: whoever floods the handler must not flood the log.
type tally struct {
	counters map[reason]prometheus.Counter
	clock    clock.Clock
	log      *slog.Logger

	mu     sync.Mutex
	silent map[reason]silence
}

// silence is how long a reason is not logged, and how often it came since.
type silence struct {
	until time.Time
	count int
}

const logEvery = time.Minute

func newTally(reg prometheus.Registerer, c clock.Clock, log *slog.Logger) (*tally, error) {
	vec := prometheus.NewCounterVec(prometheus.CounterOpts{
		Name: "hoist_slack_set_aside_total",
		Help: "Deliveries that were refused, ignored or not answered by the bot, by reason.",
	}, []string{"reason"})
	if reg != nil {
		if err := reg.Register(vec); err != nil {
			return nil, err
		}
	}
	t := &tally{counters: map[reason]prometheus.Counter{}, clock: c, log: log, silent: map[reason]silence{}}
	for _, r := range reasons() {
		t.counters[r] = vec.WithLabelValues(string(r))
	}
	return t, nil
}

// add counts, and logs when this reason was not logged within the last minute.
func (t *tally) add(ctx context.Context, why reason) {
	t.counters[why].Inc()
	if n := t.due(why); n > 0 {
		t.log.LogAttrs(ctx, why.level(), "slack delivery set aside",
			slog.String("platform", Name), slog.String("reason", string(why)), slog.Int("count", n))
	}
}

// due returns how many to report now, 0 for none.
func (t *tally) due(why reason) int {
	t.mu.Lock()
	defer t.mu.Unlock()
	s, now := t.silent[why], t.clock.Now()
	s.count++
	if now.Before(s.until) {
		t.silent[why] = s
		return 0
	}
	t.silent[why] = silence{until: now.Add(logEvery)}
	return s.count
}

func (r reason) level() slog.Level {
	switch r {
	case reasonIgnored, reasonSSLCheck, reasonPath, reasonMethod:
		return slog.LevelDebug
	case reasonPanic:
		return slog.LevelError
	default:
		return slog.LevelWarn
	}
}
