package entra

import (
	"compress/gzip"
	"crypto/rand"
	"encoding/base64"
	"fmt"
	"io"
	"net/http"
	"strings"
	"sync"
	"time"

	"hoist/internal/sim/fault"
	"hoist/internal/sim/page"
	"hoist/internal/sim/tenant"
	"hoist/internal/sim/token"
)

// Config says what the server stands on.
type Config struct {
	Tenant *tenant.Tenant
	Keys   *token.Signer
	// BrowserURL is the origin that browsers are sent to, ServerURL the https
	// origin of everything else: MSAL refuses plain http authorities, and a
	// browser does not trust the simulator's certificate.
	BrowserURL string
	ServerURL  string
	// Faults may be nil.
	Faults *fault.Plan
}

// Server answers for Entra.
type Server struct {
	tenant     *tenant.Tenant
	keys       *token.Signer
	browserURL string
	serverURL  string
	faulty     http.Handler

	mu        sync.Mutex
	sessions  map[string]*session
	flows     map[string]*flow
	codes     map[string]*grant
	refreshes map[string]*grant
}

// New returns a server.
func New(c Config) *Server {
	if c.Faults == nil {
		c.Faults = &fault.Plan{}
	}
	s := &Server{
		tenant: c.Tenant, keys: c.Keys, browserURL: c.BrowserURL, serverURL: c.ServerURL,
		sessions: map[string]*session{}, flows: map[string]*flow{}, codes: map[string]*grant{}, refreshes: map[string]*grant{},
	}
	s.faulty = c.Faults.Wrap(http.HandlerFunc(s.route))
	return s
}

// Authority is the URL that MSAL takes.
func (s *Server) Authority() string { return s.serverURL + "/" + s.tenant.ID() }

// Issuer is the iss of ID tokens.
func (s *Server) Issuer() string { return s.Authority() + "/v2.0" }

// ServeHTTP stamps the answer and lets planned faults have their way first.
func (s *Server) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	h := w.Header()
	id := s.newID()
	h.Set("Date", s.tenant.Now().Format(http.TimeFormat))
	h.Set("x-ms-request-id", id)
	h.Set("request-id", id)
	h.Set("client-request-id", id)
	if sent := correlation(r); sent != "" {
		h.Set("client-request-id", sent)
	}
	h.Set("Cache-Control", "no-store, no-cache")
	s.faulty.ServeHTTP(w, r)
}

func correlation(r *http.Request) string {
	if sent := r.Header.Get("client-request-id"); sent != "" {
		return sent
	}
	return r.URL.Query().Get("client-request-id")
}

// route is the one list of everything served.
func (s *Server) route(w http.ResponseWriter, r *http.Request) {
	tenantPart, path, _ := strings.Cut(strings.TrimPrefix(r.URL.Path, "/"), "/")
	if !s.mine(tenantPart) {
		s.wrongTenant(w, r, tenantPart)
		return
	}
	if !unzip(r) {
		s.refuse(w, invalidRequest(90014, "The request body is not valid."))
		return
	}
	switch r.Method + " " + strings.TrimSuffix(path, "/") {
	case "GET v2.0/.well-known/openid-configuration":
		s.metadata(w)
	case "GET discovery/v2.0/keys":
		writeJSON(w, http.StatusOK, s.keys.KeySet())
	case "GET oauth2/v2.0/authorize", "POST oauth2/v2.0/authorize":
		s.authorize(w, r)
	case "GET login/style.css":
		page.SignInStyle.ServeHTTP(w, r)
	case "GET login/continue":
		s.showNext(w, r)
	case "POST login/account":
		s.postAccount(w, r)
	case "POST login/mfa":
		s.postMFA(w, r)
	case "POST login/switch":
		s.postSwitch(w, r)
	case "POST login/return":
		s.postReturn(w, r)
	case "GET oauth2/v2.0/logout":
		s.signOut(w, r)
	case "POST oauth2/v2.0/token":
		s.token(w, r)
	default:
		http.Error(w, "the simulated Entra does not serve "+r.Method+" "+r.URL.Path, http.StatusNotFound)
	}
}

// mine accepts the tenant's id and its domain, as Entra does.
func (s *Server) mine(name string) bool {
	return strings.EqualFold(name, s.tenant.ID()) || strings.EqualFold(name, s.tenant.Domain())
}

func (s *Server) wrongTenant(w http.ResponseWriter, r *http.Request, name string) {
	p := invalidRequest(90002, "Tenant '"+name+"' not found. Check to make sure you have the correct tenant ID and are signing into the correct cloud.")
	if name == "common" || name == "organizations" || name == "consumers" {
		p = invalidRequest(50194, "Application is not configured as a multi-tenant application. Usage of the /common endpoint is not supported for such apps created after '10/15/2018'. Use a tenant-specific endpoint or configure the application to be multi-tenant.")
	}
	if strings.HasSuffix(r.URL.Path, "/authorize") {
		s.errorPage(w, nil, p)
		return
	}
	s.refuse(w, p)
}

// unzip lets form bodies be compressed, and reports whether the body can be
// read.
func unzip(r *http.Request) bool {
	if !strings.EqualFold(r.Header.Get("Content-Encoding"), "gzip") {
		return true
	}
	z, err := gzip.NewReader(r.Body)
	if err != nil {
		return false
	}
	r.Body = io.NopCloser(z)
	return true
}

// newSecret makes codes, cookies and refresh tokens. They come from the
// machine's own source, never from the world's repeatable one.
func newSecret() string {
	b := make([]byte, 32)
	if _, err := rand.Read(b); err != nil {
		panic("entra: no random bytes: " + err.Error())
	}
	return base64.RawURLEncoding.EncodeToString(b)
}

func (s *Server) newID() string {
	b := make([]byte, 16)
	if _, err := rand.Read(b); err != nil {
		panic("entra: no random bytes: " + err.Error())
	}
	b[6], b[8] = b[6]&0x0f|0x40, b[8]&0x3f|0x80
	return fmt.Sprintf("%x-%x-%x-%x-%x", b[:4], b[4:6], b[6:8], b[8:10], b[10:])
}

// forgetAfter is the life of a code, and of a sign-in that nobody finishes.
const forgetAfter = 10 * time.Minute
