package demo

import (
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"hoist/internal/app"
	"hoist/internal/pim"
	"hoist/internal/secret"
	"hoist/internal/sim/slack"
	"hoist/internal/sim/world"
)

// doorkeeper lets only the door through to the store: whatever would go on in
// the background waits until it is opened, so that what the door itself costs
// can be counted.
type doorkeeper struct {
	app.Store
	open chan struct{}
}

func (d doorkeeper) Lease(ctx context.Context, t pim.TenantID, name, holder string, ttl time.Duration) (bool, error) {
	select {
	case <-d.open:
	case <-ctx.Done():
		return false, ctx.Err()
	}
	return d.Store.Lease(ctx, t, name, holder, ttl)
}

func (d doorkeeper) Due(ctx context.Context, t pim.TenantID, now time.Time, holder string, limit int) ([]pim.ID, error) {
	select {
	case <-d.open:
	case <-ctx.Done():
		return nil, ctx.Err()
	}
	return d.Store.Due(ctx, t, now, holder, limit)
}

func (d doorkeeper) OfPerson(ctx context.Context, t pim.TenantID, p pim.Person, limit int) ([]pim.Elevation, error) {
	select {
	case <-d.open:
	case <-ctx.Done():
		return nil, ctx.Err()
	}
	return d.Store.OfPerson(ctx, t, p, limit)
}

// door starts a stage on which only the door is at work.
func door(t *testing.T) *Stage {
	t.Helper()
	open := make(chan struct{})
	s, err := NewStage(t.Context(), StageOptions{Door: func(st app.Store) app.Store { return doorkeeper{st, open} }})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		close(open)
		if err := s.Close(); err != nil {
			t.Error(err)
		}
	})
	return s
}

func TestDoor_an_acknowledgement_costs_one_round_trip_and_no_call_to_Graph(t *testing.T) {
	s := door(t)
	for _, line := range []string{
		"/elevate User Administrator 2h because rotating keys",
		"/elevate status",
		"/elevate help",
		"/elevate User Administrator 99:99",
		"/elevate",
	} {
		t.Run(line, func(t *testing.T) {
			before, calls := s.Store.Trips(), s.Sim.Graph.Count("", "")
			ack, err := s.Slack.TypeCommand(t.Context(), "U0ADA", "general", line)
			if opensForm := line == "/elevate"; err != nil || (ack.Message == nil) != opensForm {
				t.Fatalf("ack %+v, %v", ack, err)
			}
			if got := s.Store.Trips() - before; got != 1 {
				t.Errorf("%d round trips, want exactly 1", got)
			}
			again, err := s.Slack.Redeliver(t.Context(), ack.Delivery)
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(string(ack.Delivery.Reply), string(again.Reply)); diff != "" {
				t.Errorf("a repeat is answered differently (-first +again):\n%s", diff)
			}
			if got := s.Store.Trips() - before; got != 2 {
				t.Errorf("%d round trips with the repeat, want exactly 2", got)
			}
			if got := s.Sim.Graph.Count("", "") - calls; got != 0 {
				t.Errorf("%d calls to Graph", got)
			}
		})
	}
	all, err := s.Store.OfPerson(t.Context(), pim.TenantID(s.Sim.Tenant.ID()), pim.Person{Platform: "slack", Workspace: world.TeamID, User: "U0ADA"}, 10)
	if err != nil || len(all) != 1 {
		t.Errorf("%d records, %v; want 1", len(all), err)
	}
}

