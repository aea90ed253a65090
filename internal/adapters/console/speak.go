package console

import (
	"context"
	"fmt"
	"strconv"
	"strings"

	"hoist/internal/chat"
	"hoist/internal/pim"
)

// delivered is a line that went to the bot, to send it again.
type delivered struct {
	in    chat.Inbound
	press bool
}

// Type carries a line out as if it had been read, and returns when the bot's
// answer is on the screen. The error is the screen's: whatever is wrong with a
// line is said there.
//
//	/elevate Reader 1h because INC-1   a command of whoever speaks
//	Ada> /elevate status               a command of Ada's
//	press 3                            the button [3]
//	@Ben                               Ben speaks from here on
//	again                              the last line, delivered once more
func (c *Console) Type(ctx context.Context, line string) error {
	line = strings.TrimSpace(strings.ToValidUTF8(line, "\uFFFD"))
	if line == "" {
		return nil
	}
	if err := c.echo(line); err != nil {
		return err
	}
	who, said, ok, err := c.addressed(line)
	if !ok {
		return err
	}
	verb, rest := cutWord(said)
	switch {
	case verb == c.cfg.Command:
		return c.command(ctx, who, rest)
	case verb == "press":
		return c.press(ctx, who, rest)
	case verb == "again" && rest == "":
		return c.again(ctx)
	}
	return c.say("type " + c.cfg.Command + " help, press <number>, @<name> or again; put <name>> before a line to speak as somebody else")
}

func (c *Console) echo(line string) error {
	if !c.cfg.Echo {
		return nil
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	c.section = "" // what comes is an answer to this
	typed := run{text: visible(line), style: bold, foreign: true}
	return c.write("\n" + c.body([]paragraph{{runs: []run{{text: "$ "}, typed}}}))
}

// addressed finds out who speaks and what is left to say; false when there is
// nothing, or nobody.
func (c *Console) addressed(line string) (who Person, said string, ok bool, err error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	name, said := c.speaker, line
	next, switching := strings.CutPrefix(line, "@")
	if head, tail, cut := strings.Cut(line, ">"); cut && isName(head) {
		name, said = head, strings.TrimSpace(tail)
	} else if switching {
		name, said = next, ""
	}
	i := c.personIndex(name)
	switch {
	case i < 0:
		return who, "", false, c.remark("nobody here is called " + shortened(name) + "; here are " + c.names())
	case c.people[i].Barred == deactivated:
		return who, "", false, c.remark(c.people[i].Name + " is deactivated and cannot speak")
	case said != "":
		return c.people[i], said, true, nil
	case switching:
		c.speaker = c.people[i].Name
		return who, "", false, c.remark(c.speaker + " speaks")
	}
	return who, "", false, nil
}

func (c *Console) names() string {
	var all []string
	for _, p := range c.people {
		all = append(all, p.Name)
	}
	return strings.Join(all, ", ")
}

func (c *Console) command(ctx context.Context, who Person, text string) error {
	d := delivered{in: chat.Inbound{Person: c.key(who), Text: text}}
	c.mu.Lock()
	c.sign(&d)
	c.note(Entry{Kind: Typed, Who: who.Name, Text: strings.TrimSpace(c.cfg.Command + " " + text)})
	c.mu.Unlock()
	return c.deliver(ctx, d)
}

// press presses a button that its reader can see.
func (c *Console) press(ctx context.Context, who Person, text string) error {
	d := delivered{in: chat.Inbound{Person: c.key(who)}, press: true}
	c.mu.Lock()
	b, why := c.find(who, text)
	if b == nil {
		defer c.mu.Unlock()
		return c.remark(why)
	}
	label, _ := clip(visible(b.Label), maxLabel)
	c.note(Entry{Kind: Pressed, Who: who.Name, Text: label})
	if !b.URL.IsZero() {
		defer c.mu.Unlock()
		return c.remark("this button is a link: open its address in a browser")
	}
	d.in.Pressed = chat.Pressed{Kind: b.Kind, ID: b.ID, Value: b.Value}
	c.sign(&d)
	c.mu.Unlock()
	return c.deliver(ctx, d)
}

// find returns the button that a person means, or why there is none. The caller
// holds the lock.
func (c *Console) find(who Person, text string) (*button, string) {
	n, err := strconv.Atoi(text)
	if err != nil || n < 1 || n > len(c.buttons) {
		return nil, "there is no button " + shortened(text)
	}
	b := c.buttons[n-1]
	switch {
	case b.on == nil:
		return nil, fmt.Sprintf("button %d is not there any more", n)
	case b.on.reader() != "" && b.on.reader() != who.Name:
		return nil, fmt.Sprintf("button %d is on %s's screen", n, b.on.reader())
	}
	return b, ""
}

// again delivers the last line once more with the key that it had, as platforms
// do when an answer was late.
func (c *Console) again(ctx context.Context) error {
	c.mu.Lock()
	d := c.last
	c.mu.Unlock()
	if d.in.Delivery == "" {
		return c.say("nothing was delivered yet")
	}
	return c.deliver(ctx, d)
}

// sign gives a delivery its key: a hash of what it is and of how many came
// before. The caller holds the lock.
func (c *Console) sign(d *delivered) {
	c.lines++
	d.in.Delivery = digest(c.seed, strconv.Itoa(c.lines), d.in.Person.Key(), d.in.Text, string(d.in.Pressed.ID), d.in.Pressed.Value)
	c.last = *d
}

// deliver hands a line to the bot and prints the answer for the one who spoke.
func (c *Console) deliver(ctx context.Context, d delivered) error {
	ask := c.cfg.Bot.Command
	if d.press {
		ask = c.cfg.Bot.Press
	}
	v := ask(ctx, d.in)
	if v == nil {
		return nil
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.show(&message{only: d.in.Person.User}, v, Answered, "")
}

func (c *Console) say(text string) error {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.remark(text)
}

func (c *Console) key(p Person) pim.Person {
	return pim.Person{Platform: Name, Workspace: c.cfg.Workspace, User: p.Name}
}

func cutWord(s string) (word, rest string) {
	word, rest, _ = strings.Cut(s, " ")
	return word, strings.TrimSpace(rest)
}

// shortened is a word of somebody's in a sentence of ours.
func shortened(s string) string {
	s, _ = clip(visible(s), 40)
	return "“" + s + "”"
}
