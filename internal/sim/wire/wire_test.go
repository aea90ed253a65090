package wire_test

import (
	"bytes"
	"encoding/base64"
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"hoist/internal/clock"
	"hoist/internal/sim"
	"hoist/internal/sim/page"
	"hoist/internal/sim/wire"
)

var nine = time.Date(2026, 11, 23, 9, 0, 0, int(123*time.Millisecond), time.UTC)

const (
	tenantPath   = "/f7000000-0000-4000-8000-00000000ba4c"
	requestsPath = "/v1.0/roleManagement/directory/roleAssignmentScheduleRequests"
	formType     = "application/x-www-form-urlencoded"
	jsonType     = "application/json; charset=utf-8"
)

// panel is a recorder with its pages.
type panel struct {
	*wire.Recorder

	mux  *http.ServeMux
	site *page.Site
}

func newPanel(change ...func(*wire.Config)) *panel {
	p := &panel{mux: http.NewServeMux()}
	p.site = page.New(page.Config{Name: "Fjordbank demo", Notice: "Simulated", Home: "/", Nav: []page.Link{{Label: "Wire", URL: "/wire"}}})
	c := wire.Config{Site: p.site, Clock: clock.NewStill(nine)}
	for _, f := range change {
		f(&c)
	}
	p.Recorder = wire.New(c)
	p.site.Register(p.mux.Handle)
	p.Register(p.mux.Handle)
	return p
}

func (p *panel) get(path string) *httptest.ResponseRecorder {
	w := httptest.NewRecorder()
	p.mux.ServeHTTP(w, httptest.NewRequest(http.MethodGet, path, nil))
	return w
}

// newest is what was recorded last.
func (p *panel) newest(t testing.TB) wire.Exchange {
	t.Helper()
	all := p.Exchanges()
	if len(all) == 0 {
		t.Fatal("nothing was recorded")
	}
	return all[len(all)-1]
}

func heads(pairs ...string) http.Header {
	h := http.Header{}
	for i := 0; i < len(pairs); i += 2 {
		h.Add(pairs[i], pairs[i+1])
	}
	return h
}

func typed(kind string) http.Header { return heads("Content-Type", kind) }

// jwt is a token with these claims and a signature that is easily found.
func jwt(claims map[string]any) string {
	part := func(v any) string {
		text, err := json.Marshal(v)
		if err != nil {
			panic(err)
		}
		return base64.RawURLEncoding.EncodeToString(text)
	}
	return part(map[string]string{"alg": "RS256", "typ": "JWT"}) + "." + part(claims) + ".the-signature-of-it"
}

func appJWT() string {
	return jwt(map[string]any{
		"aud": "https://graph.microsoft.com", "idtyp": "app", "app_displayname": "Hoist", "roles": []string{"RoleManagement.Read.Directory"},
		"exp": nine.Add(time.Hour).Unix(),
	})
}

func adaJWT() string {
	return jwt(map[string]any{
		"aud": "https://graph.microsoft.com", "idtyp": "user", "app_displayname": "Hoist", "name": "Ada Lindqvist", "upn": "ada@fjordbank.example",
		"scp": "RoleAssignmentSchedule.ReadWrite.Directory", "amr": []string{"pwd", "mfa"}, "acrs": []string{"c1"}, "exp": nine.Add(time.Hour).Unix(),
	})
}

// posted is an exchange of Graph's with the token of a person.
func posted(path, request, response string) sim.Exchange {
	return sim.Exchange{
		At: nine, Service: "graph", Method: http.MethodPost, Host: "127.0.0.1:8443", Secure: true, Path: path, Status: 201, Duration: 12 * time.Millisecond,
		Header: heads("Authorization", "Bearer "+adaJWT(), "Content-Type", "application/json"), ResponseHeader: typed(jsonType),
		Request: []byte(request), Response: []byte(response),
	}
}

// read is an exchange of Graph's with the token of the app.
func read(path, query, response string) sim.Exchange {
	return sim.Exchange{
		At: nine, Service: "graph", Method: http.MethodGet, Host: "127.0.0.1:8443", Secure: true, Path: path, Query: query, Status: 200,
		Header: heads("Authorization", "Bearer "+appJWT()), ResponseHeader: typed(jsonType), Response: []byte(response),
	}
}

