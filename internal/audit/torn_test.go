package audit_test

import (
	"bytes"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"hoist/internal/audit"
)

// killed is the file that a process left after three records.
func killed(t testing.TB) []byte {
	t.Helper()
	path := filepath.Join(t.TempDir(), "audit.jsonl")
	l := open(t, path, "killed")
	for n := range 3 {
		record(t, l, n)
	}
	return read(t, path)
}

// TestKill cuts the last line at every byte, as a kill may, and lets the next
// process go on from there.
func TestKill(t *testing.T) {
	whole := killed(t)
	last := bytes.LastIndexByte(whole[:len(whole)-1], '\n') + 1
	path := filepath.Join(t.TempDir(), "audit.jsonl")
	for cut := last; cut <= len(whole); cut++ {
		torn, records := whole[:cut], 2
		if cut >= len(whole)-1 {
			records = 3 // only the newline is missing, or nothing
		}
		half := cut > last && cut < len(whole)-1
		check(t, cut, "before", verify(t, torn), records, half)

		if err := os.WriteFile(path, torn, 0o600); err != nil {
			t.Fatal(err)
		}
		next, err := audit.Open(audit.Config{Path: path, Writer: "next", NoSync: true})
		if err != nil {
			t.Fatal(err)
		}
		record(t, next, 9)
		after := read(t, path)
		check(t, cut, "after", verify(t, after), records+1, half)
		if !half {
			wantJSON(t, after)
		}
		if !bytes.HasPrefix(after, torn) {
			t.Fatalf("cut at %d: what was there was changed", cut)
		}
		if marked := bytes.Contains(after[cut:], []byte(`"torn":{`)); marked != half {
			t.Fatalf("cut at %d: marked %v, want %v", cut, marked, half)
		}
		if err := next.Close(); err != nil {
			t.Fatal(err)
		}
	}
}

func check(t *testing.T, cut int, when string, r audit.Report, records int, half bool) {
	t.Helper()
	want := 0
	if half {
		want = 1
	}
	if !r.Intact() || r.Records != records || len(r.Findings) != want {
		t.Fatalf("%s, cut at %d: %d records, want %d; findings %v, want %d torn", when, cut, r.Records, records, r.Findings, want)
	}
}

// wantJSON expects every line to be one value by itself, as other tools read it.
func wantJSON(t *testing.T, text []byte) {
	t.Helper()
	for line := range bytes.SplitSeq(bytes.TrimSpace(text), []byte("\n")) {
		if !json.Valid(line) {
			t.Fatalf("not JSON: %s", line)
		}
	}
}

// TestMark: what a mark says is as good as what it marks.
func TestMark(t *testing.T) {
	path := filepath.Join(t.TempDir(), "audit.jsonl")
	whole := killed(t)
	heal := func(t *testing.T, tail string) []byte {
		t.Helper()
		if err := os.WriteFile(path, append(bytes.Clone(whole), tail...), 0o600); err != nil {
			t.Fatal(err)
		}
		record(t, open(t, path, "next"), 9)
		return read(t, path)
	}
	for name, c := range map[string]struct {
		tail   string
		change func([]byte) []byte
		intact bool
		says   string
	}{
		"half a line":          {`{"v":1,"chain":"a/b","se`, nil, true, "marked as such"},
		"what a power cut may": {strings.Repeat("\x00", 200), nil, true, "marked as such"},
		"a changed half":       {`{"v":1,"chain":"a/b","se`, replace("a/b", "a/c"), false, "after it was marked"},
		"a dropped half":       {`{"v":1,"chain":"a/b","se`, replace(`{"v":1,"chain":"a/b","se`, ""), true, "does not stand"},
	} {
		t.Run(strings.ReplaceAll(name, " ", "_"), func(t *testing.T) {
			text := heal(t, c.tail)
			if c.change != nil {
				text = c.change(text)
			}
			r := verify(t, text)
			if r.Intact() != c.intact || r.Records != 4 || !strings.Contains(fmt.Sprint(r.Findings), c.says) {
				t.Errorf("%d records; findings %v, want %q", r.Records, r.Findings, c.says)
			}
		})
	}
}

func replace(old, now string) func([]byte) []byte {
	return func(b []byte) []byte { return bytes.Replace(b, []byte(old), []byte(now), 1) }
}

// TestKillAmongOthers: a process dies within a line, and another one's line
// lands behind the half.
func TestKillAmongOthers(t *testing.T) {
	dir := t.TempDir()
	path := filepath.Join(dir, "audit.jsonl")
	a, b := open(t, path, "a"), open(t, path, "b")
	record(t, a, 1)
	record(t, b, 1)
	whole := read(t, path)
	const half = `{"v":1,"chain":"a/2026","seq":3,"at":"2026-11-23T10:0`

	t.Run("unseen", func(t *testing.T) {
		record(t, b, 2)
		line := read(t, path)[len(whole):]
		r := verify(t, []byte(string(whole)+half+string(line)))
		if !r.Intact() || r.Records != 3 || len(r.Findings) != 1 {
			t.Errorf("%d records, findings %v; want 3 and one torn", r.Records, r.Findings)
		}
	})
	t.Run("continued", func(t *testing.T) {
		text := []byte(string(whole) + half + string(read(t, path)[len(whole):]))
		other := filepath.Join(dir, "other.jsonl")
		if err := os.WriteFile(other, text, 0o600); err != nil {
			t.Fatal(err)
		}
		open(t, other, "c")
		r := verify(t, read(t, other))
		if c := r.Chains[2]; c.Prev != r.Chains[1].Hash || c.Elsewhere || !r.Intact() {
			t.Errorf("chain %+v continues something else than %+v; findings %v", c, r.Chains[1], r.Findings)
		}
	})
	t.Run("seen", func(t *testing.T) {
		f, err := os.OpenFile(path, os.O_APPEND|os.O_WRONLY, 0)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := f.WriteString(half); err != nil {
			t.Fatal(err)
		}
		if err := f.Close(); err != nil {
			t.Fatal(err)
		}
		record(t, b, 3)
		r := verify(t, read(t, path))
		if !r.Intact() || r.Records != 4 || len(r.Findings) != 1 || !strings.Contains(r.Findings[0].What, "marked") {
			t.Errorf("%d records, findings %v; want 4 and one torn and marked", r.Records, r.Findings)
		}
	})
}
