// Package tenant is the simulated world behind the wire: the people, groups,
// applications, directory roles, PIM policies, eligibilities, assignments,
// requests, approvals and audit rows of one Entra tenant.
//
// It knows no HTTP. The entra and graph packages beside it put it on the wire;
// tests and the demo act on it directly, as an administrator would in the
// portal. What PIM refuses comes back as a [*Refusal], which carries the code
// and the words that PIM itself uses.
//
// Invariants: one mutex guards everything; the injected clock alone decides
// what has started, ended or lapsed, and it is asked at every call, so nothing
// runs in the background; every id comes from the injected random source, so
// that the same seed and the same calls give the same world. Callers get
// copies.
//
// Reading order: seed.go and the nouns (person.go, app.go, role.go, policy.go,
// eligibility.go, assignment.go, request.go), tenant.go, then what people do:
// submit.go with rules.go, deactivate.go, cancel.go, approval.go; settle.go for
// what time does; access.go for Conditional Access; portal.go for what
// administrators do; audit.go for what is written about all of it; change.go for
// who wants to know.
package tenant
