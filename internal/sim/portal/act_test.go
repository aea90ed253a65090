package portal_test

import (
	"context"
	"errors"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"testing"
	"time"

	"hoist/internal/sim"
	"hoist/internal/sim/tenant"
)

func TestRequests(t *testing.T) {
	tests := []struct {
		name, as, decision, reason string
		said, refused              string
		status                     string
	}{
		{"approves", sim.BenOID, "Approve", "fine", "Ben Okafor approved Ada Lindqvist's Security Administrator", "", tenant.StatusProvisioned},
		{"denies", sim.ChiomaOID, "Deny", "no", "Chioma Reyes denied", "", tenant.StatusDenied},
		{"cancels", sim.AdaOID, "Cancel", "", "Ada Lindqvist canceled", "", tenant.StatusCanceled},
		{"refuses_who_is_no_approver", sim.DanaOID, "Approve", "fine", "", "PIM refuses: Attempted to perform an unauthorized operation. (UnauthorizedAccessException)", tenant.StatusPendingApproval},
		{"refuses_the_requester", sim.AdaOID, "Approve", "fine", "", "UnauthorizedAccessException", tenant.StatusPendingApproval},
		{"refuses_without_justification", sim.BenOID, "Deny", " ", "", "Justification is required", tenant.StatusPendingApproval},
		{"refuses_a_stranger", "nobody", "Approve", "fine", "", "Choose a person", tenant.StatusPendingApproval},
		{"refuses_an_unknown_decision", sim.BenOID, "Maybe", "fine", "", "Choose Approve, Deny or Cancel", tenant.StatusPendingApproval},
		{"refuses_a_novel", sim.BenOID, "Approve", strings.Repeat("å", 501), "", "at most 500 characters", tenant.StatusPendingApproval},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			w := newWorld(t)
			r := w.submit(tenant.SecurityAdministrator)
			form := []string{"request", r.ID, "as", tt.as, "decision", tt.decision, "justification", tt.reason}
			if tt.refused != "" {
				w.isRefused(tt.refused, "/tenant/requests", form...)
			} else {
				w.does(tt.said, "/tenant/requests", form...)
			}
			if now, _ := w.tenant.Request(r.ID); now.Status != tt.status {
				t.Errorf("status %s, want %s", now.Status, tt.status)
			}
		})
	}
	t.Run("refuses_a_second_decision", func(t *testing.T) {
		w := newWorld(t)
		r := w.submit(tenant.SecurityAdministrator)
		w.does("approved", "/tenant/requests", "request", r.ID, "as", sim.BenOID, "decision", "Approve", "justification", "yes")
		w.isRefused("already been completed", "/tenant/requests", "request", r.ID, "as", sim.ChiomaOID, "decision", "Deny", "justification", "no")
		w.isRefused("Choose a request", "/tenant/requests", "request", "unknown", "as", sim.ChiomaOID, "decision", "Deny")
	})
}

// holds reports whether somebody has an assignment of the role.
func (w *world) holds(oid, role string) bool {
	return slices.ContainsFunc(w.tenant.Assignments(), func(a tenant.Assignment) bool { return a.PrincipalID == oid && a.RoleID == role })
}

func TestAssignments(t *testing.T) {
	w := newWorld(t)
	w.submit(tenant.UserAdministrator)
	rows := w.tenant.Assignments()
	id := func(role string) string {
		i := slices.IndexFunc(rows, func(a tenant.Assignment) bool { return a.RoleID == role })
		return rows[i].ID
	}
	w.does("Ben Okafor revoked Ada Lindqvist's User Administrator", "/tenant/assignments", "assignment", id(tenant.UserAdministrator))
	w.isRefused("not active any more", "/tenant/assignments", "assignment", id(tenant.UserAdministrator))
	w.does("Ben Okafor's Privileged Role Administrator was removed", "/tenant/assignments", "assignment", id(tenant.PrivilegedRoleAdministrator))
	if left := w.tenant.Assignments(); len(left) != 0 {
		t.Errorf("left: %v", left)
	}
}

