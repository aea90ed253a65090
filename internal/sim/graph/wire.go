package graph

// The wire types of PIM for directory roles, written from Microsoft's resource
// pages. Pointers are null when nil.

type identity struct {
	DisplayName *string `json:"displayName"`
	ID          *string `json:"id"`
}

type identitySet struct {
	Application *identity `json:"application"`
	Device      *identity `json:"device"`
	User        *identity `json:"user"`
}

type expirationPattern struct {
	Type        string  `json:"type"`
	EndDateTime instant `json:"endDateTime"`
	Duration    *string `json:"duration"`
}

type requestSchedule struct {
	StartDateTime instant           `json:"startDateTime"`
	Recurrence    *struct{}         `json:"recurrence"`
	Expiration    expirationPattern `json:"expiration"`
}

type ticketInfo struct {
	TicketNumber *string `json:"ticketNumber"`
	TicketSystem *string `json:"ticketSystem"`
}

// scheduleBase is what both kinds of schedule share.
type scheduleBase struct {
	ID               string          `json:"id"`
	PrincipalID      string          `json:"principalId"`
	RoleDefinitionID string          `json:"roleDefinitionId"`
	DirectoryScopeID string          `json:"directoryScopeId"`
	AppScopeID       *string         `json:"appScopeId"`
	CreatedUsing     *string         `json:"createdUsing"`
	CreatedDateTime  instant         `json:"createdDateTime"`
	ModifiedDateTime instant         `json:"modifiedDateTime"`
	Status           string          `json:"status"`
	MemberType       string          `json:"memberType"`
	ScheduleInfo     requestSchedule `json:"scheduleInfo"`
}

type assignmentSchedule struct {
	scheduleBase
	AssignmentType string `json:"assignmentType"`
}

// instanceBase is what both kinds of instance share.
type instanceBase struct {
	ID               string  `json:"id"`
	PrincipalID      string  `json:"principalId"`
	RoleDefinitionID string  `json:"roleDefinitionId"`
	DirectoryScopeID string  `json:"directoryScopeId"`
	AppScopeID       *string `json:"appScopeId"`
	StartDateTime    instant `json:"startDateTime"`
	EndDateTime      instant `json:"endDateTime"`
	MemberType       string  `json:"memberType"`
}

type eligibilityInstance struct {
	instanceBase
	RoleEligibilityScheduleID string `json:"roleEligibilityScheduleId"`
}

type assignmentInstance struct {
	instanceBase
	AssignmentType           string  `json:"assignmentType"`
	RoleAssignmentOriginID   *string `json:"roleAssignmentOriginId"`
	RoleAssignmentScheduleID string  `json:"roleAssignmentScheduleId"`
}

type assignmentRequest struct {
	ID                string          `json:"id"`
	Status            string          `json:"status"`
	CreatedDateTime   instant         `json:"createdDateTime"`
	CompletedDateTime instant         `json:"completedDateTime"`
	ApprovalID        *string         `json:"approvalId"`
	CustomData        *string         `json:"customData"`
	Action            string          `json:"action"`
	PrincipalID       string          `json:"principalId"`
	RoleDefinitionID  string          `json:"roleDefinitionId"`
	DirectoryScopeID  string          `json:"directoryScopeId"`
	AppScopeID        *string         `json:"appScopeId"`
	IsValidationOnly  bool            `json:"isValidationOnly"`
	TargetScheduleID  *string         `json:"targetScheduleId"`
	Justification     *string         `json:"justification"`
	CreatedBy         identitySet     `json:"createdBy"`
	ScheduleInfo      requestSchedule `json:"scheduleInfo"`
	TicketInfo        ticketInfo      `json:"ticketInfo"`
}

// orNil is null on the wire for an empty text.
func orNil(s string) *string {
	if s == "" {
		return nil
	}
	return &s
}
