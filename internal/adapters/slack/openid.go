package slack

import (
	"context"
	"crypto/subtle"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"strings"
	"sync/atomic"

	"github.com/coreos/go-oidc/v3/oidc"

	"hoist/internal/clock"
	"hoist/internal/pim"
	"hoist/internal/secret"
)

// defaultIssuer signs the ID tokens of Sign in with Slack.
const defaultIssuer = "https://slack.com"

// ProofConfig describes a [Proof].
type ProofConfig struct {
	Installation Installation
	ClientID     string
	ClientSecret secret.Value
	// Issuer is who signs; the other addresses begin with it unless they are
	// given. Empty means https://slack.com.
	Issuer string
	// AuthorizeURL is for browsers, TokenURL and KeysURL are for this process.
	// Empty means Slack's own paths under Issuer. Plain http is taken for this
	// machine only.
	AuthorizeURL, TokenURL, KeysURL string
	// Clock judges whether a token is in its time.
	Clock clock.Clock
	// Transport carries the calls. Nil means a default of its own.
	Transport http.RoundTripper
}

// Proof is Sign in with Slack: a browser proves which person of the
// installation sits in front of it. See docs.slack.dev/authentication/sign-in-with-slack.
type Proof struct {
	installation Installation
	clientID     string
	clientSecret secret.Value
	authorizeURL string
	tokenURL     string
	clock        clock.Clock
	client       *http.Client
	keys         *keyFetches
	verifier     *oidc.IDTokenVerifier
}

// NewProof makes no call; keys are fetched when the first token comes.
func NewProof(cfg ProofConfig) (*Proof, error) {
	if err := cfg.Installation.Validate(); err != nil {
		return nil, err
	}
	if cfg.ClientID == "" || cfg.ClientSecret.IsZero() || cfg.Clock == nil {
		return nil, errors.New("slack: signing in needs a client id, its secret and a clock")
	}
	if cfg.Issuer == "" {
		cfg.Issuer = defaultIssuer
	}
	base := strings.TrimRight(cfg.Issuer, "/")
	p := &Proof{
		installation: cfg.Installation, clientID: cfg.ClientID, clientSecret: cfg.ClientSecret, clock: cfg.Clock,
		authorizeURL: orPath(cfg.AuthorizeURL, base, "/openid/connect/authorize"),
		tokenURL:     orPath(cfg.TokenURL, base, "/api/openid.connect.token"),
		client:       newClient(cfg.Transport, callTimeout),
	}
	keysURL := orPath(cfg.KeysURL, base, "/openid/connect/keys")
	for _, address := range []string{p.authorizeURL, p.tokenURL, keysURL} {
		if u, err := url.Parse(address); err != nil || !mayCarrySecrets(u) {
			return nil, errors.New("slack: an address for signing in is neither https nor on this machine")
		}
	}
	p.keys = &keyFetches{base: p.client.Transport}
	keyClient := newClient(p.keys, callTimeout)
	p.client.Transport = wire{p.client.Transport}
	p.verifier = oidc.NewVerifier(cfg.Issuer,
		oidc.NewRemoteKeySet(oidc.ClientContext(context.Background(), keyClient), keysURL),
		&oidc.Config{ClientID: cfg.ClientID, SupportedSigningAlgs: []string{oidc.RS256}, Now: cfg.Clock.Now})
	return p, nil
}

func orPath(given, base, path string) string {
	if given != "" {
		return given
	}
	return base + path
}

// Begin returns where the browser goes. Nothing but who somebody is and what
// they are called is asked for.
func (p *Proof) Begin(state, nonce, redirectURI string) (authorizeURL string) {
	q := url.Values{
		"response_type": {"code"}, "scope": {"openid profile"}, "client_id": {p.clientID},
		"state": {state}, "nonce": {nonce}, "redirect_uri": {redirectURI},
	}
	if p.installation.Team != "" {
		q.Set("team", p.installation.Team) // spares people the choice of a workspace
	}
	separator := "?"
	if strings.Contains(p.authorizeURL, "?") {
		separator = "&"
	}
	return p.authorizeURL + separator + q.Encode()
}

// Finish exchanges the code of the redirect for an ID token and returns whose it
// is, and what they are called. The access token that comes with it is dropped.
//
// Errors are *[pim.Error]: KindSignInExpired when the code or the token is no
// longer good and signing in again helps, KindWrongAccount for somebody of
// another workspace, KindForbidden when the app's registration or the token is
// wrong, KindThrottled and KindUnavailable when Slack could not be asked.
func (p *Proof) Finish(ctx context.Context, code, nonce, redirectURI string) (who pim.Person, displayName string, err error) {
	if code == "" || nonce == "" {
		return pim.Person{}, "", &pim.Error{Kind: pim.KindSignInExpired, Message: "sign in with Slack: no code or no nonce"}
	}
	raw, err := p.exchange(ctx, code, redirectURI)
	if err != nil {
		return pim.Person{}, "", err
	}
	c, err := p.claims(ctx, raw, nonce)
	if err != nil {
		return pim.Person{}, "", err
	}
	if !p.installation.holds(c.Team, c.Enterprise) {
		return pim.Person{}, "", &pim.Error{Kind: pim.KindWrongAccount, Message: "sign in with Slack: somebody of another workspace"}
	}
	return p.installation.person(c.User), c.Name, nil
}

