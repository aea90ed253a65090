package tenant

import (
	"fmt"
	"net/http"
)

// Refusal is PIM's no: the HTTP status, the error code and the message that
// Graph would answer with.
type Refusal struct {
	Status  int
	Code    string
	Message string
}

func (r *Refusal) Error() string { return fmt.Sprintf("%s: %s", r.Code, r.Message) }

func refuse(code, format string, args ...any) *Refusal {
	return &Refusal{Status: http.StatusBadRequest, Code: code, Message: fmt.Sprintf(format, args...)}
}

func notFound(code, format string, args ...any) *Refusal {
	return &Refusal{Status: http.StatusNotFound, Code: code, Message: fmt.Sprintf(format, args...)}
}

// unauthorized is the answer to acting for somebody else.
func unauthorized() *Refusal {
	return &Refusal{Status: http.StatusForbidden, Code: "UnauthorizedAccessException", Message: "Attempted to perform an unauthorized operation."}
}
