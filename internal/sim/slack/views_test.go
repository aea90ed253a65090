package slack_test

import (
	"net/url"
	"strings"
	"testing"
	"time"

	slackgo "github.com/slack-go/slack"

	sim "hoist/internal/sim/slack"
)

func TestViewsOpen(t *testing.T) {
	w := newWorld(t)
	ctx := t.Context()
	t.Run("uses_a_trigger_once", func(t *testing.T) {
		id := w.trigger(t, "U0ANNA")
		if _, err := w.api.OpenViewContext(ctx, id, modalView(t, modal)); err != nil {
			t.Fatal(err)
		}
		_, err := w.api.OpenViewContext(ctx, id, modalView(t, modal))
		slackError(t, err, "exchanged_trigger_id")
	})
	t.Run("a_refused_view_does_not_cost_the_trigger", func(t *testing.T) {
		id := w.trigger(t, "U0ANNA")
		bad := strings.Replace(modal, "Request a role", strings.Repeat("x", 25), 1)
		_, err := w.api.OpenViewContext(ctx, id, modalView(t, bad))
		e := slackError(t, err, "invalid_arguments")
		if len(e.ResponseMetadata.Messages) != 1 || e.ResponseMetadata.Messages[0] != "[ERROR] must be less than 25 characters [json-pointer:/view/title/text]" {
			t.Errorf("messages = %q", e.ResponseMetadata.Messages)
		}
		if _, err := w.api.OpenViewContext(ctx, id, modalView(t, modal)); err != nil {
			t.Error(err)
		}
	})
	t.Run("a_trigger_lives_three_seconds", func(t *testing.T) {
		id := w.trigger(t, "U0ANNA")
		w.clock.Advance(3 * time.Second)
		_, err := w.api.OpenViewContext(ctx, id, modalView(t, modal))
		slackError(t, err, "expired_trigger_id")
	})
	t.Run("a_modal_with_inputs_needs_a_submit_button", func(t *testing.T) {
		bad := strings.Replace(modal, `"submit":{"type":"plain_text","text":"Send"},`, "", 1)
		_, err := w.api.OpenViewContext(ctx, w.trigger(t, "U0ANNA"), modalView(t, bad))
		slackError(t, err, "invalid_arguments")
	})
}

func TestViewsUpdate(t *testing.T) {
	w := newWorld(t)
	ctx := t.Context()
	opened := w.openModal(t, "U0ANNA", modal)
	t.Run("refuses_an_old_hash", func(t *testing.T) {
		updated, err := w.api.UpdateViewContext(ctx, modalView(t, modal), "", opened.Hash, opened.ID)
		if err != nil || updated.Hash == opened.Hash {
			t.Fatalf("hash %q, %v", updated.Hash, err)
		}
		_, err = w.api.UpdateViewContext(ctx, modalView(t, modal), "", opened.Hash, opened.ID)
		slackError(t, err, "hash_conflict")
	})
	t.Run("finds_by_external_id_which_is_unique", func(t *testing.T) {
		named := strings.Replace(modal, `"type":"modal"`, `"type":"modal","external_id":"ext-1"`, 1)
		if _, err := w.api.UpdateViewContext(ctx, modalView(t, named), "", "", opened.ID); err != nil {
			t.Fatal(err)
		}
		if _, err := w.api.UpdateViewContext(ctx, modalView(t, named), "ext-1", "", ""); err != nil {
			t.Fatal(err)
		}
		_, err := w.api.OpenViewContext(ctx, w.trigger(t, "U0BEN"), modalView(t, named))
		slackError(t, err, "duplicate_external_id")
	})
	t.Run("cannot_reach_a_closed_view", func(t *testing.T) {
		v, _ := w.Modal("U0ANNA")
		if _, err := w.Close(ctx, "U0ANNA", v); err != nil {
			t.Fatal(err)
		}
		_, err := w.api.UpdateViewContext(ctx, modalView(t, modal), "", "", opened.ID)
		slackError(t, err, "not_found")
	})
}

func TestViewsPush_stacks_three_and_no_more(t *testing.T) {
	w := newWorld(t)
	ctx := t.Context()
	w.openModal(t, "U0ANNA", modal)
	for depth := 2; depth <= 4; depth++ {
		v, _ := w.Modal("U0ANNA")
		if _, err := w.Press(ctx, "U0ANNA", v, "help"); err != nil {
			t.Fatal(err)
		}
		resp, err := w.api.PushViewContext(ctx, interaction(t, w.lastHeard(t)).TriggerID, modalView(t, modal))
		if depth == 4 {
			slackError(t, err, "push_limit_reached")
			break
		}
		if err != nil || resp.PreviousViewID != v.ID {
			t.Fatalf("depth %d: previous %q, %v", depth, resp.PreviousViewID, err)
		}
	}
	_, err := w.api.PushViewContext(ctx, w.trigger(t, "U0ANNA"), modalView(t, modal))
	slackError(t, err, "not_found")
}

