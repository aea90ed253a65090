package slackweb

import (
	"net/http"
	"slices"
	"strings"
	"time"
	"unicode/utf8"

	"hoist/internal/sim/slack"
)

// person is somebody as the page shows them.
type person struct {
	Name, Full, URL string
	Initials        string
	Hue             int // which of the avatar's colours
	App             bool
	Unread          int
}

// hues is how many colours the style sheet knows for avatars.
const hues = 6

func (p *Pages) drawn(u slack.User) person {
	place := slices.IndexFunc(p.slack.Users(), func(o slack.User) bool { return o.ID == u.ID }) // -1 for Slackbot
	full := u.RealName
	if full == "" {
		full = u.Name
	}
	return person{Name: u.Name, Full: full, URL: URL(u, ""), Initials: initials(full), Hue: (place + 1) % hues, App: u.Bot}
}

func initials(full string) string {
	var out []rune
	for word := range strings.FieldsSeq(full) {
		first, _ := utf8.DecodeRuneInString(word)
		out = append(out, first)
	}
	return strings.ToUpper(string(out[:min(2, len(out))]))
}

// person finds who can be played by their handle.
func (p *Pages) person(name string) (slack.User, bool) {
	for _, u := range p.players() {
		if u.Name == name {
			return u, true
		}
	}
	return slack.User{}, false
}

// players are the people who can sign in.
func (p *Pages) players() []slack.User {
	var all []slack.User
	for _, u := range p.slack.Users() {
		if !u.Bot && !u.Deleted {
			all = append(all, u)
		}
	}
	return all
}

// peopleFor lists everybody but one, with what is unread in their direct
// messages.
func (p *Pages) peopleFor(me string) []person {
	log := p.slack.Log()
	var all []person
	for _, u := range p.players() {
		if u.ID == me {
			continue
		}
		one := p.drawn(u)
		one.Unread = p.memory.unread(log, u.ID, p.slack.DirectID(u.ID))
		all = append(all, one)
	}
	return all
}

// room is a place where a person reads and writes.
type room struct {
	ID, Name, Label, URL string // the name is empty for the direct message
	Here                 bool
	Unread               int
}

// roomsFor lists the rooms that a person is in: the direct message first.
func (p *Pages) roomsFor(who slack.User) []room {
	log := p.slack.Log()
	rooms := []room{{ID: p.slack.DirectID(who.ID), Label: p.drawn(p.slack.App()).Full, URL: URL(who, "")}}
	for _, c := range p.slack.Joined(who.ID) {
		rooms = append(rooms, room{ID: c.ID, Name: c.Name, Label: "# " + c.Name, URL: URL(who, c.Name)})
	}
	for i := range rooms {
		rooms[i].Unread = p.memory.unread(log, who.ID, rooms[i].ID)
	}
	return rooms
}

// roomOf finds the room that an address names.
func (p *Pages) roomOf(who slack.User, r *http.Request) (room, bool) {
	for _, in := range p.roomsFor(who) {
		if in.Name == r.PathValue("channel") {
			return in, true
		}
	}
	return room{}, false
}

// zone is where a person reads the time.
func zone(u slack.User) *time.Location {
	at, err := time.LoadLocation(u.TimeZone)
	if err != nil {
		return time.UTC
	}
	return at
}

// clockOf says whose time a person reads: one moment stands differently on
// everybody's page.
func clockOf(u slack.User) string {
	place := zone(u).String()
	if place == "UTC" {
		return place
	}
	return strings.ReplaceAll(place[strings.LastIndex(place, "/")+1:], "_", " ") + " time"
}
