package pim

import (
	"context"
	"errors"
	"slices"
	"time"
)

// deliverable reports whether a card or a notice could go out now.
func (e Elevation) deliverable(now time.Time) bool {
	return e.nextCard(now) >= 0 || e.nextOwed(now) >= 0
}

// nextCard returns the index of a card that shows less than the record, or -1.
func (e Elevation) nextCard(now time.Time) int {
	return slices.IndexFunc(e.Posts, func(p Post) bool { return e.stale(p) && p.Retry.ready(now) })
}

// nextOwed returns the index of a notice that can go out, or -1. A notice waits
// for the card at its place, in whose thread it belongs.
func (e Elevation) nextOwed(now time.Time) int {
	return slices.IndexFunc(e.Owed, func(o Owed) bool {
		return o.Retry.ready(now) && !e.waitsForCard(o)
	})
}

func (e Elevation) waitsForCard(o Owed) bool {
	p := e.post(o.Place)
	return p != nil && p.Ref == "" && !p.Retry.Dead
}

func (e Elevation) post(at Place) *Post {
	for i := range e.Posts {
		if e.Posts[i].Place == at {
			return &e.Posts[i]
		}
	}
	return nil
}

// deliver sends one message: a stale card before any notice.
func (s *Service) deliver(ctx context.Context, e Elevation) error {
	now := s.Clock.Now()
	if i := e.nextCard(now); i >= 0 {
		return s.show(ctx, e, e.Posts[i])
	}
	if i := e.nextOwed(now); i >= 0 {
		return s.tell(ctx, e, e.Owed[i])
	}
	return nil
}

// show brings one card up to date. Whoever loses the race to post the first
// card takes its own away again.
func (s *Service) show(ctx context.Context, e Elevation, p Post) error {
	call, cancel := context.WithTimeout(ctx, deliverFor)
	defer cancel()
	ref, err := s.Notifier.Show(call, e, p.Place, p.Ref)
	if KindOf(err) == KindNotFound && p.Ref != "" {
		ref, err = s.Notifier.Show(call, e, p.Place, "") // someone deleted the card
	}
	if err != nil {
		return s.retryPost(ctx, e, p.Place, err)
	}
	orphan := Ref("")
	_, err = s.change(context.WithoutCancel(ctx), e.ID, "Shown", func(cur Elevation) (Elevation, error) {
		cur = cur.clone()
		orphan = ""
		have := cur.post(p.Place)
		if have == nil {
			return cur, nil
		}
		if have.Ref != p.Ref && have.Ref != ref {
			orphan = ref
			return cur, nil
		}
		// What stands there now is what was just painted, even if somebody had
		// painted something newer before: a process that was frozen for a while
		// comes late. Whatever shows less than the record is painted again.
		have.Ref, have.Retry, have.Shown = ref, Retry{}, e.View
		return cur, nil
	})
	if orphan != "" {
		err = errors.Join(err, s.Notifier.Retract(call, p.Place, orphan))
	}
	return err
}

// tell delivers one notice and strikes it off.
func (s *Service) tell(ctx context.Context, e Elevation, o Owed) error {
	call, cancel := context.WithTimeout(ctx, deliverFor)
	defer cancel()
	card := Ref("")
	if p := e.post(o.Place); p != nil {
		card = p.Ref
	}
	if err := s.Notifier.Tell(call, e, o, card); err != nil {
		return s.retryOwed(ctx, e.ID, o, err)
	}
	_, err := s.change(context.WithoutCancel(ctx), e.ID, "Told", func(cur Elevation) (Elevation, error) {
		cur = cur.clone()
		cur.Owed = slices.DeleteFunc(cur.Owed, sameNotice(o))
		return cur, nil
	})
	return err
}

// retryPost tries a card again later. The platform may have taken it although we
// got an error, so whatever stands there now is no newer than what was tried:
// also when somebody painted something newer meanwhile.
func (s *Service) retryPost(ctx context.Context, tried Elevation, at Place, cause error) error {
	_, err := s.change(context.WithoutCancel(ctx), tried.ID, "NotShown", func(cur Elevation) (Elevation, error) {
		cur = cur.clone()
		if p := cur.post(at); p != nil {
			p.Shown = min(p.Shown, tried.View-1)
			p.Retry = s.nextTry(ctx, cur, p.Retry, at, cause)
		}
		return cur, nil
	})
	return errors.Join(cause, err)
}

func (s *Service) retryOwed(ctx context.Context, id ID, o Owed, cause error) error {
	_, err := s.change(context.WithoutCancel(ctx), id, "NotTold", func(cur Elevation) (Elevation, error) {
		cur = cur.clone()
		if i := slices.IndexFunc(cur.Owed, sameNotice(o)); i >= 0 {
			cur.Owed[i].Retry = s.nextTry(ctx, cur, cur.Owed[i].Retry, o.Place, cause)
		}
		return cur, nil
	})
	return errors.Join(cause, err)
}

func sameNotice(o Owed) func(Owed) bool {
	return func(x Owed) bool { return x.Occasion == o.Occasion && x.Place == o.Place }
}

// nextTry says when a message is tried again, or that it never will be: the
// place is gone, or a day has passed since the end. Giving up is an alarm.
func (s *Service) nextTry(ctx context.Context, e Elevation, r Retry, at Place, cause error) Retry {
	now := s.Clock.Now()
	over := !e.State.Open() && now.Sub(e.Since) > GiveUpAfter
	if over || KindOf(cause) == KindUndeliverable {
		r.Dead = true
		s.Log.ErrorContext(ctx, "message given up", "elevation", e.ID, "place", at.Key(), "tries", r.Tries+1, "err", cause)
		return r
	}
	return r.failed(now, retryAfter(cause))
}
