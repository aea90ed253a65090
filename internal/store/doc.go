// Package store keeps everything that must outlive a process in Redis:
// elevations with the work that is due on them, leases, repeat and rate checks
// at the door, sealed sign-in attempts, and which Entra accounts a person has
// proved. It implements [pim.Store]; the small stores of other packages are
// methods of the same [Store], matched by structural typing.
//
// # Invariant
//
// A record and everything that is derived from it (its due time, whether it is
// watched, the right it occupies) change in one script or not at all. So there
// is no elevation without its timer, no timer without its elevation, and never
// two live elevations for one right, whatever is killed when.
//
// # Two clocks
//
// Due times, watches and the ten minutes of [Store.Live] are judged by the
// domain clock, which the demo moves. Leases and rate buckets are judged by the
// server's own TIME, which all replicas share and no machine's clock can bend.
// The expiry of keys only clears away what means nothing any more.
//
// # Two ways for an answer to get lost
//
// The client repeats a call once when its answer did not come. Accept and
// Update therefore leave a random token beside what they write: a call that
// finds its own token was applied before, and says so instead of reporting a
// repeat or a conflict that nobody else caused.
//
// # Reading order
//
// keys.go (every key and how long it lives), store.go and open.go (to get one),
// lua.go (what the scripts share), accept.go, update.go, records.go (to read),
// queue.go, then attempt.go with keyset.go, and link.go.
package store
