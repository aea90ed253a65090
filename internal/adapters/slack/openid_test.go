package slack

import (
	"encoding/json"
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"hoist/internal/clock"
	"hoist/internal/pim"
	"hoist/internal/secret"
)

// proofAgainst replaces the answers of some of the simulator's paths.
func proofAgainst(t *testing.T, w *world, now clock.Clock, replace map[string]http.HandlerFunc) *Proof {
	t.Helper()
	api := newWebAPI(t, nil)
	api.answer = func(rw http.ResponseWriter, r *http.Request) {
		if h, ok := replace[r.URL.Path]; ok {
			h(rw, r)
			return
		}
		r.Body = http.NoBody
		r.Header.Set("Content-Type", formType)
		r.URL.RawQuery = r.Form.Encode()
		w.ServeHTTP(rw, r)
	}
	p, err := NewProof(ProofConfig{
		Installation: Installation{Team: "T111"}, ClientID: "111.222", ClientSecret: secret.New("canary-client-secret"),
		Issuer: w.base, TokenURL: api.URL + "/api/openid.connect.token", KeysURL: api.URL + "/openid/connect/keys", Clock: now,
	})
	if err != nil {
		t.Fatal(err)
	}
	return p
}

func TestProof_trusts_only_what_was_signed_for_it(t *testing.T) {
	const tokenPath, keysPath = "/api/openid.connect.token", "/openid/connect/keys"
	idToken := func(v string) http.HandlerFunc { return says(`{"ok":true,"id_token":"` + v + `"}`) }
	status := func(code int) http.HandlerFunc {
		return func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(code) }
	}
	for _, tt := range []struct {
		name    string
		replace map[string]http.HandlerFunc
		later   time.Duration
		want    pim.Kind
		code    string
	}{
		{"accepts the simulator's own", nil, 0, "", ""},
		{"no token at all", map[string]http.HandlerFunc{tokenPath: says(`{"ok":true}`)}, 0, pim.KindForbidden, "unreadable"},
		{"no JWT", map[string]http.HandlerFunc{tokenPath: idToken("canary")}, 0, pim.KindForbidden, ""},
		{"no algorithm", map[string]http.HandlerFunc{tokenPath: idToken("eyJhbGciOiJub25lIn0.eyJzdWIiOiJjYW5hcnkifQ.")}, 0, pim.KindForbidden, ""},
		{"HTML", map[string]http.HandlerFunc{tokenPath: says("<html>canary")}, 0, pim.KindUnavailable, ""},
		{"a wrong client secret", map[string]http.HandlerFunc{tokenPath: says(`{"ok":false,"error":"bad_client_secret"}`)}, 0, pim.KindForbidden, "bad_client_secret"},
		{"an odd code", map[string]http.HandlerFunc{tokenPath: says(`{"ok":false,"error":"Canary canary"}`)}, 0, pim.KindForbidden, "unreadable"},
		{"a server error", map[string]http.HandlerFunc{tokenPath: status(500)}, 0, pim.KindUnavailable, ""},
		{"too many requests", map[string]http.HandlerFunc{tokenPath: status(429)}, 0, pim.KindThrottled, "ratelimited"},
		{"no answer", map[string]http.HandlerFunc{tokenPath: hangUp}, 0, pim.KindUnavailable, ""},
		{"no keys", map[string]http.HandlerFunc{keysPath: status(503)}, 0, pim.KindUnavailable, ""},
		{"other keys", map[string]http.HandlerFunc{keysPath: says(`{"keys":[]}`)}, 0, pim.KindForbidden, ""},
		{"an old token", nil, time.Hour, pim.KindSignInExpired, ""},
	} {
		t.Run(strings.ReplaceAll(tt.name, " ", "_"), func(t *testing.T) {
			w := newWorld(t)
			p := proofAgainst(t, w, clock.NewStill(nine.Add(tt.later)), tt.replace)
			_, _, err := p.Finish(t.Context(), w.signIn(t, "U222", "n"), "n", redirect)
			if tt.want == "" {
				if err != nil {
					t.Error(err)
				}
				return
			}
			checkError(t, err, tt.want, tt.code, 0)
		})
	}
}

