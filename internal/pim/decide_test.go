package pim_test

import (
	"crypto/rand"
	"slices"
	"testing"
	"time"

	"hoist/internal/pim"
)

var (
	ben       = pim.Principal{PrincipalKey: pim.NewPrincipalKey("t", "ben"), UPN: "ben@fjordbank.example", Name: "Ben Okafor"}
	chioma    = pim.Principal{PrincipalKey: pim.NewPrincipalKey("t", "chioma"), UPN: "chioma@fjordbank.example", Name: "Chioma Reyes"}
	admAda    = pim.Principal{PrincipalKey: pim.NewPrincipalKey("t", "adm-ada"), UPN: "adm-ada@fjordbank.example", Name: "Ada Lindqvist (admin)"}
	benHere   = pim.Person{Platform: "slack", Workspace: "T1", User: "U2"}
	adaAtHome = pim.Person{Platform: "slack", Workspace: "T1", User: "U9"}
)

// awaiting brings an elevation to where PIM waits for Ben or Chioma.
func awaiting(t *testing.T, b *bench, s *pim.Service) pim.Elevation {
	t.Helper()
	b.set(func() {
		b.policy.Approval = pim.ApprovalRule{Required: true}
		b.approvers = []pim.Principal{ben, chioma, admAda}
		b.accounts[benHere] = []pim.Principal{ben}
		b.answer = func(o pim.Order) (pim.Activation, error) {
			b.set(func() {
				b.approval = pim.Approval{
					RequestID: "r1", StepID: "r1", Status: "PendingApproval", Principal: o.Principal, TargetID: o.Target.ID, ScopeID: o.Scope.ID,
					Duration: o.Duration, Justification: o.Justification,
				}
			})
			return pim.Activation{RequestID: "r1", ScheduleID: "s1", Status: "PendingApproval", Submitted: b.clock.Now()}, nil
		}
	})
	id := b.ask(s, wanted)
	if err := b.signIn(s, id, ada); err != nil {
		t.Fatal(err)
	}
	b.eventually(func() bool { e, err := s.Look(t.Context(), id); return err == nil && e.AskedAll }, func() any { e, _ := s.Look(t.Context(), id); return e })
	return b.settles(s, id)
}

func verdict(e pim.Elevation, p pim.Person, purpose pim.Purpose) pim.Verdict {
	return pim.Verdict{Pass: pim.Pass{Purpose: purpose, Person: p, Attempt: 1}, Reason: "fine", Shown: e.Digest()}
}

func TestDecide_who_is_asked(t *testing.T) {
	b := newBench(t)
	b.accounts[adaAtHome] = []pim.Principal{ada, admAda} // the same human, with a second account
	s := b.service("a")
	e := awaiting(t, b, s)
	if len(e.Asked) != 2 || !e.Asked[0].Reached || e.Asked[1].Reached {
		t.Errorf("asked %+v: want Ben reached and Chioma not, and no account of Ada's", e.Asked)
	}
	if b.cards[pim.Place{Kind: pim.Decider, Platform: "slack", Workspace: "T1", Address: "U2"}.Key()] != 1 {
		t.Errorf("cards %v", b.cards)
	}
	pending, err := s.Pending(t.Context(), benHere)
	if err != nil || len(pending) != 1 {
		t.Errorf("pending for Ben: %v, %v", pending, err)
	}
	if pending, _ = s.Pending(t.Context(), typist); len(pending) != 0 {
		t.Error("Ada sees her own request as waiting for her")
	}
}

func TestDecide(t *testing.T) {
	tests := map[string]struct {
		purpose pim.Purpose
		want    pim.State
	}{
		"approve": {pim.PurposeApprove, pim.Provisioning},
		"deny":    {pim.PurposeDeny, pim.Denied},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			b := newBench(t)
			s := b.service("a")
			e := awaiting(t, b, s)
			if err := s.ReturnDecision(t.Context(), e.ID, verdict(e, benHere, tt.purpose), pim.Session{Principal: ben}); err != nil {
				t.Fatal(err)
			}
			got := b.reaches(s, e.ID, tt.want)
			if got.Decision.By != ben.Name || got.Decision.Approved != (tt.purpose == pim.PurposeApprove) {
				t.Errorf("decision %+v", got.Decision)
			}
			if err := s.ReturnDecision(t.Context(), e.ID, verdict(e, benHere, tt.purpose), pim.Session{Principal: ben}); pim.KindOf(err) != pim.KindDecided {
				t.Errorf("a late click: %v", err)
			}
			if b.decisions != 1 {
				t.Errorf("%d decisions sent", b.decisions)
			}
		})
	}
}

