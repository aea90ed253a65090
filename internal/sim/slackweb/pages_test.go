package slackweb_test

import (
	"context"
	"io"
	"net/http"
	"net/url"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"golang.org/x/net/html"

	"hoist/internal/sim/slack"
	"hoist/internal/sim/slackweb"
)

func TestURL_is_a_persons_view_of_a_room(t *testing.T) {
	ada := slack.User{ID: "U0ADA", Name: "ada"}
	for room, want := range map[string]string{"": "/as/ada/dm", "general": "/as/ada/c/general"} {
		if got := slackweb.URL(ada, room); got != want {
			t.Errorf("URL(%q) = %q, want %q", room, got, want)
		}
	}
}

func TestRoom_shows_everything_that_the_product_sends(t *testing.T) {
	names, err := filepath.Glob("../../adapters/slack/testdata/render/*.json")
	if err != nil || len(names) == 0 {
		t.Fatalf("no goldens: %v", err)
	}
	for _, file := range names {
		name := strings.TrimSuffix(filepath.Base(file), ".json")
		o := golden(t, name)
		blocks, isMessage := o["blocks"]
		if !isMessage {
			continue
		}
		t.Run(name, func(t *testing.T) {
			w := newWorld(t)
			w.answersJSON("", `{"options":[]}`)
			var want []string
			at := "messages"
			if o["type"] == "modal" {
				want, at = w.RenderView(w.open(t, "U0ADA", o)).Lines, "modals"
			} else {
				want = w.Render(w.post(t, "U0ADA", blocks), "U0ADA").Lines
			}
			p := w.get(t, "/as/ada/dm")
			if p.status != http.StatusOK {
				t.Fatalf("status %d: %s", p.status, p.raw)
			}
			shown := text(p.byID(t, at))
			for _, line := range want {
				if !strings.ContainsAny(line, "[]=") && !strings.Contains(shown, strings.TrimSpace(line)) {
					t.Errorf("%q is not shown in\n%s", line, shown)
				}
			}
			uniqueIDs(t, p)
		})
	}
}

func uniqueIDs(t *testing.T, p response) {
	t.Helper()
	seen := map[string]bool{}
	for _, n := range find(p.doc, func(n *html.Node) bool { return attr(n, "id") != "" }) {
		if id := attr(n, "id"); seen[id] {
			t.Errorf("the id %q stands twice", id)
		}
		seen[attr(n, "id")] = true
	}
}

// hostile is what somebody may type.
const hostile = `<script>alert(1)</script> & *bold* _it_ <!channel> <@U0BEN> <https://evil.example|click> javascript:alert(1) "'`

func TestRoom_never_makes_markup_of_what_was_typed(t *testing.T) {
	for _, c := range []struct {
		name string
		say  func(*testing.T, *world)
	}{
		{"plain_text", func(t *testing.T, w *world) {
			w.post(t, "general", []any{map[string]any{"type": "section", "text": map[string]any{"type": "plain_text", "text": hostile}}})
		}},
		{"rich_text", func(t *testing.T, w *world) {
			section := map[string]any{"type": "rich_text_section", "elements": []any{map[string]any{"type": "text", "text": hostile}}}
			w.post(t, "general", []any{map[string]any{"type": "rich_text", "elements": []any{section}}})
		}},
		{"a_person_says_it", func(t *testing.T, w *world) {
			if _, err := w.Say("U0BEN", "general", hostile); err != nil {
				t.Fatal(err)
			}
		}},
		{"a_button_label", func(t *testing.T, w *world) {
			button := map[string]any{"type": "button", "action_id": "a", "text": map[string]any{"type": "plain_text", "text": hostile[:70]}}
			w.post(t, "general", []any{map[string]any{"type": "actions", "elements": []any{button}}})
		}},
	} {
		t.Run(c.name, func(t *testing.T) {
			w := newWorld(t)
			c.say(t, w)
			messages := w.get(t, "/as/ada/c/general").byID(t, "messages")
			if got := text(messages); !strings.Contains(got, hostile[:70]) {
				t.Errorf("the text is not shown as typed:\n%s", got)
			}
			active := find(messages, func(n *html.Node) bool {
				return n.Data == "script" || n.Data == "b" || n.Data == "i" || attr(n, "class") == "mention" ||
					n.Data == "a" && !strings.HasPrefix(attr(n, "href"), "/as/")
			})
			if len(active) > 0 {
				t.Errorf("<%s> came out of the text", active[0].Data)
			}
		})
	}
}

