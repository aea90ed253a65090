package demo

import (
	"fmt"
	"strings"

	"hoist/internal/chat"
	"hoist/internal/pim"
	"hoist/internal/sim/slack"
	"hoist/internal/sim/slackweb"
	"hoist/internal/sim/tenant"
)

// hints are the examples of Hoist's own help, each command explained once, as far
// as this person could send them: an example that is refused teaches nothing.
func (s *Stage) hints(who slack.User) []slackweb.Hint {
	own := s.eligible(who.Email)
	var all []slackweb.Hint
	for _, topic := range chat.Help() {
		says, _, _ := strings.Cut(topic.Summary, ". ")
		for _, line := range topic.Examples {
			line, ok := within(own, line)
			if !ok {
				continue
			}
			all = append(all, slackweb.Hint{Line: line, Says: strings.TrimSuffix(says, ".")})
			says = ""
		}
	}
	return all
}

// within is an example for somebody with these rights. One about a place, of
// which every tenant has its own, is about one of theirs; any other that names a
// role they cannot have is none for them.
func within(own []pim.Eligibility, line string) (string, bool) {
	command, err := chat.Parse(strings.TrimPrefix(line, "/elevate"))
	switch ask := command.Ask; {
	case err != nil || ask.Role == "":
		return line, err == nil
	case ask.Scope != "":
		for _, e := range own {
			if !e.Scope.TenantWide() {
				return fmt.Sprintf("/elevate %q on %q 1h because audit", e.Target.Name, e.Scope.Name), true
			}
		}
		return "", false
	default:
		return line, len(chat.Matcher{}.Match(ask.Role, "", own).Fits) > 0
	}
}

// eligible is what an account may ask for, in Hoist's words.
func (s *Stage) eligible(upn string) []pim.Eligibility {
	person, _ := s.Sim.Tenant.Person(upn)
	places := map[string]string{}
	for _, u := range s.Sim.Tenant.Units() {
		places[u.Scope()] = u.Name
	}
	var own []pim.Eligibility
	for _, e := range s.Sim.Tenant.Eligibilities(true) {
		if e.PrincipalID != person.OID || e.Scope != tenant.TenantScope && places[e.Scope] == "" {
			continue
		}
		role, _ := s.Sim.Tenant.Role(e.RoleID)
		own = append(own, pim.Eligibility{
			Target: pim.Target{ID: role.ID, Name: role.Name}, Scope: pim.Scope{ID: e.Scope, Name: places[e.Scope]},
		})
	}
	return own
}
