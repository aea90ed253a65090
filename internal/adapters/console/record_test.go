package console

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"strings"
	"testing"
	"time"

	"hoist/internal/chat"
	"hoist/internal/pim"
)

func TestLog_tells_what_happened_and_keeps_links(t *testing.T) {
	r := newRoom(t, nil)
	ref, err := r.Post(t.Context(), toAda, "", request())
	check(t, err)
	_, err = r.Post(t.Context(), toAda, ref, chat.Note{Line: chat.Line{plain("Or "), {Kind: chat.Link, Text: "here", URL: signIn().URL}}})
	check(t, err)
	check(t, r.Update(t.Context(), toAda, ref, views()["choice"]))
	check(t, r.Type(t.Context(), "/elevate status"))
	check(t, r.Type(t.Context(), "press 4"))
	check(t, r.Delete(t.Context(), toAda, ref))
	var got []string
	for i, e := range r.Log() {
		if e.Seq != i+1 || !e.At.Equal(nine) {
			t.Errorf("entry %d is %+v", i+1, e)
		}
		got = append(got, fmt.Sprintf("%s %s %s", e.Kind, e.Who, strings.Split(e.Text, "\n")[0]))
	}
	want := []string{
		"posted  ○ Sign in to continue", "posted  Or here", "updated  ○ Which one do you mean?",
		"typed Ada /elevate status", "pressed Ada User Administrator on AU north", "deleted  ",
	}
	if fmt.Sprint(got) != fmt.Sprint(want) {
		t.Errorf("log:\n%s\nwant:\n%s", strings.Join(got, "\n"), strings.Join(want, "\n"))
	}
	raw, _ := json.Marshal(r.Log())
	if text := fmt.Sprintf("%v %+v %#v %s", r.Log(), r.Log(), r.Log(), raw); strings.Contains(text, "canary") {
		t.Error("a link is in the transcript")
	}
	if a := r.Log()[0].Actions; len(a) != 2 || a[0].URL.Reveal() != "https://hoist.example/s/canary" || a[0].Number != 1 {
		t.Errorf("actions %+v", a)
	}
}

func TestWait(t *testing.T) {
	r := newRoom(t, nil)
	found, mark := make(chan Entry), r.Mark()
	go func() {
		e, err := r.Wait(t.Context(), mark, func(e Entry) bool { return strings.Contains(e.Text, "Active") && r.Mark() > 0 })
		check(t, err)
		found <- e
	}()
	for _, text := range []string{"Checking…", "Active until 11:00"} {
		_, err := r.Post(t.Context(), toFeed, "", chat.Note{Line: chat.Say(text)})
		check(t, err)
	}
	if e := <-found; e.Kind != Posted || e.Place != toFeed {
		t.Errorf("found %+v", e)
	}
	ctx, cancel := context.WithTimeout(t.Context(), 10*time.Millisecond)
	defer cancel()
	if _, err := r.Wait(ctx, 99, func(Entry) bool { return true }); !errors.Is(err, context.DeadlineExceeded) {
		t.Errorf("Wait() = %v", err)
	}
}

// half takes the first half of what is written.
type half struct{ io.Writer }

func (h half) Write(p []byte) (int, error) { return len(p) / 2, io.ErrShortWrite }

func TestPost_says_when_a_part_may_be_shown(t *testing.T) {
	r := newRoom(t, func(c *Config) { c.Out = half{} })
	ref, err := r.Post(t.Context(), toFeed, "", announcement("holds"))
	if pim.KindOf(err) != pim.KindUnanswered || ref != "" || r.Mark() != 0 {
		t.Errorf("Post() = %q, %v", ref, err)
	}
}

func TestPost_shows_the_heading_again_after_a_broken_write(t *testing.T) {
	r := newRoom(t, nil)
	_, err := r.Post(t.Context(), toFeed, "", announcement("holds"))
	check(t, err)
	r.screen.breakDown(io.ErrClosedPipe)
	if _, err := r.Post(t.Context(), toFeed, "", announcement("holds")); pim.KindOf(err) != pim.KindUnavailable {
		t.Errorf("Post() = %v", err)
	}
	r.screen.breakDown(nil)
	_, err = r.Post(t.Context(), toFeed, "", announcement("holds"))
	check(t, err)
	if n := strings.Count(r.screen.text(), "── #elevations"); n != 2 {
		t.Errorf("%d headings in:\n%s", n, r.screen.text())
	}
}

func TestUpdate_keeps_to_its_place(t *testing.T) {
	r := newRoom(t, nil)
	ref, err := r.Post(t.Context(), toAda, "", request())
	check(t, err)
	if err := r.Update(t.Context(), toFeed, ref, announcement("holds")); pim.KindOf(err) != pim.KindNotFound {
		t.Errorf("Update() = %v", err)
	}
	if _, err := r.Post(t.Context(), toFeed, ref, announcement("holds")); pim.KindOf(err) != pim.KindBadRequest {
		t.Errorf("Post() = %v", err)
	}
	check(t, r.Delete(t.Context(), toFeed, ref))
	if _, shown := r.read(toAda, ref); !shown {
		t.Error("deleted from another place")
	}
}
