package signin_test

import (
	"net/url"
	"strings"
	"testing"
	"time"

	"hoist/internal/pim"
)

func TestSignIn(t *testing.T) {
	t.Run("activates with the person's own token", func(t *testing.T) {
		w := newWorld(t)
		p := w.open()
		wantTitle(t, p, "Sign in to activate a role")
		for _, want := range []string{"User Administrator", "rotating keys for INC-4711", "U0ADA", "T0FJORD", "ada@fjordbank.example", "2 h"} {
			if !strings.Contains(p.Text(""), want) {
				t.Errorf("the page lacks %q: %s", want, p.Text(""))
			}
		}
		p = w.signIn(w.press(p, "continue"), ada.UPN)
		wantTitle(t, p, "Asking PIM for the role")
		if p.Header.Get("Refresh") == "" {
			t.Error("a page that waits must look again by itself")
		}
		if strings.Contains(p.URL.String(), "code=") {
			t.Errorf("the code stays in the address: %s", p.URL)
		}
		if len(w.service.sessions) != 1 {
			t.Fatalf("%d sessions came, want 1", len(w.service.sessions))
		}
		s := w.service.sessions[0]
		if s.Principal != ada {
			t.Errorf("principal = %+v, want %+v", s.Principal, ada)
		}
		if s.Token.IsZero() || !s.Expires.After(nine.Add(50*time.Minute)) || s.Expires.After(nine.Add(70*time.Minute)) {
			t.Errorf("token missing or expires at %s", s.Expires)
		}
		w.service.happen(t, pim.Observed{Activation: pim.Activation{RequestID: "r", Status: "Provisioned", Start: nine, End: nine.Add(2 * time.Hour)}})
		p = w.get(p.URL.String())
		wantTitle(t, p, "The role is active")
		if !strings.Contains(p.Text(""), "12:00 CET") {
			t.Errorf("the end is not in Ada's zone: %s", p.Text(""))
		}
	})

	t.Run("asks Entra for what the policy needs", func(t *testing.T) {
		tests := map[string]struct {
			terms pim.Terms
			step  func(*pim.SignInStep)
			want  string
		}{
			"nothing":   {want: `{"access_token":{"xms_cc":{"values":["cp1"]}}}`},
			"mfa":       {terms: pim.Terms{NeedsMFA: true}, want: `{"access_token":{"amr":{"values":["mfa"]},"xms_cc":{"values":["cp1"]}}}`},
			"context":   {terms: pim.Terms{NeedsMFA: true, NeedsContext: "c1"}, want: `{"access_token":{"acrs":{"essential":true,"value":"c1"},"xms_cc":{"values":["cp1"]}}}`},
			"challenge": {terms: pim.Terms{NeedsMFA: true}, step: func(s *pim.SignInStep) { s.Claims = `{"access_token":{"acrs":{"essential":true,"value":"c7"}}}` }, want: `{"access_token":{"acrs":{"essential":true,"value":"c7"},"xms_cc":{"values":["cp1"]}}}`},
		}
		for name, tt := range tests {
			t.Run(name, func(t *testing.T) {
				w := newWorld(t)
				w.service.change(func(e *pim.Elevation) {
					e.Terms.NeedsMFA, e.Terms.NeedsContext = tt.terms.NeedsMFA, tt.terms.NeedsContext
					if tt.step != nil {
						tt.step(&e.SignIn)
					}
				})
				w.signIn(w.press(w.open(), "continue"), ada.UPN)
				asked := query(t, w.wire.last(t, "/authorize").Query)
				form := query(t, string(w.wire.last(t, "/token").Request))
				for where, got := range map[string]string{"authorize": asked.Get("claims"), "token": form.Get("claims")} {
					if got != tt.want {
						t.Errorf("%s claims\n got %s\nwant %s", where, got, tt.want)
					}
				}
			})
		}
	})

	t.Run("sends every protection", func(t *testing.T) {
		w := newWorld(t)
		w.signIn(w.press(w.open(), "continue"), ada.UPN)
		asked := query(t, w.wire.last(t, "/authorize").Query)
		for _, name := range []string{"state", "nonce", "code_challenge"} {
			if len(asked.Get(name)) < 43 {
				t.Errorf("%s = %q, want 256 bits", name, asked.Get(name))
			}
		}
		for name, want := range map[string]string{
			"code_challenge_method": "S256", "response_mode": "query", "response_type": "code",
			"login_hint": ada.UPN, "prompt": "", "redirect_uri": public + "/signin/callback",
		} {
			if got := asked.Get(name); got != want {
				t.Errorf("%s = %q, want %q", name, got, want)
			}
		}
	})

	t.Run("steps up once in the same browser", func(t *testing.T) {
		w := newWorld(t)
		p := w.signIn(w.press(w.open(), "continue"), ada.UPN)
		w.service.happen(t, pim.Challenged{Claims: `{"access_token":{"acrs":{"essential":true,"value":"c1"}}}`})
		before := w.wire.count("/authorize")
		p = w.get(p.URL.String())
		if !p.Has("mfa-form") {
			t.Fatalf("the browser was not sent to step up: %s", p.Text(""))
		}
		if got := query(t, w.wire.last(t, "/authorize").Query).Get("claims"); !strings.Contains(got, `"c1"`) {
			t.Errorf("claims = %s", got)
		}
		back := w.open()
		wantTitle(t, back, "One more sign-in")
		if got := w.wire.count("/authorize") - before; got != 1 {
			t.Errorf("sent away %d times by itself, want once", got)
		}
		p = w.signIn(p, ada.UPN)
		wantTitle(t, p, "Asking PIM for the role")
		if len(w.service.sessions) != 2 {
			t.Errorf("%d sessions, want 2", len(w.service.sessions))
		}
	})

	t.Run("does not step up another browser", func(t *testing.T) {
		w := newWorld(t)
		w.signIn(w.press(w.open(), "continue"), ada.UPN)
		w.service.happen(t, pim.Challenged{Claims: `{"access_token":{}}`})
		w.browser = w.newBrowser()
		wantTitle(t, w.open(), "Opened in another browser")
	})

	t.Run("offers to switch the account", func(t *testing.T) {
		w := newWorld(t)
		w.service.change(func(e *pim.Elevation) { e.Principal.UPN = "" }) // no hint: the picker comes
		p := w.signIn(w.press(w.open(), "continue"), "ben@fjordbank.example")
		wantTitle(t, p, "That is another account")
		if !strings.Contains(p.Text(""), "ben@fjordbank.example") {
			t.Errorf("the page does not say who is signed in: %s", p.Text(""))
		}
		if strings.Contains(w.log.String(), "ben@") {
			t.Error("the log names the other account")
		}
		p = w.press(p, "switch")
		if got := query(t, w.wire.last(t, "/authorize").Query).Get("prompt"); got != "select_account" {
			t.Errorf("prompt = %q", got)
		}
		wantTitle(t, w.signIn(p, ada.UPN), "Asking PIM for the role")
	})

	t.Run("may start over in the same browser", func(t *testing.T) {
		w := newWorld(t)
		w.press(w.open(), "continue")
		w.press(w.open(), "continue")
		p := w.signIn(w.press(w.open(), "continue"), ada.UPN)
		wantTitle(t, p, "Asking PIM for the role")
	})

	t.Run("forgets metadata after an hour and not before", func(t *testing.T) {
		w := newWorld(t)
		w.open()
		w.press(w.open(), "continue")
		if got := w.wire.count("openid-configuration"); got != 1 {
			t.Errorf("metadata read %d times, want 1", got)
		}
		w.clock.Advance(61 * time.Minute)
		w.service.change(func(e *pim.Elevation) { e.Deadline = w.clock.Now().Add(time.Minute) })
		w.open()
		if got := w.wire.count("openid-configuration"); got != 2 {
			t.Errorf("metadata read %d times, want 2", got)
		}
	})
}

func query(t *testing.T, raw string) url.Values {
	t.Helper()
	q, err := url.ParseQuery(raw)
	must(t, err)
	return q
}
