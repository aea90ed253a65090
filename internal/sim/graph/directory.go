package graph

import (
	"strings"

	"hoist/internal/sim/tenant"
)

type user struct {
	ID                string  `json:"id"`
	DisplayName       string  `json:"displayName"`
	Mail              *string `json:"mail"`
	UserPrincipalName string  `json:"userPrincipalName"`
	AccountEnabled    bool    `json:"accountEnabled"`
	UserType          string  `json:"userType"`
	MailNickname      string  `json:"mailNickname"`
}

type group struct {
	ID                 string   `json:"id"`
	DisplayName        string   `json:"displayName"`
	IsAssignableToRole bool     `json:"isAssignableToRole"`
	SecurityEnabled    bool     `json:"securityEnabled"`
	MailEnabled        bool     `json:"mailEnabled"`
	MailNickname       string   `json:"mailNickname"`
	Mail               *string  `json:"mail"`
	GroupTypes         []string `json:"groupTypes"`
}

type unit struct {
	ID          string `json:"id"`
	DisplayName string `json:"displayName"`
	Description string `json:"description"`
}

var (
	userResource = resource{
		context: "users", filterable: []string{"id", "userPrincipalName", "mail", "displayName", "accountEnabled"},
		onDemand: []string{"accountEnabled", "userType", "mailNickname"},
	}
	groupResource  = resource{context: "groups", filterable: []string{"id", "displayName"}}
	memberResource = resource{context: "directoryObjects", filterable: []string{"id", "displayName"}, onDemand: userResource.onDemand}
	unitResource   = resource{context: "directory/administrativeUnits"}
)

func userWire(p tenant.Person) user {
	nickname, _, _ := strings.Cut(p.UPN, "@")
	u := user{
		ID: p.OID, DisplayName: p.Name, Mail: orNil(p.Mail), UserPrincipalName: p.UPN,
		AccountEnabled: !p.Disabled, UserType: "Member", MailNickname: nickname,
	}
	if p.Guest {
		u.UserType = "Guest"
	}
	return u
}

func groupWire(g tenant.Group) group {
	return group{
		ID: g.ID, DisplayName: g.Name, IsAssignableToRole: g.RoleAssignable, SecurityEnabled: true,
		MailNickname: strings.ReplaceAll(g.Name, " ", ""), GroupTypes: []string{},
	}
}

func unitWire(u tenant.AdministrativeUnit) unit {
	return unit{ID: u.ID, DisplayName: u.Name, Description: u.Description}
}

// checkBasic refuses properties that are not basic to holders of nothing more
// than User.ReadBasic.All.
func checkBasic(c *call) error {
	if c.token.Grants("User.Read.All", "User.ReadWrite.All", "Directory.Read.All", "Directory.ReadWrite.All") {
		return nil
	}
	for _, name := range c.query.selects {
		if contains(userResource.onDemand, name) {
			return requestDenied()
		}
	}
	return nil
}

func (s *Server) getMe(c *call) (reply, error) {
	p, found := s.tenant.Person(c.token.ObjectID)
	if !found {
		return reply{}, noSuchObject(c.token.ObjectID)
	}
	return s.one(c, userResource, item(userWire(p)))
}

func (s *Server) getUser(c *call) (reply, error) {
	if err := checkBasic(c); err != nil {
		return reply{}, err
	}
	p, found := s.tenant.Person(c.params["id"])
	if !found {
		return reply{}, noSuchObject(c.params["id"])
	}
	return s.one(c, userResource, item(userWire(p)))
}

func (s *Server) listUsers(c *call) (reply, error) {
	if err := checkBasic(c); err != nil {
		return reply{}, err
	}
	var items []map[string]any
	for _, p := range s.tenant.People() {
		items = append(items, item(userWire(p)))
	}
	return s.list(c, userResource, items)
}

func (s *Server) getGroup(c *call) (reply, error) {
	g, found := s.tenant.Group(c.params["id"])
	if !found {
		return reply{}, noSuchObject(c.params["id"])
	}
	return s.one(c, groupResource, item(groupWire(g)))
}

// listTransitiveMembers also serves the cast to users at the end of the path.
func (s *Server) listTransitiveMembers(c *call) (reply, error) {
	g, found := s.tenant.Group(c.params["id"])
	if !found {
		return reply{}, noSuchObject(c.params["id"])
	}
	return s.list(c, memberResource, s.objects(c, s.tenant.TransitiveMembers(g.ID)))
}

func (s *Server) listTransitiveMemberOf(c *call) (reply, error) {
	p, found := s.tenant.Person(c.params["id"])
	if !found {
		return reply{}, noSuchObject(c.params["id"])
	}
	return s.list(c, memberResource, s.objects(c, s.tenant.TransitiveMemberOf(p.OID)))
}

func (s *Server) objects(c *call, ids []string) []map[string]any {
	cast := c.path[len(c.path)-1]
	var items []map[string]any
	for _, id := range ids {
		m := s.principal(id)
		if m == nil || (strings.HasPrefix(cast, "microsoft.graph.") && m["@odata.type"] != "#"+cast) {
			continue
		}
		items = append(items, m)
	}
	return items
}

func (s *Server) getUnit(c *call) (reply, error) {
	u, found := s.tenant.Unit(c.params["id"])
	if !found {
		return reply{}, noSuchObject(c.params["id"])
	}
	return s.one(c, unitResource, item(unitWire(u)))
}

type organization struct {
	ID              string           `json:"id"`
	DisplayName     string           `json:"displayName"`
	VerifiedDomains []verifiedDomain `json:"verifiedDomains"`
}

type verifiedDomain struct {
	Capabilities string `json:"capabilities"`
	IsDefault    bool   `json:"isDefault"`
	IsInitial    bool   `json:"isInitial"`
	Name         string `json:"name"`
	Type         string `json:"type"`
}

func (s *Server) listOrganization(c *call) (reply, error) {
	o := organization{ID: s.tenant.ID(), DisplayName: s.tenant.Name(), VerifiedDomains: []verifiedDomain{
		{Capabilities: "Email, OfficeCommunicationsOnline", IsDefault: true, IsInitial: true, Name: s.tenant.Domain(), Type: "Managed"},
	}}
	return s.list(c, resource{context: "organization"}, []map[string]any{item(o)})
}
