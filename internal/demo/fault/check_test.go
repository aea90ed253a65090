package fault_test

import (
	"bytes"
	"encoding/json"
	"maps"
	"slices"
	"strings"
	"testing"
	"time"

	"hoist/internal/demo/fault"
	"hoist/internal/pim"
	"hoist/internal/sim"
	"hoist/internal/sim/graph"
	"hoist/internal/sim/tenant"
)

// forgery is a run's evidence with a lie in it, and the invariant that must not
// survive it. Without one it must pass.
type forgery struct {
	name      string
	invariant string
	change    func(*fault.Evidence)
}

var forgeries = []forgery{
	{"nothing", "", func(*fault.Evidence) {}},
	{"one line repeated after one fault", "", func(e *fault.Evidence) { e.Faults = 1; repeat(e, endedLine) }},
	{"an orphan card after one fault", "", func(e *fault.Evidence) { e.Faults = 1; repeat(e, firstCard) }},
	{"an answer that says the end in its own words", "", func(e *fault.Evidence) {
		e.Faults = 1
		repeat(e, endedLine)
		last := &e.Shown[len(e.Shown)-1]
		last.Text, last.Answer = "It has moved on. "+last.Text, true
	}},
	{"half a line of a process that was killed", "", func(e *fault.Evidence) {
		e.Unended = []string{theProcess}
		e.Audit[theProcess] = append(e.Audit[theProcess], `{"v":1,"chain":"half`...)
	}},

	{"an elevation that never ended", "I1", func(e *fault.Evidence) { e.Records[0].State = pim.Active }},
	{"no card for the person", "I1", func(e *fault.Evidence) {
		e.Shown = slices.DeleteFunc(e.Shown, func(s fault.Shown) bool { return s.Card && s.Place != "feed" })
	}},
	{"a card of nobody's", "I1", func(e *fault.Evidence) { at(e, endedCard).Elevation = "H-NOBODY" }},
	{"two activations for one request", "I2", func(e *fault.Evidence) { e.Requests = append(e.Requests, e.Requests[0]) }},
	{"two elevations of one right at once", "I2", func(e *fault.Evidence) {
		r := e.Requests[0]
		r.Justification, r.Start = "more (Hoist H-0THER00)", r.Start.Add(time.Minute)
		e.Requests = append(e.Requests, r)
	}},
	{"a request that nobody recorded", "I3", func(e *fault.Evidence) { e.Requests[0].Created = opening }},
	{"a request sent twice, refused once", "I3", func(e *fault.Evidence) { e.Calls = append(e.Calls, post(e)) }},
	{"a decision that nobody recorded", "I3", func(e *fault.Evidence) {
		c := post(e)
		c.Method, c.OID = "PATCH", sim.BenOID
		e.Calls = append(e.Calls, c)
	}},
	{"active before PIM said so", "I4", func(e *fault.Evidence) { at(e, startedLine).At = opening.Add(-time.Minute) }},
	{"active until another time", "I4", func(e *fault.Evidence) { swap(e, startedLine, "11:00", "12:00") }},
	{"an answer that is not true", "I4", func(e *fault.Evidence) {
		repeat(e, endedLine)
		last := &e.Shown[len(e.Shown)-1]
		last.At, last.Answer = opening.Add(time.Hour), true
	}},
	{"ended before the end", "I4", func(e *fault.Evidence) { at(e, endedLine).At = opening.Add(time.Hour) }},
	{"active after the end", "I4", func(e *fault.Evidence) { at(e, startedLine).At = opening.Add(3 * time.Hour) }},
	{"denied by nobody", "I4", func(e *fault.Evidence) { at(e, firstCard).Text = "Denied\nReference H-1" }},
	{"PIM said no, although it said yes", "I4", func(e *fault.Evidence) { swap(e, startedLine, "is active until", "PIM said no") }},
	{"the record says otherwise than PIM", "I5", func(e *fault.Evidence) { e.Records[0].State = pim.EndedEarly }},
	{"a card that was never set right", "I5", func(e *fault.Evidence) {
		e.Shown = slices.DeleteFunc(e.Shown, func(s fault.Shown) bool { return s.Card && endedCard(s) && s.Place == "feed" })
	}},
	{"another account's activation", "I6", func(e *fault.Evidence) { e.Requests[0].PrincipalID = sim.BenOID }},
	{"sent by the application", "I6", func(e *fault.Evidence) { i := slices.Index(e.Calls, post(e)); e.Calls[i].TokenKind = "app" }},
	{"decided by the one who asks", "I6", func(e *fault.Evidence) {
		c := post(e)
		c.Method = "PATCH"
		e.Calls = append(e.Calls, c)
	}},
	{"nobody told of the end", "I7", func(e *fault.Evidence) { e.Shown = slices.DeleteFunc(e.Shown, endedLine) }},
	{"nobody told of the start", "I7", func(e *fault.Evidence) { e.Shown = slices.DeleteFunc(e.Shown, startedLine) }},
	{"told twice without a fault", "I7", func(e *fault.Evidence) { repeat(e, endedLine) }},
	{"two cards without a fault", "I7", func(e *fault.Evidence) { repeat(e, firstCard) }},
	{"told twice in different words", "I7", func(e *fault.Evidence) {
		e.Faults = 1
		repeat(e, endedLine)
		e.Shown[len(e.Shown)-1].Text += " Or so."
	}},
	{"a record that was changed", "I8", func(e *fault.Evidence) {
		e.Audit[theProcess] = bytes.Replace(e.Audit[theProcess], []byte("rotating"), []byte("stealing"), 1)
	}},
	{"a record that was dropped", "I8", func(e *fault.Evidence) {
		lines := bytes.SplitAfter(e.Audit[theProcess], []byte("\n"))
		e.Audit[theProcess] = bytes.Join(slices.Delete(lines, 2, 3), nil)
	}},
	{"a log without its end", "I8", func(e *fault.Evidence) {
		lines := bytes.SplitAfter(e.Audit[theProcess], []byte("\n"))
		e.Audit[theProcess] = bytes.Join(lines[:len(lines)-2], nil)
	}},
	{"no log at all", "I8", func(e *fault.Evidence) { e.Audit = nil }},
	{"shown before it was recorded", "I8", func(e *fault.Evidence) {
		at(e, func(s fault.Shown) bool { return s.Card && strings.Contains(s.Text, "Active until") }).At = opening
	}},
	{"a token in the store", "I9", func(e *fault.Evidence) { e.Texts["redis k"] = "eyJhbGciOiJSUzI1NiJ9.eyJhdWQiOiJ4In0.c2ln" }},
	{"a secret in a log", "I9", func(e *fault.Evidence) { e.Texts["log of x"] = "token=" + botToken }},
	{"a notice owed for ever", "I10", func(e *fault.Evidence) {
		e.Records[0].Owed = []pim.Owed{{Occasion: pim.OccasionEnded, Place: e.Records[0].Posts[0].Place}}
	}},
	{"a card behind its record", "I10", func(e *fault.Evidence) { e.Records[0].View++ }},
	{"work without end", "I10", func(e *fault.Evidence) { e.Due = []string{string(e.Records[0].ID)} }},
}

