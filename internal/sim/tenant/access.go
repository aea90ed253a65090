package tenant

import (
	"slices"
	"strings"
)

// access holds the Conditional Access switches.
type access struct {
	blockedApps   map[string]bool
	mfaApps       map[string]bool
	blockedPeople map[string]bool
	contexts      map[string]bool
	epochs        map[string]int
}

func newAccess() access {
	return access{
		blockedApps: map[string]bool{}, mfaApps: map[string]bool{}, blockedPeople: map[string]bool{},
		contexts: map[string]bool{}, epochs: map[string]int{},
	}
}

// SignInFault is a reason why a sign-in cannot go on: an AADSTS number and
// Entra's words for it.
type SignInFault struct {
	Code    int
	Message string
}

// CheckSignIn applies the account, the app's assignments and Conditional
// Access, in Entra's order. A nil fault lets the person in.
func (t *Tenant) CheckSignIn(oid, clientID string) *SignInFault {
	t.mu.Lock()
	defer t.mu.Unlock()
	p, a := t.person(oid), t.app(clientID)
	switch {
	case p == nil:
		return &SignInFault{50034, "The user account does not exist in the " + t.name + " directory. To sign into this application, the account must be added to the directory."}
	case p.Disabled:
		return &SignInFault{50057, "The user account is disabled."}
	case a == nil:
		return &SignInFault{700016, "Application with identifier '" + clientID + "' was not found in the directory '" + t.name + "'."}
	case a.AssignmentRequired && !t.assignedTo(a, p.OID):
		return &SignInFault{50105, "Your administrator has configured the application " + a.Name + " ('" + a.ClientID + "') to block users unless they are specifically granted ('assigned') access to the application. The signed in user '" + p.UPN + "' is blocked because they are not a direct member of a group with access, nor had access directly assigned by an administrator."}
	case t.access.blockedApps[strings.ToLower(a.ClientID)] || t.access.blockedPeople[p.OID]:
		return &SignInFault{53003, "Access has been blocked by Conditional Access policies. The access policy does not allow token issuance."}
	}
	return nil
}

// assignedTo counts people and the direct members of groups; nested members
// are not included, as on Microsoft's page "Assign users and groups".
func (t *Tenant) assignedTo(a *App, oid string) bool {
	for _, id := range a.Assigned {
		if id == oid {
			return true
		}
		if g := t.group(id); g != nil && slices.Contains(g.Members, oid) {
			return true
		}
	}
	return false
}

// BlockApp switches a Conditional Access policy that blocks every sign-in to
// the app.
func (t *Tenant) BlockApp(clientID string, on bool) {
	t.mu.Lock()
	defer t.changed()
	t.access.blockedApps[strings.ToLower(clientID)] = on
}

// RequireMFA switches a Conditional Access policy that demands MFA for the app.
func (t *Tenant) RequireMFA(clientID string, on bool) {
	t.mu.Lock()
	defer t.changed()
	t.access.mfaApps[strings.ToLower(clientID)] = on
}

// BlockPerson switches a Conditional Access policy that blocks one person.
func (t *Tenant) BlockPerson(who string, on bool) {
	t.mu.Lock()
	defer t.changed()
	if p := t.person(who); p != nil {
		t.access.blockedPeople[p.OID] = on
	}
}

// AppBlocked reports whether a policy blocks every sign-in to the app.
func (t *Tenant) AppBlocked(clientID string) bool {
	t.mu.Lock()
	defer t.mu.Unlock()
	return t.access.blockedApps[strings.ToLower(clientID)]
}

// PersonBlocked reports whether a policy blocks the person.
func (t *Tenant) PersonBlocked(who string) bool {
	t.mu.Lock()
	defer t.mu.Unlock()
	p := t.person(who)
	return p != nil && t.access.blockedPeople[p.OID]
}

// EnforceContext switches the Conditional Access policy that targets an
// authentication context. Without it PIM falls back to plain MFA.
func (t *Tenant) EnforceContext(claim string, on bool) {
	t.mu.Lock()
	defer t.changed()
	t.access.contexts[claim] = on
}

// MFARequired reports whether Conditional Access demands MFA for the app.
func (t *Tenant) MFARequired(clientID string) bool {
	t.mu.Lock()
	defer t.mu.Unlock()
	return t.access.mfaApps[strings.ToLower(clientID)]
}

// ContextEnforced reports whether a policy targets the authentication context.
func (t *Tenant) ContextEnforced(claim string) bool {
	t.mu.Lock()
	defer t.mu.Unlock()
	return t.access.contexts[claim]
}

// RevokeSessions makes every refresh token and browser session of the person
// worthless that began before now (AADSTS50173).
func (t *Tenant) RevokeSessions(who string) {
	t.mu.Lock()
	defer t.changed()
	if p := t.person(who); p != nil {
		t.access.epochs[p.OID]++
	}
}

// SessionEpoch counts the revocations of a person's sessions. One that began in
// an earlier epoch is revoked; counting, unlike comparing times, holds on a
// clock that stands still.
func (t *Tenant) SessionEpoch(oid string) int {
	t.mu.Lock()
	defer t.mu.Unlock()
	return t.access.epochs[oid]
}
