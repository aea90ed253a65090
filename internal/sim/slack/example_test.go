package slack_test

import (
	"context"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"time"

	"hoist/internal/clock"
	"hoist/internal/secret"
	sim "hoist/internal/sim/slack"
)

// A person types a command; the app acknowledges at once and answers later
// through the Web API. The log then reads like a transcript.
func ExampleSlack() {
	slack := sim.New(sim.Config{
		Clock: clock.NewStill(time.Date(2026, 11, 23, 9, 0, 0, 0, time.UTC)),
		Seed: sim.Seed{
			Team:     sim.Team{ID: "T1", Name: "contoso"},
			Users:    []sim.User{{ID: "U1", Name: "anna", RealName: "Anna Berg"}},
			Channels: []sim.Channel{{ID: "C1", Name: "ops", Members: []string{"U1", "UBOT"}}},
		},
		App: sim.App{
			ID: "A1", Name: "Hoist", BotUserID: "UBOT", Commands: []string{"/elevate"}, Scopes: []string{"chat:write"},
			BotToken: secret.New("xoxb-1"), SigningSecret: secret.New("s"),
		},
	})
	front := httptest.NewServer(slack)
	defer front.Close()
	app := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { _, _ = io.WriteString(w, "Checking…") }))
	defer app.Close()
	slack.SetBaseURL(front.URL)
	slack.SetDeliver(sim.Deliver{Commands: app.URL, Interactions: app.URL, Options: app.URL, Events: app.URL})

	ctx, cancel := context.WithTimeout(context.Background(), 10*time.Second)
	defer cancel()
	if _, err := slack.TypeCommand(ctx, "U1", "ops", "/elevate Reader 1h because INC-1"); err != nil {
		fmt.Println(err)
	}
	go func() { // what the app would do in its own time
		resp, err := http.PostForm(front.URL+"/api/chat.postMessage", map[string][]string{
			"token": {"xoxb-1"}, "channel": {"C1"}, "text": {"<@U1> holds *Reader*"},
		})
		if err == nil {
			_ = resp.Body.Close()
		}
	}()
	if _, err := slack.Wait(ctx, 0, func(e sim.Entry) bool { return e.Kind == sim.Posted }); err != nil {
		fmt.Println(err)
	}
	for _, e := range slack.Log() {
		text := e.Text
		if e.Message.TS != "" {
			text = slack.Render(e.Message, "U1").Text()
		}
		fmt.Printf("%d %s %s: %s\n", e.Seq, e.At.Format(time.TimeOnly), e.Kind, text)
	}
	// Output:
	// 1 09:00:00 typed: /elevate Reader 1h because INC-1
	// 2 09:00:00 ephemeral: Checking…
	// 3 09:00:00 posted: @Anna Berg holds Reader
}
