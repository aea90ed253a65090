package slack_test

import (
	"context"
	"errors"
	"slices"
	"sync"
	"testing"
	"time"

	sim "hoist/internal/sim/slack"
)

func TestWait(t *testing.T) {
	w := newWorld(t)
	posted := func(text string) func(sim.Entry) bool {
		return func(e sim.Entry) bool { return e.Kind == sim.Posted && e.Message.Text == text }
	}
	t.Run("finds_what_is_there_already", func(t *testing.T) {
		if _, _, err := w.api.PostMessageContext(t.Context(), "ops", say("one")); err != nil {
			t.Fatal(err)
		}
		e, err := w.Wait(within(t), 0, posted("one"))
		if err != nil || e.Seq != 1 || !e.At.Equal(nine) || e.Channel != "C0OPS" {
			t.Errorf("entry = %+v, %v", e, err)
		}
	})
	t.Run("blocks_until_it_appears", func(t *testing.T) {
		mark := w.Mark()
		done := make(chan sim.Entry, 1)
		ctx := within(t)
		go func() {
			e, _ := w.Wait(ctx, mark, posted("two"))
			done <- e
		}()
		for _, text := range []string{"one", "two"} {
			if _, _, err := w.api.PostMessageContext(t.Context(), "ops", say(text)); err != nil {
				t.Fatal(err)
			}
		}
		if e := <-done; e.Seq != mark+2 {
			t.Errorf("entry = %+v, want number %d", e, mark+2)
		}
	})
	t.Run("ends_with_its_context", func(t *testing.T) {
		ctx, cancel := context.WithTimeout(t.Context(), 10*time.Millisecond)
		defer cancel()
		if _, err := w.Wait(ctx, w.Mark(), posted("never")); !errors.Is(err, context.DeadlineExceeded) {
			t.Errorf("error = %v", err)
		}
	})
}

func TestLog_tells_the_story_in_order(t *testing.T) {
	w := newWorld(t)
	w.answersJSON(`{"text":"Checking…"}`)
	if _, err := w.TypeCommand(t.Context(), "U0ANNA", "ops", "/elevate"); err != nil {
		t.Fatal(err)
	}
	m := w.post(t, "ops", `[{"type":"actions","elements":[{"type":"button","action_id":"a","text":{"type":"plain_text","text":"Go"}}]}]`)
	w.answers(nil)
	if _, err := w.Press(t.Context(), "U0BEN", m, "a"); err != nil {
		t.Fatal(err)
	}
	if _, _, err := w.api.DeleteMessageContext(t.Context(), m.Channel, m.TS); err != nil {
		t.Fatal(err)
	}
	var kinds []sim.Kind
	for i, e := range w.Log() {
		kinds = append(kinds, e.Kind)
		if e.Seq != i+1 {
			t.Errorf("entry %d has number %d", i+1, e.Seq)
		}
	}
	if want := []sim.Kind{sim.Typed, sim.Ephemeral, sim.Posted, sim.Pressed, sim.Deleted}; !slices.Equal(kinds, want) {
		t.Errorf("log = %q, want %q", kinds, want)
	}
}

// Many people and the app at once; the race detector judges the rest.
func TestSlack_serves_many_at_once(t *testing.T) {
	w := newWorld(t)
	m := w.post(t, "ops", `[{"type":"actions","elements":[{"type":"button","action_id":"a","text":{"type":"plain_text","text":"Go"}}]}]`)
	var group sync.WaitGroup
	for range 8 {
		group.Go(func() {
			if _, err := w.TypeCommand(t.Context(), "U0ANNA", "ops", "/elevate"); err != nil {
				t.Error(err)
			}
			if _, err := w.Press(t.Context(), "U0BEN", m, "a"); err != nil {
				t.Error(err)
			}
			if _, _, _, err := w.api.UpdateMessageContext(t.Context(), m.Channel, m.TS, say("x"), rawBlocks(t, `[{"type":"divider"}]`)); err != nil {
				t.Error(err)
			}
			for _, seen := range w.Visible("U0BEN") {
				w.Render(seen, "U0BEN")
			}
		})
	}
	group.Wait()
	if got := w.CallCount("chat.update"); got != 8 {
		t.Errorf("%d updates", got)
	}
}
