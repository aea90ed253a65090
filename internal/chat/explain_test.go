package chat

import (
	"strings"
	"testing"
	"time"

	"hoist/internal/clock"
	"hoist/internal/pim"
)

// A policy can change between the check and the sign-in; then PIM itself refuses,
// and names rules.
func TestExplain_names_what_the_policy_refused(t *testing.T) {
	for want, r := range map[string]pim.Refusal{
		"refused the request for the duration and the ticket.": {Kind: pim.KindPolicy, Rules: []string{"ExpirationRule", "TicketingRule"}},
		"refused the request for the duration.":                {Kind: pim.KindTooLong, Rules: []string{"ExpirationRule"}},
		"refused the request.":                                 {Kind: pim.KindPolicy, Rules: []string{"CustomExtension_PreApproval_EndUser_Assignment"}},
		"allows 1 h at most.":                                  {Kind: pim.KindTooLong, Maximum: time.Hour},
	} {
		if got := Explain(r, time.Time{}).What.String(); !strings.HasSuffix(got, want) {
			t.Errorf("%+v: %q, want %q", r, got, want)
		}
	}
}

func TestCards_offer_a_way_on_after_PIM_said_no(t *testing.T) {
	a := Announcer{Clock: clock.NewStill(time.Date(2026, 11, 23, 9, 0, 0, 0, time.UTC))}
	for name, tt := range map[string]struct {
		cause pim.Cause
		no    []pim.Refusal
		want  ActionKind
	}{
		"several rules":                  {"", []pim.Refusal{{Kind: pim.KindPolicy, Rules: []string{"ExpirationRule", "TicketingRule"}}}, ActionForm},
		"too long, nobody says how long": {"", []pim.Refusal{{Kind: pim.KindTooLong}}, ActionForm},
		"nothing is in PIM":              {pim.CauseNotInPIM, nil, ActionAgain},
		"no licence":                     {"", []pim.Refusal{{Kind: pim.KindLicense}}, ActionOpen},
	} {
		t.Run(name, func(t *testing.T) {
			e := pim.Elevation{ID: "H-7K3F9QX", State: pim.Failed, Cause: tt.cause, Refusals: tt.no, Ask: pim.Ask{Role: "User Administrator", Duration: time.Hour}}
			if got := a.requestCard(e, a.Clock.Now()).Actions; len(got) == 0 || got[0].Kind != tt.want {
				t.Errorf("it offers %+v, want %v first", got, tt.want)
			}
		})
	}
}

func TestSubmit_says_beside_a_field_what_belongs_there(t *testing.T) {
	full := FormValues{Right: "k", Duration: "2h", Reason: "why"}
	for field, change := range map[FormField]func(*FormValues){
		FieldDuration: func(f *FormValues) { f.Duration = "banana" },
		FieldStart:    func(f *FormValues) { f.Start = "yesterday" },
	} {
		f := full
		change(&f)
		_, faults := readForm(f)
		if got := faults[field]; len(faults) != 1 || !strings.HasPrefix(got, "Please write") {
			t.Errorf("%s: %q", field, faults)
		}
	}
	both := full
	both.Duration = "2h banana"
	if _, faults := readForm(both); faults[FieldDuration] != textOnlyHowLong {
		t.Errorf("half a duration: %q", faults)
	}
}
