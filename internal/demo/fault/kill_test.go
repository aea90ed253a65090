package fault_test

import (
	"os"
	"os/exec"
	"slices"
	"strings"
	"sync"
	"testing"

	"hoist/internal/demo/fault"
)

// wanted says which runs: "all", "sample" for one in nine, or those whose name
// has this in it, such as "signin/redis:update#2"; empty for none, because they
// take minutes and a machine of their own.
var wanted = os.Getenv("HOIST_FAULTS")

// TestKill kills the process at each point of each story, and another takes
// over: by turns one that is started then and one that stood by.
func TestKill(t *testing.T) {
	needAsking(t)
	t.Parallel()
	var all []attempt
	for _, s := range stories {
		for _, p := range pointsOf(t, s) {
			// What only reads leaves the world as what came before it: to die there
			// is to die after that. One story tries even so.
			if s.from == "" || !reads(p) {
				all = append(all, attempt{s, plan{At: p, Standby: len(all)%2 == 1}})
			}
		}
	}
	report(t, "kill", sample(all, 9))
}

// reads reports whether the call of a point changes nothing outside.
func reads(p fault.Point) bool {
	for _, call := range []string{"redis:hget", "redis:pipeline hget", "graph:GET", "entra:openid", "entra:keys"} {
		if strings.HasPrefix(p.Call, call) {
			return true
		}
	}
	return false
}

// needAsking skips where nobody asked for the runs.
func needAsking(t *testing.T) {
	if wanted == "" {
		t.Skip("set HOIST_FAULTS=sample or HOIST_FAULTS=all, or run make faults")
	}
	needRedis(t)
}

// needRedis skips where there is no Redis server, but not in CI.
func needRedis(t *testing.T) {
	if _, err := exec.LookPath("redis-server"); err != nil {
		if os.Getenv("CI") != "" {
			t.Fatal("CI must prove recovery: install redis-server")
		}
		t.Skip("no redis-server on PATH")
	}
}

// pointsOf plays a story without any fault, several times at once, and returns
// the points that it always passes, in order: what only a busy machine passes is
// none.
func pointsOf(t *testing.T, s story) []fault.Point {
	found.Lock()
	defer found.Unlock()
	if points, ok := found.of[s.name]; ok {
		return points
	}
	points := enumerate(t, s)
	found.of[s.name] = points
	return points
}

// found are the points of the stories that were enumerated.
var found = struct {
	sync.Mutex
	of map[string][]fault.Point
}{of: map[string][]fault.Point{}}

func enumerate(t *testing.T, s story) []fault.Point {
	runs := clean(t, s, 4)
	points := runs[0].points
	for _, o := range runs {
		points = slices.DeleteFunc(points, func(p fault.Point) bool { return !slices.Contains(o.points, p) })
	}
	if s.from == "" {
		return points
	}
	return points[slices.IndexFunc(points, func(p fault.Point) bool { return p.Stage == s.from }):]
}

// sample leaves every nth, unless more is wanted.
func sample(all []attempt, n int) []attempt {
	if wanted == "all" {
		return all
	}
	var some []attempt
	if wanted != "sample" {
		for _, a := range all {
			if strings.Contains(a.String(), wanted) {
				some = append(some, a)
			}
		}
		return some
	}
	for i := n / 2; i < len(all); i += n {
		some = append(some, all[i])
	}
	return some
}
