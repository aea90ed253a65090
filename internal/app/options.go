package app

import (
	"io"
	"log/slog"
	"net"
	"net/http"
	"time"

	"hoist/internal/adapters/console"
	"hoist/internal/audit"
	"hoist/internal/clock"
	"hoist/internal/pim"
	"hoist/internal/secret"
)

// Options are what the program is given. Fields without a remark are required.
type Options struct {
	// Listener is where the program serves; it is closed by Stop.
	Listener net.Listener
	// PublicURL is how browsers and platforms reach the listener: scheme and
	// host, no path.
	PublicURL string
	Tenant    pim.TenantID
	// Store keeps the state; the caller closes it after Stop.
	Store Store
	// Audit says where the audit log goes. Without a clock it gets the
	// program's.
	Audit audit.Config
	Entra EntraOptions
	Graph GraphOptions
	// Slack is nil when Slack is not used.
	Slack *SlackOptions
	// Console is nil when there is no chat in the terminal.
	Console *ConsoleOptions
	// Transport carries requests to Microsoft; nil means a default one.
	Transport http.RoundTripper
	// Clock is nil for the machine's.
	Clock clock.Clock
	// Random is nil for the machine's.
	Random io.Reader
	Log    *slog.Logger
}

// EntraOptions are about sign-in.
type EntraOptions struct {
	// Authority is https://login.microsoftonline.com/{tenant}.
	Authority    string
	ClientID     string
	ClientSecret secret.Value
	// LinkKeys sign the personal links, 32 bytes or more each; the first signs,
	// all verify.
	LinkKeys []secret.Value
	// Mapping is the operator's file of chat people and their Entra accounts;
	// empty without one.
	Mapping []byte
	// CLIClientID is the app for Connect-MgGraph; empty leaves the line out.
	CLIClientID string
	// MFAClaims and PIMURL have defaults.
	MFAClaims string
	PIMURL    string
}

// GraphOptions are about Microsoft Graph.
type GraphOptions struct {
	// BaseURL is https://graph.microsoft.com unless given.
	BaseURL string
}

// SlackOptions are about one Slack workspace or organisation.
type SlackOptions struct {
	// Team is the workspace; Enterprise instead for an organisation-wide
	// installation.
	Team, Enterprise string
	BotToken         secret.Value
	SigningSecrets   []secret.Value
	// Feeds are ids of channels that see every elevation.
	Feeds []string
	// OpenIDClientID and OpenIDClientSecret are for Sign in with Slack, which
	// links people; empty means that the mapping file does.
	OpenIDClientID     string
	OpenIDClientSecret secret.Value
	// APIURL, OpenIDIssuer and ResponseOrigins stand in for Slack's own in
	// simulations.
	APIURL          string
	OpenIDIssuer    string
	ResponseOrigins []string
}

// ConsoleOptions are about the chat in the terminal. It identifies nobody and is
// refused unless every endpoint is on this machine.
type ConsoleOptions struct {
	In  io.Reader
	Out io.Writer
	// People are those who may speak.
	People []console.Person
	// Feeds are names of channels that see every elevation.
	Feeds []string
	// Endpoints are those that the other options do not name, such as that of
	// the store.
	Endpoints []string
	// Echo writes what was typed; Colour allows colours.
	Echo, Colour bool
	// Zone is that of times in channels.
	Zone *time.Location
}
