package demo

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"net"
	"net/http"
	"slices"
	"time"

	"hoist/internal/clock"
	"hoist/internal/sim"
	"hoist/internal/sim/page"
	"hoist/internal/sim/portal"
	"hoist/internal/sim/slack"
	"hoist/internal/sim/slackweb"
	"hoist/internal/sim/wire"
	"hoist/internal/sim/world"
)

// Services are the simulated Slack, Entra and Graph, and the pages on which
// people use them: the chat page, the tenant panel and the wire panel.
type Services struct {
	Sim   *sim.Sim
	Slack *slack.Slack
	Site  *page.Site
	Wire  *wire.Recorder

	cleanups closers
}

// servicesOptions say what differs between the scenarios' services, those of the
// demo and those that stand alone.
type servicesOptions struct {
	world world.World
	clock clock.Clock
	// listener is where browsers and Hoist's calls to Slack arrive; nil is
	// httpAddr. The addresses and caFile are as in sim.Options.
	listener                  net.Listener
	httpAddr, tlsAddr, caFile string
	// hoist is the origin of the program that is served.
	hoist string
	// advance moves the clock and redis takes the store away or brings it back;
	// nil hides what the tenant panel has for them.
	advance func(context.Context, time.Duration) error
	redis   func(down bool) error
	// hints are lines that the composer offers to a person; nil offers none.
	hints func(slack.User) []slackweb.Hint
	// strip is the guided tour, nav what follows the areas of the services, and
	// mount adds pages to theirs.
	strip func(*http.Request) *page.Strip
	nav   []page.Link
	home  http.Handler
	mount map[string]http.Handler
	// opened is closed once visitors may come in; nil opens with the services.
	opened <-chan struct{}
}

// The areas of the site.
const (
	homePath, tenantPath, wirePath = "/", "/tenant", "/wire"

	simulated = "Simulated, not a real tenant"
)

// startServices serves them until Close.
func startServices(ctx context.Context, o servicesOptions) (*Services, error) {
	s := &Services{}
	if o.opened == nil {
		opened := make(chan struct{})
		defer close(opened)
		o.opened = opened
	}
	s.Site = page.New(page.Config{
		Name: "Hoist demo", Notice: simulated, Home: homePath, FormOrigins: origins(o.hoist), Strip: o.strip,
		Nav: append([]page.Link{{Label: "Chat", URL: firstChair(o.world.Slack.Users)}, {Label: "Tenant", URL: tenantPath}, {Label: "Wire", URL: wirePath}}, o.nav...),
	})
	s.Wire = wire.New(wire.Config{Site: s.Site, Clock: o.clock, Hoist: o.hoist, Chat: s.messageURL})
	s.Slack = slack.New(slack.Config{
		Clock: o.clock, Seed: o.world.Slack, App: o.world.App, Deliver: o.world.Deliver,
		Client: &http.Client{Transport: s.Wire.Transport(http.DefaultTransport)},
	})
	pages := http.NewServeMux()
	running, err := sim.Start(ctx, sim.Options{
		Seed: o.world.Tenant, Clock: o.clock, Listener: o.listener, HTTPAddr: o.httpAddr, TLSAddr: o.tlsAddr, CAFile: o.caFile,
		Mount:      s.mounts(pages, o),
		OnExchange: s.Wire.Observe,
		Quiet: []string{
			"/assets/", "/live", "/as/", tenantPath, wirePath, "/tour", auditPath, "/favicon.ico",
			"/slack/openid/style.css", "/" + o.world.Tenant.TenantID + "/login/style.css",
		},
	})
	if err != nil {
		return nil, err
	}
	s.Sim = running
	s.cleanups.add(running.Close)
	s.Slack.SetBaseURL(running.HTTPURL() + "/slack")
	s.register(pages, o)
	return s, nil
}

// firstChair is where the first person of a workspace reads.
func firstChair(users []slack.User) string {
	for _, u := range users {
		if !u.Bot {
			return slackweb.URL(u, "")
		}
	}
	return homePath
}

// origins are those that a form may lead to besides the services' own.
func origins(hoist string) []string {
	if hoist == "" {
		return nil
	}
	return []string{hoist}
}

// mounts are the paths beside Entra's and Graph's.
func (s *Services) mounts(pages http.Handler, o servicesOptions) map[string]http.Handler {
	all := maps.Clone(o.mount)
	if all == nil {
		all = map[string]http.Handler{}
	}
	for _, prefix := range []string{"/assets/", "/live", "/as/", tenantPath, tenantPath + "/", wirePath, wirePath + "/"} {
		all[prefix] = pages
	}
	if o.home != nil {
		all["/{$}"] = o.home
	}
	for path, h := range all {
		all[path] = once(o.opened, h)
	}
	all["/slack/"] = http.StripPrefix("/slack", s.Slack)
	return all
}

// once lets requests wait until what they need stands. The port answers earlier,
// because the program under the pages talks to it while it starts.
func once(opened <-chan struct{}, h http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		select {
		case <-opened:
			h.ServeHTTP(w, r)
		case <-r.Context().Done():
		}
	})
}

// register fills the pages in; some must know where the simulator listens.
func (s *Services) register(pages *http.ServeMux, o servicesOptions) {
	s.Site.Register(pages.Handle)
	s.Wire.Register(pages.Handle)
	chat := slackweb.New(slackweb.Config{Slack: s.Slack, Site: s.Site, Clock: o.clock, Hints: o.hints, Wire: s.wireURL})
	chat.Register(pages.Handle)
	portal.New(portal.Config{
		Tenant: s.Sim.Tenant, Faults: s.Sim.Faults, Slack: s.Slack, Site: s.Site, ClientID: o.world.BotClientID,
		Advance: o.advance, Redis: o.redis, ChatPage: s.chatPage,
	}).Register(pages.Handle)
	watch, stop := context.WithCancel(context.Background())
	done := make(chan struct{})
	go func() { defer close(done); chat.Run(watch) }()
	s.cleanups.add(func() error { s.Site.Close(); stop(); <-done; return nil })
}

// chatPage is where an account's owner reads their direct messages.
func (s *Services) chatPage(upn string) string {
	for _, u := range s.Slack.Users() {
		if !u.Bot && u.Email == upn {
			return slackweb.URL(u, "")
		}
	}
	return ""
}

// messageURL is where a message of the app can be seen.
func (s *Services) messageURL(channel, ts string) string {
	for _, u := range s.Slack.Users() {
		if slices.ContainsFunc(s.Slack.Direct(u.ID), func(m slack.Message) bool { return m.Channel == channel && m.TS == ts }) {
			return slackweb.URL(u, "")
		}
	}
	m, ok := s.Slack.Message(channel, ts)
	if !ok || m.Ephemeral() {
		return ""
	}
	for _, u := range s.Slack.Users() {
		for _, c := range s.Slack.Joined(u.ID) {
			if c.ID == channel && !u.Bot {
				return slackweb.URL(u, c.Name)
			}
		}
	}
	return ""
}

// wireURL is where what happened around a message can be seen.
func (s *Services) wireURL(m slack.Message) string {
	return wire.About(s.Slack.Render(m, "").Text())
}

// Close ends everything.
func (s *Services) Close() error { return s.cleanups.close() }

// closers end what was started, last first.
type closers struct{ all []func() error }

func (c *closers) add(f func() error) { c.all = append(c.all, f) }

func (c *closers) close() error {
	var errs []error
	for _, f := range slices.Backward(c.all) {
		errs = append(errs, f())
	}
	c.all = nil
	if err := errors.Join(errs...); err != nil {
		return fmt.Errorf("end: %w", err)
	}
	return nil
}
