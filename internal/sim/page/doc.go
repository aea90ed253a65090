// Package page holds what the simulator's own pages have in common: the frame
// around them, the colours, the one script, and the stream that tells open tabs
// what has changed.
//
// # Invariants
//
// Pages are rendered on the server and work without script: every act is a form
// that answers with a redirect. The script only spares the reloads. Nothing is
// loaded from elsewhere, nothing is inline, and the Content-Security-Policy
// says so. Every page says that it is simulated.
//
// One browser holds one event stream however many tabs it has open, because
// browsers open six connections to a host and no more: the tabs elect one that
// listens (Web Locks) and tells the others (BroadcastChannel).
//
// # Reading order
//
// site.go (a site, rendering, assets), live.go (the stream), signin.go (the style
// of the services' own sign-in pages), frame.html,
// assets/live.js, assets/colours.css, assets/page.css.
package page
