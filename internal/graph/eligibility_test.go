package graph

import (
	"fmt"
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"hoist/internal/pim"
)

const (
	eligibilities = "/roleManagement/directory/roleEligibilityScheduleInstances"
	units         = "/directory/administrativeUnits/" + unit
)

// eligible is one row; more is appended to its properties.
func eligible(id, principal, role, name, scope, end string) string {
	return fmt.Sprintf(`{"id":%q,"principalId":%q,"roleDefinitionId":%q,"directoryScopeId":%q,"appScopeId":null,"startDateTime":"2026-01-01T00:00:00Z",
		"endDateTime":%s,"memberType":"Direct","roleEligibilityScheduleId":"s","roleDefinition":{"id":%q,"displayName":%q,"rolePermissions":[]}}`,
		id, principal, role, scope, end, role, name)
}

func list(rows ...string) string {
	return `{"@odata.context":"…","value":[` + strings.Join(rows, ",") + `]}`
}

func TestEligibilities_maps_rows(t *testing.T) {
	f := newFake(t)
	f.on(eligibilities, says(200, list(
		eligible("e1", strings.ToUpper(alice), userAdm, "User Administrator", "/", "null"),
		eligible("e2", alice, userAdm, "User Administrator", "/administrativeUnits/"+unit, `"2026-12-31T22:59:59.123Z"`),
		eligible("e3", alice, "aaa", "Application Administrator", "/2e3d", "null"),
		eligible("group's", "99999999-0000-0000-0000-000000000000", "bbb", "Helpdesk", "/", "null"),
	)))
	f.on(units, says(200, `{"displayName":"Nordic branches"}`))
	got, err := f.client.Eligibilities(t.Context(), aliceKey)
	if err != nil {
		t.Fatal(err)
	}
	want := []pim.Eligibility{
		{ID: "e1", Principal: aliceKey, Target: userRole, Scope: pim.Scope{ID: "/"}, MemberType: "Direct"},
		{
			ID: "e2", Principal: aliceKey, Target: userRole, Scope: pim.Scope{ID: "/administrativeUnits/" + unit, Name: "Nordic branches"},
			MemberType: "Direct", End: time.Date(2026, 12, 31, 22, 59, 59, 123e6, time.UTC),
		},
		{
			ID: "e3", Principal: aliceKey, Target: pim.Target{Kind: pim.DirectoryRole, ID: "aaa", Name: "Application Administrator"},
			Scope: pim.Scope{ID: "/2e3d", Name: "2e3d"}, MemberType: "Direct",
		},
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
	r := f.requests[0]
	q, _ := url.ParseQuery(r.query)
	if q.Get("$filter") != "principalId eq '"+alice+"'" || q.Get("$expand") != "roleDefinition" || q.Get("$top") != "" {
		t.Errorf("query = %v", q)
	}
	if r.header.Get("Authorization") != "Bearer "+appToken || r.header.Get("X-Ms-Throttle-Priority") != "high" {
		t.Errorf("headers = %v", r.header)
	}
}

func TestEligibilities_lists_a_right_once(t *testing.T) {
	f := newFake(t)
	f.on(eligibilities, says(200, list(
		eligible("soon", alice, userAdm, "User Administrator", "/", `"2026-11-24T09:00:00Z"`),
		eligible("later", alice, userAdm, "User Administrator", "/", `"2026-12-24T09:00:00Z"`),
		eligible("soonest", alice, userAdm, "User Administrator", "/", `"2026-11-23T10:00:00Z"`),
	)))
	got, err := f.client.Eligibilities(t.Context(), aliceKey)
	if err != nil || len(got) != 1 || got[0].ID != "later" {
		t.Errorf("got %v, %v; want the one that ends last", got, err)
	}
}

func TestEligibilities_a_unit_without_a_name_is_no_failure(t *testing.T) {
	f := newFake(t)
	f.on(eligibilities, says(200, list(eligible("e2", alice, userAdm, "User Administrator", "/administrativeUnits/"+unit, "null"))))
	f.on(units, refuses(403, "Authorization_RequestDenied", "Insufficient privileges to complete the operation."))
	for range 2 {
		got, err := f.client.Eligibilities(t.Context(), aliceKey)
		if err != nil || len(got) != 1 || got[0].Scope.Name != unit {
			t.Fatalf("got %v, %v", got, err)
		}
		f.clock.Advance(eligibilityLife)
	}
	if n := f.count(units); n != 2 {
		t.Errorf("%d looks for the name, want one per five minutes", n)
	}
}

func TestEligibilities_reads_all_pages(t *testing.T) {
	f := newFake(t)
	f.on(eligibilities, func(w http.ResponseWriter, r *http.Request) {
		switch r.URL.Query().Get("$skiptoken") {
		case "":
			says(200, fmt.Sprintf(`{"@odata.nextLink":%q,"value":[%s]}`, f.url+"/v1.0"+eligibilities+"?$skiptoken=two",
				eligible("e1", alice, userAdm, "User Administrator", "/", "null")))(w, r)
		case "two":
			says(200, list(eligible("e2", alice, "aaa", "Other", "/", "null")))(w, r)
		}
	})
	got, err := f.client.Eligibilities(t.Context(), aliceKey)
	if err != nil || len(got) != 2 {
		t.Fatalf("got %v, %v", got, err)
	}
	if f.last().header.Get("Authorization") != "Bearer "+appToken {
		t.Error("the second page was asked for without the token")
	}
}

func TestEligibilities_half_a_list_is_an_error(t *testing.T) {
	f := newFake(t)
	f.on(eligibilities, inTurn(
		says(200, fmt.Sprintf(`{"@odata.nextLink":%q,"value":[]}`, f.url+"/v1.0"+eligibilities+"?$skiptoken=two")),
		says(502, "")))
	_, err := f.client.Eligibilities(t.Context(), aliceKey)
	wantKind(t, err, pim.KindUnavailable)
}

func TestEligibilities_token_goes_to_no_other_host(t *testing.T) {
	f, stranger := newFake(t), newFake(t)
	f.on(eligibilities, says(200, fmt.Sprintf(`{"@odata.nextLink":%q,"value":[]}`, stranger.url+"/v1.0"+eligibilities)))
	_, err := f.client.Eligibilities(t.Context(), aliceKey)
	wantKind(t, err, pim.KindUnavailable)
	if n := stranger.count(eligibilities); n != 0 {
		t.Errorf("the stranger got %d requests", n)
	}
}

func TestEligibilities_cache(t *testing.T) {
	f := newFake(t)
	f.on(eligibilities, says(200, list(
		eligible("e1", alice, userAdm, "User Administrator", "/", "null"),
		eligible("e2", alice, "aaa", "Other", "/", `"2026-11-23T09:03:00Z"`))))
	f.on(requests, refuses(400, "RoleAssignmentExists", "The Role assignment already exists."))
	look := func(wantCalls, wantRows int) {
		t.Helper()
		got, err := f.client.Eligibilities(t.Context(), aliceKey)
		if err != nil || len(got) != wantRows {
			t.Fatalf("got %v, %v; want %d", got, err, wantRows)
		}
		got[0].ID = "spoilt by the caller"
		if n := f.count(eligibilities); n != wantCalls {
			t.Fatalf("%d calls, want %d", n, wantCalls)
		}
	}
	look(1, 2)
	f.clock.Advance(3 * time.Minute)
	look(1, 1) // one has ended meanwhile, by the clock
	f.clock.Advance(2*time.Minute - time.Nanosecond)
	look(1, 1)
	f.clock.Advance(time.Nanosecond)
	look(2, 1)
	_, err := f.client.Activate(t.Context(), session, order)
	wantKind(t, err, pim.KindAlreadyActive)
	look(3, 1) // dropped by the refusal
	if _, err := f.client.Eligibilities(t.Context(), pim.NewPrincipalKey(tenant, "b0b")); err != nil {
		t.Fatal(err)
	}
	if n := f.count(eligibilities); n != 4 {
		t.Errorf("%d calls, want one for another principal", n)
	}
	look(4, 1) // ours was kept
}

func TestEligibilities_of_another_tenant_are_refused_without_a_call(t *testing.T) {
	f := newFake(t)
	_, err := f.client.Eligibilities(t.Context(), pim.NewPrincipalKey("other", alice))
	wantKind(t, err, pim.KindForbidden)
	if len(f.requests) != 0 {
		t.Error("a request was made")
	}
}

func TestQuote_doubles_quotes(t *testing.T) {
	if got := quote("o'neil' or 1 eq 1"); got != "'o''neil'' or 1 eq 1'" {
		t.Errorf("quote = %s", got)
	}
}
