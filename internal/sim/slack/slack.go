package slack

import (
	"crypto/rsa"
	"net/http"
	"slices"
	"strings"
	"sync"
	"time"

	"hoist/internal/sim/page"
)

// Slack is the simulated service. It is an http.Handler for everything that an
// app or a browser may reach, and has methods for what people do. It is safe
// for concurrent use.
type Slack struct {
	cfg Config
	mux *http.ServeMux
	ids *identifiers

	mu       sync.Mutex
	base     string
	issuer   string
	deliver  Deliver
	users    map[string]*User
	rooms    map[string]*room
	whispers []*Message // ephemeral messages; they are in no room
	views    map[string]*View
	stacks   map[string][]string // user id → open modals, bottom first
	homes    map[string]string   // user id → published home view
	triggers map[string]*trigger
	replies  map[string]*responseURL
	// drafts are values that a person has entered but not submitted, and
	// offered the options an external select last showed, both by surface.
	drafts  map[draftKey]object
	offered map[draftKey][]object

	entries []Entry
	news    chan struct{} // closed and replaced at every new entry
	calls   []Call
	sent    []Delivery
	faults  faults

	codes  map[string]*grant
	tokens map[string]*grant
	keyer  sync.Once
	key    *rsa.PrivateKey
	keyErr error
}

var _ http.Handler = (*Slack)(nil)

// New returns a workspace as seeded, with nothing said in it yet.
func New(cfg Config) *Slack {
	cfg = cfg.withDefaults()
	s := &Slack{
		cfg: cfg, ids: newIdentifiers(cfg.Random),
		base: strings.TrimRight(cfg.BaseURL, "/"), issuer: cfg.Issuer, deliver: cfg.Deliver,
		users: map[string]*User{}, rooms: map[string]*room{},
		views: map[string]*View{}, stacks: map[string][]string{}, homes: map[string]string{},
		triggers: map[string]*trigger{}, replies: map[string]*responseURL{},
		drafts: map[draftKey]object{}, offered: map[draftKey][]object{},
		news:  make(chan struct{}),
		codes: map[string]*grant{}, tokens: map[string]*grant{},
	}
	s.addUser(User{ID: cfg.App.BotUserID, Name: cfg.App.Name, RealName: cfg.App.Name, Bot: true})
	for _, u := range cfg.Seed.Users {
		s.addUser(u)
	}
	for _, c := range cfg.Seed.Channels {
		s.rooms[c.ID] = &room{Channel: c}
	}
	s.mux = s.routes()
	return s
}

func (s *Slack) addUser(u User) {
	if u.TeamID == "" {
		u.TeamID = s.cfg.Seed.Team.ID
	}
	s.users[u.ID] = &u
}

func (s *Slack) routes() *http.ServeMux {
	mux := http.NewServeMux()
	mux.HandleFunc("/api/{method}", programs(s.serveAPI))
	mux.HandleFunc("POST /response/{id}", programs(s.serveResponse))
	mux.HandleFunc("GET /openid/connect/authorize", s.serveAuthorize)
	mux.Handle("POST /openid/connect/authorize", page.Protect(http.HandlerFunc(s.serveConsent)))
	mux.Handle("GET /openid/style.css", page.SignInStyle) // the pages name it relative to themselves
	mux.HandleFunc("GET /openid/connect/keys", s.serveKeys)
	mux.HandleFunc("GET /.well-known/openid-configuration", s.serveDiscovery)
	return mux
}

// programs serves programs, which browsers are none of: a page elsewhere could
// post as the app, whose token stands in the example, and methods that act answer
// GET too, which an image would do.
func programs(serve http.HandlerFunc) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		site := r.Header.Get("Sec-Fetch-Site")
		if r.Header.Get("Origin") != "" || site != "" && site != "none" {
			http.Error(w, "The simulated Web API is for programs: a page in a browser may not call it.", http.StatusForbidden)
			return
		}
		serve(w, r)
	}
}

// ServeHTTP implements http.Handler. The Date header follows the injected
// clock, because an app may take the time from it.
func (s *Slack) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	w.Header().Set("Date", s.cfg.Clock.Now().Format(http.TimeFormat))
	s.mux.ServeHTTP(w, r)
}

// SetBaseURL says where this Slack is reachable. Response URLs and OpenID
// addresses made from now on start with it.
func (s *Slack) SetBaseURL(base string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.base = strings.TrimRight(base, "/")
}

// SetDeliver says where the app listens from now on.
func (s *Slack) SetDeliver(d Deliver) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.deliver = d
}

// SetUser adds a person or replaces one with the same id, for example to
// deactivate somebody in the middle of a story.
func (s *Slack) SetUser(u User) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.addUser(u)
}

// SetChannel adds a channel, or replaces the facts about one and keeps its
// messages.
func (s *Slack) SetChannel(c Channel) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if r, known := s.rooms[c.ID]; known {
		r.Channel = c
		return
	}
	s.rooms[c.ID] = &room{Channel: c}
}

// User returns what the workspace knows about somebody.
func (s *Slack) User(id string) (User, bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	u, ok := s.users[id]
	if !ok {
		return User{}, false
	}
	return *u, true
}

// Users returns everybody, by id.
func (s *Slack) Users() []User {
	s.mu.Lock()
	defer s.mu.Unlock()
	var all []User
	for _, u := range s.users {
		all = append(all, *u)
	}
	slices.SortFunc(all, func(a, b User) int { return strings.Compare(a.ID, b.ID) })
	return all
}

func (s *Slack) now() time.Time { return s.cfg.Clock.Now() }

// stranger reports whether a user belongs to another organisation.
func (s *Slack) stranger(u *User) bool { return u.TeamID != s.cfg.Seed.Team.ID }
