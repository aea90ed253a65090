package graph

import (
	"context"
	"strings"
	"time"

	"github.com/microsoftgraph/msgraph-sdk-go/models"
	"github.com/microsoftgraph/msgraph-sdk-go/rolemanagement"

	"hoist/internal/pim"
)

func roleKey(id string) string { return "role/" + id }
func unitKey(id string) string { return "unit/" + id }

const unitPrefix = "/administrativeUnits/"

// nameTimeout bounds a look for names, retries included: they are good to have
// and not worth a wait.
const nameTimeout = 5 * time.Second

// scopeName names a scope for people: "" for the tenant, the name of an
// administrative unit where the application may read it
// (AdministrativeUnit.Read.All, which is optional), else the object's id. A
// name that cannot be had is never a reason to fail.
func (c *Client) scopeName(ctx context.Context, w caller, scope string) string {
	id, unit := strings.CutPrefix(scope, unitPrefix)
	switch {
	case pim.Scope{ID: scope}.TenantWide():
		return ""
	case !unit:
		return strings.TrimPrefix(scope, "/")
	}
	if name, ok := c.names.get(unitKey(id)); ok {
		return name
	}
	ctx, cancel := context.WithTimeout(ctx, nameTimeout)
	defer cancel()
	var got struct {
		DisplayName string `json:"displayName"`
	}
	_, err := c.fetch(ctx, w, "{+baseurl}/directory/administrativeUnits/{id}{?%24select}",
		map[string]string{"id": id}, map[string]any{"%24select": wire["administrativeUnit"]}, &got)
	if err != nil || got.DisplayName == "" {
		c.log.DebugContext(ctx, "no name for an administrative unit", "unit", id, "err", err)
		c.names.putFor(unitKey(id), id, missingNameLife)
		return id
	}
	c.names.put(unitKey(id), got.DisplayName)
	return got.DisplayName
}

// nameRoles gives every role in a snapshot its name. Unknown ones cost one list
// of all definitions a day: to expand the definition with each row would carry
// some hundred permissions a row, every minute.
func (c *Client) nameRoles(ctx context.Context, w caller, list []pim.Assignment) {
	listed := false
	for i := range list {
		t := &list[i].Target
		name, ok := c.names.get(roleKey(t.ID))
		if !ok && !listed {
			c.listRoleNames(ctx, w)
			listed = true
			name, ok = c.names.get(roleKey(t.ID))
		}
		if !ok {
			name = t.ID
			c.names.putFor(roleKey(t.ID), name, missingNameLife)
		}
		t.Name = name
	}
}

// listRoleNames reads the names of all roles. See
// https://learn.microsoft.com/graph/api/rbacapplication-list-roledefinitions.
func (c *Client) listRoleNames(ctx context.Context, w caller) {
	ctx, cancel := context.WithTimeout(ctx, nameTimeout)
	defer cancel()
	list := c.roles().RoleDefinitions()
	_, err := walk(ctx, c, w,
		func(next string, k call) (models.UnifiedRoleDefinitionCollectionResponseable, error) {
			cfg := &rolemanagement.DirectoryRoleDefinitionsRequestBuilderGetRequestConfiguration{Headers: k.Headers, Options: k.Options}
			if next != "" {
				return list.WithUrl(next).Get(ctx, cfg)
			}
			cfg.QueryParameters = &rolemanagement.DirectoryRoleDefinitionsRequestBuilderGetQueryParameters{Select: wire["unifiedRoleDefinition"]}
			return list.Get(ctx, cfg)
		},
		func(page models.UnifiedRoleDefinitionCollectionResponseable, _ *exchange) {
			for _, role := range page.GetValue() {
				c.target(role.GetId(), role)
			}
		})
	if err != nil {
		c.log.WarnContext(ctx, "role names cannot be read", "err", err)
	}
}
