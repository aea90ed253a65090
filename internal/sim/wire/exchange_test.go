package wire_test

import (
	"net/http"
	"net/url"
	"slices"
	"strings"
	"testing"

	"hoist/internal/sim"
	"hoist/internal/sim/wire"
)

func TestBodies_are_made_readable(t *testing.T) {
	for name, tt := range map[string]struct {
		kind, body string
		want, note string
	}{
		"json_in_its_order": {jsonType, `{"b":1.50,"a":[true,null,{}],"größe":"<ok>"}`, "{\n  \"b\": 1.50,\n  \"a\": [\n    true,\n    null,\n    {}\n  ],\n  \"größe\": \"<ok>\"\n}", ""},
		"json_cut":          {jsonType, `{"a":{"b":1},"c":"the end is miss`, "{\n  \"a\": {\n    \"b\": 1\n  }\n}", "Only the beginning could be kept or read."},
		"graph_error_code":  {jsonType, `{"error":{"code":"Forbidden"},"code":"4711"}`, "{\n  \"error\": {\n    \"code\": \"Forbidden\"\n  },\n  \"code\": \"••••\"\n}", ""},
		"slack_form_state":  {jsonType, `{"state":{"values":{"a":"b"}}}`, "{\n  \"state\": {\n    \"values\": {\n      \"a\": \"b\"\n    }\n  }\n}", ""},
		"form":              {formType, "token=xoxb-1&text=a+b&empty=", "token = ••••\ntext = a b\nempty = ", ""},
		"json_in_a_form":    {formType, "payload=" + url.QueryEscape(`{"type":"x","token":"y"}`), "payload = {\n  \"type\": \"x\",\n  \"token\": \"••••\"\n}", ""},
		"html":              {"text/html; charset=utf-8", "<p>hello</p>", "", "HTML page, 12 bytes"},
		"plain":             {"text/plain", "ok", "ok", ""},
		"picture":           {"image/png", "\x00", "", "1 byte"},
		"none":              {"", "", "", ""},
		"forged_mask":       {"text/plain", "\uE000CA\uE001", "\uFFFDCA\uFFFD", ""},
		"link_of_hoist":     {"text/plain", "<http://localhost:8080/signin/s0042/H-7K3F9QX/activate.1.abc|Sign in>", "<http://localhost:8080/signin/s0042/H-7K3F9QX/••••|Sign in>", ""},
	} {
		t.Run(name, func(t *testing.T) {
			p := newPanel()
			p.Observe(sim.Exchange{Method: http.MethodPost, Path: "/slack/api/auth.test", Status: 200, ResponseHeader: typed(tt.kind), Response: []byte(tt.body)})
			if got := p.newest(t).Response; got.Body != tt.want || got.Note != tt.note {
				t.Errorf("body %q, note %q", got.Body, got.Note)
			}
		})
	}
}

func TestBodies_that_are_compressed_are_read(t *testing.T) {
	p := newPanel()
	e := posted(requestsPath, string(zipped([]byte(`{"action":"selfActivate"}`))), "")
	e.Header.Set("Content-Encoding", "gzip")
	p.Observe(e)
	if got := p.newest(t); !strings.Contains(got.Request.Body, "selfActivate") || strings.Contains(got.Curl, "gzip") {
		t.Errorf("%q\n%s", got.Request.Body, got.Curl)
	}
	e.Request = zipped([]byte(`{"a":"` + strings.Repeat("x", 10<<20) + `"}`))
	p.Observe(e)
	if got := p.newest(t).Request; len(got.Body) > 17<<10 || got.Note == "" {
		t.Errorf("%d bytes of a bomb are kept, note %q", len(got.Body), got.Note)
	}
}

func TestTokens_say_whose_they_are(t *testing.T) {
	p := newPanel()
	p.Observe(posted(requestsPath, "{}", ""))
	e := p.newest(t)
	if e.Actor != "as Ada Lindqvist (ada@fjordbank.example)" || len(e.Tokens) != 1 || e.Tokens[0].Where != "Authorization" {
		t.Fatalf("%q %+v", e.Actor, e.Tokens)
	}
	want := []wire.Field{
		{Name: "for", Value: "https://graph.microsoft.com"},
		{Name: "scopes", Value: "RoleAssignmentSchedule.ReadWrite.Directory"},
		{Name: "signed in by", Value: "pwd, mfa"},
		{Name: "authentication context", Value: "c1"},
		{Name: "until", Value: "10:00:00 on 23 November"},
	}
	if !slices.Equal(e.Tokens[0].Facts, want) {
		t.Errorf("%+v", e.Tokens[0].Facts)
	}
	if !slices.Contains(e.Request.Header, wire.Field{Name: "Authorization", Value: "Bearer ••••"}) {
		t.Errorf("%+v", e.Request.Header)
	}
}

