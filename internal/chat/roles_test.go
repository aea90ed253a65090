package chat

import (
	"testing"
	"time"
)

// Built-in roles whose names hold a word or a number of the grammar, or begin
// like a verb. See
// https://learn.microsoft.com/entra/identity/role-based-access-control/permissions-reference.
var trickyRoles = []string{
	"Attack Payload Author", "Azure AD Joined Device Local Administrator", "Dynamics 365 Administrator",
	"Dynamics 365 Business Central Administrator", "Extended Directory User Administrator", "Helpdesk Administrator",
	"Microsoft 365 Migration Administrator", "Microsoft Entra Joined Device Local Administrator", "Partner Tier1 Support",
	"Partner Tier2 Support", "Password Administrator", "Privileged Role Administrator", "Reports Reader",
	"Skype for Business Administrator", "User Administrator", "User Experience Success Manager", "Windows 365 Administrator",
	"Windows Update Deployment Administrator",
}

func TestParse_takes_built_in_roles_without_quotes(t *testing.T) {
	for _, role := range trickyRoles {
		for _, line := range []string{role + " 2h because x", "2h " + role + " because x", "on Finance unit 2h " + role + " because x"} {
			c, err := Parse(line)
			if err != nil || c.Verb != VerbElevate || c.Ask.Role != role || c.Ask.Duration != 2*time.Hour || c.Ask.Justification != "x" {
				t.Errorf("Parse(%q) = %+v, %v", line, c, err)
			}
		}
	}
}

// The one built-in role that begins with a keyword needs its quotes.
func TestParse_takes_a_role_that_begins_with_on_in_quotes(t *testing.T) {
	c, err := Parse(`"On Premises Directory Sync Account" 2h`)
	if err != nil || c.Ask.Role != "On Premises Directory Sync Account" || c.Ask.Scope != "" {
		t.Errorf("%+v, %v", c.Ask, err)
	}
}
