package sim

import (
	"cmp"
	"net/http"
	"net/http/httptest"
	"testing"
)

func TestGuard(t *testing.T) {
	tests := map[string]int{
		"127.0.0.1:8080": 200, "localhost:8443": 200, "LOCALHOST": 200, "[::1]:80": 200, "127.8.8.8": 200, "[::1]": 200,
		"evil.example:8080": 421, "localhost.evil.example": 421, "127.0.0.1.nip.example": 421, "10.0.0.1": 421, "": 421,
	}
	for host, want := range tests {
		t.Run(host, func(t *testing.T) {
			r := httptest.NewRequest(http.MethodPost, "/tenant", nil)
			r.Host = host
			w := httptest.NewRecorder()
			guard(http.HandlerFunc(func(http.ResponseWriter, *http.Request) {})).ServeHTTP(w, r)
			if w.Code != want {
				t.Errorf("%d, want %d", w.Code, want)
			}
		})
	}
}

func TestApart_a_page_elsewhere_commands_nothing(t *testing.T) {
	tests := map[string]struct {
		method, origin, site string
		want                 int
		path                 string // empty is a call of Slack's Web API
	}{
		"a program":              {http.MethodPost, "", "", 200, ""},
		"a form of another site": {http.MethodPost, "https://evil.example", "cross-site", 403, ""},
		"a form of another port": {http.MethodPost, "http://127.0.0.1:9999", "same-site", 403, ""},
		"an old browser's form":  {http.MethodPost, "https://evil.example", "", 403, ""},
		"a form of a sandbox":    {http.MethodPost, "null", "", 403, ""},
		"the services' own form": {http.MethodPost, "http://127.0.0.1:8080", "same-origin", 200, ""},
		"a link from elsewhere":  {http.MethodGet, "", "cross-site", 200, ""},
		"an application's form":  {http.MethodPost, "http://localhost:8080", "cross-site", 200, "/tenant-id/oauth2/v2.0/authorize"},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			r := httptest.NewRequest(tt.method, "http://127.0.0.1:8080"+cmp.Or(tt.path, "/slack/api/chat.postMessage"), nil)
			for header, value := range map[string]string{"Origin": tt.origin, "Sec-Fetch-Site": tt.site} {
				if value != "" {
					r.Header.Set(header, value)
				}
			}
			w := httptest.NewRecorder()
			apart(http.HandlerFunc(func(http.ResponseWriter, *http.Request) {})).ServeHTTP(w, r)
			if w.Code != tt.want {
				t.Errorf("%d, want %d", w.Code, tt.want)
			}
		})
	}
}
