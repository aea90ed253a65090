package page

import (
	"bufio"
	"context"
	"fmt"
	"html/template"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"testing/fstest"
	"time"
)

func site(c Config) (*Site, *http.ServeMux) {
	s, mux := New(c), http.NewServeMux()
	s.Register(mux.Handle)
	return s, mux
}

func TestSite_renders_in_its_frame(t *testing.T) {
	s, _ := site(Config{
		Name: "Demo", Notice: "Simulated, not a real tenant", Home: "/", FormOrigins: []string{"http://localhost:8080"},
		Nav:   []Link{{"Chat", "/as/ada"}, {"Wire", "/wire"}},
		Strip: func(*http.Request) *Strip { return &Strip{Number: 2, Of: 5, Title: "<Sign in>", Next: "Next"} },
	})
	w := httptest.NewRecorder()
	s.Render(w, httptest.NewRequest(http.MethodGet, `/wire?q="><script>`, nil), Page{
		Title: "A <title>", Area: "Wire", Topics: []string{"wire"}, Template: template.Must(template.New("").Parse(`<p>{{.}}</p>`)), Data: "<b>typed</b>",
	})
	body := w.Body.String()
	for _, part := range []string{
		"<title>A &lt;title&gt; · Demo</title>", "Simulated, not a real tenant", `<a href="/wire" aria-current="page">`, `<a href="/as/ada">`,
		"<p>&lt;b&gt;typed&lt;/b&gt;</p>", "Step 2 of 5", "&lt;Sign in&gt;", `data-topics="wire tour"`, `value="/wire?q=&#34;&gt;&lt;script&gt;"`,
	} {
		if !strings.Contains(body, part) {
			t.Errorf("no %q in\n%s", part, body)
		}
	}
	policy := w.Header().Get("Content-Security-Policy")
	if strings.Contains(policy, "unsafe") || !strings.Contains(policy, "default-src 'none'") || !strings.Contains(policy, "form-action 'self' http://localhost:8080;") {
		t.Errorf("policy %q", policy)
	}
	if strings.Contains(body, "style=") || strings.Contains(body, "onclick") || strings.Contains(body, "<script>") {
		t.Error("something is inline that the policy forbids")
	}
}

func TestSite_a_template_that_fails_is_no_half_page(t *testing.T) {
	s, _ := site(Config{})
	w := httptest.NewRecorder()
	s.Render(w, httptest.NewRequest(http.MethodGet, "/", nil), Page{Title: "x", Template: template.Must(template.New("").Parse(`<p>{{.Nope}}</p>`)), Data: struct{}{}})
	if w.Code != http.StatusInternalServerError || strings.Contains(w.Body.String(), "<p>") {
		t.Errorf("%d %s", w.Code, w.Body)
	}
}

func TestSite_serves_assets(t *testing.T) {
	s, mux := site(Config{})
	s.AddAssets(fstest.MapFS{"more.css": {Data: []byte("a{}")}, "page.css": {Data: []byte("stolen{}")}})
	tests := map[string]struct {
		status      int
		kind, holds string
	}{
		"/assets/page.css": {200, "text/css; charset=utf-8", "--accent"}, // the first of a name wins
		"/assets/live.js":  {200, "text/javascript; charset=utf-8", "EventSource"},
		"/assets/more.css": {200, "text/css; charset=utf-8", "a{}"},
		"/assets/icon.svg": {200, "image/svg+xml", "<svg"},
		"/assets/nope.css": {404, "", ""},
		"/assets/..%2fx":   {404, "", ""},
	}
	for path, tt := range tests {
		t.Run(path, func(t *testing.T) {
			w := httptest.NewRecorder()
			mux.ServeHTTP(w, httptest.NewRequest(http.MethodGet, path, nil))
			if w.Code != tt.status || tt.kind != "" && w.Header().Get("Content-Type") != tt.kind || !strings.Contains(w.Body.String(), tt.holds) {
				t.Errorf("%d %s %.60s", w.Code, w.Header().Get("Content-Type"), w.Body)
			}
		})
	}
}

