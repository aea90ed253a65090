package slack

import (
	"context"
	"errors"
	"fmt"
	"maps"
)

// Press is a person pressing a button on a message or view they can see. The
// button is named by its action id, by block id and action id with a slash
// between where several blocks share an action id, or by its text. A
// confirmation dialog is accepted. The error's text is what Slack shows when
// the app does not answer.
func (s *Slack) Press(ctx context.Context, user string, on Surface, button string) (Delivery, error) {
	d, _, err := s.act(ctx, user, on, button, "")
	return d, err
}

// OpenURLButton is a person pressing a button that carries a link: their
// browser opens the link, and Slack delivers the press as for any button. The
// link is returned even when the app does not acknowledge, as in life.
func (s *Slack) OpenURLButton(ctx context.Context, user string, on Surface, button string) (string, error) {
	_, p, err := s.act(ctx, user, on, button, "")
	link := textOf(p.element, "url")
	if err == nil && link == "" {
		err = fmt.Errorf("the button %q carries no link", button)
	}
	return link, err
}

// Choose is a person choosing from a select, an overflow menu, a picker or a
// set of choices, named by action id, label or placeholder. Options are named
// by what they show or by value. In an input block this only fills the field,
// unless the block asks to be told.
func (s *Slack) Choose(ctx context.Context, user string, on Surface, element, option string) (Delivery, error) {
	d, _, err := s.act(ctx, user, on, element, option)
	return d, err
}

// act finds the element, makes the payload and delivers it.
func (s *Slack) act(ctx context.Context, user string, on Surface, name, option string) (Delivery, placed, error) {
	payload, p, err := s.prepareAction(user, on, name, option)
	if err != nil {
		return Delivery{}, p, fmt.Errorf("act on %q: %w", name, err)
	}
	if payload == nil {
		return Delivery{}, p, nil // a field was filled, nobody is told
	}
	d, err := s.interact(ctx, user, on, payload)
	return d, p, err
}

// interact delivers an interaction to the app and shows a failure to the person.
func (s *Slack) interact(ctx context.Context, user string, on Surface, payload object) (Delivery, error) {
	body, err := payloadBody(payload)
	if err != nil {
		return Delivery{}, err
	}
	s.mu.Lock()
	to := s.deliver.Interactions
	s.mu.Unlock()
	d, err := s.post(ctx, textOf(payload, "type"), to, body, nil)
	if failure, ok := errors.AsType[*DeliveryError](err); ok {
		failure.Shown = troubleConnecting
		channel := ""
		if m, ok := on.(Message); ok {
			channel = m.Channel
		}
		s.fail(user, channel, failure.Shown)
	}
	return d, err
}

// troubleConnecting is what Slack's client shows when an app does not answer.
const troubleConnecting = "We had some trouble connecting. Try again?"

func (s *Slack) prepareAction(user string, on Surface, name, option string) (object, placed, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	u, err := s.looker(user, on)
	if err != nil {
		return nil, placed{}, err
	}
	p, err := findElement(on, name)
	if err != nil {
		return nil, p, err
	}
	action, err := s.action(on, u, p, option)
	if err != nil {
		return nil, p, err
	}
	if textOf(p.block, "type") == "input" && !flagOf(p.block, "dispatch_action") {
		return nil, p, nil
	}
	payload := s.basePayload("block_actions", u)
	s.place(payload, on)
	payload["actions"] = []any{action}
	view := ""
	if m, isMessage := on.(Message); isMessage {
		payload["state"] = s.state(on, user)
		payload["response_url"] = s.newResponseURL(user, m.Channel, m.ThreadTS, s.anyMessage(m.Channel, m.TS))
	} else {
		view = on.surface()
	}
	payload["trigger_id"] = s.newTrigger(user, view)
	s.note(Entry{Kind: Pressed, User: user, Channel: channelOf(on), Text: pressed(p, option)})
	return payload, p, nil
}

func channelOf(on Surface) string {
	m, _ := on.(Message)
	return m.Channel
}

func pressed(p placed, option string) string {
	if option == "" {
		return p.label()
	}
	return p.label() + ": " + option
}

// looker returns the person, if they can see what they act on: channel members
// see channels, one person sees an ephemeral message, a modal or a Home tab.
func (s *Slack) looker(user string, on Surface) (*User, error) {
	u := s.users[user]
	if u == nil || u.Deleted {
		return nil, fmt.Errorf("%s cannot sign in to Slack", user)
	}
	switch on := on.(type) {
	case Message:
		r, m := s.rooms[on.Channel], s.anyMessage(on.Channel, on.TS)
		if r == nil || m == nil || m.Ephemeral() && m.For != user || !m.Ephemeral() && !r.holds(user) {
			return nil, fmt.Errorf("%s sees no such message", user)
		}
	case View:
		v := s.views[on.ID]
		if v == nil || v.User != user || v.closed {
			return nil, fmt.Errorf("%s has no such view open", user)
		}
	}
	return u, nil
}

// findElement finds a button or an input by action id or by what it says.
func findElement(on Surface, name string) (placed, error) {
	var found []placed
	var there []string
	for _, p := range placedIn(on.laidOut()) {
		if name == p.actionID() || name == p.blockID()+"/"+p.actionID() {
			return p, nil
		}
		if p.label() == name {
			found = append(found, p)
		}
		there = append(there, p.label())
	}
	switch len(found) {
	case 1:
		return found[0], nil
	case 0:
		return placed{}, fmt.Errorf("there is no %q; there is %q", name, there)
	}
	return placed{}, fmt.Errorf("%q stands there %d times; name it by action id", name, len(found))
}

// action is one item of the payload's actions. Text comes back HTML-escaped.
func (s *Slack) action(on Surface, u *User, p placed, option string) (object, error) {
	a := object{"action_id": p.actionID(), "block_id": p.blockID(), "type": p.kind(), "action_ts": s.ids.ts(s.now())}
	switch p.kind() {
	case "button":
		for _, field := range []string{"text", "value", "style", "url"} {
			if v, ok := p.element[field]; ok {
				a[field] = v
			}
		}
	case "overflow":
		o, err := s.pick(on, u.ID, p, option)
		if err != nil {
			return nil, err
		}
		a["selected_option"] = o
	default:
		value, err := s.enter(on, u.ID, p, option)
		if err != nil {
			return nil, err
		}
		s.drafts[keyOf(on, u.ID, p)] = value
		maps.Copy(a, value)
	}
	return escapedCopy([]object{a})[0], nil
}
