package entra

import (
	"fmt"
	"net/http"
)

// problem is an error of Entra: the OAuth error, the AADSTS number and its
// words. Clients should react to the error, the number is for people.
type problem struct {
	oauth    string
	code     int
	message  string
	suberror string
	// claims is the challenge that a client must send along with the person.
	claims string
}

func (p *problem) Error() string { return p.description() }

func (p *problem) description() string { return fmt.Sprintf("AADSTS%d: %s", p.code, p.message) }

func invalidRequest(code int, message string) *problem {
	return &problem{oauth: "invalid_request", code: code, message: message}
}

func invalidGrant(code int, message string) *problem {
	return &problem{oauth: "invalid_grant", code: code, message: message}
}

func invalidClient(code int, message string) *problem {
	return &problem{oauth: "invalid_client", code: code, message: message}
}

// tokenError is the JSON of a failed token request (Microsoft's page on the
// authorization code flow, "Error response").
type tokenError struct {
	Error            string `json:"error"`
	ErrorDescription string `json:"error_description"`
	ErrorCodes       []int  `json:"error_codes"`
	Timestamp        string `json:"timestamp"`
	TraceID          string `json:"trace_id"`
	CorrelationID    string `json:"correlation_id"`
	ErrorURI         string `json:"error_uri"`
	Suberror         string `json:"suberror,omitempty"`
	Claims           string `json:"claims,omitempty"`
}

func (s *Server) refuse(w http.ResponseWriter, p *problem) {
	status := http.StatusBadRequest
	if p.oauth == "invalid_client" {
		status = http.StatusUnauthorized
	}
	trace, correlation := w.Header().Get("x-ms-request-id"), w.Header().Get("client-request-id")
	at := s.tenant.Now().Format("2006-01-02 15:04:05Z")
	writeJSON(w, status, tokenError{
		Error:            p.oauth,
		ErrorDescription: fmt.Sprintf("%s Trace ID: %s Correlation ID: %s Timestamp: %s", p.description(), trace, correlation, at),
		ErrorCodes:       []int{p.code},
		Timestamp:        at,
		TraceID:          trace,
		CorrelationID:    correlation,
		ErrorURI:         fmt.Sprintf("%s/error?code=%d", s.serverURL, p.code),
		Suberror:         p.suberror,
		Claims:           p.claims,
	})
}
