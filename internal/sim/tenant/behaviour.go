package tenant

import "time"

// Behaviour holds what differs between tenants or cannot be read in any
// documentation. The zero value is a prompt tenant: everything shows at once.
type Behaviour struct {
	// InstanceLag is how long an activation is missing from the instance list
	// after it was provisioned.
	InstanceLag time.Duration
	// RemovalLag is how long an ended activation stays in the instance list.
	RemovalLag time.Duration
	// ProvisioningLag keeps a request at PendingProvisioning for so long.
	ProvisioningLag time.Duration
	// DeactivationBlind makes a selfDeactivate fail with
	// RoleAssignmentDoesNotExist for so long after the start.
	DeactivationBlind time.Duration
	// AuditLag is how late rows appear in the audit log.
	AuditLag time.Duration
	// RuleSentences switches policy failures from the bracketed list of rule
	// names to "JustificationRule - Justification is required".
	RuleSentences bool
	// RefuseCancelPending lets only the portal cancel a request that waits for
	// approval; Graph's page on cancel speaks of Granted requests alone.
	RefuseCancelPending bool
	// HideGroupRows lists a group's eligibility under the group only.
	HideGroupRows bool
	// AuditLimit is the number of directoryAudits calls allowed in ten seconds
	// before 429; zero is no limit. Microsoft's table of throttling limits says
	// five.
	AuditLimit int
	// AccessTokenLife defaults to one hour.
	AccessTokenLife time.Duration
}

// Behaviour returns the present settings.
func (t *Tenant) Behaviour() Behaviour {
	t.mu.Lock()
	defer t.mu.Unlock()
	return t.behaviour
}

// ChangeBehaviour edits the settings.
func (t *Tenant) ChangeBehaviour(change func(*Behaviour)) {
	t.mu.Lock()
	defer t.changed()
	change(&t.behaviour)
}

// SetLicensed switches the Entra ID P2 licence; without it every PIM call ends
// in AadPremiumLicenseRequired.
func (t *Tenant) SetLicensed(licensed bool) {
	t.mu.Lock()
	defer t.changed()
	t.unlicensed = !licensed
}

// CheckLicence returns PIM's refusal when the tenant has no licence.
func (t *Tenant) CheckLicence() error {
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.unlicensed {
		return refuse("AadPremiumLicenseRequired", "The tenant needs to have Microsoft Entra ID P2 or Microsoft Entra ID Governance license.")
	}
	return nil
}
