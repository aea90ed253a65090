package fault_test

import (
	"io"
	"net"
	"sync"
)

// front is the one address under which the program is reached, whichever
// process answers: the load balancer. Without one, connections are closed.
type front struct {
	listener net.Listener
	mu       sync.Mutex
	to       string
	open     map[net.Conn]string // by connection, where it leads
	done     sync.WaitGroup
}

func newFront() (*front, error) {
	l, err := net.Listen("tcp", "localhost:0")
	if err != nil {
		return nil, err
	}
	f := &front{listener: l, open: map[net.Conn]string{}}
	f.done.Go(func() {
		for {
			c, err := l.Accept()
			if err != nil {
				return
			}
			f.done.Go(func() { f.carry(c) })
		}
	})
	return f, nil
}

// lead sends what comes from now on to another address and cuts what still
// hangs on the old one.
func (f *front) lead(to string) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.to = to
	for c, there := range f.open {
		if there != to {
			c.Close()
		}
	}
}

func (f *front) carry(c net.Conn) {
	defer c.Close()
	f.mu.Lock()
	to := f.to
	f.mu.Unlock()
	if to == "" {
		return
	}
	there, err := net.Dial("tcp", to)
	if err != nil {
		return
	}
	defer there.Close()
	f.mu.Lock()
	f.open[c] = to
	f.mu.Unlock()
	defer func() { f.mu.Lock(); delete(f.open, c); f.mu.Unlock() }()
	var both sync.WaitGroup
	copied := func(to, from net.Conn) func() {
		return func() { _, _ = io.Copy(to, from); to.Close(); from.Close() }
	}
	both.Go(copied(there, c))
	both.Go(copied(c, there))
	both.Wait()
}

func (f *front) close() {
	f.listener.Close()
	f.lead("")
	f.mu.Lock()
	for c := range f.open {
		c.Close()
	}
	f.mu.Unlock()
	f.done.Wait()
}

func (f *front) url() string {
	_, port, _ := net.SplitHostPort(f.listener.Addr().String())
	return "http://localhost:" + port
}
