package chat

import (
	"context"
	"log/slog"
	"slices"
	"strings"
	"testing"
	"time"

	"hoist/internal/clock"
	"hoist/internal/pim"
)

// outlived is a service whose elevation has moved on past every button.
type outlived struct {
	tenant
	e pim.Elevation
}

var errMoved = &pim.Error{Kind: pim.KindMoved}

func (o outlived) Mine(context.Context, pim.Person, pim.ID) (pim.Elevation, error) { return o.e, nil }

func (o outlived) NewLink(context.Context, pim.Person, pim.ID) error { return errMoved }

func (o outlived) Stop(context.Context, pim.Person, pim.ID) (pim.ExitResult, error) {
	return pim.ExitResult{Elevation: o.e, SignIn: true}, errMoved
}

func (o outlived) Withdraw(context.Context, pim.Person, pim.ID) (pim.ExitResult, error) {
	return pim.ExitResult{Elevation: o.e}, errMoved
}

// A list keeps its buttons for as long as it stands. Pressed later they say what
// is so by then, and offer what can be done about it.
func TestPress_of_an_outlived_button_says_where_it_stands(t *testing.T) {
	now := time.Date(2026, 11, 23, 9, 0, 0, 0, time.UTC)
	ask := pim.Ask{Role: "UA", Duration: time.Hour}
	active := pim.Activation{Start: now.Add(-10 * time.Minute), End: now.Add(50 * time.Minute)}
	tests := map[string]struct {
		pressed ActionKind
		e       pim.Elevation
		says    []string
		offers  ActionKind
	}{
		"new link while active":  {ActionNewLink, pim.Elevation{State: pim.Active, Activation: active}, []string{textNoSignIn, "User Administrator", "Active until 09:50"}, ActionStop},
		"new link after the end": {ActionNewLink, pim.Elevation{State: pim.Expired, Activation: active}, []string{textNoSignIn, "Ended", textNeedAgain}, ActionAgain},
		"new link after it lapsed": {
			ActionNewLink, pim.Elevation{State: pim.Lapsed, Cause: pim.CauseSignIn}, []string{textNoSignIn, "Nothing came of it", textNeedAgain}, ActionAgain,
		},
		"new link while an approver is asked": {ActionNewLink, pim.Elevation{State: pim.AwaitingApproval}, []string{textNoSignIn, "Waiting for approval"}, ActionWithdraw},
		"stop after the end":                  {ActionStop, pim.Elevation{State: pim.Expired, Activation: active}, []string{textStandsNow, "Ended"}, ActionAgain},
		"withdraw while active":               {ActionWithdraw, pim.Elevation{State: pim.Active, Activation: active}, []string{textStandsNow, "Active until"}, ActionStop},
	}
	for name, test := range tests {
		t.Run(strings.ReplaceAll(name, " ", "_"), func(t *testing.T) {
			test.e.ID, test.e.Ask = "H-7K3F9QX", ask
			test.e.Eligibility = pim.Eligibility{Target: pim.Target{ID: "r1", Name: "User Administrator"}, Scope: pim.Scope{ID: "/"}}
			p := &flaky{}
			b := &Bot{
				Elevations: outlived{e: test.e}, Log: slog.New(slog.DiscardHandler), Courier: NewCourier(clock.System(), always(0)),
				Announcer: &Announcer{Platforms: map[string]Platform{"slack": p}, Clock: clock.NewStill(now)},
			}
			in := whoami
			in.Pressed = Pressed{Kind: test.pressed, ID: test.e.ID}
			if v := b.Press(t.Context(), in); v != nil {
				t.Errorf("said at once: %v", v)
			}
			if err := b.Close(t.Context()); err != nil || len(p.shown) != 1 {
				t.Fatalf("told %v, %v", p.shown, err)
			}
			got := p.shown[0].(StatusCard)
			text := got.Headline.String() + " " + got.Entries[0].Title.String() + " " + got.Entries[0].Detail.String() + " " + got.Foot.String()
			for _, want := range test.says {
				if !strings.Contains(text, want) {
					t.Errorf("told %q, without %q", text, want)
				}
			}
			if !slices.ContainsFunc(got.Entries[0].Actions, func(a Action) bool { return a.Kind == test.offers }) {
				t.Errorf("offered %+v, without %s", got.Entries[0].Actions, test.offers)
			}
		})
	}
}