func TestViewsPublish(t *testing.T) {
	w := newWorld(t)
	w.publishHome(t, "U0ANNA", `{"type":"home","blocks":[{"type":"header","text":{"type":"plain_text","text":"One"}}]}`)
	first, _ := w.Home("U0ANNA")
	w.publishHome(t, "U0ANNA", `{"type":"home","blocks":[{"type":"header","text":{"type":"plain_text","text":"Two"}}]}`)
	second, _ := w.Home("U0ANNA")
	if first.ID != second.ID || first.Hash == second.Hash {
		t.Errorf("a Home tab keeps its id and changes its hash: %v, %v", first, second)
	}
	if got := w.RenderView(second).Text(); got != "Two" {
		t.Errorf("Home shows %q", got)
	}
	_, err := w.api.PublishViewContext(t.Context(), slackgo.PublishViewContextRequest{
		UserID: "U0ANNA", Hash: &first.Hash,
		View: slackgo.HomeTabViewRequest{Type: "home", Blocks: slackgo.Blocks{BlockSet: []slackgo.Block{slackgo.NewDividerBlock()}}},
	})
	slackError(t, err, "hash_conflict")
}

func TestSuggest(t *testing.T) {
	w := newWorld(t)
	ctx := t.Context()
	w.openModal(t, "U0ANNA", modal)
	v, _ := w.Modal("U0ANNA")
	w.answersJSON(`{"option_groups":[{"label":{"type":"plain_text","text":"Yours"},"options":[{"text":{"type":"plain_text","text":"User Administrator"},"value":"ua"}]}]}`)
	got, err := w.Suggest(ctx, "U0ANNA", v, "Role", "us")
	if err != nil || len(got) != 1 || got[0].Text != "User Administrator" || got[0].Value != "ua" || got[0].Group != "Yours" {
		t.Errorf("options = %v, %v", got, err)
	}
	if cb := interaction(t, w.lastHeard(t)); cb.ActionID != "pick" || cb.Value != "us" || cb.Type != slackgo.InteractionTypeBlockSuggestion {
		t.Errorf("parsed %+v", cb)
	}
	t.Run("asks_nothing_before_three_characters_by_default", func(t *testing.T) {
		m := w.post(t, "ops", `[{"type":"actions","elements":[{"type":"external_select","action_id":"e"}]}]`)
		_, err := w.Suggest(ctx, "U0ANNA", m, "e", "ab")
		mustErrorSay(t, err, "before 3 characters")
	})
	t.Run("refuses_options_that_are_too_long", func(t *testing.T) {
		w.answersJSON(`{"options":[{"text":{"type":"plain_text","text":"` + strings.Repeat("x", 76) + `"},"value":"v"}]}`)
		_, err := w.Suggest(ctx, "U0ANNA", v, "Role", "")
		mustErrorSay(t, err, "must be less than 76 characters")
	})
}

