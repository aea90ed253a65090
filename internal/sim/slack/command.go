package slack

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"mime"
	"net/url"
	"regexp"
	"slices"
	"strings"
)

// Ack is what a person sees at once after typing a command.
type Ack struct {
	Delivery Delivery
	// Message is what the acknowledgement itself showed; nil when it was empty.
	Message *Message
}

// TypeCommand is a person typing a slash command into a channel (by id or
// name) or, with an empty channel, into their direct message with the app. The
// error's text is what Slack shows when the app does not answer.
//
// Slack offers an app's commands only to its own workspace. The simulator lets
// a stranger type one all the same, so that the app's own check is tested.
func (s *Slack) TypeCommand(ctx context.Context, user, channel, line string) (Ack, error) {
	body, room, command, err := s.prepareCommand(user, channel, line)
	if err != nil {
		return Ack{}, fmt.Errorf("type %q: %w", line, err)
	}
	s.mu.Lock()
	to := s.deliver.Commands
	s.mu.Unlock()
	d, err := s.post(ctx, "command", to, body, nil)
	if err != nil {
		return Ack{Delivery: d}, s.commandFailed(err, user, room, command)
	}
	m, err := s.showAck(user, room, line, d)
	return Ack{Delivery: d, Message: m}, err
}

func (s *Slack) prepareCommand(user, channel, line string) (body []byte, room, command string, err error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	u := s.users[user]
	if u == nil || u.Deleted {
		return nil, "", "", fmt.Errorf("%s cannot sign in to Slack", user)
	}
	r := s.directRoomOr(user, channel)
	if r == nil || !r.holds(user) {
		return nil, "", "", fmt.Errorf("%s is not in channel %q", user, channel)
	}
	command, text, _ := strings.Cut(strings.TrimSpace(line), " ")
	if !slices.Contains(s.cfg.App.Commands, command) {
		return nil, "", "", fmt.Errorf("%s is not a valid command", command)
	}
	s.note(Entry{Kind: Typed, User: user, Channel: r.ID, Text: line})
	return s.commandForm(u, r, command, strings.TrimSpace(text)), r.ID, command, nil
}

func (s *Slack) directRoomOr(user, channel string) *room {
	if channel == "" {
		return s.directRoom(user)
	}
	return s.find(channel)
}

// commandForm encodes a command with the fields of "Implementing slash
// commands", in the order in which Slack sends them.
func (s *Slack) commandForm(u *User, r *room, command, text string) []byte {
	if s.cfg.App.EscapeCommands {
		text = s.escapeCommand(text)
	}
	t := s.cfg.Seed.Team
	form := [][2]string{
		{"token", s.cfg.App.VerificationToken},
		{"team_id", u.TeamID},
		{"team_domain", s.domainOf(u)},
		{"channel_id", r.ID},
		{"channel_name", r.payloadName()},
		{"user_id", u.ID},
		{"user_name", u.Name},
		{"command", command},
		{"text", text},
		{"api_app_id", s.cfg.App.ID},
		{"is_enterprise_install", "false"},
	}
	if t.EnterpriseID != "" && !s.stranger(u) {
		form = append(form, [2]string{"enterprise_id", t.EnterpriseID}, [2]string{"enterprise_name", t.EnterpriseName})
	}
	form = append(form,
		[2]string{"response_url", s.newResponseURL(u.ID, r.ID, "", nil)},
		[2]string{"trigger_id", s.newTrigger(u.ID, "")})
	var b bytes.Buffer
	for i, field := range form {
		if i > 0 {
			b.WriteByte('&')
		}
		b.WriteString(field[0] + "=" + url.QueryEscape(field[1]))
	}
	return b.Bytes()
}

func (s *Slack) domainOf(u *User) string {
	if s.stranger(u) {
		return strings.ToLower(u.TeamID)
	}
	return s.cfg.Seed.Team.Domain
}

var named = regexp.MustCompile(`[@#][\p{L}\p{N}._-]+|https?://[^\s<>]+`)

// escapeCommand rewrites a command's text as the app's escape switch asks.
func (s *Slack) escapeCommand(text string) string {
	return named.ReplaceAllStringFunc(escapeText.Replace(text), func(word string) string {
		switch {
		case word[0] == '@':
			for _, u := range s.users {
				if u.Name == word[1:] {
					return "<@" + u.ID + "|" + u.Name + ">"
				}
			}
		case word[0] == '#':
			if r := s.find(word[1:]); r != nil {
				return "<#" + r.ID + "|" + r.Name + ">"
			}
		default:
			return "<" + word + ">"
		}
		return word
	})
}

// commandFailed shows a person that the app did not answer.
func (s *Slack) commandFailed(err error, user, room, command string) error {
	if failure, ok := errors.AsType[*DeliveryError](err); ok {
		failure.Shown = fmt.Sprintf("%s failed with the error %q", command, failure.Shown)
		s.fail(user, room, failure.Shown)
	}
	return err
}

// showAck turns the acknowledgement into what the person sees: nothing, text,
// or a message that is ephemeral unless it says otherwise.
func (s *Slack) showAck(user, room, line string, d Delivery) (*Message, error) {
	fields, err := ackFields(d)
	if err != nil || fields == nil {
		return nil, err
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	c, no := s.readContent(fields)
	if no != nil {
		s.note(Entry{Kind: Failed, User: user, Channel: room, Text: no.code})
		return nil, fmt.Errorf("the acknowledgement is refused: %s %v", no.code, no.messages)
	}
	if c.empty() {
		return nil, nil
	}
	if fields.str("response_type") != "in_channel" {
		m := *s.whisper(room, user, "", c)
		return &m, nil
	}
	// in_channel also publishes what the person typed.
	typed := &Message{Channel: room, TS: s.ids.ts(s.now()), User: user, Text: escapeText.Replace(line), At: s.now()}
	s.publish(s.rooms[room], typed)
	m := s.newMessage(room, c)
	s.publish(s.rooms[room], m)
	shown := *m
	return &shown, nil
}

// ackFields decodes an acknowledgement; nil means that it was empty.
func ackFields(d Delivery) (arguments, error) {
	if len(bytes.TrimSpace(d.Reply)) == 0 {
		return nil, nil
	}
	if kind, _, _ := mime.ParseMediaType(d.ReplyHeader.Get("Content-Type")); kind != "application/json" {
		return arguments{"text": string(d.Reply)}, nil
	}
	var fields object
	if err := json.Unmarshal(d.Reply, &fields); err != nil {
		return nil, fmt.Errorf("decode the acknowledgement: %w", err)
	}
	for name, v := range fields {
		if v == nil {
			delete(fields, name)
		}
	}
	return arguments(fields), nil
}
