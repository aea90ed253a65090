package entra

import (
	"crypto/rand"
	"fmt"
	"math/big"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"time"

	"hoist/internal/sim/tenant"
)

// flow is one sign-in between the first authorize request and its answer.
type flow struct {
	id      string
	session *session
	began   time.Time
	ask     *ask
	// oid is empty until an account was picked.
	oid string
	// stepped: the person passed a second factor within this flow.
	stepped bool
	// number is what the phone must be told, complaint why it is told again.
	number, complaint string
	// stopped is the error that the last page showed, refused why the last step
	// was: it is shown until the person takes another.
	stopped, refused *problem
}

func (s *Server) begin(w http.ResponseWriter, r *http.Request, a *ask) {
	s.mu.Lock()
	defer s.mu.Unlock()
	now := s.tenant.Now()
	s.sweep(now)
	f := &flow{id: newSecret(), session: s.ensureSession(w, r), began: now, ask: a}
	s.flows[f.id] = f
	s.proceed(w, r, f)
}

// sweep forgets flows and codes that are long past their life. Codes stay a
// while longer, so that a late second use is told from a made-up one.
func (s *Server) sweep(now time.Time) {
	for id, f := range s.flows {
		if now.Sub(f.began) > forgetAfter {
			delete(s.flows, id)
		}
	}
	for code, g := range s.codes {
		if now.Sub(g.made) > 6*forgetAfter {
			delete(s.codes, code)
		}
	}
}

// proceed is the dispatcher: it looks at what is still missing, in Entra's
// order, and shows that page or gives the answer. The caller holds the lock.
func (s *Server) proceed(w http.ResponseWriter, r *http.Request, f *flow) {
	if f.session.account(f.oid) == nil {
		f.oid = s.silentAccount(f)
	}
	if f.oid == "" {
		s.askAccount(w, r, f)
		return
	}
	if fault := s.tenant.CheckSignIn(f.oid, f.ask.app.ClientID); fault != nil {
		s.stop(w, r, f, &problem{oauth: "access_denied", code: fault.Code, message: fault.Message})
		return
	}
	if p := checkScopes(f.ask.scopes, f.ask.app); p != nil {
		p.oauth = "consent_required"
		s.stop(w, r, f, p)
		return
	}
	if s.needsSecondFactor(f) {
		s.askSecondFactor(w, r, f)
		return
	}
	s.finish(w, r, f)
}

// silentAccount picks without asking: the account that the hint names when it
// is signed in, or the only one that is.
func (s *Server) silentAccount(f *flow) string {
	if f.ask.prompt == "login" || f.ask.prompt == "select_account" {
		return ""
	}
	if f.ask.loginHint != "" {
		p, known := s.tenant.Person(f.ask.loginHint)
		if known && f.session.account(p.OID) != nil {
			return p.OID
		}
		return ""
	}
	if len(f.session.accounts) == 1 {
		return f.session.accounts[0].oid
	}
	return ""
}

// askAccount shows a sign-in page for the account that the hint names, and the
// picker in every other case.
func (s *Server) askAccount(w http.ResponseWriter, r *http.Request, f *flow) {
	if f.ask.prompt == "none" {
		s.stop(w, r, f, &problem{oauth: "login_required", code: 50058, message: "A silent sign-in request was sent but no user is signed in."})
		return
	}
	pg := s.pageFor(f)
	pg.SignedIn = s.signedIn(f.session)
	hinted, known := s.tenant.Person(f.ask.loginHint)
	if known && f.ask.prompt != "select_account" {
		pg.Title, pg.Person = "Sign in", hinted
		pg.SignedIn = slices.DeleteFunc(pg.SignedIn, func(p tenant.Person) bool { return p.OID == hinted.OID })
		s.render(w, "sign-in", pg)
		return
	}
	pg.Title, pg.Hint = "Pick an account", f.ask.loginHint
	if f.ask.loginHint != "" && !known {
		pg.Complaint = f.ask.app.Name + " asked for " + f.ask.loginHint + ", which is no account of this tenant."
	}
	pg.Others = slices.DeleteFunc(s.tenant.People(), func(p tenant.Person) bool { return f.session.account(p.OID) != nil })
	s.render(w, "picker", pg)
}

