package pim_test

import (
	"context"
	"crypto/rand"
	"errors"
	"slices"
	"testing"
	"time"

	"hoist/internal/pim"
)

func TestElevate_goes_from_words_to_a_role_and_to_its_end(t *testing.T) {
	b := newBench(t)
	s := b.service("a")
	id := b.active(s).ID
	b.settles(s, id)
	b.clock.Advance(2 * time.Hour)
	b.reaches(s, id, pim.Expired)
	e := b.settles(s, id)

	if got := e.Lasted(); got != 2*time.Hour {
		t.Errorf("lasted %v", got)
	}
	want := []string{"ended feed", "ended requester", "started feed", "started requester"}
	slices.Sort(b.told)
	if !slices.Equal(b.told, want) {
		t.Errorf("told %v, want %v", b.told, want)
	}
	if b.posts != 1 || b.sent[0].Justification != "rotating keys (Hoist "+string(id)+")" {
		t.Errorf("%d posts, %+v", b.posts, b.sent)
	}
	if b.cards[feed.Key()] != 1 {
		t.Errorf("%d cards in the channel", b.cards[feed.Key()])
	}
	if first := b.shown[feed.Key()][0]; first != pim.Submitting {
		t.Errorf("the channel's card stood first at %s, want it before the POST", first)
	}
}

func TestElevate_records_intent_before_the_effect(t *testing.T) {
	b := newBench(t)
	s := b.service("a")
	id := b.ask(s, wanted)
	b.answer = func(pim.Order) (pim.Activation, error) {
		if !b.is(func() bool {
			return slices.ContainsFunc(b.audited, func(r pim.AuditRecord) bool { return r.Event == "Submit" && r.Elevation == id })
		}) {
			t.Error("sent before it was recorded")
		}
		return pim.Activation{}, &pim.Error{Kind: pim.KindPolicy}
	}
	if err := b.signIn(s, id, ada); err != nil {
		t.Fatal(err)
	}
	b.reaches(s, id, pim.Failed)
}

func TestElevate_without_an_audit_log_sends_nothing(t *testing.T) {
	b := newBench(t)
	s := b.service("a")
	id := b.ask(s, wanted)
	b.reaches(s, id, pim.AwaitingSignIn)
	b.set(func() { b.auditDown = errors.New("disk full") })
	if err := b.signIn(s, id, ada); pim.KindOf(err) != pim.KindAuditDown {
		t.Errorf("err = %v, want auditDown", err)
	}
	if e := b.reaches(s, id, pim.AwaitingSignIn); b.posts != 0 || len(e.Posts) != 1 {
		t.Errorf("%d posts, cards at %v", b.posts, e.Posts)
	}
}

func TestElevate_refusals_never_reach_the_channel(t *testing.T) {
	tests := map[string]struct {
		arrange func(*bench)
		ask     pim.Ask
		want    pim.Kind
	}{
		"too long":        {ask: pim.Ask{Role: "User", Duration: 9 * time.Hour, Justification: "x"}, want: pim.KindTooLong},
		"no reason":       {ask: pim.Ask{Role: "User", Duration: time.Hour}, want: pim.KindJustificationMissing},
		"not eligible":    {ask: pim.Ask{Role: "Global", Duration: time.Hour, Justification: "x"}, want: pim.KindNotEligible},
		"a guest":         {arrange: func(b *bench) { b.barred = "guest" }, ask: wanted, want: pim.KindBarred},
		"consent missing": {arrange: func(b *bench) { b.down = &pim.Error{Kind: pim.KindConsentMissing} }, ask: wanted, want: pim.KindConsentMissing},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			b := newBench(t)
			if tt.arrange != nil {
				tt.arrange(b)
			}
			s := b.service("a")
			id := b.ask(s, tt.ask)
			e := b.reaches(s, id, pim.Refused)
			b.settles(s, id)
			if e.Refusals[0].Kind != tt.want {
				t.Errorf("refused by %v, want %v", e.Refusals, tt.want)
			}
			if b.posts != 0 || len(b.shown[feed.Key()]) != 0 || len(b.told) != 0 {
				t.Errorf("%d posts, the channel saw %v, told %v", b.posts, b.shown[feed.Key()], b.told)
			}
		})
	}
}

