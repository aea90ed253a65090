package pim

import (
	"crypto/sha256"
	"encoding/hex"
	"strings"
	"time"
)

// TargetKind says what an eligibility gives.
type TargetKind string

// The kinds of target that PIM manages. Only directory roles are activated by
// this version.
const (
	DirectoryRole TargetKind = "directoryRole"
	Group         TargetKind = "group"
	AzureResource TargetKind = "azureResource"
)

// Target is what is activated: a directory role, the membership or ownership of
// a group, or an Azure role.
type Target struct {
	Kind TargetKind `json:"kind"`
	// ID is the role definition id. For built-in directory roles it equals the
	// template id and the value seen in a token's wids claim.
	ID   string `json:"id"`
	Name string `json:"name"`
	// Access is "member" or "owner" for groups, else empty.
	Access string `json:"access,omitempty"`
}

// Scope is where a role counts: "/" is the tenant, "/administrativeUnits/{id}"
// the members of an administrative unit, "/{id}" one object. The ID is echoed
// to PIM exactly as the eligibility carries it.
type Scope struct {
	ID   string `json:"id"`
	Name string `json:"name,omitempty"` // empty for the tenant
}

// TenantWide reports whether the scope is the whole directory.
func (s Scope) TenantWide() bool { return s.ID == "/" || s.ID == "" }

// Eligibility is a role that a principal may activate.
type Eligibility struct {
	ID        string       `json:"id"` // roleEligibilityScheduleInstance id, opaque
	Principal PrincipalKey `json:"principal"`
	Target    Target       `json:"target"`
	Scope     Scope        `json:"scope"`
	// MemberType is "Direct" or "Group" as PIM says; an open set.
	MemberType string `json:"memberType,omitempty"`
	// End is when the eligibility itself ends; zero means never.
	End time.Time `json:"end,omitzero"`
}

// Triple names one right: a principal, a role and a scope. At most one
// elevation is live for it.
type Triple struct {
	Principal PrincipalKey `json:"principal"`
	TargetID  string       `json:"target"`
	ScopeID   string       `json:"scope"`
}

// Triple returns the right that the eligibility allows to activate.
func (e Eligibility) Triple() Triple {
	return Triple{Principal: e.Principal, TargetID: e.Target.ID, ScopeID: e.Scope.ID}
}

// OneOfSeveral reports whether all holds the same right more than once, so that
// its name does not say which account is meant.
func (e Eligibility) OneOfSeveral(all []Eligibility) bool {
	n := 0
	for _, x := range all {
		if x.Target.ID == e.Target.ID && x.Scope.ID == e.Scope.ID {
			n++
		}
	}
	return n > 1
}

// Assignment is a role that a principal holds now, as PIM lists it
// (roleAssignmentScheduleInstance).
type Assignment struct {
	ID         string // instance id
	ScheduleID string // roleAssignmentScheduleId: the identity used to judge absence
	Principal  Principal
	Target     Target
	Scope      Scope
	Activated  bool      // assignmentType "Activated": held through an activation
	Start      time.Time // zero when PIM does not say
	End        time.Time // zero means permanent
}

// Triple returns the right that is held.
func (a Assignment) Triple() Triple {
	return Triple{Principal: a.Principal.PrincipalKey, TargetID: a.Target.ID, ScopeID: a.Scope.ID}
}

// Snapshot is one read of all activated assignments of a tenant.
type Snapshot struct {
	// Began is when the read began, by the clock; facts that PIM gave later are
	// newer than the snapshot.
	Began time.Time
	// Complete reports whether the last page was read. An incomplete list
	// proves presence, never absence.
	Complete    bool
	Assignments []Assignment
}

// Key is a short name of the right that is the same everywhere and says nothing
// to who does not know the right: 32 hexadecimal characters.
func (t Triple) Key() string {
	sum := sha256.Sum256([]byte(strings.Join([]string{string(t.Principal.Tenant), t.Principal.ID, t.TargetID, t.ScopeID}, "\x00")))
	return hex.EncodeToString(sum[:16])
}
