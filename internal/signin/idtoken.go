package signin

import (
	"context"
	"crypto/subtle"
	"errors"
	"fmt"
	"strings"
	"sync"

	"github.com/coreos/go-oidc/v3/oidc"

	"hoist/internal/pim"
	"hoist/internal/secret"
)

// idTokens verifies who signed in. MSAL decodes ID tokens without looking at
// their signature, so its word for it counts nothing here.
type idTokens struct {
	authority *authority

	mu   sync.Mutex
	from string // where keys come from
	keys *oidc.RemoteKeySet
}

// identity is who signed in, proved by a verified ID token.
type identity struct {
	principal pim.Principal
	contexts  []string // authentication contexts that were satisfied
	guest     bool     // the account's home is another tenant
}

// idClaims are read from the token after it was verified:
// https://learn.microsoft.com/entra/identity-platform/id-token-claims-reference.
type idClaims struct {
	Tenant   string   `json:"tid"`
	Object   string   `json:"oid"`
	Username string   `json:"preferred_username"`
	UPN      string   `json:"upn"`
	Name     string   `json:"name"`
	Contexts []string `json:"acrs"`
	// Provider is present and not the issuer for accounts of other tenants.
	Provider string `json:"idp"`
	// Account is 1 for guests, where the optional claim is configured.
	Account *int `json:"acct"`
}

var errNonce = errors.New("nonce is not the one of this attempt")

// verify checks signature, issuer, audience, lifetime (by our clock) and nonce,
// and that the token names an account.
func (v *idTokens) verify(ctx context.Context, raw secret.Value, nonce string) (identity, error) {
	m, err := readMetadata(ctx, v.authority.client, v.authority.Authority)
	if err != nil {
		return identity{}, err
	}
	verifier := oidc.NewVerifier(m.Issuer, v.keySet(m.Keys), &oidc.Config{
		ClientID: v.authority.ClientID,
		Now:      v.authority.Clock.Now,
	})
	token, err := verifier.Verify(ctx, raw.Reveal())
	if err != nil {
		return identity{}, fmt.Errorf("verify id token: %w", err)
	}
	if subtle.ConstantTimeCompare([]byte(token.Nonce), []byte(nonce)) != 1 {
		return identity{}, fmt.Errorf("verify id token: %w", errNonce)
	}
	var c idClaims
	if err := token.Claims(&c); err != nil {
		return identity{}, fmt.Errorf("verify id token: %w", err)
	}
	if c.Object == "" || c.Tenant == "" {
		return identity{}, errors.New("verify id token: oid or tid is missing")
	}
	return c.identity(token.Issuer), nil
}

func (c idClaims) identity(issuer string) identity {
	upn := c.UPN
	if upn == "" {
		upn = c.Username
	}
	who := identity{
		principal: pim.Principal{PrincipalKey: pim.NewPrincipalKey(c.Tenant, c.Object), UPN: upn, Name: c.Name},
		contexts:  c.Contexts,
	}
	home := c.Provider == "" || c.Provider == issuer || strings.Contains(strings.ToLower(c.Provider), strings.ToLower(c.Tenant))
	who.guest = !home || (c.Account != nil && *c.Account == 1) || strings.Contains(strings.ToUpper(upn), "#EXT#")
	return who
}

// keySet keeps one key set, and with it the keys, for as long as the authority
// publishes them at the same place.
func (v *idTokens) keySet(from string) *oidc.RemoteKeySet {
	v.mu.Lock()
	defer v.mu.Unlock()
	if v.keys == nil || v.from != from {
		ctx := oidc.ClientContext(context.Background(), v.authority.client)
		v.keys, v.from = oidc.NewRemoteKeySet(ctx, from), from
	}
	return v.keys
}
