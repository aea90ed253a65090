package demo

import (
	"context"
	"net/http"
	"strings"
	"sync"

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
	vain   bool   // a press at this moment left a card that waits for a sign-in

	// turning is held while the stand-in is at work: it has one pair of hands,
	// and a second press, in another tab, must not begin the same again.
	turning sync.Mutex
}

const tourSteps = 5

func newTour() *tour { return &tour{} }

// start lets it look at a stage.
func (t *tour) start(s *Stage) {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.stage = s
	t.play = newPlay(s)
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

// look goes on past everything that has come true, and back to asking when what
// was asked for came to nothing; the caller holds the lock.
func (t *tour) look() moment {
	all := moments()
	for t.stage != nil {
		now := all[t.at]
		if came, lost := t.stage.lost(now.role); lost {
			t.at, t.pinned = asking(now.role), false
			return all[t.at].again(came)
		}
		if t.pinned || now.come == nil || !now.come(t.stage) {
			break
		}
		t.at, t.vain = t.at+1, false
	}
	now := all[t.at]
	if now.role != "" && t.at == asking(now.role)+1 && t.stage.looking(now.role) {
		return now.looking()
	}
	if now.unheld != "" && !t.stage.began(firstRole) {
		return now.without()
	}
	return now
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
		Number: now.step, Of: tourSteps, Title: now.title, Text: now.text, Go: now.link, More: now.more, Next: "Next",
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
	if !done {
		t.act(ctx, now)
	}
	if ctx.Err() != nil {
		return
	}
	t.mu.Lock()
	defer t.mu.Unlock()
	t.pinned = false
	if t.at == at {
		t.at = t.following(now)
		t.vain = t.at == at
	}
}

// act does in the visitor's place what a moment is for.
func (t *tour) act(ctx context.Context, now moment) {
	if now.script != "" && t.perform(ctx, now.script) != nil && now.renew != "" && t.changes(ctx, now.renew) == nil {
		_ = t.perform(ctx, now.script)
	}
	if now.looks {
		t.looked(ctx, now.role)
	}
}

// changes plays a step that changes Ada's card, and waits until she sees that.
func (t *tour) changes(ctx context.Context, script string) error {
	mark := t.play.mark()
	if err := t.perform(ctx, script); err != nil {
		return err
	}
	ctx, cancel := context.WithTimeout(ctx, t.play.patience)
	defer cancel()
	_, err := t.stage.Chat.wait(ctx, mark, func(h happening) bool {
		return h.where == "Ada" && (h.kind == updated || h.kind == posted)
	})
	return err
}

// looked waits for what Hoist finds. Where that is nothing, the new request, which
// has waited behind the old one, goes on.
func (t *tour) looked(ctx context.Context, role string) {
	ctx, cancel := context.WithTimeout(ctx, t.play.patience)
	defer cancel()
	t.play.ctx = ctx
	nothing := false
	err := t.play.until(func() bool {
		_, nothing = t.stage.lost(role)
		return nothing || t.stage.began(role) || t.stage.waiting(role)
	})
	if err == nil && nothing {
		_ = t.perform(ctx, "Ada's card: Role: "+role+" | [Sign in to continue]")
	}
}

// following is where a press on the button leads from a moment. It stays where a
// card waits for another sign-in, as after a look that found nothing. What was in
// vain twice, as where the role was taken from Ada, is given up.
func (t *tour) following(now moment) int {
	_, lost := t.stage.lost(now.role)
	switch {
	case !lost && !now.lost && !t.vain && now.role != "" && t.at > asking(now.role) && t.stage.signsIn(now.role):
		return t.at
	case lost && now.lost:
		return past(now.role)
	case lost:
		return t.at
	default:
		return min(t.at+1, len(moments())-1)
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
	t.pinned, t.vain, t.at = true, false, max(t.at-1, 0)
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
