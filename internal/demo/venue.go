package demo

import (
	"context"
	"time"
)

// venue is a chat as the people in it see and use it. Each platform has one; a
// scenario is played in any of them.
type venue interface {
	seer
	doer
}

// doer is what people do there. Everything goes through the platform's own door.
type doer interface {
	// types sends a line; room is a channel's name.
	types(ctx context.Context, actor, room, line string) error
	// again delivers the last line once more, and fails when it is answered
	// differently.
	again(ctx context.Context) error
	// press presses a button on a message.
	press(ctx context.Context, actor string, on seen, label string) error
	// link presses a link button and returns where it leads.
	link(ctx context.Context, actor string, on seen, label string) (string, error)
}

// seer is what people see there.
type seer interface {
	// happenings are everything that anybody could see or did, in order.
	happenings() []happening
	// wait returns the first match after a happening, or blocks for one.
	wait(ctx context.Context, after int, match func(happening) bool) (happening, error)
	// direct are the messages that stand in a person's direct messages, room
	// those in a channel, threads included.
	direct(actor string) []seen
	room(name string) []seen
}

// seen is a message as its readers see it now.
type seen struct {
	text     string // plain, buttons in [brackets]
	inThread bool
	of       any // the platform's own message
}

// kind is what happened.
type kind int

const (
	typed kind = iota
	pressed
	privately // one person alone sees it
	posted
	updated
	removed
	failed // the platform tells a person that the app did not answer
)

// happening is one thing that happened in a chat.
type happening struct {
	seq  int
	at   time.Time
	kind kind
	// who acted, or is the only one who sees it: an actor's name.
	who string
	// where is "#room" or, for direct messages, the reader's name.
	where    string
	inThread bool
	text     string
}

// told reads a platform's log as happenings.
func told[E any](log []E, read func(E) (happening, bool)) []happening {
	var all []happening
	for _, e := range log {
		if h, ok := read(e); ok {
			all = append(all, h)
		}
	}
	return all
}

// awaited waits in a platform's log for a happening that matches.
func awaited[E any](
	ctx context.Context, wait func(context.Context, int, func(E) bool) (E, error), after int,
	read func(E) (happening, bool), match func(happening) bool,
) (happening, error) {
	var found happening
	_, err := wait(ctx, after, func(e E) bool {
		h, ok := read(e)
		if ok && match(h) {
			found = h
			return true
		}
		return false
	})
	return found, err
}
