package slack_test

import (
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	slackgo "github.com/slack-go/slack"

	sim "hoist/internal/sim/slack"
)

func TestRender_shows_what_a_person_reads(t *testing.T) {
	needZones(t)
	w := newWorld(t)
	m := w.post(t, "ops", `[
		{"type":"header","text":{"type":"plain_text","text":"Approval needed"}},
		{"type":"section","text":{"type":"mrkdwn","text":"<@U0BEN> asks for *User Administrator* in <#C0OPS>","verbatim":true},
			"accessory":{"type":"button","action_id":"d","text":{"type":"plain_text","text":"Details"}}},
		{"type":"section","fields":[{"type":"plain_text","text":"For 2h"},{"type":"mrkdwn","text":"R&amp;D &lt;ok&gt;","verbatim":true}]},
		{"type":"rich_text","elements":[
			{"type":"rich_text_section","elements":[{"type":"text","text":"Reason: "},{"type":"text","text":"see ticket","style":{"bold":true}}]},
			{"type":"rich_text_list","style":"ordered","elements":[{"type":"rich_text_section","elements":[{"type":"text","text":"first"}]},{"type":"rich_text_section","elements":[{"type":"text","text":"second"}]}]},
			{"type":"rich_text_quote","elements":[{"type":"text","text":"a\nb"}]},
			{"type":"rich_text_preformatted","elements":[{"type":"text","text":"Connect-MgGraph"}]}]},
		{"type":"divider"},
		{"type":"context","elements":[{"type":"mrkdwn","text":"until <!date^1795456800^{date_short_pretty} {time}|fallback>"},{"type":"plain_text","text":"H-1"}]},
		{"type":"actions","elements":[
			{"type":"button","action_id":"a","style":"primary","text":{"type":"plain_text","text":"Approve"}},
			{"type":"button","action_id":"o","url":"https://x.example/","text":{"type":"plain_text","text":"Open"}},
			{"type":"external_select","action_id":"e","placeholder":{"type":"plain_text","text":"Role"}}]},
		{"type":"input","optional":true,"label":{"type":"plain_text","text":"Note"},"element":{"type":"plain_text_input","action_id":"n","initial_value":"none"},"hint":{"type":"plain_text","text":"Anything"}},
		{"type":"image","image_url":"https://x.example/i.png","alt_text":"a chart"}]`)
	got := w.Render(m, "U0ANNA")
	want := []string{
		"Approval needed",
		"@Ben Okri asks for User Administrator in #ops", "[Details]",
		"For 2h", "R&D <ok>",
		"Reason: see ticket", "1. first", "2. second", "> a", "> b", "Connect-MgGraph",
		"---",
		"until today 19:00  H-1",
		"[Approve] [Open] [Role]",
		"Note (optional): [none]", "Anything",
		"(image: a chart)",
	}
	if diff := cmp.Diff(want, got.Lines); diff != "" {
		t.Errorf("lines (-want +got):\n%s", diff)
	}
	if diff := cmp.Diff([]sim.Button{
		{Label: "Details", ActionID: "d"}, {Label: "Approve", ActionID: "a", Style: "primary"}, {Label: "Open", ActionID: "o", URL: "https://x.example/"},
	}, got.Buttons); diff != "" {
		t.Errorf("buttons (-want +got):\n%s", diff)
	}
	if !slices.Equal(got.Pings, []string{"@Ben Okri"}) || !slices.Equal(got.Links, []sim.Link{{Text: "#ops"}}) {
		t.Errorf("pings %q, links %q", got.Pings, got.Links)
	}
}

// needZones skips where the machine knows no time zones.
func needZones(t *testing.T) {
	t.Helper()
	if _, err := time.LoadLocation("Europe/Berlin"); err != nil {
		t.Skipf("this machine has no time zones: %v", err)
	}
}

// hostile is what somebody may type as a reason.
const hostile = "@here @Everyone <!channel> <@U0BEN> #ops https://evil.example/x <https://evil.example|click> *bold* `code` :warning: > quoted"

