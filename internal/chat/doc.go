// Package chat is the conversation: it turns a line into an intent, and what is
// known of an elevation into views that a platform can show. It knows no
// platform, no store and no network.
//
// # Invariant
//
// Every text that a person reads is made here (texts.go, explain.go, pages.go).
// What people typed travels in [Span] values of kind [Typed], unescaped and
// never mixed into our own sentences, so that a platform can show it without
// letting it ping, link or format.
//
// # Reading order
//
// inbound.go (what a platform hands in), bot.go (what becomes of it),
// command.go and verbs.go (the grammar), match.go (which role is meant);
// then span.go and view.go (what is shown), cards.go (elevation → view),
// announce.go (who sees which view), explain.go (refusal → text), texts.go;
// platform.go is what a platform must offer, courier.go what becomes of an answer
// that it does not take.
package chat
