package chat

import (
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"hoist/internal/pim"
)

// in and wall make moments for the tables below.
func in(d time.Duration) *pim.When { return &pim.When{After: d} }

func wall(day, hour, minute int) *pim.When {
	return &pim.When{Wall: &pim.Wall{Day: day, Hour: hour, Minute: minute}}
}

func ticket(number string) pim.Ticket { return pim.Ticket{Number: number} }

func TestParse(t *testing.T) {
	const ua = "User Administrator"
	elevate := func(a pim.Ask) Command { return Command{Verb: VerbElevate, Ask: a} }
	tests := []struct {
		name, line string
		want       Command
	}{
		{
			"reads_the_first_sentence_of_the_product", "User Administrator 2h because rotating keys for INC-4711",
			elevate(pim.Ask{Role: ua, Duration: 2 * time.Hour, Justification: "rotating keys for INC-4711"}),
		},
		{
			"takes_the_card_of_a_mobile_keyboard", "“user admin”\u00a01,5 Hrs Because it’s urgent",
			elevate(pim.Ask{Role: "user admin", Duration: 90 * time.Minute, Justification: "it’s urgent"}),
		},
		{"takes_an_empty_line_for_the_form", "", elevate(pim.Ask{})},
		{"takes_spaces_for_the_form", " \u00a0\u200b\t", elevate(pim.Ask{})},
		{"takes_a_role_alone", "User Administrator", elevate(pim.Ask{Role: ua})},
		{"takes_a_reason_alone", "because I must", elevate(pim.Ask{Justification: "I must"})},
		{"takes_an_unfinished_reason", "User Administrator 2h because", elevate(pim.Ask{Role: ua, Duration: 2 * time.Hour})},
		{"reads_the_duration_first", "2h User Administrator because x", elevate(pim.Ask{Role: ua, Duration: 2 * time.Hour, Justification: "x"})},
		{
			"reads_keywords_in_any_case", "User Administrator FOR 2H ON Finance TICKET inc-1 BECAUSE X",
			elevate(pim.Ask{Role: ua, Duration: 2 * time.Hour, Scope: "Finance", Ticket: ticket("inc-1"), Justification: "X"}),
		},
		{
			"reads_commas_between_options", "User Administrator, 2h, ticket INC-1, because x, y",
			elevate(pim.Ask{Role: ua, Duration: 2 * time.Hour, Ticket: ticket("INC-1"), Justification: "x, y"}),
		},

		{
			"keeps_the_reason_as_typed", "ua 1h because  two  spaces,\n a “line” &amp; 14:00 until because 25:00 \t",
			elevate(pim.Ask{Role: "ua", Duration: time.Hour, Justification: "two  spaces,\n a “line” & 14:00 until because 25:00"}),
		},
		{"reads_reason_with_a_colon", "ua 1h reason: x because y", elevate(pim.Ask{Role: "ua", Duration: time.Hour, Justification: "x because y"})},
		{"reads_a_glued_reason", "ua 1h Reason:x", elevate(pim.Ask{Role: "ua", Duration: time.Hour, Justification: "x"})},
		{"reads_because_with_dots", "ua 1h because... x", elevate(pim.Ask{Role: "ua", Duration: time.Hour, Justification: "x"})},
		{"reads_because_with_an_ellipsis", "ua 1h because… x", elevate(pim.Ask{Role: "ua", Duration: time.Hour, Justification: "x"})},
		{"keeps_bidi_and_control_marks_of_a_reason", "ua 1h because a\u202eb\x07c", elevate(pim.Ask{Role: "ua", Duration: time.Hour, Justification: "a\u202eb\x07c"})},
		{"keeps_full_width_letters_of_a_reason", "ua 1h because ＡＢ２", elevate(pim.Ask{Role: "ua", Duration: time.Hour, Justification: "ＡＢ２"})},

		{"reads_a_quoted_role", `"status" 2h`, elevate(pim.Ask{Role: "status", Duration: 2 * time.Hour})},
		{"reads_a_curly_quoted_role", "“History Reader” 2h", elevate(pim.Ask{Role: "History Reader", Duration: 2 * time.Hour})},
		{"reads_mixed_quotes", "„Help Desk\" 2h", elevate(pim.Ask{Role: "Help Desk", Duration: 2 * time.Hour})},
		{"reads_single_quotes", "‘Bob's Team’ 2h", elevate(pim.Ask{Role: "Bob's Team", Duration: 2 * time.Hour})},
		{"reads_because_inside_quotes_as_a_name", `"Admin because 2h" 1h because x`, elevate(pim.Ask{Role: "Admin because 2h", Duration: time.Hour, Justification: "x"})},
		{"reads_a_doubled_quote_as_one", `"The ""old"" role" 1h`, elevate(pim.Ask{Role: `The "old" role`, Duration: time.Hour})},
		{"leaves_apostrophes_in_words", "Bob's Role 1h", elevate(pim.Ask{Role: "Bob's Role", Duration: time.Hour})},
		{"leaves_keywords_that_lead_nowhere_in_the_name", "Skype for Business Administrator 1h", elevate(pim.Ask{Role: "Skype for Business Administrator", Duration: time.Hour})},
		{"leaves_a_number_inside_a_name", "Windows 365 Administrator 1h", elevate(pim.Ask{Role: "Windows 365 Administrator", Duration: time.Hour})},
		{"leaves_a_number_at_the_end_of_a_name", "Windows 365 1h", elevate(pim.Ask{Role: "Windows 365", Duration: time.Hour})},

		{"reads_until", "ua until 17:00", elevate(pim.Ask{Role: "ua", Until: wall(0, 17, 0)})},
		{"reads_until_with_a_day", "ua until tomorrow 09:00", elevate(pim.Ask{Role: "ua", Until: wall(1, 9, 0)})},
		{"reads_until_with_the_day_behind", "ua until 9:05 tomorrow", elevate(pim.Ask{Role: "ua", Until: wall(1, 9, 5)})},
		{"reads_until_pm", "ua until 5pm", elevate(pim.Ask{Role: "ua", Until: wall(0, 17, 0)})},
		{"reads_midnight_of_the_twelve_hour_clock", "ua until 12 a.m.", elevate(pim.Ask{Role: "ua", Until: wall(0, 0, 0)})},
		{"reads_a_start", "ua 2h at 14:00", elevate(pim.Ask{Role: "ua", Duration: 2 * time.Hour, Start: wall(0, 14, 0)})},
		{"reads_a_start_tomorrow", "ua tomorrow at 2:30 pm 2h", elevate(pim.Ask{Role: "ua", Duration: 2 * time.Hour, Start: wall(1, 14, 30)})},
		{"reads_a_start_with_the_day_behind", "ua at 14:00 tomorrow 2h", elevate(pim.Ask{Role: "ua", Duration: 2 * time.Hour, Start: wall(1, 14, 0)})},
		{"gives_tomorrow_to_the_time_behind_its_at", "ua until 17:00 tomorrow at 9am", elevate(pim.Ask{Role: "ua", Until: wall(0, 17, 0), Start: wall(1, 9, 0)})},
		{"gives_tomorrow_to_the_time_behind_it", "ua until 17:00 tomorrow 09:00", elevate(pim.Ask{Role: "ua", Until: wall(0, 17, 0), Start: wall(1, 9, 0)})},
		{"reads_a_start_after_a_while", "ua 2h in 30m", elevate(pim.Ask{Role: "ua", Duration: 2 * time.Hour, Start: in(30 * time.Minute)})},
		{"reads_a_scope_of_several_words", "ua on Finance unit 2h", elevate(pim.Ask{Role: "ua", Scope: "Finance unit", Duration: 2 * time.Hour})},
		{"reads_a_scope_that_is_an_id", "ua on 8f3c2d1e-0000-4000-8000-000000000001 2h", elevate(pim.Ask{Role: "ua", Scope: "8f3c2d1e-0000-4000-8000-000000000001", Duration: 2 * time.Hour})},
		{"reads_a_quoted_scope_before_the_role", `on "Unit 2" ua 2h`, elevate(pim.Ask{Role: "ua", Scope: "Unit 2", Duration: 2 * time.Hour})},
		{"reads_a_glued_ticket", "ua 2h Ticket:INC-42", elevate(pim.Ask{Role: "ua", Duration: 2 * time.Hour, Ticket: ticket("INC-42")})},
		{"reads_a_quoted_ticket", `ua 2h ticket "the red one"`, elevate(pim.Ask{Role: "ua", Duration: 2 * time.Hour, Ticket: ticket("the red one")})},
		{"leaves_ticket_in_a_name", "Service Ticket Reader 2h", elevate(pim.Ask{Role: "Service Ticket Reader", Duration: 2 * time.Hour})},

		{
			"reads_non_breaking_and_zero_width_spaces", "User\u00a0Administrator\u20032h\u200b \ufeffbecause\u202fx",
			elevate(pim.Ask{Role: ua, Duration: 2 * time.Hour, Justification: "x"}),
		},
		{"reads_full_width_options", "ＵＡ ２ｈ ｏｎ Finance ｂｅｃａｕｓｅ x", elevate(pim.Ask{Role: "ＵＡ", Duration: 2 * time.Hour, Scope: "Finance", Justification: "x"})},
		{
			"decodes_character_references_once", "&quot;R&amp;D&quot; 2h because &amp;lt;b&amp;gt;&nbsp;&#39;x&#39;",
			elevate(pim.Ask{Role: "R&D", Duration: 2 * time.Hour, Justification: "&lt;b&gt;\u00a0'x'"}),
		},
		{"replaces_invalid_bytes", "ua 2h because \xff!", elevate(pim.Ask{Role: "ua", Duration: 2 * time.Hour, Justification: "\uFFFD!"})},
		{"drops_a_slack_mention", "<@U0123ABC> ua 2h", elevate(pim.Ask{Role: "ua", Duration: 2 * time.Hour})},
		{"drops_a_slack_mention_with_a_name", "<@U0123ABC|hoist>: ua 2h", elevate(pim.Ask{Role: "ua", Duration: 2 * time.Hour})},
		{"drops_a_teams_mention", `<at id="0">Hoist Bot</at>&nbsp;ua 2h`, elevate(pim.Ask{Role: "ua", Duration: 2 * time.Hour})},
		{"drops_a_plain_mention", "@Hoist, ua 2h", elevate(pim.Ask{Role: "ua", Duration: 2 * time.Hour})},
		{"keeps_a_second_mention", "<@U1> <@U2> 2h", elevate(pim.Ask{Role: "<@U2>", Duration: 2 * time.Hour})},
		{"drops_a_command_pasted_twice", "/elevate /elevate ua 2h", elevate(pim.Ask{Role: "ua", Duration: 2 * time.Hour})},
		{"drops_a_command_after_a_mention", "@hoist elevate ua 2h", elevate(pim.Ask{Role: "ua", Duration: 2 * time.Hour})},

		{"reads_status", "Status", Command{Verb: VerbStatus}},
		{"reads_roles", "roles", Command{Verb: VerbRoles}},
		{"reads_pending", "pending", Command{Verb: VerbPending}},
		{"reads_whoami", "whoami", Command{Verb: VerbWhoami}},
		{"reads_link", "link", Command{Verb: VerbLink}},
		{"reads_unlink", "unlink", Command{Verb: VerbUnlink}},
		{"reads_help", "help", Command{Verb: VerbHelp}},
		{"reads_help_for_a_verb", "help what if", Command{Verb: VerbHelp, Args: []string{"what-if"}}},
		{"reads_a_question_mark", "?", Command{Verb: VerbHelp}},
		{"reads_stop", "stop User Administrator", Command{Verb: VerbStop, Ask: pim.Ask{Role: ua}}},
		{"reads_stop_of_a_name_that_ends_in_a_number", "stop Windows 365", Command{Verb: VerbStop, Ask: pim.Ask{Role: "Windows 365"}}},
		{"reads_stop_with_scope_and_reason", "stop ua on Finance because done", Command{Verb: VerbStop, Ask: pim.Ask{Role: "ua", Scope: "Finance"}, Reason: "done"}},
		{"reads_extend", "extend ua 1h because more", Command{Verb: VerbExtend, Ask: pim.Ask{Role: "ua", Duration: time.Hour, Justification: "more"}}},
		{"reads_withdraw", "withdraw H-7K3F9QX", Command{Verb: VerbWithdraw, ID: "H-7K3F9QX"}},
		{"reads_cancel", "cancel h-7k3f9qx", Command{Verb: VerbWithdraw, ID: "H-7K3F9QX"}},
		{"reads_approve", "approve H-7K3F9QX because fine", Command{Verb: VerbApprove, ID: "H-7K3F9QX", Reason: "fine"}},
		{"reads_deny", "deny 7k3f9qx because no", Command{Verb: VerbDeny, ID: "H-7K3F9QX", Reason: "no"}},
		{"reads_what_if_in_two_words", "what if ua 2h", Command{Verb: VerbWhatIf, Ask: pim.Ask{Role: "ua", Duration: 2 * time.Hour}}},
		{"reads_history", "history", Command{Verb: VerbHistory}},
		{"reads_history_me", "history me", Command{Verb: VerbHistory, Args: []string{"me"}}},
		{"reads_history_of_a_role", "history role ua", Command{Verb: VerbHistory, Ask: pim.Ask{Role: "ua"}}},
		{"reads_history_of_a_role_without_the_word", "history Global Reader", Command{Verb: VerbHistory, Ask: pim.Ask{Role: "Global Reader"}}},
		{"reads_history_of_a_role_called_me", `history "me"`, Command{Verb: VerbHistory, Ask: pim.Ask{Role: "me"}}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			got, err := Parse(tt.line)
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(tt.want, got); diff != "" {
				t.Errorf("Parse(%q) (-want +got):\n%s", tt.line, diff)
			}
		})
	}
}

