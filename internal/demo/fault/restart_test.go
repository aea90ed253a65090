package fault_test

import (
	"fmt"
	"slices"
	"strings"
	"syscall"
	"testing"

	"hoist/internal/pim"
)

// passing are the states in which nothing rests: TestKill dies in them.
var passing = []pim.State{pim.Requested, pim.Submitting}

// TestRestart ends the process after every stage of every story, as an operator
// does and as a power cut does, and another goes on. All states that an
// elevation can rest in occur.
func TestRestart(t *testing.T) {
	needAsking(t)
	t.Parallel()
	var all []attempt
	for _, s := range slices.Concat(stories, endings) {
		for _, stage := range stagesOf(t, s) {
			for _, signal := range []syscall.Signal{syscall.SIGTERM, syscall.SIGKILL} {
				all = append(all, attempt{s, plan{Restart: stage, Signal: signal}})
			}
		}
	}
	seen := report(t, "restart", sample(all, 9))
	if wanted != "all" {
		return
	}
	var missing []string
	for _, s := range pim.States() {
		if !seen[s] && !slices.Contains(passing, s) {
			missing = append(missing, string(s))
		}
	}
	if len(missing) > 0 {
		t.Errorf("no process was restarted in %s", strings.Join(missing, ", "))
	}
	fmt.Printf("restart: in %d of %d states; nothing rests in %v\n", len(seen), len(pim.States()), passing)
}

// stagesOf plays a story without any restart and returns its stages.
func stagesOf(t *testing.T, s story) []string {
	var stages []string
	for _, p := range clean(t, s, 1)[0].points {
		if !slices.Contains(stages, p.Stage) && p.Stage != "closing" {
			stages = append(stages, p.Stage)
		}
	}
	return stages
}
