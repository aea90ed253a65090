package graph

import (
	"net/http"
	"slices"
	"strings"
	"sync"
	"time"

	"hoist/internal/sim/tenant"
)

type directoryAudit struct {
	ID                  string           `json:"id"`
	Category            string           `json:"category"`
	CorrelationID       string           `json:"correlationId"`
	Result              string           `json:"result"`
	ResultReason        string           `json:"resultReason"`
	ActivityDisplayName string           `json:"activityDisplayName"`
	ActivityDateTime    instant          `json:"activityDateTime"`
	LoggedByService     string           `json:"loggedByService"`
	OperationType       string           `json:"operationType"`
	InitiatedBy         auditInitiator   `json:"initiatedBy"`
	TargetResources     []targetResource `json:"targetResources"`
	AdditionalDetails   []keyValue       `json:"additionalDetails"`
}

type auditInitiator struct {
	User *auditUser `json:"user"`
	App  *auditApp  `json:"app"`
}

type auditUser struct {
	ID                string `json:"id"`
	DisplayName       string `json:"displayName"`
	UserPrincipalName string `json:"userPrincipalName"`
}

type auditApp struct {
	DisplayName string `json:"displayName"`
}

type targetResource struct {
	ID                 string   `json:"id"`
	DisplayName        string   `json:"displayName"`
	Type               string   `json:"type"`
	UserPrincipalName  *string  `json:"userPrincipalName"`
	GroupType          *string  `json:"groupType"`
	ModifiedProperties []string `json:"modifiedProperties"`
}

type keyValue struct {
	Key   string `json:"key"`
	Value string `json:"value"`
}

var auditResource = resource{
	context: "auditLogs/directoryAudits",
	filterable: []string{
		"id", "loggedByService", "activityDateTime", "activityDisplayName", "category", "correlationId", "result",
		"initiatedBy/user/id", "initiatedBy/user/userPrincipalName", "initiatedBy/app/displayName",
	},
}

func (s *Server) listAudits(c *call) (reply, error) {
	if limit := s.tenant.Behaviour().AuditLimit; limit > 0 && !s.audits.admit(c.token.AppID, limit, s.tenant.Now()) {
		return reply{}, &problem{status: http.StatusTooManyRequests, code: "TooManyRequests", message: "Too many requests.", retryAfter: int(auditWindow / time.Second)}
	}
	var items []map[string]any
	for _, row := range s.tenant.Audit() {
		items = append(items, item(s.auditWire(row)))
	}
	if c.query.ascending {
		slices.Reverse(items)
	}
	return s.list(c, auditResource, items)
}

func (s *Server) auditWire(row tenant.AuditRow) directoryAudit {
	return directoryAudit{
		ID: row.ID, Category: row.Category, CorrelationID: row.CorrelationID, Result: row.Result, ResultReason: row.ResultReason,
		ActivityDisplayName: row.Activity, ActivityDateTime: instant{row.At}, LoggedByService: row.Service,
		OperationType: row.AuditType, InitiatedBy: s.initiator(row), TargetResources: s.targets(row), AdditionalDetails: details(row),
	}
}

func (s *Server) initiator(row tenant.AuditRow) auditInitiator {
	if p, ok := s.tenant.Person(row.ActorID); ok && row.Service == "PIM" {
		return auditInitiator{User: &auditUser{p.OID, p.Name, p.UPN}}
	}
	if row.Service == "PIM" {
		return auditInitiator{App: &auditApp{tenant.PIMAppName}}
	}
	return auditInitiator{App: &auditApp{"MS-PIM"}}
}

// targets are in no promised order in life; readers select by type.
func (s *Server) targets(row tenant.AuditRow) []targetResource {
	targets := []targetResource{{ID: row.RoleID, DisplayName: row.RoleName, Type: "Role", ModifiedProperties: []string{}}}
	if row.RequestID != "" {
		targets = append(targets, targetResource{ID: row.RequestID, Type: "Request", ModifiedProperties: []string{}})
	}
	if p, ok := s.tenant.Person(row.PrincipalID); ok {
		targets = append(targets, targetResource{ID: p.OID, DisplayName: p.Name, Type: "User", UserPrincipalName: orNil(p.UPN), ModifiedProperties: []string{}})
	}
	return targets
}

func details(row tenant.AuditRow) []keyValue {
	kv := []keyValue{
		{"RoleDefinitionOriginId", row.RoleID},
		{"RoleDefinitionOriginType", "BuiltInRole"},
		{"TemplateId", row.RoleID},
		{"AuditType", row.AuditType},
		{"DirectoryScopeId", row.Scope},
	}
	optional := func(key, value string) {
		if value != "" {
			kv = append(kv, keyValue{key, value})
		}
	}
	optional("RoleAssignmentRequestId", row.RequestID)
	if !row.Start.IsZero() {
		optional("StartTime", row.Start.Format(time.RFC3339))
	}
	if !row.End.IsZero() {
		optional("ExpirationTime", row.End.Format(time.RFC3339))
	}
	optional("TicketNumber", row.Ticket.Number)
	optional("TicketSystem", row.Ticket.System)
	if row.RequestID != "" {
		optional("IsAuthenticatedWithMfa", truth(row.MFA))
		optional("IsActivationRequireApproval", truth(row.NeedsApproval))
	}
	return kv
}

func truth(b bool) string {
	if b {
		return "True"
	}
	return "False"
}

const auditWindow = 10 * time.Second

// auditBucket counts calls per application in a sliding window.
type auditBucket struct {
	mu    sync.Mutex
	calls map[string][]time.Time
}

func (b *auditBucket) admit(app string, limit int, now time.Time) bool {
	b.mu.Lock()
	defer b.mu.Unlock()
	app = strings.ToLower(app)
	recent := slices.DeleteFunc(b.calls[app], func(at time.Time) bool { return now.Sub(at) >= auditWindow })
	admitted := len(recent) < limit
	if admitted {
		recent = append(recent, now)
	}
	if b.calls == nil {
		b.calls = map[string][]time.Time{}
	}
	b.calls[app] = recent
	return admitted
}
