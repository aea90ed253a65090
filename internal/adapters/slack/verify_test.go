package slack

import (
	"fmt"
	"net/http"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"time"

	slackapi "github.com/slack-go/slack"
	"pgregory.net/rapid"

	"hoist/internal/clock"
	"hoist/internal/secret"
)

const testSecret = "8f742231b10e8888abcd99yyyzzz85a5"

// signedHeader signs as Slack does; the test has its own hand in sign().
func signedHeader(key string, at time.Time, body []byte) http.Header {
	stamp := strconv.FormatInt(at.Unix(), 10)
	return http.Header{
		timestampHeader: {stamp},
		signatureHeader: {string(sign([]byte(key), stamp, body))},
	}
}

func TestVerify(t *testing.T) {
	body := []byte("token=x&command=%2Felevate&text=User+Administrator+2h")
	change := func(f func(h http.Header)) func(http.Header) { return f }
	signature := func(f func(string) string) func(http.Header) {
		return func(h http.Header) { h[signatureHeader][0] = f(h[signatureHeader][0]) }
	}
	stamp := func(s string) func(http.Header) {
		return func(h http.Header) {
			h[timestampHeader] = []string{s}
			h[signatureHeader] = []string{string(sign([]byte(testSecret), s, body))}
		}
	}
	at := func(d time.Duration) func(http.Header) { return stamp(strconv.FormatInt(nine.Add(d).Unix(), 10)) }
	tests := []struct {
		name   string
		change func(http.Header)
		body   string
		want   reason
	}{
		{"accepts what Slack signed", nil, "", reasonNone},
		{"accepts the edge of the past", at(-300 * time.Second), "", reasonNone},
		{"accepts the edge of the future", at(300 * time.Second), "", reasonNone},
		{"refuses a stale timestamp", at(-301 * time.Second), "", reasonStale},
		{"refuses a timestamp from the future", at(301 * time.Second), "", reasonStale},
		{"refuses a far future", stamp("99999999999"), "", reasonStale},
		{"refuses no signature", change(func(h http.Header) { h.Del(signatureHeader) }), "", reasonHeader},
		{"refuses an empty signature", signature(func(string) string { return "" }), "", reasonHeader},
		{"refuses a short signature", signature(func(s string) string { return s[:len(s)-1] }), "", reasonHeader},
		{"refuses a long signature", signature(func(s string) string { return s + "0" }), "", reasonHeader},
		{"refuses an upper-case signature", signature(func(s string) string { return "v0=" + strings.ToUpper(s[3:]) }), "", reasonSignature},
		{"refuses another version", signature(func(s string) string { return "v1=" + s[3:] }), "", reasonSignature},
		{"refuses a signature that is not hex", signature(func(s string) string { return "v0=" + strings.Repeat("z", 64) }), "", reasonSignature},
		{"refuses a duplicate signature", change(func(h http.Header) { h.Add(signatureHeader, h.Get(signatureHeader)) }), "", reasonHeader},
		{"refuses a duplicate timestamp", change(func(h http.Header) { h.Add(timestampHeader, h.Get(timestampHeader)) }), "", reasonHeader},
		{"refuses no timestamp", change(func(h http.Header) { h.Del(timestampHeader) }), "", reasonHeader},
		{"refuses NaN", stamp("NaN"), "", reasonHeader},
		{"refuses a sign", stamp("+" + strconv.FormatInt(nine.Unix(), 10)), "", reasonHeader},
		{"refuses a negative timestamp", stamp("-1"), "", reasonHeader},
		{"refuses a leading zero", stamp("0" + strconv.FormatInt(nine.Unix(), 10)), "", reasonHeader},
		{"refuses a fraction", stamp(strconv.FormatInt(nine.Unix(), 10) + ".0"), "", reasonHeader},
		{"refuses an overflow", stamp("99999999999999999999"), "", reasonHeader},
		{"refuses a moved timestamp", change(func(h http.Header) { h[timestampHeader][0] = strconv.FormatInt(nine.Unix()+1, 10) }), "", reasonSignature},
		{"refuses a flipped byte", nil, "uoken=x&command=%2Felevate&text=User+Administrator+2h", reasonSignature},
		{"refuses other bytes of the same meaning", nil, "token=x&command=/elevate&text=User%20Administrator%202h", reasonSignature},
		{"refuses an empty body", nil, " ", reasonSignature},
	}
	v, err := newVerifier([]secret.Value{secret.New(testSecret)}, clock.NewStill(nine))
	if err != nil {
		t.Fatal(err)
	}
	for _, tt := range tests {
		t.Run(strings.ReplaceAll(tt.name, " ", "_"), func(t *testing.T) {
			h := signedHeader(testSecret, nine, body)
			if tt.change != nil {
				tt.change(h)
			}
			sent := body
			if tt.body != "" {
				sent = []byte(tt.body)
			}
			key, why := v.verify(h, sent)
			if why != tt.want {
				t.Errorf("reason = %q, want %q", why, tt.want)
			}
			if (key == "") != (why != reasonNone) {
				t.Errorf("key = %q with reason %q", key, why)
			}
		})
	}
}

