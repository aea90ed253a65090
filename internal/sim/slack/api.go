package slack

import (
	"encoding/json"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"time"
)

// method is one Web API method: what it does and what its caller must hold.
type method struct {
	do func(*Slack, *request) (object, *problem)
	// scopes are alternatives: any one of them is enough. None means that every
	// bot token may call it.
	scopes []string
	// open methods need no token, or check one of their own kind.
	open bool
}

// request is one decoded call.
type request struct {
	arguments
	token    string
	basic    [2]string // client id and secret from Basic authentication
	warnings []string
}

// problem is Slack's way of saying no: HTTP 200 and an error code.
type problem struct {
	code     string
	messages []string // response_metadata.messages, for invalid blocks and views
	needed   string
}

func refuse(code string) *problem { return &problem{code: code} }

// methods is the one list of what the simulated Web API offers. Scopes are from
// each method's page in Slack's reference; views.* need none.
var methods = map[string]method{
	"auth.test":               {do: (*Slack).authTest},
	"chat.postMessage":        {do: (*Slack).postMessage, scopes: []string{"chat:write"}},
	"chat.postEphemeral":      {do: (*Slack).postEphemeral, scopes: []string{"chat:write"}},
	"chat.update":             {do: (*Slack).updateMessage, scopes: []string{"chat:write"}},
	"chat.delete":             {do: (*Slack).deleteMessage, scopes: []string{"chat:write"}},
	"chat.getPermalink":       {do: (*Slack).getPermalink},
	"views.open":              {do: (*Slack).openView},
	"views.push":              {do: (*Slack).pushView},
	"views.update":            {do: (*Slack).updateView},
	"views.publish":           {do: (*Slack).publishView},
	"users.info":              {do: (*Slack).usersInfo, scopes: []string{"users:read"}},
	"users.lookupByEmail":     {do: (*Slack).lookupByEmail, scopes: []string{"users:read.email"}},
	"conversations.info":      {do: (*Slack).conversationsInfo, scopes: []string{"channels:read", "groups:read", "im:read"}},
	"conversations.members":   {do: (*Slack).conversationsMembers, scopes: []string{"channels:read", "groups:read", "im:read"}},
	"conversations.open":      {do: (*Slack).conversationsOpen, scopes: []string{"im:write"}},
	"openid.connect.token":    {do: (*Slack).openIDToken, open: true},
	"openid.connect.userInfo": {do: (*Slack).openIDUserInfo, open: true},
}

// serveAPI is the funnel of every Web API call: injected faults, decoding,
// token and scopes, the method, the call log, the answer.
func (s *Slack) serveAPI(w http.ResponseWriter, r *http.Request) {
	name := r.PathValue("method")
	fault := s.nextFault(name)
	if fault.early() {
		s.recordCall(name, nil, fault.status(), "")
		fault.serve(w)
		return
	}
	var reply object
	req, no := readRequest(r)
	if no == nil {
		reply, no = s.call(name, req)
	}
	s.recordCall(name, req, http.StatusOK, codeOf(no))
	if !fault.late(w, r) {
		return
	}
	s.writeReply(w, name, req, reply, no)
}

// call authorises and runs one method under the lock.
func (s *Slack) call(name string, req *request) (object, *problem) {
	m, known := methods[name]
	if !known {
		return nil, refuse("unknown_method")
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	if !m.open {
		if no := s.authorize(m, req); no != nil {
			return nil, no
		}
	}
	return m.do(s, req)
}

func (s *Slack) authorize(m method, req *request) *problem {
	switch {
	case req.token == "":
		return refuse("not_authed")
	case s.tokens[req.token] != nil:
		// A token from Sign in with Slack says who somebody is and nothing else.
		return refuse("not_allowed_token_type")
	case req.token != s.cfg.App.BotToken.Reveal():
		return refuse("invalid_auth")
	case s.faults.revoked:
		return refuse("token_revoked")
	}
	if len(m.scopes) == 0 || slices.ContainsFunc(m.scopes, s.hasScope) {
		return nil
	}
	return &problem{code: "missing_scope", needed: m.scopes[0]}
}

func (s *Slack) hasScope(scope string) bool { return slices.Contains(s.cfg.App.Scopes, scope) }

// writeReply answers as the Web API does: always 200, ok true or false.
func (s *Slack) writeReply(w http.ResponseWriter, name string, req *request, reply object, no *problem) {
	if reply == nil {
		reply = object{}
	}
	reply["ok"] = no == nil
	metadata := object{}
	if no != nil {
		reply["error"] = no.code
		if no.code == "missing_scope" {
			reply["needed"], reply["provided"] = no.needed, strings.Join(s.cfg.App.Scopes, ",")
		}
		if len(no.messages) > 0 {
			reply["errors"] = no.messages
			metadata["messages"] = prefixed("[ERROR] ", no.messages)
		}
	}
	if req != nil && len(req.warnings) > 0 {
		reply["warning"] = strings.Join(req.warnings, ",")
		metadata["warnings"] = req.warnings
	}
	if len(metadata) > 0 {
		reply["response_metadata"] = metadata
	}
	w.Header().Set("X-Oauth-Scopes", strings.Join(s.cfg.App.Scopes, ","))
	if m := methods[name]; len(m.scopes) > 0 {
		w.Header().Set("X-Accepted-Oauth-Scopes", strings.Join(m.scopes, ","))
	}
	writeJSON(w, http.StatusOK, reply)
}

func prefixed(prefix string, lines []string) []string {
	out := make([]string, len(lines))
	for i, l := range lines {
		out[i] = prefix + l
	}
	return out
}

func writeJSON(w http.ResponseWriter, status int, v any) {
	body, err := json.Marshal(v)
	if err != nil {
		http.Error(w, "cannot encode the answer", http.StatusInternalServerError)
		return
	}
	w.Header().Set("Content-Type", "application/json; charset=utf-8")
	w.Header().Set("Content-Length", strconv.Itoa(len(body)))
	w.WriteHeader(status)
	_, _ = w.Write(body)
}

// Call is one entry of the call log: a Web API call or a use of a response URL.
type Call struct {
	Seq    int
	At     time.Time
	Method string // "response_url" for response URLs
	Status int
	Error  string            // Slack's error code; empty when it went well
	Args   map[string]string // without tokens, codes and secrets
}

func (s *Slack) recordCall(name string, req *request, status int, code string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	c := Call{Seq: len(s.calls) + 1, At: s.now(), Method: name, Status: status, Error: code}
	if req != nil {
		c.Args = req.harmless()
	}
	s.calls = append(s.calls, c)
}

// Calls returns the call log.
func (s *Slack) Calls() []Call {
	s.mu.Lock()
	defer s.mu.Unlock()
	return slices.Clone(s.calls)
}

// CallCount returns how often a method was called, however it went.
func (s *Slack) CallCount(name string) int {
	n := 0
	for _, c := range s.Calls() {
		if c.Method == name {
			n++
		}
	}
	return n
}

func codeOf(no *problem) string {
	if no == nil {
		return ""
	}
	return no.code
}

// authTest implements auth.test.
func (s *Slack) authTest(*request) (object, *problem) {
	t := s.cfg.Seed.Team
	reply := object{
		"url": "https://" + t.Domain + ".slack.com/", "team": t.Name, "team_id": t.ID,
		"user": s.cfg.App.Name, "user_id": s.cfg.App.BotUserID, "bot_id": s.cfg.App.BotID,
		"is_enterprise_install": false,
	}
	if t.EnterpriseID != "" {
		reply["enterprise_id"] = t.EnterpriseID
	}
	return reply, nil
}
