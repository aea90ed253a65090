package pim

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"reflect"
	"sync"
	"time"

	"hoist/internal/clock"
	"hoist/internal/drain"
)

// Config is what a [Service] is made of. Every field is required unless it says
// otherwise.
type Config struct {
	Tenant      TenantID
	Store       Store
	Directory   Directory
	Activations Activations
	Approvals   Approvals
	// Trail may be nil: then denials and early ends are told without a name, and
	// later.
	Trail      Trail
	Identities Identities
	People     People
	Matcher    Matcher
	Notifier   Notifier
	Audit      AuditLog
	Clock      clock.Clock
	// Random makes elevation ids and accept tokens.
	Random io.Reader
	// Holder names this process in leases; unique among replicas.
	Holder string
	// Feeds are the channels that see every elevation; none is allowed.
	Feeds []Place
	// MFAClaims is the claims string that makes Entra ask for MFA when PIM finds
	// that the token lacks it. Empty means [DefaultMFAClaims].
	MFAClaims string
	Log       *slog.Logger
}

// DefaultMFAClaims asks Entra for a token whose amr holds "mfa". Reported to
// work; not documented for Graph, hence configurable.
const DefaultMFAClaims = `{"access_token":{"amr":{"values":["mfa"]}}}`

// Bounds of the service's own work, in time of the machine.
const (
	acceptFor  = 1500 * time.Millisecond // the answer in chat is due within two seconds
	workFor    = 60 * time.Second        // one run of the dispatcher
	cardFor    = 3 * time.Second         // how long a submit waits for its cards
	deliverFor = 8 * time.Second         // one message
	leaseFor   = 30 * time.Second
	lookApart  = 2 * time.Second // between two looks for an unanswered request
)

// Service moves elevations. Its verbs are safe for concurrent use, in one
// process and across replicas.
type Service struct {
	Config

	base  context.Context // ends when Close gives up waiting
	abort context.CancelFunc
	work  sync.WaitGroup
	locks keyedMutex
	next  nudge
	sight sighting
}

// New returns a service. It starts nothing; [Service.Run] does due work.
func New(c Config) (*Service, error) {
	v := reflect.ValueOf(c)
	for i := range v.NumField() {
		switch name := v.Type().Field(i).Name; name {
		case "Feeds", "MFAClaims", "Trail":
		default:
			if v.Field(i).IsZero() {
				return nil, fmt.Errorf("pim: %s is missing", name)
			}
		}
	}
	if c.MFAClaims == "" {
		c.MFAClaims = DefaultMFAClaims
	}
	base, abort := context.WithCancel(context.Background())
	return &Service{Config: c, base: base, abort: abort, next: newNudge()}, nil
}

// Close waits for detached work, at most until ctx ends, and then stops it.
// Call it after the last request was served and after [Service.Run] returned.
func (s *Service) Close(ctx context.Context) error {
	defer s.abort()
	if err := drain.Wait(ctx, &s.work); err != nil {
		return fmt.Errorf("pim: work was still going on at shutdown: %w", err)
	}
	return nil
}

// detached runs work that must outlive the request that began it.
func (s *Service) detached(atMost time.Duration, work func(context.Context)) {
	s.work.Go(func() {
		ctx, cancel := context.WithTimeout(s.base, atMost)
		defer cancel()
		work(ctx)
	})
}

// apply makes ev happen to the newest record.
func (s *Service) apply(ctx context.Context, id ID, ev Event) (Elevation, error) {
	return s.change(ctx, id, ev.Name(), func(e Elevation) (Elevation, error) {
		return e.Apply(ev, s.Clock.Now())
	})
}

// change is the one way to write: load, compute, record for the audit, compare
// and swap; again when someone else was faster. f is pure. When it changes
// nothing, nothing is written.
func (s *Service) change(ctx context.Context, id ID, what string, f func(Elevation) (Elevation, error)) (Elevation, error) {
	for range 10 {
		e, err := s.Store.Get(ctx, s.Tenant, id)
		if err != nil {
			return e, fmt.Errorf("%s: %w", what, err)
		}
		next, err := f(e)
		if err != nil {
			return e, err
		}
		if reflect.DeepEqual(e, next) {
			return e, nil
		}
		next.Revision = e.Revision + 1
		if err := s.recordTransition(ctx, e, next, what); err != nil {
			return e, err
		}
		err = s.Store.Update(ctx, e, next)
		if errors.Is(err, ErrConflict) {
			continue
		}
		if err != nil {
			return e, fmt.Errorf("%s: %w", what, err)
		}
		if due, ok := next.Due(); ok {
			s.next.at(due)
		}
		return next, nil
	}
	return Elevation{}, fmt.Errorf("%s: %w after ten tries", what, ErrConflict)
}

// recordTransition writes the audit record of a change of state, before the
// change can be seen. Without a record there is no claim and so no new
// activation; everything that ends or corrects goes on, loudly.
func (s *Service) recordTransition(ctx context.Context, from, to Elevation, what string) error {
	if from.State == to.State {
		return nil
	}
	err := s.record(ctx, to, from.State, what, string(to.Cause))
	if err == nil {
		return nil
	}
	if to.State == Submitting {
		return &Error{Kind: KindAuditDown, Err: err}
	}
	s.Log.ErrorContext(ctx, "audit record not written", "elevation", to.ID, "event", what, "err", err)
	return nil
}

// recordAs records what somebody does as themselves.
func (s *Service) recordAs(ctx context.Context, e Elevation, by Principal, what, detail string) error {
	e.Principal = by
	return s.record(ctx, e, e.State, what, detail)
}

func (s *Service) record(ctx context.Context, e Elevation, from State, what, detail string) error {
	return s.Audit.Record(ctx, AuditRecord{
		At: s.Clock.Now(), Tenant: e.Tenant, Elevation: e.ID, Event: what, From: from, To: e.State,
		Revision: e.Revision, Person: e.Person, Principal: e.Principal.PrincipalKey,
		Target: e.Eligibility.Target, Scope: e.Eligibility.Scope, Duration: e.Terms.Duration,
		Justification: e.Ask.Justification, Ticket: e.Ask.Ticket,
		RequestID: e.Activation.RequestID, CorrelationID: e.Activation.CorrelationID,
		Proof: e.Proof, Detail: detail,
	})
}

// keyedMutex keeps one process from working on the same elevation twice at
// once; leases keep several processes apart.
type keyedMutex struct {
	mu   sync.Mutex
	busy map[ID]chan struct{}
}

// lock waits for id and returns how to unlock it, or false when ctx ended.
func (k *keyedMutex) lock(ctx context.Context, id ID) (unlock func(), ok bool) {
	for {
		k.mu.Lock()
		if k.busy == nil {
			k.busy = map[ID]chan struct{}{}
		}
		held, taken := k.busy[id]
		if !taken {
			mine := make(chan struct{})
			k.busy[id] = mine
			k.mu.Unlock()
			return func() {
				k.mu.Lock()
				delete(k.busy, id)
				k.mu.Unlock()
				close(mine)
			}, true
		}
		k.mu.Unlock()
		select {
		case <-held:
		case <-ctx.Done():
			return nil, false
		}
	}
}
