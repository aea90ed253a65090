package pim

import (
	"context"
	"errors"
	"fmt"
	"io"
)

// Elevate accepts a request: one round trip to the store, no call to Microsoft.
// What becomes of it is worked out detached from the caller and shown on the
// person's card. A repeat of the same delivery is answered like the first and
// does nothing; Admitted.Wait is set when the person must slow down.
//
// The error is an *[Error] of KindStoreDown: nothing was accepted.
func (s *Service) Elevate(ctx context.Context, p Person, delivery string, ask Ask) (Admitted, error) {
	return s.elevate(ctx, p, delivery, ask, false)
}

func (s *Service) elevate(ctx context.Context, p Person, delivery string, ask Ask, linkOnly bool) (Admitted, error) {
	for {
		id, err := newID(s.Random)
		if err != nil {
			return Admitted{}, &Error{Kind: KindStoreDown, Message: "no random numbers", Err: err}
		}
		first := begin(id, s.Tenant, p, delivery, ask, s.Clock.Now())
		first.LinkOnly = linkOnly
		in, err := s.accept(ctx, p, delivery, &first)
		if errors.Is(err, ErrConflict) && ctx.Err() == nil {
			continue // the id is taken, once in 34 thousand million
		}
		if err != nil || in.Repeat || in.Wait > 0 {
			return in, err
		}
		in.ID = id
		s.detached(workFor, func(ctx context.Context) { s.Advance(ctx, id) })
		return in, nil
	}
}

// Admit takes a command that needs no record through the same door. Errors are
// those of [Service.Elevate].
func (s *Service) Admit(ctx context.Context, p Person, delivery string) (Admitted, error) {
	return s.accept(ctx, p, delivery, nil)
}

func (s *Service) accept(ctx context.Context, p Person, delivery string, first *Elevation) (Admitted, error) {
	ctx, cancel := context.WithTimeout(ctx, acceptFor)
	defer cancel()
	token, err := randomText(s.Random, 16)
	if err != nil {
		return Admitted{}, &Error{Kind: KindStoreDown, Message: "no random numbers", Err: err}
	}
	in, err := s.Store.Accept(ctx, Admission{
		Tenant: s.Tenant, Person: p, Key: delivery, Token: token, Holder: s.Holder,
	}, first)
	if err != nil {
		return in, &Error{Kind: KindStoreDown, Err: err}
	}
	return in, nil
}

// Choose takes one of the options of an elevation that awaits a choice; n
// counts from 1. Only the person who asked may choose. Errors are *[Error]:
// KindStoreDown, KindNotFound (no such elevation of theirs), KindLinkEnded (it
// has moved on).
func (s *Service) Choose(ctx context.Context, p Person, delivery string, id ID, n int) error {
	in, err := s.accept(ctx, p, delivery, nil)
	if err != nil || in.Repeat {
		return err
	}
	e, err := s.Look(ctx, id)
	if err != nil || e.Person != p {
		return &Error{Kind: KindNotFound, Err: err}
	}
	if e.State != AwaitingChoice || n < 1 || n > len(e.Options) {
		return &Error{Kind: KindLinkEnded, Message: fmt.Sprintf("state %s", e.State)}
	}
	if _, err := s.apply(ctx, id, Chosen{Eligibility: e.Options[n-1]}); err != nil {
		return &Error{Kind: KindLinkEnded, Err: err}
	}
	s.detached(workFor, func(ctx context.Context) { s.Advance(ctx, id) })
	return nil
}

// crockford is the alphabet of ids: no I, L, O, U, so that they can be read
// aloud and typed.
const crockford = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"

// newID returns a fresh id with 35 random bits. The store refuses one that
// exists.
func newID(random io.Reader) (ID, error) {
	s, err := randomText(random, 7)
	return ID("H-" + s), err
}

// randomText returns n characters of five random bits each.
func randomText(random io.Reader, n int) (string, error) {
	b := make([]byte, n)
	if _, err := io.ReadFull(random, b); err != nil {
		return "", fmt.Errorf("read random bytes: %w", err)
	}
	for i := range b {
		b[i] = crockford[b[i]&31]
	}
	return string(b), nil
}
