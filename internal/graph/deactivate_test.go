package graph

import (
	"net/http"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"hoist/internal/pim"
	"hoist/internal/secret"
)

var revoked = strings.NewReplacer("Provisioned", "Revoked", "selfActivate", "selfDeactivate").Replace(provisioned)

func TestDeactivate(t *testing.T) {
	f := newFake(t)
	f.on(requests, says(201, revoked))
	o := order
	o.Ticket = pim.Ticket{Number: "INC-7"} // belongs to the activation
	got, err := f.client.Deactivate(t.Context(), session, o)
	if err != nil {
		t.Fatal(err)
	}
	want := pim.Activation{
		RequestID: "911bab8a-6912-4de2-9dc0-2648ede7dd6d", ScheduleID: "911bab8a-6912-4de2-9dc0-2648ede7dd6d",
		Status: "Revoked", Submitted: nine.Add(3e9), CorrelationID: "req-1",
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
	body := `{"action":"selfDeactivate","principalId":"071cc716-8147-4397-a5ba-b2105951cc0b",
		"roleDefinitionId":"fe930be7-5e62-47db-91af-98c3a49a38b1","directoryScopeId":"/","justification":"password reset (Hoist H-7K3F9QX)"}`
	r := f.last()
	if diff := cmp.Diff(decoded(t, body), decoded(t, r.body)); diff != "" {
		t.Errorf("body (-want +got):\n%s", diff)
	}
	if r.header.Get("Authorization") != "Bearer "+herToken {
		t.Errorf("Authorization = %q", r.header.Get("Authorization"))
	}
}

func TestDeactivate_refusals(t *testing.T) {
	tests := map[string]struct {
		answer http.HandlerFunc
		want   pim.Kind
	}{
		"too_young":    {refuses(400, "ActiveDurationTooShort", "The Active duration is too short. Miniumum Required is 5 minutes."), pim.KindTooYoung},
		"not_active":   {refuses(400, "RoleAssignmentDoesNotExist", "The Role assignment does not exist."), pim.KindNotActive},
		"throttled":    {refuses(429, "TooManyRequests", ""), pim.KindThrottled},
		"unavailable":  {says(503, ""), pim.KindUnanswered},
		"hung_up":      {func(http.ResponseWriter, *http.Request) { panic(http.ErrAbortHandler) }, pim.KindUnanswered},
		"without_id":   {says(201, `{"status":"Revoked"}`), pim.KindUnanswered},
		"old_sign_in":  {refuses(401, "InvalidAuthenticationToken", "expired"), pim.KindSignInExpired},
		"no_privilege": {refuses(403, "UnauthorizedAccessException", "x"), pim.KindForbidden},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			f := newFake(t)
			f.on(requests, tt.answer)
			_, err := f.client.Deactivate(t.Context(), session, order)
			wantKind(t, err, tt.want)
			if n := f.count(requests); n != 1 {
				t.Errorf("%d requests, want exactly one", n)
			}
		})
	}
}

func TestDeactivate_refuses_without_a_call(t *testing.T) {
	f := newFake(t)
	group := order
	group.Target.Kind = pim.Group
	_, err := f.client.Deactivate(t.Context(), session, group)
	wantKind(t, err, pim.KindBadRequest)
	_, err = f.client.Deactivate(t.Context(), benSession, order)
	wantKind(t, err, pim.KindForbidden)
	if n := f.count(requests); n != 0 {
		t.Errorf("%d requests were made", n)
	}
}

func TestCancel(t *testing.T) {
	const path = requests + "/" + requestID + "/cancel"
	tests := map[string]struct {
		answer http.HandlerFunc
		want   pim.Kind
	}{
		"taken":                                 {says(204, ""), ""},
		"in_another_state":                      {refuses(400, "InvalidRoleAssignmentRequest", "The role assignment request is invalid."), pim.KindBadRequest},
		"in_another_state_with_an_unknown_code": {refuses(400, "Novelty", "x"), pim.KindBadRequest},
		"somebody_elses":                        {refuses(403, "UnauthorizedAccessException", "x"), pim.KindForbidden},
		"unknown":                               {refuses(404, "RoleAssignmentScheduleRequestNotFound", "x"), pim.KindNotFound},
		"throttled":                             {refuses(429, "TooManyRequests", ""), pim.KindThrottled},
		"gateway":                               {says(502, "<html>"), pim.KindUnanswered},
		"hung_up":                               {func(http.ResponseWriter, *http.Request) { panic(http.ErrAbortHandler) }, pim.KindUnanswered},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			f := newFake(t)
			f.on(path, tt.answer)
			err := f.client.Cancel(t.Context(), session, requestID)
			if pim.KindOf(err) != tt.want {
				t.Fatalf("error = %v, want kind %q", err, tt.want)
			}
			if r := f.last(); f.count(path) != 1 || r.method != http.MethodPost || r.body != "" {
				t.Errorf("%d requests, %s %q", f.count(path), r.method, r.body)
			}
		})
	}
}

func TestCancel_refuses_without_a_call(t *testing.T) {
	f := newFake(t)
	wantKind(t, f.client.Cancel(t.Context(), session, ""), pim.KindBadRequest)
	wantKind(t, f.client.Cancel(t.Context(), pim.Session{Principal: session.Principal}, requestID), pim.KindSignInExpired)
	wantKind(t, f.client.Cancel(t.Context(), pim.Session{Token: secret.New("t")}, requestID), pim.KindForbidden)
	if len(f.requests) != 0 {
		t.Errorf("%d requests were made", len(f.requests))
	}
}
