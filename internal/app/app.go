package app

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"net/http"
	"slices"
	"sync"

	"github.com/prometheus/client_golang/prometheus"

	"hoist/internal/adapters/console"
	"hoist/internal/audit"
	"hoist/internal/chat"
	"hoist/internal/clock"
	"hoist/internal/drain"
	"hoist/internal/graph"
	"hoist/internal/pim"
	"hoist/internal/signin"
)

// Store is what the program keeps its state in; internal/store has it.
type Store interface {
	pim.Store
	signin.Attempts
	signin.LinkStore
	signin.Linked
	Ping(ctx context.Context) error
}

// App is the program. Build it with New, then Start, then Stop.
type App struct {
	// Metrics is where every part registers its counters.
	Metrics *prometheus.Registry
	// Console is the chat in the terminal, nil without one.
	Console *console.Console

	opts      Options
	service   *pim.Service
	bot       *chat.Bot
	platforms []platform
	mux       *http.ServeMux
	ledger    *audit.Log

	cancel  context.CancelFunc
	running sync.WaitGroup
	onStop  []func(context.Context) error // last in, first out
}

// New wires everything and starts nothing.
func New(_ context.Context, o Options) (*App, error) {
	if o.Clock == nil {
		o.Clock = clock.System()
	}
	if o.Random == nil {
		o.Random = rand.Reader
	}
	if o.Transport == nil {
		o.Transport = http.DefaultTransport
	}
	a := &App{opts: o, Metrics: prometheus.NewRegistry(), mux: http.NewServeMux()}
	if err := a.wire(); err != nil {
		return nil, fmt.Errorf("app: %w", err)
	}
	return a, nil
}

// wire builds the parts from the outside in: what talks to Microsoft, what
// talks to people, and the service between them.
func (a *App) wire() error {
	o := a.opts
	entra, err := a.entra()
	if err != nil {
		return err
	}
	tokens, err := signin.NewAppTokens(entra)
	if err != nil {
		return err
	}
	tenant, err := graph.New(graph.Config{
		BaseURL: o.Graph.BaseURL, Tenant: o.Tenant, AppToken: tokens.Token,
		Transport: o.Transport, Clock: o.Clock, Log: o.Log,
	})
	if err != nil {
		return err
	}
	links, err := signin.NewLinks(o.PublicURL, signin.ShardOf(o.Tenant), o.Entra.LinkKeys)
	if err != nil {
		return err
	}
	mapping, err := signin.ParseMapping(o.Entra.Mapping, o.Tenant)
	if err != nil {
		return err
	}
	identities := signin.Identities{Tenant: o.Tenant, Mapping: mapping, Links: o.Store}
	if o.Audit.Clock == nil {
		o.Audit.Clock = o.Clock
	}
	ledger, err := audit.Open(o.Audit)
	if err != nil {
		return err
	}
	a.ledger = ledger
	announcer := &chat.Announcer{
		Platforms: map[string]chat.Platform{}, SignIn: links, Clock: o.Clock, Tenant: o.Tenant,
		CLIClientID: o.Entra.CLIClientID, PIMURL: o.Entra.PIMURL,
	}
	a.bot = &chat.Bot{Announcer: announcer, Forms: map[string]bool{}, Courier: chat.NewCourier(o.Clock, o.Random), Log: o.Log}
	if a.platforms, err = platforms(a); err != nil {
		return err
	}
	a.service, err = pim.New(pim.Config{
		Tenant: o.Tenant, Store: o.Store, Directory: tenant, Activations: tenant,
		Approvals: tenant.Approvals(), Trail: tenant, Identities: identities,
		People: announcer, Matcher: chat.Matcher{}, Notifier: announcer, Audit: ledger,
		Clock: o.Clock, Random: o.Random, Holder: rand.Text(), Feeds: a.feeds(), MFAClaims: o.Entra.MFAClaims, Log: o.Log,
	})
	if err != nil {
		return err
	}
	a.bot.Elevations = a.service
	proofs := map[string]signin.ChatProof{}
	for _, p := range a.platforms {
		announcer.Platforms[p.Name()] = p.Platform
		a.bot.Forms[p.Name()] = p.forms
		if p.proof != nil {
			proofs[p.Name()] = p.proof
		}
		if p.handler != nil {
			a.mux.Handle(p.path, p.handler)
		}
	}
	pages, err := signin.New(signin.Config{
		Tenant: o.Tenant, App: entra, PublicURL: o.PublicURL, Links: links, Elevations: a.service,
		Attempts: o.Store, LinkStore: o.Store, Audit: ledger, ChatProofs: proofs,
		MFAClaims: o.Entra.MFAClaims, PIMURL: o.Entra.PIMURL, Random: o.Random, Linked: a.bot.TellLinked, Accounts: identities, Log: o.Log,
	})
	if err != nil {
		return err
	}
	a.mux.Handle("/signin/", pages)
	a.mux.HandleFunc("GET /healthz", a.health)
	return nil
}

func (a *App) entra() (signin.App, error) {
	credential, err := signin.ClientSecret(a.opts.Entra.ClientSecret)
	return signin.App{
		Authority: a.opts.Entra.Authority, ClientID: a.opts.Entra.ClientID, Credential: credential,
		HTTP: &http.Client{Transport: a.opts.Transport}, Clock: a.opts.Clock,
	}, err
}

func (a *App) feeds() []pim.Place {
	var all []pim.Place
	for _, p := range a.platforms {
		all = append(all, p.feeds...)
	}
	return all
}

// Start serves and does due work until Stop. It fails when the store does not
// answer, because nothing could be accepted.
func (a *App) Start(ctx context.Context) error {
	if err := a.opts.Store.Ping(ctx); err != nil {
		return fmt.Errorf("app: %w", err)
	}
	run, cancel := context.WithCancel(context.WithoutCancel(ctx))
	a.cancel = cancel
	a.onStop = append(a.onStop, func(context.Context) error { return a.ledger.Close() }, a.service.Close)
	a.running.Go(func() { a.service.Run(run) })
	if a.Console != nil {
		a.running.Go(func() {
			if err := a.Console.Run(run); err != nil && run.Err() == nil {
				a.opts.Log.Error("console stopped", "err", err)
			}
		})
	}
	a.onStop = append(a.onStop, func(ctx context.Context) error { cancel(); return a.wait(ctx) }, a.bot.Close)
	for _, p := range a.platforms {
		a.onStop = append(a.onStop, p.close)
	}
	a.onStop = append(a.onStop, a.serve())
	return nil
}

// Addr is where the program listens.
func (a *App) Addr() string { return a.opts.Listener.Addr().String() }

// Stop ends the program in order and waits for what it began, until ctx ends.
func (a *App) Stop(ctx context.Context) error {
	var errs []error
	for _, v := range slices.Backward(a.onStop) {
		errs = append(errs, v(ctx))
	}
	a.onStop = nil
	return errors.Join(errs...)
}

// wait waits for what runs, until ctx ends.
func (a *App) wait(ctx context.Context) error {
	if err := drain.Wait(ctx, &a.running); err != nil {
		return fmt.Errorf("app: work was still going on at shutdown: %w", err)
	}
	return nil
}

// health tells a load balancer whether commands can be accepted.
func (a *App) health(w http.ResponseWriter, r *http.Request) {
	if err := a.opts.Store.Ping(r.Context()); err != nil {
		http.Error(w, "the store does not answer", http.StatusServiceUnavailable)
		return
	}
	_, _ = w.Write([]byte("ok\n"))
}

// PublicURL is how browsers and platforms reach the program.
func (a *App) PublicURL() string { return a.opts.PublicURL }
