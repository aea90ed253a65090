package slack

import (
	"net/http"
	"slices"
	"strconv"
	"time"
)

// Outage is a way in which the Web API and the response URLs misbehave.
type Outage string

// The outages.
const (
	// Healthy ends an outage.
	Healthy Outage = ""
	// Refused drops the connection before anything was read or done.
	Refused Outage = "refused"
	// ServerError answers 500 with an HTML page, as Slack's edge does.
	ServerError Outage = "server error"
	// Slow does what was asked at once and answers late.
	Slow Outage = "slow"
	// Dropped does what was asked and drops the connection instead of
	// answering: the caller cannot know.
	Dropped Outage = "dropped"
)

// Fault describes an outage.
type Fault struct {
	Outage Outage
	// Methods limits it to some methods; "response_url" stands for response
	// URLs. Empty means all.
	Methods []string
	// Calls limits it to the next so many matching calls. Zero means until it
	// is lifted.
	Calls int
	// Delay is how late a slow answer comes, on the machine's clock: what is
	// tested with it are the caller's own network timeouts.
	Delay time.Duration
}

// limit is an injected run of "too many requests".
type limit struct {
	calls      int
	retryAfter time.Duration
}

type faults struct {
	outage  *Fault
	limits  map[string]*limit
	revoked bool
}

// RateLimit makes the next calls of a method fail with HTTP 429 and
// Retry-After. "response_url" stands for response URLs.
func (s *Slack) RateLimit(method string, calls int, retryAfter time.Duration) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.faults.limits == nil {
		s.faults.limits = map[string]*limit{}
	}
	s.faults.limits[method] = &limit{calls: calls, retryAfter: retryAfter}
}

// SetFault starts an outage or, with the zero Fault, ends it.
func (s *Slack) SetFault(f Fault) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.faults.outage = nil
	if f.Outage != Healthy {
		s.faults.outage = &f
	}
}

// RevokeToken makes the bot token answer token_revoked, or heals it.
func (s *Slack) RevokeToken(revoked bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.faults.revoked = revoked
}

// injected is what befalls one call.
type injected struct {
	outage     Outage
	delay      time.Duration
	limited    bool
	retryAfter time.Duration
}

// nextFault decides what befalls this call and counts it off.
func (s *Slack) nextFault(method string) injected {
	s.mu.Lock()
	defer s.mu.Unlock()
	if l := s.faults.limits[method]; l != nil && l.calls > 0 {
		l.calls--
		return injected{limited: true, retryAfter: l.retryAfter}
	}
	f := s.faults.outage
	if f == nil || len(f.Methods) > 0 && !slices.Contains(f.Methods, method) {
		return injected{}
	}
	if f.Calls > 0 {
		if f.Calls--; f.Calls == 0 {
			s.faults.outage = nil
		}
	}
	return injected{outage: f.Outage, delay: f.Delay}
}

// early reports whether the call fails before it does anything.
func (i injected) early() bool {
	return i.limited || i.outage == Refused || i.outage == ServerError
}

// status is what the call log shows for an early failure; 0 is no answer.
func (i injected) status() int {
	switch {
	case i.limited:
		return http.StatusTooManyRequests
	case i.outage == ServerError:
		return http.StatusInternalServerError
	}
	return 0
}

// serve writes an early failure.
func (i injected) serve(w http.ResponseWriter) {
	switch {
	case i.limited:
		seconds := int((i.retryAfter + time.Second - 1) / time.Second)
		w.Header().Set("Retry-After", strconv.Itoa(seconds))
		writeJSON(w, http.StatusTooManyRequests, object{"ok": false, "error": "ratelimited"})
	case i.outage == ServerError:
		w.Header().Set("Content-Type", "text/html; charset=utf-8")
		w.WriteHeader(http.StatusInternalServerError)
		_, _ = w.Write([]byte("<!DOCTYPE html><title>Server Error</title>"))
	default:
		hangUp(w)
	}
}

// late runs after the call was applied. It reports whether the answer may still
// be written.
func (i injected) late(w http.ResponseWriter, r *http.Request) bool {
	switch i.outage {
	case Dropped:
		hangUp(w)
		return false
	case Slow:
		timer := time.NewTimer(i.delay)
		defer timer.Stop()
		select {
		case <-timer.C:
		case <-r.Context().Done():
		}
	case Healthy, Refused, ServerError: // decided before the call was applied
	}
	return true
}

// hangUp closes the connection without an answer. Where the connection cannot
// be taken over (HTTP/2, an in-process transport) it aborts the handler in the
// way net/http documents for that.
func hangUp(w http.ResponseWriter) {
	conn, _, err := http.NewResponseController(w).Hijack()
	if err != nil {
		panic(http.ErrAbortHandler)
	}
	_ = conn.Close()
}
