package wire

import "strings"

// Who talks to whom.
const (
	hoist   = "Hoist"
	browser = "Browser"
	slack   = "Slack"
	entra   = "Entra"
	graph   = "Graph"
)

// parties says who asks and who answers, by the path. Browsers show pages; all
// else is Hoist.
var parties = []struct{ path, from, to string }{
	{"/v1.0/...", hoist, graph},
	{"/beta/...", hoist, graph},
	{"/slack/openid/connect/authorize", browser, slack},
	{"/slack/openid/connect/keys", hoist, slack},
	{"/slack/.well-known/openid-configuration", hoist, slack},
	{"/slack/api/*", hoist, slack},
	{"/slack/response/*", hoist, slack},
	{"/*/oauth2/v2.0/authorize", browser, entra},
	{"/*/oauth2/v2.0/logout", browser, entra},
	{"/*/oauth2/v2.0/*", hoist, entra},
	{"/*/login/*", browser, entra},
	{"/*/v2.0/.well-known/openid-configuration", hoist, entra},
	{"/*/discovery/v2.0/keys", hoist, entra},
}

// between returns the parties of a path; other paths are not of this story.
func between(path string) (from, to string, ok bool) {
	for _, p := range parties {
		if fits(p.path, path) {
			return p.from, p.to, true
		}
	}
	return "", "", false
}

// fits compares segment by segment: "*" is any one, a last "..." any more.
func fits(pattern, path string) bool {
	wanted, given := strings.Split(pattern, "/"), strings.Split(strings.TrimSuffix(path, "/"), "/")
	for i, w := range wanted {
		switch {
		case w == "..." && i < len(given):
			return true
		case i >= len(given) || given[i] == "" && i > 0 || w != "*" && !strings.EqualFold(w, given[i]):
			return false
		}
	}
	return len(wanted) == len(given)
}