// signedIn are the people of a browser's session, in the order of their sign-ins.
func (s *Server) signedIn(b *session) []tenant.Person {
	var people []tenant.Person
	for _, a := range b.accounts {
		if p, ok := s.tenant.Person(a.oid); ok {
			people = append(people, p)
		}
	}
	return people
}

// needsSecondFactor: Conditional Access or the claims parameter wants MFA and
// this browser has not passed it yet; or an authentication context is asked
// for, which wants it anew in every flow.
func (s *Server) needsSecondFactor(f *flow) bool {
	if f.stepped {
		return false
	}
	if slices.ContainsFunc(f.ask.claims.contexts, s.contextWantsStep) {
		return true
	}
	wanted := f.ask.claims.mfa || s.tenant.MFARequired(f.ask.app.ClientID)
	return wanted && f.session.account(f.oid).mfaAt.IsZero()
}

// contextWantsStep: a context that no policy targets is satisfied by itself;
// the p… values are Microsoft's own and mean MFA.
func (s *Server) contextWantsStep(context string) bool {
	return s.tenant.ContextEnforced(context) || strings.HasPrefix(context, "p")
}

func (s *Server) askSecondFactor(w http.ResponseWriter, r *http.Request, f *flow) {
	p, _ := s.tenant.Person(f.oid)
	switch {
	case f.ask.prompt == "none":
		s.stop(w, r, f, &problem{oauth: "interaction_required", code: 50076, suberror: "basic_action", message: "Due to a configuration change made by your administrator, or because you moved to a new location, you must use multi-factor authentication to access '00000003-0000-0000-c000-000000000000'."})
		return
	case !p.MFARegistered:
		s.stop(w, r, f, &problem{oauth: "interaction_required", code: 50079, message: "Due to a configuration change made by your administrator, or because you moved to a new location, you must enroll in multi-factor authentication to access '00000003-0000-0000-c000-000000000000'."})
		return
	}
	s.showNumber(w, f)
}

func (s *Server) showNumber(w http.ResponseWriter, f *flow) {
	n, err := rand.Int(rand.Reader, big.NewInt(90))
	if err != nil {
		panic("entra: no random number: " + err.Error())
	}
	f.number = fmt.Sprint(10 + n.Int64())
	pg := s.pageFor(f)
	pg.Title, pg.Number, pg.Complaint = "Approve the sign-in", f.number, f.complaint
	f.complaint = ""
	pg.Person, _ = s.tenant.Person(f.oid)
	s.render(w, "mfa", pg)
}

// stop ends a flow with an error: silently when the client asked for silence,
// else on a page from which the person can go back or switch account.
func (s *Server) stop(w http.ResponseWriter, r *http.Request, f *flow, p *problem) {
	if f.ask.prompt == "none" {
		if p.oauth == "access_denied" {
			p.oauth = "interaction_required"
		}
		delete(s.flows, f.id)
		s.sendBack(w, r, f.ask, errorAnswer(p))
		return
	}
	s.errorPage(w, f, p)
}

// finish makes the code and answers the application.
func (s *Server) finish(w http.ResponseWriter, r *http.Request, f *flow) {
	a := f.session.account(f.oid)
	g := &grant{
		clientID: f.ask.app.ClientID, redirectURI: f.ask.redirectURI, oid: f.oid, nonce: f.ask.nonce,
		challenge: f.ask.challenge, scopes: f.ask.scopes, cp1: f.ask.claims.cp1, made: s.tenant.Now(),
		signedIn: a.at, epoch: a.epoch, mfa: f.stepped || !a.mfaAt.IsZero(), contexts: f.ask.claims.contexts,
	}
	code := "1." + newSecret()
	s.codes[code] = g
	delete(s.flows, f.id)
	s.sendBack(w, r, f.ask, url.Values{"code": {code}, "session_state": {s.newID()}})
}
