package console

import (
	"context"
	"slices"
	"strconv"

	"hoist/internal/chat"
	"hoist/internal/pim"
)

// Name implements [chat.Platform].
func (c *Console) Name() string { return Name }

// Post implements [chat.Platform]. What belongs into the thread of a card that is
// gone is told beside it.
func (c *Console) Post(ctx context.Context, at pim.Place, thread pim.Ref, v chat.View) (pim.Ref, error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if err := c.admits(ctx, at, v); err != nil {
		return "", err
	}
	m := &message{at: at}
	if card := c.messages[thread]; card != nil {
		if m.at = card.at; m.at != at {
			return "", &pim.Error{Kind: pim.KindBadRequest, Message: "the thread is in another place"}
		}
		m.thread = card.number
	}
	if err := c.show(m, v, Posted, ""); err != nil {
		return "", err
	}
	return m.ref, nil
}

// Update implements [chat.Platform]: the message is printed again, unless
// nothing about it changed.
func (c *Console) Update(ctx context.Context, at pim.Place, ref pim.Ref, v chat.View) error {
	c.mu.Lock()
	defer c.mu.Unlock()
	if err := c.admits(ctx, at, v); err != nil {
		return err
	}
	m := c.messages[ref]
	if m == nil || m.at != at {
		return &pim.Error{Kind: pim.KindNotFound, Message: "the message is not on the screen"}
	}
	return c.show(m, v, Updated, "updated")
}

// Delete implements [chat.Platform].
func (c *Console) Delete(ctx context.Context, at pim.Place, ref pim.Ref) error {
	c.mu.Lock()
	defer c.mu.Unlock()
	if err := given(ctx); err != nil {
		return err
	}
	m := c.messages[ref]
	if m == nil || m.at != at {
		return nil
	}
	if err := c.print(m, "deleted", ""); err != nil {
		return err
	}
	delete(c.messages, ref)
	c.settle(m, nil)
	c.note(Entry{Kind: Deleted, Place: m.at, Ref: ref})
	return nil
}

// Profile implements [chat.Platform].
func (c *Console) Profile(ctx context.Context, who pim.Person) (pim.Profile, error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if err := given(ctx); err != nil {
		return pim.Profile{}, err
	}
	if who.Platform != Name || who.Workspace != c.cfg.Workspace {
		return pim.Profile{Barred: "other organisation"}, nil
	}
	p, ok := c.person(who.User)
	if !ok {
		return pim.Profile{}, &pim.Error{Kind: pim.KindNotFound, Message: "nobody has this name"}
	}
	name := p.FullName
	if name == "" {
		name = p.Name
	}
	return pim.Profile{Name: name, Email: p.Email, Zone: p.Zone, Barred: p.Barred}, nil
}

// person finds somebody by the exact name. The caller holds the lock.
func (c *Console) person(name string) (Person, bool) {
	if i := c.personIndex(name); i >= 0 && c.people[i].Name == name {
		return c.people[i], true
	}
	return Person{}, false
}

// show prints a view as a message and, once it stands there, records it. The
// caller holds the lock.
func (c *Console) show(m *message, v chat.View, k Kind, remark string) error {
	rows := render(v, c.zoneOf(m))
	buttons := attach(m, actionsOf(rows))
	c.number(buttons)
	shown := filled(rows, buttons)
	body := c.body(shown)
	if k == Updated && body == m.body {
		return nil
	}
	if m.number == 0 {
		c.numbers++
		m.number = c.numbers
		m.ref = pim.Ref(c.seed + "." + strconv.Itoa(m.number))
	}
	if err := c.print(m, remark, body); err != nil {
		return err
	}
	m.body = body
	c.settle(m, buttons)
	if m.only == "" {
		c.messages[m.ref] = m
	}
	c.note(Entry{Kind: k, Who: m.only, Place: m.at, Ref: m.ref, InThread: m.thread > 0, Text: joined(shown), Actions: handed(buttons)})
	return nil
}

// given refuses what nobody waits for any more.
func given(ctx context.Context) error {
	if err := ctx.Err(); err != nil {
		return &pim.Error{Kind: pim.KindUnavailable, Message: "not sent", Err: err}
	}
	return nil
}

// admits refuses places that are not here, and personal links anywhere but in a
// person's own section. The caller holds the lock.
func (c *Console) admits(ctx context.Context, at pim.Place, v chat.View) error {
	refuse := func(why string) error { return &pim.Error{Kind: pim.KindUndeliverable, Message: why} }
	if at.Platform != Name || at.Workspace != c.cfg.Workspace {
		return refuse("the place is not of this console")
	}
	if at.Kind != pim.Feed {
		if p, ok := c.person(at.Address); !ok || p.Barred == deactivated {
			return refuse("nobody reachable has this name")
		}
		return given(ctx)
	}
	if ch, ok := c.channel(at.Address); !ok || ch.Closed {
		return refuse("no open channel has this name")
	}
	if slices.ContainsFunc(actionsOf(render(v, c.cfg.Zone)), personal) {
		return refuse("a personal link does not go to a channel")
	}
	return given(ctx)
}

// personal reports whether a button leads where one person alone may go: all
// links but the one to PIM's own pages.
func personal(a chat.Action) bool {
	return a.Kind == chat.ActionSignIn || !a.URL.IsZero() && a.Kind != chat.ActionOpen
}
