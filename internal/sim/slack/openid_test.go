package slack_test

import (
	"io"
	"net/http"
	"net/http/cookiejar"
	"net/http/httptest"
	"net/url"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/coreos/go-oidc/v3/oidc"
	slackgo "github.com/slack-go/slack"

	"hoist/internal/sim/browser"
	sim "hoist/internal/sim/slack"
)

const callback = "https://hoist.example/slack/callback"

func (w *world) authorizeURL(change ...func(url.Values)) string {
	q := url.Values{
		"response_type": {"code"}, "client_id": {"111.222"}, "scope": {"openid profile email"},
		"redirect_uri": {callback}, "state": {"s&1"}, "nonce": {"n-1"},
	}
	for _, c := range change {
		c(q)
	}
	return w.base + "/openid/connect/authorize?" + q.Encode()
}

// codeFor lets a person sign in and returns the code.
func (w *world) codeFor(t *testing.T, user string, change ...func(url.Values)) string {
	t.Helper()
	to, err := w.SignInWithSlack(user, w.authorizeURL(change...))
	if err != nil {
		t.Fatal(err)
	}
	u, err := url.Parse(to)
	if err != nil || !strings.HasPrefix(to, callback+"?") || u.Query().Get("state") != "s&1" {
		t.Fatalf("sent back to %q", to)
	}
	return u.Query().Get("code")
}

func (w *world) exchange(t *testing.T, id, key, code, redirect string) (*slackgo.OpenIDConnectResponse, error) {
	t.Helper()
	return slackgo.GetOpenIDConnectTokenContext(t.Context(), http.DefaultClient, id, key, code, redirect, slackgo.OAuthOptionAPIURL(w.base+"/api/"))
}

func TestSignInWithSlack_gives_a_token_that_go_oidc_accepts(t *testing.T) {
	w := newWorld(t)
	resp, err := w.exchange(t, "111.222", "client-secret", w.codeFor(t, "U0ANNA"), callback)
	if err != nil {
		t.Fatal(err)
	}
	provider, err := oidc.NewProvider(t.Context(), w.base)
	if err != nil {
		t.Fatalf("discovery: %v", err)
	}
	token, err := provider.Verifier(&oidc.Config{ClientID: "111.222", Now: w.clock.Now}).Verify(t.Context(), resp.IdToken)
	if err != nil {
		t.Fatalf("go-oidc refuses the ID token: %v", err)
	}
	var claims struct {
		User  string `json:"https://slack.com/user_id"`
		Team  string `json:"https://slack.com/team_id"`
		Email string `json:"email"`
		Name  string `json:"name"`
	}
	if err := token.Claims(&claims); err != nil {
		t.Fatal(err)
	}
	if token.Nonce != "n-1" || token.Subject != "U0ANNA" || claims.User != "U0ANNA" || claims.Team != "T0001" ||
		claims.Email != "anna@contoso.example" || claims.Name != "Anna Berg" || !token.Expiry.Equal(nine.Add(5*time.Minute)) {
		t.Errorf("token %+v, claims %+v", token, claims)
	}
	info, err := slackgo.New(resp.AccessToken, slackgo.OptionAPIURL(w.base+"/api/")).GetOpenIDConnectUserInfoContext(t.Context())
	if err != nil || info.UserID != "U0ANNA" || info.TeamID != "T0001" || info.Email != "anna@contoso.example" {
		t.Errorf("userInfo = %+v, %v", info, err)
	}
	_, err = slackgo.New(resp.AccessToken, slackgo.OptionAPIURL(w.base+"/api/")).AuthTestContext(t.Context())
	slackError(t, err, "not_allowed_token_type")
}

