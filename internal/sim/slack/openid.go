package slack

import (
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"time"
)

// codeLife is how long an authorization code may wait to be exchanged ("OAuth:
// temporary codes expire after ten minutes").
const codeLife = 10 * time.Minute

// grant is one completed sign-in: first behind a code, then behind a token.
type grant struct {
	user                         string
	clientID, redirect, nonce    string
	scopes                       []string
	at                           time.Time
	used                         bool
	challenge, challengeEncoding string
}

func (g *grant) allows(scope string) bool { return slices.Contains(g.scopes, scope) }

// authorization is a decoded request to /openid/connect/authorize.
type authorization struct {
	clientID, redirect, state, nonce string
	scopes                           []string
	query                            url.Values
}

// readAuthorization checks what must be right before anybody may be sent back:
// Slack shows such a mistake on its own page and never redirects.
func (s *Slack) readAuthorization(q url.Values) (authorization, error) {
	a := authorization{
		clientID: q.Get("client_id"), redirect: q.Get("redirect_uri"),
		state: q.Get("state"), nonce: q.Get("nonce"), query: q,
		scopes: strings.FieldsFunc(q.Get("scope"), func(r rune) bool { return r == ' ' || r == ',' }),
	}
	switch {
	case a.clientID != s.cfg.App.ClientID || a.clientID == "":
		return a, errors.New("invalid_client_id")
	case !slices.Contains(s.cfg.App.RedirectURIs, a.redirect):
		return a, errors.New("redirect_uri did not match any configured URIs")
	case q.Get("response_type") != "code":
		return a, errors.New("unsupported_response_type")
	case !slices.Contains(a.scopes, "openid"):
		return a, errors.New("invalid_scope: openid is required")
	}
	return a, nil
}

// SignInWithSlack is a person's browser going through the page at once: signed
// in to Slack as user, it allows what the app asks for. It returns the address
// to which the browser is then sent.
func (s *Slack) SignInWithSlack(user, authorizeURL string) (string, error) {
	u, err := url.Parse(authorizeURL)
	if err != nil {
		return "", fmt.Errorf("sign in with Slack: %w", err)
	}
	a, err := s.readAuthorization(u.Query())
	if err != nil {
		return "", fmt.Errorf("sign in with Slack: %w", err)
	}
	return s.consent(user, a)
}

// consent issues a code for a person and returns where the browser goes.
func (s *Slack) consent(user string, a authorization) (string, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	u := s.users[user]
	if u == nil || u.Deleted || u.Bot {
		return "", fmt.Errorf("%q cannot sign in to Slack", user)
	}
	code := s.ids.text(12, "0123456789") + "." + s.ids.text(64, hexDigits)
	s.codes[code] = &grant{
		user: user, clientID: a.clientID, redirect: a.redirect, nonce: a.nonce, scopes: a.scopes, at: s.now(),
		challenge: a.query.Get("code_challenge"), challengeEncoding: a.query.Get("code_challenge_method"),
	}
	s.note(Entry{Kind: SignedIn, User: user})
	return backTo(a, url.Values{"code": {code}}), nil
}

// backTo adds the answer to the app's redirect address.
func backTo(a authorization, answer url.Values) string {
	if a.state != "" {
		answer.Set("state", a.state)
	}
	separator := "?"
	if strings.Contains(a.redirect, "?") {
		separator = "&"
	}
	return a.redirect + separator + answer.Encode()
}

// openIDToken implements openid.connect.token.
func (s *Slack) openIDToken(req *request) (object, *problem) {
	id, key := req.str("client_id"), req.str("client_secret")
	if id == "" {
		id, key = req.basic[0], req.basic[1]
	}
	g := s.codes[req.str("code")]
	switch {
	case id != s.cfg.App.ClientID || id == "":
		return nil, refuse("invalid_client_id")
	case key != s.cfg.App.ClientSecret.Reveal():
		return nil, refuse("bad_client_secret")
	case req.str("grant_type") != "" && req.str("grant_type") != "authorization_code":
		return nil, refuse("invalid_grant_type")
	case g == nil || g.clientID != id:
		return nil, refuse("invalid_code")
	case g.used:
		return nil, refuse("code_already_used")
	case !s.now().Before(g.at.Add(codeLife)):
		return nil, refuse("invalid_code")
	case req.str("redirect_uri") != g.redirect:
		return nil, refuse("bad_redirect_uri")
	case !g.provedBy(req.str("code_verifier")):
		return nil, refuse("invalid_code_verifier")
	}
	g.used = true
	idToken, err := s.idToken(g)
	if err != nil {
		return nil, refuse("internal_error")
	}
	token := "xoxp-simulated-" + s.ids.text(32, mixedDigits)
	s.tokens[token] = g
	return object{"access_token": token, "token_type": "Bearer", "id_token": idToken}, nil
}

// openIDUserInfo implements openid.connect.userInfo.
func (s *Slack) openIDUserInfo(req *request) (object, *problem) {
	g := s.tokens[req.token]
	switch {
	case req.token == "":
		return nil, refuse("not_authed")
	case g == nil && req.token == s.cfg.App.BotToken.Reveal():
		return nil, &problem{code: "missing_scope", needed: "openid"}
	case g == nil:
		return nil, refuse("invalid_auth")
	}
	return s.claims(g), nil
}

// serveAuthorize shows the simulated sign-in page.
func (s *Slack) serveAuthorize(w http.ResponseWriter, r *http.Request) {
	a, err := s.readAuthorization(r.URL.Query())
	if err != nil {
		writePage(w, http.StatusBadRequest, "error", signInPage{Fault: err.Error()})
		return
	}
	p := signInPage{App: s.cfg.App.Name, Scopes: a.scopes, Action: "?" + r.URL.RawQuery}
	if c, err := r.Cookie(signedInCookie); err == nil {
		p.Current = c.Value
	}
	for _, u := range s.Users() {
		if !u.Bot && !u.Deleted {
			p.People = append(p.People, person{ID: u.ID, Name: u.displayName(), Team: u.TeamID, Here: u.ID == p.Current})
		}
	}
	writePage(w, http.StatusOK, "choice", p)
}

// serveConsent takes the page's form. The request's own parameters travel in
// the query, as they arrived.
func (s *Slack) serveConsent(w http.ResponseWriter, r *http.Request) {
	r.Body = http.MaxBytesReader(w, r.Body, 1<<16)
	a, err := s.readAuthorization(r.URL.Query())
	if err == nil {
		err = r.ParseForm()
	}
	if err != nil {
		writePage(w, http.StatusBadRequest, "error", signInPage{Fault: err.Error()})
		return
	}
	if r.PostForm.Get("answer") == "cancel" {
		http.Redirect(w, r, backTo(a, url.Values{"error": {"access_denied"}}), http.StatusSeeOther)
		return
	}
	user := r.PostForm.Get("user")
	to, err := s.consent(user, a)
	if err != nil {
		writePage(w, http.StatusBadRequest, "error", signInPage{Fault: err.Error()})
		return
	}
	// Without a path the cookie belongs to the directory of this page, wherever
	// this Slack is mounted.
	http.SetCookie(w, &http.Cookie{Name: signedInCookie, Value: user, HttpOnly: true, SameSite: http.SameSiteLaxMode})
	http.Redirect(w, r, to, http.StatusSeeOther)
}
