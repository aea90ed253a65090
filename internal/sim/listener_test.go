package sim_test

import (
	"context"
	"errors"
	"net/http"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"hoist/internal/sim"
	"hoist/internal/sim/fault"
	"hoist/internal/sim/graph"
	"hoist/internal/sim/tenant"
)

// The lost answer: the activation is there, its 201 is not.
func TestFaults_reset_on_the_wire(t *testing.T) {
	s, _ := start(t)
	token := userToken(t, s, ada, askForMFA)
	tests := []struct {
		name    string
		effect  fault.Effect
		applied int
	}{
		{"before_the_work", fault.ResetBefore(), 0},
		{"after_the_work", fault.ResetAfter(), 1},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			s.Graph.ForgetCalls()
			s.Faults.Add(fault.Rule{Method: http.MethodPost, Path: requestsPath, Effect: tt.effect})
			_, _, err := tryAsk(t.Context(), s, token, http.MethodPost, requestsPath, activation(sim.AdaOID, tenant.UserAdministrator, "/", "PT2H"))
			if err == nil {
				t.Fatal("the connection held")
			}
			if n := len(s.Tenant.Requests()); n != tt.applied {
				t.Errorf("%d requests were applied, want %d", n, tt.applied)
			}
			if calls := settledCalls(t, s); len(calls) != 1 || calls[0].Status != 0 {
				t.Errorf("log = %+v", calls)
			}
			if s.Faults.Left() != 0 {
				t.Error("the rule was not used up")
			}
		})
	}
}

// settledCalls waits for the log to be complete: a client sees a reset a moment
// before the server has put it down.
func settledCalls(t *testing.T, s *sim.Sim) []graph.Call {
	t.Helper()
	for range 200 {
		calls := s.Graph.Calls()
		if !slices.ContainsFunc(calls, func(c graph.Call) bool { return !c.Done }) {
			return calls
		}
		time.Sleep(5 * time.Millisecond)
	}
	t.Fatal("a call never ended")
	return nil
}

func TestFaults_broken_answers(t *testing.T) {
	s, _ := start(t)
	app := appToken(t, s)
	path := "/v1.0/roleManagement/directory/roleDefinitions"
	for name, tt := range map[string]struct {
		effect fault.Effect
		status int
	}{
		"throttled":         {fault.Throttle(3 * time.Second), 429},
		"throttled_to_date": {fault.ThrottleUntil(nine.Add(time.Minute)), 429},
		"unavailable":       {fault.Unavailable(0), 503},
		"html_gateway":      {fault.BadGatewayPage(), 502},
		"empty_body":        {fault.EmptyError(), 500},
	} {
		t.Run(name, func(t *testing.T) {
			s.Faults.Add(fault.Rule{Path: "/v1.0/roleManagement/**", Effect: tt.effect, Times: 2})
			for range 2 {
				if status, _ := ask(t, s, app, http.MethodGet, path, ""); status != tt.status {
					t.Errorf("status = %d, want %d", status, tt.status)
				}
			}
			if status, _ := ask(t, s, app, http.MethodGet, path, ""); status != 200 {
				t.Errorf("after the fault: %d", status)
			}
		})
	}
}

func TestFaults_reach_entra_too(t *testing.T) {
	s, _ := start(t)
	s.Faults.Add(fault.Rule{Method: http.MethodPost, Path: "/*/oauth2/v2.0/token", Effect: fault.Unavailable(time.Second)})
	_, err := msal(t, s).AcquireTokenByCredential(t.Context(), []string{"https://graph.microsoft.com/.default"})
	if err == nil || !strings.Contains(err.Error(), "503") {
		t.Errorf("error = %v", err)
	}
}

func TestFaults_held_answer(t *testing.T) {
	s, _ := start(t)
	token := userToken(t, s, ada, askForMFA)
	release := make(chan struct{})
	s.Faults.Add(fault.Rule{Method: http.MethodPost, Path: requestsPath, Effect: fault.HoldAnswer(release)})
	ctx, cancel := context.WithTimeout(t.Context(), 50*time.Millisecond)
	defer cancel()
	_, _, err := tryAsk(ctx, s, token, http.MethodPost, requestsPath, activation(sim.AdaOID, tenant.UserAdministrator, "/", "PT2H"))
	if !errors.Is(err, context.DeadlineExceeded) {
		t.Errorf("error = %v", err)
	}
	close(release)
	if n := len(s.Tenant.Requests()); n != 1 {
		t.Errorf("%d requests", n)
	}
}

