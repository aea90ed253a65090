package app

import (
	"cmp"
	"context"
	"net/http"

	"hoist/internal/adapters/console"
	"hoist/internal/adapters/slack"
	"hoist/internal/chat"
	"hoist/internal/graph"
	"hoist/internal/pim"
	"hoist/internal/signin"
)

// platform is one chat, ready to be mounted.
type platform struct {
	chat.Platform
	path    string       // where its deliveries arrive
	handler http.Handler // nil when they arrive by other means
	feeds   []pim.Place
	forms   bool
	proof   signin.ChatProof // nil when only the mapping file links its people
	close   func(context.Context) error
}

// platforms is the one list of chat platforms.
func platforms(a *App) ([]platform, error) {
	var all []platform
	if o := a.opts.Slack; o != nil {
		p, err := slackPlatform(a, *o)
		if err != nil {
			return nil, err
		}
		all = append(all, p)
	}
	if o := a.opts.Console; o != nil {
		p, err := consolePlatform(a, *o)
		if err != nil {
			return nil, err
		}
		all = append(all, p)
	}
	return all, nil
}

func consolePlatform(a *App, o ConsoleOptions) (platform, error) {
	terminal, err := console.New(console.Config{
		Bot: a.bot, In: o.In, Out: o.Out, Endpoints: a.endpoints(o.Endpoints), People: o.People, Channels: channelsOf(o.Feeds),
		Colour: o.Colour, Echo: o.Echo, Zone: o.Zone, Clock: a.opts.Clock,
	})
	if err != nil {
		return platform{}, err
	}
	a.Console = terminal
	p := platform{Platform: terminal, close: func(context.Context) error { return nil }}
	for _, c := range o.Feeds {
		p.feeds = append(p.feeds, pim.Place{Kind: pim.Feed, Platform: terminal.Name(), Workspace: console.DefaultWorkspace, Address: c})
	}
	return p, nil
}

// endpoints are all addresses that the program is reached at or calls, as far as
// it knows them, and those that it is told.
func (a *App) endpoints(told []string) []string {
	o := a.opts
	all := append([]string{o.Listener.Addr().String(), o.PublicURL, o.Entra.Authority, cmp.Or(o.Graph.BaseURL, graph.DefaultBaseURL)}, told...)
	if o.Slack != nil {
		all = append(all, cmp.Or(o.Slack.APIURL, "https://slack.com/api/"))
	}
	return all
}

func channelsOf(feeds []string) []console.Channel {
	var all []console.Channel
	for _, f := range feeds {
		all = append(all, console.Channel{Name: f})
	}
	return all
}

func slackPlatform(a *App, o SlackOptions) (platform, error) {
	where := slack.Installation{Team: o.Team, Enterprise: o.Enterprise}
	client, err := slack.NewPlatform(slack.PlatformConfig{
		Installation: where, Token: o.BotToken, APIURL: o.APIURL, Transport: a.opts.Transport, Clock: a.opts.Clock,
	})
	if err != nil {
		return platform{}, err
	}
	handler, err := slack.NewHandler(slack.HandlerConfig{
		Bot: a.bot, Installation: where, SigningSecrets: o.SigningSecrets, Clock: a.opts.Clock,
		Opener: client, Busy: chat.BusyReply, Stranger: chat.StrangerReply, ResponseOrigins: o.ResponseOrigins,
		Transport: a.opts.Transport, Courier: a.bot.Courier, Registerer: a.Metrics, Log: a.opts.Log,
	})
	if err != nil {
		return platform{}, err
	}
	p := platform{Platform: client, path: "/slack/", handler: handler, forms: true, close: handler.Close}
	for _, c := range o.Feeds {
		p.feeds = append(p.feeds, pim.Place{Kind: pim.Feed, Platform: client.Name(), Workspace: where.Workspace(), Address: c})
	}
	if o.OpenIDClientID != "" {
		p.proof, err = slack.NewProof(slack.ProofConfig{
			Installation: where, ClientID: o.OpenIDClientID, ClientSecret: o.OpenIDClientSecret,
			Issuer: o.OpenIDIssuer, Transport: a.opts.Transport, Clock: a.opts.Clock,
		})
	}
	return p, err
}
