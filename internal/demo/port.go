package demo

import (
	"bufio"
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"strconv"
	"strings"
	"sync"
	"syscall"
	"time"

	"hoist/internal/sim"
)

// port is one loopback port under two names: localhost is Hoist, 127.0.0.1 are
// the services around it. To a browser these are two sites, as in life, so that
// cookies and redirects are tested for what they are; and both are trustworthy
// without a certificate.
//
// Each name has a listener of its own, because the program serves its own: which
// one gets a connection is read from the Host of its first request. A request for
// any other name is refused, so that a page elsewhere whose name leads here (DNS
// rebinding) reaches neither. A browser never mixes names on one connection.
type port struct {
	Hoist, Services *room

	number  string
	real    []net.Listener
	serving sync.WaitGroup
	mu      sync.Mutex
	waiting map[net.Conn]struct{} // connections that have not said for whom they are
	ended   bool
}

// hello bounds how long a connection may stay silent, and how much it may say
// before it has named a host. Browsers open connections ahead of their needs.
const (
	helloFor  = time.Minute
	helloSize = 32 << 10
)

// listenOn takes a port of "localhost:8080"; the numbers of this machine stand for
// the same, since the port has both names anyway. Port 0 is a free one. Other
// addresses are refused: nothing here asks for a password.
func listenOn(ctx context.Context, address string) (*port, error) {
	number, err := numberOf(address)
	if err != nil {
		return nil, &sim.OptionError{Err: err}
	}
	all, err := bothFamilies(number, func(network, address string) (net.Listener, error) {
		return (&net.ListenConfig{}).Listen(ctx, network, address) //nolint:wrapcheck // said below
	})
	if err != nil {
		return nil, taken(number, err)
	}
	p := &port{number: portOf(all[0]), real: all, waiting: map[net.Conn]struct{}{}}
	p.Hoist, p.Services = newRoom(all[0].Addr()), newRoom(all[0].Addr())
	for _, l := range all {
		p.serving.Go(func() { p.accept(l) })
	}
	return p, nil
}

// numberOf is the port of an address that may be listened on.
func numberOf(address string) (string, error) {
	host, number, err := net.SplitHostPort(address)
	if err == nil {
		_, err = strconv.ParseUint(number, 10, 16)
	}
	if err != nil {
		return "", fmt.Errorf("listen address: give it as localhost:PORT, such as localhost:8080: %w", err)
	}
	if host != "localhost" && host != "127.0.0.1" && host != "::1" {
		return "", fmt.Errorf("listen address %q is not loopback: the simulated tenant asks for no password, so only this machine may reach it; use localhost:%s", address, number)
	}
	return number, nil
}

// freeTries bounds how often another free port is asked for.
const freeTries = 10

// bothFamilies listens on one port of IPv4 and IPv6. Browsers try localhost as ::1
// first; without IPv6 they take the other. A port that is free in one family may
// be taken in the other: where any port will do, the next is tried.
func bothFamilies(number string, listen func(network, address string) (net.Listener, error)) ([]net.Listener, error) {
	for try := 1; ; try++ {
		four, err := listen("tcp4", "127.0.0.1:"+number)
		if err != nil {
			return nil, err
		}
		six, err := listen("tcp6", "[::1]:"+portOf(four))
		switch {
		case err == nil:
			return []net.Listener{four, six}, nil
		case !errors.Is(err, syscall.EADDRINUSE):
			return []net.Listener{four}, nil
		}
		_ = four.Close()
		if number != "0" || try == freeTries {
			return nil, err
		}
	}
}

func taken(number string, err error) error {
	if !errors.Is(err, syscall.EADDRINUSE) {
		return fmt.Errorf("listen: %w", err)
	}
	return fmt.Errorf("another program listens on port %s; choose another with --listen localhost:PORT: %w", number, err)
}

// HoistURL and ServicesURL are the two origins.
func (p *port) HoistURL() string    { return "http://localhost:" + p.number }
func (p *port) ServicesURL() string { return "http://127.0.0.1:" + p.number }

func (p *port) accept(l net.Listener) {
	for {
		c, err := l.Accept()
		if err != nil {
			return
		}
		if !p.wait(c) {
			_ = c.Close()
			return
		}
		p.serving.Go(func() { p.direct(c) })
	}
}

