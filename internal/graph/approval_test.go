package graph

import (
	"fmt"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"hoist/internal/pim"
	"hoist/internal/secret"
)

const (
	ben       = "b0000000-0000-4000-8000-000000000be1"
	chioma    = "c0000000-0000-4000-8000-000000000c10"
	requestID = "911bab8a-6912-4de2-9dc0-2648ede7dd6d"
	stepID    = "5e3b0000-0000-4000-8000-000000000001"

	asApprover = requests + "/filterByCurrentUser(on='approver')"
	onBeta     = "/beta/roleManagement/directory/roleAssignmentApprovals/" + requestID
	patched    = onBeta + "/steps/" + stepID
)

var (
	benSession = pim.Session{
		Principal: pim.Principal{PrincipalKey: pim.NewPrincipalKey(tenant, ben)}, Token: secret.New("ben-token-canary"),
	}
	open = pim.Approval{
		RequestID: requestID, StepID: stepID, Status: "PendingApproval", Principal: aliceKey, TargetID: userAdm, ScopeID: "/",
		Duration: 90*time.Minute + 30*time.Second, Justification: "password reset",
		Ticket: pim.Ticket{Number: "INC-7", System: "ServiceNow"}, AssignedToMe: true,
	}
	yes = pim.Decision{Approved: true, Reason: "go on"}
)

var waitingRequest = strings.NewReplacer("Provisioned", "PendingApproval", `"startDateTime":"2026-11-23T09:00:02.6Z"`, `"startDateTime":null`,
	`"approvalId":null`, `"approvalId":"911bab8a-6912-4de2-9dc0-2648ede7dd6d"`,
	`"ticketNumber":null,"ticketSystem":null`, `"ticketNumber":"INC-7","ticketSystem":"ServiceNow"`).Replace(provisioned)

// stepOf is a step as beta shows it.
func stepOf(id, status string, mine bool, result, by string) string {
	reviewed := `"reviewedBy":null,"reviewedDateTime":null,"justification":""`
	if by != "" {
		reviewed = fmt.Sprintf(`"reviewedBy":{"id":%q,"displayName":"Chioma Reyes"},"reviewedDateTime":"2026-11-23T09:30:00.1234567Z","justification":"not today"`, by)
	}
	return fmt.Sprintf(`{"id":%q,"displayName":null,"status":%q,"assignedToMe":%v,"reviewResult":%q,%s}`, id, status, mine, result, reviewed)
}

func approvalWith(steps ...string) http.HandlerFunc {
	return says(200, fmt.Sprintf(`{"@odata.context":"…","id":%q,"steps":[%s]}`, requestID, strings.Join(steps, ",")))
}

// decidable lays down a request that waits for Ben and takes his decision.
func decidable(f *fakeGraph, request string) {
	f.on(requests+"/"+requestID, says(200, request))
	f.on(onBeta, says(200, `{"id":"`+requestID+`"}`)) // as navigation properties are left out
	f.on(onBeta+"/steps", says(200, list(stepOf(stepID, "InProgress", true, "NotReviewed", ""))))
	f.on(patched, says(204, ""))
}

func TestGet_shows_what_waits(t *testing.T) {
	f := newFake(t)
	f.on(requests+"/"+requestID, says(200, waitingRequest))
	f.on(onBeta, approvalWith(stepOf(stepID, "InProgress", true, "NotReviewed", "")))
	got, err := f.client.Approvals().Get(t.Context(), benSession, requestID)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(open, got); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
	for _, r := range f.requests {
		if r.header.Get("Authorization") != "Bearer ben-token-canary" || r.header.Get("X-Ms-Throttle-Priority") != "high" {
			t.Errorf("%s: headers = %v", r.path, r.header)
		}
	}
}

func TestGet_asks_for_steps_that_are_left_out(t *testing.T) {
	f := newFake(t)
	decidable(f, waitingRequest)
	got, err := f.client.Approvals().Get(t.Context(), benSession, requestID)
	if diff := cmp.Diff(open, got); err != nil || diff != "" {
		t.Errorf("%v (-want +got):\n%s", err, diff)
	}
}

