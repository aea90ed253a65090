package graph

import (
	"compress/gzip"
	"context"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"strings"
	"sync"
	"time"

	"hoist/internal/sim/fault"
	"hoist/internal/sim/tenant"
	"hoist/internal/sim/token"
)

// DefaultPageSize is the number of items on a page of a list.
const DefaultPageSize = 100

const maxBody = 1 << 20

// Config says what the server stands on. All fields but PageSize and Faults
// are required.
type Config struct {
	Tenant *tenant.Tenant
	Keys   *token.Signer
	// Random makes request ids. It is apart from the tenant's own source so
	// that polling does not change the ids of the world.
	Random io.Reader
	// Faults may be nil.
	Faults *fault.Plan
	// PageSize is zero for [DefaultPageSize].
	PageSize int
}

// Server answers for Graph under /v1.0/ and /beta/.
type Server struct {
	tenant   *tenant.Tenant
	keys     *token.Signer
	pageSize int
	faulty   http.Handler
	audits   auditBucket

	mu     sync.Mutex
	random io.Reader
	calls  []*Call
}

// New returns a server.
func New(c Config) *Server {
	if c.PageSize == 0 {
		c.PageSize = DefaultPageSize
	}
	if c.Faults == nil {
		c.Faults = &fault.Plan{}
	}
	s := &Server{tenant: c.Tenant, keys: c.Keys, random: c.Random, pageSize: c.PageSize}
	s.faulty = c.Faults.Wrap(http.HandlerFunc(s.answer))
	return s
}

// call is one request on its way through the server.
type call struct {
	log     *Call
	request *http.Request
	version string // "v1.0" or "beta"
	path    []string
	route   *route
	params  map[string]string
	query   query
	token   token.Access
	body    []byte
}

type callKey struct{}

// ServeHTTP gives the call its ids, writes it into the log and lets planned
// faults have their way before it is answered.
func (s *Server) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	began := s.tenant.Now()
	id := s.newID()
	h := w.Header()
	h.Set("Date", began.Format(http.TimeFormat))
	h.Set("request-id", id)
	h.Set("client-request-id", id)
	if sent := r.Header.Get("client-request-id"); sent != "" {
		h.Set("client-request-id", sent)
	}
	h.Set("Cache-Control", "no-cache")
	h.Set("OData-Version", "4.0")

	c := s.open(r, id, began)
	answer := &statusWriter{ResponseWriter: w}
	defer func() { s.close(c.log, answer.status) }()
	s.faulty.ServeHTTP(answer, r.WithContext(context.WithValue(r.Context(), callKey{}, c)))
}

// open matches the route and reads the token without judging either, so that
// the log can tell who called what even when the call is refused or dropped.
func (s *Server) open(r *http.Request, id string, at time.Time) *call {
	segments := strings.Split(strings.Trim(r.URL.Path, "/"), "/")
	c := &call{request: r, version: segments[0], path: segments[1:]}
	c.route, c.params = find(c.version, r.Method, c.path)
	c.log = &Call{Time: at, Method: r.Method, Version: c.version, Path: r.URL.Path, Query: r.URL.RawQuery, RequestID: id, TokenKind: "none"}
	if c.route != nil {
		c.log.Template = c.route.template
	}
	if raw, ok := bearer(r); ok && s.keys.Read(raw, &c.token) == nil {
		c.log.TokenKind, c.log.OID, c.log.AppID = c.token.Kind(), c.token.ObjectID, c.token.AppID
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	if len(s.calls) >= maxCalls {
		s.calls = append([]*Call(nil), s.calls[maxCalls/2:]...)
	}
	s.calls = append(s.calls, c.log)
	return c
}

func (s *Server) close(entry *Call, status int) {
	s.mu.Lock()
	defer s.mu.Unlock()
	entry.Status, entry.Done = status, true
}

// answer is what happens when no fault interferes.
func (s *Server) answer(w http.ResponseWriter, r *http.Request) {
	c, ok := r.Context().Value(callKey{}).(*call)
	if !ok {
		panic("graph: a call came in past ServeHTTP")
	}
	reply, err := s.handle(c)
	if err != nil {
		s.refuse(w, c, err)
		return
	}
	write(w, reply)
}

func (s *Server) handle(c *call) (reply, error) {
	if err := s.authenticate(c); err != nil {
		return reply{}, err
	}
	if c.route == nil {
		return reply{}, noRoute(c)
	}
	if err := s.permit(c); err != nil {
		return reply{}, err
	}
	if c.route.pim {
		if err := s.tenant.CheckLicence(); err != nil {
			return reply{}, err
		}
	}
	var err error
	if c.query, err = parseQuery(c.request.URL.RawQuery); err != nil {
		return reply{}, err
	}
	if c.body, err = readBody(c.request); err != nil {
		return reply{}, err
	}
	return c.route.handle(s, c)
}

// reply is an answer that is not an error. A nil body sends none.
type reply struct {
	status int
	body   any
}

func ok(body any) reply { return reply{status: http.StatusOK, body: body} }

func write(w http.ResponseWriter, r reply) {
	if r.body == nil {
		w.WriteHeader(r.status)
		return
	}
	text, err := json.Marshal(r.body)
	if err != nil {
		panic(fmt.Sprintf("graph: encode answer: %v", err))
	}
	w.Header().Set("Content-Type", "application/json;odata.metadata=minimal;odata.streaming=true;IEEE754Compatible=false;charset=utf-8")
	w.WriteHeader(r.status)
	_, _ = w.Write(text)
}

// readBody also takes gzip, which kiota's compression middleware sends.
func readBody(r *http.Request) ([]byte, error) {
	in := io.Reader(r.Body)
	if strings.EqualFold(r.Header.Get("Content-Encoding"), "gzip") {
		z, err := gzip.NewReader(r.Body)
		if err != nil {
			return nil, badRequest("The request body is not valid gzip.")
		}
		defer func() { _ = z.Close() }()
		in = z
	}
	body, err := io.ReadAll(io.LimitReader(in, maxBody))
	if err != nil {
		return nil, badRequest("Unable to read the request payload.")
	}
	return body, nil
}

func (s *Server) newID() string {
	var b [16]byte
	s.mu.Lock()
	_, err := io.ReadFull(s.random, b[:])
	s.mu.Unlock()
	if err != nil {
		panic("graph: the random source ran dry: " + err.Error())
	}
	b[6], b[8] = b[6]&0x0f|0x40, b[8]&0x3f|0x80
	h := hex.EncodeToString(b[:])
	return h[:8] + "-" + h[8:12] + "-" + h[12:16] + "-" + h[16:20] + "-" + h[20:]
}

// statusWriter remembers the status for the log. Zero means that no answer was
// sent.
type statusWriter struct {
	http.ResponseWriter
	status int
}

func (w *statusWriter) WriteHeader(status int) {
	if w.status == 0 {
		w.status = status
	}
	w.ResponseWriter.WriteHeader(status)
}

func (w *statusWriter) Write(p []byte) (int, error) {
	if w.status == 0 {
		w.status = http.StatusOK
	}
	n, err := w.ResponseWriter.Write(p)
	if err != nil {
		return n, fmt.Errorf("write answer: %w", err)
	}
	return n, nil
}

// Unwrap lets a fault reach the connection.
func (w *statusWriter) Unwrap() http.ResponseWriter { return w.ResponseWriter }
