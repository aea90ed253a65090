package adapterstest

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"hoist/internal/chat"
	"hoist/internal/pim"
)

func postShowsAll(t *testing.T, f Fixture) {
	m := f.shown(t, f.Direct, card("Which one do you mean?"))
	says(t, m.Text,
		"Which one do you mean?", "Role", "User Administrator on AU north", "Reason", "rotating keys for INC-4711",
		"PIM will ask an approver after that.", "The link is yours alone.", connect)
	says(t, m.Text, "Reference "+string(elevation))
	if diff := cmp.Diff([]string{"OpeninPIM", "Choosethefirst", "Choosethesecond"}, labels(m)); diff != "" {
		t.Errorf("buttons (-want +got):\n%s", diff)
	}
	harmless(t, m)
}

func postAgain(t *testing.T, f Fixture) {
	first, second := f.post(t, f.Channel, "", announcement("holds one")), f.post(t, f.Channel, "", announcement("holds one"))
	if first == second {
		t.Fatalf("two messages are called %q", first)
	}
	f.update(t, f.Channel, second, announcement("held two"))
	says(t, f.read(t, f.Channel, first).Text, "Ann Example holds one")
	says(t, f.read(t, f.Channel, second).Text, "Ann Example held two")
}

func updateShowsOnlyTheNew(t *testing.T, f Fixture) {
	ref := f.post(t, f.Direct, "", card("Which one do you mean?"))
	after := chat.Card{
		Kind: chat.RequestCard, ID: elevation, Tone: chat.Good, Headline: chat.Say("Active now"),
		Actions: []chat.Action{signIn()}, Foot: chat.Say("the new foot"),
	}
	f.update(t, f.Direct, ref, after)
	m := f.read(t, f.Direct, ref)
	says(t, m.Text, "Active now", "the new foot")
	silent(t, m.Text, "Which one do you mean?", "User Administrator", "INC-4711", "approver", connect, "Reference")
	if diff := cmp.Diff([]string{"Signintocontinue"}, labels(m)); diff != "" {
		t.Errorf("buttons (-want +got):\n%s", diff)
	}
	f.update(t, f.Direct, ref, note("a note instead"))
	m = f.read(t, f.Direct, ref)
	says(t, m.Text, "a note instead")
	silent(t, m.Text, "Active now", "the new foot")
	if len(m.Buttons) > 0 {
		t.Errorf("buttons %v are left over", m.Buttons)
	}
}

func updateTwice(t *testing.T, f Fixture) {
	ref := f.post(t, f.Channel, "", announcement("asks"))
	f.update(t, f.Channel, ref, announcement("holds it"))
	once := f.read(t, f.Channel, ref)
	f.update(t, f.Channel, ref, announcement("holds it"))
	if diff := cmp.Diff(once, f.read(t, f.Channel, ref)); diff != "" {
		t.Errorf("the same view reads differently the second time (-first +second):\n%s", diff)
	}
}

func deleteRemoves(t *testing.T, f Fixture) {
	gone, stays := f.post(t, f.Channel, "", announcement("is activating")), f.post(t, f.Channel, "", announcement("stays"))
	f.remove(t, f.Channel, gone)
	if m, shown := f.Read(f.Channel, gone); shown {
		t.Errorf("the deleted message still shows:\n%s", m.Text)
	}
	f.remove(t, f.Channel, gone)
	says(t, f.read(t, f.Channel, stays).Text, "stays")
}

func updateOfDeleted(t *testing.T, f Fixture) {
	for name, where := range map[string]pim.Place{"channel": f.Channel, "direct": f.Direct} {
		ref := f.post(t, where, "", note("soon gone"))
		f.remove(t, where, ref)
		err := f.Platform.Update(t.Context(), where, ref, note("back again"))
		f.told(t, "update in "+name, err, pim.KindNotFound)
		if m, shown := f.Read(where, ref); shown {
			t.Errorf("it is back:\n%s", m.Text)
		}
	}
}
