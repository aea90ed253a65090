package sim

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"io"
	"math/rand/v2"
	"net"
	"net/http"
	"os"
	"strings"
	"sync"
	"syscall"
	"time"

	"hoist/internal/clock"
	"hoist/internal/sim/entra"
	"hoist/internal/sim/fault"
	"hoist/internal/sim/graph"
	"hoist/internal/sim/tenant"
	"hoist/internal/sim/token"
)

// Sim is a running simulator.
type Sim struct {
	// Tenant is the world: what administrators and other people do to it.
	Tenant *tenant.Tenant
	// Entra answers for sign-in, Graph for Microsoft Graph; Graph keeps the log
	// of its calls.
	Entra *entra.Server
	Graph *graph.Server
	// Faults are planned misbehaviour of both.
	Faults *fault.Plan

	plain, secure net.Listener
	authority     *authority
	caFile        string
	caTemporary   bool
	servers       []*http.Server
	serving       sync.WaitGroup
	closeOnce     sync.Once
	closeErr      error
}

// Start listens and serves until the context ends or Close is called.
func Start(ctx context.Context, o Options) (*Sim, error) {
	s := &Sim{Faults: &fault.Plan{}}
	if err := s.open(o); err != nil {
		return nil, errors.Join(fmt.Errorf("start the simulated tenant: %w", err), s.Close())
	}
	handler, err := s.assemble(o)
	if err != nil {
		return nil, errors.Join(fmt.Errorf("start the simulated tenant: %w", err), s.Close())
	}
	s.serve(handler)
	context.AfterFunc(ctx, func() { _ = s.Close() })
	return s, nil
}

// open takes the ports and makes the certificates.
func (s *Sim) open(o Options) error {
	var err error
	if s.plain, err = o.plain(); err != nil {
		return err
	}
	if s.secure, err = listen(o.TLSAddr); err != nil {
		return err
	}
	if s.authority, err = newAuthority(); err != nil {
		return err
	}
	s.caFile, s.caTemporary = o.CAFile, o.CAFile == ""
	if s.caFile, err = s.authority.write(o.CAFile); err != nil {
		return err
	}
	return nil
}

// plain is the listener for browsers. A given one is handed over even when it is
// refused, so that Close finds it.
func (o Options) plain() (net.Listener, error) {
	if o.Listener == nil {
		return listen(o.HTTPAddr)
	}
	return o.Listener, checkLoopback(o.Listener.Addr().String())
}

func listen(addr string) (net.Listener, error) {
	if addr == "" {
		addr = "127.0.0.1:0"
	}
	if err := checkLoopback(addr); err != nil {
		return nil, err
	}
	l, err := (&net.ListenConfig{}).Listen(context.Background(), "tcp", addr)
	switch {
	case errors.Is(err, syscall.EADDRINUSE):
		return nil, fmt.Errorf("another program listens on %s; choose another address: %w", addr, err)
	case err != nil:
		return nil, fmt.Errorf("listen: %w", err)
	}
	return l, nil
}

// assemble builds the world and the one mux that both listeners serve.
func (s *Sim) assemble(o Options) (http.Handler, error) {
	if o.Seed.TenantID == "" {
		o.Seed = DefaultSeed()
	}
	if o.Clock == nil {
		o.Clock = clock.System()
	}
	world, ids, err := sources(o.Random)
	if err != nil {
		return nil, err
	}
	if s.Tenant, err = tenant.New(o.Seed, o.Clock, world); err != nil {
		return nil, err
	}
	keys, err := token.NewSigner(o.SigningKey)
	if err != nil {
		return nil, err
	}
	s.Graph = graph.New(graph.Config{Tenant: s.Tenant, Keys: keys, Random: ids, Faults: s.Faults, PageSize: o.PageSize})
	s.Entra = entra.New(entra.Config{Tenant: s.Tenant, Keys: keys, BrowserURL: s.HTTPURL(), ServerURL: s.HTTPSURL(), Faults: s.Faults})

	mux := http.NewServeMux()
	mux.Handle("/v1.0/", s.Graph)
	mux.Handle("/beta/", s.Graph)
	mux.Handle("/", s.Entra)
	for prefix, handler := range o.Mount {
		mux.Handle(prefix, handler)
	}
	return guard(apart(record(mux, s.Tenant.Now, o.OnExchange, o.Quiet))), nil
}

