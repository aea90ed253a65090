package slackweb_test

import (
	"fmt"
	"net/http"
	"net/url"
	"strings"
	"testing"

	"golang.org/x/net/html"
)

func TestPress_tells_the_app_which_button_it_was(t *testing.T) {
	w := newWorld(t)
	m := w.post(t, "U0ADA", golden(t, "status_actions")["blocks"])
	p := w.get(t, "/as/ada/dm")
	// Two blocks have a button "stop"; the second is the third request's.
	stops := find(p.doc, func(n *html.Node) bool { return attr(n, "name") == "block" && attr(n, "value") == "H-7K3F9QX#3" })
	if len(stops) != 1 {
		t.Fatalf("%d forms", len(stops))
	}
	p = w.send(t, "/as/ada/press", url.Values{
		"channel": {m.Channel}, "ts": {m.TS}, "seen": {attrOf(t, p, "seen")}, "block": {"H-7K3F9QX#3"}, "action": {"stop"}, "back": {"/as/ada/dm"},
	}, true)
	if p.status != http.StatusOK || !strings.Contains(w.lastHeard(t), `"block_id":"H-7K3F9QX#3"`) {
		t.Errorf("the app heard %s", w.lastHeard(t))
	}
}

func attrOf(t *testing.T, p response, field string) string {
	t.Helper()
	all := find(p.doc, func(n *html.Node) bool { return n.Data == "input" && attr(n, "name") == field })
	if len(all) == 0 {
		t.Fatalf("no field %q in\n%s", field, p.raw)
	}
	return attr(all[0], "value")
}

const oneButton = `[{"type":"actions","block_id":"b","elements":[{"type":"button","action_id":"go","value":%q,"text":{"type":"plain_text","text":"Go"}%s}]}]`

func TestPress_acts_on_what_stood_on_the_page(t *testing.T) {
	w := newWorld(t)
	m := w.post(t, "U0ADA", list(fmt.Sprintf(oneButton, "old", "")))
	action, fields := w.get(t, "/as/ada/dm").form(t, "Go")
	w.call(t, "chat.update", map[string]any{"channel": m.Channel, "ts": m.TS, "text": "done", "blocks": list(`[{"type":"divider"}]`)})
	w.send(t, action, fields, true)
	if !strings.Contains(w.lastHeard(t), `"value":"old"`) {
		t.Errorf("the app heard %s", w.lastHeard(t))
	}
}

func TestPress_asks_first_where_the_app_says_so(t *testing.T) {
	w := newWorld(t)
	ask := `,"confirm":{"title":{"type":"plain_text","text":"Really?"},"text":{"type":"plain_text","text":"It cannot be undone."},"confirm":{"type":"plain_text","text":"Yes, go"},"deny":{"type":"plain_text","text":"No"}}`
	w.post(t, "U0ADA", list(fmt.Sprintf(oneButton, "v", ask)))
	p := w.get(t, "/as/ada/dm")
	if got := text(p.byID(t, "messages")); !strings.Contains(got, "Really?") || !strings.Contains(got, "It cannot be undone.") {
		t.Errorf("it asks %q", got)
	}
	action, fields := p.form(t, "Yes, go")
	w.send(t, action, fields, true)
	if !strings.Contains(w.lastHeard(t), `"action_id":"go"`) {
		t.Errorf("the app heard %s", w.lastHeard(t))
	}
}

func TestPress_says_when_the_app_does_not_answer(t *testing.T) {
	w := newWorld(t)
	w.post(t, "U0ADA", list(fmt.Sprintf(oneButton, "v", "")))
	w.answers(func(rw http.ResponseWriter, _ *http.Request) { rw.WriteHeader(http.StatusInternalServerError) })
	action, fields := w.get(t, "/as/ada/dm").form(t, "Go")
	p := w.send(t, action, fields, true)
	if p.status != http.StatusOK || strings.Count(text(p.doc), "We had some trouble connecting") != 1 {
		t.Errorf("status %d\n%s", p.status, p.raw)
	}
	// In a thread, the line in the room may be out of sight.
	fields.Set("back", "/as/ada/dm?thread=1")
	if p := w.send(t, action, fields, true); !strings.Contains(text(p.byID(t, "alerts")), "We had some trouble connecting") {
		t.Errorf("in a thread it shows\n%s", p.raw)
	}
}

func TestPress_is_refused_for_what_somebody_cannot_see(t *testing.T) {
	w := newWorld(t)
	w.post(t, "U0ADA", list(fmt.Sprintf(oneButton, "v", "")))
	_, fields := w.get(t, "/as/ada/dm").form(t, "Go")
	p := w.send(t, "/as/ben/press", fields, true)
	if !strings.Contains(text(p.byID(t, "alerts")), "sees no such message") || len(w.heard) > 0 {
		t.Errorf("Ben pressed Ada's button:\n%s", p.raw)
	}
}

