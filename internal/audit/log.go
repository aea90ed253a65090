package audit

import (
	"context"
	"crypto/rand"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"time"

	"hoist/internal/clock"
	"hoist/internal/pim"
)

// Config says where a log goes. Either Path or Out is needed.
type Config struct {
	// Path is a file to append to; it is made when there is none.
	Path string
	// Out takes the lines when Path is empty, such as os.Stdout.
	Out io.Writer
	// Writer names this process among those whose lines meet, such as a host
	// name.
	Writer string
	// Clock tells when lines are written; the system's when nil.
	Clock clock.Clock
	// NoSync leaves it to the operating system when lines reach the disk. A
	// power failure may then take back what was acted on.
	NoSync bool
}

// Log is one chain of lines. It is safe for concurrent use.
type Log struct {
	cfg  Config
	turn chan struct{} // holds one token: whose turn it is to write
	out  sink

	id    string
	seq   int64
	prev  string  // hash of the last line written
	begun bool    // the chain has begun in the present file
	void  []int64 // lines that are written but whose Record failed
	ended bool
}

var _ pim.AuditLog = (*Log)(nil)

// ErrClosed is returned by a log that was closed.
var ErrClosed = errors.New("the audit log is closed")

// Open begins a new chain. What a file already holds stays; the chain's first
// line names its last hash.
func Open(cfg Config) (*Log, error) {
	if cfg.Clock == nil {
		cfg.Clock = clock.System()
	}
	out, err := open(cfg)
	if err != nil {
		return nil, fmt.Errorf("open the audit log: %w", err)
	}
	l, err := begin(cfg, out)
	if err != nil {
		return nil, fmt.Errorf("open the audit log: %w", errors.Join(err, out.Close()))
	}
	return l, nil
}

func open(cfg Config) (sink, error) {
	switch {
	case cfg.Path != "":
		return openFile(cfg.Path)
	case cfg.Out != nil:
		return &stream{Writer: cfg.Out}, nil
	default:
		return nil, errors.New("it has neither a path nor a writer")
	}
}

// begin writes a chain's first line, so that a log that cannot be written is
// known at the start.
func begin(cfg Config, out sink) (*Log, error) {
	prev, err := out.lastHash()
	if err != nil {
		return nil, err
	}
	l := &Log{cfg: cfg, turn: make(chan struct{}, 1), out: out, id: chainID(cfg), prev: prev}
	return l, l.write(nil)
}

// chainID is unique even where the clock stands still.
func chainID(cfg Config) string {
	var b [4]byte
	_, _ = rand.Read(b[:]) // it never fails
	return cfg.Writer + "/" + cfg.Clock.Now().UTC().Format(time.RFC3339Nano) + "/" + hex.EncodeToString(b[:])
}

// Record implements [pim.AuditLog]. After an error the next call tries again
// from where the file stands: a line that was half written is marked as torn,
// one that was written but not known to last is taken back.
func (l *Log) Record(ctx context.Context, r pim.AuditRecord) error {
	if err := l.enter(ctx); err != nil {
		return fmt.Errorf("record %s of %s: %w", r.Event, r.Elevation, err)
	}
	defer l.leave()
	if l.ended {
		return fmt.Errorf("record %s of %s: %w", r.Event, r.Elevation, ErrClosed)
	}
	if err := l.write(&line{Kind: kindRecord, Record: recordOf(r)}); err != nil {
		return fmt.Errorf("record %s of %s: %w", r.Event, r.Elevation, err)
	}
	return nil
}

// Reopen ends the chain in the present file and begins it anew in the one that
// has the path now, after someone moved the old one away. When that cannot be
// opened the log stays with the old file. It does nothing for a stream.
func (l *Log) Reopen() error {
	_ = l.enter(context.Background()) // nothing ends that context
	defer l.leave()
	if l.ended {
		return fmt.Errorf("reopen the audit log: %w", ErrClosed)
	}
	if l.cfg.Path == "" {
		return nil
	}
	next, err := openFile(l.cfg.Path)
	if err != nil {
		return fmt.Errorf("reopen the audit log: %w", err)
	}
	// A full disk may be why the file was moved: an end that cannot be written
	// must not keep the log there.
	old := errors.Join(l.write(&line{Kind: kindEnd, End: &end{Why: "reopened"}}), l.out.Close())
	l.out, l.begun = next, false
	if err := errors.Join(old, l.write(nil)); err != nil {
		return fmt.Errorf("reopen the audit log: %w", err)
	}
	return nil
}

