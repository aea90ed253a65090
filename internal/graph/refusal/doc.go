// Package refusal says what an answer of Microsoft Graph means that is not a
// success: PIM answers in half a dozen envelopes, two formats of rule lists and
// with claims challenges inside messages.
//
// Invariant: [Classify] is pure and takes any bytes from anywhere. It never
// fails, never returns more than a log line holds, and never carries a token
// on. The package imports nothing of the SDK, so that it can be fuzzed in
// seconds.
//
// Reading order: classify.go decides, envelope.go finds code and message,
// challenge.go decodes claims.
package refusal
