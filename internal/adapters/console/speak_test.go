package console

import (
	"context"
	"errors"
	"io"
	"strings"
	"testing"

	"hoist/internal/chat"
	"hoist/internal/pim"
)

func who(name string) pim.Person {
	return pim.Person{Platform: Name, Workspace: "office", User: name}
}

func TestType_says_who_speaks(t *testing.T) {
	r := typing(t, `
/elevate Reader 1h because <INC>
Ben> /elevate status
ben>   /elevate   two  spaces
@Ben
/elevate mine
Ada> @Ben
@Ada
/elevate
`, nil)
	want := []chat.Inbound{
		{Person: who("Ada"), Text: "Reader 1h because <INC>"},
		{Person: who("Ben"), Text: "status"},
		{Person: who("Ben"), Text: "two  spaces"},
		{Person: who("Ben"), Text: "mine"},
		{Person: who("Ada"), Text: ""},
	}
	got := r.bot.seen()
	if len(got) != len(want) {
		t.Fatalf("the bot heard %+v", got)
	}
	keys := map[string]bool{}
	for i, in := range got {
		if keys[in.Delivery] || len(in.Delivery) != 64 {
			t.Errorf("delivery %q", in.Delivery)
		}
		keys[in.Delivery] = true
		if in.Delivery = ""; in != want[i] {
			t.Errorf("line %d: the bot heard %+v, want %+v", i, in, want[i])
		}
	}
}

func TestType_explains_what_it_cannot_do(t *testing.T) {
	for _, tt := range []struct{ line, says string }{
		{"hello", "type /elevate help"},
		{"/elevated", "type /elevate help"},
		{"Bob> /elevate status", "nobody here is called “Bob”; here are Ada, Ben, Gus, Dana"},
		{"@Bob\x1b[2J", "nobody here is called “Bob␛[2J”"},
		{"Dana> /elevate status", "Dana is deactivated"},
		{"@Dana", "Dana is deactivated"},
		{"press", "there is no button “”"},
		{"press 1", "there is no button “1”"},
		{"press -1", "there is no button"},
		{"press 99999999999999999999", "there is no button"},
		{"again", "nothing was delivered yet"},
		{"Ada>", ""},
		{"   ", ""},
	} {
		r := typing(t, tt.line+"\n", nil)
		if text := strings.Join(strings.Fields(r.screen.text()), " "); !strings.Contains(text, tt.says) || (tt.says == "") != (text == "") {
			t.Errorf("%q is answered %q", tt.line, text)
		}
		if len(r.bot.seen()) > 0 {
			t.Errorf("%q reached the bot", tt.line)
		}
	}
}

func TestType_again_is_the_same_delivery(t *testing.T) {
	r := typing(t, "/elevate one\nagain\n/elevate one\n", nil)
	got := r.bot.seen()
	if len(got) != 3 || got[0] != got[1] || got[0].Delivery == got[2].Delivery {
		t.Errorf("the bot heard %+v", got)
	}
	// A later run with the same store may not be taken for a repeat of this one.
	later := newRoom(t, func(c *Config) { r.clock.Advance(1); c.Clock = r.clock })
	check(t, later.Type(t.Context(), "/elevate one"))
	if later.bot.seen()[0].Delivery == got[0].Delivery {
		t.Error("two runs share a delivery key")
	}
}

func TestType_shows_answers_to_one_person(t *testing.T) {
	r := newRoom(t, nil)
	r.bot.says = func(chat.Inbound) chat.View {
		return chat.Reply{Tone: chat.Waiting, Lines: []chat.Line{chat.Say("Checking…")}}
	}
	check(t, r.Type(t.Context(), "Ben> /elevate status"))
	if got := r.screen.text(); !strings.Contains(got, "── for Ben ─") || !strings.Contains(got, "message 1 · 09:00 UTC (only Ben sees)\n    ○ Checking…") {
		t.Errorf("shown:\n%s", got)
	}
	e, err := r.Wait(t.Context(), 0, func(e Entry) bool { return e.Kind == Answered })
	if err != nil || e.Who != "Ben" || e.Text != "○ Checking…" || e.Place != (pim.Place{}) {
		t.Errorf("%+v, %v", e, err)
	}
}

