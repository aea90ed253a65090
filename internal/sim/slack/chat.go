package slack

import (
	"encoding/json"
	"slices"
	"strings"
	"time"
	"unicode/utf8"
)

// Lengths of the text argument. chat.postMessage cuts silently (with a
// warning) where chat.update refuses; see "Truncating really long messages" in
// Slack's changelog and the errors of chat.update.
const (
	maxPostedText  = 40_000
	maxUpdatedText = 4_000
)

// Message is a message as it stands, a snapshot for whoever holds it.
type Message struct {
	Channel  string // channel or direct message id
	TS       string // its identifier in the channel
	ThreadTS string // the parent's TS for a reply
	User     string // the author
	Text     string // top-level text: the notification, and the body without blocks
	Blocks   []map[string]any
	Metadata map[string]any
	// For is the only person who sees an ephemeral message.
	For string
	// Edited marks the "(edited)" label; changes of messages with blocks do not
	// show it.
	Edited bool
	Gone   bool
	At     time.Time
	// Parse and LinkNames are how the top-level text was asked to be parsed.
	Parse     string
	LinkNames bool
	// Markdown is false when the author switched mrkdwn off.
	Markdown bool
	// UnfurlLinks and UnfurlMedia are what the author asked for; Slack's
	// default unfurls media and, for apps, not links.
	UnfurlLinks, UnfurlMedia bool
}

// Ephemeral reports whether one person alone sees the message.
func (m Message) Ephemeral() bool { return m.For != "" }

// content is what the chat methods and response URLs have in common.
type content struct {
	text      string
	blocks    []object
	hasBlocks bool // blocks were given, perhaps as an empty list
	metadata  object
	parse     string
	linkNames bool
	markdown  bool
	unfurl    [2]bool // links, media
}

// readContent decodes and validates what a message consists of.
func (s *Slack) readContent(a arguments) (content, *problem) {
	c := content{text: a.str("text"), parse: a.str("parse"), linkNames: a.truth("link_names"), markdown: true}
	c.markdown = !a.has("mrkdwn") || a.truth("mrkdwn")
	c.unfurl = [2]bool{a.truth("unfurl_links"), !a.has("unfurl_media") || a.truth("unfurl_media")}
	if a.has("attachments") {
		if v, ok := a.structured("attachments"); !ok || v != nil && len(asList(v)) > 0 {
			return c, &problem{code: "invalid_arguments", messages: []string{"attachments are not simulated [json-pointer:/attachments]"}}
		}
	}
	raw, ok := a.structured("blocks")
	if !ok {
		return c, refuse("invalid_blocks_format")
	}
	c.hasBlocks = raw != nil
	if raw != nil {
		if c.blocks, ok = asObjects(raw); !ok {
			return c, refuse("invalid_blocks_format")
		}
		if faults := checkMessageBlocks(c.blocks); len(faults) > 0 {
			return c, &problem{code: "invalid_blocks", messages: faults}
		}
		c.blocks = s.complete(c.blocks)
	}
	return c, readMetadata(a, &c)
}

func readMetadata(a arguments, c *content) *problem {
	raw, ok := a.structured("metadata")
	if !ok {
		return refuse("invalid_metadata_format")
	}
	fields, isObject := raw.(object)
	if raw == nil || isObject && textOf(fields, "event_type") == "" && fields["event_payload"] == nil {
		return nil // nothing, or the empty metadata that slack-go always adds
	}
	_, hasPayload := fields["event_payload"].(object)
	if !isObject || textOf(fields, "event_type") == "" || !hasPayload {
		return refuse("invalid_metadata_schema")
	}
	c.metadata = fields
	return nil
}

func (c content) empty() bool { return c.text == "" && len(c.blocks) == 0 }

// put writes the content into a message.
func (c content) put(m *Message) {
	m.Text, m.Blocks = c.text, c.blocks
	m.Parse, m.LinkNames, m.Markdown = c.parse, c.linkNames, c.markdown
	m.UnfurlLinks, m.UnfurlMedia = c.unfurl[0], c.unfurl[1]
	if c.metadata != nil {
		m.Metadata = c.metadata
	}
}

