package graph

import (
	"context"

	"hoist/internal/pim"
)

// Principal returns an account's current names. KindNotFound when it is gone,
// KindConsentMissing or KindForbidden when the application may not read users
// (User.ReadBasic.All or User.Read.All), KindForbidden for another tenant's,
// else KindThrottled or KindUnavailable. See
// https://learn.microsoft.com/graph/api/user-get.
func (c *Client) Principal(ctx context.Context, k pim.PrincipalKey) (pim.Principal, error) {
	if k.Tenant != c.tenant {
		return pim.Principal{}, c.foreign()
	}
	w, err := c.asApp(ctx, true)
	if err != nil {
		return pim.Principal{}, err
	}
	var user account
	_, err = c.fetch(ctx, w, "{+baseurl}/users/{id}{?%24select}",
		map[string]string{"id": k.ID}, map[string]any{"%24select": basicUser}, &user)
	if err != nil {
		return pim.Principal{}, err
	}
	return c.principal(user), nil
}

// account is what is read of a user.
type account struct {
	ID                string `json:"id"`
	DisplayName       string `json:"displayName"`
	UserPrincipalName string `json:"userPrincipalName"`
	// AccountEnabled is nil where it was not asked for or may not be read.
	AccountEnabled *bool `json:"accountEnabled"`
}

func (c *Client) principal(a account) pim.Principal {
	return pim.Principal{
		PrincipalKey: pim.NewPrincipalKey(string(c.tenant), a.ID),
		UPN:          a.UserPrincipalName,
		Name:         a.DisplayName,
	}
}