func TestSubmit(t *testing.T) {
	open := func(t *testing.T) (*world, sim.View) {
		t.Helper()
		w := newWorld(t)
		w.openModal(t, "U0ANNA", modal)
		v, _ := w.Modal("U0ANNA")
		w.answersJSON(`{"options":[{"text":{"type":"plain_text","text":"Reader"},"value":"r"}]}`)
		if _, err := w.Suggest(t.Context(), "U0ANNA", v, "Role", ""); err != nil {
			t.Fatal(err)
		}
		w.answers(nil)
		return w, v
	}
	filled := map[string]string{"Role": "Reader", "why": "because"}

	t.Run("nothing_typed_empties_a_select", func(t *testing.T) {
		w, v := open(t)
		if _, err := w.Choose(t.Context(), "U0ANNA", v, "Role", "Reader"); err != nil {
			t.Fatal(err)
		}
		_, err := w.Submit(t.Context(), "U0ANNA", v, map[string]string{"Role": "", "why": "because"})
		mustErrorSay(t, err, "complete this required field")
	})
	t.Run("delivers_the_state_and_closes", func(t *testing.T) {
		w, v := open(t)
		sub, err := w.Submit(t.Context(), "U0ANNA", v, filled)
		if err != nil || sub.View != nil {
			t.Fatalf("submission = %+v, %v", sub, err)
		}
		cb := interaction(t, w.lastHeard(t))
		if cb.Type != slackgo.InteractionTypeViewSubmission || cb.View.CallbackID != "request" || cb.View.PrivateMetadata != "x" {
			t.Errorf("parsed %+v", cb)
		}
		values := cb.View.State.Values
		if values["role"]["pick"].SelectedOption.Value != "r" || values["why"]["text"].Value != "because" {
			t.Errorf("state = %+v", values)
		}
	})
	t.Run("refuses_what_the_client_would_refuse", func(t *testing.T) {
		w, v := open(t)
		_, err := w.Submit(t.Context(), "U0ANNA", v, map[string]string{"Role": "Reader"})
		mustErrorSay(t, err, `"Reason": please complete this required field`)
		_, err = w.Submit(t.Context(), "U0ANNA", v, map[string]string{"Role": "Reader", "why": strings.Repeat("x", 21)})
		mustErrorSay(t, err, "between 0 and 20 characters")
		_, err = w.Submit(t.Context(), "U0ANNA", v, map[string]string{"Role": "Owner"})
		mustErrorSay(t, err, `"Owner" is not offered`)
		_, err = w.Submit(t.Context(), "U0BEN", v, filled)
		mustErrorSay(t, err, "no such view open")
	})
	t.Run("errors_keep_it_open", func(t *testing.T) {
		w, v := open(t)
		w.answersJSON(`{"response_action":"errors","errors":{"why":"say more"}}`)
		sub, err := w.Submit(t.Context(), "U0ANNA", v, filled)
		if err != nil || sub.Errors["why"] != "say more" || sub.View == nil {
			t.Errorf("submission = %+v, %v", sub, err)
		}
		w.answersJSON(`{"response_action":"errors","errors":{"text":"keyed by action id"}}`)
		_, err = w.Submit(t.Context(), "U0ANNA", v, nil)
		mustErrorSay(t, err, "which is not an input block")
	})
	t.Run("update_push_and_clear_do_as_they_say", func(t *testing.T) {
		w, v := open(t)
		w.answersJSON(`{"response_action":"push","view":` + modal + `}`)
		sub, err := w.Submit(t.Context(), "U0ANNA", v, filled)
		if err != nil || sub.View == nil || sub.View.PreviousID != v.ID {
			t.Fatalf("submission = %+v, %v", sub, err)
		}
		w.answersJSON(`{"response_action":"update","view":{"type":"modal","title":{"type":"plain_text","text":"Sent"},"submit":{"type":"plain_text","text":"OK"},"blocks":[{"type":"divider"}]}}`)
		w2 := *sub.View
		if _, err := w.Suggest(t.Context(), "U0ANNA", w2, "Role", ""); err == nil {
			t.Fatal("options without options were taken") // the answer is not an option list
		}
		values := map[string]string{"why": "x"}
		if _, err := w.Submit(t.Context(), "U0ANNA", w2, values); err == nil {
			t.Fatal("a required select was empty")
		}
		w.answersJSON(`{"options":[{"text":{"type":"plain_text","text":"Reader"},"value":"r"}]}`)
		if _, err := w.Suggest(t.Context(), "U0ANNA", w2, "Role", ""); err != nil {
			t.Fatal(err)
		}
		w.answersJSON(`{"response_action":"update","view":{"type":"modal","title":{"type":"plain_text","text":"Sent"},"submit":{"type":"plain_text","text":"OK"},"blocks":[{"type":"divider"}]}}`)
		sub, err = w.Submit(t.Context(), "U0ANNA", w2, filled)
		if err != nil || sub.View == nil || sub.View.Title != "Sent" {
			t.Fatalf("submission = %+v, %v", sub, err)
		}
		w.answersJSON(`{"response_action":"clear"}`)
		sub, err = w.Submit(t.Context(), "U0ANNA", *sub.View, nil)
		if err != nil || sub.View != nil {
			t.Errorf("submission = %+v, %v", sub, err)
		}
	})
	t.Run("a_title_that_is_too_long_is_trouble_connecting", func(t *testing.T) {
		w, v := open(t)
		w.answersJSON(`{"response_action":"update","view":` + strings.Replace(modal, "Request a role", strings.Repeat("x", 25), 1) + `}`)
		_, err := w.Submit(t.Context(), "U0ANNA", v, filled)
		mustErrorSay(t, err, "must be less than 25 characters")
		if log := w.Log(); log[len(log)-1].Kind != sim.Failed {
			t.Errorf("the person saw %+v", log[len(log)-1])
		}
	})
	t.Run("an_update_keeps_what_was_typed_where_ids_stay", func(t *testing.T) {
		w, v := open(t)
		w.answersJSON(`{"response_action":"errors","errors":{"why":"say more"}}`)
		if _, err := w.Submit(t.Context(), "U0ANNA", v, filled); err != nil {
			t.Fatal(err)
		}
		resp, err := w.api.UpdateViewContext(t.Context(), modalView(t, modal), "", "", v.ID)
		if err != nil || resp.State.Values["why"]["text"].Value != "because" {
			t.Errorf("state = %+v, %v", resp.State, err)
		}
	})
}

