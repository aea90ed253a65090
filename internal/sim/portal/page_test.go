package portal_test

import (
	"bufio"
	"context"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"
	"time"

	"golang.org/x/net/html"

	"hoist/internal/sim"
	"hoist/internal/sim/fault"
	"hoist/internal/sim/portal"
	"hoist/internal/sim/tenant"
)

var pages = []string{"/tenant", "/tenant/people", "/tenant/roles", "/tenant/access", "/tenant/audit"}

// busy is a world in which every kind of row is on the pages.
func busy(t *testing.T) *world {
	t.Helper()
	w := newWorld(t)
	w.submit(tenant.SecurityAdministrator)
	w.submit(tenant.UserAdministrator)
	_, err := w.tenant.Submit(
		tenant.Caller{OID: sim.AdaOID, MFA: true, CAE: true},
		tenant.Ask{Action: "selfActivate", PrincipalID: sim.AdaOID, RoleID: tenant.HelpdeskAdministrator, Scope: "/", Justification: "later", Duration: time.Hour, Start: nine.Add(time.Hour)})
	if err != nil {
		t.Fatal(err)
	}
	w.does("Planned", "/tenant/faults", "fault", "graph-slow")
	w.does("Planned", "/tenant/faults", "fault", "slack-429")
	w.does("down", "/tenant/faults", "fault", "slack-down")
	w.does("down", "/tenant/faults", "fault", "redis-down")
	w.does("changed the policy", "/tenant/roles/policy", "role", tenant.ReportsReader, "hours", "1.5")
	return w
}

// The structure that a reader without eyes, without script, or with a phone
// relies on.
func TestPages_are_sound(t *testing.T) {
	w := busy(t)
	for _, address := range pages {
		t.Run(address, func(t *testing.T) {
			doc := w.get(address)
			ids := map[string]bool{}
			for _, e := range all(doc, func(e *html.Node) bool { return attr(e, "id") != "" }) {
				if id := attr(e, "id"); ids[id] {
					t.Errorf("two elements have the id %q", id)
				} else {
					ids[id] = true
				}
			}
			for _, f := range tags(doc, "form") {
				checkForm(t, w, f)
			}
			for _, e := range all(doc, func(e *html.Node) bool { return has(e, "data-live") && attr(e, "id") == "" }) {
				t.Errorf("a live <%s> has no id", e.Data)
			}
			for _, e := range all(doc, func(e *html.Node) bool { return has(e, "style") || has(e, "onclick") }) {
				t.Errorf("<%s> has inline style or script", e.Data)
			}
			checkHeadings(t, doc)
			checkLabels(t, doc)
			checkTables(t, doc)
		})
	}
}

func has(e *html.Node, key string) bool {
	for _, a := range e.Attr {
		if a.Key == key {
			return true
		}
	}
	return false
}

func checkForm(t *testing.T, w *world, f *html.Node) {
	t.Helper()
	if pattern := strings.ToUpper(attr(f, "method")) + " " + attr(f, "action"); !w.patterns[pattern] {
		t.Errorf("a form sends %s, which is not served", pattern)
	}
	if !has(f, "data-enhance") {
		t.Errorf("the form of %s reloads the page", attr(f, "action"))
	}
}

func checkHeadings(t *testing.T, doc *html.Node) {
	t.Helper()
	level := 0
	for _, h := range tags(doc, "h1", "h2", "h3", "h4") {
		next := int(h.Data[1] - '0')
		if next > level+1 || (next == 1 && level != 0) {
			t.Errorf("<%s> %q follows a heading of level %d", h.Data, words(h), level)
		}
		level = next
	}
	if len(tags(doc, "h1")) != 1 {
		t.Error("not one h1")
	}
}

// checkLabels wants a label for every control, and buttons that are read out
// differently when they do different things.
func checkLabels(t *testing.T, doc *html.Node) {
	t.Helper()
	for _, c := range tags(doc, "input", "select", "textarea") {
		if attr(c, "type") != "hidden" && find(doc, "for", attr(c, "id")) == nil {
			t.Errorf("no label for %s %q", c.Data, attr(c, "name"))
		}
	}
	names := map[string]bool{}
	for _, b := range tags(doc, "button") {
		name := attr(b, "aria-label")
		if name == "" {
			name = words(b)
		} else if !strings.Contains(name, strings.TrimPrefix(words(b), "+ ")) {
			t.Errorf("the button %q is read out as %q: speech control cannot press it", words(b), name)
		}
		if names[name] {
			t.Errorf("two buttons are named %q", name)
		}
		names[name] = true
	}
	for _, f := range tags(doc, "fieldset") {
		if len(tags(f, "legend")) == 0 {
			t.Error("a fieldset without a legend")
		}
	}
}