// gated lets nothing but the door through until it is opened.
type gated struct {
	pim.Store
	open chan struct{}
}

func (g gated) Lease(ctx context.Context, t pim.TenantID, name, holder string, ttl time.Duration) (bool, error) {
	<-g.open
	return g.Store.Lease(ctx, t, name, holder, ttl)
}

func TestElevate_asks_the_store_once_and_Microsoft_never(t *testing.T) {
	b := newBench(t)
	gate := gated{b.store, make(chan struct{})}
	s := b.idle("a", gate)
	for _, delivery := range []string{"new", "new", "another"} {
		before := b.store.Trips()
		_, err := s.Elevate(t.Context(), typist, delivery, wanted)
		if trips := b.store.Trips() - before; err != nil || trips != 1 || b.reads != 0 {
			t.Errorf("%s: %d round trips, %d reads of the tenant, %v", delivery, trips, b.reads, err)
		}
	}
	close(gate.open)
	if err := s.Close(t.Context()); err != nil {
		t.Error(err)
	}
}

func TestElevate_a_repeat_is_the_first_one(t *testing.T) {
	b := newBench(t)
	s := b.service("a")
	first, err := s.Elevate(t.Context(), typist, "delivery", wanted)
	if err != nil {
		t.Fatal(err)
	}
	again, err := s.Elevate(t.Context(), typist, "delivery", wanted)
	if err != nil || again.ID != first.ID || !again.Repeat {
		t.Errorf("first %+v, again %+v, %v", first, again, err)
	}
	all, err := b.store.OfPerson(t.Context(), "t", typist, 10)
	if err != nil || len(all) != 1 {
		t.Errorf("%d records, %v", len(all), err)
	}
}

// vacating ends whoever is live for a right just after a request met it.
type vacating struct {
	pim.Store
}

func (v vacating) Live(ctx context.Context, right pim.Triple) (pim.ID, bool, error) {
	met, recent, err := v.Store.Live(ctx, right)
	if err != nil || met == "" {
		return met, recent, err
	}
	holder, err := v.Get(ctx, "t", met)
	if err != nil {
		return "", false, err
	}
	gone, err := holder.Apply(pim.Withdrawn{}, noon)
	if err != nil {
		return "", false, err
	}
	gone.Revision++
	return met, recent, v.Store.Update(ctx, holder, gone)
}

// TestElevate_is_not_refused_for_an_elevation_that_has_just_ended, between the
// moment it was met and the moment it was looked at.
func TestElevate_is_not_refused_for_an_elevation_that_has_just_ended(t *testing.T) {
	b := newBench(t)
	s := b.idle("a", vacating{b.store})
	t.Cleanup(b.runs(s))
	first := b.ask(s, wanted)
	b.reaches(s, first, pim.AwaitingSignIn)
	b.reaches(s, b.ask(s, wanted), pim.AwaitingSignIn)
}

func TestElevate_tries_again_until_Entra_answers(t *testing.T) {
	b := newBench(t)
	b.set(func() { b.down = &pim.Error{Kind: pim.KindUnavailable} })
	s := b.service("a")
	id := b.ask(s, wanted)
	b.eventually(func() bool { e, err := s.Look(t.Context(), id); return err == nil && e.Work.Tries > 0 }, func() any { return b.reads })
	b.set(func() { b.down = nil })
	b.clock.Advance(5 * time.Second)
	b.reaches(s, id, pim.AwaitingSignIn)
}

func TestElevate_lapses_when_Entra_cannot_be_asked_for_ten_minutes(t *testing.T) {
	b := newBench(t)
	b.set(func() { b.down = &pim.Error{Kind: pim.KindUnavailable} })
	s := b.service("a")
	id := b.ask(s, wanted)
	b.eventually(func() bool { e, err := s.Look(t.Context(), id); return err == nil && e.Work.Tries > 0 }, func() any { return b.reads })
	b.clock.Advance(11 * time.Minute)
	if e := b.reaches(s, id, pim.Lapsed); e.Cause != pim.CauseUnreachable {
		t.Errorf("cause %q", e.Cause)
	}
}

