package portal

import (
	"time"
)

// overview is the first page: what goes on, and what can happen next.
type overview struct {
	Organization, Administrator string
	Now                         time.Time
	// Steps is nil when the clock cannot be moved.
	Steps       []option
	Waiting     []waiting
	Active      []active
	Activatable []choices
	Faults      faults
}

func (p *Panel) overview() overview {
	o := overview{
		Organization: p.cfg.Tenant.Name(), Administrator: p.administrator().Name, Now: p.cfg.Tenant.Now(),
		Waiting: p.waiting(), Active: p.active(), Activatable: p.activatable(), Faults: p.faults(),
	}
	if p.cfg.Advance != nil {
		o.Steps = steps
	}
	return o
}
