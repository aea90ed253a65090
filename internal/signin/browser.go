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

// cookieFor is how long a browser is remembered, from the page and anew from its
// button: two renewals of a link.
const cookieFor = 20 * time.Minute

// browserCookie is named after the attempt, so that two sign-ins in one browser
// do not touch each other. The prefix makes browsers refuse it unless it is
// secure, host-only and set for every path:
// https://developer.mozilla.org/docs/Web/HTTP/Reference/Headers/Set-Cookie#cookie_prefixes.
func browserCookie(t ticket) string {
	return fmt.Sprintf("__Host-hoist-%s-%s-%d", t.id, t.purpose, t.attempt)
}

func linkedCookie(t ticket) string { return browserCookie(t) + "-linked" }
func triedCookie(t ticket) string  { return browserCookie(t) + "-tried" }
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
// attempt, "" for none.
func (v *visit) browser() string {
	hash, _ := v.browserOf(v.who)
	return hash
}

// browserOf returns the hash and the value of the cookie, if it was made for this
// person. The cookie carries a MAC besides its random bits, so that a cookie of
// ours is known even when no record tells of it any more.
func (v *visit) browserOf(who pim.Person) (hash, cookie string) {
	c, err := v.r.Cookie(browserCookie(v.ticket))
	if err != nil {
		return "", ""
	}
	value, mac, ok := strings.Cut(c.Value, ".")
	if !ok || !verify(v.links.keys, mac, browserSigned(v.ticket, who, value)) {
		return "", ""
	}
	return hashOf(value), c.Value
}

// remember returns the hash of the browser's cookie and sets the cookie when
// there is none yet. A button that was pressed makes it last longer: the sign-in
// begins now.
func (v *visit) remember() (string, error) {
	if v.remembered != "" {
		return v.remembered, nil
	}
	hash, cookie := v.browserOf(v.who)
	if hash != "" && v.r.Method != http.MethodPost {
		return hash, nil
	}
	if hash == "" {
		value, err := v.secretOf()
		if err != nil {
			return "", err
		}
		hash, cookie = hashOf(value), value+"."+sign(v.links.keys[0], browserSigned(v.ticket, v.who, value))
	}
	setCookie(v.w, browserCookie(v.ticket), cookie)
	v.remembered = hash
	return hash, nil
}

func browserSigned(t ticket, who pim.Person, value string) []string {
	return []string{"browser", string(t.id), t.step(), who.Key(), value}
}

// linkedProof is what this browser proved in a completed linking.
type linkedProof struct {
	Chat    string `json:"chat"`    // the chat account's name
	Account string `json:"account"` // the Entra account's name
}

// keepFor lets this browser see something after the redirect that ends a
// callback. It is bound to the browser and to the cookie's name, and no secret
// from whoever sits there.
func (v *visit) keepFor(browser, name string, what any) {
	raw, err := json.Marshal(what)
	if err != nil {
		v.log().ErrorContext(v.r.Context(), "result not kept for its page", "err", err)
		return
	}
	value := base64.RawURLEncoding.EncodeToString(raw)
	setCookie(v.w, name, value+"."+sign(v.links.keys[0], keptSigned(name, browser, value)))
}

// keptFor reads into what was kept for this browser, and reports whether
// something was.
func (v *visit) keptFor(browser, name string, what any) bool {
	c, err := v.r.Cookie(name)
	if err != nil || browser == "" {
		return false
	}
	value, mac, ok := strings.Cut(c.Value, ".")
	if !ok || !verify(v.links.keys, mac, keptSigned(name, browser, value)) {
		return false
	}
	raw, err := base64.RawURLEncoding.DecodeString(value)
	return err == nil && json.Unmarshal(raw, what) == nil
}

func keptSigned(name, browser, value string) []string {
	return []string{"kept", name, browser, value}
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
