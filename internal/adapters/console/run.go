package console

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
)

// maxLine bounds a line; the rest of a longer one is dropped, and said so.
const maxLine = 16 << 10

// Run reads lines and carries them out, one after another, until the reader
// ends or ctx does; the first is no error. A reader that blocks for ever, as a
// terminal does, keeps one goroutine until the next line or the end of the
// process: close the reader to be rid of it.
func (c *Console) Run(ctx context.Context) error {
	lines := make(chan typedLine)
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	go read(ctx, c.cfg.In, lines)
	for {
		select {
		case <-ctx.Done():
			return ctx.Err()
		case l := <-lines:
			if errors.Is(l.err, io.EOF) {
				return nil
			}
			if l.err != nil {
				return fmt.Errorf("console: read a line: %w", l.err)
			}
			if err := c.take(ctx, l); err != nil {
				return err
			}
		}
	}
}

// typedLine is a line, or why there are no more.
type typedLine struct {
	text string
	cut  bool
	err  error
}

// read hands lines over until the reader or ctx ends.
func read(ctx context.Context, in io.Reader, lines chan<- typedLine) {
	r := bufio.NewReaderSize(in, maxLine)
	for {
		l := nextLine(r)
		select {
		case lines <- l:
		case <-ctx.Done():
			return
		}
		if l.err != nil {
			return
		}
	}
}

// nextLine reads to the end of a line and keeps at most [maxLine] of it. What
// the reader gave before it ended is a line as well.
func nextLine(r *bufio.Reader) typedLine {
	part, more, err := r.ReadLine()
	if err != nil {
		return typedLine{err: err}
	}
	l := typedLine{text: string(part), cut: more}
	for more && err == nil {
		_, more, err = r.ReadLine()
	}
	return l // an error comes again with the next line
}

func (c *Console) take(ctx context.Context, l typedLine) error {
	if l.cut {
		c.mu.Lock()
		defer c.mu.Unlock()
		return c.remark(fmt.Sprintf("a line has at most %d bytes; nothing was done with this one", maxLine))
	}
	return c.Type(ctx, l.text)
}