const theProcess = "replica-A"

// TestCheck lies to the judge in every way that it must see through.
func TestCheck(t *testing.T) {
	needRedis(t)
	o := clean(t, stories[0], 1)[0]
	seen := map[string]bool{}
	for _, f := range forgeries {
		t.Run(f.name, func(t *testing.T) {
			e := copied(t, o.evidence)
			f.change(&e)
			found := fault.Check(e)
			if !slices.ContainsFunc(found, func(v fault.Violation) bool { return v.Invariant == f.invariant }) && f.invariant != "" {
				t.Errorf("%s holds: %v", f.invariant, found)
			}
			if f.invariant == "" && len(found) > 0 {
				t.Error(found)
			}
			seen[f.invariant] = true
		})
	}
	if len(seen) != 11 {
		t.Errorf("lies against %v only", slices.Sorted(maps.Keys(seen)))
	}
}

// TestCheck_when_it_ended lies to the judge about the time of an end that came
// before its time: a role that was active from 09:00 was stopped at 09:06:30.
func TestCheck_when_it_ended(t *testing.T) {
	nine := time.Date(2026, 11, 23, 9, 0, 0, 0, time.UTC)
	requests := []tenant.Request{
		{Action: "selfActivate", Status: tenant.StatusProvisioned, TargetScheduleID: "s", Start: nine, Duration: 2 * time.Hour, Justification: "x (Hoist H-1)"},
		{Action: "selfDeactivate", Status: tenant.StatusRevoked, TargetScheduleID: "s", Created: nine.Add(6*time.Minute + 30*time.Second)},
	}
	for name, tt := range map[string]struct {
		text string
		at   time.Duration // after nine
		lie  bool
	}{
		"a card with PIM's time":                   {"Ended early at 09:06", 8 * time.Minute, false},
		"a card with the time of noticing":         {"Ended early at 09:08", 8 * time.Minute, true},
		"a channel with PIM's time":                {"Ada held User Administrator; it ended early at 09:06", 8 * time.Minute, false},
		"a channel with the time of noticing":      {"Ada held User Administrator; it ended early at 09:08", 8 * time.Minute, true},
		"a notice with PIM's time":                 {"User Administrator ended at 09:06. Ended by Ada.", 8 * time.Minute, false},
		"a notice with the time of noticing":       {"User Administrator ended at 09:08. PIM no longer lists it.", 8 * time.Minute, true},
		"a card that says that it was seen":        {"Ended early, seen at 09:08", 8 * time.Minute, false},
		"a notice that says that it was seen":      {"User Administrator ended, seen at 09:08.", 8 * time.Minute, false},
		"seen within the minute of the end":        {"Ended early, seen at 09:06", 7 * time.Minute, false},
		"seen before it ended":                     {"Ended early, seen at 09:05", 8 * time.Minute, true},
		"said to be seen before it ended":          {"Ended early, seen at 09:05", 6 * time.Minute, true},
		"seen at a time that has not come":         {"Ended early, seen at 09:09", 8 * time.Minute, true},
		"the same read again on the following day": {"Ended early, seen at 23 Nov 09:08 UTC", 25 * time.Hour, false},
	} {
		t.Run(name, func(t *testing.T) {
			found := fault.Check(fault.Evidence{
				Requests: requests, Zone: time.UTC,
				Shown: []fault.Shown{{At: nine.Add(tt.at), Place: "feed", ID: "1", Card: true, Elevation: "H-1", Text: tt.text}},
			})
			if got := slices.ContainsFunc(found, func(v fault.Violation) bool { return v.Invariant == "I4" }); got != tt.lie {
				t.Errorf("seen through: %v, want %v; %v", got, tt.lie, found)
			}
		})
	}
}

