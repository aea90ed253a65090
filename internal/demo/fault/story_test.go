package fault_test

import (
	"fmt"
	"time"

	"hoist/internal/pim"
)

// story is a day of somebody's, in stages. Between stages everything comes to
// rest, so that what is counted in one does not depend on how fast the one
// before was.
type story struct {
	name string
	// from is the stage from which on its points are its own: those before are
	// another story's as well.
	from string
	play func(*world) error
}

// stories are those in which a process is killed or frozen at each point.
var stories = []story{
	{"activate", "", activate},
	{"approval", "signin", approval},
	{"portal", "decided", portal},
	{"stop", "stop", stop},
	{"cancel", "cancel", cancel},
}

// endings are further stories, for the states that those never come to rest in.
var endings = []story{
	{"choice", "", choice},
	{"withdraw", "", withdraw},
	{"refused", "", refused},
	{"failed", "", failed},
	{"lapsed", "", lapsed},
	{"denied", "", denied},
	{"scheduled", "", scheduled},
	{"provisioning", "", provisioning},
	{"unresolved", "", unresolved},
}

// until waits for something and does what a person does meanwhile. When nothing
// happens for longer than a lease lasts, time passes: a minute, and another.
func (w *world) until(what string, so func() bool, meanwhile func()) error {
	began, mark := time.Now(), w.slack.Mark()
	quiet := began
	for !so() {
		if time.Since(began) > 60*time.Second+w.plan.Freeze {
			return fmt.Errorf("waited in vain for %s", what)
		}
		if meanwhile != nil {
			meanwhile()
		}
		time.Sleep(20 * time.Millisecond)
		if now := w.slack.Mark(); now != mark || w.since(quiet) {
			mark, quiet = now, time.Now()
		}
		if time.Since(quiet) > restFor && !w.anyFrozen() {
			w.advance(61 * time.Second)
			quiet = time.Now()
		}
	}
	return nil
}

// since reports whether a process came or went after a time.
func (w *world) since(t time.Time) bool {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.changed.After(t)
}

// rest waits until nothing is owed, every card is current and nobody says
// anything more.
func (w *world) rest() error {
	return w.until("everything to come to rest", func() bool {
		mark := w.slack.Mark()
		if !settled(w.records()) {
			return false
		}
		time.Sleep(150 * time.Millisecond)
		return mark == w.slack.Mark() && settled(w.records())
	}, nil)
}

func settled(records []pim.Elevation) bool {
	for _, e := range records {
		if e.State == pim.Requested || e.State == pim.Submitting || len(e.Owed) > 0 {
			return false
		}
		for _, p := range e.Posts {
			if p.Shown < e.View && !p.Retry.Dead {
				return false
			}
		}
	}
	return true
}

// script runs steps until one fails.
type script struct {
	w   *world
	err error
}

func (s *script) stage(name string, steps ...func() error) {
	if s.err != nil {
		return
	}
	s.w.enter(name)
	for _, step := range append(steps, s.w.rest) {
		if err := step(); err != nil {
			s.err = fmt.Errorf("%s: %w", name, err)
			return
		}
	}
	if s.w.plan.Restart == name {
		s.err = s.w.restart()
	}
}

// later lets time pass.
func (s *script) later(d time.Duration) func() error {
	return func() error { s.w.advance(d); return nil }
}

// end is when what PIM granted last ends.
func (s *script) end() time.Time {
	var end time.Time
	for _, a := range s.w.sim.Tenant.Assignments() {
		if a.RequestID != "" && a.End.After(end) {
			end = a.End
		}
	}
	return end
}

// to lets time pass until so long before the end of what was granted.
func (s *script) to(before time.Duration) func() error {
	return func() error {
		d := s.end().Add(-before).Sub(s.w.clock.Now())
		if d <= 0 {
			return fmt.Errorf("that was %s ago", -d)
		}
		s.w.advance(d)
		return nil
	}
}

// afterwards is the same in every story: lists confirm the end, and days later
// nothing is left to do.
func (s *script) afterwards() error {
	s.stage("after", s.later(3*time.Minute), s.later(61*time.Second), s.later(61*time.Second))
	s.stage("days", s.later(50*time.Hour), s.later(61*time.Second))
	return s.err
}

// hide keeps a secret that a person was given.
func (w *world) hide(secret string) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.secrets = append(w.secrets, secret)
}
