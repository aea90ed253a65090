package entra

import (
	"net/http"
	"slices"
	"time"
)

const cookieName = "sim_entra_session"

// session is one browser. Several accounts may be signed in to it.
type session struct {
	id       string
	accounts []*account
}

// account is one person signed in to one browser.
type account struct {
	oid   string
	at    time.Time
	epoch int
	// mfaAt is zero until the person has passed a second factor here.
	mfaAt time.Time
}

func (b *session) account(oid string) *account {
	i := slices.IndexFunc(b.accounts, func(a *account) bool { return a.oid == oid })
	if i < 0 {
		return nil
	}
	return b.accounts[i]
}

// signIn adds the account, or begins it anew.
func (b *session) signIn(oid string, now time.Time, epoch int) {
	b.accounts = slices.DeleteFunc(b.accounts, func(a *account) bool { return a.oid == oid })
	b.accounts = append(b.accounts, &account{oid: oid, at: now, epoch: epoch})
}

// session returns the browser's session; the caller holds the lock. Accounts
// whose sessions were revoked are signed out on the way.
func (s *Server) session(r *http.Request) *session {
	cookie, err := r.Cookie(cookieName)
	if err != nil {
		return nil
	}
	b := s.sessions[cookie.Value]
	if b != nil {
		b.accounts = slices.DeleteFunc(b.accounts, func(a *account) bool { return a.epoch != s.tenant.SessionEpoch(a.oid) })
	}
	return b
}

// ensureSession begins a session when the browser has none. The cookie is Lax:
// clients send browsers here by top-level navigation.
func (s *Server) ensureSession(w http.ResponseWriter, r *http.Request) *session {
	if b := s.session(r); b != nil {
		return b
	}
	b := &session{id: newSecret()}
	s.sessions[b.id] = b
	http.SetCookie(w, &http.Cookie{Name: cookieName, Value: b.id, Path: "/" + s.tenant.ID(), HttpOnly: true, SameSite: http.SameSiteLaxMode})
	return b
}

// signOut ends the browser's session.
func (s *Server) signOut(w http.ResponseWriter, r *http.Request) {
	s.mu.Lock()
	if b := s.session(r); b != nil {
		delete(s.sessions, b.id)
	}
	s.mu.Unlock()
	http.SetCookie(w, &http.Cookie{Name: cookieName, Path: "/" + s.tenant.ID(), MaxAge: -1, HttpOnly: true, SameSite: http.SameSiteLaxMode})
	s.render(w, "signed-out", signInPage{Title: "You signed out"})
}
