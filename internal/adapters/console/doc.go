// Package console is a chat in the terminal: one process, one screen, several
// people. It shows Hoist without any chat service, and proves that a platform is
// one folder.
//
// # Invariants
//
// It identifies nobody: whoever reaches the terminal types as anybody. So it is
// only made for a program whose every endpoint is on this machine, see
// [LoopbackOnly].
//
// Nothing that people or the tenant wrote reaches the terminal as anything but
// letters. Control characters, escape sequences and bidirectional controls are
// shown, not sent, and no such text begins a line where a header or a button
// does.
//
// No error and no transcript holds a link; links are printed, and handed out as
// secrets.
//
// # Reading order
//
//	config.go, loopback.go        who is in the room, and when it may open
//	run.go, speak.go              a line from the reader to the bot and back
//	platform.go                   posting, updating and deleting
//	screen.go                     what is written, in which order
//	render.go, button.go          views → paragraphs
//	line.go, wrap.go, visible.go  spans → runs → lines; other people's text
//	record.go                     the transcript, and waiting for it
package console
