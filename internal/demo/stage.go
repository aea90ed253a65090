package demo

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net"
	"net/http"
	"slices"
	"strings"
	"time"

	"github.com/alicebob/miniredis/v2"
	"github.com/redis/go-redis/v9"

	"hoist/internal/app"
	"hoist/internal/audit"
	"hoist/internal/clock"
	"hoist/internal/pim"
	"hoist/internal/secret"
	"hoist/internal/sim"
	"hoist/internal/sim/slack"
	"hoist/internal/sim/tenant"
	"hoist/internal/store"
)

// StageOptions say what differs from the usual stage. The zero value is the
// usual one.
type StageOptions struct {
	// On names the chat: "slack", which is meant when it is empty, or "console".
	On string
	// Screen is where the console shows itself; nil shows it nowhere.
	Screen io.Writer
	// Log takes Hoist's own log; nil drops it.
	Log *slog.Logger
	// Audit takes the audit log; nil keeps none but still checks that it could.
	Audit io.Writer
	// Unlinked starts without the operator's mapping of chat people to Entra
	// accounts.
	Unlinked bool
	// SecondAccount maps Ada's admin account to her as well.
	SecondAccount bool
	// Door wraps the store that Hoist uses; nil leaves it as it is.
	Door func(app.Store) app.Store
}

// Stage is everything that stands on the stage: Hoist, and the services around
// it.
type Stage struct {
	Clock *clock.Movable
	Sim   *sim.Sim
	Slack *slack.Slack
	Redis *miniredis.Miniredis
	Store *store.Store
	App   *app.App
	// Chat is the venue that scenarios are played in.
	Chat venue
	// Transport reaches the simulators over HTTPS, trusting their certificate.
	Transport http.RoundTripper
	// Zone is that of the transcript.
	Zone *time.Location

	cleanups []func() error // run last in, first out
}

// opening is when every scenario begins: a Monday morning.
var opening = time.Date(2026, 11, 23, 8, 0, 0, 0, time.UTC)

// The simulated workspace.
const (
	teamID        = "T0FJORD"
	feedChannel   = "C0ELEVATE"
	signingSecret = "simulated-signing-secret"
	botToken      = "xoxb-simulated" //nolint:gosec // G101: the simulated Slack's, good for nothing
	openIDClient  = "100.200"
	openIDSecret  = "simulated-openid-secret"
)

// NewStage starts everything on free loopback ports.
func NewStage(ctx context.Context, o StageOptions) (s *Stage, err error) {
	s = &Stage{Clock: clock.NewFlowing(opening)}
	defer func() {
		if err != nil {
			err = errors.Join(fmt.Errorf("set the stage: %w", err), s.Close())
		}
	}()
	if s.Zone, err = time.LoadLocation("Europe/Berlin"); err != nil {
		return s, err
	}
	listener, err := (&net.ListenConfig{}).Listen(ctx, "tcp", "localhost:0")
	if err != nil {
		return s, err
	}
	s.onClose(func() error { _ = listener.Close(); return nil })
	public := "http://localhost:" + portOf(listener)
	if err := s.startServices(ctx, public); err != nil {
		return s, err
	}
	if err := s.startStore(ctx); err != nil {
		return s, err
	}
	return s, s.startApp(ctx, o, listener, public)
}

func (s *Stage) startServices(ctx context.Context, public string) error {
	s.Slack = slack.New(slack.Config{
		Clock: s.Clock,
		Seed:  workspace(),
		App: slack.App{
			ID: "A0HOIST", Name: "Hoist", BotUserID: "U0HOIST",
			BotToken: secret.New(botToken), SigningSecret: secret.New(signingSecret),
			ClientID: openIDClient, ClientSecret: secret.New(openIDSecret),
			RedirectURIs: []string{public + "/signin/chat/callback"},
			Scopes:       []string{"commands", "chat:write", "users:read", "users:read.email"},
			Commands:     []string{"/elevate"},
		},
		Deliver: slack.Deliver{Commands: public + "/slack/commands", Interactions: public + "/slack/interactions", Options: public + "/slack/options"},
	})
	world, err := sim.Start(ctx, sim.Options{
		Clock: s.Clock,
		Mount: map[string]http.Handler{"/slack/": http.StripPrefix("/slack", s.Slack)},
	})
	if err != nil {
		return err
	}
	s.Sim = world
	s.onClose(world.Close)
	s.Slack.SetBaseURL(world.HTTPURL() + "/slack")
	s.Transport = world.Client().Transport
	return world.Tenant.ChangeApp(sim.BotClientID, func(a *tenant.App) {
		a.RedirectURIs = []string{public + "/signin/callback"}
		a.AppRoles = append(a.AppRoles, "AdministrativeUnit.Read.All") // optional: names of units
	})
}

