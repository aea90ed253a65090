package portal

import (
	"context"
	"embed"
	"io/fs"
	"net/http"
	"slices"
	"strings"
	"sync"
	"time"

	"hoist/internal/sim/fault"
	"hoist/internal/sim/page"
	"hoist/internal/sim/slack"
	"hoist/internal/sim/tenant"
)

//go:embed assets
var assets embed.FS

// topic is what the pages listen to.
const topic = "tenant"

// Config says what the panel acts on.
type Config struct {
	Tenant *tenant.Tenant
	// Faults stand in front of Entra and Graph.
	Faults *fault.Plan
	// Slack is nil to leave its faults out.
	Slack *slack.Slack
	Site  *page.Site
	// ClientID is Hoist's app registration: Conditional Access, consent and
	// permissions are about it.
	ClientID string
	// Advance moves the clock; nil leaves the clock's buttons out.
	Advance func(ctx context.Context, d time.Duration) error
	// Redis takes the store down or brings it back; nil leaves the switch out.
	Redis func(down bool) error
	// ChatPage returns where a person's chat is, by user principal name. Nil or
	// an empty answer is for people without one.
	ChatPage func(upn string) string
}

// Panel serves the pages.
type Panel struct {
	cfg  Config
	said said
	// scopes and permissions are what Hoist's app had when the panel was made,
	// so that what is taken from it can be given back.
	scopes, permissions []string
	// adding keeps two forms from adding the same thing twice.
	adding sync.Mutex

	mu       sync.Mutex
	services services
}

// New returns the panel of a tenant. It listens to the tenant and to the plan of
// faults from now on, so make one only.
func New(cfg Config) *Panel {
	p := &Panel{cfg: cfg, said: said{now: time.Now}}
	if app, ok := cfg.Tenant.App(cfg.ClientID); ok {
		p.permissions = app.AppRoles
		p.scopes = slices.DeleteFunc(app.Consented, func(s string) bool { return !strings.Contains(s, ".") })
	}
	own, err := fs.Sub(assets, "assets")
	if err != nil {
		panic("portal: own assets: " + err.Error())
	}
	cfg.Site.AddAssets(own)
	cfg.Tenant.OnChange(p.changed)
	cfg.Faults.OnChange(p.changed)
	return p
}

func (p *Panel) changed() { p.cfg.Site.Changed(topic) }

// Register mounts the pages and the acts.
func (p *Panel) Register(mount func(pattern string, h http.Handler)) {
	mount("GET /tenant", p.show(overviewPage, func(*http.Request) any { return p.overview() }))
	mount("GET /tenant/people", p.show(peoplePage, func(*http.Request) any { return p.directory() }))
	mount("GET /tenant/roles", p.show(rolesPage, func(r *http.Request) any { return p.policies(r.FormValue("role")) }))
	mount("GET /tenant/access", p.show(accessPage, func(*http.Request) any { return p.access() }))
	mount("GET /tenant/audit", p.show(auditPage, func(*http.Request) any { return p.audit() }))
	for path, a := range p.acts() {
		mount("POST "+path, page.Protect(p.perform(a)))
	}
}

// acts lists what can be posted, and the page each act is on.
func (p *Panel) acts() map[string]act {
	acts := map[string]act{
		"/tenant/requests":         {p.decide, on("/tenant")},
		"/tenant/assignments":      {p.endAssignment, on("/tenant")},
		"/tenant/activations":      {p.activate, on("/tenant")},
		"/tenant/faults":           {p.addFault, on("/tenant")},
		"/tenant/mend":             {p.mend, on("/tenant")},
		"/tenant/people/add":       {p.addPerson, on("/tenant/people")},
		"/tenant/people/account":   {p.changeAccount, on("/tenant/people")},
		"/tenant/people/member":    {p.changeMember, on("/tenant/people")},
		"/tenant/people/eligible":  {p.addEligibility, on("/tenant/people")},
		"/tenant/people/remove":    {p.removeEligibility, on("/tenant/people")},
		"/tenant/roles/policy":     {p.changePolicy, onPolicy},
		"/tenant/access/switch":    {p.turn, on("/tenant/access")},
		"/tenant/access/behaviour": {p.changeLags, on("/tenant/access")},
	}
	if p.cfg.Advance != nil {
		acts["/tenant/clock"] = act{p.advance, on("/tenant")}
	}
	return acts
}
