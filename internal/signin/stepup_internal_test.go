package signin

import (
	"encoding/base64"
	"net/url"
	"strings"
	"testing"
)

func TestReadChallenge(t *testing.T) {
	const c7 = `{"access_token":{"acrs":{"essential":true,"value":"c7"}}}`
	tests := map[string]struct{ in, want string }{
		"as it is":             {c7, c7},
		"with white space":     {" \n" + c7 + " ", c7},
		"percent-encoded":      {url.QueryEscape(c7), c7},
		"base64":               {base64.StdEncoding.EncodeToString([]byte(c7)), c7},
		"base64 for URLs":      {base64.URLEncoding.EncodeToString([]byte(c7)), c7},
		"base64 without end":   {base64.RawURLEncoding.EncodeToString([]byte(c7)), c7},
		"base64, then percent": {url.QueryEscape(base64.StdEncoding.EncodeToString([]byte(c7))), c7},
		"two tokens":           {`{"id_token":{"acrs":null},"access_token":{"polids":{"essential":true,"values":["a"]}}}`, `{"access_token":{"polids":{"essential":true,"values":["a"]}},"id_token":{"acrs":null}}`},
		"cp1 is ours to say":   {`{"access_token":{"xms_cc":{"values":["cp1"]},"nbf":{"essential":true,"value":"1"}}}`, `{"access_token":{"nbf":{"essential":true,"value":"1"}}}`},
		"nothing but cp1":      {`{"access_token":{"xms_cc":{"values":["cp1"]}}}`, ""},
		"another part":         {`{"userinfo":{"email":null}}`, ""},
		"empty":                {"", ""},
		"no object":            {`["access_token"]`, ""},
		"another shape":        {`{"access_token":"x"}`, ""},
		"a script":             {`<script>`, ""},
		"far too long":         {`{"access_token":{"x":"` + strings.Repeat("a", largestChallenge) + `"}}`, ""},
	}
	for name, tt := range tests {
		if got := readChallenge(tt.in); got != tt.want {
			t.Errorf("%s: got %q, want %q", name, got, tt.want)
		}
	}
}

func TestBoth_asks_for_everything(t *testing.T) {
	got, err := both(`{"access_token":{"amr":{"values":["mfa"]},"acrs":{"value":"c1"}}}`, `{"access_token":{"acrs":{"value":"c2"}},"id_token":{"a":null}}`)
	if want := `{"access_token":{"acrs":{"value":"c2"},"amr":{"values":["mfa"]}},"id_token":{"a":null}}`; err != nil || got != want {
		t.Errorf("got %s, %v, want %s", got, err, want)
	}
	if got, err := both("", ""); err != nil || got != "{}" {
		t.Errorf("nothing and nothing: %s, %v", got, err)
	}
	if _, err := both("{canary", ""); err == nil || strings.Contains(err.Error(), "canary") {
		t.Errorf("broken claims: %v", err)
	}
}

func TestTextOf(t *testing.T) {
	for want, in := range map[string]any{"": nil, "x": "x", `{"a":1}`: map[string]any{"a": 1}} {
		if got := textOf(in); got != want {
			t.Errorf("textOf(%v) = %q, want %q", in, got, want)
		}
	}
}
