package signin

import (
	"crypto/rand"
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"strings"
	"time"

	"hoist/internal/pim"
)

// cookieFor is how long a browser is remembered: two renewals of a link.
const cookieFor = 20 * time.Minute

// browserCookie is named after the attempt, so that two sign-ins in one browser
// do not touch each other. The prefix makes browsers refuse it unless it is
// secure, host-only and set for every path:
// https://developer.mozilla.org/docs/Web/HTTP/Reference/Headers/Set-Cookie#cookie_prefixes.
func browserCookie(t ticket) string {
	return fmt.Sprintf("__Host-hoist-%s-%s-%d", t.id, t.purpose, t.attempt)
}

func linkedCookie(t ticket) string { return browserCookie(t) + "-linked" }
func stepUpCookie(t ticket) string { return browserCookie(t) + "-again" }

// secretOf makes 256 random bits as text.
func (h *Handler) secretOf() (string, error) {
	b := make([]byte, 32)
	if _, err := io.ReadFull(h.Random, b); err != nil {
		return "", fmt.Errorf("read random bytes: %w", err)
	}
	return base64.RawURLEncoding.EncodeToString(b), nil
}

// browser returns the hash of the cookie that this browser holds for the
// attempt, "" for none. The cookie carries a MAC besides its random bits, so
// that a cookie of ours is known even when no record tells of it any more.
func (h *Handler) browser(r *http.Request, t ticket, who pim.Person) string {
	c, err := r.Cookie(browserCookie(t))
	if err != nil {
		return ""
	}
	value, mac, ok := strings.Cut(c.Value, ".")
	if !ok || !verify(h.links.keys, mac, browserSigned(t, who, value)) {
		return ""
	}
	return hashOf(value)
}

// remember returns the hash of the browser's cookie and sets the cookie when
// there is none yet.
func (h *Handler) remember(w http.ResponseWriter, r *http.Request, t ticket, who pim.Person) (string, error) {
	if hash := h.browser(r, t, who); hash != "" {
		return hash, nil
	}
	value, err := h.secretOf()
	if err != nil {
		return "", err
	}
	setCookie(w, browserCookie(t), value+"."+sign(h.links.keys[0], browserSigned(t, who, value)))
	return hashOf(value), nil
}

func browserSigned(t ticket, who pim.Person, value string) []string {
	return []string{"browser", string(t.id), t.step(), who.Key(), value}
}

// linkedProof is what this browser proved in a completed linking.
type linkedProof struct {
	Chat    string `json:"chat"`    // the chat account's name
	Account string `json:"account"` // the Entra account's name
}

// keepProof lets this browser see what it linked after the redirect that ends
// the callback.
func (h *Handler) keepProof(w http.ResponseWriter, t ticket, browser string, p linkedProof) error {
	raw, err := json.Marshal(p)
	if err != nil {
		return fmt.Errorf("encode proof: %w", err)
	}
	value := base64.RawURLEncoding.EncodeToString(raw)
	setCookie(w, linkedCookie(t), value+"."+sign(h.links.keys[0], linkedSigned(t, browser, value)))
	return nil
}

// proof returns what this browser proved, if it did.
func (h *Handler) proof(r *http.Request, t ticket, browser string) (linkedProof, bool) {
	var p linkedProof
	c, err := r.Cookie(linkedCookie(t))
	if err != nil || browser == "" {
		return p, false
	}
	value, mac, ok := strings.Cut(c.Value, ".")
	if !ok || !verify(h.links.keys, mac, linkedSigned(t, browser, value)) {
		return p, false
	}
	raw, err := base64.RawURLEncoding.DecodeString(value)
	if err != nil || json.Unmarshal(raw, &p) != nil {
		return p, false
	}
	return p, true
}

func linkedSigned(t ticket, browser, value string) []string {
	return []string{"linked", string(t.id), t.step(), browser, value}
}

// hashOf is what records and attempts keep of a browser's cookie.
func hashOf(value string) string {
	sum := sha256.Sum256([]byte(value))
	return base64.RawURLEncoding.EncodeToString(sum[:])
}

func setCookie(w http.ResponseWriter, name, value string) {
	http.SetCookie(w, &http.Cookie{
		Name: name, Value: value, Path: "/", MaxAge: int(cookieFor.Seconds()),
		Secure: true, HttpOnly: true, SameSite: http.SameSiteLaxMode,
	})
}

// randomReader is the default source of random bytes.
func randomReader() io.Reader { return rand.Reader }