func TestActor_is_named_where_it_is_known(t *testing.T) {
	bearer := func(token string) http.Header { return heads("Authorization", "Bearer "+token) }
	form := typed(formType)
	other := jwt(map[string]any{"idtyp": "user", "app_displayname": "Admin CLI", "upn": "ada@fjordbank.example"})
	for _, tt := range []struct {
		path    string
		header  http.Header
		request string
		actor   string
		from    string
	}{
		{"/v1.0/users", bearer(appJWT()), "", "as the app Hoist", "Hoist"},
		{"/v1.0/me", bearer(other), "", "as ada@fjordbank.example", "Admin CLI"},
		{"/v1.0/me", bearer(jwt(map[string]any{})), "", "as somebody whom it does not name", "Hoist"},
		{"/v1.0/me", bearer("eyJ.no.token"), "", "", "Hoist"},
		{"/v1.0/me", nil, "", "", "Hoist"},
		{"/slack/api/chat.postMessage", bearer("xoxb-1"), "", "as Hoist's bot", "Hoist"},
		{"/slack/api/chat.postMessage", form, "token=xoxb-1", "as Hoist's bot", "Hoist"},
		{"/slack/response/abc", nil, "", "by a one-off address", "Hoist"},
		{tenantPath + "/oauth2/v2.0/token", form, "grant_type=client_credentials", "as the app itself, by its secret", "Hoist"},
		{tenantPath + "/oauth2/v2.0/token", form, "grant_type=authorization_code", "with the code of a sign-in", "Hoist"},
		{tenantPath + "/login/account", nil, "", "", "Browser"},
	} {
		p := newPanel()
		p.Observe(sim.Exchange{Method: http.MethodPost, Path: tt.path, Header: tt.header, Request: []byte(tt.request)})
		if e := p.newest(t); e.Actor != tt.actor || e.From != tt.from {
			t.Errorf("%s %s: %q from %s", tt.path, tt.request, e.Actor, e.From)
		}
	}
}

func TestElevation_is_known_or_left_open(t *testing.T) {
	const (
		id, other, approval = "11111111-2222-4333-8444-555555555555", "11111111-2222-4333-8444-666666666666", "11111111-2222-4333-8444-777777777777"
		ours                = `{"id":"` + id + `","approvalId":"` + approval + `","action":"selfActivate","justification":"why (Hoist H-7K3F9QX)"}`
		theirs              = `{"id":"` + other + `","action":"selfActivate","justification":"no (Hoist H-7K3F9QY)"}`
	)
	approvals := "/beta/roleManagement/directory/roleAssignmentApprovals/"
	for name, tt := range map[string]struct {
		before []sim.Exchange
		last   sim.Exchange
		want   string
	}{
		"named_in_the_request":      {nil, posted(requestsPath, `{"justification":"why (Hoist H-7K3F9QX)"}`, ""), "H-7K3F9QX"},
		"named_in_the_answer":       {nil, read(requestsPath+"/"+id, "", ours), "H-7K3F9QX"},
		"two_are_named":             {nil, posted(requestsPath, `{"justification":"like H-7K3F9QY (Hoist H-7K3F9QX)"}`, ours), ""},
		"request_of_a_known_one":    {[]sim.Exchange{posted(requestsPath, "{}", ours)}, read(requestsPath+"/"+id, "", "{}"), "H-7K3F9QX"},
		"approval_of_a_known_one":   {[]sim.Exchange{posted(requestsPath, "{}", ours)}, read(approvals+approval, "", "{}"), "H-7K3F9QX"},
		"known_from_a_list":         {[]sim.Exchange{read(requestsPath, "", `{"value":[`+theirs+","+ours+`]}`)}, posted(requestsPath+"/"+id+"/cancel", "", ""), "H-7K3F9QX"},
		"id_of_two_elevations":      {[]sim.Exchange{posted(requestsPath, "{}", ours), read(requestsPath, "", strings.ReplaceAll(ours, "QX", "QY"))}, read(requestsPath+"/"+id, "", "{}"), ""},
		"unknown_request":           {[]sim.Exchange{posted(requestsPath, "{}", ours)}, read(requestsPath+"/"+other, "", "{}"), ""},
		"lists_of_everybody":        {nil, read("/v1.0/auditLogs/directoryAudits", "", ours), ""},
		"an_approver_names_another": {[]sim.Exchange{read(approvals+other, "", `{"id":"`+id+`","justification":"see H-7K3F9QY"}`)}, read(requestsPath+"/"+id, "", "{}"), ""},
		"not_of_the_alphabet":       {nil, posted(requestsPath, `{"justification":"H-7K3F9QI H-7K3F9QXA xH-7K3F9QX"}`, ""), ""},
	} {
		t.Run(name, func(t *testing.T) {
			p := newPanel()
			for _, e := range append(tt.before, tt.last) {
				p.Observe(e)
			}
			if got := p.newest(t).Elevation; got != tt.want {
				t.Errorf("about %q, want %q", got, tt.want)
			}
		})
	}
}

func TestPosted_leads_to_the_message(t *testing.T) {
	for _, tt := range []struct{ path, answer, want string }{
		{"/slack/api/chat.postMessage", `{"ok":true,"channel":"C1","ts":"1.2"}`, "/chat/C1/1.2"},
		{"/slack/api/chat.update", `{"ok":true,"channel":"C1","ts":"1.2"}`, "/chat/C1/1.2"},
		{"/slack/api/chat.delete", `{"ok":true,"channel":"C1","ts":"1.2"}`, ""},
		{"/slack/api/chat.postMessage", `{"ok":false,"error":"ratelimited"}`, ""},
		{"/slack/api/views.open", `{"ok":true}`, ""},
	} {
		p := newPanel(func(c *wire.Config) {
			c.Chat = func(channel, ts string) string { return "/chat/" + channel + "/" + ts }
		})
		p.Observe(sim.Exchange{Method: http.MethodPost, Path: tt.path, Status: 200, ResponseHeader: typed(jsonType), Response: []byte(tt.answer)})
		if e := p.newest(t); e.Posted != tt.want {
			t.Errorf("%s %s: %q", tt.path, tt.answer, e.Posted)
		}
	}
}
