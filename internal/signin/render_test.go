package signin

import (
	"flag"
	"maps"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"hoist/internal/chat"
	"hoist/internal/pim"
	"hoist/internal/secret"
)

var update = flag.Bool("update", false, "write the golden pages anew")

// TestPages_golden is every page as browsers get it. A change of a file below
// testdata/pages is a change that people see.
func TestPages_golden(t *testing.T) {
	now := time.Date(2026, 11, 23, 9, 0, 0, 0, time.UTC)
	pages := map[string]chat.Page{
		"sign-in": chat.SignInPage(golden(), now),
		"sign-in-approval-later": chat.SignInPage(with(func(e *pim.Elevation) {
			e.Terms.NeedsApproval, e.Terms.Start = true, now.Add(26*time.Hour)
			e.Eligibility.Scope = pim.Scope{ID: "/administrativeUnits/1", Name: "Branch offices"}
		}), now),
		"sign-in-step-up":    chat.SignInPage(with(func(e *pim.Elevation) { e.SignIn.Challenged = true }), now),
		"sign-in-look-first": chat.SignInPage(with(func(e *pim.Elevation) { e.SignIn.LookFirst = true }), now),
		"sign-in-hostile": chat.SignInPage(with(func(e *pim.Elevation) {
			e.Name, e.Ask.Justification = `</dd><script>alert(1)</script>`, "<!channel> \u202e \u0000 <a href=javascript:x>"
			e.Eligibility.Target.Name = `<b onmouseover="x">`
		}), now),
		"link":      chat.LinkPage(golden()),
		"link-only": chat.LinkPage(with(func(e *pim.Elevation) { e.LinkOnly = true })),
		"linked-only": chat.LinkedPage(with(func(e *pim.Elevation) { e.State, e.Cause = pim.Canceled, pim.CauseLinked }),
			"@ada", "Ada Lindqvist (ada@fjordbank.example)", secret.Value{}),
		"state-Canceled-linked": chat.OutcomePage(with(func(e *pim.Elevation) { e.State, e.Cause = pim.Canceled, pim.CauseLinked }), now),
		"link-operator":         chat.UnlinkablePage(golden()),
		"linked":                chat.LinkedPage(golden(), "@ada", "Ada Lindqvist (ada@fjordbank.example)", secret.Value{}),
		"linked-go-on":          chat.LinkedPage(golden(), "@ada", "Ada Lindqvist (ada@fjordbank.example)", secret.New("https://hoist.test/signin/s0001/H-7K3F9QX/activate.2.x")),
		"wrong-account":         chat.WrongAccountPage(golden(), pim.Principal{UPN: "ben@fjordbank.example", Name: "Ben Okafor"}),
		"wrong-chat-workspace":  chat.WrongChatPage(golden(), ""),
		"wrong-chat":            chat.WrongChatPage(golden(), "@mallory"),
	}
	for _, s := range pim.States() {
		if s != pim.AwaitingSignIn {
			pages["state-"+string(s)] = chat.OutcomePage(with(func(e *pim.Elevation) { e.State = s }), now)
		}
	}
	pages["state-EndedEarly-said"] = chat.OutcomePage(with(func(e *pim.Elevation) {
		e.State, e.Activation.Ended = pim.EndedEarly, e.Activation.Start.Add(31*time.Minute)
	}), now)
	pages["state-Failed-policy"] = chat.OutcomePage(with(func(e *pim.Elevation) {
		e.State, e.Refusals = pim.Failed, []pim.Refusal{{Kind: pim.KindPolicy, Role: "User Administrator"}, {Kind: pim.KindTooLong, Role: "User Administrator", Maximum: time.Hour}}
	}), now)
	pages["state-Failed-loop"] = chat.OutcomePage(with(func(e *pim.Elevation) { e.State, e.Cause = pim.Failed, pim.CauseStepUpLoop }), now)
	pages["state-Denied-reason"] = chat.OutcomePage(with(func(e *pim.Elevation) {
		e.State, e.Decision.Reason = pim.Denied, "<i>not today</i>"
	}), now)
	for _, p := range chat.PageProblems() {
		pages["problem-"+string(p)] = chat.ProblemPage(p, pim.PurposeActivate, "H-7K3F9QX", true)
	}
	for _, purpose := range []pim.Purpose{pim.PurposeStop, pim.PurposeCancel, pim.PurposeDeny, pim.PurposeLink} {
		pages["problem-consent-"+string(purpose)] = chat.ProblemPage(chat.ProblemConsent, purpose, "H-7K3F9QX", true)
		pages["problem-tooLate-"+string(purpose)] = chat.ProblemPage(chat.ProblemTooLate, purpose, "H-7K3F9QX", true)
	}
	maps.Copy(pages, decisionPages(now))
	maps.Copy(pages, exitPages(now))
	r, err := newRenderer()
	if err != nil {
		t.Fatal(err)
	}
	oslo, err := time.LoadLocation("Europe/Oslo")
	if err != nil {
		t.Fatal(err)
	}
	for name, page := range pages {
		t.Run(name, func(t *testing.T) {
			w := httptest.NewRecorder()
			l := layout{zone: oslo, home: "/signin/s0001/H-7K3F9QX/activate.1.x", pim: chat.DefaultPIMURL}
			if strings.HasPrefix(name, "decision-") {
				l.carried = []hidden{{shownField, "x"}}
			}
			if name == "decision-wrong-account" {
				l.carried = append(l.carried, hidden{chat.ReasonField, "\" <typed>"})
			}
			if err := r.write(w, 200, false, page, l); err != nil {
				t.Fatal(err)
			}
			sameAsGolden(t, name, w.Body.Bytes())
		})
	}
}

