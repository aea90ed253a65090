package entra

import (
	"net/http"
	"net/url"
	"strings"
)

// flowOf finds the flow that a page belongs to, in the browser that began it.
// The caller holds the lock.
func (s *Server) flowOf(w http.ResponseWriter, r *http.Request) *flow {
	f := s.flows[r.FormValue("flow")]
	b := s.session(r)
	if f == nil || b == nil || f.session != b || s.tenant.Now().Sub(f.began) > forgetAfter {
		s.errorPage(w, nil, invalidRequest(90033, "This sign-in has ended or expired, or belongs to another browser. Go back to the application and start again."))
		return nil
	}
	return f
}

// onward leads to the page that comes next instead of answering a form with it:
// a browser that goes back, or loads it again, then has no form to send again.
func (s *Server) onward(w http.ResponseWriter, r *http.Request, f *flow) {
	http.Redirect(w, r, "/"+s.tenant.ID()+"/login/continue?"+url.Values{"flow": {f.id}}.Encode(), http.StatusSeeOther)
}

// showNext shows it.
func (s *Server) showNext(w http.ResponseWriter, r *http.Request) {
	s.mu.Lock()
	defer s.mu.Unlock()
	f := s.flowOf(w, r)
	switch {
	case f == nil:
	case f.refused != nil:
		s.errorPage(w, f, f.refused)
	default:
		s.proceed(w, r, f)
	}
}

// refuseStep leads to a page that says why a step was refused.
func (s *Server) refuseStep(w http.ResponseWriter, r *http.Request, f *flow, p *problem) {
	f.refused = p
	s.onward(w, r, f)
}

// postAccount picks an account by object id or user principal name. One that is
// not signed in yet, or that must sign in anew, signs in here.
func (s *Server) postAccount(w http.ResponseWriter, r *http.Request) {
	s.mu.Lock()
	defer s.mu.Unlock()
	f := s.flowOf(w, r)
	if f == nil {
		return
	}
	f.refused = nil
	who := r.PostFormValue("account")
	if who == "" {
		who = r.PostFormValue("username")
	}
	p, known := s.tenant.Person(strings.TrimSpace(who))
	if !known {
		s.refuseStep(w, r, f, &problem{oauth: "access_denied", code: 50034, message: "The user account " + who + " does not exist in the " + s.tenant.Name() + " directory."})
		return
	}
	if f.session.account(p.OID) == nil || f.ask.prompt == "login" {
		f.session.signIn(p.OID, s.tenant.Now(), s.tenant.SessionEpoch(p.OID))
	}
	f.oid = p.OID
	s.onward(w, r, f)
}

// postMFA takes the number that the person told the phone.
func (s *Server) postMFA(w http.ResponseWriter, r *http.Request) {
	s.mu.Lock()
	defer s.mu.Unlock()
	f := s.flowOf(w, r)
	if f == nil {
		return
	}
	if f.oid == "" || f.session.account(f.oid) == nil || f.number == "" {
		s.onward(w, r, f)
		return
	}
	if r.PostFormValue("decision") == "deny" {
		f.number = ""
		s.refuseStep(w, r, f, &problem{oauth: "access_denied", code: 500121, message: "Authentication failed during strong authentication request."})
		return
	}
	if strings.TrimSpace(r.PostFormValue("number")) != f.number {
		f.complaint = "That was not the number on the screen. Here is a new one."
		s.onward(w, r, f)
		return
	}
	f.stepped, f.number = true, ""
	f.session.account(f.oid).mfaAt = s.tenant.Now()
	s.onward(w, r, f)
}

// postSwitch forgets the picked account and shows the picker.
func (s *Server) postSwitch(w http.ResponseWriter, r *http.Request) {
	s.mu.Lock()
	defer s.mu.Unlock()
	f := s.flowOf(w, r)
	if f == nil {
		return
	}
	f.oid, f.stepped, f.number, f.refused = "", false, "", nil
	f.ask.prompt = "select_account"
	s.onward(w, r, f)
}

// postReturn goes back to the application with the error on the page.
func (s *Server) postReturn(w http.ResponseWriter, r *http.Request) {
	s.mu.Lock()
	defer s.mu.Unlock()
	f := s.flowOf(w, r)
	if f == nil {
		return
	}
	delete(s.flows, f.id)
	answer := url.Values{"error": {"access_denied"}, "error_subcode": {"cancel"}, "error_description": {"AADSTS65004: User declined to consent to access the app."}}
	if f.stopped != nil {
		answer = errorAnswer(f.stopped)
	}
	s.sendBack(w, r, f.ask, answer)
}
