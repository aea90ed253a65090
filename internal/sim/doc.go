// Package sim runs a simulated Microsoft Entra tenant on loopback: sign-in,
// Microsoft Graph with PIM for directory roles, and whatever else a
// composition root mounts beside them. Demo, end-to-end scenarios and
// third-party clients talk to it over real HTTP.
//
// It is the independent witness of the wire contract: it shares no type and no
// code with the clients of this program, and enforces permissions as a tenant
// does, so that a test cannot see what a tenant would hide.
//
// Two listeners serve the same paths: plain HTTP for browsers, and TLS, with an
// authority made at start, for clients that refuse anything else.
//
//	http(s)://127.0.0.1:port
//	  /{tenant id}/…     entra: metadata, keys, authorize pages, token
//	  /v1.0/… /beta/…    graph
//	  whatever is mounted (Options.Mount)
//
// Folders: tenant is the world and what administrators do to it; entra and
// graph put it on the wire; slack is the other service; token signs and reads;
// fault misbehaves; world reads what they begin with from a file. page, slackweb,
// portal and wire are the pages of the demo; browser is a scripted one.
// Reading order here: sim.go, options.go, guard.go, seed.go, certificate.go,
// exchange.go.
package sim
