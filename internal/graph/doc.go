// Package graph speaks to Microsoft Graph: it reads eligibilities, policies,
// approvers, activated assignments, names and the audit log as the application,
// and sends, ends, looks up and decides activations as the person whose token it
// is handed.
//
// Invariants:
//
//   - A request that changes something leaves this process at most once. What
//     became of it is never guessed: [hoist/internal/pim.KindUnanswered] says
//     that it may have been taken, every other kind that it was not.
//   - A token goes only to the configured host and into the Authorization
//     header of one request. It is never kept, and never part of an error.
//   - Every error that leaves the package is a *[hoist/internal/pim.Error].
//   - Nothing of msgraph-sdk-go or kiota shows in the exported API, and no other
//     package of this module imports them: their models take minutes and
//     gigabytes to compile, and here is the one place that pays.
//
// Reading order:
//
//	client.go     what a Client needs, and how it is put together
//	call.go       one request: as whom, how urgent, and what its failure means
//	exchange.go   the middleware that keeps the answer, whatever kiota makes of it
//	retry.go      the middleware that repeats reads
//	page.go       lists that come in pages
//	fetch.go      requests for which no typed builder is compiled in
//
//	eligibility.go, policy.go, assignment.go, principal.go   pim.Directory
//	approver.go, roll.go                                     who may decide
//	activate.go, own.go, request.go                          pim.Activations
//	deactivate.go, cancel.go                                 and their ends
//	approval.go, beta.go                                     pim.Approvals
//	trail.go                                                 pim.Trail
//	names.go, cache.go, duration.go                          what these need
//
//	refusal/      what Graph's refusals mean
//	wire.go       every property read, by Microsoft's type names
//
// The typed request builders of msgraph-sdk-go are used for roleManagement and
// policies. Users, groups, administrative units and the audit log are read
// through the same adapter with small types of our own, because each further
// builder package of the SDK costs more to compile than it saves. So are the
// approvals of directory roles, which exist on the beta endpoint only: all that
// knows of beta is in one file.
package graph
