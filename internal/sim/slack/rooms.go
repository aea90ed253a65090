package slack

import (
	"slices"
	"strings"
)

// room is a channel or a direct message with what was said in it.
type room struct {
	Channel
	partner  string // the person, when this is a direct message with the app
	messages []*Message
}

func (r *room) direct() bool { return r.partner != "" }

// payloadName is what deliveries call the room.
func (r *room) payloadName() string {
	switch {
	case r.direct():
		return "directmessage"
	case r.Private:
		return "privategroup"
	}
	return r.Name
}

// holds reports whether a user is in the room.
func (r *room) holds(user string) bool {
	return r.partner == user && user != "" || slices.Contains(r.Members, user)
}

// find returns the room with an id or a name; the caller holds the lock.
func (s *Slack) find(ref string) *room {
	if r := s.rooms[ref]; r != nil {
		return r
	}
	name := strings.TrimPrefix(ref, "#")
	for _, r := range s.rooms {
		if r.Name == name && name != "" {
			return r
		}
	}
	return nil
}

// directRoom returns the app's direct message with a person and makes it when
// it is needed; the caller holds the lock.
func (s *Slack) directRoom(user string) *room {
	for _, r := range s.rooms {
		if r.partner == user {
			return r
		}
	}
	r := &room{Channel: Channel{ID: s.ids.id("D")}, partner: user}
	r.Members = []string{user, s.cfg.App.BotUserID}
	s.rooms[r.ID] = r
	return r
}

// conversationsOpen implements conversations.open for one person.
func (s *Slack) conversationsOpen(req *request) (object, *problem) {
	if ref := req.str("channel"); ref != "" {
		r := s.rooms[ref]
		if r == nil || !r.direct() {
			return nil, refuse("channel_not_found")
		}
		return object{"channel": object{"id": r.ID}}, nil
	}
	names := strings.Split(req.str("users"), ",")
	if names[0] == "" {
		return nil, refuse("users_list_not_supplied")
	}
	if len(names) > 1 {
		return nil, refuse("method_not_supported_for_channel_type") // group messages are not simulated
	}
	u := s.users[names[0]]
	switch {
	case u == nil:
		return nil, refuse("user_not_found")
	case u.Deleted:
		return nil, refuse("user_disabled")
	case u.Bot:
		return nil, refuse("cannot_dm_bot")
	}
	return object{"channel": object{"id": s.directRoom(u.ID).ID}}, nil
}

// visibleToBot returns a room that the app may ask about: private channels
// without the bot do not exist for it.
func (s *Slack) visibleToBot(id string) (*room, *problem) {
	r := s.rooms[id]
	if r == nil || r.Private && !r.holds(s.cfg.App.BotUserID) {
		return nil, refuse("channel_not_found")
	}
	scope := "channels:read"
	if r.Private {
		scope = "groups:read"
	}
	if r.direct() {
		scope = "im:read"
	}
	if !s.hasScope(scope) {
		return nil, &problem{code: "missing_scope", needed: scope}
	}
	return r, nil
}

// conversationsInfo implements conversations.info.
func (s *Slack) conversationsInfo(req *request) (object, *problem) {
	r, no := s.visibleToBot(req.str("channel"))
	if no != nil {
		return nil, no
	}
	c := object{
		"id": r.ID, "name": r.Name, "name_normalized": r.Name,
		"is_channel": !r.Private && !r.direct(), "is_group": r.Private, "is_im": r.direct(),
		"is_mpim": false, "is_private": r.Private || r.direct(), "is_archived": r.Archived,
		"is_general": false, "is_member": r.holds(s.cfg.App.BotUserID),
		"is_shared": r.ExtShared, "is_ext_shared": r.ExtShared, "is_org_shared": false,
		"is_pending_ext_shared": false, "pending_shared": []any{}, "pending_connected_team_ids": []any{},
		"context_team_id": s.cfg.Seed.Team.ID, "shared_team_ids": s.teamsIn(r),
	}
	if r.direct() {
		c["user"] = r.partner
	}
	if req.truth("include_num_members") {
		c["num_members"] = len(r.Members)
	}
	return object{"channel": c}, nil
}

// teamsIn lists the workspaces whose people are in a room.
func (s *Slack) teamsIn(r *room) []string {
	teams := []string{s.cfg.Seed.Team.ID}
	for _, id := range r.Members {
		if u := s.users[id]; u != nil && !slices.Contains(teams, u.TeamID) {
			teams = append(teams, u.TeamID)
		}
	}
	return teams
}

// conversationsMembers implements conversations.members, on one page.
func (s *Slack) conversationsMembers(req *request) (object, *problem) {
	r, no := s.visibleToBot(req.str("channel"))
	if no != nil {
		return nil, no
	}
	return object{"members": slices.Clone(r.Members), "response_metadata": object{"next_cursor": ""}}, nil
}
