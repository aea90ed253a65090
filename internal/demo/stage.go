package demo

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net"
	"net/http"
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
	"hoist/internal/sim/world"
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
	// Listen is the one port of Hoist and the services, such as localhost:8080;
	// empty is a free one.
	Listen string
	// Begin is when the clock starts to run; zero is the scenarios' Monday
	// morning.
	Begin time.Time

	// dress adds what the demo's visitors see around the services.
	dress func(*Stage, *servicesOptions)
}

// Stage is everything that stands on the stage: Hoist, and the services around
// it.
type Stage struct {
	*Services

	Clock *clock.Movable
	Redis *miniredis.Miniredis
	Store *store.Store
	App   *app.App
	// Chat is the venue that scenarios are played in.
	Chat venue
	// Transport reaches the simulators over HTTPS, trusting their certificate.
	Transport http.RoundTripper
	// Zone is that of the transcript.
	Zone *time.Location

	world    world.World
	port     *port
	cleanups closers
}

// opening is when every scenario begins: a Monday morning.
var opening = time.Date(2026, 11, 23, 8, 0, 0, 0, time.UTC)

// LogTo is for where a program begins: it sends to l what the stage's libraries
// say of their own accord, for the whole process, instead of to standard error.
// Redis is taken away in stories, and its client would print that. Nil drops it.
func LogTo(l *slog.Logger) { store.LogTo(cmp.Or(l, slog.New(slog.DiscardHandler))) }

// NewStage starts everything on one loopback port.
func NewStage(ctx context.Context, o StageOptions) (s *Stage, err error) {
	if o.Begin.IsZero() {
		o.Begin = opening
	}
	o.Log = cmp.Or(o.Log, slog.New(slog.DiscardHandler))
	s = &Stage{Clock: clock.NewFlowing(o.Begin)}
	defer func() {
		if err != nil {
			err = errors.Join(fmt.Errorf("set the stage: %w", err), s.Close())
		}
	}()
	if s.Zone, err = time.LoadLocation("Europe/Berlin"); err != nil {
		return s, err
	}
	if s.port, err = listenOn(ctx, cmp.Or(o.Listen, "localhost:0")); err != nil {
		return s, err
	}
	s.cleanups.add(s.port.Close)
	if err := s.startStore(ctx); err != nil {
		return s, err
	}
	if err := s.startServices(ctx, o); err != nil {
		return s, err
	}
	return s, s.startApp(ctx, o)
}

func (s *Stage) startServices(ctx context.Context, o StageOptions) (err error) {
	public := s.port.HoistURL()
	s.world = world.DefaultAt(public)
	options := servicesOptions{world: s.world, clock: s.Clock, listener: s.port.Services, hoist: public, advance: s.Advance, redis: s.takeRedis}
	if o.dress != nil {
		o.dress(s, &options)
	}
	// They end with the stage, not with ctx: Hoist's last words are for them.
	if s.Services, err = startServices(context.WithoutCancel(ctx), options); err != nil {
		return err
	}
	s.cleanups.add(s.Services.Close)
	s.Transport = s.Sim.Client().Transport
	return nil
}

func (s *Stage) startStore(ctx context.Context) error {
	s.Redis = miniredis.NewMiniRedis()
	if err := s.Redis.Start(); err != nil {
		return fmt.Errorf("start redis in memory: %w", err)
	}
	s.cleanups.add(func() error { s.Redis.Close(); return nil })
	keyset, err := store.NewKeyset()
	if err != nil {
		return err
	}
	client := redis.NewClient(&redis.Options{Addr: s.Redis.Addr(), DisableIdentity: true})
	s.cleanups.add(client.Close)
	if s.Store, err = store.New(client, store.Config{Keyset: keyset, Clock: s.Clock}); err != nil {
		return err
	}
	return s.Store.Ping(ctx)
}

// startApp starts Hoist itself, as the options want it.
func (s *Stage) startApp(ctx context.Context, o StageOptions) error {
	options, err := s.appOptions(o)
	if err != nil {
		return err
	}
	if s.App, err = app.New(ctx, options); err != nil {
		return err
	}
	s.Chat = slackVenue{s.Slack}
	if s.App.Console != nil {
		s.Chat = consoleVenue{s.App.Console}
	}
	if err := s.App.Start(ctx); err != nil {
		return err
	}
	s.cleanups.add(s.stopApp)
	return nil
}

// stopFor is how long Hoist may take to end, hearFor how long it listens to what
// is sent to it meanwhile: somebody may have stopped in the middle of a request.
const (
	stopFor = 20 * time.Second
	hearFor = time.Second
)

func (s *Stage) stopApp() error {
	stop, cancel := context.WithTimeout(context.Background(), stopFor)
	defer cancel()
	defer time.AfterFunc(hearFor, s.port.Hoist.deafen).Stop()
	return s.App.Stop(stop)
}

// appOptions joins Hoist to what stands around it.
func (s *Stage) appOptions(o StageOptions) (app.Options, error) {
	chats, err := s.chats(o)
	if err != nil {
		return app.Options{}, err
	}
	var kept app.Store = s.Store
	if o.Door != nil {
		kept = o.Door(kept)
	}
	return app.Options{
		Listener:  s.port.Hoist,
		PublicURL: s.port.HoistURL(),
		Tenant:    pim.TenantID(sim.TenantID),
		Store:     kept,
		Audit:     audit.Config{Out: cmp.Or(o.Audit, io.Discard), Writer: "demo"},
		Entra: app.EntraOptions{
			Authority: s.Sim.Authority(), ClientID: sim.BotClientID, ClientSecret: secret.New(sim.BotClientSecret),
			LinkKeys: []secret.Value{secret.New("simulated-link-key-of-32-bytes!!")}, Mapping: o.mapping(),
			CLIClientID: sim.CLIClientID,
		},
		Graph:     app.GraphOptions{BaseURL: s.Sim.GraphURL()},
		Slack:     chats.Slack,
		Console:   chats.Console,
		Transport: s.Transport,
		Clock:     s.Clock,
		Log:       o.Log,
	}, nil
}

// mapping is the operator's file that says whose Entra account is whose.
func (o StageOptions) mapping() []byte {
	switch {
	case o.SecondAccount:
		return []byte(people + secondAccount)
	case o.Unlinked:
		return nil
	default:
		return []byte(people)
	}
}

// chats are the options of the one chat that is played on.
func (s *Stage) chats(o StageOptions) (app.Options, error) {
	switch o.On {
	case "", "slack":
		its := s.world.App
		return app.Options{
			Slack: &app.SlackOptions{
				Team: s.world.Slack.Team.ID, BotToken: its.BotToken, SigningSecrets: []secret.Value{its.SigningSecret},
				Feeds: []string{world.FeedChannel}, APIURL: s.Sim.HTTPURL() + "/slack/api/",
				OpenIDClientID: its.ClientID, OpenIDClientSecret: its.ClientSecret, OpenIDIssuer: s.Sim.HTTPURL() + "/slack",
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
			People:    s.terminalPeople(),
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

// takeRedis takes the store away or brings it back.
func (s *Stage) takeRedis(down bool) error {
	state := ""
	if down {
		state = "LOADING Redis is loading the dataset in memory"
	}
	s.Redis.SetError(state)
	return nil
}

// Close ends everything, last started first.
func (s *Stage) Close() error { return s.cleanups.close() }

func portOf(l net.Listener) string {
	_, port, _ := net.SplitHostPort(l.Addr().String())
	return port
}
