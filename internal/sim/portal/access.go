package portal

import (
	"net/http"
	"slices"
	"strings"

	"hoist/internal/sim/tenant"
)

// access is the page of what decides whether a call or a sign-in goes through.
type access struct {
	App      string
	Sections []section
	Lags     []lag
}

// section is a group of switches.
type section struct {
	ID, Title, Text string
	Toggles         []toggle
}

// toggle is a switch with two named states. Its button names the state that it
// leads to, so that a second press, or a stale page, does not turn it back.
type toggle struct {
	// Name is "kind" or "kind:what".
	Name, Title, Text string
	On                bool
	// Trouble marks the state in which something stops working.
	Trouble bool
	// State is the word for now, Turn the button's.
	State, Turn string
}

// ID is the switch's id on the page.
func (t toggle) ID() string {
	return "switch-" + strings.NewReplacer(":", "-", ".", "-").Replace(t.Name)
}

func (p *Panel) access() access {
	a := access{Lags: p.lags()}
	app, ok := p.cfg.Tenant.App(p.cfg.ClientID)
	conditional := section{ID: "conditional-access", Title: "Conditional Access", Text: "Policies of the tenant. They count at the next sign-in or token."}
	if ok {
		a.App = app.Name
		conditional.Toggles = p.appPolicies(app)
	}
	conditional.Toggles = append(conditional.Toggles, p.contextPolicies()...)
	blocks := section{ID: "blocked-people", Title: "Conditional Access: block a person", Text: "A blocked person meets AADSTS53003 at every sign-in.", Toggles: p.personPolicies()}
	a.Sections = []section{conditional, blocks}
	if ok {
		a.Sections = append(a.Sections, p.consent(app), p.appPermissions(app))
	}
	a.Sections = append(a.Sections, p.licence())
	return a
}

func (p *Panel) appPolicies(app tenant.App) []toggle {
	blocked, mfa := p.cfg.Tenant.AppBlocked(app.ClientID), p.cfg.Tenant.MFARequired(app.ClientID)
	return []toggle{
		onOff("block-app", "Block "+app.Name, "Nobody can sign in to the app (AADSTS53003).", blocked, blocked),
		onOff("mfa-app", "Require MFA for "+app.Name, "Every sign-in to the app asks for a second factor.", mfa, false),
	}
}

func (p *Panel) contextPolicies() []toggle {
	var toggles []toggle
	for _, c := range p.contexts() {
		toggles = append(toggles, onOff("context:"+c, "Enforce authentication context "+c,
			"A policy targets the context. Without one, PIM asks for MFA instead.", p.cfg.Tenant.ContextEnforced(c), false))
	}
	return toggles
}

func (p *Panel) personPolicies() []toggle {
	var toggles []toggle
	for _, who := range p.cfg.Tenant.People() {
		blocked := p.cfg.Tenant.PersonBlocked(who.OID)
		toggles = append(toggles, onOff("block-person:"+who.OID, "Block "+who.Name, who.UPN, blocked, blocked))
	}
	return toggles
}

func (p *Panel) consent(app tenant.App) section {
	s := section{ID: "consent", Title: "Admin consent", Text: "Delegated permissions of " + app.Name + ", consented for everybody. Without consent a sign-in ends in AADSTS65001."}
	for _, scope := range together(p.scopes, app.Consented) {
		if !strings.Contains(scope, ".") {
			continue // openid and its kind need no administrator
		}
		on := slices.Contains(app.Consented, scope)
		s.Toggles = append(s.Toggles, toggle{
			Name: "consent:" + scope, Title: scope, On: on, Trouble: !on,
			State: either(on, "Granted", "Withdrawn"), Turn: either(on, "Withdraw", "Grant"),
		})
	}
	return s
}

func (p *Panel) appPermissions(app tenant.App) section {
	s := section{ID: "permissions", Title: "Application permissions", Text: "What " + app.Name + " may read by itself. Tokens that were issued before keep what they had."}
	for _, role := range together(p.permissions, app.AppRoles) {
		on := slices.Contains(app.AppRoles, role)
		s.Toggles = append(s.Toggles, toggle{
			Name: "permission:" + role, Title: role, On: on, Trouble: !on,
			State: either(on, "Granted", "Not granted"), Turn: either(on, "Take away", "Give"),
		})
	}
	return s
}

func (p *Panel) licence() section {
	on := p.cfg.Tenant.CheckLicence() == nil
	return section{ID: "licence", Title: "Licence", Text: "Without it every PIM call ends in AadPremiumLicenseRequired.", Toggles: []toggle{{
		Name: "licence", Title: "Microsoft Entra ID P2", On: on, Trouble: !on, State: either(on, "Present", "Missing"), Turn: either(on, "Take away", "Give"),
	}}}
}

func onOff(name, title, text string, on, trouble bool) toggle {
	return toggle{name, title, text, on, trouble, either(on, "On", "Off"), either(on, "Turn off", "Turn on")}
}

// together joins two lists, each entry once.
func together(a, b []string) []string {
	all := slices.Clone(a)
	for _, s := range b {
		if !slices.Contains(all, s) {
			all = append(all, s)
		}
	}
	return all
}

// turn sets one switch. Only switches that the page shows exist.
func (p *Panel) turn(r *http.Request) (outcome, error) {
	name := r.PostFormValue("switch")
	if !p.hasSwitch(name) {
		return outcome{}, mistake("Choose one of the switches.")
	}
	on, err := flag(r, "on")
	if err != nil {
		return outcome{}, err
	}
	if err := p.set(name, on); err != nil {
		return outcome{}, err
	}
	for _, s := range p.access().Sections {
		for _, t := range s.Toggles {
			if t.Name == name {
				return outcome{text: t.Title + ": " + strings.ToLower(t.State) + " now."}, nil
			}
		}
	}
	return outcome{text: "Done."}, nil
}

func (p *Panel) hasSwitch(name string) bool {
	return slices.ContainsFunc(p.access().Sections, func(s section) bool {
		return slices.ContainsFunc(s.Toggles, func(t toggle) bool { return t.Name == name })
	})
}

func (p *Panel) set(name string, on bool) error {
	kind, what, _ := strings.Cut(name, ":")
	world := p.cfg.Tenant
	switch kind {
	case "block-app":
		world.BlockApp(p.cfg.ClientID, on)
	case "mfa-app":
		world.RequireMFA(p.cfg.ClientID, on)
	case "context":
		world.EnforceContext(what, on)
	case "block-person":
		world.BlockPerson(what, on)
	case "licence":
		world.SetLicensed(on)
	case "consent":
		return world.ChangeApp(p.cfg.ClientID, func(a *tenant.App) { a.Consented = with(a.Consented, what, on) })
	case "permission":
		return world.ChangeApp(p.cfg.ClientID, func(a *tenant.App) { a.AppRoles = with(a.AppRoles, what, on) })
	}
	return nil
}

// with returns the list with or without an entry.
func with(list []string, entry string, on bool) []string {
	list = slices.DeleteFunc(list, func(s string) bool { return s == entry })
	if on {
		list = append(list, entry)
	}
	return list
}
