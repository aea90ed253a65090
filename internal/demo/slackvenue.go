package demo

import (
	"context"
	"errors"
	"fmt"
	"strings"

	"hoist/internal/sim/slack"
	"hoist/internal/sim/world"
)

// slackVenue is the simulated Slack. Lines and presses reach Hoist as signed
// requests over HTTP.
type slackVenue struct{ *slack.Slack }

var _ venue = slackVenue{}

// teamReader is whose zone and language channels are read in.
const teamReader = world.AdaUser

func (v slackVenue) types(ctx context.Context, actor, room, line string) error {
	u, err := v.user(actor)
	if err != nil {
		return err
	}
	_, err = v.TypeCommand(ctx, u.ID, room, line)
	return err
}

func (v slackVenue) again(ctx context.Context) error {
	d, ok := v.LastDelivery()
	if !ok {
		return errors.New("nothing was delivered yet")
	}
	again, err := v.Redeliver(ctx, d)
	if err == nil && string(again.Reply) != string(d.Reply) {
		return fmt.Errorf("answered differently:\n%s\n%s", d.Reply, again.Reply)
	}
	return err
}

func (v slackVenue) press(ctx context.Context, actor string, on seen, label string) error {
	u, err := v.user(actor)
	if err != nil {
		return err
	}
	_, err = v.Press(ctx, u.ID, on.of.(slack.Message), label)
	return err
}

func (v slackVenue) link(ctx context.Context, actor string, on seen, label string) (string, error) {
	u, err := v.user(actor)
	if err != nil {
		return "", err
	}
	return v.OpenURLButton(ctx, u.ID, on.of.(slack.Message), label)
}

func (v slackVenue) happenings() []happening { return told(v.Log(), v.happening) }

func (v slackVenue) wait(ctx context.Context, after int, match func(happening) bool) (happening, error) {
	return awaited(ctx, v.Wait, after, v.happening, match)
}

func (v slackVenue) direct(actor string) []seen {
	u, err := v.user(actor)
	if err != nil {
		return nil
	}
	return v.read(v.Direct(u.ID), u.ID)
}

func (v slackVenue) room(name string) []seen {
	all := v.read(v.Channel(name), teamReader)
	for _, m := range v.Channel(name) {
		for _, s := range v.read(v.Thread(name, m.TS), teamReader) {
			if s.inThread {
				all = append(all, s)
			}
		}
	}
	return all
}

func (v slackVenue) read(ms []slack.Message, reader string) []seen {
	var all []seen
	for _, m := range ms {
		all = append(all, seen{text: v.Render(m, reader).Text(), inThread: m.ThreadTS != "" && m.ThreadTS != m.TS, of: m})
	}
	return all
}

// happening reads an entry of Slack's log; false for what is no message and no
// act of a person's.
func (v slackVenue) happening(e slack.Entry) (happening, bool) {
	kinds := map[slack.Kind]kind{
		slack.Typed: typed, slack.Pressed: pressed, slack.Ephemeral: privately, slack.Posted: posted,
		slack.Updated: updated, slack.Deleted: removed, slack.Failed: failed,
	}
	k, ok := kinds[e.Kind]
	if !ok {
		return happening{seq: e.Seq}, false
	}
	where, reader := v.place(e.Channel)
	h := happening{seq: e.Seq, at: e.At, kind: k, who: v.nameOf(e.User), where: where, text: e.Text}
	if k == posted || k == updated || k == privately {
		if k == privately {
			reader = e.User
		}
		h.text = v.Render(e.Message, reader).Text()
		h.inThread = e.Message.ThreadTS != "" && e.Message.ThreadTS != e.Message.TS
	}
	return h, true
}

// place names a channel and says with whose eyes it is read.
func (v slackVenue) place(id string) (where, reader string) {
	for _, c := range v.Joined(teamReader) {
		if c.ID == id {
			return "#" + c.Name, teamReader
		}
	}
	for _, u := range v.Users() {
		for _, m := range v.Direct(u.ID) {
			if m.Channel == id {
				return v.nameOf(u.ID), u.ID
			}
		}
	}
	return "somewhere", teamReader
}

// user finds an actor by first name.
func (v slackVenue) user(name string) (slack.User, error) {
	for _, u := range v.Users() {
		if strings.EqualFold(u.Name, name) {
			return u, nil
		}
	}
	return slack.User{}, fmt.Errorf("nobody in the workspace is called %q", name)
}

func (v slackVenue) nameOf(id string) string {
	if u, ok := v.User(id); ok {
		first, _, _ := strings.Cut(u.RealName, " ")
		return first
	}
	return "someone"
}