func TestSignInWithSlack_shows_a_stranger_with_their_own_team(t *testing.T) {
	w := newWorld(t, func(c *sim.Config) { c.Issuer = "https://slack.com" })
	only := func(q url.Values) { q.Set("scope", "openid") }
	resp, err := w.exchange(t, "111.222", "client-secret", w.codeFor(t, "U0OTHER", only), callback)
	if err != nil {
		t.Fatal(err)
	}
	keys := oidc.NewRemoteKeySet(t.Context(), w.base+"/openid/connect/keys")
	token, err := oidc.NewVerifier("https://slack.com", keys, &oidc.Config{ClientID: "111.222", Now: w.clock.Now}).Verify(t.Context(), resp.IdToken)
	if err != nil {
		t.Fatal(err)
	}
	claims := map[string]any{}
	if err := token.Claims(&claims); err != nil {
		t.Fatal(err)
	}
	if claims["https://slack.com/team_id"] != "T0002" || claims["email"] != nil || claims["name"] != nil {
		t.Errorf("claims = %v", claims)
	}
}

func TestOpenIDToken_refuses(t *testing.T) {
	w := newWorld(t)
	used := w.codeFor(t, "U0ANNA")
	if _, err := w.exchange(t, "111.222", "client-secret", used, callback); err != nil {
		t.Fatal(err)
	}
	old := w.codeFor(t, "U0ANNA")
	w.clock.Advance(10 * time.Minute)
	fresh := w.codeFor(t, "U0ANNA")
	proved := w.codeFor(t, "U0ANNA", func(q url.Values) {
		q.Set("code_challenge", slackgo.GenerateCodeChallenge("verifier"))
		q.Set("code_challenge_method", "S256")
	})
	for _, c := range []struct{ name, id, key, code, redirect, want string }{
		{"another_client", "999", "client-secret", fresh, callback, "invalid_client_id"},
		{"a_wrong_secret", "111.222", "guess", fresh, callback, "bad_client_secret"},
		{"an_unknown_code", "111.222", "client-secret", "1.2", callback, "invalid_code"},
		{"a_used_code", "111.222", "client-secret", used, callback, "code_already_used"},
		{"an_old_code", "111.222", "client-secret", old, callback, "invalid_code"},
		{"another_redirect", "111.222", "client-secret", fresh, callback + "/", "bad_redirect_uri"},
		{"a_missing_verifier", "111.222", "client-secret", proved, callback, "invalid_code_verifier"},
	} {
		t.Run(c.name, func(t *testing.T) {
			_, err := w.exchange(t, c.id, c.key, c.code, c.redirect)
			slackError(t, err, c.want)
		})
	}
}

