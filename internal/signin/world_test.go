package signin_test

import (
	"bytes"
	"context"
	"crypto/rand"
	"crypto/rsa"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"net/url"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"hoist/internal/clock"
	"hoist/internal/pim"
	"hoist/internal/secret"
	"hoist/internal/signin"
	"hoist/internal/sim"
	"hoist/internal/sim/browser"
	"hoist/internal/sim/tenant"
	"hoist/internal/sim/token"
)

const public = "https://hoist.test"

var nine = time.Date(2026, 11, 23, 9, 0, 0, 0, time.UTC)

// signingKey is made once: it takes a noticeable part of a second.
var signingKey = sync.OnceValues(func() (*rsa.PrivateKey, error) { return rsa.GenerateKey(rand.Reader, 2048) })

var (
	linkKey = secret.New("link-key-of-the-tests-0123456789abcdef")
	ada     = pim.Principal{PrincipalKey: pim.NewPrincipalKey(sim.TenantID, sim.AdaOID), UPN: "ada@" + sim.Domain, Name: "Ada Lindqvist"}
	adaChat = pim.Person{Platform: "slack", Workspace: "T0FJORD", User: "U0ADA"}
)

// world is a Hoist whose service is a fake and whose Entra is the simulated one,
// reached by a scripted browser.
type world struct {
	t       *testing.T
	sim     *sim.Sim
	clock   *clock.Movable
	service *service
	kept    *kept
	audit   *audit
	links   *signin.Links
	app     signin.App
	handler *signin.Handler
	chat    *chatSite
	log     *bytes.Buffer
	wire    *wire
	browser *browser.Browser
}

func newWorld(t *testing.T, changes ...func(*signin.Config)) *world {
	t.Helper()
	key, err := signingKey()
	must(t, err)
	w := &world{t: t, clock: clock.NewStill(nine), kept: newKept(), audit: &audit{}, log: &bytes.Buffer{}}
	w.wire = &wire{}
	w.sim, err = sim.Start(t.Context(), sim.Options{Clock: w.clock, SigningKey: key, OnExchange: w.wire.keep})
	must(t, err)
	t.Cleanup(func() { must(t, w.sim.Close()) })
	must(t, w.sim.Tenant.SetRedirectURIs(sim.BotClientID, public+"/signin/callback"))

	w.service = newService(w.clock)
	w.chat = &chatSite{people: map[string]pim.Person{"ada": adaChat}, as: "ada"}
	w.links, err = signin.NewLinks(public, "s0001", []secret.Value{linkKey})
	must(t, err)
	credential, err := signin.ClientSecret(secret.New(sim.BotClientSecret))
	must(t, err)
	w.wire.next = w.sim.Client().Transport
	w.app = signin.App{
		Authority: w.sim.Authority(), ClientID: sim.BotClientID, Credential: credential,
		HTTP: &http.Client{Transport: w.wire}, Clock: w.clock,
	}
	c := signin.Config{
		Tenant: sim.TenantID, App: w.app, PublicURL: public, Links: w.links,
		Elevations: w.service, Attempts: w.kept, LinkStore: w.kept, Audit: w.audit, Accounts: w.service,
		ChatProofs: map[string]signin.ChatProof{"slack": w.chat},
		Log:        slog.New(slog.NewTextHandler(w.log, &slog.HandlerOptions{Level: slog.LevelDebug})),
	}
	for _, change := range changes {
		change(&c)
	}
	w.handler, err = signin.New(c)
	must(t, err)
	w.browser = w.newBrowser()
	return w
}

func (w *world) newBrowser() *browser.Browser {
	return browser.New(hosts{"hoist.test": w.handler, "chat.test": w.chat})
}

// open fetches the record's link.
func (w *world) open() *browser.Page {
	w.t.Helper()
	return w.get(w.link())
}

// link is the newest link of whoever asked.
func (w *world) link() string { return linkOf(w.links, w.service.now()).Reveal() }

