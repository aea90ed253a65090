package signin

import (
	"flag"
	"net/http/httptest"
	"os"
	"path/filepath"
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
		"link":                 chat.LinkPage(golden()),
		"link-operator":        chat.UnlinkablePage(golden()),
		"linked":               chat.LinkedPage(golden(), "@ada", "Ada Lindqvist (ada@fjordbank.example)", secret.Value{}),
		"linked-go-on":         chat.LinkedPage(golden(), "@ada", "Ada Lindqvist (ada@fjordbank.example)", secret.New("https://hoist.test/signin/s0001/H-7K3F9QX/activate.2.x")),
		"wrong-account":        chat.WrongAccountPage(golden(), pim.Principal{UPN: "ben@fjordbank.example", Name: "Ben Okafor"}),
		"wrong-chat-workspace": chat.WrongChatPage(golden(), ""),
		"wrong-chat":           chat.WrongChatPage(golden(), "@mallory"),
	}
	for _, s := range pim.States() {
		if s != pim.AwaitingSignIn {
			pages["state-"+string(s)] = chat.OutcomePage(with(func(e *pim.Elevation) { e.State = s }), now)
		}
	}
	pages["state-Failed-policy"] = chat.OutcomePage(with(func(e *pim.Elevation) {
		e.State, e.Refusals = pim.Failed, []pim.Refusal{{Kind: pim.KindPolicy, Role: "User Administrator"}, {Kind: pim.KindTooLong, Role: "User Administrator", Maximum: time.Hour}}
	}), now)
	pages["state-Failed-loop"] = chat.OutcomePage(with(func(e *pim.Elevation) { e.State, e.Cause = pim.Failed, pim.CauseStepUpLoop }), now)
	pages["state-Denied-reason"] = chat.OutcomePage(with(func(e *pim.Elevation) {
		e.State, e.Decision.Reason = pim.Denied, "<i>not today</i>"
	}), now)
	for _, p := range chat.PageProblems() {
		pages["problem-"+string(p)] = chat.ProblemPage(p, "H-7K3F9QX", true)
	}
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
			if err := r.write(w, 200, false, page, l); err != nil {
				t.Fatal(err)
			}
			sameAsGolden(t, name, w.Body.Bytes())
		})
	}
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