func TestElevate_one_right_is_open_once(t *testing.T) {
	b := newBench(t)
	s := b.service("a")
	first := b.ask(s, wanted)
	b.reaches(s, first, pim.AwaitingSignIn)
	second := b.ask(s, wanted)
	e := b.reaches(s, second, pim.Refused)
	if e.Refusals[0].Kind != pim.KindAlreadyOpen || e.Refusals[0].Other != first {
		t.Errorf("refused by %+v, want it to name %s", e.Refusals, first)
	}
	b.set(func() {
		for _, r := range b.audited {
			if r.Elevation == second && r.To == pim.AwaitingSignIn {
				t.Error("the audit log tells of a step that never was")
			}
		}
	})
}

func TestElevate_an_unlinked_person_links_and_goes_on(t *testing.T) {
	b := newBench(t)
	b.set(func() { b.accounts = nil })
	s := b.service("a")
	id := b.ask(s, wanted)
	e := b.reaches(s, id, pim.AwaitingSignIn)
	if e.SignIn.Purpose != pim.PurposeLink || e.Eligibility.Target.ID != "" {
		t.Fatalf("%+v", e.SignIn)
	}
	link := passOf(e)
	if _, err := s.OpenSignIn(t.Context(), id, link, "browser"); err != nil {
		t.Fatal(err)
	}
	if err := s.Return(t.Context(), id, link, "browser", pim.Session{Principal: ada}); pim.KindOf(err) != pim.KindLinkInvalid {
		t.Errorf("a link for linking activated: %v", err)
	}
	b.set(func() { b.accounts = map[pim.Person][]pim.Principal{typist: {ada}} })
	if err := s.LinkProved(t.Context(), id, link, "browser"); err != nil {
		t.Fatal(err)
	}
	b.eventually(func() bool {
		e, err := s.Look(t.Context(), id)
		return err == nil && e.SignIn.Purpose == pim.PurposeActivate && e.SignIn.Attempt == 2
	}, func() any { return id })
}

func TestElevate_two_rights_that_fit_are_a_question(t *testing.T) {
	b := newBench(t)
	other := right
	other.Scope = pim.Scope{ID: "/administrativeUnits/1", Name: "Branch offices"}
	b.set(func() { b.rights = []pim.Eligibility{right, other} })
	s := b.service("a")
	id := b.ask(s, wanted)
	b.reaches(s, id, pim.AwaitingChoice)
	stranger := typist
	stranger.User = "U2"
	if err := s.Choose(t.Context(), stranger, rand.Text(), id, 2); pim.KindOf(err) != pim.KindNotFound {
		t.Errorf("someone else chose: %v", err)
	}
	if err := s.Choose(t.Context(), typist, rand.Text(), id, 3); pim.KindOf(err) != pim.KindLinkEnded {
		t.Errorf("an option that is not there: %v", err)
	}
	if err := s.Choose(t.Context(), typist, rand.Text(), id, 2); err != nil {
		t.Fatal(err)
	}
	if e := b.reaches(s, id, pim.AwaitingSignIn); e.Eligibility.Scope.ID != other.Scope.ID {
		t.Errorf("resolved to %+v", e.Eligibility)
	}
}

