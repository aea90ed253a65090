package pim

import (
	"slices"
	"testing"
	"time"
)

// must applies events, each at its time, and fails on an illegal one.
func must(t *testing.T, e Elevation, steps ...any) Elevation {
	t.Helper()
	now := noon
	for _, s := range steps {
		switch s := s.(type) {
		case time.Duration:
			now = noon.Add(s)
		case Event:
			next, err := e.Apply(s, now)
			if err != nil {
				t.Fatalf("%s at %v: %v", s.Name(), now.Sub(noon), err)
			}
			e = next
		}
	}
	return e
}

func owes(e Elevation, o Occasion, k PlaceKind) bool {
	return slices.ContainsFunc(e.Owed, func(x Owed) bool { return x.Occasion == o && x.Place.Kind == k })
}

var (
	provisioned = Observed{Activation: Activation{RequestID: "r1", ScheduleID: "s1", Status: "Provisioned", Start: noon, End: noon.Add(2 * time.Hour)}}
	instance    = Assignment{ScheduleID: "s1", Activated: true, Start: noon, End: noon.Add(2 * time.Hour)}
)

func TestApply_the_straight_line_owes_each_start_and_end_once(t *testing.T) {
	e := must(t, in(Requested),
		Resolved{Principal: ada, Eligibility: right, Terms: Terms{Duration: 2 * time.Hour}},
		SignInOpened{Browser: "b"}, Claimed{Attempt: 1, Until: noon.Add(SubmitFor), Feeds: []Place{feed}}, provisioned)
	if e.State != Active || !e.Deadline.Equal(noon.Add(2*time.Hour)) {
		t.Fatalf("state %s until %v", e.State, e.Deadline)
	}
	e = must(t, e, time.Minute, Sighted{Assignment: instance, Began: noon.Add(time.Minute)}, provisioned)
	e = must(t, e, 2*time.Hour+time.Second, DeadlinePassed{})
	if e.State != Expired || e.Lasted() != 2*time.Hour {
		t.Errorf("state %s, lasted %v", e.State, e.Lasted())
	}
	for _, k := range []PlaceKind{Requester, Feed} {
		for _, o := range []Occasion{OccasionStarted, OccasionEnded} {
			if !owes(e, o, k) {
				t.Errorf("%s is not owed to %s", o, k)
			}
		}
	}
	if len(e.Owed) != 4 {
		t.Errorf("%d notices owed, want 4", len(e.Owed))
	}
}

func TestApply_a_sign_in_is_renewed_once_by_the_browser(t *testing.T) {
	e := must(t, in(AwaitingSignIn), 9*time.Minute, SignInOpened{Browser: "b"}, 12*time.Minute, SignInOpened{Browser: "b"})
	if want := noon.Add(19 * time.Minute); !e.Deadline.Equal(want) {
		t.Errorf("deadline %v, want %v", e.Deadline, want)
	}
	e = must(t, e, 20*time.Minute, DeadlinePassed{})
	if e.State != Lapsed || e.Cause != CauseSignIn {
		t.Errorf("%s (%s)", e.State, e.Cause)
	}
}

func TestApply_a_new_link_retires_the_old_one(t *testing.T) {
	e := must(t, in(AwaitingSignIn), SignInOpened{Browser: "b"}, LinkReplaced{})
	if _, err := e.Apply(Claimed{Attempt: 1, Until: noon.Add(SubmitFor)}, noon); err == nil {
		t.Error("the old link's attempt could still claim")
	}
	if e.SignIn.Browser != "" {
		t.Error("the new link is bound to the old browser")
	}
	must(t, e, Claimed{Attempt: 2, Until: noon.Add(SubmitFor)})
}

