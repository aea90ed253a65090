package demo

import (
	"context"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"sync"
	"unicode"

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
	vain   bool   // a press at this moment left a card that waits for a sign-in

	// turning is held while the stand-in is at work: it has one pair of hands,
	// and a second press, in another tab, must not begin the same again.
	turning sync.Mutex
}

// moment is a piece of a step.
type moment struct {
	step        int
	title, text string
	// link leads to where it takes place; a link that opens as somebody says so.
	// more are further places that the text names.
	link page.Link
	more []page.Link
	// role is what the moment's request is for: when that came to nothing, the
	// tour goes back to asking for it. Empty is not about a request.
	role string
	// come reports whether it has come true; nil waits for the visitor.
	come func(*Stage) bool
	// script does it in the visitor's place. Where it fails, renew changes Ada's
	// card, and it is tried once more.
	script, renew string
	// unheld is what it says, and does not do, when Ada never held her first role.
	unheld string
	// lost marks a moment that asks again, looks one at which Hoist finds out
	// what became of a request before.
	lost, looks bool
}

// The roles that the tour asks for, and the lines it does so with.
const (
	firstRole, secondRole = "User Administrator", "Security Administrator"

	firstLine  = "/elevate " + firstRole + " 2h because rotating keys"
	secondLine = "/elevate " + secondRole + " 1h because incident response"
)

// ada is her name in the channel.
const ada = "Ada Lindqvist"

// newLink makes a link useless that was opened elsewhere.
const newLink = "Ada chooses: New link"

const adaSignsIn = "Ada opens: Sign in to continue\nAda presses: Continue to Microsoft\nAda signs in as: ada@" + sim.Domain + "\n"

// channelLink and auditLink are the two places where the story can be read.
func channelLink() page.Link {
	return page.Link{Label: "Play Dana: #elevations", URL: "/as/dana/c/elevations"}
}
func auditLink() page.Link { return page.Link{Label: "The audit log", URL: auditPath} }

// moments is the tour.
func moments() []moment {
	signIn := page.Link{Label: "Play Ada: sign in", URL: "/as/ada/dm"}
	return []moment{
		{
			step: 1, title: "Ask for a role.", text: "You are Ada. The line waits in the composer: send it.",
			link: composer("Play Ada: send it", firstLine), role: firstRole,
			come: func(s *Stage) bool { return s.asked(firstRole) }, script: "Ada types: " + firstLine,
		},
		{
			step: 2, title: "Sign in.", text: "You are Ada, and Hoist wrote to you. Open the message and press “Sign in to continue”; the sign-in asks for a second factor. Then come back here.",
			link: signIn, role: firstRole,
			come:   func(s *Stage) bool { return s.began(firstRole) },
			script: adaSignsIn + "#elevations: " + ada + " holds " + firstRole, renew: newLink,
		},
		{
			step: 3, title: "See what everyone sees.", text: "Now you are Dana, a colleague of Ada's. Ada holds the role, and #elevations says so. “Wire” shows the one request that carried her token.",
			link: channelLink(), more: []page.Link{{Label: "The wire", URL: wirePath}},
			come:   func(s *Stage) bool { return s.told("Ada", secondRole) },
			unheld: "Now you are Dana, a colleague of Ada's. When Ada holds a role, #elevations says so. “Wire” shows every request that Hoist sent.",
		},
		{
			step: 4, title: "Ask for more.", text: "This role's policy wants an approval. You are Ada again: send the line.",
			link: composer("Play Ada: send it", secondLine), role: secondRole,
			come: func(s *Stage) bool { return s.asked(secondRole) }, script: "Ada types: " + secondLine,
		},
		{
			step: 4, title: "Ask for more.", text: "You are Ada. Sign in for it: the link is new, the sign-in is still good.",
			link: signIn, role: secondRole,
			come: func(s *Stage) bool {
				return s.waiting(secondRole) || s.began(secondRole)
			},
			script: adaSignsIn + "#elevations: " + ada + " waits for approval of " + secondRole, renew: newLink,
		},
		{
			step: 4, title: "Approve.", text: "Now you are Ben, whom the policy names. Press “Approve” on the card, give a reason, and sign in as Ben.",
			link: page.Link{Label: "Play Ben: decide", URL: "/as/ben/dm"}, role: secondRole,
			come:   func(s *Stage) bool { return s.began(secondRole) },
			script: "Ben opens: Approve\nBen writes: go ahead\nBen presses: Approve as yourself\nBen signs in as: ben@" + sim.Domain + "\n#elevations: " + ada + " holds " + secondRole,
		},
		{
			step: 5, title: "The end.", text: "Nobody has to remember to give a role back. Now you are the administrator: move the clock by an hour, twice. #elevations tells of each end.",
			link: page.Link{Label: "Play the admin: the clock", URL: tenantPath + "#clock"}, more: []page.Link{channelLink()},
			come: func(s *Stage) bool { return s.announced(ada + " held " + firstRole) }, script: "clock: +2h\n#elevations: " + ada + " held " + firstRole,
			unheld: "Nobody has to remember to give a role back. When somebody holds one, the administrator can move the clock, and #elevations tells of the end.",
		},
		{
			title: "That was a day with Hoist.", text: "#elevations holds all of it, and the audit log who did what as whom. Go on by yourself: change a policy, revoke a role, or take Slack away in the middle.",
			link: auditLink(), more: []page.Link{channelLink(), {Label: "The tenant", URL: tenantPath}},
		},
	}
}

