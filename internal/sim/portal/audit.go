package portal

import (
	"time"

	"hoist/internal/sim/tenant"
)

// maxRows is how much of the log the page shows; the portal pages too.
const maxRows = 200

// auditLog is the page of the directory audit log.
type auditLog struct {
	Total int
	Rows  []auditRow
}

type auditRow struct {
	ID                           string
	At                           time.Time
	Service, Activity, Actor     string
	Target, Role, Scope          string
	Result, ResultReason, Ticket string
}

func (p *Panel) audit() auditLog {
	rows := p.cfg.Tenant.Audit()
	log := auditLog{Total: len(rows)}
	for _, row := range rows[:min(len(rows), maxRows)] {
		log.Rows = append(log.Rows, p.auditRow(row))
	}
	return log
}

func (p *Panel) auditRow(row tenant.AuditRow) auditRow {
	actor := tenant.PIMAppName
	if row.ActorID != "" {
		actor = p.nameOf(row.ActorID)
	}
	return auditRow{
		ID: row.ID, At: row.At, Service: row.Service, Activity: row.Activity, Actor: actor, Target: p.nameOf(row.PrincipalID),
		Role: row.RoleName, Scope: p.scopeName(row.Scope), Result: row.Result, ResultReason: row.ResultReason, Ticket: row.Ticket.Number,
	}
}