func TestDecide_refuses(t *testing.T) {
	b := newBench(t)
	b.accounts[adaAtHome] = []pim.Principal{ada, admAda}
	s := b.service("a")
	e := awaiting(t, b, s)
	send := func(v pim.Verdict, as pim.Principal) error {
		return s.ReturnDecision(t.Context(), e.ID, v, pim.Session{Principal: as})
	}
	if err := send(verdict(e, adaAtHome, pim.PurposeApprove), admAda); pim.KindOf(err) != pim.KindLinkInvalid {
		t.Errorf("a link that was never given: %v", err)
	}
	if err := send(verdict(e, benHere, pim.PurposeApprove), chioma); pim.KindOf(err) != pim.KindWrongAccount {
		t.Errorf("another account than Ben's: %v", err)
	}
	b.set(func() { b.accounts[benHere] = []pim.Principal{ben, admAda} }) // Ben turns out to be Ada
	if err := send(verdict(e, benHere, pim.PurposeApprove), ben); pim.KindOf(err) != pim.KindSelfApproval {
		t.Errorf("the same human: %v", err)
	}
	if b.decisions != 0 {
		t.Errorf("%d decisions sent", b.decisions)
	}
}

func TestDecide_a_request_that_changed_is_not_decided(t *testing.T) {
	b := newBench(t)
	s := b.service("a")
	e := awaiting(t, b, s)
	b.set(func() { b.approval.Justification = "something else (Hoist " + string(e.ID) + ")" })
	if err := s.ReturnDecision(t.Context(), e.ID, verdict(e, benHere, pim.PurposeApprove), pim.Session{Principal: ben}); err != nil {
		t.Fatal(err)
	}
	b.eventually(func() bool {
		now, err := s.Look(t.Context(), e.ID)
		return err == nil && now.Revision > e.Revision+1 && len(now.Intents) == 0
	}, func() any { return b.decisions })
	if b.decisions != 0 {
		t.Error("a changed request was decided")
	}
}

func TestDecide_what_PIM_has_not_confirmed_blocks_nobody(t *testing.T) {
	b := newBench(t)
	s := b.service("a")
	e := awaiting(t, b, s)
	b.set(func() { b.decideErr = &pim.Error{Kind: pim.KindUnanswered} })
	if err := s.ReturnDecision(t.Context(), e.ID, verdict(e, benHere, pim.PurposeDeny), pim.Session{Principal: ben}); err != nil {
		t.Fatal(err)
	}
	b.eventually(func() bool { return b.is(func() bool { return b.decisions == 1 }) }, func() any { return nil })
	time.Sleep(2500 * time.Millisecond) // both re-reads are over
	now := b.reaches(s, e.ID, pim.AwaitingApproval)
	if len(now.Intents) != 1 || now.Intents[0].Approved {
		t.Errorf("intents %+v", now.Intents)
	}
	b.set(func() { b.decideErr = nil })
	if err := s.ReturnDecision(t.Context(), e.ID, verdict(e, benHere, pim.PurposeApprove), pim.Session{Principal: ben}); err != nil {
		t.Fatal(err)
	}
	b.reaches(s, e.ID, pim.Provisioning)
}

func TestExplain_the_audit_log_tells_who_denied(t *testing.T) {
	b := newBench(t)
	s := b.service("a")
	e := awaiting(t, b, s)
	b.set(func() {
		b.trail = []pim.TrailEntry{{ID: "1", At: b.clock.Now(), Happened: pim.TrailDenied, RequestID: "r1", Principal: ada.PrincipalKey, TargetID: right.Target.ID, By: chioma, Reason: "not today"}}
	})
	b.clock.Advance(61 * time.Second)
	if got := b.reaches(s, e.ID, pim.Denied); got.Decision.By != chioma.Name || got.Decision.Reason != "not today" {
		t.Errorf("decision %+v", got.Decision)
	}
}

func TestStop(t *testing.T) {
	b := newBench(t)
	s := b.service("a")
	id := b.active(s).ID
	if r, err := s.Stop(t.Context(), typist, id); err != nil || !r.TooYoung {
		t.Fatalf("in the first minute: %+v, %v", r, err)
	}
	b.clock.Advance(5 * time.Minute)
	b.eventually(func() bool {
		return b.is(func() bool {
			return slices.Contains(b.told, "stoppable requester")
		})
	}, func() any { return b.told })
	if _, err := s.Stop(t.Context(), benHere, id); pim.KindOf(err) != pim.KindNotFound {
		t.Errorf("somebody else: %v", err)
	}
	r, err := s.Stop(t.Context(), typist, id)
	if err != nil || !r.SignIn {
		t.Fatalf("%+v, %v", r, err)
	}
	pass := pim.Pass{Purpose: pim.PurposeStop, Person: typist, Attempt: r.Elevation.Exit.Attempt}
	if _, err := s.OpenSignIn(t.Context(), id, pass, "browser"); err != nil {
		t.Fatal(err)
	}
	if err := s.ReturnExit(t.Context(), id, pass, "other", pim.Session{Principal: ada}); pim.KindOf(err) != pim.KindLinkElsewhere {
		t.Errorf("another browser: %v", err)
	}
	if err := s.ReturnExit(t.Context(), id, pass, "browser", pim.Session{Principal: ada}); err != nil {
		t.Fatal(err)
	}
	if e := b.reaches(s, id, pim.EndedEarly); e.Cause != pim.CauseStopped || e.Decision.By != ada.Name || e.Activation.Ended.IsZero() {
		t.Errorf("%s by %q", e.Cause, e.Decision.By)
	}
	if b.exits != 1 {
		t.Errorf("%d deactivations", b.exits)
	}
}