// newMessage makes a message by the app; the caller holds the lock.
func (s *Slack) newMessage(room string, c content) *Message {
	m := &Message{Channel: room, TS: s.ids.ts(s.now()), User: s.cfg.App.BotUserID, At: s.now()}
	c.put(m)
	return m
}

// addressee finds where chat.postMessage goes: a channel id, a channel name, or
// a person, whose direct message with the app is then used.
func (s *Slack) addressee(ref string) (*room, *problem) {
	if u := s.users[ref]; u != nil && !u.Bot {
		if u.Deleted {
			return nil, refuse("channel_not_found") // unsure: the code is not documented
		}
		return s.directRoom(u.ID), nil
	}
	r := s.find(ref)
	bot := s.cfg.App.BotUserID
	switch {
	case r == nil, r.Private && !r.holds(bot):
		return nil, refuse("channel_not_found")
	case r.Archived:
		return nil, refuse("is_archived")
	case !r.holds(bot) && !s.hasScope("chat:write.public"):
		return nil, refuse("not_in_channel")
	}
	return r, nil
}

// postMessage implements chat.postMessage.
func (s *Slack) postMessage(req *request) (object, *problem) {
	r, no := s.addressee(req.str("channel"))
	if no != nil {
		return nil, no
	}
	c, no := s.readContent(req.arguments)
	if no != nil {
		return nil, no
	}
	if c.empty() {
		return nil, refuse("no_text")
	}
	if utf8.RuneCountInString(c.text) > maxPostedText {
		c.text = string([]rune(c.text)[:maxPostedText])
		req.warnings = append(req.warnings, "message_truncated")
	}
	m := s.newMessage(r.ID, c)
	if thread := req.str("thread_ts"); thread != "" {
		if s.message(r.ID, thread) == nil {
			return nil, refuse("thread_not_found")
		}
		m.ThreadTS = thread
	}
	s.publish(r, m)
	return object{"channel": r.ID, "ts": m.TS, "message": s.messageObject(m)}, nil
}

// publish adds a message to a room; the caller holds the lock.
func (s *Slack) publish(r *room, m *Message) {
	r.messages = append(r.messages, m)
	s.noteMessage(Posted, m)
}

// message finds a message that everybody in a room sees.
func (s *Slack) message(room, ts string) *Message {
	r := s.rooms[room]
	if r == nil {
		return nil
	}
	i := slices.IndexFunc(r.messages, func(m *Message) bool { return m.TS == ts && !m.Gone })
	if i < 0 {
		return nil
	}
	return r.messages[i]
}

// own finds a message by the app. The channel must be an id: chat.update and
// chat.delete know neither names nor people, so a direct message needs the D…
// id that posting returned.
func (s *Slack) own(req *request, cannot string) (*Message, *problem) {
	r := s.rooms[req.str("channel")]
	if r == nil || r.Private && !r.holds(s.cfg.App.BotUserID) {
		return nil, refuse("channel_not_found")
	}
	m := s.message(r.ID, req.str("ts"))
	switch {
	case m == nil:
		return nil, refuse("message_not_found")
	case m.User != s.cfg.App.BotUserID:
		return nil, refuse(cannot)
	case r.Archived:
		return nil, refuse("is_archived")
	}
	return m, nil
}

// updateMessage implements chat.update. Text without blocks removes the blocks.
func (s *Slack) updateMessage(req *request) (object, *problem) {
	m, no := s.own(req, "cant_update_message")
	if no != nil {
		return nil, no
	}
	c, no := s.readContent(req.arguments)
	switch {
	case no != nil:
		return nil, no
	case c.empty() && !c.hasBlocks:
		return nil, refuse("no_text")
	case c.empty() && m.Text == "":
		return nil, refuse("no_text")
	case utf8.RuneCountInString(c.text) > maxUpdatedText:
		return nil, refuse("msg_too_long")
	}
	if c.text == "" {
		c.text = m.Text // blocks alone keep the old text
	}
	if c.parse == "" {
		// Older reference text says that chat.update defaults to parse=client,
		// unlike chat.postMessage (unsure today). The stricter reading shows
		// what an app risks that leaves it out.
		c.parse = "client"
	}
	c.put(m)
	m.Edited = m.Edited || len(c.blocks) == 0
	s.noteMessage(Updated, m)
	return object{"channel": m.Channel, "ts": m.TS, "text": m.Text, "message": s.messageObject(m)}, nil
}

