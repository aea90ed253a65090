package slackweb

import (
	"net/http"

	"hoist/internal/sim/page"
	"hoist/internal/sim/slack"
)

// roomPage is what the template of a room sees.
type roomPage struct {
	Me      person
	Clock   string // whose time the page shows
	People  []person
	Rooms   []room
	Room    room
	HomeURL string // empty where the app has no Home tab for this person
	Home    []block
	AtHome  bool
	// Elsewhere counts what is unread beyond this room.
	Elsewhere int

	Items  []item
	Thread *threadPage
	Modal  *modal

	Alert, AlertID string
	Draft          string
	Hints          []hintGroup
	Back           string
}

// threadPage is the thread that stands beside a room.
type threadPage struct {
	TS     string
	Parent []item // one, or none when it has been deleted
	Items  []item
	Close  string
}

// hintGroup is lines that do one thing.
type hintGroup struct {
	Says  string
	Lines []hint
}

// hint is a line with the address that puts it into the composer.
type hint struct{ Line, URL string }

func (p *Pages) serveRoom(w http.ResponseWriter, r *http.Request) {
	p.playing(func(w http.ResponseWriter, r *http.Request, who slack.User) {
		in, ok := p.roomOf(who, r)
		if !ok {
			p.serveNobody(w, r)
			return
		}
		p.render(w, r, p.roomPage(r, who, in))
	}).ServeHTTP(w, r)
}

func (p *Pages) roomPage(r *http.Request, who slack.User, in room) roomPage {
	log := p.slack.Log()
	if p.memory.reads(log, who.ID, in.ID) {
		p.cfg.Site.Changed(topic) // the badges in the other tabs
	}
	v := view{who: who, room: in, thread: r.URL.Query().Get("thread"), back: in.URL, prefix: "m-"}
	if v.thread != "" {
		v.back += "?" + query("thread", v.thread)
	}
	d := p.around(r, who, v.back)
	d.Room = in
	d.mark(in)
	d.Items = p.feed(v, log, func(m slack.Message) bool { return m.ThreadTS == "" })
	d.Thread = p.thread(v, log)
	d.Hints = p.hints(who, in)
	return d
}

// around is what stands around every view of a person.
func (p *Pages) around(r *http.Request, who slack.User, back string) roomPage {
	d := roomPage{Me: p.drawn(who), Clock: clockOf(who), People: p.peopleFor(who.ID), Rooms: p.roomsFor(who), Back: back, Draft: r.URL.Query().Get("draft")}
	if _, published := p.slack.Home(who.ID); published {
		d.HomeURL = "/as/" + who.Name + "/home"
	}
	d.AlertID = r.URL.Query().Get("alert")
	d.Alert = p.memory.warning(who.ID, d.AlertID)
	d.Modal = p.modal(who, back)
	if d.Modal != nil && d.Alert != "" {
		d.Modal.Alert, d.Alert = d.Alert, "" // what stands behind a modal is out of reach
	}
	return d
}

// mark says which of the rooms is open, and counts what is unread beyond it.
func (d *roomPage) mark(in room) {
	for i := range d.Rooms {
		d.Rooms[i].Here = d.Rooms[i].ID == in.ID
		if !d.Rooms[i].Here {
			d.Elsewhere += d.Rooms[i].Unread
		}
	}
	for _, other := range d.People {
		d.Elsewhere += other.Unread
	}
}

// thread is the thread that the address asks for, if there is such a message.
func (p *Pages) thread(v view, log []slack.Entry) *threadPage {
	if v.thread == "" {
		return nil
	}
	v.prefix = "t-"
	t := &threadPage{TS: v.thread, Close: v.room.URL}
	t.Parent = p.feed(v, log, func(m slack.Message) bool { return m.TS == v.thread && m.ThreadTS == "" })
	t.Items = p.feed(v, log, func(m slack.Message) bool { return m.ThreadTS == v.thread })
	if len(t.Parent) == 0 && len(t.Items) == 0 {
		return nil
	}
	return t
}

// hints puts a line that says nothing of its own to the one before it.
func (p *Pages) hints(who slack.User, in room) []hintGroup {
	if p.cfg.Hints == nil {
		return nil
	}
	var all []hintGroup
	for _, h := range p.cfg.Hints(who) {
		if h.Says != "" || len(all) == 0 {
			all = append(all, hintGroup{Says: h.Says})
		}
		of := &all[len(all)-1]
		of.Lines = append(of.Lines, hint{h.Line, in.URL + "?" + query("draft", h.Line)})
	}
	return all
}

// serveHome shows the app's Home tab, where it has published one.
func (p *Pages) serveHome(w http.ResponseWriter, r *http.Request) {
	p.playing(func(w http.ResponseWriter, r *http.Request, who slack.User) {
		home, published := p.slack.Home(who.ID)
		if !published {
			p.serveNobody(w, r)
			return
		}
		d := p.around(r, who, "/as/"+who.Name+"/home")
		d.AtHome = true
		s := surface{
			pages: p, who: who, on: home, key: home.ID, prefix: "home-",
			Place: place{Who: who.Name, View: home.ID, Back: d.Back, Seen: viewVersion(p.slack.Log(), home.ID)},
		}
		d.Home = s.blocks(home.Blocks)
		d.Room = room{Label: "Home"}
		d.mark(d.Room)
		p.render(w, r, d)
	}).ServeHTTP(w, r)
}

func (p *Pages) render(w http.ResponseWriter, r *http.Request, d roomPage) {
	class := "slackweb"
	if d.Thread != nil {
		class += " beside"
	}
	p.cfg.Site.Render(w, r, page.Page{
		Title: d.Room.Label + " · " + d.Me.Full, Area: "Chat", Class: class,
		Styles: []string{"slackweb.css"}, Scripts: []string{"slackweb.js"}, Topics: []string{topic},
		Template: templates.Lookup("room"), Data: d,
	})
}