func TestWithdraw(t *testing.T) {
	b := newBench(t)
	s := b.service("a")
	id := b.ask(s, wanted)
	b.reaches(s, id, pim.AwaitingSignIn)
	r, err := s.Withdraw(t.Context(), typist, id)
	if err != nil || !r.Withdrawn {
		t.Fatalf("before anything was sent: %+v, %v", r, err)
	}
	b.reaches(s, id, pim.Canceled)

	e := awaiting(t, b, s)
	if r, err = s.Withdraw(t.Context(), typist, e.ID); err != nil || !r.SignIn {
		t.Fatalf("while PIM waits: %+v, %v", r, err)
	}
	pass := pim.Pass{Purpose: pim.PurposeCancel, Person: typist, Attempt: r.Elevation.Exit.Attempt}
	if _, err := s.OpenSignIn(t.Context(), e.ID, pass, "browser"); err != nil {
		t.Fatal(err)
	}
	b.set(func() { b.exitRefused = &pim.Error{Kind: pim.KindBadRequest} })
	if err := s.ReturnExit(t.Context(), e.ID, pass, "browser", pim.Session{Principal: ada}); err != nil {
		t.Fatal(err)
	}
	b.eventually(func() bool {
		now, err := s.Look(t.Context(), e.ID)
		return err == nil && now.Exit.Refused == pim.KindBadRequest
	}, func() any { return b.exits })
	b.reaches(s, e.ID, pim.AwaitingApproval) // "withdrawn" is said only once seen
}

func TestWarned_ten_minutes_before_the_end(t *testing.T) {
	b := newBench(t)
	s := b.service("a")
	b.active(s)
	b.clock.Advance(111 * time.Minute)
	b.eventually(func() bool {
		return b.is(func() bool {
			return slices.Contains(b.told, "ending requester")
		})
	}, func() any { return b.told })
	for _, o := range b.told {
		if o == "ending feed" {
			t.Error("the channel was warned")
		}
	}
}

func TestReopen_a_new_request_looks_for_the_unresolved_one(t *testing.T) {
	b := newBench(t)
	s := b.service("a")
	yes := b.answer
	b.answer = func(pim.Order) (pim.Activation, error) { return pim.Activation{}, &pim.Error{Kind: pim.KindUnanswered} }
	first := b.ask(s, wanted)
	if err := b.signIn(s, first, ada); err != nil {
		t.Fatal(err)
	}
	b.reaches(s, first, pim.Unresolved)
	b.set(func() { b.answer = yes })
	second := b.ask(s, wanted)
	e := b.reaches(s, first, pim.AwaitingSignIn)
	if !e.SignIn.LookOnly {
		t.Fatalf("%+v", e.SignIn)
	}
	b.eventually(func() bool { return b.is(func() bool { return slices.Contains(b.told, "look requester") }) }, b.heard)
	b.eventually(func() bool { // its tries are a minute apart by now
		b.clock.Advance(5 * time.Second)
		e, err := s.Look(t.Context(), second)
		return err == nil && e.State == pim.Requested && e.Work.After.Sub(b.clock.Now()) > 40*time.Second
	}, func() any { e, _ := s.Look(t.Context(), second); return e })
	if err := b.signIn(s, first, ada); err != nil {
		t.Fatal(err)
	}
	if e := b.reaches(s, first, pim.Failed); e.Cause != pim.CauseNotInPIM {
		t.Errorf("cause %q", e.Cause)
	}
	b.reaches(s, second, pim.AwaitingSignIn)
	if b.posts != 1 {
		t.Errorf("%d activations: looking sent one", b.posts)
	}
}

func TestAgain_asks_for_what_the_policy_allows(t *testing.T) {
	b := newBench(t)
	s := b.service("a")
	long := wanted
	long.Duration = 9 * time.Hour
	id := b.ask(s, long)
	b.reaches(s, id, pim.Refused)
	if _, err := s.Again(t.Context(), benHere, rand.Text(), id); pim.KindOf(err) != pim.KindNotFound {
		t.Errorf("somebody else's: %v", err)
	}
	in, err := s.Again(t.Context(), typist, rand.Text(), id)
	if err != nil {
		t.Fatal(err)
	}
	if e := b.reaches(s, in.ID, pim.AwaitingSignIn); e.Terms.Duration != 8*time.Hour {
		t.Errorf("asked for %v", e.Terms.Duration)
	}
}
