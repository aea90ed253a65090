package fault_test

import (
	"bufio"
	"context"
	"crypto/tls"
	"crypto/x509"
	"encoding/json"
	"flag"
	"fmt"
	"log/slog"
	"net"
	"net/http"
	"os"
	"os/signal"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"github.com/redis/go-redis/v9"

	"hoist/internal/app"
	"hoist/internal/audit"
	"hoist/internal/clock"
	"hoist/internal/demo/fault"
	"hoist/internal/pim"
	"hoist/internal/secret"
	"hoist/internal/sim"
	"hoist/internal/store"
)

// childEnv makes this test program be Hoist.
const childEnv = "HOIST_FAULT_CHILD"

func TestMain(m *testing.M) {
	if config := os.Getenv(childEnv); config != "" {
		if err := beHoist(config); err != nil {
			fmt.Fprintln(os.Stderr, err)
			os.Exit(1)
		}
		os.Exit(0)
	}
	// The three great tests wait most of the time; on few cores as well they are
	// to wait together.
	flag.Parse()
	if err := flag.Set("test.parallel", "8"); err != nil {
		panic(err)
	}
	os.Exit(m.Run())
}

// childConfig is what a process is told. Everything else is as in production.
type childConfig struct {
	Name, PublicURL, Authority, GraphURL, SlackURL, CAFile string
	Redis, Keyset                                          string
	Audit, Trace, Log                                      string // files
	// Began and BeganAt are a moment on the parent's clock and on the machine's.
	Began, BeganAt time.Time
	Moved          time.Duration
	LeaseFor       time.Duration
	Stage          string
	At             fault.Point
	Freeze         bool
}

// beHoist is the child's whole life. It speaks lines: "ready address" once it
// listens, "reached" before it dies or freezes, and an answer to each command.
func beHoist(config string) error {
	var c childConfig
	if err := json.Unmarshal([]byte(config), &c); err != nil {
		return err
	}
	h := &hoist{childConfig: c, resumed: make(chan struct{}), time: clock.NewFlowing(c.Began.Add(time.Since(c.BeganAt)))}
	if err := h.start(); err != nil {
		return err
	}
	stop := make(chan os.Signal, 1)
	signal.Notify(stop, syscall.SIGTERM)
	gone := make(chan struct{})
	go func() { h.obey(); close(gone) }()
	select {
	case <-stop:
	case <-gone: // the parent is no more
	}
	ctx, cancel := context.WithTimeout(context.Background(), 20*time.Second)
	defer cancel()
	return h.app.Stop(ctx)
}

type hoist struct {
	childConfig
	app     *app.App
	time    *clock.Movable
	trip    *fault.Trip
	resumed chan struct{}
	out     sync.Mutex
}

func (h *hoist) say(line string) {
	h.out.Lock()
	defer h.out.Unlock()
	fmt.Println(line)
}

// obey does what the parent says until it says no more.
func (h *hoist) obey() {
	for in := bufio.NewScanner(os.Stdin); in.Scan(); {
		word, arg, _ := strings.Cut(in.Text(), " ")
		switch word {
		case "advance":
			if d, err := time.ParseDuration(arg); err == nil {
				h.time.Advance(d)
			}
		case "stage":
			h.trip.Stage(arg)
		case "go": // after a freeze, once the clock was set right
			close(h.resumed)
		}
		h.say("done")
	}
}

// act kills or freezes this process, for good or until the parent lets it go on.
func (h *hoist) act() {
	h.say("reached")
	signal := syscall.SIGKILL
	if h.Freeze {
		signal = syscall.SIGSTOP
	}
	_ = syscall.Kill(os.Getpid(), signal)
	<-h.resumed
}

func (h *hoist) start() error {
	trace, err := os.OpenFile(h.Trace, os.O_CREATE|os.O_APPEND|os.O_WRONLY, 0o600)
	if err != nil {
		return err
	}
	h.trip = &fault.Trip{At: h.At, Act: h.act, Saw: func(p fault.Point) { fmt.Fprintln(trace, p) }}
	log, err := os.OpenFile(h.Log, os.O_CREATE|os.O_APPEND|os.O_WRONLY, 0o600)
	if err != nil {
		return err
	}
	ledger, err := os.OpenFile(h.Audit, os.O_CREATE|os.O_APPEND|os.O_WRONLY, 0o600)
	if err != nil {
		return err
	}
	transport, err := h.transport()
	if err != nil {
		return err
	}
	kept, err := h.store()
	if err != nil {
		return err
	}
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return err
	}
	o := h.options()
	o.Listener, o.Store, o.Transport = listener, kept, fault.Transport{Trip: h.trip, Next: transport}
	o.Audit = audit.Config{Out: fault.Ledger{Trip: h.trip, Next: ledger}, Writer: h.Name}
	o.Clock = h.time
	o.Log = slog.New(slog.NewTextHandler(log, &slog.HandlerOptions{Level: slog.LevelDebug}))
	if h.app, err = app.New(context.Background(), o); err != nil {
		return err
	}
	h.trip.Stage(h.Stage)
	if err := h.app.Start(context.Background()); err != nil {
		return err
	}
	h.say("ready " + listener.Addr().String())
	return nil
}

func (h *hoist) transport() (http.RoundTripper, error) {
	text, err := os.ReadFile(h.CAFile)
	if err != nil {
		return nil, err
	}
	pool := x509.NewCertPool()
	if !pool.AppendCertsFromPEM(text) {
		return nil, fmt.Errorf("%s holds no certificate", h.CAFile)
	}
	return &http.Transport{TLSClientConfig: &tls.Config{RootCAs: pool, MinVersion: tls.VersionTLS12}}, nil
}

func (h *hoist) store() (app.Store, error) {
	client := redis.NewClient(&redis.Options{Network: "unix", Addr: h.Redis, DisableIdentity: true})
	client.AddHook(fault.Hook{Trip: h.trip})
	kept, err := store.New(client, store.Config{Keyset: secret.New(h.Keyset), Clock: h.time, LeaseFor: h.LeaseFor})
	return shortLeases{kept, h.LeaseFor}, err
}

// shortLeases makes a test of a lease as short as the test: what the service
// asks for is cut in the proportion of the store's own lease to its default.
type shortLeases struct {
	*store.Store
	leaseFor time.Duration
}

func (s shortLeases) Lease(ctx context.Context, t pim.TenantID, name, holder string, ttl time.Duration) (bool, error) {
	return s.Store.Lease(ctx, t, name, holder, ttl*s.leaseFor/(30*time.Second))
}

func (h *hoist) options() app.Options {
	return app.Options{
		PublicURL: h.PublicURL,
		Tenant:    pim.TenantID(sim.TenantID),
		Entra: app.EntraOptions{
			Authority: h.Authority, ClientID: sim.BotClientID, ClientSecret: secret.New(sim.BotClientSecret),
			LinkKeys: []secret.Value{secret.New(linkKey)}, Mapping: []byte(people), CLIClientID: sim.CLIClientID,
		},
		Graph: app.GraphOptions{BaseURL: h.GraphURL},
		Slack: &app.SlackOptions{
			Team: teamID, BotToken: secret.New(botToken), SigningSecrets: []secret.Value{secret.New(signingSecret)},
			Feeds: []string{feedChannel}, APIURL: h.SlackURL + "/api/", ResponseOrigins: []string{strings.TrimSuffix(h.SlackURL, "/slack")},
		},
	}
}
