package slack

import (
	"encoding/json"
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// fixtures returns the folder of payloads from the test suites of Slack's own
// SDKs: $HOIST_SHARED/fixtures/slack, or shared/ beside the repository. They are
// not part of the repository; where CI runs they must be there.
func fixtures(t *testing.T) string {
	t.Helper()
	shared := os.Getenv("HOIST_SHARED")
	if shared == "" {
		shared = filepath.Join(root(t), "..", "shared")
	}
	dir := filepath.Join(shared, "fixtures", "slack")
	if _, err := os.Stat(dir); err != nil {
		if os.Getenv("CI") != "" {
			t.Fatalf("CI runs without Slack's payloads: %v (set HOIST_SHARED)", err)
		}
		t.Skipf("Slack's payloads are not here: %v (set HOIST_SHARED to run this test)", err)
	}
	return dir
}

// root walks up to go.mod.
func root(t *testing.T) string {
	t.Helper()
	dir, err := os.Getwd()
	if err != nil {
		t.Fatal(err)
	}
	for {
		if _, err := os.Stat(filepath.Join(dir, "go.mod")); err == nil {
			return dir
		}
		up := filepath.Dir(dir)
		if up == dir {
			t.Fatal("no go.mod above the test")
		}
		dir = up
	}
}

// Everything that Slack's own SDKs are tested with is answered with 200: what
// this app asked for reaches the bot, the rest is acknowledged.
func TestHandler_takes_the_official_payloads(t *testing.T) {
	files, err := filepath.Glob(filepath.Join(fixtures(t), "*"))
	if err != nil || len(files) < 100 {
		t.Fatalf("%d payloads, %v", len(files), err)
	}
	commands, interactions, events := 0, 0, 0
	for _, file := range files {
		t.Run(filepath.Base(file), func(t *testing.T) {
			raw, err := os.ReadFile(file)
			if err != nil {
				t.Fatal(err)
			}
			switch {
			case filepath.Ext(file) == ".form":
				commands++
				officialCommand(t, raw)
			case isEvent(raw):
				events++
				officialEvent(t, raw)
			default:
				interactions++
				officialInteraction(t, raw)
			}
		})
	}
	if commands < 7 || interactions < 40 || events < 50 {
		t.Errorf("%d commands, %d interactions, %d events: fewer than there were", commands, interactions, events)
	}
}

func benchOf(t *testing.T, team string) bench {
	if !isSlackID(team) {
		team = "T111"
	}
	return newBench(t, func(c *HandlerConfig) { c.Installation = Installation{Team: team} })
}

func officialCommand(t *testing.T, raw []byte) {
	form, err := url.ParseQuery(string(raw))
	if err != nil {
		t.Fatal(err)
	}
	b := benchOf(t, form.Get("team_id"))
	if w := b.send(signed(CommandsPath, formType, raw, nine)); w.Code != http.StatusOK {
		t.Errorf("status %d, %v", w.Code, b.counted(t))
	}
	want := 1
	if form.Get("command") == "" {
		want = 0 // an outgoing webhook
	}
	got := b.bot.seen()
	if len(got) != want {
		t.Fatalf("the bot saw %+v, counted %v", got, b.counted(t))
	}
	if want == 1 && (got[0].Text != form.Get("text") || got[0].Person.User != form.Get("user_id")) {
		t.Errorf("the bot saw %+v", got[0])
	}
}

func officialInteraction(t *testing.T, raw []byte) {
	var head struct {
		Type string
		Team *struct{ ID string }
		User any
	}
	if err := json.Unmarshal(raw, &head); err != nil {
		t.Fatal(err)
	}
	if head.Team == nil {
		head.Team = &struct{ ID string }{}
	}
	b := benchOf(t, head.Team.ID)
	if w := b.interact(string(raw)); w.Code != http.StatusOK {
		t.Errorf("status %d, %v", w.Code, b.counted(t))
	}
	if got := b.bot.seen(); len(got) != 0 {
		t.Errorf("a button that is not ours reached the bot: %+v", got)
	}
	if head.Type == "block_actions" {
		officialPress(t, head.Team.ID, raw)
	}
}

// officialPress puts a button of ours into a payload of Slack's.
func officialPress(t *testing.T, team string, raw []byte) {
	var p map[string]any
	if err := json.Unmarshal(raw, &p); err != nil {
		t.Fatal(err)
	}
	a := p["actions"].([]any)[0].(map[string]any)
	a["action_id"], a["block_id"], a["value"] = "choose", string(elevation), string(elevation)+"|1"
	ours, err := json.Marshal(p)
	if err != nil {
		t.Fatal(err)
	}
	want := 1
	if user := p["user"].(map[string]any); user["team_id"] == nil {
		want = 0 // some test payloads are shortened; Slack's own name the person's team
	}
	b := benchOf(t, team)
	if w := b.interact(string(ours)); w.Code != http.StatusOK || len(b.bot.seen()) != want {
		t.Errorf("status %d, the bot saw %+v, counted %v", w.Code, b.bot.seen(), b.counted(t))
	}
}

func isEvent(raw []byte) bool {
	var head map[string]any
	if json.Unmarshal(raw, &head) != nil {
		return true
	}
	kind, _ := head["type"].(string)
	return kind == "event_callback" || kind == "url_verification" || head["event"] != nil || head["event_ts"] != nil && head["user"] == nil
}

func officialEvent(t *testing.T, raw []byte) {
	b := benchOf(t, "")
	w := b.send(signed(EventsPath, jsonType, raw, nine))
	if w.Code != http.StatusOK {
		t.Errorf("status %d, %v", w.Code, b.counted(t))
	}
	var v struct{ Type, Challenge string }
	_ = json.Unmarshal(raw, &v)
	if v.Type == "url_verification" && (v.Challenge == "" || !strings.Contains(w.Body.String(), v.Challenge)) {
		t.Errorf("challenge %q answered %q", v.Challenge, w.Body)
	}
}
