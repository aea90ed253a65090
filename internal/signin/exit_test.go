package signin_test

import (
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"hoist/internal/pim"
	"hoist/internal/sim/browser"
)

// newExit is a world in which Ada wants out: of an active role, or of a request
// that waits.
func newExit(t *testing.T, purpose pim.Purpose) *world {
	t.Helper()
	w := newWorld(t)
	w.service.e = waiting()
	if purpose == pim.PurposeStop {
		w.service.e = active()
	}
	w.clock.Advance(14 * time.Minute)
	w.service.happen(t, pim.ExitAsked{Purpose: purpose})
	return w
}

// active is Ada's role after Ben approved it.
func active() pim.Elevation {
	return after(waiting(),
		pim.Decided{Decision: pim.Decision{By: ben.Name, Approved: true, At: nine}},
		pim.Observed{Activation: pim.Activation{Status: "Provisioned", Start: nine, End: nine.Add(2 * time.Hour)}})
}

// stopping is the same with a link to stop it.
func stopping() pim.Elevation { return after(active(), pim.ExitAsked{Purpose: pim.PurposeStop}) }

func (w *world) exitLink() string {
	e := w.service.now()
	return w.links.Link(e, pim.Pass{Purpose: e.Exit.Purpose, Person: e.Person, Attempt: e.Exit.Attempt}).Reveal()
}

func (w *world) openExit() *browser.Page {
	w.t.Helper()
	return w.get(w.exitLink())
}

