package entra

import (
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"slices"
	"strings"
	"time"

	"hoist/internal/sim/tenant"
	"hoist/internal/sim/token"
)

// tokenAnswer is a successful answer of the token endpoint.
type tokenAnswer struct {
	TokenType    string `json:"token_type"`
	Scope        string `json:"scope,omitempty"`
	ExpiresIn    int    `json:"expires_in"`
	ExtExpiresIn int    `json:"ext_expires_in"`
	AccessToken  string `json:"access_token"`
	RefreshToken string `json:"refresh_token,omitempty"`
	IDToken      string `json:"id_token,omitempty"`
	ClientInfo   string `json:"client_info,omitempty"`
}

// idToken are the claims of a v2.0 ID token. There is no amr in it: whether MFA
// was done is known only from what PIM answers.
type idToken struct {
	Audience string   `json:"aud"`
	Issuer   string   `json:"iss"`
	IssuedAt int64    `json:"iat"`
	Earliest int64    `json:"nbf"`
	Expires  int64    `json:"exp"`
	Subject  string   `json:"sub"`
	ObjectID string   `json:"oid"`
	TenantID string   `json:"tid"`
	UserName string   `json:"preferred_username,omitempty"`
	Name     string   `json:"name,omitempty"`
	Email    string   `json:"email,omitempty"`
	Nonce    string   `json:"nonce,omitempty"`
	AuthTime int64    `json:"auth_time,omitempty"`
	Contexts []string `json:"acrs,omitempty"`
	TokenID  string   `json:"uti"`
	Version  string   `json:"ver"`
}

func (s *Server) mintUser(app tenant.App, g *grant, asked scopes, contexts []string, cp1 bool) (*tokenAnswer, *problem) {
	now := s.tenant.Now()
	p, _ := s.tenant.Person(g.oid)
	access := s.access(app, now)
	access.IDType, access.ObjectID, access.Subject = "user", p.OID, pairwise(token.GraphAppID, p.OID)
	access.Scopes, access.Methods, access.Contexts = asked.granted(app), []string{"pwd"}, contexts
	access.RoleTemplates, access.Name, access.UPN = s.tenant.ActiveRoles(p.OID), p.Name, p.UPN
	if g.mfa {
		access.Methods = append(access.Methods, "mfa")
	}
	if cp1 {
		access.Capabilities = []string{"cp1"}
	}
	answer := s.answer(access, now)
	answer.Scope = strings.Join(asked.raw, " ")
	answer.ClientInfo = clientInfo(p.OID, s.tenant.ID())
	if asked.has("openid") {
		answer.IDToken = s.sign(s.identify(app, g, p, asked, contexts, now))
	}
	if asked.has("offline_access") {
		kept := *g
		kept.scopes, kept.contexts = asked, contexts
		answer.RefreshToken = s.keepRefresh(kept)
	}
	return answer, nil
}

func (s *Server) mintApp(app tenant.App, asked scopes) (*tokenAnswer, *problem) {
	now := s.tenant.Now()
	access := s.access(app, now)
	access.IDType, access.ObjectID, access.Subject, access.Roles = "app", app.ObjectID, app.ObjectID, slices.Clone(app.AppRoles)
	return s.answer(access, now), nil
}

func (s *Server) access(app tenant.App, now time.Time) token.Access {
	return token.Access{
		Audience: token.GraphAudience, Issuer: "https://sts.windows.net/" + s.tenant.ID() + "/", TenantID: s.tenant.ID(),
		IssuedAt: now.Unix(), NotBefore: now.Unix(), Expires: now.Add(s.accessLife()).Unix(),
		AppID: app.ClientID, AppName: app.Name, TokenID: newSecret()[:22], Version: "1.0",
	}
}

func (s *Server) accessLife() time.Duration {
	if life := s.tenant.Behaviour().AccessTokenLife; life > 0 {
		return life
	}
	return time.Hour
}

func (s *Server) answer(access token.Access, now time.Time) *tokenAnswer {
	left := int(access.Expires - now.Unix())
	return &tokenAnswer{TokenType: "Bearer", ExpiresIn: left, ExtExpiresIn: left, AccessToken: s.sign(access)}
}

func (s *Server) sign(claims any) string {
	raw, err := s.keys.Sign(claims)
	if err != nil {
		panic("entra: " + err.Error())
	}
	return raw
}

func (s *Server) identify(app tenant.App, g *grant, p tenant.Person, asked scopes, contexts []string, now time.Time) idToken {
	id := idToken{
		Audience: app.ClientID, Issuer: s.Issuer(), IssuedAt: now.Unix(), Earliest: now.Unix(), Expires: now.Add(time.Hour).Unix(),
		Subject: pairwise(app.ClientID, p.OID), ObjectID: p.OID, TenantID: s.tenant.ID(), Nonce: g.nonce,
		TokenID: newSecret()[:22], Version: "2.0",
	}
	if asked.has("profile") {
		id.UserName, id.Name = p.UPN, p.Name
	}
	if asked.has("email") {
		id.Email = p.Mail
	}
	if slices.Contains(app.OptionalIDClaims, "auth_time") {
		id.AuthTime = g.signedIn.Unix()
	}
	if slices.Contains(app.OptionalIDClaims, "acrs") {
		id.Contexts = contexts
	}
	return id
}

// pairwise is a subject that differs from one audience to the next.
func pairwise(audience, oid string) string {
	sum := sha256.Sum256([]byte(audience + "/" + oid))
	return base64.RawURLEncoding.EncodeToString(sum[:])
}

// clientInfo names the account to MSAL's cache.
func clientInfo(oid, tid string) string {
	text, err := json.Marshal(map[string]string{"uid": oid, "utid": tid})
	if err != nil {
		panic("entra: encode client info: " + err.Error())
	}
	return base64.RawURLEncoding.EncodeToString(text)
}
