package pim

import (
	"slices"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

func TestEvaluate(t *testing.T) {
	// The documented defaults of an untouched directory role.
	defaults := Policy{
		Expiration: ExpirationRule{Required: true, Maximum: 8 * time.Hour},
		Enablement: EnablementRule{MFA: true, Justification: true},
	}
	berlin, err := time.LoadLocation("Europe/Berlin")
	if err != nil {
		t.Fatal(err)
	}
	fine := Ask{Duration: 2 * time.Hour, Justification: "rotating keys"}
	with := func(change func(*Policy)) Policy { p := defaults; change(&p); return p }
	tests := map[string]struct {
		policy Policy
		ask    Ask
		end    time.Time // of the eligibility
		want   []Kind
		terms  func(*Terms)
	}{
		"passes":                             {policy: defaults, ask: fine},
		"exactly the maximum passes":         {policy: defaults, ask: Ask{Duration: 8 * time.Hour, Justification: "x"}},
		"a minute more is too long":          {policy: defaults, ask: Ask{Duration: 8*time.Hour + time.Minute, Justification: "x"}, want: []Kind{KindTooLong}},
		"under five minutes is too short":    {policy: defaults, ask: Ask{Duration: 4 * time.Minute, Justification: "x"}, want: []Kind{KindTooShort}},
		"every fault at once":                {policy: with(func(p *Policy) { p.Enablement.Ticketing = true }), ask: Ask{Duration: 9 * time.Hour}, want: []Kind{KindTooLong, KindJustificationMissing, KindTicketMissing}},
		"blank is no reason":                 {policy: defaults, ask: Ask{Duration: time.Hour, Justification: " \u00a0 "}, want: []Kind{KindJustificationMissing}},
		"no maximum allows a day":            {policy: with(func(p *Policy) { p.Expiration.Maximum = 0 }), ask: Ask{Duration: 24 * time.Hour, Justification: "x"}},
		"beyond the eligibility's own end":   {policy: defaults, ask: fine, end: noon.Add(time.Hour), want: []Kind{KindBadTime}},
		"no duration":                        {policy: defaults, ask: Ask{Justification: "x"}, want: []Kind{KindDurationMissing}},
		"a context is asked for up front":    {policy: with(func(p *Policy) { p.Authentication = AuthenticationContextRule{Enabled: true, Value: "c1"} }), ask: fine, terms: func(x *Terms) { x.NeedsContext = "c1" }},
		"a switched-off context is not":      {policy: with(func(p *Policy) { p.Authentication.Value = "c1" }), ask: fine},
		"approval is told":                   {policy: with(func(p *Policy) { p.Approval.Required = true }), ask: fine, terms: func(x *Terms) { x.NeedsApproval = true }},
		"until is read on the reader's wall": {policy: defaults, ask: Ask{Until: &When{Wall: &Wall{Hour: 17}}, Justification: "x"}, terms: func(x *Terms) { x.Duration, x.Until = 4*time.Hour, noon.Add(4*time.Hour) }}, // 13:00 in Berlin
		"until counts from a later start": {policy: defaults, ask: Ask{Start: &When{Wall: &Wall{Hour: 14}}, Until: &When{Wall: &Wall{Hour: 15, Minute: 30}}, Justification: "x"}, terms: func(x *Terms) {
			x.Start, x.Until, x.Duration = noon.Add(time.Hour), noon.Add(150*time.Minute), 90*time.Minute
		}},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			terms, refusals := tt.policy.Evaluate(tt.ask, Eligibility{End: tt.end}, noon, berlin)
			var kinds []Kind
			for _, r := range refusals {
				kinds = append(kinds, r.Kind)
			}
			if !slices.Equal(kinds, tt.want) {
				t.Errorf("refusals %v, want %v", kinds, tt.want)
			}
			want := Terms{Duration: tt.ask.Duration, Maximum: tt.policy.Expiration.Maximum, NeedsMFA: true}
			if tt.terms != nil {
				tt.terms(&want)
			}
			if diff := cmp.Diff(want, terms); diff != "" && len(tt.want) == 0 {
				t.Errorf("terms (-want +got):\n%s", diff)
			}
		})
	}
}

func TestWhen_Resolve(t *testing.T) {
	zone := func(name string) *time.Location {
		l, err := time.LoadLocation(name)
		if err != nil {
			t.Fatal(err)
		}
		return l
	}
	at := func(s string) time.Time {
		v, err := time.Parse("2006-01-02 15:04", s)
		if err != nil {
			t.Fatal(err)
		}
		return v
	}
	tests := map[string]struct {
		when When
		now  string
		zone string
		want string
	}{
		"after a while needs no zone":        {When{After: 30 * time.Minute}, "2026-11-23 12:00", "Asia/Tokyo", "2026-11-23 12:30"},
		"later today":                        {When{Wall: &Wall{Hour: 14}}, "2026-11-23 12:00", "Europe/Berlin", "2026-11-23 13:00"},
		"already over is tomorrow":           {When{Wall: &Wall{Hour: 9}}, "2026-11-23 12:00", "Europe/Berlin", "2026-11-24 08:00"},
		"this very minute is tomorrow":       {When{Wall: &Wall{Hour: 13}}, "2026-11-23 12:00", "Europe/Berlin", "2026-11-24 12:00"},
		"tomorrow by the reader's date":      {When{Wall: &Wall{Hour: 9, Day: 1}}, "2026-11-23 20:00", "Asia/Tokyo", "2026-11-25 00:00"},
		"behind Greenwich":                   {When{Wall: &Wall{Hour: 9, Day: 1}}, "2026-11-23 02:00", "America/Los_Angeles", "2026-11-23 17:00"},
		"half-hour zone":                     {When{Wall: &Wall{Hour: 18, Minute: 15}}, "2026-11-23 12:00", "Asia/Kolkata", "2026-11-23 12:45"},
		"over the change to winter time":     {When{Wall: &Wall{Hour: 9, Day: 1}}, "2026-10-24 12:00", "Europe/Berlin", "2026-10-25 08:00"},
		"over the change to summer time":     {When{Wall: &Wall{Hour: 9, Day: 1}}, "2026-03-28 12:00", "Europe/Berlin", "2026-03-29 07:00"},
		"an hour that the change leaves out": {When{Wall: &Wall{Hour: 2, Minute: 30, Day: 1}}, "2026-03-28 12:00", "Europe/Berlin", "2026-03-29 01:30"},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			got := tt.when.Resolve(at(tt.now), zone(tt.zone))
			if want := at(tt.want); !got.Equal(want) {
				t.Errorf("got %v, want %v", got, want)
			}
		})
	}
}

func TestTerms_lasting(t *testing.T) {
	until := Terms{Duration: 4 * time.Hour, Until: noon.Add(4 * time.Hour)}
	approved := until
	approved.NeedsApproval = true
	tests := map[string]struct {
		terms Terms
		after time.Duration
		want  time.Duration
	}{
		"a duration stays":                    {Terms{Duration: time.Hour}, 5 * time.Minute, time.Hour},
		"an end moves nearer":                 {until, 7 * time.Minute, 3*time.Hour + 53*time.Minute},
		"an end is never nearer than allowed": {until, 4*time.Hour - time.Minute, MinimumDuration},
		"a wait for approval counts nothing":  {approved, 7 * time.Minute, 4 * time.Hour},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			if got := tt.terms.lasting(noon.Add(tt.after)); got != tt.want {
				t.Errorf("got %v, want %v", got, tt.want)
			}
		})
	}
}
