package console

import (
	"errors"
	"fmt"
	"net"
	"net/netip"
	"net/url"
	"strings"
)

// LoopbackOnly returns an error unless every endpoint is on this machine: a URL
// or a host:port whose host is "localhost" or a loopback address. The composition
// root calls it with everything that the program listens on, is reached at or
// calls, before it offers a console; [New] calls it again.
//
// The console takes everybody's word for who they are. That is harmless where
// the tenant, the store and the sign-in are simulations beside it, and nowhere
// else.
func LoopbackOnly(endpoints ...string) error {
	if len(endpoints) == 0 {
		return errors.New("console: it identifies nobody, so it must be told every endpoint; none was given")
	}
	for i, e := range endpoints {
		if !isLoopback(e) {
			// The address may hold a password.
			return fmt.Errorf("console: it identifies nobody, and endpoint %d (%s) is not on this machine", i+1, hostOf(e))
		}
	}
	return nil
}

func isLoopback(endpoint string) bool {
	host := hostOf(endpoint)
	if strings.EqualFold(host, "localhost") {
		return true
	}
	addr, err := netip.ParseAddr(host)
	return err == nil && addr.Zone() == "" && addr.Unmap().IsLoopback()
}

// hostOf is the host of a URL or a host:port; "unreadable" is no host of this
// machine.
func hostOf(endpoint string) string {
	const unreadable = "unreadable"
	if !strings.Contains(endpoint, "://") {
		host, _, err := net.SplitHostPort(endpoint)
		if err != nil {
			return unreadable
		}
		return host
	}
	u, err := url.Parse(endpoint)
	if err != nil || u.Hostname() == "" {
		return unreadable
	}
	return u.Hostname()
}
