package signin_test

import (
	"context"
	"encoding/base64"
	"errors"
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"hoist/internal/pim"
	"hoist/internal/signin"
)

func TestLinking(t *testing.T) {
	t.Run("proves both ends in one browser and goes on", func(t *testing.T) {
		w := newWorld(t)
		w.service.e = unlinked()
		link := w.link()
		p := w.open()
		wantTitle(t, p, "Connect your chat account to Microsoft Entra")
		p = w.press(p, "continue")
		asked := query(t, w.wire.last(t, "/authorize").Query)
		if asked.Get("prompt") != "select_account" {
			t.Errorf("prompt = %q: the account must be chosen", asked.Get("prompt"))
		}
		if !strings.Contains(asked.Get("claims"), `"mfa"`) {
			t.Errorf("claims = %s: a linking wants a second factor", asked.Get("claims"))
		}
		p = w.signIn(p, ada.UPN)
		wantTitle(t, p, "Your accounts are connected")
		for _, want := range []string{"@ada", "Ada Lindqvist (ada@fjordbank.example)"} {
			if !strings.Contains(p.Text(""), want) {
				t.Errorf("the page does not name %q: %s", want, p.Text(""))
			}
		}
		if got := w.kept.links; len(got) != 1 || got[0].Person != adaChat || got[0].Principal != ada {
			t.Fatalf("links = %+v", got)
		}
		if r := w.audit.records; len(r) != 1 || r[0].Event != "LinkKept" || r[0].Person != adaChat || r[0].Principal != ada.PrincipalKey {
			t.Errorf("audit = %+v", r)
		}
		if len(w.service.sessions) != 0 {
			t.Error("a linking handed a session over")
		}

		attempt := w.service.now().SignIn.Attempt
		w.service.happen(t, pim.Resolved{Principal: ada, Eligibility: requested().Eligibility, Terms: pim.Terms{Duration: time.Hour}})
		if w.service.now().SignIn.Attempt != attempt+1 {
			t.Fatal("attempts are expected to go on counting")
		}
		p = w.get(link)
		if !p.Has("follow") || !strings.Contains(p.Body, w.link()) {
			t.Fatalf("the page does not lead on: %s", p.Body)
		}
		wantTitle(t, w.signIn(w.press(w.open(), "continue"), ada.UPN), "Asking PIM for the role")
	})

	t.Run("that nothing follows ends there", func(t *testing.T) {
		w := newWorld(t)
		w.service.e = unlinked()
		w.service.e.LinkOnly = true
		link, p := w.link(), w.open()
		wantText(t, p, "You asked to connect", "Nothing else is asked for")
		p = w.signIn(w.press(p, "continue"), ada.UPN)
		for range 2 {
			wantTitle(t, p, "Your accounts are connected")
			wantText(t, p, "@ada", "Connected; nothing else was asked for")
			if p.Header.Get("Refresh") != "" {
				t.Error("the page waits for something")
			}
			p = w.get(link)
		}
		w.browser = w.newBrowser()
		p = w.get(link)
		wantTitle(t, p, "Your accounts are connected")
		if strings.Contains(p.Text(""), "@ada") {
			t.Error("another browser learns which accounts")
		}
	})

	t.Run("leads on only in the browser that linked", func(t *testing.T) {
		w := newWorld(t)
		w.service.e = unlinked()
		link := w.link()
		w.signIn(w.press(w.open(), "continue"), ada.UPN)
		w.service.happen(t, pim.Resolved{Principal: ada, Eligibility: requested().Eligibility})
		w.browser = w.newBrowser()
		wantTitle(t, w.get(link), "A newer link was sent")
	})

	t.Run("believes no forged proof", func(t *testing.T) {
		w := newWorld(t)
		w.service.e = unlinked()
		link := w.link()
		w.press(w.open(), "continue")
		var cookies []string
		for _, c := range w.browser.Cookies(&url.URL{Scheme: "https", Host: "hoist.test", Path: "/"}) {
			cookies = append(cookies, c.Name+"="+c.Value, c.Name+"-linked="+base64.RawURLEncoding.EncodeToString([]byte(`{"chat":"x"}`))+".AAAA")
		}
		w.service.happen(t, pim.Linked{})
		w.service.happen(t, pim.Resolved{Principal: ada, Eligibility: requested().Eligibility})
		answer := w.do(t, http.MethodGet, link, http.Header{"Cookie": {strings.Join(cookies, "; ")}}, nil)
		if answer.StatusCode != http.StatusGone {
			t.Errorf("status %d", answer.StatusCode)
		}
	})

	t.Run("does not lead on to a link that was asked for later", func(t *testing.T) {
		w := newWorld(t)
		w.service.e = unlinked()
		link := w.link()
		w.signIn(w.press(w.open(), "continue"), ada.UPN)
		w.service.happen(t, pim.Resolved{Principal: ada, Eligibility: requested().Eligibility})
		w.service.happen(t, pim.LinkReplaced{})
		wantTitle(t, w.get(link), "A newer link was sent")
	})

	t.Run("refuses another chat account", func(t *testing.T) {
		w := newWorld(t)
		w.service.e = unlinked()
		w.chat.people["mallory"], w.chat.as = pim.Person{Platform: "slack", Workspace: "T0FJORD", User: "U0MAL"}, "mallory"
		wantTitle(t, w.press(w.open(), "continue"), "That is another chat account")
		w.chat.people["other"], w.chat.as = pim.Person{Platform: "slack", Workspace: "T0OTHER", User: "U0ADA"}, "other"
		wantTitle(t, w.press(w.open(), "continue"), "That is another chat account")
		w.chat.as = "a stranger"
		wantTitle(t, w.press(w.open(), "continue"), "That is another chat account")
		wantNoLink(t, w)
		if w.wire.count("/authorize") != 0 {
			t.Error("the browser went on to Entra")
		}
	})

	t.Run("says so when the chat was declined", func(t *testing.T) {
		w := newWorld(t)
		w.service.e = unlinked()
		w.chat.deny = true
		wantTitle(t, w.press(w.open(), "continue"), "You turned back")
	})

	t.Run("refuses a guest", func(t *testing.T) {
		for name, change := range map[string]func(map[string]any){
			"idp":  func(c map[string]any) { c["idp"] = "https://sts.windows.net/00000000-0000-0000-0000-000000000001/" },
			"acct": func(c map[string]any) { c["acct"] = 1 },
			"live": func(c map[string]any) { c["idp"] = "live.com" },
			"name": func(c map[string]any) { c["upn"] = "ann_corp.example#EXT#@fjordbank.example" },
		} {
			t.Run(name, func(t *testing.T) {
				w := newWorld(t)
				w.service.e = unlinked()
				w.wire.tamper = reissue(t, change)
				wantTitle(t, w.signIn(w.press(w.open(), "continue"), ada.UPN), "Guest accounts cannot be connected")
				wantNoLink(t, w)
			})
		}
	})

	t.Run("accepts an account whose provider is its own tenant", func(t *testing.T) {
		w := newWorld(t)
		w.service.e = unlinked()
		w.wire.tamper = reissue(t, func(c map[string]any) {
			c["idp"], c["acct"] = "https://sts.windows.net/"+string(ada.Tenant)+"/", 0
		})
		wantTitle(t, w.signIn(w.press(w.open(), "continue"), ada.UPN), "Your accounts are connected")
	})

	t.Run("refuses another tenant", func(t *testing.T) {
		w := newWorld(t)
		w.service.e = unlinked()
		w.wire.tamper = reissue(t, func(c map[string]any) { c["tid"] = "00000000-0000-0000-0000-000000000001" })
		wantTitle(t, w.signIn(w.press(w.open(), "continue"), ada.UPN), "That account belongs to another organisation")
		wantNoLink(t, w)
	})

	t.Run("keeps nothing that cannot be recorded", func(t *testing.T) {
		w := newWorld(t)
		w.service.e = unlinked()
		w.audit.down = errors.New("disk full")
		wantTitle(t, w.signIn(w.press(w.open(), "continue"), ada.UPN), "Nothing can be recorded right now")
		wantNoLink(t, w)
	})

	t.Run("keeps nothing for a request that moved on", func(t *testing.T) {
		w := newWorld(t)
		w.service.e = unlinked()
		at := w.reachCallback(ada.UPN)
		w.service.happen(t, pim.LinkReplaced{})
		wantTitle(t, w.get(at.String()), "A newer link was sent")
		wantNoLink(t, w)
	})

	t.Run("records who else holds the account", func(t *testing.T) {
		var (
			told []pim.Person
			of   pim.ID
		)
		w := newWorld(t, func(c *signin.Config) {
			c.Linked = func(_ context.Context, about pim.ID, _ pim.Person, _ pim.Principal, others []pim.Person) {
				of, told = about, others
			}
		})
		w.service.e = unlinked()
		w.kept.others = []pim.Person{{Platform: "slack", Workspace: "T0FJORD", User: "U0OLD"}, adaChat}
		w.signIn(w.press(w.open(), "continue"), ada.UPN)
		if d := w.audit.records[0].Detail; !strings.Contains(d, "slack/T0FJORD/U0OLD") || strings.Contains(d, "U0ADA") {
			t.Errorf("detail = %q", d)
		}
		if len(told) != 1 || told[0].User != "U0OLD" || of != unlinked().ID || of == "" {
			t.Errorf("told = %v, of %q", told, of)
		}
	})

	t.Run("sends people of other platforms to an operator", func(t *testing.T) {
		w := newWorld(t, func(c *signin.Config) { c.ChatProofs = nil })
		w.service.e = unlinked()
		p := w.open()
		wantTitle(t, p, "An operator must connect your account")
		if p.Has("continue") {
			t.Error("the page has a button that leads nowhere")
		}
	})

	t.Run("does not mix up the two callbacks", func(t *testing.T) {
		w := newWorld(t)
		w.service.e = unlinked()
		at := w.reachCallback(ada.UPN)
		at.Path = "/signin/chat/callback"
		wantTitle(t, w.get(at.String()), "Connect your chat account to Microsoft Entra")
		wantNoLink(t, w)
	})
}

func wantNoLink(t *testing.T, w *world) {
	t.Helper()
	if len(w.kept.links) != 0 {
		t.Errorf("links were kept: %+v", w.kept.links)
	}
	if w.service.now().State != pim.AwaitingSignIn {
		t.Errorf("state = %s", w.service.now().State)
	}
}