func TestApply_a_second_challenge_is_a_loop(t *testing.T) {
	e := must(t, in(Submitting), Challenged{Claims: `{"c":1}`})
	if e.State != AwaitingSignIn || e.SignIn.Claims != `{"c":1}` || e.MaybeSent {
		t.Fatalf("after the first challenge: %s, %+v", e.State, e.SignIn)
	}
	e = must(t, e, Claimed{Attempt: 1, Until: noon.Add(SubmitFor)}, Challenged{Claims: `{"c":1}`})
	if e.State != Failed || e.Cause != CauseStepUpLoop {
		t.Errorf("%s (%s), want Failed as a loop", e.State, e.Cause)
	}
}

func TestApply_absence(t *testing.T) {
	active := in(Active)
	miss := func(d time.Duration) Missed { return Missed{Began: noon.Add(d)} }
	see := func(d time.Duration) Sighted { return Sighted{Assignment: instance, Began: noon.Add(d)} }
	tests := map[string]struct {
		steps []any
		want  State
	}{
		"means nothing before it was seen":           {[]any{time.Minute, miss(time.Minute), 3 * time.Minute, miss(3 * time.Minute)}, Active},
		"once means nothing":                         {[]any{time.Minute, see(time.Minute), miss(2 * time.Minute)}, Active},
		"twice within half a minute means nothing":   {[]any{see(time.Minute), miss(2 * time.Minute), miss(2*time.Minute + 29*time.Second)}, Active},
		"twice half a minute apart ends it":          {[]any{see(time.Minute), miss(2 * time.Minute), miss(2*time.Minute + 30*time.Second)}, EndedEarly},
		"is forgotten when it is seen again":         {[]any{see(time.Minute), miss(2 * time.Minute), see(3 * time.Minute), miss(4 * time.Minute)}, Active},
		"after its time is over is the clock's":      {[]any{2*time.Hour + time.Minute, see(time.Minute), miss(2*time.Hour - time.Minute), miss(2 * time.Hour)}, Active},
		"in a list older than PIM's word is ignored": {[]any{see(time.Minute), miss(-time.Minute), miss(-2 * time.Minute)}, Active},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			e := must(t, active, tt.steps...)
			if e.State != tt.want {
				t.Errorf("state %s, want %s", e.State, tt.want)
			}
			if e.State == EndedEarly && e.Cause != CauseUnknown {
				t.Errorf("cause %q: absence alone knows no cause", e.Cause)
			}
			if at, exact := e.EndedAt(); e.State == EndedEarly && (exact || !at.Equal(e.Since)) {
				t.Errorf("ended at %v, exactly %v: absence alone knows no time", at, exact)
			}
		})
	}
}

// TestApply_what_ended_early_and_is_listed_again forgets when it is said to have
// ended: it has not.
func TestApply_what_ended_early_and_is_listed_again(t *testing.T) {
	gone := in(EndedEarly)
	gone.Activation.Ended = noon.Add(59 * time.Minute)
	see := func(d time.Duration) Sighted { return Sighted{Assignment: instance, Began: noon.Add(d)} }
	e := must(t, gone, 65*time.Minute, see(63*time.Minute), see(64*time.Minute))
	if e.State != Active || !e.Activation.Ended.IsZero() {
		t.Errorf("%s, ended at %v", e.State, e.Activation.Ended)
	}
}

// TestApply_what_began_after_the_end is another activation, whatever it is called.
func TestApply_what_began_after_the_end(t *testing.T) {
	gone := in(EndedEarly)
	gone.Activation.ScheduleID = "" // PIM's answer was lost
	next := instance
	next.ScheduleID, next.Start = "s2", noon.Add(62*time.Minute)
	e := must(t, gone, 65*time.Minute, Sighted{next, noon.Add(63 * time.Minute)}, Sighted{next, noon.Add(64 * time.Minute)})
	if e.State != EndedEarly || !e.Sight.ListedAfterEnd.IsZero() {
		t.Errorf("%s, %+v", e.State, e.Sight)
	}
}

