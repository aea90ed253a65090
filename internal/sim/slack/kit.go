package slack

import (
	"encoding/json"
	"fmt"
	"sync"
)

// This file is Block Kit as data: which blocks, elements and objects exist,
// which properties they have and how long those may be. A block type that Slack
// knows and this table does not is refused as unsupported; add it here with its
// limits before using it.

// plain is a plain_text object, the only kind allowed in labels and titles.
func plain(most int) rule {
	return oneOf(map[string]shape{"plain_text": {
		"text": must(text(1, most)), "emoji": may(flag),
	}})
}

// written is a text object of either kind.
func written(most int) rule {
	return oneOf(map[string]shape{
		"plain_text": {"text": must(text(1, most)), "emoji": may(flag)},
		"mrkdwn":     {"text": must(text(1, most)), "verbatim": may(flag)},
	})
}

func option(label rule) rule {
	return of(shape{
		"text": must(label), "value": must(text(1, maxOptionValue)),
		"description": may(plain(maxOptionText)), "url": may(text(1, maxURL)),
	})
}

func options(most int) rule { return list(1, most, option(plain(maxOptionText))) }

func optionGroups() rule {
	return list(1, maxOptionGroups, of(shape{"label": must(plain(maxOptionText)), "options": must(options(maxOptions))}))
}

func confirmation() rule {
	return of(shape{
		"title": must(plain(maxConfirmTitle)), "text": must(written(maxConfirmText)),
		"confirm": must(plain(maxConfirmButton)), "deny": must(plain(maxConfirmButton)),
		"style": may(word("primary", "danger")),
	})
}

// elements lists the block elements.
func elements() map[string]shape {
	acts := shape{"action_id": may(text(1, maxIdentifier)), "confirm": may(confirmation())}
	asks := acts.with(shape{"placeholder": may(plain(maxPlaceholder)), "focus_on_load": may(flag)})
	types := asks.with(shape{"dispatch_action_config": may(of(shape{
		"trigger_actions_on": may(list(1, 2, word("on_enter_pressed", "on_character_entered"))),
	}))})
	delete(types, "confirm")
	static := asks.with(shape{"options": may(options(maxOptions)), "option_groups": may(optionGroups())})
	one := option(plain(maxOptionText))
	several := shape{"max_selected_items": may(number(1, 100))}
	external := asks.with(shape{"min_query_length": may(number(0, 1000))})
	choices := shape{"options": must(list(1, maxChoices, option(written(maxOptionText)))), "focus_on_load": may(flag)}
	return map[string]shape{
		"button": acts.with(shape{
			"text": must(plain(maxButtonText)), "value": may(text(0, maxButtonValue)), "url": may(text(1, maxURL)),
			"style": may(word("primary", "danger")), "accessibility_label": may(text(1, maxButtonLabel)),
		}),
		"overflow":              acts.with(shape{"options": must(options(maxOverflow))}),
		"static_select":         static.with(shape{"initial_option": may(one)}),
		"external_select":       external.with(shape{"initial_option": may(one)}),
		"multi_static_select":   static.with(several).with(shape{"initial_options": may(options(maxOptions))}),
		"multi_external_select": external.with(several).with(shape{"initial_options": may(options(maxOptions))}),
		"users_select":          asks.with(shape{"initial_user": may(text(1, maxIdentifier))}),
		"multi_users_select":    asks.with(several).with(shape{"initial_users": may(list(1, 100, text(1, maxIdentifier)))}),
		"conversations_select":  asks.with(shape{"initial_conversation": may(text(1, maxIdentifier)), "default_to_current_conversation": may(flag), "response_url_enabled": may(flag), "filter": may(anything)}),
		"channels_select":       asks.with(shape{"initial_channel": may(text(1, maxIdentifier)), "response_url_enabled": may(flag)}),
		"datepicker":            asks.with(shape{"initial_date": may(text(10, 10))}),
		"timepicker":            asks.with(shape{"initial_time": may(text(5, 5)), "timezone": may(text(1, maxIdentifier))}),
		"datetimepicker":        acts.with(shape{"initial_date_time": may(number(1e9, 1e10)), "focus_on_load": may(flag)}),
		"radio_buttons":         acts.with(choices).with(shape{"initial_option": may(option(written(maxOptionText)))}),
		"checkboxes":            acts.with(choices).with(shape{"initial_options": may(list(1, maxChoices, option(written(maxOptionText))))}),
		"plain_text_input":      types.with(shape{"initial_value": may(text(0, maxInputText)), "multiline": may(flag), "min_length": may(number(0, maxInputText)), "max_length": may(number(1, maxInputText))}),
		"email_text_input":      types.with(shape{"initial_value": may(text(0, maxInputText))}),
		"url_text_input":        types.with(shape{"initial_value": may(text(0, maxInputText))}),
		"number_input":          types.with(shape{"initial_value": may(text(0, maxInputText)), "is_decimal_allowed": must(flag), "min_value": may(text(1, 20)), "max_value": may(text(1, 20))}),
		"image":                 imageShape(),
	}
}

