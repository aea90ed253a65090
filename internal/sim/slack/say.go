package slack

import (
	"errors"
	"fmt"
	"strings"
)

// Say is a person writing into a channel (by id or name) or, with an empty
// channel, into their direct message with the app. The app hears nothing of it:
// message events are not simulated.
func (s *Slack) Say(user, channel, text string) (Message, error) {
	return s.say(user, channel, "", text)
}

// Reply is a person writing into a message's thread.
func (s *Slack) Reply(user string, parent Message, text string) (Message, error) {
	return s.say(user, parent.Channel, parent.TS, text)
}

func (s *Slack) say(user, channel, thread, text string) (Message, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	u := s.users[user]
	if u == nil || u.Deleted {
		return Message{}, fmt.Errorf("%s cannot sign in to Slack", user)
	}
	r := s.directRoomOr(user, channel)
	switch {
	case r == nil || !r.holds(user):
		return Message{}, fmt.Errorf("%s is not in channel %q", user, channel)
	case r.Archived:
		return Message{}, fmt.Errorf("#%s is archived", r.Name)
	case thread != "" && s.message(r.ID, thread) == nil:
		return Message{}, errors.New("there is no such thread")
	case strings.TrimSpace(text) == "":
		return Message{}, errors.New("there is nothing to send")
	}
	m := &Message{Channel: r.ID, TS: s.ids.ts(s.now()), ThreadTS: thread, User: user, Text: escapeText.Replace(text), At: s.now(), Markdown: true}
	s.publish(r, m)
	return *m, nil
}
