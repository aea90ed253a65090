package slack

import (
	"crypto"
	"crypto/rand"
	"crypto/rsa"
	"crypto/sha256"
	"crypto/subtle"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"math/big"
	"net/http"
	"strings"
	"time"
)

// idTokenLife is what Slack gives ("Sign in with Slack": exp is five minutes
// after iat).
const idTokenLife = 5 * time.Minute

const signingKeyID = "simulated-slack-key"

// signingKey makes the key at first use: most tests never need it, and making
// one takes a moment.
func (s *Slack) signingKey() (*rsa.PrivateKey, error) {
	s.keyer.Do(func() { s.key, s.keyErr = rsa.GenerateKey(rand.Reader, 2048) })
	return s.key, s.keyErr
}

// issuerNow is who signs the tokens; the caller holds the lock.
func (s *Slack) issuerNow() string {
	if s.issuer != "" {
		return s.issuer
	}
	return s.base
}

// claims says who signed in, as the ID token and userInfo show it; the caller
// holds the lock.
func (s *Slack) claims(g *grant) object {
	u := s.users[g.user]
	team := s.cfg.Seed.Team
	c := object{"sub": u.ID, "https://slack.com/user_id": u.ID, "https://slack.com/team_id": u.TeamID}
	if g.allows("email") {
		c["email"], c["email_verified"], c["date_email_verified"] = u.Email, true, g.at.Unix()
	}
	if g.allows("profile") {
		given, family, _ := strings.Cut(u.RealName, " ")
		c["name"], c["given_name"], c["family_name"], c["locale"] = u.RealName, given, family, u.locale()
		if !s.stranger(u) {
			c["https://slack.com/team_name"] = team.Name
		}
		c["https://slack.com/team_domain"] = s.domainOf(u)
	}
	return c
}

// idToken signs a grant's claims with RS256; the caller holds the lock.
func (s *Slack) idToken(g *grant) (string, error) {
	key, err := s.signingKey()
	if err != nil {
		return "", fmt.Errorf("make a signing key: %w", err)
	}
	now := s.now()
	c := s.claims(g)
	c["iss"], c["aud"] = s.issuerNow(), g.clientID
	c["iat"], c["exp"], c["auth_time"] = now.Unix(), now.Add(idTokenLife).Unix(), g.at.Unix()
	if g.nonce != "" {
		c["nonce"] = g.nonce
	}
	header, err := json.Marshal(object{"typ": "JWT", "alg": "RS256", "kid": signingKeyID})
	if err != nil {
		return "", fmt.Errorf("encode the header: %w", err)
	}
	body, err := json.Marshal(c)
	if err != nil {
		return "", fmt.Errorf("encode the claims: %w", err)
	}
	signed := base64.RawURLEncoding.EncodeToString(header) + "." + base64.RawURLEncoding.EncodeToString(body)
	digest := sha256.Sum256([]byte(signed))
	signature, err := rsa.SignPKCS1v15(rand.Reader, key, crypto.SHA256, digest[:])
	if err != nil {
		return "", fmt.Errorf("sign an ID token: %w", err)
	}
	return signed + "." + base64.RawURLEncoding.EncodeToString(signature), nil
}

// provedBy checks PKCE where the sign-in began with a challenge.
func (g *grant) provedBy(verifier string) bool {
	if g.challenge == "" {
		return true
	}
	if g.challengeEncoding == "S256" {
		sum := sha256.Sum256([]byte(verifier))
		verifier = base64.RawURLEncoding.EncodeToString(sum[:])
	}
	return subtle.ConstantTimeCompare([]byte(verifier), []byte(g.challenge)) == 1
}

// serveKeys is the JSON Web Key Set.
func (s *Slack) serveKeys(w http.ResponseWriter, _ *http.Request) {
	key, err := s.signingKey()
	if err != nil {
		http.Error(w, "no key", http.StatusInternalServerError)
		return
	}
	encode := base64.RawURLEncoding.EncodeToString
	writeJSON(w, http.StatusOK, object{"keys": []any{object{
		"kty": "RSA", "use": "sig", "alg": "RS256", "kid": signingKeyID,
		"n": encode(key.N.Bytes()), "e": encode(big.NewInt(int64(key.E)).Bytes()),
	}}})
}

// serveDiscovery is the OpenID configuration, with the fields that slack.com
// publishes.
func (s *Slack) serveDiscovery(w http.ResponseWriter, _ *http.Request) {
	s.mu.Lock()
	base, issuer := s.base, s.issuerNow()
	s.mu.Unlock()
	writeJSON(w, http.StatusOK, object{
		"issuer":                                issuer,
		"authorization_endpoint":                base + "/openid/connect/authorize",
		"token_endpoint":                        base + "/api/openid.connect.token",
		"userinfo_endpoint":                     base + "/api/openid.connect.userInfo",
		"jwks_uri":                              base + "/openid/connect/keys",
		"scopes_supported":                      []string{"openid", "profile", "email"},
		"response_types_supported":              []string{"code"},
		"response_modes_supported":              []string{"query"},
		"grant_types_supported":                 []string{"authorization_code"},
		"subject_types_supported":               []string{"public"},
		"id_token_signing_alg_values_supported": []string{"RS256"},
		"claims_supported":                      []string{"sub", "auth_time", "iss"},
		"claims_parameter_supported":            false,
		"request_parameter_supported":           false,
		"request_uri_parameter_supported":       true,
		"token_endpoint_auth_methods_supported": []string{"client_secret_post", "client_secret_basic"},
	})
}