// copied is evidence that may be changed.
func copied(t *testing.T, e fault.Evidence) fault.Evidence {
	t.Helper()
	c := e
	c.Shown, c.Calls, c.Requests = slices.Clone(e.Shown), slices.Clone(e.Calls), slices.Clone(e.Requests)
	c.Texts, c.Audit = maps.Clone(e.Texts), map[string][]byte{}
	for name, text := range e.Audit {
		c.Audit[name] = bytes.Clone(text)
	}
	text, err := json.Marshal(e.Records)
	if err != nil {
		t.Fatal(err)
	}
	c.Records = nil
	if err := json.Unmarshal(text, &c.Records); err != nil {
		t.Fatal(err)
	}
	return c
}

// What the forgeries take hold of.
func startedLine(s fault.Shown) bool {
	return !s.Card && strings.Contains(s.Text, "is active until")
}

func endedLine(s fault.Shown) bool {
	return !s.Card && s.Place != "feed" && strings.Contains(s.Text, "ended at")
}

func endedCard(s fault.Shown) bool {
	return s.Card && (strings.Contains(s.Text, "Ended at") || strings.Contains(s.Text, " held "))
}
func firstCard(s fault.Shown) bool { return s.Card && strings.Contains(s.Text, signIn) }

func at(e *fault.Evidence, is func(fault.Shown) bool) *fault.Shown {
	return &e.Shown[slices.IndexFunc(e.Shown, is)]
}

