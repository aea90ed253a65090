package pim

import (
	"strings"
	"time"
)

// Policy is the part of a role management policy that governs activation by an
// end user. Rule names are Microsoft's, see
// https://learn.microsoft.com/graph/api/resources/unifiedrolemanagementpolicy.
type Policy struct {
	ID             string                    `json:"id,omitempty"`
	Expiration     ExpirationRule            `json:"expiration"`     // Expiration_EndUser_Assignment
	Enablement     EnablementRule            `json:"enablement"`     // Enablement_EndUser_Assignment
	Approval       ApprovalRule              `json:"approval"`       // Approval_EndUser_Assignment
	Authentication AuthenticationContextRule `json:"authentication"` // AuthenticationContext_EndUser_Assignment
}

// ExpirationRule limits how long an activation may last.
type ExpirationRule struct {
	Required bool `json:"required"`
	// Maximum is zero when the policy names none.
	Maximum time.Duration `json:"maximum"`
}

// EnablementRule says what an activation must bring.
type EnablementRule struct {
	MFA           bool `json:"mfa"`
	Justification bool `json:"justification"`
	Ticketing     bool `json:"ticketing"`
}

// ApprovalRule says whether someone must approve, and who may.
type ApprovalRule struct {
	Required bool `json:"required"`
	// JustificationRequired: an approver must give a reason.
	JustificationRequired bool `json:"justificationRequired"`
	// Approvers is empty when the policy names none; for directory roles that
	// means the active Privileged Role and Global Administrators.
	Approvers []Approver `json:"approvers,omitempty"`
}

// Approver is a user or a group that a policy names.
type Approver struct {
	ID    string `json:"id"`
	Name  string `json:"name,omitempty"`
	Group bool   `json:"group,omitempty"`
}

// AuthenticationContextRule asks for a Conditional Access authentication
// context ("c1") at activation.
type AuthenticationContextRule struct {
	Enabled bool   `json:"enabled"`
	Value   string `json:"value,omitempty"`
}

// MinimumDuration is the shortest activation that PIM accepts; a role cannot be
// deactivated earlier either (error ActiveDurationTooShort).
const MinimumDuration = 5 * time.Minute

// Terms is what an ask comes to under a policy: when, how long, and what the
// person must still bring. It is computed by [Policy.Evaluate].
type Terms struct {
	Duration time.Duration `json:"duration,omitempty"`
	// Start is zero for "now".
	Start time.Time `json:"start,omitzero"`
	// Until is the end that was asked for as such, zero when a duration was.
	// What PIM is asked for is then counted anew when it is sent.
	Until         time.Time     `json:"until,omitzero"`
	Maximum       time.Duration `json:"maximum,omitempty"`
	NeedsMFA      bool          `json:"needsMFA,omitempty"`
	NeedsContext  string        `json:"needsContext,omitempty"`
	NeedsApproval bool          `json:"needsApproval,omitempty"`
	// DecisionReason: an approver must give a reason.
	DecisionReason bool `json:"decisionReason,omitempty"`
}

// Evaluate judges an ask by the policy and by the eligibility's own end. It
// returns the terms, and every refusal at once so that a person can mend all of
// them in one go. zone reads wall times; nil means UTC.
func (p Policy) Evaluate(a Ask, e Eligibility, now time.Time, zone *time.Location) (Terms, []*Error) {
	if zone == nil {
		zone = time.UTC
	}
	t := Terms{
		Maximum:       p.Expiration.Maximum,
		NeedsMFA:      p.Enablement.MFA,
		NeedsApproval: p.Approval.Required,

		DecisionReason: p.Approval.Required && p.Approval.JustificationRequired,
	}
	if p.Authentication.Enabled {
		t.NeedsContext = p.Authentication.Value
	}
	var refusals []*Error
	refuse := func(k Kind) { refusals = append(refusals, &Error{Kind: k}) }

	begin := now
	if a.Start != nil {
		begin = a.Start.Resolve(now, zone)
		t.Start = begin
	}
	t.Duration = a.Duration
	if a.Until != nil {
		t.Until = a.Until.Resolve(begin, zone)
		t.Duration = t.Until.Sub(begin).Round(time.Minute)
	}

	switch {
	case t.Duration == 0:
		refuse(KindDurationMissing)
	case t.Duration < MinimumDuration:
		refuse(KindTooShort)
	case p.Expiration.Maximum > 0 && t.Duration > p.Expiration.Maximum:
		refuse(KindTooLong)
	}
	if !e.End.IsZero() && begin.Add(t.Duration).After(e.End) {
		refuse(KindBadTime)
	}
	if p.Enablement.Justification && strings.TrimSpace(a.Justification) == "" {
		refuse(KindJustificationMissing)
	}
	if p.Enablement.Ticketing && strings.TrimSpace(a.Ticket.Number) == "" {
		refuse(KindTicketMissing)
	}
	return t, refusals
}

// lasting is the duration to ask PIM for at now: the time that is left until
// the end that was asked for, or the duration as it was asked for. A sign-in
// takes a while, and "until 17:00" means 17:00 all the same. With approval the
// clock starts later than anyone knows, so nothing is counted anew.
func (t Terms) lasting(now time.Time) time.Duration {
	if t.Until.IsZero() || t.NeedsApproval {
		return t.Duration
	}
	left := t.Until.Sub(later(now, t.Start)).Round(time.Minute)
	return min(max(left, MinimumDuration), t.Duration)
}