func imageShape() shape {
	return shape{"alt_text": must(text(1, maxImageAlt)), "image_url": may(text(1, maxURL)), "slack_file": may(anything)}
}

var (
	selects = []string{"static_select", "external_select", "users_select", "conversations_select", "channels_select"}
	multis  = []string{"multi_static_select", "multi_external_select", "multi_users_select"}
	pickers = []string{"datepicker", "timepicker", "radio_buttons", "checkboxes"}
)

func these(groups ...[]string) []string {
	var all []string
	for _, g := range groups {
		all = append(all, g...)
	}
	return all
}

// blockShapes lists the layout blocks.
func blockShapes() map[string]shape {
	e := elements()
	base := shape{"block_id": may(text(1, maxIdentifier))}
	inActions := these(selects, multis, pickers, []string{"button", "overflow", "datetimepicker"})
	inSection := these(selects, multis, pickers, []string{"button", "overflow", "image"})
	inInput := these(selects, multis, pickers, []string{"datetimepicker", "plain_text_input", "email_text_input", "url_text_input", "number_input"})
	return map[string]shape{
		"divider": base,
		"header":  base.with(shape{"text": must(plain(maxHeaderText))}),
		"section": base.with(shape{
			"text": may(written(maxSectionText)), "fields": may(list(1, maxFields, written(maxFieldText))),
			"accessory": may(only(e, inSection...)), "expand": may(flag),
		}),
		"context": base.with(shape{"elements": must(list(1, maxContextItems, contextItem()))}),
		"actions": base.with(shape{"elements": must(list(1, maxActions, only(e, inActions...)))}),
		"input": base.with(shape{
			"label": must(plain(maxInputLabel)), "element": must(only(e, inInput...)),
			"hint": may(plain(maxInputLabel)), "optional": may(flag), "dispatch_action": may(flag),
		}),
		"image":     base.with(imageShape()).with(shape{"title": may(plain(maxImageTitle))}),
		"markdown":  base.with(shape{"text": must(text(1, maxMarkdown))}),
		"rich_text": base.with(shape{"elements": must(list(0, 1000, oneOf(richShapes())))}),
	}
}

func contextItem() rule {
	return oneOf(map[string]shape{
		"plain_text": {"text": must(text(1, maxContextText)), "emoji": may(flag)},
		"mrkdwn":     {"text": must(text(1, maxContextText)), "verbatim": may(flag)},
		"image":      imageShape(),
	})
}

// richShapes lists what a rich_text block contains. A text element may not be
// empty (seen in practice: "must be more than 0 characters").
func richShapes() map[string]shape {
	style := may(of(shape{"bold": may(flag), "italic": may(flag), "strike": may(flag), "code": may(flag), "underline": may(flag)}))
	id := must(text(1, maxIdentifier))
	inline := list(0, 1000, oneOf(map[string]shape{
		"text":      {"text": must(text(1, 1_000_000)), "style": style},
		"link":      {"url": must(text(1, maxURL)), "text": may(text(1, 1_000_000)), "unsafe": may(flag), "style": style},
		"emoji":     {"name": id, "unicode": may(text(1, 100)), "skin_tone": may(number(1, 6)), "style": style},
		"user":      {"user_id": id, "style": style},
		"usergroup": {"usergroup_id": id, "style": style},
		"channel":   {"channel_id": id, "style": style},
		"broadcast": {"range": must(word("here", "channel", "everyone"))},
		"color":     {"value": id},
		"date":      {"timestamp": must(number(0, 1e11)), "format": must(text(1, 200)), "url": may(text(1, maxURL)), "fallback": may(text(1, 200)), "style": style},
	}))
	section := shape{"elements": must(inline)}
	bordered := section.with(shape{"border": may(number(0, 1))})
	return map[string]shape{
		"rich_text_section":      section,
		"rich_text_quote":        bordered,
		"rich_text_preformatted": bordered.with(shape{"language": may(text(1, 100))}),
		"rich_text_list": {
			"style": must(word("bullet", "ordered")), "indent": may(number(0, 8)), "offset": may(number(0, 1e6)),
			"border": may(number(0, 1)), "elements": must(list(0, 1000, oneOf(map[string]shape{"rich_text_section": section}))),
		},
	}
}