func TestPress(t *testing.T) {
	post := func(t *testing.T, at pim.Place) (*room, pim.Ref) {
		t.Helper()
		r := newRoom(t, nil)
		c := announcement("asks for")
		c.Actions = []chat.Action{openPIM(), choose(1, "First"), choose(2, "Second")}
		ref, err := r.Post(t.Context(), at, "", c)
		check(t, err)
		return r, ref
	}
	says := func(t *testing.T, r *room, want string) {
		t.Helper()
		if text := strings.Join(strings.Fields(r.screen.text()), " "); !strings.HasSuffix(text, want) || len(r.bot.seen()) > 0 {
			t.Errorf("the bot heard %v; shown:\n%s", r.bot.seen(), r.screen.text())
		}
	}
	t.Run("carries_the_action", func(t *testing.T) {
		r, _ := post(t, toAda)
		check(t, r.Type(t.Context(), "press 3"))
		if got := r.bot.seen(); len(got) != 1 || got[0].Pressed != (chat.Pressed{Kind: chat.ActionChoose, ID: elevation, Value: "2"}) || got[0].Person != who("Ada") {
			t.Errorf("the bot heard %+v", got)
		}
	})
	t.Run("of_a_link_tells_the_bot_nothing", func(t *testing.T) {
		r, _ := post(t, toAda)
		check(t, r.Type(t.Context(), "press 1"))
		says(t, r, "this button is a link: open its address in a browser")
	})
	t.Run("of_somebody_elses_button_is_not_possible", func(t *testing.T) {
		r, _ := post(t, toAda)
		check(t, r.Type(t.Context(), "Ben> press 2"))
		says(t, r, "button 2 is on Ada's screen")
	})
	t.Run("in_a_channel_is_anybodys", func(t *testing.T) {
		r, _ := post(t, toFeed)
		check(t, r.Type(t.Context(), "Ben> press 2"))
		if got := r.bot.seen(); len(got) != 1 || got[0].Person != who("Ben") {
			t.Errorf("the bot heard %+v", got)
		}
	})
	t.Run("of_a_button_that_went_away_says_so", func(t *testing.T) {
		r, ref := post(t, toAda)
		c := announcement("chose")
		c.Actions = []chat.Action{choose(2, "Second"), choose(3, "Third")}
		check(t, r.Update(t.Context(), toAda, ref, c))
		e := r.Log()[r.Mark()-1]
		if len(e.Actions) != 2 || e.Actions[0].Number != 3 || e.Actions[1].Number != 4 {
			t.Errorf("a button that stays keeps its number, a new one has a new number: %+v", e.Actions)
		}
		check(t, r.Type(t.Context(), "press 2"))
		says(t, r, "button 2 is not there any more")
		check(t, r.Delete(t.Context(), toAda, ref))
		check(t, r.Type(t.Context(), "press 3"))
		says(t, r, "button 3 is not there any more")
	})
}

func TestRun_ends(t *testing.T) {
	t.Run("with_the_reader", func(t *testing.T) {
		if got := typing(t, "/elevate last line without an end", nil).bot.seen(); len(got) != 1 {
			t.Errorf("the bot heard %+v", got)
		}
	})
	t.Run("with_its_context", func(t *testing.T) {
		in, out := io.Pipe()
		defer func() { _ = out.Close() }()
		r := newRoom(t, func(c *Config) { c.In = in })
		ctx, cancel := context.WithCancel(t.Context())
		cancel()
		if err := r.Run(ctx); !errors.Is(err, context.Canceled) {
			t.Errorf("Run() = %v", err)
		}
	})
	t.Run("when_the_reader_breaks", func(t *testing.T) {
		in, out := io.Pipe()
		out.CloseWithError(io.ErrUnexpectedEOF)
		if err := newRoom(t, func(c *Config) { c.In = in }).Run(t.Context()); !errors.Is(err, io.ErrUnexpectedEOF) {
			t.Errorf("Run() = %v", err)
		}
	})
	t.Run("when_the_screen_breaks", func(t *testing.T) {
		r := newRoom(t, func(c *Config) { c.In = strings.NewReader("hello\n") })
		r.screen.breakDown(io.ErrClosedPipe)
		if err := r.Run(t.Context()); !errors.Is(err, io.ErrClosedPipe) {
			t.Errorf("Run() = %v", err)
		}
	})
}

func TestRun_drops_lines_without_end(t *testing.T) {
	r := typing(t, "/elevate "+strings.Repeat("x", 3*maxLine)+"\r\n/elevate next\r\n", nil)
	if got := r.bot.seen(); len(got) != 1 || got[0].Text != "next" {
		t.Errorf("the bot heard %d lines: %.100v", len(got), got)
	}
	if !strings.Contains(r.screen.text(), "nothing was done with this one") {
		t.Errorf("shown:\n%s", r.screen.text())
	}
}

// A session as it looks, from the first line to the last.
func TestRun_golden(t *testing.T) {
	var card pim.Ref
	r := newRoom(t, func(c *Config) {
		c.Echo = true
		c.In = strings.NewReader("/elevate User Administrator 2h because rotating keys\npress 2\n@Ben\n/elevate status\x1b[2J\nhello\n")
	})
	step := 0
	r.bot.says = func(chat.Inbound) chat.View {
		step++
		ctx := t.Context()
		switch step {
		case 1:
			choice := views()["choice"]
			_, err := r.Post(ctx, toAda, "", choice)
			check(t, err)
			return views()["reply"]
		case 2:
			var err error
			card, err = r.Post(ctx, toFeed, "", announcement("is activating"))
			check(t, err)
			check(t, r.Update(ctx, toFeed, card, announcement("holds")))
			check(t, r.Update(ctx, toFeed, card, announcement("holds")))
			_, err = r.Post(ctx, toFeed, card, chat.Note{Line: chat.Say("Active until 11:00.")})
			check(t, err)
			return nil
		}
		check(t, r.Delete(ctx, toFeed, card))
		return chat.Reply{Lines: []chat.Line{chat.Say("Nothing is active.")}}
	}
	if err := r.Run(t.Context()); err != nil {
		t.Fatal(err)
	}
	golden(t, "session", r.screen.text())
}
