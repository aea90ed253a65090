package sim

import (
	"time"

	"hoist/internal/sim/tenant"
)

// The demo's world. Its ids never change, so that scripts and pictures can name
// them.
const (
	TenantID = "f7000000-0000-4000-8000-00000000ba4c"
	Domain   = "fjordbank.example"

	// AdaOID asks for roles; AdaAdminOID is her cloud-only admin account.
	AdaOID      = "a0000000-0000-4000-8000-00000000ada1"
	AdaAdminOID = "a0000000-0000-4000-8000-00000000ada2"
	// BenOID and ChiomaOID approve.
	BenOID    = "b0000000-0000-4000-8000-000000000be1"
	ChiomaOID = "c0000000-0000-4000-8000-000000000c10"
	// DanaOID audits and is eligible for nothing.
	DanaOID = "d0000000-0000-4000-8000-000000000da1"

	SecurityApproversGroup = "60000000-0000-4000-8000-0000000005a1"
	BranchOfficesUnit      = "a1000000-0000-4000-8000-00000000b0a1"

	// BotClientID is Hoist's own registration, CLIClientID the public client of
	// the PowerShell session after an activation.
	BotClientID     = "ee000000-0000-4000-8000-0000000b0701"
	BotClientSecret = "simulated-client-secret"
	CLIClientID     = "ee000000-0000-4000-8000-000000000c11"
)

// DefaultSeed is "Fjordbank (simulated)" with the demo's characters. Redirect
// URIs of the bot are unknown until it listens: see Tenant.SetRedirectURIs.
func DefaultSeed() tenant.Seed {
	return tenant.Seed{
		TenantID: TenantID, Name: "Fjordbank (simulated)", Domain: Domain,
		People:           seedPeople(),
		Groups:           []tenant.Group{{ID: SecurityApproversGroup, Name: "Security approvers", Members: []string{BenOID, ChiomaOID}}},
		Units:            []tenant.AdministrativeUnit{{ID: BranchOfficesUnit, Name: "Branch offices", Description: "Staff of the 14 branch offices"}},
		Apps:             seedApps(),
		Policies:         seedPolicies(),
		Eligibilities:    seedEligibilities(),
		Assignments:      []tenant.Assignment{{PrincipalID: BenOID, RoleID: tenant.PrivilegedRoleAdministrator}},
		EnforcedContexts: []string{"c1"},
	}
}

func seedPeople() []tenant.Person {
	person := func(oid, name, nickname string) tenant.Person {
		upn := nickname + "@" + Domain
		return tenant.Person{OID: oid, Name: name, UPN: upn, Mail: upn, MFARegistered: true}
	}
	admin := person(AdaAdminOID, "Ada Lindqvist (admin)", "adm-ada")
	admin.Mail = ""
	return []tenant.Person{
		person(AdaOID, "Ada Lindqvist", "ada"), admin, person(BenOID, "Ben Okafor", "ben"),
		person(ChiomaOID, "Chioma Reyes", "chioma"), person(DanaOID, "Dana Petrov", "dana"),
	}
}

func seedApps() []tenant.App {
	return []tenant.App{
		{
			ClientID: BotClientID, ObjectID: "ee000000-0000-4000-8000-0000000b0702", Name: "Hoist", Secret: BotClientSecret,
			AppRoles: []string{
				"RoleEligibilitySchedule.Read.Directory", "RoleAssignmentSchedule.Read.Directory", "RoleManagementPolicy.Read.Directory",
				"RoleManagement.Read.Directory", "User.ReadBasic.All", "GroupMember.Read.All", "AuditLog.Read.All",
			},
			Consented: []string{"openid", "profile", "offline_access", "RoleAssignmentSchedule.ReadWrite.Directory"},
		},
		{
			ClientID: CLIClientID, ObjectID: "ee000000-0000-4000-8000-000000000c12", Name: "Fjordbank admin CLI",
			RedirectURIs: []string{"http://localhost"}, AssignmentRequired: true, Assigned: []string{AdaOID, AdaAdminOID},
			Consented: []string{"openid", "profile", "offline_access", "User.Read", "Directory.AccessAsUser.All"},
		},
	}
}

// seedPolicies has one role for each thing that a policy can demand. Roles that
// are not named keep the documented default.
func seedPolicies() map[string]tenant.Policy {
	approval := tenant.DefaultPolicy()
	approval.Approval = tenant.ApprovalPolicy{Required: true, Groups: []string{SecurityApproversGroup}}
	context := tenant.DefaultPolicy()
	context.MFA, context.AuthContext, context.MaxDuration = false, "c1", 4*time.Hour
	ticket := tenant.DefaultPolicy()
	ticket.Ticketing, ticket.MaxDuration = true, 2*time.Hour
	return map[string]tenant.Policy{
		tenant.SecurityAdministrator:       approval,
		tenant.ExchangeAdministrator:       context,
		tenant.AuthenticationAdministrator: ticket,
	}
}

func seedEligibilities() []tenant.Eligibility {
	unit := tenant.AdministrativeUnit{ID: BranchOfficesUnit}.Scope()
	return []tenant.Eligibility{
		{PrincipalID: AdaOID, RoleID: tenant.UserAdministrator},
		{PrincipalID: AdaOID, RoleID: tenant.HelpdeskAdministrator},
		{PrincipalID: AdaOID, RoleID: tenant.HelpdeskAdministrator, Scope: unit},
		{PrincipalID: AdaOID, RoleID: tenant.SecurityAdministrator},
		{PrincipalID: AdaOID, RoleID: tenant.ExchangeAdministrator},
		{PrincipalID: AdaOID, RoleID: tenant.AuthenticationAdministrator},
		{PrincipalID: AdaAdminOID, RoleID: tenant.GroupsAdministrator},
	}
}