func TestChoose_delivers_the_choice(t *testing.T) {
	w := newWorld(t)
	m := w.post(t, "ops", `[{"type":"section","text":{"type":"plain_text","text":"x"},"accessory":{"type":"overflow","action_id":"more","options":[
		{"text":{"type":"plain_text","text":"Stop"},"value":"stop"}]}}]`)
	if _, err := w.Choose(t.Context(), "U0ANNA", m, "more", "Stop"); err != nil {
		t.Fatal(err)
	}
	if a := interaction(t, w.lastHeard(t)).ActionCallback.BlockActions[0]; a.SelectedOption.Value != "stop" {
		t.Errorf("action = %+v", a)
	}
}

func TestResponseURL(t *testing.T) {
	const card = `[{"type":"actions","elements":[{"type":"button","action_id":"a","text":{"type":"plain_text","text":"Go"}}]}]`
	press := func(t *testing.T, w *world, m sim.Message) string {
		t.Helper()
		if _, err := w.Press(t.Context(), "U0ANNA", m, "a"); err != nil {
			t.Fatal(err)
		}
		return interaction(t, w.lastHeard(t)).ResponseURL
	}
	answer := func(w *world, to string, o ...slackgo.MsgOption) error {
		_, _, err := w.api.PostMessageContext(t.Context(), "", append(o, say("answer"), slackgo.MsgOptionResponseURL(to, ""))...)
		return err
	}
	t.Run("is_private_unless_it_says_otherwise", func(t *testing.T) {
		w := newWorld(t)
		to := press(t, w, w.post(t, "ops", card))
		if err := answer(w, to); err != nil {
			t.Fatal(err)
		}
		if _, _, err := w.api.PostMessageContext(t.Context(), "", say("for all"), slackgo.MsgOptionResponseURL(to, "in_channel")); err != nil {
			t.Fatal(err)
		}
		if len(w.Visible("U0ANNA")) != 3 || len(w.Visible("U0BEN")) != 2 {
			t.Errorf("Anna sees %d, Ben %d", len(w.Visible("U0ANNA")), len(w.Visible("U0BEN")))
		}
	})
	t.Run("replaces_and_deletes_the_original", func(t *testing.T) {
		w := newWorld(t)
		m := w.post(t, "ops", card)
		to := press(t, w, m)
		if err := answer(w, to, slackgo.MsgOptionReplaceOriginal(to)); err != nil {
			t.Fatal(err)
		}
		if now, _ := w.Message(m.Channel, m.TS); now.Text != "answer" || len(now.Blocks) != 0 || now.Ephemeral() {
			t.Errorf("message = %+v", now)
		}
		if err := answer(w, to, slackgo.MsgOptionDeleteOriginal(to)); err != nil {
			t.Fatal(err)
		}
		if _, there := w.Message(m.Channel, m.TS); there {
			t.Error("the original is still there")
		}
	})
	t.Run("changes_an_ephemeral_message_which_nothing_else_can", func(t *testing.T) {
		w := newWorld(t)
		eph := w.whisper(t, w.post(t, "ops", card))
		to := press(t, w, eph)
		if err := answer(w, to, slackgo.MsgOptionReplaceOriginal(to)); err != nil {
			t.Fatal(err)
		}
		if now, _ := w.Message(eph.Channel, eph.TS); now.Text != "answer" || !now.Ephemeral() {
			t.Errorf("message = %+v", now)
		}
	})
	t.Run("of_a_command_cannot_replace_anything", func(t *testing.T) {
		w := newWorld(t)
		w.answersJSON(`{"text":"Checking…"}`)
		if _, err := w.TypeCommand(t.Context(), "U0ANNA", "ops", "/elevate"); err != nil {
			t.Fatal(err)
		}
		form, _ := url.ParseQuery(w.lastHeard(t).body)
		to := form.Get("response_url")
		if err := answer(w, to, slackgo.MsgOptionReplaceOriginal(to)); err != nil {
			t.Fatal(err)
		}
		if seen := w.Visible("U0ANNA"); len(seen) != 2 || seen[0].Text != "Checking…" {
			t.Errorf("Anna sees %+v", seen)
		}
	})
	t.Run("works_five_times_within_thirty_minutes", func(t *testing.T) {
		w := newWorld(t)
		m := w.post(t, "ops", card)
		to := press(t, w, m)
		for range 5 {
			if err := answer(w, to); err != nil {
				t.Fatal(err)
			}
		}
		mustErrorSay(t, answer(w, to), "404")
		late := press(t, w, m)
		w.clock.Advance(30 * time.Minute)
		mustErrorSay(t, answer(w, late), "404")
		last := w.Calls()[len(w.Calls())-1]
		if last.Error != "expired_url" || last.Method != "response_url" {
			t.Errorf("call log ends with %+v", last)
		}
	})
	t.Run("can_be_rate_limited", func(t *testing.T) {
		w := newWorld(t)
		to := press(t, w, w.post(t, "ops", card))
		w.RateLimit("response_url", 1, time.Second)
		mustErrorSay(t, answer(w, to), "rate limit")
	})
}