func TestLinkButton(t *testing.T) {
	for _, c := range []struct {
		name, link string
		status     int // of the app's acknowledgement
		to         string
	}{
		{"leads_to_its_link", "https://hoist.example/a", http.StatusOK, "https://hoist.example/a"},
		{"leads_there_when_the_app_does_not_answer", "https://hoist.example/a", http.StatusBadGateway, "https://hoist.example/a"},
		{"opens_nothing_but_the_web", "javascript:alert(1)", http.StatusOK, "/as/ada/dm?alert=1"},
	} {
		t.Run(c.name, func(t *testing.T) {
			w := newWorld(t)
			w.answers(func(rw http.ResponseWriter, _ *http.Request) { rw.WriteHeader(c.status) })
			w.post(t, "U0ADA", list(fmt.Sprintf(oneButton, "v", fmt.Sprintf(`,"url":%q`, c.link))))
			action, fields := w.get(t, "/as/ada/dm").form(t, "Go")
			p := w.send(t, action, fields, false)
			if p.status != http.StatusSeeOther || p.header.Get("Location") != c.to {
				t.Errorf("%d to %q, want %q", p.status, p.header.Get("Location"), c.to)
			}
			if !strings.Contains(w.lastHeard(t), `"action_id":"go"`) {
				t.Error("the app was not told")
			}
		})
	}
}

func TestLinkButton_that_leaves_the_demo_says_so(t *testing.T) {
	w := newWorld(t)
	w.post(t, "U0ADA", list(fmt.Sprintf(oneButton, "v", `,"url":"https://portal.example/?a=1"`)))
	action, fields := w.get(t, "/as/ada/dm").form(t, "Go")
	p := w.send(t, action, fields, false)
	links := find(p.doc, func(n *html.Node) bool { return attr(n, "href") == "https://portal.example/?a=1" })
	if p.status != http.StatusOK || len(links) != 1 || !strings.Contains(text(p.doc), "This would leave the demo") {
		t.Errorf("status %d\n%s", p.status, p.raw)
	}
	if !strings.Contains(w.lastHeard(t), `"action_id":"go"`) {
		t.Error("the app was not told")
	}
}

func TestChoose_tells_the_app_what_was_chosen(t *testing.T) {
	w := newWorld(t)
	option := `{"text":{"type":"plain_text","text":"Two, or more"},"value":"2"}`
	w.post(t, "U0ADA", list(`[{"type":"actions","block_id":"b","elements":[
		{"type":"static_select","action_id":"s","placeholder":{"type":"plain_text","text":"Pick"},"options":[`+option+`]}]}]`))
	action, fields := w.get(t, "/as/ada/dm").form(t, "Choose")
	fields.Set("option", "2")
	fields.Set("choose", "static_select")
	p := w.send(t, action, fields, true)
	if !strings.Contains(w.lastHeard(t), `"value":"2"`) {
		t.Errorf("the app heard %s", w.lastHeard(t))
	}
	chosen := find(p.doc, func(n *html.Node) bool { return n.Data == "option" && strings.Contains(p.raw, `value="2" selected`) })
	if len(chosen) == 0 {
		t.Error("the choice does not show")
	}
}

// modalForm is the form of the modal that is open, with what stands in it.
func modalForm(t *testing.T, p response) (action string, fields url.Values) {
	t.Helper()
	dialog := find(p.doc, func(n *html.Node) bool { return n.Data == "dialog" })
	if len(dialog) != 1 {
		t.Fatalf("%d modals in\n%s", len(dialog), p.raw)
	}
	fields = url.Values{}
	for _, n := range find(dialog[0], func(n *html.Node) bool { return attr(n, "name") != "" }) {
		switch n.Data {
		case "input":
			fields.Set(attr(n, "name"), attr(n, "value"))
		case "textarea":
			fields.Set(attr(n, "name"), strings.TrimPrefix(text(n), "\n"))
		}
	}
	return attr(find(dialog[0], func(n *html.Node) bool { return n.Data == "form" })[0], "action"), fields
}

