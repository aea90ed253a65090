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
	deciders = "60000000-0000-4000-8000-0000000005a1"
	inner    = "60000000-0000-4000-8000-0000000005a2"
	dana     = "d0000000-0000-4000-8000-000000000da1"
)

var (
	named = pim.Policy{Approval: pim.ApprovalRule{Required: true, Approvers: []pim.Approver{
		{ID: ben, Name: "Ben in the policy"}, {ID: deciders, Name: "Deciders", Group: true},
	}}}
	unnamed = pim.Policy{Approval: pim.ApprovalRule{Required: true}}
)

func membersOf(group string) string { return "/groups/" + group + "/transitiveMembers" }

// accountOf is a user in a list; enabled is "true", "false" or "null".
func accountOf(id, name, enabled string) string {
	return fmt.Sprintf(`{"@odata.type":"#microsoft.graph.user","id":%q,"displayName":%q,"userPrincipalName":"%s@fjordbank.example","accountEnabled":%s}`,
		id, name, strings.ToLower(name), enabled)
}

func who(id, name string) pim.Principal {
	return pim.Principal{PrincipalKey: pim.NewPrincipalKey(tenant, id), UPN: strings.ToLower(name) + "@fjordbank.example", Name: name}
}

func (f *fakeGraph) approvers(p pim.Policy) []pim.Principal {
	f.t.Helper()
	got, err := f.client.Approvers(f.t.Context(), userRole, p)
	if err != nil {
		f.t.Fatal(err)
	}
	return got
}

func TestApprovers_named(t *testing.T) {
	f := newFake(t)
	f.on("/users", says(200, list(accountOf(strings.ToUpper(ben), "Ben", "true"))))
	f.on(membersOf(deciders), func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Query().Get("$skiptoken") == "" {
			says(200, fmt.Sprintf(`{"value":[%s,%s],"@odata.nextLink":"%s%s?$select=id&$skiptoken=2"}`,
				accountOf(chioma, "Chioma", "true"),
				`{"@odata.type":"#microsoft.graph.group","id":"`+inner+`","displayName":"Inner"}`, f.url, "/v1.0"+membersOf(deciders)))(w, r)
			return
		}
		says(200, list(accountOf(ben, "Ben", "null"), accountOf(dana, "Dana", "null"), accountOf(alice, "Alice", "false"),
			`{"@odata.type":"#microsoft.graph.servicePrincipal","id":"app","displayName":"App"}`))(w, r)
	})
	want := []pim.Principal{who(ben, "Ben"), who(chioma, "Chioma"), who(dana, "Dana")}
	if diff := cmp.Diff(want, f.approvers(named)); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
	if n := f.count("/users"); n != 0 {
		t.Errorf("%d looks at users, want none: the group has told of Ben", n)
	}
	for _, r := range f.requests {
		if r.header.Get("Authorization") != "Bearer "+appToken || r.header.Get("X-Ms-Throttle-Priority") != "high" {
			t.Errorf("%s: headers = %v", r.path, r.header)
		}
	}
}

func TestApprovers_users_are_looked_up_together(t *testing.T) {
	f := newFake(t)
	var ids []string
	f.on("/users", func(w http.ResponseWriter, r *http.Request) {
		filter := r.URL.Query().Get("$filter")
		asked := strings.Split(strings.TrimSuffix(strings.TrimPrefix(filter, "id in ("), ")"), ",")
		ids = append(ids, asked...)
		var answer []string
		for _, id := range asked {
			switch id = strings.Trim(id, "'"); id {
			case "u3": // gone
			case "u4":
				answer = append(answer, accountOf(id, id, "false"))
			default:
				answer = append(answer, accountOf(id, id, "true"))
			}
		}
		says(200, list(answer...))(w, r)
	})
	p := unnamed
	for i := range 17 {
		p.Approval.Approvers = append(p.Approval.Approvers, pim.Approver{ID: fmt.Sprintf("u%d", i), Name: "in the policy"})
	}
	got := f.approvers(p)
	if len(got) != 15 || got[3] != who("u5", "u5") || got[14] != who("u16", "u16") {
		t.Errorf("got %v", got)
	}
	if f.count("/users") != 2 || len(ids) != 17 {
		t.Errorf("%d looks for %d ids, want two for seventeen", f.count("/users"), len(ids))
	}
}

