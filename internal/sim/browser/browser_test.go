package browser_test

import (
	"fmt"
	"net/http"
	"net/http/httptest"
	"net/url"
	"testing"

	"hoist/internal/sim/browser"
)

const formPage = `<!DOCTYPE html><title>t</title><style>p{}</style><p id="said">Hello
 there</p>
<form action="/take" method="post"><input type="hidden" name="hidden" value="h">
<input type="text" name="text" id="text" value="old"><textarea name="area">long &amp; wide</textarea>
<select name="choice"><option value="a">A</option><option value="b" selected>B</option></select>
<input type="checkbox" name="on" value="1" checked><input type="checkbox" name="off" value="1">
<button id="yes" name="go" value="yes">Yes</button><button id="no" name="go" value="no">No</button></form>
<form action="/find"><input name="q" id="q" value=""><button id="find">Find</button></form>
<button id="stray">Stray</button>`

func server(t *testing.T) *httptest.Server {
	t.Helper()
	mux := http.NewServeMux()
	mux.HandleFunc("GET /form", func(w http.ResponseWriter, _ *http.Request) {
		http.SetCookie(w, &http.Cookie{Name: "seen", Value: "1"})
		_, _ = fmt.Fprint(w, formPage)
	})
	echo := func(w http.ResponseWriter, r *http.Request) {
		_ = r.ParseForm()
		_, err := r.Cookie("seen")
		_, _ = fmt.Fprintf(w, `<p id="got">%s</p><p id="cookie">%v</p><p id="origin">%s</p>`, r.Form.Encode(), err == nil, r.Header.Get("Origin"))
	}
	mux.HandleFunc("POST /take", echo)
	mux.HandleFunc("GET /find", echo)
	mux.HandleFunc("GET /away", func(w http.ResponseWriter, r *http.Request) { http.Redirect(w, r, "/form", http.StatusFound) })
	mux.HandleFunc("GET /loop", func(w http.ResponseWriter, r *http.Request) { http.Redirect(w, r, "/loop", http.StatusFound) })
	s := httptest.NewServer(mux)
	t.Cleanup(s.Close)
	return s
}

func TestPress_sends_what_the_page_holds(t *testing.T) {
	s, b := server(t), browser.New(nil)
	p, err := b.Open(t.Context(), s.URL+"/away")
	if err != nil || p.Text("said") != "Hello there" || p.URL.Path != "/form" {
		t.Fatalf("page %v: %v", p, err)
	}
	if err := p.Fill("text", "new"); err != nil {
		t.Fatal(err)
	}
	got, err := b.Press(t.Context(), p, "no")
	if err != nil {
		t.Fatal(err)
	}
	if want := "area=long+%26+wide&choice=b&go=no&hidden=h&on=1&text=new"; got.Text("got") != want {
		t.Errorf("sent %s, want %s", got.Text("got"), want)
	}
	if got.Text("cookie") != "true" || got.Text("origin") != s.URL {
		t.Errorf("cookie %s, origin %s", got.Text("cookie"), got.Text("origin"))
	}
	if err := p.Fill("q", "x y"); err != nil {
		t.Fatal(err)
	}
	if got, err = b.Press(t.Context(), p, "find"); err != nil || got.Text("got") != "q=x+y" {
		t.Errorf("GET form sent %q: %v", got.Text("got"), err)
	}
}

func TestBrowser_refuses_what_is_not_there(t *testing.T) {
	s, b := server(t), browser.New(nil)
	p, err := b.Open(t.Context(), s.URL+"/form")
	if err != nil {
		t.Fatal(err)
	}
	if p.Fill("nothing", "x") == nil {
		t.Error("filled a field that is not there")
	}
	for _, id := range []string{"nothing", "stray"} {
		if _, err := b.Press(t.Context(), p, id); err == nil {
			t.Errorf("pressed %s", id)
		}
	}
	if _, err := b.Open(t.Context(), s.URL+"/loop"); err == nil {
		t.Error("followed an endless redirect")
	}
}

func TestStopAt_keeps_the_address_from_being_fetched(t *testing.T) {
	s, b := server(t), browser.New(nil)
	b.StopAt = func(u *url.URL) bool { return u.Path == "/form" }
	p, err := b.Open(t.Context(), s.URL+"/away")
	if err != nil || !p.Stopped || p.Body != "" {
		t.Errorf("page %+v: %v", p, err)
	}
}
