package entra

import (
	"crypto/subtle"
	"net/http"
	"net/url"
	"slices"

	"hoist/internal/sim/tenant"
	"hoist/internal/sim/token"
)

// token is the token endpoint.
func (s *Server) token(w http.ResponseWriter, r *http.Request) {
	if err := r.ParseForm(); err != nil {
		s.refuse(w, invalidRequest(90014, "The request body is not valid."))
		return
	}
	app, p := s.client(r)
	if p != nil {
		s.refuse(w, p)
		return
	}
	var answer *tokenAnswer
	switch form := r.PostForm; form.Get("grant_type") {
	case "authorization_code":
		answer, p = s.redeemCode(app, form)
	case "refresh_token":
		answer, p = s.redeemRefresh(app, form)
	case "client_credentials":
		answer, p = s.appOnly(app, form)
	case "":
		p = invalidRequest(900144, "The request body must contain the following parameter: 'grant_type'.")
	default:
		p = &problem{oauth: "unsupported_grant_type", code: 70003, message: "The app requested an unsupported grant type '" + form.Get("grant_type") + "'."}
	}
	if p != nil {
		s.refuse(w, p)
		return
	}
	writeJSON(w, http.StatusOK, answer)
}

// client authenticates the application by secret, in the body or as Basic.
func (s *Server) client(r *http.Request) (tenant.App, *problem) {
	id, secret := r.PostForm.Get("client_id"), r.PostForm.Get("client_secret")
	if user, password, ok := r.BasicAuth(); ok {
		id, secret = unescape(user), unescape(password)
	}
	app, known := s.tenant.App(id)
	switch {
	case !known:
		return app, &problem{oauth: "unauthorized_client", code: 700016, message: "Application with identifier '" + id + "' was not found in the directory '" + s.tenant.Name() + "'."}
	case app.Public() && secret != "":
		return app, invalidClient(700025, "Client is public so neither 'client_assertion' nor 'client_secret' should be presented.")
	case !app.Public() && secret == "":
		return app, invalidClient(7000218, "The request body must contain the following parameter: 'client_assertion' or 'client_secret'.")
	case subtle.ConstantTimeCompare([]byte(app.Secret), []byte(secret)) != 1:
		return app, invalidClient(7000215, "Invalid client secret provided. Ensure the secret being sent in the request is the client secret value, not the client secret ID, for a secret added to app '"+id+"'.")
	case !app.SecretExpires.IsZero() && !s.tenant.Now().Before(app.SecretExpires):
		return app, invalidClient(7000222, "The provided client secret keys for app '"+id+"' are expired.")
	}
	return app, nil
}

// unescape: RFC 6749 form-encodes both halves of the Basic header.
func unescape(text string) string {
	if plain, err := url.QueryUnescape(text); err == nil {
		return plain
	}
	return text
}

func (s *Server) redeemCode(app tenant.App, form url.Values) (*tokenAnswer, *problem) {
	g, p := s.takeCode(form.Get("code"), app.ClientID, form.Get("redirect_uri"), form.Get("code_verifier"))
	if p != nil {
		return nil, p
	}
	return s.redeem(app, g, form, g.contexts)
}

// redeemRefresh carries authentication contexts over only when they are asked
// for again.
func (s *Server) redeemRefresh(app tenant.App, form url.Values) (*tokenAnswer, *problem) {
	g, p := s.takeRefresh(form.Get("refresh_token"), app.ClientID)
	if p != nil {
		return nil, p
	}
	g.cp1, g.nonce = false, ""
	return s.redeem(app, g, form, nil)
}

// redeem is what both user grants share: look at the person again, at what is
// asked for now, and mint.
func (s *Server) redeem(app tenant.App, g *grant, form url.Values, contexts []string) (*tokenAnswer, *problem) {
	if fault := s.tenant.CheckSignIn(g.oid, app.ClientID); fault != nil {
		return nil, invalidGrant(fault.Code, fault.Message)
	}
	asked := g.scopes
	if text := form.Get("scope"); text != "" {
		asked = parseScopes(text)
	}
	if p := checkScopes(asked, app); p != nil {
		return nil, p
	}
	claims, err := parseClaims(form.Get("claims"))
	if err != nil {
		return nil, invalidRequest(50182, "The claims parameter is not valid JSON.")
	}
	if c := s.unearned(g, claims.contexts); c != "" {
		return nil, stepUp(challenge(c))
	}
	if (claims.mfa || s.tenant.MFARequired(app.ClientID)) && !g.mfa {
		return nil, stepUp(`{"access_token":{"amr":{"values":["mfa"]}}}`)
	}
	contexts = slices.Concat(contexts, claims.contexts)
	slices.Sort(contexts)
	return s.mintUser(app, g, asked, slices.Compact(contexts), g.cp1 || claims.cp1)
}

func stepUp(claims string) *problem {
	return &problem{
		oauth: "interaction_required", code: 50076, suberror: "basic_action", claims: claims,
		message: "Due to a configuration change made by your administrator, or because you moved to a new location, you must use multi-factor authentication to access '" + token.GraphAppID + "'.",
	}
}

func (s *Server) appOnly(app tenant.App, form url.Values) (*tokenAnswer, *problem) {
	asked := parseScopes(form.Get("scope"))
	switch {
	case app.Public():
		return nil, invalidClient(7000218, "The request body must contain the following parameter: 'client_assertion' or 'client_secret'.")
	// MSAL Go adds openid, profile and offline_access here too; Entra lets them
	// pass.
	case !asked.everything || len(asked.graph) > 0 || asked.foreign != "":
		return nil, &problem{oauth: "invalid_scope", code: 1002012, message: "The provided value for scope " + form.Get("scope") + " is not valid. Client credential flows must have a scope value with /.default suffixed to the resource identifier (application ID URI)."}
	}
	return s.mintApp(app, asked)
}
