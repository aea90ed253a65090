package pim_test

import (
	"context"
	"crypto/rand"
	"errors"
	"log/slog"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/alicebob/miniredis/v2"
	"github.com/redis/go-redis/v9"

	"hoist/internal/clock"
	"hoist/internal/pim"
	"hoist/internal/store"
)

var noon = time.Date(2026, 11, 23, 12, 0, 0, 0, time.UTC)

var (
	ada    = pim.Principal{PrincipalKey: pim.NewPrincipalKey("t", "ada"), UPN: "ada@fjordbank.example", Name: "Ada Lindqvist"}
	typist = pim.Person{Platform: "slack", Workspace: "T1", User: "U1"}
	feed   = pim.Place{Kind: pim.Feed, Platform: "slack", Workspace: "T1", Address: "C1"}
	right  = pim.Eligibility{
		ID: "e1", Principal: ada.PrincipalKey,
		Target: pim.Target{Kind: pim.DirectoryRole, ID: "fe930be7", Name: "User Administrator"}, Scope: pim.Scope{ID: "/"},
	}
	wanted = pim.Ask{Role: "User Administrator", Duration: 2 * time.Hour, Justification: "rotating keys"}
)

// bench is a service on a real store with a world that a test scripts: it
// implements every port but the store's.
type bench struct {
	t     *testing.T
	clock *clock.Movable
	store *store.Store

	mu          sync.Mutex
	reads       int // calls to the directory
	lists       int // those that list assignments
	listing     int // of them, those that go on
	mostListing int
	stuck       chan struct{} // a list is not answered before this is closed
	deaf        bool          // not even when nobody waits for it any more
	down        error
	accounts    map[pim.Person][]pim.Principal
	approvers   []pim.Principal
	approval    pim.Approval
	decisions   int
	decideErr   error
	exits       int
	exitRefused error
	trail       []pim.TrailEntry
	barred      string
	rights      []pim.Eligibility
	policy      pim.Policy
	listed      []pim.Assignment
	posts       int // activations sent
	answer      func(o pim.Order) (pim.Activation, error)
	own         []pim.Activation
	sent        []pim.Order
	shown       map[string][]pim.State // by place: what its cards showed, in order
	cards       map[string]int         // by place: cards posted
	retracted   int
	told        []string // occasion at place
	chatDown    error
	lostPaint   error // the next card is painted and its answer lost
	beforeShow  func()
	auditDown   error
	log         *slog.Logger // nothing is kept unless a test sets it
	audited     []pim.AuditRecord
}

func newBench(t *testing.T) *bench {
	t.Helper()
	redisServer := miniredis.RunT(t)
	b := &bench{
		t: t, clock: clock.NewFlowing(noon), accounts: map[pim.Person][]pim.Principal{typist: {ada}}, rights: []pim.Eligibility{right},
		policy: pim.Policy{Expiration: pim.ExpirationRule{Maximum: 8 * time.Hour}, Enablement: pim.EnablementRule{MFA: true, Justification: true}},
		shown:  map[string][]pim.State{}, cards: map[string]int{}, log: slog.New(slog.DiscardHandler),
	}
	b.answer = func(o pim.Order) (pim.Activation, error) {
		now := b.clock.Now()
		return pim.Activation{RequestID: "r1", ScheduleID: "s1", Status: "Provisioned", Submitted: now, Start: now, End: now.Add(o.Duration)}, nil
	}
	keyset, err := store.NewKeyset()
	if err != nil {
		t.Fatal(err)
	}
	client := redis.NewClient(&redis.Options{Addr: redisServer.Addr(), DisableIdentity: true})
	t.Cleanup(func() { _ = client.Close() })
	if b.store, err = store.New(client, store.Config{Keyset: keyset, Clock: b.clock, PersonPerMinute: 1000}); err != nil {
		t.Fatal(err)
	}
	if err := b.store.Ping(t.Context()); err != nil {
		t.Fatal(err)
	}
	return b
}

// idle makes a replica that does no due work.
func (b *bench) idle(holder string, st pim.Store) *pim.Service {
	b.t.Helper()
	s, err := pim.New(pim.Config{
		Tenant: "t", Store: st, Directory: b, Activations: b, Approvals: b, Trail: b, Identities: b, People: b, Matcher: b, Notifier: b, Audit: b,
		Clock: b.clock, Random: rand.Reader, Holder: holder, Feeds: []pim.Place{feed}, Log: b.log,
	})
	if err != nil {
		b.t.Fatal(err)
	}
	return s
}