// TestApply_PIM_ends says when it ended only where PIM does.
func TestApply_PIM_ends(t *testing.T) {
	for name, ended := range map[string]time.Time{"and says when": noon.Add(time.Hour), "and does not say when": {}} {
		t.Run(name, func(t *testing.T) {
			e := must(t, in(Active), 62*time.Minute, Observed{Activation: Activation{Status: "Revoked", Ended: ended}, By: "Ada"})
			if at, exact := e.EndedAt(); exact == ended.IsZero() || !at.Equal(firstOf(ended, e.Since)) {
				t.Errorf("ended at %v, exactly %v", at, exact)
			}
			if want := firstOf(ended, noon.Add(62*time.Minute)).Sub(noon); e.Lasted() != want {
				t.Errorf("lasted %v, want %v", e.Lasted(), want)
			}
		})
	}
}

func TestApply_after_the_end(t *testing.T) {
	expired := in(Expired)
	longer := instance
	longer.End = noon.Add(5 * time.Hour)
	at := func(d time.Duration) time.Time { return noon.Add(2*time.Hour + d) }
	tests := map[string]struct {
		steps  []any
		want   State
		listed bool
		gone   bool
	}{
		"one list within two minutes says nothing": {steps: []any{2*time.Hour + time.Minute, Sighted{longer, at(time.Minute)}}, want: Expired},
		"one later list says nothing":              {steps: []any{2*time.Hour + 3*time.Minute, Sighted{longer, at(3 * time.Minute)}}, want: Expired},
		"two later lists with a later end reopen":  {steps: []any{2*time.Hour + 4*time.Minute, Sighted{longer, at(3 * time.Minute)}, Sighted{longer, at(4 * time.Minute)}}, want: Active},
		"two later lists with the old end warn":    {steps: []any{2*time.Hour + 4*time.Minute, Sighted{instance, at(3 * time.Minute)}, Sighted{instance, at(4 * time.Minute)}}, want: Expired, listed: true},
		"absence confirms silently":                {steps: []any{2*time.Hour + time.Minute, Missed{at(time.Minute)}}, want: Expired, gone: true},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			e := must(t, expired, tt.steps...)
			if e.State != tt.want || e.Sight.StillListed != tt.listed || e.Sight.Gone != tt.gone {
				t.Errorf("state %s, still listed %v, gone %v", e.State, e.Sight.StillListed, e.Sight.Gone)
			}
			if tt.gone && e.View != expired.View {
				t.Error("a silent confirmation changed the card")
			}
		})
	}
}

func TestApply_a_lost_claim_is_looked_for(t *testing.T) {
	e := in(Submitting)
	if _, err := e.Apply(ClaimLost{}, e.Until.Add(-time.Second)); err == nil {
		t.Error("a claim was lost before its time")
	}
	gone := e.Until.Add(time.Second)
	e = must(t, e, gone.Sub(noon), Missed{Began: gone})
	if e.State != Submitting {
		t.Fatalf("one list was enough: %s", e.State)
	}
	e = must(t, e, 3*time.Minute, Missed{Began: gone.Add(30 * time.Second)})
	if e.State != AwaitingSignIn || !e.SignIn.LookFirst || !e.MaybeSent {
		t.Fatalf("%s, %+v", e.State, e.SignIn)
	}
	if _, err := e.Apply(Withdrawn{}, noon); err == nil {
		t.Error("withdrawn although something may have been sent")
	}
	lapsed := must(t, e, 30*time.Minute, DeadlinePassed{})
	if lapsed.State != Unresolved {
		t.Errorf("nobody signed in: %s, want Unresolved", lapsed.State)
	}
	if _, live := lapsed.Live(); !live {
		t.Error("Unresolved gave the right away")
	}
	found := must(t, lapsed, time.Hour, Sighted{Assignment: instance, Began: noon.Add(time.Hour)})
	if found.State != Active || !found.Corrected || !owes(found, OccasionCorrected, Requester) {
		t.Errorf("%s, corrected %v, owed %+v", found.State, found.Corrected, found.Owed)
	}
}

