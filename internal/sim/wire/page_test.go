package wire_test

import (
	"bytes"
	"fmt"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"sync"
	"testing"

	"golang.org/x/net/html"

	"hoist/internal/sim"
	"hoist/internal/sim/wire"
)

// rows are the ids of a list, as they stand.
func (p *panel) rows(t *testing.T, path string) []string {
	t.Helper()
	w := p.get(path)
	if w.Code != http.StatusOK {
		t.Fatalf("%s answers %d", path, w.Code)
	}
	doc, err := html.Parse(bytes.NewReader(w.Body.Bytes()))
	if err != nil {
		t.Fatal(err)
	}
	var ids []string
	for n := range doc.Descendants() {
		for _, a := range n.Attr {
			if n.Data == "li" && a.Key == "id" && strings.HasPrefix(a.Val, "x-") {
				ids = append(ids, a.Val)
			}
		}
	}
	return ids
}

func story() *panel {
	p := newPanel()
	p.Observe(sim.Exchange{At: nine, Method: http.MethodPost, Path: tenantPath + "/oauth2/v2.0/token", Header: typed(formType), Request: []byte("grant_type=client_credentials"), Status: 200})
	p.Observe(read("/v1.0/roleManagement/directory/roleAssignmentScheduleInstances", "", `{"value":[]}`))
	p.Observe(posted(requestsPath, `{"action":"selfActivate","justification":"why (Hoist H-7K3F9QX)"}`, "{}"))
	p.Observe(sim.Exchange{At: nine, Method: http.MethodPost, Path: "/slack/api/chat.postMessage", Header: typed(formType), Request: []byte("text=H-7K3F9QY"), Status: 200})
	return p
}

func TestList_shows_what_the_filter_asks_for(t *testing.T) {
	p := story()
	for query, want := range map[string]string{
		"":                             "x-4 x-3 x-2 x-1",
		"?service=Graph":               "x-3 x-2",
		"?service=Slack":               "x-4",
		"?step=Activate":               "x-3",
		"?elevation=+h-7k3f9qx":        "x-3",
		"?elevation=H-0000000":         "",
		"?path=ROLEASSIGNMENTSCHEDULE": "x-3 x-2",
		"?calm=1":                      "x-4 x-3",
		"?calm=1&service=Graph":        "x-3",
		"?before=3":                    "x-2 x-1",
		"?before=abc":                  "x-4 x-3 x-2 x-1",
	} {
		if got := strings.Join(p.rows(t, "/wire"+query), " "); got != want {
			t.Errorf("%q shows %s, want %s", query, got, want)
		}
	}
}

func TestList_is_read_page_by_page(t *testing.T) {
	p := newPanel()
	for range 250 {
		p.Observe(read("/v1.0/users/1", "", "{}"))
	}
	if first, last := p.rows(t, "/wire"), p.rows(t, "/wire?before=51"); len(first) != 100 || first[0] != "x-250" || len(last) != 50 || last[49] != "x-1" {
		t.Errorf("%d from %s, %d to %s", len(first), first[0], len(last), last[len(last)-1])
	}
	if body := p.get("/wire?service=Graph").Body.String(); !strings.Contains(body, `href="/wire?before=151&amp;service=Graph"`) {
		t.Error("no way to older ones")
	}
}

func TestExchange_page_knows_its_neighbours(t *testing.T) {
	body := story().get("/wire/3?calm=1").Body.String()
	if !strings.Contains(body, `id="newer" href="/wire/4?calm=1"`) || strings.Contains(body, `id="older"`) {
		t.Error(body)
	}
}

func TestExchange_page_tells_the_story(t *testing.T) {
	body := html.UnescapeString(story().get("/wire/3").Body.String())
	for _, part := range []string{
		"<h1>Hoist", "201 Created", "The person asks PIM for the role", "as Ada Lindqvist (ada@fjordbank.example)", "authentication context",
		`"action": "selfActivate"`, "H-7K3F9QX", "09:00:00.123", `--header 'Authorization: Bearer '"$TOKEN"`,
	} {
		if !strings.Contains(body, part) {
			t.Errorf("the page does not say %q", part)
		}
	}
}

func TestPages_that_are_not_there(t *testing.T) {
	p := story()
	for path, status := range map[string]int{"/wire/99": 404, "/wire/x": 404, "/wire/-1": 404, "/wire/99/curl": 404, "/wire/1": 200, "/assets/wire.js": 200, "/assets/wire.css": 200} {
		if w := p.get(path); w.Code != status {
			t.Errorf("%s answers %d", path, w.Code)
		}
	}
}

func TestCurl_page_is_plain_text(t *testing.T) {
	w := story().get("/wire/3/curl")
	if kind := w.Header().Get("Content-Type"); kind != "text/plain; charset=utf-8" || !strings.HasPrefix(w.Body.String(), "curl ") {
		t.Errorf("%s: %s", kind, w.Body)
	}
}

