// Package adapterstest is the suite that every chat platform passes: what a
// person sees after each call, what hostile text may not do, and which error
// stands for which fault. A platform's test is a [Fixture] and a call of [Run].
//
// # Invariant
//
// Nothing is skipped in silence. A fault that a platform cannot have, and what
// it does not know of people, is declared in [Fixture.Cannot] with a reason; a
// story that finds neither the means nor the reason fails.
//
// # Reading order
//
//	fixture.go                           what a platform lends the suite
//	run.go                               the list of stories
//	life.go, thread.go, place.go         messages come, change and go
//	views.go, shown.go                   every view there is
//	hostile.go, cut.go                   what other people type
//	faults.go, calls.go                  what goes wrong, and what is told
//	people.go, together.go               profiles; many calls at once
//	reading.go                           how texts are compared
package adapterstest
