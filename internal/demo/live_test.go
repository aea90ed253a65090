package demo

import (
	"context"
	"encoding/json"
	"io"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"
	"time"

	"hoist/internal/sim"
)

func startLive(t *testing.T) *Live {
	t.Helper()
	live, err := Start(t.Context(), LiveOptions{Listen: "localhost:0"})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := live.Close(); err != nil {
			t.Error(err)
		}
	})
	return live
}

// visit loads a page of the services, or sends a form to one.
func visit(t *testing.T, l *Live, path string, form url.Values) string {
	t.Helper()
	method, body := http.MethodGet, io.Reader(nil)
	if form != nil {
		method, body = http.MethodPost, strings.NewReader(form.Encode())
	}
	r, err := http.NewRequestWithContext(t.Context(), method, strings.TrimSuffix(l.URL(), "/")+path, body)
	if err != nil {
		t.Fatal(err)
	}
	r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	answer, err := http.DefaultClient.Do(r)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = answer.Body.Close() }()
	text, err := io.ReadAll(answer.Body)
	if err != nil {
		t.Fatal(err)
	}
	if answer.StatusCode != http.StatusOK {
		t.Fatalf("%s %s: %s\n%s", method, path, answer.Status, text)
	}
	return string(text)
}

// The tour goes on whatever a visitor leaves out, and what it tells has happened.
func TestLive_the_tour_never_blocks(t *testing.T) {
	t.Parallel()
	live := startLive(t)
	var titles []string
	for range len(moments()) - 1 {
		now := live.tour.strip(nil)
		titles = append(titles, now.Title)
		visit(t, live, "/tour", url.Values{"turn": {"next"}, "from": {"/wire"}})
	}
	if last := live.tour.strip(nil); !last.Last {
		t.Errorf("after %q it says %+v", titles, last)
	}
	for path, parts := range map[string][]string{
		"/as/dana/c/elevations": {"held User Administrator", "held Security Administrator"},
		"/as/ada/dm":            {"Connect-MgGraph", "User Administrator ended"},
		"/audit":                {"verified", "incident response"},
		"/wire":                 {"roleAssignmentScheduleRequests"},
	} {
		w := newWindow(http.DefaultTransport)
		if err := w.open(t.Context(), strings.TrimSuffix(live.URL(), "/")+path); err != nil {
			t.Fatal(err)
		}
		all := strings.Join(parts, " | ")
		for end := time.Now().Add(stepFor); !containsAll(w.text(), all) && time.Now().Before(end); {
			time.Sleep(50 * time.Millisecond) // the tour waits for the channel only
			if err := w.reload(t.Context()); err != nil {
				t.Fatal(err)
			}
		}
		if !containsAll(w.text(), all) {
			t.Errorf("%s shows no %q:\n%s", path, all, w.text())
		}
	}
}

func TestLive_the_tour_goes_on_by_itself_and_back_on_request(t *testing.T) {
	t.Parallel()
	live := startLive(t)
	if err := live.tour.perform(t.Context(), "Ada types: "+firstLine); err != nil {
		t.Fatal(err)
	}
	for live.tour.strip(nil).Number == 1 {
		if t.Context().Err() != nil {
			t.Fatal("the tour stays at its first step")
		}
		time.Sleep(10 * time.Millisecond)
	}
	visit(t, live, "/tour", url.Values{"turn": {"back"}})
	if now := live.tour.strip(nil); now.Number != 1 || !now.Done || now.Next != "Next" {
		t.Errorf("back at %+v", now)
	}
	visit(t, live, "/tour", url.Values{"turn": {"next"}})
	if now := live.tour.strip(nil); now.Number != 2 || now.Next != "Do it for me" {
		t.Errorf("then %+v", now)
	}
	visit(t, live, "/tour", url.Values{"turn": {"hide"}})
	if live.tour.strip(nil) != nil || !strings.Contains(visit(t, live, "/", nil), "Show the tour again") {
		t.Error("hidden, it still shows, or cannot be shown again")
	}
}

// A hint that is sent as it stands is not refused for who sends it.
func TestHints_name_only_what_a_person_is_eligible_for(t *testing.T) {
	t.Parallel()
	live := startLive(t)
	lines := func(who string) string {
		u, err := slackVenue{live.stage.Slack}.user(who)
		if err != nil {
			t.Fatal(err)
		}
		var all []string
		for _, h := range live.stage.hints(u) {
			all = append(all, h.Line)
		}
		return strings.Join(all, "\n")
	}
	for _, part := range []string{"/elevate User Administrator 2h", "/elevate UA", `/elevate "Helpdesk Administrator" on "Branch offices" 1h`, "/elevate help"} {
		if !strings.Contains(lines("Ada"), part) {
			t.Errorf("Ada is offered no %s:\n%s", part, lines("Ada"))
		}
	}
	for _, part := range []string{"/elevate \"Groups", "Finance", "Global Reader"} {
		if strings.Contains(lines("Ada"), part) {
			t.Errorf("Ada is offered %s", part)
		}
	}
	if dana := lines("Dana"); strings.Contains(dana, "User") || strings.Contains(dana, "UA") || !strings.Contains(dana, "/elevate whoami") {
		t.Errorf("Dana is eligible for nothing, and is offered\n%s", dana)
	}
	if page := visit(t, live, "/as/dana/dm", nil); strings.Contains(page, "/elevate User Administrator") || !strings.Contains(page, "/elevate whoami") {
		t.Errorf("Dana's page offers other lines")
	}
}

