package demo

import (
	"context"
	"net/http/httptest"
	"net/url"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"hoist/internal/sim/page"
	"hoist/internal/sim/slack"
	"hoist/internal/sim/world"
)

// Two tabs, or a double click where no script runs.
func TestTour_presses_at_one_moment_count_once(t *testing.T) {
	t.Parallel()
	live := startLive(t)
	press := url.Values{"turn": {"next"}}.Encode()
	var tabs sync.WaitGroup
	for range 6 {
		tabs.Go(func() {
			r := httptest.NewRequestWithContext(t.Context(), "POST", "/tour", strings.NewReader(press))
			r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
			live.tour.turn(httptest.NewRecorder(), r)
		})
	}
	tabs.Wait()
	typed := 0
	for _, e := range live.stage.Slack.Log() {
		if e.Kind == slack.Typed && strings.Contains(e.Text, firstLine) {
			typed++
		}
	}
	if typed != 1 {
		t.Errorf("the line was sent %d times", typed)
	}
}

func TestTour_stays_where_a_visitor_left_in_the_middle(t *testing.T) {
	t.Parallel()
	live := startLive(t)
	left, leave := context.WithCancel(t.Context())
	leave()
	live.tour.next(left)
	if now := live.tour.strip(nil); now.Number != 1 {
		t.Errorf("nothing was done, and it says %+v", now)
	}
}

// hasty is a chat in which something happens just after the first look.
type hasty struct {
	venue
	happens func()
}

func (h hasty) direct(actor string) []seen {
	defer h.happens()
	return h.venue.direct(actor)
}

func TestTour_misses_nothing_that_happens_while_it_looks(t *testing.T) {
	t.Parallel()
	s, err := NewStage(t.Context(), StageOptions{})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = s.Close() })
	say := func(text string) {
		if _, err := s.Slack.Say(world.AdaUser, "", text); err != nil {
			t.Error(err)
		}
	}
	s.Chat = hasty{s.Chat, sync.OnceFunc(func() { say("Sign in\nRole: User Administrator\nReference H-1") })}
	tour := newTour()
	tour.start(s)
	ctx, stop := context.WithCancel(t.Context())
	watching := make(chan struct{})
	go func() { defer close(watching); tour.watch(ctx) }()
	say("hello")
	shown := func() string {
		tour.mu.Lock()
		defer tour.mu.Unlock()
		return tour.shown
	}
	for end := time.Now().Add(5 * time.Second); !strings.HasPrefix(shown(), "Sign in.") && time.Now().Before(end); {
		time.Sleep(10 * time.Millisecond)
	}
	if got := shown(); !strings.HasPrefix(got, "Sign in.") {
		t.Errorf("open pages still show %q", got)
	}
	stop()
	<-watching
}

// A link that opens as somebody says as whom, and so does the text beside it.
func TestTour_says_whom_one_plays(t *testing.T) {
	for _, m := range moments() {
		for _, link := range append([]page.Link{m.link}, m.more...) {
			name, someone := strings.CutPrefix(link.URL, "/as/")
			if !someone {
				continue
			}
			who := strings.ToUpper(name[:1]) + name[1:strings.Index(name, "/")]
			if !strings.HasPrefix(link.Label, "Play "+who+": ") {
				t.Errorf("%q opens as %s and says %q", m.title, who, link.Label)
			}
			if link == m.link && !strings.Contains(m.text, "ou are "+who) {
				t.Errorf("%q is played by %s and says %q", m.title, who, m.text)
			}
		}
	}
}

// What a moment names can be opened from it.
func TestTour_leads_to_what_it_names(t *testing.T) {
	places := map[string]string{"#elevations": "/as/dana/c/elevations", "audit log": auditPath, "“Wire”": wirePath, "clock": tenantPath + "#clock", "policy,": tenantPath}
	for _, m := range moments() {
		for name, place := range places {
			leads := slices.ContainsFunc(append([]page.Link{m.link}, m.more...), func(l page.Link) bool { return l.URL == place })
			if strings.Contains(m.text, name) && !leads {
				t.Errorf("%q names %s and does not lead to %s", m.title, name, place)
			}
		}
	}
}

const (
	signedIn      = adaSignsIn + "Ada's card: "
	losesQuestion = "Graph: loses the question\nAda types: "
)

const asksForApproval = "Ada types: " + secondLine + "\n" + adaSignsIn + "#elevations: waits for approval"

