package slack

import "slices"

// View is a modal or a Home tab as it stands, a snapshot for whoever holds it.
type View struct {
	ID, Type, Hash      string
	User                string // the one person who sees it
	Title, Submit, Exit string // the plain texts of title, submit and close
	CallbackID          string
	ExternalID          string
	PrivateMetadata     string
	Blocks              []map[string]any
	RootID, PreviousID  string
	NotifyOnClose       bool
	ClearOnClose        bool

	given  object // title, submit and close as the app sent them
	closed bool
}

// readView decodes and checks the view argument. Unlike messages, views with
// faults are answered invalid_arguments.
func (s *Slack) readView(a arguments, kind string) (object, *problem) {
	raw, ok := a.structured("view")
	v, isObject := raw.(object)
	if !ok || !isObject {
		return nil, &problem{code: "invalid_arguments", messages: []string{"missing required field: view [json-pointer:/view]"}}
	}
	for name, value := range v {
		if value == nil {
			delete(v, name)
		}
	}
	if faults := checkView(v, kind); len(faults) > 0 {
		return nil, &problem{code: "invalid_arguments", messages: faults}
	}
	if viewBytes(v) > maxViewBytes {
		return nil, refuse("view_too_large")
	}
	return v, nil
}

// fill writes an accepted view into v and gives it a new hash.
func (s *Slack) fill(v *View, given object) {
	blocks, _ := asObjects(given["blocks"])
	v.given, v.Blocks = given, s.complete(blocks)
	v.Hash = s.ids.hash(s.now())
	v.Type = textOf(given, "type")
	for _, field := range []string{"title", "submit", "close"} {
		if o := objectOf(given, field); o != nil {
			setDefault(o, "emoji", true)
		}
	}
	v.Title = textOf(objectOf(given, "title"), "text")
	v.Submit = textOf(objectOf(given, "submit"), "text")
	v.Exit = textOf(objectOf(given, "close"), "text")
	v.CallbackID, v.PrivateMetadata = textOf(given, "callback_id"), textOf(given, "private_metadata")
	v.ExternalID = textOf(given, "external_id")
	v.NotifyOnClose, v.ClearOnClose = flagOf(given, "notify_on_close"), flagOf(given, "clear_on_close")
}

// exchangeTrigger uses up a trigger; it is the last check, so that a refused view does
// not cost the trigger.
func (s *Slack) exchangeTrigger(id string) (*trigger, *problem) {
	t := s.triggers[id]
	switch {
	case t == nil:
		return nil, refuse("invalid_trigger_id")
	case t.used:
		return nil, refuse("exchanged_trigger_id")
	case !s.now().Before(t.ends):
		return nil, refuse("expired_trigger_id")
	}
	t.used = true
	return t, nil
}

// clash reports an external id that another live view has.
func (s *Slack) clash(given object, except string) bool {
	id := textOf(given, "external_id")
	for _, v := range s.views {
		if id != "" && v.ExternalID == id && v.ID != except && !v.closed {
			return true
		}
	}
	return false
}

// openView implements views.open.
func (s *Slack) openView(req *request) (object, *problem) {
	given, no := s.readView(req.arguments, "modal")
	if no != nil {
		return nil, no
	}
	if s.clash(given, "") {
		return nil, refuse("duplicate_external_id")
	}
	t, no := s.exchangeTrigger(req.str("trigger_id"))
	if no != nil {
		return nil, no
	}
	for _, id := range s.stacks[t.user] {
		s.closeView(s.views[id], "replaced by another modal")
	}
	s.stacks[t.user] = nil
	return s.stack(ViewOpened, t.user, given), nil
}

// stack puts a new modal on top of what a person has open.
func (s *Slack) stack(k Kind, user string, given object) object {
	v := &View{ID: s.ids.id("V"), User: user}
	v.RootID = v.ID
	if below := s.stacks[user]; len(below) > 0 {
		v.RootID, v.PreviousID = below[0], below[len(below)-1]
	}
	s.fill(v, given)
	s.views[v.ID] = v
	s.stacks[user] = append(s.stacks[user], v.ID)
	s.noteView(k, v, v.Title)
	return object{"view": s.viewObject(v)}
}

