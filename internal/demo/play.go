package demo

import (
	"context"
	"fmt"
	"io"
	"slices"
	"strconv"
	"strings"
	"time"

	"hoist/internal/sim/slack"
)

// stepFor is how long a step may wait for what it expects, on the machine's
// clock.
const stepFor = 15 * time.Second

// Play plays a scenario on a fresh stage and writes who sees what, when. The
// error says which step did not come true and what was seen instead.
func Play(ctx context.Context, s Scenario, out io.Writer) error {
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
	p := &play{stage: stage, out: newTranscript(out, stage), browsers: map[string]*browser{}, heard: map[string]int{}, patience: patience}
	p.out.title(s)
	for _, step := range s.Steps {
		if err := p.step(ctx, step); err != nil {
			return err
		}
	}
	p.out.rest()
	return nil
}

// play is a scenario being played.
type play struct {
	stage    *Stage
	out      *transcript
	ctx      context.Context // of the step being played
	browsers map[string]*browser
	heard    map[string]int // by place: the entry up to which notices were claimed
	typed    int            // log mark before the last command
	patience time.Duration
}

func (p *play) step(ctx context.Context, s Step) error {
	ctx, cancel := context.WithTimeout(ctx, p.patience)
	defer cancel()
	p.ctx = ctx
	if err := s.verb.play(p, s.args); err != nil {
		p.out.rest()
		return fmt.Errorf("%s: %q did not come true: %w", s.At, s.Line, err)
	}
	p.out.seen()
	return nil
}

// What people type and press.

func (p *play) types(args []string) error { return p.typesIn([]string{args[0], "general", args[1]}) }

func (p *play) typesIn(args []string) error {
	u, err := p.user(args[0])
	if err != nil {
		return err
	}
	p.typed = p.stage.Slack.Mark()
	_, err = p.stage.Slack.TypeCommand(p.ctx, u.ID, args[1], args[2])
	return err
}

func (p *play) sentAgain([]string) error {
	d, ok := p.stage.Slack.LastDelivery()
	if !ok {
		return fmt.Errorf("nothing was delivered yet")
	}
	again, err := p.stage.Slack.Redeliver(p.ctx, d)
	if err != nil {
		return err
	}
	if string(again.Reply) != string(d.Reply) {
		return fmt.Errorf("answered differently:\n%s\n%s", d.Reply, again.Reply)
	}
	p.out.remark("Slack", "delivers the same request once more; the answer is the same")
	return nil
}

func (p *play) chooses(args []string) error {
	u, card, err := p.card(args[0], args[1])
	if err != nil {
		return err
	}
	_, err = p.stage.Slack.Press(p.ctx, u.ID, card, args[1])
	return err
}

func (p *play) opens(args []string) error {
	u, card, err := p.card(args[0], args[1])
	if err != nil {
		return err
	}
	link, err := p.stage.Slack.OpenURLButton(p.ctx, u.ID, card, args[1])
	if err != nil {
		return err
	}
	b := p.browser(args[0])
	if err := b.open(p.ctx, link); err != nil {
		return err
	}
	p.out.page(args[0], b.page)
	return nil
}

func (p *play) presses(args []string) error {
	b := p.browser(args[0])
	if err := b.press(p.ctx, args[1]); err != nil {
		return err
	}
	p.out.remark(args[0], "presses ["+args[1]+"]")
	p.out.page(args[0], b.page)
	return nil
}

// What people see.

func (p *play) reads(args []string) error {
	u, err := p.user(args[0])
	if err != nil {
		return err
	}
	_, err = p.stage.Slack.Wait(p.ctx, p.typed, func(e slack.Entry) bool {
		return e.Kind == slack.Ephemeral && e.User == u.ID && p.stage.shows(e.Message, u.ID, args[1])
	})
	return p.orSeen(err, "what only "+args[0]+" saw", func() []slack.Message {
		var ms []slack.Message
		for _, e := range p.stage.Slack.Log()[p.typed:] {
			if e.Kind == slack.Ephemeral && e.User == u.ID {
				ms = append(ms, e.Message)
			}
		}
		return ms
	}, u.ID)
}

// cardShows waits until one of the person's cards shows all parts.
func (p *play) cardShows(args []string) error {
	_, _, err := p.card(args[0], args[1])
	return err
}

// card waits for the newest message in a person's direct messages that shows
// all parts.
func (p *play) card(actor, parts string) (slack.User, slack.Message, error) {
	u, err := p.user(actor)
	if err != nil {
		return u, slack.Message{}, err
	}
	var found slack.Message
	err = p.until(func() bool {
		ms := p.stage.Slack.Direct(u.ID)
		for _, m := range slices.Backward(ms) {
			if p.stage.shows(m, u.ID, parts) {
				found = m
				return true
			}
		}
		return false
	})
	err = p.orSeen(err, actor+"'s direct messages", func() []slack.Message { return p.stage.Slack.Direct(u.ID) }, u.ID)
	return u, found, err
}

// isTold waits for a new direct message; each is claimed once, so that a line
// told twice would not pass for two.
func (p *play) isTold(args []string) error {
	u, err := p.user(args[0])
	if err != nil {
		return err
	}
	e, err := p.stage.Slack.Wait(p.ctx, p.heard["told "+u.ID], func(e slack.Entry) bool {
		return e.Kind == slack.Posted && p.stage.direct(e.Channel, u.ID) && p.stage.shows(e.Message, u.ID, args[1])
	})
	if err == nil {
		p.heard["told "+u.ID] = e.Seq
	}
	return p.orSeen(err, args[0]+"'s direct messages", func() []slack.Message { return p.stage.Slack.Direct(u.ID) }, u.ID)
}

