package graph

import (
	"fmt"
	"net/http"
	"net/url"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"hoist/internal/pim"
)

const audits = "/auditLogs/directoryAudits"

const (
	byBen = `{"user":{"id":"B0000000-0000-4000-8000-000000000be1","displayName":"Ben","userPrincipalName":"ben@fjordbank.example","ipAddress":null},"app":null}`
	byPIM = `{"user":null,"app":{"appId":null,"displayName":"Azure AD PIM","servicePrincipalId":null}}`
)

// auditOf is a row of the log about Alice's User Administrator.
func auditOf(id, activity, at, by, change string) string {
	return fmt.Sprintf(`{"id":%q,"category":"RoleManagement","result":"success","resultReason":"because","activityDisplayName":%q,
		"activityDateTime":%q,"loggedByService":"PIM","initiatedBy":%s,
		"targetResources":[{"id":"FE930BE7-5e62-47db-91af-98c3a49a38b1","displayName":"User Administrator","type":"Role"},
			{"id":"other","type":"Request"},{"id":%q,"displayName":"Alice","type":"User","userPrincipalName":"alice@fjordbank.example"},
			{"id":%q,"displayName":"Fjordbank","type":"Directory"}],
		"additionalDetails":[{"key":"TicketNumber","value":null},{"key":"RoleAssignmentRequestId","value":%q}]%s}`,
		id, activity, at, by, alice, tenant, requestID, change)
}

func TestSince_maps_rows(t *testing.T) {
	const approved = "Add member to role request approved (PIM activation)"
	benDid := who(ben, "Ben")
	row := func(happened pim.TrailEvent, by pim.Principal) pim.TrailEntry {
		return pim.TrailEntry{
			ID: "r", At: nine.Add(123456700), Happened: happened, RequestID: requestID, Principal: aliceKey, TargetID: userAdm, By: by, Reason: "because",
		}
	}
	in := func(scope string, e pim.TrailEntry) *pim.TrailEntry { e.ScopeID = scope; return &e }
	is := func(happened pim.TrailEvent) *pim.TrailEntry { e := row(happened, benDid); return &e }
	nobody := row(pim.TrailExpired, pim.Principal{})
	tests := map[string]struct {
		activity, by, change string
		want                 *pim.TrailEntry
	}{
		"approved":                  {approved, byBen, "", is(pim.TrailApproved)},
		"denied":                    {"Add member to role request denied (PIM activation)", byBen, "", is(pim.TrailDenied)},
		"denied_counts_as_failure":  {"Add member to role request denied (PIM activation)", byBen, `,"result":"failure"`, is(pim.TrailDenied)},
		"canceled":                  {"Add member to role canceled (PIM activation)", byBen, "", is(pim.TrailCanceled)},
		"lapsed":                    {"PIM activation request expired", byBen, "", is(pim.TrailLapsed)},
		"activated_in_another_case": {" Add Member to Role completed (PIM activation) ", byBen, "", is(pim.TrailActivated)},
		"deactivated":               {"Remove member from role completed (PIM deactivate)", byBen, "", is(pim.TrailDeactivated)},
		"removed_by_admin":          {"Remove member from role in PIM completed (timebound)", byBen, "", is(pim.TrailDeactivated)},
		"expired_by_nobody":         {"Remove member from role (PIM activation expired)", byPIM, "", &nobody},
		"expired_by_nobody_at_all":  {"Remove member from role (PIM activation expired)", `{"user":{"id":null},"app":null}`, "", &nobody},
		"by_another_application":    {approved, `{"user":null,"app":{"displayName":"Cleaner"}}`, "", func() *pim.TrailEntry { e := row(pim.TrailApproved, pim.Principal{Name: "Cleaner"}); return &e }()},
		"scope_by_detail":           {approved, byBen, `,"additionalDetails":[{"key":"RoleAssignmentRequestId","value":"` + requestID + `"},{"key":"DirectoryScopeId","value":"/"}]`, in("/", row(pim.TrailApproved, benDid))},
		"refused_attempt":           {"Remove member from role completed (PIM deactivate)", byBen, `,"result":"failure","resultReason":"ActiveDurationTooShort"`, nil},
		"of_a_group":                {approved, byBen, `,"category":"GroupManagement"`, nil},
		"of_Azure":                  {approved, byBen, `,"category":"ResourceManagement"`, nil},
		"requested":                 {"Add member to role requested (PIM activation)", byBen, "", nil},
		"unheard_of":                {"Novelty", byBen, "", nil},
		"concerns_nobody":           {approved, byBen, `,"targetResources":[],"additionalDetails":null`, nil},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			f := newFake(t)
			f.on(audits, says(200, list(auditOf("r", tt.activity, "2026-11-23T09:00:00.1234567Z", tt.by, tt.change))))
			got, err := f.client.Since(t.Context(), nine)
			if err != nil {
				t.Fatal(err)
			}
			var want []pim.TrailEntry
			if tt.want != nil {
				want = append(want, *tt.want)
			}
			if diff := cmp.Diff(want, got); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
		})
	}
}

