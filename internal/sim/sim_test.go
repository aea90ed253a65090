package sim_test

import (
	"context"
	"crypto/rand"
	"crypto/rsa"
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"io"
	"maps"
	"net/http"
	"net/url"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/AzureAD/microsoft-authentication-library-for-go/apps/confidential"

	"hoist/internal/clock"
	"hoist/internal/sim"
	"hoist/internal/sim/browser"
)

const (
	callback  = "http://localhost:8080/auth/callback"
	graphRW   = "RoleAssignmentSchedule.ReadWrite.Directory"
	verifier  = "a-verifier-of-at-least-forty-three-characters-in-length"
	askForC1  = `{"access_token":{"acrs":{"essential":true,"value":"c1"}}}`
	askForMFA = `{"access_token":{"amr":{"values":["mfa"]}}}`
)

var nine = time.Date(2026, 11, 23, 9, 0, 0, 0, time.UTC)

// signingKey is shared because making one takes longer than most tests.
var signingKey = sync.OnceValue(func() *rsa.PrivateKey {
	key, err := rsa.GenerateKey(rand.Reader, 2048)
	if err != nil {
		panic(err)
	}
	return key
})

func start(t *testing.T, change ...func(*sim.Options)) (*sim.Sim, *clock.Movable) {
	t.Helper()
	c := clock.NewStill(nine)
	o := sim.Options{Clock: c, SigningKey: signingKey()}
	for _, f := range change {
		f(&o)
	}
	s, err := sim.Start(t.Context(), o)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = s.Close() })
	if err := s.Tenant.SetRedirectURIs(sim.BotClientID, callback); err != nil {
		t.Fatal(err)
	}
	return s, c
}

// msal is an independent client of the simulated Entra.
func msal(t *testing.T, s *sim.Sim, options ...confidential.Option) confidential.Client {
	t.Helper()
	cred, err := confidential.NewCredFromSecret(sim.BotClientSecret)
	if err != nil {
		t.Fatal(err)
	}
	options = append(options, confidential.WithHTTPClient(s.Client()), confidential.WithInstanceDiscovery(false))
	client, err := confidential.New(s.Authority(), sim.BotClientID, cred, options...)
	if err != nil {
		t.Fatal(err)
	}
	return client
}

// authorizeURL is MSAL's, with what MSAL leaves to the caller.
func authorizeURL(t *testing.T, client confidential.Client, extra url.Values, options ...confidential.AuthCodeURLOption) string {
	t.Helper()
	raw, err := client.AuthCodeURL(t.Context(), sim.BotClientID, callback, []string{graphRW}, options...)
	if err != nil {
		t.Fatal(err)
	}
	u, err := url.Parse(raw)
	if err != nil {
		t.Fatal(err)
	}
	q := u.Query()
	sum := sha256.Sum256([]byte(verifier))
	q.Set("code_challenge", base64.RawURLEncoding.EncodeToString(sum[:]))
	q.Set("code_challenge_method", "S256")
	q.Set("state", "the-state")
	q.Set("nonce", "the-nonce")
	maps.Copy(q, extra)
	u.RawQuery = q.Encode()
	return u.String()
}

func newBrowser() *browser.Browser {
	b := browser.New(nil)
	b.StopAt = func(u *url.URL) bool { return strings.HasPrefix(u.String(), callback) }
	return b
}

// signIn opens the address in the browser, walks through the pages as the
// person and returns the query that reached the callback.
func signIn(t *testing.T, b *browser.Browser, address, who string) url.Values {
	t.Helper()
	p, err := b.Open(t.Context(), address)
	if err == nil {
		p, err = b.SignIn(t.Context(), p, who)
	}
	if err != nil {
		t.Fatal(err)
	}
	if !p.Stopped {
		t.Fatalf("the sign-in ended on %s: %s", p.URL, p.Text(""))
	}
	return p.URL.Query()
}

// userToken signs a person in through MSAL and returns the access token.
func userToken(t *testing.T, s *sim.Sim, who, claims string) string {
	t.Helper()
	client := msal(t, s, confidential.WithClientCapabilities([]string{"cp1"}))
	var atURL []confidential.AuthCodeURLOption
	atToken := []confidential.AcquireByAuthCodeOption{confidential.WithChallenge(verifier)}
	if claims != "" {
		atURL = append(atURL, confidential.WithClaims(claims))
		atToken = append(atToken, confidential.WithClaims(claims))
	}
	q := signIn(t, newBrowser(), authorizeURL(t, client, nil, atURL...), who)
	result, err := client.AcquireTokenByAuthCode(t.Context(), q.Get("code"), callback, []string{graphRW}, atToken...)
	if err != nil {
		t.Fatal(err)
	}
	return result.AccessToken
}

func appToken(t *testing.T, s *sim.Sim) string {
	t.Helper()
	result, err := msal(t, s).AcquireTokenByCredential(t.Context(), []string{"https://graph.microsoft.com/.default"})
	if err != nil {
		t.Fatal(err)
	}
	return result.AccessToken
}

// ask sends a Graph call and returns the status and the decoded body.
func ask(t *testing.T, s *sim.Sim, bearer, method, path, body string) (int, map[string]any) {
	t.Helper()
	status, m, err := tryAsk(t.Context(), s, bearer, method, path, body)
	if err != nil {
		t.Fatal(err)
	}
	return status, m
}

func tryAsk(ctx context.Context, s *sim.Sim, bearer, method, path, body string) (int, map[string]any, error) {
	req, err := http.NewRequestWithContext(ctx, method, s.GraphURL()+path, strings.NewReader(body))
	if err != nil {
		return 0, nil, err
	}
	req.Header.Set("Authorization", "Bearer "+bearer)
	req.Header.Set("Content-Type", "application/json")
	client := s.Client()
	defer client.CloseIdleConnections()
	answer, err := client.Do(req)
	if err != nil {
		return 0, nil, err
	}
	defer func() { _ = answer.Body.Close() }()
	text, err := io.ReadAll(answer.Body)
	if err != nil {
		return 0, nil, err
	}
	var m map[string]any
	if len(text) > 0 && strings.HasPrefix(answer.Header.Get("Content-Type"), "application/json") {
		if err := json.Unmarshal(text, &m); err != nil {
			return 0, nil, err
		}
	}
	return answer.StatusCode, m, nil
}

// claimsOf reads a token without verifying it.
func claimsOf(t *testing.T, raw string) map[string]any {
	t.Helper()
	body, err := base64.RawURLEncoding.DecodeString(strings.Split(raw, ".")[1])
	if err != nil {
		t.Fatal(err)
	}
	var m map[string]any
	if err := json.Unmarshal(body, &m); err != nil {
		t.Fatal(err)
	}
	return m
}
