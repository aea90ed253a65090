package audit

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"time"
)

// sink is where lines go.
type sink interface {
	io.Writer
	// rest returns what was written after the last newline: half a line, or
	// nothing. For a file that includes what other processes wrote.
	rest() ([]byte, error)
	// lastHash returns the hash of the last whole line, "" without one.
	lastHash() (string, error)
	Sync() error
	Close() error
}

// file is a sink that several processes may append to.
type file struct{ *os.File }

// openFile opens or makes the file, readable by its owner alone.
func openFile(path string) (file, error) {
	f, err := os.OpenFile(path, os.O_RDWR|os.O_APPEND|os.O_CREATE, 0o600) //nolint:gosec // the operator names the file
	if err != nil {
		return file{}, err
	}
	if err := lasting(f, path); err != nil {
		return file{}, errors.Join(err, f.Close())
	}
	return file{f}, nil
}

// lasting refuses what cannot be read back, such as a pipe, and makes sure that
// the file's name outlives a crash: a file that is synced in a directory that is
// not may be gone.
func lasting(f *os.File, path string) error {
	info, err := f.Stat()
	if err != nil {
		return err
	}
	if !info.Mode().IsRegular() {
		return fmt.Errorf("%s is not a regular file", path)
	}
	dir, err := os.Open(filepath.Dir(path))
	if err != nil {
		return err
	}
	return errors.Join(dir.Sync(), dir.Close())
}

// rest looks again before it calls a line torn: another process may be in the
// middle of writing it.
func (f file) rest() ([]byte, error) {
	seen, err := f.unended()
	for range 3 {
		if err != nil || len(seen) == 0 {
			return nil, err
		}
		time.Sleep(time.Millisecond)
		var again []byte
		if again, err = f.unended(); err == nil && bytes.Equal(seen, again) {
			return seen, nil
		}
		seen = again
	}
	return seen, err
}

// unended returns what follows the last newline.
func (f file) unended() ([]byte, error) {
	size, err := f.size()
	if err != nil || size == 0 {
		return nil, err
	}
	last := make([]byte, 1)
	if _, err := f.ReadAt(last, size-1); err != nil {
		return nil, err
	}
	if last[0] == '\n' {
		return nil, nil
	}
	tail, err := tailOf(f, size)
	return afterNewline(tail), err
}

func (f file) lastHash() (string, error) {
	size, err := f.size()
	if err != nil {
		return "", err
	}
	tail, err := tailOf(f, size)
	return lastHash(tail), err
}

func (f file) size() (int64, error) {
	info, err := f.Stat()
	if err != nil {
		return 0, err
	}
	return info.Size(), nil
}

// stream is a sink that cannot be read back, such as standard output. It
// remembers what half a line of its own it left.
type stream struct {
	io.Writer
	half []byte
}

func (s *stream) Write(b []byte) (int, error) {
	n, err := s.Writer.Write(b)
	n = min(max(n, 0), len(b))
	s.half = append([]byte(nil), afterNewline(append(s.half, b[:n]...))...)
	return n, err
}

func (s *stream) rest() ([]byte, error)     { return s.half, nil }
func (s *stream) lastHash() (string, error) { return "", nil }

// Sync does nothing: what becomes of a stream is up to who reads it.
func (s *stream) Sync() error { return nil }

// Close does nothing: the stream is its owner's.
func (s *stream) Close() error { return nil }
