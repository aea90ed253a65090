package signin_test

import (
	"net/http"
	"net/url"
	"slices"
	"strings"
	"testing"
	"time"

	"hoist/internal/pim"
	"hoist/internal/sim/browser"
)

// waiting is Ada's request in PIM, with cards for Ben and Chioma.
func waiting() pim.Elevation {
	e := requested()
	e.Terms.NeedsApproval = true
	return after(e,
		pim.SignInOpened{Browser: "ada's"},
		pim.Claimed{Attempt: 1, Until: nine.Add(pim.SubmitFor)},
		pim.Observed{Activation: pim.Activation{RequestID: "r", Status: "PendingApproval"}},
		pim.ApproversFound{
			Asked:  []pim.Asked{{PrincipalKey: ben.PrincipalKey, Name: ben.Name, Reached: true}, {PrincipalKey: chioma.PrincipalKey, Name: chioma.Name, Reached: true}},
			Places: []pim.Place{decider(benChat), decider(chiomaChat)},
		})
}

// after is an elevation to which something happened at nine.
func after(e pim.Elevation, events ...pim.Event) pim.Elevation {
	for _, ev := range events {
		next, err := e.Apply(ev, nine)
		if err != nil {
			panic(err)
		}
		e = next
	}
	return e
}

func decider(p pim.Person) pim.Place {
	return pim.Place{Kind: pim.Decider, Platform: p.Platform, Workspace: p.Workspace, Address: p.User}
}

func newDecision(t *testing.T) *world {
	t.Helper()
	w := newWorld(t)
	w.service.e = waiting()
	w.clock.Advance(14 * time.Minute)
	return w
}

// decisionLink is an approver's link.
func (w *world) decisionLink(purpose pim.Purpose, who pim.Person) string {
	return w.links.Link(w.service.now(), pim.Pass{Purpose: purpose, Person: who, Attempt: 1}).Reveal()
}

func (w *world) openDecision(purpose pim.Purpose, who pim.Person) *browser.Page {
	w.t.Helper()
	return w.get(w.decisionLink(purpose, who))
}

// typeReason fills the reason in.
func typeReason(t *testing.T, p *browser.Page, reason string) *browser.Page {
	t.Helper()
	must(t, p.Fill("reason", reason))
	return p
}

func wantText(t *testing.T, p *browser.Page, parts ...string) {
	t.Helper()
	for _, part := range parts {
		if !strings.Contains(p.Text(""), part) {
			t.Errorf("the page lacks %q: %s", part, p.Text(""))
		}
	}
}

func wantNoVerdict(t *testing.T, w *world) {
	t.Helper()
	if len(w.service.verdicts) != 0 {
		t.Errorf("decisions came through: %+v", w.service.verdicts)
	}
}

const sending = "Sending your decision to PIM…"