// deliver sends what Slack would, to a program that answers.
func deliver(t testing.TB, r *wire.Recorder, path string, h http.Header, body string, answer http.HandlerFunc) {
	t.Helper()
	server := httptest.NewServer(answer)
	defer server.Close()
	req, err := http.NewRequestWithContext(t.Context(), http.MethodPost, server.URL+path, strings.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	req.Header = h
	resp, err := (&http.Client{Transport: r.Transport(nil)}).Do(req)
	if err != nil {
		return
	}
	_, _ = new(bytes.Buffer).ReadFrom(resp.Body)
	_ = resp.Body.Close()
}

func TestExchange_between_whom_and_in_which_step(t *testing.T) {
	for _, tt := range []struct {
		method, path, query, request string
		from, to, step               string
	}{
		{"POST", "/slack/api/chat.postMessage", "", "channel=C1", "Hoist", "Slack", "Tell"},
		{"POST", "/slack/api/chat.update", "", "", "Hoist", "Slack", "Tell"},
		{"POST", "/slack/response/abcdef", "", "", "Hoist", "Slack", "Tell"},
		{"POST", "/slack/api/views.open", "", "", "Hoist", "Slack", "Form"},
		{"POST", "/slack/api/views.update", "", "", "Hoist", "Slack", "Form"},
		{"POST", "/slack/api/users.info", "", "", "Hoist", "Slack", "Look up"},
		{"POST", "/slack/api/openid.connect.token", "", "", "Hoist", "Slack", "Sign-in"},
		{"GET", "/slack/openid/connect/authorize", "", "", "Browser", "Slack", "Sign-in"},
		{"GET", "/slack/openid/connect/keys", "", "", "Hoist", "Slack", "Metadata"},
		{"GET", "/slack/.well-known/openid-configuration", "", "", "Hoist", "Slack", "Metadata"},
		{"GET", tenantPath + "/oauth2/v2.0/authorize", "", "", "Browser", "Entra", "Sign-in"},
		{"POST", tenantPath + "/login/account", "", "", "Browser", "Entra", "Sign-in"},
		{"GET", "/fjordbank.example/oauth2/v2.0/logout", "", "", "Browser", "Entra", "Sign-in"},
		{"POST", tenantPath + "/oauth2/v2.0/token", "", "grant_type=authorization_code&code=x", "Hoist", "Entra", "Sign-in"},
		{"POST", tenantPath + "/oauth2/v2.0/token", "", "grant_type=client_credentials", "Hoist", "Entra", "App token"},
		{"GET", tenantPath + "/v2.0/.well-known/openid-configuration", "", "", "Hoist", "Entra", "Metadata"},
		{"GET", tenantPath + "/discovery/v2.0/keys", "", "", "Hoist", "Entra", "Metadata"},
		{"POST", requestsPath, "", `{"action":"selfActivate","justification":"\"action\":\"selfDeactivate\""}`, "Hoist", "Graph", "Activate"},
		{"POST", requestsPath, "", `{ "action" : "selfDeactivate" }`, "Hoist", "Graph", "Stop or withdraw"},
		{"POST", requestsPath + "/1/cancel", "", "", "Hoist", "Graph", "Stop or withdraw"},
		{"GET", requestsPath + "/filterByCurrentUser(on='principal')", "", "", "Hoist", "Graph", "Look up"},
		{"GET", requestsPath + "/filterByCurrentUser(on='approver')", "", "", "Hoist", "Graph", "Decide"},
		{"GET", "/beta/roleManagement/directory/roleAssignmentApprovals/1", "", "", "Hoist", "Graph", "Decide"},
		{"PATCH", "/beta/roleManagement/directory/roleAssignmentApprovals/1/steps/2", "", "", "Hoist", "Graph", "Decide"},
		{"GET", "/v1.0/roleManagement/directory/roleAssignmentScheduleInstances", "%24expand=principal", "", "Hoist", "Graph", "Observe"},
		{"GET", "/v1.0/roleManagement/directory/roleAssignmentScheduleInstances", "%24filter=x", "", "Hoist", "Graph", "Look up"},
		{"GET", "/v1.0/auditLogs/directoryAudits", "", "", "Hoist", "Graph", "Observe"},
		{"GET", "/v1.0/roleManagement/directory/roleEligibilitySchedules", "", "", "Hoist", "Graph", "Look up"},
		{"GET", "/v1.0/policies/roleManagementPolicyAssignments", "", "", "Hoist", "Graph", "Look up"},
		{"GET", "/v1.0/users/1", "", "", "Hoist", "Graph", "Look up"},
		{"DELETE", "/v1.0/users/1", "", "", "Hoist", "Graph", "Other"},
	} {
		t.Run(tt.method+tt.path, func(t *testing.T) {
			p := newPanel()
			h := typed(formType)
			if strings.HasPrefix(tt.request, "{") {
				h = typed("application/json")
			}
			p.Observe(sim.Exchange{Method: tt.method, Path: tt.path, Query: tt.query, Header: h, Request: []byte(tt.request), Status: 200})
			e := p.newest(t)
			if e.From != tt.from || e.To != tt.to || e.Step.Name != tt.step || e.Step.Says == "" {
				t.Errorf("%s → %s, %q (%s)", e.From, e.To, e.Step.Name, e.Step.Says)
			}
		})
	}
}

func TestObserve_leaves_other_paths_out(t *testing.T) {
	p := newPanel()
	for _, path := range []string{"/", "/wire", "/chat/ada", "/live", "/slack", "/slack/api", "/slack/api/", "/assets/page.css", "", "/a/login", "/v1.0"} {
		p.Observe(sim.Exchange{Method: http.MethodGet, Path: path, Status: 200})
	}
	if all := p.Exchanges(); len(all) > 0 {
		t.Errorf("recorded %s", all[0].Path)
	}
}

func TestDelivery_is_of_Slacks(t *testing.T) {
	for _, tt := range []struct{ path, body, step, actor string }{
		{"/slack/commands", "user_name=ada&command=%2Felevate&text=Reader", "Ask", "for ada in Slack"},
		{"/slack/interactions", "payload=" + `{"type":"block_actions","user":{"username":"ben"}}`, "Press", "for ben in Slack"},
		{"/slack/interactions", "payload=" + `{"type":"view_submission","user":{"username":"ben"}}`, "Form", "for ben in Slack"},
		{"/slack/options", "payload=" + `{"type":"block_suggestion"}`, "Form", ""},
		{"/slack/events", `{"type":"event_callback"}`, "Other", ""},
	} {
		t.Run(tt.path, func(t *testing.T) {
			p := newPanel(func(c *wire.Config) { c.Hoist = "http://localhost:8080" })
			deliver(t, p.Recorder, tt.path, typed(formType), tt.body, func(w http.ResponseWriter, _ *http.Request) {
				w.Header().Set("Content-Type", "application/json")
				_, _ = w.Write([]byte(`{"text":"Checking"}`))
			})
			e := p.newest(t)
			if e.From != "Slack" || e.To != "Hoist" || e.Service != "Slack" || e.Step.Name != tt.step || e.Actor != tt.actor {
				t.Errorf("%s → %s %q %q", e.From, e.To, e.Step.Name, e.Actor)
			}
			if e.Status != 200 || !strings.Contains(e.Response.Body, "Checking") || !e.At.Equal(nine) || e.Origin != "http://localhost:8080" {
				t.Errorf("%+v", e)
			}
		})
	}
}

func TestDelivery_without_answer_is_told(t *testing.T) {
	p := newPanel()
	deliver(t, p.Recorder, "/slack/commands", typed(formType), "text=hello", func(http.ResponseWriter, *http.Request) { panic(http.ErrAbortHandler) })
	if e := p.newest(t); e.Status != 0 || e.Verdict.Text != "no answer" || e.Verdict.Class != "bad" {
		t.Errorf("%+v", e.Verdict)
	}
}

func TestVerdict_says_what_the_service_said(t *testing.T) {
	for _, tt := range []struct {
		path        string
		status      int
		body        string
		text, class string
	}{
		{requestsPath, 201, `{"id":"1"}`, "201 Created", "good"},
		{requestsPath, 400, `{"error":{"code":"RoleAssignmentExists"}}`, "400 RoleAssignmentExists", "bad"},
		{requestsPath, 429, "", "429 Too Many Requests", "waiting"},
		{requestsPath, 0, "", "no answer", "bad"},
		{tenantPath + "/oauth2/v2.0/authorize", 302, "", "302 Found", ""},
		{tenantPath + "/oauth2/v2.0/token", 400, `{"error":"invalid_grant"}`, "400 invalid_grant", "bad"},
		{"/slack/api/chat.update", 200, `{"ok":false,"error":"message_not_found"}`, "200 message_not_found", "bad"},
		{"/slack/api/chat.update", 200, `{"ok":true}`, "200 OK", "good"},
	} {
		p := newPanel()
		p.Observe(sim.Exchange{Method: http.MethodPost, Path: tt.path, Status: tt.status, ResponseHeader: typed(jsonType), Response: []byte(tt.body)})
		if v := p.newest(t).Verdict; v.Text != tt.text || v.Class != tt.class {
			t.Errorf("%d %s: %+v", tt.status, tt.body, v)
		}
	}
}
