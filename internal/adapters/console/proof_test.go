package console

import (
	"context"
	"errors"
	"flag"
	"os"
	"os/exec"
	"strings"
	"testing"

	"hoist/internal/adapters/adapterstest"
	"hoist/internal/chat"
	"hoist/internal/pim"
)

// A suite that never failed proves nothing. Here the console is given one fault
// at a time, in a process of its own, and the story that is about it must fail.

var spoil = flag.String("spoil", "", "run the suite with this fault in the console")

// careless is a platform with a fault.
type careless struct {
	chat.Platform
	post    func(context.Context, pim.Place, pim.Ref, chat.View) (pim.Ref, error)
	update  func(context.Context, pim.Place, pim.Ref, chat.View) error
	remove  func(context.Context, pim.Place, pim.Ref) error
	profile func(context.Context, pim.Person) (pim.Profile, error)
}

func (c careless) Post(ctx context.Context, at pim.Place, thread pim.Ref, v chat.View) (pim.Ref, error) {
	return c.post(ctx, at, thread, v)
}

func (c careless) Update(ctx context.Context, at pim.Place, ref pim.Ref, v chat.View) error {
	return c.update(ctx, at, ref, v)
}

func (c careless) Delete(ctx context.Context, at pim.Place, ref pim.Ref) error {
	return c.remove(ctx, at, ref)
}

func (c careless) Profile(ctx context.Context, p pim.Person) (pim.Profile, error) {
	return c.profile(ctx, p)
}

// onView changes what is shown.
func onView(change func(chat.View) chat.View) func(*careless) {
	return func(c *careless) {
		post, update := c.post, c.update
		c.post = func(ctx context.Context, at pim.Place, thread pim.Ref, v chat.View) (pim.Ref, error) {
			return post(ctx, at, thread, change(v))
		}
		c.update = func(ctx context.Context, at pim.Place, ref pim.Ref, v chat.View) error {
			return update(ctx, at, ref, change(v))
		}
	}
}

// onCard changes cards and notes alone.
func onCard(change func(*chat.Card)) func(*careless) {
	return onView(func(v chat.View) chat.View {
		if c, ok := v.(chat.Card); ok {
			change(&c)
			return c
		}
		return v
	})
}

// onError changes what posting and updating say went wrong.
func onError(change func(*pim.Error) error) func(*careless) {
	return func(c *careless) {
		post, update := c.post, c.update
		turned := func(err error) error {
			if e := (*pim.Error)(nil); errors.As(err, &e) {
				return change(e)
			}
			return err
		}
		c.post = func(ctx context.Context, at pim.Place, thread pim.Ref, v chat.View) (pim.Ref, error) {
			ref, err := post(ctx, at, thread, v)
			return ref, turned(err)
		}
		c.update = func(ctx context.Context, at pim.Place, ref pim.Ref, v chat.View) error {
			return turned(update(ctx, at, ref, v))
		}
	}
}