func swap(e *fault.Evidence, is func(fault.Shown) bool, old, by string) {
	s := at(e, is)
	s.Text = strings.Replace(s.Text, old, by, 1)
}

// repeat shows something once more, as a message of its own.
func repeat(e *fault.Evidence, is func(fault.Shown) bool) {
	again := *at(e, is)
	again.ID += "1"
	e.Shown = append(e.Shown, again)
}

// post is the call that asked PIM for the activation.
func post(e *fault.Evidence) graph.Call {
	return e.Calls[slices.IndexFunc(e.Calls, func(c graph.Call) bool { return c.Method == "POST" })]
}

// TestRead holds the judge's reading of messages to the words that stories show.
func TestRead(t *testing.T) {
	for text, want := range map[string]fault.Claim{
		"✓ Active until 11:00\nRole: User Administrator":                                                fault.Holding,
		"✓ User Administrator is active until 11:00. Open sessions":                                     fault.Holding,
		"✓ Ada Lindqvist holds User Administrator until Mon, 23 Nov, 11:00":                             fault.Holding,
		"User Administrator ended at 11:00. It was held for 2 h.":                                       fault.Over,
		"Ada Lindqvist held User Administrator until 11:00":                                             fault.Over,
		"Ended early at 09:06\nRole":                                                                    fault.OverEarly,
		"Ada Lindqvist held User Administrator; it ended early at 09:06":                                fault.OverEarly,
		"Ended early, seen at 09:07\nRole":                                                              fault.SeenOver,
		"Ada Lindqvist held User Administrator; it ended early, seen at 09:07":                          fault.SeenOver,
		"User Administrator ended, seen at 09:07. PIM no longer lists it.":                              fault.SeenOver,
		"○ Waiting for approval\nAsked: Ben":                                                            fault.Waiting,
		"✗ Denied\nBen Okafor said no":                                                                  fault.SaidNo,
		"Ada Lindqvist was denied Security Administrator":                                               fault.SaidNo,
		"✗ PIM said no\nThe policy":                                                                     fault.NotGranted,
		"Unknown: PIM's answer was lost":                                                                fault.Unknown,
		"Correction: this was shown as ended or unknown, and PIM shows that it is active. Until 11:00.": fault.SetRight,
		"Withdrawn\nNothing was sent to PIM.":                                                           fault.Dropped,
		"Nothing came of it":                                                                            fault.Nothing,
		"○ Granted; it starts at 09:30":                                                                 fault.Later,
		"○ Sign in to continue\nThe link is for you alone and works in one browser, until 09:10.":       fault.Underway,
		"○ User Administrator ends at 11:00.":                                                           fault.Underway,
		"○ Ada Lindqvist is activating User Administrator":                                              fault.Underway,
	} {
		if got, _ := fault.Read(text); got != want {
			t.Errorf("%q is read as %s, not %s", text, got, want)
		}
	}
}

// TestParsePoint reads back what is printed.
func TestParsePoint(t *testing.T) {
	for _, p := range []fault.Point{
		{Stage: "ask", Call: "redis:hget record", N: 2, Phase: fault.Before},
		{Stage: "signin", Call: "graph:POST roleManagement/directory/x/{id}/cancel", N: 11, Phase: fault.After},
	} {
		if got, err := fault.ParsePoint(p.String()); err != nil || got != p {
			t.Errorf("%s reads back as %s, %v", p, got, err)
		}
	}
	for _, bad := range []string{"", "ask", "ask/redis:get/before", "ask/redis:get#x/before"} {
		if p, err := fault.ParsePoint(bad); err == nil {
			t.Errorf("%q was read as %s", bad, p)
		}
	}
}
