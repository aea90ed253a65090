package demo

import (
	"cmp"
	"context"
	"fmt"
	"io"
	"slices"
	"strconv"
	"strings"
	"time"
)

// stepFor is how long a step may wait for what it expects, on the machine's
// clock.
const stepFor = 10 * time.Second

// Play plays a scenario on a fresh stage and writes who sees what, when. The
// error says which step did not come true and what was seen instead.
//
// on is "slack" or "console", or empty for the story's own chat; a story about
// the other one is refused.
func Play(ctx context.Context, s Scenario, on string, out io.Writer) error {
	on = cmp.Or(on, s.Only, "slack")
	if s.Only != "" && s.Only != on {
		return fmt.Errorf("%s is a story about %s", s.Name, s.Only)
	}
	s.Stage.On = on
	return playFor(ctx, s, out, stepFor)
}

func playFor(ctx context.Context, s Scenario, out io.Writer, patience time.Duration) (err error) {
	stage, err := NewStage(ctx, s.Stage)
	if err != nil {
		return err
	}
	defer func() {
		if e := stage.Close(); err == nil {
			err = e
		}
	}()
	p := newPlay(stage)
	p.out, p.patience = newTranscript(out, stage), patience
	p.out.title(s)
	for _, step := range s.Steps {
		if err := p.step(ctx, step); err != nil {
			return err
		}
	}
	p.out.seen()
	return nil
}

// play is a scenario being played.
type play struct {
	stage    *Stage
	chat     venue
	out      *transcript
	ctx      context.Context // of the step being played
	windows  map[string]*window
	heard    map[string]int    // by place: the entry up to which notices were claimed
	links    map[string]string // by actor: the personal link opened last
	typed    int               // log mark before the last command
	patience time.Duration
}

// newPlay is a play on a stage that nobody reads along.
func newPlay(s *Stage) *play {
	return &play{
		stage: s, chat: s.Chat, out: newTranscript(io.Discard, s), windows: map[string]*window{},
		heard: map[string]int{}, links: map[string]string{}, patience: stepFor,
	}
}

func (p *play) step(ctx context.Context, s Step) error {
	ctx, cancel := context.WithTimeout(ctx, p.patience)
	defer cancel()
	p.ctx = ctx
	if err := s.verb.play(p, s.args); err != nil {
		p.out.seen()
		return fmt.Errorf("%s: %q did not come true: %w", s.At, s.Line, err)
	}
	p.out.seen()
	return nil
}

// What people type and press.

func (p *play) types(args []string) error { return p.typesIn([]string{args[0], "general", args[1]}) }

func (p *play) typesIn(args []string) error {
	p.typed = p.mark()
	return p.chat.types(p.ctx, args[0], args[1], args[2])
}

func (p *play) sentAgain([]string) error {
	if err := p.chat.again(p.ctx); err != nil {
		return err
	}
	p.out.remark("The chat", "delivers the same request once more; the answer is the same")
	return nil
}

func (p *play) chooses(args []string) error {
	card, err := p.card(args[0], "["+args[1]+"]")
	if err != nil {
		return err
	}
	return p.chat.press(p.ctx, args[0], card, args[1])
}

// follow presses a link button in chat and returns where it leads.
func (p *play) follow(actor, label string) (string, error) {
	card, err := p.card(actor, "["+label+"]")
	if err != nil {
		return "", err
	}
	link, err := p.chat.link(p.ctx, actor, card, label)
	if err == nil {
		p.links[actor] = link
	}
	return link, err
}

func (p *play) opens(args []string) error {
	link, err := p.follow(args[0], args[1])
	if err != nil {
		return err
	}
	b := p.window(args[0])
	if err := b.open(p.ctx, link); err != nil {
		return err
	}
	p.out.page(args[0], b)
	return nil
}

func (p *play) presses(args []string) error {
	b := p.window(args[0])
	if err := b.press(p.ctx, args[1]); err != nil {
		return err
	}
	p.out.remark(args[0], "presses ["+args[1]+"]")
	p.out.page(args[0], b)
	return nil
}