// deleteMessage implements chat.delete.
func (s *Slack) deleteMessage(req *request) (object, *problem) {
	m, no := s.own(req, "cant_delete_message")
	if no != nil {
		return nil, no
	}
	m.Gone = true
	s.noteMessage(Deleted, m)
	return object{"channel": m.Channel, "ts": m.TS}, nil
}

// postEphemeral implements chat.postEphemeral. The person must be in the room.
func (s *Slack) postEphemeral(req *request) (object, *problem) {
	r := s.find(req.str("channel"))
	bot := s.cfg.App.BotUserID
	switch {
	case r == nil, r.Private && !r.holds(bot):
		return nil, refuse("channel_not_found")
	case r.Archived:
		return nil, refuse("is_archived")
	case !r.holds(bot) && !s.hasScope("chat:write.public"):
		return nil, refuse("not_in_channel")
	case !r.holds(req.str("user")):
		return nil, refuse("user_not_in_channel")
	}
	c, no := s.readContent(req.arguments)
	if no != nil {
		return nil, no
	}
	if c.empty() {
		return nil, refuse("no_text")
	}
	m := s.whisper(r.ID, req.str("user"), req.str("thread_ts"), c)
	return object{"message_ts": m.TS}, nil
}

// whisper shows a message to one person; the caller holds the lock.
func (s *Slack) whisper(room, user, thread string, c content) *Message {
	m := s.newMessage(room, c)
	m.For, m.ThreadTS = user, thread
	s.whispers = append(s.whispers, m)
	s.noteMessage(Ephemeral, m)
	return m
}

// getPermalink implements chat.getPermalink.
func (s *Slack) getPermalink(req *request) (object, *problem) {
	r := s.rooms[req.str("channel")]
	if r == nil {
		return nil, refuse("channel_not_found")
	}
	m := s.message(r.ID, req.str("message_ts"))
	if m == nil {
		return nil, refuse("message_not_found")
	}
	link := "https://" + s.cfg.Seed.Team.Domain + ".slack.com/archives/" + r.ID + "/p" + strings.ReplaceAll(m.TS, ".", "")
	if m.ThreadTS != "" {
		link += "?thread_ts=" + m.ThreadTS + "&cid=" + r.ID
	}
	return object{"channel": r.ID, "permalink": link}, nil
}

// messageObject is a message as the API and deliveries show it.
func (s *Slack) messageObject(m *Message) object {
	o := object{
		"type": "message", "user": m.User, "text": echoed(m.Text), "ts": m.TS, "team": s.cfg.Seed.Team.ID,
	}
	if m.User == s.cfg.App.BotUserID {
		o["bot_id"], o["app_id"] = s.cfg.App.BotID, s.cfg.App.ID
	}
	if len(m.Blocks) > 0 {
		o["blocks"] = escapedCopy(m.Blocks)
	}
	if m.ThreadTS != "" {
		o["thread_ts"] = m.ThreadTS
	}
	if m.Metadata != nil {
		o["metadata"] = m.Metadata
	}
	if m.Edited {
		o["edited"] = object{"user": m.User, "ts": m.TS}
	}
	return o
}

// escapedCopy copies blocks as Slack echoes them: the text of plain_text and
// rich text objects comes back HTML-escaped (bolt-python issue 513).
func escapedCopy(blocks []object) []object {
	var out []object
	b, err := json.Marshal(blocks)
	if err != nil || json.Unmarshal(b, &out) != nil {
		return nil
	}
	for _, block := range out {
		walk(block, func(o object) {
			text, ok := o["text"].(string)
			if !ok {
				return
			}
			if textOf(o, "type") == "mrkdwn" {
				o["text"] = echoed(text)
				return
			}
			o["text"] = escapeText.Replace(text)
		})
	}
	return out
}