func TestTour_asks_again_when_a_request_came_to_nothing(t *testing.T) {
	t.Parallel()
	tests := map[string]struct {
		happens, says string
		number        int
	}{
		"refused":           {"Ada types: /elevate User Administrator 20h because too long\nAda's card: Not possible", "Not possible", 1},
		"withdrawn":         {"Ada types: " + firstLine + "\nAda chooses: Withdraw\nAda's card: Withdrawn", "Withdrawn", 1},
		"denied":            {asksForApproval + "\nBen opens: Deny\nBen writes: no\nBen presses: Deny\nBen signs in as: ben@fjordbank.example\nAda's card: Denied | Reference", "Denied", 4},
		"unknown":           {losesQuestion + firstLine + "\n" + signedIn + "Unknown", "Unknown: PIM's answer was lost", 1},
		"unknown, for more": {losesQuestion + secondLine + "\n" + signedIn + "Unknown", "Unknown: PIM's answer was lost", 4},
		"lapsed":            {asksForApproval + "\nclock: +24h20m\nAda's card: Nothing came of it | Reference", "Nothing came of it", 4},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			live := startLive(t)
			for tt.number == 4 && live.tour.strip(nil).Number < 4 {
				visit(t, live, "/tour", url.Values{"turn": {"next"}})
			}
			if err := live.tour.perform(t.Context(), tt.happens); err != nil {
				t.Fatal(err)
			}
			now := live.tour.strip(nil)
			if now.Number != tt.number || now.Next != "Do it for me" || !strings.Contains(now.Text, "“"+tt.says+"”") || !strings.Contains(now.Go.URL, "draft=") {
				t.Fatalf("the tour says %+v", now)
			}
			if strings.Contains(now.Text, "came to nothing") == (tt.says == unknown) {
				t.Errorf("of %q the tour says %q", tt.says, now.Text)
			}
			for range len(moments()) {
				visit(t, live, "/tour", url.Values{"turn": {"next"}})
				if live.tour.strip(nil).Number == 3 && live.stage.signsIn(firstRole) {
					t.Error("it goes on to what everyone sees, and a card waits for a sign-in")
				}
			}
			if role := map[int]string{1: firstRole, 4: secondRole}[tt.number]; !live.stage.began(role) || !live.tour.strip(nil).Last {
				t.Errorf("it ends without %s at %+v", role, live.tour.strip(nil))
			}
		})
	}
}

// Ada was eligible, and is no more.
func TestTour_gives_up_asking_for_what_cannot_be_had(t *testing.T) {
	t.Parallel()
	live := startLive(t)
	for _, e := range live.stage.Sim.Tenant.Eligibilities(true) {
		if err := live.stage.Sim.Tenant.RemoveEligibility(e.ID); err != nil {
			t.Fatal(err)
		}
	}
	live.tour.play.patience = time.Second
	for i := 0; !live.tour.strip(nil).Last; i++ {
		if i == 2*len(moments()) {
			t.Fatalf("it stays at %+v", live.tour.strip(nil))
		}
		if now := live.tour.strip(nil); strings.Contains(now.Text, "Ada holds the role") {
			t.Errorf("nobody holds anything, and it says %+v", now)
		}
		visit(t, live, "/tour", url.Values{"turn": {"next"}})
	}
}

// Who asks again by hand is told for what the sign-in is, and led to the next.
func TestTour_signs_in_to_look_and_then_for_the_role(t *testing.T) {
	t.Parallel()
	live := startLive(t)
	script := losesQuestion + firstLine + "\n" + signedIn + "Unknown\nAda types: " + firstLine + "\nAda's card: Sign in, so that Hoist can look"
	if err := live.tour.perform(t.Context(), script); err != nil {
		t.Fatal(err)
	}
	if now := live.tour.strip(nil); now.Number != 2 || !strings.Contains(now.Text, "Hoist looks") {
		t.Fatalf("the tour says %+v", now)
	}
	visit(t, live, "/tour", url.Values{"turn": {"next"}})
	if now := live.tour.strip(nil); now.Number != 2 || strings.Contains(now.Text, "Hoist looks") || !live.stage.signsIn(firstRole) {
		t.Fatalf("after the look it says %+v", now)
	}
	visit(t, live, "/tour", url.Values{"turn": {"next"}})
	if now := live.tour.strip(nil); now.Number != 3 || !live.stage.began(firstRole) {
		t.Errorf("then it says %+v", now)
	}
}

