package graph

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"net/url"
	"strings"
	"time"

	abs "github.com/microsoft/kiota-abstractions-go"
	"github.com/microsoft/kiota-abstractions-go/authentication"
	khttp "github.com/microsoft/kiota-http-go"
	jsonser "github.com/microsoft/kiota-serialization-json-go"
	core "github.com/microsoftgraph/msgraph-sdk-go-core"
	"github.com/microsoftgraph/msgraph-sdk-go/policies"
	"github.com/microsoftgraph/msgraph-sdk-go/rolemanagement"

	"hoist/internal/clock"
	"hoist/internal/pim"
	"hoist/internal/secret"
)

// DefaultBaseURL is Graph's root in the global cloud. The other clouds are
// listed at https://learn.microsoft.com/graph/deployments.
const DefaultBaseURL = "https://graph.microsoft.com"

// How long what was read may be believed, and how much of it is kept. A policy
// or an eligibility that changed meanwhile costs a refusal by PIM, after which
// the next look is fresh; it never grants anything.
const (
	eligibilityLife = 5 * time.Minute
	policyLife      = 15 * time.Minute
	nameLife        = 24 * time.Hour
	missingNameLife = 5 * time.Minute

	maxEligibilities = 5000 // principals
	maxPolicies      = 1000 // roles
	maxNames         = 5000 // roles and administrative units
)

// callTimeout bounds a call whose context has no deadline, retries included.
const callTimeout = 100 * time.Second

// Config is what a [Client] needs.
type Config struct {
	// BaseURL is Graph's root without the version; empty means
	// [DefaultBaseURL].
	BaseURL string
	// Tenant is the one tenant that AppToken is for. Requests about principals
	// of another tenant are refused without a call.
	Tenant pim.TenantID
	// AppToken returns the application's own token. The caller caches it; the
	// client asks before every request and keeps nothing.
	AppToken func(ctx context.Context) (secret.Value, error)
	// Transport carries the requests; nil means a transport of the client's
	// own with the defaults of net/http (proxies from the environment).
	Transport http.RoundTripper
	// Clock judges what is still fresh; nil means the machine's clock. Waits
	// between retries always run on the machine's clock, as deadlines do.
	Clock clock.Clock
	// Log takes warnings; nil means slog.Default().
	Log *slog.Logger
}

// Client reads and writes PIM through Microsoft Graph. It is safe for
// concurrent use.
type Client struct {
	base     *url.URL // root, without version
	tenant   pim.TenantID
	appToken func(context.Context) (secret.Value, error)
	adapter  abs.RequestAdapter
	clock    clock.Clock
	log      *slog.Logger

	eligibilities *cache[pim.PrincipalKey, []pim.Eligibility]
	policies      *cache[string, pim.Policy] // by role definition id
	names         *cache[string, string]     // by "role/{id}" and "unit/{id}"
	approvers     *cache[string, []pim.Principal]
}

var (
	_ pim.Directory   = (*Client)(nil)
	_ pim.Activations = (*Client)(nil)
	_ pim.Trail       = (*Client)(nil)
)

// New returns a client. It makes no request.
func New(cfg Config) (*Client, error) {
	if cfg.BaseURL == "" {
		cfg.BaseURL = DefaultBaseURL
	}
	base, err := url.Parse(strings.TrimRight(cfg.BaseURL, "/"))
	if err != nil {
		return nil, fmt.Errorf("graph base url: %w", err)
	}
	if base.Scheme == "" || base.Host == "" {
		return nil, errors.New("graph base url: neither scheme nor host")
	}
	if cfg.AppToken == nil || cfg.Tenant == "" {
		return nil, errors.New("graph client: tenant and app token are required")
	}
	if cfg.Clock == nil {
		cfg.Clock = clock.System()
	}
	if cfg.Log == nil {
		cfg.Log = slog.Default()
	}
	c := &Client{
		base: base, tenant: pim.TenantID(strings.ToLower(string(cfg.Tenant))),
		appToken: cfg.AppToken, clock: cfg.Clock, log: cfg.Log,
		eligibilities: newCache[pim.PrincipalKey, []pim.Eligibility](cfg.Clock, eligibilityLife, maxEligibilities),
		policies:      newCache[string, pim.Policy](cfg.Clock, policyLife, maxPolicies),
		names:         newCache[string, string](cfg.Clock, nameLife, maxNames),
		approvers:     newCache[string, []pim.Principal](cfg.Clock, approverLife, maxApprovers),
	}
	c.adapter, err = newAdapter(base, cfg.Transport, retryReads{pause: pause, base: time.Second}, cfg.Log)
	if err != nil {
		return nil, fmt.Errorf("graph adapter: %w", err)
	}
	return c, nil
}

// newAdapter builds the one adapter for all callers. It authenticates nobody:
// each request carries its own Authorization header, so that a person's token
// cannot reach another person's request.
//
// The middleware is listed by hand because kiota's default chain comes out of
// a map in random order, compresses bodies and, where the retry handler lands
// outside the compression, repeats a POST as plain JSON labelled gzip
// (https://github.com/microsoft/kiota-http-go/issues/183). The factories are
// passed in so that nothing is registered globally.
func newAdapter(base *url.URL, transport http.RoundTripper, retry retryReads, log *slog.Logger) (abs.RequestAdapter, error) {
	options := core.GraphClientOptions{GraphServiceVersion: "v1.0"}
	client := &http.Client{
		Timeout: callTimeout,
		// A redirect would carry the token to wherever it points.
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
		Transport: khttp.NewCustomTransportWithParentTransport(transport,
			core.NewGraphTelemetryHandler(&options), // once per call, so outside the retries
			khttp.NewParametersNameDecodingHandler(),
			khttp.NewUserAgentHandlerWithOptions(&khttp.UserAgentHandlerOptions{Enabled: true, ProductName: "hoist", ProductVersion: "1"}),
			retry,
			keepAnswer{log: log}, // innermost: sees every attempt as it was on the wire
		),
	}
	adapter, err := core.NewGraphRequestAdapterBaseWithParseNodeFactoryAndSerializationWriterFactoryAndHttpClient(
		&authentication.AnonymousAuthenticationProvider{}, options,
		jsonser.NewJsonParseNodeFactory(), jsonser.NewJsonSerializationWriterFactory(), client)
	if err != nil {
		return nil, err
	}
	adapter.SetBaseUrl(base.String() + "/v1.0")
	return adapter, nil
}

// roles and policyRoot start a typed request. The builders are made for each
// call because kiota writes into the map of path parameters that a builder
// shares with its requests.
func (c *Client) roles() *rolemanagement.DirectoryRequestBuilder {
	return rolemanagement.NewRoleManagementRequestBuilderInternal(c.root(), c.adapter).Directory()
}

func (c *Client) policyRoot() *policies.PoliciesRequestBuilder {
	return policies.NewPoliciesRequestBuilderInternal(c.root(), c.adapter)
}

func (c *Client) root() map[string]string {
	return map[string]string{"baseurl": c.base.String() + "/v1.0"}
}
