// Package token makes and reads the JSON Web Tokens of the simulated tenant.
// The sign-in side mints, the Graph side reads; both share only this package
// and the signing key, as in life they share only the published keys.
//
// Invariant: a token is trusted for its signature alone here. Who may use it
// for what, and until when, is judged by the reader with its own clock.
//
// Reading order: access.go says what an access token carries, this file signs.
package token

import (
	"crypto"
	"crypto/rand"
	"crypto/rsa"
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"math/big"
	"strings"
)

// ErrInvalid is returned for anything that is not a token of this signer.
var ErrInvalid = errors.New("token is not valid")

// Signer signs with RS256 and publishes its key.
type Signer struct {
	key *rsa.PrivateKey
	kid string
}

// NewSigner uses the key, or makes one when it is nil. Making a key takes a
// noticeable part of a second, so tests hand the same one to many simulators.
func NewSigner(key *rsa.PrivateKey) (*Signer, error) {
	if key == nil {
		var err error
		if key, err = rsa.GenerateKey(rand.Reader, 2048); err != nil {
			return nil, fmt.Errorf("make signing key: %w", err)
		}
	}
	sum := sha256.Sum256(key.N.Bytes())
	return &Signer{key: key, kid: base64.RawURLEncoding.EncodeToString(sum[:20])}, nil
}

// Sign returns the compact form of a token with these claims.
func (s *Signer) Sign(claims any) (string, error) {
	header, err := json.Marshal(map[string]string{"typ": "JWT", "alg": "RS256", "kid": s.kid})
	if err != nil {
		return "", fmt.Errorf("encode token header: %w", err)
	}
	body, err := json.Marshal(claims)
	if err != nil {
		return "", fmt.Errorf("encode token claims: %w", err)
	}
	signed := base64.RawURLEncoding.EncodeToString(header) + "." + base64.RawURLEncoding.EncodeToString(body)
	sum := sha256.Sum256([]byte(signed))
	signature, err := rsa.SignPKCS1v15(nil, s.key, crypto.SHA256, sum[:])
	if err != nil {
		return "", fmt.Errorf("sign token: %w", err)
	}
	return signed + "." + base64.RawURLEncoding.EncodeToString(signature), nil
}

// Read checks the signature of raw and decodes its claims into target.
func (s *Signer) Read(raw string, target any) error {
	cut := strings.LastIndexByte(raw, '.')
	if cut < 0 || strings.Count(raw, ".") != 2 {
		return ErrInvalid
	}
	signature, err := base64.RawURLEncoding.DecodeString(raw[cut+1:])
	if err != nil {
		return ErrInvalid
	}
	sum := sha256.Sum256([]byte(raw[:cut]))
	if rsa.VerifyPKCS1v15(&s.key.PublicKey, crypto.SHA256, sum[:], signature) != nil {
		return ErrInvalid
	}
	body, err := base64.RawURLEncoding.DecodeString(strings.Split(raw, ".")[1])
	if err != nil || json.Unmarshal(body, target) != nil {
		return ErrInvalid
	}
	return nil
}

// KeySet is the JSON Web Key Set that verifies this signer's tokens.
func (s *Signer) KeySet() map[string]any {
	return map[string]any{"keys": []map[string]any{{
		"kty": "RSA", "use": "sig", "kid": s.kid, "x5t": s.kid, "alg": "RS256",
		"n": base64.RawURLEncoding.EncodeToString(s.key.N.Bytes()),
		"e": base64.RawURLEncoding.EncodeToString(big.NewInt(int64(s.key.E)).Bytes()),
	}}}
}