// decisionPages are an approver's, a quarter of an hour after the request.
func decisionPages(now time.Time) map[string]chat.Page {
	pending := with(func(e *pim.Elevation) {
		e.State, e.Since, e.Deadline = pim.AwaitingApproval, now.Add(-14*time.Minute), now.Add(24*time.Hour)
		e.Terms.NeedsApproval = true
		e.Eligibility.Target.ID = "62e90394-69f5-4237-9190-012177145e10" // dangerous
	})
	intent := pim.Intent{Person: pim.Person{User: "U0BEN"}, Name: "Ben Okafor", Until: now.Add(time.Minute)}
	ask := func(change func(*chat.Deciding)) chat.Page {
		d := chat.Deciding{Purpose: pim.PurposeApprove, Other: secret.New("/signin/s0001/H-7K3F9QX/deny.1.x")}
		change(&d)
		return chat.DecisionPage(pending, d, now)
	}
	became := func(tried *chat.Tried, change func(*pim.Elevation)) chat.Page {
		e := pending
		change(&e)
		return chat.DecidedPage(e, tried, now)
	}
	approved := func(s pim.State) func(*pim.Elevation) {
		return func(e *pim.Elevation) {
			e.State, e.Decision = s, pim.Decision{By: "Ben Okafor", Approved: true, Reason: "go <i>ahead</i>", At: now}
		}
	}
	pages := map[string]chat.Page{
		"decision-approve": ask(func(*chat.Deciding) {}),
		"decision-deny":    ask(func(d *chat.Deciding) { d.Purpose = pim.PurposeDeny }),
		"decision-too-long": ask(func(d *chat.Deciding) {
			d.Reason, d.Fault = "\n</textarea><script>alert(1)</script>", chat.ReasonTooLong
		}),
		"decision-unconfirmed":   ask(func(d *chat.Deciding) { d.Unconfirmed = &intent }),
		"decision-sending":       chat.SendingDecisionPage(pending, intent, now),
		"decision-own":           chat.OwnRequestPage(pending, now),
		"decision-wrong-account": chat.NotYourAccountPage(pending, pim.Principal{UPN: "dana@fjordbank.example", Name: "Dana <b>Petrov</b>"}),
		"decided-faster":         became(&chat.Tried{Name: "Chioma Reyes"}, approved(pim.Provisioning)),
		"decided-unknown-by":     became(nil, func(e *pim.Elevation) { e.State = pim.Active }),
		"decided-denied": became(&chat.Tried{Name: "Ben Okafor"}, func(e *pim.Elevation) {
			e.State, e.Decision = pim.Denied, pim.Decision{By: "Ben Okafor", Reason: "not today", At: now}
		}),
	}
	required, others := pending, pending
	required.Terms.DecisionReason = true
	wordy := pending
	wordy.Ask.Justification = strings.Repeat("rotating keys, one line after the other\n", 12)
	wordy.Ask.Ticket.Number = strings.Repeat("INC4711", 20)
	pages["decision-long"] = chat.DecisionPage(wordy, chat.Deciding{Purpose: pim.PurposeApprove}, now)
	pages["decision-reason-missing"] = chat.DecisionPage(required, chat.Deciding{Purpose: pim.PurposeDeny, Fault: chat.ReasonMissing}, now)
	others.Intents = []pim.Intent{intent}
	pages["decision-others"] = chat.DecisionPage(others, chat.Deciding{Purpose: pim.PurposeApprove}, now)
	for _, k := range []pim.Kind{pim.KindChanged, pim.KindForbidden, pim.KindSelfApproval, pim.KindChallenge, pim.KindUnavailable, pim.KindUnknown} {
		pages["decision-dropped-"+string(k)] = ask(func(d *chat.Deciding) { d.Dropped = k })
	}
	for _, s := range []pim.State{pim.Provisioning, pim.Scheduled, pim.Active, pim.Expired, pim.EndedEarly} {
		pages["decided-"+string(s)] = became(nil, approved(s))
	}
	for _, s := range []pim.State{pim.Canceled, pim.Lapsed, pim.Failed, pim.Unresolved} {
		pages["decided-"+string(s)] = became(nil, func(e *pim.Elevation) { e.State = s })
	}
	return pages
}

