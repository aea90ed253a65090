package tenant

import (
	"slices"
	"strings"
	"time"
)

// PIMAppName is the display name of PIM as an initiator of audit rows, for
// example when an activation expires.
const PIMAppName = "Azure AD PIM"

const resultSuccess = "success"

// AuditRow is one row of the directory audit log.
type AuditRow struct {
	ID            string
	At            time.Time
	Activity      string
	Service       string // "PIM" or "Core Directory"
	Category      string
	Result        string
	ResultReason  string
	CorrelationID string
	AuditType     string
	// ActorID is empty when PIM itself acted.
	ActorID       string
	PrincipalID   string
	RoleID        string
	RoleName      string
	Scope         string
	RequestID     string
	Ticket        Ticket
	Start         time.Time
	End           time.Time
	MFA           bool
	NeedsApproval bool
}

// Audit returns the rows that the log shows by now, newest first.
func (t *Tenant) Audit() []AuditRow {
	t.mu.Lock()
	defer t.unlock()
	now := t.settle()
	var rows []AuditRow
	for _, row := range t.audit {
		if !now.Before(row.At.Add(t.behaviour.AuditLag)) {
			rows = append(rows, row)
		}
	}
	slices.Reverse(rows)
	slices.SortStableFunc(rows, func(a, b AuditRow) int { return b.At.Compare(a.At) })
	return rows
}

// record writes PIM's row about a request. An empty actor is PIM itself.
func (t *Tenant) record(r *Request, activity, actor string, at time.Time) {
	t.write(t.rowFor(r, activity, actor, at))
}

// recordDirectory writes the twin row that the directory adds when PIM changes
// a membership. Whoever filters on loggedByService never sees it.
func (t *Tenant) recordDirectory(r *Request, activity string, at time.Time) {
	row := t.rowFor(r, activity, "", at)
	row.Service = "Core Directory"
	t.write(row)
}

func (t *Tenant) rowFor(r *Request, activity, actor string, at time.Time) AuditRow {
	role, _ := t.role(r.RoleID)
	row := AuditRow{
		At: at, Activity: activity, Service: "PIM", Result: resultSuccess, ResultReason: r.Justification,
		AuditType: "CreateRequestRoleActivation", ActorID: actor, PrincipalID: r.PrincipalID,
		RoleID: r.RoleID, RoleName: role.Name, Scope: r.Scope, RequestID: r.ID, Ticket: r.Ticket,
		Start: r.Start, MFA: r.MFA, NeedsApproval: r.approval != nil, CorrelationID: r.ID,
	}
	if strings.HasPrefix(activity, "Remove") {
		row.AuditType = "RemoveActivatedRole"
	}
	if r.approval != nil && r.approval.by != "" && r.approval.by == actor {
		row.ResultReason = r.approval.justification
	}
	if !r.Start.IsZero() {
		row.End = r.window(r.Start)
	}
	return row
}

func (t *Tenant) write(row AuditRow) {
	row.ID = "PIM_" + t.newID() + "_" + t.newID()[:5]
	row.Category = "RoleManagement"
	if row.Service == "" {
		row.Service = "PIM"
	}
	if row.CorrelationID == "" {
		row.CorrelationID = t.newID()
	}
	t.audit = append(t.audit, row)
}
