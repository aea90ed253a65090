package console

import (
	"fmt"
	"io"
	"strings"
	"time"

	"github.com/rivo/uniseg"

	"hoist/internal/pim"
)

// message is what stands on the screen.
type message struct {
	ref    pim.Ref
	number int
	at     pim.Place
	only   string // the one who sees an answer; "" for messages of a place
	thread int    // number of the card in whose thread it is; 0 for none
	body   string // as printed
	// buttons that can be pressed.
	buttons []*button
}

// reader is the one person who sees a message, "" when everybody does.
func (m *message) reader() string {
	if m.only == "" && m.at.Kind != pim.Feed {
		return m.at.Address
	}
	return m.only
}

// section is the heading under which a message is printed.
func (m *message) section() string {
	if who := m.reader(); who != "" {
		return "for " + who
	}
	return "#" + m.at.Address
}

// header is the message's own line: "message 4 · 10:00 CET (updated)".
func (m *message) header(at time.Time, remark string) string {
	h := fmt.Sprintf("message %d · %s", m.number, at.Format("15:04 MST"))
	if m.thread > 0 {
		h += fmt.Sprintf(", in the thread of message %d", m.thread)
	}
	if m.only != "" {
		h += " (only " + m.only + " sees)"
	}
	if remark != "" {
		h += " (" + remark + ")"
	}
	return h
}

// body is paragraphs as lines of the screen.
func (c *Console) body(ps []paragraph) string {
	var b strings.Builder
	for _, p := range ps {
		margin := p.margin
		for _, line := range p.wrap(c.cfg.Width) {
			b.WriteString(strings.Repeat(" ", margin))
			for _, r := range line {
				b.WriteString(c.look(r))
			}
			b.WriteByte('\n')
			margin = atRest
		}
	}
	return b.String()
}

func (c *Console) look(r run) string {
	if c.cfg.Colour {
		return r.coloured()
	}
	return r.plain()
}

// print writes a message under its heading. The caller holds the lock.
func (c *Console) print(m *message, remark, body string) error {
	var b strings.Builder
	section := m.section()
	if section != c.section {
		b.WriteString("\n" + c.look(run{text: c.rule(section), style: dim}) + "\n")
	}
	b.WriteString(c.look(run{text: m.header(c.cfg.Clock.Now().In(c.zoneOf(m)), remark), style: dim}) + "\n")
	b.WriteString(body)
	if err := c.write(b.String()); err != nil {
		c.section = ""
		return err
	}
	c.section = section
	return nil
}

func (c *Console) rule(section string) string {
	head := "── " + section + " "
	return head + strings.Repeat("─", max(3, c.cfg.Width-uniseg.StringWidth(head)))
}

// zoneOf is that of a message's reader. The caller holds the lock.
func (c *Console) zoneOf(m *message) *time.Location {
	if p, ok := c.person(m.reader()); ok && p.Zone != nil {
		return p.Zone
	}
	return c.cfg.Zone
}

// remark tells whoever types what became of a line: "– nobody here is called
// Bob". The caller holds the lock.
func (c *Console) remark(text string) error {
	p := paragraph{margin: 0, runs: []run{{text: "– " + visible(text), style: dim}}}
	c.note(Entry{Kind: Remarked, Text: p.text()})
	return c.write(c.body([]paragraph{p}))
}

// write puts text on the screen. An error says whether some of it may stand
// there. The caller holds the lock.
func (c *Console) write(s string) error {
	n, err := io.WriteString(c.cfg.Out, s)
	switch {
	case err == nil:
		return nil
	case n > 0:
		return &pim.Error{Kind: pim.KindUnanswered, Message: "the screen took a part", Err: err}
	}
	return &pim.Error{Kind: pim.KindUnavailable, Message: "the screen takes nothing", Err: err}
}