func TestVerify_agrees_with_the_published_vector(t *testing.T) {
	body, err := os.ReadFile(filepath.Join("testdata", "signature", "body.form"))
	if err != nil {
		t.Fatal(err)
	}
	const want = "v0=a2114d57b48eac39b9ad189dd8316235a7b4a8d21a10bd27519666489c69b503"
	if got := string(sign([]byte(testSecret), "1531420618", body)); got != want {
		t.Errorf("sign() = %s, want %s", got, want)
	}
	v, err := newVerifier([]secret.Value{secret.New(testSecret)}, clock.NewStill(time.Unix(1531420618, 0)))
	if err != nil {
		t.Fatal(err)
	}
	h := http.Header{timestampHeader: {"1531420618"}, signatureHeader: {want}}
	if _, why := v.verify(h, body); why != reasonNone {
		t.Errorf("reason = %q", why)
	}
}

// The library reads the wall clock, so this test signs by it.
func TestVerify_agrees_with_the_library(t *testing.T) {
	v, err := newVerifier([]secret.Value{secret.New(testSecret)}, clock.System())
	if err != nil {
		t.Fatal(err)
	}
	library := func(h http.Header, body []byte) bool {
		sv, err := slackapi.NewSecretsVerifier(h, testSecret)
		if err != nil {
			return false
		}
		_, _ = sv.Write(body)
		return sv.Ensure() == nil
	}
	rapid.Check(t, func(t *rapid.T) {
		body := rapid.SliceOf(rapid.Byte()).Draw(t, "body")
		key := rapid.SampledFrom([]string{testSecret, "another"}).Draw(t, "key")
		offset := time.Duration(rapid.Int64Range(-400, 400).Draw(t, "offset")) * time.Second
		if offset.Abs() == 5*time.Minute {
			offset = 0 // between the two calls a second may pass
		}
		h := signedHeader(key, time.Now().Add(offset), body)
		if i := rapid.IntRange(-1, len(body)-1).Draw(t, "flip"); i >= 0 {
			body[i] ^= 1 << rapid.IntRange(0, 7).Draw(t, "bit")
		}
		if rapid.Bool().Draw(t, "damage") {
			s := []byte(h[signatureHeader][0])
			s[rapid.IntRange(0, len(s)-1).Draw(t, "at")] = rapid.SampledFrom([]byte("0123456789abcdefv=x ")).Draw(t, "byte")
			h[signatureHeader][0] = string(s)
		}
		_, why := v.verify(h, body)
		if ours, theirs := why == reasonNone, library(h, body); ours != theirs {
			t.Fatalf("ours = %v (%q), the library's = %v", ours, why, theirs)
		}
	})
}

func TestVerify_takes_every_secret_of_a_rotation(t *testing.T) {
	v, err := newVerifier([]secret.Value{secret.New("old"), secret.New("new")}, clock.NewStill(nine))
	if err != nil {
		t.Fatal(err)
	}
	for key, want := range map[string]reason{"old": reasonNone, "new": reasonNone, "older": reasonSignature} {
		if _, why := v.verify(signedHeader(key, nine, []byte("x")), []byte("x")); why != want {
			t.Errorf("%s: reason = %q, want %q", key, why, want)
		}
	}
}

func TestVerify_wants_secrets(t *testing.T) {
	for _, secrets := range [][]secret.Value{nil, {secret.New("")}, {secret.New("a"), {}}} {
		if _, err := newVerifier(secrets, clock.System()); err == nil {
			t.Errorf("%d secrets, one of them empty: no error", len(secrets))
		}
	}
}

func TestDeliveryKey_differs_by_what_was_signed(t *testing.T) {
	v, err := newVerifier([]secret.Value{secret.New(testSecret)}, clock.NewStill(nine))
	if err != nil {
		t.Fatal(err)
	}
	seen := map[string]string{}
	for _, body := range []string{"a", "b"} {
		for s := range 2 {
			key, why := v.verify(signedHeader(testSecret, nine.Add(time.Duration(s)*time.Second), []byte(body)), []byte(body))
			what := fmt.Sprint(body, s)
			if why != reasonNone || len(key) != 64 || seen[key] != "" {
				t.Errorf("%s: key %q (%q), already of %q", what, key, why, seen[key])
			}
			seen[key] = what
		}
	}
}
