package entra

import (
	"encoding/json"
	"fmt"
	"net/http"
)

// metadata is the OpenID configuration. MSAL reads issuer, authorization and
// token endpoint, go-oidc the keys as well.
func (s *Server) metadata(w http.ResponseWriter) {
	base := s.Authority()
	writeJSON(w, http.StatusOK, map[string]any{
		"issuer":                 s.Issuer(),
		"authorization_endpoint": s.browserURL + "/" + s.tenant.ID() + "/oauth2/v2.0/authorize",
		"end_session_endpoint":   s.browserURL + "/" + s.tenant.ID() + "/oauth2/v2.0/logout",
		"token_endpoint":         base + "/oauth2/v2.0/token",
		"jwks_uri":               base + "/discovery/v2.0/keys",

		"response_modes_supported":              []string{"query", "form_post"},
		"response_types_supported":              []string{"code"},
		"scopes_supported":                      []string{"openid", "profile", "email", "offline_access"},
		"subject_types_supported":               []string{"pairwise"},
		"id_token_signing_alg_values_supported": []string{"RS256"},
		"token_endpoint_auth_methods_supported": []string{"client_secret_post", "client_secret_basic"},
		"claims_supported":                      []string{"sub", "iss", "aud", "exp", "iat", "auth_time", "acr", "nonce", "preferred_username", "name", "tid", "ver"},
		"request_uri_parameter_supported":       false,
		"tenant_region_scope":                   "EU",
		"cloud_instance_name":                   "simulated",
	})
}

func writeJSON(w http.ResponseWriter, status int, body any) {
	text, err := json.Marshal(body)
	if err != nil {
		panic(fmt.Sprintf("entra: encode answer: %v", err))
	}
	w.Header().Set("Content-Type", "application/json; charset=utf-8")
	w.WriteHeader(status)
	_, _ = w.Write(text)
}
