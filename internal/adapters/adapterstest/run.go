package adapterstest

import (
	"slices"
	"testing"
)

// Run tells every story to a platform. f makes a fresh fixture.
func Run(t *testing.T, f func(t *testing.T) Fixture) {
	stories := slices.Concat(lives(), shows(), tricks(), troubles())
	for name := range f(t).Owes {
		if !slices.ContainsFunc(stories, func(s story) bool { return s.name == name }) {
			t.Errorf("the fixture owes %q, which is no story", name)
		}
	}
	for _, s := range stories {
		t.Run(s.name, func(t *testing.T) {
			x := complete(t, f(t))
			if debt := x.Owes[s.name]; debt != "" {
				t.Skipf("%s owes this: %s", x.Platform.Name(), debt)
			}
			s.tell(t, x)
		})
	}
}

// story is one promise of a platform.
type story struct {
	name string
	tell func(t *testing.T, f Fixture)
}

func lives() []story {
	return []story{
		{"post_shows_all_of_a_card", postShowsAll},
		{"post_again_is_another_message", postAgain},
		{"update_shows_only_the_new_view", updateShowsOnlyTheNew},
		{"update_twice_is_the_same", updateTwice},
		{"delete_removes_and_can_be_repeated", deleteRemoves},
		{"update_of_a_deleted_message_is_not_found", updateOfDeleted},
		{"a_note_stands_in_its_cards_thread", noteInThread},
		{"a_note_for_a_deleted_card_is_told_all_the_same", noteForDeleted},
		{"places_of_others_take_nothing", foreignPlaces},
		{"references_of_others_are_refused", foreignReferences},
		{"a_personal_link_stays_personal", personalLinks},
		{"a_press_carries_its_button", pressCarries},
	}
}

func shows() []story {
	return []story{
		{"every_view_is_taken", everyView},
		{"a_view_of_nothing_is_still_a_message", viewsOfNothing},
		{"status_counts_what_it_has_no_room_for", statusOfSixty},
		{"help_says_what_was_not_understood", helpShows},
		{"times_are_the_readers", timesAreTheReaders},
		{"links_lead_where_they_should", linksLead},
	}
}

func tricks() []story {
	return []story{
		{"hostile_text_is_shown_and_does_nothing", hostileText},
		{"long_text_is_cut_between_letters_and_says_so", cutsBetweenLetters},
		{"long_labels_are_cut_between_letters", cutsLabels},
		{"too_much_of_everything_is_still_a_message", tooMuch},
	}
}

func troubles() []story {
	return append(faults(), []story{
		{"nothing_is_done_once_nobody_waits", canceled},
		{"profiles", profiles},
		{"many_at_once", manyAtOnce},
	}...)
}

// complete fails for a fixture that would let stories pass by.
func complete(t *testing.T, f Fixture) Fixture {
	t.Helper()
	if f.Platform == nil || f.Read == nil || f.Thread == nil || f.Press == nil || f.Zone == nil || f.Profile.Name == "" {
		t.Fatal("the fixture lacks the platform, a way to look at it, or what is true of it")
	}
	for _, m := range must {
		if f.Cannot[m] != "" {
			t.Fatalf("%s: every platform must be able to tell this", m)
		}
	}
	return f
}

// strike brings a fault about, or skips the story with the platform's reason.
func (f Fixture) strike(t *testing.T, fault Fault) {
	t.Helper()
	if f.Break[fault] != nil {
		f.Break[fault]()
		return
	}
	f.excuse(t, fault)
}

// excuse skips what a platform says that it cannot have, and fails for what it
// says nothing about.
func (f Fixture) excuse(t *testing.T, fault Fault) {
	t.Helper()
	if why := f.Cannot[fault]; why != "" {
		t.Skipf("%s cannot be %q: %s", f.Platform.Name(), fault, why)
	}
	t.Fatalf("the fixture neither brings about %q nor says why it cannot be", fault)
}