// linkOf is the link that the elevation itself waits for.
func linkOf(l *signin.Links, e pim.Elevation) secret.Value {
	return l.Link(e, pim.Pass{Purpose: e.SignIn.Purpose, Person: e.Person, Attempt: e.SignIn.Attempt})
}

func (w *world) press(p *browser.Page, id string) *browser.Page {
	w.t.Helper()
	p, err := w.browser.Press(w.t.Context(), p, id)
	must(w.t, err)
	return p
}

// signIn walks through the simulated pages as one account.
func (w *world) signIn(p *browser.Page, upn string) *browser.Page {
	w.t.Helper()
	p, err := w.browser.SignIn(w.t.Context(), p, upn)
	must(w.t, err)
	return p
}

// reachCallback signs in and stops in front of the callback.
func (w *world) reachCallback(upn string) *url.URL {
	w.t.Helper()
	return w.callbackOf(w.open(), upn)
}

// callbackOf presses a page's button, signs in, and stops in front of the
// callback.
func (w *world) callbackOf(p *browser.Page, upn string) *url.URL {
	w.t.Helper()
	w.browser.StopAt = func(u *url.URL) bool { return u.Path == "/signin/callback" }
	return w.stopped(w.signIn(w.press(p, "continue"), upn))
}

// stopAtCallback opens an address that leads to Entra, signs in, and stops in
// front of the callback. The address itself may be a callback.
func (w *world) stopAtCallback(address, upn string) *url.URL {
	w.t.Helper()
	first := true
	w.browser.StopAt = func(u *url.URL) bool {
		stop := u.Path == "/signin/callback" && !first
		first = false
		return stop
	}
	return w.stopped(w.signIn(w.get(address), upn))
}

func (w *world) stopped(p *browser.Page) *url.URL {
	w.t.Helper()
	w.browser.StopAt = nil
	if !p.Stopped {
		w.t.Fatalf("did not reach the callback: %s", p.Text(""))
	}
	return p.URL
}

func (w *world) get(u string) *browser.Page {
	w.t.Helper()
	p, err := w.browser.Open(w.t.Context(), u)
	must(w.t, err)
	return p
}

// requested is an elevation that waits for Ada's sign-in.
func requested() pim.Elevation {
	e := pim.Elevation{
		ID: "H-7K3F9QX", Tenant: sim.TenantID, Revision: 3, Created: nine, Person: adaChat, Name: "Ada L.", Zone: "Europe/Oslo",
		Ask:   pim.Ask{Role: "user admin", Duration: 2 * time.Hour, Justification: "rotating keys for INC-4711", Ticket: pim.Ticket{Number: "INC-4711"}},
		State: pim.Requested, Since: nine, Deadline: nine.Add(10 * time.Minute),
	}
	right := pim.Eligibility{
		ID: "elig-1", Principal: ada.PrincipalKey,
		Target: pim.Target{Kind: pim.DirectoryRole, ID: "fe930be7-5e62-47db-91af-98c3a49a38b1", Name: "User Administrator"},
		Scope:  pim.Scope{ID: "/"},
	}
	e, err := e.Apply(pim.Resolved{Principal: ada, Eligibility: right, Terms: pim.Terms{Duration: 2 * time.Hour, NeedsMFA: true}}, nine)
	if err != nil {
		panic(err)
	}
	return e
}

// unlinked is an elevation that waits for a linking.
func unlinked() pim.Elevation {
	e := requested()
	e.State, e.Principal, e.Eligibility, e.Terms, e.SignIn = pim.Requested, pim.Principal{}, pim.Eligibility{}, pim.Terms{}, pim.SignInStep{}
	e, err := e.Apply(pim.LinkNeeded{}, nine)
	if err != nil {
		panic(err)
	}
	return e
}

// kept is a store for attempts and links.
type kept struct {
	mu       sync.Mutex
	attempts map[string][]byte
	ever     [][]byte // all that was ever kept
	links    []signin.Link
	others   []pim.Person

	dropped   []pim.PrincipalKey
	dropFails error
}

func newKept() *kept { return &kept{attempts: map[string][]byte{}} }

