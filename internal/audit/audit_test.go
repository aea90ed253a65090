package audit_test

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"hoist/internal/audit"
	"hoist/internal/clock"
	"hoist/internal/pim"
)

var start = time.Date(2026, 11, 23, 10, 0, 0, 0, time.UTC)

func open(t testing.TB, path, writer string) *audit.Log {
	t.Helper()
	l, err := audit.Open(audit.Config{Path: path, Writer: writer, Clock: clock.NewStill(start)})
	if err != nil {
		t.Fatal(err)
	}
	return l
}

func record(t testing.TB, l *audit.Log, n int) {
	t.Helper()
	if err := l.Record(t.Context(), sample(n)); err != nil {
		t.Fatal(err)
	}
}

func sample(n int) pim.AuditRecord {
	return pim.AuditRecord{
		At: start, Tenant: "contoso", Elevation: pim.ID(fmt.Sprint("H-", n)), Event: "Resolved",
		From: pim.Requested, To: pim.AwaitingSignIn, Revision: int64(n),
		Person:        pim.Person{Platform: "slack", Workspace: "T1", User: "U1"},
		Justification: "printer <3",
	}
}

func verify(t testing.TB, text []byte) audit.Report {
	t.Helper()
	r, err := audit.Verify(bytes.NewReader(text))
	if err != nil {
		t.Fatal(err)
	}
	return r
}

func read(t testing.TB, path string) []byte {
	t.Helper()
	text, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	return text
}

// wantClean expects a file without any finding.
func wantClean(t testing.TB, text []byte, records int) audit.Report {
	t.Helper()
	r := verify(t, text)
	if len(r.Findings) > 0 || r.Records != records {
		t.Errorf("%d records, want %d; findings %v", r.Records, records, r.Findings)
	}
	return r
}

func TestLog(t *testing.T) {
	path := filepath.Join(t.TempDir(), "audit.jsonl")

	t.Run("writes_before_it_returns", func(t *testing.T) {
		l := open(t, path, "one")
		for n := range 3 {
			record(t, l, n)
			r := wantClean(t, read(t, path), n+1)
			if r.Chains[0].Ended || r.Chains[0].Prev != "" {
				t.Errorf("chain %+v", r.Chains[0])
			}
		}
		if err := l.Close(); err != nil {
			t.Fatal(err)
		}
		if err := l.Record(t.Context(), sample(9)); !errors.Is(err, audit.ErrClosed) {
			t.Errorf("after Close: %v", err)
		}
		if err := l.Close(); err != nil {
			t.Errorf("Close again: %v", err)
		}
	})
	t.Run("continues_a_file", func(t *testing.T) {
		before := verify(t, read(t, path))
		l := open(t, path, "one")
		record(t, l, 4)
		r := wantClean(t, read(t, path), 4)
		if len(r.Chains) != 2 || !r.Chains[0].Ended || r.Chains[1].Prev != before.Chains[0].Hash {
			t.Errorf("chains %+v", r.Chains)
		}
	})
	t.Run("is_readable_by_its_owner_alone", func(t *testing.T) {
		info, err := os.Stat(path)
		if err != nil || info.Mode().Perm() != 0o600 {
			t.Errorf("mode %v, %v", info.Mode(), err)
		}
	})
	t.Run("writes_to_a_stream", func(t *testing.T) {
		var out bytes.Buffer
		l, err := audit.Open(audit.Config{Out: &out, Writer: "one"})
		if err != nil {
			t.Fatal(err)
		}
		record(t, l, 1)
		if err := errors.Join(l.Reopen(), l.Close()); err != nil {
			t.Fatal(err)
		}
		wantClean(t, out.Bytes(), 1)
	})
	t.Run("gives_up_with_its_caller", func(t *testing.T) {
		l := open(t, path, "one")
		ctx, cancel := context.WithCancel(t.Context())
		cancel()
		before := len(read(t, path))
		if err := l.Record(ctx, sample(1)); !errors.Is(err, context.Canceled) {
			t.Errorf("Record = %v", err)
		}
		if len(read(t, path)) != before {
			t.Error("it wrote all the same")
		}
	})
	t.Run("refuses_a_line_without_end", func(t *testing.T) {
		l := open(t, path, "one")
		long := sample(1)
		long.Justification = strings.Repeat("x", 1<<20)
		before := len(read(t, path))
		if err := l.Record(t.Context(), long); err == nil || len(read(t, path)) != before {
			t.Errorf("Record = %v", err)
		}
		record(t, l, 2)
	})
}

func TestOpenRefuses(t *testing.T) {
	dir := t.TempDir()
	for name, cfg := range map[string]audit.Config{
		"neither path nor writer": {},
		"a directory":             {Path: dir},
		"no such directory":       {Path: filepath.Join(dir, "no", "file")},
		"a device":                {Path: os.DevNull},
	} {
		if _, err := audit.Open(cfg); err == nil {
			t.Errorf("%s was opened", name)
		}
	}
}