func TestParse_durations(t *testing.T) {
	const h, m = time.Hour, time.Minute
	for text, want := range map[string]time.Duration{
		"2h": 2 * h, "90m": 90 * m, "1h30m": 90 * m, "1h 30m": 90 * m, "1.5h": 90 * m, "1,5h": 90 * m,
		"2 hours": 2 * h, "2 hrs": 2 * h, "2 h": 2 * h, "1 hour 30 minutes": 90 * m, "1 hour 30m": 90 * m,
		"1.25 hours": 75 * m, "PT2H": 2 * h, "pt1h30m": 90 * m, "P1D": 24 * h, "P1DT1H": 25 * h, "1d": 24 * h, "30 days": 720 * h,
		"an hour": h, "one hour": h, "half an hour": 30 * m, "02h": 2 * h, "45 min": 45 * m, "２ｈ": 2 * h, "2h,": 2 * h, "720h": 720 * h,
	} {
		for _, line := range []string{"ua " + text, "ua for " + text + " because x", text + " ua"} {
			if got, err := Parse(line); err != nil || got.Ask.Duration != want || got.Ask.Role != "ua" {
				t.Errorf("Parse(%q) = %+v, %v; want %v", line, got.Ask, err, want)
			}
		}
	}
}

func TestParse_refuses(t *testing.T) {
	tests := []struct {
		name, line, part string
		problem          Problem
	}{
		{"a_bare_number", "ua 2 because x", "2", ProblemBareNumber},
		{"a_bare_number_after_for", "ua for 2 because x", "for 2", ProblemBareNumber},
		{"a_bare_number_in_front", "2 ua because x", "2", ProblemBareNumber},
		{"a_bare_number_after_an_option", "ua ticket INC-1 2 because x", "2", ProblemBareNumber},
		{"a_mistyped_duration", "ua 2hh because x", "2hh", ProblemDuration},
		{"a_duration_without_its_last_unit", "ua 1h30 because x", "1h30", ProblemDuration},
		{"a_mistyped_iso_duration", "ua PT30 because x", "PT30", ProblemDuration},
		{"months", "ua P1M because x", "P1M", ProblemDuration},
		{"zero", "ua 0h because x", "0h", ProblemNotPositive},
		{"a_negative_duration", "ua -2h because x", "-2h", ProblemNotPositive},
		{"a_negative_duration_with_a_minus_sign", "ua \u22122h because x", "\u22122h", ProblemNotPositive},
		{"seconds", "ua 90s because x", "90s", ProblemSeconds},
		{"seconds_in_words", "ua 90 seconds because x", "90 seconds", ProblemSeconds},
		{"a_part_of_a_minute", "ua 1.33h because x", "1.33h", ProblemSeconds},
		{"more_than_thirty_days", "ua 721h because x", "721h", ProblemTooLongTime},
		{"an_absurd_duration", "ua 99999999999999999999999999h because x", "99999999999999999999999999h", ProblemTooLongTime},
		{"two_durations", "ua 2h 3h because x", "3h", ProblemTwice},
		{"a_duration_and_an_end", "ua 2h until 17:00 because x", "until 17:00", ProblemTwoEnds},
		{"an_end_and_a_duration", "ua until 17:00 2h because x", "2h", ProblemTwoEnds},
		{"a_time_no_clock_shows", "ua at 25:00 2h because x", "at 25:00", ProblemClock},
		{"an_end_no_clock_shows", "ua until 17:60 because x", "until 17:60", ProblemClock},
		{"thirteen_pm", "ua until 13pm because x", "until 13pm", ProblemClock},
		{"a_bare_hour", "ua until 5 because x", "until 5", ProblemBareHour},
		{"a_bare_clock", "ua 2h 14:00 because x", "14:00", ProblemBareClock},
		{"tomorrow_alone", "ua tomorrow 2h because x", "tomorrow", ProblemDayAlone},
		{"until_tomorrow_alone", "ua until tomorrow because x", "until tomorrow", ProblemDayAlone},
		{"today", "ua 2h at 14:00 today because x", "at 14:00 today", ProblemToday},
		{"two_starts", "ua 2h at 14:00 in 30m because x", "in 30m", ProblemTwice},
		{"two_tickets", "ua 2h ticket 1 ticket 2 because x", "ticket 2", ProblemTwice},
		{"two_scopes", "ua on A 2h on B because x", "on B", ProblemTwice},
		{"a_ticket_without_a_digit", "ua 2h ticket ABC because x", "ticket ABC", ProblemTicket},
		{"a_start_that_is_no_time", "ua 2h at noon because x", "at noon", ProblemClock},
		{"an_end_that_is_no_time", "ua until midnight because x", "until midnight", ProblemClock},
		{"an_end_without_a_time", "ua until because x", "until", ProblemClock},
		{"an_end_quoted", `ua until "x" because x`, "until", ProblemClock},
		{"an_empty_scope", `ua on "" 2h because x`, `on ""`, ProblemEmptyQuotes},
		{"an_empty_ticket", `ua 2h ticket "" because x`, `ticket ""`, ProblemTicket},
		{"a_time_that_no_half_day_shows", "ua at 13 pm 2h because x", "at 13 pm", ProblemClock},
		{"an_id_too_short", "approve 7K because x", "7K", ProblemID},
		{"a_scope_without_a_name", "ua on 2h because x", "on", ProblemScopeMissing},
		{"words_behind_the_options", "ua 2h please now because x", "please now", ProblemNotUnderstood},
		{"a_second_role", `"ua" "ga" 2h because x`, `"ga"`, ProblemNotUnderstood},
		{"an_open_quote", `"User Admin 2h because x`, `"User Admin 2h`, ProblemUnclosedQuote},
		{"an_open_quote_before_a_quoted_reason", `"User Admin 2h because he said "now"`, `"User Admin 2h`, ProblemUnclosedQuote},
		{"empty_quotes", `"" 2h because x`, `""`, ProblemEmptyQuotes},
		{"words_after_a_verb_that_stands_alone", "status please", "please", ProblemNotUnderstood},
		{"a_reason_after_a_verb_that_takes_none", "status because x", "because", ProblemNotUnderstood},
		{"a_role_that_begins_with_a_verb", "Status Reader 2h because x", "Reader 2h", ProblemNotUnderstood},
		{"stop_without_a_role", "stop", "stop", ProblemRoleMissing},
		{"stop_with_a_duration", "stop ua 2h", "2h", ProblemNotHere},
		{"extend_with_a_start", "extend ua 2h at 14:00 because x", "at 14:00", ProblemNotHere},
		{"withdraw_without_an_id", "cancel", "cancel", ProblemIDMissing},
		{"an_id_with_a_letter_too_few", "approve H-7K3F9Q because x", "H-7K3F9Q", ProblemID},
		{"an_id_that_may_have_lost_a_letter", "approve H7K3F9Q because x", "H7K3F9Q", ProblemID},
		{"an_id_that_may_be_a_word", "approve pending", "pending", ProblemID},
		{"an_id_with_a_foreign_letter", "approve H-7K3F9QU", "H-7K3F9QU", ProblemID},
		{"two_ids", "deny H-7K3F9QX H-7K3F9QY because x", "H-7K3F9QY", ProblemNotUnderstood},
		{"help_for_no_verb", "help me", "me", ProblemNotUnderstood},
		{"history_of_no_role", "history role", "history role", ProblemRoleMissing},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			got, err := Parse(tt.line)
			var bad *ParseError
			if !errors.As(err, &bad) {
				t.Fatalf("Parse(%q) = %+v, %v; want a *ParseError", tt.line, got, err)
			}
			if bad.Part != tt.part || bad.Problem != tt.problem {
				t.Errorf("Parse(%q): part %q, problem %s; want %q, %s", tt.line, bad.Part, bad.Problem, tt.part, tt.problem)
			}
			if bad.Hint == "" || !strings.Contains(bad.Error(), bad.Hint) {
				t.Errorf("Parse(%q): no hint in %q", tt.line, bad)
			}
			if _, why, ok := strings.Cut(tt.line, "because "); ok && bad.Ask.Justification != why {
				t.Errorf("Parse(%q) lost the reason: %q", tt.line, bad.Ask.Justification)
			}
		})
	}
}
