package graph

import (
	"fmt"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"hoist/internal/pim"
)

const (
	assignments = "/roleManagement/directory/roleAssignmentScheduleInstances"
	definitions = "/roleManagement/directory/roleDefinitions"
)

func assigned(id, typ, principal string) string {
	return fmt.Sprintf(`{"id":%q,"principalId":%q,"roleDefinitionId":%q,"directoryScopeId":"/","assignmentType":%q,"roleAssignmentScheduleId":"s-%s",
		"startDateTime":"2026-11-23T08:00:00.1Z","endDateTime":"2026-11-23T10:00:00Z","principal":%s}`, id, alice, userAdm, typ, id, principal)
}

const aliceExpanded = `{"@odata.type":"#microsoft.graph.user","id":"071cc716-8147-4397-a5ba-b2105951cc0b","displayName":"Alice","userPrincipalName":"alice@fjordbank.example"}`

func TestAssignments_lists_what_is_activated(t *testing.T) {
	f := newFake(t)
	f.on(definitions, says(200, fmt.Sprintf(`{"value":[{"id":%q,"displayName":"User Administrator"}]}`, userAdm)))
	f.on(assignments, says(200, list(
		assigned("i1", "activated", aliceExpanded),
		assigned("permanent", "Assigned", aliceExpanded),
		assigned("i2", "Activated", `{"@odata.type":"#microsoft.graph.group","id":"g","displayName":"Deciders"}`),
		assigned("i3", "Activated", `{"@odata.type":"#microsoft.graph.agent","id":"x","displayName":"Novelty","userPrincipalName":"n@x"}`),
		assigned("i4", "Activated", "null"),
	)))
	got, err := f.client.Assignments(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	row := func(id, upn, name string) pim.Assignment {
		return pim.Assignment{
			ID: id, ScheduleID: "s-" + id, Principal: pim.Principal{PrincipalKey: aliceKey, UPN: upn, Name: name}, Target: userRole,
			Scope: pim.Scope{ID: "/"}, Activated: true,
			Start: time.Date(2026, 11, 23, 8, 0, 0, 1e8, time.UTC), End: time.Date(2026, 11, 23, 10, 0, 0, 0, time.UTC),
		}
	}
	want := pim.Snapshot{Began: nine, Complete: true, Assignments: []pim.Assignment{
		row("i1", "alice@fjordbank.example", "Alice"), row("i2", "", "Deciders"), row("i3", "n@x", "Novelty"), row("i4", "", ""),
	}}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
	r := f.requests[0]
	if q, _ := url.ParseQuery(r.query); q.Get("$expand") != "principal" || q.Get("$filter") != "" {
		t.Errorf("query = %v", q)
	}
	if r.header.Get("X-Ms-Throttle-Priority") != "low" {
		t.Errorf("headers = %v", r.header)
	}
}

func TestAssignments_are_never_cached_and_role_names_for_a_day(t *testing.T) {
	f := newFake(t)
	f.on(definitions, says(200, fmt.Sprintf(`{"value":[{"id":%q,"displayName":"User Administrator"}]}`, userAdm)))
	f.on(assignments, says(200, list(assigned("i1", "Activated", aliceExpanded))))
	for i, want := range []int{1, 1, 2} {
		if _, err := f.client.Assignments(t.Context()); err != nil {
			t.Fatal(err)
		}
		if n := f.count(assignments); n != i+1 {
			t.Errorf("%d reads, want %d", n, i+1)
		}
		if n := f.count(definitions); n != want {
			t.Errorf("look %d: %d reads of names, want %d", i, n, want)
		}
		f.clock.Advance([]time.Duration{time.Hour, 24 * time.Hour, 0}[i])
	}
}

func TestAssignments_names_are_no_reason_to_fail(t *testing.T) {
	f := newFake(t)
	f.on(definitions, refuses(403, "Authorization_RequestDenied", "no"))
	f.on(assignments, says(200, list(assigned("i1", "Activated", aliceExpanded), assigned("i2", "Activated", aliceExpanded))))
	for range 2 {
		got, err := f.client.Assignments(t.Context())
		if err != nil || !got.Complete || len(got.Assignments) != 2 || got.Assignments[0].Target.Name != userAdm {
			t.Fatalf("got %+v, %v", got, err)
		}
	}
	if n := f.count(definitions); n != 1 {
		t.Errorf("%d reads of names, want one per five minutes", n)
	}
}

func TestAssignments_broken_off_is_incomplete(t *testing.T) {
	tests := map[string]string{
		"a_page_that_fails":  "",
		"a_link_elsewhere":   "https://elsewhere.example/v1.0/next",
		"a_link_not_an_url":  "://",
		"an_unreadable_page": "unreadable",
	}
	for name, link := range tests {
		t.Run(name, func(t *testing.T) {
			f := newFake(t)
			second := says(502, "")
			switch link {
			case "unreadable":
				second = says(200, `{"value":[`)
				fallthrough
			case "":
				link = f.url + "/v1.0" + assignments + "?$skiptoken=2"
			}
			f.on(definitions, says(200, `{"value":[]}`))
			f.on(assignments, inTurn(says(200, fmt.Sprintf(`{"@odata.nextLink":%q,"value":[%s]}`, link, assigned("i1", "Activated", aliceExpanded))), second))
			got, err := f.client.Assignments(t.Context())
			if err != nil || got.Complete || len(got.Assignments) != 1 {
				t.Errorf("got %+v, %v; want an incomplete list", got, err)
			}
		})
	}
}

func TestAssignments_without_a_first_page_is_an_error(t *testing.T) {
	f := newFake(t)
	f.on(assignments, refuses(400, "AadPremiumLicenseRequired", "The tenant needs to have Microsoft Entra ID P2 or Microsoft Entra ID Governance license."))
	_, err := f.client.Assignments(t.Context())
	wantKind(t, err, pim.KindLicense)
}

func TestAssignments_pages_in_a_circle_end(t *testing.T) {
	f := newFake(t)
	f.on(assignments, says(200, fmt.Sprintf(`{"@odata.nextLink":%q,"value":[]}`, f.url+"/v1.0"+assignments+"?again")))
	got, err := f.client.Assignments(t.Context())
	if err != nil || got.Complete {
		t.Errorf("got %+v, %v", got, err)
	}
}

func TestPrincipal(t *testing.T) {
	f := newFake(t)
	f.on("/users/"+alice, says(200, `{"@odata.context":"…","id":"071CC716-8147-4397-a5ba-b2105951cc0b","displayName":"Alice Å","userPrincipalName":"alice@fjordbank.example"}`))
	got, err := f.client.Principal(t.Context(), aliceKey)
	want := pim.Principal{PrincipalKey: aliceKey, UPN: "alice@fjordbank.example", Name: "Alice Å"}
	if err != nil || got != want {
		t.Errorf("got %+v, %v", got, err)
	}
	if !strings.Contains(f.last().query, "$select=id,displayName,userPrincipalName") {
		t.Errorf("query = %s", f.last().query)
	}
	f.on("/users/"+alice, refuses(404, "Request_ResourceNotFound", "Resource does not exist."))
	_, err = f.client.Principal(t.Context(), aliceKey)
	wantKind(t, err, pim.KindNotFound)
	f.on("/users/"+alice, says(200, `[]`))
	_, err = f.client.Principal(t.Context(), aliceKey)
	wantKind(t, err, pim.KindUnavailable)
}