func TestReturn_refuses(t *testing.T) {
	b := newBench(t)
	s := b.service("a")
	id := b.ask(s, wanted)
	b.reaches(s, id, pim.AwaitingSignIn)
	pass := pim.Pass{Purpose: pim.PurposeActivate, Person: typist, Attempt: 1}
	older := pass
	older.Attempt = 0
	session := pim.Session{Principal: ada}
	eve := pim.Session{Principal: pim.Principal{PrincipalKey: pim.NewPrincipalKey("t", "eve")}}

	check := func(what string, err error, want pim.Kind) {
		t.Helper()
		if pim.KindOf(err) != want {
			t.Errorf("%s: %v, want %s", what, err, want)
		}
	}
	check("a browser that never pressed Continue", s.Return(t.Context(), id, pass, "browser", session), pim.KindLinkElsewhere)
	if _, err := s.OpenSignIn(t.Context(), id, pass, "browser"); err != nil {
		t.Fatal(err)
	}
	_, err := s.OpenSignIn(t.Context(), id, pass, "another")
	check("a second browser", err, pim.KindLinkElsewhere)
	check("a second browser's callback", s.Return(t.Context(), id, pass, "another", session), pim.KindLinkElsewhere)
	check("an older link", s.Return(t.Context(), id, older, "browser", session), pim.KindLinkReplaced)
	check("another account", s.Return(t.Context(), id, pass, "browser", eve), pim.KindWrongAccount)
	check("the right one after all that", s.Return(t.Context(), id, pass, "browser", session), "")
	b.reaches(s, id, pim.Active)
	check("the same again", s.Return(t.Context(), id, pass, "browser", session), pim.KindLinkEnded)
	if b.posts != 1 {
		t.Errorf("%d activations", b.posts)
	}
}

func TestReturn_two_callbacks_at_once_send_once(t *testing.T) {
	b := newBench(t)
	s, other := b.service("a"), b.service("b")
	id := b.ask(s, wanted)
	pass := passOf(b.reaches(s, id, pim.AwaitingSignIn))
	if _, err := s.OpenSignIn(t.Context(), id, pass, "browser"); err != nil {
		t.Fatal(err)
	}
	errs := make(chan error, 2)
	for _, x := range []*pim.Service{s, other} {
		go func() { errs <- x.Return(t.Context(), id, pass, "browser", pim.Session{Principal: ada}) }()
	}
	first, second := <-errs, <-errs
	if (first == nil) == (second == nil) {
		t.Errorf("%v and %v: want exactly one to claim", first, second)
	}
	b.reaches(s, id, pim.Active)
	if b.posts != 1 {
		t.Errorf("%d activations", b.posts)
	}
}

func TestSubmit(t *testing.T) {
	pimSays := func(kind pim.Kind) func(pim.Order) (pim.Activation, error) {
		return func(pim.Order) (pim.Activation, error) {
			return pim.Activation{}, &pim.Error{Kind: kind, Claims: `{"x":1}`}
		}
	}
	tests := map[string]struct {
		answer func(b *bench) func(pim.Order) (pim.Activation, error)
		own    bool // PIM holds the request all the same
		want   pim.State
		posts  int
	}{
		"PIM says no":                            {func(*bench) func(pim.Order) (pim.Activation, error) { return pimSays(pim.KindPolicy) }, false, pim.Failed, 1},
		"PIM cannot be reached":                  {func(*bench) func(pim.Order) (pim.Activation, error) { return pimSays(pim.KindUnavailable) }, false, pim.Failed, 1},
		"PIM asks for more":                      {func(*bench) func(pim.Order) (pim.Activation, error) { return pimSays(pim.KindChallenge) }, false, pim.AwaitingSignIn, 1},
		"the token lacks MFA":                    {func(*bench) func(pim.Order) (pim.Activation, error) { return pimSays(pim.KindMFARequired) }, false, pim.AwaitingSignIn, 1},
		"no answer, but PIM holds it":            {func(*bench) func(pim.Order) (pim.Activation, error) { return pimSays(pim.KindUnanswered) }, true, pim.Active, 1},
		"no answer, and PIM shows nothing twice": {func(*bench) func(pim.Order) (pim.Activation, error) { return pimSays(pim.KindUnanswered) }, false, pim.Unresolved, 1},
		"somebody else activated it":             {func(*bench) func(pim.Order) (pim.Activation, error) { return pimSays(pim.KindAlreadyActive) }, false, pim.Failed, 1},
		"PIM asks for patience once": {func(b *bench) func(pim.Order) (pim.Activation, error) {
			yes := b.answer
			return func(o pim.Order) (pim.Activation, error) {
				if b.is(func() bool { return b.posts == 1 }) {
					return pim.Activation{}, &pim.Error{Kind: pim.KindThrottled, RetryAfter: time.Second}
				}
				return yes(o)
			}
		}, false, pim.Active, 2},
		"PIM asks for more patience than there is": {func(*bench) func(pim.Order) (pim.Activation, error) {
			return func(pim.Order) (pim.Activation, error) {
				return pim.Activation{}, &pim.Error{Kind: pim.KindThrottled, RetryAfter: 2 * time.Minute}
			}
		}, false, pim.Failed, 1},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			b := newBench(t)
			b.answer = tt.answer(b)
			if tt.own {
				now := b.clock.Now()
				b.own = []pim.Activation{{RequestID: "r1", Status: "Provisioned", Submitted: now, Start: now, End: now.Add(2 * time.Hour)}}
			}
			s := b.service("a")
			id := b.ask(s, wanted)
			if err := b.signIn(s, id, ada); err != nil {
				t.Fatal(err)
			}
			b.eventually(func() bool { return b.is(func() bool { return b.posts == tt.posts }) }, func() any { return b.posts })
			e := b.reaches(s, id, tt.want)
			b.settles(s, id)
			if b.posts != tt.posts {
				t.Errorf("%d posts, want %d", b.posts, tt.posts)
			}
			if tt.want == pim.AwaitingSignIn && (!e.SignIn.Challenged || e.SignIn.Claims == "" || e.SignIn.Attempt != 1) {
				t.Errorf("after a challenge: %+v", e.SignIn)
			}
			if tt.want == pim.Failed && slices.Contains(b.told, "started feed") {
				t.Error("announced as ours")
			}
		})
	}
}

