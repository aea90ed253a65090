package slack

import (
	"context"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"hoist/internal/chat"
	"hoist/internal/pim"
	sim "hoist/internal/sim/slack"
)

var checking = chat.Reply{Tone: chat.Waiting, Lines: []chat.Line{chat.Say("Checking…")}}

// The bot works on while it answers, and may be done before Slack has read the
// acknowledgement.
func TestSim_an_interim_answer_stands_above_what_it_announces(t *testing.T) {
	w := newWorld(t)
	posted := make(chan error, 1)
	w.bot.says = func(ctx context.Context, in chat.Inbound) chat.View {
		go func() {
			at := pim.Place{Kind: pim.Requester, Platform: Name, Workspace: "T111", Address: in.Person.User}
			_, err := w.platform.Post(context.WithoutCancel(ctx), at, "", chat.Reply{Lines: []chat.Line{chat.Say("Active.")}})
			posted <- err
		}()
		time.Sleep(50 * time.Millisecond)
		return checking
	}
	if _, err := w.TypeCommand(t.Context(), "U222", "", "/elevate UA 2h"); err != nil {
		t.Fatal(err)
	}
	if err := <-posted; err != nil {
		t.Fatal(err)
	}
	var order []string
	for _, e := range w.Log() {
		if e.Kind == sim.Ephemeral || e.Kind == sim.Posted {
			order = append(order, w.Render(e.Message, "U222").Text())
		}
	}
	if got := strings.Join(order, " | "); got != "○ Checking… | Active." {
		t.Errorf("Ann reads %s", got)
	}
}

func TestOrder(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var o order
		first := o.hold("U222")
		second := o.hold("U222")
		time.AfterFunc(300*time.Millisecond, first)
		time.AfterFunc(200*time.Millisecond, second)
		for user, want := range map[string]time.Duration{"U666": 0, "U222": 300 * time.Millisecond} {
			began := time.Now()
			o.await(t.Context(), user)
			if got := time.Since(began); got != want {
				t.Errorf("%s waited %s, want %s", user, got, want)
			}
		}
		first() // released once more does nothing
		if len(o.held) != 0 {
			t.Errorf("still held: %v", o.held)
		}
	})
}

func TestOrder_waits_no_longer_than_an_answer_takes(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var o order
		o.hold("U222")
		began := time.Now()
		o.await(t.Context(), "U222")
		if got := time.Since(began); got != heldAtMost {
			t.Errorf("waited %s", got)
		}
		hurried, cancel := context.WithTimeout(t.Context(), time.Second)
		defer cancel()
		began = time.Now()
		if o.await(hurried, "U222"); time.Since(began) != time.Second {
			t.Errorf("waited %s past its own time", time.Since(began))
		}
	})
}
