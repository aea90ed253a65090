// Package slack is Hoist's Slack: it receives what people type and press, and
// shows them views. It knows Slack's wire and nothing of Entra.
//
// # Invariants
//
// Nothing is parsed before Slack's signature over the raw bytes was checked,
// and nothing reaches the bot that is not from the one installation that this
// process serves.
//
// Words of people and of the tenant are shown in rich_text text elements and in
// plain_text objects only, never in mrkdwn, so that they can ping, link and
// format nothing; their own words are also filled into the inputs of their form. See [docs.slack.dev/messaging/formatting-message-text].
//
// Every delivery is answered within two seconds; Slack gives up after three.
// A call sends at most once: when its outcome is not known the caller is told so
// ([hoist/internal/pim.KindUnanswered]). A bare 500 or 503 counts as "not done",
// which Slack does not promise.
//
// No error and no log line holds a token, a link or a response URL.
//
// # Reading order
//
//	installation.go                 the workspace or organisation this serves
//	handler.go                      a delivery from the first byte to the answer
//	verify.go, decode.go            whose it is, what it says
//	button.go                       what a button carries, both ways
//	ask.go, respond.go              the bot's time limit; answers after the answer
//	order.go                        "Checking…" above what it announces
//	form.go, submit.go              the request form: its layout and opening; what comes back
//	metrics.go                      what was set aside, counted and logged
//	message.go, render.go, line.go  views → Block Kit
//	display.go, limits.go           other people's text; Slack's lengths
//	client.go, profile.go           the Web API as a chat.Platform
//	exchange.go, fault.go           one call on the wire; Slack's errors → pim.Error
//	openid.go                       Sign in with Slack
//
// [docs.slack.dev/messaging/formatting-message-text]: https://docs.slack.dev/messaging/formatting-message-text
package slack
