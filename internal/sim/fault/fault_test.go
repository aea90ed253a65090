package fault_test

import (
	"context"
	"net/http"
	"net/http/httptest"
	"testing"
	"time"

	"hoist/internal/sim/fault"
)

// answers is a handler that always works.
func answers(w http.ResponseWriter, _ *http.Request) { _, _ = w.Write([]byte("fine")) }

func call(ctx context.Context, p *fault.Plan, method, path string) int {
	rec := httptest.NewRecorder()
	p.Wrap(http.HandlerFunc(answers)).ServeHTTP(rec, httptest.NewRequestWithContext(ctx, method, path, nil))
	return rec.Code
}

func TestPlan_matches(t *testing.T) {
	tests := []struct {
		name         string
		rule         fault.Rule
		method, path string
		hit          bool
	}{
		{"anything", fault.Rule{}, "GET", "/a", true},
		{"same_path", fault.Rule{Method: "GET", Path: "/a/b"}, "GET", "/a/b", true},
		{"without_case", fault.Rule{Method: "get", Path: "/A/b"}, "GET", "/a/B", true},
		{"other_method", fault.Rule{Method: "POST", Path: "/a/b"}, "GET", "/a/b", false},
		{"shorter", fault.Rule{Path: "/a/b"}, "GET", "/a", false},
		{"longer", fault.Rule{Path: "/a/b"}, "GET", "/a/b/c", false},
		{"one_segment", fault.Rule{Path: "/a/*/c"}, "GET", "/a/b/c", true},
		{"one_segment_only", fault.Rule{Path: "/a/*"}, "GET", "/a/b/c", false},
		{"first_of_two", fault.Rule{Path: "/a|b/c"}, "GET", "/A/c", true},
		{"second_of_two", fault.Rule{Path: "/a|b/**"}, "GET", "/b/c", true},
		{"neither_of_two", fault.Rule{Path: "/a|b/**"}, "GET", "/c/c", false},
		{"any_rest", fault.Rule{Path: "/a/**"}, "GET", "/a/b/c", true},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			var p fault.Plan
			tt.rule.Effect = fault.EmptyError()
			p.Add(tt.rule)
			if hit := call(t.Context(), &p, tt.method, tt.path) == 500; hit != tt.hit {
				t.Errorf("hit = %v", hit)
			}
		})
	}
}

func TestPlan_counts(t *testing.T) {
	var p fault.Plan
	p.Add(fault.Rule{Skip: 1, Times: 2, Effect: fault.EmptyError()})
	var got []int
	for range 4 {
		got = append(got, call(t.Context(), &p, "GET", "/"))
	}
	if want := []int{200, 500, 500, 200}; got[0] != want[0] || got[1] != want[1] || got[2] != want[2] || got[3] != want[3] {
		t.Errorf("statuses = %v, want %v", got, want)
	}
	p.Add(fault.Rule{Times: 3, Effect: fault.EmptyError()})
	if p.Left() != 3 {
		t.Errorf("Left() = %d", p.Left())
	}
	p.Clear()
	if p.Left() != 0 || call(t.Context(), &p, "GET", "/") != 200 {
		t.Error("a cleared plan still hits")
	}
}

func TestPlan_names_what_is_pending(t *testing.T) {
	var p fault.Plan
	p.Add(fault.Rule{Name: "first", Method: "POST", Effect: fault.EmptyError()})
	p.Add(fault.Rule{Name: "second", Times: 2, Effect: fault.EmptyError()})
	call(t.Context(), &p, "GET", "/")
	call(t.Context(), &p, "POST", "/")
	pending := p.Pending()
	if len(pending) != 1 || pending[0].Name != "second" || pending[0].Times != 1 {
		t.Errorf("Pending() = %+v", pending)
	}
}

func TestPlan_tells_who_wants_to_know(t *testing.T) {
	var p fault.Plan
	told := 0
	p.OnChange(func() { told++; p.Left() })
	p.Add(fault.Rule{Method: "POST", Effect: fault.EmptyError()})
	call(t.Context(), &p, "GET", "/")
	if told != 1 {
		t.Errorf("told %d times of one rule and no hit", told)
	}
	call(t.Context(), &p, "POST", "/")
	p.Clear()
	if told != 3 {
		t.Errorf("told %d times of a rule, a hit and a clearing", told)
	}
}

func TestEffects_that_wait(t *testing.T) {
	var p fault.Plan
	p.Add(fault.Rule{Effect: fault.Latency(time.Millisecond)})
	if got := call(t.Context(), &p, "GET", "/"); got != 200 {
		t.Errorf("after the latency: %d", got)
	}
	release := make(chan struct{})
	close(release)
	p.Add(fault.Rule{Effect: fault.Hold(release)})
	if got := call(t.Context(), &p, "GET", "/"); got != 200 {
		t.Errorf("after the hold: %d", got)
	}
	p.Add(fault.Rule{Effect: fault.HoldAnswer(release)})
	if got := call(t.Context(), &p, "GET", "/"); got != 200 {
		t.Errorf("after the held answer: %d", got)
	}
}