func TestApprovers_names_that_are_hidden(t *testing.T) {
	hidden := `{"@odata.type":"#microsoft.graph.user","id":"` + chioma + `","displayName":null,"userPrincipalName":null,"accountEnabled":null}`
	onlyBasic := func(answer http.HandlerFunc) http.HandlerFunc {
		return func(w http.ResponseWriter, r *http.Request) {
			if strings.Contains(r.URL.Query().Get("$select"), "accountEnabled") {
				refuses(403, "Authorization_RequestDenied", "Insufficient privileges to complete the operation.")(w, r)
				return
			}
			answer(w, r)
		}
	}
	t.Run("users_tell_what_the_group_hides", func(t *testing.T) {
		f := newFake(t)
		f.on(membersOf(deciders), says(200, list(hidden)))
		f.on("/users", onlyBasic(says(200, list(accountOf(ben, "Ben", "null"), accountOf(chioma, "Chioma", "null")))))
		want := []pim.Principal{who(ben, "Ben"), who(chioma, "Chioma")}
		if diff := cmp.Diff(want, f.approvers(named)); diff != "" {
			t.Errorf("(-want +got):\n%s", diff)
		}
	})
	t.Run("a_refusal_is_remembered", func(t *testing.T) {
		f := newFake(t)
		f.on(membersOf(deciders), onlyBasic(says(200, list(hidden))))
		f.on("/users", onlyBasic(says(200, list(accountOf(ben, "Ben", "null"), accountOf(chioma, "Chioma", "null")))))
		if got := f.approvers(named); len(got) != 2 || f.count(membersOf(deciders)) != 2 || f.count("/users") != 1 {
			t.Errorf("got %v after %d and %d looks", got, f.count(membersOf(deciders)), f.count("/users"))
		}
	})
	t.Run("the_policy_has_a_name_at_least", func(t *testing.T) {
		f := newFake(t)
		f.on(membersOf(deciders), says(200, list(hidden)))
		f.on("/users", refuses(403, "Authorization_RequestDenied", "x"))
		want := []pim.Principal{
			{PrincipalKey: pim.NewPrincipalKey(tenant, ben), Name: "Ben in the policy"},
			{PrincipalKey: pim.NewPrincipalKey(tenant, chioma)},
		}
		if diff := cmp.Diff(want, f.approvers(named)); diff != "" {
			t.Errorf("(-want +got):\n%s", diff)
		}
	})
	t.Run("users_hide_them_as_well", func(t *testing.T) {
		f := newFake(t)
		f.on(membersOf(deciders), says(200, list(hidden)))
		f.on("/users", says(200, list(accountOf(ben, "Ben", "true"), hidden)))
		if got := f.approvers(named); len(got) != 2 || got[1].ID != chioma {
			t.Errorf("got %v", got)
		}
	})
}