func TestProof_wants_its_own_audience_and_issuer(t *testing.T) {
	w := newWorld(t)
	for name, spoil := range map[string]func(*ProofConfig){
		"another client": func(c *ProofConfig) { c.ClientID = "333.444" },
		"another issuer": func(c *ProofConfig) { c.Issuer = "https://slack.com" },
	} {
		cfg := ProofConfig{
			Installation: Installation{Team: "T111"}, ClientID: "111.222", ClientSecret: secret.New("canary-client-secret"),
			Issuer: w.base, TokenURL: w.base + "/api/openid.connect.token", KeysURL: w.base + "/openid/connect/keys", Clock: w.clock,
		}
		spoil(&cfg)
		p, err := NewProof(cfg)
		if err != nil {
			t.Fatal(err)
		}
		raw, err := w.proof.exchange(t.Context(), w.signIn(t, "U222", "n"), redirect)
		if err != nil {
			t.Fatal(err)
		}
		_, err = p.claims(t.Context(), raw, "n")
		checkError(t, err, pim.KindForbidden, "", 0)
		if strings.Contains(err.Error(), raw) {
			t.Errorf("%s: the error holds the token", name)
		}
	}
}

func TestProof_begins_at_slack(t *testing.T) {
	p, err := NewProof(ProofConfig{
		Installation: Installation{Team: "T111"}, ClientID: "111.222", ClientSecret: secret.New("x"), Clock: clock.System(),
	})
	if err != nil {
		t.Fatal(err)
	}
	u, err := url.Parse(p.Begin("s&s", "n n", redirect))
	if err != nil || u.Scheme+"://"+u.Host+u.Path != "https://slack.com/openid/connect/authorize" {
		t.Fatalf("%v, %v", u, err)
	}
	got, _ := json.Marshal(u.Query())
	const want = `{"client_id":["111.222"],"nonce":["n n"],"redirect_uri":["https://hoist.example/slack/callback"],` +
		`"response_type":["code"],"scope":["openid profile"],"state":["s\u0026s"],"team":["T111"]}`
	if string(got) != want {
		t.Errorf("asks %s", got)
	}
}

func TestProof_org_wide_goes_by_the_enterprise(t *testing.T) {
	i := Installation{Enterprise: "E111"}
	if !i.holds("T999", "E111") || i.holds("T999", "E222") || i.holds("T999", "") {
		t.Error("the enterprise does not decide")
	}
	if i.person("W1").Workspace != "E111" {
		t.Errorf("person %+v", i.person("W1"))
	}
}

func TestProof_refuses_a_configuration_that_leaks(t *testing.T) {
	good := ProofConfig{Installation: Installation{Team: "T111"}, ClientID: "1", ClientSecret: secret.New("x"), Clock: clock.System()}
	for name, spoil := range map[string]func(*ProofConfig){
		"no installation": func(c *ProofConfig) { c.Installation = Installation{} },
		"no client":       func(c *ProofConfig) { c.ClientID = "" },
		"no secret":       func(c *ProofConfig) { c.ClientSecret = secret.Value{} },
		"no clock":        func(c *ProofConfig) { c.Clock = nil },
		"plain issuer":    func(c *ProofConfig) { c.Issuer = "http://slack.example" },
		"plain token URL": func(c *ProofConfig) { c.TokenURL = "http://slack.example/api" },
		"plain keys URL":  func(c *ProofConfig) { c.KeysURL = "http://slack.example/keys" },
	} {
		cfg := good
		spoil(&cfg)
		if _, err := NewProof(cfg); err == nil {
			t.Errorf("%s: no error", name)
		}
	}
}
