package slackweb

import (
	"regexp"
	"time"

	"hoist/internal/sim/slack"
)

// item is a message as one person sees it.
type item struct {
	ID       string
	Author   person
	Time, At string // as read, and as machines read it
	Full     string // day and time
	// Only marks what nobody else sees, Edited the label of a changed message.
	Only, Edited bool
	Prose        []paragraph
	Blocks       []block
	Wire         string
	Replies      int
	Thread       string // where the thread opens; empty where there is none
	Open         bool   // the thread that stands beside
}

var notInID = regexp.MustCompile(`[^A-Za-z0-9_-]+`)

// slug is text made fit for an id in the page.
func slug(text string) string { return notInID.ReplaceAllString(text, "-") }

func keyOf(m slack.Message) string { return m.Channel + "-" + m.TS }

// view is what one person looks at: a room, perhaps with a thread beside it.
type view struct {
	who    slack.User
	room   room
	thread string
	back   string // the address, to return to after an act
	// prefix keeps ids apart where one message stands twice in a page.
	prefix string
}

// feed returns the messages that pass a test, in the order of the log, which
// also tells where a failure stood that is no message.
func (p *Pages) feed(v view, log []slack.Entry, want func(slack.Message) bool) []item {
	now := map[string]slack.Message{}
	replies := map[string]int{}
	for _, m := range p.slack.Visible(v.who.ID) {
		if m.Channel != v.room.ID {
			continue
		}
		now[keyOf(m)] = m
		if m.ThreadTS != "" {
			replies[m.Channel+"-"+m.ThreadTS]++
		}
	}
	version := versions(log)
	var all []item
	for _, e := range log {
		switch e.Kind {
		case slack.Posted, slack.Ephemeral:
			m, visible := now[keyOf(e.Message)]
			if visible && want(m) {
				one := p.item(v, m, version[keyOf(m)])
				one.Replies = replies[keyOf(m)]
				all = append(all, one)
			}
		case slack.Failed:
			if e.User == v.who.ID && e.Channel == v.room.ID && v.prefix == "m-" {
				all = append(all, p.failure(v, e))
			}
		default: // no line of its own
		}
	}
	return all
}

// versions says for every message which entry last changed it: the snapshot
// that stands on the page.
func versions(log []slack.Entry) map[string]int {
	last := map[string]int{}
	for _, e := range log {
		switch e.Kind {
		case slack.Posted, slack.Ephemeral, slack.Updated:
			last[keyOf(e.Message)] = e.Seq
		default:
		}
	}
	return last
}

func (p *Pages) item(v view, m slack.Message, seen int) item {
	author, _ := p.slack.User(m.User)
	if m.User == "" {
		author = p.slack.App()
	}
	one := item{ID: v.prefix + slug(keyOf(m)), Author: p.drawn(author), Only: m.Ephemeral(), Edited: m.Edited}
	p.stamp(&one, v.who, m.At)
	if len(m.Blocks) == 0 {
		one.Prose = p.topProse(m, v.who.ID)
	}
	s := surface{
		pages: p, who: v.who, on: m, key: keyOf(m), prefix: one.ID + "-",
		Place: place{Who: v.who.Name, Channel: m.Channel, TS: m.TS, Seen: seen, Back: v.back},
	}
	one.Blocks = s.blocks(m.Blocks)
	if p.cfg.Wire != nil {
		one.Wire = p.cfg.Wire(m)
	}
	if !m.Ephemeral() && m.ThreadTS == "" && v.prefix == "m-" {
		one.Thread, one.Open = v.room.URL+"?thread="+m.TS, m.TS == v.thread
	}
	return one
}

// topProse is a message's text of its own. What people type stays as they typed
// it.
func (p *Pages) topProse(m slack.Message, reader string) []paragraph {
	spans := p.slack.TextSpans(m, reader)
	if m.Markdown && m.User == p.slack.App().ID {
		return quoted(spans)
	}
	return unquoted(spans)
}

// failure is the line by which Slack says that the app did not answer.
func (p *Pages) failure(v view, e slack.Entry) item {
	one := item{ID: "m-failed-" + slug(e.At.UTC().Format("150405")) + "-" + itoa(e.Seq), Only: true, Prose: unquoted([]slack.Span{{Text: e.Text}})}
	one.Author = p.drawn(slack.User{ID: "USLACKBOT", Name: "slackbot", RealName: "Slackbot", Bot: true})
	p.stamp(&one, v.who, e.At)
	return one
}

// stamp writes when something was, with the day where it is not today.
func (p *Pages) stamp(one *item, who slack.User, at time.Time) {
	there := at.In(zone(who))
	one.At = there.Format(time.RFC3339)
	one.Full = p.slack.When(at, "{date_long} {time}", who.ID)
	one.Time = p.slack.When(at, "{time}", who.ID)
	if p.cfg.Clock.Now().In(zone(who)).Format(time.DateOnly) != there.Format(time.DateOnly) {
		one.Time = p.slack.When(at, "{date_short_pretty} {time}", who.ID)
	}
}
