package pim

import (
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

var (
	noon  = time.Date(2026, 11, 23, 12, 0, 0, 0, time.UTC)
	ada   = Principal{PrincipalKey: NewPrincipalKey("T", "ADA"), UPN: "ada@fjordbank.example", Name: "Ada Lindqvist"}
	right = Eligibility{
		ID: "e1", Principal: ada.PrincipalKey,
		Target: Target{Kind: DirectoryRole, ID: "fe930be7", Name: "User Administrator"}, Scope: Scope{ID: "/"},
	}
	typist = Person{Platform: "slack", Workspace: "T1", User: "U1"}
	feed   = Place{Kind: Feed, Platform: "slack", Workspace: "T1", Address: "C1"}
)

// in returns an elevation that is in a state, entered at noon, as the service
// would have it there.
func in(s State) Elevation {
	e := begin("H-7K3F9QX", "t", typist, "proof", Ask{Role: "User Administrator", Duration: 2 * time.Hour}, noon)
	e.State, e.Since = s, noon
	e.Deadline = noon.Add(10 * time.Minute)
	if s == Requested || s == AwaitingChoice {
		if s == AwaitingChoice {
			e.Options = []Eligibility{right}
		}
		return e
	}
	e.Principal, e.Eligibility, e.Terms = ada, right, Terms{Duration: 2 * time.Hour}
	e.SignIn = SignInStep{Purpose: PurposeActivate, Attempt: 1}
	if s == AwaitingSignIn {
		return e
	}
	e.showTo([]Place{feed})
	sent := Activation{RequestID: "r1", ScheduleID: "s1", Submitted: noon}
	held := Activation{RequestID: "r1", ScheduleID: "s1", Submitted: noon, Status: "Provisioned", Start: noon, End: noon.Add(2 * time.Hour)}
	switch s {
	case Submitting:
		e.Until, e.Deadline = noon.Add(SubmitFor), noon.Add(SubmitFor)
	case AwaitingApproval:
		e.Activation, e.Deadline = sent, noon.Add(approvalFor)
	case Scheduled:
		e.Activation, e.Deadline = sent, noon.Add(time.Hour+scheduledFor)
		e.Activation.Start = noon.Add(time.Hour)
	case Provisioning:
		e.Activation, e.Deadline = sent, noon.Add(provisioningFor)
	case Active:
		e.Activation, e.Deadline, e.Told = held, held.End, []Occasion{OccasionStarted}
	case Expired:
		e.Activation, e.Since, e.Told = held, held.End, []Occasion{OccasionStarted, OccasionEnded}
		e.Watch = held.End.Add(watchFor)
	case EndedEarly:
		e.Activation, e.Since, e.Told = held, noon.Add(time.Hour), []Occasion{OccasionStarted, OccasionEnded}
		e.Watch = e.Since.Add(watchFor)
	case Unresolved:
		e.MaybeSent, e.Watch, e.Told = true, noon.Add(watchFor), []Occasion{OccasionOutcome}
	case Lapsed:
		e.Activation, e.Cause, e.Watch, e.Told = sent, CauseApproval, noon.Add(watchFor), []Occasion{OccasionOutcome}
	case Refused:
		e.Activation, e.Posts = Activation{}, e.Posts[:1]
	case Canceled:
		e.Cause = CauseWithdrawn
	}
	if !s.Open() {
		e.Deadline = time.Time{}
	}
	return e
}

// sample is one event of each kind, as it happens an hour after noon unless at
// says otherwise. The whole table is below.
type sample struct {
	name string
	ev   Event
	at   time.Time
}

func samples() []sample {
	onePM := noon.Add(time.Hour)
	held := Activation{RequestID: "r1", ScheduleID: "s1", Start: noon, End: noon.Add(2 * time.Hour)}
	with := func(status string) Observed {
		a := held
		a.Status = status
		return Observed{Activation: a, By: "Ben"}
	}
	listed := Assignment{ScheduleID: "s1", Activated: true, Start: noon, End: noon.Add(2 * time.Hour)}
	soon := noon.Add(time.Minute)
	return []sample{
		{"ChoiceNeeded", ChoiceNeeded{Options: []Eligibility{right}}, soon},
		{"Chosen", Chosen{Eligibility: right}, soon},
		{"LinkNeeded", LinkNeeded{}, soon},
		{"Linked", Linked{}, soon},
		{"Resolved", Resolved{Principal: ada, Eligibility: right, Terms: Terms{Duration: time.Hour}}, soon},
		{"RefusedBy", RefusedBy{Refusals: []Refusal{{Kind: KindTooLong}}}, soon},
		{"SignInOpened", SignInOpened{Browser: "b"}, soon},
		{"LinkReplaced", LinkReplaced{}, soon},
		{"Claimed", Claimed{Attempt: 1, Until: soon.Add(SubmitFor), Feeds: []Place{feed}}, soon},
		{"Challenged", Challenged{Claims: "{}"}, soon},
		{"Rejected", Rejected{Refusal: Refusal{Kind: KindPolicy}}, soon},
		{"Unanswered", Unanswered{}, soon},
		{"ClaimLost", ClaimLost{}, soon},
		{"Observed Provisioned", with("Provisioned"), onePM},
		{"Observed PendingApproval", with("PendingApproval"), onePM},
		{"Observed PendingProvisioning", with("pendingprovisioning"), onePM},
		{"Observed Granted later", Observed{Activation: Activation{RequestID: "r1", Status: "Granted", Start: noon.Add(3 * time.Hour), End: noon.Add(4 * time.Hour)}}, onePM},
		{"Observed Revoked", with("Revoked"), onePM},
		{"Observed Denied", with("Denied"), onePM},
		{"Observed Canceled", with("Canceled"), onePM},
		{"Observed TimedOut", with("TimedOut"), onePM},
		{"Observed Failed", with("Failed"), onePM},
		{"Observed unheard-of", with("Sparkling"), onePM},
		{"Sighted", Sighted{Assignment: listed, Began: onePM}, onePM},
		{"Missed", Missed{Began: onePM}, onePM},
		{"Decided yes", Decided{Decision{By: "Ben", Approved: true}}, onePM},
		{"Decided no", Decided{Decision{By: "Ben"}}, onePM},
		{"Withdrawn", Withdrawn{}, soon},
		{"Reopened", Reopened{}, onePM},
		{"NotInPIM", NotInPIM{}, onePM},
		{"ApproversFound", ApproversFound{Asked: []Asked{{Name: "Ben"}}, Places: []Place{direct(Decider, Person{"slack", "T1", "U2"})}}, soon},
		{"DecisionIntended", DecisionIntended{Intent{Person: typist, Until: soon}}, soon},
		{"DecisionDropped", DecisionDropped{typist}, soon},
		{"ExitAsked stop", ExitAsked{PurposeStop}, soon},
		{"ExitAsked cancel", ExitAsked{PurposeCancel}, soon},
		{"ExitOpened", ExitOpened{"b"}, soon},
		{"ExitClaimed", ExitClaimed{Attempt: 1, Until: soon}, soon},
		{"ExitRefused", ExitRefused{KindTooYoung}, soon},
		{"ExitEnded", ExitEnded{}, onePM},
		{"ReminderAsked", ReminderAsked{}, soon},
		{"Warned", Warned{}, onePM},
		{"DeadlinePassed", DeadlinePassed{}, noon.Add(48 * time.Hour)},
		{"DeadlinePassed early", DeadlinePassed{}, noon.Add(time.Second)},
	}
}

// table says what every event does in every state: the next state, "=" for
// "stays", "-" for "has no meaning here". Columns are in the order of States().
const table = `
                              Requested       AwaitingChoice  AwaitingSignIn  Submitting      AwaitingApproval Scheduled      Provisioning    Active          Expired         EndedEarly      Refused         Denied          Canceled        Lapsed          Failed          Unresolved
ChoiceNeeded                  AwaitingChoice  -               -               -               -                -              -               -               -               -               -               -               -               -               -               -
Chosen                        -               Requested       -               -               -                -              -               -               -               -               -               -               -               -               -               -
LinkNeeded                    AwaitingSignIn  -               -               -               -                -              -               -               -               -               -               -               -               -               -               -
Linked                        -               -               -               -               -                -              -               -               -               -               -               -               -               -               -               -
Resolved                      AwaitingSignIn  -               -               -               -                -              -               -               -               -               -               -               -               -               -               -
RefusedBy                     Refused         Refused         -               -               -                -              -               -               -               -               -               -               -               -               -               -
SignInOpened                  -               -               =               -               -                -              -               -               -               -               -               -               -               -               -               -
LinkReplaced                  -               -               =               -               -                -              -               -               -               -               -               -               -               -               -               -
Claimed                       -               -               Submitting      -               -                -              -               -               -               -               -               -               -               -               -               -
Challenged                    -               -               -               AwaitingSignIn  -                -              -               -               -               -               -               -               -               -               -               -
Rejected                      -               -               -               Failed          -                -              -               -               -               -               -               -               -               -               -               -
Unanswered                    -               -               -               Unresolved      -                -              -               -               -               -               -               -               -               -               -               -
ClaimLost                     -               -               -               AwaitingSignIn  -                -              -               -               -               -               -               -               -               -               -               -
Observed_Provisioned          -               -               -               Active          Active           Active         Active          =               =               =               -               Active          -               Active          Active          Active
Observed_PendingApproval      -               -               -               AwaitingApproval =               AwaitingApproval =             =               =               =               -               =               -               AwaitingApproval =             AwaitingApproval
Observed_PendingProvisioning  -               -               -               Provisioning    Provisioning     Provisioning   =               =               =               =               -               =               -               Provisioning    =               Provisioning
Observed_Granted_later        -               -               -               Scheduled       Scheduled        =              Scheduled       =               =               =               -               =               -               Scheduled       =               Scheduled
Observed_Revoked              -               -               -               EndedEarly      EndedEarly       EndedEarly     EndedEarly      EndedEarly      =               =               -               EndedEarly      -               EndedEarly      EndedEarly      EndedEarly
Observed_Denied               -               -               -               Denied          Denied           Denied         Denied          =               =               =               -               =               -               Denied          =               Denied
Observed_Canceled             -               -               -               Canceled        Canceled         Canceled       Canceled        =               =               =               -               =               -               Canceled        =               Canceled
Observed_TimedOut             -               -               -               Lapsed          Lapsed           Lapsed         Lapsed          =               =               =               -               =               -               =               =               Lapsed
Observed_Failed               -               -               -               Failed          Failed           Failed         Failed          =               =               =               -               =               -               Failed          =               Failed
Observed_unheard-of           -               -               -               =               =                =              =               =               =               =               -               =               -               =               =               =
Sighted                       -               -               -               Active          Active           Active         Active          =               =               =               -               -               -               Active          -               Active
Missed                        -               -               =               =               =                =              =               =               =               =               -               -               -               =               -               =
Decided_yes                   -               -               -               -               Provisioning     =              =               =               -               -               -               =               -               Provisioning    -               Provisioning
Decided_no                    -               -               -               -               Denied           =              =               =               -               -               -               =               -               Denied          -               Denied
Withdrawn                     Canceled        Canceled        Canceled        -               -                -              -               -               -               -               -               -               -               -               -               -
Reopened                      -               -               -               -               -                -              -               -               -               -               -               -               -               -               -               AwaitingSignIn
NotInPIM                      -               -               -               -               -                -              -               -               -               -               -               -               -               -               -               Failed
ApproversFound                -               -               -               -               =               -               -               -               -               -               -               -               -               -               -               -              
DecisionIntended              -               -               -               -               =               -               -               -               -               -               -               -               -               -               -               -              
DecisionDropped               =               =               =               =               =               =               =               =               =               =               =               =               =               =               =               =              
ExitAsked_stop                -               -               -               -               -               -               -               =               -               -               -               -               -               -               -               -              
ExitAsked_cancel              -               -               -               -               =               =               =               -               -               -               -               -               -               -               -               -              
ExitOpened                    -               -               -               -               -               -               -               -               -               -               -               -               -               -               -               -              
ExitClaimed                   -               -               -               -               -               -               -               -               -               -               -               -               -               -               -               -              
ExitRefused                   -               -               -               -               -               -               -               -               -               -               -               -               -               -               -               -              
ExitEnded                     -               -               -               -               -               -               -               -               -               -               -               -               -               -               -               -              
ReminderAsked                 -               -               -               -               -               -               -               =               -               -               -               -               -               -               -               -              
Warned                        -               -               -               -               -               -               -               =               -               -               -               -               -               -               -               -              
DeadlinePassed                Lapsed          Lapsed          Lapsed          -               Lapsed           Unresolved     Unresolved      Expired         -               -               -               -               -               -               -               -
DeadlinePassed_early          -               -               -               -               -                -              -               -               -               -               -               -               -               -               -               -
`

func TestApply_every_event_in_every_state(t *testing.T) {
	rows := strings.Split(strings.TrimSpace(table), "\n")
	columns := strings.Fields(rows[0])
	if got := len(States()); len(columns) != got {
		t.Fatalf("the table has %d columns, there are %d states", len(columns), got)
	}
	want := map[string][]string{}
	for _, row := range rows[1:] {
		cells := strings.Fields(row)
		want[strings.ReplaceAll(cells[0], "_", " ")] = cells[1:]
	}
	for _, ev := range samples() {
		cells, ok := want[ev.name]
		if !ok {
			t.Errorf("%s is not in the table", ev.name)
			continue
		}
		for i, s := range States() {
			t.Run(fmt.Sprintf("%s/%s", ev.name, s), func(t *testing.T) {
				if columns[i] != string(s) {
					t.Fatalf("column %d is %s, want %s", i, columns[i], s)
				}
				checkCell(t, in(s), ev, cells[i])
			})
		}
	}
}

func checkCell(t *testing.T, before Elevation, s sample, cell string) {
	t.Helper()
	after, err := before.Apply(s.ev, s.at)
	switch {
	case cell == "-":
		if _, ok := errors.AsType[*IllegalError](err); !ok {
			t.Fatalf("got state %s, err %v; want it to be illegal", after.State, err)
		}
		if diff := cmp.Diff(before, after); diff != "" {
			t.Errorf("an illegal event changed the elevation (-before +after):\n%s", diff)
		}
		return
	case err != nil:
		t.Fatalf("err = %v, want %s", err, cell)
	case cell == "=":
		cell = string(before.State)
	}
	if string(after.State) != cell {
		t.Errorf("state = %s, want %s", after.State, cell)
	}
	checkSound(t, before, after, s.at)
}

// checkSound is what must hold of any elevation after any event.
func checkSound(t *testing.T, before, after Elevation, now time.Time) {
	t.Helper()
	if after.State == Active && after.Activation.End.IsZero() {
		t.Error("active without PIM's end")
	}
	if !after.State.Open() && !after.Deadline.IsZero() {
		t.Error("an ended elevation has a deadline")
	}
	if after.State.Open() && after.Deadline.IsZero() {
		t.Error("an open elevation has no deadline")
	}
	if (after.State == Unresolved || after.State == Lapsed && after.Cause == CauseApproval) && !after.Watch.After(now) {
		t.Errorf("%s is not watched on", after.State)
	}
	if before.State != after.State && after.View != before.View+1 {
		t.Errorf("view went from %d to %d when the state changed", before.View, after.View)
	}
	seen := map[string]bool{}
	for _, o := range after.Owed {
		key := string(o.Occasion) + o.Place.Key()
		if seen[key] {
			t.Errorf("%s is owed twice", key)
		}
		seen[key] = true
	}
}
