package portal

import (
	"net/http"
	"slices"

	"hoist/internal/sim/tenant"
)

// group is one security group with its direct members.
type group struct {
	ID, Name       string
	RoleAssignable bool
	Members        []option
	// Others are the people who can be added.
	Others []option
}

func (p *Panel) groups() []group {
	var rows []group
	for _, g := range p.cfg.Tenant.Groups() {
		row := group{ID: g.ID, Name: g.Name, RoleAssignable: g.RoleAssignable}
		for _, id := range g.Members {
			row.Members = append(row.Members, option{Value: id, Label: p.nameOf(id)})
		}
		for _, who := range p.cfg.Tenant.People() {
			if !slices.Contains(g.Members, who.OID) {
				row.Others = append(row.Others, personOption(who))
			}
		}
		rows = append(rows, row)
	}
	return rows
}

// changeMember adds a person to a group, or removes a direct member.
func (p *Panel) changeMember(r *http.Request) (outcome, error) {
	p.adding.Lock()
	defer p.adding.Unlock()
	g, ok := p.cfg.Tenant.Group(r.PostFormValue("group"))
	if !ok {
		return outcome{}, mistake("Choose a group of this tenant.")
	}
	if id := r.PostFormValue("remove"); id != "" {
		return p.removeMember(g, id)
	}
	who, err := p.person(r, "person")
	if err != nil {
		return outcome{}, err
	}
	if slices.Contains(g.Members, who.OID) {
		return outcome{}, mistake(who.Name + " is a member of " + g.Name + " already.")
	}
	if err := p.cfg.Tenant.SetMembers(g.ID, append(g.Members, who.OID)...); err != nil {
		return outcome{}, err
	}
	return outcome{text: who.Name + " was added to " + g.Name + "."}, nil
}

func (p *Panel) removeMember(g tenant.Group, id string) (outcome, error) {
	i := slices.Index(g.Members, id)
	if i < 0 {
		return outcome{}, mistake("That is no member of " + g.Name + ".")
	}
	if err := p.cfg.Tenant.SetMembers(g.ID, slices.Delete(g.Members, i, i+1)...); err != nil {
		return outcome{}, err
	}
	return outcome{text: p.nameOf(id) + " was removed from " + g.Name + "."}, nil
}
