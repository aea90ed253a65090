package signin

import (
	"context"
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"net/url"
	"time"

	"github.com/AzureAD/microsoft-authentication-library-for-go/apps/confidential"

	"hoist/internal/pim"
	"hoist/internal/secret"
)

// delegatedPermission is the one right that Hoist asks of a person: to activate
// roles in their own name. MSAL adds openid, profile and offline_access when it
// redeems a code; the refresh token that may come is dropped.
const delegatedPermission = "RoleAssignmentSchedule.ReadWrite.Directory"

// scopes are what a sign-in asks for. A linking needs to know who someone is
// and nothing more, so its token can do nothing in PIM.
func (a *authority) scopes(purpose pim.Purpose) (asked, redeemed []string) {
	if purpose == pim.PurposeLink {
		return []string{"openid", "profile"}, []string{"openid"}
	}
	permission := a.Graph + "/" + delegatedPermission
	return []string{permission, "openid", "profile"}, []string{permission}
}

// userClient is a client that tells Entra it understands claims challenges.
// cp1 comes from here and nowhere else; MSAL merges it with other claims.
// https://learn.microsoft.com/entra/identity-platform/claims-challenge.
func (a *authority) userClient() (confidential.Client, error) {
	return a.confidentialClient(confidential.WithClientCapabilities([]string{"cp1"}))
}

// promptSelect makes Entra show its choice of accounts. MSAL's type for it is
// internal and has no exported names; 2 is select_account.
const promptSelect = 2

// authorizeURL is where the browser goes to sign in. MSAL's URL lacks state,
// nonce and PKCE challenge, so they are added here:
// https://github.com/AzureAD/microsoft-authentication-library-for-go/issues/245.
func (a *authority) authorizeURL(ctx context.Context, s attempt, state, redirect string) (string, error) {
	client, err := a.userClient()
	if err != nil {
		return "", err
	}
	options := []confidential.AuthCodeURLOption{}
	if s.Claims != "" {
		options = append(options, confidential.WithClaims(s.Claims))
	}
	if s.Hint != "" {
		options = append(options, confidential.WithLoginHint(s.Hint))
	}
	if s.Switch {
		options = append(options, confidential.WithPrompt(promptSelect))
	}
	asked, _ := a.scopes(s.Purpose)
	raw, err := client.AuthCodeURL(ctx, a.ClientID, redirect, asked, options...)
	if err != nil {
		return "", &refusedError{refusal: refusalOf(err), doing: "make authorize URL"}
	}
	u, err := url.Parse(raw)
	if err != nil {
		return "", errors.New("make authorize URL: entra's metadata holds no URL")
	}
	q := u.Query()
	q.Set("response_mode", "query")
	q.Set("state", state)
	q.Set("nonce", s.Nonce)
	q.Set("code_challenge", challenge(s.Verifier))
	q.Set("code_challenge_method", "S256")
	u.RawQuery = q.Encode()
	return u.String(), nil
}

// challenge is the S256 form of a PKCE verifier.
func challenge(verifier string) string {
	sum := sha256.Sum256([]byte(verifier))
	return base64.RawURLEncoding.EncodeToString(sum[:])
}

// redeemed is what a code was exchanged for.
type redeemed struct {
	token   secret.Value
	idToken secret.Value
	life    time.Duration
}

// redeem exchanges the code. The refresh token dies with the client.
func (a *authority) redeem(ctx context.Context, s attempt, code secret.Value, redirect string) (redeemed, error) {
	client, err := a.userClient()
	if err != nil {
		return redeemed{}, err
	}
	options := []confidential.AcquireByAuthCodeOption{
		confidential.WithChallenge(s.Verifier), // misnamed: it is sent as code_verifier
	}
	if s.Claims != "" {
		options = append(options, confidential.WithClaims(s.Claims))
	}
	_, scopes := a.scopes(s.Purpose)
	got, err := client.AcquireTokenByAuthCode(ctx, code.Reveal(), redirect, scopes, options...)
	if err != nil {
		return redeemed{}, &refusedError{refusal: refusalOf(err), doing: "redeem code"}
	}
	return redeemed{
		token:   secret.New(got.AccessToken),
		idToken: secret.New(got.IDToken.RawToken),
		life:    time.Until(got.ExpiresOn), // MSAL counted from the machine's clock
	}, nil
}

// refusedError carries a refusal and none of MSAL's text.
type refusedError struct {
	refusal refusal
	doing   string
}

func (e *refusedError) Error() string { return e.doing + ": " + e.refusal.detail() }

// claims is what to ask Entra for beyond a plain sign-in: PIM's own challenge
// when there was one, else what the policy tells beforehand. A linking asks for
// a second factor always: what it proves is believed from then on. To end
// something, or to decide, PIM wants nothing more than the tenant does.
func claims(purpose pim.Purpose, e pim.Elevation, mfa string) (string, error) {
	var c string
	switch {
	case purpose.Decides() || purpose.Exits():
	case purpose == pim.PurposeLink:
		c = mfa
	case e.SignIn.Claims != "":
		c = e.SignIn.Claims
	case e.Terms.NeedsContext != "":
		raw, err := json.Marshal(contextClaims(e.Terms.NeedsContext))
		if err != nil {
			return "", fmt.Errorf("encode claims: %w", err)
		}
		c = string(raw)
	case e.Terms.NeedsMFA:
		c = mfa
	}
	if c != "" && !json.Valid([]byte(c)) {
		return "", errors.New("claims to ask for are not JSON")
	}
	return c, nil
}

// contextClaims asks for an authentication context:
// https://learn.microsoft.com/entra/identity-platform/developer-guide-conditional-access-authentication-context.
func contextClaims(value string) any {
	type acrs struct {
		Essential bool   `json:"essential"`
		Value     string `json:"value"`
	}
	return map[string]map[string]acrs{"access_token": {"acrs": {Essential: true, Value: value}}}
}
