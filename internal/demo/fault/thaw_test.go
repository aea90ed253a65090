package fault_test

import (
	"strings"
	"testing"

	"hoist/internal/demo/fault"
)

// TestThaw freezes the process at each point for longer than its lease and
// longer than any of its calls may take. Another takes over, and then the first
// goes on from where it was, with whatever it meant to do.
func TestThaw(t *testing.T) {
	needAsking(t)
	t.Parallel()
	var all, longest []attempt
	for _, s := range stories {
		for _, p := range pointsOf(t, s) {
			if changes(p) {
				all = append(all, attempt{s, plan{At: p, Freeze: shortly}})
			}
			if wanted != "sample" && sends(p) {
				longest = append(longest, attempt{s, plan{At: p, Freeze: long}})
			}
		}
	}
	report(t, "thaw", sample(append(longest, all...), 60))
}

// sends reports whether a process that stands at the point is between claiming
// and having sent: the one place where going on too late could do harm in PIM.
func sends(p fault.Point) bool {
	return strings.HasPrefix(p.Call, "graph:POST") || p.Stage == "signin" && p.Call == "audit:line" && p.Phase != fault.Torn && p.N <= 2
}

// changes reports whether a process that stands at the point has just changed
// something that people or PIM see, or is about to. One that is about to read
// learns what happened meanwhile; half a line is a matter of dying.
func changes(p fault.Point) bool {
	for _, call := range []string{"redis:release", "redis:lease", "redis:pipeline"} {
		if strings.HasPrefix(p.Call, call) {
			return false
		}
	}
	return !reads(p) && p.Phase != fault.Torn && p.Stage != "closing"
}
