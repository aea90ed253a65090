// Package clock is the one way to read the time and to wait for it.
//
// Invariant: no package that judges validity, deadlines or due work calls
// time.Now or time.NewTimer; it is handed a [Clock]. Production uses [System],
// tests and the demo a [Movable] clock whose timers fire when it is advanced.
package clock

import "time"

// Clock tells the time and makes timers. Implementations are safe for
// concurrent use. Times are UTC.
type Clock interface {
	Now() time.Time
	// NewTimer returns a timer that fires once, d after Now. A d of zero or
	// less fires at once.
	NewTimer(d time.Duration) Timer
}

// Timer is the part of time.Timer that this program needs.
type Timer interface {
	// C receives the time once when the timer fires.
	C() <-chan time.Time
	// Stop ends the timer and reports whether it had not fired yet.
	Stop() bool
}

// System returns the machine's clock.
func System() Clock { return system{} }

type system struct{}

func (system) Now() time.Time { return time.Now().UTC() }

func (system) NewTimer(d time.Duration) Timer { return systemTimer{time.NewTimer(d)} }

type systemTimer struct{ t *time.Timer }

func (s systemTimer) C() <-chan time.Time { return s.t.C }
func (s systemTimer) Stop() bool          { return s.t.Stop() }
