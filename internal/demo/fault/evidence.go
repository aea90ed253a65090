package fault

import (
	"cmp"
	"slices"
	"strings"
	"time"

	"hoist/internal/pim"
	"hoist/internal/sim/graph"
	"hoist/internal/sim/slack"
	"hoist/internal/sim/tenant"
)

// Evidence is everything that a run left outside the program.
type Evidence struct {
	// Faults is how many processes were killed or frozen. Each may have left one
	// message too many: a card that nothing knows of, or one line repeated word
	// for word.
	Faults int
	// Shown is every message that the program posted or changed, in order.
	Shown []Shown
	// Calls and Requests are PIM's side: what reached it, and what became of it.
	Calls    []graph.Call
	Requests []tenant.Request
	// Audit is what each process wrote, by its name.
	Audit map[string][]byte
	// Unended names the processes that did not close their log.
	Unended []string
	// Records and Due are the store's, after the last process ended.
	Records []pim.Elevation
	Due     []string
	// Texts are where no secret may be: the store's keys and values and the logs,
	// by where they were found. Secrets are what was made up during the run.
	Texts   map[string]string
	Secrets []string
	// Linked are the Entra accounts of each chat user.
	Linked map[string][]string
	// Zone is that of the texts in Shown.
	Zone *time.Location
}

// Shown is one message at one moment, as people read it.
type Shown struct {
	At time.Time
	// Place is "feed", or "direct " and a user's id.
	Place string
	ID    string // of the message within its place
	// Card is false for a notice: a line told once.
	Card bool
	// Elevation is whose it is; empty where the message does not say.
	Elevation pim.ID
	Text      string
	// Answer: it says how things stand to somebody who asked or pressed. It must
	// be true, and is no notice.
	Answer bool
	// Gone: the message was deleted.
	Gone bool
}

// ReadSlack makes of the simulated Slack's log what people were shown. Messages
// that only one person saw for a moment, answers to what they typed, are left
// out: nothing is promised by them.
func ReadSlack(s *slack.Slack, feed, reader string) []Shown {
	places := map[string]string{feed: "feed"}
	for _, u := range s.Users() {
		for _, m := range s.Direct(u.ID) {
			places[m.Channel] = "direct " + u.ID
		}
	}
	var all []Shown
	of := map[string]pim.ID{} // by message, for replies in its thread
	for _, e := range s.Log() {
		place, known := places[e.Channel]
		if !known || !slices.Contains([]slack.Kind{slack.Posted, slack.Updated, slack.Deleted}, e.Kind) {
			continue
		}
		text, id := s.Render(e.Message, reader).Text(), elevationOf(e.Message)
		if id == "" {
			id = of[e.Message.ThreadTS]
		}
		of[e.Message.TS] = id
		all = append(all, Shown{
			At: e.At, Place: place, ID: e.Message.TS, Elevation: id, Text: text,
			Card: e.Message.ThreadTS == "" && strings.Contains(text, "Reference H-"), Answer: answers.MatchString(text), Gone: e.Kind == slack.Deleted,
		})
	}
	return all
}

// elevationOf reads the mark that the adapter leaves in a message's metadata.
func elevationOf(m slack.Message) pim.ID {
	payload, _ := m.Metadata["event_payload"].(map[string]any)
	id, _ := payload["elevation"].(string)
	return pim.ID(id)
}

// finally is how messages stand in the end, oldest first, without those that
// were deleted.
func finally(shown []Shown) []Shown {
	last := map[string]Shown{}
	for _, s := range shown {
		last[s.Place+" "+s.ID] = s
	}
	var all []Shown
	for _, s := range last {
		if !s.Gone {
			all = append(all, s)
		}
	}
	slices.SortFunc(all, func(a, b Shown) int { return cmp.Or(cmp.Compare(a.Place, b.Place), cmp.Compare(a.ID, b.ID)) })
	return all
}