func TestDecision(t *testing.T) {
	for name, tt := range map[string]struct {
		purpose                       pim.Purpose
		title, button, other, pressed string
		decision                      pim.Decision
		outcome                       string
	}{
		"approve": {pim.PurposeApprove, "Approve this request?", "Approve as yourself", "Deny instead", "You pressed Approve", pim.Decision{By: ben.Name, Approved: true, Reason: "go ahead"}, "This request was approved"},
		"deny":    {pim.PurposeDeny, "Deny this request?", "Deny", "Approve instead", "You pressed Deny", pim.Decision{By: ben.Name, Reason: "not today"}, "This request was denied"},
	} {
		t.Run(name+" as oneself", func(t *testing.T) {
			w := newDecision(t)
			p := w.openDecision(tt.purpose, benChat)
			wantTitle(t, p, tt.title)
			wantText(t, p, "Ada Lindqvist asks for a role", "User Administrator", "The whole directory", "ada@fjordbank.example", "2 h",
				"rotating keys for INC-4711", "INC-4711", "U0ADA", "For 14 min", "PIM names you as an approver", "Privileged")
			if p.Text("continue") != tt.button || p.Text("follow") != tt.other {
				t.Errorf("buttons %q and %q", p.Text("continue"), p.Text("follow"))
			}
			p = w.signIn(w.press(typeReason(t, p, tt.decision.Reason), "continue"), ben.UPN)
			wantTitle(t, p, sending)
			wantText(t, p, tt.pressed)
			if p.Header.Get("Refresh") == "" || strings.Contains(p.URL.String(), "code=") {
				t.Errorf("refresh %q at %s", p.Header.Get("Refresh"), p.URL.Path)
			}
			asked := query(t, w.wire.last(t, "/authorize").Query)
			if asked.Get("login_hint") != ben.UPN || asked.Get("prompt") != "" || asked.Get("claims") != `{"access_token":{"xms_cc":{"values":["cp1"]}}}` {
				t.Errorf("asked Entra: hint %q, prompt %q, claims %s", asked.Get("login_hint"), asked.Get("prompt"), asked.Get("claims"))
			}
			want := pim.Verdict{Pass: pim.Pass{Purpose: tt.purpose, Person: benChat, Attempt: 1}, Reason: tt.decision.Reason, Shown: w.service.now().Digest()}
			if got := w.service.verdicts; len(got) != 1 || got[0] != want {
				t.Errorf("verdicts = %+v, want %+v", got, want)
			}
			if s := w.service.sessions[0]; s.Principal != ben || s.Token.IsZero() {
				t.Errorf("session of %+v", s.Principal)
			}
			wantTitle(t, w.get(p.URL.String()), sending) // reloading repeats nothing

			tt.decision.At = w.clock.Now()
			w.service.happen(t, pim.Decided{Decision: tt.decision})
			p = w.get(p.URL.String())
			wantTitle(t, p, tt.outcome)
			wantText(t, p, ben.Name, tt.decision.Reason, "10:14 CET")
			if !p.Has("pim") {
				t.Error("the outcome does not lead to PIM")
			}
		})
	}

	t.Run("leads from one decision to the other", func(t *testing.T) {
		w := newDecision(t)
		if body := w.openDecision(pim.PurposeApprove, benChat).Body; !strings.Contains(body, w.decisionLink(pim.PurposeDeny, benChat)) {
			t.Error("the page for approving does not lead to the one for denying")
		}
		w.signIn(w.press(w.openDecision(pim.PurposeDeny, benChat), "continue"), ben.UPN)
		wantTitle(t, w.openDecision(pim.PurposeApprove, benChat), sending) // one person, one decision
	})

	t.Run("changes nothing before the button", func(t *testing.T) {
		w := newDecision(t)
		before := w.service.now()
		link := w.decisionLink(pim.PurposeDeny, benChat)
		for range 5 {
			w.do(t, http.MethodGet, link, http.Header{"User-Agent": {"Slackbot-LinkExpanding 1.0"}}, nil)
			w.do(t, http.MethodHead, link, nil, nil)
		}
		if w.service.opened != 0 || w.kept.count() != 0 || w.service.now().Revision != before.Revision {
			t.Error("a preview changed something")
		}
		if a := w.do(t, http.MethodGet, link, nil, nil); a.Header.Get("Refresh") != "" {
			t.Error("a page with a form must not reload under whoever types")
		}
	})

	t.Run("is open to every browser, each sign-in to its own", func(t *testing.T) {
		w := newDecision(t)
		phone := w.openDecision(pim.PurposeApprove, benChat)
		at := w.callbackOf(phone, ben.UPN)
		mine := w.browser
		w.browser = w.newBrowser()
		wantTitle(t, w.openDecision(pim.PurposeApprove, benChat), "Approve this request?")
		wantTitle(t, w.get(at.String()), "Approve this request?") // a sign-in of its own is needed
		w.browser = w.newBrowser()
		wantTitle(t, w.get(at.String()), "Opened in another browser")
		wantNoVerdict(t, w)
		w.browser = mine
		wantTitle(t, w.get(at.String()), sending)
		wantTitle(t, w.get(at.String()), sending) // the callback came again
		if len(w.service.verdicts) != 1 {
			t.Errorf("%d verdicts", len(w.service.verdicts))
		}
	})

	t.Run("knows whose link it is", func(t *testing.T) {
		w := newDecision(t)
		dana := pim.Person{Platform: "slack", Workspace: "T0FJORD", User: "U0DANA"}
		good := w.decisionLink(pim.PurposeApprove, benChat)
		mac := good[strings.LastIndexByte(good, '.')+1:]
		for name, bad := range map[string]string{
			"no approver":       w.decisionLink(pim.PurposeApprove, dana),
			"who asked":         w.decisionLink(pim.PurposeApprove, adaChat),
			"the other purpose": strings.Replace(good, "/approve.1.", "/deny.1.", 1),
			"another attempt":   strings.Replace(good, "/approve.1.", "/approve.2.", 1),
			"a later attempt":   w.links.Link(w.service.now(), pim.Pass{Purpose: pim.PurposeApprove, Person: benChat, Attempt: 2}).Reveal(),
			"another elevation": strings.Replace(good, "H-7K3F9QX", "H-7K3F9QY", 1),
			"an activation's":   strings.TrimSuffix(w.link(), w.link()[strings.LastIndexByte(w.link(), '.')+1:]) + mac,
		} {
			p := w.get(bad)
			if p.Status != http.StatusNotFound || strings.Contains(p.Body, "INC-4711") {
				t.Errorf("%s: status %d: %s", name, p.Status, p.Text(""))
			}
		}
	})

	t.Run("by two approvers in one browser stays apart", func(t *testing.T) {
		w := newDecision(t)
		w.openDecision(pim.PurposeApprove, benChat)
		w.signIn(w.press(w.openDecision(pim.PurposeApprove, chiomaChat), "continue"), chioma.UPN)
		if v := w.service.verdicts; len(v) != 1 || v[0].Pass.Person != chiomaChat {
			t.Errorf("verdicts = %+v", v)
		}
		wantTitle(t, w.openDecision(pim.PurposeApprove, benChat), "Approve this request?")
	})

	t.Run("is not for the one who asked", func(t *testing.T) {
		w := newDecision(t)
		w.service.change(func(e *pim.Elevation) { e.Posts = append(e.Posts, pim.Post{Place: decider(adaChat)}) })
		p := w.openDecision(pim.PurposeApprove, adaChat)
		wantTitle(t, p, "This is your own request")
		if p.Has("continue") || p.Status != http.StatusForbidden {
			t.Errorf("status %d, or there is a button", p.Status)
		}
		answer := w.do(t, http.MethodPost, w.decisionLink(pim.PurposeApprove, adaChat), http.Header{"Origin": {public}}, url.Values{"reason": {"x"}})
		if answer.StatusCode != http.StatusForbidden || w.kept.count() != 0 {
			t.Errorf("status %d, %d attempts", answer.StatusCode, w.kept.count())
		}
	})

	t.Run("is not for another account of the one who asked", func(t *testing.T) {
		w := newDecision(t)
		w.service.failing = &pim.Error{Kind: pim.KindSelfApproval}
		p := w.signIn(w.press(w.openDecision(pim.PurposeApprove, benChat), "continue"), ben.UPN)
		wantText(t, p, "belongs to the person who asked")
		wantText(t, w.get(p.URL.String()), "belongs to the person who asked")
	})

	t.Run("comes too late", func(t *testing.T) {
		w := newDecision(t)
		at := w.callbackOf(w.openDecision(pim.PurposeApprove, benChat), ben.UPN)
		w.service.happen(t, pim.Decided{Decision: pim.Decision{By: chioma.Name, Reason: "no", At: w.clock.Now()}})
		p := w.get(at.String())
		wantTitle(t, p, "Someone was faster")
		wantText(t, p, chioma.Name+" denied it", "10:14 CET", "changed nothing")
		wantTitle(t, w.get(p.URL.String()), "Someone was faster")
		w.browser = w.newBrowser()
		wantTitle(t, w.openDecision(pim.PurposeApprove, benChat), "This request was denied")
		wantTitle(t, w.openDecision(pim.PurposeApprove, chiomaChat), "This request was denied")
		wantNoVerdict(t, w)
	})

	t.Run("meets another on its way to PIM", func(t *testing.T) {
		w := newDecision(t)
		w.signIn(w.press(w.openDecision(pim.PurposeApprove, benChat), "continue"), ben.UPN)
		w.service.happen(t, pim.Decided{Decision: pim.Decision{By: chioma.Name, Approved: true, At: w.clock.Now()}})
		wantTitle(t, w.openDecision(pim.PurposeApprove, benChat), "Someone was faster")
	})

	t.Run("has nothing left to decide", func(t *testing.T) {
		for state, want := range map[pim.State]string{
			pim.Canceled: "This request was withdrawn", pim.Lapsed: "Nobody decided in time", pim.Active: "This request was approved",
			pim.Unresolved: "This request waits no longer",
		} {
			w := newDecision(t)
			p := w.openDecision(pim.PurposeDeny, benChat)
			w.service.change(func(e *pim.Elevation) { e.State = state })
			wantTitle(t, w.press(p, "continue"), want)
			wantTitle(t, w.openDecision(pim.PurposeDeny, benChat), want)
			if w.kept.count() != 0 {
				t.Errorf("%s: the browser was sent to sign in", state)
			}
		}
	})

	t.Run("is not sent when the request changed under the page", func(t *testing.T) {
		w := newDecision(t)
		p := typeReason(t, w.openDecision(pim.PurposeApprove, benChat), "fine")
		w.service.change(func(e *pim.Elevation) { e.Ask.Justification = "all of it" })
		p = w.press(p, "continue")
		wantText(t, p, "The request changed meanwhile", "all of it", "fine")
		if w.kept.count() != 0 {
			t.Error("the browser was sent to sign in")
		}
		w.signIn(w.press(p, "continue"), ben.UPN)
		if v := w.service.verdicts; len(v) != 1 || v[0].Shown != w.service.now().Digest() || v[0].Reason != "fine" {
			t.Errorf("verdicts = %+v", v)
		}
	})

	t.Run("says that the request changed beside what is wrong with the reason", func(t *testing.T) {
		w := newDecision(t)
		p := typeReason(t, w.openDecision(pim.PurposeApprove, benChat), strings.Repeat("x", 501))
		w.service.change(func(e *pim.Elevation) { e.Ask.Justification = "all of it" })
		wantText(t, w.press(p, "continue"), "The request changed meanwhile", "500 characters at most")
	})

	t.Run("carries what was shown when the request changes during the sign-in", func(t *testing.T) {
		w := newDecision(t)
		shown := w.service.now().Digest()
		at := w.callbackOf(w.openDecision(pim.PurposeApprove, benChat), ben.UPN)
		w.service.change(func(e *pim.Elevation) { e.Terms.Duration = 8 * time.Hour })
		p := w.get(at.String())
		if v := w.service.verdicts; len(v) != 1 || v[0].Shown != shown {
			t.Errorf("verdicts = %+v", v)
		}
		w.service.happen(t, pim.DecisionDropped{Person: benChat})
		p = w.get(p.URL.String())
		wantTitle(t, p, "Approve this request?")
		wantText(t, p, "The request changed meanwhile, so nothing was sent")
	})

	t.Run("that PIM has not confirmed blocks nobody", func(t *testing.T) {
		w := newDecision(t)
		p := w.signIn(w.press(w.openDecision(pim.PurposeDeny, benChat), "continue"), ben.UPN)
		w.clock.Advance(time.Minute)
		p = w.get(p.URL.String())
		wantText(t, p, "You pressed Deny; PIM has not confirmed it")
		if !p.Has("pim") {
			t.Error("the page does not lead to PIM")
		}
		wantText(t, w.openDecision(pim.PurposeApprove, chiomaChat), "Ben Okafor pressed Deny; PIM has not confirmed it")
		w.signIn(w.press(p, "continue"), ben.UPN)
		if len(w.service.verdicts) != 2 {
			t.Errorf("%d verdicts, want a second one", len(w.service.verdicts))
		}
	})

	t.Run("offers to switch the account and keeps the reason", func(t *testing.T) {
		w := newDecision(t)
		w.service.accounts[benChat] = []pim.Principal{{PrincipalKey: ben.PrincipalKey}} // no hint
		p := w.press(typeReason(t, w.openDecision(pim.PurposeDeny, benChat), "line 1\r\nline \"2\""), "continue")
		p = w.signIn(p, "dana@fjordbank.example")
		wantTitle(t, p, "That is another account")
		wantText(t, p, "dana@fjordbank.example", "/elevate link")
		if strings.Contains(w.log.String(), "dana@") {
			t.Error("the log names the other account")
		}
		wantNoVerdict(t, w)
		p = w.press(p, "switch")
		if q := query(t, w.wire.last(t, "/authorize").Query); q.Get("prompt") != "select_account" || q.Get("login_hint") != "" {
			t.Errorf("prompt %q, hint %q", q.Get("prompt"), q.Get("login_hint"))
		}
		wantTitle(t, w.signIn(p, ben.UPN), sending)
		if v := w.service.verdicts; len(v) != 1 || v[0].Reason != "line 1\nline \"2\"" {
			t.Errorf("verdicts = %+v", v)
		}
	})

	t.Run("keeps the reason when Entra turns it down", func(t *testing.T) {
		w := newDecision(t)
		at := w.callbackOf(typeReason(t, w.openDecision(pim.PurposeDeny, benChat), "not <b>today</b>"), ben.UPN)
		p := w.get(public + "/signin/callback?" + url.Values{"state": {at.Query().Get("state")}, "error": {"access_denied"}}.Encode())
		wantTitle(t, p, "You turned back")
		wantTitle(t, w.signIn(w.press(p, "continue"), ben.UPN), sending)
		if v := w.service.verdicts; len(v) != 1 || v[0].Reason != "not <b>today</b>" {
			t.Errorf("verdicts = %+v", v)
		}
	})

	t.Run("keeps the reason through a step-up", func(t *testing.T) {
		w := newDecision(t)
		w.sim.Tenant.RequireMFA(w.app.ClientID, true)
		at := w.callbackOf(typeReason(t, w.openDecision(pim.PurposeDeny, benChat), "no"), ben.UPN)
		p := w.get(public + "/signin/callback?" + url.Values{"state": {at.Query().Get("state")}, "error": {"interaction_required"}, "error_description": {"AADSTS50076"}}.Encode())
		wantTitle(t, w.signIn(p, ben.UPN), sending)
		if v := w.service.verdicts; len(v) != 1 || v[0].Reason != "no" || v[0].Shown != w.service.now().Digest() {
			t.Errorf("verdicts = %+v", v)
		}
	})

	t.Run("does nothing that cannot be recorded", func(t *testing.T) {
		w := newDecision(t)
		w.service.failing = &pim.Error{Kind: pim.KindAuditDown}
		p := w.signIn(w.press(w.openDecision(pim.PurposeApprove, benChat), "continue"), ben.UPN)
		wantTitle(t, p, "Nothing can be recorded right now")
		w.service.failing = nil
		wantTitle(t, w.signIn(w.press(p, "continue"), ben.UPN), sending)
	})

	t.Run("refuses forms of other origins", func(t *testing.T) {
		w := newDecision(t)
		for _, from := range []http.Header{{"Origin": {"https://evil.test"}}, {"Sec-Fetch-Site": {"cross-site"}, "Origin": {"https://evil.test"}}, nil} {
			answer := w.do(t, http.MethodPost, w.decisionLink(pim.PurposeApprove, benChat), from, url.Values{"reason": {"x"}})
			if answer.StatusCode != http.StatusForbidden {
				t.Errorf("status %d for %v", answer.StatusCode, from)
			}
		}
		if w.service.opened != 0 || w.kept.count() != 0 {
			t.Error("it was opened")
		}
	})

	t.Run("shows the request to a button that did not", func(t *testing.T) {
		w := newDecision(t)
		answer := w.do(t, http.MethodPost, w.decisionLink(pim.PurposeApprove, benChat), http.Header{"Origin": {public}}, url.Values{"reason": {"x"}})
		if answer.StatusCode != http.StatusOK || w.kept.count() != 0 {
			t.Errorf("status %d, %d attempts", answer.StatusCode, w.kept.count())
		}
	})

	t.Run("lets a long look at the page not cost the sign-in", func(t *testing.T) {
		w := newDecision(t)
		cookies := func(method string, form url.Values, cookie string) []string {
			a := w.do(t, method, w.decisionLink(pim.PurposeApprove, benChat), http.Header{"Origin": {public}, "Cookie": {cookie}}, form)
			return a.Header.Values("Set-Cookie")
		}
		first := cookies(http.MethodGet, nil, "")
		if len(first) != 1 {
			t.Fatalf("cookies %q", first)
		}
		value, _, _ := strings.Cut(first[0], ";")
		if got := cookies(http.MethodGet, nil, value); len(got) != 0 {
			t.Errorf("a second look sets %q", got)
		}
		if got := cookies(http.MethodPost, url.Values{}, value); !slices.Equal(got, first) {
			t.Errorf("the button sets %q, want the same cookie with all its time", got)
		}
	})
}

