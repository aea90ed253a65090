package tenant

import (
	"fmt"
	"slices"
	"strings"
	"time"
)

// TenantScope is the directoryScopeId of the entire tenant.
const TenantScope = "/"

// MemberType says how a row reaches the principal it names.
type MemberType string

// The member types of schedules and instances.
const (
	Direct   MemberType = "Direct"
	ViaGroup MemberType = "Group"
)

// Eligibility is an eligibility schedule and, while it is current, its
// instance.
type Eligibility struct {
	ID         string
	InstanceID string
	// PrincipalID is a person or a role-assignable group.
	PrincipalID string
	RoleID      string
	Scope       string
	Start       time.Time
	// End is zero for a permanent eligibility.
	End     time.Time
	Created time.Time
	// Member is ViaGroup on rows that Eligibilities derives for the members of
	// an eligible group.
	Member MemberType
}

func (e *Eligibility) current(now time.Time) bool {
	return !now.Before(e.Start) && (e.End.IsZero() || now.Before(e.End))
}

// Eligibilities returns the schedules, and behind them one derived row per
// member of each eligible group. onlyCurrent leaves out what has not begun or
// has ended, as the instances do.
//
// Whether Graph lists group-derived rows for the member is reported both ways
// (see the reference in PIMActivation and EntraPimManager), so
// [Behaviour.HideGroupRows] can take them away.
func (t *Tenant) Eligibilities(onlyCurrent bool) []Eligibility {
	t.mu.Lock()
	defer t.unlock()
	now := t.settle()
	var rows, derived []Eligibility
	for _, e := range t.eligibilities {
		if ended := !e.End.IsZero() && !now.Before(e.End); ended || (onlyCurrent && !e.current(now)) {
			continue
		}
		rows = append(rows, *e)
		if t.behaviour.HideGroupRows {
			continue
		}
		for _, m := range t.transitiveMembers(e.PrincipalID) {
			if t.person(m) != nil {
				row := *e
				row.PrincipalID, row.Member = m, ViaGroup
				derived = append(derived, row)
			}
		}
	}
	return append(rows, derived...)
}

// EligibilityBehind returns the eligibility that an assignment schedule
// activated.
func (t *Tenant) EligibilityBehind(scheduleID string) (Eligibility, bool) {
	t.mu.Lock()
	defer t.mu.Unlock()
	for _, a := range t.assignments {
		if a.ID != scheduleID {
			continue
		}
		for _, e := range t.eligibilities {
			if e.ID == a.EligibilityID {
				return *e, true
			}
		}
	}
	return Eligibility{}, false
}

// AddEligibility makes a principal eligible, by object id or user principal
// name, and returns the schedule's id.
// Start defaults to now and Scope to the tenant.
func (t *Tenant) AddEligibility(e Eligibility) (string, error) {
	t.mu.Lock()
	defer t.changed()
	return t.addEligibility(e)
}

// RemoveEligibility ends an eligibility at once. A running activation goes with
// it, as PIM removes what an eligibility carried.
func (t *Tenant) RemoveEligibility(id string) error {
	t.mu.Lock()
	defer t.changed()
	now := t.settle()
	i := slices.IndexFunc(t.eligibilities, func(e *Eligibility) bool { return e.ID == id })
	if i < 0 {
		return fmt.Errorf("remove eligibility %s: not found", id)
	}
	gone := t.eligibilities[i]
	t.eligibilities = slices.Delete(t.eligibilities, i, i+1)
	for _, a := range t.assignments {
		if a.EligibilityID == gone.ID && !a.over(now) {
			t.end(a, now)
			if r := t.request(a.RequestID); r != nil && r.Status == StatusGranted {
				r.Status, r.Completed = StatusRevoked, now
			}
		}
	}
	return nil
}

func (t *Tenant) addEligibility(e Eligibility) (string, error) {
	if t.person(e.PrincipalID) == nil && t.group(e.PrincipalID) == nil {
		return "", fmt.Errorf("add eligibility: no principal %q", e.PrincipalID)
	}
	if _, ok := t.role(e.RoleID); !ok {
		return "", fmt.Errorf("add eligibility: no role %q", e.RoleID)
	}
	e.PrincipalID = t.principal(e.PrincipalID)
	if e.ID == "" {
		e.ID = t.newID()
	}
	e.InstanceID, e.Member = t.newInstanceID()+"-e", Direct
	if e.Scope == "" {
		e.Scope = TenantScope
	}
	e.Created = t.now()
	if e.Start.IsZero() {
		e.Start = e.Created
	}
	t.eligibilities = append(t.eligibilities, &e)
	return e.ID, nil
}

// eligible returns the current eligibility of the person for exactly this role
// and scope, direct ones first; elsewhere reports whether the role is held at
// another scope.
func (t *Tenant) eligible(oid, roleID, scope string, now time.Time) (found *Eligibility, elsewhere bool) {
	for _, e := range t.eligibilities {
		if e.RoleID != roleID || !e.current(now) || !t.covers(e.PrincipalID, oid) {
			continue
		}
		if !strings.EqualFold(e.Scope, scope) {
			elsewhere = true
			continue
		}
		if found == nil || e.PrincipalID == oid {
			found = e
		}
	}
	return found, elsewhere
}