func TestDoor_bad_input_is_refused_at_once_and_asks_nobody(t *testing.T) {
	s := door(t)
	commands := s.App.PublicURL() + "/slack/commands"
	interactions := s.App.PublicURL() + "/slack/interactions"
	form := func(text string) []byte {
		return []byte(url.Values{"command": {"/elevate"}, "text": {text}, "team_id": {world.TeamID}, "user_id": {"U0ADA"}}.Encode())
	}
	payload := func(v any) []byte {
		raw, err := json.Marshal(v)
		if err != nil {
			t.Fatal(err)
		}
		return []byte(url.Values{"payload": {string(raw)}}.Encode())
	}
	key := secret.New(world.SigningSecret)
	tests := map[string]struct {
		to     string
		body   []byte
		key    secret.Value
		age    time.Duration
		header http.Header
		status int
	}{
		"unsigned":                  {to: commands, body: form("help"), header: http.Header{}, status: http.StatusUnauthorized},
		"signed by someone else":    {to: commands, body: form("help"), key: secret.New("another"), status: http.StatusUnauthorized},
		"stale":                     {to: commands, body: form("help"), key: key, age: 6 * time.Minute, status: http.StatusUnauthorized},
		"from the future":           {to: commands, body: form("help"), key: key, age: -6 * time.Minute, status: http.StatusUnauthorized},
		"over 256 KiB":              {to: commands, body: form(strings.Repeat("x", 257<<10)), key: key, status: http.StatusRequestEntityTooLarge},
		"of another workspace":      {to: commands, body: []byte("command=%2Felevate&team_id=T0OTHER&user_id=U0ADA&text=help"), key: key, status: http.StatusOK},
		"without a user":            {to: commands, body: []byte("command=%2Felevate&team_id=" + world.TeamID), key: key, status: http.StatusBadRequest},
		"not a form":                {to: commands, body: []byte("%zz=%zz;;"), key: key, status: http.StatusBadRequest},
		"an interaction of no JSON": {to: interactions, body: []byte("payload=%7Bnot+json"), key: key, status: http.StatusBadRequest},
		"an unknown interaction":    {to: interactions, body: payload(map[string]any{"type": "from_next_year", "team": map[string]string{"id": world.TeamID}, "user": map[string]string{"id": "U0ADA", "team_id": world.TeamID}}), key: key, status: http.StatusOK},
	}
	before, calls := s.Store.Trips(), s.Sim.Graph.Count("", "")
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			header := tt.header
			if header == nil {
				header = http.Header{}
				stamp, signature := slack.Sign(tt.key, s.Clock.Now().Add(-tt.age), tt.body)
				header.Set("X-Slack-Request-Timestamp", stamp)
				header.Set("X-Slack-Signature", signature)
			}
			header.Set("Content-Type", "application/x-www-form-urlencoded")
			began := time.Now()
			d, _ := s.Slack.DeliverRaw(t.Context(), tt.to, header, tt.body)
			if d.Status != tt.status {
				t.Errorf("status %d %s, want %d", d.Status, d.Reply, tt.status)
			}
			if took := time.Since(began); took > 2*time.Second {
				t.Errorf("answered after %v", took)
			}
		})
	}
	if got := s.Store.Trips() - before; got != 0 {
		t.Errorf("%d round trips", got)
	}
	if got := s.Sim.Graph.Count("", "") - calls; got != 0 {
		t.Errorf("%d calls to Graph", got)
	}
	families, err := s.App.Metrics.Gather()
	if err != nil || len(families) == 0 {
		t.Fatalf("%d metrics, %v", len(families), err)
	}
	if got := fmt.Sprint(families); !strings.Contains(got, "slack") {
		t.Errorf("nothing was counted: %s", got)
	}
}

func TestDoor_answers_in_words_when_the_store_is_gone(t *testing.T) {
	s := door(t)
	s.Redis.Close()
	began := time.Now()
	ack, err := s.Slack.TypeCommand(t.Context(), "U0ADA", "general", "/elevate User Administrator 2h because rotating keys")
	if err != nil || ack.Message == nil || !containsAll(s.Slack.Render(*ack.Message, "U0ADA").Text(), "Nothing has been sent to PIM | Reference D-") {
		t.Fatalf("%+v, %v", ack.Message, err)
	}
	if took := time.Since(began); took > 2*time.Second {
		t.Errorf("answered after %v", took)
	}
}
