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
		pages = append(pages, OutcomePage(e, now))
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

func TestProblemPages(t *testing.T) {
	for _, what := range PageProblems() {
		p := ProblemPage(what, "H-7K3F9QX", false)
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
	if p := ProblemPage("never heard of", "", false); p.Title == "" || len(p.Foot) != 0 {
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