// What people see.

func (p *play) reads(args []string) error {
	_, err := p.chat.wait(p.ctx, p.typed, func(h happening) bool {
		return h.kind == privately && h.who == args[0] && containsAll(h.text, args[1])
	})
	return p.orSeen(err, "what only "+args[0]+" saw", func() []seen {
		var ms []seen
		for _, h := range p.chat.happenings() {
			if h.seq > p.typed && h.kind == privately && h.who == args[0] {
				ms = append(ms, seen{text: h.text})
			}
		}
		return ms
	})
}

// cardShows waits until one of the person's cards shows all parts.
func (p *play) cardShows(args []string) error {
	_, err := p.card(args[0], args[1])
	return err
}

// card waits for the newest message in a person's direct messages that shows
// all parts.
func (p *play) card(actor, parts string) (seen, error) {
	var found seen
	err := p.until(func() bool {
		ms := p.chat.direct(actor)
		for _, m := range slices.Backward(ms) {
			if containsAll(m.text, parts) {
				found = m
				return true
			}
		}
		return false
	})
	return found, p.orSeen(err, actor+"'s direct messages", func() []seen { return p.chat.direct(actor) })
}

// isTold waits for a new direct message; each is claimed once, so that a line
// told once would not pass for two.
func (p *play) isTold(args []string) error {
	h, err := p.chat.wait(p.ctx, p.heard[args[0]], func(h happening) bool {
		return h.kind == posted && h.where == args[0] && containsAll(h.text, args[1])
	})
	if err == nil {
		p.heard[args[0]] = h.seq
	}
	return p.orSeen(err, args[0]+"'s direct messages", func() []seen { return p.chat.direct(args[0]) })
}

func (p *play) isNotTold(args []string) error {
	p.settle()
	for _, h := range p.chat.happenings() {
		mine := h.where == args[0] || h.who == args[0] || strings.HasPrefix(h.where, "#")
		if mine && h.kind != typed && containsAll(h.text, args[1]) {
			return fmt.Errorf("%s sees:\n%s", args[0], h.text)
		}
	}
	return nil
}

func (p *play) roomShows(args []string) error   { return p.inRoom(args, false) }
func (p *play) threadShows(args []string) error { return p.inRoom(args, true) }

func (p *play) inRoom(args []string, thread bool) error {
	err := p.until(func() bool {
		for _, m := range p.chat.room(args[0]) {
			if m.inThread == thread && containsAll(m.text, args[1]) {
				return true
			}
		}
		return false
	})
	return p.orSeen(err, "#"+args[0], func() []seen { return p.chat.room(args[0]) })
}

func (p *play) roomSilent(args []string) error {
	p.settle()
	if ms := p.chat.room(args[0]); len(ms) > 0 {
		return fmt.Errorf("#%s shows:\n%s", args[0], ms[0].text)
	}
	return nil
}

func (p *play) roomShowsOnce(args []string) error {
	p.settle()
	n := 0
	for _, m := range p.chat.room(args[0]) {
		if !m.inThread && containsAll(m.text, args[1]) {
			n++
		}
	}
	if n != 1 {
		return fmt.Errorf("%d messages show it", n)
	}
	return nil
}

// The browser.

func (p *play) pageShows(args []string) error {
	b := p.window(args[0])
	for !containsAll(b.text(), args[1]) {
		wait := b.page.Refresh()
		if wait == 0 {
			return fmt.Errorf("the page shows:\n%s", b.text())
		}
		select {
		case <-time.After(min(wait, 200*time.Millisecond)):
		case <-p.ctx.Done():
			return fmt.Errorf("the page still shows:\n%s", b.text())
		}
		if err := b.reload(p.ctx); err != nil {
			return err
		}
	}
	p.out.page(args[0], b)
	return nil
}

