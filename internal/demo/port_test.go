package demo

import (
	"bufio"
	"context"
	"fmt"
	"io"
	"net"
	"net/http"
	"strings"
	"syscall"
	"testing"
	"time"
)

// twoServers serve on a fresh port; each says its own name.
func twoServers(t *testing.T) *port {
	t.Helper()
	p, err := listenOn(t.Context(), "localhost:0")
	if err != nil {
		t.Fatal(err)
	}
	for name, l := range map[string]net.Listener{"hoist": p.Hoist, "services": p.Services} {
		server := &http.Server{ReadHeaderTimeout: time.Second, Handler: http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			body, _ := io.ReadAll(r.Body)
			_, _ = fmt.Fprintf(w, "%s %s %s", name, r.URL.Path, body)
		})}
		go func() { _ = server.Serve(l) }()
		t.Cleanup(func() { _ = server.Close() })
	}
	t.Cleanup(func() { _ = p.Close() })
	return p
}

// say sends one request by hand, because clients would not send such hosts.
func say(t *testing.T, p *port, host, path, body string) (status int, location, text string) {
	t.Helper()
	c, err := (&net.Dialer{}).DialContext(t.Context(), "tcp", "127.0.0.1:"+p.number)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = c.Close() }()
	_ = c.SetDeadline(time.Now().Add(5 * time.Second))
	if _, err := fmt.Fprintf(c, "POST %s HTTP/1.1\r\nHost: %s\r\nContent-Length: %d\r\n\r\n%s", path, host, len(body), body); err != nil {
		t.Fatal(err)
	}
	r, err := http.ReadResponse(bufio.NewReader(c), nil)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = r.Body.Close() }()
	got, err := io.ReadAll(r.Body)
	if err != nil {
		t.Fatal(err)
	}
	return r.StatusCode, r.Header.Get("Location"), string(got)
}

func TestPort_gives_each_name_its_own_server(t *testing.T) {
	p := twoServers(t)
	long := strings.Repeat("x", 3*helloSize)
	tests := map[string]struct {
		host, path, body string
		status           int
		text             string
	}{
		"localhost is Hoist":                 {"localhost:" + p.number, "/signin/", "a", 200, "hoist /signin/ a"},
		"its case does not matter":           {"LocalHost:" + p.number, "/x", "", 200, "hoist /x "},
		"127.0.0.1 are the services":         {"127.0.0.1:" + p.number, "/", "b", 200, "services / b"},
		"a long body arrives whole":          {"127.0.0.1:" + p.number, "/", long, 200, "services / " + long},
		"another name is refused":            {"evil.example:" + p.number, "/", "", 421, "Open http://127.0.0.1:" + p.number},
		"a name without the port is refused": {"localhost", "/x", "", 421, "Open"},
		"another port is refused":            {"localhost:1", "/x", "", 421, "Open"},
		"a name that ends alike is refused":  {"xlocalhost:" + p.number, "/x", "", 421, "Open"},
		"IPv6 loopback is no name of either": {"[::1]:" + p.number, "/x", "", 421, "Open"},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			status, _, text := say(t, p, tt.host, tt.path, tt.body)
			if status != tt.status || !strings.Contains(text, tt.text) {
				t.Errorf("%d %.200q, want %d and %.200q", status, text, tt.status, tt.text)
			}
		})
	}
	t.Run("localhost without a path leads to the demo", func(t *testing.T) {
		if status, to, _ := say(t, p, "localhost:"+p.number, "/", ""); status != 303 || to != p.ServicesURL()+"/" {
			t.Errorf("%d to %q", status, to)
		}
	})
}

func TestPort_refuses_addresses(t *testing.T) {
	busy := twoServers(t)
	tests := map[string]struct{ address, says string }{
		"all interfaces": {"0.0.0.0:8080", "only this machine may reach it; use localhost:8080"},
		"no host":        {":8080", "not loopback"},
		"another host":   {"demo.example:80", "not loopback"},
		"no port":        {"localhost", "give it as localhost:PORT"},
		"a port alone":   {"8080", "such as localhost:8080: address 8080: missing port"},
		"a taken port":   {"localhost:" + busy.number, "another program listens on port " + busy.number},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			p, err := listenOn(t.Context(), tt.address)
			if err == nil {
				_ = p.Close()
			}
			if err == nil || !strings.Contains(err.Error(), tt.says) {
				t.Errorf("err = %v, want %q", err, tt.says)
			}
		})
	}
}

