package fault

import (
	"slices"
	"strings"
	"time"

	"hoist/internal/pim"
	"hoist/internal/sim/tenant"
)

// This file judges what people were shown: I1, I4, I5 and I7.

// cards: an elevation ends in one visible state, and the card that tells it
// agrees with the record and with PIM wherever it stands.
func (j *judge) cards() {
	final := finally(j.Shown)
	for _, r := range j.Records {
		if r.State.Open() {
			j.broken("I1", "%s never ended: %s", r.ID, r.State)
		}
		if want, ok := j.outcome(r); ok && r.State != want {
			j.broken("I5", "%s: the record says %s, PIM's log %s", r.ID, r.State, want)
		}
		for _, p := range r.Posts {
			if p.Retry.Dead {
				continue
			}
			cards := of(final, placeOf(p.Place), r.ID, true)
			if len(cards) == 0 {
				j.broken("I1", "%s has no card in %s", r.ID, placeOf(p.Place))
				continue
			}
			if !anyClaims(cards, ClaimOf(r), p.Place.Kind) {
				j.broken("I5", "%s is %s, its card in %s says %s", r.ID, r.State, placeOf(p.Place), quote(cards[len(cards)-1].Text))
			}
		}
	}
	for _, s := range final {
		if s.Card && !j.knows(s.Elevation) {
			j.broken("I1", "a card of an elevation that no record knows: %s", quote(s.Text))
		}
	}
}

// outcome is what an elevation must have come to by PIM's log alone; false when
// PIM never heard of it.
func (j *judge) outcome(r pim.Elevation) (pim.State, bool) {
	for _, h := range activations(j.Requests) {
		if h.elevation == r.ID {
			if h.over.Before(h.end) {
				return pim.EndedEarly, true
			}
			return pim.Expired, true
		}
	}
	for _, q := range j.Requests {
		if reference(q) != r.ID || !strings.EqualFold(q.Action, "selfActivate") {
			continue
		}
		switch q.Status {
		case tenant.StatusDenied:
			return pim.Denied, true
		case tenant.StatusCanceled:
			return pim.Canceled, true
		case tenant.StatusTimedOut:
			return pim.Lapsed, true
		}
	}
	switch r.State {
	case pim.Expired, pim.EndedEarly, pim.Denied:
		return "nothing", true
	default:
		return "", false
	}
}

// notices: each start, each end and each refusal was told once in every place
// that shows the elevation.
func (j *judge) notices() {
	final := slices.DeleteFunc(finally(j.Shown), func(s Shown) bool { return s.Answer })
	for _, r := range j.Records {
		want, ok := j.outcome(r)
		if !ok {
			continue
		}
		told := [][]Claim{{ClaimOf(pim.Elevation{State: want})}}
		if want == pim.Expired {
			told = [][]Claim{{Holding}, {Over}}
		}
		if want == pim.EndedEarly { // a notice may go out before anybody said when, and is not told again
			told = [][]Claim{{Holding}, {Over, SeenOver}}
		}
		for _, p := range r.Posts {
			if p.Place.Kind == pim.Decider || p.Retry.Dead {
				continue
			}
			for _, claims := range told {
				j.once(claiming(of(final, placeOf(p.Place), r.ID, false), claims), claims[0], r.ID, p.Place)
			}
		}
	}
}

func (j *judge) once(lines []Shown, claim Claim, id pim.ID, at pim.Place) {
	if len(lines) == 0 {
		j.broken("I7", "nobody was told in %s that %s is %s", placeOf(at), id, claim)
		return
	}
	for _, l := range lines[1:] {
		if l.Text != lines[0].Text {
			j.broken("I7", "%s was told in %s twice, in different words: %s and %s", id, placeOf(at), quote(lines[0].Text), quote(l.Text))
		}
	}
}

// surplus: a fault may leave one message too many, an orphan card or a line
// repeated word for word, and no more.
func (j *judge) surplus() {
	final := finally(j.Shown)
	var extra []string
	for i, s := range final {
		for _, earlier := range final[:i] {
			sameCard := s.Card && earlier.Card && s.Elevation == earlier.Elevation
			sameLine := !s.Card && !earlier.Card && s.Text == earlier.Text
			if s.Place == earlier.Place && (sameCard || sameLine) {
				extra = append(extra, s.Place+": "+quote(s.Text))
				break
			}
		}
	}
	if len(extra) > j.Faults {
		j.broken("I7", "%d messages too many after %d faults: %s", len(extra), j.Faults, strings.Join(extra, "; "))
	}
}

