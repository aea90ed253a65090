package graph

import (
	"context"
	"strings"

	"github.com/microsoftgraph/msgraph-sdk-go/models"
	"github.com/microsoftgraph/msgraph-sdk-go/rolemanagement"

	"hoist/internal/pim"
)

// Assignments returns one snapshot of everything that is activated in the
// tenant now. It is never cached, and it gives way to people's requests when
// the tenant is throttled.
//
// A list that breaks off after its first page is returned with Complete false
// and no error. KindConsentMissing when the application lacks
// RoleAssignmentSchedule.Read.Directory, KindLicense without Entra ID P2, else
// KindThrottled or KindUnavailable. See
// https://learn.microsoft.com/graph/api/rbacapplication-list-roleassignmentscheduleinstances.
func (c *Client) Assignments(ctx context.Context) (pim.Snapshot, error) {
	snapshot := pim.Snapshot{Began: c.clock.Now()}
	w, err := c.asApp(ctx, false)
	if err != nil {
		return pim.Snapshot{}, err
	}
	first, err := c.listInstances(ctx, w, "", func(row models.UnifiedRoleAssignmentScheduleInstanceable) {
		if a := c.assignment(row); a.Activated {
			snapshot.Assignments = append(snapshot.Assignments, a)
		}
	})
	if err != nil && !first {
		return pim.Snapshot{}, err
	}
	if err != nil {
		c.log.WarnContext(ctx, "the list of assignments broke off", "err", err)
	}
	snapshot.Complete = err == nil
	c.nameRoles(ctx, w, snapshot.Assignments)
	c.nameScopes(ctx, w, snapshot.Assignments)
	return snapshot, nil
}

// listInstances reads who holds which role now. first reports whether the first
// page was read.
func (c *Client) listInstances(ctx context.Context, w caller, filter string,
	take func(models.UnifiedRoleAssignmentScheduleInstanceable),
) (first bool, err error) {
	const typ = "unifiedRoleAssignmentScheduleInstance"
	list := c.roles().RoleAssignmentScheduleInstances()
	return walk(ctx, c, w,
		func(next string, k call) (models.UnifiedRoleAssignmentScheduleInstanceCollectionResponseable, error) {
			cfg := &rolemanagement.DirectoryRoleAssignmentScheduleInstancesRequestBuilderGetRequestConfiguration{Headers: k.Headers, Options: k.Options}
			if next != "" {
				return list.WithUrl(next).Get(ctx, cfg)
			}
			cfg.QueryParameters = &rolemanagement.DirectoryRoleAssignmentScheduleInstancesRequestBuilderGetQueryParameters{
				Filter: given(filter), Select: wire[typ], Expand: expanded[typ],
			}
			return list.Get(ctx, cfg)
		},
		func(page models.UnifiedRoleAssignmentScheduleInstanceCollectionResponseable, _ *exchange) {
			for _, row := range page.GetValue() {
				take(row)
			}
		})
}

// assignment maps a row. Whether it was activated is judged here and not by
// $filter, because no page says that assignmentType can be filtered by.
func (c *Client) assignment(row models.UnifiedRoleAssignmentScheduleInstanceable) pim.Assignment {
	return pim.Assignment{
		ID:         value(row.GetId()),
		ScheduleID: value(row.GetRoleAssignmentScheduleId()),
		Principal:  c.holder(value(row.GetPrincipalId()), row.GetPrincipal()),
		Target:     directoryRole(value(row.GetRoleDefinitionId())),
		Scope:      pim.Scope{ID: value(row.GetDirectoryScopeId())},
		Activated:  strings.EqualFold(value(row.GetAssignmentType()), "Activated"),
		Start:      value(row.GetStartDateTime()).UTC(),
		End:        value(row.GetEndDateTime()).UTC(),
	}
}

// holder names who holds a role. The expanded principal is a user, or a group
// or an application, whose names the SDK leaves in the additional data.
func (c *Client) holder(id string, expanded models.DirectoryObjectable) pim.Principal {
	p := pim.Principal{PrincipalKey: pim.NewPrincipalKey(string(c.tenant), id)}
	switch who := expanded.(type) {
	case nil:
	case models.Userable:
		p.UPN, p.Name = value(who.GetUserPrincipalName()), value(who.GetDisplayName())
	case interface{ GetDisplayName() *string }:
		p.Name = value(who.GetDisplayName())
	default:
		p.UPN, p.Name = additional(who, "userPrincipalName"), additional(who, "displayName")
	}
	return p
}

func additional(o models.DirectoryObjectable, name string) string {
	s, _ := o.GetAdditionalData()[name].(*string)
	return value(s)
}

func (c *Client) nameScopes(ctx context.Context, w caller, list []pim.Assignment) {
	for i := range list {
		list[i].Scope.Name = c.scopeName(ctx, w, list[i].Scope.ID)
	}
}