func TestPort_takes_each_number_of_this_machine(t *testing.T) {
	for _, address := range []string{"localhost:0", "127.0.0.1:0", "[::1]:0"} {
		p, err := listenOn(t.Context(), address)
		if err != nil {
			t.Errorf("%s: %v", address, err)
			continue
		}
		_ = p.Close()
	}
}

// A port that is free for IPv4 may be taken for IPv6.
func TestPort_takes_another_free_port_when_half_of_one_is_taken(t *testing.T) {
	tests := map[string]struct {
		number string
		taken  int // how many ports are taken for IPv6
		tries  int
		ok     bool
	}{
		"the third is free":          {"0", 2, 3, true},
		"none is free":               {"0", 1000, freeTries, false},
		"a port of somebody's wish":  {"8080", 1, 1, false},
		"the first is free, as ever": {"0", 0, 1, true},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			open, tries := 0, 0
			all, err := bothFamilies(tt.number, func(network, _ string) (net.Listener, error) {
				if network == "tcp6" {
					if tries++; tries <= tt.taken {
						return nil, syscall.EADDRINUSE
					}
				}
				open++
				return counted{&open}, nil
			})
			if (err == nil) != tt.ok || tries != tt.tries || open != len(all) {
				t.Errorf("%d tries, %d listeners of which %d are kept, %v", tries, open, len(all), err)
			}
		})
	}
}

// counted is a listener that is counted while it is open.
type counted struct{ open *int }

func (c counted) Accept() (net.Conn, error) { return nil, net.ErrClosed }
func (c counted) Close() error              { *c.open--; return nil }
func (c counted) Addr() net.Addr            { return &net.TCPAddr{Port: 4711} }

// Browsers open connections that say nothing yet; they must not hold up the end.
func TestPort_closes_with_silent_connections(t *testing.T) {
	p := twoServers(t)
	c, err := (&net.Dialer{}).DialContext(t.Context(), "tcp", "127.0.0.1:"+p.number)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = c.Close() }()
	say(t, p, "127.0.0.1:"+p.number, "/", "") // the silent one was accepted before this
	closed, cancel := context.WithTimeout(t.Context(), 5*time.Second)
	go func() { _ = p.Close(); cancel() }()
	<-closed.Done()
	if closed.Err() != context.Canceled {
		t.Fatal("the port did not close")
	}
	again, err := (&net.ListenConfig{}).Listen(t.Context(), "tcp4", "127.0.0.1:"+p.number)
	if err != nil {
		t.Fatalf("the port is still taken: %v", err)
	}
	_ = again.Close()
}

// What is answered longer than the demo listens is not cut off; what is still being
// said is.
func TestRoom_deafened_leaves_what_is_being_answered(t *testing.T) {
	p, err := listenOn(t.Context(), "localhost:0")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = p.Close() })
	heard, finish := make(chan error), make(chan struct{})
	answered := make(chan error, 1)
	server := &http.Server{ReadTimeout: time.Minute, IdleTimeout: time.Minute, Handler: http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Path == "/begun" {
			heard <- nil
		}
		_, err := io.ReadAll(r.Body)
		heard <- err
		if err != nil {
			return
		}
		<-finish
		answered <- r.Context().Err()
		_, _ = io.WriteString(w, "done")
	})}
	go func() { _ = server.Serve(p.Hoist) }()
	t.Cleanup(func() { _ = server.Close() })
	send := func(path, body string, length int) net.Conn {
		c, err := (&net.Dialer{}).DialContext(t.Context(), "tcp", "127.0.0.1:"+p.number)
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() { _ = c.Close() })
		_ = c.SetDeadline(time.Now().Add(10 * time.Second))
		if _, err := fmt.Fprintf(c, "POST %s HTTP/1.1\r\nHost: localhost:%s\r\nContent-Length: %d\r\n\r\n%s", path, p.number, length, body); err != nil {
			t.Fatal(err)
		}
		return c
	}
	whole := send("/whole", "body", 4)
	if err := <-heard; err != nil {
		t.Fatal(err)
	}
	send("/begun", "half", 8)
	<-heard // it began
	p.Hoist.deafen()
	if err := <-heard; err == nil {
		t.Error("half a request passes for a whole one")
	}
	time.Sleep(50 * time.Millisecond) // an end of the other would have come by now
	close(finish)
	if err := <-answered; err != nil {
		t.Errorf("what is being answered is cut off: %v", err)
	}
	r, err := http.ReadResponse(bufio.NewReader(whole), nil)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = r.Body.Close() }()
	if text, err := io.ReadAll(r.Body); err != nil || string(text) != "done" {
		t.Errorf("the answer is %q, %v", text, err)
	}
}
