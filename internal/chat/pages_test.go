package chat

import (
	"strings"
	"testing"
	"time"

	"hoist/internal/pim"
	"hoist/internal/secret"
)

// ours is a page's own words: everything but what people typed.
func ours(p Page) string {
	var b strings.Builder
	add := func(l Line) {
		for _, s := range l {
			if s.Kind != Typed {
				b.WriteString(s.Text + "\n")
			}
		}
	}
	b.WriteString(p.Title + "\n")
	add(p.Lead)
	add(p.Warning)
	add(p.Foot)
	for _, l := range p.Body {
		add(l)
	}
	for _, f := range p.Facts {
		b.WriteString(f.Label + "\n")
		add(f.Value)
	}
	for _, a := range p.Actions {
		b.WriteString(a.Label + "\n")
	}
	if f := p.Field; f != nil {
		b.WriteString(f.Label + "\n" + f.Hint + "\n" + f.Fault + "\n")
	}
	return b.String()
}

func TestPages_keep_what_people_typed_apart(t *testing.T) {
	const typedHere = "CANARY"
	now := time.Date(2026, 11, 23, 9, 0, 0, 0, time.UTC)
	e := pim.Elevation{
		ID: "H-7K3F9QX", Person: pim.Person{Platform: "slack", Workspace: "T0", User: "U0"}, Name: typedHere,
		Ask:       pim.Ask{Role: typedHere, Justification: typedHere, Ticket: pim.Ticket{Number: typedHere, System: typedHere}},
		Principal: pim.Principal{PrincipalKey: pim.NewPrincipalKey("t", "o"), UPN: typedHere, Name: typedHere},
		Eligibility: pim.Eligibility{
			Target: pim.Target{ID: "r", Name: typedHere}, Scope: pim.Scope{ID: "/x", Name: typedHere},
		},
		Decision: pim.Decision{By: typedHere, Reason: typedHere},
		Refusals: []pim.Refusal{{Kind: pim.KindPolicy, Message: typedHere, Role: typedHere, Rules: []string{typedHere}}},
	}
	pages := []Page{
		SignInPage(e, now), LinkPage(e), UnlinkablePage(e), LinkedPage(e, typedHere, typedHere, secret.New("https://x.test")),
		WrongAccountPage(e, e.Principal), WrongChatPage(e, typedHere),
	}
	for _, s := range pim.States() {
		e.State = s
		pages = append(pages, OutcomePage(e, now), DecidedPage(e, nil, now), DecidedPage(e, &Tried{Name: typedHere}, now))
	}
	i := pim.Intent{Name: typedHere, Until: now}
	e.Intents = []pim.Intent{i}
	for _, purpose := range []pim.Purpose{pim.PurposeApprove, pim.PurposeDeny} {
		d := Deciding{Purpose: purpose, Reason: typedHere, Fault: ReasonTooLong}
		pages = append(pages, DecisionPage(e, d, now))
		d.Unconfirmed = &i
		pages = append(pages, DecisionPage(e, d, now))
	}
	pages = append(pages, SendingDecisionPage(e, i, now), OwnRequestPage(e, now), NotYourAccountPage(e, e.Principal))
	for _, purpose := range []pim.Purpose{pim.PurposeStop, pim.PurposeCancel} {
		e.Exit = pim.Exit{Purpose: purpose, Refused: pim.KindPolicy, Until: now}
		pages = append(pages, ExitPage(e, now), EndingPage(e, now), NotEndedPage(e, now))
	}
	for _, p := range pages {
		if strings.Contains(ours(p), typedHere) {
			t.Errorf("%q mixes what people typed into our own words:\n%s", p.Title, ours(p))
		}
	}
}

func TestPages_of_every_state_say_something_and_lead_somewhere(t *testing.T) {
	now := time.Date(2026, 11, 23, 9, 0, 0, 0, time.UTC)
	for _, s := range pim.States() {
		if s == pim.AwaitingSignIn {
			continue // its page is the interstitial
		}
		p := OutcomePage(pim.Elevation{ID: "H-7K3F9QX", State: s, Since: now, Activation: pim.Activation{Start: now, End: now.Add(time.Hour)}}, now)
		if p.Title == "" || len(p.Lead) == 0 {
			t.Errorf("%s has no text", s)
		}
		if !s.Open() && len(p.Actions) == 0 {
			t.Errorf("%s is a dead end", s)
		}
		if p.Refresh > 0 && !s.Open() {
			t.Errorf("%s looks again for ever", s)
		}
	}
}

