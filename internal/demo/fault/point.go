package fault

import (
	"fmt"
	"strings"
	"sync"
)

// Phase is where in a call a point lies.
type Phase string

// The phases.
const (
	Before Phase = "before" // the call was not made
	After  Phase = "after"  // the other side applied it; its answer was not processed
	Torn   Phase = "torn"   // half of it was written; for lines of the audit log
)

// Point is one place where a process can die: a call, counted among those of
// the same name within the same stage of a story, and a phase. Counting anew in
// each stage keeps a call more in one from renaming those of the next.
type Point struct {
	Stage string
	Call  string // such as "redis:update" or "slack:chat.postMessage"
	N     int    // from 1
	Phase Phase
}

// String is the point's name in lists: "signin/redis:update#2/after".
func (p Point) String() string {
	return fmt.Sprintf("%s/%s#%d/%s", p.Stage, p.Call, p.N, p.Phase)
}

// ParsePoint reads what [Point.String] wrote.
func ParsePoint(s string) (Point, error) {
	stage, rest, ok := strings.Cut(s, "/")
	slash := strings.LastIndexByte(rest, '/')
	hash := strings.LastIndexByte(rest, '#')
	if !ok || slash < 0 || hash < 0 || hash > slash {
		return Point{}, fmt.Errorf("point %q is not like stage/call#1/before", s)
	}
	p := Point{Stage: stage, Call: rest[:hash], Phase: Phase(rest[slash+1:])}
	if _, err := fmt.Sscanf(rest[hash+1:slash], "%d", &p.N); err != nil {
		return Point{}, fmt.Errorf("point %q: %w", s, err)
	}
	return p, nil
}

// Trip counts the calls of one process and acts at one of its points. It is
// safe for concurrent use. Before the first stage nothing is a point: a process
// that dies while it starts has done nothing.
type Trip struct {
	// At is the point to act at; the zero value is none.
	At Point
	// Act is called there, on the goroutine that makes the call.
	Act func()
	// Saw is told of every point in passing; it may be nil.
	Saw func(Point)

	mu     sync.Mutex
	stage  string
	counts map[string]int
}

// Stage begins a stage; counting starts over.
func (t *Trip) Stage(name string) {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.stage, t.counts = name, map[string]int{}
}

// call is one call on its way out.
type call struct {
	trip  *Trip
	point Point
}

// begin counts a call.
func (t *Trip) begin(name string) call {
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.stage == "" {
		return call{}
	}
	t.counts[name]++
	return call{t, Point{Stage: t.stage, Call: name, N: t.counts[name]}}
}

// reach is the call arriving at a phase.
func (c call) reach(p Phase) {
	if c.trip == nil {
		return
	}
	c.point.Phase = p
	if c.trip.Saw != nil {
		c.trip.Saw(c.point)
	}
	if c.is(p) {
		c.trip.Act()
	}
}

// is reports whether this phase of the call is the point to act at.
func (c call) is(p Phase) bool {
	if c.trip == nil {
		return false
	}
	c.point.Phase = p
	return c.point == c.trip.At
}
