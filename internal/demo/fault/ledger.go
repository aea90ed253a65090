package fault

import "io"

// Ledger makes every line of an audit log a call with points. At the torn one
// half of the line is written.
type Ledger struct {
	Trip *Trip
	Next io.Writer
}

// Write implements [io.Writer].
func (l Ledger) Write(b []byte) (int, error) {
	c := l.Trip.begin("audit:line")
	c.reach(Before)
	if c.is(Torn) {
		_, _ = l.Next.Write(b[:len(b)/2])
	}
	c.reach(Torn)
	n, err := l.Next.Write(b)
	c.reach(After)
	return n, err
}
