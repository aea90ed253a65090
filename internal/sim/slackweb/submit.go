package slackweb

import (
	"context"
	"maps"
	"net/http"
	"unicode/utf8"

	"hoist/internal/sim/slack"
)

// missing is what Slack's client says of a required field that is empty.
const missing = "Please complete this required field."

// serveModal takes a modal's form. The button that was pressed says what is
// asked for; none means that the modal is submitted.
func (p *Pages) serveModal(w http.ResponseWriter, r *http.Request, who slack.User) {
	v, open := p.slack.Modal(who.ID)
	if !open || v.ID != r.PostFormValue("view") {
		p.back(w, r, who, "This window has already closed.")
		return
	}
	s := p.viewSurface(who, v, "")
	typed := s.take(r)
	ctx := context.WithoutCancel(r.Context())
	var err error
	switch {
	case r.PostFormValue("close") != "":
		_, err = p.slack.Close(ctx, who.ID, v)
	case r.PostFormValue("search") != "":
		s.search(ctx, r.PostFormValue("search"), r)
	case r.PostFormValue("update") != "":
		err = s.update(ctx, r.PostFormValue("update"), typed)
	case r.PostFormValue("press") != "":
		if err = s.keep(ctx, typed, ""); err == nil {
			_, err = p.slack.Press(ctx, who.ID, v, r.PostFormValue("press"))
		}
	default:
		err = s.submit(ctx, v, typed)
	}
	if now, open := p.slack.Modal(who.ID); !open || now.ID != v.ID {
		p.forgetClosed(v)
	}
	p.back(w, r, who, says(err))
}

// forgetClosed drops what was kept for a modal, unless another covers it.
func (p *Pages) forgetClosed(v slack.View) {
	for _, e := range p.slack.Log() {
		if e.Kind == slack.ViewClosed && e.View.ID == v.ID {
			p.memory.forget(v.ID)
		}
	}
}

// take reads the fields of a modal's form and remembers them: a page that is
// drawn anew shows what was typed.
func (s surface) take(r *http.Request) map[string]string {
	typed := map[string]string{}
	for _, f := range s.inputs() {
		values := r.PostForm[nameOf(f.Block, f.Action)]
		raw := entered("", values, nil)
		s.pages.memory.types(fieldKey{s.key, s.who.ID, f.Ref()}, raw)
		typed[f.Ref()] = entered(f.Kind, values, zone(s.who))
	}
	return typed
}

// inputs are the elements of the view's input blocks.
func (s surface) inputs() []element {
	var all []element
	v, _ := s.on.(slack.View)
	for _, o := range v.Blocks {
		if textOf(o, "type") == "input" {
			e := objectOf(o, "element")
			all = append(all, element{
				Block: textOf(o, "block_id"), Action: textOf(e, "action_id"), Kind: textOf(e, "type"),
				Required: !flagOf(o, "optional"), Dispatch: flagOf(o, "dispatch_action"),
				Least: numberOf(e, "min_length"), Most: numberOf(e, "max_length"),
			})
		}
	}
	return all
}

// keep tells Slack what the fields hold, except one. Slack's client sends it
// along with whatever is pressed next.
func (s surface) keep(ctx context.Context, typed map[string]string, except string) error {
	for _, f := range s.inputs() {
		if f.Dispatch || f.Ref() == except || typed[f.Ref()] == "" {
			continue
		}
		if _, err := s.pages.slack.Choose(ctx, s.who.ID, s.on, f.Ref(), typed[f.Ref()]); err != nil {
			return err
		}
	}
	return nil
}

// update tells the app of one field at once, as the block asks.
func (s surface) update(ctx context.Context, ref string, typed map[string]string) error {
	if err := s.keep(ctx, typed, ref); err != nil {
		return err
	}
	_, err := s.pages.slack.Choose(ctx, s.who.ID, s.on, ref, typed[ref])
	return err
}

// search asks the app what an external select offers for some text.
func (s surface) search(ctx context.Context, ref string, r *http.Request) {
	text := r.PostFormValue("search:" + ref)
	options, err := s.pages.slack.Suggest(ctx, s.who.ID, s.on, ref, text)
	s.pages.memory.searched(fieldKey{s.key, s.who.ID, ref}, text, options, err)
}

// submit presses the modal's button. What the client itself refuses is said at
// the field and never reaches the app.
func (s surface) submit(ctx context.Context, v slack.View, typed map[string]string) error {
	if wrong := s.refuse(typed); len(wrong) > 0 {
		s.pages.memory.complains(v, wrong)
		return nil
	}
	sub, err := s.pages.slack.Submit(ctx, s.who.ID, v, maps.Clone(typed))
	s.pages.memory.complains(v, sub.Errors)
	if len(sub.Errors) > 0 {
		s.pages.cfg.Site.Changed(topic)
	}
	return err
}

// refuse checks the fields as Slack's client does before it submits anything.
func (s surface) refuse(typed map[string]string) map[string]string {
	wrong := map[string]string{}
	for _, f := range s.inputs() {
		n := utf8.RuneCountInString(typed[f.Ref()])
		switch {
		case n == 0 && f.Required:
			wrong[f.Block] = missing
		case n > 0 && n < f.Least:
			wrong[f.Block] = "Please write at least " + itoa(f.Least) + " characters."
		case f.Most > 0 && n > f.Most:
			wrong[f.Block] = "Please write at most " + itoa(f.Most) + " characters."
		}
	}
	return wrong
}
