package slackweb

import (
	"context"
	"errors"
	"net/http"
	"net/url"
	"strings"

	"hoist/internal/sim/page"
	"hoist/internal/sim/slack"
)

func query(name, value string) string { return url.Values{name: {value}}.Encode() }

// back answers a form: to where it stood, with an alert if there is one.
func (p *Pages) back(w http.ResponseWriter, r *http.Request, who slack.User, warning string) {
	to := r.PostFormValue("back")
	if !strings.HasPrefix(to, "/as/"+who.Name+"/") {
		to = URL(who, "")
	}
	if warning == "" {
		page.Back(w, r, to)
		return
	}
	more := url.Values{"alert": {p.memory.warn(who.ID, warning)}}
	if line := r.PostFormValue("line"); line != "" {
		more.Set("draft", line)
	}
	mark := "?"
	if strings.Contains(to, "?") {
		mark = "&"
	}
	page.Back(w, r, to+mark+more.Encode())
}

// warns is what a person is alerted of. Where Slackbot says in the room that the
// app did not answer, that is enough; a narrow page shows a thread without the
// room.
func warns(r *http.Request, err error) string {
	_, unanswered := errors.AsType[*slack.DeliveryError](err)
	beside := strings.Contains(r.PostFormValue("back"), "thread=")
	if unanswered && r.PostFormValue("channel") != "" && !beside {
		return ""
	}
	return says(err)
}

// says is what a person reads of an error: Slack's own words where the app did
// not answer, else the reason without what led to it.
func says(err error) string {
	if err == nil {
		return ""
	}
	if failure, ok := errors.AsType[*slack.DeliveryError](err); ok {
		return failure.Shown
	}
	for inner := errors.Unwrap(err); inner != nil; inner = errors.Unwrap(err) {
		err = inner
	}
	return err.Error()
}

// servePress takes a press or a choice on a message, a modal or the Home tab.
func (p *Pages) servePress(w http.ResponseWriter, r *http.Request, who slack.User) {
	_ = r.ParseForm() // what cannot be read is missing, and said to be
	on, ok := p.snapshot(r)
	if !ok {
		p.back(w, r, who, "This message is no longer there.")
		return
	}
	ref := r.PostFormValue("block") + "/" + r.PostFormValue("action")
	ctx := context.WithoutCancel(r.Context())
	switch {
	case r.PostFormValue("link") != "":
		p.follow(w, r, who, on, ref)
	case r.PostForm.Has("search"):
		text := r.PostFormValue("search:" + ref)
		options, err := p.slack.Suggest(ctx, who.ID, on, ref, text)
		p.memory.searched(fieldKey{surfaceKey(on), who.ID, ref}, text, options, err)
		p.back(w, r, who, "")
	case r.PostForm.Has("choose"):
		p.back(w, r, who, warns(r, p.choose(ctx, r, who, on, ref)))
	default:
		_, err := p.slack.Press(ctx, who.ID, on, ref)
		p.back(w, r, who, warns(r, err))
	}
}

func (p *Pages) choose(ctx context.Context, r *http.Request, who slack.User, on slack.Surface, ref string) error {
	values := r.PostForm["option"]
	if len(values) == 0 || values[0] == "" {
		return errors.New("choose something first")
	}
	if r.PostFormValue("choose") != "overflow" { // a menu holds no value
		p.memory.types(fieldKey{surfaceKey(on), who.ID, ref}, entered("", values, nil))
	}
	_, err := p.slack.Choose(ctx, who.ID, on, ref, entered(r.PostFormValue("choose"), values, zone(who)))
	return err
}

func surfaceKey(on slack.Surface) string {
	switch on := on.(type) {
	case slack.Message:
		return keyOf(on)
	case slack.View:
		return on.ID
	}
	return ""
}

// follow opens a button's link. In life the browser opens it while Slack tells
// the app; the link is followed even when the app does not answer.
func (p *Pages) follow(w http.ResponseWriter, r *http.Request, who slack.User, on slack.Surface, ref string) {
	link, err := p.slack.OpenURLButton(context.WithoutCancel(r.Context()), who.ID, on, ref)
	to, bad := url.Parse(link)
	if link == "" || bad != nil || to.Host == "" || to.Scheme != "http" && to.Scheme != "https" {
		warning := says(err)
		if warning == "" {
			warning = "This link leads nowhere that a browser may go."
		}
		p.back(w, r, who, warning)
		return
	}
	if to.Host != r.Host && !p.cfg.Site.MayLeadTo(to) {
		p.serveOutside(w, r, who, link)
		return
	}
	http.Redirect(w, r, link, http.StatusSeeOther)
}

// serveOutside stands in for an address that is not simulated. The page's policy
// keeps forms from ending there; whoever wants to go presses the link.
func (p *Pages) serveOutside(w http.ResponseWriter, r *http.Request, who slack.User, link string) {
	p.cfg.Site.Render(w, r, page.Page{
		Title: "Not simulated", Area: "Chat", Styles: []string{"slackweb.css"},
		Template: templates.Lookup("outside"), Data: map[string]string{"Link": link, "Chat": URL(who, "")},
	})
}

// snapshot returns the surface as it stood on the page. Whether the person may
// act on it is for Slack to judge.
func (p *Pages) snapshot(r *http.Request) (slack.Surface, bool) {
	log := p.slack.Log()
	seen := parseInt(r.PostFormValue("seen"))
	if seen < 1 || seen > len(log) {
		return nil, false
	}
	e := log[seen-1]
	if id := r.PostFormValue("view"); id != "" {
		return e.View, e.View.ID == id
	}
	m := e.Message
	return m, m.TS != "" && m.Channel == r.PostFormValue("channel") && m.TS == r.PostFormValue("ts")
}

// serveSay takes what was typed: a command, or an ordinary message.
func (p *Pages) serveSay(w http.ResponseWriter, r *http.Request, who slack.User) {
	line := strings.TrimSpace(r.PostFormValue("line"))
	channel, thread := r.PostFormValue("channel"), r.PostFormValue("thread")
	var err error
	switch command, _, _ := strings.Cut(line, " "); {
	case line == "":
	case strings.HasPrefix(line, "/") && thread != "":
		err = errors.New(command + " is not supported in threads. Sorry!")
	case strings.HasPrefix(line, "/"):
		_, err = p.slack.TypeCommand(context.WithoutCancel(r.Context()), who.ID, channel, line)
	case thread != "":
		_, err = p.slack.Reply(who.ID, slack.Message{Channel: channel, TS: thread}, line)
	default:
		_, err = p.slack.Say(who.ID, channel, line)
	}
	p.back(w, r, who, warns(r, err))
}