// faults by the story that must notice them.
var faults = []struct {
	name, story string
	in          func(*careless)
}{
	{"forgets_facts", "post_shows_all_of_a_card", onCard(func(c *chat.Card) { c.Facts = nil })},
	{"forgets_buttons", "post_shows_all_of_a_card", onCard(func(c *chat.Card) { c.Actions = nil })},
	{"forgets_the_foot", "status_counts_what_it_has_no_room_for", onView(func(v chat.View) chat.View {
		if s, ok := v.(chat.StatusCard); ok {
			s.Foot = nil
			return s
		}
		return v
	})},
	{"drops_entries", "status_counts_what_it_has_no_room_for", onView(func(v chat.View) chat.View {
		if s, ok := v.(chat.StatusCard); ok {
			s.Entries = s.Entries[:min(9, len(s.Entries))]
			return s
		}
		return v
	})},
	{"posts_once", "post_again_is_another_message", func(c *careless) {
		post, last := c.post, pim.Ref("")
		c.post = func(ctx context.Context, at pim.Place, thread pim.Ref, v chat.View) (pim.Ref, error) {
			if last != "" {
				return last, nil
			}
			var err error
			last, err = post(ctx, at, thread, v)
			return last, err
		}
	}},
	{"does_not_update", "update_shows_only_the_new_view", func(c *careless) {
		c.update = func(context.Context, pim.Place, pim.Ref, chat.View) error { return nil }
	}},
	{"does_not_delete", "delete_removes_and_can_be_repeated", func(c *careless) { c.remove = func(context.Context, pim.Place, pim.Ref) error { return nil } }},
	{"ignores_threads", "a_note_stands_in_its_cards_thread", func(c *careless) {
		post := c.post
		c.post = func(ctx context.Context, at pim.Place, _ pim.Ref, v chat.View) (pim.Ref, error) {
			return post(ctx, at, "", v)
		}
	}},
	{"posts_personal_links", "a_personal_link_stays_personal", onView(func(v chat.View) chat.View { return chat.Reply{Lines: []chat.Line{chat.Say(v.Summary())}} })},
	{"swaps_buttons", "a_press_carries_its_button", onCard(func(c *chat.Card) {
		for i := range c.Actions {
			c.Actions[i].Value = "1"
		}
	})},
	{"gives_up_too_soon", "unreachable_is_tried_again", onError(func(e *pim.Error) error { e.Kind = pim.KindUndeliverable; return e })},
	{"never_gives_up", "a_place_that_is_gone_is_told_once_and_for_all", onError(func(e *pim.Error) error { e.Kind = pim.KindUnavailable; return e })},
	{"never_gives_up", "a_person_who_is_gone_is_told_once_and_for_all", onError(func(e *pim.Error) error { e.Kind = pim.KindUnavailable; return e })},
	{"tells_bare_errors", "unreachable_is_tried_again", onError(func(*pim.Error) error { return errors.New("broken pipe") })},
	{"tells_links", "unreachable_is_tried_again", onError(func(e *pim.Error) error { e.Err = errors.New("GET /s/canary-of-a-personal-link"); return e })},
	{"posts_for_nobody", "nothing_is_done_once_nobody_waits", func(c *careless) {
		post := c.post
		c.post = func(ctx context.Context, at pim.Place, thread pim.Ref, v chat.View) (pim.Ref, error) {
			return post(context.WithoutCancel(ctx), at, thread, v)
		}
	}},
	{"lets_guests_in", "profiles", func(c *careless) {
		profile := c.profile
		c.profile = func(ctx context.Context, p pim.Person) (pim.Profile, error) {
			got, err := profile(ctx, p)
			got.Barred = ""
			return got, err
		}
	}},
	{"cuts_bytes", "long_text_is_cut_between_letters_and_says_so", onView(func(v chat.View) chat.View {
		if r, ok := v.(chat.Reply); ok && len(r.Lines[0]) > 1 && len(r.Lines[0][1].Text) > 700 {
			r.Lines[0][1].Text = strings.ToValidUTF8(r.Lines[0][1].Text[:700], "") + "…"
		}
		return v
	})},
}

func TestSuite_spoilt(t *testing.T) {
	if *spoil == "" {
		t.Skip("a part of TestSuite_notices, which runs it in processes of its own")
	}
	adapterstest.Run(t, func(t *testing.T) adapterstest.Fixture {
		f := suiteFixture(t)
		for _, fault := range faults {
			if fault.name != *spoil {
				continue
			}
			p := f.Platform
			c := &careless{p, p.Post, p.Update, p.Delete, p.Profile}
			fault.in(c)
			f.Platform = c
			return f
		}
		t.Fatalf("there is no fault %q", *spoil)
		return f
	})
}

func TestSuite_notices(t *testing.T) {
	self, err := os.Executable()
	if err != nil {
		t.Skip("this process does not know its own program")
	}
	for _, fault := range faults {
		t.Run(fault.name+"_in_"+fault.story, func(t *testing.T) {
			out, err := exec.CommandContext(t.Context(), self, "-test.run=^TestSuite_spoilt$/^"+fault.story+"$", "-spoil="+fault.name).CombinedOutput()
			if err == nil || !strings.Contains(string(out), "--- FAIL: TestSuite_spoilt/"+fault.story) {
				t.Errorf("nobody noticed (%v):\n%s", err, out)
			}
		})
	}
}
