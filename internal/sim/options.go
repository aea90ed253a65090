package sim

import (
	"crypto/rsa"
	"fmt"
	"io"
	"net"
	"net/http"
	"strconv"

	"hoist/internal/clock"
	"hoist/internal/sim/tenant"
)

// Options say what to start. The zero value is a working simulator with the
// demo's people on free ports.
type Options struct {
	// Seed without a tenant id stands for [DefaultSeed].
	Seed tenant.Seed
	// Clock is nil for the machine's own.
	Clock clock.Clock
	// Random feeds every id of the world; nil gives the same ids in every run.
	Random io.Reader
	// HTTPAddr and TLSAddr are loopback addresses; empty is 127.0.0.1:0.
	HTTPAddr string
	TLSAddr  string
	// Listener is the plain HTTP listener in place of HTTPAddr, for a port that
	// had to be known before the start. It must be on loopback. It is closed by
	// Close, and by a Start that fails.
	Listener net.Listener
	// CAFile is where the certificate authority is written in PEM. Empty is a
	// temporary file that Close removes.
	CAFile string
	// SigningKey is nil for a fresh one. Making it takes long enough for tests
	// to share one.
	SigningKey *rsa.PrivateKey
	// PageSize of Graph lists; zero is Graph's usual hundred.
	PageSize int
	// Mount adds handlers by path prefix, such as "/slack/". They see the full
	// path.
	Mount map[string]http.Handler
	// OnExchange is called after every request, from the goroutine that served
	// it. Nil records nothing.
	OnExchange func(Exchange)
	// Quiet are prefixes of paths that OnExchange is not told about, such as
	// those of pages that show the exchanges.
	Quiet []string
}

// OptionError is an option that nothing can be started with, whatever the machine:
// whoever gave it must give another.
type OptionError struct{ Err error }

// Error implements error.
func (e *OptionError) Error() string { return e.Err.Error() }

// Unwrap returns the reason.
func (e *OptionError) Unwrap() error { return e.Err }

// checkLoopback keeps a tenant without passwords off every network.
func checkLoopback(addr string) error {
	host, port, err := net.SplitHostPort(addr)
	if err == nil {
		_, err = strconv.ParseUint(port, 10, 16)
	}
	if err != nil {
		return &OptionError{fmt.Errorf("listen address: give it as 127.0.0.1:PORT, such as 127.0.0.1:8081: %w", err)}
	}
	if ip := net.ParseIP(host); host != "localhost" && (ip == nil || !ip.IsLoopback()) {
		return &OptionError{fmt.Errorf("listen address %q is not loopback: the simulated tenant asks for no password, so only this machine may reach it; use 127.0.0.1", addr)}
	}
	return nil
}