// composer is a room with a line that waits to be sent by Ada.
func composer(label, line string) page.Link {
	return page.Link{Label: label, URL: "/as/ada/c/general?draft=" + url.QueryEscape(line)}
}

// again is the moment that asks, once what was asked for came to nothing in the
// words of its card.
func (m moment) again(came string) moment {
	m.lost, m.title = true, "Ask once more."
	m.text = "Ada's card says “" + came + "”, so that request came to nothing. You are Ada: send the line again, or let the tour do it."
	m.link.Label = "Play Ada: ask again"
	m.script += "\nAda's card: Role: " + m.role + " | [Sign in to continue]"
	if came == unknown {
		m.text = "Ada's card says “" + came + "”: nobody knows yet whether she holds the role. You are Ada: send the line again, and Hoist looks before it sends anything. Or let the tour do it."
		m.script, m.looks = m.script+"\n"+adaSignsIn, true
	}
	return m
}

// looking is the moment that signs in, where Hoist looks with it what became
// of a request before.
func (m moment) looking() moment {
	m.text = "You are Ada. Nobody knows yet what became of her first request. Open the message and press “Sign in to continue”: with that sign-in Hoist looks, and sends nothing twice."
	m.script, m.renew, m.looks = adaSignsIn, newLink, true
	return m
}

// without is the moment of a day on which Ada never held her first role: what
// the tour tells has happened.
func (m moment) without() moment {
	m.text, m.script = m.unheld, ""
	return m
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

// asking is the index of the moment that asks for a role, past that of the first
// moment after its request.
func asking(role string) int {
	return slices.IndexFunc(moments(), func(m moment) bool { return m.role == role })
}

func past(role string) int {
	all := moments()
	at := asking(role)
	for all[at].role == role {
		at++
	}
	return at
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

// told reports whether a person's direct messages show something, announced
// whether the channel does.
func (s *Stage) told(actor, parts string) bool { return shows(s.Chat.direct(actor), parts) }
func (s *Stage) announced(parts string) bool   { return shows(s.Chat.room("elevations"), parts) }

// began reports whether Ada held a role, now or before, waiting whether hers waits
// for an approval.
func (s *Stage) began(role string) bool {
	return s.announced(ada+" holds "+role) || s.announced(ada+" held "+role)
}

func (s *Stage) waiting(role string) bool { return s.announced(ada + " waits for approval of " + role) }

// asked reports whether a request of Ada's for a role is on its way, or came to
// something.
func (s *Stage) asked(role string) bool {
	_, lost := s.lost(role)
	return !lost && (s.began(role) || len(s.requests(role)) > 0)
}

// lost reports whether all that Ada asked for a role came to nothing, or may have,
// and what the newest card says of it.
func (s *Stage) lost(role string) (came string, lost bool) {
	if role == "" || s.began(role) {
		return "", false
	}
	for _, r := range s.requests(role) {
		if came = r.headline; came != unknown && !slices.Contains(nothing, came) {
			return "", false
		}
	}
	return came, came != ""
}

// The headlines of cards: of those whose request came to nothing, of one of which
// nobody knows, and of one that waits for a sign-in to look.
var nothing = []string{
	"Denied", "Withdrawn", "Nothing came of it", "Not possible", "PIM said no", "Not found in PIM",
}

const (
	unknown = "Unknown: PIM's answer was lost"
	look    = "Sign in, so that Hoist can look"
)

// looking reports whether Hoist wants a sign-in of Ada's to look what became of a
// request, signsIn whether it wants one for anything.
func (s *Stage) looking(role string) bool {
	return slices.ContainsFunc(s.requests(role), func(r request) bool { return r.headline == look })
}

func (s *Stage) signsIn(role string) bool {
	return slices.ContainsFunc(s.requests(role), func(r request) bool { return strings.Contains(r.text, "[Sign in to continue]") })
}

// request is a card that Ada has of one.
type request struct{ headline, text string }

// requests are Ada's cards for a role, oldest first. A card says which role it is
// for, or what was asked where no role was found.
func (s *Stage) requests(role string) []request {
	var all []request
	for _, m := range s.Chat.direct("Ada") {
		headline, rest, _ := strings.Cut(m.text, "\n")
		if strings.Contains(rest, "\nReference ") && (strings.HasPrefix(rest, "Role: "+role) || strings.HasPrefix(rest, "Asked: role "+role)) {
			all = append(all, request{strings.TrimLeftFunc(headline, notLetter), rest})
		}
	}
	return all
}

// notLetter is the sign before a headline.
func notLetter(r rune) bool { return !unicode.IsLetter(r) }

func shows(all []seen, parts string) bool {
	for _, m := range all {
		if containsAll(m.text, parts) {
			return true
		}
	}
	return false
}