func TestDeliver_goes_on_when_chat_is_back(t *testing.T) {
	b := newBench(t)
	s := b.service("a")
	id := b.ask(s, wanted)
	b.reaches(s, id, pim.AwaitingSignIn)
	b.settles(s, id)
	b.set(func() { b.chatDown = &pim.Error{Kind: pim.KindUnavailable} })
	if err := b.signIn(s, id, ada); err != nil {
		t.Fatal(err)
	}
	b.reaches(s, id, pim.Active) // PIM does not wait for chat for long
	b.set(func() { b.chatDown = nil })
	b.clock.Advance(10 * time.Minute)
	b.settles(s, id)
	slices.Sort(b.told)
	if want := []string{"started feed", "started requester"}; !slices.Equal(b.told, want) {
		t.Errorf("told %v, want %v", b.told, want)
	}
}

func TestDeliver_gives_up_a_place_that_is_gone(t *testing.T) {
	b := newBench(t)
	b.chatDown = &pim.Error{Kind: pim.KindUndeliverable}
	s := b.service("a")
	id := b.ask(s, wanted)
	b.eventually(func() bool {
		e, err := s.Look(t.Context(), id)
		return err == nil && e.Posts[0].Retry.Dead
	}, func() any { return id })
	if err := b.signIn(s, id, ada); err != nil {
		t.Fatal(err)
	}
	b.reaches(s, id, pim.Active)
}

func TestDeliver_the_loser_of_a_race_takes_its_card_away(t *testing.T) {
	b := newBench(t)
	s := b.service("a")
	other := pim.Ref("posted-by-another-replica")
	var id pim.ID
	raced := false
	b.beforeShow = func() {
		if raced || id == "" {
			return
		}
		raced = true
		e, err := s.Look(t.Context(), id)
		if err != nil {
			t.Error(err)
		}
		next := e
		next.Posts = slices.Clone(e.Posts)
		next.Posts[0].Ref, next.Posts[0].Shown = other, e.View
		next.Revision++
		if err := b.store.Update(t.Context(), e, next); err != nil {
			t.Error(err)
		}
	}
	b.set(func() { b.down = &pim.Error{Kind: pim.KindUnavailable} })
	id = b.ask(s, wanted)
	b.set(func() { b.down = nil })
	b.clock.Advance(5 * time.Second)
	e := b.reaches(s, id, pim.AwaitingSignIn)
	b.eventually(func() bool { return b.is(func() bool { return b.retracted == 1 }) }, func() any { return e })
	if e, _ := s.Look(t.Context(), id); e.Posts[0].Ref != other {
		t.Errorf("the record names %q", e.Posts[0].Ref)
	}
}

