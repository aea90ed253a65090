package sim_test

import (
	"encoding/json"
	"errors"
	"maps"
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/AzureAD/microsoft-authentication-library-for-go/apps/confidential"
	"github.com/coreos/go-oidc/v3/oidc"

	"hoist/internal/sim"
	"hoist/internal/sim/browser"
	"hoist/internal/sim/tenant"
)

const (
	ada = "ada@" + sim.Domain
	ben = "ben@" + sim.Domain
)

func redeem(t *testing.T, client confidential.Client, code, withVerifier string) (confidential.AuthResult, error) {
	t.Helper()
	return client.AcquireTokenByAuthCode(t.Context(), code, callback, []string{graphRW}, confidential.WithChallenge(withVerifier))
}

// MSAL Go takes the code flow with PKCE, claims and capabilities, and the ID
// token satisfies go-oidc.
func TestMSAL_code_flow_with_step_up(t *testing.T) {
	s, c := start(t)
	client := msal(t, s, confidential.WithClientCapabilities([]string{"cp1"}))
	address := authorizeURL(t, client, url.Values{"login_hint": {ada}}, confidential.WithClaims(askForC1))
	q := signIn(t, newBrowser(), address, ada)
	if q.Get("state") != "the-state" || q.Get("code") == "" {
		t.Fatalf("callback got %v", q)
	}
	result, err := client.AcquireTokenByAuthCode(t.Context(), q.Get("code"), callback, []string{graphRW},
		confidential.WithChallenge(verifier), confidential.WithClaims(askForC1))
	if err != nil {
		t.Fatal(err)
	}
	if result.Account.HomeAccountID != sim.AdaOID+"."+sim.TenantID {
		t.Errorf("account = %q", result.Account.HomeAccountID)
	}
	access := claimsOf(t, result.AccessToken)
	for name, want := range map[string]string{
		"aud": "https://graph.microsoft.com", "oid": sim.AdaOID, "tid": sim.TenantID, "appid": sim.BotClientID,
		"scp": graphRW + " openid profile", "amr": "[pwd mfa]", "acrs": "[c1]", "xms_cc": "[cp1]",
	} {
		if got := text(access[name]); got != want {
			t.Errorf("access token %s = %s, want %s", name, got, want)
		}
	}
	checkIDToken(t, s, result.IDToken.RawToken, c.Now())
	status, answer := ask(t, s, result.AccessToken, http.MethodPost, requestsPath, activation(sim.AdaOID, tenant.ExchangeAdministrator, "/", "PT1H"))
	if status != http.StatusCreated {
		t.Errorf("activation with the stepped-up token = %d %v", status, answer)
	}
}

func checkIDToken(t *testing.T, s *sim.Sim, raw string, now time.Time) {
	t.Helper()
	ctx := oidc.ClientContext(t.Context(), s.Client())
	provider, err := oidc.NewProvider(ctx, s.Issuer())
	if err != nil {
		t.Fatal(err)
	}
	id, err := provider.Verifier(&oidc.Config{ClientID: sim.BotClientID, Now: func() time.Time { return now }}).Verify(ctx, raw)
	if err != nil {
		t.Fatal(err)
	}
	var claims map[string]any
	if err := id.Claims(&claims); err != nil {
		t.Fatal(err)
	}
	for name, want := range map[string]string{
		"oid": sim.AdaOID, "tid": sim.TenantID, "preferred_username": ada, "name": "Ada Lindqvist", "ver": "2.0", "nonce": "the-nonce",
	} {
		if text(claims[name]) != want {
			t.Errorf("ID token %s = %v, want %s", name, claims[name], want)
		}
	}
	for _, name := range []string{"amr", "acrs", "auth_time"} {
		if claims[name] != nil {
			t.Errorf("ID token has %s = %v", name, claims[name])
		}
	}
	if _, err := provider.Verifier(&oidc.Config{ClientID: sim.BotClientID, Now: func() time.Time { return now }}).Verify(ctx, raw[:len(raw)-6]+"AAAAAA"); err == nil {
		t.Error("a forged ID token passes")
	}
}

func text(v any) string {
	if list, ok := v.([]any); ok {
		words := make([]string, len(list))
		for i, w := range list {
			words[i] = text(w)
		}
		return "[" + strings.Join(words, " ") + "]"
	}
	s, _ := v.(string)
	return s
}