func TestExchanges_are_told(t *testing.T) {
	var mu sync.Mutex
	var seen []sim.Exchange
	mounted := http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { _, _ = w.Write([]byte("hello")) })
	s, _ := start(t, func(o *sim.Options) {
		o.Mount = map[string]http.Handler{"/slack/": mounted}
		o.OnExchange = func(e sim.Exchange) { mu.Lock(); defer mu.Unlock(); seen = append(seen, e) }
	})
	app := appToken(t, s)
	ask(t, s, app, http.MethodGet, requestsPath, "")
	if _, err := s.Client().Get(s.HTTPURL() + "/slack/api"); err != nil {
		t.Fatal(err)
	}
	mu.Lock()
	defer mu.Unlock()
	got := map[string]sim.Exchange{}
	for _, e := range seen {
		got[e.Service] = e
	}
	token := got["entra"]
	if !strings.Contains(string(token.Request), "grant_type=client_credentials") || !strings.Contains(string(token.Response), "access_token") || token.Status != 200 {
		t.Errorf("entra = %+v", token)
	}
	if g := got["graph"]; g.Status != 403 || g.Path != requestsPath || g.RequestID == "" || !g.At.Equal(nine) {
		t.Errorf("graph = %+v", g)
	}
	if string(got["slack"].Response) != "hello" {
		t.Errorf("slack = %+v", got["slack"])
	}
}

func TestStart_keeps_to_loopback(t *testing.T) {
	for _, addr := range []string{"0.0.0.0:0", ":0", "192.0.2.1:0", "example.com:0"} {
		if s, err := sim.Start(t.Context(), sim.Options{HTTPAddr: addr, SigningKey: signingKey()}); err == nil {
			_ = s.Close()
			t.Errorf("listens on %s", addr)
		}
	}
}

func TestStart_says_which_address_is_taken_and_leaves_nothing(t *testing.T) {
	other, _ := start(t)
	plain, secure := strings.TrimPrefix(other.HTTPURL(), "http://"), strings.TrimPrefix(other.HTTPSURL(), "https://")
	file := filepath.Join(t.TempDir(), "ca.pem")
	for taken, o := range map[string]sim.Options{plain: {HTTPAddr: plain}, secure: {TLSAddr: secure}} {
		o.SigningKey, o.CAFile = signingKey(), file
		s, err := sim.Start(t.Context(), o)
		if err == nil {
			_ = s.Close()
		}
		if err == nil || !strings.Contains(err.Error(), "another program listens on "+taken+"; choose another address") {
			t.Errorf("err = %v", err)
		}
		if _, err := os.Stat(file); !os.IsNotExist(err) {
			t.Errorf("the authority's file stays: %v", err)
		}
	}
}

func TestStart_and_end(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	s, err := sim.Start(ctx, sim.Options{SigningKey: signingKey()})
	if err != nil {
		t.Fatal(err)
	}
	if text, err := os.ReadFile(s.CAFile()); err != nil || !strings.Contains(string(text), "BEGIN CERTIFICATE") {
		t.Errorf("authority file: %v", err)
	}
	if _, err := http.Get(s.HTTPSURL() + "/v1.0/me"); err == nil {
		t.Error("a client that knows no simulator trusts it")
	}
	cancel()
	if err := s.Close(); err != nil {
		t.Error(err)
	}
	if _, err := os.Stat(s.CAFile()); !os.IsNotExist(err) {
		t.Errorf("the temporary authority file stays: %v", err)
	}
}

func TestSame_seed_gives_the_same_ids(t *testing.T) {
	id := func() string {
		s, _ := start(t)
		r, err := s.Tenant.ActivateInPortal(ada, tenant.UserAdministrator, "/", time.Hour, "why not")
		if err != nil {
			t.Fatal(err)
		}
		return r.ID
	}
	if a, b := id(), id(); a != b {
		t.Errorf("%s and %s", a, b)
	}
}
