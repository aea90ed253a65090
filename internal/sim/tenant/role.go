package tenant

import (
	"slices"
	"strings"
	"time"
)

// Template ids of built-in directory roles, the same in every tenant
// (Microsoft's page "Microsoft Entra built-in roles"). For a built-in role the
// id of the definition is its template id, and it is what tokens carry in wids.
const (
	GlobalAdministrator         = "62e90394-69f5-4237-9190-012177145e10"
	PrivilegedRoleAdministrator = "e8611ab8-c189-46e8-94e1-60213ab1f814"
	UserAdministrator           = "fe930be7-5e62-47db-91af-98c3a49a38b1"
	HelpdeskAdministrator       = "729827e3-9c14-49f7-bb1b-9608f156bbb8"
	SecurityAdministrator       = "194ae4cb-b126-40b2-bd5b-6091b380977d"
	SecurityReader              = "5d6b6bb7-de71-4623-b4af-96380a352509"
	GlobalReader                = "f2ef992c-3afb-46b9-b7cf-a126ee74c451"
	ExchangeAdministrator       = "29232cdf-9323-42fd-ade2-1d097af3e4de"
	AuthenticationAdministrator = "c4e39bd9-1100-46d3-8c65-fb160da0071f"
	GroupsAdministrator         = "fdd7a751-b60b-444a-984c-02652fe8fa1c"
	ReportsReader               = "4a5d8f65-41da-4de4-8968-e035b65339cf"
	ApplicationAdministrator    = "9b895d92-2cd3-44c7-9d02-a6ac2d5ea5c3"
)

// Role is one directory role definition.
type Role struct {
	ID          string
	Name        string
	Description string
}

// BuiltInRoles returns the roles of a tenant that has none of its own. The
// sentences are shortened from Microsoft's page of built-in roles.
func BuiltInRoles() []Role {
	return []Role{
		{GlobalAdministrator, "Global Administrator", "Can manage all aspects of Microsoft Entra ID and Microsoft services that use Microsoft Entra identities."},
		{PrivilegedRoleAdministrator, "Privileged Role Administrator", "Can manage role assignments in Microsoft Entra ID, and all aspects of Privileged Identity Management."},
		{UserAdministrator, "User Administrator", "Can manage all aspects of users and groups, including resetting passwords for limited admins."},
		{HelpdeskAdministrator, "Helpdesk Administrator", "Can reset passwords for non-administrators and Helpdesk Administrators."},
		{SecurityAdministrator, "Security Administrator", "Can read security information and reports, and manage configuration in Microsoft Entra ID and Office 365."},
		{SecurityReader, "Security Reader", "Can read security information and reports in Microsoft Entra ID and Office 365."},
		{GlobalReader, "Global Reader", "Can read everything that a Global Administrator can, but not update anything."},
		{ExchangeAdministrator, "Exchange Administrator", "Can manage all aspects of the Exchange product."},
		{AuthenticationAdministrator, "Authentication Administrator", "Can access to view, set and reset authentication method information for any non-admin user."},
		{GroupsAdministrator, "Groups Administrator", "Members of this role can create/manage groups, create/manage groups settings like naming and expiration policies, and view groups activity and audit reports."},
		{ReportsReader, "Reports Reader", "Can read sign-in and audit reports."},
		{ApplicationAdministrator, "Application Administrator", "Can create and manage all aspects of app registrations and enterprise apps."},
	}
}

// Roles returns every role definition.
func (t *Tenant) Roles() []Role {
	t.mu.Lock()
	defer t.mu.Unlock()
	return slices.Clone(t.roles)
}

// Role returns the definition with this id.
func (t *Tenant) Role(id string) (Role, bool) {
	t.mu.Lock()
	defer t.mu.Unlock()
	return t.role(id)
}

// ActiveRoles returns the ids of the roles that the person holds tenant-wide at
// this moment, directly or through a group: what a token minted now carries in
// wids.
func (t *Tenant) ActiveRoles(oid string) []string {
	t.mu.Lock()
	defer t.mu.Unlock()
	return t.activeRoles(oid, t.now())
}

func (t *Tenant) role(id string) (Role, bool) {
	for _, r := range t.roles {
		if strings.EqualFold(r.ID, id) {
			return r, true
		}
	}
	return Role{}, false
}

func (t *Tenant) activeRoles(oid string, now time.Time) []string {
	var held []string
	for _, a := range t.assignments {
		if a.Scope == TenantScope && a.current(now) && t.covers(a.PrincipalID, oid) && !slices.Contains(held, a.RoleID) {
			held = append(held, a.RoleID)
		}
	}
	slices.Sort(held)
	return held
}

// covers reports whether what the principal holds, oid holds too: it is the
// same object or a group around it.
func (t *Tenant) covers(principal, oid string) bool {
	return strings.EqualFold(principal, oid) || slices.Contains(t.transitiveMembers(principal), oid)
}

func (t *Tenant) holdsAny(oid string, now time.Time, roles ...string) bool {
	held := t.activeRoles(oid, now)
	return slices.ContainsFunc(roles, func(r string) bool { return slices.Contains(held, r) })
}