func TestMSAL_app_token(t *testing.T) {
	s, _ := start(t)
	access := claimsOf(t, appToken(t, s))
	if access["idtyp"] != "app" || access["scp"] != nil || !strings.Contains(text(access["roles"]), "RoleManagementPolicy.Read.Directory") {
		t.Errorf("claims = %v", access)
	}
}

// The CLI is a public client: no secret, and any port of localhost.
func TestPublic_client_from_localhost(t *testing.T) {
	s, _ := start(t)
	b := browser.New(nil)
	redirect := "http://localhost:51234"
	b.StopAt = func(u *url.URL) bool { return u.Host == "localhost:51234" }
	address := authorizeURL(t, msal(t, s), url.Values{"client_id": {sim.CLIClientID}, "redirect_uri": {redirect}, "scope": {"Directory.AccessAsUser.All openid profile"}})
	form := url.Values{
		"grant_type": {"authorization_code"}, "client_id": {sim.CLIClientID}, "redirect_uri": {redirect},
		"code_verifier": {verifier}, "code": signIn(t, b, address, ada)["code"],
	}
	withSecret := url.Values{"client_secret": {"anything"}}
	maps.Copy(withSecret, form)
	if refused := tokenRequest(t, s, withSecret); refused["error"] != "invalid_client" {
		t.Errorf("a public client with a secret: %v", refused)
	}
	if got := text(claimsOf(t, text(tokenRequest(t, s, form)["access_token"]))["scp"]); got != "Directory.AccessAsUser.All openid profile" {
		t.Errorf("scp = %q", got)
	}
}

// tokenRequest posts to the token endpoint without any library.
func tokenRequest(t *testing.T, s *sim.Sim, form url.Values) map[string]any {
	t.Helper()
	answer, err := s.Client().PostForm(s.Authority()+"/oauth2/v2.0/token", form)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = answer.Body.Close() }()
	var body map[string]any
	if err := json.NewDecoder(answer.Body).Decode(&body); err != nil {
		t.Fatal(err)
	}
	return body
}

// What MSAL sees when the token endpoint says no.
func TestMSAL_token_errors(t *testing.T) {
	s, c := start(t)
	client := msal(t, s)
	fresh := func() string { return signIn(t, newBrowser(), authorizeURL(t, client, nil), ada).Get("code") }
	used, old := fresh(), fresh()
	if _, err := redeem(t, client, used, verifier); err != nil {
		t.Fatal(err)
	}
	tests := []struct {
		name    string
		before  func()
		code    string
		verify  string
		aadsts  string
		advance time.Duration
	}{
		{"wrong_verifier", nil, fresh(), "another-verifier-of-at-least-forty-three-characters", "AADSTS501481", 0},
		{"no_verifier", nil, fresh(), "", "AADSTS501481", 0},
		{"code_used_twice", nil, used, verifier, "AADSTS54005", 0},
		{"made_up_code", nil, "1.nothing", verifier, "AADSTS9002313", 0},
		{"account_disabled_meanwhile", func() { _ = s.Tenant.SetEnabled(ada, false) }, fresh(), verifier, "AADSTS50057", 0},
		{"code_too_old", func() { _ = s.Tenant.SetEnabled(ada, true); c.Advance(11 * time.Minute) }, old, verifier, "AADSTS70008", 0},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			if tt.before != nil {
				tt.before()
			}
			_, err := redeem(t, client, tt.code, tt.verify)
			if err == nil || !strings.Contains(err.Error(), tt.aadsts) || !strings.Contains(err.Error(), "invalid_grant") {
				t.Errorf("error = %v, want %s", err, tt.aadsts)
			}
		})
	}
}

