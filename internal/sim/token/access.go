package token

import (
	"slices"
	"strings"
	"time"
)

// GraphAudience is the audience of access tokens for Microsoft Graph; life also
// knows its application id.
const (
	GraphAudience = "https://graph.microsoft.com"
	GraphAppID    = "00000003-0000-0000-c000-000000000000"
)

// Access are the claims of an access token for Graph (Microsoft's page "Access
// token claims reference").
type Access struct {
	Audience  string   `json:"aud"`
	Issuer    string   `json:"iss"`
	IssuedAt  int64    `json:"iat"`
	NotBefore int64    `json:"nbf"`
	Expires   int64    `json:"exp"`
	AppID     string   `json:"appid"`
	AppName   string   `json:"app_displayname,omitempty"`
	IDType    string   `json:"idtyp"`
	ObjectID  string   `json:"oid"`
	Subject   string   `json:"sub"`
	TenantID  string   `json:"tid"`
	TokenID   string   `json:"uti"`
	Version   string   `json:"ver"`
	Scopes    string   `json:"scp,omitempty"`
	Roles     []string `json:"roles,omitempty"`
	Methods   []string `json:"amr,omitempty"`
	// Contexts are the authentication contexts that the sign-in satisfied.
	Contexts []string `json:"acrs,omitempty"`
	// Capabilities is ["cp1"] when the client declared it through claims.
	Capabilities []string `json:"xms_cc,omitempty"`
	// RoleTemplates are the directory roles active when the token was minted.
	RoleTemplates []string `json:"wids,omitempty"`
	Name          string   `json:"name,omitempty"`
	UPN           string   `json:"upn,omitempty"`
}

// AppOnly reports whether no person stands behind the token.
func (a Access) AppOnly() bool { return a.IDType == "app" }

// Kind is "app" or "delegated".
func (a Access) Kind() string {
	if a.AppOnly() {
		return "app"
	}
	return "delegated"
}

// Grants reports whether the token carries any of the permissions: as a role
// when it is app-only, as a scope when it is delegated.
func (a Access) Grants(anyOf ...string) bool {
	held := a.Roles
	if !a.AppOnly() {
		held = strings.Fields(a.Scopes)
	}
	return slices.ContainsFunc(anyOf, func(p string) bool { return slices.Contains(held, p) })
}

// MFA reports whether the sign-in passed a second factor.
func (a Access) MFA() bool { return slices.Contains(a.Methods, "mfa") }

// Expired reports whether the token is past its life at now.
func (a Access) Expired(now time.Time) bool { return now.Unix() >= a.Expires }