func TestRoom_draws_mrkdwn_and_rich_text_as_the_app_meant_them(t *testing.T) {
	w := newWorld(t)
	w.post(t, "general", list(`[
		{"type":"section","text":{"type":"mrkdwn","text":"*bold* <https://x.example/?a=1&amp;b=2|link> <@U0BEN> <javascript:alert(1)|bad>\n> quoted *here*"},
		 "fields":[{"type":"plain_text","text":"left"},{"type":"mrkdwn","text":"right"}]},
		{"type":"rich_text","elements":[
		 {"type":"rich_text_list","style":"ordered","elements":[{"type":"rich_text_section","elements":[{"type":"text","text":"first"}]}]},
		 {"type":"rich_text_preformatted","elements":[{"type":"text","text":"Connect-MgGraph"}]},
		 {"type":"rich_text_section","elements":[{"type":"date","timestamp":1795510800,"format":"{time}"},{"type":"text","text":"strong","style":{"bold":true,"code":true}}]}]}]`))
	m := w.get(t, "/as/ada/c/general").byID(t, "messages")
	for _, want := range []struct{ tag, text string }{
		{"b", "bold"}, {"blockquote", "quoted here"}, {"span", "@Ben Okafor"}, {"ol", "first"}, {"pre", "Connect-MgGraph"}, {"time", "10:00"}, {"code", "strong"}, {"ul", "leftright"},
	} {
		if len(find(m, func(n *html.Node) bool { return n.Data == want.tag && text(n) == want.text })) == 0 {
			t.Errorf("no <%s> reads %q", want.tag, want.text)
		}
	}
	for _, a := range find(m, func(n *html.Node) bool { return n.Data == "a" && attr(n, "target") == "_blank" }) {
		if got := attr(a, "href"); got != "https://x.example/?a=1&b=2" {
			t.Errorf("a link to %q", got)
		}
	}
}

func TestRoom_names_buttons_by_what_they_show(t *testing.T) {
	w := newWorld(t)
	w.post(t, "general", list(`[{"type":"actions","elements":[
		{"type":"button","action_id":"a","text":{"type":"plain_text","text":"Approve"},"accessibility_label":"Approve this request"},
		{"type":"button","action_id":"b","text":{"type":"plain_text","text":"Go on"},"accessibility_label":"Sign in"}]}]`))
	p := w.get(t, "/as/ada/c/general")
	for action, want := range map[string]string{"a": "Approve this request", "b": "Go on: Sign in"} {
		found := find(p.doc, func(n *html.Node) bool { return attr(n, "data-action") == action })
		if len(found) != 1 || attr(found[0], "aria-label") != want {
			t.Errorf("button %s has no name %q", action, want)
		}
	}
}

func TestPages_who_plays_stands_in_the_address(t *testing.T) {
	w := newWorld(t)
	w.post(t, "U0ADA", list(`[{"type":"section","text":{"type":"plain_text","text":"for Ada"}}]`))
	w.post(t, "U0BEN", list(`[{"type":"section","text":{"type":"plain_text","text":"for Ben"}}]`))
	for _, user := range []string{"U0ADA", "U0BEN"} {
		w.call(t, "chat.postEphemeral", map[string]any{"channel": "C0GENERAL", "user": user, "text": "whispered to " + user})
	}
	for _, c := range []struct{ path, sees, never string }{
		{"/as/ada", "for Ada", "for Ben"},
		{"/as/ben/dm", "for Ben", "for Ada"},
		{"/as/ada/c/general", "whispered to U0ADA", "whispered to U0BEN"},
		{"/as/ben/c/general", "whispered to U0BEN", "whispered to U0ADA"},
	} {
		p := w.get(t, c.path)
		if !strings.Contains(p.raw, c.sees) || strings.Contains(p.raw, c.never) {
			t.Errorf("%s shows\n%s", c.path, p.raw)
		}
		if len(p.header.Values("Set-Cookie")) > 0 {
			t.Errorf("%s sets a cookie", c.path)
		}
	}
	if p := w.get(t, "/as/ada/c/general"); !strings.Contains(p.raw, "Only visible to you") {
		t.Error("an ephemeral message is not marked")
	}
}