// service starts one replica.
func (b *bench) service(holder string) *pim.Service {
	b.t.Helper()
	s := b.idle(holder, b.store)
	stop := b.runs(s)
	b.t.Cleanup(func() {
		stop()
		end, cancel := context.WithTimeout(context.Background(), 20*time.Second)
		defer cancel()
		if err := s.Close(end); err != nil {
			b.t.Error(err)
		}
	})
	return s
}

// runs starts a replica's due work and returns what ends it and waits for that.
func (b *bench) runs(s *pim.Service) (stop func()) {
	ctx, cancel := context.WithCancel(context.Background())
	var loop sync.WaitGroup
	loop.Go(func() { s.Run(ctx) })
	return func() { cancel(); loop.Wait() }
}

// ask types the request.
func (b *bench) ask(s *pim.Service, a pim.Ask) pim.ID {
	b.t.Helper()
	in, err := s.Elevate(b.t.Context(), typist, rand.Text(), a)
	if err != nil || in.ID == "" {
		b.t.Fatalf("Elevate() = %+v, %v", in, err)
	}
	return in.ID
}

// signIn does what the pages do.
func (b *bench) signIn(s *pim.Service, id pim.ID, as pim.Principal) error {
	b.t.Helper()
	e := b.reaches(s, id, pim.AwaitingSignIn)
	if _, err := s.OpenSignIn(b.t.Context(), id, passOf(e), "browser"); err != nil {
		b.t.Fatalf("OpenSignIn() = %v", err)
	}
	return s.Return(b.t.Context(), id, passOf(e), "browser", pim.Session{Principal: as})
}

// passOf is what the newest sign-in link is for.
func passOf(e pim.Elevation) pim.Pass {
	return pim.Pass{Purpose: e.SignIn.Purpose, Person: e.Person, Attempt: e.SignIn.Attempt}
}

// reaches waits until the elevation is in a state.
func (b *bench) reaches(s *pim.Service, id pim.ID, want pim.State) pim.Elevation {
	b.t.Helper()
	var e pim.Elevation
	b.eventually(func() bool {
		var err error
		e, err = s.Look(b.t.Context(), id)
		return err == nil && e.State == want
	}, func() any { return e })
	return e
}

// active is a request that was made, signed in for and granted.
func (b *bench) active(s *pim.Service) pim.Elevation {
	b.t.Helper()
	id := b.ask(s, wanted)
	if err := b.signIn(s, id, ada); err != nil {
		b.t.Fatal(err)
	}
	return b.reaches(s, id, pim.Active)
}

// settles waits until nothing is due and everything was told.
func (b *bench) settles(s *pim.Service, id pim.ID) pim.Elevation {
	b.t.Helper()
	var e pim.Elevation
	b.eventually(func() bool {
		var err error
		e, err = s.Look(b.t.Context(), id)
		if err != nil || len(e.Owed) > 0 {
			return false
		}
		return !slices.ContainsFunc(e.Posts, func(p pim.Post) bool { return p.Shown < e.View })
	}, func() any { return e })
	return e
}

func (b *bench) eventually(so func() bool, got func() any) {
	b.t.Helper()
	for end := time.Now().Add(15 * time.Second); !so(); time.Sleep(5 * time.Millisecond) {
		if time.Now().After(end) {
			b.t.Fatalf("it did not come to that: %+v", got())
		}
	}
}

// aMinuteLater is after the next look at the tenant began.
func (b *bench) aMinuteLater() {
	b.t.Helper()
	before := 0
	b.set(func() { before = b.lists })
	b.clock.Advance(61 * time.Second)
	b.eventually(func() bool { return b.is(func() bool { return b.lists > before && b.listing == 0 }) }, b.looks)
}

// is reads the bench under its lock.
func (b *bench) is(f func() bool) bool {
	b.mu.Lock()
	defer b.mu.Unlock()
	return f()
}

func (b *bench) set(f func()) {
	b.mu.Lock()
	defer b.mu.Unlock()
	f()
}

// The ports.

func (b *bench) Eligibilities(_ context.Context, k pim.PrincipalKey) ([]pim.Eligibility, error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.reads++
	var own []pim.Eligibility
	for _, r := range b.rights {
		if r.Principal == k {
			own = append(own, r)
		}
	}
	return own, b.down
}

func (b *bench) Policy(context.Context, pim.Target, pim.Scope) (pim.Policy, error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.reads++
	return b.policy, b.down
}

func (b *bench) Assignments(ctx context.Context) (pim.Snapshot, error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.reads++
	b.lists++
	b.listing++
	defer func() { b.listing-- }()
	b.mostListing = max(b.mostListing, b.listing)
	if stuck, gone := b.stuck, ctx.Done(); stuck != nil {
		if b.deaf {
			gone = nil
		}
		b.mu.Unlock()
		select {
		case <-stuck:
		case <-gone:
		}
		b.mu.Lock()
	}
	return pim.Snapshot{Began: b.clock.Now(), Complete: true, Assignments: slices.Clone(b.listed)}, errors.Join(b.down, ctx.Err())
}

