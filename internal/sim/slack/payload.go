package slack

import "time"

// Surface is something with buttons and inputs on it: a [Message] or a [View].
// A person acts on the snapshot they look at, which may be older than what the
// app last sent; that is how late clicks happen in life.
type Surface interface {
	surface() string
	laidOut() []object
}

var (
	_ Surface = Message{}
	_ Surface = View{}
)

func (m Message) surface() string   { return m.Channel + "/" + m.TS }
func (m Message) laidOut() []object { return m.Blocks }
func (v View) surface() string      { return v.ID }
func (v View) laidOut() []object    { return v.Blocks }

// triggerLife is from "Handling user interaction": three seconds, one use.
const triggerLife = 3 * time.Second

// trigger lets the app open a modal for a person.
type trigger struct {
	user string
	view string // the modal from which it came, if any
	ends time.Time
	used bool
}

// newTrigger returns a trigger id; the caller holds the lock.
func (s *Slack) newTrigger(user, view string) string {
	id := s.ids.text(12, "123456789") + "." + s.ids.text(12, "123456789") + "." + s.ids.text(32, hexDigits)
	s.triggers[id] = &trigger{user: user, view: view, ends: s.now().Add(triggerLife)}
	return id
}

// basePayload holds what every interaction carries. In a channel shared with
// another organisation, team and user.team_id are those of the person who
// acted, not of the installation.
func (s *Slack) basePayload(kind string, u *User) object {
	team := object{"id": u.TeamID, "domain": s.domainOf(u)}
	p := object{
		"type": kind, "team": team,
		"user":       object{"id": u.ID, "username": u.Name, "name": u.Name, "team_id": u.TeamID},
		"api_app_id": s.cfg.App.ID, "token": s.cfg.App.VerificationToken,
		"enterprise": nil, "is_enterprise_install": false,
	}
	if t := s.cfg.Seed.Team; t.EnterpriseID != "" && !s.stranger(u) {
		team["enterprise_id"], team["enterprise_name"] = t.EnterpriseID, t.EnterpriseName
		p["enterprise"] = object{"id": t.EnterpriseID, "name": t.EnterpriseName}
	}
	return p
}

// place says in the payload where the person acted. The echo of a message is
// the newest one, whatever the person looks at, and an ephemeral message is not
// echoed at all.
func (s *Slack) place(p object, on Surface) {
	switch on := on.(type) {
	case View:
		p["container"] = object{"type": "view", "view_id": on.ID}
		p["view"] = s.viewObject(s.views[on.ID])
	case Message:
		container := object{
			"type": "message", "message_ts": on.TS, "channel_id": on.Channel, "is_ephemeral": on.Ephemeral(),
		}
		if on.ThreadTS != "" {
			container["thread_ts"] = on.ThreadTS
		}
		r := s.rooms[on.Channel]
		p["container"], p["channel"] = container, object{"id": r.ID, "name": r.payloadName()}
		if m := s.anyMessage(on.Channel, on.TS); m != nil && !m.Ephemeral() {
			p["message"] = s.messageObject(m)
		}
	}
}
