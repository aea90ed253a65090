package signin_test

import (
	"errors"
	"maps"
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"hoist/internal/pim"
	"hoist/internal/sim"
)

func TestCallback(t *testing.T) {
	const started = "Asking PIM for the role"
	const unverified = "The sign-in could not be verified"

	t.Run("refuses another browser and leaves the sign-in usable", func(t *testing.T) {
		w := newWorld(t)
		at := w.reachCallback(ada.UPN)
		mine := w.browser
		w.browser = w.newBrowser()
		wantTitle(t, w.get(at.String()), "Opened in another browser")
		wantNoSession(t, w)
		w.browser = mine
		wantTitle(t, w.get(at.String()), started)
	})

	t.Run("refuses another browser that saw the link too", func(t *testing.T) {
		w := newWorld(t)
		mine := w.browser
		w.browser = w.newBrowser()
		other := w.browser
		w.open()
		w.browser = mine
		at := w.reachCallback(ada.UPN)
		w.browser = other
		wantTitle(t, w.get(at.String()), "Opened in another browser")
		wantNoSession(t, w)
		w.browser = mine
		wantTitle(t, w.get(at.String()), started)
	})

	t.Run("does not take the cookie of another person's request", func(t *testing.T) {
		w := newWorld(t)
		at := w.reachCallback(ada.UPN)
		w.service.change(func(e *pim.Elevation) { e.Person.User = "U0OTHER" })
		wantTitle(t, w.get(at.String()), "Opened in another browser")
		wantNoSession(t, w)
	})

	t.Run("refuses a forged cookie", func(t *testing.T) {
		w := newWorld(t)
		at := w.reachCallback(ada.UPN)
		answer := w.do(t, http.MethodGet, at.String(), http.Header{"Cookie": {"__Host-hoist-H-7K3F9QX-activate-1=AAAA.BBBB"}}, nil)
		if answer.StatusCode != http.StatusForbidden {
			t.Errorf("status %d", answer.StatusCode)
		}
		wantNoSession(t, w)
	})

	t.Run("refuses an unknown state", func(t *testing.T) {
		w := newWorld(t)
		at := w.reachCallback(ada.UPN)
		for name, state := range map[string]string{"none": "", "nonsense": "abc", "long": strings.Repeat("a", 300), "of nothing": "x.H-7K3F9QX.activate"} {
			q := at.Query()
			q.Set("state", state)
			p := w.get(public + "/signin/callback?" + q.Encode())
			if title(p) != "This step is done already" {
				t.Errorf("%s: %s", name, title(p))
			}
		}
		// The right attempt in a state that was never given leads home.
		q := at.Query()
		_, rest, _ := strings.Cut(q.Get("state"), ".")
		q.Set("state", strings.Repeat("A", 43)+"."+rest)
		wantTitle(t, w.get(public+"/signin/callback?"+q.Encode()), "Sign in to activate a role")
		wantNoSession(t, w)
	})

	t.Run("a replay leads to the link's page", func(t *testing.T) {
		w := newWorld(t)
		at := w.reachCallback(ada.UPN)
		wantTitle(t, w.get(at.String()), started)
		wantTitle(t, w.get(at.String()), started)
		if len(w.service.sessions) != 1 {
			t.Errorf("%d sessions, want 1", len(w.service.sessions))
		}
		w.service.change(func(e *pim.Elevation) { e.SignIn.Attempt++; e.State = pim.Failed })
		wantTitle(t, w.get(at.String()), "The role was not activated")
	})

	t.Run("refuses a swapped code", func(t *testing.T) {
		w := newWorld(t)
		mine := w.reachCallback(ada.UPN)
		w.browser = w.newBrowser()
		w.service.change(func(e *pim.Elevation) { e.SignIn.Browser = "" })
		other := w.reachCallback(ada.UPN)
		q := other.Query()
		q.Set("code", mine.Query().Get("code"))
		wantTitle(t, w.get(public+"/signin/callback?"+q.Encode()), unverified)
		wantNoSession(t, w)
	})

	t.Run("refuses an attempt that is too old", func(t *testing.T) {
		w := newWorld(t)
		at := w.reachCallback(ada.UPN)
		w.clock.Advance(16 * time.Minute)
		wantTitle(t, w.get(at.String()), "The time for this link is over")
		wantNoSession(t, w)
	})

	t.Run("survives a store that is away", func(t *testing.T) {
		w := newWorld(t)
		at := w.reachCallback(ada.UPN)
		w.service.failing = errors.New("redis is away")
		wantTitle(t, w.get(at.String()), "Hoist cannot look up your request")
	})

	t.Run("does nothing that cannot be recorded", func(t *testing.T) {
		w := newWorld(t)
		at := w.reachCallback(ada.UPN)
		w.service.failing = &pim.Error{Kind: pim.KindAuditDown}
		p := w.get(at.String())
		wantTitle(t, p, "Nothing can be recorded right now")
		w.service.failing = nil
		wantTitle(t, w.signIn(w.press(p, "continue"), ada.UPN), started)
	})

	t.Run("follows a link that moved on", func(t *testing.T) {
		w := newWorld(t)
		at := w.reachCallback(ada.UPN)
		w.service.happen(t, pim.LinkReplaced{})
		wantTitle(t, w.get(at.String()), "A newer link was sent")
	})
}

