package signin

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"time"

	"hoist/internal/chat"
	"hoist/internal/pim"
)

// Elevations is what the pages need of [pim.Service].
type Elevations interface {
	Look(ctx context.Context, id pim.ID) (pim.Elevation, error)
	OpenSignIn(ctx context.Context, id pim.ID, p pim.Pass, browser string) (pim.Elevation, error)
	Return(ctx context.Context, id pim.ID, p pim.Pass, browser string, session pim.Session) error
	LinkProved(ctx context.Context, id pim.ID, p pim.Pass, browser string) error
	ReturnExit(ctx context.Context, id pim.ID, p pim.Pass, browser string, session pim.Session) error
	CheckDecision(ctx context.Context, e pim.Elevation, p pim.Person) error
	ReturnDecision(ctx context.Context, id pim.ID, v pim.Verdict, session pim.Session) error
}

var _ Elevations = (*pim.Service)(nil)

// ChatProof proves in a browser which chat account its user has.
type ChatProof interface {
	// Begin returns where the browser goes. It does nothing else.
	Begin(state, nonce, redirectURI string) (authorizeURL string)
	// Finish redeems the code and returns who signed in, and a name for them to
	// recognise. Errors hold neither code nor token; a *[pim.Error] of
	// KindWrongAccount says that it was somebody of another workspace.
	Finish(ctx context.Context, code, nonce, redirectURI string) (pim.Person, string, error)
}

// LinkStore keeps which Entra accounts belong to a person.
type LinkStore interface {
	// PutLink keeps a link; keeping the same one again is no error.
	PutLink(ctx context.Context, tenant pim.TenantID, person pim.Person, principal pim.Principal, how string, at time.Time) error
	// PersonsOf returns everyone who has proved the account.
	PersonsOf(ctx context.Context, account pim.PrincipalKey) ([]pim.Person, error)
}

// Accounts knows which Entra accounts are a person's; [Identities] does.
type Accounts interface {
	Principals(ctx context.Context, p pim.Person) ([]pim.Principal, error)
}

// Audit takes a record before its effect.
type Audit interface {
	Record(ctx context.Context, r pim.AuditRecord) error
}

// Config is what a [Handler] is made of. Every field is required unless it says
// otherwise.
type Config struct {
	// Tenant is the one whose accounts may sign in.
	Tenant pim.TenantID
	App    App
	// PublicURL is how browsers reach this program: scheme and host, no path.
	// Its two redirect URIs, PublicURL/signin/callback for Entra and
	// PublicURL/signin/chat/callback for chats, must be registered.
	PublicURL  string
	Links      *Links
	Elevations Elevations
	Attempts   Attempts
	LinkStore  LinkStore
	Audit      Audit
	// Accounts lets an approver be signed in without a question which account it
	// is. May be nil; then Entra asks.
	Accounts Accounts
	// ChatProofs are by platform name; people of other platforms must be mapped
	// by an operator. May be empty.
	ChatProofs map[string]ChatProof
	// FormOrigins are further origins that a browser may be redirected to right
	// after a button was pressed, for instance a federated identity provider
	// that Entra redirects to at once ("https://sts.example.com"). Chromium
	// holds the policy's form-action against every redirect that follows. May be
	// empty; the origins of Entra and of the chat proofs are known.
	FormOrigins []string
	// MFAClaims asks Entra for a second factor. Empty means
	// [pim.DefaultMFAClaims].
	MFAClaims string
	// PIMURL is where "Open in PIM" leads. Empty means [chat.DefaultPIMURL].
	PIMURL string
	// Linked is told of every link that was kept, and who else holds the account,
	// so that they can be told in their chat. about is the elevation that the page
	// was opened for. It must not block. May be nil.
	Linked func(ctx context.Context, about pim.ID, who pim.Person, account pim.Principal, others []pim.Person)
	// Random makes states, nonces, verifiers and cookies; nil means the system's.
	Random io.Reader
	Log    *slog.Logger
}

// Handler serves the sign-in pages; see the package's route table.
type Handler struct {
	Config
	links     *Links
	authority *authority
	ids       *idTokens
	pages     *renderer
	guard     *http.CrossOriginProtection
	base      string
	formTo    []string // origins for form-action, without Entra's authorize page
	mux       *http.ServeMux
}