func TestSubmit_fills_every_kind_of_field(t *testing.T) {
	w := newWorld(t)
	option := func(text, value string) string {
		return `{"text":{"type":"plain_text","text":"` + text + `"},"value":"` + value + `"}`
	}
	input := func(id, element string) string {
		return `{"type":"input","block_id":"` + id + `","label":{"type":"plain_text","text":"` + id + `"},"element":{"action_id":"x",` + element + `}}`
	}
	w.openModal(t, "U0ANNA", `{"type":"modal","title":{"type":"plain_text","text":"All"},"submit":{"type":"plain_text","text":"Send"},"blocks":[`+strings.Join([]string{
		input("one", `"type":"static_select","options":[`+option("A", "a")+`,`+option("B", "b")+`],"initial_option":`+option("B", "b")),
		input("some", `"type":"checkboxes","options":[`+option("A", "a")+`,`+option("B", "b")+`]`),
		input("radio", `"type":"radio_buttons","options":[`+option("A", "a")+`]`),
		input("user", `"type":"users_select"`),
		input("users", `"type":"multi_users_select"`),
		input("day", `"type":"datepicker"`),
		input("hour", `"type":"timepicker"`),
		input("moment", `"type":"datetimepicker"`),
	}, ",")+`]}`)
	v, _ := w.Modal("U0ANNA")
	values := map[string]string{
		"some": "A, B", "radio": "a", "user": "U0BEN", "users": "U0BEN, U0ANNA",
		"day": "2026-11-24", "hour": "14:00", "moment": "2026-11-24T14:00:00Z",
	}
	if _, err := w.Submit(t.Context(), "U0ANNA", v, values); err != nil {
		t.Fatal(err)
	}
	got := interaction(t, w.lastHeard(t)).View.State.Values
	if got["one"]["x"].SelectedOption.Value != "b" || len(got["some"]["x"].SelectedOptions) != 2 || got["radio"]["x"].SelectedOption.Value != "a" ||
		got["user"]["x"].SelectedUser != "U0BEN" || len(got["users"]["x"].SelectedUsers) != 2 || got["day"]["x"].SelectedDate != "2026-11-24" ||
		got["hour"]["x"].SelectedTime != "14:00" || got["moment"]["x"].SelectedDateTime != 1795528800 {
		t.Errorf("state = %+v", got)
	}
}

func TestClose_tells_only_those_who_asked(t *testing.T) {
	w := newWorld(t)
	w.openModal(t, "U0ANNA", strings.Replace(modal, `"notify_on_close":true`, `"clear_on_close":true`, 1))
	v, _ := w.Modal("U0ANNA")
	before := len(w.Deliveries())
	if _, err := w.Close(t.Context(), "U0ANNA", v); err != nil {
		t.Fatal(err)
	}
	if _, open := w.Modal("U0ANNA"); open || len(w.Deliveries()) != before {
		t.Error("the modal stayed or the app heard of it")
	}
	_, err := w.Close(t.Context(), "U0ANNA", v)
	mustErrorSay(t, err, "no such view open")
}
