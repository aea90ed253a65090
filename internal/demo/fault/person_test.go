package fault_test

import (
	"context"
	"fmt"
	"net/http"
	"regexp"
	"slices"
	"strings"
	"time"

	"hoist/internal/sim/browser"
	"hoist/internal/sim/slack"
)

// person is somebody with a chat and a browser, and with patience: what does not
// answer is tried again, a page is loaded again, a link pressed again.
type person struct {
	w       *world
	user    string
	upn     string
	browser *browser.Browser
	tried   time.Time // when the last attempt at anything ended
	refused int       // pages in a row that led nowhere
}

func (w *world) person(user, upn string) *person {
	return &person{w: w, user: user, upn: upn, browser: browser.New(impatient{w.sim.Client().Transport})}
}

// impatient opens a connection for every request: whoever loads a page again
// does not hang on a process that died.
type impatient struct{ next http.RoundTripper }

func (i impatient) RoundTrip(r *http.Request) (*http.Response, error) {
	r = r.Clone(r.Context())
	r.Close = true
	return i.next.RoundTrip(r)
}

// types types a command until the program takes it.
func (p *person) types(line string) error {
	return p.w.until("an answer to "+line, func() bool {
		ctx, cancel := context.WithTimeout(context.Background(), patience)
		defer cancel()
		ack, err := p.w.slack.TypeCommand(ctx, p.user, "general", line)
		if err != nil || ack.Message == nil {
			p.w.note("%s types %s: %v", p.user, line, err)
			return false
		}
		text := p.w.slack.Render(*ack.Message, reader).Text()
		p.w.note("%s types %s: %s", p.user, line, strings.ReplaceAll(text, "\n", " | "))
		return !strings.Contains(text, "could not confirm") // then a card may follow; the same words again do no harm
	}, nil)
}

// cards are the person's cards, newest first, and what they read.
func (p *person) cards() []slack.Message {
	var all []slack.Message
	for _, m := range p.w.slack.Direct(p.user) {
		if strings.Contains(p.text(m), "Reference H-") {
			all = append(all, m)
		}
	}
	slices.Reverse(all)
	return all
}

func (p *person) text(m slack.Message) string { return p.w.slack.Render(m, reader).Text() }

// has reports whether one of the cards says this.
func (p *person) has(says string) bool {
	re := regexp.MustCompile(says)
	return slices.ContainsFunc(p.cards(), func(m slack.Message) bool { return re.MatchString(p.text(m)) })
}

// waits waits until a card says something, and does meanwhile what the cards ask
// for.
func (p *person) waits(says string, meanwhile func()) error {
	err := p.w.until("a card of "+p.user+" that says "+says, func() bool { return p.has(says) }, meanwhile)
	if err != nil {
		for _, m := range p.cards() {
			p.w.note("a card says: %s", strings.ReplaceAll(p.text(m), "\n", " | "))
		}
	}
	return err
}

// press presses a button that any card has, if one has it.
func (p *person) press(label string) bool {
	for _, m := range p.cards() {
		if !p.offers(m, label) {
			continue
		}
		ctx, cancel := context.WithTimeout(context.Background(), patience)
		_, err := p.w.slack.Press(ctx, p.user, m, label)
		cancel()
		p.w.note("%s presses [%s]: %v", p.user, label, err)
		return err == nil
	}
	return false
}

func (p *person) offers(m slack.Message, label string) bool {
	return slices.ContainsFunc(p.w.slack.Render(m, reader).Buttons, func(b slack.Button) bool { return b.Label == label })
}

// follows returns what to do meanwhile for a person who follows a link to its
// end: every now and then, as long as a card offers it.
func (p *person) follows(label string) func() {
	return func() {
		if time.Since(p.tried) < 1500*time.Millisecond {
			return
		}
		for _, m := range p.cards() {
			if p.offers(m, label) {
				p.tried = time.Now()
				if p.refused >= 2 {
					p.refused = 0
					p.press("New link")
				} else if err := p.follow(m, label); err != nil {
					p.w.note("%s follows [%s]: %v", p.user, label, err)
				}
				return
			}
		}
	}
}

// follow opens a link, presses Continue and signs in.
func (p *person) follow(card slack.Message, label string) error {
	ctx, cancel := context.WithTimeout(context.Background(), patience)
	defer cancel()
	link, err := p.w.slack.OpenURLButton(ctx, p.user, card, label)
	if link == "" {
		return err
	}
	p.w.hide(link[strings.LastIndexByte(link, '/')+1:])
	page, err := p.browser.Open(ctx, link)
	if err != nil {
		return err
	}
	if page.Has(reasonField) {
		if err := page.Fill(reasonField, "as agreed"); err != nil {
			return err
		}
	}
	pressed := page.Has("continue")
	if pressed {
		if page, err = p.browser.Press(ctx, page, "continue"); err != nil {
			return err
		}
	}
	if page, err = p.browser.SignIn(ctx, page, p.upn); err != nil {
		return err
	}
	p.w.note("%s follows [%s] and reads: %s", p.user, label, page.Text(""))
	if page.Status >= http.StatusBadRequest {
		p.refused++
		return fmt.Errorf("the page says %d", page.Status)
	}
	p.refused = 0
	if !pressed { // it asks for patience: whoever has some looks away for a while
		p.tried = time.Now().Add(2 * restFor)
	}
	return nil
}