func TestAuthorizePage(t *testing.T) {
	w := newWorld(t)
	jar, err := cookiejar.New(nil)
	if err != nil {
		t.Fatal(err)
	}
	browser := &http.Client{Jar: jar, CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}
	get := func(t *testing.T, address string) (int, string) {
		t.Helper()
		req, err := http.NewRequestWithContext(t.Context(), http.MethodGet, address, nil)
		if err != nil {
			t.Fatal(err)
		}
		resp, err := browser.Do(req)
		if err != nil {
			t.Fatal(err)
		}
		defer func() { _ = resp.Body.Close() }()
		b, err := io.ReadAll(resp.Body)
		if err != nil {
			t.Fatal(err)
		}
		return resp.StatusCode, string(b)
	}
	choose := func(t *testing.T, form url.Values) string {
		t.Helper()
		req, err := http.NewRequestWithContext(t.Context(), http.MethodPost, w.authorizeURL(), strings.NewReader(form.Encode()))
		if err != nil {
			t.Fatal(err)
		}
		req.Header.Set("Content-Type", "application/x-www-form-urlencoded")
		resp, err := browser.Do(req)
		if err != nil {
			t.Fatal(err)
		}
		_ = resp.Body.Close()
		return resp.Header.Get("Location")
	}
	t.Run("says_that_it_is_simulated_and_keeps_the_parameters", func(t *testing.T) {
		status, body := get(t, w.authorizeURL())
		for _, want := range []string{"Simulated Slack, not real", "Anna Berg", "Olga Other", "state=s%261", `lang="en"`, "<legend>"} {
			if !strings.Contains(body, want) {
				t.Errorf("the page (%d) lacks %q:\n%s", status, want, body)
			}
		}
		for _, not := range []string{"Gone Person", "<script", "checked"} {
			if strings.Contains(body, not) {
				t.Errorf("the page has %q", not)
			}
		}
	})
	t.Run("sends_a_code_back_and_remembers_who", func(t *testing.T) {
		to := choose(t, url.Values{"user": {"U0ANNA"}, "answer": {"allow"}})
		u, err := url.Parse(to)
		if err != nil || u.Query().Get("code") == "" || u.Query().Get("state") != "s&1" {
			t.Fatalf("sent to %q", to)
		}
		if _, err := w.exchange(t, "111.222", "client-secret", u.Query().Get("code"), callback); err != nil {
			t.Error(err)
		}
		if _, body := get(t, w.authorizeURL()); !strings.Contains(body, `value="U0ANNA" required checked`) {
			t.Error("the browser forgot who is signed in")
		}
	})
	t.Run("keeps_a_strict_policy_and_finds_its_style", func(t *testing.T) {
		_, body := get(t, w.authorizeURL())
		at := regexp.MustCompile(`href="\.\./(style\.css[^"]*)"`).FindStringSubmatch(body)
		if at == nil || strings.Contains(body, "<style") {
			t.Fatalf("the page names no stylesheet:\n%s", body)
		}
		if status, style := get(t, w.base+"/openid/"+at[1]); status != http.StatusOK || !strings.Contains(style, "--paper") {
			t.Errorf("status %d", status)
		}
	})
	t.Run("cancel_says_so_to_the_app", func(t *testing.T) {
		if to := choose(t, url.Values{"answer": {"cancel"}}); !strings.Contains(to, "error=access_denied") || !strings.Contains(to, "state=s%261") {
			t.Errorf("sent to %q", to)
		}
	})
	t.Run("never_redirects_on_a_wrong_request", func(t *testing.T) {
		for name, change := range map[string]func(url.Values){
			"client_id": func(q url.Values) { q.Set("client_id", "1") }, "redirect_uri": func(q url.Values) { q.Set("redirect_uri", "https://evil.example/") },
			"response_type": func(q url.Values) { q.Set("response_type", "token") }, "openid": func(q url.Values) { q.Set("scope", "profile") },
		} {
			if status, body := get(t, w.authorizeURL(change)); status != http.StatusBadRequest || !strings.Contains(body, name) {
				t.Errorf("%s: status %d, %s", name, status, body)
			}
		}
	})
}

// TestAuthorizePage_below_a_path keeps working where a demo mounts it.
func TestAuthorizePage_below_a_path(t *testing.T) {
	w := newWorld(t)
	below := httptest.NewServer(http.StripPrefix("/slack", w.Slack))
	t.Cleanup(below.Close)
	b := browser.New(nil)
	b.StopAt = func(u *url.URL) bool { return strings.HasPrefix(u.String(), callback) }
	address := below.URL + "/slack" + strings.TrimPrefix(w.authorizeURL(), w.base)
	p, err := b.Open(t.Context(), address)
	if err == nil {
		err = p.Fill("user-U0ANNA", "U0ANNA")
	}
	if err == nil {
		p, err = b.Press(t.Context(), p, "allow")
	}
	if err != nil || p.URL.Query().Get("code") == "" {
		t.Fatalf("sent to %v: %v", p, err)
	}
	if p, err = b.Open(t.Context(), address); err != nil || !strings.Contains(p.Body, `value="U0ANNA" required checked`) {
		t.Errorf("the browser forgot who is signed in: %v", err)
	}
	if p, err = b.Open(t.Context(), below.URL+"/slack/openid/style.css"); err != nil || p.Status != http.StatusOK {
		t.Errorf("no style: %v", err)
	}
}
