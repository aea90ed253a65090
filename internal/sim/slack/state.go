package slack

import (
	"fmt"
	"strings"
	"time"
)

// draftKey says which input of which surface a person filled in.
type draftKey struct{ surface, user, block, action string }

func keyOf(on Surface, user string, p placed) draftKey {
	return draftKey{on.surface(), user, p.blockID(), p.actionID()}
}

// valueField names, for each element that holds a value, the field of the state
// that carries it and the element's own field with the initial value.
var valueField = map[string][2]string{
	"plain_text_input":      {"value", "initial_value"},
	"email_text_input":      {"value", "initial_value"},
	"url_text_input":        {"value", "initial_value"},
	"number_input":          {"value", "initial_value"},
	"static_select":         {"selected_option", "initial_option"},
	"external_select":       {"selected_option", "initial_option"},
	"radio_buttons":         {"selected_option", "initial_option"},
	"multi_static_select":   {"selected_options", "initial_options"},
	"multi_external_select": {"selected_options", "initial_options"},
	"checkboxes":            {"selected_options", "initial_options"},
	"users_select":          {"selected_user", "initial_user"},
	"multi_users_select":    {"selected_users", "initial_users"},
	"conversations_select":  {"selected_conversation", "initial_conversation"},
	"channels_select":       {"selected_channel", "initial_channel"},
	"datepicker":            {"selected_date", "initial_date"},
	"timepicker":            {"selected_time", "initial_time"},
	"datetimepicker":        {"selected_date_time", "initial_date_time"},
}

// state is the state as deliveries carry it; the caller holds the lock.
func (s *Slack) state(on Surface, user string) object {
	values := s.values(on, user)
	if len(values) == 0 && s.cfg.EmptyStateAsList {
		return object{"values": []any{}}
	}
	return object{"values": values}
}

// values returns the state of every input on a surface, by block and action;
// the caller holds the lock.
func (s *Slack) values(on Surface, user string) object {
	all := object{}
	for _, p := range placedIn(on.laidOut()) {
		field, holds := valueField[p.kind()]
		if !holds {
			continue
		}
		value := s.drafts[keyOf(on, user, p)]
		if value == nil {
			value = object{"type": p.kind(), field[0]: p.element[field[1]]}
			if strings.HasSuffix(field[0], "s") && p.element[field[1]] == nil {
				value[field[0]] = []any{}
			}
		}
		if all[p.blockID()] == nil {
			all[p.blockID()] = object{}
		}
		objectOf(all, p.blockID())[p.actionID()] = value
	}
	return all
}

// enter makes the state of an element from what a person typed or chose; the
// caller holds the lock. Several options are separated by commas.
func (s *Slack) enter(on Surface, user string, p placed, typed string) (object, error) {
	field, holds := valueField[p.kind()]
	if !holds {
		return nil, fmt.Errorf("a %s holds no value", p.kind())
	}
	value := object{"type": p.kind()}
	switch field[0] {
	case "selected_option":
		o, err := s.pick(on, user, p, typed)
		if err != nil {
			return nil, err
		}
		value[field[0]] = o
	case "selected_options":
		chosen := []any{}
		for one := range strings.SplitSeq(typed, ",") {
			o, err := s.pick(on, user, p, strings.TrimSpace(one))
			if err != nil {
				return nil, err
			}
			chosen = append(chosen, o)
		}
		value[field[0]] = chosen
	case "selected_users":
		chosen := []any{}
		for one := range strings.SplitSeq(typed, ",") {
			chosen = append(chosen, strings.TrimSpace(one))
		}
		value[field[0]] = chosen
	case "selected_date_time":
		at, err := time.Parse(time.RFC3339, typed)
		if err != nil {
			return nil, fmt.Errorf("a datetimepicker takes RFC 3339: %w", err)
		}
		value[field[0]] = at.Unix()
	default:
		value[field[0]] = typed
	}
	return value, nil
}

// pick finds an option by what it shows or by its value.
func (s *Slack) pick(on Surface, user string, p placed, want string) (object, error) {
	all := append(optionsIn(p.element), s.offered[keyOf(on, user, p)]...)
	for _, o := range all {
		if textOf(objectOf(o, "text"), "text") == want || textOf(o, "value") == want {
			return o, nil
		}
	}
	var shown []string
	for _, o := range all {
		shown = append(shown, textOf(objectOf(o, "text"), "text"))
	}
	return nil, fmt.Errorf("%q is not offered; there is %q", want, shown)
}

// optionsIn returns the options of an element or of an answer to a suggestion,
// grouped ones included.
func optionsIn(o object) []object {
	all := listOf(o, "options")
	for _, g := range listOf(o, "option_groups") {
		all = append(all, listOf(g, "options")...)
	}
	return all
}
