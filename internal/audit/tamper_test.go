package audit_test

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"testing/iotest"

	"hoist/internal/audit"
)

// twoChains is a file that two processes wrote, line by line: the beginnings of
// a and b, then records of both in turn, then the end of a.
func twoChains(t testing.TB) [][]byte {
	t.Helper()
	path := filepath.Join(t.TempDir(), "audit.jsonl")
	a, b := open(t, path, "a"), open(t, path, "b")
	for n := range 3 {
		record(t, a, n)
		record(t, b, n)
	}
	if err := a.Close(); err != nil {
		t.Fatal(err)
	}
	lines := bytes.SplitAfter(read(t, path), []byte("\n"))
	return lines[:len(lines)-1]
}

func TestVerify(t *testing.T) {
	lines := twoChains(t)
	wantClean(t, bytes.Join(lines, nil), 6)
	swap := func(l [][]byte, i, j int) [][]byte { l[i], l[j] = l[j], l[i]; return l }
	for name, c := range map[string]struct {
		change   func(l [][]byte) [][]byte
		tampered bool
		says     string // within some finding
	}{
		"nothing": {func(l [][]byte) [][]byte { return l }, false, ""},
		"a changed word": {func(l [][]byte) [][]byte {
			l[3] = bytes.Replace(l[3], []byte("printer"), []byte("PRINTER"), 1)
			return l
		}, true, "hash"},
		"a changed hash": {func(l [][]byte) [][]byte {
			l[3] = bytes.Replace(l[3], []byte(`"hash":"`), []byte(`"hash":"0`), 1)
			return l
		}, true, ""},
		"a dropped line":         {func(l [][]byte) [][]byte { return slices.Delete(l, 4, 5) }, true, "missing"},
		"two dropped lines":      {func(l [][]byte) [][]byte { return slices.Delete(l, 2, 4) }, true, "missing"},
		"neighbours swapped":     {func(l [][]byte) [][]byte { return swap(l, 2, 4) }, true, "out of order"},
		"chains interleaved so":  {func(l [][]byte) [][]byte { return swap(l, 3, 4) }, false, ""}, // each chain's own order holds
		"a repeated line":        {func(l [][]byte) [][]byte { return append(l, l[4]) }, true, "twice"},
		"a foreign line":         {func(l [][]byte) [][]byte { return append(l, []byte("hello\n")) }, true, "not a line"},
		"a missing first line":   {func(l [][]byte) [][]byte { return l[1:] }, true, "first"},
		"the second chain's":     {func(l [][]byte) [][]byte { return slices.Delete(l, 1, 2) }, true, "first"},
		"both first lines":       {func(l [][]byte) [][]byte { return l[2:] }, true, "first"},
		"another file's line":    {func(l [][]byte) [][]byte { l[4] = twoChains(t)[4]; return l }, true, ""},
		"a line forged anew":     {func(l [][]byte) [][]byte { l[4] = forge(l[4]); return l }, true, "does not follow"},
		"another version":        {func(l [][]byte) [][]byte { l[8] = reseal(l[8], `"v":1`, `"v":2`); return l }, true, "schema"},
		"another kind":           {func(l [][]byte) [][]byte { l[8] = reseal(l[8], `"kind":"end"`, `"kind":"END"`); return l }, true, "schema"},
		"an empty kind":          {func(l [][]byte) [][]byte { l[8] = reseal(l[8], `,"end":{"why":"closed"}`, ``); return l }, true, "schema"},
		"no JSON":                {func(l [][]byte) [][]byte { l[8] = reseal(l[8], `"seq"`, `"seq`); return l }, true, "not a line"},
		"half a line within":     {func(l [][]byte) [][]byte { l[4] = append(l[4][:50:50], '\n'); return l }, true, "not a line"},
		"half a line, no break":  {func(l [][]byte) [][]byte { l[4] = l[4][:50:50]; return l }, true, "missing"},
		"a newline within":       {func(l [][]byte) [][]byte { l[4] = append(append(l[4][:50:50], '\n'), l[4][50:]...); return l }, true, "not a line"},
		"two newlines":           {func(l [][]byte) [][]byte { l[4] = append(slices.Clone(l[4]), '\n'); return l }, false, ""},
		"a joined line":          {func(l [][]byte) [][]byte { l[4] = bytes.TrimSuffix(l[4], []byte("\n")); return l }, false, ""},
		"cut within the last":    {func(l [][]byte) [][]byte { l[8] = l[8][:50]; return l }, false, "half"},
		"cut after a whole line": {func(l [][]byte) [][]byte { return l[:8] }, false, ""},
		"an emptied file":        {func(l [][]byte) [][]byte { return nil }, false, ""},
	} {
		t.Run(strings.ReplaceAll(name, " ", "_"), func(t *testing.T) {
			changed := c.change(slices.Clone(lines))
			r := verify(t, bytes.Join(changed, nil))
			if r.Intact() == c.tampered {
				t.Errorf("intact %v; findings %v", r.Intact(), r.Findings)
			}
			if r.Records > 6 {
				t.Errorf("%d records out of 6", r.Records)
			}
			if said := fmt.Sprint(r.Findings); !strings.Contains(said, c.says) {
				t.Errorf("findings %s do not say %q", said, c.says)
			}
		})
	}
}