func (p *play) isNotTold(args []string) error {
	u, err := p.user(args[0])
	if err != nil {
		return err
	}
	p.settle()
	for _, m := range p.stage.Slack.Visible(u.ID) {
		if p.stage.shows(m, u.ID, args[1]) {
			return fmt.Errorf("%s sees:\n%s", args[0], p.stage.Slack.Render(m, u.ID).Text())
		}
	}
	return nil
}

func (p *play) roomShows(args []string) error {
	err := p.until(func() bool {
		for _, m := range p.stage.Slack.Channel(args[0]) {
			if m.ThreadTS == "" && p.stage.shows(m, teamReader, args[1]) {
				return true
			}
		}
		return false
	})
	return p.orSeen(err, "#"+args[0], func() []slack.Message { return p.stage.Slack.Channel(args[0]) }, teamReader)
}

func (p *play) threadShows(args []string) error {
	threads := func() []slack.Message {
		var all []slack.Message
		for _, m := range p.stage.Slack.Channel(args[0]) {
			all = append(all, p.stage.Slack.Thread(args[0], m.TS)...)
		}
		return all
	}
	err := p.until(func() bool {
		for _, m := range threads() {
			if m.ThreadTS != "" && p.stage.shows(m, teamReader, args[1]) {
				return true
			}
		}
		return false
	})
	return p.orSeen(err, "threads in #"+args[0], threads, teamReader)
}

func (p *play) roomSilent(args []string) error {
	p.settle()
	if ms := p.stage.Slack.Channel(args[0]); len(ms) > 0 {
		return fmt.Errorf("#%s shows:\n%s", args[0], p.stage.Slack.Render(ms[0], "").Text())
	}
	return nil
}

// The browser.

func (p *play) pageShows(args []string) error {
	b := p.browser(args[0])
	for !containsAll(b.page.text, args[1]) {
		wait := b.page.refresh
		if wait == 0 {
			return fmt.Errorf("the page shows:\n%s", b.page.text)
		}
		select {
		case <-time.After(min(wait, 200*time.Millisecond)):
		case <-p.ctx.Done():
			return fmt.Errorf("the page still shows:\n%s", b.page.text)
		}
		if err := b.reload(p.ctx); err != nil {
			return err
		}
	}
	p.out.page(args[0], b.page)
	return nil
}

func (p *play) signsInToSlack(args []string) error {
	u, err := p.user(args[0])
	if err != nil {
		return err
	}
	if err := p.stage.signInToSlack(p.ctx, p.browser(args[0]), u.ID); err != nil {
		return err
	}
	p.out.remark(args[0], "signs in to Slack in the browser")
	return nil
}

func (p *play) signsIn(args []string) error {
	mfa, err := p.stage.signInToEntra(p.ctx, p.browser(args[0]), args[1])
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
	who, err := p.user(args[0])
	if err != nil {
		return err
	}
	p.out.remark("An administrator", "makes "+args[0]+" eligible for "+args[1])
	return p.stage.makeEligible(who.Email, args[1])
}

// harmless checks every message and page element that stands in Slack: nobody
// is notified by text, and nothing that people typed became a link or a format.
func (p *play) harmless([]string) error {
	p.settle()
	for _, e := range p.stage.Slack.Log() {
		switch e.Kind {
		case slack.Posted, slack.Updated, slack.Ephemeral:
		default:
			continue
		}
		r := p.stage.Slack.Render(e.Message, teamReader)
		if len(r.Pings)+len(r.Links)+len(r.Formats) > 0 {
			return fmt.Errorf("pings %v, links %v, formats %v in:\n%s", r.Pings, r.Links, r.Formats, r.Text())
		}
	}
	return nil
}

// until waits for a condition, looking again whenever Slack shows something new.
func (p *play) until(so func() bool) error {
	for {
		mark := p.stage.Slack.Mark()
		if so() {
			return nil
		}
		if _, err := p.stage.Slack.Wait(p.ctx, mark, func(slack.Entry) bool { return true }); err != nil {
			return err
		}
	}
}

// settle lets what is under way come to rest: nothing new in Slack for a
// moment. It only sharpens statements that something did not happen.
func (p *play) settle() {
	for {
		quiet, cancel := context.WithTimeout(p.ctx, 150*time.Millisecond)
		_, err := p.stage.Slack.Wait(quiet, p.stage.Slack.Mark(), func(slack.Entry) bool { return true })
		cancel()
		if err != nil {
			return
		}
	}
}

// orSeen adds to an error what was seen instead.
func (p *play) orSeen(err error, where string, seen func() []slack.Message, reader string) error {
	if err == nil {
		return nil
	}
	var b strings.Builder
	for _, m := range seen() {
		fmt.Fprintf(&b, "---\n%s\n", p.stage.Slack.Render(m, reader).Text())
	}
	return fmt.Errorf("%w; %s:\n%s", err, where, b.String())
}

func (p *play) user(name string) (slack.User, error) { return p.stage.user(name) }

func (p *play) browser(actor string) *browser {
	if p.browsers[actor] == nil {
		p.browsers[actor] = newBrowser(p.stage.Transport)
	}
	return p.browsers[actor]
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
