package demo

import (
	"bufio"
	"bytes"
	"encoding/json"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"sync"
	"time"

	"hoist/internal/audit"
	"hoist/internal/sim/page"
)

const auditPath = "/audit"

// books keeps Hoist's audit log in memory and shows it as an auditor would read
// it.
type books struct {
	mu      sync.Mutex
	text    bytes.Buffer
	changed func()
	// account and member name whom the log calls by id: an Entra account, and a
	// person in chat.
	account, member func(id string) string
}

// Write implements io.Writer.
func (b *books) Write(line []byte) (int, error) {
	b.mu.Lock()
	n, err := b.text.Write(line)
	changed := b.changed
	b.mu.Unlock()
	if changed != nil {
		changed()
	}
	return n, err
}

// watched calls f after every line from now on.
func (b *books) watched(f func()) {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.changed = f
}

func (b *books) copy() []byte {
	b.mu.Lock()
	defer b.mu.Unlock()
	return bytes.Clone(b.text.Bytes())
}

// entry is a line of the log as the page shows it.
type entry struct {
	Seq                       int64
	At                        time.Time
	Event, From, To           string
	Elevation                 string
	Who, WhoID, Person        string
	Role, Scope, Why, Details string
	RequestID, Hash           string
}

// line is the part of the log's schema that the page shows; the package audit
// documents it.
type line struct {
	Seq    int64     `json:"seq"`
	At     time.Time `json:"at"`
	Kind   string    `json:"kind"`
	Hash   string    `json:"hash"`
	Record struct {
		Elevation, Event, From, To       string
		Justification, Proof, Detail     string
		RequestID                        string `json:"requestId"`
		Person                           struct{ Platform, User string }
		Principal, Target, Scope, Ticket struct{ ID, Name, Number string }
	} `json:"record"`
}

// entries reads the records, newest first.
func (b *books) entries(text []byte) []entry {
	var all []entry
	lines := bufio.NewScanner(bytes.NewReader(text))
	lines.Buffer(nil, 1<<20)
	for lines.Scan() {
		var l line
		if json.Unmarshal(lines.Bytes(), &l) != nil || l.Kind != "record" {
			continue
		}
		r := l.Record
		all = append(all, entry{
			Seq: l.Seq, At: l.At, Event: r.Event, From: r.From, To: r.To, Elevation: r.Elevation,
			Who: b.account(r.Principal.ID), WhoID: r.Principal.ID, Person: b.member(r.Person.User), Role: r.Target.Name, Scope: r.Scope.Name, Why: r.Justification,
			Details: r.Detail, RequestID: r.RequestID, Hash: l.Hash[:min(12, len(l.Hash))],
		})
	}
	slices.Reverse(all)
	return all
}

var auditPage = pageTemplate("audit.html")

// page shows the log, and whether its chain holds. ?text=1 gives it as it is.
func (b *books) page(site *page.Site, w http.ResponseWriter, r *http.Request) {
	text := b.copy()
	if r.URL.Query().Has("text") {
		w.Header().Set("Content-Type", "application/x-ndjson")
		w.Header().Set("X-Content-Type-Options", "nosniff")
		w.Header().Set("Cache-Control", "no-store")
		w.Header().Set("Content-Disposition", `attachment; filename="hoist-audit.jsonl"`)
		_, _ = w.Write(text)
		return
	}
	verdict, sound := judge(audit.Verify(bytes.NewReader(text)))
	site.Render(w, r, page.Page{
		Title: "Audit", Area: "Audit", Class: "audit", Topics: []string{"audit"}, Template: auditPage,
		Data: map[string]any{"Entries": b.entries(text), "Verdict": verdict, "Sound": sound},
	})
}

// judge says in words whether the chain holds.
func judge(report audit.Report, err error) (verdict string, sound bool) {
	switch {
	case err != nil:
		return fmt.Sprintf("The log cannot be read: %v.", err), false
	case report.Intact() && report.Records == 1:
		return "1 record: nothing was changed, dropped or moved.", true
	case report.Intact():
		return fmt.Sprintf("%d records, each naming the one before it: nothing was changed, dropped or moved.", report.Records), true
	}
	var found []string
	for _, f := range report.Findings {
		found = append(found, f.String())
	}
	return "The chain is broken: " + strings.Join(found, "; ") + ".", false
}
