package slack_test

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	sim "hoist/internal/sim/slack"
)

func TestSay_is_read_by_those_in_the_room(t *testing.T) {
	w := newWorld(t)
	m, err := w.Say("U0ANNA", "ops", "5 < 6 & *so on*")
	if err != nil {
		t.Fatal(err)
	}
	if _, err := w.Reply("U0BEN", m, "yes"); err != nil {
		t.Fatal(err)
	}
	if got := w.TextSpans(m, "U0BEN"); len(got) != 1 || got[0] != (sim.Span{Text: "5 < 6 & *so on*"}) {
		t.Errorf("Ben reads %+v", got)
	}
	if got := w.Thread("ops", m.TS); len(got) != 1 || got[0].User != "U0BEN" || got[0].Text != "yes" {
		t.Errorf("the thread holds %+v", got)
	}
	if len(w.heard) > 0 {
		t.Error("the app heard of it")
	}
}

func TestSay_refuses(t *testing.T) {
	w := newWorld(t)
	for _, c := range []struct{ name, user, channel, text, want string }{
		{"who_is_not_in_the_channel", "U0BEN", "quiet", "hello", "not in channel"},
		{"who_has_left", "U0GONE", "ops", "hello", "cannot sign in"},
		{"an_archived_channel", "U0ANNA", "old", "hello", "archived"},
		{"nothing", "U0ANNA", "ops", " ", "nothing to send"},
	} {
		t.Run(c.name, func(t *testing.T) {
			_, err := w.Say(c.user, c.channel, c.text)
			mustErrorSay(t, err, c.want)
		})
	}
	_, err := w.Reply("U0ANNA", sim.Message{Channel: "C0OPS", TS: "1.2"}, "hello")
	mustErrorSay(t, err, "no such thread")
}

func TestJoined_are_the_channels_of_a_person(t *testing.T) {
	w := newWorld(t)
	var names []string
	for _, c := range w.Joined("U0BEN") {
		names = append(names, c.Name)
	}
	if diff := cmp.Diff([]string{"ops", "secret"}, names); diff != "" {
		t.Error(diff)
	}
	if m, err := w.Say("U0BEN", "", "hello"); err != nil || m.Channel != w.DirectID("U0BEN") || w.App().ID != "U0BOT" {
		t.Errorf("said in %q: %v", m.Channel, err)
	}
}
