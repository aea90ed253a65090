package chat

import (
	"slices"
	"testing"
	"time"

	"hoist/internal/pim"
)

// TestOutcomePage_promises_no_start that will not come, and no duration that did
// not last.
func TestOutcomePage_promises_no_start(t *testing.T) {
	now := time.Date(2026, 11, 23, 9, 0, 0, 0, time.UTC)
	labels := map[pim.State][]string{
		pim.Submitting:       {"Role", "Where", "How long", "Starts", "Asked by"},
		pim.AwaitingApproval: {"Role", "Where", "How long", "Starts", "Asked by"},
		pim.Provisioning:     {"Role", "Where", "How long", "Asked by"},
		pim.Scheduled:        {"Role", "Where", "How long", "Starts", "Asked by"},
		pim.Active:           {"Role", "Where", "How long", "Started", "Asked by"},
		pim.EndedEarly:       {"Role", "Where", "Asked for", "Started", "Asked by"},
		pim.Denied:           {"Role", "Where", "Asked for", "Asked by"},
		pim.Lapsed:           {"Role", "Where", "Asked for", "Asked by"},
		pim.Failed:           {"Role", "Where", "Asked for", "Asked by"},
	}
	for state, want := range labels {
		p := OutcomePage(pim.Elevation{
			State: state, Since: now, Terms: pim.Terms{Duration: 2 * time.Hour, NeedsApproval: true},
			Eligibility: pim.Eligibility{Target: pim.Target{ID: "r", Name: "User Administrator"}, Scope: pim.Scope{ID: "/"}},
			Activation:  pim.Activation{Start: now, End: now.Add(time.Hour)},
		}, now)
		var got []string
		for _, f := range p.Facts {
			got = append(got, f.Label)
		}
		if !slices.Equal(got, want) {
			t.Errorf("%s: facts %v, want %v", state, got, want)
		}
	}
}

// TestProblemPage_never_sends_an_approver_to_ask_for_the_role tells each what
// their own way back is.
func TestProblemPage_never_sends_an_approver_to_ask_for_the_role(t *testing.T) {
	for purpose, want := range map[pim.Purpose]string{
		pim.PurposeActivate: "Go back to the chat and ask for the role again.",
		pim.PurposeLink:     "Go back to the chat and ask again there.",
		pim.PurposeApprove:  "Go back to the chat and open the request from there again; it shows whether a decision is still needed.",
	} {
		if got := ProblemPage(ProblemTooLate, purpose, "", true).Body[0].String(); got != want {
			t.Errorf("%s: %q", purpose, got)
		}
	}
}