func checkTables(t *testing.T, doc *html.Node) {
	t.Helper()
	for _, table := range tags(doc, "table") {
		box := table.Parent
		if attr(box, "class") != "scroll" || attr(box, "tabindex") != "0" || attr(box, "role") != "region" || attr(box, "aria-label")+attr(box, "aria-labelledby") == "" {
			t.Error("a table cannot be scrolled by keyboard")
		}
	}
}

func TestPages_leave_out_what_cannot_be_switched(t *testing.T) {
	w := newWorld(t, func(c *portal.Config) {
		c.Slack, c.Advance, c.Redis, c.ChatPage, c.ClientID = nil, nil, nil, nil, "unknown"
	})
	for _, address := range pages {
		w.get(address)
	}
	doc := w.get("/tenant")
	for _, id := range []string{"advance-5m", "fault-slack-down", "fault-redis-down"} {
		if find(doc, "id", id) != nil {
			t.Errorf("the page has %s", id)
		}
	}
	if w.patterns["POST /tenant/clock"] {
		t.Error("the clock's form is served")
	}
	w.isRefused("Choose one of the faults", "/tenant/faults", "fault", "slack-down")
	w.isRefused("Choose one of the faults", "/tenant/faults", "fault", "redis-down")
	w.isRefused("Choose one of the switches", "/tenant/access/switch", "switch", "block-app", "on", "true")
	w.does("mended", "/tenant/mend")
}

func TestPosts_of_other_sites_are_refused(t *testing.T) {
	w := newWorld(t)
	for pattern := range w.patterns {
		path, ok := strings.CutPrefix(pattern, "POST ")
		if !ok {
			continue
		}
		r := httptest.NewRequestWithContext(t.Context(), http.MethodPost, path, nil)
		r.Header.Set("Sec-Fetch-Site", "cross-site")
		if answer := w.serve(r); answer.StatusCode != http.StatusForbidden {
			t.Errorf("%s: %s", path, answer.Status)
		}
	}
}

// What happens elsewhere, over Graph or to a planned fault, reaches open tabs.
func TestTabs_hear_of_changes(t *testing.T) {
	w := newWorld(t)
	server := httptest.NewServer(w.mux)
	defer server.Close()
	for name, happens := range map[string]func(){
		"an_activation":      func() { w.submit(tenant.UserAdministrator) },
		"a_planned_fault":    func() { w.faults.Add(fault.Rule{Effect: fault.EmptyError()}) },
		"a_fault_that_hits":  func() { w.hit(t, http.MethodGet, "/") },
		"a_clock_that_moved": func() { w.does("advanced", "/tenant/clock", "by", "5m") },
	} {
		t.Run(name, func(t *testing.T) {
			w.faults.Add(fault.Rule{Effect: fault.EmptyError()})
			ctx, stop := context.WithTimeout(t.Context(), 10*time.Second)
			defer stop()
			r, err := http.NewRequestWithContext(ctx, http.MethodGet, server.URL+"/live", nil)
			if err != nil {
				t.Fatal(err)
			}
			answer, err := http.DefaultClient.Do(r)
			if err != nil {
				t.Fatal(err)
			}
			defer answer.Body.Close()
			lines := bufio.NewScanner(answer.Body)
			for lines.Scan() && lines.Text() != "event: hello" {
			}
			happens()
			for lines.Scan() {
				if lines.Text() == "data: tenant" {
					return
				}
			}
			t.Error("the stream ended without the change")
		})
	}
}

func TestMessages(t *testing.T) {
	w := newWorld(t)
	t.Run("unknown_ids_show_nothing", func(t *testing.T) {
		doc := w.get("/tenant?said=" + url.QueryEscape("<b>pay here</b>"))
		if said := words(find(doc, "id", "said")) + words(find(doc, "id", "refused")); said != "" {
			t.Errorf("the page says %q", said)
		}
	})
	t.Run("what_people_typed_stays_text", func(t *testing.T) {
		done, _ := w.post("/tenant/people/add", "name", "<b>Mallory</b>", "nickname", "mallory")
		if !strings.HasPrefix(done, "<b>Mallory</b> (mallory@") {
			t.Errorf("said %q", done)
		}
	})
	t.Run("a_form_without_end_is_refused", func(t *testing.T) {
		w.isRefused("too large", "/tenant/people/add", "name", strings.Repeat("x", 1<<17))
	})
	t.Run("a_done_act_links_to_the_chat", func(t *testing.T) {
		r := w.submit(tenant.SecurityAdministrator)
		done, _ := w.post("/tenant/requests", "request", r.ID, "as", sim.BenOID, "decision", "Deny", "justification", "no")
		if !strings.HasSuffix(done, "Ada Lindqvist's chat") {
			t.Errorf("said %q", done)
		}
	})
}
