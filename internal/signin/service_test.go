package signin_test

import (
	"context"
	"fmt"
	"slices"
	"sync"
	"testing"

	"hoist/internal/clock"
	"hoist/internal/pim"
	"hoist/internal/sim"
)

// service is the part of the pim service that the pages use: it keeps its rules
// about links, browsers and accounts, and sends nothing.
type service struct {
	clock    clock.Clock
	accounts map[pim.Person][]pim.Principal

	mu       sync.Mutex
	e        pim.Elevation
	opened   int
	sessions []pim.Session
	verdicts []pim.Verdict
	failing  error // what the next sign-in that comes back is answered with
}

func newService(c clock.Clock) *service {
	return &service{clock: c, e: requested(), accounts: map[pim.Person][]pim.Principal{
		adaChat: {ada}, benChat: {ben}, chiomaChat: {chioma},
	}}
}

// The approvers.
var (
	ben        = pim.Principal{PrincipalKey: pim.NewPrincipalKey(sim.TenantID, sim.BenOID), UPN: "ben@" + sim.Domain, Name: "Ben Okafor"}
	chioma     = pim.Principal{PrincipalKey: pim.NewPrincipalKey(sim.TenantID, sim.ChiomaOID), UPN: "chioma@" + sim.Domain, Name: "Chioma Reyes"}
	benChat    = pim.Person{Platform: "slack", Workspace: "T0FJORD", User: "U0BEN"}
	chiomaChat = pim.Person{Platform: "slack", Workspace: "T0FJORD", User: "U0CHIOMA"}
)

func (s *service) now() pim.Elevation {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.e
}

// happen applies an event to the record.
func (s *service) happen(t *testing.T, ev pim.Event) {
	t.Helper()
	s.mu.Lock()
	defer s.mu.Unlock()
	must(t, s.apply(ev))
}

func (s *service) change(f func(*pim.Elevation)) {
	s.mu.Lock()
	defer s.mu.Unlock()
	f(&s.e)
}

func (s *service) apply(ev pim.Event) error {
	next, err := s.e.Apply(ev, s.clock.Now())
	if err == nil {
		s.e = next
	}
	return err
}

func (s *service) Look(_ context.Context, id pim.ID) (pim.Elevation, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if id != s.e.ID {
		return pim.Elevation{}, fmt.Errorf("get %s: %w", id, pim.ErrNotFound)
	}
	return s.e, nil
}

func (s *service) Principals(_ context.Context, p pim.Person) ([]pim.Principal, error) {
	return s.accounts[p], nil
}

func (s *service) OpenSignIn(_ context.Context, _ pim.ID, p pim.Pass, browser string) (pim.Elevation, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if err := s.check(p, browser); err != nil {
		return s.e, err
	}
	s.opened++
	switch {
	case p.Purpose.Decides():
		return s.e, s.decidable(s.e, p.Person)
	case p.Purpose.Exits():
		err := s.apply(pim.ExitOpened{Browser: browser})
		return s.e, err
	default:
		err := s.apply(pim.SignInOpened{Browser: browser})
		return s.e, err
	}
}

// check asks the real service's own rule.
func (s *service) check(p pim.Pass, browser string) error {
	rules := &pim.Service{Config: pim.Config{Clock: s.clock}}
	return rules.CheckPass(s.e, p, browser)
}

func (s *service) Return(_ context.Context, _ pim.ID, p pim.Pass, browser string, session pim.Session) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	if err := s.came(p, browser, session); err != nil {
		return err
	}
	return s.apply(pim.Claimed{Attempt: p.Attempt, Until: s.clock.Now().Add(pim.SubmitFor)})
}

func (s *service) ReturnExit(_ context.Context, _ pim.ID, p pim.Pass, browser string, session pim.Session) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	if err := s.came(p, browser, session); err != nil {
		return err
	}
	return s.apply(pim.ExitClaimed{Attempt: p.Attempt, Until: s.clock.Now().Add(pim.SubmitFor)})
}

func (s *service) came(p pim.Pass, browser string, session pim.Session) error {
	if err := s.check(p, browser); err != nil {
		return err
	}
	s.sessions = append(s.sessions, session)
	switch {
	case s.failing != nil:
		return s.failing
	case session.Principal.PrincipalKey != s.e.Principal.PrincipalKey:
		return &pim.Error{Kind: pim.KindWrongAccount}
	}
	return nil
}

func (s *service) LinkProved(_ context.Context, _ pim.ID, p pim.Pass, browser string) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	if err := s.check(p, browser); err != nil {
		return err
	}
	return s.apply(pim.Linked{})
}

func (s *service) CheckDecision(_ context.Context, e pim.Elevation, p pim.Person) error {
	return s.decidable(e, p)
}

// decidable takes persons who share an account for one human.
func (s *service) decidable(e pim.Elevation, p pim.Person) error {
	switch {
	case e.State != pim.AwaitingApproval && e.Decision.By != "":
		return &pim.Error{Kind: pim.KindDecided}
	case e.State != pim.AwaitingApproval:
		return &pim.Error{Kind: pim.KindMoved}
	case slices.ContainsFunc(s.accounts[p], func(a pim.Principal) bool { return slices.Contains(s.accounts[e.Person], a) }):
		return &pim.Error{Kind: pim.KindSelfApproval}
	}
	return nil
}

func (s *service) ReturnDecision(_ context.Context, _ pim.ID, v pim.Verdict, session pim.Session) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	if !slices.Contains(s.e.Passes(), v.Pass) {
		return &pim.Error{Kind: pim.KindLinkInvalid}
	}
	if err := s.decidable(s.e, v.Pass.Person); err != nil {
		return err
	}
	s.sessions = append(s.sessions, session)
	switch {
	case s.failing != nil:
		return s.failing
	case !slices.ContainsFunc(s.accounts[v.Pass.Person], func(a pim.Principal) bool { return a.PrincipalKey == session.Principal.PrincipalKey }):
		return &pim.Error{Kind: pim.KindWrongAccount}
	}
	s.verdicts = append(s.verdicts, v)
	return s.apply(pim.DecisionIntended{Intent: pim.Intent{
		Person: v.Pass.Person, Name: session.Principal.Name, Approved: v.Pass.Purpose == pim.PurposeApprove,
		Until: s.clock.Now().Add(pim.SubmitFor),
	}})
}
