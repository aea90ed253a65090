package portal

import (
	"fmt"
	"net/http"
	"time"
)

// A step of the clock is at most a month, so that a slip of the finger does not
// end the story.
const (
	day     = 24 * time.Hour
	maxStep = 31 * day
)

// steps are the buttons of the clock.
var steps = []option{
	{Value: "5m", Label: "5 min"}, {Value: "1h", Label: "1 h"}, {Value: "8h", Label: "8 h"}, {Value: "24h", Label: "1 day"},
}

// advance moves the tenant's clock, by a button's step or by a typed one.
func (p *Panel) advance(r *http.Request) (outcome, error) {
	d, err := step(r)
	if err != nil {
		return outcome{}, err
	}
	if err := p.cfg.Advance(r.Context(), d); err != nil {
		return outcome{}, fmt.Errorf("advance the clock: %w", err)
	}
	return outcome{text: "The clock was advanced by " + lasting(d) + ". It is " + stamp(p.cfg.Tenant.Now()) + "."}, nil
}

func step(r *http.Request) (time.Duration, error) {
	if by := r.PostFormValue("by"); by != "" {
		for _, s := range steps {
			if s.Value == by {
				return time.ParseDuration(by)
			}
		}
		return 0, mistake("Choose one of the steps of the clock.")
	}
	units := map[string]time.Duration{"minutes": time.Minute, "hours": time.Hour, "days": day}
	unit, ok := units[r.PostFormValue("unit")]
	if !ok {
		return 0, mistake("Choose minutes, hours or days.")
	}
	return span(r, "amount", "Advance by", unit, unit/10, maxStep)
}
