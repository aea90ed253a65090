package graph

import (
	"time"

	"hoist/internal/sim/tenant"
)

const rulePrefix = "#microsoft.graph.unifiedRoleManagementPolicy"

type ruleTarget struct {
	Caller              string   `json:"caller"`
	Operations          []string `json:"operations"`
	Level               string   `json:"level"`
	InheritableSettings []string `json:"inheritableSettings"`
	EnforcedSettings    []string `json:"enforcedSettings"`
}

type ruleBase struct {
	Type   string     `json:"@odata.type"`
	ID     string     `json:"id"`
	Target ruleTarget `json:"target"`
}

type expirationRule struct {
	ruleBase
	IsExpirationRequired bool   `json:"isExpirationRequired"`
	MaximumDuration      string `json:"maximumDuration"`
}

type enablementRule struct {
	ruleBase
	EnabledRules []string `json:"enabledRules"`
}

type contextRule struct {
	ruleBase
	IsEnabled  bool    `json:"isEnabled"`
	ClaimValue *string `json:"claimValue"`
}

type approvalRule struct {
	ruleBase
	Setting approvalSettings `json:"setting"`
}

type approvalSettings struct {
	IsApprovalRequired               bool            `json:"isApprovalRequired"`
	IsApprovalRequiredForExtension   bool            `json:"isApprovalRequiredForExtension"`
	IsRequestorJustificationRequired bool            `json:"isRequestorJustificationRequired"`
	ApprovalMode                     string          `json:"approvalMode"`
	ApprovalStages                   []approvalStage `json:"approvalStages"`
}

type approvalStage struct {
	ApprovalStageTimeOutInDays      int              `json:"approvalStageTimeOutInDays"`
	IsApproverJustificationRequired bool             `json:"isApproverJustificationRequired"`
	EscalationTimeInMinutes         int              `json:"escalationTimeInMinutes"`
	IsEscalationEnabled             bool             `json:"isEscalationEnabled"`
	PrimaryApprovers                []map[string]any `json:"primaryApprovers"`
	EscalationApprovers             []map[string]any `json:"escalationApprovers"`
}

type notificationRule struct {
	ruleBase
	NotificationType           string   `json:"notificationType"`
	RecipientType              string   `json:"recipientType"`
	NotificationLevel          string   `json:"notificationLevel"`
	IsDefaultRecipientsEnabled bool     `json:"isDefaultRecipientsEnabled"`
	NotificationRecipients     []string `json:"notificationRecipients"`
}

// rules are the 17 documented rules of a policy, in the order of Microsoft's
// sample on "List rules for a role management policy".
func rules(p tenant.Policy) []map[string]any {
	wire := []any{
		expiration("Admin", "Eligibility", false, 365*24*time.Hour),
		enablement("Admin", "Eligibility"),
		expiration("Admin", "Assignment", false, 180*24*time.Hour),
		enablement("Admin", "Assignment", "Justification"),
		expiration("EndUser", "Assignment", !p.PermanentAllowed, p.MaxDuration),
		enablement("EndUser", "Assignment", enabledRules(p)...),
		approvalRule{base("ApprovalRule", "Approval", "EndUser", "Assignment"), approvals(p.Approval)},
		contextRule{base("AuthenticationContextRule", "AuthenticationContext", "EndUser", "Assignment"), p.AuthContext != "", orNil(p.AuthContext)},
	}
	for _, about := range [][2]string{{"Admin", "Eligibility"}, {"Admin", "Assignment"}, {"EndUser", "Assignment"}} {
		for _, recipient := range []string{"Admin", "Requestor", "Approver"} {
			wire = append(wire, notification(recipient, about[0], about[1]))
		}
	}
	items := make([]map[string]any, len(wire))
	for i, w := range wire {
		items[i] = item(w)
	}
	return items
}

func base(kind, name, caller, level string) ruleBase {
	return ruleBase{
		Type: rulePrefix + kind, ID: name + "_" + caller + "_" + level,
		Target: ruleTarget{Caller: caller, Operations: []string{"all"}, Level: level, InheritableSettings: []string{}, EnforcedSettings: []string{}},
	}
}

func expiration(caller, level string, required bool, longest time.Duration) expirationRule {
	return expirationRule{base("ExpirationRule", "Expiration", caller, level), required, isoDuration(longest)}
}

func enablement(caller, level string, enabled ...string) enablementRule {
	if enabled == nil {
		enabled = []string{}
	}
	return enablementRule{base("EnablementRule", "Enablement", caller, level), enabled}
}

func enabledRules(p tenant.Policy) []string {
	enabled := []string{}
	if p.MFA {
		enabled = append(enabled, "MultiFactorAuthentication")
	}
	if p.Justification {
		enabled = append(enabled, "Justification")
	}
	if p.Ticketing {
		enabled = append(enabled, "Ticketing")
	}
	return enabled
}

func notification(recipient, caller, level string) notificationRule {
	return notificationRule{
		ruleBase: base("NotificationRule", "Notification_"+recipient, caller, level), NotificationType: "Email",
		RecipientType: recipient, NotificationLevel: "All", IsDefaultRecipientsEnabled: true, NotificationRecipients: []string{},
	}
}

func approvals(a tenant.ApprovalPolicy) approvalSettings {
	approvers := []map[string]any{}
	for _, id := range a.Users {
		approvers = append(approvers, map[string]any{"@odata.type": "#microsoft.graph.singleUser", "userId": id, "description": nil})
	}
	for _, id := range a.Groups {
		approvers = append(approvers, map[string]any{"@odata.type": "#microsoft.graph.groupMembers", "groupId": id, "description": nil})
	}
	return approvalSettings{
		IsApprovalRequired: a.Required, IsRequestorJustificationRequired: true, ApprovalMode: "SingleStage",
		ApprovalStages: []approvalStage{{
			ApprovalStageTimeOutInDays: 1, IsApproverJustificationRequired: !a.JustificationOptional,
			PrimaryApprovers: approvers, EscalationApprovers: []map[string]any{},
		}},
	}
}
