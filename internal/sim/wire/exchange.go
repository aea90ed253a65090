package wire

import (
	"cmp"
	"fmt"
	"net/http"
	"strings"
	"time"
)

// Exchange is one request and its answer, masked.
type Exchange struct {
	Seq int
	At  time.Time // by the simulated clock
	// Took is by the machine's clock.
	Took time.Duration
	// From and To are who asked and who answered; Service is which of Slack,
	// Entra and Graph took part.
	From, To, Service string
	// Actor is in whose name it was asked, "" when it does not say.
	Actor  string
	Method string
	Origin string // scheme and host
	Path   string
	Query  []Field
	// Status is zero when there was no answer.
	Status   int
	Verdict  Verdict
	Request  Message
	Response Message
	// Tokens are those that stood in it, whose they were and what they allow.
	Tokens []Token
	Step   Step
	// Elevation is the reference of the one that it is about, "" when that is
	// not known.
	Elevation string
	// Posted is where the chat message that it posted can be seen.
	Posted string
	// Curl is the command that asks the same, Variables what must be set for it.
	Curl      string
	Variables []string
}

// Message is one direction of an exchange.
type Message struct {
	Header []Field
	Body   string
	// Note says what of the body is not shown.
	Note string
}

// Field is a name and its value, in the order in which they came.
type Field struct{ Name, Value string }

// Verdict is the status with what it means here: Slack says no with 200.
type Verdict struct {
	Text string
	// Class is good, bad or waiting, or nothing.
	Class string
}

// raw is an exchange before it is masked. It is never kept.
type raw struct {
	at               time.Time
	took             time.Duration
	from, to         string
	method, origin   string
	path, query      string
	status           int
	header, answered http.Header
	request, reply   []byte
}

// masked is an exchange of which the masks still know their variables.
type masked struct {
	raw     raw
	path    string
	query   []Field
	header  []Field
	request content
	reply   content
	tokens  []Token
}

func conceal(r raw) masked {
	r.method, r.origin, r.path, r.query = clip(r.method), clip(r.origin), clip(r.path), clip(r.query)
	m := &masker{where: "address"}
	x := masked{raw: r, path: m.text(r.path), query: m.pairs(r.query, m.field), header: m.header(r.header), request: m.body(r.header, r.request)}
	x.reply = m.body(r.answered, r.reply)
	x.tokens = m.tokens
	return x
}

// clip bounds what net/http lets through by the megabyte.
func clip(s string) string { return s[:min(len(s), keep)] }

// said is what the request says about itself, for the tables.
func (x masked) said() string {
	var b strings.Builder
	for _, q := range x.query {
		b.WriteString(q.Name + "=" + q.Value + "\n")
	}
	return b.String() + x.request.masked()
}

// exchange is what is kept.
func (x masked) exchange() Exchange {
	r := x.raw
	m := &masker{blind: true}
	e := Exchange{
		At: r.at, Took: r.took, From: r.from, To: r.to, Service: r.to,
		Method: m.text(r.method), Origin: m.text(r.origin), Path: shown(x.path), Query: display(x.query),
		Status: r.status, Verdict: x.verdict(), Tokens: x.tokens,
		Request:  Message{display(x.header), x.request.pretty(), x.request.note},
		Response: Message{display(m.header(r.answered)), x.reply.pretty(), x.reply.note},
		Actor:    shown(x.actor()),
		Step:     place(r.to, r.method, r.path, x.said()),
	}
	if e.To == hoist {
		e.Service = e.From
	}
	if e.From == hoist && len(x.tokens) > 0 {
		e.From = cmp.Or(x.tokens[0].App, hoist)
	}
	e.Curl, e.Variables = x.curl()
	return e
}

func display(fields []Field) []Field {
	out := make([]Field, len(fields))
	for i, f := range fields {
		out[i] = Field{shown(f.Name), shown(f.Value)}
	}
	return out
}

// actor says in whose name it was asked.
func (x masked) actor() string {
	if bearer := x.raw.header.Get("Authorization"); strings.HasPrefix(bearer, "Bearer ey") && len(x.tokens) > 0 {
		return x.tokens[0].Who
	}
	switch {
	case x.raw.from == slack:
		return x.slackUser()
	case x.raw.to == slack && bearsBot(x.raw.header, x.request):
		return "as Hoist's bot"
	case x.raw.to == slack && fits("/slack/response/*", x.raw.path):
		return "by a one-off address"
	case x.request.field("grant_type") == "client_credentials":
		return "as the app itself, by its secret"
	case x.request.field("grant_type") == "authorization_code":
		return "with the code of a sign-in"
	}
	return ""
}

// slackUser is who acted in Slack.
func (x masked) slackUser() string {
	name := x.request.field("user_name")
	x.request.objects(func(n node) {
		if name == "" {
			name = n.find("user", "username").text
		}
	})
	if name == "" {
		return ""
	}
	return "for " + name + " in Slack"
}

// verdict reads the status and, where the service says more, its error code.
func (x masked) verdict() Verdict {
	status := x.raw.status
	v := Verdict{Class: class(status), Text: strings.TrimSpace(fmt.Sprintf("%d %s", status, http.StatusText(status)))}
	if status == 0 {
		v.Text = "no answer"
	}
	code := cmp.Or(x.reply.member("error", "code"), x.reply.member("error"))
	if code == "" {
		return v
	}
	if status < http.StatusBadRequest && x.reply.member("ok") == "false" {
		v.Class = "bad"
	}
	v.Text = fmt.Sprintf("%d %s", status, shown(code))
	return v
}

func class(status int) string {
	switch {
	case status == http.StatusTooManyRequests, status == http.StatusServiceUnavailable:
		return "waiting"
	case status == 0, status >= http.StatusBadRequest:
		return "bad"
	case status < http.StatusMultipleChoices:
		return "good"
	}
	return ""
}

// posted returns where the chat says that the message stands.
func (x masked) posted() (channel, ts string, ok bool) {
	if x.raw.to != slack || x.reply.member("ok") != "true" || !strings.HasPrefix(x.raw.path, "/slack/api/chat.") || strings.HasSuffix(x.raw.path, ".delete") {
		return "", "", false
	}
	channel, ts = x.reply.member("channel"), x.reply.member("ts")
	return channel, ts, channel != "" && ts != ""
}
