package demo

import (
	"context"
	"fmt"
	"net/http"
	"net/url"

	"hoist/internal/clock"
	"hoist/internal/sim"
	"hoist/internal/sim/world"
)

// OptionError is an option of the demo or the services that cannot be: whoever
// gave it must give another.
type OptionError = sim.OptionError

// ServicesOptions say where the services alone are served, and what is in them.
type ServicesOptions struct {
	// HTTP and HTTPS are loopback addresses, CAFile the file that the
	// certificate authority is written to.
	HTTP, HTTPS, CAFile string
	// World is a YAML file's text and Name its name in errors; empty is the
	// demo's world.
	World []byte
	Name  string
}

// ExampleWorld is the demo's world as a YAML file.
func ExampleWorld() string { return world.Example() }

// StartServices serves the simulated Slack, Entra and Graph without Hoist, for
// other programs. Time there is the machine's: programs judge tokens by it.
func StartServices(ctx context.Context, o ServicesOptions) (*Services, error) {
	w := world.Default()
	if o.World != nil {
		var err error
		if w, err = world.Parse(o.Name, o.World); err != nil {
			return nil, &OptionError{Err: err}
		}
	}
	return startServices(ctx, servicesOptions{
		world: w, clock: clock.System(), httpAddr: o.HTTP, tlsAddr: o.HTTPS, caFile: o.CAFile, hoist: originOf(w.Deliver.Commands),
		home: http.RedirectHandler(tenantPath, http.StatusSeeOther),
	})
}

// originOf is the scheme and host of an address.
func originOf(address string) string {
	u, err := url.Parse(address)
	if err != nil || u.Host == "" {
		return ""
	}
	return u.Scheme + "://" + u.Host
}

// Greeting is what a terminal shows once the services run.
func (s *Services) Greeting() string {
	return fmt.Sprintf(`Simulated services for programs on this machine; not a real tenant.

  Entra      %s
  Graph      %s/v1.0/ and /beta/
  Slack      %s/slack/api/
  pages      %s%s, /tenant, /wire
  authority  %s

Stop with Ctrl+C.
`, s.Sim.Authority(), s.Sim.GraphURL(), s.Sim.HTTPURL(), s.Sim.HTTPURL(), firstChair(s.Slack.Users()), s.Sim.CAFile())
}
