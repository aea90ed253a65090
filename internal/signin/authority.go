package signin

import (
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strings"

	"github.com/AzureAD/microsoft-authentication-library-for-go/apps/confidential"

	"hoist/internal/clock"
)

// App is the app registration that Hoist signs in with, in one tenant.
type App struct {
	// Authority is https://login.microsoftonline.com/{tenant} or what stands in
	// its place. MSAL refuses http.
	Authority string
	// ClientID is the application id.
	ClientID string
	// Credential proves the app.
	Credential Credential
	// Graph is Microsoft Graph's root, the resource of every scope. Empty means
	// https://graph.microsoft.com; sovereign clouds have others:
	// https://learn.microsoft.com/graph/deployments.
	Graph string
	// HTTP lends its transport for the calls to Entra; nil means
	// [http.DefaultTransport].
	HTTP *http.Client
	// Clock judges how long tokens are good.
	Clock clock.Clock
}

// authority is an [App] made ready: one shared transport, clients on demand.
type authority struct {
	App
	host   string
	client *http.Client
}

func newAuthority(a App) (*authority, error) {
	a.Authority = strings.TrimRight(a.Authority, "/")
	u, err := url.Parse(a.Authority)
	switch {
	case err != nil || u.Host == "" || strings.Trim(u.Path, "/") == "":
		return nil, errors.New("authority: want https://host/tenant")
	case u.Scheme != "https":
		return nil, errors.New("authority: must be https")
	case a.ClientID == "":
		return nil, errors.New("client id is missing")
	case a.Credential.kind == "":
		return nil, errors.New("credential is missing")
	case a.Clock == nil:
		return nil, errors.New("clock is missing")
	}
	if a.Graph == "" {
		a.Graph = "https://graph.microsoft.com"
	}
	a.Graph = strings.TrimRight(a.Graph, "/")
	return &authority{App: a, host: u.Hostname(), client: newClient(a.HTTP, a.Clock)}, nil
}

// confidentialClient makes a client for one attempt. A shared one would keep
// every person's tokens in its memory, and has mixed up partitions before:
// https://github.com/AzureAD/microsoft-authentication-library-for-go/issues/455.
// What it learns of the authority it learns from the shared transport.
func (a *authority) confidentialClient(options ...confidential.Option) (confidential.Client, error) {
	options = append(options,
		confidential.WithHTTPClient(a.client),
		confidential.WithInstanceDiscovery(microsoftHost(a.host)),
		// MSAL would take a region from the environment; this word forbids it.
		confidential.WithAzureRegion("DisableMsalForceRegion"),
	)
	c, err := confidential.New(a.Authority, a.ClientID, a.Credential.msal, options...)
	if err != nil {
		return c, fmt.Errorf("make client: %w", err)
	}
	return c, nil
}

// microsoftHost reports whether the host is one that Microsoft's instance
// discovery knows. MSAL would ask login.microsoftonline.com about any other.
func microsoftHost(host string) bool {
	return slices.Contains([]string{
		"login.microsoftonline.com", "login.microsoft.com", "login.windows.net", "sts.windows.net",
		"login.microsoftonline.us", "login.partner.microsoftonline.cn",
	}, strings.ToLower(host))
}
