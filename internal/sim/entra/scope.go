package entra

import (
	"slices"
	"strings"

	"hoist/internal/sim/tenant"
	"hoist/internal/sim/token"
)

// scopes is a parsed scope parameter. raw keeps the exact words, because MSAL
// Go calls every scope declined that the answer does not repeat to the letter.
type scopes struct {
	raw []string
	// signIn are openid, profile, email and offline_access.
	signIn []string
	// graph are Graph permissions by their bare names.
	graph []string
	// everything is .default: all that was consented to.
	everything bool
	// foreign names another resource, which this tenant does not have.
	foreign string
}

func parseScopes(text string) scopes {
	var s scopes
	for word := range strings.FieldsSeq(text) {
		s.raw = append(s.raw, word)
		name := strings.TrimPrefix(word, token.GraphAudience+"/")
		switch {
		case slices.Contains([]string{"openid", "profile", "email", "offline_access"}, word):
			s.signIn = append(s.signIn, word)
		case name == ".default":
			s.everything = true
		case strings.Contains(name, "/"):
			s.foreign = word
		default:
			s.graph = append(s.graph, name)
		}
	}
	return s
}

func (s scopes) has(name string) bool { return slices.Contains(s.signIn, name) }

// missing returns what was asked for and never consented to.
func (s scopes) missing(app tenant.App) []string {
	var missing []string
	for _, name := range slices.Concat(s.signIn, s.graph) {
		if !slices.Contains(app.Consented, name) {
			missing = append(missing, name)
		}
	}
	return missing
}

// granted is the scp of an access token.
func (s scopes) granted(app tenant.App) string {
	names := slices.Concat(s.signIn, s.graph)
	if s.everything {
		names = app.Consented
	}
	var scp []string
	for _, name := range names {
		if name != "offline_access" && !slices.Contains(scp, name) {
			scp = append(scp, name)
		}
	}
	slices.Sort(scp)
	return strings.Join(scp, " ")
}

func checkScopes(s scopes, app tenant.App) *problem {
	switch {
	case len(s.raw) == 0:
		return invalidRequest(900144, "The request body must contain the following parameter: 'scope'.")
	case s.foreign != "":
		return &problem{oauth: "invalid_resource", code: 500011, message: "The resource principal named in " + s.foreign + " was not found in the tenant."}
	}
	if missing := s.missing(app); len(missing) > 0 {
		return &problem{
			oauth: "invalid_grant", suberror: "consent_required", code: 65001,
			message: "The user or administrator has not consented to use the application with ID '" + app.ClientID + "' named '" + app.Name + "'. Send an interactive authorization request for this user and resource. (" + strings.Join(missing, ", ") + ")",
		}
	}
	return nil
}
