package portal

import (
	"net/http"
	"time"

	"hoist/internal/sim/tenant"
)

// maxLag is longer than any delay that was ever reported.
const maxLag = time.Hour

// lag is one delay of the tenant.
type lag struct {
	Name, Label, Text string
	// Seconds is what the form shows.
	Seconds string
	field   func(*tenant.Behaviour) *time.Duration
}

var lags = []lag{
	{Name: "instance", Label: "Instance lag", Text: "how late an activation appears in Graph's list of instances", field: func(b *tenant.Behaviour) *time.Duration { return &b.InstanceLag }},
	{Name: "provisioning", Label: "Provisioning lag", Text: "how long a request stays at PendingProvisioning", field: func(b *tenant.Behaviour) *time.Duration { return &b.ProvisioningLag }},
	{Name: "audit", Label: "Audit lag", Text: "how late rows appear in the audit log", field: func(b *tenant.Behaviour) *time.Duration { return &b.AuditLag }},
}

func (p *Panel) lags() []lag {
	b := p.cfg.Tenant.Behaviour()
	var rows []lag
	for _, l := range lags {
		l.Seconds = number(l.field(&b).Seconds())
		rows = append(rows, l)
	}
	return rows
}

// changeLags sets all delays; one bad number leaves all as they were.
func (p *Panel) changeLags(r *http.Request) (outcome, error) {
	wanted := map[string]time.Duration{}
	for _, l := range lags {
		d, err := span(r, l.Name, l.Label, time.Second, 0, maxLag)
		if err != nil {
			return outcome{}, err
		}
		wanted[l.Name] = d
	}
	p.cfg.Tenant.ChangeBehaviour(func(b *tenant.Behaviour) {
		for _, l := range lags {
			*l.field(b) = wanted[l.Name]
		}
	})
	return outcome{text: "The delays were saved. They count for what happens from now on."}, nil
}
