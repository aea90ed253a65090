package entra

import (
	"net/http"
	"net/url"
	"slices"
	"strings"

	"hoist/internal/sim/tenant"
)

// ask is a checked authorization request. Parameters that are not named here
// are ignored, as Entra ignores them.
type ask struct {
	app          tenant.App
	redirectURI  string
	responseMode string
	state        string
	nonce        string
	scopes       scopes
	claims       claimsRequest
	challenge    string // PKCE, S256
	prompt       string
	loginHint    string
}

// authorize checks the client and its address first; only then may an error go
// there instead of to a page.
func (s *Server) authorize(w http.ResponseWriter, r *http.Request) {
	if err := r.ParseForm(); err != nil {
		s.errorPage(w, nil, invalidRequest(90014, "The request is not valid."))
		return
	}
	app, known := s.tenant.App(r.Form.Get("client_id"))
	redirectURI := r.Form.Get("redirect_uri")
	switch {
	case !known:
		s.errorPage(w, nil, &problem{oauth: "unauthorized_client", code: 700016, message: "Application with identifier '" + r.Form.Get("client_id") + "' was not found in the directory '" + s.tenant.Name() + "'."})
		return
	case redirectURI == "":
		s.errorPage(w, nil, invalidRequest(900971, "No reply address provided."))
		return
	case !app.AllowsRedirect(redirectURI):
		s.errorPage(w, nil, invalidRequest(50011, "The redirect URI '"+redirectURI+"' specified in the request does not match the redirect URIs configured for the application '"+app.ClientID+"'."))
		return
	}
	a := &ask{app: app, redirectURI: redirectURI, responseMode: r.Form.Get("response_mode"), state: r.Form.Get("state")}
	if p := a.read(r.Form); p != nil {
		s.sendBack(w, r, a, errorAnswer(p))
		return
	}
	s.begin(w, r, a)
}

// read fills the request and returns what is wrong with it.
func (a *ask) read(form url.Values) *problem {
	a.nonce, a.prompt, a.loginHint = form.Get("nonce"), form.Get("prompt"), form.Get("login_hint")
	a.challenge = form.Get("code_challenge")
	a.scopes = parseScopes(form.Get("scope"))
	if a.responseMode == "" {
		a.responseMode = "query"
	}
	var err error
	a.claims, err = parseClaims(form.Get("claims"))
	switch {
	case form.Get("response_type") != "code":
		return &problem{oauth: "unsupported_response_type", code: 70005, message: "The response type '" + form.Get("response_type") + "' is not supported."}
	case a.responseMode != "query" && a.responseMode != "form_post":
		a.responseMode = "query"
		return invalidRequest(70007, "The response mode is not supported.")
	case a.challenge != "" && form.Get("code_challenge_method") != "S256":
		return invalidRequest(501491, "Invalid code_challenge_method. Only S256 is supported here.")
	case a.app.Public() && a.challenge == "":
		return invalidRequest(9002325, "Proof Key for Code Exchange is required for cross-origin authorization code redemption.")
	case err != nil:
		return invalidRequest(50182, "The claims parameter is not valid JSON.")
	case !slices.Contains([]string{"", "login", "select_account", "none", "consent"}, a.prompt):
		return invalidRequest(90023, "Unsupported 'prompt' value.")
	case len(a.scopes.raw) == 0:
		return invalidRequest(900144, "The request body must contain the following parameter: 'scope'.")
	}
	return nil
}

// errorAnswer is the error as an authorization response.
func errorAnswer(p *problem) url.Values {
	v := url.Values{"error": {p.oauth}, "error_description": {p.description()}}
	if p.suberror != "" {
		v.Set("error_subcode", p.suberror)
	}
	return v
}

// sendBack answers the application: by redirect, or by a form that the person
// sends, since these pages run no script.
func (s *Server) sendBack(w http.ResponseWriter, r *http.Request, a *ask, answer url.Values) {
	if a.state != "" {
		answer.Set("state", a.state)
	}
	if a.responseMode == "form_post" {
		s.render(w, "form-post", signInPage{Title: "Back to " + a.app.Name, App: a.app.Name, Action: a.redirectURI, Fields: answer})
		return
	}
	separator := "?"
	if strings.Contains(a.redirectURI, "?") {
		separator = "&"
	}
	http.Redirect(w, r, a.redirectURI+separator+answer.Encode(), http.StatusFound)
}