// Each script of the tour is a scenario's step, and each place exists.
func TestTour_scripts_can_be_read(t *testing.T) {
	for _, m := range moments() {
		for line := range strings.SplitSeq(m.script+"\n"+m.renew, "\n") {
			if _, err := parseStep(line); line != "" && err != nil {
				t.Error(err)
			}
		}
	}
}

func TestLive_starts_at_once_and_gives_its_port_back(t *testing.T) {
	began := time.Now()
	live, err := Start(t.Context(), LiveOptions{Listen: "localhost:0"})
	if err != nil {
		t.Fatal(err)
	}
	visit(t, live, "/", nil)
	if took := time.Since(began); took > 5*time.Second { // a second on an idle machine
		t.Errorf("started in %s", took)
	}
	if !strings.Contains(live.Greeting(), live.URL()) {
		t.Error("the greeting does not say where")
	}
	number := live.stage.port.number
	if err := live.Close(); err != nil {
		t.Fatal(err)
	}
	again, err := Start(t.Context(), LiveOptions{Listen: "localhost:" + number})
	if err != nil {
		t.Fatalf("the port is still taken: %v", err)
	}
	if err := again.Close(); err != nil {
		t.Error(err)
	}
}

func TestBooks_show_a_broken_chain(t *testing.T) {
	live := startLive(t)
	if err := live.tour.perform(t.Context(), "Ada types: "+firstLine+"\nAda's card: Sign in"); err != nil {
		t.Fatal(err)
	}
	w := httptest.NewRecorder()
	live.books.page(live.stage.Site, w, httptest.NewRequest(http.MethodGet, "/audit?text=1", nil))
	if h := w.Header(); !strings.HasPrefix(w.Body.String(), "{") || h.Get("X-Content-Type-Options") != "nosniff" || h.Get("Cache-Control") != "no-store" {
		t.Errorf("the log as it is: %v\n%s", h, w.Body)
	}
	if page := visit(t, live, "/audit", nil); !strings.Contains(page, "rotating keys") || !strings.Contains(page, ">verified<") {
		t.Fatalf("the log shows\n%s", page)
	}
	live.books.mu.Lock()
	text := strings.Replace(live.books.text.String(), "rotating keys", "nothing much", 1)
	live.books.text.Reset()
	live.books.text.WriteString(text)
	live.books.mu.Unlock()
	if page := visit(t, live, "/audit", nil); !strings.Contains(page, ">broken<") || !strings.Contains(page, "The chain is broken: line ") || strings.Contains(page, "nil") {
		t.Errorf("a changed line goes unnoticed:\n%s", page)
	}
}

// The services alone, as `bot sim` runs them: a token, and a list from Graph.
func TestStartServices_serves_other_programs(t *testing.T) {
	t.Parallel()
	s, err := StartServices(t.Context(), ServicesOptions{HTTP: "127.0.0.1:0", HTTPS: "127.0.0.1:0", CAFile: t.TempDir() + "/ca.pem", World: []byte(ExampleWorld()), Name: "world.yaml"})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = s.Close() })
	var token struct {
		Value string `json:"access_token"`
	}
	ask(t, s, http.MethodPost, s.Sim.Authority()+"/oauth2/v2.0/token", "", url.Values{
		"grant_type": {"client_credentials"}, "client_id": {sim.BotClientID}, "client_secret": {sim.BotClientSecret}, "scope": {"https://graph.microsoft.com/.default"},
	}, &token)
	var roles struct {
		Value []struct{ DisplayName string }
	}
	ask(t, s, http.MethodGet, s.Sim.GraphURL()+"/v1.0/roleManagement/directory/roleDefinitions", token.Value, nil, &roles)
	if len(roles.Value) == 0 {
		t.Error("Graph lists no role")
	}
	for _, part := range []string{s.Sim.Authority(), "/as/ada/dm", "/tenant", s.Sim.CAFile()} {
		if !strings.Contains(s.Greeting(), part) {
			t.Errorf("the greeting names no %s:\n%s", part, s.Greeting())
		}
	}
}

func ask(t *testing.T, s *Services, method, address, bearer string, form url.Values, into any) {
	t.Helper()
	r, err := http.NewRequestWithContext(t.Context(), method, address, strings.NewReader(form.Encode()))
	if err != nil {
		t.Fatal(err)
	}
	if form != nil {
		r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	}
	if bearer != "" {
		r.Header.Set("Authorization", "Bearer "+bearer)
	}
	answer, err := s.Sim.Client().Do(r)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = answer.Body.Close() }()
	if err := json.NewDecoder(answer.Body).Decode(into); err != nil || answer.StatusCode != http.StatusOK {
		t.Fatalf("%s: %s %v", address, answer.Status, err)
	}
}

func TestStartServices_refuses(t *testing.T) {
	tests := map[string]struct {
		o    ServicesOptions
		says string
	}{
		"an address that others reach": {ServicesOptions{HTTP: "0.0.0.0:0"}, "not loopback"},
		"a world with a fault":         {ServicesOptions{HTTP: "127.0.0.1:0", World: []byte("people: 7"), Name: "mine.yaml"}, "mine.yaml:1"},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			s, err := StartServices(context.Background(), tt.o)
			if err == nil {
				_ = s.Close()
			}
			if err == nil || !strings.Contains(err.Error(), tt.says) {
				t.Errorf("err = %v, want %q", err, tt.says)
			}
		})
	}
}