func TestApprovers_defaults(t *testing.T) {
	const pra, ga = privilegedRoleAdministrator, globalAdministrator
	row := func(role, scope, typ, id, principal string) string {
		return fmt.Sprintf(`{"id":"i-%s-%s","principalId":%q,"roleDefinitionId":%q,"directoryScopeId":%q,"assignmentType":%q,"principal":%s}`, role, id, id, role, scope, typ, principal)
	}
	user := func(id, name string) string {
		return fmt.Sprintf(`{"@odata.type":"#microsoft.graph.user","id":%q,"displayName":%q,"userPrincipalName":"x"}`, id, name)
	}
	f := newFake(t)
	f.on(assignments, says(200, list(
		row(pra, "/", "Assigned", ben, user(ben, "Ben")),
		row(ga, "/", "Activated", chioma, user(chioma, "Chioma")),
		row(ga, "/", "Assigned", ben, user(ben, "Ben")),
		row(ga, "/administrativeUnits/"+unit, "Assigned", "scoped", user("scoped", "Scoped")),
		row(userAdm, "/", "Assigned", "other", user("other", "Other role")),
		row(pra, "/", "Assigned", deciders, `{"@odata.type":"#microsoft.graph.group","id":"`+deciders+`","displayName":"Deciders"}`),
		row(pra, "/", "Assigned", "app", `{"@odata.type":"#microsoft.graph.servicePrincipal","id":"app","displayName":"App"}`),
		row(pra, "/", "Assigned", "untold", "null"),
	)))
	f.on(membersOf(deciders), says(200, list(accountOf(dana, "Dana", "true"))))
	f.on("/users", says(200, list(accountOf(ben, "Ben", "true"), accountOf(chioma, "Chioma", "false"))))
	want := []pim.Principal{who(ben, "Ben"), who(dana, "Dana")} // Chioma is disabled, and "untold" is no user
	if diff := cmp.Diff(want, f.approvers(unnamed)); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
	q, _ := url.ParseQuery(f.requests[0].query)
	if want := "roleDefinitionId eq '" + pra + "' or roleDefinitionId eq '" + ga + "'"; q.Get("$filter") != want || q.Get("$expand") != "principal" {
		t.Errorf("query = %v", q)
	}
}

func TestApprovers_of_a_policy_without_approval(t *testing.T) {
	f := newFake(t)
	p := named
	p.Approval.Required = false
	if got := f.approvers(p); len(got) != 0 || len(f.requests) != 0 {
		t.Errorf("got %v after %d requests", got, len(f.requests))
	}
	_, err := f.client.Approvers(t.Context(), pim.Target{Kind: pim.Group, ID: deciders}, named)
	wantKind(t, err, pim.KindBadRequest)
}

func TestApprovers_half_a_list_is_an_error(t *testing.T) {
	f := newFake(t)
	f.on("/users", says(200, list(accountOf(ben, "Ben", "true"))))
	f.on(membersOf(deciders), refuses(403, "Authorization_RequestDenied", "x"))
	_, err := f.client.Approvers(t.Context(), userRole, named)
	wantKind(t, err, pim.KindForbidden)
	f.on(membersOf(deciders), says(500, ""))
	_, err = f.client.Approvers(t.Context(), userRole, named)
	wantKind(t, err, pim.KindUnavailable)
	f.on(membersOf(deciders), says(200, list()))
	f.on("/users", says(500, ""))
	_, err = f.client.Approvers(t.Context(), userRole, named)
	wantKind(t, err, pim.KindUnavailable)
	f.on(assignments, refuses(429, "TooManyRequests", ""))
	_, err = f.client.Approvers(t.Context(), userRole, unnamed)
	wantKind(t, err, pim.KindThrottled)

	f.on("/users", says(200, list(accountOf(ben, "Ben", "true"))))
	f.on(membersOf(deciders), refuses(404, "Request_ResourceNotFound", "x"))
	if got := f.approvers(named); len(got) != 1 {
		t.Errorf("got %v; a group that is gone holds nobody", got)
	}
}

func TestApprovers_cache(t *testing.T) {
	f := newFake(t)
	f.on("/users", says(200, list(accountOf(ben, "Ben", "true"))))
	f.on(membersOf(deciders), says(200, list(accountOf(chioma, "Chioma", "true"))))
	look := func(p pim.Policy, wantCalls int) {
		t.Helper()
		got := f.approvers(p)
		if len(got) == 0 || got[0].Name != "Ben" {
			t.Fatalf("got %v", got)
		}
		got[0].Name = "spoilt by the caller"
		if n := f.count("/users"); n != wantCalls {
			t.Fatalf("%d calls, want %d", n, wantCalls)
		}
	}
	turned, fewer := named, named
	turned.Approval.Approvers = []pim.Approver{named.Approval.Approvers[1], named.Approval.Approvers[0]}
	fewer.Approval.Approvers = named.Approval.Approvers[:1]
	look(named, 1)
	look(turned, 1)
	look(fewer, 2)
	f.clock.Advance(approverLife - time.Nanosecond)
	look(named, 2)
	f.clock.Advance(time.Nanosecond)
	look(named, 3)
}
