package graph

import (
	"context"
	"encoding/json"

	abs "github.com/microsoft/kiota-abstractions-go"
	"github.com/microsoftgraph/msgraph-sdk-go/models/odataerrors"

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
	var user struct {
		ID                string `json:"id"`
		DisplayName       string `json:"displayName"`
		UserPrincipalName string `json:"userPrincipalName"`
	}
	err = c.fetch(ctx, w, abs.GET, "{+baseurl}/users/{id}{?%24select}",
		map[string]string{"id": k.ID}, map[string]any{"%24select": wire["user"]}, &user)
	if err != nil {
		return pim.Principal{}, err
	}
	return pim.Principal{
		PrincipalKey: pim.NewPrincipalKey(string(k.Tenant), user.ID),
		UPN:          user.UserPrincipalName,
		Name:         user.DisplayName,
	}, nil
}

// fetch reads one thing for which no typed builder is compiled in. A template
// that begins with another root than {+baseurl} reaches another version of the
// API.
func (c *Client) fetch(ctx context.Context, w caller, method abs.HttpMethod, template string,
	path map[string]string, query map[string]any, into any,
) error {
	_, x, err := read(ctx, w, func(k call) (any, error) {
		request := abs.NewRequestInformationWithMethodAndUrlTemplateAndPathParameters(method, template, path)
		request.QueryParametersAny = query
		request.Headers.AddAll(k.Headers)
		request.Headers.TryAdd("Accept", "application/json")
		request.AddRequestOptions(k.Options)
		return c.adapter.SendPrimitive(ctx, request, "[]byte", abs.ErrorMappings{
			"XXX": odataerrors.CreateODataErrorFromDiscriminatorValue,
		})
	})
	if err != nil {
		return err
	}
	if err := json.Unmarshal(x.body, into); err != nil {
		return w.readFailure(ctx, x, err)
	}
	return nil
}