func (k *kept) PutAttempt(_ context.Context, _ pim.TenantID, state string, value []byte, _ time.Duration) error {
	k.mu.Lock()
	defer k.mu.Unlock()
	k.attempts[state] = value
	k.ever = append(k.ever, value)
	return nil
}

func (k *kept) TakeAttempt(_ context.Context, _ pim.TenantID, state string) ([]byte, error) {
	k.mu.Lock()
	defer k.mu.Unlock()
	v, ok := k.attempts[state]
	delete(k.attempts, state)
	if !ok {
		return nil, fmt.Errorf("take: %w", pim.ErrNotFound)
	}
	return v, nil
}

func (k *kept) count() int {
	k.mu.Lock()
	defer k.mu.Unlock()
	return len(k.attempts)
}

func (k *kept) PutLink(_ context.Context, _ pim.TenantID, p pim.Person, a pim.Principal, how string, at time.Time) error {
	k.mu.Lock()
	defer k.mu.Unlock()
	k.links = append(k.links, signin.Link{Person: p, Principal: a, How: how, At: at})
	return nil
}

func (k *kept) PersonsOf(context.Context, pim.PrincipalKey) ([]pim.Person, error) {
	return k.others, nil
}

func (k *kept) LinksOf(_ context.Context, _ pim.TenantID, p pim.Person) ([]signin.Link, error) {
	var mine []signin.Link
	for _, l := range k.links {
		if l.Person == p {
			mine = append(mine, l)
		}
	}
	return mine, nil
}

type audit struct {
	down    error
	records []pim.AuditRecord
}

func (a *audit) Record(_ context.Context, r pim.AuditRecord) error {
	if a.down == nil {
		a.records = append(a.records, r)
	}
	return a.down
}

func (k *kept) DropLink(_ context.Context, _ pim.TenantID, p pim.Person, account pim.PrincipalKey) error {
	k.dropped = append(k.dropped, account)
	k.links = slices.DeleteFunc(k.links, func(l signin.Link) bool { return l.Person == p && l.Principal.PrincipalKey == account })
	return k.dropFails
}

// chatSite is a chat's own sign-in: it sends every browser back as whoever is
// signed in there.
type chatSite struct {
	people map[string]pim.Person
	as     string
	deny   bool
}

func (c *chatSite) Begin(state, nonce, redirectURI string) string {
	return "https://chat.test/authorize?" + url.Values{"state": {state}, "nonce": {nonce}, "redirect_uri": {redirectURI}}.Encode()
}

func (c *chatSite) Finish(_ context.Context, code, nonce, redirectURI string) (pim.Person, string, error) {
	who, given, _ := strings.Cut(code, ":")
	if given != nonce || redirectURI != public+"/signin/chat/callback" {
		return pim.Person{}, "", errors.New("nonce or redirect URI differs")
	}
	person, ok := c.people[who]
	if !ok {
		return pim.Person{}, "", &pim.Error{Kind: pim.KindWrongAccount}
	}
	return person, "@" + who, nil
}

func (c *chatSite) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	q := r.URL.Query()
	answer := url.Values{"state": {q.Get("state")}, "code": {c.as + ":" + q.Get("nonce")}}
	if c.deny {
		answer = url.Values{"state": {q.Get("state")}, "error": {"access_denied"}}
	}
	http.Redirect(w, r, q.Get("redirect_uri")+"?"+answer.Encode(), http.StatusFound)
}

// hosts is a network in which some hosts are handlers of this process.
type hosts map[string]http.Handler

func (n hosts) RoundTrip(r *http.Request) (*http.Response, error) {
	h, ok := n[r.URL.Host]
	if !ok {
		return http.DefaultTransport.RoundTrip(r)
	}
	in := r.Clone(r.Context())
	in.Host, in.RequestURI = r.URL.Host, r.URL.RequestURI()
	if in.Body == nil {
		in.Body = http.NoBody
	}
	answer := httptest.NewRecorder()
	h.ServeHTTP(answer, in)
	got := answer.Result()
	got.Request = r
	return got, nil
}