func (s *Stage) startStore(ctx context.Context) error {
	s.Redis = miniredis.NewMiniRedis()
	if err := s.Redis.Start(); err != nil {
		return fmt.Errorf("start redis in memory: %w", err)
	}
	s.onClose(func() error { s.Redis.Close(); return nil })
	keyset, err := store.NewKeyset()
	if err != nil {
		return err
	}
	client := redis.NewClient(&redis.Options{Addr: s.Redis.Addr(), DisableIdentity: true})
	s.onClose(client.Close)
	if s.Store, err = store.New(client, store.Config{Keyset: keyset, Clock: s.Clock}); err != nil {
		return err
	}
	return s.Store.Ping(ctx)
}

func (s *Stage) startApp(ctx context.Context, o StageOptions, l net.Listener, public string) error {
	if o.Log == nil {
		o.Log = slog.New(slog.DiscardHandler)
	}
	if o.Audit == nil {
		o.Audit = io.Discard
	}
	var mapping []byte
	if !o.Unlinked {
		mapping = []byte(people)
	}
	if o.SecondAccount {
		mapping = []byte(people + secondAccount)
	}
	var kept app.Store = s.Store
	if o.Door != nil {
		kept = o.Door(kept)
	}
	chats, err := s.chats(o, public)
	if err != nil {
		return err
	}
	a, err := app.New(ctx, app.Options{
		Listener:  l,
		PublicURL: public,
		Tenant:    pim.TenantID(sim.TenantID),
		Store:     kept,
		Audit:     audit.Config{Out: o.Audit, Writer: "demo"},
		Entra: app.EntraOptions{
			Authority: s.Sim.Authority(), ClientID: sim.BotClientID, ClientSecret: secret.New(sim.BotClientSecret),
			LinkKeys: []secret.Value{secret.New("simulated-link-key-of-32-bytes!!")}, Mapping: mapping,
			CLIClientID: sim.CLIClientID,
		},
		Graph:     app.GraphOptions{BaseURL: s.Sim.GraphURL()},
		Slack:     chats.Slack,
		Console:   chats.Console,
		Transport: s.Transport,
		Clock:     s.Clock,
		Log:       o.Log,
	})
	if err != nil {
		return err
	}
	s.App = a
	s.Chat = slackVenue{s.Slack}
	if a.Console != nil {
		s.Chat = consoleVenue{a.Console}
	}
	if err := a.Start(ctx); err != nil {
		return err
	}
	s.onClose(func() error {
		stop, cancel := context.WithTimeout(context.Background(), 20*time.Second)
		defer cancel()
		return a.Stop(stop)
	})
	return nil
}

// chats are the options of the one chat that is played on.
func (s *Stage) chats(o StageOptions, public string) (app.Options, error) {
	switch o.On {
	case "", "slack":
		return app.Options{
			Slack: &app.SlackOptions{
				Team: teamID, BotToken: secret.New(botToken), SigningSecrets: []secret.Value{secret.New(signingSecret)},
				Feeds: []string{feedChannel}, APIURL: s.Sim.HTTPURL() + "/slack/api/",
				OpenIDClientID: openIDClient, OpenIDClientSecret: secret.New(openIDSecret), OpenIDIssuer: s.Sim.HTTPURL() + "/slack",
				ResponseOrigins: []string{s.Sim.HTTPURL()},
			},
		}, nil
	case "console":
		screen := o.Screen
		if screen == nil {
			screen = io.Discard
		}
		return app.Options{Console: &app.ConsoleOptions{
			In: strings.NewReader(""), Out: screen, Feeds: []string{"elevations"}, Echo: true, Zone: s.Zone,
			People:    terminalPeople(s.Zone),
			Endpoints: []string{s.Redis.Addr()},
		}}, nil
	default:
		return app.Options{}, fmt.Errorf("there is no chat %q; there are slack and console", o.On)
	}
}

// Advance moves the clock, and Redis' own time with it.
func (s *Stage) Advance(_ context.Context, d time.Duration) error {
	s.Redis.FastForward(d)
	s.Clock.Advance(d)
	return nil
}

// GraphCalls counts the calls to Graph with a method whose path holds a part.
func (s *Stage) GraphCalls(method, part string) int {
	n := 0
	for _, c := range s.Sim.Graph.Calls() {
		if c.Method == method && strings.Contains(c.Path, part) {
			n++
		}
	}
	return n
}

// Close ends everything, last started first.
func (s *Stage) Close() error {
	var errs []error
	for _, v := range slices.Backward(s.cleanups) {
		errs = append(errs, v())
	}
	s.cleanups = nil
	return errors.Join(errs...)
}

func (s *Stage) onClose(f func() error) { s.cleanups = append(s.cleanups, f) }

func portOf(l net.Listener) string {
	_, port, _ := net.SplitHostPort(l.Addr().String())
	return port
}
