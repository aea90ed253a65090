package slack

import (
	"slices"
	"strings"
)

// byTime orders messages as a person reads them.
func byTime(a, b Message) int { return strings.Compare(a.TS, b.TS) }

// Visible returns every message a person can see: those of the channels they
// are in, of their direct message with the app, and their own ephemeral ones.
func (s *Slack) Visible(user string) []Message {
	s.mu.Lock()
	defer s.mu.Unlock()
	var seen []Message
	for _, r := range s.rooms {
		if r.holds(user) {
			seen = append(seen, present(r.messages)...)
		}
	}
	for _, m := range present(s.whispers) {
		if m.For == user {
			seen = append(seen, m)
		}
	}
	slices.SortFunc(seen, byTime)
	return seen
}

// Joined returns the channels a person is in, by name.
func (s *Slack) Joined(user string) []Channel {
	s.mu.Lock()
	defer s.mu.Unlock()
	var in []Channel
	for _, r := range s.rooms {
		if !r.direct() && r.holds(user) {
			c := r.Channel
			c.Members = slices.Clone(c.Members)
			in = append(in, c)
		}
	}
	slices.SortFunc(in, func(a, b Channel) int { return strings.Compare(a.Name, b.Name) })
	return in
}

// DirectID returns the id of a person's direct message with the app.
func (s *Slack) DirectID(user string) string {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.directRoom(user).ID
}

// App returns who the app is in the workspace.
func (s *Slack) App() User {
	s.mu.Lock()
	defer s.mu.Unlock()
	return *s.users[s.cfg.App.BotUserID]
}

// Channel returns what everybody in a channel sees outside threads. The channel
// is named by id or name.
func (s *Slack) Channel(ref string) []Message {
	return s.inRoom(ref, func(m Message) bool { return m.ThreadTS == "" })
}

// Thread returns the replies to a message.
func (s *Slack) Thread(ref, ts string) []Message {
	return s.inRoom(ref, func(m Message) bool { return m.ThreadTS == ts })
}

// Direct returns a person's direct message with the app, without ephemerals.
func (s *Slack) Direct(user string) []Message {
	s.mu.Lock()
	defer s.mu.Unlock()
	return present(s.directRoom(user).messages)
}

func (s *Slack) inRoom(ref string, want func(Message) bool) []Message {
	s.mu.Lock()
	defer s.mu.Unlock()
	r := s.find(ref)
	if r == nil {
		return nil
	}
	return slices.DeleteFunc(present(r.messages), func(m Message) bool { return !want(m) })
}

// Message returns a message as it stands now, ephemeral ones included.
func (s *Slack) Message(channel, ts string) (Message, bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if m := s.anyMessage(channel, ts); m != nil {
		return *m, true
	}
	return Message{}, false
}

// anyMessage finds a message of either kind; the caller holds the lock.
func (s *Slack) anyMessage(channel, ts string) *Message {
	if m := s.message(channel, ts); m != nil {
		return m
	}
	for _, m := range s.whispers {
		if m.Channel == channel && m.TS == ts && !m.Gone {
			return m
		}
	}
	return nil
}

// Modal returns the modal on top of what a person has open.
func (s *Slack) Modal(user string) (View, bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	stack := s.stacks[user]
	if len(stack) == 0 {
		return View{}, false
	}
	return *s.views[stack[len(stack)-1]], true
}

// Home returns a person's Home tab, once the app has published one.
func (s *Slack) Home(user string) (View, bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	v := s.views[s.homes[user]]
	if v == nil {
		return View{}, false
	}
	return *v, true
}

// Reload is a person reloading their client: ephemeral messages are gone
// without a trace, as chat.postEphemeral warns.
func (s *Slack) Reload(user string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, m := range s.whispers {
		if m.For == user {
			m.Gone = true
		}
	}
}

// present copies the messages that still exist.
func present(all []*Message) []Message {
	var out []Message
	for _, m := range all {
		if !m.Gone {
			out = append(out, *m)
		}
	}
	return out
}
