package graph

import (
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"strings"

	"hoist/internal/sim/tenant"
)

// problem is an error in one of Graph's shapes.
type problem struct {
	status  int
	code    string
	message string
	// nested puts code and message as JSON into the message of UnknownError, as
	// PIM's gateway does (github.com/microsoftgraph/microsoft-graph-docs/issues/20060).
	nested bool
	// retryAfter is set in seconds when it is above zero.
	retryAfter int
}

func (p *problem) Error() string { return fmt.Sprintf("%d %s: %s", p.status, p.code, p.message) }

func badRequest(message string) *problem {
	return &problem{status: http.StatusBadRequest, code: "Request_BadRequest", message: message}
}

func unauthenticated(message string) *problem {
	return &problem{status: http.StatusUnauthorized, code: "InvalidAuthenticationToken", message: message}
}

func requestDenied() *problem {
	return &problem{status: http.StatusForbidden, code: "Authorization_RequestDenied", message: "Insufficient privileges to complete the operation."}
}

// insufficient is the answer to somebody who wants other people's rows.
func insufficient() *problem {
	return &problem{status: http.StatusForbidden, code: "InsufficientPermissions", message: "The requestor does not have permissions for this request."}
}

func missingScope(named []string) *problem {
	return &problem{
		status: http.StatusForbidden, code: "PermissionScopeNotGranted", nested: true,
		message: "Authorization failed due to missing permission scope " + strings.Join(named, ",") + ".",
	}
}

func noSuchObject(id string) *problem {
	return &problem{
		status: http.StatusNotFound, code: "Request_ResourceNotFound",
		message: "Resource '" + id + "' does not exist or one of its queried reference-property objects are not present.",
	}
}

// noRoute tells an unknown path from a known one with a wrong method.
func noRoute(c *call) *problem {
	if known(c.version, c.path) {
		return &problem{status: http.StatusMethodNotAllowed, code: "MethodNotAllowed", message: "The HTTP method '" + c.request.Method + "' is not allowed for this resource."}
	}
	return &problem{status: http.StatusNotFound, code: "ResourceNotFound", message: "Resource not found for the segment '" + c.path[len(c.path)-1] + "'."}
}

func asProblem(err error) *problem {
	if p, ok := errors.AsType[*problem](err); ok {
		return p
	}
	if r, ok := errors.AsType[*tenant.Refusal](err); ok {
		return &problem{status: r.Status, code: r.Code, message: r.Message}
	}
	return &problem{status: http.StatusInternalServerError, code: "InternalServerError", message: err.Error()}
}

type errorBody struct {
	Error errorDetail `json:"error"`
}

type errorDetail struct {
	Code       string     `json:"code"`
	Message    string     `json:"message"`
	InnerError innerError `json:"innerError"`
}

type innerError struct {
	Date            string `json:"date"`
	RequestID       string `json:"request-id"`
	ClientRequestID string `json:"client-request-id"`
}

type nestedError struct {
	ErrorCode           string   `json:"errorCode"`
	Message             string   `json:"message"`
	InstanceAnnotations []string `json:"instanceAnnotations"`
}

func (s *Server) refuse(w http.ResponseWriter, c *call, err error) {
	p := asProblem(err)
	s.mu.Lock()
	c.log.Code = p.code
	s.mu.Unlock()
	if p.status == http.StatusUnauthorized {
		w.Header().Set("WWW-Authenticate", `Bearer realm="", authorization_uri="https://login.microsoftonline.com/common/oauth2/authorize", client_id="00000003-0000-0000-c000-000000000000"`)
	}
	if p.retryAfter > 0 {
		w.Header().Set("Retry-After", fmt.Sprint(p.retryAfter))
	}
	write(w, reply{status: p.status, body: errorBody{s.detail(w, p)}})
}

func (s *Server) detail(w http.ResponseWriter, p *problem) errorDetail {
	d := errorDetail{Code: p.code, Message: p.message, InnerError: innerError{
		Date:            s.tenant.Now().Format("2006-01-02T15:04:05"),
		RequestID:       w.Header().Get("request-id"),
		ClientRequestID: w.Header().Get("client-request-id"),
	}}
	if p.nested {
		inner, err := json.Marshal(nestedError{p.code, p.message, []string{}})
		if err != nil {
			panic(fmt.Sprintf("graph: encode nested error: %v", err))
		}
		d.Code, d.Message = "UnknownError", string(inner)
	}
	return d
}