func TestCallback_id_token(t *testing.T) {
	const unverified = "The sign-in could not be verified"
	set := func(name string, value any) func(map[string]any) {
		return func(claims map[string]any) { claims[name] = value }
	}
	tests := map[string]struct {
		claims func(map[string]any)
		answer func(map[string]any)
		title  string
	}{
		"another nonce":       {claims: set("nonce", "x"), title: unverified},
		"no nonce":            {claims: func(c map[string]any) { delete(c, "nonce") }, title: unverified},
		"another issuer":      {claims: set("iss", "https://login.evil.test/v2.0"), title: unverified},
		"another audience":    {claims: set("aud", "00000000-0000-0000-0000-000000000009"), title: unverified},
		"expired":             {claims: set("exp", nine.Add(-time.Minute).Unix()), title: unverified},
		"not yet good":        {claims: set("nbf", nine.Add(time.Hour).Unix()), title: unverified},
		"no oid":              {claims: func(c map[string]any) { delete(c, "oid") }, title: unverified},
		"no tid":              {claims: func(c map[string]any) { delete(c, "tid") }, title: unverified},
		"another tenant":      {claims: set("tid", "00000000-0000-0000-0000-000000000001"), title: "That account belongs to another organisation"},
		"another account":     {claims: set("oid", sim.BenOID), title: "That is another account"},
		"upper case is fine":  {claims: func(c map[string]any) { c["oid"] = strings.ToUpper(c["oid"].(string)) }, title: "Asking PIM for the role"},
		"broken signature":    {answer: func(a map[string]any) { a["id_token"] = breakSignature(a["id_token"].(string)) }, title: unverified},
		"no signature":        {answer: func(a map[string]any) { a["id_token"] = unsigned(a["id_token"].(string)) }, title: unverified},
		"tampered claims":     {answer: func(a map[string]any) { a["id_token"] = swapPayload(a["id_token"].(string)) }, title: unverified},
		"no id token":         {answer: func(a map[string]any) { delete(a, "id_token") }, title: unverified},
		"no access token":     {answer: func(a map[string]any) { delete(a, "access_token") }, title: unverified},
		"no lifetime":         {answer: func(a map[string]any) { delete(a, "expires_in") }, title: unverified},
		"a scope was refused": {answer: func(a map[string]any) { a["scope"] = "openid" }, title: unverified},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			w := newWorld(t)
			at := w.reachCallback(ada.UPN)
			w.wire.tamper = tt.answer
			if tt.claims != nil {
				w.wire.tamper = reissue(t, tt.claims)
			}
			p := w.get(at.String())
			wantTitle(t, p, tt.title)
			if tt.title == unverified || tt.title == unreachable {
				wantNoSession(t, w)
			}
			if strings.Contains(w.log.String(), "eyJ") {
				t.Errorf("the log holds a token: %s", w.log)
			}
		})
	}
}

const unreachable = "Microsoft cannot be reached"