// New returns the handler. It asks nobody anything yet.
func New(c Config) (*Handler, error) {
	if err := c.complete(); err != nil {
		return nil, fmt.Errorf("signin: %w", err)
	}
	base, err := origin(c.PublicURL)
	if err != nil {
		return nil, fmt.Errorf("signin: public URL: %w", err)
	}
	ready, err := newAuthority(c.App)
	if err != nil {
		return nil, fmt.Errorf("signin: %w", err)
	}
	pages, err := newRenderer()
	if err != nil {
		return nil, fmt.Errorf("signin: %w", err)
	}
	h := &Handler{Config: c, links: c.Links, authority: ready, ids: &idTokens{authority: ready}, pages: pages, base: base}
	h.guard = http.NewCrossOriginProtection()
	if err := h.guard.AddTrustedOrigin(base); err != nil {
		return nil, fmt.Errorf("signin: public URL: %w", err)
	}
	if h.formTo, err = h.formOrigins(); err != nil {
		return nil, fmt.Errorf("signin: %w", err)
	}
	h.mux = h.routes()
	return h, nil
}

// complete names what is missing and fills in defaults.
func (c *Config) complete() error {
	var missing []string
	for name, absent := range map[string]bool{
		"Tenant": c.Tenant == "", "Links": c.Links == nil, "Elevations": c.Elevations == nil,
		"Attempts": c.Attempts == nil, "LinkStore": c.LinkStore == nil, "Audit": c.Audit == nil, "Log": c.Log == nil,
	} {
		if absent {
			missing = append(missing, name)
		}
	}
	if len(missing) > 0 {
		slices.Sort(missing)
		return errors.New("missing: " + strings.Join(missing, ", "))
	}
	c.Tenant = pim.TenantID(strings.ToLower(string(c.Tenant)))
	if c.MFAClaims == "" {
		c.MFAClaims = pim.DefaultMFAClaims
	}
	if c.PIMURL == "" {
		c.PIMURL = chat.DefaultPIMURL
	}
	if c.Random == nil {
		c.Random = randomReader()
	}
	return nil
}

// routes is the route table of the package's documentation.
func (h *Handler) routes() *http.ServeMux {
	m := http.NewServeMux()
	m.HandleFunc("GET /signin/{shard}/{id}/{token}", h.route("link", h.linkPage))
	m.HandleFunc("POST /signin/{shard}/{id}/{token}", h.route("open", h.open))
	m.HandleFunc("GET /signin/callback", h.route("callback", h.callback))
	m.HandleFunc("GET /signin/chat/callback", h.route("chat callback", h.chatCallback))
	m.HandleFunc("GET "+h.pages.stylePath, h.pages.serveStyle)
	m.HandleFunc("/signin/", h.route("unknown", func(v *visit) { v.problem(http.StatusNotFound, chat.ProblemUnknownLink) }))
	return m
}

// ServeHTTP implements [http.Handler].
func (h *Handler) ServeHTTP(w http.ResponseWriter, r *http.Request) { h.mux.ServeHTTP(w, r) }

// largestForm bounds a POST. A reason that is too long by far still fits, to be
// shown again.
const largestForm = 16 << 10

// route puts what all pages share around one of them: the headers, and the
// refusal of forms that do not come from our own page. Logs name the route;
// a path holds a link's secret and a query a code.
func (h *Handler) route(name string, page func(*visit)) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		v := &visit{Handler: h, w: w, r: r, route: name}
		if r.Method == http.MethodPost {
			r.Body = http.MaxBytesReader(w, r.Body, largestForm)
			if !h.fromOurPage(r) {
				v.log().WarnContext(v.r.Context(), "form of another origin refused")
				v.problem(http.StatusForbidden, chat.ProblemForeignForm)
				return
			}
		}
		page(v)
	}
}

// fromOurPage reports whether a form was sent by a page of ours. A browser that
// says nothing at all about where a form comes from is believed only when its
// referrer is ours.
func (h *Handler) fromOurPage(r *http.Request) bool {
	if err := h.guard.Check(r); err != nil {
		return false
	}
	if r.Header.Get("Sec-Fetch-Site") != "" || r.Header.Get("Origin") != "" {
		return true
	}
	from, err := url.Parse(r.Referer())
	return err == nil && from.Scheme+"://"+from.Host == h.base
}

// formOrigins are where a form's redirect may lead besides our own pages.
func (h *Handler) formOrigins() ([]string, error) {
	entra, err := url.Parse(h.authority.Authority)
	if err != nil {
		return nil, errors.New("authority is not a URL")
	}
	all := []string{"https://" + entra.Host}
	for name, proof := range h.ChatProofs {
		at, err := url.Parse(proof.Begin("", "", h.base+chatCallbackPath))
		if err != nil || at.Host == "" {
			return nil, fmt.Errorf("chat proof of %s names no URL", name)
		}
		all = append(all, at.Scheme+"://"+at.Host)
	}
	for _, raw := range h.FormOrigins {
		o, err := origin(raw)
		if err != nil {
			return nil, fmt.Errorf("form origin: %w", err)
		}
		all = append(all, o)
	}
	slices.Sort(all)
	return slices.Compact(all), nil
}

// The two redirect URIs.
const (
	callbackPath     = "/signin/callback"
	chatCallbackPath = "/signin/chat/callback"
)
