// Package graph puts the simulated tenant on the wire as Microsoft Graph: the
// PIM for directory roles part of v1.0 and beta, and the few directory and
// audit calls that a PIM client needs.
//
// Invariant: every call is judged before it is answered, in this order: bearer
// token, route, permission (token kind × scope), licence, and only then the
// directory role and the identity of the caller. What a tenant would hide, the
// simulator hides, with the answer that the documentation or observers give
// (error shapes: nested JSON for PIM's missing scopes, Authorization_… for the
// directory).
//
// The wire types here are the simulator's own, written from Microsoft's pages
// and metadata, and share nothing with any client.
//
// Reading order: server.go takes a call through those steps; routes.go is the
// table of everything served, with the permissions each needs; bearer.go,
// problem.go; query.go, filter.go and list.go are the OData part; then one file
// per resource. calls.go is the log that tests look into.
package graph