func TestCallback_refusals_of_Entra(t *testing.T) {
	tests := map[string]struct {
		answer url.Values
		title  string
		log    []string
	}{
		"turned back":   {url.Values{"error": {"access_denied"}, "error_subcode": {"cancel"}}, "You turned back", []string{"entra.error=access_denied", "turned back"}},
		"declined":      {url.Values{"error": {"access_denied"}, "error_subcode": {"cancel"}, "error_description": {"AADSTS65004: User declined to consent."}}, "You turned it down", []string{"entra.error=access_denied", "65004", "asked for consent and declined"}},
		"no consent":    {url.Values{"error": {"consent_required"}, "error_description": {"AADSTS65001: The user or administrator has not consented"}}, "Hoist is not allowed to do this yet", []string{"level=ERROR", "65001", "lacks admin consent"}},
		"not assigned":  {url.Values{"error": {"access_denied"}, "error_description": {"AADSTS50105: canary@fjordbank.example is not assigned. Trace ID: 11111111-1111-1111-1111-111111111111 Correlation ID: 22222222-2222-2222-2222-222222222222 Timestamp: x"}}, "You are not among Hoist&#39;s users", []string{"50105", "22222222-2222-2222-2222-222222222222"}},
		"blocked":       {url.Values{"error": {"access_denied"}, "error_description": {"AADSTS53003: Access has been blocked by Conditional Access policies."}}, "Your organisation&#39;s rules stopped the sign-in", []string{"53003"}},
		"device":        {url.Values{"error": {"access_denied"}, "error_description": {"AADSTS53000: Device is not in required device state"}, "claims": {`{"access_token":{"deviceid":{"essential":true}}}`}}, "Your organisation&#39;s rules stopped the sign-in", []string{"53000", "conditional access"}},
		"defaults":      {url.Values{"error": {"interaction_required"}, "error_description": {"AADSTS530035: Access has been blocked by security defaults."}}, "Your organisation&#39;s rules stopped the sign-in", []string{"530035"}},
		"disabled":      {url.Values{"error": {"invalid_grant"}, "error_description": {"AADSTS50057: The user account is disabled."}}, "That account is disabled", []string{"50057", "disabled in entra"}},
		"other tenant":  {url.Values{"error": {"invalid_request"}, "error_description": {"AADSTS50020: User account canary from identity provider does not exist"}}, "That account belongs to another organisation", []string{"50020", "not of this tenant"}},
		"unknown user":  {url.Values{"error": {"access_denied"}, "error_description": {"AADSTS50034: The user account canary does not exist"}}, "That account belongs to another organisation", []string{"50034"}},
		"no factor":     {url.Values{"error": {"interaction_required"}, "error_description": {"AADSTS50079: must enroll"}}, "Your second factor is not set up", []string{"50079", "no second factor"}},
		"no factor yet": {url.Values{"error": {"interaction_required"}, "error_description": {"AADSTS50072: must enroll"}}, "Your second factor is not set up", []string{"50072"}},
		"more wanted":   {url.Values{"error": {"interaction_required"}, "error_description": {"AADSTS50158: External security challenge not satisfied."}}, "Microsoft wants something more", []string{"50158", "wants more"}},
		"app at fault":  {url.Values{"error": {"unauthorized_client"}, "error_description": {"AADSTS700016: not found"}}, "Hoist is not set up correctly", []string{"level=ERROR", "700016"}},
		"busy":          {url.Values{"error": {"temporarily_unavailable"}}, unreachable, []string{"temporarily_unavailable"}},
		"never heard":   {url.Values{"error": {"something_new"}}, "The sign-in could not be verified", []string{"something_new", "unheard of"}},
		"no such thing": {url.Values{"error": {"<script>canary</script>"}}, "The sign-in could not be verified", nil},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			w := newWorld(t)
			at := w.reachCallback(ada.UPN)
			tt.answer.Set("state", at.Query().Get("state"))
			p := w.get(public + "/signin/callback?" + tt.answer.Encode())
			wantTitle(t, p, tt.title)
			if !strings.Contains(p.Text(""), "H-7K3F9QX") {
				t.Error("the page names no reference")
			}
			for _, want := range append(tt.log, "elevation=H-7K3F9QX") {
				if !strings.Contains(w.log.String(), want) {
					t.Errorf("the log lacks %q: %s", want, w.log)
				}
			}
			if strings.Contains(w.log.String()+p.Body, "canary") {
				t.Error("what Entra described reached the log or the page")
			}
			wantNoSession(t, w)
			wantTitle(t, w.open(), "Sign in to activate a role")
		})
	}
}

func TestCallback_token_endpoint(t *testing.T) {
	tests := map[string]struct {
		spoil func(*world)
		title string
	}{
		"secret expired": {func(w *world) {
			must(w.t, w.sim.Tenant.ChangeApp(sim.BotClientID, changeSecret))
		}, "Hoist is not set up correctly"},
		"cannot be reached": {func(w *world) { w.wire.fail = errors.New("canary: no route") }, unreachable},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			w := newWorld(t)
			at := w.reachCallback(ada.UPN)
			tt.spoil(w)
			wantTitle(t, w.get(at.String()), tt.title)
			wantNoSession(t, w)
			if strings.Contains(w.log.String(), at.Query().Get("code")) || strings.Contains(w.log.String(), sim.BotClientSecret) {
				t.Errorf("the log holds a secret: %s", w.log)
			}
		})
	}
}

func wantNoSession(t *testing.T, w *world) {
	t.Helper()
	for _, s := range w.service.sessions {
		t.Errorf("a session came through for %s", s.Principal.UPN)
	}
}

// do makes one request without the scripted browser's manners.
func (w *world) do(t *testing.T, method, address string, header http.Header, form url.Values) *http.Response {
	t.Helper()
	r, err := http.NewRequestWithContext(t.Context(), method, address, strings.NewReader(form.Encode()))
	must(t, err)
	r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	maps.Copy(r.Header, header)
	answer, err := hosts{"hoist.test": w.handler}.RoundTrip(r)
	must(t, err)
	return answer
}

func breakSignature(jwt string) string {
	cut := strings.LastIndexByte(jwt, '.') + 10
	c := byte('A')
	if jwt[cut] == c {
		c = 'B'
	}
	return jwt[:cut] + string(c) + jwt[cut+1:]
}