func TestBack_leads_to_this_site_only(t *testing.T) {
	for to, want := range map[string]string{
		"/wire?a=b#c": "/wire?a=b#c", "//evil.example": "/", "https://evil.example": "/", "": "/", `/\evil.example`: "/", "/a\r\nX: y": "/",
		"/\t/evil.example": "/", "/\n/evil.example": "/",
	} {
		t.Run(to, func(t *testing.T) {
			w := httptest.NewRecorder()
			Back(w, httptest.NewRequest(http.MethodPost, "/tour", nil), to)
			if got := w.Header().Get("Location"); w.Code != http.StatusSeeOther || got != want {
				t.Errorf("%d to %q, want %q", w.Code, got, want)
			}
		})
	}
}

func TestProtect_refuses_forms_of_other_sites(t *testing.T) {
	h := Protect(http.HandlerFunc(func(http.ResponseWriter, *http.Request) {}))
	for site, want := range map[string]int{"cross-site": 403, "same-site": 403, "same-origin": 200, "none": 200, "": 200} {
		t.Run(site, func(t *testing.T) {
			r := httptest.NewRequest(http.MethodPost, "/tour", nil)
			r.Header.Set("Sec-Fetch-Site", site)
			w := httptest.NewRecorder()
			h.ServeHTTP(w, r)
			if w.Code != want {
				t.Errorf("%d, want %d", w.Code, want)
			}
		})
	}
}

// listen reads a site's stream; each event arrives as "name data".
func listen(t *testing.T, mux http.Handler) <-chan string {
	t.Helper()
	server := httptest.NewServer(mux)
	ctx, stop := context.WithCancel(t.Context())
	r, err := http.NewRequestWithContext(ctx, http.MethodGet, server.URL+"/live", nil)
	if err != nil {
		t.Fatal(err)
	}
	answer, err := server.Client().Do(r)
	if err != nil {
		t.Fatal(err)
	}
	events := make(chan string, 64)
	go func() {
		defer close(events)
		defer func() { _ = answer.Body.Close() }()
		name, lines := "", bufio.NewScanner(answer.Body)
		for lines.Scan() {
			if n, ok := strings.CutPrefix(lines.Text(), "event: "); ok {
				name = n
			}
			if data, ok := strings.CutPrefix(lines.Text(), "data: "); ok {
				events <- strings.TrimSpace(name + " " + data)
			}
		}
	}()
	t.Cleanup(func() { stop(); server.Close() })
	return events
}

func next(t *testing.T, events <-chan string) string {
	t.Helper()
	select {
	case e := <-events:
		return e
	case <-time.After(5 * time.Second):
		t.Fatal("nothing was told")
		return ""
	}
}

func TestLive_tells_what_changed_and_ends_with_the_site(t *testing.T) {
	s, mux := site(Config{})
	s.Changed("chat") // before anybody listened: covered by hello
	events := listen(t, mux)
	if e := next(t, events); e != "hello" {
		t.Fatalf("first %q", e)
	}
	for range 100 {
		s.Changed("wire")
	}
	if e := next(t, events); e != "change wire" {
		t.Errorf("then %q", e)
	}
	s.Changed("chat")
	told := next(t, events)
	for told == "change wire" { // a hundred changes may take two rounds, never a hundred
		told = next(t, events)
	}
	if told != "change chat" {
		t.Errorf("then %q", told)
	}
	s.Close()
	for range events { // until the stream ends
	}
}

func TestLive_collects_what_comes_together(t *testing.T) {
	s, mux := site(Config{})
	events := listen(t, mux)
	next(t, events)
	for i := range 500 {
		s.Changed(fmt.Sprint("topic", i%3))
	}
	time.Sleep(4 * gather)
	if n := len(events); n == 0 || n > 12 {
		t.Errorf("%d events for 500 changes of 3 topics", n)
	}
}

// Browsers keep it for good, so its address must change with it.
func TestSignInStyle_is_whole_and_has_a_version(t *testing.T) {
	w := httptest.NewRecorder()
	SignInStyle.ServeHTTP(w, httptest.NewRequest(http.MethodGet, "/login/style.css", nil))
	for _, part := range []string{"--accent: #", "prefers-color-scheme: dark", "#mfa-number"} {
		if !strings.Contains(w.Body.String(), part) {
			t.Errorf("no %s in\n%s", part, w.Body)
		}
	}
	if newStyle([]byte("a{}")).Version == newStyle([]byte("a{b}")).Version {
		t.Error("two styles have one version")
	}
}