func TestToken_error_body(t *testing.T) {
	s, _ := start(t)
	answer, err := s.Client().PostForm(s.Authority()+"/oauth2/v2.0/token", url.Values{"grant_type": {"client_credentials"}, "client_id": {sim.BotClientID}, "client_secret": {"wrong"}})
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = answer.Body.Close() }()
	var body map[string]any
	if err := json.NewDecoder(answer.Body).Decode(&body); err != nil {
		t.Fatal(err)
	}
	if answer.StatusCode != 401 || body["error"] != "invalid_client" || body["error_codes"].([]any)[0] != float64(7000215) {
		t.Errorf("%d %v", answer.StatusCode, body)
	}
	for _, name := range []string{"error_description", "timestamp", "trace_id", "correlation_id"} {
		if text(body[name]) == "" {
			t.Errorf("no %s", name)
		}
	}
	if answer.Header.Get("Date") != "Mon, 23 Nov 2026 09:00:00 GMT" || answer.Header.Get("request-id") == "" {
		t.Errorf("headers = %v", answer.Header)
	}
}

func TestMSAL_refuses_unconsented_scopes(t *testing.T) {
	s, _ := start(t)
	b := newBrowser()
	p, err := b.Open(t.Context(), authorizeURL(t, msal(t, s), url.Values{"scope": {"openid profile Mail.Read"}}))
	if err == nil {
		p, err = b.SignIn(t.Context(), p, ada)
	}
	if !errors.Is(err, browser.ErrSignInStopped) || p.Text("error-code") != "AADSTS65001" {
		t.Fatalf("error = %v", err)
	}
	if p, err = b.Press(t.Context(), p, "return"); err != nil {
		t.Fatal(err)
	}
	if q := p.URL.Query(); q.Get("error") != "consent_required" || !strings.HasPrefix(q.Get("error_description"), "AADSTS65001") || q.Get("state") != "the-state" {
		t.Errorf("callback got %v", q)
	}
}

// Pages that stop a sign-in, and where "back" leads from there.
func TestSignIn_stops(t *testing.T) {
	tests := []struct {
		name, aadsts string
		prepare      func(*sim.Sim)
		extra        url.Values
		noWayBack    bool
	}{
		{"disabled_account", "AADSTS50057", func(s *sim.Sim) { _ = s.Tenant.SetEnabled(ada, false) }, nil, false},
		{"unassigned_person", "AADSTS50105", func(s *sim.Sim) {
			_ = s.Tenant.ChangeApp(sim.BotClientID, func(a *tenant.App) { a.AssignmentRequired = true })
		}, nil, false},
		{"app_blocked_by_policy", "AADSTS53003", func(s *sim.Sim) { s.Tenant.BlockApp(sim.BotClientID, true) }, nil, false},
		{"person_blocked_by_policy", "AADSTS53003", func(s *sim.Sim) { s.Tenant.BlockPerson(ada, true) }, nil, false},
		{"mfa_not_registered", "AADSTS50079", func(s *sim.Sim) {
			s.Tenant.RequireMFA(sim.BotClientID, true)
			s.Tenant.AddPerson(tenant.Person{UPN: "new@" + sim.Domain, Name: "New"})
		}, url.Values{"login_hint": {"new@" + sim.Domain}}, false},
		{"unregistered_address", "AADSTS50011", nil, url.Values{"redirect_uri": {callback + "/"}}, true},
		{"unknown_app", "AADSTS700016", nil, url.Values{"client_id": {"nobody"}}, true},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			s, _ := start(t)
			address := authorizeURL(t, msal(t, s), tt.extra)
			if tt.prepare != nil {
				tt.prepare(s)
			}
			b := newBrowser()
			who := ada
			if hint := tt.extra.Get("login_hint"); hint != "" {
				who = hint
			}
			p, err := b.Open(t.Context(), address)
			if err == nil {
				p, err = b.SignIn(t.Context(), p, who)
			}
			if !errors.Is(err, browser.ErrSignInStopped) || p.Text("error-code") != tt.aadsts {
				t.Fatalf("got %v, want %s", err, tt.aadsts)
			}
			if p.Has("return") == tt.noWayBack {
				t.Errorf("way back: %v", p.Has("return"))
			}
			if !strings.Contains(p.Text(""), "Simulated sign-in, not Microsoft") {
				t.Error("the page does not say what it is")
			}
		})
	}
}

