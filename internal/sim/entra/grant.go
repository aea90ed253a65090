package entra

import (
	"crypto/sha256"
	"crypto/subtle"
	"encoding/base64"
	"slices"
	"time"
)

// grant is what stands behind a code or a refresh token.
type grant struct {
	clientID    string
	redirectURI string
	oid         string
	nonce       string
	challenge   string
	scopes      scopes
	cp1         bool
	made        time.Time
	used        bool

	// What the person proved.
	signedIn time.Time
	epoch    int
	mfa      bool
	contexts []string
}

// takeCode checks a code and uses it up.
func (s *Server) takeCode(code, clientID, redirectURI, verifier string) (*grant, *problem) {
	s.mu.Lock()
	defer s.mu.Unlock()
	g := s.codes[code]
	switch {
	case g == nil:
		return nil, invalidGrant(9002313, "Invalid request. Request is malformed or invalid.")
	case g.clientID != clientID:
		return nil, invalidGrant(700005, "Provided Authorization Code is intended to use against other client.")
	case g.used:
		return nil, invalidGrant(54005, "OAuth2 Authorization code was already redeemed, please retry with a new valid code or use an existing refresh token.")
	case s.tenant.Now().Sub(g.made) > forgetAfter:
		return nil, invalidGrant(70008, "The provided authorization code or refresh token has expired due to inactivity. Send a new interactive authorization request for this user and resource.")
	case g.redirectURI != redirectURI:
		return nil, invalidGrant(500112, "The reply address '"+redirectURI+"' does not match the reply address '"+g.redirectURI+"' provided when requesting Authorization code.")
	case !pkceHolds(g.challenge, verifier):
		return nil, invalidGrant(501481, "The Code_Verifier does not match the code_challenge supplied in the authorization request.")
	}
	g.used = true
	return g, nil
}

// pkceHolds: no challenge needs no verifier, and MSAL Go sends an empty one
// then.
func pkceHolds(challenge, verifier string) bool {
	if challenge == "" {
		return verifier == ""
	}
	sum := sha256.Sum256([]byte(verifier))
	return subtle.ConstantTimeCompare([]byte(base64.RawURLEncoding.EncodeToString(sum[:])), []byte(challenge)) == 1
}

// takeRefresh checks a refresh token. It stays good: Entra does not revoke the
// old one when it hands out a new one.
func (s *Server) takeRefresh(raw, clientID string) (*grant, *problem) {
	s.mu.Lock()
	defer s.mu.Unlock()
	g := s.refreshes[raw]
	switch {
	case g == nil:
		return nil, invalidGrant(9002313, "Invalid request. Request is malformed or invalid.")
	case g.clientID != clientID:
		return nil, invalidGrant(700005, "Provided grant is intended to use against other client.")
	case g.epoch != s.tenant.SessionEpoch(g.oid):
		return nil, invalidGrant(50173, "The provided grant has expired due to it being revoked, a fresh auth token is needed.")
	}
	copied := *g
	return &copied, nil
}

func (s *Server) keepRefresh(g grant) string {
	raw := "1." + newSecret()
	s.mu.Lock()
	defer s.mu.Unlock()
	s.refreshes[raw] = &g
	return raw
}

// unearned returns an authentication context that is asked for now and was not
// satisfied when the person signed in.
func (s *Server) unearned(g *grant, contexts []string) string {
	for _, c := range contexts {
		if !slices.Contains(g.contexts, c) && s.contextWantsStep(c) {
			return c
		}
	}
	return ""
}
