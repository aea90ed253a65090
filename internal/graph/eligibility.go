package graph

import (
	"context"
	"slices"
	"strings"
	"time"

	"github.com/microsoftgraph/msgraph-sdk-go/models"
	"github.com/microsoftgraph/msgraph-sdk-go/rolemanagement"

	"hoist/internal/pim"
)

// Eligibilities returns what a principal may activate now. The answer may be
// five minutes old, unless PIM refused an activation of this principal's since.
//
// A role that is held both directly and through a group is listed once, by the
// eligibility that ends last: PIM takes an activation when any of them is in
// force, and a person cannot tell them apart.
//
// KindConsentMissing when the application lacks
// RoleEligibilitySchedule.Read.Directory, KindLicense without Entra ID P2,
// KindForbidden for another tenant's principal, else KindThrottled or
// KindUnavailable. See
// https://learn.microsoft.com/graph/api/rbacapplication-list-roleeligibilityscheduleinstances.
func (c *Client) Eligibilities(ctx context.Context, p pim.PrincipalKey) ([]pim.Eligibility, error) {
	if p.Tenant != c.tenant {
		return nil, c.foreign()
	}
	if list, ok := c.eligibilities.get(p); ok {
		return inForce(list, c.clock.Now()), nil
	}
	w, err := c.asApp(ctx, true)
	if err != nil {
		return nil, err
	}
	list, err := c.listEligibilities(ctx, w, p)
	if err != nil {
		return nil, err
	}
	c.eligibilities.put(p, list)
	return inForce(list, c.clock.Now()), nil
}

func (c *Client) listEligibilities(ctx context.Context, w caller, p pim.PrincipalKey) ([]pim.Eligibility, error) {
	const typ = "unifiedRoleEligibilityScheduleInstance"
	list := c.roles().RoleEligibilityScheduleInstances()
	var found []pim.Eligibility
	_, err := walk(ctx, c, w,
		func(next string, k call) (models.UnifiedRoleEligibilityScheduleInstanceCollectionResponseable, error) {
			cfg := &rolemanagement.DirectoryRoleEligibilityScheduleInstancesRequestBuilderGetRequestConfiguration{Headers: k.Headers, Options: k.Options}
			if next != "" {
				return list.WithUrl(next).Get(ctx, cfg)
			}
			filter := "principalId eq " + quote(p.ID)
			cfg.QueryParameters = &rolemanagement.DirectoryRoleEligibilityScheduleInstancesRequestBuilderGetQueryParameters{
				Filter: &filter, Select: wire[typ], Expand: expanded[typ],
			}
			return list.Get(ctx, cfg)
		},
		func(page models.UnifiedRoleEligibilityScheduleInstanceCollectionResponseable, _ *exchange) {
			for _, row := range page.GetValue() {
				if e, ok := c.eligibility(ctx, w, p, row); ok {
					found = keepLatest(found, e)
				}
			}
		})
	return found, err
}

// eligibility maps a row. Rows of another principal are left out, a group's
// above all: an activation that names a group is reported to activate the role
// for all of it (https://github.com/MicrosoftDocs/azure-docs/issues/113251). So
// are rows with an application's own scope, which PIM's directory roles cannot
// activate.
func (c *Client) eligibility(ctx context.Context, w caller, p pim.PrincipalKey, row models.UnifiedRoleEligibilityScheduleInstanceable) (pim.Eligibility, bool) {
	scope := value(row.GetDirectoryScopeId())
	if scope == "" || !strings.EqualFold(value(row.GetPrincipalId()), p.ID) {
		return pim.Eligibility{}, false
	}
	return pim.Eligibility{
		ID:         value(row.GetId()),
		Principal:  p,
		Target:     c.target(row.GetRoleDefinitionId(), row.GetRoleDefinition()),
		Scope:      pim.Scope{ID: scope, Name: c.scopeName(ctx, w, scope)},
		MemberType: value(row.GetMemberType()),
		End:        value(row.GetEndDateTime()).UTC(),
	}, true
}

// target names a role by its expanded definition and remembers the name.
func (c *Client) target(id *string, role models.UnifiedRoleDefinitionable) pim.Target {
	t := directoryRole(value(id))
	if role != nil && value(role.GetDisplayName()) != "" {
		t.Name = value(role.GetDisplayName())
		c.names.put(roleKey(t.ID), t.Name)
	}
	return t
}

// directoryRole is a role whose name is not known yet: the id stands in.
func directoryRole(id string) pim.Target {
	id = strings.ToLower(id) // a GUID, which Entra writes in either case
	return pim.Target{Kind: pim.DirectoryRole, ID: id, Name: id}
}

// keepLatest adds an eligibility, or lets the one that ends last stand where
// the same right is there already.
func keepLatest(list []pim.Eligibility, e pim.Eligibility) []pim.Eligibility {
	i := slices.IndexFunc(list, func(o pim.Eligibility) bool { return o.Triple() == e.Triple() })
	switch {
	case i < 0:
		return append(list, e)
	case !list[i].End.IsZero() && (e.End.IsZero() || e.End.After(list[i].End)):
		list[i] = e
	}
	return list
}

// inForce copies the eligibilities that have not ended.
func inForce(list []pim.Eligibility, now time.Time) []pim.Eligibility {
	return slices.DeleteFunc(slices.Clone(list), func(e pim.Eligibility) bool {
		return !e.End.IsZero() && !e.End.After(now)
	})
}

// quote writes a string for an OData filter; a quote inside is doubled.
func quote(s string) string { return "'" + strings.ReplaceAll(s, "'", "''") + "'" }
