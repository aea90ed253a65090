package chat

import (
	"context"
	"errors"
	"log/slog"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"hoist/internal/pim"
)

// tenant answers what the bot asks of the service; anything else is a nil
// dereference, which fails the test.
type tenant struct {
	Elevations
	meant   func(pim.Ask) (pim.Role, bool, error)
	roles   []pim.Role
	elevate func(pim.Ask)
}

func (f tenant) Elevate(_ context.Context, _ pim.Person, _ string, ask pim.Ask) (pim.Admitted, error) {
	f.elevate(ask)
	return pim.Admitted{ID: "H-7K3F9QX"}, nil
}

func (f tenant) Meant(_ context.Context, _ pim.Person, ask pim.Ask) (pim.Role, bool, error) {
	return f.meant(ask)
}

func (f tenant) Roles(context.Context, pim.Person) ([]pim.Role, error) { return f.roles, nil }

func (tenant) Admit(context.Context, pim.Person, string) (pim.Admitted, error) {
	return pim.Admitted{}, nil
}

func quietBot(e Elevations) *Bot {
	return &Bot{Elevations: e, Forms: map[string]bool{"slack": true}, Log: slog.New(slog.DiscardHandler)}
}

func TestFilled(t *testing.T) {
	own := pim.Role{Eligibility: pim.Eligibility{Target: pim.Target{ID: "r1", Name: "User Administrator"}, Scope: pim.Scope{ID: "/"}}}
	chosen := &RoleOption{Label: "User Administrator", Note: "any duration", Value: own.Eligibility.Triple().Key()}
	tests := map[string]struct {
		ask   pim.Ask
		fits  bool
		fails error
		want  *RoleOption
	}{
		"chooses_the_one_role_that_is_named":  {ask: pim.Ask{Role: "user administrator"}, fits: true, want: chosen},
		"chooses_what_an_earlier_form_chose":  {ask: pim.Ask{Right: "k"}, fits: true, want: chosen},
		"chooses_nothing_among_several":       {ask: pim.Ask{Role: "admin"}},
		"chooses_nothing_that_cannot_be_read": {ask: pim.Ask{Role: "user administrator"}, fails: errors.New("down")},
		"chooses_nothing_where_none_is_named": {fits: true},
		"chooses_nothing_for_a_mere_duration": {ask: pim.Ask{Duration: 1}, fits: true},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			b := quietBot(tenant{meant: func(ask pim.Ask) (pim.Role, bool, error) {
				if diff := cmp.Diff(test.ask, ask); diff != "" {
					t.Errorf("asked for (-want +got):\n%s", diff)
				}
				return own, test.fits, test.fails
			}})
			in := Inbound{Person: pim.Person{Platform: "slack", Workspace: "T111", User: "U222"}}
			got := b.Filled(t.Context(), in, RequestForm{Ask: test.ask})
			if diff := cmp.Diff(RequestForm{Ask: test.ask, Chosen: test.want}, got); diff != "" {
				t.Errorf("form (-want +got):\n%s", diff)
			}
		})
	}
}

// A chosen role reads as it does in the list, also where its name is not enough.
func TestFilled_chooses_an_option_of_the_list(t *testing.T) {
	var roles []pim.Role
	for _, upn := range []string{"ann@acme.example", "ann-admin@acme.example"} {
		roles = append(roles, pim.Role{Several: true, Account: pim.Principal{UPN: upn}, Eligibility: pim.Eligibility{
			Principal: pim.PrincipalKey{ID: upn}, Target: pim.Target{ID: "r1", Name: "Reader"}, Scope: pim.Scope{ID: "/"},
		}})
	}
	for i, r := range roles {
		b := quietBot(tenant{roles: roles, meant: func(pim.Ask) (pim.Role, bool, error) { return r, true, nil }})
		chosen := b.Filled(t.Context(), Inbound{}, RequestForm{Ask: pim.Ask{Right: "k"}}).Chosen
		offered := b.Roles(t.Context(), Inbound{})
		if diff := cmp.Diff(&offered[i], chosen); diff != "" || offered[i].Label != "Reader · "+r.Account.UPN {
			t.Errorf("chosen %+v (-listed +chosen):\n%s", chosen, diff)
		}
	}
}

// The card of a request that is refused says what was asked for; the choice
// itself is an opaque value.
func TestSubmit_keeps_the_name_of_the_chosen_role(t *testing.T) {
	var asked pim.Ask
	b := quietBot(tenant{elevate: func(ask pim.Ask) { asked = ask }})
	got := b.Submit(t.Context(), Inbound{Form: FormValues{Right: "k1", RightName: "User Administrator", Duration: "9h", Reason: "a long day"}})
	if got.Reply != nil || len(got.Faults) != 0 || asked.Right != "k1" {
		t.Fatalf("%+v, asked %+v", got, asked)
	}
	card := (&Announcer{}).requestCard(pim.Elevation{State: pim.Refused, Ask: asked}, time.Now())
	want := "role User Administrator, for 9h, because a long day"
	if len(card.Facts) != 1 || card.Facts[0].Value.String() != want {
		t.Errorf("facts %+v, want %q", card.Facts, want)
	}
}
