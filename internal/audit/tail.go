package audit

import (
	"bytes"
	"io"
)

// tailOf reads the end of a file: enough to hold its last whole line and half of
// another, however long they are.
func tailOf(f io.ReaderAt, size int64) ([]byte, error) {
	tail := make([]byte, min(size, 2*maxLine+2))
	if _, err := f.ReadAt(tail, size-int64(len(tail))); err != nil {
		return nil, err
	}
	return tail, nil
}

func afterNewline(b []byte) []byte { return b[bytes.LastIndexByte(b, '\n')+1:] }

// lastHash finds the last line that is whole, whether or not its newline was
// still written, and returns its hash.
func lastHash(tail []byte) string {
	for len(tail) > 0 {
		text := afterNewline(tail)
		if i := bytes.LastIndex(text, []byte(lineOpen)); i >= 0 {
			if _, hash, err := decode(text[i:]); err == nil {
				return hash
			}
		}
		tail = tail[:max(len(tail)-len(text)-1, 0)]
	}
	return ""
}
