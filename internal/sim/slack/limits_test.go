package slack_test

import (
	"errors"
	"net/url"
	"slices"
	"strings"
	"testing"

	slackgo "github.com/slack-go/slack"
)

func plainOf(n int) string {
	return `{"type":"plain_text","text":"` + strings.Repeat("ä", n) + `"}`
}

func times(n int, item string) string {
	return "[" + strings.TrimSuffix(strings.Repeat(item+",", n), ",") + "]"
}

func actions(element string) string { return `{"type":"actions","elements":[` + element + `]}` }
func section(rest string) string    { return `{"type":"section",` + rest + `}` }

func selectOf(options string) string {
	return actions(`{"type":"static_select","action_id":"s","options":` + options + `}`)
}

func optionOf(text, value int) string {
	return `{"text":` + plainOf(text) + `,"value":"` + strings.Repeat("v", value) + `"}`
}

// Each limit is tried at its edge and one beyond, so that the test fails when a
// number in the table is wrong in either direction.
func TestBlocks_are_held_to_the_documented_limits(t *testing.T) {
	w := newWorld(t)
	for _, c := range []struct {
		name  string
		block func(n int) string
		most  int
		say   string
	}{
		{"header text", func(n int) string { return `{"type":"header","text":` + plainOf(n) + `}` }, 150, "must be less than 151 characters [json-pointer:/blocks/0/text/text]"},
		{"section text", func(n int) string { return section(`"text":` + plainOf(n)) }, 3000, "must be less than 3001 characters [json-pointer:/blocks/0/text/text]"},
		{"section fields", func(n int) string { return section(`"fields":` + times(n, plainOf(1))) }, 10, "no more than 10 items allowed [json-pointer:/blocks/0/fields]"},
		{"field text", func(n int) string { return section(`"fields":[` + plainOf(n) + `]`) }, 2000, "must be less than 2001 characters [json-pointer:/blocks/0/fields/0/text]"},
		{"context elements", func(n int) string { return `{"type":"context","elements":` + times(n, plainOf(1)) + `}` }, 10, "no more than 10 items allowed [json-pointer:/blocks/0/elements]"},
		{"button text", func(n int) string { return actions(`{"type":"button","text":` + plainOf(n) + `}`) }, 75, "must be less than 76 characters [json-pointer:/blocks/0/elements/0/text/text]"},
		{"button value", func(n int) string {
			return actions(`{"type":"button","text":` + plainOf(1) + `,"value":"` + strings.Repeat("v", n) + `"}`)
		}, 2000, "must be less than 2001 characters"},
		{"button url", func(n int) string {
			return actions(`{"type":"button","text":` + plainOf(1) + `,"url":"` + strings.Repeat("u", n) + `"}`)
		}, 3000, "must be less than 3001 characters"},
		{"accessibility label", func(n int) string {
			return actions(`{"type":"button","text":` + plainOf(1) + `,"accessibility_label":"` + strings.Repeat("l", n) + `"}`)
		}, 75, "must be less than 76 characters"},
		{"block id", func(n int) string { return `{"type":"divider","block_id":"` + strings.Repeat("b", n) + `"}` }, 255, "must be less than 256 characters"},
		{"action id", func(n int) string {
			return actions(`{"type":"button","text":` + plainOf(1) + `,"action_id":"` + strings.Repeat("a", n) + `"}`)
		}, 255, "must be less than 256 characters"},
		{"options", func(n int) string { return selectOf(times(n, optionOf(1, 1))) }, 100, "no more than 100 items allowed"},
		{"option text", func(n int) string { return selectOf("[" + optionOf(n, 1) + "]") }, 75, "must be less than 76 characters"},
		{"option value", func(n int) string { return selectOf("[" + optionOf(1, n) + "]") }, 150, "must be less than 151 characters"},
		{"overflow", func(n int) string {
			return actions(`{"type":"overflow","action_id":"o","options":` + times(n, optionOf(1, 1)) + `}`)
		}, 5, "no more than 5 items allowed"},
		{"checkboxes", func(n int) string {
			return actions(`{"type":"checkboxes","action_id":"c","options":` + times(n, optionOf(1, 1)) + `}`)
		}, 10, "no more than 10 items allowed"},
		{"placeholder", func(n int) string {
			return actions(`{"type":"external_select","action_id":"e","placeholder":` + plainOf(n) + `}`)
		}, 150, "must be less than 151 characters"},
		{"confirm title", func(n int) string {
			return actions(`{"type":"button","text":` + plainOf(1) + `,"confirm":{"title":` + plainOf(n) + `,"text":` + plainOf(300) + `,"confirm":` + plainOf(30) + `,"deny":` + plainOf(30) + `}}`)
		}, 100, "must be less than 101 characters"},
		{"input label", func(n int) string {
			return `{"type":"input","label":` + plainOf(n) + `,"element":{"type":"plain_text_input","action_id":"p","max_length":3000}}`
		}, 2000, "must be less than 2001 characters"},
		{"image description", func(n int) string {
			return `{"type":"image","image_url":"https://x.example/i.png","alt_text":"` + strings.Repeat("a", n) + `"}`
		}, 2000, "must be less than 2001 characters"},
		{"markdown", func(n int) string { return `{"type":"markdown","text":"` + strings.Repeat("m", n) + `"}` }, 12000, "must be less than 12001 characters"},
	} {
		t.Run(c.name, func(t *testing.T) {
			if faults := w.faultsOf(t, "["+c.block(c.most)+"]"); len(faults) > 0 {
				t.Errorf("refused at %d: %q", c.most, faults)
			}
			faults := w.faultsOf(t, "["+c.block(c.most+1)+"]")
			if len(faults) == 0 || !strings.Contains(faults[0], c.say) {
				t.Errorf("at %d: %q, want %q", c.most+1, faults, c.say)
			}
		})
	}
	t.Run("actions", func(t *testing.T) {
		var elements []string
		for i := range 26 {
			elements = append(elements, `{"type":"button","action_id":"a`+strings.Repeat("x", i)+`","text":`+plainOf(1)+`}`)
		}
		if faults := w.faultsOf(t, "["+actions(strings.Join(elements[:25], ","))+"]"); len(faults) > 0 {
			t.Errorf("25 refused: %q", faults)
		}
		if faults := w.faultsOf(t, "["+actions(strings.Join(elements, ","))+"]"); !slices.Equal(faults, []string{"[ERROR] no more than 25 items allowed [json-pointer:/blocks/0/elements]"}) {
			t.Errorf("26: %q", faults)
		}
	})
}

