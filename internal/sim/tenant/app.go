package tenant

import (
	"fmt"
	"net/url"
	"slices"
	"strings"
	"time"
)

// App is one app registration together with its enterprise application.
type App struct {
	ClientID string
	Name     string
	// ObjectID is the object id of the service principal: the oid of app-only
	// tokens.
	ObjectID string
	// Secret is empty for a public client.
	Secret string
	// SecretExpires is zero for a secret that never expires.
	SecretExpires time.Time
	// RedirectURIs must be met exactly. A public client's http://localhost
	// matches any port, as on Microsoft's page "Redirect URI restrictions".
	RedirectURIs []string
	// AppRoles are the application permissions on Graph that were granted.
	AppRoles []string
	// Consented are the delegated scopes with tenant-wide admin consent.
	Consented []string
	// AssignmentRequired lets only assigned people sign in (AADSTS50105).
	AssignmentRequired bool
	// Assigned are object ids of people and groups.
	Assigned []string
	// OptionalIDClaims are the optional claims registered for ID tokens; the
	// simulator knows "acrs" and "auth_time".
	OptionalIDClaims []string
}

// Public reports whether the app has no secret.
func (a App) Public() bool { return a.Secret == "" }

// AllowsRedirect reports whether uri is registered.
func (a App) AllowsRedirect(uri string) bool {
	if slices.Contains(a.RedirectURIs, uri) {
		return true
	}
	u, err := url.Parse(uri)
	if err != nil || !a.Public() || u.Scheme != "http" || u.Hostname() != "localhost" {
		return false
	}
	u.Host = u.Hostname()
	return slices.Contains(a.RedirectURIs, u.String()) || slices.Contains(a.RedirectURIs, strings.TrimSuffix(u.String(), "/"))
}

// App returns the registration with this client id.
func (t *Tenant) App(clientID string) (App, bool) {
	t.mu.Lock()
	defer t.mu.Unlock()
	if a := t.app(clientID); a != nil {
		return copyApp(a), true
	}
	return App{}, false
}

// ChangeApp lets change edit one registration: redirect URIs that are known
// only at run time, a rotated secret, a consent that was withdrawn.
func (t *Tenant) ChangeApp(clientID string, change func(*App)) error {
	t.mu.Lock()
	defer t.changed()
	a := t.app(clientID)
	if a == nil {
		return fmt.Errorf("change app %s: not registered", clientID)
	}
	changed := copyApp(a)
	change(&changed)
	*a = copyApp(&changed)
	return nil
}

// SetRedirectURIs replaces the redirect URIs of one registration.
func (t *Tenant) SetRedirectURIs(clientID string, uris ...string) error {
	return t.ChangeApp(clientID, func(a *App) { a.RedirectURIs = uris })
}

func (t *Tenant) app(clientID string) *App {
	for _, a := range t.apps {
		if strings.EqualFold(a.ClientID, clientID) {
			return a
		}
	}
	return nil
}

func copyApp(a *App) App {
	c := *a
	c.RedirectURIs = slices.Clone(a.RedirectURIs)
	c.AppRoles = slices.Clone(a.AppRoles)
	c.Consented = slices.Clone(a.Consented)
	c.Assigned = slices.Clone(a.Assigned)
	c.OptionalIDClaims = slices.Clone(a.OptionalIDClaims)
	return c
}
