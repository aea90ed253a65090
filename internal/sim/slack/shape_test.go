package slack_test

import (
	"encoding/json"
	"maps"
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	sim "hoist/internal/sim/slack"
)

// challengeIn reads the challenge of a url_verification request.
func challengeIn(t *testing.T, r *http.Request) string {
	t.Helper()
	var body struct{ Type, Challenge string }
	if err := json.NewDecoder(r.Body).Decode(&body); err != nil || body.Type != "url_verification" {
		t.Errorf("url_verification arrived as %+v, %v", body, err)
	}
	return body.Challenge
}

// keys lists the paths of all properties, with * for what is named freely.
func keys(v any, at string, free []string, into map[string]bool) {
	switch v := v.(type) {
	case map[string]any:
		for name, child := range v {
			path := at + "." + name
			if slices.Contains(free, at) {
				path = at + ".*"
			}
			into[path] = true
			keys(child, path, free, into)
		}
	case []any:
		for _, child := range v {
			keys(child, at+"[]", free, into)
		}
	}
}

// opaque are parts that the app wrote itself; only their presence matters here.
var opaque = []string{".view.blocks", ".view.title", ".view.submit", ".view.close", ".view.state.values", ".message.blocks", ".state.values", ".event.view.blocks", ".event.view.title", ".actions[].text", ".actions[].selected_option"}

func shapeOf(t *testing.T, body []byte) map[string]bool {
	t.Helper()
	var v any
	if err := json.Unmarshal(body, &v); err != nil {
		t.Fatalf("decode %s: %v", body, err)
	}
	all := map[string]bool{}
	keys(v, "", nil, all)
	maps.DeleteFunc(all, func(path string, _ bool) bool {
		return slices.ContainsFunc(opaque, func(o string) bool { return strings.HasPrefix(path, o) && path != o })
	})
	return all
}

// official is the union of the official payloads of one type.
func official(t *testing.T, kind, inner string) map[string]bool {
	t.Helper()
	dir := sharedFixtures(t)
	files, err := filepath.Glob(filepath.Join(dir, "*.json"))
	if err != nil {
		t.Fatal(err)
	}
	all := map[string]bool{}
	for _, f := range files {
		b, err := os.ReadFile(f)
		if err != nil {
			t.Fatal(err)
		}
		var head struct {
			Type  string
			Event struct{ Type string }
		}
		if json.Unmarshal(b, &head) == nil && head.Type == kind && head.Event.Type == inner {
			maps.Copy(all, shapeOf(t, b))
		}
	}
	if len(all) == 0 {
		t.Fatalf("no official payload of type %s %s in %s", kind, inner, dir)
	}
	return all
}

// notOurs are official properties that have a reason to be missing here.
var notOurs = map[string]string{
	".app_unfurl":               "unfurls are not simulated",
	".container.attachment_id":  "unfurls are not simulated",
	".container.is_app_unfurl":  "unfurls are not simulated",
	".container.app_unfurl_url": "unfurls are not simulated",
	".bot_access_token":         "workflow functions are not simulated",
	".function_data":            "workflow functions are not simulated",
	".interactivity":            "workflow functions are not simulated",
	".workflow_step":            "workflow steps are not simulated",
	".response_urls[]":          "no select asks for response URLs",
}

// beyond are properties of ours that no official payload in the collection
// shows, with the reason why they are right.
var beyond = map[string]string{
	".enterprise":            "null outside Enterprise Grid; Bolt's types have it on every interaction",
	".team.enterprise_id":    "Enterprise Grid, as on the other interactions",
	".team.enterprise_name":  "Enterprise Grid, as on the other interactions",
	".is_enterprise_install": "Bolt's types have it on every interaction",
	".actions[].url":         "Bolt's ButtonAction",
	".message.thread_ts":     "replies have it",
	".event_context":         "Events API reference",
}

func compare(t *testing.T, ours, theirs map[string]bool) {
	t.Helper()
	excused := func(reasons map[string]string, path string) bool {
		for prefix := range reasons {
			if path == prefix || strings.HasPrefix(path, prefix+".") || strings.HasPrefix(path, prefix+"[") {
				return true
			}
		}
		return false
	}
	for _, path := range slices.Sorted(maps.Keys(theirs)) {
		if !ours[path] && !excused(notOurs, path) {
			t.Errorf("official payloads have %s, ours lacks it", path)
		}
	}
	for _, path := range slices.Sorted(maps.Keys(ours)) {
		if !theirs[path] && !excused(beyond, path) {
			t.Errorf("ours has %s, no official payload does", path)
		}
	}
}

func payloadOf(t *testing.T, h heard) []byte {
	t.Helper()
	form, err := url.ParseQuery(h.body)
	if err != nil || len(form) != 1 || form.Get("payload") == "" {
		t.Fatalf("not a payload form: %s", h.body)
	}
	return []byte(form.Get("payload"))
}

const modal = `{"type":"modal","callback_id":"request","private_metadata":"x","notify_on_close":true,
	"title":{"type":"plain_text","text":"Request a role"},"submit":{"type":"plain_text","text":"Send"},"close":{"type":"plain_text","text":"Cancel"},
	"blocks":[
		{"type":"input","block_id":"role","label":{"type":"plain_text","text":"Role"},"element":{"type":"external_select","action_id":"pick","min_query_length":0}},
		{"type":"input","block_id":"why","label":{"type":"plain_text","text":"Reason"},"element":{"type":"plain_text_input","action_id":"text","max_length":20}},
		{"type":"actions","block_id":"more","elements":[{"type":"button","action_id":"help","text":{"type":"plain_text","text":"Help"},"style":"primary","value":"h"}]}]}`

