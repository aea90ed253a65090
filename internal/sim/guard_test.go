package sim

import (
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
