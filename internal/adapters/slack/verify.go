package slack

import (
	"crypto/hmac"
	"crypto/sha256"
	"crypto/subtle"
	"encoding/hex"
	"errors"
	"net/http"
	"strconv"
	"time"

	"hoist/internal/clock"
	"hoist/internal/secret"
)

// The headers and the window of "Verifying requests from Slack"
// (docs.slack.dev/authentication/verifying-requests-from-slack).
const (
	signatureHeader = "X-Slack-Signature"
	timestampHeader = "X-Slack-Request-Timestamp"
	signatureLength = len("v0=") + 2*sha256.Size
	window          = 5 * time.Minute
)

// verifier checks Slack's signature. The library's own verifier reads the wall
// clock and takes upper-case digits; this one asks the injected clock and takes
// exactly what Slack sends.
type verifier struct {
	keys  [][]byte
	clock clock.Clock
}

// newVerifier takes every signing secret that is valid now: two while a secret
// is being rotated.
func newVerifier(secrets []secret.Value, c clock.Clock) (*verifier, error) {
	v := &verifier{clock: c}
	for _, s := range secrets {
		if s.IsZero() {
			return nil, errors.New("slack: a signing secret is empty")
		}
		v.keys = append(v.keys, []byte(s.Reveal()))
	}
	if len(v.keys) == 0 {
		return nil, errors.New("slack: no signing secret")
	}
	return v, nil
}

// verify returns the delivery's key when the body is Slack's own and fresh.
// Nothing of the body has been interpreted before.
func (v *verifier) verify(h http.Header, body []byte) (string, reason) {
	stamp, ok := single(h, timestampHeader)
	signature, signed := single(h, signatureHeader)
	if !ok || !signed || len(signature) != signatureLength {
		return "", reasonHeader
	}
	at, ok := parseStamp(stamp)
	if !ok {
		return "", reasonHeader
	}
	if v.clock.Now().Sub(at).Abs() > window {
		return "", reasonStale
	}
	if !v.matches(stamp, signature, body) {
		return "", reasonSignature
	}
	return deliveryKey(stamp, signature), reasonNone
}

// matches compares with the signature of every secret, in constant time.
func (v *verifier) matches(stamp, signature string, body []byte) bool {
	found := 0
	for _, key := range v.keys {
		found |= subtle.ConstantTimeCompare(sign(key, stamp, body), []byte(signature))
	}
	return found == 1
}

func sign(key []byte, stamp string, body []byte) []byte {
	mac := hmac.New(sha256.New, key)
	_, _ = mac.Write([]byte("v0:" + stamp + ":"))
	_, _ = mac.Write(body)
	out := make([]byte, 0, signatureLength+sha256.Size)
	sum := mac.Sum(out[signatureLength:signatureLength])
	return hex.AppendEncode(append(out, "v0="...), sum)
}

// single returns a header that was sent exactly once: a second copy means that
// somebody between Slack and here does not agree on which one counts.
func single(h http.Header, name string) (string, bool) {
	values := h[name]
	if len(values) != 1 {
		return "", false
	}
	return values[0], true
}

// parseStamp reads Unix seconds in plain digits, as Slack writes them.
func parseStamp(s string) (time.Time, bool) {
	const mostDigits = 11 // until the year 5138; keeps the arithmetic far from overflow
	if s == "" || len(s) > mostDigits || s[0] == '0' && len(s) > 1 {
		return time.Time{}, false
	}
	for _, c := range []byte(s) {
		if c < '0' || c > '9' {
			return time.Time{}, false
		}
	}
	n, err := strconv.ParseInt(s, 10, 64)
	return time.Unix(n, 0), err == nil
}

// deliveryKey identifies these signed bytes. The signature has one length, so
// the two parts cannot be confused.
func deliveryKey(stamp, signature string) string {
	sum := sha256.Sum256([]byte(stamp + signature))
	return hex.EncodeToString(sum[:])
}