// sources splits one source into one for the world and one for request ids, so
// that how often somebody polls does not change the ids of the world.
func sources(random io.Reader) (world, ids io.Reader, err error) {
	if random == nil {
		random = tenant.FixedRandom()
	}
	var seeds [2][32]byte
	for i := range seeds {
		if _, err := io.ReadFull(random, seeds[i][:]); err != nil {
			return nil, nil, fmt.Errorf("read random source: %w", err)
		}
	}
	return rand.NewChaCha8(seeds[0]), rand.NewChaCha8(seeds[1]), nil
}

// serve speaks HTTP/1.1 only, so that a planned reset is a reset of the
// connection that a client can see.
func (s *Sim) serve(handler http.Handler) {
	protocols := new(http.Protocols)
	protocols.SetHTTP1(true)
	for _, l := range []net.Listener{s.plain, tls.NewListener(s.secure, s.authority.serverConfig())} {
		server := &http.Server{Handler: handler, Protocols: protocols, ReadHeaderTimeout: 10 * time.Second, ErrorLog: quiet()}
		s.servers = append(s.servers, server)
		s.serving.Go(func() { _ = server.Serve(l) })
	}
}

// Close stops both listeners and cuts what is still open.
func (s *Sim) Close() error {
	s.closeOnce.Do(func() {
		var errs []error
		for _, server := range s.servers {
			errs = append(errs, server.Close())
		}
		for _, l := range []net.Listener{s.plain, s.secure} {
			if l != nil {
				_ = l.Close()
			}
		}
		s.serving.Wait()
		if s.caTemporary && s.caFile != "" {
			errs = append(errs, os.Remove(s.caFile))
		}
		s.closeErr = errors.Join(errs...)
	})
	return s.closeErr
}

// HTTPURL is the origin for browsers, without a slash at the end.
func (s *Sim) HTTPURL() string { return "http://" + s.plain.Addr().String() }

// HTTPSURL is the origin for programs.
func (s *Sim) HTTPSURL() string { return "https://" + s.secure.Addr().String() }

// Authority is the URL that MSAL takes.
func (s *Sim) Authority() string { return s.Entra.Authority() }

// Issuer is the issuer of ID tokens, for OpenID clients.
func (s *Sim) Issuer() string { return s.Entra.Issuer() }

// GraphURL is where Graph answers, without a version.
func (s *Sim) GraphURL() string { return s.HTTPSURL() }

// CAFile is the path of the certificate authority in PEM, for clients such as
// Node (NODE_EXTRA_CA_CERTS).
func (s *Sim) CAFile() string { return s.caFile }

// CertPool holds the certificate authority.
func (s *Sim) CertPool() *x509.CertPool { return s.authority.pool() }

// Client returns an HTTP client that trusts the simulator and nobody else.
func (s *Sim) Client() *http.Client {
	return &http.Client{Transport: &http.Transport{TLSClientConfig: &tls.Config{RootCAs: s.CertPool(), MinVersion: tls.VersionTLS12}}}
}

// service names the part that serves a path.
func service(path string) string {
	switch {
	case strings.HasPrefix(path, "/v1.0/"), strings.HasPrefix(path, "/beta/"):
		return "graph"
	case len(path) > 37 && strings.Count(path[:37], "-") == 4:
		return "entra"
	}
	name, _, _ := strings.Cut(strings.TrimPrefix(path, "/"), "/")
	return name
}
