package graph

import (
	"fmt"
	"net/http"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"hoist/internal/pim"
)

const own = requests + "/filterByCurrentUser(on='principal')"

func ownRequest(id, action, created, change string) string {
	return fmt.Sprintf(`{"id":%q,"action":%q,"status":"Provisioned","createdDateTime":%q,"principalId":%q,"roleDefinitionId":%q,"directoryScopeId":"/",
		"targetScheduleId":"t-%s","scheduleInfo":{"startDateTime":%q,"expiration":{"type":"afterDuration","duration":"PT2H","endDateTime":null}}%s}`,
		id, action, created, alice, userAdm, id, created, change)
}

func TestOwn_newest_first_of_the_right_only(t *testing.T) {
	f := newFake(t)
	f.on(own, says(200, list(
		ownRequest("old", "selfActivate", "2026-11-23T07:00:00Z", ""),
		ownRequest("new", "SelfActivate", "2026-11-23T08:00:00.123Z", ""),
		ownRequest("stop", "selfDeactivate", "2026-11-23T08:30:00Z", ""),
		ownRequest("elsewhere", "selfActivate", "2026-11-23T08:31:00Z", `,"directoryScopeId":"/administrativeUnits/`+unit+`"`),
		ownRequest("other role", "selfActivate", "2026-11-23T08:32:00Z", `,"roleDefinitionId":"other"`),
		ownRequest("other person", "selfActivate", "2026-11-23T08:33:00Z", `,"principalId":"other"`),
	)))
	got, err := f.client.Own(t.Context(), session, triple)
	if err != nil {
		t.Fatal(err)
	}
	row := func(id string, at time.Time) pim.Activation {
		return pim.Activation{RequestID: id, ScheduleID: "t-" + id, Status: "Provisioned", Submitted: at, Start: at, End: at.Add(2 * time.Hour), CorrelationID: "req-1"}
	}
	want := []pim.Activation{row("new", nine.Add(-time.Hour+123*time.Millisecond)), row("old", nine.Add(-2*time.Hour))}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
	r := f.last()
	if r.header.Get("Authorization") != "Bearer "+herToken || r.query != "" {
		t.Errorf("request = %+v", r)
	}
}

func TestOwn_end_as_a_date(t *testing.T) {
	f := newFake(t)
	f.on(own, says(200, list(ownRequest("r", "selfActivate", "2026-11-23T08:00:00Z",
		`,"scheduleInfo":{"startDateTime":"2026-11-23T08:00:00Z","expiration":{"type":"afterDateTime","endDateTime":"2026-11-23T11:30:00Z","duration":null}}`))))
	got, err := f.client.Own(t.Context(), session, triple)
	if err != nil || len(got) != 1 || !got[0].End.Equal(nine.Add(150*time.Minute)) {
		t.Errorf("got %+v, %v", got, err)
	}
}

func TestOwn_of_another_principal_is_refused_without_a_call(t *testing.T) {
	f := newFake(t)
	_, err := f.client.Own(t.Context(), session, pim.Triple{Principal: pim.NewPrincipalKey(tenant, "b0b")})
	wantKind(t, err, pim.KindForbidden)
	if len(f.requests) != 0 {
		t.Error("a request was made")
	}
}

func TestOwn_keeps_a_persons_challenge(t *testing.T) {
	f := newFake(t)
	f.on(own, refuses(401, "InvalidAuthenticationToken", "Lifetime validation failed, the token is expired."))
	_, err := f.client.Own(t.Context(), session, triple)
	wantKind(t, err, pim.KindSignInExpired)
}

func TestOwn_a_list_that_seems_cut_is_asked_for_the_role(t *testing.T) {
	f := newFake(t)
	newest := ownRequest("newest", "selfActivate", "2026-11-23T08:59:00Z", "")
	f.on(own, func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Query().Get("$filter") == "roleDefinitionId eq '"+userAdm+"'" {
			says(200, list(newest))(w, r)
			return
		}
		says(200, list(cutList()...))(w, r)
	})
	got, err := f.client.Own(t.Context(), session, triple)
	if err != nil || len(got) != 1 || got[0].RequestID != "newest" {
		t.Errorf("got %+v, %v", got, err)
	}
	if n := f.count(own); n != 2 {
		t.Errorf("%d requests, want two", n)
	}
}

func TestOwn_a_cut_list_is_better_than_none(t *testing.T) {
	f := newFake(t)
	f.on(own, inTurn(says(200, list(cutList()...)), refuses(400, "InvalidFilter", "no")))
	got, err := f.client.Own(t.Context(), session, triple)
	if err != nil || len(got) != functionCap {
		t.Errorf("got %d, %v", len(got), err)
	}
}

// cutList is as many requests as the function returns at most.
func cutList() (rows []string) {
	for i := range functionCap {
		rows = append(rows, ownRequest(fmt.Sprint("r", i), "selfActivate", "2026-11-22T08:00:00Z", ""))
	}
	return rows
}