// direct reads whom a connection is for and hands it over.
func (p *port) direct(c net.Conn) {
	_ = c.SetReadDeadline(time.Now().Add(helloFor))
	var heard bytes.Buffer
	first, err := http.ReadRequest(bufio.NewReader(io.TeeReader(io.LimitReader(c, helloSize), &heard)))
	_ = c.SetReadDeadline(time.Time{})
	p.forget(c)
	if err != nil {
		_ = c.Close()
		return
	}
	again := &replayed{Conn: c, reader: io.MultiReader(&heard, c)}
	switch strings.ToLower(first.Host) {
	case "localhost:" + p.number:
		if first.URL.Path == "/" { // Hoist has no page there; who typed this wants the demo
			answer(c, "303 See Other", "Location: "+p.ServicesURL()+"/\r\n", "")
			return
		}
		p.Hoist.admit(again)
	case "127.0.0.1:" + p.number:
		p.Services.admit(again)
	default:
		answer(c, "421 Misdirected Request", "", "This is a demo for this machine only. Open "+p.ServicesURL()+"/\n")
	}
}

// answer speaks once for the door itself and hangs up.
func answer(c net.Conn, status, header, body string) {
	_, _ = fmt.Fprintf(c, "HTTP/1.1 %s\r\n%sContent-Type: text/plain; charset=utf-8\r\nContent-Length: %d\r\nConnection: close\r\n\r\n%s", status, header, len(body), body)
	_ = c.Close()
}

func (p *port) wait(c net.Conn) bool {
	p.mu.Lock()
	defer p.mu.Unlock()
	if !p.ended {
		p.waiting[c] = struct{}{}
	}
	return !p.ended
}

func (p *port) forget(c net.Conn) {
	p.mu.Lock()
	defer p.mu.Unlock()
	delete(p.waiting, c)
}

// Close gives the port back. Connections that were handed over belong to the
// servers that got them.
func (p *port) Close() error {
	p.mu.Lock()
	p.ended = true
	for c := range p.waiting {
		_ = c.Close()
	}
	p.mu.Unlock()
	for _, l := range p.real {
		_ = l.Close()
	}
	_, _ = p.Hoist.Close(), p.Services.Close()
	p.serving.Wait()
	return nil
}

// room is the listener of one name.
type room struct {
	at      net.Addr
	arrived chan net.Conn
	closed  chan struct{}
	once    sync.Once

	mu   sync.Mutex
	open map[*replayed]struct{} // connections that were handed over
}

func newRoom(at net.Addr) *room {
	return &room{at: at, arrived: make(chan net.Conn), closed: make(chan struct{}), open: map[*replayed]struct{}{}}
}

func (r *room) admit(c *replayed) {
	r.mu.Lock()
	r.open[c] = struct{}{}
	r.mu.Unlock()
	c.closed = func() {
		r.mu.Lock()
		defer r.mu.Unlock()
		delete(r.open, c)
	}
	select {
	case r.arrived <- c:
	case <-r.closed:
		_ = c.Close()
	}
}

// deafen ends what is still being read, and leaves what is being answered.
func (r *room) deafen() {
	r.mu.Lock()
	defer r.mu.Unlock()
	for c := range r.open {
		c.deafen()
	}
}

// Accept implements net.Listener.
func (r *room) Accept() (net.Conn, error) {
	select {
	case c := <-r.arrived:
		return c, nil
	case <-r.closed:
		return nil, net.ErrClosed
	}
}

// Close implements net.Listener.
func (r *room) Close() error { r.once.Do(func() { close(r.closed) }); return nil }

// Addr implements net.Listener.
func (r *room) Addr() net.Addr { return r.at }

// replayed is a connection whose beginning has been read already.
type replayed struct {
	net.Conn

	reader io.Reader
	closed func()

	mu      sync.Mutex
	reading bool // a request, or the pause before the next
}

// SetReadDeadline implements net.Conn. A server with a ReadTimeout has a deadline
// while it reads a request. It takes it off once it has the whole request: from
// then on it reads only to see whether the client has gone, and an error of that
// would end the context of the request that is being answered.
func (c *replayed) SetReadDeadline(at time.Time) error {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.reading = !at.IsZero()
	return c.Conn.SetReadDeadline(at) //nolint:wrapcheck // as below
}

// deafen ends the reading of a request, if that is what it is at.
func (c *replayed) deafen() {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.reading {
		_ = c.Conn.SetReadDeadline(time.Unix(1, 0))
	}
}

// Read implements net.Conn; its errors are passed on as they are, because
// servers compare them.
func (c *replayed) Read(b []byte) (int, error) { return c.reader.Read(b) } //nolint:wrapcheck // see above

// Close implements net.Conn.
func (c *replayed) Close() error {
	c.closed()
	return c.Conn.Close() //nolint:wrapcheck // as above
}