func TestRender_reveals_what_user_text_can_do(t *testing.T) {
	w := newWorld(t)
	quoted := strings.NewReplacer("&", "&amp;", "<", "&lt;", ">", "&gt;").Replace(hostile)
	mrkdwn := func(text string, verbatim bool) slackgo.MsgOption {
		return slackgo.MsgOptionBlocks(slackgo.NewSectionBlock(slackgo.NewTextBlockObject("mrkdwn", text, false, verbatim), nil, nil))
	}
	rich := slackgo.MsgOptionBlocks(slackgo.NewRichTextBlock("", slackgo.NewRichTextSection(slackgo.NewRichTextSectionTextElement(hostile, nil))))
	plain := slackgo.MsgOptionBlocks(slackgo.NewSectionBlock(slackgo.NewTextBlockObject("plain_text", hostile, true, false), nil, nil))
	formats := []string{":warning:", "*bold*", "`code`"}
	for _, c := range []struct {
		name    string
		option  slackgo.MsgOption
		pings   []string
		links   []string
		formats []string
	}{
		{"raw mrkdwn does everything", mrkdwn(hostile, false), []string{"@here", "@everyone", "@channel", "@Ben Okri"}, []string{"#ops", "https://evil.example/x", "click"}, formats},
		{"escaped mrkdwn still pings and links by itself", mrkdwn(quoted, false), []string{"@here", "@everyone"}, []string{"#ops", "https://evil.example/x", "https://evil.example|click"}, formats},
		{"verbatim alone lets sequences through", mrkdwn(hostile, true), []string{"@channel", "@Ben Okri"}, []string{"click"}, formats},
		{"escaped and verbatim still formats", mrkdwn(quoted, true), nil, nil, formats},
		{"plain text shows emoji and nothing else", plain, nil, nil, []string{":warning:"}},
		{"rich text is literal", rich, nil, nil, nil},
	} {
		t.Run(strings.ReplaceAll(c.name, " ", "_"), func(t *testing.T) {
			room, ts, err := w.api.PostMessageContext(t.Context(), "ops", say("quiet"), c.option)
			if err != nil {
				t.Fatal(err)
			}
			m, _ := w.Message(room, ts)
			got := w.Render(m, "U0ANNA")
			var links []string
			for _, l := range got.Links {
				links = append(links, l.Text)
			}
			if c.name == "escaped mrkdwn still pings and links by itself" {
				// Where the second address ends is a matter of taste; that it is
				// a link is not.
				links, c.links = links[:2], c.links[:2]
			}
			if diff := cmp.Diff(c.pings, got.Pings); diff != "" {
				t.Errorf("pings (-want +got):\n%s", diff)
			}
			if diff := cmp.Diff(c.links, links); diff != "" {
				t.Errorf("links (-want +got):\n%s", diff)
			}
			if diff := cmp.Diff(c.formats, got.Formats); diff != "" {
				t.Errorf("formats (-want +got):\n%s", diff)
			}
		})
	}
	t.Run("literal_text_reads_as_it_was_typed", func(t *testing.T) {
		for _, o := range []slackgo.MsgOption{rich, plain} {
			room, ts, err := w.api.PostMessageContext(t.Context(), "ops", say("quiet"), o)
			if err != nil {
				t.Fatal(err)
			}
			m, _ := w.Message(room, ts)
			if got := w.Render(m, "").Text(); got != hostile {
				t.Errorf("reads %q", got)
			}
		}
	})
}