func TestRun_two_replicas_tell_everything_once(t *testing.T) {
	b := newBench(t)
	s := b.service("a")
	b.service("b")
	var ids []pim.ID
	for i := range 10 {
		r := right
		r.Target.ID, r.Target.Name = string(rune('a'+i)), string(rune('A'+i))+" Administrator"
		b.set(func() { b.rights = append(b.rights, r) })
		a := wanted
		a.Role = r.Target.Name
		ids = append(ids, b.ask(s, a))
	}
	for _, id := range ids {
		if err := b.signIn(s, id, ada); err != nil {
			t.Fatal(err)
		}
	}
	for _, id := range ids {
		b.reaches(s, id, pim.Active)
	}
	b.clock.Advance(2*time.Hour + time.Minute)
	for _, id := range ids {
		b.reaches(s, id, pim.Expired)
		b.settles(s, id)
	}
	if len(b.told) != 4*len(ids) || b.retracted != 0 {
		t.Errorf("%d notices for %d elevations, %d cards retracted", len(b.told), len(ids), b.retracted)
	}
}

func TestObserve_sees_that_a_role_was_taken_away(t *testing.T) {
	b := newBench(t)
	s := b.service("a")
	e := b.active(s)
	id := e.ID
	held := pim.Assignment{ScheduleID: "s1", Principal: ada, Target: right.Target, Scope: right.Scope, Activated: true, Start: e.Activation.Start, End: e.Activation.End}
	b.set(func() { b.listed = []pim.Assignment{held} })
	b.clock.Advance(61 * time.Second)
	b.eventually(func() bool { e, err := s.Look(t.Context(), id); return err == nil && e.Sight.Seen }, func() any { e, _ := s.Look(t.Context(), id); return e })
	b.set(func() { b.listed = nil })
	b.clock.Advance(61 * time.Second)
	b.eventually(func() bool {
		e, err := s.Look(t.Context(), id)
		return err == nil && !e.Sight.AbsentSince.IsZero()
	}, func() any { e, _ := s.Look(t.Context(), id); return e })
	b.clock.Advance(61 * time.Second)
	e = b.reaches(s, id, pim.EndedEarly)
	if at, exact := e.EndedAt(); exact || !at.Equal(e.Since) || e.Cause != pim.CauseUnknown {
		t.Errorf("ended at %v, exactly %v, cause %q: nobody said so", at, exact, e.Cause)
	}
	b.settles(s, id)

	// The log's row comes when lists have long confirmed that it is gone.
	b.clock.Advance(61 * time.Second)
	b.eventually(func() bool { e, err := s.Look(t.Context(), id); return err == nil && e.Sight.Gone }, func() any { return id })
	b.clock.Advance(10 * time.Minute)
	row := pim.TrailEntry{
		ID: "1", At: held.Start.Add(90 * time.Second), Happened: pim.TrailDeactivated,
		Principal: ada.PrincipalKey, TargetID: right.Target.ID, By: pim.Principal{Name: "Ben"},
	}
	b.set(func() { b.trail = []pim.TrailEntry{row} })
	b.clock.Advance(61 * time.Second)
	b.eventually(func() bool {
		e, err := s.Look(t.Context(), id)
		at, exact := e.EndedAt()
		return err == nil && exact && at.Equal(row.At) && e.Decision.By == "Ben" && e.Cause == pim.CauseStopped
	}, func() any { e, _ := s.Look(t.Context(), id); return e })
	b.settles(s, id)
}

func TestStatus_lists_own_and_what_was_started_elsewhere(t *testing.T) {
	b := newBench(t)
	elsewhere := pim.Assignment{ScheduleID: "s9", Principal: ada, Target: pim.Target{ID: "x", Name: "Security Reader"}, Scope: pim.Scope{ID: "/"}, Activated: true, End: noon.Add(time.Hour)}
	permanent := elsewhere
	permanent.Activated, permanent.Target.ID = false, "y"
	b.listed = []pim.Assignment{elsewhere, permanent}
	s := b.service("a")
	id := b.ask(s, wanted)
	b.reaches(s, id, pim.AwaitingSignIn)
	st, err := s.Status(t.Context(), typist)
	if err != nil {
		t.Fatal(err)
	}
	if len(st.Open) != 1 || st.Open[0].ID != id {
		t.Errorf("open %+v", st.Open)
	}
	if len(st.Elsewhere) != 1 || st.Elsewhere[0].Target.Name != "Security Reader" {
		t.Errorf("elsewhere %+v", st.Elsewhere)
	}
}

