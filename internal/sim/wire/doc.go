// Package wire is the demo's wire panel: every HTTP exchange between Hoist and
// Slack, Entra and Graph as it happens, each linked to its step in the story
// and to the elevation it is about, and each copyable as a curl command.
//
// # Invariant
//
// Nothing secret is kept. An exchange is masked while it is recorded, in one
// pass over headers, query, forms and JSON that knows the names of secrets and
// the looks of tokens; what cannot be read is counted instead of kept. Pages,
// curl lines and [Recorder.Exchanges] only ever see the result. Memory is
// bounded by the number of exchanges and by what is kept of a body.
//
// # Masks
//
// A masked value carries the name of a shell variable, so that the page can show
// dots and the curl line "$TOKEN" from the same text.
//
// # Reading order
//
// recorder.go (what happens to an exchange), delivery.go (Slack's own requests),
// exchange.go (what is kept); secret.go, text.go, tree.go, body.go, header.go
// and claims.go (masking); party.go, story.go and elevation.go (what it means);
// curl.go; filter.go, page.go, page.html and assets.
package wire