func (b *bench) Principal(_ context.Context, k pim.PrincipalKey) (pim.Principal, error) {
	return pim.Principal{PrincipalKey: k, UPN: ada.UPN, Name: ada.Name}, nil
}

func (b *bench) Approvers(context.Context, pim.Target, pim.Policy) ([]pim.Principal, error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	return slices.Clone(b.approvers), b.down
}

func (b *bench) Deactivate(_ context.Context, _ pim.Session, _ pim.Order) (pim.Activation, error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.exits++
	return pim.Activation{Status: "Revoked"}, b.exitRefused
}

func (b *bench) Cancel(context.Context, pim.Session, string) error {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.exits++
	return b.exitRefused
}

func (b *bench) Get(_ context.Context, s pim.Session, _ string) (pim.Approval, error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	a := b.approval
	a.AssignedToMe = slices.ContainsFunc(b.approvers, func(p pim.Principal) bool { return p.PrincipalKey == s.Principal.PrincipalKey })
	return a, nil
}

func (b *bench) Decide(_ context.Context, s pim.Session, _ pim.Approval, d pim.Decision) error {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.decisions++
	if b.approval.Decided.By != "" {
		return &pim.Error{Kind: pim.KindDecided}
	}
	if b.decideErr == nil {
		d.By, d.At = s.Principal.Name, b.clock.Now()
		b.approval.Decided = d
	}
	return b.decideErr
}

func (b *bench) Since(context.Context, time.Time) ([]pim.TrailEntry, error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	return slices.Clone(b.trail), nil
}

func (b *bench) Persons(_ context.Context, k pim.PrincipalKey) ([]pim.Person, error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	var all []pim.Person
	for p, accounts := range b.accounts {
		if slices.ContainsFunc(accounts, func(a pim.Principal) bool { return a.PrincipalKey == k }) {
			all = append(all, p)
		}
	}
	return all, nil
}

func (b *bench) Unlink(_ context.Context, p pim.Person) error {
	b.mu.Lock()
	defer b.mu.Unlock()
	delete(b.accounts, p)
	return nil
}

func (b *bench) Activate(_ context.Context, _ pim.Session, o pim.Order) (pim.Activation, error) {
	b.mu.Lock()
	b.posts++
	b.sent = append(b.sent, o)
	answer := b.answer
	b.mu.Unlock()
	return answer(o)
}

func (b *bench) Own(context.Context, pim.Session, pim.Triple) ([]pim.Activation, error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	return slices.Clone(b.own), nil
}

func (b *bench) Principals(_ context.Context, p pim.Person) ([]pim.Principal, error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	return slices.Clone(b.accounts[p]), nil
}

func (b *bench) Profile(context.Context, pim.Person) (pim.Profile, error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	return pim.Profile{Name: "Ada", Zone: time.UTC, Barred: b.barred}, nil
}

func (b *bench) Match(role, _ string, own []pim.Eligibility) pim.Match {
	var m pim.Match
	for _, o := range own {
		if strings.HasPrefix(o.Target.Name, role) {
			m.Fits = append(m.Fits, o)
		}
	}
	m.Suggestions = own
	return m
}

func (b *bench) Show(_ context.Context, e pim.Elevation, at pim.Place, ref pim.Ref) (pim.Ref, error) {
	b.mu.Lock()
	before, err := b.beforeShow, b.chatDown
	b.mu.Unlock()
	if before != nil {
		before()
	}
	if err != nil {
		return "", err
	}
	b.mu.Lock()
	defer b.mu.Unlock()
	b.shown[at.Key()] = append(b.shown[at.Key()], e.State)
	if err := b.lostPaint; err != nil {
		b.lostPaint = nil
		return "", err
	}
	if ref != "" {
		return ref, nil
	}
	b.cards[at.Key()]++
	return pim.Ref("ref-" + rand.Text()), nil
}

func (b *bench) Tell(_ context.Context, _ pim.Elevation, o pim.Owed, card pim.Ref) error {
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.chatDown != nil {
		return b.chatDown
	}
	if card == "" {
		b.t.Errorf("%s was told before the card stood", o.Occasion)
	}
	b.told = append(b.told, string(o.Occasion)+" "+string(o.Place.Kind))
	return nil
}

func (b *bench) Retract(context.Context, pim.Place, pim.Ref) error {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.retracted++
	return nil
}

func (b *bench) Record(_ context.Context, r pim.AuditRecord) error {
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.auditDown != nil {
		return b.auditDown
	}
	b.audited = append(b.audited, r)
	return nil
}