// exitPages are those that end something.
func exitPages(now time.Time) map[string]chat.Page {
	pages := map[string]chat.Page{}
	for purpose, state := range map[pim.Purpose]pim.State{pim.PurposeStop: pim.Active, pim.PurposeCancel: pim.AwaitingApproval} {
		leaving := func(change func(*pim.Exit)) pim.Elevation {
			return with(func(e *pim.Elevation) {
				e.State, e.Exit = state, pim.Exit{Purpose: purpose, Attempt: 1, Deadline: now.Add(10 * time.Minute)}
				change(&e.Exit)
			})
		}
		name := "exit-" + string(purpose)
		pages[name] = chat.ExitPage(leaving(func(*pim.Exit) {}), now)
		pages[name+"-lost"] = chat.ExitPage(leaving(func(x *pim.Exit) { x.Until = now }), now)
		pages[name+"-underway"] = chat.EndingPage(leaving(func(x *pim.Exit) { x.Until = now.Add(time.Minute) }), now)
		for _, k := range []pim.Kind{pim.KindTooYoung, pim.KindBadRequest, pim.KindUnanswered, pim.KindNotActive, pim.KindForbidden, pim.KindUnknown} {
			pages[name+"-"+string(k)] = chat.NotEndedPage(leaving(func(x *pim.Exit) { x.Refused = k }), now)
		}
	}
	pages["exit-cancel-scheduled"] = chat.ExitPage(with(func(e *pim.Elevation) {
		e.State, e.Exit = pim.Scheduled, pim.Exit{Purpose: pim.PurposeCancel, Attempt: 1, Deadline: now.Add(10 * time.Minute)}
	}), now)
	return pages
}

func sameAsGolden(t *testing.T, name string, got []byte) {
	t.Helper()
	path := filepath.Join("testdata", "pages", name+".html")
	if *update {
		if err := os.WriteFile(path, got, 0o644); err != nil {
			t.Fatal(err)
		}
		return
	}
	want, err := os.ReadFile(path)
	if err != nil {
		t.Fatalf("%v (run with -update)", err)
	}
	if diff := cmp.Diff(string(want), string(got)); diff != "" {
		t.Errorf("(-want +got)\n%s", diff)
	}
}

func golden() pim.Elevation {
	nine := time.Date(2026, 11, 23, 9, 0, 0, 0, time.UTC)
	who := pim.Principal{PrincipalKey: pim.NewPrincipalKey("t", "o"), UPN: "ada@fjordbank.example", Name: "Ada Lindqvist"}
	return pim.Elevation{
		ID: "H-7K3F9QX", Person: pim.Person{Platform: "slack", Workspace: "T0FJORD", User: "U0ADA"}, Name: "Ada L.",
		Zone: "Europe/Oslo", Since: nine, Deadline: nine.Add(10 * time.Minute), State: pim.AwaitingSignIn,
		Ask:       pim.Ask{Role: "user admin", Justification: "rotating keys for INC-4711", Ticket: pim.Ticket{Number: "INC-4711"}},
		Principal: who, Terms: pim.Terms{Duration: 2 * time.Hour},
		Eligibility: pim.Eligibility{
			Principal: who.PrincipalKey, Target: pim.Target{Kind: pim.DirectoryRole, ID: "r", Name: "User Administrator"}, Scope: pim.Scope{ID: "/"},
		},
		SignIn:     pim.SignInStep{Purpose: pim.PurposeActivate, Attempt: 1},
		Activation: pim.Activation{Start: nine, End: nine.Add(2 * time.Hour)},
	}
}

func with(change func(*pim.Elevation)) pim.Elevation {
	e := golden()
	change(&e)
	return e
}
