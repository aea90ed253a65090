// Package slackweb is a web client of the simulated Slack: a newcomer plays the
// demo's people in a browser, several at once in several tabs.
//
// # Invariants
//
// Who plays stands in the address and nowhere else, so that tabs of one browser
// can be different people. Nobody sees here what [slack.Slack] would not show
// them. What an app or a person wrote never becomes markup: blocks are decoded
// into plain structures, and templates escape every text. A press acts on the
// snapshot that stood on the page, as late clicks do in life. Everything works
// without script.
//
// # Reading order
//
//	slackweb.go     the pages, their addresses
//	room.go         one person's view of one room
//	people.go       who plays, which rooms, what is unread
//	feed.go         the messages of a room
//	block.go        Block Kit as it is drawn: blocks, rich text
//	element.go      buttons, selects and fields
//	modal.go        what a modal shows; submit.go what is done with it
//	act.go          presses, choices and what is typed
//	memory.go       what the browser side of Slack remembers
//	room.html, block.html, assets/
package slackweb