// pageLeadsOn follows a page that goes on by itself until it is at Entra again.
func (p *play) pageLeadsOn(args []string) error {
	b := p.window(args[0])
	for !b.at(p.stage.Sim.HTTPURL()) {
		if b.page.Refresh() == 0 {
			return fmt.Errorf("the page stays:\n%s", b.text())
		}
		select {
		case <-time.After(100 * time.Millisecond):
		case <-p.ctx.Done():
			return fmt.Errorf("the page still shows:\n%s", b.text())
		}
		if err := b.reload(p.ctx); err != nil {
			return err
		}
	}
	p.out.remark(args[0], "is led on to a stronger sign-in")
	return nil
}

func (p *play) signsInToSlack(args []string) error {
	u, err := slackVenue{p.stage.Slack}.user(args[0])
	if err != nil {
		return err
	}
	if err := p.stage.signInToSlack(p.ctx, p.window(args[0]), u.ID); err != nil {
		return err
	}
	p.out.remark(args[0], "signs in to Slack in the browser")
	return nil
}

func (p *play) signsIn(args []string) error {
	mfa, err := p.stage.signInToEntra(p.ctx, p.window(args[0]), args[1])
	if err != nil {
		return err
	}
	how := "signs in to Entra as " + args[1]
	if mfa {
		how += ", with MFA"
	}
	p.out.remark(args[0], how)
	return nil
}

// The world.

func (p *play) clock(args []string) error {
	d, err := time.ParseDuration(args[0])
	if err != nil {
		return fmt.Errorf("read duration: %w", err)
	}
	p.settle()
	p.out.clock(d)
	return p.stage.Advance(p.ctx, d)
}

func (p *play) graphCalls(args []string) error {
	f := strings.Fields(args[0])
	want, err := strconv.Atoi(f[2])
	if err != nil {
		return fmt.Errorf("read count: %w", err)
	}
	p.settle()
	if got := p.stage.GraphCalls(f[0], f[1]); got != want {
		return fmt.Errorf("%d calls, want %d", got, want)
	}
	return nil
}

// makesEligible is a tenant administrator at work.
func (p *play) makesEligible(args []string) error {
	p.out.remark("An administrator", "makes "+args[0]+" eligible for "+args[1])
	return p.stage.makeEligible(upnOf(args[0]), args[1])
}

// until waits for a condition, looking again whenever the chat shows something
// new.
func (p *play) until(so func() bool) error {
	for {
		mark := p.mark()
		if so() {
			return nil
		}
		if _, err := p.chat.wait(p.ctx, mark, func(happening) bool { return true }); err != nil {
			return err
		}
	}
}

// settle lets what is under way come to rest: nothing new in the chat for a
// moment. It only sharpens statements that something did not happen.
func (p *play) settle() {
	for {
		quiet, cancel := context.WithTimeout(p.ctx, 150*time.Millisecond)
		_, err := p.chat.wait(quiet, p.mark(), func(happening) bool { return true })
		cancel()
		if err != nil {
			return
		}
	}
}

// mark is the newest thing that happened.
func (p *play) mark() int {
	all := p.chat.happenings()
	if len(all) == 0 {
		return 0
	}
	return all[len(all)-1].seq
}

// orSeen adds to an error what was seen instead.
func (p *play) orSeen(err error, where string, look func() []seen) error {
	if err == nil {
		return nil
	}
	var b strings.Builder
	for _, m := range look() {
		fmt.Fprintf(&b, "---\n%s\n", m.text)
	}
	return fmt.Errorf("%w; %s:\n%s", err, where, b.String())
}

func (p *play) window(actor string) *window {
	if p.windows[actor] == nil {
		p.windows[actor] = newWindow(p.stage.Transport)
	}
	return p.windows[actor]
}

// containsAll reports whether a text has every part; parts are set apart by
// " | ".
func containsAll(text, parts string) bool {
	text = strings.Join(strings.Fields(text), " ")
	for part := range strings.SplitSeq(parts, " | ") {
		if !strings.Contains(text, strings.TrimSpace(part)) {
			return false
		}
	}
	return true
}
