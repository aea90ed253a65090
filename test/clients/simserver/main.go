// Package main starts the simulated tenant and the simulated Slack for the
// checks in test/clients, whose clients are programs of their own: it prints
// one line of JSON that says where everything is, and ends when its standard
// input is closed, so that it never outlives the test run that started it.
//
// Reading order: this file seeds and announces, steer.go lets a test act as a
// person in Slack.
package main

import (
	"context"
	"encoding/json"
	"flag"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"os"
	"time"

	"hoist/internal/secret"
	"hoist/internal/sim"
	"hoist/internal/sim/slack"
	"hoist/internal/sim/token"
)

// longest bounds a run whose starter neither ends nor closes the pipe.
const longest = 10 * time.Minute

// redirectURI is where nobody listens: the tests' browser stops before it.
const redirectURI = "http://localhost:8080/auth/callback"

// secondRedirectURI is registered as well, for codes taken to the wrong one.
const secondRedirectURI = "http://localhost:8080/auth/other"

func main() {
	caFile := flag.String("ca", "", "where to write the certificate authority")
	flag.Parse()
	if err := run(*caFile, os.Stdin, os.Stdout); err != nil {
		fmt.Fprintln(os.Stderr, "simserver:", err)
		os.Exit(1)
	}
}

func run(caFile string, in io.Reader, out io.Writer) error {
	ctx, cancel := context.WithTimeout(context.Background(), longest)
	defer cancel()
	s := slack.New(workspace())
	tenant, err := sim.Start(ctx, sim.Options{CAFile: caFile, Mount: map[string]http.Handler{
		"/slack/": http.StripPrefix("/slack", s),
		"/steer/": http.StripPrefix("/steer", steer(s)),
	}})
	if err != nil {
		return err
	}
	s.SetBaseURL(tenant.HTTPURL() + "/slack")
	if err := tenant.Tenant.SetRedirectURIs(sim.BotClientID, redirectURI, secondRedirectURI); err != nil {
		return err
	}
	if err := announce(out, tenant); err != nil {
		return err
	}
	go func() {
		_, _ = io.Copy(io.Discard, in)
		cancel()
	}()
	<-ctx.Done()
	return tenant.Close()
}

const (
	botToken      = "xoxb-1"
	signingSecret = "simulated-signing-secret"
)

// workspace has one person in one channel with the app, and one outside it.
func workspace() slack.Config {
	return slack.Config{
		Seed: slack.Seed{
			Team: slack.Team{ID: "T0FJORD", Name: "fjordbank"},
			Users: []slack.User{
				{ID: "U0ADA", Name: "ada", RealName: "Ada Lindqvist", Email: "ada@" + sim.Domain, TimeZone: "Europe/Oslo", Locale: "nb-NO"},
				{ID: "U0BEN", Name: "ben", RealName: "Ben Okafor", Email: "ben@" + sim.Domain},
			},
			Channels: []slack.Channel{
				{ID: "C0OPS", Name: "ops", Members: []string{"U0ADA", "U0HOIST"}},
				{ID: "C0BOARD", Name: "board", Members: []string{"U0BEN"}},
			},
		},
		App: slack.App{
			ID: "A0HOIST", Name: "Hoist", BotID: "B0HOIST", BotUserID: "U0HOIST", Commands: []string{"/elevate"},
			Scopes:   []string{"commands", "chat:write", "users:read", "users:read.email"},
			BotToken: secret.New(botToken), SigningSecret: secret.New(signingSecret),
		},
	}
}

// announce says where everything is, in the words that the tests use.
func announce(out io.Writer, s *sim.Sim) error {
	authority, err := url.Parse(s.Authority())
	if err != nil {
		return fmt.Errorf("read the authority: %w", err)
	}
	line, err := json.Marshal(map[string]any{
		"entra": map[string]any{
			"authority": s.Authority(), "host": authority.Host, "issuer": s.Issuer(), "tenant": sim.TenantID,
			"redirectURI": redirectURI, "secondRedirectURI": secondRedirectURI,
			"bot":    map[string]string{"id": sim.BotClientID, "secret": sim.BotClientSecret},
			"cli":    map[string]string{"id": sim.CLIClientID},
			"people": map[string]string{"ada": sim.AdaOID, "ben": sim.BenOID},
			"domain": sim.Domain,
		},
		"graph": map[string]string{"url": s.GraphURL(), "audience": token.GraphAudience},
		"slack": map[string]string{
			"api": s.HTTPURL() + "/slack/api/", "steer": s.HTTPURL() + "/steer", "token": botToken, "signingSecret": signingSecret,
			"team": "T0FJORD", "bot": "U0HOIST", "ada": "U0ADA", "ben": "U0BEN", "ops": "C0OPS", "board": "C0BOARD",
		},
	})
	if err != nil {
		return fmt.Errorf("describe the simulators: %w", err)
	}
	if _, err := fmt.Fprintf(out, "%s\n", line); err != nil {
		return fmt.Errorf("announce the simulators: %w", err)
	}
	return nil
}