func TestBlocks_are_held_to_the_documented_shapes(t *testing.T) {
	w := newWorld(t)
	for _, c := range []struct{ name, blocks, say string }{
		{"refuses_an_unknown_block", `[{"type":"banner"}]`, "unsupported type: banner [json-pointer:/blocks/0/type]"},
		{"refuses_an_unknown_element", "[" + actions(`{"type":"slider"}`) + "]", "unsupported type: slider"},
		{"refuses_an_input_among_actions", "[" + actions(`{"type":"plain_text_input","action_id":"p"}`) + "]", "unsupported type: plain_text_input"},
		{"refuses_an_unknown_property", `[{"type":"divider","color":"red"}]`, "invalid additional property: color [json-pointer:/blocks/0]"},
		{"refuses_a_missing_property", `[{"type":"header"}]`, "missing required field: text [json-pointer:/blocks/0]"},
		{"refuses_an_empty_section", `[{"type":"section"}]`, "missing required field: text"},
		{"refuses_empty_text", `[{"type":"header","text":{"type":"plain_text","text":""}}]`, "must be more than 0 characters"},
		{"refuses_mrkdwn_in_a_header", `[{"type":"header","text":{"type":"mrkdwn","text":"x"}}]`, "unsupported type: mrkdwn"},
		{"refuses_an_unknown_style", "[" + actions(`{"type":"button","style":"loud","text":`+plainOf(1)+`}`) + "]", "must be a valid enum value"},
		{"refuses_an_element_without_a_list", `[{"type":"context","elements":{}}]`, "must be an array"},
		{"refuses_no_elements", `[{"type":"actions","elements":[]}]`, "no less than 1 items allowed"},
		{"refuses_two_equal_block_ids", `[{"type":"divider","block_id":"b"},{"type":"divider","block_id":"b"}]`, "`block_id` b already exists"},
		{"refuses_two_equal_action_ids", "[" + actions(`{"type":"button","action_id":"a","text":`+plainOf(1)+`},{"type":"button","action_id":"a","text":`+plainOf(1)+`}`) + "]", "`action_id` a already exists"},
		{"refuses_empty_rich_text", `[{"type":"rich_text","elements":[{"type":"rich_text_section","elements":[{"type":"text","text":""}]}]}]`, "must be more than 0 characters"},
		{"accepts_rich_text", `[{"type":"rich_text","elements":[{"type":"rich_text_list","style":"bullet","elements":[{"type":"rich_text_section","elements":[{"type":"date","timestamp":1,"format":"{date}","fallback":"x"}]}]}]}]`, ""},
	} {
		t.Run(c.name, func(t *testing.T) {
			faults := w.faultsOf(t, c.blocks)
			if c.say == "" && len(faults) > 0 || c.say != "" && !strings.Contains(strings.Join(faults, "\n"), c.say) {
				t.Errorf("faults = %q, want %q", faults, c.say)
			}
		})
	}
}