func TestRender_top_level_text(t *testing.T) {
	w := newWorld(t)
	for _, c := range []struct {
		name, text string
		options    []slackgo.MsgOption
		pings      []string
		links      int
	}{
		{"unparsed_names_stay_quiet", "@here see #ops", nil, nil, 0},
		{"addresses_become_links", "see https://x.example/.", nil, nil, 1},
		{"parse_none_leaves_addresses_alone", "see https://x.example/", []slackgo.MsgOption{slackgo.MsgOptionParse(false)}, nil, 0},
		{"parse_full_pings", "@here see #ops", []slackgo.MsgOption{slackgo.MsgOptionParse(true)}, []string{"@here"}, 1},
		{"sequences_always_ping", "<!here> hello", []slackgo.MsgOption{slackgo.MsgOptionParse(false)}, []string{"@here"}, 0},
		{"escaped_sequences_are_text", "&lt;!here&gt;", nil, nil, 0},
		{"text_beside_blocks_still_pings", "<!here>", []slackgo.MsgOption{slackgo.MsgOptionBlocks(slackgo.NewDividerBlock())}, []string{"@here"}, 0},
	} {
		t.Run(c.name, func(t *testing.T) {
			room, ts, err := w.api.PostMessageContext(t.Context(), "ops", append(c.options, say(c.text))...)
			if err != nil {
				t.Fatal(err)
			}
			m, _ := w.Message(room, ts)
			if got := w.Render(m, "U0ANNA"); !slices.Equal(got.Pings, c.pings) || len(got.Links) != c.links {
				t.Errorf("%q: pings %q, links %q", c.text, got.Pings, got.Links)
			}
		})
	}
	t.Run("an_update_without_parse_is_read_strictly", func(t *testing.T) {
		_, ts, err := w.api.PostMessageContext(t.Context(), "ops", say("x"))
		if err != nil {
			t.Fatal(err)
		}
		if _, _, _, err := w.api.UpdateMessageContext(t.Context(), "C0OPS", ts, say("@here")); err != nil {
			t.Fatal(err)
		}
		m, _ := w.Message("C0OPS", ts)
		if got := w.Render(m, ""); !slices.Equal(got.Pings, []string{"@here"}) {
			t.Errorf("pings %q", got.Pings)
		}
	})
	t.Run("hidden_characters_are_shown_as_they_are", func(t *testing.T) {
		const hidden = "safe\u202etxt.exe\u200b"
		room, ts, err := w.api.PostMessageContext(t.Context(), "ops", say(hidden))
		if err != nil {
			t.Fatal(err)
		}
		m, _ := w.Message(room, ts)
		if got := w.Render(m, "").Text(); got != hidden {
			t.Errorf("reads %q", got)
		}
	})
}

func TestRender_dates(t *testing.T) {
	w := newWorld(t)
	const at = "1795424400" // 2026-11-23 09:00 UTC
	if got := nine.Unix(); got != 1795424400 {
		t.Fatalf("nine is %d", got)
	}
	for _, c := range []struct{ name, text, reader, want string }{
		{"in_the_readers_zone", "<!date^" + at + "^{date_num} {time}|x>", "U0ANNA", "2026-11-23 10:00"},
		{"with_twelve_hours_in_America", "<!date^" + at + "^{time_secs}|x>", "U0BEN", "4:00:00 AM"},
		{"in_words", "<!date^" + at + "^{date_pretty}, {date_long}|x>", "U0ANNA", "today, Monday, November 23rd, 2026"},
		{"tomorrow", "<!date^1795510800^{date_short_pretty}|x>", "U0ANNA", "tomorrow"},
		{"long_ago", "<!date^1795417200^{ago}|x>", "U0ANNA", "2 hours ago"},
		{"soon", "<!date^1795424460^{ago}|x>", "U0ANNA", "in 1 minute"},
		{"short", "<!date^" + at + "^{date_short}|x>", "", "Nov 23, 2026"},
		{"falls_back_on_an_unknown_format", "<!date^" + at + "^{moon}|23 Nov 09:00 UTC>", "", "23 Nov 09:00 UTC"},
		{"falls_back_on_a_broken_time", "<!date^soon^{time}|later>", "", "later"},
	} {
		t.Run(c.name, func(t *testing.T) {
			needZones(t)
			room, ts, err := w.api.PostMessageContext(t.Context(), "ops", say(c.text))
			if err != nil {
				t.Fatal(err)
			}
			m, _ := w.Message(room, ts)
			if got := w.Render(m, c.reader).Text(); got != c.want {
				t.Errorf("reads %q, want %q", got, c.want)
			}
		})
	}
}

func TestRenderView_shows_title_and_buttons(t *testing.T) {
	w := newWorld(t)
	w.openModal(t, "U0ANNA", modal)
	v, _ := w.Modal("U0ANNA")
	want := []string{"== Request a role ==", "Role: []", "Reason: []", "[Help]", "[Cancel] [Send]"}
	if diff := cmp.Diff(want, w.RenderView(v).Lines); diff != "" {
		t.Errorf("lines (-want +got):\n%s", diff)
	}
}