// wire is the network between Hoist and Entra: it keeps what crosses and lets a
// test change answers of the token endpoint.
type wire struct {
	next   http.RoundTripper
	tamper func(answer map[string]any)
	fail   error

	mu        sync.Mutex
	exchanges []sim.Exchange
}

func (w *wire) keep(e sim.Exchange) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.exchanges = append(w.exchanges, e)
}

// last returns the newest exchange of a path's end.
func (w *wire) last(t *testing.T, suffix string) sim.Exchange {
	t.Helper()
	w.mu.Lock()
	defer w.mu.Unlock()
	for _, e := range slices.Backward(w.exchanges) {
		if strings.HasSuffix(e.Path, suffix) {
			return e
		}
	}
	t.Fatalf("nothing was asked of %s", suffix)
	return sim.Exchange{}
}

func (w *wire) count(suffix string) int {
	w.mu.Lock()
	defer w.mu.Unlock()
	n := 0
	for _, e := range w.exchanges {
		if strings.HasSuffix(e.Path, suffix) {
			n++
		}
	}
	return n
}

func (w *wire) RoundTrip(r *http.Request) (*http.Response, error) {
	if w.fail != nil {
		return nil, w.fail
	}
	answer, err := w.next.RoundTrip(r)
	if err != nil || w.tamper == nil || !strings.HasSuffix(r.URL.Path, "/token") {
		return answer, err
	}
	var body map[string]any
	if err := json.NewDecoder(answer.Body).Decode(&body); err != nil {
		return nil, err
	}
	_ = answer.Body.Close()
	w.tamper(body)
	raw, err := json.Marshal(body)
	answer.Body, answer.ContentLength = io.NopCloser(bytes.NewReader(raw)), int64(len(raw))
	answer.Header.Del("Content-Length")
	return answer, err
}

// reissue changes claims of the ID token and signs it anew with Entra's key.
func reissue(t *testing.T, change func(claims map[string]any)) func(map[string]any) {
	return func(answer map[string]any) {
		key, err := signingKey()
		must(t, err)
		signer, err := token.NewSigner(key)
		must(t, err)
		claims := map[string]any{}
		raw, err := base64.RawURLEncoding.DecodeString(strings.Split(answer["id_token"].(string), ".")[1])
		must(t, err)
		must(t, json.Unmarshal(raw, &claims))
		change(claims)
		answer["id_token"], err = signer.Sign(claims)
		must(t, err)
	}
}

func must(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

func title(p *browser.Page) string {
	_, rest, _ := strings.Cut(p.Body, "<h1>")
	text, _, _ := strings.Cut(rest, "</h1>")
	return text
}

func wantTitle(t *testing.T, p *browser.Page, want string) {
	t.Helper()
	if got := title(p); got != want {
		t.Fatalf("page %q, want %q (status %d): %s", got, want, p.Status, p.Text(""))
	}
}

// unsigned is the token with algorithm "none".
func unsigned(jwt string) string {
	parts := strings.Split(jwt, ".")
	return base64.RawURLEncoding.EncodeToString([]byte(`{"alg":"none","typ":"JWT"}`)) + "." + parts[1] + "."
}

// swapPayload keeps the signature of other claims.
func swapPayload(jwt string) string {
	parts := strings.Split(jwt, ".")
	raw, _ := base64.RawURLEncoding.DecodeString(parts[1])
	raw = bytes.ReplaceAll(raw, []byte(sim.AdaOID), []byte(sim.BenOID))
	return parts[0] + "." + base64.RawURLEncoding.EncodeToString(raw) + "." + parts[2]
}

func changeSecret(a *tenant.App) { a.Secret = "rotated" }

// everywhere is a network in which one handler answers for every host.
type everywhere http.HandlerFunc

func (h everywhere) RoundTrip(r *http.Request) (*http.Response, error) {
	return hosts{r.URL.Host: http.HandlerFunc(h)}.RoundTrip(r)
}

// away is a service whose store cannot be reached.
type away struct{ signin.Elevations }

func (away) Look(context.Context, pim.ID) (pim.Elevation, error) {
	return pim.Elevation{}, errors.New("redis is away")
}
