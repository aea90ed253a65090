package wire_test

import (
	"bytes"
	"compress/gzip"
	"encoding/json"
	"fmt"
	"net/http"
	"net/url"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"hoist/internal/sim"
)

// secretNames are spellings that come over the wire, or might.
var secretNames = []string{
	"token", "access_token", "accessToken", "refresh_token", "id_token", "client_secret", "Client-Secret", "client_assertion",
	"code", "code_verifier", "state", "nonce", "trigger_id", "response_url", "password", "flow", "bot_token", "app_secret", "TOKEN",
}

// planted is a value that must never be seen, in a text that must be masked.
type planted struct {
	secret string
	// by its looks, wherever it stands
	looks string
}

func plant(t *rapid.T) planted {
	secret := "s3" + rapid.StringMatching(`[a-zA-Z0-9]{18,28}`).Draw(t, "secret")
	return planted{secret, rapid.SampledFrom([]string{
		"xoxb-" + secret, "xoxe.xoxp-1-" + secret, "xapp-1-" + secret,
		jwt(map[string]any{"sub": secret, "name": "Ada"}) + secret, "eyJhbGciOiJub25lIn0." + secret,
		"http://127.0.0.1:8080/slack/response/" + secret, "https://hooks.slack.com/commands/T1/" + secret,
		"http://localhost:8080/signin/s0042/H-7K3F9QX/activate.1." + secret,
		"http://localhost:8080/signin/callback?code=" + secret + "&state=" + secret,
		url.QueryEscape("http://localhost:8080/signin/callback?code=" + secret),
		`text with {"client_secret": "` + secret + `"} in it`,
	}).Draw(t, "looks")}
}

// document is JSON with the secret at any depth, inside strings as well.
func (s planted) document(t *rapid.T) string {
	words := rapid.SampledFrom([]string{"a", "blocks", "value", "state", "text", "url", "größe", `q"uote`, "x&y=z"})
	var v any
	name := rapid.SampledFrom(secretNames).Draw(t, "name")
	switch rapid.IntRange(0, 4).Draw(t, "planted") {
	case 0:
		v = map[string]any{name: s.secret}
	case 1:
		v = map[string]any{name: []any{s.secret, map[string]any{"a": s.looks}}}
	case 2:
		v = map[string]any{s.looks: 1}
	case 3:
		v = "before " + s.looks
	default:
		v = map[string]any{name: json.Number("7" + strings.Repeat("0123456789", 2))}
	}
	for range rapid.IntRange(0, 5).Draw(t, "depth") {
		switch rapid.IntRange(0, 3).Draw(t, "wrapped") {
		case 0:
			v = []any{1, nil, v, "end"}
		case 1:
			v = encode(v) // JSON in a string
		default:
			v = map[string]any{words.Draw(t, "key"): v, "other": words.Draw(t, "other")}
		}
	}
	return encode(v)
}

func encode(v any) string {
	text, err := json.Marshal(v)
	if err != nil {
		panic(err)
	}
	return string(text)
}

// pairs is a form or a query with the secret in it.
func (s planted) pairs(t *rapid.T) string {
	name := url.QueryEscape(rapid.SampledFrom(secretNames).Draw(t, "name"))
	all := []string{"a=b", rapid.SampledFrom([]string{
		name + "=" + s.secret, "other=" + url.QueryEscape(s.looks), url.QueryEscape(s.looks) + "=1",
		"payload=" + url.QueryEscape(s.document(t)), url.QueryEscape(s.looks), name + "=" + s.secret + "%2",
	}).Draw(t, "pair"), "%zz=%", "c"}
	return strings.Join(rapid.Permutation(all).Draw(t, "order"), "&")
}

func (s planted) body(t *rapid.T) (kind string, body []byte) {
	kind = rapid.SampledFrom([]string{formType, jsonType, "application/problem+json", "text/html", "text/plain", "", "image/png", ";"}).Draw(t, "type")
	switch rapid.IntRange(0, 2).Draw(t, "body") {
	case 0:
		body = []byte(s.document(t))
	case 1:
		body = []byte(s.pairs(t))
	default:
		body = []byte("plain " + s.looks)
	}
	if rapid.Bool().Draw(t, "cut") {
		body = body[:rapid.IntRange(0, len(body)).Draw(t, "at")]
	}
	return kind, body
}