// truth: nothing was said that PIM had not said by then, nor that was over
// already.
func (j *judge) truth() {
	granted := activations(j.Requests)
	for _, s := range j.Shown {
		if s.Gone {
			continue
		}
		claim, clock := Read(s.Text)
		if !j.bears(s, claim, clock, granted) {
			j.broken("I4", "%s, %s: %s, which PIM did not say: %s", s.At.Format(time.TimeOnly), s.Place, claim, quote(s.Text))
		}
	}
}

// bears reports whether PIM's log bears a claim out at the moment it was made.
func (j *judge) bears(s Shown, claim Claim, clock string, granted []held) bool {
	some := func(f func(held) bool) bool {
		for _, h := range granted {
			if (s.Elevation == "" || h.elevation == s.Elevation) && !s.At.Before(h.start) && f(h) {
				return true
			}
		}
		return false
	}
	switch claim {
	case Holding, SetRight:
		return some(func(h held) bool { return s.At.Before(h.known()) && (clock == "" || j.clock(h.end) == clock) })
	case Over:
		return some(func(h held) bool { return !s.At.Before(h.over) && j.clock(h.over) == clock })
	case OverEarly:
		return some(func(h held) bool { return h.over.Before(h.end) && !s.At.Before(h.over) && j.clock(h.over) == clock })
	case SeenOver: // at any time after it ended
		return some(func(h held) bool {
			return h.over.Before(h.end) && !j.last(clock, s.At).Before(h.over.Truncate(time.Minute))
		})
	case Waiting:
		return j.asked(s, "")
	case SaidNo:
		return j.asked(s, tenant.StatusDenied)
	case NotGranted, Dropped, Nothing:
		return !some(func(h held) bool { return s.At.Before(h.over) })
	default:
		return true
	}
}

// asked reports whether PIM had a request that wants approval, in a status
// unless that is empty.
func (j *judge) asked(s Shown, status string) bool {
	for _, r := range j.Requests {
		if r.ApprovalID != "" && (s.Elevation == "" || reference(r) == s.Elevation) && !s.At.Before(r.Created) && (status == "" || r.Status == status) {
			return true
		}
	}
	return false
}

func (j *judge) clock(t time.Time) string { return t.In(j.Zone).Format("15:04") }

// last is when a time of day was last, before a moment; the zero time for no
// time of day.
func (j *judge) last(clock string, before time.Time) time.Time {
	of, err := time.Parse("15:04", clock)
	if err != nil {
		return time.Time{}
	}
	year, month, day := before.In(j.Zone).Date()
	at := time.Date(year, month, day, of.Hour(), of.Minute(), 0, 0, j.Zone)
	if at.After(before) {
		return at.AddDate(0, 0, -1)
	}
	return at
}

func (j *judge) knows(id pim.ID) bool {
	for _, r := range j.Records {
		if r.ID == id {
			return true
		}
	}
	return false
}

// placeOf names a place as [Shown] does.
func placeOf(p pim.Place) string {
	if p.Kind == pim.Feed {
		return "feed"
	}
	return "direct " + p.Address
}

// of are the cards of an elevation at a place, or its notices; a notice that
// names no elevation may be any's.
func of(shown []Shown, place string, id pim.ID, card bool) []Shown {
	var all []Shown
	for _, s := range shown {
		if s.Place == place && s.Card == card && (s.Elevation == id || !card && s.Elevation == "") {
			all = append(all, s)
		}
	}
	return all
}

func claiming(shown []Shown, one []Claim) []Shown {
	var all []Shown
	for _, s := range shown {
		if got, _ := Read(s.Text); slices.Contains(one, got) {
			all = append(all, s)
		}
	}
	return all
}

// anyClaims reports whether a card says what it must. An approver's says who
// decided, and only that it is over.
func anyClaims(cards []Shown, want Claim, kind pim.PlaceKind) bool {
	for _, s := range cards {
		got, _ := Read(s.Text)
		if got == want || kind == pim.Decider && got != Waiting {
			return true
		}
	}
	return false
}
