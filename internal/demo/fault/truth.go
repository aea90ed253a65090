package fault

import (
	"bytes"
	"cmp"
	"encoding/json"
	"regexp"
	"slices"
	"strings"
	"time"

	"hoist/internal/pim"
	"hoist/internal/sim/tenant"
)

// held is one activation as PIM's own log has it.
type held struct {
	elevation pim.ID // from the justification; empty when it is not ours
	request   tenant.Request
	start     time.Time
	end       time.Time // as granted
	over      time.Time // when it really ended
}

// noticedWithin is how long an end before its time may go unseen: PIM tells
// nobody, and lists are compared once a minute.
const noticedWithin = 3 * time.Minute

// known is from when on nobody may say that it lasts.
func (h held) known() time.Time {
	if h.over.Before(h.end) {
		return h.over.Add(noticedWithin)
	}
	return h.end
}

// activations reads PIM's log: what was granted, cut short where a later
// request ended it.
func activations(requests []tenant.Request) []held {
	var all []held
	for _, r := range requests {
		if !strings.EqualFold(r.Action, "selfActivate") || r.Status != tenant.StatusProvisioned || r.ValidationOnly {
			continue
		}
		h := held{elevation: reference(r), request: r, start: r.Start, end: r.Start.Add(r.Duration)}
		if !r.End.IsZero() {
			h.end = r.End
		}
		h.over = h.end
		for _, d := range requests {
			if strings.EqualFold(d.Action, "selfDeactivate") && d.TargetScheduleID == r.TargetScheduleID && d.Created.Before(h.over) {
				h.over = d.Created
			}
		}
		all = append(all, h)
	}
	return all
}

var referenceIn = regexp.MustCompile(`\(Hoist (H-[0-9A-Z]+)\)$`)

// reference is which elevation a request names in its justification.
func reference(r tenant.Request) pim.ID {
	if m := referenceIn.FindStringSubmatch(r.Justification); m != nil {
		return pim.ID(m[1])
	}
	return ""
}

// entry is one record of the audit log, as far as the judge reads it.
type entry struct {
	At   time.Time
	Kind string
	// Record's members are those of the log's schema.
	Record struct {
		Elevation pim.ID
		Event     string
		From, To  pim.State
		Revision  int64
		Principal struct{ ID string }
	}
}

// entries reads every whole record of all processes, in order of time. Whether
// the files are whole is judged elsewhere.
func entries(audit map[string][]byte) []entry {
	var all []entry
	for _, text := range audit {
		for line := range bytes.Lines(text) {
			var e entry
			if json.Unmarshal(line, &e) == nil && e.Kind == "record" {
				all = append(all, e)
			}
		}
	}
	slices.SortStableFunc(all, func(a, b entry) int {
		return cmp.Or(a.At.Compare(b.At), cmp.Compare(a.Record.Revision, b.Record.Revision))
	})
	return all
}