func TestDecidedPage_of_every_state_says_something_and_leads_somewhere(t *testing.T) {
	now := time.Date(2026, 11, 23, 9, 0, 0, 0, time.UTC)
	for _, s := range pim.States() {
		p := DecidedPage(pim.Elevation{ID: "H-7K3F9QX", State: s, Since: now}, nil, now)
		if p.Title == "" || len(p.Lead) == 0 || len(p.Actions) == 0 {
			t.Errorf("%s: %+v", s, p)
		}
		if p.Refresh > 0 {
			t.Errorf("%s: nothing is left to wait for", s)
		}
	}
}

// TestDecidedPage_names_who_decided never takes for the decider who ended it.
func TestDecidedPage_names_who_decided(t *testing.T) {
	now := time.Date(2026, 11, 23, 9, 0, 0, 0, time.UTC)
	stopped := pim.Elevation{State: pim.EndedEarly, Decision: pim.Decision{By: "Ada"}}
	if p := DecidedPage(stopped, nil, now); strings.Contains(p.Lead.String(), "Ada") {
		t.Errorf("%s", p.Lead)
	}
	denied := pim.Elevation{State: pim.Denied, Decision: pim.Decision{By: "Ben", At: now}}
	for name, tt := range map[string]struct {
		tried *Tried
		want  string
	}{
		"only looked":        {nil, "This request was denied"},
		"it was they":        {&Tried{Name: "Ben"}, "This request was denied"},
		"wanted the other":   {&Tried{Name: "Ben", Approved: true}, "Someone was faster"},
		"another name":       {&Tried{Name: "Chioma"}, "Someone was faster"},
		"was not sent":       {&Tried{Name: "Ben", Refused: pim.KindDecided}, "Someone was faster"},
		"without their name": {&Tried{}, "This request was denied"},
	} {
		if p := DecidedPage(denied, tt.tried, now); p.Title != tt.want {
			t.Errorf("%s: %q, want %q", name, p.Title, tt.want)
		}
	}
}

func TestProblemPages(t *testing.T) {
	for _, what := range PageProblems() {
		p := ProblemPage(what, pim.PurposeActivate, "H-7K3F9QX", false)
		if p.Title == "" || len(p.Lead) == 0 || len(p.Body) == 0 {
			t.Errorf("%s lacks a text", what)
		}
		if !strings.Contains(p.Foot.String(), "H-7K3F9QX") {
			t.Errorf("%s names no reference", what)
		}
		for _, a := range p.Actions {
			if a.Kind == PageContinue || a.Kind == PageSwitch || a.Kind == PageReload {
				t.Errorf("%s offers a link that the browser has not shown to have", what)
			}
		}
	}
	if p := ProblemPage("never heard of", "", "", false); p.Title == "" || len(p.Foot) != 0 {
		t.Errorf("an unknown problem gives %+v", p)
	}
}

func TestFailed_never_blames_PIM_for_what_never_reached_it(t *testing.T) {
	for _, k := range []pim.Kind{pim.KindThrottled, pim.KindUnavailable, pim.KindAuditDown, pim.KindStoreDown, pim.KindAlreadyActive} {
		p := OutcomePage(pim.Elevation{State: pim.Failed, Refusals: []pim.Refusal{{Kind: k}}}, time.Now())
		if strings.Contains(p.Lead.String(), "PIM said no") {
			t.Errorf("%s: %s", k, p.Lead)
		}
	}
}

func TestCutTyped_keeps_whole_characters(t *testing.T) {
	const fire = "👩‍🚒"
	got := cutTyped(strings.Repeat(fire, 2*longestTyped))
	if strings.TrimSuffix(got, "…") != strings.Repeat(fire, strings.Count(got, fire)) || !strings.HasSuffix(got, "…") {
		t.Errorf("cut inside a character: …%q", got[len(got)-40:])
	}
	if got := cutTyped("short"); got != "short" {
		t.Errorf("got %q", got)
	}
	zalgo := "a" + strings.Repeat("\u0301", 100_000)
	if got := cutTyped(zalgo); len(got) > 4*longestTyped+8 {
		t.Errorf("%d bytes of combining marks", len(got))
	}
}
