package audit

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"time"

	"hoist/internal/pim"
)

const version = 1

// maxLine bounds a line. Nothing that people type comes near it.
const maxLine = 1 << 20

// The kinds of line.
const (
	kindBegin  = "begin"
	kindRecord = "record"
	kindTorn   = "torn"
	kindVoid   = "void"
	kindEnd    = "end"
)

// line is one line without its hash. The order of fields is the schema's.
type line struct {
	V      int       `json:"v"`
	Chain  string    `json:"chain"`
	Seq    int64     `json:"seq"`
	At     time.Time `json:"at"`
	Kind   string    `json:"kind"`
	Torn   *torn     `json:"torn,omitempty"`
	Record *record   `json:"record,omitempty"`
	Void   *void     `json:"void,omitempty"`
	End    *end      `json:"end,omitempty"`
	Prev   string    `json:"prev"`
}

// torn describes half a line that stands directly before this one.
type torn struct {
	Bytes  int    `json:"bytes"`
	SHA256 string `json:"sha256"`
}

// void takes back a line whose writing was reported as an error.
type void struct {
	Seq int64 `json:"seq"`
}

// end says why a chain ends in a file: "closed" or "reopened".
type end struct {
	Why string `json:"why"`
}

// record is [pim.AuditRecord] as written. It is a type of its own so that a
// field that is renamed there does not change the file.
type record struct {
	At            *time.Time `json:"at,omitempty"`
	Tenant        string     `json:"tenant,omitempty"`
	Elevation     string     `json:"elevation,omitempty"`
	Event         string     `json:"event"`
	From          string     `json:"from,omitempty"`
	To            string     `json:"to,omitempty"`
	Revision      int64      `json:"revision,omitempty"`
	Person        person     `json:"person,omitzero"`
	Principal     principal  `json:"principal,omitzero"`
	Target        target     `json:"target,omitzero"`
	Scope         scope      `json:"scope,omitzero"`
	Seconds       float64    `json:"seconds,omitempty"`
	Justification string     `json:"justification,omitempty"`
	Ticket        ticket     `json:"ticket,omitzero"`
	RequestID     string     `json:"requestId,omitempty"`
	CorrelationID string     `json:"correlationId,omitempty"`
	Proof         string     `json:"proof,omitempty"`
	Detail        string     `json:"detail,omitempty"`
}

type person struct {
	Platform  string `json:"platform,omitempty"`
	Workspace string `json:"workspace,omitempty"`
	User      string `json:"user,omitempty"`
}

type principal struct {
	Tenant string `json:"tenant,omitempty"`
	ID     string `json:"id,omitempty"`
}

type target struct {
	Kind   string `json:"kind,omitempty"`
	ID     string `json:"id,omitempty"`
	Name   string `json:"name,omitempty"`
	Access string `json:"access,omitempty"`
}

type scope struct {
	ID   string `json:"id,omitempty"`
	Name string `json:"name,omitempty"`
}

type ticket struct {
	Number string `json:"number,omitempty"`
	System string `json:"system,omitempty"`
}

func recordOf(r pim.AuditRecord) *record {
	out := &record{
		Tenant: string(r.Tenant), Elevation: string(r.Elevation),
		Event: r.Event, From: string(r.From), To: string(r.To), Revision: r.Revision,
		Person:    person{r.Person.Platform, r.Person.Workspace, r.Person.User},
		Principal: principal{string(r.Principal.Tenant), r.Principal.ID},
		Target:    target{string(r.Target.Kind), r.Target.ID, r.Target.Name, r.Target.Access},
		Scope:     scope{r.Scope.ID, r.Scope.Name},
		Seconds:   r.Duration.Seconds(), Justification: r.Justification,
		Ticket:    ticket{r.Ticket.Number, r.Ticket.System},
		RequestID: r.RequestID, CorrelationID: r.CorrelationID, Proof: r.Proof, Detail: r.Detail,
	}
	if !r.At.IsZero() {
		at := r.At.UTC()
		out.At = &at
	}
	return out
}

// A line's bytes end in hashOpen, 64 hex digits and hashClose. Neither these nor
// lineOpen can stand inside a JSON string, where quotes are escaped; so wherever
// they stand, a line begins or ends.
const (
	lineOpen  = `{"v":`
	hashOpen  = `,"hash":"`
	hashClose = `"}`
	hashChars = 2 * sha256.Size
	hashTail  = len(hashOpen) + hashChars + len(hashClose)
)

// encode returns the line's bytes without a newline, and its hash.
func (l line) encode() (text []byte, hash string, err error) {
	body, err := json.Marshal(l)
	if err != nil {
		return nil, "", err
	}
	if len(body)+hashTail > maxLine {
		return nil, "", fmt.Errorf("a line of %d bytes is too long", len(body))
	}
	body = body[:len(body)-1] // the closing brace comes after the hash
	hash = sum(body)
	return append(append(append(body, hashOpen...), hash...), hashClose...), hash, nil
}

func sum(b []byte) string {
	s := sha256.Sum256(b)
	return hex.EncodeToString(s[:])
}

var (
	errNoLine = errors.New("is not a line of this log")
	errHash   = errors.New("was changed: its hash does not fit")
	errSchema = errors.New("has a schema that is not known here")
)

// decode reads a line's bytes and checks its hash.
func decode(text []byte) (l line, hash string, err error) {
	cut := len(text) - hashTail
	if cut < 0 || !bytes.HasPrefix(text, []byte(lineOpen)) ||
		!bytes.HasPrefix(text[cut:], []byte(hashOpen)) || !bytes.HasSuffix(text, []byte(hashClose)) {
		return line{}, "", errNoLine
	}
	body, hash := text[:cut], string(text[cut+len(hashOpen):len(text)-len(hashClose)])
	if sum(body) != hash {
		return line{}, "", errHash
	}
	if err := json.Unmarshal(append(bytes.Clone(body), '}'), &l); err != nil {
		return line{}, "", errNoLine
	}
	if l.V != version || !l.known() {
		return line{}, "", errSchema
	}
	return l, hash, nil
}

// known reports whether the line has a known kind, and what belongs to it.
func (l line) known() bool {
	switch l.Kind {
	case kindBegin:
		return true
	case kindRecord:
		return l.Record != nil
	case kindTorn:
		return l.Torn != nil
	case kindVoid:
		return l.Void != nil
	case kindEnd:
		return l.End != nil
	default:
		return false
	}
}

// half reports whether the bytes can be the first part of a line whose rest was
// never written: they begin like one and do not end like one.
func half(text []byte) bool {
	n := min(len(text), len(lineOpen))
	if n == 0 || string(text[:n]) != lineOpen[:n] {
		return false
	}
	for rest := text; ; {
		i := bytes.Index(rest, []byte(hashOpen))
		if i < 0 || len(rest)-i < hashTail {
			return true
		}
		rest = rest[i:]
		if string(rest[hashTail-len(hashClose):hashTail]) == hashClose {
			return false
		}
		rest = rest[len(hashOpen):]
	}
}
