package console

import (
	"context"
	"io"
	"strings"
	"sync"
	"testing"
	"time"

	"hoist/internal/chat"
	"hoist/internal/clock"
)

// room is a console with a bot that remembers and a screen that can be read.
type room struct {
	*Console
	t      testing.TB
	bot    *fakeBot
	screen *screen
	clock  *clock.Movable
	berlin *time.Location
}

// fakeBot keeps what it heard and says what it is told to; nothing unless told.
type fakeBot struct {
	mu    sync.Mutex
	heard []chat.Inbound
	says  func(chat.Inbound) chat.View
}

func (b *fakeBot) hear(in chat.Inbound) chat.View {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.heard = append(b.heard, in)
	if b.says == nil {
		return nil
	}
	return b.says(in)
}

func (b *fakeBot) seen() []chat.Inbound {
	b.mu.Lock()
	defer b.mu.Unlock()
	return append([]chat.Inbound{}, b.heard...)
}

func (b *fakeBot) Command(_ context.Context, in chat.Inbound) chat.View { return b.hear(in) }
func (b *fakeBot) Press(_ context.Context, in chat.Inbound) chat.View   { return b.hear(in) }

// newRoom opens a console with Ada, Ben and others in it; change may differ from
// that.
func newRoom(t testing.TB, change func(*Config)) *room {
	t.Helper()
	berlin, err := time.LoadLocation("Europe/Berlin")
	if err != nil {
		t.Skip("no time zones here")
	}
	r := &room{t: t, bot: &fakeBot{}, screen: &screen{}, clock: clock.NewStill(nine), berlin: berlin}
	cfg := Config{
		Bot: r.bot, In: strings.NewReader(""), Out: r.screen, Clock: r.clock, Workspace: "office",
		Endpoints: []string{"http://127.0.0.1:8080", "localhost:6379"},
		People: []Person{
			{Name: "Ada", FullName: "Ada Lindqvist", Email: "ada@fjordbank.example", Zone: berlin},
			{Name: "Ben"},
			{Name: "Gus", Barred: "guest"},
			{Name: "Dana", Barred: "deactivated"},
		},
		Channels: []Channel{{Name: "elevations"}, {Name: "old", Closed: true}},
	}
	if change != nil {
		change(&cfg)
	}
	if r.Console, err = New(cfg); err != nil {
		t.Fatal(err)
	}
	return r
}

// typing reads lines to their end.
func typing(t testing.TB, lines string, change func(*Config)) *room {
	t.Helper()
	r := newRoom(t, func(c *Config) {
		c.In = strings.NewReader(lines)
		if change != nil {
			change(c)
		}
	})
	if err := r.Run(t.Context()); err != nil {
		t.Fatal(err)
	}
	return r
}

var _ io.Writer = (*screen)(nil)
