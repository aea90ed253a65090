package adapterstest

import (
	"testing"
)

func noteInThread(t *testing.T, f Fixture) {
	first, second := f.post(t, f.Channel, "", announcement("holds one")), f.post(t, f.Channel, "", announcement("holds two"))
	ref := f.post(t, f.Channel, second, note("It ended."))
	if ref == second {
		t.Errorf("the note and its card are both called %q", ref)
	}
	says(t, f.read(t, f.Channel, ref).Text, "It ended.", "rotating keys")
	if in := f.Thread(f.Channel, second); len(in) != 1 {
		t.Errorf("%d notes with the second card", len(in))
	} else {
		says(t, in[0].Text, "It ended.")
	}
	if in := f.Thread(f.Channel, first); len(in) != 0 {
		t.Errorf("%d notes with the first card", len(in))
	}
	f.update(t, f.Channel, second, announcement("held two"))
	if in := f.Thread(f.Channel, second); len(in) != 1 {
		t.Errorf("after an update of the card, its thread has %d notes", len(in))
	}
}

// noteForDeleted: what is owed to people does not go with a card that somebody
// removed.
func noteForDeleted(t *testing.T, f Fixture) {
	ref := f.post(t, f.Channel, "", announcement("holds one"))
	f.remove(t, f.Channel, ref)
	says(t, f.read(t, f.Channel, f.post(t, f.Channel, ref, note("It ended."))).Text, "It ended.")
}
