package graph

import (
	"encoding/json"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"hoist/internal/pim"
	"hoist/internal/secret"
)

const requests = "/roleManagement/directory/roleAssignmentScheduleRequests"

var order = pim.Order{
	Elevation: "H-7K3F9QX", Principal: aliceKey, Target: userRole, Scope: pim.Scope{ID: "/"},
	Duration: 90 * time.Minute, Justification: "password reset (Hoist H-7K3F9QX)",
}

const provisioned = `{"@odata.context":"…","id":"911bab8a-6912-4de2-9dc0-2648ede7dd6d","status":"Provisioned",
	"createdDateTime":"2026-11-23T09:00:02.5Z","completedDateTime":"2026-11-23T09:00:04.1234567Z","approvalId":null,"action":"selfActivate",
	"principalId":"071cc716-8147-4397-a5ba-b2105951cc0b","roleDefinitionId":"fe930be7-5e62-47db-91af-98c3a49a38b1","directoryScopeId":"/",
	"targetScheduleId":"911bab8a-6912-4de2-9dc0-2648ede7dd6d","justification":"password reset",
	"scheduleInfo":{"startDateTime":"2026-11-23T09:00:02.6Z","recurrence":null,"expiration":{"type":"afterDuration","endDateTime":null,"duration":"PT1H30M30S"}},
	"ticketInfo":{"ticketNumber":null,"ticketSystem":null}}`

func TestActivate_maps_the_answer(t *testing.T) {
	f := newFake(t)
	f.on(requests, says(201, provisioned))
	got, err := f.client.Activate(t.Context(), session, order)
	if err != nil {
		t.Fatal(err)
	}
	start := nine.Add(2600 * time.Millisecond)
	want := pim.Activation{
		RequestID: "911bab8a-6912-4de2-9dc0-2648ede7dd6d", ScheduleID: "911bab8a-6912-4de2-9dc0-2648ede7dd6d",
		Status: "Provisioned", Submitted: nine.Add(3 * time.Second),
		Start: start, End: start.Add(90*time.Minute + 30*time.Second), CorrelationID: "req-1",
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("activation (-want +got):\n%s", diff)
	}
}

func TestActivate_leaves_times_open_while_pending(t *testing.T) {
	f := newFake(t)
	f.on(requests, says(201, strings.NewReplacer("Provisioned", "PendingApproval", `"startDateTime":"2026-11-23T09:00:02.6Z"`, `"startDateTime":null`).Replace(provisioned)))
	got, err := f.client.Activate(t.Context(), session, order)
	if err != nil {
		t.Fatal(err)
	}
	if got.Status != "PendingApproval" || !got.Start.IsZero() || !got.End.IsZero() {
		t.Errorf("activation = %+v, want no start and no end while pending", got)
	}
}

func TestActivate_writes(t *testing.T) {
	base := `{"action":"selfActivate","principalId":"071cc716-8147-4397-a5ba-b2105951cc0b",
		"roleDefinitionId":"fe930be7-5e62-47db-91af-98c3a49a38b1","directoryScopeId":"/",
		"justification":"password reset (Hoist H-7K3F9QX)","scheduleInfo":{"expiration":{"type":"afterDuration","duration":"PT1H30M"}}}`
	tests := map[string]struct {
		change func(*pim.Order)
		want   string
	}{
		"no_start_for_now": {func(*pim.Order) {}, base},
		"whole_minutes_rounded_down": {
			func(o *pim.Order) { o.Duration = 8*time.Hour + 59*time.Second },
			strings.Replace(base, "PT1H30M", "PT8H", 1),
		},
		"a_day": {
			func(o *pim.Order) { o.Duration = 24 * time.Hour },
			strings.Replace(base, "PT1H30M", "P1D", 1),
		},
		"a_later_start": {
			func(o *pim.Order) { o.Start = nine.Add(time.Hour).In(time.FixedZone("CET", 3600)) },
			strings.Replace(base, `{"expiration"`, `{"startDateTime":"2026-11-23T10:00:00Z","expiration"`, 1),
		},
		"the_scope_as_the_eligibility_has_it": {
			func(o *pim.Order) { o.Scope.ID = "/administrativeUnits/" + unit },
			strings.Replace(base, `"/"`, `"/administrativeUnits/`+unit+`"`, 1),
		},
		"a_ticket_only_when_given": {
			func(o *pim.Order) { o.Ticket = pim.Ticket{Number: "INC-7", System: "ServiceNow"} },
			strings.Replace(base, `"scheduleInfo"`, `"ticketInfo":{"ticketNumber":"INC-7","ticketSystem":"ServiceNow"},"scheduleInfo"`, 1),
		},
		"a_ticket_number_alone": {
			func(o *pim.Order) { o.Ticket = pim.Ticket{Number: "INC-7"} },
			strings.Replace(base, `"scheduleInfo"`, `"ticketInfo":{"ticketNumber":"INC-7"},"scheduleInfo"`, 1),
		},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			f := newFake(t)
			f.on(requests, says(201, provisioned))
			o := order
			tt.change(&o)
			if _, err := f.client.Activate(t.Context(), session, o); err != nil {
				t.Fatal(err)
			}
			r := f.last()
			if diff := cmp.Diff(decoded(t, tt.want), decoded(t, r.body)); diff != "" {
				t.Errorf("body (-want +got):\n%s", diff)
			}
			if got := r.header.Get("Authorization"); got != "Bearer "+herToken {
				t.Errorf("Authorization = %q", got)
			}
			if r.header.Get("Content-Encoding") != "" || r.header.Get("X-Ms-Throttle-Priority") != "high" {
				t.Errorf("headers = %v", r.header)
			}
		})
	}
}

