package graph

import (
	"fmt"
	"net/url"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"hoist/internal/pim"
)

const policyAssignments = "/policies/roleManagementPolicyAssignments"

// policyOf wraps rules the way Graph does.
func policyOf(rules string) string {
	return fmt.Sprintf(`{"@odata.context":"…","value":[{"id":"a","policyId":"p","scopeId":"/","scopeType":"DirectoryRole","roleDefinitionId":%q,
		"policy":{"id":"p","displayName":"DirectoryRole","rules":[%s]}}]}`, userAdm, rules)
}

const fullRules = `
	{"@odata.type":"#microsoft.graph.unifiedRoleManagementPolicyExpirationRule","id":"Expiration_Admin_Eligibility","isExpirationRequired":false,"maximumDuration":"P365D"},
	{"@odata.type":"#microsoft.graph.unifiedRoleManagementPolicyExpirationRule","id":"Expiration_EndUser_Assignment","isExpirationRequired":true,"maximumDuration":"PT1H30M30S"},
	{"@odata.type":"#microsoft.graph.unifiedRoleManagementPolicyEnablementRule","id":"Enablement_Admin_Assignment","enabledRules":["Justification"]},
	{"@odata.type":"#microsoft.graph.unifiedRoleManagementPolicyEnablementRule","id":"Enablement_EndUser_Assignment","enabledRules":["multiFactorAuthentication","Ticketing"]},
	{"@odata.type":"#microsoft.graph.unifiedRoleManagementPolicyApprovalRule","id":"Approval_EndUser_Assignment","setting":{
		"isApprovalRequired":true,"isApprovalRequiredForExtension":false,"isRequestorJustificationRequired":true,"approvalMode":"SingleStage",
		"approvalStages":[{"approvalStageTimeOutInDays":1,"isApproverJustificationRequired":true,"escalationTimeInMinutes":0,"isEscalationEnabled":false,
			"primaryApprovers":[
				{"@odata.type":"#microsoft.graph.singleUser","isBackup":false,"userId":"AAAA0000-0000-0000-0000-000000000001","description":"Bob"},
				{"@odata.type":"#microsoft.graph.groupMembers","isBackup":false,"groupId":"aaaa0000-0000-0000-0000-000000000002","description":"Deciders"},
				{"@odata.type":"#microsoft.graph.singleUser","isBackup":true,"userId":"aaaa0000-0000-0000-0000-000000000001","description":"Bob again"},
				{"@odata.type":"#microsoft.graph.requestorManager","managerLevel":1}],
			"escalationApprovers":[]}]}},
	{"@odata.type":"#microsoft.graph.unifiedRoleManagementPolicyAuthenticationContextRule","id":"AuthenticationContext_EndUser_Assignment","isEnabled":true,"claimValue":"c1"},
	{"@odata.type":"#microsoft.graph.unifiedRoleManagementPolicyNotificationRule","id":"Notification_Admin_EndUser_Assignment","notificationType":"Email"},
	{"@odata.type":"#microsoft.graph.unifiedRoleManagementPolicyCustomExtensionRule","id":"CustomExtension_PreApproval_EndUser_Assignment","novelty":{"a":[1]}}`

