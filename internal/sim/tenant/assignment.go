package tenant

import (
	"fmt"
	"strings"
	"time"
)

// AssignmentType says whether an administrator gave the role or its holder
// activated it.
type AssignmentType string

// The assignment types of schedules and instances.
const (
	Assigned  AssignmentType = "Assigned"
	Activated AssignmentType = "Activated"
)

// Assignment is an assignment schedule and, while it is current, its instance.
type Assignment struct {
	ID          string
	InstanceID  string
	PrincipalID string
	RoleID      string
	Scope       string
	Type        AssignmentType
	Member      MemberType
	Start       time.Time
	// End is zero for a permanent assignment.
	End     time.Time
	Created time.Time
	// Ended is when it was over: removed early, or at End. Zero while it lives.
	Ended time.Time
	// EligibilityID is the eligibility that an activation uses.
	EligibilityID string
	// RequestID is the request that made it; empty for seeded ones.
	RequestID string
	// Asked is how long the request asked for; zero when it named an end.
	Asked time.Duration

	provisioned time.Time // instances appear no earlier than this plus the lag
}

func (a *Assignment) over(now time.Time) bool {
	return !a.Ended.IsZero() || (!a.End.IsZero() && !now.Before(a.End))
}

func (a *Assignment) current(now time.Time) bool { return !now.Before(a.Start) && !a.over(now) }

func (a *Assignment) overlaps(start, end time.Time) bool {
	endsBefore := !a.End.IsZero() && !start.Before(a.End)
	beginsAfter := !end.IsZero() && !a.Start.Before(end)
	return !endsBefore && !beginsAfter
}

// Assignments returns the schedules: what is current, and what begins later.
func (t *Tenant) Assignments() []Assignment {
	t.mu.Lock()
	defer t.unlock()
	now := t.settle()
	var rows []Assignment
	for _, a := range t.assignments {
		if !a.over(now) {
			rows = append(rows, *a)
		}
	}
	return rows
}

// Instances returns what the instance lists show at this moment: current
// assignments once [Behaviour.InstanceLag] has passed since they were
// provisioned, and ended ones while [Behaviour.RemovalLag] lasts.
func (t *Tenant) Instances() []Assignment {
	t.mu.Lock()
	defer t.unlock()
	now := t.settle()
	var rows []Assignment
	for _, a := range t.assignments {
		if t.listed(a, now) {
			rows = append(rows, *a)
		}
	}
	return rows
}

func (t *Tenant) listed(a *Assignment, now time.Time) bool {
	appears := a.Start
	if a.provisioned.After(appears) {
		appears = a.provisioned
	}
	if a.Type == Activated {
		appears = appears.Add(t.behaviour.InstanceLag)
	}
	if now.Before(appears) {
		return false
	}
	return !a.over(now) || now.Before(a.endedAt().Add(t.behaviour.RemovalLag))
}

func (a *Assignment) endedAt() time.Time {
	if !a.Ended.IsZero() {
		return a.Ended
	}
	return a.End
}

// Assign gives a role without PIM activation, as an administrator does. Start
// defaults to now, Scope to the tenant, an empty Type to Assigned.
func (t *Tenant) Assign(a Assignment) (string, error) {
	t.mu.Lock()
	defer t.changed()
	if t.person(a.PrincipalID) == nil && t.group(a.PrincipalID) == nil {
		return "", fmt.Errorf("assign: no principal %q", a.PrincipalID)
	}
	if _, ok := t.role(a.RoleID); !ok {
		return "", fmt.Errorf("assign: no role %q", a.RoleID)
	}
	a.PrincipalID = t.principal(a.PrincipalID)
	return t.assign(a).ID, nil
}

func (t *Tenant) assign(a Assignment) *Assignment {
	if a.ID == "" {
		a.ID = t.newID()
	}
	a.InstanceID, a.Member, a.Created = t.newInstanceID(), Direct, t.now()
	if a.Scope == "" {
		a.Scope = TenantScope
	}
	if a.Start.IsZero() {
		a.Start = a.Created
	}
	if a.Type == "" {
		a.Type = Assigned
	}
	t.assignments = append(t.assignments, &a)
	return &a
}

// end closes an assignment at the given time, before its own end.
func (t *Tenant) end(a *Assignment, at time.Time) { a.Ended = at }

// live returns an assignment of the triple that has not ended and overlaps the
// window; a running one always counts, because PIM extends nothing.
func (t *Tenant) live(oid, roleID, scope string, start, end, now time.Time) *Assignment {
	for _, a := range t.assignments {
		if a.PrincipalID != oid || a.RoleID != roleID || !strings.EqualFold(a.Scope, scope) || a.over(now) {
			continue
		}
		if a.current(now) || a.overlaps(start, end) {
			return a
		}
	}
	return nil
}
