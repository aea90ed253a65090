package pim

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"time"
)

// resolve finds out which right is meant and whether its policy agrees. It
// reads as the application only. What cannot be read now is tried again until
// the request's ten minutes are over.
func (s *Service) resolve(ctx context.Context, e Elevation) error {
	found, err := s.find(ctx, e)
	if err != nil {
		return s.postpone(ctx, e.ID, err)
	}
	if r, ok := found.event.(Resolved); ok {
		// Asked before it is written, because the audit record comes first and must
		// not tell of a step that a live key then forbids.
		switch holder, _, err := s.Store.Live(ctx, r.Eligibility.Triple()); {
		case err != nil:
			return s.postponeWork(ctx, e.ID, Requested, err)
		case holder != "" && holder != e.ID:
			return s.occupied(ctx, e, holder)
		}
	}
	_, err = s.change(ctx, e.ID, found.event.Name(), func(cur Elevation) (Elevation, error) {
		cur.Name, cur.Zone = found.name, found.zone
		return cur.Apply(found.event, s.Clock.Now())
	})
	var taken *TakenError
	var illegal *IllegalError
	switch {
	case errors.As(err, &taken):
		return s.occupied(ctx, e, taken.Holder)
	case errors.As(err, &illegal):
		return nil // withdrawn or resolved meanwhile
	}
	return err
}

// occupied is what happens when another elevation is live for the same right: it
// is shown, or, when nobody knows what became of it, looked for first. One that
// has ended since it was met is no reason to refuse.
func (s *Service) occupied(ctx context.Context, e Elevation, holder ID) error {
	other, err := s.Look(ctx, holder)
	if _, live := other.Live(); err == nil && !live {
		return s.postponeWork(ctx, e.ID, Requested, nil)
	}
	if err == nil && (other.State == Unresolved || other.SignIn.LookOnly && other.State.Open()) {
		if _, err := s.apply(ctx, holder, Reopened{}); moved(err) != nil {
			return err
		}
		s.detached(workFor, func(ctx context.Context) { s.Advance(ctx, holder) })
		return s.postponeWork(ctx, e.ID, Requested, nil)
	}
	no := Refusal{Kind: KindAlreadyOpen, Other: holder}
	if err == nil && other.Foreign {
		no = Refusal{Kind: KindAlreadyActive, Until: other.Activation.End}
	}
	_, err = s.apply(ctx, e.ID, RefusedBy{Refusals: []Refusal{no}})
	return err
}

// finding is what resolving came to: an event, and what is known of the person.
type finding struct {
	event      Event
	name, zone string
}

// find makes all reads and decides; it writes nothing.
func (s *Service) find(ctx context.Context, e Elevation) (finding, error) {
	who, err := s.People.Profile(ctx, e.Person)
	if err != nil {
		return finding{}, fmt.Errorf("read profile: %w", err)
	}
	f := finding{name: who.Name}
	if who.Zone != nil {
		f.zone = who.Zone.String()
	}
	if who.Barred != "" {
		f.event = RefusedBy{Refusals: []Refusal{{Kind: KindBarred, Message: who.Barred}}}
		return f, nil
	}
	principals, err := s.Identities.Principals(ctx, e.Person)
	if err != nil {
		return f, fmt.Errorf("read identities: %w", err)
	}
	if len(principals) == 0 || e.LinkOnly {
		f.event = LinkNeeded{}
		return f, nil
	}
	own, err := s.eligibilities(ctx, principals)
	if err != nil {
		return f, err
	}
	match := s.match(e, own)
	switch len(match.Fits) {
	case 0:
		f.event = RefusedBy{Refusals: []Refusal{{Kind: KindNotEligible, Suggestions: names(match.Suggestions)}}}
	case 1:
		f.event, err = s.judge(ctx, e, match.Fits[0], principals, who.Zone)
	default:
		f.event = ChoiceNeeded{Options: match.Fits}
	}
	return f, err
}

// match applies the person's words, or the choice they already made.
func (s *Service) match(e Elevation, own []Eligibility) Match {
	wanted := e.Ask.Right
	if e.Eligibility.Target.ID != "" {
		wanted = e.Eligibility.Triple().Key()
	}
	if wanted == "" {
		return s.Matcher.Match(e.Ask.Role, e.Ask.Scope, own)
	}
	i := slices.IndexFunc(own, func(o Eligibility) bool { return o.Triple().Key() == wanted })
	if i < 0 {
		return Match{Suggestions: own}
	}
	return Match{Fits: own[i : i+1]}
}

func (s *Service) eligibilities(ctx context.Context, principals []Principal) ([]Eligibility, error) {
	var own []Eligibility
	for _, p := range principals {
		some, err := s.Directory.Eligibilities(ctx, p.PrincipalKey)
		if err != nil {
			return nil, fmt.Errorf("read eligibilities: %w", err)
		}
		own = append(own, some...)
	}
	return own, nil
}

// judge asks the policy.
func (s *Service) judge(ctx context.Context, e Elevation, right Eligibility, principals []Principal, zone *time.Location) (Event, error) {
	policy, err := s.Directory.Policy(ctx, right.Target, right.Scope)
	if err != nil {
		return nil, fmt.Errorf("read policy: %w", err)
	}
	terms, refusals := policy.Evaluate(e.Ask, right, s.Clock.Now(), zone)
	if len(refusals) > 0 {
		var no RefusedBy
		for _, r := range refusals {
			refusal := RefusalOf(r)
			refusal.Role, refusal.Maximum = right.Target.Name, terms.Maximum
			no.Refusals = append(no.Refusals, refusal)
		}
		return no, nil
	}
	i := slices.IndexFunc(principals, func(p Principal) bool { return p.PrincipalKey == right.Principal })
	if i < 0 {
		return nil, fmt.Errorf("eligibility of an account that is not the person's")
	}
	holder := principals[i]
	if p, err := s.Directory.Principal(ctx, holder.PrincipalKey); err == nil {
		holder = p // fresher names; without them the linked ones do
	}
	return Resolved{Principal: holder, Eligibility: right, Terms: terms}, nil
}

// postpone keeps the request for another try. Refusals that waiting does not
// mend end it at once.
func (s *Service) postpone(ctx context.Context, id ID, cause error) error {
	if told, ok := errors.AsType[*Error](cause); ok {
		switch told.Kind {
		case KindConsentMissing, KindForbidden, KindLicense, KindNotFound:
			s.Log.ErrorContext(ctx, "tenant refuses a read", "elevation", id, "err", cause)
			_, err := s.apply(ctx, id, RefusedBy{Refusals: []Refusal{RefusalOf(told)}})
			return err
		default: // waiting may help
		}
	}
	return s.postponeWork(ctx, id, Requested, cause)
}

// postponeWork tries a state's own work again later.
func (s *Service) postponeWork(ctx context.Context, id ID, in State, cause error) error {
	_, err := s.change(ctx, id, "Postponed", func(e Elevation) (Elevation, error) {
		if e.State != in {
			return e, nil
		}
		e.Work = e.Work.failed(s.Clock.Now(), retryAfter(cause))
		return e, nil
	})
	return errors.Join(cause, err)
}

// retryAfter is how long a service asked to be left alone.
func retryAfter(err error) time.Duration {
	if told, ok := errors.AsType[*Error](err); ok {
		return told.RetryAfter
	}
	return 0
}

// names are the roles' names, each once.
func names(rights []Eligibility) []string {
	var ns []string
	for _, r := range rights {
		if !slices.Contains(ns, r.Target.Name) {
			ns = append(ns, r.Target.Name)
		}
	}
	return ns
}