// faultsOf posts blocks as they stand and returns what Slack objects to.
func (w *world) faultsOf(t *testing.T, blocks string) []string {
	t.Helper()
	form := url.Values{"channel": {"C0OPS"}, "text": {"x"}, "blocks": {blocks}, "token": {"xoxb-simulated"}}
	a := w.call(t, "chat.postMessage", "application/x-www-form-urlencoded", "", form.Encode())
	if a.OK != (len(a.Metadata.Messages) == 0) {
		t.Errorf("ok = %v, error = %q with messages %q", a.OK, a.Error, a.Metadata.Messages)
	}
	return a.Metadata.Messages
}

// What slack-go makes with all its optional properties passes.
func TestBlocks_made_by_slackgo_pass(t *testing.T) {
	w := newWorld(t)
	plain := func(s string) *slackgo.TextBlockObject {
		return slackgo.NewTextBlockObject("plain_text", s, false, false)
	}
	button := slackgo.NewButtonBlockElement("a", "v", plain("Go")).WithStyle(slackgo.StyleDanger).WithURL("https://x.example/").
		WithConfirm(slackgo.NewConfirmationBlockObject(plain("Sure?"), plain("Really"), plain("Yes"), plain("No")))
	blocks := []slackgo.Block{
		slackgo.NewHeaderBlock(plain("Title")),
		slackgo.NewSectionBlock(slackgo.NewTextBlockObject("mrkdwn", "*x*", false, true), nil, slackgo.NewAccessory(button)),
		slackgo.NewContextBlock("", slackgo.NewTextBlockObject("mrkdwn", "x", false, false)),
		slackgo.NewDividerBlock(),
		slackgo.NewActionBlock("act", button, slackgo.NewOptionsSelectBlockElement("static_select", plain("Pick"), "s", slackgo.NewOptionBlockObject("1", plain("One"), nil))),
		slackgo.NewRichTextBlock("", slackgo.NewRichTextSection(
			slackgo.NewRichTextSectionTextElement("user text", &slackgo.RichTextSectionTextStyle{Bold: true}),
			slackgo.NewRichTextSectionUserElement("U0ANNA", nil))),
		slackgo.NewInputBlock("in", plain("Why"), nil, slackgo.NewPlainTextInputBlockElement(plain("because"), "p")),
	}
	_, _, err := w.api.PostMessageContext(t.Context(), "ops", say("x"), slackgo.MsgOptionBlocks(blocks...))
	var e slackgo.SlackErrorResponse
	if errors.As(err, &e) || err != nil {
		t.Errorf("%v: %q", err, e.ResponseMetadata.Messages)
	}
}
