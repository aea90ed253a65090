package wire_test

import (
	"bufio"
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"testing"
	"time"

	"hoist/internal/clock"
	"hoist/internal/sim"
	"hoist/internal/sim/wire"
)

// What programs really exchange with the simulators.
func TestReal_exchanges_of_an_application(t *testing.T) {
	p := newPanel()
	s, err := sim.Start(t.Context(), sim.Options{Clock: clock.NewStill(nine), OnExchange: p.Observe})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = s.Close() })
	resp, err := s.Client().PostForm(s.Authority()+"/oauth2/v2.0/token", url.Values{
		"grant_type": {"client_credentials"}, "client_id": {sim.BotClientID}, "client_secret": {sim.BotClientSecret}, "scope": {"https://graph.microsoft.com/.default"},
	})
	if err != nil {
		t.Fatal(err)
	}
	var answer struct {
		Token string `json:"access_token"`
	}
	_ = json.NewDecoder(resp.Body).Decode(&answer)
	_ = resp.Body.Close()
	req, _ := http.NewRequestWithContext(t.Context(), http.MethodGet, s.GraphURL()+"/v1.0/roleManagement/directory/roleEligibilityScheduleInstances?$filter=principalId+eq+'x'", nil)
	req.Header.Set("Authorization", "Bearer "+answer.Token)
	if resp, err = s.Client().Do(req); err != nil {
		t.Fatal(err)
	}
	_ = resp.Body.Close()
	if resp, err = s.Client().Get(s.HTTPURL() + "/" + sim.TenantID + "/oauth2/v2.0/authorize?state=my-own-state"); err != nil {
		t.Fatal(err)
	}
	_ = resp.Body.Close()

	all := settled(t, p.Recorder, 3)
	token, look, browser := all[0], all[1], all[2]
	if token.From != "Hoist" || token.To != "Entra" || token.Step.Name != "App token" || len(token.Tokens) != 1 || token.Tokens[0].Who != "as the app Hoist" {
		t.Errorf("%s → %s, %s, %+v", token.From, token.To, token.Step.Name, token.Tokens)
	}
	if look.Actor != "as the app Hoist" || look.Step.Name != "Look up" || look.Verdict.Class != "good" || !slices.Contains(look.Query, wire.Field{Name: "$filter", Value: "principalId eq 'x'"}) {
		t.Errorf("%+v", look)
	}
	if browser.From != "Browser" || !strings.HasPrefix(browser.Origin, "http://127") || !strings.HasPrefix(browser.Response.Note, "HTML page, ") {
		t.Errorf("%+v", browser)
	}
	text := fmt.Sprintf("%+v", all)
	for _, secret := range []string{answer.Token, sim.BotClientSecret, "my-own-state"} {
		if strings.Contains(text, secret) {
			t.Errorf("%s is kept", secret)
		}
	}
}

// settled waits for exchanges: a client has its answer a moment before it is
// told.
func settled(t *testing.T, r *wire.Recorder, n int) []wire.Exchange {
	t.Helper()
	for range 400 {
		if all := r.Exchanges(); len(all) >= n {
			return all
		}
		time.Sleep(5 * time.Millisecond)
	}
	t.Fatalf("%d of %d came", len(r.Exchanges()), n)
	return nil
}

// Whoever has the page open is told.
func TestReal_tabs_hear_of_news(t *testing.T) {
	p := newPanel()
	s, err := sim.Start(t.Context(), sim.Options{Clock: clock.NewStill(nine), OnExchange: p.Observe, Mount: map[string]http.Handler{"/live": p.mux}, Quiet: []string{"/live"}})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = s.Close() })
	defer p.site.Close()
	ctx, cancel := context.WithTimeout(t.Context(), 10*time.Second)
	defer cancel()
	req, _ := http.NewRequestWithContext(ctx, http.MethodGet, s.HTTPURL()+"/live", nil)
	resp, err := s.Client().Do(req)
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	lines := bufio.NewScanner(resp.Body)
	for lines.Scan() {
		switch lines.Text() {
		case "event: hello":
			p.Observe(read("/v1.0/users/1", "", "{}"))
		case "data: wire":
			return
		}
	}
	t.Error("the stream ended without news")
}