func TestGet_picks_the_step_that_counts(t *testing.T) {
	first := stepOf("first", "NotStarted", false, "NotReviewed", "")
	mine := stepOf("mine", "NotStarted", true, "NotReviewed", "")
	running := stepOf("running", "inProgress", false, "NotReviewed", "")
	tests := map[string]struct {
		steps []string
		step  string
		mine  bool
	}{
		"in_progress":     {[]string{first, mine, running}, "running", false},
		"assigned_to_me":  {[]string{first, mine}, "mine", true},
		"the_first":       {[]string{first, stepOf("second", "NotStarted", false, "NotReviewed", "")}, "first", false},
		"none_when_over":  {[]string{stepOf("over", "Completed", true, "NotReviewed", "")}, "", true},
		"none_when_empty": {nil, "", false},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			f := newFake(t)
			f.on(requests+"/"+requestID, says(200, waitingRequest))
			f.on(onBeta, approvalWith(tt.steps...))
			f.on(onBeta+"/steps", says(200, list()))
			got, err := f.client.Approvals().Get(t.Context(), benSession, requestID)
			if err != nil || got.StepID != tt.step || got.AssignedToMe != tt.mine || got.Decided != (pim.Decision{}) {
				t.Errorf("got %+v, %v", got, err)
			}
		})
	}
}

func TestGet_tells_a_decision(t *testing.T) {
	at := time.Date(2026, 11, 23, 9, 30, 0, 123456700, time.UTC)
	bare := `{"id":"s","status":"Completed","assignedToMe":true,"reviewResult":"Deny","reviewedBy":null,"reviewedDateTime":null,"justification":null}`
	tests := map[string]struct {
		step string
		want pim.Decision
	}{
		"approved":         {stepOf(stepID, "Completed", true, "Approve", chioma), pim.Decision{By: "Chioma Reyes", Approved: true, Reason: "not today", At: at}},
		"denied":           {stepOf(stepID, "Completed", true, "deny", chioma), pim.Decision{By: "Chioma Reyes", Reason: "not today", At: at}},
		"still_in_process": {stepOf(stepID, "InProgress", true, "Approve", chioma), pim.Decision{By: "Chioma Reyes", Approved: true, Reason: "not today", At: at}},
		"without_a_word":   {bare, pim.Decision{At: nine}},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			f := newFake(t)
			f.on(requests+"/"+requestID, says(200, waitingRequest))
			f.on(onBeta, approvalWith(tt.step))
			got, err := f.client.Approvals().Get(t.Context(), benSession, requestID)
			if err != nil || got.StepID != "" {
				t.Fatalf("got %+v, %v", got, err)
			}
			if diff := cmp.Diff(tt.want, got.Decided); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
		})
	}
}

func TestGet_asked_for_by_an_end(t *testing.T) {
	request := strings.NewReplacer(`"startDateTime":null`, `"startDateTime":"2026-11-23T12:00:00Z"`, `"afterDuration"`, `"afterDateTime"`,
		`"endDateTime":null,"duration":"PT1H30M30S"`, `"endDateTime":"2026-11-23T14:00:00Z","duration":null`).Replace(waitingRequest)
	f := newFake(t)
	decidable(f, request)
	got, err := f.client.Approvals().Get(t.Context(), benSession, requestID)
	if err != nil || got.Duration != 2*time.Hour {
		t.Errorf("duration = %v, %v", got.Duration, err)
	}
}

