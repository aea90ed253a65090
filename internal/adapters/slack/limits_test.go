package slack

import (
	"encoding/json"
	"fmt"
	"strings"
	"testing"
	"unicode/utf16"
	"unicode/utf8"
)

// checkLimits fails the test for whatever Slack documents that it would refuse,
// and for text in a place where Slack would interpret it. It reads the JSON
// anew, so that it does not share a mistake with what wrote it.
func checkLimits(t testing.TB, raw []byte) {
	t.Helper()
	var m map[string]any
	if err := json.Unmarshal(raw, &m); err != nil {
		t.Fatalf("not JSON: %v", err)
	}
	text, _ := m["text"].(string)
	atMost(t, "text", text, 4000)
	for _, control := range []string{"<", ">", "@everyone", "@here", "@channel"} {
		if strings.Contains(text, control) {
			t.Errorf("top-level text holds %q: %.200q", control, text)
		}
	}
	blocks, _ := m["blocks"].([]any)
	if len(blocks) == 0 || len(blocks) > 50 {
		t.Errorf("%d blocks", len(blocks))
	}
	ids, total, primary := map[string]bool{}, 0, 0
	for i, b := range blocks {
		block := b.(map[string]any)
		at := fmt.Sprintf("block %d", i)
		if id, ok := block["block_id"].(string); ok {
			if ids[id] {
				t.Errorf("%s: block_id %q again", at, id)
			}
			ids[id] = true
			atMost(t, at+" block_id", id, 255)
		}
		total += checkBlock(t, at, block)
		primary += strings.Count(compact(t, block), `"style":"primary"`)
	}
	if total > 13_000 {
		t.Errorf("%d characters in all blocks", total)
	}
	if primary > 1 {
		t.Errorf("%d primary buttons", primary)
	}
}

// checkModal is checkLimits for views.
func checkModal(t testing.TB, raw []byte) {
	t.Helper()
	var m map[string]any
	if err := json.Unmarshal(raw, &m); err != nil {
		t.Fatalf("not JSON: %v", err)
	}
	if len(raw) > 250_000 {
		t.Errorf("%d bytes", len(raw))
	}
	for _, field := range []string{"title", "submit", "close"} {
		checkPlain(t, field, m[field], 24)
	}
	metadata, _ := m["private_metadata"].(string)
	atMost(t, "private_metadata", metadata, 3000)
	if m["type"] != "modal" || m["callback_id"] != "request" || metadata != "" {
		t.Errorf("type %v, callback %v, metadata %q", m["type"], m["callback_id"], metadata)
	}
	blocks, _ := m["blocks"].([]any)
	if len(blocks) == 0 || len(blocks) > 100 {
		t.Errorf("%d blocks", len(blocks))
	}
	ids := map[string]bool{}
	for i, b := range blocks {
		block, at := b.(map[string]any), fmt.Sprintf("block %d", i)
		if block["type"] != "input" {
			checkBlock(t, at, block)
			continue
		}
		id, _ := block["block_id"].(string)
		if id == "" || ids[id] {
			t.Errorf("%s: block_id %q", at, id)
		}
		ids[id] = true
		checkInput(t, at, block)
	}
}

func checkInput(t testing.TB, at string, block map[string]any) {
	t.Helper()
	checkPlain(t, at+" label", block["label"], 2000)
	checkPlain(t, at+" hint", block["hint"], 2000)
	e, _ := block["element"].(map[string]any)
	if e["action_id"] != block["block_id"] {
		t.Errorf("%s: action_id %v", at, e["action_id"])
	}
	switch e["type"] {
	case "external_select":
		checkPlain(t, at+" placeholder", e["placeholder"], 150)
		if e["min_query_length"] != 0.0 {
			t.Errorf("%s: %v", at, e)
		}
		if chosen, is := e["initial_option"].(map[string]any); is {
			checkOption(t, at, chosen)
		}
	case "plain_text_input":
		initial, _ := e["initial_value"].(string)
		most, _ := e["max_length"].(float64)
		if most < 1 || most > 3000 || !utf8.ValidString(initial) || e["multiline"] != true && strings.ContainsAny(initial, "\n\r") {
			t.Errorf("%s: %.300v", at, e)
		}
		atMost(t, at, initial, int(most))
	default:
		t.Errorf("%s: element %v", at, e["type"])
	}
}

