package chat

import "hoist/internal/pim"

// dangerOf says what a role can do where that is more than its name tells, "" for
// the others. Role template ids are Microsoft's; those marked "privileged" in
// https://learn.microsoft.com/entra/identity/role-based-access-control/permissions-reference.
func dangerOf(t pim.Target) string {
	return map[string]string{
		"62e90394-69f5-4237-9190-012177145e10": "Privileged: full control of the tenant.",
		"e8611ab8-c189-46e8-94e1-60213ab1f814": "Privileged: can give any role to anyone.",
		"194ae4cb-b126-40b2-bd5b-6091b380977d": "Privileged: can change security settings for everyone.",
		"fe930be7-5e62-47db-91af-98c3a49a38b1": "Privileged: can create people and reset many passwords.",
		"c4e39bd9-1100-46d3-8c65-fb160da0071f": "Privileged: can reset how people prove who they are.",
		"729827e3-9c14-49f7-bb1b-9608f156bbb8": "Privileged: can reset passwords of people without a role.",
	}[t.ID]
}