func TestGet_looks_into_the_list_when_refused(t *testing.T) {
	other := strings.ReplaceAll(waitingRequest, requestID, "another")
	for name, refused := range map[string]http.HandlerFunc{
		"forbidden": refuses(403, "InsufficientPermissions", "x"),
		"not_found": refuses(404, "RoleAssignmentScheduleRequestNotFound", "x"),
	} {
		t.Run(name+"_and_waiting", func(t *testing.T) {
			f := newFake(t)
			decidable(f, "")
			f.on(requests+"/"+requestID, refused)
			f.on(asApprover, says(200, list(other, waitingRequest)))
			got, err := f.client.Approvals().Get(t.Context(), benSession, requestID)
			if diff := cmp.Diff(open, got); err != nil || diff != "" {
				t.Errorf("%v (-want +got):\n%s", err, diff)
			}
			if n := f.count(asApprover); n != 1 {
				t.Errorf("%d lists, want the waiting ones only", n)
			}
		})
		t.Run(name+"_and_decided", func(t *testing.T) {
			f := newFake(t)
			decidable(f, "")
			f.on(requests+"/"+requestID, refused)
			f.on(asApprover, inTurn(says(200, list(other)), says(200, list(other, strings.Replace(waitingRequest, "PendingApproval", "Denied", 1)))))
			got, err := f.client.Approvals().Get(t.Context(), benSession, requestID)
			if err != nil || got.Status != "Denied" {
				t.Errorf("got %+v, %v", got, err)
			}
		})
		t.Run(name+"_and_not_there", func(t *testing.T) {
			f := newFake(t)
			f.on(requests+"/"+requestID, refused)
			f.on(asApprover, says(200, list(other)))
			_, err := f.client.Approvals().Get(t.Context(), benSession, requestID)
			wantKind(t, err, map[string]pim.Kind{"forbidden": pim.KindForbidden, "not_found": pim.KindNotFound}[name])
		})
	}
}

func TestGet_failures(t *testing.T) {
	get := func(f *fakeGraph) error {
		_, err := f.client.Approvals().Get(f.t.Context(), benSession, requestID)
		return err
	}
	t.Run("needs_no_approval", func(t *testing.T) {
		f := newFake(t)
		decidable(f, provisioned)
		wantKind(t, get(f), pim.KindNotFound)
		if f.count(onBeta) != 0 {
			t.Error("beta was asked")
		}
	})
	t.Run("no_approver", func(t *testing.T) {
		f := newFake(t)
		decidable(f, waitingRequest)
		f.on(onBeta, refuses(403, "UnauthorizedAccessException", "Attempted to perform an unauthorized operation."))
		wantKind(t, get(f), pim.KindForbidden)
	})
	t.Run("consent_is_named", func(t *testing.T) {
		f := newFake(t)
		f.on(requests+"/"+requestID, refuses(403, "UnknownError", `{"errorCode":"PermissionScopeNotGranted","message":"Authorization failed due to missing permission scope RoleAssignmentSchedule.ReadWrite.Directory."}`))
		wantKind(t, get(f), pim.KindConsentMissing)
		if f.count(asApprover) != 0 {
			t.Error("the list was asked in vain")
		}
	})
	t.Run("the_list_cannot_be_read", func(t *testing.T) {
		f := newFake(t)
		f.on(requests+"/"+requestID, refuses(403, "InsufficientPermissions", "x"))
		f.on(asApprover, says(500, ""))
		wantKind(t, get(f), pim.KindUnavailable) // nobody knows yet whether Ben may
	})
	t.Run("an_empty_answer", func(t *testing.T) {
		f := newFake(t)
		f.on(requests+"/"+requestID, says(200, `{}`))
		wantKind(t, get(f), pim.KindUnavailable)
	})
	t.Run("nothing_asked_for", func(t *testing.T) {
		f := newFake(t)
		_, err := f.client.Approvals().Get(t.Context(), benSession, "")
		wantKind(t, err, pim.KindNotFound)
	})
	t.Run("no_token", func(t *testing.T) {
		f := newFake(t)
		_, err := f.client.Approvals().Get(t.Context(), pim.Session{Principal: benSession.Principal}, requestID)
		wantKind(t, err, pim.KindSignInExpired)
	})
}

