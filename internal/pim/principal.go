package pim

import (
	"strings"
	"time"

	"hoist/internal/secret"
)

// TenantID is the GUID of a Microsoft Entra tenant, in lower case.
type TenantID string

// PrincipalKey identifies an Entra account across tenants: the pair that
// Microsoft names as the stable identifier of a user. E-mail addresses and user
// principal names change hands and are never used as a key.
// See https://learn.microsoft.com/entra/identity-platform/id-token-claims-reference.
type PrincipalKey struct {
	Tenant TenantID `json:"tenant"`
	// ID is the object id (oid), a GUID in lower case.
	ID string `json:"id"`
}

// NewPrincipalKey folds both parts to lower case: Entra writes GUIDs in either.
func NewPrincipalKey(tenant, id string) PrincipalKey {
	return PrincipalKey{Tenant: TenantID(strings.ToLower(tenant)), ID: strings.ToLower(id)}
}

// IsZero reports whether no account is named.
func (k PrincipalKey) IsZero() bool { return k.ID == "" }

// Principal is an Entra account that can hold a role.
type Principal struct {
	PrincipalKey
	// UPN is the user principal name: a login hint and a label, never proof.
	UPN string `json:"upn,omitempty"`
	// Name is the display name, as Entra has it. User text: escape it.
	Name string `json:"name,omitempty"`
}

// Person is someone in a chat: who pressed or typed, as the platform's verified
// payload says.
type Person struct {
	Platform  string `json:"platform"`  // "slack", "teams", "console"
	Workspace string `json:"workspace"` // Slack team or enterprise id; Teams tenant id
	User      string `json:"user"`      // the platform's user id
}

// Key is the person as one string, for indexes. No part may hold a slash.
func (p Person) Key() string { return p.Platform + "/" + p.Workspace + "/" + p.User }

// Profile is what a platform knows of a [Person]. None of it is proof.
type Profile struct {
	Name   string         // display name; user text
	Email  string         // a login hint at best
	Zone   *time.Location // nil when the platform does not say
	Barred string         // why this person may not use Hoist ("guest", "other organisation", "deactivated", "bot"); empty when they may
}

// Session is the proof that a call may act as a principal: an access token that
// Microsoft issued to exactly this person for this action. It is a required
// argument of every port that writes, is never stored and never put in a
// context.
type Session struct {
	Principal Principal
	Token     secret.Value // delegated Graph access token
	Expires   time.Time
	// Claims that Entra confirmed in the ID token; authentication contexts
	// satisfied at this sign-in (acrs). Diagnostic only: PIM judges the token.
	Contexts []string
}