const tokenMethod = "openid.connect.token"

// exchange calls openid.connect.token (docs.slack.dev/reference/methods/openid.connect.token).
func (p *Proof) exchange(ctx context.Context, code, redirectURI string) (idToken string, err error) {
	x := newExchange(p.clock)
	form := url.Values{
		"grant_type": {"authorization_code"}, "code": {code}, "redirect_uri": {redirectURI},
		"client_id": {p.clientID}, "client_secret": {p.clientSecret.Reveal()},
	}
	req, err := http.NewRequestWithContext(x.in(ctx), http.MethodPost, p.tokenURL, strings.NewReader(form.Encode()))
	if err != nil {
		return "", &pim.Error{Kind: pim.KindUnavailable, Message: tokenMethod + ": cannot be addressed"}
	}
	req.Header.Set("Content-Type", formType)
	resp, err := p.client.Do(req)
	if err != nil {
		return "", x.fault(tokenMethod, reads, err)
	}
	defer func() { _ = resp.Body.Close() }()
	body, err := io.ReadAll(resp.Body)
	if err != nil || resp.StatusCode != http.StatusOK {
		return "", x.fault(tokenMethod, reads, errors.New("no usable answer"))
	}
	return readToken(body)
}

func readToken(body []byte) (string, error) {
	var reply struct {
		OK      bool   `json:"ok"`
		Error   string `json:"error"`
		IDToken string `json:"id_token"`
	}
	if json.Unmarshal(body, &reply) != nil {
		return "", &pim.Error{Kind: pim.KindUnavailable, Message: tokenMethod + ": the answer cannot be read"}
	}
	if reply.OK && reply.IDToken != "" {
		return reply.IDToken, nil
	}
	if !isCode(reply.Error) {
		reply.Error = "unreadable"
	}
	return "", &pim.Error{Kind: tokenKind(reply.Error), Message: tokenMethod, Code: reply.Error}
}

func tokenKind(code string) pim.Kind {
	switch code {
	case "invalid_code", "code_already_used", "code_expired", "invalid_grant":
		return pim.KindSignInExpired
	case "invalid_client_id", "bad_client_secret", "bad_redirect_uri", "invalid_client", "invalid_redirect_uri", "oauth_authorization_url_mismatch":
		return pim.KindForbidden
	case "ratelimited", "rate_limited":
		return pim.KindThrottled
	case "internal_error", "fatal_error", "service_unavailable", "request_timeout":
		return pim.KindUnavailable
	}
	return pim.KindForbidden
}

// identity is what is read of an ID token.
type identity struct {
	User       string `json:"https://slack.com/user_id"`
	Team       string `json:"https://slack.com/team_id"`
	Enterprise string `json:"https://slack.com/enterprise_id"`
	Name       string `json:"name"`
}

// claims verifies an ID token: issuer, audience, time and signature by the
// library, the nonce here.
func (p *Proof) claims(ctx context.Context, raw, nonce string) (identity, error) {
	token, err := p.verifier.Verify(ctx, raw)
	if err != nil {
		return identity{}, p.unverified(err)
	}
	if subtle.ConstantTimeCompare([]byte(token.Nonce), []byte(nonce)) != 1 {
		return identity{}, &pim.Error{Kind: pim.KindForbidden, Message: "sign in with Slack: the ID token answers another sign-in"}
	}
	var c identity
	if err := token.Claims(&c); err != nil || !isUserID(c.User) {
		return identity{}, &pim.Error{Kind: pim.KindForbidden, Message: "sign in with Slack: the ID token names nobody"}
	}
	return c, nil
}

func (p *Proof) unverified(err error) error {
	var expired *oidc.TokenExpiredError
	switch {
	case errors.As(err, &expired):
		return &pim.Error{Kind: pim.KindSignInExpired, Message: "sign in with Slack: the ID token has expired"}
	case p.keys.failed.Load():
		return &pim.Error{Kind: pim.KindUnavailable, Message: "sign in with Slack: the signing keys cannot be read"}
	}
	return &pim.Error{Kind: pim.KindForbidden, Message: "sign in with Slack: the ID token is not valid", Err: err}
}

// keyFetches notes whether the last fetch of the signing keys failed, which the
// library's error does not tell from a wrong signature.
type keyFetches struct {
	base   http.RoundTripper
	failed atomic.Bool
}

// RoundTrip implements http.RoundTripper.
func (k *keyFetches) RoundTrip(req *http.Request) (*http.Response, error) {
	resp, err := k.base.RoundTrip(req)
	k.failed.Store(err != nil || resp.StatusCode != http.StatusOK)
	if err != nil {
		return nil, fmt.Errorf("fetch signing keys: %w", err)
	}
	resp.Body = limited{io.LimitReader(resp.Body, maxReply), resp.Body}
	return resp, nil
}
