// Package signin is where a person proves to Microsoft Entra who they are: the
// personal links, the pages in the browser, the callback that holds a person's
// token for as long as it takes to hand it over, and the linking of chat
// accounts with Entra accounts. It also gets the app-only token for reading.
//
// # Invariant
//
// No token of a person is stored, logged, or put into a URL or a page: it goes
// from Entra's answer into one call of [Elevations]. A sign-in counts only when
// one browser did all of it: it opened the link, holds the cookie, brings back
// the state once, redeems the code with the verifier, and gets an ID token with
// the attempt's nonce whose signature, issuer, audience, lifetime and tenant were
// checked here. Whether the account is the right one is judged by the service.
//
// # Routes
//
//	GET  /signin/{shard}/{id}/{token}   page.go      shows; changes nothing
//	POST /signin/{shard}/{id}/{token}   open.go      binds the browser, sends it away
//	GET  /signin/callback               callback.go  back from Entra
//	GET  /signin/chat/callback          callback.go  back from the chat (linking)
//	GET  /signin/assets/page-….css      render.go
//
//	{token} = {purpose}.{attempt}.{mac}
//
// A link's secret is a MAC over purpose, elevation, person and attempt; whose it
// is follows from the record, which knows for whom links may be out.
//
// Every way through ends at the link's own page, which looks only at the stored
// record and shows what comes next, so that reloading is always safe:
//
//	            ┌───────────────── page ◀──────────────┐
//	            │ POST                                  │ 303
//	            ▼                                       │
//	activate: open ──▶ Entra ──▶ callback ──▶ Return ───┤
//	                     ▲                              │
//	                     └── step-up: page, same browser, once
//	                                                    │
//	link:     open ──▶ chat ──▶ chat callback ──▶ Entra ──▶ callback ──▶ LinkProved
//	stop, cancel:  as activate, into ReturnExit
//	approve, deny: page with a reason ──▶ open ──▶ Entra ──▶ callback ──▶ ReturnDecision
//
// An approver's link is bound to no browser and carries no right; each sign-in
// begun from it is bound like every other, and carries the reason and what the
// page showed.
//
// # Reading order
//
// link.go (what a link is), handler.go (what all routes share), visit.go (one
// request), page.go, open.go, callback.go (the steps), linking.go, exit.go,
// decision.go (what differs by purpose); browser.go (cookies), attempt.go (what
// waits for a browser to come back); authority.go, authorize.go, idtoken.go,
// refusal.go, stepup.go, metadata.go, credential.go (Entra); render.go (HTML; the
// texts are in package chat, page*.go); apptoken.go; mapping.go and identities.go
// (whose account is whose).
package signin
