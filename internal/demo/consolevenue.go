package demo

import (
	"context"
	"fmt"
	"strings"

	"hoist/internal/adapters/console"
	"hoist/internal/pim"
)

// consoleVenue is the chat in the terminal.
type consoleVenue struct{ *console.Console }

var _ venue = consoleVenue{}

func (v consoleVenue) types(ctx context.Context, actor, _, line string) error {
	return v.Type(ctx, actor+"> "+line)
}

func (v consoleVenue) again(ctx context.Context) error {
	before := v.lastAnswer()
	if err := v.Type(ctx, "again"); err != nil {
		return err
	}
	if after := v.lastAnswer(); after != before {
		return fmt.Errorf("answered differently:\n%s\n%s", before, after)
	}
	return nil
}

func (v consoleVenue) lastAnswer() string {
	text := ""
	for _, e := range v.Log() {
		if e.Kind == console.Answered {
			text = e.Text
		}
	}
	return text
}

func (v consoleVenue) press(ctx context.Context, actor string, on seen, label string) error {
	a, err := action(on, label)
	if err != nil {
		return err
	}
	return v.Type(ctx, fmt.Sprintf("%s> press %d", actor, a.Number))
}

func (v consoleVenue) link(_ context.Context, _ string, on seen, label string) (string, error) {
	a, err := action(on, label)
	return a.URL.Reveal(), err
}

func action(on seen, label string) (console.Action, error) {
	for _, a := range on.of.(console.Entry).Actions {
		if a.Label == label {
			return a, nil
		}
	}
	return console.Action{}, fmt.Errorf("the message has no button %q", label)
}

func (v consoleVenue) happenings() []happening { return told(v.Log(), v.happening) }

func (v consoleVenue) wait(ctx context.Context, after int, match func(happening) bool) (happening, error) {
	return awaited(ctx, v.Wait, after, v.happening, match)
}

func (v consoleVenue) direct(actor string) []seen {
	return v.standing(func(p pim.Place) bool { return p.Kind != pim.Feed && p.Address == actor })
}

func (v consoleVenue) room(name string) []seen {
	return v.standing(func(p pim.Place) bool { return p.Kind == pim.Feed && p.Address == name })
}

// standing are the messages of a place as they are now, oldest first.
func (v consoleVenue) standing(in func(pim.Place) bool) []seen {
	now := map[pim.Ref]console.Entry{}
	var order []pim.Ref
	for _, e := range v.Log() {
		if e.Ref == "" || !in(e.Place) {
			continue
		}
		switch e.Kind {
		case console.Posted:
			order = append(order, e.Ref)
			now[e.Ref] = e
		case console.Updated:
			e.InThread = now[e.Ref].InThread
			now[e.Ref] = e
		case console.Deleted:
			delete(now, e.Ref)
		default:
		}
	}
	var all []seen
	for _, ref := range order {
		if e, ok := now[ref]; ok {
			all = append(all, seen{text: shownOnConsole(e), inThread: e.InThread, of: e})
		}
	}
	return all
}

func (v consoleVenue) happening(e console.Entry) (happening, bool) {
	kinds := map[console.Kind]kind{
		console.Typed: typed, console.Pressed: pressed, console.Answered: privately,
		console.Posted: posted, console.Updated: updated, console.Deleted: removed, console.Remarked: failed,
	}
	k, ok := kinds[e.Kind]
	where := e.Place.Address
	if e.Place.Kind == pim.Feed {
		where = "#" + where
	}
	return happening{
		seq: e.Seq, at: e.At, kind: k, who: e.Who, where: where, inThread: e.InThread, text: shownOnConsole(e),
	}, ok
}

// shownOnConsole is an entry's text with its buttons in brackets, without the
// numbers that press them.
func shownOnConsole(e console.Entry) string {
	text := e.Text
	for _, a := range e.Actions {
		text = strings.Replace(text, fmt.Sprintf("[%d] %s", a.Number, a.Label), "["+a.Label+"]", 1)
	}
	return text
}