func TestPages_offer_the_people_where_nobody_is(t *testing.T) {
	w := newWorld(t)
	for _, path := range []string{"/as/zed", "/as/gone/dm", "/as/hoist/dm", "/as/ada/c/nowhere", "/as/ada/c/secret", "/as/ada/home"} {
		p := w.get(t, path)
		if p.status != http.StatusNotFound || !strings.Contains(p.raw, `href="/as/ben/dm"`) {
			t.Errorf("%s: status %d\n%s", path, p.status, p.raw)
		}
	}
}

func TestPages_count_what_is_unread(t *testing.T) {
	w := newWorld(t)
	w.post(t, "U0BEN", list(`[{"type":"divider"}]`))
	badge := func() bool { return strings.Contains(text(w.get(t, "/as/ada/dm").byID(t, "person-ben")), "1 new") }
	if !badge() {
		t.Error("Ben's new message is not counted")
	}
	w.get(t, "/as/ben/dm")
	if badge() {
		t.Error("it is still counted after Ben has read it")
	}
}

func TestRoom_shows_a_thread_beside(t *testing.T) {
	w := newWorld(t)
	parent := w.post(t, "general", list(`[{"type":"section","text":{"type":"plain_text","text":"the parent"}}]`))
	for _, line := range []string{"one", "two"} {
		if _, err := w.Reply("U0BEN", parent, line); err != nil {
			t.Fatal(err)
		}
	}
	p := w.get(t, "/as/ada/c/general")
	if got := text(p.byID(t, "messages")); !strings.Contains(got, "2 replies") || strings.Contains(got, "two") {
		t.Errorf("the room shows\n%s", got)
	}
	p = w.get(t, "/as/ada/c/general?thread="+parent.TS)
	uniqueIDs(t, p)
	if got := text(p.byID(t, "replies")); !strings.Contains(got, "the parent") || !strings.Contains(got, "two") {
		t.Errorf("the thread shows\n%s", got)
	}
	action, fields := p.form(t, "Reply")
	fields.Set("line", "/elevate help")
	if p = w.send(t, action, fields, true); !strings.Contains(p.raw, "/elevate is not supported in threads. Sorry!") {
		t.Errorf("a command in a thread shows\n%s", p.raw)
	}
	fields.Set("line", "three")
	if p = w.send(t, action, fields, true); !strings.Contains(text(p.byID(t, "replies")), "three") {
		t.Errorf("the reply is not there:\n%s", p.raw)
	}
}