func TestSignIn_errors_that_go_straight_back(t *testing.T) {
	s, _ := start(t)
	client := msal(t, s)
	tests := []struct {
		name  string
		extra url.Values
		want  string
	}{
		{"silence_without_a_session", url.Values{"prompt": {"none"}}, "login_required"},
		{"wrong_response_type", url.Values{"response_type": {"token"}}, "unsupported_response_type"},
		{"broken_claims", url.Values{"claims": {"{"}}, "invalid_request"},
		{"plain_pkce", url.Values{"code_challenge_method": {"plain"}}, "invalid_request"},
		{"unknown_prompt", url.Values{"prompt": {"dance"}}, "invalid_request"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			p, err := newBrowser().Open(t.Context(), authorizeURL(t, client, tt.extra))
			if err != nil {
				t.Fatal(err)
			}
			if !p.Stopped || p.URL.Query().Get("error") != tt.want {
				t.Errorf("ended on %s", p.URL)
			}
		})
	}
}

// Several accounts in one browser: the hint picks, silence needs one account,
// and select_account always asks.
func TestSignIn_accounts(t *testing.T) {
	s, _ := start(t)
	client, b := msal(t, s), newBrowser()
	address := func(extra url.Values) string { return authorizeURL(t, client, extra) }
	open := func(extra url.Values) *browser.Page {
		t.Helper()
		p, err := b.Open(t.Context(), address(extra))
		if err != nil {
			t.Fatal(err)
		}
		return p
	}
	signIn(t, b, address(nil), ada)
	if p := open(nil); !p.Stopped {
		t.Errorf("one account signed in must be silent: %s", p.Text(""))
	}
	if p := open(url.Values{"login_hint": {ben}}); !p.Has("sign-in-form") {
		t.Errorf("a hint that is not signed in asks for that account: %s", p.Text(""))
	}
	signIn(t, b, address(url.Values{"login_hint": {ben}}), ben)
	if p := open(nil); !p.Has("account-"+sim.AdaOID) || !p.Has("account-"+sim.BenOID) {
		t.Errorf("two accounts need a picker: %s", p.Text(""))
	}
	p := open(url.Values{"login_hint": {ada}})
	result, err := redeem(t, client, p.URL.Query().Get("code"), verifier)
	if err != nil || claimsOf(t, result.AccessToken)["oid"] != sim.AdaOID {
		t.Errorf("the hint did not pick Ada: %v", err)
	}
	p = open(url.Values{"prompt": {"select_account"}, "login_hint": {ada}})
	if p, err = b.Press(t.Context(), p, "account-"+sim.BenOID); err != nil || !p.Stopped {
		t.Errorf("picking Ben: %v", err)
	}
	if p := open(url.Values{"prompt": {"login"}, "login_hint": {ada}}); !p.Has("sign-in-form") {
		t.Error("prompt=login must ask for the account anew")
	}
	if p := open(url.Values{"prompt": {"none"}, "login_hint": {ada}}); p.URL.Query().Get("code") == "" {
		t.Errorf("prompt=none with a session: %s", p.URL)
	}
}

func TestSignIn_switching_after_an_error(t *testing.T) {
	s, _ := start(t)
	s.Tenant.BlockPerson(ada, true)
	b := newBrowser()
	p, err := b.Open(t.Context(), authorizeURL(t, msal(t, s), url.Values{"login_hint": {ada}}))
	if err != nil {
		t.Fatal(err)
	}
	if p, err = b.SignIn(t.Context(), p, ada); !errors.Is(err, browser.ErrSignInStopped) {
		t.Fatal(err)
	}
	if p, err = b.Press(t.Context(), p, "switch-account"); err == nil {
		p, err = b.SignIn(t.Context(), p, ben)
	}
	if err != nil || p.URL.Query().Get("code") == "" {
		t.Errorf("after switching: %v", err)
	}
}

func TestMFA_number_match(t *testing.T) {
	s, _ := start(t)
	b := newBrowser()
	p, err := b.Open(t.Context(), authorizeURL(t, msal(t, s), url.Values{"login_hint": {ada}, "claims": {askForMFA}}))
	if err == nil {
		p, err = b.Press(t.Context(), p, "sign-in")
	}
	if err != nil || len(p.Text("mfa-number")) != 2 {
		t.Fatalf("no number: %v", err)
	}
	if err := p.Fill("mfa-answer", "00"); err != nil {
		t.Fatal(err)
	}
	if p, err = b.Press(t.Context(), p, "mfa-approve"); err != nil || !p.Has("mfa-complaint") {
		t.Fatalf("a wrong number passed: %v", err)
	}
	if p, err = b.Press(t.Context(), p, "mfa-deny"); err != nil || p.Text("error-code") != "AADSTS500121" {
		t.Errorf("deny: %v", err)
	}
	staysWhenLoadedAgain(t, b, p, "AADSTS500121")
}