func TestPages_hold_nothing_inline_and_label_everything(t *testing.T) {
	p := story()
	hostile := posted(requestsPath+"/<script>alert(1)</script>", `{"a":"</textarea><script>alert(1)</script>"}`, "<b onclick=x>")
	hostile.Query = url.QueryEscape(`"><img src=x onerror=alert(1)>`)
	hostile.ResponseHeader = typed("text/plain")
	p.Observe(hostile)
	for _, path := range []string{"/wire", "/wire/5", "/wire/99", "/wire?path=" + url.QueryEscape(`"><script>`)} {
		doc, err := html.Parse(p.get(path).Body)
		if err != nil {
			t.Fatal(err)
		}
		headings, labels, controls, ids := 0, map[string]bool{}, []string{}, map[string]bool{}
		for n := range doc.Descendants() {
			at := map[string]string{}
			for _, a := range n.Attr {
				at[a.Key] = a.Val
				if a.Key == "style" || strings.HasPrefix(a.Key, "on") {
					t.Errorf("%s: %s has %s", path, n.Data, a.Key)
				}
			}
			if id := at["id"]; id != "" && ids[id] {
				t.Errorf("%s: two are %s", path, id)
			} else {
				ids[id] = true
			}
			switch n.Data {
			case "h1":
				headings++
			case "label":
				labels[at["for"]] = true
			case "script":
				if at["src"] == "" || n.FirstChild != nil {
					t.Errorf("%s: an inline script", path)
				}
			case "img":
				t.Errorf("%s: a picture", path)
			case "input", "select", "textarea":
				if at["type"] != "hidden" {
					controls = append(controls, at["id"])
				}
			}
		}
		for _, id := range controls {
			if !labels[id] {
				t.Errorf("%s: no label for %q", path, id)
			}
		}
		if headings != 1 {
			t.Errorf("%s: %d h1", path, headings)
		}
	}
}

func TestClear_forgets_but_counts_on(t *testing.T) {
	p := story()
	w := httptest.NewRecorder()
	p.mux.ServeHTTP(w, httptest.NewRequest(http.MethodPost, "/wire/clear", nil))
	if w.Code != http.StatusSeeOther || w.Header().Get("Location") != "/wire" || len(p.Exchanges()) != 0 {
		t.Errorf("%d, %d kept", w.Code, len(p.Exchanges()))
	}
	p.Observe(read("/v1.0/users/1", "", "{}"))
	if e := p.newest(t); e.Seq != 5 {
		t.Errorf("the next is %d", e.Seq)
	}
}

func TestClear_is_refused_to_other_sites(t *testing.T) {
	p := story()
	req := httptest.NewRequest(http.MethodPost, "/wire/clear", nil)
	req.Header.Set("Sec-Fetch-Site", "cross-site")
	w := httptest.NewRecorder()
	p.mux.ServeHTTP(w, req)
	if w.Code != http.StatusForbidden || len(p.Exchanges()) != 4 {
		t.Errorf("%d, %d kept", w.Code, len(p.Exchanges()))
	}
}

func TestRecorder_keeps_no_more_than_it_should(t *testing.T) {
	p := newPanel(func(c *wire.Config) { c.Keep = 3 })
	for i := range 5 {
		e := posted(requestsPath+"/"+strings.Repeat("p", 100<<10), strings.Repeat("x", 100<<10), "")
		e.Query, e.Method = strings.Repeat("q", 100<<10), strings.Repeat("M", 100<<10)
		e.Header.Set("Accept", strings.Repeat("h", 100<<10))
		e.Response = fmt.Appendf(nil, `{"id":"11111111-2222-4333-8444-%012d","action":"a","justification":"H-7K3F9QX"}`, i)
		p.Observe(e)
	}
	all := p.Exchanges()
	if len(all) != 3 || all[0].Seq != 3 {
		t.Fatalf("%d are kept, from %d", len(all), all[0].Seq)
	}
	if size := len(fmt.Sprintf("%+v", all[0])); size > 200<<10 {
		t.Errorf("one takes %d bytes", size)
	}
}

func TestRecorder_may_be_used_by_many(t *testing.T) {
	p := newPanel(func(c *wire.Config) { c.Keep = 20 })
	var all sync.WaitGroup
	for range 8 {
		all.Go(func() {
			for range 20 {
				p.Observe(posted(requestsPath, "{}", "{}"))
				p.get("/wire?calm=1")
				p.Exchanges()
			}
		})
		all.Go(func() {
			for range 5 {
				deliver(t, p.Recorder, "/slack/commands", typed(formType), "text=a", func(w http.ResponseWriter, _ *http.Request) { _, _ = w.Write([]byte("ok")) })
				p.Clear()
			}
		})
	}
	all.Wait()
}