func TestPolicy_maps_the_rules_of_activation(t *testing.T) {
	f := newFake(t)
	f.on(policyAssignments, says(200, policyOf(fullRules)))
	got, err := f.client.Policy(t.Context(), userRole, pim.Scope{ID: "/administrativeUnits/" + unit})
	if err != nil {
		t.Fatal(err)
	}
	want := pim.Policy{
		ID:         "p",
		Expiration: pim.ExpirationRule{Required: true, Maximum: 90*time.Minute + 30*time.Second},
		Enablement: pim.EnablementRule{MFA: true, Ticketing: true},
		Approval: pim.ApprovalRule{Required: true, JustificationRequired: true, Approvers: []pim.Approver{
			{ID: "aaaa0000-0000-0000-0000-000000000001", Name: "Bob"},
			{ID: "aaaa0000-0000-0000-0000-000000000002", Name: "Deciders", Group: true},
		}},
		Authentication: pim.AuthenticationContextRule{Enabled: true, Value: "c1"},
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
	q, _ := url.ParseQuery(f.last().query)
	if want := "scopeId eq '/' and scopeType eq 'DirectoryRole' and roleDefinitionId eq '" + userAdm + "'"; q.Get("$filter") != want {
		t.Errorf("$filter = %s, want %s", q.Get("$filter"), want)
	}
	if q.Get("$expand") != "policy($expand=rules)" {
		t.Errorf("$expand = %s", q.Get("$expand"))
	}
}

func TestPolicy_strange_rules(t *testing.T) {
	tests := map[string]struct {
		rules string
		want  pim.Policy
	}{
		"none": {"", pim.Policy{ID: "p"}},
		"known_id_of_unknown_type": {
			`{"@odata.type":"#microsoft.graph.unifiedRoleManagementPolicyNovelRule","id":"Expiration_EndUser_Assignment","maximumDuration":"PT1H"}`, pim.Policy{ID: "p"},
		},
		"nulls": {
			`{"@odata.type":"#microsoft.graph.unifiedRoleManagementPolicyExpirationRule","id":"Expiration_EndUser_Assignment","isExpirationRequired":null,"maximumDuration":null},
			 {"@odata.type":"#microsoft.graph.unifiedRoleManagementPolicyApprovalRule","id":"Approval_EndUser_Assignment","setting":null},
			 {"@odata.type":"#microsoft.graph.unifiedRoleManagementPolicyEnablementRule","id":"Enablement_EndUser_Assignment","enabledRules":null}`, pim.Policy{ID: "p"},
		},
		"an_approver_owes_a_reason_to_the_first_stage_only": {
			`{"@odata.type":"#microsoft.graph.unifiedRoleManagementPolicyApprovalRule","id":"Approval_EndUser_Assignment","setting":{"isApprovalRequired":true,
				"approvalStages":[{"isApproverJustificationRequired":false,"primaryApprovers":null},{"isApproverJustificationRequired":true}]}}`,
			pim.Policy{ID: "p", Approval: pim.ApprovalRule{Required: true}},
		},
		"approvers_without_names": {
			`{"@odata.type":"#microsoft.graph.unifiedRoleManagementPolicyApprovalRule","id":"Approval_EndUser_Assignment","setting":{"isApprovalRequired":true,
				"approvalStages":[{"isApproverJustificationRequired":true,"primaryApprovers":[
					{"@odata.type":"#microsoft.graph.groupMembers","groupId":"aaaa0000-0000-0000-0000-000000000002","description":null}]}]}}`,
			pim.Policy{ID: "p", Approval: pim.ApprovalRule{
				Required: true, JustificationRequired: true,
				Approvers: []pim.Approver{{ID: "aaaa0000-0000-0000-0000-000000000002", Group: true}},
			}},
		},
		"a_day": {
			`{"@odata.type":"#microsoft.graph.unifiedRoleManagementPolicyExpirationRule","id":"Expiration_EndUser_Assignment","isExpirationRequired":true,"maximumDuration":"P1D"}`,
			pim.Policy{ID: "p", Expiration: pim.ExpirationRule{Required: true, Maximum: 24 * time.Hour}},
		},
		"half_an_hour_as_a_fraction": {
			`{"@odata.type":"#microsoft.graph.unifiedRoleManagementPolicyExpirationRule","id":"Expiration_EndUser_Assignment","isExpirationRequired":true,"maximumDuration":"PT0.5H"}`,
			pim.Policy{ID: "p", Expiration: pim.ExpirationRule{Required: true, Maximum: 30 * time.Minute}},
		},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			f := newFake(t)
			f.on(policyAssignments, says(200, policyOf(tt.rules)))
			got, err := f.client.Policy(t.Context(), userRole, pim.Scope{ID: "/"})
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(tt.want, got); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
		})
	}
}

func TestPolicy_refuses(t *testing.T) {
	f := newFake(t)
	_, err := f.client.Policy(t.Context(), pim.Target{Kind: pim.Group, ID: "g"}, pim.Scope{})
	wantKind(t, err, pim.KindBadRequest)
	f.on(policyAssignments, says(200, `{"value":[]}`))
	_, err = f.client.Policy(t.Context(), userRole, pim.Scope{})
	wantKind(t, err, pim.KindNotFound)
	f.on(policyAssignments, refuses(403, "UnknownError", `{"errorCode":"PermissionScopeNotGranted","message":"Authorization failed due to missing permission scope RoleManagementPolicy.Read.Directory."}`))
	_, err = f.client.Policy(t.Context(), userRole, pim.Scope{})
	if e := wantKind(t, err, pim.KindConsentMissing); e.Message != "RoleManagementPolicy.Read.Directory" {
		t.Errorf("message = %q, want the scope", e.Message)
	}
}

func TestPolicy_cache(t *testing.T) {
	f := newFake(t)
	f.on(policyAssignments, says(200, policyOf(fullRules)))
	f.on(requests, refuses(400, "RoleAssignmentRequestPolicyValidationFailed", `The following policy rules failed: ["ExpirationRule"]`))
	look := func(wantCalls int) {
		t.Helper()
		p, err := f.client.Policy(t.Context(), userRole, pim.Scope{ID: "/"})
		if err != nil || len(p.Approval.Approvers) != 2 || p.Approval.Approvers[0].Name != "Bob" {
			t.Fatalf("policy = %+v, %v", p, err)
		}
		p.Approval.Approvers[0].Name = "spoilt by the caller"
		if n := f.count(policyAssignments); n != wantCalls {
			t.Fatalf("%d calls, want %d", n, wantCalls)
		}
	}
	look(1)
	f.clock.Advance(policyLife - time.Nanosecond)
	look(1)
	f.clock.Advance(time.Nanosecond)
	look(2)
	_, err := f.client.Activate(t.Context(), session, order)
	wantKind(t, err, pim.KindTooLong)
	look(3)
}