func TestComposer(t *testing.T) {
	w := newWorld(t)
	t.Run("is_filled_by_a_draft", func(t *testing.T) {
		p := w.get(t, "/as/ada/dm?draft=%2Felevate+%22x%22")
		if got := attr(p.byID(t, "line"), "value"); got != `/elevate "x"` {
			t.Errorf("the line is %q", got)
		}
	})
	t.Run("offers_hints_as_links", func(t *testing.T) {
		help := w.get(t, "/as/ada/c/general").byID(t, "help")
		links := find(help, func(n *html.Node) bool { return n.Data == "a" })
		if len(links) != 3 || attr(links[0], "href") != "/as/ada/c/general?draft=%2Felevate+help" {
			t.Errorf("%d links", len(links))
		}
		said := find(help, func(n *html.Node) bool { return attr(n, "class") == "says" })
		if len(said) != 2 || text(said[1].Parent) != "what you hold /elevate status /elevate status all" {
			t.Errorf("%d things are said, the last %q", len(said), text(said[len(said)-1].Parent))
		}
	})
	t.Run("types_a_command_in_the_room", func(t *testing.T) {
		w.answers(func(rw http.ResponseWriter, _ *http.Request) { _, _ = io.WriteString(rw, "Checking") })
		action, fields := w.get(t, "/as/ada/c/general").form(t, "Send")
		fields.Set("line", "/elevate Reader")
		p := w.send(t, action, fields, true)
		if !strings.Contains(text(p.byID(t, "messages")), "Checking") || strings.Contains(text(p.byID(t, "messages")), "/elevate Reader") {
			t.Errorf("the room shows\n%s", p.raw)
		}
		if w.heard[len(w.heard)-1].Get("channel_name") != "general" {
			t.Error("the command came from elsewhere")
		}
	})
	t.Run("says_an_ordinary_message", func(t *testing.T) {
		action, fields := w.get(t, "/as/ada/c/general").form(t, "Send")
		fields.Set("line", "hello there")
		w.send(t, action, fields, true)
		if p := w.get(t, "/as/ben/c/general"); !strings.Contains(text(p.byID(t, "messages")), "hello there") {
			t.Error("Ben does not read it")
		}
	})
	t.Run("keeps_the_line_that_is_no_command", func(t *testing.T) {
		action, fields := w.get(t, "/as/ada/dm").form(t, "Send")
		fields.Set("line", "/nonsense")
		p := w.send(t, action, fields, true)
		if !strings.Contains(text(p.byID(t, "alerts")), "/nonsense is not a valid command") || attr(p.byID(t, "line"), "value") != "/nonsense" {
			t.Errorf("it shows\n%s", p.raw)
		}
		alert := strings.TrimPrefix(p.url, w.web.URL+"/as/ada/dm")
		if strings.Contains(text(w.get(t, "/as/ben/dm"+alert).byID(t, "alerts")), "nonsense") {
			t.Error("Ben reads Ada's alert")
		}
	})
	t.Run("shows_once_that_the_app_did_not_answer", func(t *testing.T) {
		w.answers(func(rw http.ResponseWriter, _ *http.Request) { rw.WriteHeader(http.StatusBadGateway) })
		action, fields := w.get(t, "/as/ada/dm").form(t, "Send")
		fields.Set("line", "/elevate Reader")
		p := w.send(t, action, fields, true)
		if strings.Count(text(p.doc), "/elevate failed with the error") != 1 || !strings.Contains(text(p.byID(t, "messages")), "failed with the error") {
			t.Errorf("it shows\n%s", p.raw)
		}
		if strings.Contains(w.get(t, "/as/ben/dm").raw, "failed with the error") {
			t.Error("Ben reads of Ada's failure")
		}
	})
}

func TestRun_tells_the_open_tabs(t *testing.T) {
	w := newWorld(t)
	ctx, cancel := context.WithTimeout(t.Context(), 10*time.Second)
	defer cancel()
	req, _ := http.NewRequestWithContext(ctx, http.MethodGet, w.web.URL+"/live", http.NoBody)
	resp, err := http.DefaultClient.Do(req)
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	if _, err := w.Say("U0ADA", "general", "hello"); err != nil {
		t.Fatal(err)
	}
	var heard string
	for buf := make([]byte, 256); !strings.Contains(heard, "data: chat"); {
		n, err := resp.Body.Read(buf)
		if heard += string(buf[:n]); err != nil {
			t.Fatalf("heard %q: %v", heard, err)
		}
	}
}

func TestPosts_from_other_sites_are_refused(t *testing.T) {
	w := newWorld(t)
	for _, path := range []string{"/as/ada/say", "/as/ada/press", "/as/ada/modal"} {
		p := w.send(t, path, url.Values{"line": {"hello"}}, false, "Sec-Fetch-Site", "cross-site", "Origin", "https://evil.example")
		if p.status != http.StatusForbidden {
			t.Errorf("%s: status %d", path, p.status)
		}
	}
}

func TestRoom_links_to_the_wire(t *testing.T) {
	w := newWorld(t, func(c *slackweb.Config) { c.Wire = func(m slack.Message) string { return "/wire#" + m.TS } })
	m := w.post(t, "general", list(`[{"type":"divider"}]`))
	if p := w.get(t, "/as/ada/c/general"); !strings.Contains(p.raw, `href="/wire#`+m.TS+`"`) {
		t.Error("there is no link")
	}
}
