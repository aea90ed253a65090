package sim

import (
	"net"
	"net/http"
	"strings"
)

// guard refuses requests for a name that is not this machine's own. A page
// elsewhere can let its name lead to 127.0.0.1 (DNS rebinding) and would then be
// of the same origin as a tenant that asks for no password.
func guard(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		host, _, err := net.SplitHostPort(r.Host)
		if err != nil {
			host = strings.Trim(r.Host, "[]")
		}
		if ip := net.ParseIP(host); !strings.EqualFold(host, "localhost") && (ip == nil || !ip.IsLoopback()) {
			http.Error(w, "The simulated tenant answers to this machine's own names only.", http.StatusMisdirectedRequest)
			return
		}
		next.ServeHTTP(w, r)
	})
}

// apart refuses what the page of another site sends: a form, or a script without
// asking. Secrets that stand in an example are none, so that a token is no proof
// here of who sends. Programs send neither Origin nor Sec-Fetch-Site; and a sign-in
// may begin with a form of the application's.
func apart(next http.Handler) http.Handler {
	sites := http.NewCrossOriginProtection()
	sites.AddInsecureBypassPattern("POST /{tenant}/oauth2/v2.0/authorize")
	return sites.Handler(next)
}
