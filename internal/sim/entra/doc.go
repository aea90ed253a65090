// Package entra puts the simulated tenant on the wire as Microsoft Entra ID:
// metadata, keys, the authorize pages and the token endpoint, under the
// tenant's id as in life.
//
// Real clients drive it (MSAL in several languages, go-oidc), so it follows the
// wire and not this program. Its pages are plain forms without script, which a
// scripted client can post as well as a person can; each says that it is not
// Microsoft.
//
// Invariants: a redirect goes to a registered address only; a code works once,
// for ten minutes, for the client, address and PKCE verifier it was made for; a
// token carries no scope that was not both asked for and consented to; MFA and
// authentication contexts stand in a token only when the person passed them.
// Every sign-in is a flow that comes back to one dispatcher after each page,
// and the dispatcher looks only at what the flow and the browser's session hold.
//
// Reading order: server.go (routes), metadata.go, authorize.go (what a client
// may ask), flow.go (the dispatcher), session.go, steps.go (what the pages
// post), pages.go; grant.go, token.go and mint.go for the token endpoint;
// scope.go, claims.go, problem.go.
package entra
