package fault

import (
	"net/http"
	"regexp"
	"strings"
)

// Transport makes every request that goes through it a call with points:
// Microsoft's and Slack's alike.
type Transport struct {
	Trip *Trip
	Next http.RoundTripper
}

// RoundTrip implements [http.RoundTripper].
func (t Transport) RoundTrip(r *http.Request) (*http.Response, error) {
	c := t.Trip.begin(NameRequest(r))
	c.reach(Before)
	res, err := t.Next.RoundTrip(r)
	if r.Method != http.MethodGet { // what only reads changes nothing: after it is before what follows
		c.reach(After)
	}
	return res, err
}

// What varies in a path of Graph's, and in one of Entra's: ids of every kind.
var (
	idSegment = regexp.MustCompile(`^[0-9a-fA-F]{8}-[0-9a-fA-F-]{27}$|^[A-Za-z]+_[0-9a-fA-F-]{36}_[0-9a-fA-F-]{36}$`)
	ofGraph   = regexp.MustCompile(`/(?:v1\.0|beta)/(.*)$`)
	ofSlack   = regexp.MustCompile(`/api/([a-zA-Z]+\.[a-zA-Z.]+)$`)
)

// NameRequest names the service and what is asked of it.
func NameRequest(r *http.Request) string {
	path := r.URL.Path
	if m := ofSlack.FindStringSubmatch(path); m != nil {
		return "slack:" + m[1]
	}
	if m := ofGraph.FindStringSubmatch(path); m != nil {
		return "graph:" + r.Method + " " + template(m[1])
	}
	if strings.Contains(path, "/response/") || strings.Contains(path, "/commands/") {
		return "slack:response"
	}
	switch last := path[strings.LastIndexByte(path, '/')+1:]; last {
	case "token":
		return "entra:token"
	case "openid-configuration", "instance", "keys":
		return "entra:" + last
	default:
		return "http:" + r.Method + " " + last
	}
}

// template puts {id} where a path has an id.
func template(path string) string {
	segments := strings.Split(path, "/")
	for i, s := range segments {
		if idSegment.MatchString(s) {
			segments[i] = "{id}"
		}
	}
	return strings.Join(segments, "/")
}
