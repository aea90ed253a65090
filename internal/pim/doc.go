// Package pim is the product: what an elevation is, which policy it must
// satisfy, how it moves from a sentence in chat to an active Microsoft Entra
// role and to its end, and who must be told.
//
// # Invariant
//
// [Elevation.Apply] is the only code that assigns a state; it is pure. Every
// change is load, Apply, [Records].Update (compare-and-swap on the revision).
// Entra is the truth and the record is its mirror: an [Observed] fact may
// always correct it. The package does no I/O of its own; what it needs from
// outside it asks for through the ports in ports.go. Every write to PIM takes a
// [Session], the proof that a person acts as themselves.
//
// # The way of one elevation
//
//	Elevate → Requested ─┬→ AwaitingChoice ─→ Requested
//	                     ├→ Refused
//	                     └→ AwaitingSignIn → Submitting ─┬→ Provisioning → Active → Expired
//	                             ↑               │       ├→ AwaitingApproval ↗      EndedEarly
//	                             └── challenge ──┘       ├→ Scheduled ↗
//	                                                     ├→ Denied, Canceled, Failed
//	                                                     └→ Unresolved
//
// # Reading order
//
// The nouns: principal.go, role.go, ask.go, policy.go. The aggregate and its
// life: elevation.go, event.go, apply.go. The outside: ports.go, errors.go. The verbs:
// service.go, elevate.go (accept), advance.go (the dispatcher: which step comes
// next), resolve.go, signin.go (the browser comes and returns), submit.go,
// observe.go, deliver.go (cards and owed notices), due.go, status.go.
package pim
