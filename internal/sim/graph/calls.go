package graph

import "time"

// Call is one request in the log, whatever became of it.
type Call struct {
	Time   time.Time
	Method string
	// Version is "v1.0" or "beta".
	Version string
	// Template is the route with its placeholders, such as
	// "roleManagement/directory/roleAssignmentScheduleRequests/{id}"; empty for
	// a path that is not served.
	Template string
	Path     string
	Query    string
	// TokenKind is "app", "delegated" or "none".
	TokenKind string
	OID       string
	AppID     string
	// Status is zero while the call is under way, and stays zero when its
	// connection was dropped; Done tells the two apart.
	Status int
	Done   bool
	// Code is the error code of the answer, inside the nested form too.
	Code      string
	RequestID string
}

// maxCalls bounds the log of a simulator that runs for days; the older half goes
// when it is full.
const maxCalls = 100_000

// Calls returns the log, oldest first.
func (s *Server) Calls() []Call {
	s.mu.Lock()
	defer s.mu.Unlock()
	calls := make([]Call, len(s.calls))
	for i, c := range s.calls {
		calls[i] = *c
	}
	return calls
}

// Count returns the number of calls with this method and template; an empty
// one stands for any. Count("", "") is the number of all calls.
func (s *Server) Count(method, template string) int {
	n := 0
	for _, c := range s.Calls() {
		if (method == "" || c.Method == method) && (template == "" || c.Template == template) {
			n++
		}
	}
	return n
}

// ForgetCalls empties the log.
func (s *Server) ForgetCalls() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.calls = nil
}
