package adapterstest

import (
	"fmt"
	"sync"
	"testing"

	"hoist/internal/pim"
)

// manyAtOnce is worth most under the race detector.
func manyAtOnce(t *testing.T, f Fixture) {
	const cards = 16
	refs := make([]pim.Ref, cards)
	var all sync.WaitGroup
	for i := range cards {
		all.Go(func() { refs[i] = f.busy(t, i) })
	}
	all.Wait()
	seen := map[pim.Ref]bool{}
	for i, ref := range refs {
		if seen[ref] {
			t.Errorf("two messages are called %q", ref)
		}
		seen[ref] = true
		if i%4 == 3 {
			if _, shown := f.Read(f.Channel, ref); shown {
				t.Errorf("card %d is deleted and shown", i)
			}
			continue
		}
		says(t, f.read(t, f.Channel, ref).Text, fmt.Sprintf("held number <%d>", i))
		if in := f.Thread(f.Channel, ref); len(in) != 1 {
			t.Errorf("card %d has %d notes", i, len(in))
		}
	}
}

// busy is the life of one card among others.
func (f Fixture) busy(t *testing.T, i int) pim.Ref {
	ref, err := f.Platform.Post(t.Context(), f.Channel, "", announcement(fmt.Sprintf("holds number <%d>", i)))
	if err != nil {
		t.Error(err)
		return ""
	}
	if err := f.Platform.Update(t.Context(), f.Channel, ref, announcement(fmt.Sprintf("held number <%d>", i))); err != nil {
		t.Error(err)
	}
	if i%4 == 3 {
		err = f.Platform.Delete(t.Context(), f.Channel, ref)
	} else {
		_, err = f.Platform.Post(t.Context(), f.Channel, ref, note(fmt.Sprintf("number %d ended", i)))
	}
	if err != nil {
		t.Error(err)
	}
	if _, err := f.Platform.Profile(t.Context(), f.Known); err != nil {
		t.Error(err)
	}
	return ref
}
