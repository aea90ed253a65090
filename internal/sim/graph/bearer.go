package graph

import (
	"net/http"
	"strings"

	"hoist/internal/sim/tenant"
	"hoist/internal/sim/token"
)

func bearer(r *http.Request) (string, bool) {
	scheme, raw, found := strings.Cut(r.Header.Get("Authorization"), " ")
	return strings.TrimSpace(raw), found && strings.EqualFold(scheme, "Bearer")
}

// authenticate answers 401 for anything that is not a living Graph token of
// this tenant.
func (s *Server) authenticate(c *call) error {
	raw, ok := bearer(c.request)
	switch {
	case !ok || raw == "":
		return unauthenticated("Access token is empty.")
	case s.keys.Read(raw, &token.Access{}) != nil:
		return unauthenticated("CompactToken parsing failed with error code: 80049217")
	case c.token.Audience != token.GraphAudience && c.token.Audience != token.GraphAppID:
		return unauthenticated("Access token validation failure. Invalid audience.")
	case c.token.TenantID != s.tenant.ID():
		return unauthenticated("Access token validation failure. Invalid issuer.")
	case c.token.Expired(s.tenant.Now()):
		return unauthenticated("Lifetime validation failed, the token is expired.")
	}
	return nil
}

// permit checks the token's kind and permissions against the route.
func (s *Server) permit(c *call) error {
	needs := c.route.needs
	missing := needs.delegated
	if c.token.AppOnly() {
		if len(needs.app) == 0 {
			return &problem{status: http.StatusForbidden, code: "UnauthorizedAccessException", message: "Attempted to perform an unauthorized operation."}
		}
		missing = needs.app
	}
	if c.token.Grants(missing...) {
		return nil
	}
	if c.route.pim {
		return missingScope(needs.named)
	}
	return requestDenied()
}

// caller is what PIM learns from the token.
func (c *call) caller() tenant.Caller {
	return tenant.Caller{
		OID: c.token.ObjectID, AppOnly: c.token.AppOnly(), MFA: c.token.MFA(),
		Contexts: c.token.Contexts, CAE: contains(c.token.Capabilities, "cp1"),
	}
}

// readers are the directory roles that may read other people's PIM data
// (Microsoft's pages on the list calls).
var readers = []string{
	tenant.GlobalAdministrator, tenant.PrivilegedRoleAdministrator, tenant.SecurityAdministrator,
	tenant.SecurityReader, tenant.GlobalReader,
}

// readsAll reports whether the caller may see everybody's rows.
func (s *Server) readsAll(c *call) bool {
	if c.token.AppOnly() {
		return true
	}
	for _, held := range s.tenant.ActiveRoles(c.token.ObjectID) {
		if contains(readers, held) {
			return true
		}
	}
	return false
}

func contains(list []string, item string) bool {
	for _, l := range list {
		if strings.EqualFold(l, item) {
			return true
		}
	}
	return false
}