// Going back to it, or loading it again, asks nobody whether to send a form again.
func staysWhenLoadedAgain(t *testing.T, b *browser.Browser, p *browser.Page, aadsts string) {
	t.Helper()
	again, err := b.Open(t.Context(), p.URL.String())
	if err != nil || again.Text("error-code") != aadsts || !again.Has("switch-account") || !again.Has("return") {
		t.Errorf("%s, loaded again: %v, %q", p.URL, err, again.Text(""))
	}
}

func TestSignIn_stops_at_an_address_of_its_own(t *testing.T) {
	s, _ := start(t)
	b := newBrowser()
	open := func() *browser.Page {
		p, err := b.Open(t.Context(), authorizeURL(t, msal(t, s), url.Values{"login_hint": {ada}, "claims": {askForMFA}}))
		if err != nil {
			t.Fatal(err)
		}
		return p
	}
	press := func(p *browser.Page, button string) *browser.Page {
		next, err := b.Press(t.Context(), p, button)
		if err != nil {
			t.Fatal(err)
		}
		return next
	}
	unknown := press(open(), "switch-account")
	if err := unknown.Fill("username", "nobody@example.com"); err != nil {
		t.Fatal(err)
	}
	unknown = press(unknown, "sign-in")
	staysWhenLoadedAgain(t, b, unknown, "AADSTS50034")
	if p := press(press(unknown, "switch-account"), "account-"+sim.AdaOID); len(p.Text("mfa-number")) != 2 {
		t.Errorf("another account is refused too: %q", p.Text(""))
	}
	blocked := press(open(), "switch-account")
	blocked = press(blocked, "account-"+sim.AdaOID)
	if err := blocked.Fill("mfa-answer", blocked.Text("mfa-number")); err != nil {
		t.Fatal(err)
	}
	s.Tenant.BlockPerson(ada, true)
	staysWhenLoadedAgain(t, b, press(blocked, "mfa-approve"), "AADSTS53003")
}

// MFA counts for the browser's session; an authentication context wants it
// anew every time.
func TestMFA_in_the_session(t *testing.T) {
	s, _ := start(t)
	client, b := msal(t, s), newBrowser()
	methods := func(q url.Values) string {
		result, err := redeem(t, client, q.Get("code"), verifier)
		if err != nil {
			t.Fatal(err)
		}
		return text(claimsOf(t, result.AccessToken)["amr"])
	}
	if got := methods(signIn(t, b, authorizeURL(t, client, nil), ada)); got != "[pwd]" {
		t.Errorf("without being asked: amr = %s", got)
	}
	if got := methods(signIn(t, b, authorizeURL(t, client, url.Values{"claims": {askForMFA}}), ada)); got != "[pwd mfa]" {
		t.Errorf("asked through claims: amr = %s", got)
	}
	p, err := b.Open(t.Context(), authorizeURL(t, client, url.Values{"claims": {askForMFA}}))
	if err != nil || !p.Stopped {
		t.Fatalf("MFA of this session was not enough: %v", err)
	}
	if p, err = b.Open(t.Context(), authorizeURL(t, client, url.Values{"claims": {askForC1}})); err != nil || !p.Has("mfa-form") {
		t.Errorf("a context must ask again: %v", err)
	}
	s.Tenant.RevokeSessions(ada)
	if p, err = b.Open(t.Context(), authorizeURL(t, client, nil)); err != nil || !p.Has("other-account-form") {
		t.Errorf("a revoked session lives on: %v", err)
	}
}

func TestMFA_required_by_policy(t *testing.T) {
	s, _ := start(t)
	s.Tenant.RequireMFA(sim.BotClientID, true)
	access := claimsOf(t, userToken(t, s, ada, ""))
	if text(access["amr"]) != "[pwd mfa]" || access["acrs"] != nil {
		t.Errorf("claims = %v", access)
	}
}

