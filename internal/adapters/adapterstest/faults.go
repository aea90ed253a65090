package adapterstest

import (
	"context"
	"errors"
	"slices"
	"testing"
	"time"

	"hoist/internal/pim"
)

// again are kinds after which a call is tried again, and which say nothing about
// the place or the message.
var again = []pim.Kind{pim.KindUnavailable, pim.KindUnanswered}

// gone is final: nothing owed to the place is tried again.
var gone = []pim.Kind{pim.KindUndeliverable}

// left is what may come of messages that stand in the direct messages of
// somebody who left: some services keep those open, with nobody to read them.
var left = []pim.Kind{pim.KindUndeliverable, ""}

// want is what a fault is told as, by call; "" is no error. A call that is not
// there may not fail.
type want map[string][]pim.Kind

func always(kinds ...pim.Kind) want {
	return want{"post": kinds, "reply": kinds, "update": kinds, "delete": kinds, "profile": kinds}
}

// faults follows chat.Platform: only what is final is told as undeliverable.
func faults() []story {
	var all []story
	for _, f := range []struct {
		name  string
		fault Fault
		want  want
	}{
		{"throttled_is_told_with_the_wait", Throttled, always(pim.KindThrottled)},
		{"unreachable_is_tried_again", Unreachable, always(again...)},
		{"silence_ends_with_the_caller", Silent, always(again...)},
		{"a_place_that_is_gone_is_told_once_and_for_all", PlaceGone, want{"post": gone, "reply": gone, "update": gone}},
		{"a_person_who_is_gone_is_told_once_and_for_all", PersonGone, want{"post": gone, "reply": left, "update": left}},
		// An operator can mend it, so what is owed must not be struck off.
		{"a_revoked_token_is_no_fault_of_the_place", TokenRevoked, always(pim.KindForbidden, pim.KindUnavailable, pim.KindUnknown)},
	} {
		all = append(all, story{f.name, func(t *testing.T, x Fixture) { x.suffers(t, f.fault, f.want) }})
	}
	return all
}

// suffers makes every call under a fault.
func (f Fixture) suffers(t *testing.T, fault Fault, want want) {
	where := f.Channel
	if fault == PersonGone {
		where = f.Direct
	}
	ref := f.post(t, where, "", announcement("is activating"))
	f.strike(t, fault)
	for _, c := range f.calls(where, ref) {
		t.Run(c.name, func(t *testing.T) {
			ctx, cancel := context.WithTimeout(t.Context(), patience(fault))
			defer cancel()
			begun := time.Now()
			err := c.do(ctx)
			if took := time.Since(begun); took > 5*time.Second {
				t.Errorf("it took %v", took)
			}
			kinds := want[c.name]
			if kinds == nil || c.name == "profile" && f.Register {
				kinds = []pim.Kind{""}
			}
			if err == nil && slices.Contains(kinds, "") {
				return
			}
			f.told(t, c.name, err, kinds...)
			if fault == Throttled && wait(err) != RetryAfter {
				t.Errorf("retry after %v, the service asked for %v", wait(err), RetryAfter)
			}
		})
	}
}

// patience is how long a caller waits: shortly when there will be no answer.
func patience(f Fault) time.Duration {
	if f == Silent {
		return 100 * time.Millisecond
	}
	return time.Minute
}

// canceled: nothing is done for a caller who has gone, and the caller learns
// that it was not done.
func canceled(t *testing.T, f Fixture) {
	ref := f.post(t, f.Channel, "", announcement("is activating"))
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	for _, c := range f.calls(f.Channel, ref) {
		err := c.do(ctx)
		f.told(t, c.name, err, pim.KindUnavailable)
		if !errors.Is(err, context.Canceled) {
			t.Errorf("%s: %v does not say that it was canceled", c.name, err)
		}
	}
	says(t, f.read(t, f.Channel, ref).Text, "is activating")
	if in := f.Thread(f.Channel, ref); len(in) > 0 {
		t.Errorf("%d replies are there all the same", len(in))
	}
}
