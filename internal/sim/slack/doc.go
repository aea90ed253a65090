// Package slack is a simulated Slack: the Web API, the deliveries that Slack
// makes to an app, response URLs and Sign in with Slack, for one workspace and
// one app. Tests and the demo run the production code against it.
//
// It is the independent witness of the wire contract. Its wire types are its
// own, written from Slack's documentation and from payloads of Slack's own
// SDKs, so that a wrong field name in the product cannot hide behind the same
// wrong name here.
//
// Invariant: whatever Slack would refuse is refused here, with Slack's own
// error code, and nobody sees through this package what Slack would not show
// them. State changes happen under one mutex, which is never held while a
// delivery is under way; every change appends one [Entry] to the log.
//
// Reading order:
//
//	config.go                                 the workspace, its people, the app
//	slack.go, ids.go                          the type, its routes, its identifiers
//	record.go, visible.go                     the log, waiting on it, who sees what
//	api.go, arguments.go                      one funnel for every Web API call
//	chat.go, views.go, people.go, rooms.go    the methods
//	objects.go, kit.go, limits.go, rules.go   Block Kit: what is allowed
//	sign.go, deliver.go                       signed deliveries to the app
//	command.go, press.go, form.go, events.go  what a person does, delivered
//	state.go, payload.go                      what the deliveries carry
//	response.go                               response URLs
//	faults.go                                 rate limits, outages, a revoked token
//	openid.go, page.go, idtoken.go            Sign in with Slack
//	say.go                                    what a person says
//	render.go, mrkdwn.go, rich.go, dates.go   what a person reads
//	spans.go                                  the same, for a client to draw
//
// What Slack's documentation leaves open is marked "unsure" where it is
// decided.
package slack
