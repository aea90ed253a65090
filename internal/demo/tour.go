package demo

import (
	"context"
	"io"
	"net/http"
	"net/url"
	"strings"
	"sync"

	"hoist/internal/sim"
	"hoist/internal/sim/page"
	"hoist/internal/sim/slack"
)

// tour leads a visitor through one day with Hoist, in five steps. It looks at
// what people see and goes on when a step has come true, however it came about;
// the button that goes on does what is missing in the visitor's place. So it
// never blocks, and never tells of what did not happen.
type tour struct {
	mu     sync.Mutex
	stage  *Stage // nil until start
	at     int    // index of the present moment
	pinned bool   // the visitor went back: stay there
	hidden bool
	shown  string // what the strip said last, to tell when it changes
	play   *play  // the visitor's stand-in; its browsers stay signed in

	// turning is held while the stand-in is at work: it has one pair of hands,
	// and a second press, in another tab, must not begin the same again.
	turning sync.Mutex
}

// moment is a piece of a step.
type moment struct {
	step        int
	title, text string
	link        page.Link
	// come reports whether it has come true; nil waits for the visitor.
	come func(*Stage) bool
	// script does it in the visitor's place, instead is tried when it fails.
	script, instead string
}

// The lines that the tour asks for.
const (
	firstLine  = "/elevate User Administrator 2h because rotating keys"
	secondLine = "/elevate Security Administrator 1h because incident response"
)

const adaSignsIn = "Ada opens: Sign in to continue\nAda presses: Continue to Microsoft\nAda signs in as: ada@" + sim.Domain + "\n"

// moments is the tour.
func moments() []moment {
	return []moment{
		{
			step: 1, title: "Ask for a role.", text: "You are Ada. The line waits in the composer: send it.",
			link: page.Link{Label: "Be Ada", URL: "/as/ada/c/general?draft=" + url.QueryEscape(firstLine)},
			come: func(s *Stage) bool { return s.told("Ada", "User Administrator") }, script: "Ada types: " + firstLine,
		},
		{
			step: 2, title: "Sign in.", text: "Hoist wrote to Ada. Open the message and press “Sign in to continue”; the sign-in asks for a second factor. Then come back here.",
			link:   page.Link{Label: "Open Ada's messages", URL: "/as/ada/dm"},
			come:   func(s *Stage) bool { return s.began("User Administrator") },
			script: adaSignsIn + "#elevations: holds User Administrator", instead: "Ada chooses: New link\n" + adaSignsIn + "#elevations: holds User Administrator",
		},
		{
			step: 3, title: "See what everyone sees.", text: "Ada holds the role, and #elevations says so. “Wire” above shows the one request that carried her token.",
			link: page.Link{Label: "Open #elevations", URL: "/as/dana/c/elevations"},
			come: func(s *Stage) bool { return s.told("Ada", "Security Administrator") },
		},
		{
			step: 4, title: "Ask for more.", text: "This role's policy wants an approval. You are Ada again: send the line.",
			link: page.Link{Label: "Be Ada", URL: "/as/ada/c/general?draft=" + url.QueryEscape(secondLine)},
			come: func(s *Stage) bool { return s.told("Ada", "Security Administrator") }, script: "Ada types: " + secondLine,
		},
		{
			step: 4, title: "Ask for more.", text: "Sign in for it: the link is new, the sign-in is still good.",
			link: page.Link{Label: "Open Ada's messages", URL: "/as/ada/dm"},
			come: func(s *Stage) bool {
				return s.announced("waits for approval of Security Administrator") || s.began("Security Administrator")
			},
			script: adaSignsIn + "#elevations: waits for approval of Security Administrator", instead: "Ada chooses: New link\n" + adaSignsIn + "#elevations: waits for approval of Security Administrator",
		},
		{
			step: 4, title: "Approve.", text: "Now you are Ben, whom the policy names. Press “Approve” on the card, give a reason, and sign in as Ben.",
			link:   page.Link{Label: "Be Ben", URL: "/as/ben/dm"},
			come:   func(s *Stage) bool { return s.began("Security Administrator") },
			script: "Ben opens: Approve\nBen writes: go ahead\nBen presses: Approve as yourself\nBen signs in as: ben@" + sim.Domain + "\n#elevations: holds Security Administrator",
		},
		{
			step: 5, title: "The end.", text: "Nobody has to remember to give a role back. Move the clock by an hour, twice, and watch #elevations.",
			link: page.Link{Label: "Open the tenant", URL: "/tenant#clock"},
			come: func(s *Stage) bool { return s.announced("held User Administrator") }, script: "clock: +2h\n#elevations: held User Administrator",
		},
		{
			title: "That was a day with Hoist.", text: "Go on by yourself: change a policy, revoke a role, take Slack away in the middle, or read the audit log.",
			link: page.Link{Label: "Open the tenant", URL: "/tenant"},
		},
	}
}