// Close ends the chain and closes the file.
func (l *Log) Close() error {
	_ = l.enter(context.Background()) // nothing ends that context
	defer l.leave()
	if l.ended {
		return nil
	}
	l.ended = true
	if err := errors.Join(l.write(&line{Kind: kindEnd, End: &end{Why: "closed"}}), l.out.Close()); err != nil {
		return fmt.Errorf("close the audit log: %w", err)
	}
	return nil
}

// enter waits for the turn, as long as the caller does.
func (l *Log) enter(ctx context.Context) error {
	if err := ctx.Err(); err != nil {
		return err
	}
	select {
	case l.turn <- struct{}{}:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}

func (l *Log) leave() { <-l.turn }

// write appends what, and before it whatever the file needs first. It is one
// call of Write, so that lines of several processes do not mix.
func (l *Log) write(what *line) error {
	b, err := l.compose(what)
	if err != nil || len(b.lines) == 0 {
		return err
	}
	n, err := l.out.Write(b.text)
	if err == nil && n < len(b.text) {
		err = io.ErrShortWrite
	}
	if err == nil && !l.cfg.NoSync {
		err = l.out.Sync()
	}
	l.settle(b, n, err)
	return err
}

// compose puts together what must be written. The mark of a torn line stands
// directly behind it, on the same line: a newline between the two would be, for
// as long as the mark is not written, a broken line that nobody admits to.
func (l *Log) compose(what *line) (*batch, error) {
	rest, err := l.out.rest()
	if err != nil {
		return nil, err
	}
	b := &batch{log: l, at: l.cfg.Clock.Now().UTC(), seq: l.seq, prev: l.prev}
	var mark *torn
	if _, _, err := decode(rest); len(rest) > 0 && err == nil {
		b.text = append(b.text, '\n') // only that was missing
	} else if len(rest) > 0 {
		mark = &torn{Bytes: len(rest), SHA256: sum(rest)}
	}
	if !l.begun {
		b.add(line{Kind: kindBegin, Torn: mark})
	} else if mark != nil {
		b.add(line{Kind: kindTorn, Torn: mark})
	}
	for _, seq := range l.void {
		b.add(line{Kind: kindVoid, Void: &void{Seq: seq}})
	}
	if what != nil {
		b.add(*what)
	}
	return b, b.err
}

// settle takes in how much was written. A line counts from its last byte on,
// with or without its newline, because that is how it will be read.
func (l *Log) settle(b *batch, n int, failed error) {
	for _, w := range b.lines {
		if n < w.end {
			return
		}
		l.seq, l.prev, l.begun = w.seq, w.hash, true
		switch {
		case w.kind == kindRecord && failed != nil:
			l.void = append(l.void, w.seq)
		case w.kind == kindVoid && failed == nil:
			l.void = l.void[1:]
		}
	}
}

// batch is a few lines of a chain to be written at once.
type batch struct {
	log   *Log
	at    time.Time
	seq   int64
	prev  string
	text  []byte
	lines []written
	err   error // the first that adding met
}

// written is a line within a batch; end is the offset behind its last byte.
type written struct {
	kind string
	seq  int64
	hash string
	end  int
}

func (b *batch) add(what line) {
	if b.err != nil {
		return
	}
	what.V, what.Chain, what.Seq, what.At, what.Prev = version, b.log.id, b.seq+1, b.at, b.prev
	text, hash, err := what.encode()
	if err != nil {
		b.err = err
		return
	}
	b.seq, b.prev = what.Seq, hash
	b.text = append(b.text, text...)
	b.lines = append(b.lines, written{kind: what.Kind, seq: b.seq, hash: hash, end: len(b.text)})
	b.text = append(b.text, '\n')
}
