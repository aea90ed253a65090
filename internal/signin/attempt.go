package signin

import (
	"context"
	"crypto/subtle"
	"encoding/json"
	"errors"
	"fmt"
	"strconv"
	"strings"
	"time"

	"hoist/internal/pim"
)

// attemptFor is how long a person may take on Microsoft's pages. The code they
// come back with lives ten minutes; registering a second factor takes a while
// before that.
const attemptFor = 15 * time.Minute

// Attempts keeps what was begun until the browser comes back. Values hold PKCE
// verifiers and nonces, so an implementation seals them.
type Attempts interface {
	// PutAttempt keeps value under state for ttl.
	PutAttempt(ctx context.Context, tenant pim.TenantID, state string, value []byte, ttl time.Duration) error
	// TakeAttempt returns the value and forgets it, both in one step. The error
	// wraps [pim.ErrNotFound] when there is none (any more).
	TakeAttempt(ctx context.Context, tenant pim.TenantID, state string) ([]byte, error)
}

// leg is which of the two sites a browser was sent to.
type leg string

const (
	legEntra leg = "entra"
	legChat  leg = "chat"
)

// attempt is what must be known when a browser comes back.
type attempt struct {
	Elevation pim.ID      `json:"elevation"`
	Purpose   pim.Purpose `json:"purpose"`
	Attempt   int         `json:"attempt"`
	Person    pim.Person  `json:"person"`
	Leg       leg         `json:"leg"`
	Browser   string      `json:"browser"` // hash of the cookie
	Verifier  string      `json:"verifier,omitempty"`
	Nonce     string      `json:"nonce"`
	Claims    string      `json:"claims,omitempty"`
	Hint      string      `json:"hint,omitempty"`
	Switch    bool        `json:"switch,omitempty"`
	ChatName  string      `json:"chatName,omitempty"` // proved in the first leg of a linking
	Reason    string      `json:"reason,omitempty"`   // an approver's, as typed
	Shown     string      `json:"shown,omitempty"`    // digest of what the approver saw
	SteppedUp bool        `json:"steppedUp,omitempty"`
	Created   time.Time   `json:"created"`
}

func (a attempt) ticket() ticket {
	return ticket{id: a.Elevation, purpose: a.Purpose, attempt: a.Attempt}
}

// keep stores the attempt under a new state and returns the state: 256 random
// bits, and in clear which attempt it is. The latter leads a browser home whose
// state was used already; it is believed only together with a cookie of ours.
func (h *Handler) keep(ctx context.Context, a attempt) (state string, err error) {
	random, err := h.secretOf()
	if err != nil {
		return "", err
	}
	state = strings.Join([]string{random, string(a.Elevation), string(a.Purpose), strconv.Itoa(a.Attempt)}, ".")
	raw, err := json.Marshal(a)
	if err != nil {
		return "", fmt.Errorf("encode attempt: %w", err)
	}
	if err := h.Attempts.PutAttempt(ctx, h.Tenant, keyOf(state, a.Browser), raw, attemptFor); err != nil {
		return "", fmt.Errorf("keep attempt: %w", err)
	}
	return state, nil
}

// keyOf is where the attempt of a state is kept. A state that came to another
// browser finds nothing there, and so is not used up by it.
func keyOf(state, browser string) string { return state + "." + browser }

// ticketOf reads which attempt a state claims to be of.
func ticketOf(state string) (ticket, bool) {
	parts := strings.Split(state, ".")
	if len(parts) != 4 || len(state) > 200 {
		return ticket{}, false
	}
	return parseTicket(parts[1], parts[2], parts[3])
}

var errUsed = errors.New("no such attempt (any more)")

// take returns the attempt of a state and forgets it. The error wraps errUsed
// when it was taken before, is too old, or belongs to another leg, person or
// browser.
func (v *visit) take(ctx context.Context, state string, l leg, browser string) (attempt, error) {
	var a attempt
	raw, err := v.Attempts.TakeAttempt(ctx, v.Tenant, keyOf(state, browser))
	if errors.Is(err, pim.ErrNotFound) {
		return a, errUsed
	}
	if err != nil {
		return a, fmt.Errorf("take attempt: %w", err)
	}
	if err := json.Unmarshal(raw, &a); err != nil {
		return a, fmt.Errorf("decode attempt: %w", err)
	}
	switch {
	case a.Leg != l || a.ticket() != v.ticket || a.Person != v.who:
		return a, fmt.Errorf("%w: another leg", errUsed)
	case subtle.ConstantTimeCompare([]byte(a.Browser), []byte(browser)) != 1:
		return a, fmt.Errorf("%w: another browser", errUsed)
	case !v.App.Clock.Now().Before(a.Created.Add(attemptFor)):
		return a, fmt.Errorf("%w: too old", errUsed)
	}
	return a, nil
}