// checkOptions is checkLimits for answers to a question for options.
func checkOptions(t testing.TB, raw []byte) {
	t.Helper()
	var m struct {
		Options *[]map[string]any
	}
	if err := json.Unmarshal(raw, &m); err != nil || m.Options == nil || len(*m.Options) > 100 {
		t.Fatalf("%v in %.300s", err, raw)
	}
	for i, o := range *m.Options {
		checkOption(t, fmt.Sprintf("option %d", i), o)
	}
}

func checkOption(t testing.TB, at string, o map[string]any) {
	t.Helper()
	checkPlain(t, at, o["text"], 75)
	if o["description"] != nil {
		checkPlain(t, at+" description", o["description"], 75)
	}
	value, _ := o["value"].(string)
	atMost(t, at+" value", value, 150)
	if value == "" {
		t.Errorf("%s: no value", at)
	}
}

func checkBlock(t testing.TB, at string, block map[string]any) (characters int) {
	t.Helper()
	elements, _ := block["elements"].([]any)
	switch block["type"] {
	case "header":
		checkPlain(t, at, block["text"], 150)
	case "context":
		if len(elements) == 0 || len(elements) > 10 {
			t.Errorf("%s: %d elements", at, len(elements))
		}
		for _, e := range elements {
			checkPlain(t, at, e, 3000)
		}
	case "actions":
		checkButtons(t, at, elements)
	case "rich_text":
		for _, e := range elements {
			characters += checkSection(t, at, e.(map[string]any))
		}
	default:
		t.Errorf("%s: type %v", at, block["type"])
	}
	return characters
}

func checkButtons(t testing.TB, at string, elements []any) {
	t.Helper()
	if len(elements) == 0 || len(elements) > 25 {
		t.Errorf("%s: %d elements", at, len(elements))
	}
	seen := map[string]bool{}
	for _, e := range elements {
		b := e.(map[string]any)
		id, _ := b["action_id"].(string)
		if id == "" || seen[id] {
			t.Errorf("%s: action_id %q", at, id)
		}
		seen[id] = true
		checkPlain(t, at, b["text"], 75)
		for field, most := range map[string]int{"action_id": 255, "value": 2000, "url": 3000, "accessibility_label": 75} {
			s, _ := b[field].(string)
			atMost(t, at+" "+field, s, most)
		}
	}
}

func checkSection(t testing.TB, at string, section map[string]any) (characters int) {
	t.Helper()
	switch section["type"] {
	case "rich_text_section", "rich_text_preformatted":
	default:
		t.Errorf("%s: %v", at, section["type"])
	}
	elements, _ := section["elements"].([]any)
	if len(elements) == 0 || len(elements) > 1000 {
		t.Errorf("%s: %d elements", at, len(elements))
	}
	for _, e := range elements {
		o := e.(map[string]any)
		switch o["type"] {
		case "text", "link":
			s, _ := o["text"].(string)
			if s == "" || !utf8.ValidString(s) {
				t.Errorf("%s: text %q", at, s)
			}
			characters += len(utf16.Encode([]rune(s)))
		case "date":
			if s, _ := o["fallback"].(string); !strings.HasSuffix(s, "UTC") {
				t.Errorf("%s: fallback %q does not name UTC", at, s)
			}
		default:
			t.Errorf("%s: element %v", at, o["type"])
		}
	}
	return characters
}

func checkPlain(t testing.TB, at string, v any, most int) {
	t.Helper()
	o, _ := v.(map[string]any)
	text, _ := o["text"].(string)
	if o["type"] != "plain_text" || text == "" || o["emoji"] != false {
		t.Errorf("%s: %v is no plain text", at, v)
	}
	atMost(t, at, text, most)
}

func atMost(t testing.TB, what, s string, most int) {
	t.Helper()
	if n := len(utf16.Encode([]rune(s))); n > most {
		t.Errorf("%s: %d characters, at most %d", what, n, most)
	}
}

func compact(t testing.TB, v any) string {
	t.Helper()
	raw, err := json.Marshal(v)
	if err != nil {
		t.Fatal(err)
	}
	return string(raw)
}
