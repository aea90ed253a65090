package wire_test

import (
	"bytes"
	"net/http"
	"net/url"
	"os/exec"
	"slices"
	"strings"
	"testing"

	"hoist/internal/sim"
)

// argv runs a line in bash where curl prints its arguments.
func argv(t *testing.T, line string) []string {
	t.Helper()
	bash, err := exec.LookPath("bash")
	if err != nil {
		t.Skip("no bash")
	}
	cmd := exec.CommandContext(t.Context(), bash, "-c", `curl() { printf '%s\0' "$@"; }`+"\n"+line)
	cmd.Env = []string{"TOKEN=<token>", "CA=<ca>", "COOKIE=<cookie>", "CLIENT_SECRET=<secret>", "STATE=<state>", "RESPONSE_URL_ID=<reply>", "SIGNATURE=<signature>"}
	cmd.Dir = t.TempDir()
	var complaints bytes.Buffer
	cmd.Stderr = &complaints
	out, err := cmd.Output()
	if err != nil || complaints.Len() > 0 {
		t.Fatalf("%v %s\n%s", err, &complaints, line)
	}
	return strings.Split(strings.TrimSuffix(string(out), "\x00"), "\x00")
}

var hostile = []string{
	"it's", `'; touch /tmp/hacked; '`, "$(touch hacked)", "`touch hacked`", "\"$HOME\"", `\`, "a\nb", "!!", "*", "@/etc/passwd", "--config x", "\uE000CA\uE001", "<&|;>", "{a,b}[1-3]", "größe",
}

func TestCurl_is_safe_in_a_shell(t *testing.T) {
	for _, text := range hostile {
		clean := strings.NewReplacer("\uE000", "\uFFFD", "\uE001", "\uFFFD").Replace(text)
		t.Run(text, func(t *testing.T) {
			p := newPanel()
			e := posted("/slack/api/x", "", "")
			e.Header = heads("Content-Type", formType, "Accept", text)
			e.Path, e.Host, e.Query = requestsPath+"/"+text, "127.0.0.1:1", url.QueryEscape(text)+"="+url.QueryEscape(text)
			e.Request = []byte(url.QueryEscape(text) + "=" + url.QueryEscape(text))
			p.Observe(e)
			got := argv(t, p.newest(t).Curl)
			escaped := strings.ReplaceAll(url.QueryEscape(clean), "+", "%20")
			want := []string{
				"--globoff", "--cacert", "<ca>", "--request", "POST", "--header", "Accept: " + clean,
				"--data-urlencode", url.QueryEscape(clean) + "=" + clean,
				"--url", "https://127.0.0.1:1" + (&url.URL{Path: requestsPath + "/" + clean}).EscapedPath() + "?" + escaped + "=" + escaped,
			}
			if !slices.Equal(got, want) {
				t.Errorf("argv %q\nwant %q", got, want)
			}
		})
	}
}

func TestCurl_sends_JSON_as_it_was(t *testing.T) {
	for _, text := range append(hostile, "\x00") {
		p := newPanel()
		body := encode(map[string]any{"reason": text, "n": 1})
		p.Observe(posted(requestsPath, body, ""))
		got := argv(t, p.newest(t).Curl)
		at := slices.Index(got, "--data-raw")
		if at < 0 || !strings.Contains(got[at+1], encode(strings.NewReplacer("\uE000", "\uFFFD", "\uE001", "\uFFFD").Replace(text))[1:]) && !strings.ContainsAny(text, "<&>") {
			t.Errorf("%q: %q", text, got)
		}
	}
}

func TestCurl_takes_secrets_from_the_environment(t *testing.T) {
	p := newPanel()
	p.Observe(sim.Exchange{
		Method: http.MethodPost, Host: "127.0.0.1:1", Path: "/slack/response/abcdef", Query: "state=abc&a=b",
		Header: heads("Authorization", "Bearer xoxb-1", "Cookie", "a=b; c=d", "X-Slack-Signature", "v0=abc", "Content-Type", formType), Request: []byte("client_secret=it%27s"),
	})
	e := p.newest(t)
	want := []string{
		"--globoff", "--request", "POST", "--header", "Authorization: Bearer <token>", "--header", "X-Slack-Signature: v0=<signature>", "--header", "Cookie: <cookie>",
		"--data-urlencode", "client_secret=<secret>", "--url", "http://127.0.0.1:1/slack/response/<reply>?state=<state>&a=b",
	}
	if got := argv(t, e.Curl); !slices.Equal(got, want) {
		t.Errorf("argv %q\nwant %q", got, want)
	}
	if want := []string{"TOKEN", "SIGNATURE", "COOKIE", "CLIENT_SECRET", "RESPONSE_URL_ID", "STATE"}; !slices.Equal(e.Variables, want) {
		t.Errorf("variables %v", e.Variables)
	}
}

func TestCurl_leaves_out_a_body_that_is_not_whole(t *testing.T) {
	for name, body := range map[string]string{"cut": `{"a":"` + strings.Repeat("x", 16<<10), "no_json": "hello", "broken": `{"a":1,`} {
		t.Run(name, func(t *testing.T) {
			p := newPanel()
			p.Observe(posted(requestsPath, body, ""))
			if e := p.newest(t); slices.Contains(argv(t, e.Curl), "--data-raw") || !strings.HasPrefix(e.Curl, "# The body was not kept whole") {
				t.Error(e.Curl)
			}
		})
	}
}