// pushView implements views.push. Its trigger must come from the open modal.
func (s *Slack) pushView(req *request) (object, *problem) {
	given, no := s.readView(req.arguments, "modal")
	if no != nil {
		return nil, no
	}
	if s.clash(given, "") {
		return nil, refuse("duplicate_external_id")
	}
	t, no := s.exchangeTrigger(req.str("trigger_id"))
	if no != nil {
		return nil, no
	}
	below := s.stacks[t.user]
	if !slices.Contains(below, t.view) {
		return nil, refuse("not_found") // unsure: the code for a trigger from elsewhere
	}
	if len(below) >= maxModalDepth {
		return nil, refuse("push_limit_reached")
	}
	return s.stack(ViewPushed, t.user, given), nil
}

// updateView implements views.update. It needs no trigger, works while the
// view exists, and refuses a hash that is not the newest.
func (s *Slack) updateView(req *request) (object, *problem) {
	v := s.liveView(req.str("view_id"), req.str("external_id"))
	if v == nil {
		return nil, refuse("not_found")
	}
	given, no := s.readView(req.arguments, v.Type)
	switch {
	case no != nil:
		return nil, no
	case req.str("hash") != "" && req.str("hash") != v.Hash:
		return nil, refuse("hash_conflict")
	case s.clash(given, v.ID):
		return nil, refuse("duplicate_external_id")
	}
	s.fill(v, given)
	s.noteView(ViewUpdated, v, v.Title)
	return object{"view": s.viewObject(v)}, nil
}

func (s *Slack) liveView(id, external string) *View {
	for _, v := range s.views {
		if !v.closed && (id != "" && v.ID == id || id == "" && external != "" && v.ExternalID == external) {
			return v
		}
	}
	return nil
}

// publishView implements views.publish.
func (s *Slack) publishView(req *request) (object, *problem) {
	u := s.users[req.str("user_id")]
	given, no := s.readView(req.arguments, "home")
	switch {
	case no != nil:
		return nil, no
	case u == nil:
		return nil, &problem{code: "invalid_arguments", messages: []string{"invalid `user_id` [json-pointer:/user_id]"}}
	}
	v := s.views[s.homes[u.ID]]
	if v == nil {
		v = &View{ID: s.ids.id("V"), User: u.ID}
		v.RootID = v.ID
	} else if h := req.str("hash"); h != "" && h != v.Hash {
		return nil, refuse("hash_conflict")
	}
	s.fill(v, given)
	s.views[v.ID], s.homes[u.ID] = v, v.ID
	s.noteView(HomePublished, v, "")
	return object{"view": s.viewObject(v)}, nil
}

// closeView ends a modal; the caller takes it off the stack.
func (s *Slack) closeView(v *View, why string) {
	v.closed = true
	s.noteView(ViewClosed, v, why)
}

// viewObject is a view as the API and deliveries show it.
func (s *Slack) viewObject(v *View) object {
	o := object{
		"id": v.ID, "team_id": s.cfg.Seed.Team.ID, "type": v.Type, "blocks": escapedCopy(v.Blocks),
		"private_metadata": v.PrivateMetadata, "callback_id": v.CallbackID, "external_id": v.ExternalID,
		"state": s.state(*v, v.User), "hash": v.Hash,
		"clear_on_close": v.ClearOnClose, "notify_on_close": v.NotifyOnClose,
		"title": orNull(v.given["title"]), "submit": orNull(v.given["submit"]), "close": orNull(v.given["close"]),
		"root_view_id": v.RootID, "previous_view_id": nil,
		"app_id": s.cfg.App.ID, "app_installed_team_id": s.cfg.Seed.Team.ID, "bot_id": s.cfg.App.BotID,
	}
	if v.PreviousID != "" {
		o["previous_view_id"] = v.PreviousID
	}
	if v.Type == "home" {
		o["title"] = object{"type": "plain_text", "text": "View Title", "emoji": true}
	}
	return o
}

func orNull(v any) any {
	if o, ok := v.(object); ok && o != nil {
		return o
	}
	return nil
}