// forge changes a line and gives it the right hash for its new content.
func forge(line []byte) []byte { return reseal(line, "printer", "PRINTER") }

func reseal(line []byte, old, now string) []byte {
	return audit.Seal(bytes.Replace(line, []byte(old), []byte(now), 1))
}

// TestNextProcessNamesTheTail: what is cut off a chain is missed by the chain
// that was begun behind it, in the same file or in the next.
func TestNextProcessNamesTheTail(t *testing.T) {
	path := filepath.Join(t.TempDir(), "audit.jsonl")
	a := open(t, path, "a")
	record(t, a, 1)
	record(t, a, 2)
	record(t, open(t, path, "b"), 3)
	lines := bytes.SplitAfter(read(t, path), []byte("\n"))
	before, last, behind := bytes.Join(lines[:2], nil), lines[2], bytes.Join(lines[3:], nil)

	if r := verify(t, slices.Concat(before, behind)); r.Intact() {
		t.Error("unseen in one file")
	}
	next := verify(t, behind) // as after a file was split in two
	if err := next.Follows(verify(t, slices.Concat(before, last))); err != nil || !next.Intact() {
		t.Errorf("%v; findings %v", err, next.Findings)
	}
	if err := next.Follows(verify(t, before)); err == nil {
		t.Error("unseen in two files")
	}
}

// TestTruncation: a tail that is cut between lines looks like a process that was
// killed, until something says how far the chain had come.
func TestTruncation(t *testing.T) {
	lines := twoChains(t)
	whole := verify(t, bytes.Join(lines, nil))
	if !whole.Chains[0].Ended || whole.Chains[1].Ended {
		t.Errorf("chains %+v; want the first ended", whole.Chains)
	}
	cut := verify(t, bytes.Join(lines[:8], nil))
	if cut.Chains[0].Ended || cut.Chains[0].Last != whole.Chains[0].Last-1 {
		t.Errorf("chain %+v; want it to stand open, one line shorter", cut.Chains[0])
	}
	noted := whole.Chains[0].Hash
	if !whole.Has(noted) || cut.Has(noted) {
		t.Error("a hash that was noted does not tell the two apart")
	}
}

// TestFlips: no single bit can change anywhere in a file of whole lines unseen.
func TestFlips(t *testing.T) {
	whole := bytes.Join(twoChains(t), nil)
	for i := range whole {
		for bit := range 8 {
			flipped := slices.Clone(whole)
			flipped[i] ^= 1 << bit
			if r := verify(t, flipped); r.Intact() {
				t.Fatalf("byte %d, bit %d: %q became %q unseen; findings %v", i, bit, whole[i], flipped[i], r.Findings)
			}
		}
	}
}

func TestVerifyReportsReading(t *testing.T) {
	broken := errors.New("disk broken")
	r := io.MultiReader(bytes.NewReader(bytes.Join(twoChains(t), nil)), iotest.ErrReader(broken))
	report, err := audit.Verify(r)
	if !errors.Is(err, broken) || report.Records != 6 {
		t.Errorf("%d records, %v; want what was read, and why no more", report.Records, err)
	}
}

func TestVerifyBoundsMemory(t *testing.T) {
	endless := io.LimitReader(zeros{}, 64<<20)
	report, err := audit.Verify(endless)
	if err != nil || report.Intact() {
		t.Errorf("%v, %v; want it to be no log", report.Findings, err)
	}
}

type zeros struct{}

func (zeros) Read(p []byte) (int, error) { clear(p); return len(p), nil }

func FuzzVerify(f *testing.F) {
	lines := twoChains(f)
	whole := bytes.Join(lines, nil)
	f.Add(whole)
	f.Add(whole[:len(whole)-40])
	f.Add([]byte(string(lines[0]) + string(lines[2][:60]) + string(lines[1])))
	f.Add([]byte("{\"v\":\n{\"v\":1,\"hash\":\"\"}"))
	clean := verify(f, whole)
	f.Fuzz(func(t *testing.T, text []byte) {
		r := verify(t, text)
		if r.Records > clean.Records {
			t.Fatalf("%d records out of %d", r.Records, clean.Records)
		}
		for _, finding := range r.Findings {
			if finding.Line < 1 || finding.What == "" || finding.String() == "" {
				t.Fatalf("finding %+v", finding)
			}
		}
		// The same lines before and after say the same, or that they are there twice.
		if again := verify(t, append(slices.Clone(text), '\n')); again.Records < r.Records {
			t.Fatalf("a newline lost records: %d, then %d", r.Records, again.Records)
		}
	})
}