func TestBeta_that_refuses_is_told_from_an_approval_that_is_not_there(t *testing.T) {
	gone := map[string]http.HandlerFunc{
		"not_found":       says(404, ""),
		"resource":        refuses(404, "ResourceNotFound", "Resource not found for the segment 'roleAssignmentApprovals'."),
		"segment":         refuses(400, "BadRequest", "Resource not found for the segment 'roleAssignmentApprovals'."),
		"gone":            refuses(410, "Gone", "This API was retired."),
		"not_allowed":     refuses(405, "MethodNotAllowed", "x"),
		"not_implemented": refuses(501, "NotImplemented", "x"),
	}
	for name, answer := range gone {
		t.Run("get_"+name, func(t *testing.T) {
			f := newFake(t)
			decidable(f, waitingRequest)
			f.on(onBeta, answer)
			_, err := f.client.Approvals().Get(t.Context(), benSession, requestID)
			if e := wantKind(t, err, pim.KindUnavailable); !strings.HasPrefix(e.Message, betaRefuses) || e.RequestID != "req-1" {
				t.Errorf("error = %+v", e)
			}
		})
		t.Run("steps_"+name, func(t *testing.T) {
			f := newFake(t)
			decidable(f, waitingRequest)
			f.on(onBeta+"/steps", answer)
			_, err := f.client.Approvals().Get(t.Context(), benSession, requestID)
			if e := wantKind(t, err, pim.KindUnavailable); !strings.HasPrefix(e.Message, betaRefuses) {
				t.Errorf("error = %+v", e)
			}
		})
		t.Run("decide_"+name, func(t *testing.T) {
			f := newFake(t)
			decidable(f, waitingRequest)
			f.on(onBeta, answer)
			f.on(patched, answer)
			err := f.client.Approvals().Decide(t.Context(), benSession, open, yes)
			if e := wantKind(t, err, pim.KindUnavailable); !strings.HasPrefix(e.Message, betaRefuses) {
				t.Errorf("error = %+v", e)
			}
		})
	}
	t.Run("an_unknown_step", func(t *testing.T) {
		f := newFake(t)
		decidable(f, waitingRequest)
		f.on(patched, refuses(404, "ResourceNotFound", "The approval step is not found."))
		wantKind(t, f.client.Approvals().Decide(t.Context(), benSession, open, yes), pim.KindNotFound)
	})
	t.Run("an_unknown_request", func(t *testing.T) {
		f := newFake(t)
		f.on(asApprover, says(200, list()))
		_, err := f.client.Approvals().Get(t.Context(), benSession, requestID)
		wantKind(t, err, pim.KindNotFound)
	})
}

func TestDecide_writes(t *testing.T) {
	tests := map[string]struct {
		decision pim.Decision
		want     string
	}{
		"approve":          {yes, `{"reviewResult":"Approve","justification":"go on"}`},
		"deny":             {pim.Decision{Reason: `"no" & <why>`}, `{"reviewResult":"Deny","justification":"\"no\" & <why>"}`},
		"without_a_reason": {pim.Decision{Approved: true}, `{"reviewResult":"Approve","justification":""}`},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			f := newFake(t)
			decidable(f, waitingRequest)
			if err := f.client.Approvals().Decide(t.Context(), benSession, open, tt.decision); err != nil {
				t.Fatal(err)
			}
			r := f.last()
			if r.method != http.MethodPatch || r.path != patched || len(f.requests) != 1 {
				t.Errorf("%d requests, %s %s", len(f.requests), r.method, r.path)
			}
			if diff := cmp.Diff(decoded(t, tt.want), decoded(t, r.body)); diff != "" {
				t.Errorf("body (-want +got):\n%s", diff)
			}
			if r.header.Get("Authorization") != "Bearer ben-token-canary" || r.header.Get("Content-Type") != "application/json" {
				t.Errorf("headers = %v", r.header)
			}
		})
	}
}

