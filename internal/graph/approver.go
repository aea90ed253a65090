package graph

import (
	"context"
	"slices"
	"strings"
	"time"

	"github.com/microsoftgraph/msgraph-sdk-go/models"

	"hoist/internal/pim"
)

// How long a list of approvers may be believed, and how many are kept. Who left
// the list meanwhile is refused by PIM.
const (
	approverLife = 5 * time.Minute
	maxApprovers = 1000 // lists
)

// The roles whose active holders decide where a policy names nobody, see
// https://learn.microsoft.com/entra/id-governance/privileged-identity-management/pim-how-to-change-default-settings.
const (
	privilegedRoleAdministrator = "e8611ab8-c189-46e8-94e1-60213ab1f814"
	globalAdministrator         = "62e90394-69f5-4237-9190-012177145e10"
)

const (
	userType  = "#microsoft.graph.user"
	groupType = "#microsoft.graph.group"
)

// Approvers returns the accounts that may decide a request under the policy,
// each once: the users that it names and, through any number of groups, the
// people in its groups; where it names nobody, those who hold the Privileged
// Role or the Global Administrator tenant-wide now, assigned or activated. A
// policy that wants no approval has none. The answer may be five minutes old.
//
// The requester may be among them, and must be left out by whoever knows who it
// is: PIM lets nobody approve their own request. Deleted accounts are left out,
// and disabled ones where the application may see that they are
// (User.Read.All). Where it may read no users at all, those that the policy
// names keep the policy's description as their name.
//
// KindBadRequest for anything but a directory role, KindForbidden or
// KindConsentMissing when the application may not read groups
// (GroupMember.Read.All) or assignments (RoleAssignmentSchedule.Read.Directory),
// else KindThrottled or KindUnavailable: half a list is never returned. See
// https://learn.microsoft.com/entra/id-governance/privileged-identity-management/pim-approval-workflow.
func (c *Client) Approvers(ctx context.Context, t pim.Target, p pim.Policy) ([]pim.Principal, error) {
	if t.Kind != pim.DirectoryRole {
		return nil, &pim.Error{Kind: pim.KindBadRequest, Message: "only directory roles have approvers here"}
	}
	if !p.Approval.Required {
		return nil, nil
	}
	key := approverKey(p.Approval.Approvers)
	if list, ok := c.approvers.get(key); ok {
		return slices.Clone(list), nil
	}
	w, err := c.asApp(ctx, true)
	if err != nil {
		return nil, err
	}
	r := &roll{c: c, w: w, at: map[string]int{}}
	if err := r.gather(ctx, p.Approval.Approvers); err != nil {
		return nil, err
	}
	c.approvers.put(key, r.people())
	return r.people(), nil
}

// approverKey is equal for policies that name the same users and groups. It is
// empty for those that name nobody.
func approverKey(named []pim.Approver) string {
	ids := make([]string, len(named))
	for i, a := range named {
		ids[i] = a.ID
		if a.Group {
			ids[i] = "group " + a.ID
		}
	}
	slices.Sort(ids)
	return strings.Join(ids, ", ")
}

// gather adds everyone, and then asks for whatever of them is not known yet.
func (r *roll) gather(ctx context.Context, named []pim.Approver) error {
	if len(named) == 0 {
		if err := r.addDefaults(ctx); err != nil {
			return err
		}
	}
	for _, a := range named {
		if !a.Group {
			r.add(candidate{Principal: pim.Principal{PrincipalKey: pim.NewPrincipalKey(string(r.c.tenant), a.ID), Name: a.Name}})
			continue
		}
		if err := r.addMembers(ctx, a.ID); err != nil {
			return err
		}
	}
	return r.complete(ctx)
}

// addDefaults adds the active administrators. Both roles are one question, and
// what is left of it is judged here, as in [Client.Assignments].
func (r *roll) addDefaults(ctx context.Context) error {
	var groups []string
	filter := "roleDefinitionId eq " + quote(privilegedRoleAdministrator) + " or roleDefinitionId eq " + quote(globalAdministrator)
	_, err := r.c.listInstances(ctx, r.w, filter, func(row models.UnifiedRoleAssignmentScheduleInstanceable) {
		id, role := value(row.GetPrincipalId()), value(row.GetRoleDefinitionId())
		holds := strings.EqualFold(role, privilegedRoleAdministrator) || strings.EqualFold(role, globalAdministrator)
		if !holds || value(row.GetDirectoryScopeId()) != "/" {
			return
		}
		switch who := row.GetPrincipal(); {
		case who == nil || value(who.GetOdataType()) == userType:
			r.add(candidate{Principal: r.c.holder(id, who)}) // without a type only a look at users tells
		case value(who.GetOdataType()) == groupType:
			groups = append(groups, id)
		}
	})
	if err != nil {
		return err
	}
	for _, g := range groups {
		if err := r.addMembers(ctx, g); err != nil {
			return err
		}
	}
	return nil
}