func TestSince_finds_its_way_among_targets(t *testing.T) {
	targets := `,"targetResources":[{"id":"` + unit + `","type":"administrativeUnit"},{"id":"` + alice + `","type":"user"},{"id":"` + userAdm + `","type":"role"}]`
	f := newFake(t)
	f.on(audits, says(200, list(auditOf("r", "PIM activation request expired", "2026-11-23T09:00:00Z", byPIM, targets))))
	got, err := f.client.Since(t.Context(), nine)
	if err != nil || len(got) != 1 || got[0].ScopeID != "/administrativeUnits/"+unit || got[0].Principal != aliceKey || got[0].TargetID != userAdm {
		t.Errorf("got %+v, %v", got, err)
	}
}

func TestSince_oldest_first_and_once(t *testing.T) {
	const approved, activated = "Add member to role request approved (PIM activation)", "Add member to role completed (PIM activation)"
	f := newFake(t)
	f.on(audits, func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Query().Get("$skiptoken") != "" {
			says(200, list(
				auditOf("3", activated, "2026-11-23T09:10:00Z", byBen, ""), // seen on the page before
				auditOf("2", approved, "2026-11-23T09:10:00Z", byBen, ""),
				auditOf("1", approved, "2026-11-23T09:00:00.6Z", byBen, ""),
				auditOf("0", approved, "2026-11-23T09:00:00.4Z", byBen, ""),
			))(w, r)
			return
		}
		says(200, fmt.Sprintf(`{"value":[%s,%s],"@odata.nextLink":"%s/v1.0%s?$skiptoken=x"}`,
			auditOf("4", "Remove member from role completed (PIM deactivate)", "2026-11-23T09:30:00Z", byBen, ""),
			auditOf("3", activated, "2026-11-23T09:10:00Z", byBen, ""), f.url, audits))(w, r)
	})
	got, err := f.client.Since(t.Context(), nine.Add(500*time.Millisecond).In(time.FixedZone("CET", 3600)))
	if err != nil {
		t.Fatal(err)
	}
	var ids string
	for _, e := range got {
		ids += e.ID
	}
	if ids != "1234" {
		t.Errorf("ids = %s, want 1234", ids)
	}
	q, _ := url.ParseQuery(f.requests[0].query)
	if want := "loggedByService eq 'PIM' and activityDateTime ge 2026-11-23T09:00:00Z"; q.Get("$filter") != want || q.Get("$top") != "999" {
		t.Errorf("query = %v", q)
	}
	if h := f.requests[0].header; h.Get("X-Ms-Throttle-Priority") != "low" || h.Get("Authorization") != "Bearer "+appToken {
		t.Errorf("headers = %v", h)
	}
}

func TestSince_ends(t *testing.T) {
	f := newFake(t)
	n := 0
	f.on(audits, func(w http.ResponseWriter, r *http.Request) {
		n++
		says(200, fmt.Sprintf(`{"value":[%s],"@odata.nextLink":"%s/v1.0%s?$skiptoken=%d"}`,
			auditOf(fmt.Sprint(n), "PIM activation request expired", "2026-11-23T09:10:00Z", byPIM, ""), f.url, audits, n))(w, r)
	})
	got, err := f.client.Since(t.Context(), nine)
	if err != nil || len(got) != maxTrailPages || n != maxTrailPages {
		t.Errorf("%d rows of %d pages, %v", len(got), n, err)
	}
}

func TestSince_failures(t *testing.T) {
	tests := map[string]struct {
		answer http.HandlerFunc
		want   pim.Kind
	}{
		"no_permission": {refuses(403, "Authorization_RequestDenied", "x"), pim.KindForbidden},
		"throttled":     {refuses(429, "TooManyRequests", "x"), pim.KindThrottled},
		"unavailable":   {says(502, "<html>"), pim.KindUnavailable},
		"unreadable":    {says(200, `{"value":[{"activityDateTime":7}]}`), pim.KindUnavailable},
		"empty":         {says(200, ""), pim.KindUnavailable},
		"another_host":  {says(200, `{"value":[],"@odata.nextLink":"https://elsewhere.example/v1.0/x"}`), pim.KindUnavailable},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			f := newFake(t)
			f.on(audits, tt.answer)
			_, err := f.client.Since(t.Context(), nine)
			wantKind(t, err, tt.want)
		})
	}
}
