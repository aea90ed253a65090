package store

import (
	"errors"
	"fmt"
	"strings"

	"github.com/tink-crypto/tink-go/v2/aead"
	"github.com/tink-crypto/tink-go/v2/insecurecleartextkeyset"
	"github.com/tink-crypto/tink-go/v2/keyset"
	"github.com/tink-crypto/tink-go/v2/tink"

	"hoist/internal/secret"
)

// NewKeyset makes a keyset with one key, in Tink's JSON form. It belongs into a
// secret store of the operator's, never beside the data it seals.
func NewKeyset() (secret.Value, error) {
	h, err := keyset.NewHandle(aead.AES256GCMKeyTemplate())
	if err != nil {
		return secret.Value{}, fmt.Errorf("make a keyset: %w", err)
	}
	return writeKeyset(h)
}

// RotateKeyset adds a key that seals from now on; the earlier ones still open.
// Every replica must know the new keyset before any of them seals with it, or a
// callback may reach one that cannot open what another sealed; what that costs
// is one repeated sign-in.
func RotateKeyset(old secret.Value) (secret.Value, error) {
	h, err := readKeyset(old)
	if err != nil {
		return secret.Value{}, err
	}
	m := keyset.NewManagerFromHandle(h)
	id, err := m.Add(aead.AES256GCMKeyTemplate())
	if err != nil {
		return secret.Value{}, fmt.Errorf("rotate the keyset: %w", err)
	}
	if err := m.SetPrimary(id); err != nil {
		return secret.Value{}, fmt.Errorf("rotate the keyset: %w", err)
	}
	if h, err = m.Handle(); err != nil {
		return secret.Value{}, fmt.Errorf("rotate the keyset: %w", err)
	}
	return writeKeyset(h)
}

func openKeyset(v secret.Value) (tink.AEAD, error) {
	h, err := readKeyset(v)
	if err != nil {
		return nil, err
	}
	a, err := aead.New(h)
	if err != nil {
		return nil, errors.New("the keyset holds no key that seals and opens (AEAD)")
	}
	return a, nil
}

// readKeyset says nothing of what it could not read: a parser's complaint may
// quote key material.
func readKeyset(v secret.Value) (*keyset.Handle, error) {
	if v.IsZero() {
		return nil, errors.New("there is no keyset")
	}
	h, err := insecurecleartextkeyset.Read(keyset.NewJSONReader(strings.NewReader(v.Reveal())))
	if err != nil {
		return nil, errors.New("the keyset is not one of Tink's in JSON")
	}
	return h, nil
}

func writeKeyset(h *keyset.Handle) (secret.Value, error) {
	var b strings.Builder
	if err := insecurecleartextkeyset.Write(h, keyset.NewJSONWriter(&b)); err != nil {
		return secret.Value{}, errors.New("write the keyset")
	}
	return secret.New(b.String()), nil
}