func TestApply_a_lapsed_approval_may_be_corrected(t *testing.T) {
	e := must(t, in(AwaitingApproval), 25*time.Hour, DeadlinePassed{})
	if e.State != Lapsed || !e.WatchedUntil().After(noon.Add(25*time.Hour)) {
		t.Fatalf("%s, watched until %v", e.State, e.WatchedUntil())
	}
	late := Observed{Activation: Activation{Status: "Provisioned", Start: noon.Add(24 * time.Hour), End: noon.Add(26 * time.Hour)}}
	e = must(t, e, 25*time.Hour+time.Minute, late)
	if e.State != Active || !e.Corrected {
		t.Errorf("%s, corrected %v", e.State, e.Corrected)
	}
}

func TestApply_an_activation_first_seen_after_its_end_has_started_and_ended(t *testing.T) {
	e := must(t, in(AwaitingApproval), 3*time.Hour, provisioned)
	if e.State != Expired || !owes(e, OccasionStarted, Feed) || !owes(e, OccasionEnded, Feed) {
		t.Errorf("%s, owed %+v", e.State, e.Owed)
	}
}

func TestDue(t *testing.T) {
	shown := func(e Elevation) Elevation {
		for i := range e.Posts {
			e.Posts[i].Shown, e.Posts[i].Ref = e.View, "ref"
		}
		return e
	}
	tests := map[string]struct {
		e    Elevation
		want time.Time
	}{
		"a request is due at once":                    {in(Requested), noon},
		"a sign-in is due at its deadline":            {shown(in(AwaitingSignIn)), noon.Add(10 * time.Minute)},
		"a claim is given up five minutes after":      {shown(in(Submitting)), noon.Add(SubmitFor + 5*time.Minute)},
		"an active role is due for its warning":       {shown(in(Active)), noon.Add(110 * time.Minute)},
		"an ended one with nothing owed is never due": {shown(in(Expired)), time.Time{}},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			got, ok := tt.e.Due()
			if !got.Equal(tt.want) || ok != !tt.want.IsZero() {
				t.Errorf("Due() = %v, %v; want %v", got, ok, tt.want)
			}
		})
	}
	t.Run("a stale card is due when it may be tried again", func(t *testing.T) {
		e := shown(in(Expired))
		e.View++
		e.Posts[0].Retry.After = noon.Add(5 * time.Hour)
		e.Posts[1].Retry.Dead = true
		if got, _ := e.Due(); !got.Equal(noon.Add(5 * time.Hour)) {
			t.Errorf("Due() = %v", got)
		}
	})
	t.Run("a notice waits for the card it belongs under", func(t *testing.T) {
		e := in(Expired)
		e.View, e.Posts[0].Retry.After, e.Posts[1].Retry.After = 1, noon.Add(6*time.Hour), noon.Add(7*time.Hour)
		e.owe(OccasionCorrected, noon)
		if got, _ := e.Due(); !got.Equal(noon.Add(6 * time.Hour)) {
			t.Errorf("Due() = %v, want the card's own time", got)
		}
	})
}

func TestApply_a_way_out_ends_by_the_clock(t *testing.T) {
	asked := must(t, in(Active), ExitAsked{PurposeStop})
	if _, err := asked.Apply(ExitEnded{}, noon.Add(9*time.Minute)); err == nil {
		t.Error("the link ended early")
	}
	e := must(t, asked, 10*time.Minute, ExitEnded{})
	if e.Exit.open() || e.Exit.Refused != "" {
		t.Errorf("%+v", e.Exit)
	}
	e = must(t, asked, ExitClaimed{Attempt: 1, Until: noon.Add(SubmitFor)}, time.Minute, ExitEnded{})
	if e.Exit.Refused != KindUnanswered {
		t.Errorf("a process that died while ending it: %+v", e.Exit)
	}
	must(t, e, ExitAsked{PurposeStop}, ExitClaimed{Attempt: 2, Until: noon.Add(2 * time.Minute)})
}
