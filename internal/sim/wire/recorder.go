package wire

import (
	"slices"
	"sync"

	"hoist/internal/clock"
	"hoist/internal/sim"
	"hoist/internal/sim/page"
)

// Config says what the panel stands on.
type Config struct {
	Site *page.Site
	// Clock stamps what Slack delivers; what the simulator observes is stamped.
	Clock clock.Clock
	// Keep is how many exchanges are kept, the oldest go first; zero is 1000.
	Keep int
	// Chat, if set, says where a posted chat message can be seen: from channel
	// and ts.
	Chat func(channel, ts string) string
	// Hoist is the origin of the program, for curl lines of deliveries. Empty is
	// where they went.
	Hoist string
}

// Recorder keeps what crossed the wire, masked. It is safe for concurrent use.
type Recorder struct {
	cfg Config

	mu   sync.Mutex
	last int
	kept []Exchange // oldest first
	refs references
}

// New returns an empty recorder. Its script and its styles are added to the
// site.
func New(c Config) *Recorder {
	if c.Keep <= 0 {
		c.Keep = 1000
	}
	if c.Clock == nil {
		c.Clock = clock.System()
	}
	r := &Recorder{cfg: c, refs: references{most: c.Keep}}
	if c.Site != nil {
		c.Site.AddAssets(assets())
	}
	return r
}

// Observe records an exchange with the simulators, for [sim.Options]. Paths that
// are not of Slack, Entra or Graph are left out.
func (r *Recorder) Observe(e sim.Exchange) {
	from, to, ok := between(e.Path)
	if !ok {
		return
	}
	scheme := "http://"
	if e.Secure {
		scheme = "https://"
	}
	r.add(raw{
		at: e.At, took: e.Duration, from: from, to: to,
		method: e.Method, origin: scheme + e.Host, path: e.Path, query: e.Query, status: e.Status,
		header: e.Header, answered: e.ResponseHeader, request: e.Request, reply: e.Response,
	})
}

// add masks an exchange and keeps it.
func (r *Recorder) add(what raw) {
	x := conceal(what)
	e := x.exchange()
	if channel, ts, ok := x.posted(); ok && r.cfg.Chat != nil {
		e.Posted = r.cfg.Chat(channel, ts)
	}
	answered := x.reply.masked()
	if e.Step.Name == observe {
		answered = "" // the lists are about everybody
	}
	r.mu.Lock()
	r.refs.learn(x.request)
	r.refs.learn(x.reply)
	e.Elevation = r.refs.about(e.Path+"\n"+x.said(), answered)
	r.last++
	e.Seq = r.last
	r.kept = append(r.kept, e)
	if extra := len(r.kept) - r.cfg.Keep; extra > 0 {
		r.kept = slices.Delete(r.kept, 0, extra)
	}
	r.mu.Unlock()
	r.changed()
}

func (r *Recorder) changed() {
	if r.cfg.Site != nil {
		r.cfg.Site.Changed(topic)
	}
}

// Exchanges returns what is kept, oldest first.
func (r *Recorder) Exchanges() []Exchange {
	r.mu.Lock()
	defer r.mu.Unlock()
	return slices.Clone(r.kept)
}

// Clear forgets everything but the numbers given out.
func (r *Recorder) Clear() {
	r.mu.Lock()
	r.kept, r.refs = nil, references{most: r.cfg.Keep}
	r.mu.Unlock()
	r.changed()
}