// Whoever else holds the role, this is Ada's day.
func TestTour_waits_for_Ada(t *testing.T) {
	t.Parallel()
	live := startLive(t)
	if err := live.stage.makeEligible(upnOf("Ben"), firstRole); err != nil {
		t.Fatal(err)
	}
	script := "Ada types: " + firstLine + "\nBen activates in the portal: " + firstRole + "\nclock: +10m\n#elevations: Ben Okafor holds " + firstRole
	if err := live.tour.perform(t.Context(), script); err != nil {
		t.Fatal(err)
	}
	if now := live.tour.strip(nil); now.Number > 2 || live.stage.began(firstRole) {
		t.Errorf("Ben holds the role, and the tour says %+v", now)
	}
}

// The tour reads cards; a card that says it in other words makes this fail.
func TestTour_recognises_each_way_to_come_to_nothing(t *testing.T) {
	t.Parallel()
	asks, second := "Ada types: "+firstLine+"\nAda's card: [Sign in to continue]", "Ada types: "+secondLine+"\n"+adaSignsIn
	tests := map[string]struct {
		role, happens string
		then          string // after Ada's rights were taken from her
	}{
		"Not possible":       {role: firstRole, happens: "Ada types: /elevate " + firstRole + " 20h because too long\nAda's card: Asked: role " + firstRole},
		"Withdrawn":          {role: firstRole, happens: asks + "\nAda chooses: Withdraw"},
		"PIM said no":        {role: firstRole, happens: asks, then: signedIn + "PIM"},
		"Denied":             {role: secondRole, happens: second + "#elevations: waits for approval\nBen denies in the portal\nclock: +10m\n#elevations: was denied"},
		"Nothing came of it": {role: secondRole, happens: second + "#elevations: waits for approval\nclock: +24h20m\n#elevations: got no answer"},
		unknown:              {role: firstRole, happens: losesQuestion + firstLine + "\n" + adaSignsIn + "#elevations: may have activated"},
		"Not found in PIM": {role: firstRole, happens: losesQuestion + firstLine + "\n" + adaSignsIn + "#elevations: may have activated\nAda types: " + firstLine +
			"\nAda's card: so that Hoist can look\n" + adaSignsIn + "#elevations: could not activate"},
	}
	for _, headline := range append([]string{unknown}, nothing...) {
		t.Run(headline, func(t *testing.T) {
			t.Parallel()
			tt, known := tests[headline]
			if !known {
				t.Fatal("nothing shows that a card says so")
			}
			s, err := NewStage(t.Context(), StageOptions{})
			if err != nil {
				t.Fatal(err)
			}
			t.Cleanup(func() { _ = s.Close() })
			tour := newTour()
			tour.start(s)
			if err := tour.perform(t.Context(), tt.happens); err != nil {
				t.Fatal(err)
			}
			if tt.then != "" {
				for _, e := range s.Sim.Tenant.Eligibilities(true) {
					if err := s.Sim.Tenant.RemoveEligibility(e.ID); err != nil {
						t.Fatal(err)
					}
				}
				if err := tour.perform(t.Context(), tt.then); err != nil {
					t.Fatal(err)
				}
			}
			recognised := func() bool {
				return slices.ContainsFunc(s.requests(tt.role), func(r request) bool { return r.headline == headline })
			}
			for end := time.Now().Add(stepFor); !recognised() && time.Now().Before(end); {
				time.Sleep(10 * time.Millisecond)
			}
			if !recognised() {
				t.Errorf("of Ada's requests the tour reads %+v, and no %q", s.requests(tt.role), headline)
			}
		})
	}
}

// The link is bound to the visitor's browser, in which the sign-in was left.
func TestTour_signs_in_with_a_new_link_where_one_was_opened_and_left(t *testing.T) {
	t.Parallel()
	live := startLive(t)
	visit(t, live, "/tour", url.Values{"turn": {"next"}})
	visitor := newTour()
	visitor.start(live.stage)
	if err := visitor.perform(t.Context(), "Ada opens: Sign in to continue\nAda presses: Continue to Microsoft"); err != nil {
		t.Fatal(err)
	}
	visit(t, live, "/tour", url.Values{"turn": {"next"}})
	if now := live.tour.strip(nil); now.Number != 3 || !live.stage.began(firstRole) {
		t.Errorf("the tour says %+v", now)
	}
}