func TestModal(t *testing.T) {
	w := newWorld(t)
	w.answersJSON(goldenText(t, "errors_form"), goldenText(t, "options_roles"))
	w.open(t, "U0ADA", golden(t, "modal_request_filled"))
	p := w.get(t, "/as/ada/dm")
	action, fields := modalForm(t, p)
	t.Run("offers_what_the_app_suggests_and_asks_once", func(t *testing.T) {
		asked := len(w.heard)
		p := w.get(t, "/as/ada/c/general")
		if !strings.Contains(text(p.byID(t, "field-right")), "User Administrator – up to 8h · approval") {
			t.Errorf("it offers %q", text(p.byID(t, "field-right")))
		}
		if len(w.heard) != asked {
			t.Error("the app was asked again")
		}
	})
	t.Run("is_seen_by_nobody_else", func(t *testing.T) {
		if strings.Contains(w.get(t, "/as/ben/dm").raw, "<dialog") {
			t.Error("Ben sees Ada's modal")
		}
		if p := w.send(t, "/as/ben/modal", fields, true); !strings.Contains(text(p.byID(t, "alerts")), "already closed") {
			t.Error("Ben can submit it")
		}
	})
	t.Run("asks_for_what_is_missing_before_the_app_hears_of_it", func(t *testing.T) {
		heard := len(w.heard)
		p := w.send(t, action, fields, true)
		if !strings.Contains(text(p.byID(t, "field-right-fault")), "complete this required field") || len(w.heard) != heard {
			t.Errorf("it shows\n%s", p.raw)
		}
	})
	fields.Set("in:right/right", "k1")
	fields.Set("in:duration/duration", "20h")
	t.Run("shows_complaints_at_the_field_and_keeps_what_was_typed", func(t *testing.T) {
		p := w.send(t, action, fields, true)
		if got := text(p.byID(t, "field-duration-fault")); got != "User Administrator allows 8h at most." {
			t.Errorf("it says %q", got)
		}
		in := p.byID(t, "field-duration")
		if attr(in, "value") != "20h" || attr(in, "aria-invalid") != "true" || !strings.Contains(attr(in, "aria-describedby"), "field-duration-fault") {
			t.Errorf("the field is %v", in.Attr)
		}
		if !strings.Contains(p.raw, `value="k1" selected`) {
			t.Error("the role is forgotten")
		}
	})
	t.Run("closes_when_the_app_accepts", func(t *testing.T) {
		w.answersJSON("", "")
		fields.Set("in:duration/duration", "2h")
		if p := w.send(t, action, fields, true); strings.Contains(p.raw, "<dialog") {
			t.Error("it is still open")
		}
		if !strings.Contains(w.lastHeard(t), `"value":"2h"`) || !strings.Contains(w.lastHeard(t), `"value":"k1"`) {
			t.Errorf("the app heard %s", w.lastHeard(t))
		}
	})
}

func TestModal_closes_in_Slack_too(t *testing.T) {
	w := newWorld(t)
	w.answersJSON("", goldenText(t, "options_none"))
	w.open(t, "U0ADA", golden(t, "modal_request"))
	p := w.get(t, "/as/ada/dm")
	if !strings.Contains(text(p.doc), "There is nothing to choose from.") {
		t.Error("nobody is told why the list is empty")
	}
	action, fields := modalForm(t, p)
	fields.Set("close", "1")
	w.send(t, action, fields, true)
	if _, open := w.Modal("U0ADA"); open {
		t.Error("it is still open")
	}
}

const searching = `{"type":"modal","title":{"type":"plain_text","text":"Pick"},"submit":{"type":"plain_text","text":"OK"},"blocks":[
	{"type":"input","block_id":"r","dispatch_action":true,"label":{"type":"plain_text","text":"Role"},"element":{"type":"external_select","action_id":"x","min_query_length":1}},
	{"type":"input","block_id":"d","optional":true,"label":{"type":"plain_text","text":"Note"},"element":{"type":"plain_text_input","action_id":"n"}}]}`

func TestModal_searches_and_tells_the_app_of_a_choice(t *testing.T) {
	w := newWorld(t)
	w.answersJSON("", `{"option_groups":[{"label":{"type":"plain_text","text":"Yours"},"options":[{"text":{"type":"plain_text","text":"Reader"},"value":"k9"}]}]}`)
	w.open(t, "U0ADA", jsonObject(t, searching))
	action, fields := modalForm(t, w.get(t, "/as/ada/dm"))
	fields.Set("search", "r/x")
	fields.Set("search:r/x", "read")
	fields.Set("in:d/n", "kept")
	p := w.send(t, action, fields, true)
	groups := find(p.byID(t, "field-r"), func(n *html.Node) bool { return n.Data == "optgroup" && attr(n, "label") == "Yours" })
	if len(groups) != 1 || !strings.Contains(p.raw, `value="k9"`) || attr(p.byID(t, "field-d"), "value") != "kept" {
		t.Fatalf("it shows\n%s", p.raw)
	}
	fields.Del("search")
	fields.Set("update", "r/x")
	fields.Set("in:r/x", "k9")
	w.send(t, action, fields, true)
	if heard := w.lastHeard(t); !strings.Contains(heard, `"block_actions"`) || !strings.Contains(heard, `"value":"kept"`) {
		t.Errorf("the app heard %s", heard)
	}
}

func TestHome_is_shown_where_the_app_published_one(t *testing.T) {
	w := newWorld(t)
	w.call(t, "views.publish", map[string]any{"user_id": "U0ADA", "view": jsonObject(t, `{"type":"home","blocks":`+fmt.Sprintf(oneButton, "v", "")+`}`)})
	if !strings.Contains(w.get(t, "/as/ada/dm").raw, `href="/as/ada/home"`) {
		t.Error("there is no link to it")
	}
	action, fields := w.get(t, "/as/ada/home").form(t, "Go")
	w.send(t, action, fields, true)
	if !strings.Contains(w.lastHeard(t), `"action_id":"go"`) {
		t.Errorf("the app heard %s", w.lastHeard(t))
	}
}
