// Package app joins the parts into the running program: it is the composition
// root of production, and the demo and the end-to-end tests start the very same
// thing.
//
// # Invariant
//
// Everything with a life of its own is started by Start and ended by Stop, last
// started first: the door closes before the work it began is waited for, and
// the work before the store under it. Nothing here decides anything.
//
// # Reading order
//
// options.go (what it is given), app.go (New, Start, Stop), platforms.go (the
// one list of chat platforms), serve.go (the HTTP server).
package app