func TestForm_post(t *testing.T) {
	s, _ := start(t)
	b := newBrowser()
	p, err := b.Open(t.Context(), authorizeURL(t, msal(t, s), url.Values{"response_mode": {"form_post"}}))
	for err == nil && !p.Has("form-post") {
		if err = p.Fill("username", ada); err == nil {
			p, err = b.Press(t.Context(), p, "sign-in")
		}
	}
	if err != nil {
		t.Fatal(err)
	}
	if !strings.Contains(p.Body, `name="code"`) || !strings.Contains(p.Body, `value="the-state"`) || !strings.Contains(p.Body, `action="`+callback+`"`) {
		t.Errorf("page = %s", p.Body)
	}
}

// The refresh token is there because MSAL always asks for it. What it gives
// has no context and no cp1 unless they are asked for again.
func TestRefresh(t *testing.T) {
	s, _ := start(t)
	client := msal(t, s, confidential.WithClientCapabilities([]string{"cp1"}))
	scopes := url.Values{"scope": {graphRW + " openid profile offline_access"}}
	q := signIn(t, newBrowser(), authorizeURL(t, client, scopes, confidential.WithClaims(askForC1)), ada)
	post := func(form url.Values) map[string]any {
		t.Helper()
		form.Set("client_id", sim.BotClientID)
		form.Set("client_secret", sim.BotClientSecret)
		return tokenRequest(t, s, form)
	}
	first := post(url.Values{"grant_type": {"authorization_code"}, "code": q["code"], "redirect_uri": {callback}, "code_verifier": {verifier}})
	raw := text(first["refresh_token"])
	if raw == "" || text(first["scope"]) == "" || first["expires_in"] != float64(3600) || text(first["client_info"]) == "" {
		t.Fatalf("answer = %v", first)
	}
	second := post(url.Values{"grant_type": {"refresh_token"}, "refresh_token": {raw}})
	access := claimsOf(t, text(second["access_token"]))
	if access["acrs"] != nil || access["xms_cc"] != nil || text(access["amr"]) != "[pwd mfa]" {
		t.Errorf("refreshed claims = %v", access)
	}
	third := post(url.Values{"grant_type": {"refresh_token"}, "refresh_token": {raw}, "claims": {askForC1}})
	if got := text(claimsOf(t, text(third["access_token"]))["acrs"]); got != "[c1]" {
		t.Errorf("asked again: acrs = %s", got)
	}
	s.Tenant.RevokeSessions(ada)
	if refused := post(url.Values{"grant_type": {"refresh_token"}, "refresh_token": {raw}}); refused["error"] != "invalid_grant" {
		t.Errorf("after revocation: %v", refused)
	}
}

func TestToken_names_the_roles_active_when_it_was_made(t *testing.T) {
	s, c := start(t)
	before := claimsOf(t, userToken(t, s, ada, ""))
	if _, err := s.Tenant.ActivateInPortal(ada, tenant.UserAdministrator, "/", time.Hour, "why not"); err != nil {
		t.Fatal(err)
	}
	during := claimsOf(t, userToken(t, s, ada, ""))
	c.Advance(time.Hour)
	after := claimsOf(t, userToken(t, s, ada, ""))
	if before["wids"] != nil || text(during["wids"]) != "["+tenant.UserAdministrator+"]" || after["wids"] != nil {
		t.Errorf("wids = %v, %v, %v", before["wids"], during["wids"], after["wids"])
	}
}

// A token request that asks for more than the person proved is told what to
// bring.
func TestToken_challenges(t *testing.T) {
	s, _ := start(t)
	client := msal(t, s)
	tests := []struct{ name, claims, wantClaims string }{
		{"context_not_earned", askForC1, askForC1},
		{"mfa_not_done", askForMFA, askForMFA},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			form := url.Values{
				"grant_type": {"authorization_code"}, "client_id": {sim.BotClientID}, "client_secret": {sim.BotClientSecret}, "redirect_uri": {callback},
				"code_verifier": {verifier}, "code": signIn(t, newBrowser(), authorizeURL(t, client, nil), ada)["code"], "claims": {tt.claims},
			}
			body := tokenRequest(t, s, form)
			if body["error"] != "interaction_required" || body["suberror"] != "basic_action" || body["claims"] != tt.wantClaims {
				t.Errorf("answer = %v", body)
			}
		})
	}
}