func TestExit(t *testing.T) {
	for name, tt := range map[string]struct {
		purpose          pim.Purpose
		title, says      string
		underway         string
		done             pim.Event
		outcome, outSays string
	}{
		"stop": {
			pim.PurposeStop, "Stop this role?", "Hoist asks PIM to end it now", "Asking PIM to end the role…",
			pim.Observed{Activation: pim.Activation{Status: "Revoked", Ended: nine.Add(14 * time.Minute)}, By: ada.Name},
			"The role ended early", "It ended at 10:14 CET",
		},
		"cancel": {
			pim.PurposeCancel, "Withdraw this request?", "It is withdrawn once PIM shows it so", "Asking PIM to take the request back…",
			pim.Observed{Activation: pim.Activation{RequestID: "r", Status: "Canceled"}, By: ada.Name},
			"The request was withdrawn", "PIM shows that the request was canceled",
		},
	} {
		t.Run(name+" as the account that holds it", func(t *testing.T) {
			w := newExit(t, tt.purpose)
			link := w.exitLink()
			p := w.openExit()
			wantTitle(t, p, tt.title)
			wantText(t, p, tt.says, "User Administrator", "rotating keys for INC-4711", "ada@fjordbank.example")
			p = w.signIn(w.press(p, "continue"), ada.UPN)
			wantTitle(t, p, tt.underway)
			if p.Header.Get("Refresh") == "" {
				t.Error("a page that waits must look again by itself")
			}
			asked := query(t, w.wire.last(t, "/authorize").Query)
			if asked.Get("login_hint") != ada.UPN || asked.Get("claims") != `{"access_token":{"xms_cc":{"values":["cp1"]}}}` {
				t.Errorf("asked Entra: hint %q, claims %s", asked.Get("login_hint"), asked.Get("claims"))
			}
			if len(w.service.sessions) != 1 || w.service.sessions[0].Principal != ada {
				t.Errorf("sessions = %d", len(w.service.sessions))
			}
			wantTitle(t, w.get(link), tt.underway)
			w.service.happen(t, tt.done)
			p = w.get(link)
			wantTitle(t, p, tt.outcome)
			wantText(t, p, tt.outSays)
		})

		t.Run(name+" changes nothing before the button", func(t *testing.T) {
			w := newExit(t, tt.purpose)
			before := w.service.now()
			for range 5 {
				w.do(t, http.MethodGet, w.exitLink(), nil, nil)
				w.do(t, http.MethodHead, w.exitLink(), nil, nil)
			}
			if w.service.opened != 0 || w.kept.count() != 0 || w.service.now().Exit != before.Exit {
				t.Error("a preview changed something")
			}
		})

		t.Run(name+" works in one browser", func(t *testing.T) {
			w := newExit(t, tt.purpose)
			at := w.callbackOf(w.openExit(), ada.UPN)
			mine := w.browser
			w.browser = w.newBrowser()
			wantTitle(t, w.openExit(), "Opened in another browser")
			wantTitle(t, w.get(at.String()), "Opened in another browser")
			wantNoSession(t, w)
			w.browser = mine
			wantTitle(t, w.get(at.String()), tt.underway)
			wantTitle(t, w.get(at.String()), tt.underway)
			if len(w.service.sessions) != 1 {
				t.Errorf("%d sessions, want 1", len(w.service.sessions))
			}
		})

		t.Run(name+" takes no other account", func(t *testing.T) {
			w := newExit(t, tt.purpose)
			w.service.change(func(e *pim.Elevation) { e.Principal.UPN = "" })
			p := w.signIn(w.press(w.openExit(), "continue"), ben.UPN)
			wantTitle(t, p, "That is another account")
			wantTitle(t, w.signIn(w.press(p, "switch"), ada.UPN), tt.underway)
		})

		t.Run(name+" gives way to a newer link", func(t *testing.T) {
			w := newExit(t, tt.purpose)
			old, p := w.exitLink(), w.openExit()
			at := w.callbackOf(w.openExit(), ada.UPN)
			w.service.happen(t, pim.ExitAsked{Purpose: tt.purpose})
			wantTitle(t, w.get(old), "A newer link was sent")
			wantTitle(t, w.press(p, "continue"), "A newer link was sent")
			wantTitle(t, w.get(at.String()), "A newer link was sent")
			wantNoSession(t, w)
		})

		t.Run(name+" has its time", func(t *testing.T) {
			w := newExit(t, tt.purpose)
			p := w.openExit()
			w.clock.Advance(11 * time.Minute)
			for _, p := range []*browser.Page{w.openExit(), w.press(p, "continue")} {
				wantTitle(t, p, "The time for this link is over")
				wantText(t, p, map[pim.Purpose]string{pim.PurposeStop: "press Stop again", pim.PurposeCancel: "press Withdraw again"}[tt.purpose])
			}
		})

		t.Run(name+" refuses forms of other origins", func(t *testing.T) {
			w := newExit(t, tt.purpose)
			answer := w.do(t, http.MethodPost, w.exitLink(), http.Header{"Origin": {"https://evil.test"}}, url.Values{})
			if answer.StatusCode != http.StatusForbidden || w.service.opened != 0 {
				t.Errorf("status %d", answer.StatusCode)
			}
		})

		t.Run(name+" is told when PIM does not do it", func(t *testing.T) {
			for kind, want := range map[pim.Kind]string{
				pim.KindTooYoung: "You can stop this one from 10:05 CET on", pim.KindBadRequest: "PIM allows this in the portal only",
				pim.KindUnanswered: "PIM does not show it yet", pim.KindNotActive: "PIM shows no", pim.KindForbidden: "Microsoft refused this",
				pim.KindChallenge: "stronger sign-in", pim.KindThrottled: "could not be reached", pim.KindUnknown: "no words for",
			} {
				w := newExit(t, tt.purpose)
				if kind == pim.KindTooYoung && tt.purpose == pim.PurposeCancel {
					want = "in its first five minutes"
				}
				link := w.exitLink()
				w.signIn(w.press(w.openExit(), "continue"), ada.UPN)
				w.service.happen(t, pim.ExitRefused{Kind: kind})
				for range 2 {
					p := w.get(link)
					wantText(t, p, want)
					if !p.Has("pim") {
						t.Errorf("%s: the page does not lead to PIM", kind)
					}
				}
			}
		})

		t.Run(name+" can be tried again when nobody knows", func(t *testing.T) {
			w := newExit(t, tt.purpose)
			w.signIn(w.press(w.openExit(), "continue"), ada.UPN)
			w.clock.Advance(time.Minute)
			p := w.openExit()
			wantText(t, p, "outcome is not known")
			wantTitle(t, w.signIn(w.press(p, "continue"), ada.UPN), tt.underway)
		})
	}

	t.Run("of what has ended shows how", func(t *testing.T) {
		w := newExit(t, pim.PurposeCancel)
		p, at := w.openExit(), w.callbackOf(w.openExit(), ada.UPN)
		w.service.happen(t, pim.Decided{Decision: pim.Decision{By: ben.Name, At: nine}})
		wantTitle(t, w.press(p, "continue"), "The request was denied")
		wantTitle(t, w.get(at.String()), "The request was denied")
		wantNoSession(t, w)
	})

	t.Run("of a request that was approved meanwhile", func(t *testing.T) {
		w := newExit(t, pim.PurposeCancel)
		link := w.exitLink()
		w.service.happen(t, pim.Observed{Activation: pim.Activation{Status: "Provisioned", Start: nine, End: nine.Add(2 * time.Hour)}})
		wantTitle(t, w.get(link), "The role is active")
	})

	t.Run("is asked for anew when what it was for went on", func(t *testing.T) {
		w := newExit(t, pim.PurposeCancel)
		link := w.exitLink()
		w.service.happen(t, pim.Decided{Decision: pim.Decision{By: ben.Name, Approved: true, At: nine}})
		p := w.get(link)
		wantTitle(t, p, "The time for this link is over")
		wantText(t, p, "press Withdraw again")
	})

	t.Run("does nothing that cannot be recorded", func(t *testing.T) {
		w := newExit(t, pim.PurposeStop)
		w.service.failing = &pim.Error{Kind: pim.KindAuditDown}
		wantTitle(t, w.signIn(w.press(w.openExit(), "continue"), ada.UPN), "Nothing can be recorded right now")
	})

	t.Run("is not open to an activation's link", func(t *testing.T) {
		w := newExit(t, pim.PurposeStop)
		mac := w.link()[strings.LastIndexByte(w.link(), '.')+1:]
		forged := w.exitLink()[:strings.LastIndexByte(w.exitLink(), '.')+1] + mac
		if p := w.get(forged); p.Status != http.StatusNotFound {
			t.Errorf("status %d", p.Status)
		}
		wantTitle(t, w.get(w.link()), "The role is active")
	})
}
