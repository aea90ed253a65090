package demo

import (
	"bytes"
	"strings"
	"testing"
	"time"
)

func TestScenarios(t *testing.T) {
	all, err := Scenarios()
	if err != nil {
		t.Fatal(err)
	}
	for _, s := range all {
		for _, on := range []string{"slack", "console"} {
			if s.Only != "" && s.Only != on {
				continue
			}
			t.Run(s.Name+"_on_"+on, func(t *testing.T) {
				t.Parallel()
				var out bytes.Buffer
				if err := Play(t.Context(), s, on, &out); err != nil {
					t.Fatalf("%v\n%s", err, out.String())
				}
				if !strings.Contains(out.String(), "not a real tenant") {
					t.Error("the transcript does not say that it is simulated")
				}
			})
		}
	}
}

func TestParseScenario_refuses(t *testing.T) {
	tests := map[string]string{
		"a step it cannot read":  "# Title\nAda dances",
		"a script without title": "Ada types: /elevate",
		"a script without steps": "# Title",
	}
	for name, text := range tests {
		t.Run(name, func(t *testing.T) {
			if s, err := parseScenario("x", text); err == nil {
				t.Errorf("read as %+v", s)
			}
		})
	}
}

// A step that does not come true must fail the scenario, and say what was seen.
func TestPlay_fails_when_a_step_is_not_true(t *testing.T) {
	for _, lie := range []string{
		"#elevations: Ada Lindqvist holds Global Administrator",
		"#elevations is silent",
		"Ada is told nothing of: User Administrator",
		"graph: POST roleAssignmentScheduleRequests 7",
	} {
		t.Run(lie, func(t *testing.T) {
			t.Parallel()
			script := "# Lie\nAda types: /elevate User Administrator 2h because x\nAda opens: Sign in to continue\n" +
				"Ada presses: Continue to Microsoft\nAda signs in as: ada@fjordbank.example\nAda's page: Active until\n" + lie
			s, err := parseScenario("lie", script)
			if err != nil {
				t.Fatal(err)
			}
			var out bytes.Buffer
			if err := playFor(t.Context(), s, &out, 3*time.Second); err == nil || !strings.Contains(err.Error(), "did not come true") {
				t.Errorf("err = %v\n%s", err, out.String())
			}
		})
	}
}