func TestClient_may_use_basic_authentication(t *testing.T) {
	s, _ := start(t)
	form := url.Values{"grant_type": {"client_credentials"}, "scope": {"https://graph.microsoft.com/.default"}}
	req, err := http.NewRequestWithContext(t.Context(), http.MethodPost, s.Authority()+"/oauth2/v2.0/token", strings.NewReader(form.Encode()))
	if err != nil {
		t.Fatal(err)
	}
	req.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	req.SetBasicAuth(sim.BotClientID, sim.BotClientSecret)
	answer, err := s.Client().Do(req)
	if err != nil {
		t.Fatal(err)
	}
	_ = answer.Body.Close()
	if answer.StatusCode != http.StatusOK {
		t.Errorf("status = %d", answer.StatusCode)
	}
}

func TestSign_out_ends_the_browser_session(t *testing.T) {
	s, _ := start(t)
	client, b := msal(t, s), newBrowser()
	signIn(t, b, authorizeURL(t, client, nil), ada)
	p, err := b.Open(t.Context(), s.HTTPURL()+"/"+sim.TenantID+"/oauth2/v2.0/logout")
	if err != nil || !p.Has("signed-out") {
		t.Fatalf("signing out: %v", err)
	}
	if p, err = b.Open(t.Context(), authorizeURL(t, client, nil)); err != nil || !p.Has("other-account-form") {
		t.Errorf("still signed in: %v", err)
	}
}

// A page belongs to the browser that opened it.
func TestSignIn_page_does_not_work_in_another_browser(t *testing.T) {
	s, _ := start(t)
	mine, theirs := newBrowser(), newBrowser()
	p, err := mine.Open(t.Context(), authorizeURL(t, msal(t, s), url.Values{"login_hint": {ada}}))
	if err != nil {
		t.Fatal(err)
	}
	if p, err = theirs.Press(t.Context(), p, "sign-in"); err != nil || p.Text("error-code") != "AADSTS90033" {
		t.Errorf("another browser went on: %v", err)
	}
}

func TestOptional_claims_come_only_when_registered(t *testing.T) {
	s, _ := start(t)
	err := s.Tenant.ChangeApp(sim.BotClientID, func(a *tenant.App) { a.OptionalIDClaims = []string{"acrs", "auth_time"} })
	if err != nil {
		t.Fatal(err)
	}
	client := msal(t, s)
	q := signIn(t, newBrowser(), authorizeURL(t, client, nil, confidential.WithClaims(askForC1)), ada)
	result, err := redeem(t, client, q.Get("code"), verifier)
	if err != nil {
		t.Fatal(err)
	}
	id := claimsOf(t, result.IDToken.RawToken)
	if text(id["acrs"]) != "[c1]" || id["auth_time"] != float64(nine.Unix()) {
		t.Errorf("ID token = %v", id)
	}
}

func TestTenant_in_the_path_must_match(t *testing.T) {
	s, _ := start(t)
	for name, want := range map[string]int{sim.TenantID: 200, sim.Domain: 200, "common": 400, "11111111-2222-4333-8444-555555555555": 400} {
		answer, err := s.Client().Get(s.HTTPSURL() + "/" + name + "/v2.0/.well-known/openid-configuration")
		if err != nil {
			t.Fatal(err)
		}
		_ = answer.Body.Close()
		if answer.StatusCode != want {
			t.Errorf("%s = %d, want %d", name, answer.StatusCode, want)
		}
	}
}

func TestMetadata_sends_browsers_to_http(t *testing.T) {
	s, _ := start(t)
	answer, err := s.Client().Get(s.Issuer() + "/.well-known/openid-configuration?")
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = answer.Body.Close() }()
	var m map[string]any
	if err := json.NewDecoder(answer.Body).Decode(&m); err != nil {
		t.Fatal(err)
	}
	if !strings.HasPrefix(text(m["authorization_endpoint"]), s.HTTPURL()) || !strings.HasPrefix(text(m["token_endpoint"]), s.HTTPSURL()) || m["issuer"] != s.Issuer() {
		t.Errorf("metadata = %v", m)
	}
}
