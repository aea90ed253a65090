package slack

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"
	"unicode/utf8"
)

// Submission is what came of submitting a modal.
type Submission struct {
	Delivery Delivery
	// Errors are the app's complaints, by block id. The modal stays open.
	Errors map[string]string
	// View is the modal that is open afterwards; nil when none is.
	View *View
}

// Submit is a person filling in a modal and pressing its submit button. Values
// are named by label, action id or block id; fields that are not named keep
// what they had. What the client itself would refuse is refused here: required
// fields left empty, text too short or too long.
func (s *Slack) Submit(ctx context.Context, user string, v View, values map[string]string) (Submission, error) {
	payload, err := s.prepareSubmission(user, v, values)
	if err != nil {
		return Submission{}, fmt.Errorf("submit %q: %w", v.Title, err)
	}
	d, err := s.interact(ctx, user, v, payload)
	if err != nil {
		return Submission{Delivery: d}, err
	}
	sub, err := s.answerSubmission(v.ID, d)
	if err != nil {
		s.fail(user, "", troubleConnecting)
	}
	if top, open := s.Modal(user); open {
		sub.View = &top
	}
	sub.Delivery = d
	return sub, err
}

func (s *Slack) prepareSubmission(user string, v View, values map[string]string) (object, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	u, err := s.looker(user, v)
	if err != nil {
		return nil, err
	}
	now := s.views[v.ID]
	stack := s.stacks[user]
	if len(stack) == 0 || stack[len(stack)-1] != v.ID {
		return nil, errors.New("another modal is on top")
	}
	if now.Submit == "" {
		return nil, errors.New("it has no submit button")
	}
	for name, typed := range values {
		p, err := findField(*now, name)
		if err != nil {
			return nil, err
		}
		value, err := s.fillIn(*now, user, p, typed)
		if err != nil {
			return nil, err
		}
		s.drafts[keyOf(*now, user, p)] = value
	}
	if err := s.complains(*now, user); err != nil {
		return nil, err
	}
	payload := s.basePayload("view_submission", u)
	payload["trigger_id"] = s.newTrigger(user, v.ID)
	payload["view"], payload["response_urls"] = s.viewObject(now), []any{}
	s.noteView(Submitted, now, now.Submit)
	return payload, nil
}

// fillIn is what a field holds; nothing typed empties it, selects included.
func (s *Slack) fillIn(v View, user string, p placed, typed string) (object, error) {
	field := valueField[p.kind()][0]
	switch {
	case typed != "" || field == "" || field == "value":
		return s.enter(v, user, p, typed)
	case strings.HasSuffix(field, "s"):
		return object{"type": p.kind(), field: []any{}}, nil
	}
	return object{"type": p.kind(), field: nil}, nil
}

func findField(v View, name string) (placed, error) {
	for _, p := range placedIn(v.Blocks) {
		if p.blockID() == name {
			return p, nil
		}
	}
	return findElement(v, name)
}

// complains is what Slack's client says before it submits anything.
func (s *Slack) complains(v View, user string) error {
	state := s.values(v, user)
	for _, p := range placedIn(v.Blocks) {
		if textOf(p.block, "type") != "input" {
			continue
		}
		value := objectOf(objectOf(state, p.blockID()), p.actionID())[valueField[p.kind()][0]]
		typed, _ := value.(string)
		list, isList := value.([]any)
		if value == nil || value == "" || isList && len(list) == 0 {
			if !flagOf(p.block, "optional") {
				return fmt.Errorf("%q: please complete this required field", p.label())
			}
			continue
		}
		n := float64(utf8.RuneCountInString(typed))
		least, _ := p.element["min_length"].(float64)
		most, bounded := p.element["max_length"].(float64)
		if typed != "" && (n < least || bounded && n > most) {
			return fmt.Errorf("%q: the length must be between %v and %v characters", p.label(), least, most)
		}
	}
	return nil
}