const tourSteps = 5

func newTour() *tour { return &tour{} }

// start lets it look at a stage.
func (t *tour) start(s *Stage) {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.stage = s
	t.play = &play{
		stage: s, chat: s.Chat, out: newTranscript(io.Discard, s), windows: map[string]*window{},
		heard: map[string]int{}, links: map[string]string{}, patience: stepFor,
	}
}

// watch tells open pages when the tour goes on, until ctx ends. What happens
// while it looks is looked at next.
func (t *tour) watch(ctx context.Context) {
	for ctx.Err() == nil {
		mark := t.stage.Slack.Mark()
		t.noticed()
		_, _ = t.stage.Slack.Wait(ctx, mark, func(slack.Entry) bool { return true }) // its error is that ctx ended
	}
}

// noticed tells the pages when the strip says something new.
func (t *tour) noticed() {
	t.mu.Lock()
	defer t.mu.Unlock()
	now := t.look()
	says := now.title + now.text
	if says != t.shown {
		t.shown = says
		t.stage.Site.Changed("tour")
	}
}

// look goes on past everything that has come true; the caller holds the lock.
func (t *tour) look() moment {
	all := moments()
	for !t.pinned && t.stage != nil && all[t.at].come != nil && all[t.at].come(t.stage) {
		t.at++
	}
	return all[t.at]
}

// strip is what every page shows of it.
func (t *tour) strip(*http.Request) *page.Strip {
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.hidden || t.stage == nil {
		return nil
	}
	now := t.look()
	done := now.come != nil && now.come(t.stage)
	strip := &page.Strip{
		Number: now.step, Of: tourSteps, Title: now.title, Text: now.text, Go: now.link, Next: "Next",
		Done: done, Last: now.step == 0,
	}
	if now.script != "" && !done {
		strip.Next = "Do it for me"
	}
	return strip
}

// turn is a press on one of the strip's buttons.
func (t *tour) turn(w http.ResponseWriter, r *http.Request) {
	switch r.PostFormValue("turn") {
	case "next":
		t.next(r.Context())
	case "back":
		t.back()
	case "hide":
		t.hide(true)
	case "show":
		t.hide(false)
	}
	t.stage.Site.Changed("tour")
	page.Back(w, r, r.PostFormValue("from"))
}

// next does what is missing, as far as it can, and goes on all the same, unless
// the visitor has left in the middle. Of several presses at one moment, the first
// counts.
func (t *tour) next(ctx context.Context) {
	pressed, _, _ := t.present()
	t.turning.Lock()
	defer t.turning.Unlock()
	at, now, done := t.present()
	if at != pressed {
		return
	}
	if !done && now.script != "" && t.perform(ctx, now.script) != nil && now.instead != "" {
		_ = t.perform(ctx, now.instead)
	}
	if ctx.Err() != nil {
		return
	}
	t.mu.Lock()
	defer t.mu.Unlock()
	t.pinned = false
	if t.at == at && at < len(moments())-1 {
		t.at++
	}
}

// present is where the tour stands, and whether that has come true.
func (t *tour) present() (at int, now moment, done bool) {
	t.mu.Lock()
	defer t.mu.Unlock()
	now = t.look()
	return t.at, now, now.come != nil && now.come(t.stage)
}

// perform plays steps of the scenario language in the visitor's place.
func (t *tour) perform(ctx context.Context, script string) error {
	for line := range strings.SplitSeq(script, "\n") {
		if line == "" {
			continue
		}
		step, err := parseStep(line)
		if err != nil {
			return err
		}
		if err := t.play.step(ctx, step); err != nil {
			return err
		}
	}
	return nil
}

func (t *tour) back() {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.pinned, t.at = true, max(t.at-1, 0)
}

func (t *tour) hide(hidden bool) {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.hidden = hidden
}

func (t *tour) isHidden() bool {
	t.mu.Lock()
	defer t.mu.Unlock()
	return t.hidden
}

// beginning is where the present step takes place.
func (t *tour) beginning() string {
	t.mu.Lock()
	defer t.mu.Unlock()
	return t.look().link.URL
}

// told reports whether a person's direct messages show something, announced
// whether the channel does.
func (s *Stage) told(actor, parts string) bool { return shows(s.Chat.direct(actor), parts) }
func (s *Stage) announced(parts string) bool   { return shows(s.Chat.room("elevations"), parts) }

// began reports whether a role was held, now or before.
func (s *Stage) began(role string) bool {
	return s.announced("holds "+role) || s.announced("held "+role)
}

func shows(all []seen, parts string) bool {
	for _, m := range all {
		if containsAll(m.text, parts) {
			return true
		}
	}
	return false
}