func TestObserve_meets_what_was_started_elsewhere_once(t *testing.T) {
	b := newBench(t)
	elsewhere := pim.Assignment{
		ScheduleID: "s9", Principal: ada, Target: pim.Target{Kind: pim.DirectoryRole, ID: "x", Name: "Security Reader"}, Scope: pim.Scope{ID: "/"},
		Activated: true, Start: noon, End: noon.Add(time.Hour),
	}
	b.listed = []pim.Assignment{elsewhere}
	b.service("a")
	b.service("b")
	b.eventually(func() bool { return b.is(func() bool { return len(b.shown[feed.Key()]) > 0 && len(b.told) > 0 }) }, func() any { return b.told })
	for range 3 {
		b.clock.Advance(61 * time.Second)
		time.Sleep(50 * time.Millisecond)
	}
	b.clock.Advance(time.Hour)
	b.eventually(func() bool { return b.is(func() bool { return len(b.told) == 2 }) }, func() any { return b.told })
	if b.cards[feed.Key()] != 1 || b.cards["requester/pim/t/ada"] != 0 {
		t.Errorf("cards %v", b.cards)
	}
	if want := []string{"started feed", "ended feed"}; !slices.Equal(b.told, want) {
		t.Errorf("told %v, want %v", b.told, want)
	}
}

func TestObserve_ours_is_not_foreign(t *testing.T) {
	b := newBench(t)
	s := b.service("a")
	e := b.active(s)
	id := e.ID
	held := pim.Assignment{ScheduleID: "s1", Principal: ada, Target: right.Target, Scope: right.Scope, Activated: true, Start: e.Activation.Start, End: e.Activation.End}
	b.set(func() { b.listed = []pim.Assignment{held} })
	b.clock.Advance(61 * time.Second)
	b.eventually(func() bool { e, err := s.Look(t.Context(), id); return err == nil && e.Sight.Seen }, func() any { return id })
	b.settles(s, id)
	if b.cards[feed.Key()] != 1 {
		t.Errorf("%d cards for one activation", b.cards[feed.Key()])
	}
}

func TestDeliver_what_was_painted_late_is_painted_again(t *testing.T) {
	for name, answer := range map[string]error{
		"with an answer":    nil,
		"without an answer": &pim.Error{Kind: pim.KindUnanswered},
	} {
		t.Run(name, func(t *testing.T) { paintsLate(t, answer) })
	}
}

func paintsLate(t *testing.T, answer error) {
	t.Helper()
	b := newBench(t)
	s := b.service("a")
	id := b.ask(s, wanted)
	e := b.reaches(s, id, pim.AwaitingSignIn)
	b.settles(s, id)
	place := e.Posts[0].Place

	// While this replica is about to paint a new link, another one withdraws the
	// request, paints that, and says so in the record.
	raced := false
	b.set(func() {
		b.beforeShow = func() {
			if raced {
				return
			}
			raced = true
			b.set(func() { b.lostPaint = answer })
			now, err := s.Look(t.Context(), id)
			if err != nil {
				t.Error(err)
			}
			next, err := now.Apply(pim.Withdrawn{}, b.clock.Now())
			if err != nil {
				t.Error(err)
			}
			next.Posts = slices.Clone(next.Posts)
			next.Posts[0].Shown, next.Revision = next.View, now.Revision+1
			if err := b.store.Update(t.Context(), now, next); err != nil {
				t.Error(err)
			}
		}
	})
	if err := s.NewLink(t.Context(), typist, id); err != nil {
		t.Fatal(err)
	}
	b.reaches(s, id, pim.Canceled)
	b.clock.Advance(time.Minute)
	b.eventually(func() bool {
		return b.is(func() bool { all := b.shown[place.Key()]; return all[len(all)-1] == pim.Canceled })
	}, func() any { return b.shown[place.Key()] })
}
