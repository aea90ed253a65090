package slackweb

import (
	"slices"

	"hoist/internal/sim/slack"
)

// modal is an open modal as it is drawn.
type modal struct {
	ID, Form, Title, Submit, Close, Alert string
	Blocks                                []block
	Place                                 place
	// Fields says that there are fields: Enter in one submits the modal.
	Fields bool
}

// modal draws the modal on top of what a person has open; nil when none is.
func (p *Pages) modal(who slack.User, back string) *modal {
	v, open := p.slack.Modal(who.ID)
	if !open {
		return nil
	}
	s := p.viewSurface(who, v, back)
	m := &modal{
		ID: "modal-" + slug(v.ID), Form: formOf(v.ID), Title: v.Title, Submit: v.Submit, Close: v.Exit,
		Blocks: s.blocks(v.Blocks), Place: s.Place,
	}
	if m.Close == "" {
		m.Close = "Cancel" // as Slack calls it where the app names nothing
	}
	m.focus()
	return m
}

// focus begins at the field that the app names, else at the first that is
// wrong, else at the first.
func (m *modal) focus() {
	var first *element
	for _, b := range m.Blocks {
		if b.Field == nil {
			continue
		}
		m.Fields = true
		if b.Field.Element.Focus {
			return
		}
		if first == nil || b.Field.Fault != "" && !first.Invalid {
			first = &b.Field.Element
		}
	}
	if first != nil {
		first.Focus = true
	}
}

func (p *Pages) viewSurface(who slack.User, v slack.View, back string) surface {
	return surface{
		pages: p, who: who, on: v, key: v.ID, prefix: "modal-", modal: true, faults: p.memory.complaints(v),
		Place: place{Who: who.Name, View: v.ID, Back: back, Seen: viewVersion(p.slack.Log(), v.ID)},
	}
}

// viewVersion is the entry that last changed a view.
func viewVersion(log []slack.Entry, id string) int {
	for _, e := range slices.Backward(log) {
		switch e.Kind {
		case slack.ViewOpened, slack.ViewPushed, slack.ViewUpdated, slack.HomePublished:
			if e.View.ID == id {
				return e.Seq
			}
		default:
		}
	}
	return 0
}
