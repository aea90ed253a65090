package demo

import (
	"fmt"
	"net/url"
	"slices"
	"strings"
	"testing"
)

// Whoever plays the linking of two accounts finds each exchange of it in the wire
// panel, with its place in the story, and nothing in it that could be used.
func TestWire_shows_how_accounts_are_linked(t *testing.T) {
	t.Parallel()
	s, err := NewStage(t.Context(), StageOptions{Unlinked: true})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = s.Close() })
	p := newPlay(s)
	secrets := []string{s.world.App.ClientSecret.Reveal(), "xoxp-", "eyJhbGci"}
	p.window("Ada").browser.StopAt = func(u *url.URL) bool { // what the browser alone brings along
		for _, name := range []string{"code", "state", "nonce"} {
			if v := u.Query().Get(name); v != "" {
				secrets = append(secrets, v)
			}
		}
		return false
	}
	for _, line := range []string{
		"Ada types: /elevate User Administrator 2h because first day", "Ada opens: Sign in to continue", "Ada presses: Continue to Slack",
		"Ada signs in to Slack", "Ada signs in as: ada@fjordbank.example", "Ada is told: Your chat account is now connected",
	} {
		step, err := parseStep(line)
		if err != nil {
			t.Fatal(err)
		}
		if err := p.step(t.Context(), step); err != nil {
			t.Fatal(err)
		}
	}
	if len(secrets) < 6 {
		t.Fatalf("the browser brought nothing along: %q", secrets)
	}

	var told []string
	for _, e := range s.Wire.Exchanges() {
		if strings.Contains(e.Path, "openid") && e.To == "Slack" {
			told = append(told, fmt.Sprintf("%s %s %s: %s, %d", e.From, e.Method, e.Path, e.Step.Name, e.Status))
		}
		text := fmt.Sprintf("%+v", e)
		for _, secret := range secrets {
			if strings.Contains(text, secret) {
				t.Errorf("%s %s keeps %q", e.Method, e.Path, secret)
			}
		}
	}
	want := []string{
		"Browser GET /slack/openid/connect/authorize: Sign-in, 200",
		"Browser POST /slack/openid/connect/authorize: Sign-in, 303",
		"Hoist POST /slack/api/openid.connect.token: Sign-in, 200",
		"Hoist GET /slack/openid/connect/keys: Metadata, 200",
	}
	slices.Sort(told)
	slices.Sort(want)
	if !slices.Equal(told, want) {
		t.Errorf("the panel shows\n%s", strings.Join(told, "\n"))
	}
}