func TestDecide(t *testing.T) {
	conflict := refuses(409, "Conflict", "The approval step has already been completed.")
	bad := refuses(400, "Request_BadRequest", "x")
	byChioma := approvalWith(stepOf(stepID, "Completed", true, "Deny", chioma))
	stillOpen := approvalWith(stepOf(stepID, "InProgress", true, "NotReviewed", ""))
	over := approvalWith(stepOf(stepID, "Completed", true, "NotReviewed", ""))
	canceled := says(200, strings.Replace(waitingRequest, "PendingApproval", "Canceled", 1))
	waiting := says(200, waitingRequest)
	tests := map[string]struct {
		answer, request, approval http.HandlerFunc
		want                      pim.Kind
		message                   string
	}{
		"tells_who_was_faster":                   {conflict, waiting, byChioma, pim.KindDecided, "denied by Chioma Reyes"},
		"tells_who_was_faster_by_a_400_too":      {bad, waiting, byChioma, pim.KindDecided, "denied by Chioma Reyes"},
		"believes_a_409_when_nobody_can_look":    {conflict, says(500, ""), nil, pim.KindDecided, "already been completed"},
		"believes_a_409_before_it_shows":         {conflict, waiting, stillOpen, pim.KindDecided, "PendingApproval"},
		"tells_that_it_was_canceled":             {bad, canceled, over, pim.KindBadRequest, "the request is Canceled"},
		"tells_that_it_was_canceled_by_a_409":    {conflict, canceled, over, pim.KindBadRequest, "the request is Canceled"},
		"tells_what_an_unheard_of_400_is":        {refuses(400, "InvalidApproval", "x"), waiting, stillOpen, pim.KindBadRequest, "PendingApproval"},
		"keeps_the_refusal_when_nobody_can_look": {bad, says(500, ""), nil, pim.KindBadRequest, "x"},
		"keeps_a_challenge": {
			refuses(400, "RoleAssignmentRequestAcrsValidationFailed", "&claims=%7B%22access_token%22%3A%7B%22acrs%22%3A%7B%22essential%22%3Atrue%2C%20%22value%22%3A%22c1%22%7D%7D%7D"),
			waiting, stillOpen, pim.KindChallenge, "",
		},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			f := newFake(t)
			f.on(patched, tt.answer)
			f.on(requests+"/"+requestID, tt.request)
			f.on(onBeta, tt.approval)
			err := f.client.Approvals().Decide(t.Context(), benSession, open, yes)
			if e := wantKind(t, err, tt.want); !strings.Contains(e.Message, tt.message) {
				t.Errorf("message = %q, want %q in it", e.Message, tt.message)
			}
			if n := f.count(patched); n != 1 {
				t.Errorf("%d decisions were sent", n)
			}
		})
	}
}

func TestDecide_judges_what_became_of_it(t *testing.T) {
	tests := map[string]struct {
		answer http.HandlerFunc
		want   pim.Kind
	}{
		"forbidden":    {refuses(403, "UnauthorizedAccessException", "x"), pim.KindForbidden},
		"old_sign_in":  {refuses(401, "InvalidAuthenticationToken", "x"), pim.KindSignInExpired},
		"throttled":    {refuses(429, "TooManyRequests", ""), pim.KindThrottled},
		"500":          {refuses(500, "InternalServerError", "x"), pim.KindUnanswered},
		"503":          {says(503, ""), pim.KindUnanswered},
		"504":          {says(504, ""), pim.KindUnanswered},
		"hung_up":      {func(http.ResponseWriter, *http.Request) { panic(http.ErrAbortHandler) }, pim.KindUnanswered},
		"200_is_fine":  {says(200, `{"id":"s"}`), ""},
		"a_html_proxy": {says(403, "<html>"), pim.KindForbidden},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			f := newFake(t)
			f.on(patched, tt.answer)
			err := f.client.Approvals().Decide(t.Context(), benSession, open, yes)
			if pim.KindOf(err) != tt.want || len(f.requests) != 1 {
				t.Errorf("error = %v, want kind %q; %d requests", err, tt.want, len(f.requests))
			}
		})
	}
	t.Run("unsent", func(t *testing.T) {
		c := newClient(t, Config{BaseURL: "http://127.0.0.1:1"})
		wantKind(t, c.Approvals().Decide(t.Context(), benSession, open, yes), pim.KindUnavailable)
	})
}

func TestDecide_refuses_without_a_call(t *testing.T) {
	decided, closed, own := open, open, open
	decided.Decided = pim.Decision{By: "Chioma Reyes", Approved: true, At: nine}
	closed.StepID = ""
	own.Principal = benSession.Principal.PrincipalKey
	f := newFake(t)
	decide := f.client.Approvals().Decide
	e := wantKind(t, decide(t.Context(), benSession, decided, yes), pim.KindDecided)
	if e.Message != "approved by Chioma Reyes" {
		t.Errorf("message = %q", e.Message)
	}
	wantKind(t, decide(t.Context(), benSession, closed, yes), pim.KindBadRequest)
	wantKind(t, decide(t.Context(), benSession, own, yes), pim.KindForbidden)
	wantKind(t, decide(t.Context(), pim.Session{Principal: benSession.Principal}, open, yes), pim.KindSignInExpired)
	if len(f.requests) != 0 {
		t.Errorf("%d requests were made", len(f.requests))
	}
}
