package slack

import (
	"io"
	"net/http"
	"time"

	"hoist/internal/clock"
	"hoist/internal/secret"
)

// Config describes the simulated workspace and the app installed in it.
type Config struct {
	// Clock judges triggers, response URLs and codes and stamps everything.
	// Nil means the machine's clock.
	Clock clock.Clock
	Seed  Seed
	App   App
	// Deliver says where the app listens. It may be set later by
	// [Slack.SetDeliver], because ports are known late.
	Deliver Deliver
	// BaseURL is the address under which this Slack is reachable, without a
	// trailing slash. It may be set later by [Slack.SetBaseURL].
	BaseURL string
	// Issuer is the issuer of ID tokens. Empty means BaseURL, which is what
	// OpenID discovery needs here; in life it is https://slack.com.
	Issuer string
	// Client carries deliveries to the app. Nil means a client of its own.
	Client *http.Client
	// AckTimeout is how long the app may take to acknowledge, on the machine's
	// clock, because a clock that stands still never runs out. Zero means
	// Slack's three seconds.
	AckTimeout time.Duration
	// Random makes identifiers. Nil means crypto/rand.
	Random io.Reader
	// EmptyStateAsList encodes an empty state as [] instead of {}, as Slack's
	// PHP sometimes does. Decoders that expect a map break on it.
	EmptyStateAsList bool
}

// Seed is what the workspace holds at the start.
type Seed struct {
	Team     Team
	Users    []User
	Channels []Channel
}

// Team is a workspace. Enterprise fields are empty outside Enterprise Grid.
type Team struct {
	ID, Name, Domain             string
	EnterpriseID, EnterpriseName string
}

// User is a person, or a bot, in the workspace or connected to it.
type User struct {
	ID       string
	Name     string // the short handle
	RealName string
	Email    string
	TimeZone string // IANA name; empty means UTC
	Locale   string // such as en-GB; empty means en-US
	Deleted  bool
	// Restricted and UltraRestricted are multi- and single-channel guests.
	Restricted, UltraRestricted bool
	Bot                         bool
	// TeamID names another workspace for a Slack Connect stranger. Empty means
	// the seeded team.
	TeamID string
}

// Channel is a public or private channel.
type Channel struct {
	ID, Name string
	Members  []string // user ids, the bot's user id included where it was invited
	Private  bool
	Archived bool
	// ExtShared marks a channel shared with another organisation.
	ExtShared bool
}

// App is the installed app.
type App struct {
	ID, Name, BotID, BotUserID string
	BotToken                   secret.Value
	SigningSecret              secret.Value
	// VerificationToken is the deprecated token that deliveries still carry.
	VerificationToken string
	ClientID          string
	ClientSecret      secret.Value
	RedirectURIs      []string // exact addresses for Sign in with Slack
	Scopes            []string // bot scopes
	Commands          []string // such as /elevate
	// EscapeCommands is the "Escape channels, users and links" switch of a
	// slash command: the text then carries <@U…> and HTML entities.
	EscapeCommands bool
}

// Deliver holds the app's request URLs. An empty one makes Slack fail that
// kind of delivery as it does for an app without the feature.
type Deliver struct {
	Commands, Interactions, Options, Events string
}

// withDefaults fills what the caller left out.
func (c Config) withDefaults() Config {
	if c.Clock == nil {
		c.Clock = clock.System()
	}
	client := http.Client{}
	if c.Client != nil {
		client = *c.Client
	}
	// A redirect is not an acknowledgement.
	client.CheckRedirect = func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }
	c.Client = &client
	if c.AckTimeout == 0 {
		c.AckTimeout = 3 * time.Second
	}
	if c.App.VerificationToken == "" {
		c.App.VerificationToken = "simulated-verification-token"
	}
	if c.App.BotID == "" {
		c.App.BotID = "B0SIMULATED"
	}
	if c.Seed.Team.Domain == "" {
		c.Seed.Team.Domain = c.Seed.Team.Name
	}
	return c
}