func TestDecision_reason(t *testing.T) {
	press := func(w *world, reason string) *browser.Page {
		w.t.Helper()
		return w.press(typeReason(w.t, w.openDecision(pim.PurposeDeny, benChat), reason), "continue")
	}

	t.Run("stays whole and harmless", func(t *testing.T) {
		const evil = "</textarea><script>alert(1)</script> <!channel> &amp; \"'\n\n second line 👩‍🚒"
		w := newDecision(t)
		w.signIn(press(w, evil), ben.UPN)
		if v := w.service.verdicts; len(v) != 1 || v[0].Reason != evil {
			t.Fatalf("verdicts = %+v", v)
		}
		w.service.happen(t, pim.Decided{Decision: pim.Decision{By: "<i>" + ben.Name, Reason: evil, At: nine}})
		p := w.openDecision(pim.PurposeDeny, benChat)
		if strings.Contains(p.Body, "<script") || strings.Contains(p.Body, "<i>") {
			t.Errorf("markup came through: %s", p.Body)
		}
		if strings.Contains(w.log.String(), "second line") {
			t.Error("the log holds the reason")
		}
	})

	t.Run("that is too long is shown again, whole", func(t *testing.T) {
		w := newDecision(t)
		long := "\n<b>" + strings.Repeat("ø", 500)
		p := press(w, long)
		wantText(t, p, "500 characters at most. Nothing was sent.")
		if got := strings.TrimSpace(p.Text("reason")); got != strings.TrimSpace(long) {
			t.Errorf("%d bytes were kept of %d", len(got), len(long))
		}
		if !strings.Contains(p.Body, "&lt;b&gt;") || w.kept.count() != 0 {
			t.Error("it was not escaped, or the browser was sent away")
		}
		w.signIn(w.press(typeReason(t, p, strings.Repeat("ø", 500)), "continue"), ben.UPN)
		if len(w.service.verdicts) != 1 {
			t.Error("500 characters were refused")
		}
	})

	t.Run("may be left out, unless the policy wants one", func(t *testing.T) {
		w := newDecision(t)
		wantTitle(t, w.signIn(press(w, " \r\n "), ben.UPN), sending)
		if w.service.verdicts[0].Reason != "" {
			t.Errorf("reason = %q", w.service.verdicts[0].Reason)
		}

		w = newDecision(t)
		w.service.change(func(e *pim.Elevation) { e.Terms.DecisionReason = true })
		p := press(w, " \r\n ")
		wantText(t, p, "Please give a reason")
		if w.kept.count() != 0 {
			t.Error("the browser was sent to sign in")
		}
		wantTitle(t, w.signIn(w.press(typeReason(t, p, "ok"), "continue"), ben.UPN), sending)
	})

	t.Run("that is no text is made one", func(t *testing.T) {
		w := newDecision(t)
		wantTitle(t, w.signIn(press(w, "a\xffb"), ben.UPN), sending)
		if got := w.service.verdicts[0].Reason; got != "a\uFFFDb" {
			t.Errorf("reason = %q", got)
		}
	})
}
