// Package fault is the recovery proof: whatever dies, wherever it dies, what
// people were shown, what the records say and what PIM did agree in the end.
//
// It puts wrappers around what the composition root is given anyway (the
// transport, the Redis client, the writer of the audit log) and so names every
// call that leaves the process: a [Point], before the call was made and after
// the other side applied it. Product code has no hook for it. The tests start
// the program as processes of their own, kill or freeze one at a point, let
// another take over, and let a patient person go on. One [Check] then judges
// every run.
//
// # Invariant
//
// [Check] reads only what is outside the program: the simulators' logs, the
// audit log, the store. It knows no state machine; what an elevation must come
// to is what PIM's own log says.
//
// # Reading order
//
// The wrappers: point.go, transport.go, redis.go, ledger.go. The judge:
// evidence.go (what it looks at), claim.go (what a message says), truth.go (what
// PIM did), check.go and the invariants in people.go, writes.go, books.go. The
// runs are tests: child_test.go (the program), process_test.go, world_test.go,
// person_test.go, story_test.go, days_test.go (the stories), run_test.go, then
// kill_test.go, thaw_test.go, restart_test.go; check_test.go lies to the judge.
package fault
