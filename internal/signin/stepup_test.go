package signin_test

import (
	"encoding/base64"
	"maps"
	"net/url"
	"strings"
	"testing"

	"hoist/internal/pim"
)

// TestStepUp is about what Entra itself asks for during a sign-in; what PIM asks
// for afterwards is in TestSignIn.
func TestStepUp(t *testing.T) {
	const c7 = `{"access_token":{"acrs":{"essential":true,"value":"c7"}}}`
	challenged := func(at *url.URL, more url.Values) string {
		answer := url.Values{"state": {at.Query().Get("state")}, "error": {"interaction_required"}, "error_description": {"AADSTS50076: canary"}}
		maps.Copy(answer, more)
		return public + "/signin/callback?" + answer.Encode()
	}

	t.Run("sends the same browser back for what was missing", func(t *testing.T) {
		tests := map[string]struct {
			more url.Values
			want []string
		}{
			"no claims":           {nil, []string{`"mfa"`}},
			"claims":              {url.Values{"claims": {c7}}, []string{`"c7"`}},
			"claims in base64":    {url.Values{"claims": {base64.StdEncoding.EncodeToString([]byte(c7))}}, []string{`"c7"`}},
			"on top of the terms": {url.Values{"claims": {c7}}, []string{`"c7"`, `"mfa"`, `"cp1"`}},
		}
		for name, tt := range tests {
			t.Run(name, func(t *testing.T) {
				w := newWorld(t)
				at := w.reachCallback(ada.UPN)
				p := w.get(challenged(at, tt.more))
				asked := query(t, w.wire.last(t, "/authorize").Query)
				for _, want := range tt.want {
					if !strings.Contains(asked.Get("claims"), want) {
						t.Errorf("claims = %s, want %s in them", asked.Get("claims"), want)
					}
				}
				if asked.Get("state") == at.Query().Get("state") || asked.Get("login_hint") != ada.UPN {
					t.Errorf("state %q, hint %q", asked.Get("state"), asked.Get("login_hint"))
				}
				wantTitle(t, w.signIn(p, ada.UPN), "Asking PIM for the role")
				if strings.Contains(w.log.String(), "canary") {
					t.Error("the log holds Entra's description")
				}
			})
		}
	})

	t.Run("only once", func(t *testing.T) {
		w := newWorld(t)
		at := w.reachCallback(ada.UPN)
		again := w.stopAtCallback(challenged(at, nil), ada.UPN)
		p := w.get(challenged(again, url.Values{"claims": {c7}}))
		wantTitle(t, p, "Microsoft wants something more")
		wantNoSession(t, w)
		// A press of the person's is a new beginning.
		wantTitle(t, w.signIn(w.press(p, "continue"), ada.UPN), "Asking PIM for the role")
	})

	t.Run("not in another browser", func(t *testing.T) {
		w := newWorld(t)
		at := w.reachCallback(ada.UPN)
		before := w.wire.count("/authorize")
		w.browser = w.newBrowser()
		wantTitle(t, w.get(challenged(at, nil)), "Opened in another browser")
		if w.wire.count("/authorize") != before {
			t.Error("the other browser was sent to sign in")
		}
	})

	t.Run("when the token endpoint asks", func(t *testing.T) {
		w := newWorld(t)
		w.service.change(func(e *pim.Elevation) { e.Terms.NeedsMFA = false })
		at := w.reachCallback(ada.UPN)
		w.sim.Tenant.RequireMFA(w.app.ClientID, true)
		p := w.get(at.String())
		if got := query(t, w.wire.last(t, "/authorize").Query).Get("claims"); !strings.Contains(got, `"mfa"`) {
			t.Fatalf("claims = %s: %s", got, p.Text(""))
		}
		wantTitle(t, w.signIn(p, ada.UPN), "Asking PIM for the role")
	})

	t.Run("of a linking keeps what was proved before", func(t *testing.T) {
		w := newWorld(t)
		w.service.e = unlinked()
		at := w.reachCallback(ada.UPN)
		p := w.signIn(w.get(challenged(at, url.Values{"claims": {c7}})), ada.UPN)
		wantTitle(t, p, "Your accounts are connected")
		if !strings.Contains(p.Text(""), "@ada") {
			t.Errorf("the chat account is forgotten: %s", p.Text(""))
		}
	})
}