// TestInjection: whatever people type, a record stays one line and reads back as
// it was typed.
func TestInjection(t *testing.T) {
	for _, text := range []string{
		"line\n{\"v\":1}", "\r\n", "\u2028\u2029\u0085", `","hash":"` + strings.Repeat("0", 64) + `"}`,
		`{"v":1,"chain":"x"`, "\x00\x1b[31m", "bidi \u202e", "<!channel> & \"quotes\" \\", strings.Repeat("é", 3000),
	} {
		path := filepath.Join(t.TempDir(), "audit.jsonl")
		l := open(t, path, text) // the writer's name as well
		r := sample(1)
		r.Justification, r.Detail, r.Event, r.Ticket.Number, r.Target.Name = text, text, text, text, text
		if err := l.Record(t.Context(), r); err != nil {
			t.Fatal(err)
		}
		record(t, l, 2)
		all := read(t, path)
		wantClean(t, all, 2)
		lines := bytes.Split(bytes.TrimSpace(all), []byte("\n"))
		if len(lines) != 3 {
			t.Fatalf("%q makes %d lines", text, len(lines))
		}
		var got struct {
			Record struct{ Justification string }
		}
		if err := json.Unmarshal(lines[1], &got); err != nil || got.Record.Justification != text {
			t.Errorf("%q reads back as %q, %v", text, got.Record.Justification, err)
		}
		if i := bytes.IndexFunc(lines[1], func(r rune) bool { return r < ' ' || r == '\u2028' || r == '\u2029' }); i >= 0 {
			t.Errorf("%q: a control character at %d", text, i)
		}
	}
}

// TestRotation: someone moves the file away and tells the log.
func TestRotation(t *testing.T) {
	dir := t.TempDir()
	path := filepath.Join(dir, "audit.jsonl")
	a, b := open(t, path, "a"), open(t, path, "b")
	var reports []audit.Report
	for n := range 3 {
		record(t, a, n)
		record(t, b, n)
		moved := fmt.Sprintf("%s.%d", path, n)
		if err := os.Rename(path, moved); err != nil {
			t.Fatal(err)
		}
		record(t, a, 100+n) // written before the log is told: still in the old file
		if err := errors.Join(a.Reopen(), b.Reopen()); err != nil {
			t.Fatal(err)
		}
		r := wantClean(t, read(t, moved), 3)
		for _, c := range r.Chains {
			if !c.Ended {
				t.Errorf("file %d: chain %+v was not ended", n, c)
			}
		}
		reports = append(reports, r)
	}
	record(t, a, 7)
	reports = append(reports, wantClean(t, read(t, path), 1))
	for n := 1; n < len(reports); n++ {
		if err := reports[n].Follows(reports[n-1]); err != nil {
			t.Errorf("file %d: %v", n, err)
		}
		if err := reports[n-1].Follows(reports[n]); err == nil {
			t.Errorf("file %d follows a later one", n-1)
		}
	}
	if err := reports[2].Follows(reports[0]); err == nil {
		t.Error("a missing file in between goes unseen")
	}
	if err := reports[2].Follows(verify(t, killed(t))); err == nil || !strings.Contains(err.Error(), "not in the earlier file") {
		t.Errorf("another log's file: %v", err)
	}

	t.Run("finds_what_was_cut_off_the_earlier_file", func(t *testing.T) {
		lines := bytes.SplitAfter(read(t, path+".2"), []byte("\n"))
		cut := verify(t, bytes.Join(lines[:len(lines)-2], nil)) // the last one is empty
		if err := reports[3].Follows(cut); err == nil {
			t.Error("a lost tail goes unseen")
		}
	})
	t.Run("a_new_process_continues_the_file", func(t *testing.T) {
		c := open(t, path, "c")
		record(t, c, 1)
		wantClean(t, read(t, path), 2)
	})
	t.Run("stays_where_it_is_when_there_is_no_other", func(t *testing.T) {
		if err := os.Rename(dir, dir+"-moved"); err != nil {
			t.Fatal(err)
		}
		defer func() {
			if err := os.Rename(dir+"-moved", dir); err != nil {
				t.Error(err)
			}
		}()
		if err := a.Reopen(); err == nil {
			t.Error("Reopen found a file in no directory")
		}
		record(t, a, 8)
	})
}

// TestProcesses: several logs write to one file from several goroutines each.
// Every chain is whole, however their lines mix.
func TestProcesses(t *testing.T) {
	path := filepath.Join(t.TempDir(), "audit.jsonl")
	const processes, goroutines, records = 4, 4, 25
	var wg sync.WaitGroup
	for p := range processes {
		l, err := audit.Open(audit.Config{Path: path, Writer: fmt.Sprint("replica-", p), NoSync: true})
		if err != nil {
			t.Fatal(err)
		}
		for range goroutines {
			wg.Go(func() {
				for n := range records {
					if err := l.Record(t.Context(), sample(n)); err != nil {
						t.Error(err)
					}
				}
			})
		}
	}
	wg.Wait()
	r := wantClean(t, read(t, path), processes*goroutines*records)
	if len(r.Chains) != processes {
		t.Errorf("%d chains", len(r.Chains))
	}
	for _, c := range r.Chains {
		if c.Last != goroutines*records+1 {
			t.Errorf("chain %s ends at %d", c.ID, c.Last)
		}
	}
}