func decoded(t *testing.T, s string) (v any) {
	t.Helper()
	if err := json.Unmarshal([]byte(s), &v); err != nil {
		t.Fatalf("%v in %s", err, s)
	}
	return v
}

func TestActivate_refuses_without_a_call(t *testing.T) {
	bob := pim.NewPrincipalKey(tenant, "00000000-0000-0000-0000-0000000000b0")
	tests := map[string]struct {
		session pim.Session
		change  func(*pim.Order)
		want    pim.Kind
	}{
		"another_principal": {session, func(o *pim.Order) { o.Principal = bob }, pim.KindForbidden},
		"no_principal":      {pim.Session{Token: session.Token}, func(o *pim.Order) { o.Principal = pim.PrincipalKey{} }, pim.KindForbidden},
		"no_token":          {pim.Session{Principal: session.Principal}, func(*pim.Order) {}, pim.KindSignInExpired},
		"another_tenant": {
			pim.Session{Principal: pim.Principal{PrincipalKey: pim.NewPrincipalKey("other", alice)}, Token: secret.New("t")},
			func(o *pim.Order) { o.Principal = pim.NewPrincipalKey("other", alice) }, pim.KindForbidden,
		},
		"no_duration": {session, func(o *pim.Order) { o.Duration = 59 * time.Second }, pim.KindDurationMissing},
		"a_group":     {session, func(o *pim.Order) { o.Target.Kind = pim.Group }, pim.KindBadRequest},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			f := newFake(t)
			o := order
			tt.change(&o)
			_, err := f.client.Activate(t.Context(), tt.session, o)
			wantKind(t, err, tt.want)
			if n := f.count(requests); n != 0 {
				t.Errorf("%d requests were made", n)
			}
		})
	}
}

func TestActivate_an_answer_without_sense_is_unanswered(t *testing.T) {
	tests := map[string]http.HandlerFunc{
		"empty": says(201, ""),
		"no_id": says(201, `{"status":"Provisioned"}`),
		"cut":   says(201, provisioned[:100]),
		"html": func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Content-Type", "text/html")
			_, _ = w.Write([]byte("<html>"))
		},
		"no_content": says(204, ""),
		"redirect":   says(302, ""),
		"500":        refuses(500, "InternalServerError", "x"),
		"502_html": func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Content-Type", "text/html")
			w.WriteHeader(502)
		},
		"503":     says(503, ""),
		"504":     refuses(504, "UnknownError", ""),
		"408":     says(408, ""),
		"hung_up": func(http.ResponseWriter, *http.Request) { panic(http.ErrAbortHandler) },
		"cut_by_length": func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Content-Length", "5000")
			w.Header().Set("Content-Type", "application/json")
			w.WriteHeader(201)
			_, _ = w.Write([]byte(provisioned[:50]))
		},
	}
	for name, answer := range tests {
		t.Run(name, func(t *testing.T) {
			f := newFake(t)
			f.on(requests, answer)
			_, err := f.client.Activate(t.Context(), session, order)
			wantKind(t, err, pim.KindUnanswered)
			if n := f.count(requests); n != 1 {
				t.Errorf("%d requests, want exactly one", n)
			}
		})
	}
}

func TestActivate_tells_PIMs_refusals(t *testing.T) {
	f := newFake(t)
	f.on(requests, refuses(400, "RoleAssignmentRequestPolicyValidationFailed", `The following policy rules failed: ["MfaRule"]`))
	_, err := f.client.Activate(t.Context(), session, order)
	e := wantKind(t, err, pim.KindMFARequired)
	if e.RequestID != "req-1" || e.Code != "RoleAssignmentRequestPolicyValidationFailed" {
		t.Errorf("error = %+v", e)
	}
}
