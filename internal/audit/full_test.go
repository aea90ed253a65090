package audit

import (
	"bytes"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"syscall"
	"testing"
	"time"

	"hoist/internal/clock"
	"hoist/internal/pim"
)

// disk is a file on a disk with little room.
type disk struct {
	file
	room int
	sync error
}

func (d *disk) Write(b []byte) (int, error) {
	n, err := d.file.Write(b[:min(len(b), d.room)])
	d.room -= n
	if err == nil && n < len(b) {
		err = syscall.ENOSPC
	}
	return n, err
}

func (d *disk) Sync() error { return d.sync }

// onDisk is a log on a disk that gets full, with one record.
func onDisk(t *testing.T) (*Log, *disk, string) {
	t.Helper()
	path := filepath.Join(t.TempDir(), "audit.jsonl")
	l, err := Open(Config{Path: path, Writer: "w", Clock: clock.NewStill(time.Unix(1e9, 0))})
	if err != nil {
		t.Fatal(err)
	}
	d := &disk{file: l.out.(file), room: 1 << 30}
	l.out = d
	if err := l.Record(t.Context(), pim.AuditRecord{Event: "first"}); err != nil {
		t.Fatal(err)
	}
	return l, d, path
}

func report(t *testing.T, path string) Report {
	t.Helper()
	text, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	r, err := Verify(bytes.NewReader(text))
	if err != nil {
		t.Fatal(err)
	}
	return r
}

// TestFullDisk fills the disk at every byte of a record, again while the log
// recovers, and then frees it. Nothing that was refused counts as done, and the
// file can be verified all the time.
func TestFullDisk(t *testing.T) {
	for room := range 420 {
		l, d, path := onDisk(t)
		d.room = room
		failed := 0
		for try := range 3 {
			if err := l.Record(t.Context(), pim.AuditRecord{Event: fmt.Sprint("refused ", try)}); err != nil {
				failed++
			}
			if r := report(t, path); !r.Intact() {
				t.Fatalf("room for %d, while it is full: %v", room, r.Findings)
			}
			d.room += 37 // a little is freed: enough to tear another line
		}
		d.room = 1 << 30
		if err := l.Record(t.Context(), pim.AuditRecord{Event: "last"}); err != nil {
			t.Fatalf("room for %d, once there is room: %v", room, err)
		}
		r := report(t, path)
		if done := r.Records - r.Void; !r.Intact() || done != 2+3-failed {
			t.Fatalf("room for %d: %d records, %d void, %d failed; findings %v", room, r.Records, r.Void, failed, r.Findings)
		}
		if failed == 0 && room < 250 {
			t.Fatalf("room for %d: nothing failed", room)
		}
	}
}

// TestBrokenSync: a line whose reaching the disk is not known is no promise.
func TestBrokenSync(t *testing.T) {
	l, d, path := onDisk(t)
	d.sync = errors.New("I/O error")
	for range 2 {
		if err := l.Record(t.Context(), pim.AuditRecord{Event: "unsure"}); !errors.Is(err, d.sync) {
			t.Errorf("Record = %v", err)
		}
	}
	d.sync = nil
	for range 2 {
		if err := l.Record(t.Context(), pim.AuditRecord{Event: "sure"}); err != nil {
			t.Error(err)
		}
	}
	if r := report(t, path); !r.Intact() || r.Records-r.Void != 3 {
		t.Errorf("%d records, %d void; findings %v", r.Records, r.Void, r.Findings)
	}
	if len(l.void) != 0 {
		t.Errorf("still to be taken back, again and again: %v", l.void)
	}
}

// TestRotateFullDisk: moving the file to another disk ends the trouble.
func TestRotateFullDisk(t *testing.T) {
	l, d, path := onDisk(t)
	d.room = 30
	if err := l.Record(t.Context(), pim.AuditRecord{Event: "refused"}); err == nil {
		t.Fatal("there was room")
	}
	if err := os.Rename(path, path+".1"); err != nil {
		t.Fatal(err)
	}
	if err := l.Reopen(); !errors.Is(err, syscall.ENOSPC) {
		t.Errorf("Reopen = %v; want to be told that the old file has no end", err)
	}
	if err := l.Record(t.Context(), pim.AuditRecord{Event: "done"}); err != nil {
		t.Fatal(err)
	}
	old, now := report(t, path+".1"), report(t, path)
	if err := now.Follows(old); err != nil || !old.Intact() || !now.Intact() {
		t.Errorf("%v; findings %v and %v", err, old.Findings, now.Findings)
	}
}

// choked is a stream that takes a few bytes and then fails, or says nothing.
type choked struct {
	bytes.Buffer
	room  int
	quiet bool
}

func (c *choked) Write(b []byte) (int, error) {
	n, _ := c.Buffer.Write(b[:min(len(b), c.room)])
	c.room -= n
	if n < len(b) && !c.quiet {
		return n, errors.New("broken pipe")
	}
	return n, nil
}

// TestChokedStream: a stream cannot be read back, and is continued all the same.
func TestChokedStream(t *testing.T) {
	for room := range 400 {
		out := &choked{room: 1 << 30, quiet: room%2 == 0}
		l, err := Open(Config{Out: out, Writer: "w"})
		if err != nil {
			t.Fatal(err)
		}
		out.room = room
		failed := l.Record(t.Context(), pim.AuditRecord{Event: "perhaps"})
		out.room = 1 << 30
		if err := l.Record(t.Context(), pim.AuditRecord{Event: "last"}); err != nil {
			t.Fatal(err)
		}
		r, err := Verify(&out.Buffer)
		want := 2
		if failed != nil {
			want = 1
		}
		if err != nil || !r.Intact() || r.Records-r.Void != want {
			t.Fatalf("room for %d: %d records, %d void, want %d; findings %v, %v", room, r.Records, r.Void, want, r.Findings, err)
		}
	}
}
