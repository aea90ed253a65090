package fault_test

import (
	"fmt"
	"maps"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"hoist/internal/demo/fault"
	"hoist/internal/pim"
)

// attempt is a story and what goes wrong in it.
type attempt struct {
	story
	plan
}

func (a attempt) String() string {
	switch {
	case a.Restart != "":
		return fmt.Sprintf("%s, %s after %s", a.name, a.Signal, a.Restart)
	case a.Freeze > shortly:
		return a.name + " " + a.At.String() + " for long"
	case a.At != (fault.Point{}):
		return a.name + " " + a.At.String()
	default:
		return a.name
	}
}

// outcome is what came of an attempt.
type outcome struct {
	points   []fault.Point // of the first process
	broken   []fault.Violation
	err      error // the story came to no end
	reached  bool
	took     time.Duration
	log      string
	evidence fault.Evidence
	seen     map[pim.State]bool // at the restart
}

// run plays a story while something goes wrong, and judges it.
func run(t *testing.T, a attempt) outcome {
	t.Helper()
	began := time.Now()
	w := newWorld(t, a.plan)
	if _, err := w.launch(a.plan); err != nil {
		t.Fatal(err)
	}
	if a.Standby {
		w.standBy()
	}
	time.Sleep(300 * time.Millisecond) // it looks around once when it starts
	var o outcome
	o.err = a.play(w)
	w.whileFrozen()
	e, err := w.evidence()
	if o.err == nil {
		o.err = err
	}
	o.evidence, o.broken, o.seen = e, fault.Check(e), w.seen
	o.reached = e.Faults > 0 || len(w.seen) > 0
	for line := range strings.Lines(string(w.all[0].read(w.all[0].Trace))) {
		if point, err := fault.ParsePoint(strings.TrimSpace(line)); err == nil {
			o.points = append(o.points, point)
		}
	}
	o.took = time.Since(began)
	o.log = strings.Join(append(w.log, shown(e)...), "\n")
	return o
}

func shown(e fault.Evidence) []string {
	var lines []string
	for _, s := range e.Shown {
		lines = append(lines, fmt.Sprintf("shown %s %s %s %q", s.At.Format(time.TimeOnly), s.Place, s.ID, s.Text))
	}
	return lines
}

// Runs go on side by side, those of several tests at once: most of their time is
// waiting, and that of frozen ones nearly all.
var busy, frozen = make(chan struct{}, 16), make(chan struct{}, 40)

// inParallel runs attempts and returns what came of them, in order. A point that
// was not reached is tried again: on a busy machine a page may be asked for
// once more or less. done is told of each that is over.
func inParallel(t *testing.T, all []attempt, done func(attempt, outcome)) []outcome {
	outcomes := make([]outcome, len(all))
	var running sync.WaitGroup
	for i, a := range all {
		running.Go(func() {
			slots := busy
			if a.Freeze > 0 {
				slots = frozen
			}
			slots <- struct{}{}
			defer func() { <-slots }()
			for try := range 6 {
				t.Run(fmt.Sprintf("%s try %d", a, try+1), func(t *testing.T) {
					outcomes[i] = run(t, a)
					if wanted != "all" {
						t.Log(outcomes[i].log)
					}
				})
				if o := outcomes[i]; o.reached || a.plan == (plan{}) || o.failed() {
					break
				}
			}
			if done != nil {
				done(a, outcomes[i])
			}
		})
	}
	running.Wait()
	return outcomes
}

// clean plays stories in which nothing goes wrong.
func clean(t *testing.T, s story, times int) []outcome {
	t.Helper()
	outcomes := inParallel(t, slices.Repeat([]attempt{{story: s}}, times), nil)
	for _, o := range outcomes {
		if o.failed() {
			t.Fatalf("%s without any fault: %v %v\n%s", s.name, o.err, o.broken, o.log)
		}
	}
	return outcomes
}

// failed reports whether the story came to no end or an invariant is broken.
func (o outcome) failed() bool { return o.err != nil || len(o.broken) > 0 }

// report runs attempts and says what came of them. It returns the states in
// which processes were restarted.
func report(t *testing.T, what string, all []attempt) map[pim.State]bool {
	var mu sync.Mutex
	began, broken, seen := time.Now(), 0, map[pim.State]bool{}
	inParallel(t, all, func(a attempt, o outcome) {
		mu.Lock()
		defer mu.Unlock()
		maps.Copy(seen, o.seen)
		word := "held"
		switch {
		case o.failed():
			word = "BROKEN"
			broken++
			t.Errorf("%s %s: %v %v\n%s", what, a, o.err, o.broken, o.log)
		case !o.reached:
			word = "NOT REACHED"
			broken++
			t.Errorf("%s %s: the point was not reached", what, a)
		}
		if wanted != "" {
			fmt.Printf("%-7s %-11s %5.1fs %s\n", what, word, o.took.Seconds(), a)
		}
	})
	fmt.Printf("%s: %d points, %d broken; %.0f s\n", what, len(all), broken, time.Since(began).Seconds())
	return seen
}