// answerSubmission does what the acknowledgement asks for: close (empty), or
// the response actions clear, update, push and errors.
func (s *Slack) answerSubmission(id string, d Delivery) (Submission, error) {
	var answer struct {
		Action string            `json:"response_action"`
		View   json.RawMessage   `json:"view"`
		Errors map[string]string `json:"errors"`
	}
	if body := bytes.TrimSpace(d.Reply); len(body) > 0 {
		if err := json.Unmarshal(body, &answer); err != nil {
			return Submission{}, fmt.Errorf("decode the answer to a submission: %w", err)
		}
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	v := s.views[id]
	if v.closed {
		return Submission{}, nil // closed meanwhile; the answer goes nowhere
	}
	switch answer.Action {
	case "":
		s.pop(v, "submitted")
	case "clear":
		s.clear(v.User, "submitted")
	case "errors":
		return s.refuseFields(v, answer.Errors)
	case "update", "push":
		return Submission{}, s.replaceView(v, answer.Action, answer.View)
	default:
		return Submission{}, fmt.Errorf("unknown response_action %q", answer.Action)
	}
	return Submission{}, nil
}

// refuseFields shows the app's complaints. Their keys are ids of input blocks;
// any other key makes Slack's client report trouble.
func (s *Slack) refuseFields(v *View, complaints map[string]string) (Submission, error) {
	if len(complaints) == 0 {
		return Submission{}, errors.New("response_action errors without errors")
	}
	for block := range complaints {
		if !slices.ContainsFunc(v.Blocks, func(b object) bool {
			return textOf(b, "block_id") == block && textOf(b, "type") == "input"
		}) {
			return Submission{}, fmt.Errorf("errors for %q, which is not an input block", block)
		}
	}
	s.noteView(ViewRefused, v, fmt.Sprint(complaints))
	return Submission{Errors: complaints}, nil
}

func (s *Slack) replaceView(v *View, action string, raw json.RawMessage) error {
	given, no := s.readView(arguments{"view": string(raw)}, "modal")
	switch {
	case no != nil:
		return fmt.Errorf("response_action %s: %s %v", action, no.code, no.messages)
	case action == "update":
		s.fill(v, given)
		s.noteView(ViewUpdated, v, v.Title)
	case len(s.stacks[v.User]) >= maxModalDepth:
		return errors.New("response_action push: push_limit_reached")
	default:
		s.stack(ViewPushed, v.User, given)
	}
	return nil
}

// pop closes the modal on top; the one below shows again.
func (s *Slack) pop(v *View, why string) {
	s.stacks[v.User] = slices.DeleteFunc(s.stacks[v.User], func(id string) bool { return id == v.ID })
	s.closeView(v, why)
}

func (s *Slack) clear(user, why string) {
	for _, id := range s.stacks[user] {
		s.closeView(s.views[id], why)
	}
	s.stacks[user] = nil
}

// Close is a person pressing a modal's close button. The app hears of it only
// where it asked for that; then the delivery is returned.
func (s *Slack) Close(ctx context.Context, user string, v View) (Delivery, error) {
	payload, err := s.prepareClose(user, v)
	if err != nil {
		return Delivery{}, fmt.Errorf("close %q: %w", v.Title, err)
	}
	if payload == nil {
		return Delivery{}, nil
	}
	return s.interact(ctx, user, v, payload)
}

func (s *Slack) prepareClose(user string, v View) (object, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	u, err := s.looker(user, v)
	if err != nil {
		return nil, err
	}
	now := s.views[v.ID]
	payload := s.basePayload("view_closed", u)
	payload["view"], payload["is_cleared"] = s.viewObject(now), now.ClearOnClose
	if now.ClearOnClose {
		s.clear(user, "closed by the person")
	} else {
		s.pop(now, "closed by the person")
	}
	if !now.NotifyOnClose {
		return nil, nil
	}
	return payload, nil
}

// Option is what an external select offers, and the group that it stands in.
type Option struct{ Text, Value, Description, Group string }

// minQuery is how much an external select wants typed before it asks the app,
// unless it says otherwise ("Select menu element", min_query_length).
const minQuery = 3

// Suggest is a person typing into an external select. It returns what the
// select then offers; [Slack.Choose] and [Slack.Submit] may pick from that.
func (s *Slack) Suggest(ctx context.Context, user string, on Surface, element, typed string) ([]Option, error) {
	payload, key, err := s.prepareSuggestion(user, on, element, typed)
	if err != nil {
		return nil, fmt.Errorf("type %q into %q: %w", typed, element, err)
	}
	body, err := payloadBody(payload)
	if err != nil {
		return nil, err
	}
	s.mu.Lock()
	to := s.deliver.Options
	s.mu.Unlock()
	d, err := s.post(ctx, "block_suggestion", to, body, nil)
	if err != nil {
		return nil, err
	}
	var answer object
	if err := json.Unmarshal(d.Reply, &answer); err != nil {
		return nil, fmt.Errorf("decode the options: %w", err)
	}
	return s.offer(key, answer)
}

func (s *Slack) prepareSuggestion(user string, on Surface, element, typed string) (object, draftKey, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	u, err := s.looker(user, on)
	if err != nil {
		return nil, draftKey{}, err
	}
	p, err := findElement(on, element)
	if err != nil {
		return nil, draftKey{}, err
	}
	if p.kind() != "external_select" && p.kind() != "multi_external_select" {
		return nil, draftKey{}, fmt.Errorf("a %s asks nobody", p.kind())
	}
	least, said := p.element["min_query_length"].(float64)
	if !said {
		least = minQuery
	}
	if utf8.RuneCountInString(typed) < int(least) {
		return nil, draftKey{}, fmt.Errorf("nothing is asked before %v characters", least)
	}
	payload := s.basePayload("block_suggestion", u)
	s.place(payload, on)
	payload["action_id"], payload["block_id"], payload["value"] = p.actionID(), p.blockID(), typed
	return payload, keyOf(on, user, p), nil
}

// offer checks and keeps the options that the app returned.
func (s *Slack) offer(key draftKey, answer object) ([]Option, error) {
	c := &checker{}
	of(shape{"options": may(list(0, maxOptions, option(plain(maxOptionText)))), "option_groups": may(optionGroups())})(c, "", answer)
	if len(c.faults) > 0 {
		return nil, fmt.Errorf("the options are refused: %v", c.faults)
	}
	s.mu.Lock()
	s.offered[key] = optionsIn(answer)
	s.mu.Unlock()
	all := optionsOf(answer, "")
	for _, g := range listOf(answer, "option_groups") {
		all = append(all, optionsOf(g, textOf(objectOf(g, "label"), "text"))...)
	}
	return all, nil
}

func optionsOf(o object, group string) []Option {
	var all []Option
	for _, item := range listOf(o, "options") {
		all = append(all, Option{
			Text: textOf(objectOf(item, "text"), "text"), Value: textOf(item, "value"),
			Description: textOf(objectOf(item, "description"), "text"), Group: group,
		})
	}
	return all
}
