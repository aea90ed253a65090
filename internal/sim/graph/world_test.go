package graph_test

import (
	"crypto/rand"
	"crypto/rsa"
	"encoding/json"
	"fmt"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"sync"
	"testing"
	"time"

	"hoist/internal/clock"
	"hoist/internal/sim"
	"hoist/internal/sim/fault"
	"hoist/internal/sim/graph"
	"hoist/internal/sim/tenant"
	"hoist/internal/sim/token"
)

const (
	rw       = "RoleAssignmentSchedule.ReadWrite.Directory"
	requests = "/v1.0/roleManagement/directory/roleAssignmentScheduleRequests"
	pim      = "/v1.0/roleManagement/directory/"
)

var nine = time.Date(2026, 11, 23, 9, 0, 0, 0, time.UTC)

var keys = sync.OnceValue(func() *token.Signer {
	key, err := rsa.GenerateKey(rand.Reader, 2048)
	if err != nil {
		panic(err)
	}
	signer, err := token.NewSigner(key)
	if err != nil {
		panic(err)
	}
	return signer
})

// world is the demo's tenant behind a Graph without a network, at nine o'clock.
type world struct {
	*testing.T
	clock  *clock.Movable
	tenant *tenant.Tenant
	faults *fault.Plan
	server *graph.Server
}

func newWorld(t *testing.T, change ...func(*tenant.Seed)) *world {
	t.Helper()
	seed := sim.DefaultSeed()
	for _, f := range change {
		f(&seed)
	}
	w := &world{T: t, clock: clock.NewStill(nine), faults: &fault.Plan{}}
	var err error
	if w.tenant, err = tenant.New(seed, w.clock, nil); err != nil {
		t.Fatal(err)
	}
	w.server = graph.New(graph.Config{Tenant: w.tenant, Keys: keys(), Random: tenant.FixedRandom(), Faults: w.faults, PageSize: 20})
	return w
}

// token mints one that is good for a day unless change says otherwise.
func (w *world) token(change func(*token.Access)) string {
	w.Helper()
	now := w.tenant.Now()
	a := token.Access{Audience: token.GraphAudience, TenantID: sim.TenantID, IssuedAt: now.Unix(), Expires: now.Add(24 * time.Hour).Unix(), AppID: sim.BotClientID}
	change(&a)
	raw, err := keys().Sign(a)
	if err != nil {
		w.Fatal(err)
	}
	return raw
}

// app is a token of the application with these roles.
func (w *world) app(roles ...string) string {
	return w.token(func(a *token.Access) { a.IDType, a.ObjectID, a.Roles = "app", "the-app", roles })
}

// person is a token of somebody who passed MFA.
func (w *world) person(oid string, scopes ...string) string {
	return w.token(func(a *token.Access) {
		a.IDType, a.ObjectID, a.Scopes, a.Methods = "user", oid, strings.Join(scopes, " "), []string{"pwd", "mfa"}
	})
}

type answer struct {
	status int
	header http.Header
	body   map[string]any
}

func (w *world) do(bearer, method, path, body string) answer {
	w.Helper()
	target, query, _ := strings.Cut(path, "?")
	u := url.URL{Path: target, RawQuery: strings.ReplaceAll(query, " ", "%20")}
	req := httptest.NewRequestWithContext(w.Context(), method, u.String(), strings.NewReader(body))
	if bearer != "" {
		req.Header.Set("Authorization", "Bearer "+bearer)
	}
	rec := httptest.NewRecorder()
	w.server.ServeHTTP(rec, req)
	a := answer{status: rec.Code, header: rec.Header()}
	if rec.Body.Len() > 0 && strings.HasPrefix(rec.Header().Get("Content-Type"), "application/json") {
		if err := json.Unmarshal(rec.Body.Bytes(), &a.body); err != nil {
			w.Fatalf("%s %s: %v: %s", method, path, err, rec.Body)
		}
	}
	return a
}

func (w *world) get(bearer, path string) answer { return w.do(bearer, http.MethodGet, path, "") }

// ok is do for a call that must work.
func (w *world) ok(a answer) answer {
	w.Helper()
	if a.status >= 300 {
		w.Fatalf("status %d: %v", a.status, a.body)
	}
	return a
}

func (a answer) text(name string) string { s, _ := a.body[name].(string); return s }

func (a answer) rows() []map[string]any {
	var rows []map[string]any
	value, _ := a.body["value"].([]any)
	for _, v := range value {
		rows = append(rows, v.(map[string]any))
	}
	return rows
}

// code is the error code, taken out of the nested form as well.
func (a answer) code() string {
	e, _ := a.body["error"].(map[string]any)
	code, _ := e["code"].(string)
	if code != "UnknownError" {
		return code
	}
	var inner struct {
		ErrorCode string `json:"errorCode"`
	}
	if err := json.Unmarshal([]byte(a.message()), &inner); err != nil {
		return "not nested: " + err.Error()
	}
	return inner.ErrorCode
}

func (a answer) message() string {
	e, _ := a.body["error"].(map[string]any)
	m, _ := e["message"].(string)
	return m
}

// body is a request to activate that every plain policy accepts; change edits
// it.
func body(principal, role string, change ...func(map[string]any)) string {
	m := map[string]any{
		"action": "selfActivate", "principalId": principal, "roleDefinitionId": role, "directoryScopeId": "/",
		"justification": "rotating keys", "ticketInfo": map[string]any{"ticketNumber": "INC-1", "ticketSystem": "Jira"},
		"scheduleInfo": map[string]any{"expiration": map[string]any{"type": "AfterDuration", "duration": "PT2H"}},
	}
	for _, f := range change {
		f(m)
	}
	text, err := json.Marshal(m)
	if err != nil {
		panic(err)
	}
	return string(text)
}

func lasting(d string) func(map[string]any) {
	return func(m map[string]any) {
		m["scheduleInfo"] = map[string]any{"expiration": map[string]any{"type": "AfterDuration", "duration": d}}
	}
}

func with(name string, value any) func(map[string]any) {
	return func(m map[string]any) { m[name] = value }
}

func startingAt(at time.Time) func(map[string]any) {
	return func(m map[string]any) {
		m["scheduleInfo"].(map[string]any)["startDateTime"] = at.Format(time.RFC3339)
	}
}

func stopping(m map[string]any) {
	m["action"] = "selfDeactivate"
	delete(m, "scheduleInfo")
}

func eq(property, value string) string { return fmt.Sprintf("$filter=%s eq '%s'", property, value) }