// Unions are compared over several deliveries of one kind, because one payload
// alone never shows every field: a message in a thread, an ephemeral one, a
// modal, a grid workspace.
func TestDeliveries_have_the_shape_of_official_payloads(t *testing.T) {
	grid := func(c *sim.Config) { c.Seed.Team.EnterpriseID, c.Seed.Team.EnterpriseName = "E0001", "Contoso Group" }
	w := newWorld(t, grid)
	const buttons = `[{"type":"actions","elements":[
		{"type":"button","action_id":"a","value":"v","style":"danger","url":"https://x.example/","text":{"type":"plain_text","text":"Go"}},
		{"type":"static_select","action_id":"s","placeholder":{"type":"plain_text","text":"Pick"},"options":[{"text":{"type":"plain_text","text":"One"},"value":"1"}]}]}]`
	act := func(err error) map[string]bool {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
		return shapeOf(t, payloadOf(t, w.lastHeard(t)))
	}

	t.Run("block_actions", func(t *testing.T) {
		ours := map[string]bool{}
		m := w.post(t, "ops", buttons)
		_, err := w.Press(t.Context(), "U0ANNA", m, "a")
		maps.Copy(ours, act(err))
		reply := w.threaded(t, m, buttons)
		_, err = w.Press(t.Context(), "U0ANNA", reply, "a")
		maps.Copy(ours, act(err))
		w.openModal(t, "U0ANNA", modal)
		v, _ := w.Modal("U0ANNA")
		_, err = w.Press(t.Context(), "U0ANNA", v, "help")
		maps.Copy(ours, act(err))
		compare(t, ours, official(t, "block_actions", ""))
	})
	t.Run("block_suggestion", func(t *testing.T) {
		ours := map[string]bool{}
		w.answersJSON(`{"options":[]}`)
		m := w.post(t, "ops", `[{"type":"actions","elements":[{"type":"external_select","action_id":"e","placeholder":{"type":"plain_text","text":"Pick"}}]}]`)
		eph := w.whisper(t, m)
		_, err := w.Suggest(t.Context(), "U0ANNA", eph, "e", "abc")
		maps.Copy(ours, act(err))
		v, _ := w.Modal("U0ANNA")
		_, err = w.Suggest(t.Context(), "U0ANNA", v, "pick", "")
		maps.Copy(ours, act(err))
		compare(t, ours, official(t, "block_suggestion", ""))
	})
	t.Run("view_submission", func(t *testing.T) {
		w.answersJSON(`{"options":[{"text":{"type":"plain_text","text":"Reader"},"value":"r"}]}`)
		v, _ := w.Modal("U0ANNA")
		if _, err := w.Suggest(t.Context(), "U0ANNA", v, "pick", ""); err != nil {
			t.Fatal(err)
		}
		w.answersJSON(`{"response_action":"errors","errors":{"why":"no"}}`)
		_, err := w.Submit(t.Context(), "U0ANNA", v, map[string]string{"Role": "Reader", "Reason": "because"})
		compare(t, act(err), official(t, "view_submission", ""))
	})
	t.Run("view_closed", func(t *testing.T) {
		w.answers(nil)
		v, _ := w.Modal("U0ANNA")
		_, err := w.Close(t.Context(), "U0ANNA", v)
		theirs := official(t, "view_closed", "")
		delete(theirs, ".response_urls") // one fixture of bolt-python has it, Slack's reference does not
		ours := act(err)
		compare(t, ours, theirs)
		if !ours[".is_cleared"] {
			t.Error("view_closed says whether the stack was cleared")
		}
	})
	t.Run("app_home_opened", func(t *testing.T) {
		w.answers(nil)
		w.publishHome(t, "U0ANNA", `{"type":"home","blocks":[{"type":"divider"}]}`)
		if _, err := w.OpenHome(t.Context(), "U0ANNA", "home"); err != nil {
			t.Fatal(err)
		}
		compare(t, shapeOf(t, []byte(w.lastHeard(t).body)), official(t, "event_callback", "app_home_opened"))
	})
	t.Run("command", func(t *testing.T) {
		if _, err := w.TypeCommand(t.Context(), "U0ANNA", "ops", "/elevate"); err != nil {
			t.Fatal(err)
		}
		ours, err := url.ParseQuery(w.lastHeard(t).body)
		if err != nil {
			t.Fatal(err)
		}
		for _, name := range []string{"bolt-python__slash_command__slash_command_body", "java-slack-sdk__SlashCommandPayloadTest__orgLevelApp_59", "java-slack-sdk__SlackSignatureTest__requestBody_31"} {
			b, err := os.ReadFile(filepath.Join(sharedFixtures(t), name+".form"))
			if err != nil {
				t.Fatal(err)
			}
			theirs, err := url.ParseQuery(strings.TrimSpace(string(b)))
			if err != nil {
				t.Fatal(err)
			}
			for field := range theirs {
				if !ours.Has(field) {
					t.Errorf("%s has %s, ours lacks it", name, field)
				}
			}
			if strings.Contains(name, "orgLevelApp") {
				for field := range ours {
					if !theirs.Has(field) {
						t.Errorf("ours has %s, %s does not", field, name)
					}
				}
			}
		}
	})
	if got := len(w.Deliveries()); got < 8 {
		t.Errorf("%d deliveries recorded", got)
	}
}
