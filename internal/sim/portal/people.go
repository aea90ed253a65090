package portal

import (
	"net/http"
	"regexp"

	"hoist/internal/sim/page"
	"hoist/internal/sim/tenant"
)

// nickname is the part of a user principal name before the domain.
var nickname = regexp.MustCompile(`^[a-z0-9](?:[a-z0-9._-]{0,62}[a-z0-9])?$`)

// directory is the page of people, groups and eligibilities.
type directory struct {
	Domain        string
	People        []account
	Groups        []group
	Eligibilities []eligibility
	Principals    []option
	Roles, Scopes []option
}

// account is one person with what can be switched.
type account struct {
	ID, Name, UPN           string
	Disabled, MFARegistered bool
	Blocked                 bool
	Chat                    page.Link
}

func (p *Panel) directory() directory {
	d := directory{
		Domain: p.cfg.Tenant.Domain(), Groups: p.groups(), Eligibilities: p.eligibilities(),
		Principals: p.principals(), Scopes: p.scopeOptions(),
	}
	for _, who := range p.cfg.Tenant.People() {
		d.People = append(d.People, account{
			ID: who.OID, Name: who.Name, UPN: who.UPN, Disabled: who.Disabled, MFARegistered: who.MFARegistered,
			Blocked: p.cfg.Tenant.PersonBlocked(who.OID), Chat: p.chat(who.OID),
		})
	}
	for _, role := range p.cfg.Tenant.Roles() {
		d.Roles = append(d.Roles, option{Value: role.ID, Label: role.Name})
	}
	return d
}

func (p *Panel) addPerson(r *http.Request) (outcome, error) {
	name, err := text(r, "name", "Name")
	if err != nil {
		return outcome{}, err
	}
	nick := r.PostFormValue("nickname")
	switch {
	case name == "":
		return outcome{}, mistake("Name: enter one.")
	case !nickname.MatchString(nick):
		return outcome{}, mistake("User name: enter small letters, digits, dots, hyphens or underscores, such as erin.")
	}
	upn := nick + "@" + p.cfg.Tenant.Domain()
	p.adding.Lock()
	defer p.adding.Unlock()
	if _, exists := p.cfg.Tenant.Person(upn); exists {
		return outcome{}, mistake("There is an account " + upn + " already.")
	}
	p.cfg.Tenant.AddPerson(tenant.Person{UPN: upn, Mail: upn, Name: name, MFARegistered: true})
	return outcome{text: name + " (" + upn + ") was added. They can sign in to Entra; they have no chat."}, nil
}

// changeAccount switches one thing about a person.
func (p *Panel) changeAccount(r *http.Request) (outcome, error) {
	who, err := p.person(r, "person")
	if err != nil {
		return outcome{}, err
	}
	if r.PostFormValue("what") == "sessions" {
		p.cfg.Tenant.RevokeSessions(who.OID)
		return outcome{"The sessions of " + who.Name + " were revoked: they sign in again.", p.chat(who.OID)}, nil
	}
	on, err := flag(r, "on")
	if err != nil {
		return outcome{}, err
	}
	var done string
	switch r.PostFormValue("what") {
	case "enabled":
		err, done = p.cfg.Tenant.SetEnabled(who.OID, on), either(on, "was enabled", "was disabled")
	case "mfa":
		err, done = p.cfg.Tenant.SetMFARegistered(who.OID, on), either(on, "has methods for MFA registered", "has no method for MFA registered")
	default:
		return outcome{}, mistake("Choose what to change about the account.")
	}
	if err != nil {
		return outcome{}, err
	}
	return outcome{who.Name + " " + done + ".", p.chat(who.OID)}, nil
}

func either(on bool, yes, no string) string {
	if on {
		return yes
	}
	return no
}
