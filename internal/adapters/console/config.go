package console

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"
	"sync"
	"time"
	"unicode"

	"hoist/internal/chat"
	"hoist/internal/clock"
	"hoist/internal/pim"
)

// Name is the platform's name in [pim.Person] and [pim.Place].
const Name = "console"

// Defaults of [Config].
const (
	DefaultWorkspace = "terminal"
	DefaultCommand   = "/elevate"
	DefaultWidth     = 80
)

const minWidth = 24 // the margins, and room for a word

// Bot is what becomes of a line. nil means that there is nothing to say.
type Bot interface {
	Command(ctx context.Context, in chat.Inbound) chat.View
	Press(ctx context.Context, in chat.Inbound) chat.View
}

// Config describes a [Console].
type Config struct {
	Bot Bot
	// In gives the lines that people type. It is read by [Console.Run] alone.
	In io.Reader
	// Out is the screen.
	Out io.Writer
	// Endpoints are all addresses that the program listens on, is reached at or
	// calls: URLs or host:port. One that is not on this machine refuses the
	// console, and so does an empty list.
	Endpoints []string
	// People are those who may speak; the first is the one who speaks when a line
	// does not say.
	People   []Person
	Channels []Channel
	// Workspace is the workspace in [pim.Person]. Empty means
	// [DefaultWorkspace].
	Workspace string
	// Command is what begins a command. Empty means [DefaultCommand].
	Command string
	// Width is that of the screen, in columns. Zero means [DefaultWidth].
	Width int
	// Colour allows colours: set it when Out is a terminal.
	Colour bool
	// Echo writes what was typed: set it when In is not the terminal.
	Echo bool
	// Zone is that of times in channels. Nil means UTC.
	Zone  *time.Location
	Clock clock.Clock
}

// Person is somebody who may speak.
type Person struct {
	// Name is what lines are prefixed with and the user in [pim.Person]: letters,
	// digits, ".", "-" and "_".
	Name string
	// FullName is for the profile. Empty means Name.
	FullName string
	Email    string
	// Zone is that of times in direct messages. Nil means that of the channels.
	Zone *time.Location
	// Barred is why this person may not use Hoist, as in [pim.Profile]. Nobody
	// who is "deactivated" can be reached or speak.
	Barred string
}

const deactivated = "deactivated"

// Channel is a channel that everybody reads.
type Channel struct {
	Name string // without "#"; in places the address
	// Closed is a channel that takes nothing any more.
	Closed bool
}

// Console is a chat platform on a terminal. It is safe for concurrent use.
type Console struct {
	cfg  Config
	seed string // sets this run apart from others with the same store

	mu       sync.Mutex // guards all below and Out
	people   []Person
	channels []Channel
	speaker  string
	lines    int // delivered so far
	last     delivered
	messages map[pim.Ref]*message
	numbers  int // messages so far
	buttons  []*button
	section  string // the last that was begun on the screen
	entries  []Entry
	news     chan struct{} // closed and replaced at every entry
}

var _ chat.Platform = (*Console)(nil)

// New refuses a configuration that would let strangers speak for others.
func New(cfg Config) (*Console, error) {
	if err := LoopbackOnly(cfg.Endpoints...); err != nil {
		return nil, err
	}
	if cfg.Bot == nil || cfg.In == nil || cfg.Out == nil || cfg.Clock == nil || len(cfg.People) == 0 {
		return nil, errors.New("console: a bot, a reader, a writer, a clock and somebody to speak are needed")
	}
	cfg = cfg.withDefaults()
	if cfg.Width < minWidth {
		return nil, fmt.Errorf("console: %d columns are too few to read; at least %d", cfg.Width, minWidth)
	}
	c := &Console{
		cfg: cfg, seed: digest(cfg.Workspace, cfg.Clock.Now().Format(time.RFC3339Nano))[:8],
		speaker: cfg.People[0].Name, messages: map[pim.Ref]*message{}, news: make(chan struct{}),
	}
	if !isName(cfg.Workspace) {
		return nil, fmt.Errorf("console: %q cannot be a workspace's name", cfg.Workspace)
	}
	for _, p := range cfg.People {
		if err := c.SetPerson(p); err != nil {
			return nil, err
		}
	}
	for _, ch := range cfg.Channels {
		if err := c.SetChannel(ch); err != nil {
			return nil, err
		}
	}
	if len(c.people) != len(cfg.People) || len(c.channels) != len(cfg.Channels) {
		return nil, errors.New("console: a name is given twice")
	}
	return c, nil
}

func (cfg Config) withDefaults() Config {
	if cfg.Workspace == "" {
		cfg.Workspace = DefaultWorkspace
	}
	if cfg.Command == "" {
		cfg.Command = DefaultCommand
	}
	if cfg.Width == 0 {
		cfg.Width = DefaultWidth
	}
	if cfg.Zone == nil {
		cfg.Zone = time.UTC
	}
	return cfg
}

// SetPerson adds somebody or replaces who has the same name, for example to
// deactivate them in the middle of a story.
func (c *Console) SetPerson(p Person) error {
	if !isName(p.Name) {
		return fmt.Errorf("console: %q cannot be a person's name", p.Name)
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	if i := c.personIndex(p.Name); i >= 0 {
		c.people[i] = p
		return nil
	}
	c.people = append(c.people, p)
	return nil
}

// SetChannel adds a channel or replaces the one of the same name.
func (c *Console) SetChannel(ch Channel) error {
	if !isName(ch.Name) {
		return fmt.Errorf("console: %q cannot be a channel's name", ch.Name)
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	if i := slices.IndexFunc(c.channels, func(x Channel) bool { return x.Name == ch.Name }); i >= 0 {
		c.channels[i] = ch
		return nil
	}
	c.channels = append(c.channels, ch)
	return nil
}

// personIndex finds a person by name, in any case; -1 for nobody.
func (c *Console) personIndex(name string) int {
	return slices.IndexFunc(c.people, func(p Person) bool { return strings.EqualFold(p.Name, name) })
}

// channel finds a channel by its exact name.
func (c *Console) channel(name string) (Channel, bool) {
	i := slices.IndexFunc(c.channels, func(x Channel) bool { return x.Name == name })
	if i < 0 {
		return Channel{}, false
	}
	return c.channels[i], true
}

// isName accepts what can stand before ">" and in a key.
func isName(s string) bool {
	for _, r := range s {
		if !unicode.IsLetter(r) && !unicode.IsDigit(r) && !strings.ContainsRune(".-_", r) {
			return false
		}
	}
	return s != "" && len(s) <= 64
}

// digest is a hash of parts that cannot be confused with other parts.
func digest(parts ...string) string {
	var all []byte
	for _, p := range parts {
		all = fmt.Appendf(all, "%d:%s;", len(p), p)
	}
	sum := sha256.Sum256(all)
	return hex.EncodeToString(sum[:])
}
