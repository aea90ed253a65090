package slack

import (
	"strings"
	"testing"
	"time"

	"hoist/internal/adapters/adapterstest"
	"hoist/internal/chat"
	"hoist/internal/pim"
	sim "hoist/internal/sim/slack"
)

// The suite that every platform passes, on the simulated Slack.
func TestPlatform_passes_the_suite(t *testing.T) { adapterstest.Run(t, suiteFixture) }

func suiteFixture(t *testing.T) adapterstest.Fixture {
	w := newWorld(t)
	berlin, err := time.LoadLocation("Europe/Berlin")
	if err != nil {
		t.Skip("no time zones here")
	}
	person := func(id string) pim.Person { return pim.Person{Platform: Name, Workspace: "T111", User: id} }
	return adapterstest.Fixture{
		Platform: w.platform,
		Direct:   toAnn, Channel: toFeed,
		Known: person("U222"), Unknown: person("U999999"),
		Profile: pim.Profile{Name: "Ann Example", Email: "ann@acme.example", Zone: berlin},
		Barred: map[string]pim.Person{
			"deactivated": person("U444"), "guest": person("U333"), "bot": person("UBOT"), "other organisation": person("U555"),
		},
		Zone: berlin, LocalTimes: true,
		Read:   w.suiteRead,
		Thread: w.suiteThread,
		Press: func(who pim.Person, at pim.Place, ref pim.Ref, label string) (chat.Inbound, bool) {
			return w.suitePress(t, who, ref, label)
		},
		Break:   w.suiteFaults(),
		Secrets: []string{canaryToken, testSecret},
		Owes: map[string]string{
			"a_view_of_nothing_is_still_a_message": "a view without words has neither text nor blocks, and Slack refuses it (no_text)",
		},
	}
}

// suiteFaults bring the suite's faults about.
func (w *world) suiteFaults() map[adapterstest.Fault]func() {
	return map[adapterstest.Fault]func(){
		adapterstest.Throttled: func() {
			for _, method := range []string{"chat.postMessage", "chat.update", "chat.delete", "users.info"} {
				w.RateLimit(method, 100, adapterstest.RetryAfter)
			}
		},
		adapterstest.Unreachable:  func() { w.SetFault(sim.Fault{Outage: sim.Refused}) },
		adapterstest.Silent:       func() { w.SetFault(sim.Fault{Outage: sim.Slow, Delay: time.Minute}) },
		adapterstest.TokenRevoked: func() { w.RevokeToken(true) },
		adapterstest.PlaceGone: func() {
			w.SetChannel(sim.Channel{ID: toFeed.Address, Name: "ops", Members: []string{"U222", "UBOT"}, Archived: true})
		},
		adapterstest.PersonGone: func() {
			ann, _ := w.User("U222")
			ann.Deleted = true
			w.SetUser(ann)
		},
	}
}

// suiteReader is Ann.
const suiteReader = "U222"

func (w *world) suiteRead(_ pim.Place, ref pim.Ref) (adapterstest.Message, bool) {
	channel, ts, _ := strings.Cut(string(ref), "/")
	m, shown := w.Message(channel, ts)
	if !shown {
		return adapterstest.Message{}, false
	}
	return w.suiteMessage(m), true
}

// suiteMessage is what Ann reads; the simulator lists buttons among the lines as
// well.
func (w *world) suiteMessage(m sim.Message) adapterstest.Message {
	r := w.Render(m, suiteReader)
	out := adapterstest.Message{Text: r.Text(), Pings: r.Pings, Formats: r.Formats}
	for _, b := range r.Buttons {
		out.Text = strings.Replace(out.Text, "["+b.Label+"]", "", 1)
		out.Buttons = append(out.Buttons, adapterstest.Button{Label: b.Label, URL: b.URL})
	}
	for _, l := range r.Links {
		out.Links = append(out.Links, adapterstest.Link{Text: l.Text, URL: l.URL})
	}
	return out
}

func (w *world) suiteThread(_ pim.Place, card pim.Ref) []adapterstest.Message {
	channel, ts, _ := strings.Cut(string(card), "/")
	var all []adapterstest.Message
	for _, m := range w.Slack.Thread(channel, ts) {
		if m.TS != ts {
			all = append(all, w.suiteMessage(m))
		}
	}
	return all
}

// suitePress presses as a person does; a link is opened.
func (w *world) suitePress(t *testing.T, who pim.Person, ref pim.Ref, label string) (chat.Inbound, bool) {
	t.Helper()
	channel, ts, _ := strings.Cut(string(ref), "/")
	m, _ := w.Message(channel, ts)
	before := len(w.bot.seen())
	for _, b := range w.Render(m, suiteReader).Buttons {
		if b.Label != label {
			continue
		}
		var err error
		if b.URL != "" {
			_, err = w.OpenURLButton(t.Context(), who.User, m, b.ActionID)
		} else {
			_, err = w.Slack.Press(t.Context(), who.User, m, b.ActionID)
		}
		if err != nil {
			t.Error(err)
		}
	}
	if heard := w.bot.seen(); len(heard) > before {
		return heard[len(heard)-1], true
	}
	return chat.Inbound{}, false
}