func TestActivations(t *testing.T) {
	w := newWorld(t)
	eligibility := map[string]string{}
	for _, e := range w.tenant.Eligibilities(true) {
		if e.Scope == tenant.TenantScope {
			eligibility[e.RoleID] = e.PrincipalID + " " + e.ID
		}
	}
	user := eligibility[tenant.UserAdministrator]
	for _, tt := range []struct{ refused, eligibility, hours, why string }{
		{"Duration: enter a number of hours from 0.05 to 24", user, "abc", "why"},
		{"Duration: enter", user, "0", "why"},
		{"Duration: enter", user, "-1", "why"},
		{"Duration: enter", user, "1e9", "why"},
		{"Duration: enter", user, "NaN", "why"},
		{"Duration: enter", user, "", "why"},
		{"ExpirationRule", user, "9", "why"},
		{"Active duration is too short", user, "0.05", "why"},
		{"JustificationRule", user, "1", ""},
		{"Choose an eligibility", "unknown", "1", "why"},
		{"Choose an eligibility", sim.DanaOID + user[strings.Index(user, " "):], "1", "why"},
	} {
		w.isRefused(tt.refused, "/tenant/activations", "eligibility", tt.eligibility, "hours", tt.hours, "justification", tt.why)
	}
	if len(w.tenant.Requests()) != 0 {
		t.Error("a refused activation left a request")
	}
	w.does("was activated in the portal for 1 h 30 min", "/tenant/activations", "eligibility", user, "hours", "1,5", "justification", "why")
	w.does("waits for approval", "/tenant/activations", "eligibility", eligibility[tenant.SecurityAdministrator], "hours", "1", "justification", "why")
	if !w.holds(sim.AdaOID, tenant.UserAdministrator) || w.holds(sim.AdaOID, tenant.SecurityAdministrator) {
		t.Errorf("assignments: %v", w.tenant.Assignments())
	}
}

func TestClock(t *testing.T) {
	tests := []struct {
		name    string
		form    []string
		moved   time.Duration
		refused string
	}{
		{"five_minutes", []string{"by", "5m"}, 5 * time.Minute, ""},
		{"a_day", []string{"by", "24h"}, 24 * time.Hour, ""},
		{"custom", []string{"amount", "90", "unit", "minutes"}, 90 * time.Minute, ""},
		{"a_part_of_a_day", []string{"amount", "0.5", "unit", "days"}, 12 * time.Hour, ""},
		{"other_step", []string{"by", "100000h"}, 0, "Choose one of the steps"},
		{"backwards", []string{"amount", "-5", "unit", "hours"}, 0, "Advance by: enter a number of hours from 0.1 to 744"},
		{"nothing", []string{"amount", "0", "unit", "minutes"}, 0, "Advance by"},
		{"huge", []string{"amount", "99999999999999999999", "unit", "days"}, 0, "Advance by"},
		{"words", []string{"amount", "abc", "unit", "days"}, 0, "Advance by"},
		{"no_unit", []string{"amount", "5", "unit", "years"}, 0, "Choose minutes, hours or days"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			w := newWorld(t)
			if tt.refused != "" {
				w.isRefused(tt.refused, "/tenant/clock", tt.form...)
			} else {
				w.does("The clock was advanced by", "/tenant/clock", tt.form...)
			}
			if moved := w.tenant.Now().Sub(nine); moved != tt.moved {
				t.Errorf("moved %v, want %v", moved, tt.moved)
			}
		})
	}
	t.Run("says_why_it_stands", func(t *testing.T) {
		w := newWorld(t)
		w.fails = errors.New("the bot is busy")
		w.isRefused("Advance the clock: the bot is busy", "/tenant/clock", "by", "5m")
	})
}