// kit is the table of blocks, made once because it is large.
var kit = sync.OnceValue(blockShapes)

// checkMessageBlocks returns what Slack would object to in a message's blocks.
func checkMessageBlocks(blocks []object) []string {
	c := &checker{}
	c.blocks("/blocks", blocks, maxMessageBlocks)
	return c.faults
}

func (c *checker) blocks(at string, blocks []object, most int) {
	if len(blocks) > most {
		c.fault(at, "no more than %d items allowed", most)
	}
	check := oneOf(kit())
	for i, b := range blocks {
		here := fmt.Sprintf("%s/%d", at, i)
		check(c, here, b)
		if textOf(b, "type") == "section" && b["text"] == nil && b["fields"] == nil {
			c.fault(here, "missing required field: text")
		}
		unique(c, here+"/elements", "action_id", listOf(b, "elements"))
	}
	unique(c, at, "block_id", blocks)
}

// checkView returns what Slack would object to in a view.
func checkView(v object, kind string) []string {
	c := &checker{}
	known := shape{
		"type": must(word(kind)), "blocks": must(anything),
		"callback_id": may(text(0, maxIdentifier)), "external_id": may(text(0, maxIdentifier)),
		"private_metadata": may(text(0, maxMetadata)),
	}
	if kind == "modal" {
		known = known.with(shape{
			"title": must(plain(maxModalTitle)), "submit": may(plain(maxModalButton)), "close": may(plain(maxModalButton)),
			"clear_on_close": may(flag), "notify_on_close": may(flag), "submit_disabled": may(flag),
		})
	}
	known.check(c, "/view", v, true)
	blocks, ok := asObjects(v["blocks"])
	if !ok {
		c.fault("/view/blocks", "must be an array")
		return c.faults
	}
	c.blocks("/view/blocks", blocks, maxViewBlocks)
	for _, b := range blocks {
		if kind == "modal" && textOf(b, "type") == "input" && v["submit"] == nil {
			c.fault("/view", "missing required field: submit")
			break
		}
	}
	return c.faults
}

// viewBytes is the size of a view as Slack counts it.
func viewBytes(v object) int {
	b, err := json.Marshal(v)
	if err != nil {
		return 0
	}
	return len(b)
}

// complete fills what Slack fills: identifiers that were left out, and the
// defaults of text objects.
func (s *Slack) complete(blocks []object) []object {
	for _, b := range blocks {
		if textOf(b, "block_id") == "" {
			b["block_id"] = s.ids.text(5, mixedDigits)
		}
		walk(b, func(o object) {
			switch textOf(o, "type") {
			case "plain_text":
				setDefault(o, "emoji", true)
			case "mrkdwn":
				setDefault(o, "verbatim", false)
			}
		})
		for _, p := range placedIn([]object{b}) {
			if textOf(p.element, "action_id") == "" && textOf(p.element, "type") != "image" {
				p.element["action_id"] = s.ids.text(5, mixedDigits)
			}
		}
	}
	return blocks
}

func setDefault(o object, name string, v any) {
	if _, there := o[name]; !there {
		o[name] = v
	}
}

// placed is an element and the block it stands in.
type placed struct{ block, element object }

func (p placed) blockID() string  { return textOf(p.block, "block_id") }
func (p placed) actionID() string { return textOf(p.element, "action_id") }
func (p placed) kind() string     { return textOf(p.element, "type") }

// label is what a person calls the element: a button's text, an input's label
// or a select's placeholder.
func (p placed) label() string {
	switch {
	case p.kind() == "button":
		return textOf(objectOf(p.element, "text"), "text")
	case p.block["label"] != nil:
		return textOf(objectOf(p.block, "label"), "text")
	}
	return textOf(objectOf(p.element, "placeholder"), "text")
}

// placedIn returns every interactive element in reading order.
func placedIn(blocks []object) []placed {
	var found []placed
	for _, b := range blocks {
		switch textOf(b, "type") {
		case "section":
			if e := objectOf(b, "accessory"); e != nil && textOf(e, "type") != "image" {
				found = append(found, placed{b, e})
			}
		case "actions":
			for _, e := range listOf(b, "elements") {
				found = append(found, placed{b, e})
			}
		case "input":
			found = append(found, placed{b, objectOf(b, "element")})
		}
	}
	return found
}
