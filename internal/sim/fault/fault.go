// Package fault makes the simulated services misbehave on purpose: slow
// answers, throttling, broken gateways, connections that drop before or after
// the work was done.
//
// A [Plan] holds rules; each rule hits a bounded number of requests and is then
// spent, so a test says exactly how much goes wrong. The first rule that
// matches wins and one request meets at most one rule.
//
// Reading order: this file matches, effect.go misbehaves.
package fault

import (
	"net/http"
	"strings"
	"sync"
)

// Rule says which requests meet which effect.
type Rule struct {
	// Name is what lists of planned faults call it; empty in most tests.
	Name string
	// Method is empty for any.
	Method string
	// Path is matched segment by segment: "*" is one segment, "a|b"
	// is either, a last "**" is any rest, and an empty Path is any path. Segments
	// compare without case.
	Path string
	// Skip lets so many matching requests pass first.
	Skip int
	// Times is how many requests are hit; zero means one.
	Times  int
	Effect Effect
}

// Plan is the set of rules of one simulator. The zero value is ready to use and
// safe for concurrent use.
type Plan struct {
	mu        sync.Mutex
	rules     []*Rule
	listeners []func()
}

// Add appends a rule.
func (p *Plan) Add(r Rule) {
	if r.Times == 0 {
		r.Times = 1
	}
	p.mu.Lock()
	defer p.changed()
	p.rules = append(p.rules, &r)
}

// Clear removes every rule.
func (p *Plan) Clear() {
	p.mu.Lock()
	defer p.changed()
	p.rules = nil
}

// OnChange asks to be told after every hit and every change of the plan. tell is
// called without the lock, in front of the request that was hit.
func (p *Plan) OnChange(tell func()) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.listeners = append(p.listeners, tell)
}

// changed unlocks and tells the listeners.
func (p *Plan) changed() {
	tell := p.listeners
	p.mu.Unlock()
	for _, f := range tell {
		f()
	}
}

// Left returns how many hits are still to come, all rules together: zero when
// everything that was planned has happened.
func (p *Plan) Left() int {
	p.mu.Lock()
	defer p.mu.Unlock()
	left := 0
	for _, r := range p.rules {
		left += r.Times
	}
	return left
}

// Pending returns the rules that have hits to come, in the order in which they
// are tried. Times is what is left of each.
func (p *Plan) Pending() []Rule {
	p.mu.Lock()
	defer p.mu.Unlock()
	var rules []Rule
	for _, r := range p.rules {
		if r.Times > 0 {
			rules = append(rules, *r)
		}
	}
	return rules
}

// Wrap lets the plan stand in front of a handler.
func (p *Plan) Wrap(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if effect := p.take(r); effect != nil {
			effect(w, r, next)
			return
		}
		next.ServeHTTP(w, r)
	})
}

func (p *Plan) take(req *http.Request) Effect {
	p.mu.Lock()
	r := p.next(req)
	if r == nil {
		p.mu.Unlock()
		return nil
	}
	r.Times--
	effect := r.Effect
	p.changed()
	return effect
}

// next returns the rule that hits the request.
func (p *Plan) next(req *http.Request) *Rule {
	for _, r := range p.rules {
		if r.Times <= 0 || !r.matches(req.Method, req.URL.Path) {
			continue
		}
		if r.Skip > 0 {
			r.Skip--
			return nil
		}
		return r
	}
	return nil
}

func (r *Rule) matches(method, path string) bool {
	if r.Method != "" && !strings.EqualFold(r.Method, method) {
		return false
	}
	return r.Path == "" || matchPath(segments(r.Path), segments(path))
}

func segments(path string) []string { return strings.Split(strings.Trim(path, "/"), "/") }

func matchPath(pattern, path []string) bool {
	for i, p := range pattern {
		if p == "**" && i == len(pattern)-1 {
			return true
		}
		if i >= len(path) || (p != "*" && !either(p, path[i])) {
			return false
		}
	}
	return len(pattern) == len(path)
}

// either reports whether the segment is one of the pattern's alternatives.
func either(pattern, segment string) bool {
	for p := range strings.SplitSeq(pattern, "|") {
		if strings.EqualFold(p, segment) {
			return true
		}
	}
	return false
}