func TestFaults_of_Graph(t *testing.T) {
	const list, post = "/beta/roleManagement/directory/roleDefinitions", "/v1.0/roleManagement/directory/roleAssignmentScheduleRequests"
	tests := []struct {
		name, method, path string
		status, hits       int
	}{
		{"graph-slow", http.MethodGet, list, 0, 3},
		{"graph-429", http.MethodGet, list, http.StatusTooManyRequests, 1},
		{"graph-503", http.MethodGet, list, http.StatusServiceUnavailable, 5},
		{"lost-answer", http.MethodPost, post, 0, 1},
		{"lost-question", http.MethodPost, post, 0, 1},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			w := newWorld(t)
			w.does("Planned: ", "/tenant/faults", "fault", tt.name)
			if w.faults.Left() != tt.hits {
				t.Errorf("%d hits planned, want %d", w.faults.Left(), tt.hits)
			}
			if text := words(find(w.get("/tenant"), "id", "pending-0")); !strings.HasSuffix(text, "left.") {
				t.Errorf("pending: %q", text)
			}
			if status := w.hit(t, tt.method, "/"+sim.TenantID+"/oauth2/v2.0/token"); status != http.StatusOK || w.faults.Left() != tt.hits {
				t.Errorf("a sign-in met the fault of Graph: %d", status)
			}
			if tt.status != 0 {
				if status := w.hit(t, tt.method, tt.path); status != tt.status {
					t.Errorf("status %d, want %d", status, tt.status)
				}
			}
			w.does("Everything is mended", "/tenant/mend")
			if w.faults.Left() != 0 || find(w.get("/tenant"), "id", "pending-none") == nil {
				t.Error("still pending")
			}
		})
	}
	newWorld(t).isRefused("Choose one of the faults", "/tenant/faults", "fault", "earthquake")
}

func (w *world) hit(t *testing.T, method, path string) int {
	t.Helper()
	rec := httptest.NewRecorder()
	w.faults.Wrap(http.HandlerFunc(func(http.ResponseWriter, *http.Request) {})).
		ServeHTTP(rec, httptest.NewRequestWithContext(t.Context(), method, path, nil))
	return rec.Code
}

// slackAnswers calls Slack and returns the status; zero is no answer in time.
func (w *world) slackAnswers(t *testing.T) int {
	t.Helper()
	ctx, stop := context.WithTimeout(t.Context(), 50*time.Millisecond)
	defer stop()
	rec := httptest.NewRecorder()
	r := httptest.NewRequestWithContext(ctx, http.MethodPost, "/api/chat.postMessage", nil)
	w.slack.ServeHTTP(rec, r)
	if ctx.Err() != nil {
		return 0
	}
	return rec.Code
}

func TestFaults_of_Slack(t *testing.T) {
	w := newWorld(t)
	pending := func(id string) bool { return find(w.get("/tenant"), "id", id) != nil }
	w.does("Slack is down", "/tenant/faults", "fault", "slack-down")
	if got := w.slackAnswers(t); got != http.StatusInternalServerError || !pending("pending-slack") {
		t.Errorf("down: %d", got)
	}
	w.does("Slack answers slowly", "/tenant/faults", "fault", "slack-slow")
	if got := w.slackAnswers(t); got != 0 || !pending("pending-slack") {
		t.Errorf("slow: %d", got)
	}
	w.does("Slack is back", "/tenant/faults", "fault", "slack-back")
	if got := w.slackAnswers(t); got != http.StatusOK || pending("pending-slack") || pending("fault-slack-back") {
		t.Errorf("back: %d", got)
	}
	w.does("429", "/tenant/faults", "fault", "slack-429")
	if !pending("pending-slack-429") {
		t.Error("the limit is not pending")
	}
	if got := w.slackAnswers(t); got != http.StatusTooManyRequests {
		t.Errorf("limited: %d", got)
	}
	if list := words(find(w.get("/tenant"), "id", "pending")); list != "Everything works." {
		t.Errorf("a limit that has hit is pending: %s", list)
	}
	w.does("429", "/tenant/faults", "fault", "slack-429")
	w.does("down", "/tenant/faults", "fault", "slack-down")
	w.does("mended", "/tenant/mend")
	if got := w.slackAnswers(t); got != http.StatusOK {
		t.Errorf("mended: %d", got)
	}
}

func TestFaults_of_Redis(t *testing.T) {
	w := newWorld(t)
	w.does("Redis is down", "/tenant/faults", "fault", "redis-down")
	if !w.redisDown {
		t.Error("Redis was not taken down")
	}
	w.does("Redis is back", "/tenant/faults", "fault", "redis-back")
	w.fails = errors.New("no such server")
	w.isRefused("Switch Redis: no such server", "/tenant/faults", "fault", "redis-down")
	w.isRefused("Switch Redis: no such server", "/tenant/mend")
}
