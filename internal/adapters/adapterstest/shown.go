package adapterstest

import (
	"fmt"
	"regexp"
	"strconv"
	"strings"
	"testing"
	"time"

	"hoist/internal/chat"
	"hoist/internal/secret"
)

func everyView(t *testing.T, f Fixture) {
	for name, p := range f.everything() {
		t.Run(name, func(t *testing.T) {
			ref := f.post(t, p.at, "", p.v)
			m := f.read(t, p.at, ref)
			if strings.TrimSpace(m.Text) == "" {
				t.Error("nothing is shown")
			}
			says(t, m.Text, p.v.Summary())
			harmless(t, m)
			f.update(t, p.at, ref, p.v)
			f.read(t, p.at, ref)
		})
	}
}

// viewsOfNothing: an elevation without words is a mistake of ours, and losing
// the buttons or the whole message with it would be a second one.
func viewsOfNothing(t *testing.T, f Fixture) {
	for _, v := range []chat.View{
		chat.Reply{},
		chat.Card{},
		chat.Note{},
		chat.StatusCard{},
		chat.HelpCard{},
		chat.Reply{Lines: []chat.Line{{}, {typed("")}, {plain(" ")}}},
		chat.Card{Facts: []chat.Fact{{}}, Actions: []chat.Action{openPIM()}},
		chat.StatusCard{Entries: []chat.StatusEntry{{}, {Actions: []chat.Action{signIn()}}}},
	} {
		t.Run(fmt.Sprintf("%T", v), func(t *testing.T) { f.shown(t, f.Direct, v) })
	}
}

var more = regexp.MustCompile(`and (\d+) more`)

func statusOfSixty(t *testing.T, f Fixture) {
	m := f.shown(t, f.Direct, status(60))
	shown := 0
	for shown < 60 && strings.Contains(squashed(m.Text), fmt.Sprintf("Role<%02d>", shown+1)) {
		shown++
	}
	left := 0
	if found := more.FindStringSubmatch(m.Text); found != nil {
		left, _ = strconv.Atoi(found[1])
	}
	if shown == 0 || shown+left != 60 || len(m.Buttons) != shown {
		t.Errorf("of 60 entries %d are shown with %d buttons, and %d more are told of:\n%s", shown, len(m.Buttons), left, m.Text)
	}
	says(t, m.Text, "Your elevations", "Role <01>", "The foot of the list")
}

func helpShows(t *testing.T, f Fixture) {
	m := f.shown(t, f.Direct, notUnderstood("2 fortnights"))
	says(t, m.Text, "I did not understand this part: 2 fortnights")
	says(t, m.Text, "Understood so far: User Administrator for 2 hours")
	says(t, m.Text, "/elevate <role> <duration> because <why>", "Ask for a role.", "/elevate User Administrator 2h because rotating keys", "Seen by you alone.")
}

func timesAreTheReaders(t *testing.T, f Fixture) {
	summer := time.Date(2026, 7, 1, 9, 0, 0, 0, time.UTC)
	m := f.shown(t, f.Direct, chat.Reply{Lines: []chat.Line{
		{plain("first "), at(nine), plain(";")},
		{plain("second "), day(nine.Add(240 * time.Hour)), plain(";")},
		{plain("third "), day(summer), plain(";")},
	}})
	says(t, m.Text, "first", f.told24(nine), "second", f.told24(nine), "third", f.told24(summer))
	text := squashed(m.Text)
	if _, second, _ := strings.Cut(text, "second"); !strings.Contains(second, "3") || !strings.Contains(second, "Dec") {
		t.Errorf("the day is not shown:\n%s", m.Text)
	}
	if name, _ := nine.In(f.Zone).Zone(); !f.LocalTimes && !strings.Contains(text, squashed(nine.In(f.Zone).Format("15:04"))+name) {
		t.Errorf("the zone is not named:\n%s", m.Text)
	}
}

// told24 is how a time begins, on a clock of twelve or twenty-four hours before
// noon.
func (f Fixture) told24(when time.Time) string {
	return strings.TrimPrefix(when.In(f.Zone).Format("15:04"), "0")
}

func linksLead(t *testing.T, f Fixture) {
	c := card("Sign in to continue")
	c.Actions = []chat.Action{signIn(), openPIM()}
	m := f.shown(t, f.Direct, c)
	if len(m.Buttons) != 2 || m.Buttons[0].URL != signInURL || m.Buttons[1].URL != openPIMURL {
		t.Errorf("buttons %+v", m.Buttons)
	}
	m = f.shown(t, f.Direct, chat.Reply{Lines: []chat.Line{{plain("Or "), {Kind: chat.Link, Text: "look there", URL: secret.New(openPIMURL)}, plain(".")}}})
	says(t, m.Text, "Or look there")
	if len(m.Links) != 1 || m.Links[0].URL != openPIMURL {
		t.Errorf("links %+v", m.Links)
	}
	for _, bad := range []string{"javascript:alert(1)", "https://", "/s/x", "https://x.example/\x1b]0;x\x07"} {
		c.Actions[1].URL = secret.New(bad)
		m := f.shown(t, f.Direct, c)
		for _, b := range m.Buttons {
			if b.URL == bad {
				t.Errorf("a button leads to %q", bad)
			}
		}
	}
	f.leaks(t, "the log", f.logged())
}