func TestRender_rich_text_elements_that_are_not_text_do_ping_and_link(t *testing.T) {
	needZones(t)
	w := newWorld(t)
	m := w.post(t, "ops", `[{"type":"rich_text","elements":[{"type":"rich_text_section","elements":[
		{"type":"broadcast","range":"channel"},{"type":"text","text":" "},{"type":"user","user_id":"U0NONE"},{"type":"text","text":" "},
		{"type":"usergroup","usergroup_id":"S1"},{"type":"text","text":" "},{"type":"channel","channel_id":"C0OPS"},{"type":"text","text":" "},
		{"type":"link","url":"https://x.example/","text":"here"},{"type":"text","text":" "},{"type":"link","url":"https://y.example/"},{"type":"text","text":" "},
		{"type":"emoji","name":"wave"},{"type":"text","text":" "},{"type":"color","value":"#fff"},{"type":"text","text":" "},
		{"type":"date","timestamp":1795424400,"format":"{time}","fallback":"f"},{"type":"text","text":" "},
		{"type":"date","timestamp":1795424400,"format":"{moon}","fallback":"full"}]}]}]`)
	got := w.Render(m, "U0ANNA")
	if want := "@channel @U0NONE @S1 #ops here https://y.example/ :wave: #fff 10:00 full"; got.Text() != want {
		t.Errorf("reads %q, want %q", got.Text(), want)
	}
	if diff := cmp.Diff([]string{"@channel", "@U0NONE", "@S1"}, got.Pings); diff != "" {
		t.Errorf("pings (-want +got):\n%s", diff)
	}
	if diff := cmp.Diff([]sim.Link{{Text: "#ops"}, {Text: "here", URL: "https://x.example/"}, {Text: "https://y.example/", URL: "https://y.example/"}}, got.Links); diff != "" {
		t.Errorf("links (-want +got):\n%s", diff)
	}
}

func TestRender_mrkdwn_corners(t *testing.T) {
	w := newWorld(t)
	for _, c := range []struct {
		name, text, reads string
		pings, formats    []string
	}{
		{"marks_inside_words_are_text", "snake_case_name 2*3*4", "snake_case_name 2*3*4", nil, nil},
		{"a_mention_inside_a_word_is_text", "anna@here.example", "anna@here.example", nil, nil},
		{"spans_nest", "*a _b_ c*", "a b c", nil, []string{"*a _b_ c*", "_b_"}},
		{"an_open_mark_is_text", "*a\nb*", "*a\nb*", nil, nil},
		{"code_keeps_marks", "`*a* @here`", "*a* @here", nil, []string{"`*a* @here`"}},
		{"sequences_work_in_code", "`<!here>`", "@here", []string{"@here"}, []string{"`<!here>`"}},
		{"code_blocks_span_lines", "```a\n*b*```", "a\n*b*", nil, []string{"```a\n*b*```"}},
		{"an_escaped_mark_quotes_too", "x\n&gt; y", "x\n> y", nil, []string{"&gt; y"}},
		{"groups_are_mentioned", "<!subteam^S1|@admins>", "@S1", []string{"@S1"}, nil},
		{"unknown_specials_show_their_label", "<!magic|label>", "label", nil, nil},
		{"a_lone_bracket_is_text", "1 < 2", "1 < 2", nil, nil},
		{"entities_are_decoded_once", "&amp;lt;", "&lt;", nil, nil},
		{"times_are_no_emoji", "10:30:45", "10:30:45", nil, nil},
		{"a_hidden_character_does_not_hide_a_ping", "\u200b@here", "\u200b@here", []string{"@here"}, nil},
	} {
		t.Run(c.name, func(t *testing.T) {
			room, ts, err := w.api.PostMessageContext(t.Context(), "ops", say("quiet"),
				slackgo.MsgOptionBlocks(slackgo.NewSectionBlock(slackgo.NewTextBlockObject("mrkdwn", c.text, false, false), nil, nil)))
			if err != nil {
				t.Fatal(err)
			}
			m, _ := w.Message(room, ts)
			got := w.Render(m, "")
			if got.Text() != c.reads {
				t.Errorf("reads %q, want %q", got.Text(), c.reads)
			}
			if diff := cmp.Diff(c.pings, got.Pings); diff != "" {
				t.Errorf("pings (-want +got):\n%s", diff)
			}
			if diff := cmp.Diff(c.formats, got.Formats); diff != "" {
				t.Errorf("formats (-want +got):\n%s", diff)
			}
		})
	}
}
