package graph

import "slices"

// basicUser is what User.ReadBasic.All lets an application read of a user; more
// needs User.Read.All
// (https://learn.microsoft.com/graph/permissions-reference#userreadbasicall).
var basicUser = []string{"id", "displayName", "userPrincipalName"}

// wire lists the properties that this package reads, by the names that
// Microsoft's metadata gives to types and properties. The lists of instances
// are also what is asked for with $select. A test holds all of it against the
// metadata, and the code against all of it.
var wire = map[string][]string{
	"unifiedRoleEligibilityScheduleInstance": {
		"id", "principalId", "roleDefinitionId", "directoryScopeId", "memberType", "endDateTime",
	},
	"unifiedRoleAssignmentScheduleInstance": {
		"id", "principalId", "roleDefinitionId", "directoryScopeId", "assignmentType",
		"startDateTime", "endDateTime", "roleAssignmentScheduleId",
	},
	"unifiedRoleDefinition": {"id", "displayName"},
	"administrativeUnit":    {"displayName"},
	"user":                  append(slices.Clone(basicUser), "accountEnabled"),

	"unifiedRoleAssignmentScheduleRequest": {
		"id", "action", "status", "principalId", "roleDefinitionId", "directoryScopeId",
		"createdDateTime", "targetScheduleId", "scheduleInfo", "approvalId", "justification", "ticketInfo",
	},
	"ticketInfo":        {"ticketNumber", "ticketSystem"},
	"requestSchedule":   {"startDateTime", "expiration"},
	"expirationPattern": {"duration", "endDateTime"},

	"unifiedRoleManagementPolicyAssignment":                {"policy"},
	"unifiedRoleManagementPolicy":                          {"id", "rules"},
	"unifiedRoleManagementPolicyRule":                      {"id"},
	"unifiedRoleManagementPolicyExpirationRule":            {"isExpirationRequired", "maximumDuration"},
	"unifiedRoleManagementPolicyEnablementRule":            {"enabledRules"},
	"unifiedRoleManagementPolicyAuthenticationContextRule": {"isEnabled", "claimValue"},
	"unifiedRoleManagementPolicyApprovalRule":              {"setting"},
	"approvalSettings":                                     {"isApprovalRequired", "approvalStages"},
	"unifiedApprovalStage":                                 {"isApproverJustificationRequired", "primaryApprovers"},
	"singleUser":                                           {"userId", "description"},
	"groupMembers":                                         {"groupId", "description"},

	// beta's approvalStep, which v1.0 has as the stage of a group's approval.
	"approvalStage": {"id", "status", "assignedToMe", "reviewResult", "justification", "reviewedBy", "reviewedDateTime"},
	"identity":      {"id", "displayName"},

	"directoryAudit": {
		"id", "activityDisplayName", "activityDateTime", "category", "result", "resultReason",
		"initiatedBy", "targetResources", "additionalDetails",
	},
	"auditActivityInitiator": {"user", "app"}, // both have an id and a displayName
	"targetResource":         {"id", "type"},
	"keyValue":               {"key", "value"},
}

// expanded are the navigation properties asked for with $expand.
var expanded = map[string][]string{
	"unifiedRoleEligibilityScheduleInstance": {"roleDefinition"},
	"unifiedRoleAssignmentScheduleInstance":  {"principal"},
	"unifiedRoleManagementPolicyAssignment":  {"policy($expand=rules)"},
}
