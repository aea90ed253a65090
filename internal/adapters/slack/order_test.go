package slack

import (
	"context"
	"net/http"
	"net/url"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"hoist/internal/chat"
	"hoist/internal/pim"
	sim "hoist/internal/sim/slack"
)

var checking = chat.Reply{Tone: chat.Waiting, Lines: []chat.Line{chat.Say("Checking…")}, Interim: true}

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

func TestHandler_says_an_interim_answer_in_the_acknowledgement_when_it_must(t *testing.T) {
	s := newSink(t)
	s.next = func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(http.StatusServiceUnavailable) }
	b := newBench(t, func(c *HandlerConfig) { c.ResponseOrigins = []string{s.URL} })
	b.bot.says = func(context.Context, chat.Inbound) chat.View { return checking }
	for _, address := range []string{s.URL + "/c", "https://evil.example/c", ""} {
		w := b.command(commandForm(url.Values{"response_url": {address}}))
		if w.Code != http.StatusOK || !strings.Contains(w.Body.String(), "Checking") {
			t.Errorf("%s: answer %d %q", address, w.Code, w.Body)
		}
	}
	s.next = nil
	if w := b.command(commandForm(url.Values{"response_url": {s.URL + "/c"}})); w.Code != http.StatusOK || w.Body.Len() != 0 {
		t.Errorf("said twice: %d %q", w.Code, w.Body)
	}
	if got := s.received(); len(got) != 2 || !strings.Contains(got[1], "Checking") {
		t.Errorf("received %q", got)
	}
	if c := b.counted(t); len(c) != 0 {
		t.Errorf("counted %v", c)
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
