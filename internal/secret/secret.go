// Package secret holds the one type for values that must never be printed:
// tokens, authorization codes, link secrets, client secrets and signing keys.
//
// Invariant: no formatting verb, log handler or encoder of the standard
// library can make a [Value] show its content. Reading it takes the explicit
// call [Value.Reveal], which is easy to find in a review.
package secret

import (
	"crypto/subtle"
	"fmt"
	"io"
	"log/slog"
)

// Redacted is what every way of printing a [Value] yields.
const Redacted = "[redacted]"

// Value is a string that never prints itself. The zero Value is empty.
type Value struct{ v string }

// New wraps s.
func New(s string) Value { return Value{v: s} }

// Reveal returns the content. Call it only where the value leaves the process
// for the one party it is meant for.
func (s Value) Reveal() string { return s.v }

// IsZero reports whether the value is empty.
func (s Value) IsZero() bool { return s.v == "" }

// Equal compares in constant time.
func (s Value) Equal(o Value) bool {
	return subtle.ConstantTimeCompare([]byte(s.v), []byte(o.v)) == 1
}

// String implements fmt.Stringer and hides the content.
func (s Value) String() string { return Redacted }

// GoString implements fmt.GoStringer and hides the content.
func (s Value) GoString() string { return Redacted }

// Format implements fmt.Formatter, so that verbs such as %x hide it as well.
func (s Value) Format(f fmt.State, _ rune) { _, _ = io.WriteString(f, Redacted) }

// MarshalText implements encoding.TextMarshaler (and with it JSON and YAML).
func (s Value) MarshalText() ([]byte, error) { return []byte(Redacted), nil }

// LogValue implements slog.LogValuer.
func (s Value) LogValue() slog.Value { return slog.StringValue(Redacted) }