func zipped(body []byte) []byte {
	var b bytes.Buffer
	z := gzip.NewWriter(&b)
	_, _ = z.Write(body)
	_ = z.Close()
	return b.Bytes()
}

func (s planted) exchange(t *rapid.T) sim.Exchange {
	kind, request := s.body(t)
	answered, response := s.body(t)
	e := sim.Exchange{
		At: nine, Method: http.MethodPost, Host: "127.0.0.1:1", Status: 200,
		Path: rapid.SampledFrom([]string{
			requestsPath, "/slack/api/chat.postMessage", "/slack/response/" + s.secret, tenantPath + "/oauth2/v2.0/token", "/v1.0/users/" + s.looks,
		}).Draw(t, "path"),
		Query: s.pairs(t), Request: request, Response: response,
		Header: heads("Content-Type", kind, "Cookie", "session="+s.secret, "X-Slack-Signature", "v0="+s.secret, "X-Other", s.secret, "User-Agent", s.looks,
			"Authorization", rapid.SampledFrom([]string{"Bearer ", "Basic ", "", "Odd=", "bearer\t"}).Draw(t, "scheme")+s.secret),
		ResponseHeader: heads("Content-Type", answered, "Set-Cookie", "session="+s.secret+"; Path=/; HttpOnly", "Location", s.looks,
			"Location", "http://localhost/signin/callback?"+s.pairs(t), "WWW-Authenticate", "Bearer "+s.looks),
	}
	if rapid.Bool().Draw(t, "zipped") {
		e.Request = zipped(request)
		e.Header.Set("Content-Encoding", "gzip")
	}
	return e
}

func TestSecrets_are_never_kept(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		s, p := plant(t), newPanel()
		e := s.exchange(t)
		p.Observe(e)
		for what, text := range map[string]string{
			"kept": fmt.Sprintf("%+v", p.Exchanges()),
			"list": p.get("/wire").Body.String(), "exchange": p.get("/wire/1").Body.String(), "curl": p.get("/wire/1/curl").Body.String(),
		} {
			for _, secret := range []string{s.secret, "70123456789"} {
				if at := strings.Index(text, secret); at >= 0 {
					t.Fatalf("the %s shows …%s…\nof request %q\nanswer %q\nquery %q", what, text[max(0, at-80):at+len(secret)], e.Request, e.Response, e.Query)
				}
			}
		}
	})
}

// A form or JSON that was cut in the middle of a secret still hides it.
func TestSecrets_cut_short_are_hidden(t *testing.T) {
	const secret = "abcdefghijklmnopqrstuvwxyz"
	filler := strings.Repeat("x", 16<<10)
	for name, tt := range map[string]struct{ kind, body string }{
		"json":           {jsonType, `{"filler":"` + filler[:len(filler)-60] + `","token":"` + secret + `"}`},
		"json_in_form":   {formType, "payload=" + url.QueryEscape(`{"filler":"`+filler[:len(filler)-120]+`","response_url":"`+secret+`"}`)},
		"form":           {formType, "filler=" + filler[:len(filler)-30] + "&token=" + secret},
		"not_json":       {jsonType, "token: " + secret},
		"broken_json":    {jsonType, `{"a": {"b": 1}, "token" "` + secret + `"}`},
		"nested_deeply":  {jsonType, strings.Repeat("[", 5000) + `{"token":"` + secret + `"}`},
		"unknown_type":   {"application/octet-stream", secret},
		"many_escapes":   {"text/plain", "see %" + strings.Repeat("25", 7000) + "3Ftoken=" + secret},
		"broken_escapes": {formType, "token=" + secret + "%&code=%zz" + secret + "&%zztoken=" + secret},
	} {
		t.Run(name, func(t *testing.T) {
			p := newPanel()
			e := posted(requestsPath, tt.body[:min(len(tt.body), 16<<10)], "")
			e.Header = typed(tt.kind)
			p.Observe(e)
			if text := fmt.Sprintf("%+v", p.Exchanges()); strings.Contains(text, secret[:5]) {
				t.Errorf("kept %s", text[strings.Index(text, secret[:5]):])
			}
		})
	}
}
