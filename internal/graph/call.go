package graph

import (
	"context"
	"errors"
	"net"
	"slices"

	abs "github.com/microsoft/kiota-abstractions-go"

	"hoist/internal/graph/refusal"
	"hoist/internal/pim"
	"hoist/internal/secret"
)

// caller is as whom a request is made and how urgent it is.
type caller struct {
	token  secret.Value
	app    bool // the application, not a person
	urgent bool // a person waits for it
}

// asApp asks for the application's token. An error of the token's source is
// KindUnavailable unless it is a *pim.Error already.
func (c *Client) asApp(ctx context.Context, urgent bool) (caller, error) {
	token, err := c.appToken(ctx)
	if err != nil {
		if known, ok := errors.AsType[*pim.Error](err); ok {
			return caller{}, known
		}
		return caller{}, &pim.Error{Kind: pim.KindUnavailable, Message: "no app token", Err: err}
	}
	return caller{token: token, app: true, urgent: urgent}, nil
}

// asPerson acts with the person's own token. It refuses, without a call, to act
// for anyone but the person who signed in.
func (c *Client) asPerson(s pim.Session, about pim.PrincipalKey) (caller, error) {
	switch {
	case s.Token.IsZero():
		return caller{}, &pim.Error{Kind: pim.KindSignInExpired, Message: "the session has no token"}
	case about.IsZero() || about != s.Principal.PrincipalKey:
		return caller{}, &pim.Error{Kind: pim.KindForbidden, Message: "the session is another principal's"}
	case about.Tenant != c.tenant:
		return caller{}, c.foreign()
	}
	return caller{token: s.Token, urgent: true}, nil
}

func (c *Client) foreign() error {
	return &pim.Error{Kind: pim.KindForbidden, Message: "the principal belongs to another tenant"}
}

// call is what a request is made with: kiota's headers and options.
type call struct {
	Headers *abs.RequestHeaders
	Options []abs.RequestOption
}

// call prepares a request whose answer x keeps. Priorities are those of
// https://learn.microsoft.com/graph/throttling-limits#identity-and-access-service-limits:
// when a tenant is throttled, polls give way to people.
func (w caller) call(x *exchange) call {
	x.token = w.token
	h := abs.NewRequestHeaders()
	h.Add("Authorization", "Bearer "+w.token.Reveal())
	if w.urgent {
		h.Add("x-ms-throttle-priority", "high")
	} else {
		h.Add("x-ms-throttle-priority", "low")
	}
	return call{Headers: h, Options: []abs.RequestOption{x}}
}

// read makes one read. Every failure comes back as a *pim.Error that says
// either what Graph refused or that trying again is safe.
func read[T any](ctx context.Context, w caller, do func(call) (T, error)) (T, *exchange, error) {
	x := new(exchange)
	v, err := do(w.call(x))
	if err == nil && x.ok() && any(v) == nil {
		err = errNoContent
	}
	if err != nil || !x.ok() {
		var none T
		return none, x, w.readFailure(ctx, x, err)
	}
	return v, x, nil
}

// write makes one request that changes something, once. Its failures keep
// apart what was certainly not taken from what may have been.
func write[T any](ctx context.Context, w caller, do func(call) (T, error)) (T, *exchange, error) {
	var none T
	x := new(exchange)
	if err := ctx.Err(); err != nil {
		return none, x, &pim.Error{Kind: pim.KindUnavailable, Message: "not sent", Err: err}
	}
	v, err := do(w.call(x))
	if err == nil && x.ok() && any(v) == nil {
		err = errNoContent
	}
	if err != nil || !x.ok() {
		return none, x, x.writeFailure(err)
	}
	return v, x, nil
}

var errNoContent = errors.New("the answer is empty")

func (w caller) readFailure(ctx context.Context, x *exchange, err error) *pim.Error {
	var e *pim.Error
	switch {
	case x.status == 0:
		e = x.failure(pim.KindUnavailable, "no answer", err)
	case x.ok():
		e = x.failure(pim.KindUnavailable, "unreadable answer", err)
	default:
		e = refusal.Classify(x.status, x.header, x.body)
		e.Err = ctx.Err() // why a passing refusal was not waited for
	}
	if w.app && slices.Contains([]pim.Kind{pim.KindSignInExpired, pim.KindChallenge, pim.KindMFARequired}, e.Kind) {
		// These ask a person to sign in again, which would not help. The next
		// token of the application's may.
		e.Kind = pim.KindUnavailable
	}
	return e
}

func (x *exchange) writeFailure(err error) *pim.Error {
	switch {
	case x.status == 0 && x.unsent(err):
		return x.failure(pim.KindUnavailable, "not sent", err)
	case x.status == 0:
		return x.failure(pim.KindUnanswered, "no answer", err)
	case x.ok():
		return x.failure(pim.KindUnanswered, "unreadable answer", err)
	}
	e := refusal.Classify(x.status, x.header, x.body)
	if e.Kind == pim.KindUnavailable {
		e.Kind = pim.KindUnanswered // a gateway's word says nothing of what happened behind it
	}
	return e
}

// unsent reports whether an attempt without an answer certainly wrote nothing:
// it never reached the transport, or the transport never had a connection. A
// transport that does not trace, such as one in the same process, is believed
// only when it says that dialing failed.
func (x *exchange) unsent(err error) bool {
	var op *net.OpError
	switch {
	case !x.handed.Load():
		return true
	case x.connected.Load():
		return false
	case x.dialing.Load():
		return true
	default:
		return errors.As(err, &op) && op.Op == "dial"
	}
}

// failure wraps an error of the transport, without the token should it print
// the request that carried it.
func (x *exchange) failure(k pim.Kind, message string, err error) *pim.Error {
	if text := err.Error(); text != x.scrub(text) {
		err = errors.New(x.scrub(text))
	}
	return &pim.Error{Kind: k, Message: message, RequestID: refusal.RequestID(x.header), Err: err}
}
