package chat

import (
	"strings"
	"testing"
	"time"

	"hoist/internal/clock"
	"hoist/internal/pim"
	"hoist/internal/secret"
)

type fixedLink string

func (l fixedLink) Link(pim.Elevation, pim.Pass) secret.Value { return secret.New(string(l)) }

// A new request waits for a look at an earlier one; whoever asked reads why
// nothing comes, and signs in from there.
func TestNote_asks_to_look_at_an_earlier_request(t *testing.T) {
	now := time.Date(2026, 11, 23, 9, 0, 0, 0, time.UTC)
	a := Announcer{Clock: clock.NewStill(now), SignIn: fixedLink("https://hoist.example/s")}
	e := pim.Elevation{
		ID: "H-7K3F9QX", State: pim.AwaitingSignIn, Person: pim.Person{Platform: "slack", Workspace: "T1", User: "U1"},
		Eligibility: pim.Eligibility{Target: pim.Target{ID: "r", Name: "User Administrator"}, Scope: pim.Scope{ID: "/"}},
		SignIn:      pim.SignInStep{Purpose: pim.PurposeActivate, Attempt: 2, LookFirst: true, LookOnly: true},
	}
	look := pim.Owed{Occasion: pim.OccasionLook, Place: pim.Place{Kind: pim.Requester}}
	n := a.note(e, look, now)
	if got := n.Line.String(); !strings.HasPrefix(got, "User Administrator: nobody knows yet") {
		t.Errorf("it says %q", got)
	}
	if len(n.Actions) != 1 || n.Actions[0].Kind != ActionSignIn || n.Actions[0].URL.Reveal() != "https://hoist.example/s" {
		t.Errorf("it offers %+v", n.Actions)
	}
	e.State = pim.Unresolved
	if n := a.note(e, look, now); len(n.Actions) != 0 {
		t.Errorf("it offers %+v when nobody waits for a sign-in any more", n.Actions)
	}
}

// A request that is being looked up is in the list for a few seconds, or longer
// when the tenant is slow.
func TestStatus_says_that_a_request_is_being_checked(t *testing.T) {
	now := time.Date(2026, 11, 23, 9, 0, 0, 0, time.UTC)
	a := Announcer{Clock: clock.NewStill(now)}
	s := a.statusCard(pim.Status{Open: []pim.Elevation{{ID: "H-7K3F9QX", State: pim.Requested, Ask: pim.Ask{Role: "User Administrator", Duration: time.Hour}}}}, now)
	if got := s.Entries[0].Detail.String(); !strings.HasPrefix(got, textBeingChecked) {
		t.Errorf("it says %q", got)
	}
	if a := s.Entries[0].Actions; len(a) != 1 || a[0].Kind != ActionWithdraw {
		t.Errorf("it offers %+v", a)
	}
}
